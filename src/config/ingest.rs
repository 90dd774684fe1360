//! The ingest servers that streams come from: `[[ingest]]` of the configuration file.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::Location;
use super::file::millis;
use crate::locate::TextError;

/// Bytes of the longest application or name of a stream.
const LONGEST_NAME: usize = 512;

/// An ingest server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingest {
    /// Its id, in hook URLs and at the front of the ids of its streams.
    pub id: Spanned<String>,
    /// What it is.
    pub kind: Spanned<ServerKind>,
    /// Where its streams are watched, by what they are called there.
    pub pull: Pull,
    /// Where its API is; without one nothing is listed and nobody is kicked.
    #[serde(default, deserialize_with = "api")]
    pub api: Option<Url>,
    /// The file of the authorities that vouch for its API, in place of those that everybody trusts.
    pub ca_file: Option<PathBuf>,
    /// Who asks its API, where it wants a name.
    pub user: Option<String>,
    /// The file that holds what its API wants to know of who asks.
    pub secret_file: Option<PathBuf>,
    /// The environment variable that holds it.
    pub secret_env: Option<String>,
    /// The file that holds what its hooks carry or are signed with.
    pub hook_secret_file: Option<PathBuf>,
    /// The environment variable that holds it.
    pub hook_secret_env: Option<String>,
    /// Whether its hooks are answered by what is banned; without it everybody may publish.
    #[serde(default)]
    pub gate: bool,
    /// How a gate answers where it cannot tell.
    #[serde(default)]
    pub on_error: OnError,
    /// The applications whose streams are watched; all of them where there is none.
    #[serde(default)]
    pub apps: Vec<String>,
    /// The labels of its streams.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Whether names of streams are left out of their ids, since they are stream keys.
    #[serde(default)]
    pub hide_names: bool,
    /// How often its streams are listed.
    #[serde(rename = "poll_ms", default = "poll", deserialize_with = "millis")]
    pub poll: Duration,
}

/// The ingest servers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerKind {
    /// SRS, and Oryx, which is built on it.
    Srs,
    /// nginx with its RTMP module.
    NginxRtmp,
    /// `MediaMTX`.
    #[serde(rename = "mediamtx")]
    MediaMtx,
    /// `ZLMediaKit`.
    #[serde(rename = "zlmediakit")]
    ZlMediaKit,
    /// `OvenMediaEngine`.
    #[serde(rename = "ovenmediaengine")]
    OvenMediaEngine,
    /// `LiveKit`.
    #[serde(rename = "livekit")]
    LiveKit,
    /// Node-Media-Server.
    NodeMediaServer,
    /// Any other that speaks as Waylay asks it to.
    Generic,
}

/// How a gate answers where it cannot tell: a hook that cannot be read, a stream that cannot be watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// It may be published.
    #[default]
    Open,
    /// It may not.
    Closed,
}

impl OnError {
    /// The id that the configuration has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl ServerKind {
    /// The id that the configuration has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Srs => "srs",
            Self::NginxRtmp => "nginx-rtmp",
            Self::MediaMtx => "mediamtx",
            Self::ZlMediaKit => "zlmediakit",
            Self::OvenMediaEngine => "ovenmediaengine",
            Self::LiveKit => "livekit",
            Self::NodeMediaServer => "node-media-server",
            Self::Generic => "generic",
        }
    }
}

fn poll() -> Duration {
    Duration::from_secs(15)
}

/// What the id of a server looks like, for messages. Without a `-`, so that `ID-APP-NAME` reads in one way.
const SERVER_ID: &str = "1 to 24 letters, digits or `_`, the first a letter or digit";

