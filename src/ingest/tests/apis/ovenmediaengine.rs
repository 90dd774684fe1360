//! The API of `OvenMediaEngine`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

fn ome(asked: &Asked, _: usize) -> Response {
    if asked.authorization != format!("Basic {}", STANDARD.encode("s3cret-api")) {
        return status(401);
    }
    let names = |names: &[&str]| ok(json!({"statusCode": 200, "message": "OK", "response": names}));
    match asked.what.as_str() {
        "GET /v1/vhosts" => names(&["default", "other"]),
        "GET /v1/vhosts/default/apps" => names(&["live"]),
        "GET /v1/vhosts/other/apps" => names(&[]),
        "GET /v1/vhosts/default/apps/live/streams" => names(&["room", "a b"]),
        "DELETE /v1/vhosts/default/apps/live/streams/a%20b" => {
            ok(json!({"statusCode": 200, "message": "OK"}))
        }
        _ => (
            StatusCode::NOT_FOUND,
            Json(json!({"statusCode": 404, "message": "Could not find the application or stream (404)"})),
        )
            .into_response(),
    }
}

#[tokio::test]
async fn ovenmediaengine_is_asked_from_the_outside_in() {
    let fake = Fake::start(ome).await;
    let server = fake.server("ovenmediaengine");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/a b -", "live/room -"]);
    // A hook does not tell the virtual host, and who publishes is none.
    for publisher in [None, Some("10.0.0.7:29291")] {
        let kicked = server.kick(&key("a b"), publisher).await;
        assert_eq!(kicked, Ok(Kicked::Done));
        let kicked = server.kick(&key("gone"), publisher).await;
        assert_eq!(kicked, Ok(Kicked::Gone));
    }
    let deleted = fake.whats();
    assert!(deleted.iter().all(|what| !what.contains("29291")));
}
