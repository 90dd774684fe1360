//! The API of SRS.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

fn srs(asked: &Asked, _: usize) -> Response {
    if asked.authorization != format!("Basic {}", STANDARD.encode("APIkey:s3cret-api")) {
        return status(401);
    }
    if let Some(client) = asked.what.strip_prefix("DELETE /api/v1/clients/") {
        let code = if client == "c7" { 0 } else { 2049 };
        return ok(json!({"code": code, "server": "vid", "service": "x", "pid": "1"}));
    }
    let (_, query) = asked.what.split_once("/api/v1/streams/?start=").unwrap();
    let (start, count) = query.split_once("&count=").unwrap();
    let (start, count): (usize, usize) = (start.parse().unwrap(), count.parse().unwrap());
    let streams: Vec<_> = (start..250.min(start + count))
        .map(|n| {
            json!({"id": format!("vid-{n}"), "name": format!("s{n}"), "vhost": "vid-0", "app": "live",
                "tcUrl": "rtmp://h/live", "url": format!("/live/s{n}"), "live_ms": 1, "clients": 1, "frames": 0,
                "kbps": {"recv_30s": 0, "send_30s": 0}, "video": null, "audio": null,
                "publish": {"active": n != 3, "cid": format!("c{n}")}})
        })
        .collect();
    ok(json!({"code": 0, "server": "vid", "service": "x", "pid": "1", "streams": streams}))
}

#[tokio::test]
async fn srs_lists_page_by_page_and_kicks_by_client() {
    let fake = Fake::start(srs).await;
    let server = fake.server("srs");
    let streams = server.list().await.unwrap();
    assert_eq!(streams.len(), 249, "one has no publisher");
    assert!(shown(&streams).contains(&"live/s249 c249".to_owned()));
    assert_eq!(fake.asked().len(), 3);
    assert_eq!(server.kick(&key("s7"), Some("c7")).await, Ok(Kicked::Done));
    // It came back under another id since the last list.
    assert_eq!(server.kick(&key("s7"), Some("c1")).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("s7"), None).await, Ok(Kicked::Done));
    assert_eq!(
        server.kick(&key("s999"), Some("c999")).await,
        Ok(Kicked::Gone)
    );
}

#[test]
fn srs_tells_the_virtual_host_in_the_url() {
    let server = server("srs", "");
    let stream = |url: &str| {
        let body = json!({"code": 0, "streams": [{"name": "a", "vhost": "vid-1", "app": "live", "url": url,
            "publish": {"active": true, "cid": 7}}]});
        let call = server.adapter.list(0);
        let listed = server.adapter.listed(&call, body.to_string().as_bytes(), 0);
        listed.unwrap().streams.remove(0)
    };
    assert_eq!(stream("/live/a").key, key("a"));
    assert_eq!(stream("video.example/live/a").key.vhost, "video.example");
    assert_eq!(stream("/live/a").publisher.as_deref(), Some("7"));
}
