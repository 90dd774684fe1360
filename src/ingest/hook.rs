//! What a server tells or asks over HTTP, and the answer. Hostile: part of it is what a publisher wrote.

use std::borrow::Cow;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::Value;

use crate::ban::StreamKey;

/// Bytes of the largest hook. Several texts in it may be the publisher's, of 64 KiB each in RTMP, and longer as they are written.
pub const LARGEST: usize = 1 << 20;

/// Bytes of the longest application, name or id.
const LONGEST_NAME: usize = 512;

/// A hook as it came.
pub struct Request<'a> {
    /// The fields of its head.
    pub headers: &'a HeaderMap,
    /// What stands behind the id in its path.
    pub path_secret: Option<&'a str>,
    /// Its query, as it was written.
    pub query: &'a str,
    /// Its body, whatever it says that it is.
    pub body: &'a [u8],
    /// Whether it has more of a body than is read, of which there is nothing then.
    pub too_large: bool,
    /// When it came, in seconds since 1970 in UTC.
    pub now_s: i64,
}

/// What a hook is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookKind {
    /// Somebody wants to publish, and the answer says whether that may be.
    Admission,
    /// Somebody publishes.
    Start,
    /// Somebody still publishes; with some servers the answer says whether that may go on.
    Update,
    /// Somebody publishes no longer.
    Stop,
    /// Anything else: players, recordings.
    Other,
}

/// What a hook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// What it is about.
    pub kind: HookKind,
    /// The stream; `None` for what is not about one.
    pub key: Option<StreamKey>,
    /// Who publishes, as the server calls it, so that it can be kicked.
    pub publisher: Option<String>,
    /// Where from, as the server says.
    pub ip: Option<String>,
}

impl Hook {
    /// One that is about no stream.
    pub(super) fn other() -> Self {
        Self {
            kind: HookKind::Other,
            key: None,
            publisher: None,
            ip: None,
        }
    }
}

/// Why a hook cannot be read. Nothing of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// It is longer than any hook.
    #[error("it is longer than {LARGEST} bytes")]
    TooLarge,
    /// It is not what this kind of server sends.
    #[error("expected {0}")]
    Malformed(&'static str),
}

/// Whether a stream may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allow,
    /// It may not.
    Refuse,
}

/// The answer to a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

impl Reply {
    pub(super) fn json(status: u16, body: &'static str) -> Self {
        Self {
            status,
            content_type: "application/json",
            body,
        }
    }

    pub(super) fn plain(status: u16, body: &'static str) -> Self {
        Self {
            status,
            content_type: "text/plain",
            body,
        }
    }
}

impl Request<'_> {
    /// The secrets that it carries: in its path, as a bearer token, as `secret` in its query.
    pub(super) fn secrets(&self) -> [Option<Cow<'_, str>>; 3] {
        let bearer = self.header(AUTHORIZATION.as_str()).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            let is_bearer = scheme.eq_ignore_ascii_case("bearer");
            is_bearer.then(|| Cow::Borrowed(token.trim()))
        });
        [
            self.path_secret.map(Cow::Borrowed),
            bearer,
            self.query_form().get("secret"),
        ]
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The form in its body, or in its query where the body is empty (`GET`).
    pub(super) fn form(&self) -> Form<'_> {
        if self.body.is_empty() {
            self.query_form()
        } else {
            Form(self.body)
        }
    }

    /// The form in its query.
    pub(super) fn query_form(&self) -> Form<'_> {
        Form(self.query.as_bytes())
    }

    /// Its body as JSON, whatever its type says. What is no UTF-8 is replaced, as in a form: servers pass on what a publisher
    /// wrote into its query, which must not hide the rest.
    pub(super) fn json(&self) -> Result<Object, HookError> {
        match serde_json::from_str(&String::from_utf8_lossy(self.body)) {
            Ok(Value::Object(fields)) => Ok(Object(fields)),
            _ => Err(HookError::Malformed("a JSON object")),
        }
    }
}

/// `application/x-www-form-urlencoded`.
pub(super) struct Form<'a>(&'a [u8]);

impl<'a> Form<'a> {
    /// The first value of `name`: what comes after the server's own fields is the publisher's.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut pairs = url::form_urlencoded::parse(self.0);
        pairs.find(|(n, _)| n == name).map(|(_, value)| value)
    }
}

/// A JSON object that is read leniently: what is not asked for does not count.
pub(super) struct Object(serde_json::Map<String, Value>);

impl Object {
    /// The text in `name`; a whole number counts as one, since servers changed their minds about ids.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        text(self.0.get(name)?)
    }

    /// What is in `name`.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// A text, or a whole number as one.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            Some(Cow::Owned(number.to_string()))
        }
        _ => None,
    }
}

/// The key of these names, whatever they are. What a list has is there, and nobody may hide behind a name: one that
/// cannot be watched is counted where it is not.
pub(super) fn listed_key(vhost: &str, app: &str, name: &str) -> StreamKey {
    // Both servers that have virtual hosts call the one for all others so.
    let vhost = if vhost == "__defaultVhost__" {
        ""
    } else {
        vhost
    };
    StreamKey {
        vhost: vhost.to_owned(),
        app: app.to_owned(),
        name: name.to_owned(),
    }
}

/// The same for a hook, which is refused where these cannot be the names of a stream.
pub(super) fn hook_key(
    vhost: Option<&str>,
    app: Option<&str>,
    name: Option<&str>,
) -> Result<StreamKey, HookError> {
    let (Some(app), Some(name)) = (app, name) else {
        return Err(HookError::Malformed("the name of a stream"));
    };
    let vhost = vhost.unwrap_or_default();
    let is_name =
        |text: &str| text.len() <= LONGEST_NAME && !text.contains(|c: char| c.is_control());
    let fits = !name.is_empty() && [vhost, app, name].into_iter().all(is_name);
    let key = fits.then(|| listed_key(vhost, app, name));
    key.ok_or(HookError::Malformed("the name of a stream"))
}

/// An id of a publisher; `None` where there is none, or it is longer than any.
pub(super) fn id(text: Option<Cow<'_, str>>) -> Option<String> {
    text.filter(|id| (1..=LONGEST_NAME).contains(&id.len()) && !id.contains(char::is_control))
        .map(Cow::into_owned)
}
