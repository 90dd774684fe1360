//! The API of `ZLMediaKit`.

use super::*;

fn zlm(asked: &Asked, _: usize) -> Response {
    let mut form = url::form_urlencoded::parse(asked.body.as_bytes());
    let mut field = |name: &str| form.find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
    if field("secret").as_deref() != Some("s3cret-api") {
        return ok(json!({"code": -100, "msg": "Incorrect secret"}));
    }
    let media = |schema: &str, stream: &str| {
        json!({"schema": schema, "vhost": "__defaultVhost__", "app": "live", "stream": stream, "originType": 1,
            "readerCount": 0, "totalReaderCount": 0, "aliveSecond": 3, "tracks": []})
    };
    match asked.what.as_str() {
        "POST /index/api/getMediaList" => ok(json!({"code": 0, "data": [
            media("rtsp", "room"), media("rtmp", "room"), media("hls", "room"), media("rtmp", "other"),
        ]})),
        "POST /index/api/close_streams" => {
            assert_eq!(field("vhost").as_deref(), Some("__defaultVhost__"));
            assert_eq!(field("app").as_deref(), Some("live"));
            let hit = u8::from(field("stream").as_deref() == Some("room"));
            ok(json!({"code": 0, "count_hit": hit, "count_closed": hit}))
        }
        _ => status(404),
    }
}

#[tokio::test]
async fn zlmediakit_lists_each_stream_once() {
    let fake = Fake::start(zlm).await;
    let server = fake.server("zlmediakit");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/other -", "live/room -"]);
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    assert!(fake.whats().iter().all(|what| !what.contains("s3cret")));
}
