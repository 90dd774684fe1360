//! `LiveKit` (webhooks, the room service over Twirp).
//!
//! A participant that publishes video is a stream here: its room is the application, its identity the name. It has no URL
//! of its own; what is pulled is where the platform has `LiveKit` egress send it to.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::call::{ApiError, Call, Kicked, Listed, Live, Step, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use super::{Adapter, MOST_CALLS};
use crate::ban::StreamKey;
use crate::secret::Secret;

/// For how long a token of ours holds, in seconds.
const VALID_S: i64 = 60;

/// By how much clocks may differ, in seconds.
const LEEWAY_S: i64 = 60;

pub(super) struct LiveKit {
    api_key: String,
    secret: hmac::Key,
}

impl LiveKit {
    pub(super) fn new(api_key: Option<String>, secret: Option<&Secret>) -> Self {
        let secret = secret.map(Secret::reveal).unwrap_or_default();
        Self {
            api_key: api_key.unwrap_or_default(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        }
    }

    /// A call of the room service with `grant`, as a JSON Web Token (RFC 7519) says it.
    fn call(&self, method: &str, grant: &Value, body: &Value, now_s: i64) -> Call {
        let claims = json!({
            "iss": self.api_key,
            "nbf": now_s - LEEWAY_S,
            "exp": now_s + VALID_S,
            "video": grant,
        });
        let head = json!({"alg": "HS256", "typ": "JWT"}).to_string();
        let head = URL_SAFE_NO_PAD.encode(head);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let tag = hmac::sign(&self.secret, signed.as_bytes());
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
        let path = format!("/twirp/livekit.RoomService/{method}");
        Call::new(Method::POST, path)
            .header("authorization", format!("Bearer {token}"))
            .json(body)
    }

    /// The claims of `token`, where we and nobody else signed it and it holds now.
    fn claims(&self, token: &str, now_s: i64) -> Option<Value> {
        let (signed, tag) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let part = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            serde_json::from_slice::<Value>(&bytes).ok()
        };
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.secret, signed.as_bytes(), &tag).ok()?;
        if part(head)?["alg"] != "HS256" {
            return None;
        }
        let claims = part(claims)?;
        let holds = claims["exp"].as_i64()? > now_s - LEEWAY_S
            && claims["nbf"].as_i64().unwrap_or(0) <= now_s + LEEWAY_S
            && claims["iss"] == self.api_key.as_str();
        holds.then_some(claims)
    }
}

impl Adapter for LiveKit {
    /// The token stands there without `Bearer`, and tells the hash of the body.
    fn signed(&self, request: &Request<'_>) -> Option<bool> {
        let token = request.header("authorization").unwrap_or_default();
        let claims = self.claims(token.trim(), request.now_s);
        let hash = STANDARD.encode(Sha256::digest(request.body));
        Some(claims.is_some_and(|claims| claims["sha256"] == hash.as_str()))
    }

    fn always_signs(&self) -> bool {
        true
    }

    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let event = fields.get("event");
        let null = Value::Null;
        let part = |name: &str| fields.value(name).unwrap_or(&null);
        let (participant, track) = (part("participant"), part("track"));
        let kind = match event.as_deref() {
            Some("track_published") if track["type"] == "VIDEO" => HookKind::Start,
            Some("participant_left" | "participant_connection_aborted") => HookKind::Stop,
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`event`")),
        };
        if !is_host(participant) {
            return Ok(Hook::other());
        }
        let (room, identity) = (text(&part("room")["name"]), text(&participant["identity"]));
        Ok(Hook {
            kind,
            key: Some(hook_key(None, room.as_deref(), identity.as_deref())?),
            publisher: id(text(&participant["sid"])),
            ip: None,
        })
    }

    /// It asks nobody: any other status would have it send the hook again.
    fn reply(&self, _: HookKind, _: Decision) -> Reply {
        Reply::plain(200, "ok\n")
    }

    fn list(&self, now_s: i64) -> Call {
        let grant = json!({"roomList": true});
        self.call("ListRooms", &grant, &json!({}), now_s)
            .at(Step::Inside(Vec::new()))
    }

    fn listed(&self, call: &Call, body: &[u8], now_s: i64) -> Result<Listed, ApiError> {
        let answer = super::call::json(body)?;
        let mut listed = Listed::default();
        if let [room] = call.inside() {
            let participants = list(&answer["participants"])?;
            let live = participants.iter().filter_map(|p| live(room, p));
            listed.streams = live.collect();
        } else {
            let rooms = list(&answer["rooms"])?.iter();
            let more = rooms.filter_map(|room| {
                let room = text(&room["name"])?;
                let grant = json!({"roomAdmin": true, "room": room});
                let call = self.call("ListParticipants", &grant, &json!({"room": room}), now_s);
                Some(call.at(Step::Inside(vec![room.into_owned()])))
            });
            listed.more = more.take(MOST_CALLS + 1).collect();
        }
        Ok(listed)
    }

    /// Tokens that were given to it before no longer let it in: that is the server's default.
    fn kick(&self, key: &StreamKey, _: Option<&str>, now_s: i64) -> Result<Call, ApiError> {
        let grant = json!({"roomAdmin": true, "room": key.app});
        let body = json!({"room": key.app, "identity": key.name});
        Ok(self.call("RemoveParticipant", &grant, &body, now_s))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        // Twirp's `not_found`.
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        answer.found().map(|_| Kicked::Done)
    }
}

/// Whether it is a person or what stands for one: what records or sends the room on publishes what others do.
fn is_host(participant: &Value) -> bool {
    !matches!(participant["kind"].as_str(), Some("EGRESS" | "AGENT"))
}

fn live(room: &str, participant: &Value) -> Option<Live> {
    let tracks = participant["tracks"].as_array()?;
    let shows = tracks.iter().any(|track| track["type"] == "VIDEO");
    if !shows || !is_host(participant) {
        return None;
    }
    Some(Live {
        key: listed_key("", room, &text(&participant["identity"])?),
        publisher: id(text(&participant["sid"])),
    })
}