fn is_server_id(id: &str) -> bool {
    (1..=24).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What no key alone can say of `servers`, which stand in `text`.
pub(super) fn check(servers: &[Ingest], text: &str) -> Result<(), TextError> {
    for (at, server) in servers.iter().enumerate() {
        let id = server.id.as_ref().as_str();
        let wrong = |message: String| Err(TextError::at(text, Some(server.id.span()), message));
        if !is_server_id(id) {
            return wrong(format!("not the id of a server, expected {SERVER_ID}"));
        }
        if servers[..at].iter().any(|other| other.id.as_ref() == id) {
            return wrong(format!("two ingest servers have the id `{id}`"));
        }
        if server.secret_file.is_some() && server.secret_env.is_some() {
            return wrong("expected one of `secret_file` and `secret_env`".to_owned());
        }
        if server.hook_secret_file.is_some() && server.hook_secret_env.is_some() {
            return wrong("expected one of `hook_secret_file` and `hook_secret_env`".to_owned());
        }
        server.check(text)?;
    }
    Ok(())
}

impl Ingest {
    /// Whether its API is told a secret.
    pub fn has_secret(&self) -> bool {
        self.secret_file.is_some() || self.secret_env.is_some()
    }

    /// Whether its hooks carry a secret.
    pub fn has_hook_secret(&self) -> bool {
        self.hook_secret_file.is_some() || self.hook_secret_env.is_some()
    }

    fn check(&self, text: &str) -> Result<(), TextError> {
        let kind = *self.kind.as_ref();
        let wrong = |message: String| Err(TextError::at(text, Some(self.kind.span()), message));
        let (user, secret) = match kind {
            ServerKind::LiveKit => (true, true),
            ServerKind::NodeMediaServer => (self.api.is_some(), self.api.is_some()),
            ServerKind::ZlMediaKit | ServerKind::OvenMediaEngine => (false, self.api.is_some()),
            _ => (false, false),
        };
        let kind = kind.as_str();
        if user && self.user.is_none() {
            return wrong(format!("{kind} takes a `user`"));
        }
        if secret && !self.has_secret() {
            return wrong(format!("{kind} takes a `secret_file` or `secret_env`"));
        }
        if self.gate && kind == "livekit" {
            return wrong("LiveKit asks nobody who may publish: it has no gate".to_owned());
        }
        if self.hide_names && self.pull.shows_names() {
            return wrong(
                "with `hide_names`, `pull` takes something before the name in the path: the first of several parts is told"
                    .to_owned(),
            );
        }
        if self.gate && !self.has_hook_secret() {
            return wrong("a gate takes a `hook_secret_file` or `hook_secret_env`".to_owned());
        }
        Ok(())
    }
}

/// Where the streams of a server are watched: a URL in which `{app}`, `{name}`, `{vhost}` and `{path}` (the application and
/// the name) stand for what a stream is called.
///
/// `Display` and `Debug` are for logs, as those of [`Location`].
#[derive(Clone, PartialEq, Eq)]
pub struct Pull(String);

/// Why a stream cannot be watched under what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLocation {
    /// No path of a URL has a part that is called so.
    #[error("a part of what it is called is empty, `.` or `..`, which no URL can have")]
    Part,
    /// It is no text, or not all of it.
    #[error("what it is called is no line of text, and cannot be asked for as it is")]
    Text,
    /// It is longer than any.
    #[error("what it is called is longer than {LONGEST_NAME} bytes")]
    Long,
    /// RTMP has the arguments of a stream there.
    #[error("what it is called holds a `?`, and RTMP takes what follows for arguments")]
    Arguments,
    /// What it is put into makes no URL.
    #[error("there is no URL for what it is called")]
    Url,
}

