//! The API of `LiveKit`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::*;

/// The claims of a token that this secret signed.
fn claims(authorization: &str) -> Value {
    let token = authorization.strip_prefix("Bearer ").unwrap();
    let (signed, tag) = token.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    hmac::verify(&key, signed.as_bytes(), &tag).expect("signed with the API secret");
    let (_, claims) = signed.split_once('.').unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn livekit(asked: &Asked, _: usize) -> Response {
    let claims = claims(&asked.authorization);
    assert_eq!(claims["iss"], "APIkey");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let method = asked.what.strip_prefix("POST /twirp/livekit.RoomService/");
    let grant = &claims["video"];
    match method.unwrap() {
        "ListRooms" => {
            assert_eq!(*grant, json!({"roomList": true}));
            ok(json!({"rooms": [{"sid": "RM_1", "name": "room-42", "num_participants": 4}]}))
        }
        "ListParticipants" => {
            assert_eq!(*grant, json!({"roomAdmin": true, "room": "room-42"}));
            let video = json!([{"sid": "TR_1", "type": "VIDEO"}, {"sid": "TR_2", "type": "AUDIO"}]);
            ok(json!({"participants": [
                {"sid": "PA_1", "identity": "host-7", "kind": "STANDARD", "tracks": video},
                {"sid": "PA_2", "identity": "viewer", "tracks": []},
                {"sid": "PA_3", "identity": "EG_x", "kind": "EGRESS", "tracks": video},
            ]}))
        }
        "RemoveParticipant" => {
            assert_eq!(*grant, json!({"roomAdmin": true, "room": body["room"]}));
            if body["identity"] == "host-7" {
                ok(json!({}))
            } else {
                let body = Json(json!({"code": "not_found", "msg": "participant does not exist"}));
                (StatusCode::NOT_FOUND, body).into_response()
            }
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn livekit_is_asked_with_a_grant_for_each_room() {
    let fake = Fake::start(livekit).await;
    let server = fake.server("livekit");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["room-42/host-7 PA_1"]);
    let host = StreamKey::new("room-42", "host-7");
    assert_eq!(server.kick(&host, Some("PA_1")).await, Ok(Kicked::Done));
    let gone = StreamKey::new("room-42", "host-8");
    assert_eq!(server.kick(&gone, None).await, Ok(Kicked::Gone));
}
