//! Node-Media-Server 4 (`notify`, its REST API v1).

use std::fmt::Write;

use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live, Login, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use crate::ban::StreamKey;
use crate::config::percent;
use crate::secret::Secret;

pub(super) struct NodeMediaServer {
    user: String,
    password: Option<Secret>,
}

impl NodeMediaServer {
    pub(super) fn new(user: Option<String>, password: Option<Secret>) -> Self {
        let user = user.unwrap_or_default();
        Self { user, password }
    }

    fn password(&self) -> &str {
        self.password
            .as_ref()
            .map(Secret::reveal)
            .unwrap_or_default()
    }
}

impl Adapter for NodeMediaServer {
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let action = fields.get("action");
        let kind = match action.as_deref() {
            // Some versions send the first of them as the second.
            Some("prePublish" | "postPublish") => HookKind::Admission,
            Some("donePublish") => HookKind::Stop,
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`action`")),
        };
        let (app, name) = (fields.get("app"), fields.get("name"));
        Ok(Hook {
            kind,
            key: Some(hook_key(None, app.as_deref(), name.as_deref())?),
            publisher: id(fields.get("id")),
            ip: id(fields.get("ip")),
        })
    }

    /// Any status but 200 closes the session.
    fn reply(&self, _: HookKind, decision: Decision) -> Reply {
        match decision {
            Decision::Allow => Reply::plain(200, "ok\n"),
            Decision::Refuse => Reply::plain(403, "refused\n"),
        }
    }

    fn list(&self, _: i64) -> Call {
        Call::get("/api/v1/streams")
    }

    fn listed(&self, _: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = super::call::json(body)?;
        let streams = list(&answer["data"]["streams"])?;
        Ok(Listed {
            streams: streams.iter().filter_map(live).collect(),
            more: Vec::new(),
        })
    }

    fn kick(&self, _: &StreamKey, publisher: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let session = publisher.ok_or(ApiError::NoPublisher)?;
        let path = format!("/api/v1/sessions/{}", percent(session));
        Ok(Call::new(Method::DELETE, path))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        answer.found().map(|_| Kicked::Done)
    }

    /// Up to 4.1 a challenge is answered, from 4.2 on the password is sent. Asked with the user alone, the former gives a
    /// challenge and the latter says 400, so that the password is sent to none that can do without.
    fn login(&self, said: &[Answer]) -> Login {
        let ask = |body: Value| Login::Ask(Call::new(Method::POST, "/api/v1/login").json(&body));
        let user = &self.user;
        let Some(last) = said.last() else {
            return ask(json!({"username": user}));
        };
        let body: Value = serde_json::from_slice(&last.body).unwrap_or_default();
        let data = &body["data"];
        match (last.status, said.len()) {
            (200, _) if data["token"].is_string() => {
                Login::Token(data["token"].as_str().unwrap_or_default().to_owned())
            }
            (200, 1) if data["challenge"].is_string() => {
                let challenge = data["challenge"].as_str().unwrap_or_default();
                let response = hmac_hex(self.password(), challenge);
                ask(json!({"username": user, "challenge": challenge, "response": response}))
            }
            (400, 1) => ask(json!({"username": user, "password": self.password()})),
            _ => Login::Refused,
        }
    }
}

/// HMAC-SHA256 of `text` under `key`, in hexadecimal.
fn hmac_hex(key: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let mut digits = String::with_capacity(64);
    for byte in hmac::sign(&key, text.as_bytes()).as_ref() {
        // A `String` takes whatever is written to it.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A stream that is published: one that players wait for is listed too.
fn live(stream: &Value) -> Option<Live> {
    let publisher = &stream["publisher"];
    if publisher.is_null() {
        return None;
    }
    let (app, name) = (text(&stream["app"])?, text(&stream["name"])?);
    Some(Live {
        key: listed_key("", &app, &name),
        publisher: id(text(&publisher["id"])),
    })
}
