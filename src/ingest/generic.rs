//! Any other server, or what a platform has before its own: it speaks as `docs/guide/ingest.md` asks it to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use crate::ban::StreamKey;
use crate::ids;
use crate::secret::Secret;

pub(super) struct Generic {
    secret: Option<Secret>,
}

impl Generic {
    pub(super) fn new(secret: Option<Secret>) -> Self {
        Self { secret }
    }

    fn call(&self, method: Method, path: &str) -> Call {
        let call = Call::new(method, path);
        match &self.secret {
            Some(secret) => call.header("authorization", format!("Bearer {}", secret.reveal())),
            None => call,
        }
    }
}

impl Adapter for Generic {
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let action = fields.get("action");
        let kind = match action.as_deref() {
            Some("publish") => HookKind::Admission,
            Some("start") => HookKind::Start,
            Some("update") => HookKind::Update,
            Some("stop") => HookKind::Stop,
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`action`")),
        };
        let (app, name) = (fields.get("app"), fields.get("name"));
        Ok(Hook {
            kind,
            key: Some(hook_key(None, app.as_deref(), name.as_deref())?),
            publisher: id(fields.get("publisher")),
            ip: id(fields.get("ip")),
        })
    }

    fn reply(&self, _: HookKind, decision: Decision) -> Reply {
        match decision {
            Decision::Allow => Reply::json(200, r#"{"allowed":true}"#),
            Decision::Refuse => Reply::json(403, r#"{"allowed":false}"#),
        }
    }

    fn list(&self, _: i64) -> Call {
        self.call(Method::GET, "/streams")
    }

    fn listed(&self, _: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = super::call::json(body)?;
        // An answer without the key is another API's.
        let streams = answer.get("streams").ok_or(ApiError::Malformed)?;
        Ok(Listed {
            streams: list(streams)?.iter().filter_map(live).collect(),
            more: Vec::new(),
        })
    }

    /// Signed as Standard Webhooks has it, so that it cannot be made up or sent again.
    fn kick(&self, key: &StreamKey, publisher: Option<&str>, now_s: i64) -> Result<Call, ApiError> {
        let body = json!({
            "type": "waylay.stream.kick_requested.v1",
            "data": {"app": key.app, "name": key.name, "publisher": publisher},
        });
        let about = format!("{}\n{}\n{now_s}", key.app, key.name);
        let message = format!("kick_{}", &ids::sha256(about.as_bytes())[..32]);
        let call = self.call(Method::POST, "/kick").json(&body);
        let Some(secret) = &self.secret else {
            return Ok(call);
        };
        let signed = format!("{message}.{now_s}.{body}");
        let tag = hmac::sign(&signing_key(secret.reveal()), signed.as_bytes());
        Ok(call
            .header("webhook-id", message)
            .header("webhook-timestamp", now_s.to_string())
            .header("webhook-signature", format!("v1,{}", STANDARD.encode(tag))))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        answer.found().map(|_| Kicked::Done)
    }
}

/// Standard Webhooks writes a key as `whsec_` and its base64; any other text is the key itself.
fn signing_key(secret: &str) -> hmac::Key {
    let encoded = secret.strip_prefix("whsec_");
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    let bytes = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    hmac::Key::new(hmac::HMAC_SHA256, &bytes)
}

fn live(stream: &Value) -> Option<Live> {
    let app = text(&stream["app"]).unwrap_or_default();
    let name = text(&stream["name"])?;
    Some(Live {
        key: listed_key("", &app, &name),
        publisher: id(text(&stream["publisher"])),
    })
}
