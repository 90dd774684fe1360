//! `ZLMediaKit` (`[hook]`, `/index/api`).

use reqwest::Method;
use serde_json::Value;
use url::form_urlencoded;

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live, json, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use crate::ban::StreamKey;
use crate::secret::Secret;

pub(super) struct ZlMediaKit {
    secret: Option<Secret>,
}

impl ZlMediaKit {
    pub(super) fn new(secret: Option<Secret>) -> Self {
        Self { secret }
    }

    /// In a body, where no log of the server shows the secret.
    fn post(&self, path: &str, more: &[(&str, &str)]) -> Call {
        let mut form = form_urlencoded::Serializer::new(String::new());
        if let Some(secret) = &self.secret {
            form.append_pair("secret", secret.reveal());
        }
        form.extend_pairs(more);
        let call = Call::new(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded");
        Call {
            body: Some(form.finish()),
            ..call
        }
    }
}

impl Adapter for ZlMediaKit {
    /// The body does not say which hook it is: `event` in the query does, and else what it holds.
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let event = request.query_form().get("event");
        let regist = fields.value("regist").and_then(Value::as_bool);
        let kind = match (event.as_deref(), regist) {
            (Some("on_publish"), _) => HookKind::Admission,
            (Some("on_stream_changed") | None, Some(true)) => HookKind::Start,
            // There is one for each protocol, and those that nobody watches come and go.
            (Some("on_stream_changed") | None, Some(false)) => {
                match fields.get("schema").as_deref() {
                    Some("rtmp") => HookKind::Stop,
                    _ => return Ok(Hook::other()),
                }
            }
            (None, None) if fields.value("originType").is_some() => HookKind::Admission,
            _ => return Ok(Hook::other()),
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
            // The list has another id for it, and a kick needs none.
            publisher: None,
            ip: id(fields.get("ip")),
        })
    }

    fn reply(&self, kind: HookKind, decision: Decision) -> Reply {
        match (kind, decision) {
            (_, Decision::Refuse) => Reply::json(200, r#"{"code":-1,"msg":"refused"}"#),
            // It may be `on_stream_none_reader`, which asks whether to close the stream.
            (HookKind::Other, _) => Reply::json(200, r#"{"code":0,"msg":"success","close":false}"#),
            _ => Reply::json(200, r#"{"code":0,"msg":"success"}"#),
        }
    }

    fn list(&self, _: i64) -> Call {
        self.post("/index/api/getMediaList", &[])
    }

    fn listed(&self, _: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = json(body)?;
        code(&answer)?;
        let media = list(&answer["data"])?;
        Ok(Listed {
            // One for each protocol: the same key counts once.
            streams: media.iter().filter_map(live).collect(),
            more: Vec::new(),
        })
    }

    fn kick(&self, key: &StreamKey, _: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let vhost = match key.vhost.as_str() {
            "" => "__defaultVhost__",
            other => other,
        };
        let fields = [
            ("vhost", vhost),
            ("app", key.app.as_str()),
            ("stream", key.name.as_str()),
            ("force", "1"),
        ];
        Ok(self.post("/index/api/close_streams", &fields))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        let answer = json(answer.found()?)?;
        code(&answer)?;
        match (
            answer["count_hit"].as_i64(),
            answer["count_closed"].as_i64(),
        ) {
            (Some(0), _) => Ok(Kicked::Gone),
            (_, Some(1..)) => Ok(Kicked::Done),
            _ => Err(ApiError::Malformed),
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

fn live(media: &Value) -> Option<Live> {
    let vhost = text(&media["vhost"]).unwrap_or_default();
    let (app, stream) = (text(&media["app"])?, text(&media["stream"])?);
    Some(Live {
        key: listed_key(&vhost, &app, &stream),
        publisher: None,
    })
}
