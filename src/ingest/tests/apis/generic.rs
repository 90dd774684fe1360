//! The API of the generic kind.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::*;

fn generic(asked: &Asked, _: usize) -> Response {
    if asked.authorization != "Bearer s3cret-api" {
        return status(401);
    }
    match asked.what.as_str() {
        "GET /base/streams" => ok(json!({"streams": [
            {"app": "live", "name": "room", "publisher": "u7"}, {"name": "bare"}, {"app": "live"},
        ]})),
        "POST /base/kick" if asked.body.contains("room") => status(202),
        _ => status(404),
    }
}

#[tokio::test]
async fn a_kick_of_the_generic_kind_is_signed() {
    let fake = Fake::start(generic).await;
    let server = server("generic", &format!("api = \"{}/base/\"", fake.base));
    assert_eq!(
        shown(&server.list().await.unwrap()),
        ["/bare -", "live/room u7"]
    );
    assert_eq!(
        server.kick(&key("room"), Some("u7")).await,
        Ok(Kicked::Done)
    );
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    let asked = fake.asked().swap_remove(1);
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(
        body,
        json!({"type": "waylay.stream.kick_requested.v1",
            "data": {"app": "live", "name": "room", "publisher": "u7"}})
    );
    let head = |name: &str| asked.headers[name].to_str().unwrap();
    let signed = format!(
        "{}.{}.{}",
        head("webhook-id"),
        head("webhook-timestamp"),
        asked.body
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
    let tag = head("webhook-signature").strip_prefix("v1,").unwrap();
    let tag = STANDARD.decode(tag).unwrap();
    hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
}
