//! The API of `MediaMTX`.

use super::*;

fn mediamtx(asked: &Asked, _: usize) -> Response {
    if let Some(kick) = asked.what.strip_prefix("POST /v3/") {
        return match kick {
            "rtmpconns/kick/u-1" | "webrtcsessions/kick/u-2" => ok(json!({"status": "ok"})),
            _ => status(404),
        };
    }
    let item = |name: &str, source: Value| json!({"name": name, "confName": "all", "available": true, "ready": true, "source": source, "readers": []});
    match asked.what.as_str() {
        "GET /v3/paths/list?page=0&itemsPerPage=100" => {
            ok(json!({"itemCount": 3, "pageCount": 2, "items": [
                item("live/room", json!({"type": "rtmpConn", "id": "u-1"})),
                item("cam", json!({"type": "rtspSource", "id": ""})),
            ]}))
        }
        "GET /v3/paths/list?page=1&itemsPerPage=100" => {
            ok(json!({"itemCount": 3, "pageCount": 2, "items": [
                {"name": "a/b/c", "ready": true, "source": {"type": "webRTCSession", "id": "u-2"}},
                {"name": "live/waits", "available": false, "ready": false, "source": null},
            ]}))
        }
        _ => status(404),
    }
}

#[tokio::test]
async fn mediamtx_kicks_by_the_kind_of_connection() {
    let fake = Fake::start(mediamtx).await;
    let server = fake.server("mediamtx");
    let streams = server.list().await.unwrap();
    assert_eq!(
        shown(&streams),
        [
            "/cam rtspSource:",
            "a/b/c webRTCSession:u-2",
            "live/room rtmpConn:u-1"
        ]
    );
    let rtmp = Some("rtmpConn:u-1");
    assert_eq!(server.kick(&key("room"), rtmp).await, Ok(Kicked::Done));
    // An admission does not say who it is, and an old id is nobody's: the list tells.
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    let old = Some("rtmpConn:u-0");
    assert_eq!(server.kick(&key("room"), old).await, Ok(Kicked::Done));
    let cam = StreamKey::new("", "cam");
    assert_eq!(server.kick(&cam, None).await, Err(ApiError::NotKickable));
}
