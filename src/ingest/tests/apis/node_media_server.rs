//! The API of Node-Media-Server.

use std::fmt::Write;

use ring::hmac;

use super::*;

/// Both ways to log in; a token holds for four questions.
fn nms(asked: &Asked, before: usize, challenges: bool) -> Response {
    if asked.what == "POST /api/v1/login" {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        assert_eq!(body["username"], "APIkey");
        let token =
            json!({"success": true, "data": {"token": format!("t{before}"), "expiresIn": "24h"}});
        return match (challenges, &body["response"], &body["password"]) {
            (true, Value::Null, Value::Null) => {
                ok(json!({"success": true, "data": {"challenge": "c0ffee"}}))
            }
            (true, Value::String(response), Value::Null) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
                let tag = hmac::sign(&key, b"c0ffee");
                let mut expected = String::new();
                for byte in tag.as_ref() {
                    write!(expected, "{byte:02x}").unwrap();
                }
                assert_eq!(
                    (response, &body["challenge"]),
                    (&expected, &json!("c0ffee"))
                );
                ok(token)
            }
            (false, Value::Null, Value::Null) => status(400),
            (false, Value::Null, Value::String(password)) if password == "s3cret-api" => ok(token),
            _ => status(401),
        };
    }
    let token = asked.authorization.strip_prefix("Bearer t");
    let issued: Option<usize> = token.and_then(|at| at.parse().ok());
    if issued.is_none_or(|at| before > at + 4) {
        return status(401);
    }
    match asked.what.as_str() {
        "GET /api/v1/streams" => ok(json!({"success": true, "data": {"total": 2, "streams": [
            {"key": "/live/room", "app": "live", "name": "room", "status": "publishing", "subscribers": 1,
                "publisher": {"id": "S1", "ip": "203.0.113.9", "protocol": "rtmp", "videoWidth": 1280}},
            {"key": "/live/idle", "app": "live", "name": "idle", "status": "idle", "publisher": null},
        ]}})),
        "DELETE /api/v1/sessions/S1" => ok(json!({"success": true, "data": {"id": "S1"}})),
        _ => status(404),
    }
}

#[tokio::test]
async fn node_media_server_is_logged_in_to_once() {
    let with_challenge: Answers = |asked, before| nms(asked, before, true);
    let with_password: Answers = |asked, before| nms(asked, before, false);
    for (answers, sends_it) in [(with_challenge, false), (with_password, true)] {
        let fake = Fake::start(answers).await;
        let server = fake.server("node-media-server");
        for _ in 0..3 {
            let streams = server.list().await.unwrap();
            assert_eq!(shown(&streams), ["live/room S1"]);
        }
        assert_eq!(
            server.kick(&key("room"), Some("S1")).await,
            Ok(Kicked::Done)
        );
        let logins = |fake: &Fake| {
            let whats = fake.whats();
            whats.iter().filter(|what| what.contains("login")).count()
        };
        assert_eq!(logins(&fake), 2, "one log-in of two steps");
        // The token is over: a new one is asked for, and what was asked is asked again.
        assert_eq!(
            server.kick(&key("room"), Some("S0")).await,
            Ok(Kicked::Done)
        );
        assert_eq!(logins(&fake), 4);
        let asked = fake.asked();
        let sent = asked.iter().any(|asked| asked.body.contains("s3cret"));
        assert_eq!(sent, sends_it, "the password stays where a challenge does");
    }
}

#[tokio::test]
async fn a_log_in_that_is_refused_ends() {
    let fake = Fake::start(|_, _| status(401)).await;
    let server = fake.server("node-media-server");
    assert_eq!(server.list().await, Err(ApiError::Status(401)));
    assert_eq!(fake.asked().len(), 1);
    // One that says yes and gives nothing.
    let fake = Fake::start(|_, _| ok(json!({"data": {"challenge": "x"}}))).await;
    let server = fake.server("node-media-server");
    assert_eq!(server.list().await, Err(ApiError::Status(401)));
}