impl Pull {
    /// Where the stream that is called so is watched, under exactly that name: all of it is percent-encoded, so that it leads
    /// nowhere else.
    ///
    /// # Errors
    /// Where that cannot be.
    pub fn location(&self, vhost: &str, app: &str, name: &str) -> Result<Location, NoLocation> {
        let mut url = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (hole, after) = after.split_once('}').ok_or(NoLocation::Url)?;
            url.push_str(before);
            match hole {
                "app" => url.push_str(&self.parts(app)?),
                "name" => url.push_str(&self.part(name)?),
                "vhost" => url.push_str(&self.part(vhost)?),
                "path" => {
                    if !app.is_empty() {
                        url.push_str(&self.parts(app)?);
                        url.push('/');
                    }
                    url.push_str(&self.part(name)?);
                }
                _ => return Err(NoLocation::Url),
            }
            rest = after;
        }
        url.push_str(rest);
        match url.parse() {
            Ok(location @ Location::Url(_)) => Ok(location),
            _ => Err(NoLocation::Url),
        }
    }

    /// Whether a log tells what a stream is called, with its application or without one.
    fn shows_names(&self) -> bool {
        const NAME: &str = "told-by-nobody";
        ["", "a"].iter().any(|app| {
            let location = self.location("a", app, NAME);
            location.is_ok_and(|location| location.to_string().contains(NAME))
        })
    }

    /// A part of a path, percent-encoded. What cannot be one is left to nobody's parser.
    fn part(&self, text: &str) -> Result<String, NoLocation> {
        match text {
            "" | "." | ".." => Err(NoLocation::Part),
            _ if text.len() > LONGEST_NAME => Err(NoLocation::Long),
            // What stood where the replacement character is nobody knows any more.
            _ if text.contains(|c: char| c.is_control() || c == '\u{fffd}') => {
                Err(NoLocation::Text)
            }
            _ if self.is_rtmp() && text.contains('?') => Err(NoLocation::Arguments),
            _ => Ok(percent(text)),
        }
    }

    /// An application may have several parts, such as `live/room`. RTMP asks for it by itself: there it is one part of
    /// the URL, which tells where the name begins.
    fn parts(&self, text: &str) -> Result<String, NoLocation> {
        let parts = text.split('/').map(|part| self.part(part));
        let between = if self.is_rtmp() { "%2F" } else { "/" };
        Ok(parts.collect::<Result<Vec<_>, _>>()?.join(between))
    }

    fn is_rtmp(&self) -> bool {
        let scheme = self.0.split("://").next().unwrap_or_default();
        ["rtmp", "rtmps"]
            .iter()
            .any(|rtmp| scheme.eq_ignore_ascii_case(rtmp))
    }
}

/// `text` with everything percent-encoded but the unreserved characters (RFC 3986 section 2.3).
pub fn percent(text: &str) -> String {
    use fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // A `String` takes whatever is written to it.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

impl FromStr for Pull {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pull = Self(text.to_owned());
        let at = |about: &str, name: &str| match pull.location(about, about, name) {
            Ok(Location::Url(url)) => Some(url),
            _ => None,
        };
        let (Some(one), Some(named), Some(other)) = (at("a", "a"), at("a", "b"), at("b", "b"))
        else {
            return Err(
                "expected the URL of a live stream with `{app}`, `{name}`, `{path}` or `{vhost}` in it"
                    .to_owned(),
            );
        };
        let site = |url: &Url| {
            let user = (url.username().to_owned(), url.password().map(str::to_owned));
            (url.host_str().map(str::to_owned), url.port(), user)
        };
        // Otherwise a publisher could say where Waylay connects to.
        if site(&one) != site(&other) {
            return Err("expected names in the path or the query alone".to_owned());
        }
        if one == named {
            return Err("expected `{name}` or `{path}` in it".to_owned());
        }
        Ok(pull)
    }
}

impl<'de> Deserialize<'de> for Pull {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location("vhost", "app", "name") {
            Ok(location) => location.fmt(f),
            Err(_) => f.write_str("***"),
        }
    }
}

impl fmt::Debug for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pull({self})")
    }
}

/// A base URL: what is asked for is put behind its path.
fn api<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let error = || {
        serde::de::Error::custom("expected `http://HOST...` or `https://HOST...`, without a user")
    };
    let text = String::deserialize(deserializer)?;
    let url = Url::parse(&text).map_err(|_| error())?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https")
        || !is_plain
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(error());
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests;
