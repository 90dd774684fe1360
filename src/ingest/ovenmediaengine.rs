//! `OvenMediaEngine` (`<AdmissionWebhooks>`, its REST API v1).
//!
//! A hook tells the URL that was asked for, which does not say the virtual host; the list does. So the virtual host is
//! no part of the key here: it is what a kick has to know, and stands where the lists of others have the publisher. To tell
//! publishers apart there is where each comes from: the end of one that was refused is told like that of any other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use ring::hmac;
use serde_json::Value;
use url::Url;

use super::call::{ApiError, Call, Kicked, Listed, Live, Step, basic, json, list};
use super::client::Answer;
use super::hook::{
    Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key, text,
};
use super::{Adapter, MOST_CALLS};
use crate::ban::StreamKey;
use crate::config::percent;
use crate::secret::Secret;

pub(super) struct OvenMediaEngine {
    authorization: Option<String>,
    signs: Option<hmac::Key>,
}

impl OvenMediaEngine {
    pub(super) fn new(token: Option<Secret>, secret_key: Option<Secret>) -> Self {
        // `X-OME-Signature` is HMAC-SHA1, which is still sound where SHA-1 alone is not.
        let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        Self {
            authorization: token.map(|token| basic(token.reveal())),
            signs: secret_key.map(|key| hmac::Key::new(algorithm, key.reveal().as_bytes())),
        }
    }

    fn call(&self, method: Method, path: String, inside: Vec<String>) -> Call {
        let call = Call::new(method, path).at(Step::Inside(inside));
        super::srs::with(call, self.authorization.as_deref())
    }

    /// What is inside of a virtual host, or of an application of it.
    fn inside(&self, inside: Vec<String>) -> Call {
        let path = match inside.as_slice() {
            [] => "/v1/vhosts".to_owned(),
            [vhost] => format!("/v1/vhosts/{}/apps", percent(vhost)),
            [vhost, app, ..] => format!(
                "/v1/vhosts/{}/apps/{}/streams",
                percent(vhost),
                percent(app)
            ),
        };
        self.call(Method::GET, path, inside)
    }
}

impl Adapter for OvenMediaEngine {
    fn signed(&self, request: &Request<'_>) -> Option<bool> {
        let signature = request.header("x-ome-signature")?;
        let key = self.signs.as_ref()?;
        let signature = URL_SAFE_NO_PAD.decode(signature.trim_end_matches('='));
        Some(signature.is_ok_and(|tag| hmac::verify(key, request.body, &tag).is_ok()))
    }

    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let fields = request.json()?;
        let asked = fields
            .value("request")
            .ok_or(HookError::Malformed("`request`"))?;
        // Their case differs from version to version.
        let is = |name: &str, expected: &str| {
            text(&asked[name]).is_some_and(|value| value.eq_ignore_ascii_case(expected))
        };
        let kind = match (is("status", "opening"), is("status", "closing")) {
            _ if is("direction", "outgoing") => HookKind::Other,
            (true, _) => HookKind::Admission,
            (_, true) => HookKind::Stop,
            _ => return Err(HookError::Malformed("`status`")),
        };
        if kind == HookKind::Other {
            return Ok(Hook::other());
        }
        let client = fields.value("client").unwrap_or(&Value::Null);
        let url = text(&asked["url"]).ok_or(HookError::Malformed("`url`"))?;
        Ok(Hook {
            kind,
            key: Some(stream(&url)?),
            publisher: publisher(client),
            ip: id(text(&client["real_ip"]).or_else(|| text(&client["address"]))),
        })
    }

    fn reply(&self, kind: HookKind, decision: Decision) -> Reply {
        match (kind, decision) {
            (HookKind::Stop, _) => Reply::json(200, "{}"),
            (_, Decision::Allow) => Reply::json(200, r#"{"allowed":true}"#),
            (_, Decision::Refuse) => Reply::json(200, r#"{"allowed":false,"reason":"refused"}"#),
        }
    }

    fn list(&self, _: i64) -> Call {
        self.inside(Vec::new())
    }

    fn listed(&self, call: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        let answer = json(body)?;
        let names = list(&answer["response"])?.iter().filter_map(text);
        let mut listed = Listed::default();
        match call.inside() {
            [vhost, app] => {
                let live = names.map(|name| Live {
                    key: listed_key("", app, &name),
                    publisher: Some(vhost.clone()),
                });
                listed.streams = live.collect();
            }
            outer => {
                let more = names.map(|name| {
                    let mut inside = outer.to_vec();
                    inside.push(name.into_owned());
                    self.inside(inside)
                });
                listed.more = more.take(MOST_CALLS + 1).collect();
            }
        }
        Ok(listed)
    }

    fn lists_publishers(&self) -> bool {
        false
    }

    fn kick(&self, key: &StreamKey, vhost: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let vhost = percent(vhost.ok_or(ApiError::NoPublisher)?);
        let (app, name) = (percent(&key.app), percent(&key.name));
        let path = format!("/v1/vhosts/{vhost}/apps/{app}/streams/{name}");
        Ok(self.call(Method::DELETE, path, Vec::new()))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        if answer.status == 404 {
            return Ok(Kicked::Gone);
        }
        answer.found().map(|_| Kicked::Done)
    }
}

/// The connection of `client`, which is the same when it opens and when it closes.
fn publisher(client: &Value) -> Option<String> {
    let (address, port) = (text(&client["address"])?, text(&client["port"])?);
    id(Some(format!("{address}:{port}").into()))
}

/// The application and the stream in `scheme://host/app/stream[/file][?query]`.
fn stream(url: &str) -> Result<StreamKey, HookError> {
    let malformed = HookError::Malformed("a URL with an application and a stream");
    let url = Url::parse(url).map_err(|_| malformed)?;
    let mut parts = url.path_segments().ok_or(malformed)?.map(decoded);
    let (Some(app), Some(name)) = (parts.next(), parts.next()) else {
        return Err(malformed);
    };
    hook_key(None, Some(&app), Some(&name))
}

/// A part of a path without its percent-encoding.
fn decoded(part: &str) -> String {
    // A plus is a plus in a path.
    let form = format!("_={}", part.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
