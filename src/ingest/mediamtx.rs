//! `MediaMTX` 1.x (`authMethod: http`, the `runOn...` commands, its API).
//!
//! It calls a stream by a path: what stands before the last `/` of it is the application here.

use reqwest::Method;
use serde_json::Value;

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live, Step, json, list};
use super::client::Answer;
use super::hook::{
    Decision, Form, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use super::srs::{authorization, with};
use crate::ban::StreamKey;
use crate::config::percent;
use crate::secret::Secret;

const PAGE: u32 = 100;

pub(super) struct MediaMtx {
    authorization: Option<String>,
}

impl MediaMtx {
    pub(super) fn new(user: Option<String>, secret: Option<Secret>) -> Self {
        Self {
            authorization: authorization(user, secret),
        }
    }

    fn page(&self, page: u32) -> Call {
        let path = format!("/v3/paths/list?page={page}&itemsPerPage={PAGE}");
        with(Call::get(path), self.authorization.as_deref()).at(Step::From(page))
    }
}

/// The application and the name of a path.
fn parts(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Who publishes, by the kind of connection and its id: both are needed for a kick.
fn publisher(kind: &str, source: &str) -> Option<String> {
    id(Some(format!("{kind}:{source}").into()))
}

impl Adapter for MediaMtx {
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        // What a `runOn...` command sends is a form.
        if request.body.trim_ascii_start().first() != Some(&b'{') {
            return command(&request.form());
        }
        let fields = request.json()?;
        let action = fields.get("action");
        match action.as_deref() {
            Some("publish") => {}
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`action`")),
        }
        let path = fields.get("path").ok_or(HookError::Malformed("`path`"))?;
        let (app, name) = parts(&path);
        Ok(Hook {
            kind: HookKind::Admission,
            key: Some(hook_key(None, Some(app), Some(name))?),
            // Its id is that of a connection, which need not be what the API lists.
            publisher: None,
            ip: id(fields.get("ip")),
        })
    }

    fn reply(&self, _: HookKind, decision: Decision) -> Reply {
        match decision {
            Decision::Allow => Reply::plain(200, "ok\n"),
            // 401 would have RTSP clients come again with a password.
            Decision::Refuse => Reply::plain(403, "refused\n"),
        }
    }

    fn list(&self, _: i64) -> Call {
        self.page(0)
    }

    fn listed(&self, call: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = json(body)?;
        if !answer["items"].is_array() && !answer["items"].is_null() {
            return Err(ApiError::Malformed);
        }
        let pages = answer["pageCount"].as_u64().ok_or(ApiError::Malformed)?;
        let next = call.before() + 1;
        let more = (u64::from(next) < pages).then(|| self.page(next));
        Ok(Listed {
            streams: list(&answer["items"])?.iter().filter_map(live).collect(),
            more: more.into_iter().collect(),
        })
    }

    fn kick(&self, _: &StreamKey, publisher: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let (kind, source) = publisher
            .and_then(|publisher| publisher.split_once(':'))
            .ok_or(ApiError::NoPublisher)?;
        let connections = match kind {
            "rtmpConn" => "rtmpconns",
            "rtmpsConn" => "rtmpsconns",
            "rtspSession" => "rtspsessions",
            "rtspsSession" => "rtspssessions",
            "srtConn" => "srtconns",
            "webRTCSession" => "webrtcsessions",
            "moqSession" => "moqsessions",
            // It is pulled by the server itself.
            _ => return Err(ApiError::NotKickable),
        };
        let path = format!("/v3/{connections}/kick/{}", percent(source));
        let call = Call::new(Method::POST, path);
        Ok(with(call, self.authorization.as_deref()))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        answer.found().map(|_| Kicked::Done)
    }
}

/// A form of our own, which the command of the guide sends.
fn command(form: &Form<'_>) -> Result<Hook, HookError> {
    let event = form.get("event");
    let kind = match event.as_deref() {
        Some("available" | "ready") => HookKind::Start,
        Some("unavailable" | "not-ready") => HookKind::Stop,
        Some(_) => return Ok(Hook::other()),
        None => return Err(HookError::Malformed("JSON, or a form with `event`")),
    };
    let path = form.get("path").ok_or(HookError::Malformed("`path`"))?;
    let (app, name) = parts(&path);
    let source = (form.get("source_type"), form.get("source_id"));
    Ok(Hook {
        kind,
        key: Some(hook_key(None, Some(app), Some(name))?),
        publisher: match source {
            (Some(kind), Some(source)) => publisher(&kind, &source),
            _ => None,
        },
        ip: None,
    })
}

/// A path that somebody publishes to. `ready` was renamed to `available`, and both are written for a while.
fn live(item: &Value) -> Option<Live> {
    let is = |name: &str| item[name] == true;
    let source = &item["source"];
    if !(is("available") || is("ready") || is("online")) || source.is_null() {
        return None;
    }
    let path = text(&item["name"])?;
    let (app, name) = parts(&path);
    let kind = text(&source["type"]).unwrap_or_default();
    let source = text(&source["id"]).unwrap_or_default();
    Some(Live {
        key: listed_key("", app, name),
        publisher: publisher(&kind, &source),
    })
}
