//! SRS (`http_hooks`, `http_api`), and Oryx, which is built on it.

use reqwest::Method;
use serde_json::Value;

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live, Step, basic, json, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use crate::ban::StreamKey;
use crate::config::percent;
use crate::secret::Secret;

/// Streams of one answer.
const PAGE: u32 = 100;

pub(super) struct Srs {
    /// For `http_api.auth`.
    authorization: Option<String>,
}

impl Srs {
    pub(super) fn new(user: Option<String>, secret: Option<Secret>) -> Self {
        Self {
            authorization: authorization(user, secret),
        }
    }

    fn call(&self, method: Method, path: String) -> Call {
        with(Call::new(method, path), self.authorization.as_deref())
    }
}

/// HTTP Basic for `user` and `secret`, where there is either.
pub(super) fn authorization(user: Option<String>, secret: Option<Secret>) -> Option<String> {
    let user = user.unwrap_or_default();
    secret.map(|secret| basic(&format!("{user}:{}", secret.reveal())))
}

pub(super) fn with(call: Call, authorization: Option<&str>) -> Call {
    match authorization {
        Some(value) => call.header("authorization", value),
        None => call,
    }
}

impl Adapter for Srs {
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let action = fields.get("action");
        let kind = match action.as_deref() {
            Some("on_publish") => HookKind::Admission,
            Some("on_unpublish") => HookKind::Stop,
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`action`")),
        };
        let (vhost, app) = (fields.get("vhost"), fields.get("app"));
        let stream = fields.get("stream");
        Ok(Hook {
            kind,
            key: Some(hook_key(
                vhost.as_deref(),
                app.as_deref(),
                stream.as_deref(),
            )?),
            publisher: id(fields.get("client_id")),
            ip: id(fields.get("ip")),
        })
    }

    /// Always the object: a bare `0` was not understood by every version (srs#3215).
    fn reply(&self, _: HookKind, decision: Decision) -> Reply {
        match decision {
            Decision::Allow => Reply::json(200, r#"{"code":0}"#),
            Decision::Refuse => Reply::json(200, r#"{"code":403}"#),
        }
    }

    fn list(&self, _: i64) -> Call {
        let path = format!("/api/v1/streams/?start=0&count={PAGE}");
        self.call(Method::GET, path)
    }

    fn listed(&self, call: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = json(body)?;
        code(&answer)?;
        let streams = list(&answer["streams"])?;
        let mut listed = Listed {
            streams: streams.iter().filter_map(live).collect(),
            more: Vec::new(),
        };
        if streams.len() >= PAGE as usize {
            let from = call.before() + PAGE;
            let path = format!("/api/v1/streams/?start={from}&count={PAGE}");
            listed
                .more
                .push(self.call(Method::GET, path).at(Step::From(from)));
        }
        Ok(listed)
    }

    fn kick(&self, _: &StreamKey, publisher: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let client = publisher.ok_or(ApiError::NoPublisher)?;
        let path = format!("/api/v1/clients/{}", percent(client));
        Ok(self.call(Method::DELETE, path))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        let answer = json(answer.found()?)?;
        match code(&answer) {
            Ok(()) => Ok(Kicked::Done),
            // ERROR_RTMP_CLIENT_NOT_FOUND
            Err(ApiError::Status(2049)) => Ok(Kicked::Gone),
            Err(error) => Err(error),
        }
    }
}

fn code(answer: &Value) -> Result<(), ApiError> {
    match answer["code"].as_i64() {
        Some(0) => Ok(()),
        Some(code) => Err(ApiError::Status(code)),
        None => Err(ApiError::Malformed),
    }
}

/// A stream that is published. Its `vhost` is an id here; the virtual host's name stands at the front of `url`, but for the
/// default one.
fn live(stream: &Value) -> Option<Live> {
    let publish = &stream["publish"];
    if publish["active"] != true {
        return None;
    }
    let url = text(&stream["url"]).unwrap_or_default();
    let vhost = url.split('/').next().unwrap_or_default();
    let (app, name) = (text(&stream["app"])?, text(&stream["name"])?);
    Some(Live {
        key: listed_key(vhost, &app, &name),
        publisher: id(text(&publish["cid"])),
    })
}
