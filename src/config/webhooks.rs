//! Where events are delivered to: the tables `[[webhooks]]` of the configuration file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use crate::config::file::{millis, within};
use crate::config::{STREAM_ID, is_stream_id};
use crate::locate::TextError;

/// The most secrets that are live at once: one that goes and one that comes.
const MOST_SECRETS: usize = 2;

/// An endpoint that events are delivered to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Its name in records, figures and logs.
    pub name: Spanned<String>,
    /// Where events are sent to.
    pub url: Spanned<WebhookUrl>,
    /// Whether they may be sent to another machine without TLS.
    #[serde(default)]
    pub insecure: bool,
    /// The file of the authorities that vouch for it, in place of those that everybody trusts.
    pub ca_file: Option<PathBuf>,
    /// The files that hold the secrets which sign them.
    #[serde(default)]
    pub secret_files: Vec<PathBuf>,
    /// The variables of the environment that hold more of them.
    #[serde(default)]
    pub secret_env: Vec<String>,
    /// The types of the events that are delivered; all of them where none is given.
    #[serde(default)]
    pub types: Vec<Spanned<String>>,
    /// Those of incidents whose verdict has one of these classes.
    #[serde(default)]
    pub classes: Vec<Spanned<String>>,
    /// Those of incidents whose verdict has one of these severities.
    #[serde(default)]
    pub severities: Vec<Spanned<String>>,
    /// Those of incidents whose payload is of one of these categories.
    #[serde(default)]
    pub categories: Vec<Spanned<String>>,
    /// Those of streams that carry one of these labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// How many are sent at once, each of another incident.
    #[serde(default = "concurrency", deserialize_with = "within::<_, _, 1, 64>")]
    pub concurrency: u16,
    /// How long an answer may take.
    #[serde(
        rename = "timeout_ms",
        default = "timeout",
        deserialize_with = "millis"
    )]
    pub timeout: Duration,
}

fn concurrency() -> u16 {
    4
}

fn timeout() -> Duration {
    Duration::from_secs(15)
}

/// Where events are sent to: `http` or `https`.
///
/// `Display` and `Debug` are for logs: they leave out the user, the path and the query, any of which may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// All of it.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether what is sent there can be read on the way.
    fn is_open(&self) -> bool {
        is_open(&self.0)
    }
}

/// Whether what is sent to `url` can be read on the way.
pub(crate) fn is_open(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() != "https" && !is_here
}

impl<'de> Deserialize<'de> for WebhookUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let error = |why: &str| {
            // What it says instead may be a secret.
            serde::de::Error::custom(format!("not the URL of a web server: {why}"))
        };
        let text = String::deserialize(deserializer)?;
        let url = Url::parse(&text).map_err(|why| error(&why.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(error("expected `http://` or `https://`"));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        write!(f, "{}://{host}", self.0.scheme())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str("/...")
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether `webhooks`, which stand in `text`, hold together.
pub(super) fn check(text: &str, webhooks: &[Webhook]) -> Result<(), TextError> {
    for (at, webhook) in webhooks.iter().enumerate() {
        let name = webhook.name.as_ref();
        let wrong = |message| Err(TextError::at(text, Some(webhook.name.span()), message));
        if webhooks[..at].iter().any(|w| w.name.as_ref() == name) {
            return wrong(format!("two webhooks have the name `{name}`"));
        }
        // It stands in the same places as a stream's id.
        if !is_stream_id(name) {
            return wrong(format!("not the name of a webhook, expected {STREAM_ID}"));
        }
        let secrets = webhook.secret_files.len() + webhook.secret_env.len();
        if !(1..=MOST_SECRETS).contains(&secrets) {
            return wrong(format!(
                "the webhook has {secrets} secrets, expected 1 or {MOST_SECRETS} in `secret_files` and `secret_env`"
            ));
        }
        let url = &webhook.url;
        if url.as_ref().is_open() && !webhook.insecure {
            let message =
                "expected `https://`, or `insecure = true`: what is sent can be read on the way";
            return Err(TextError::at(text, Some(url.span()), message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn webhook(url: &str, more: &str) -> String {
        format!("[[webhooks]]\nname = 'ops'\nurl = '{url}'\nsecret_files = ['a']\n{more}\n")
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let good = webhook("https://a.example/", "");
        let two = format!("{good}{good}");
        for (text, line, message) in [
            (two, 7, "two webhooks have the name `ops`"),
            (
                good.replace("ops", "../ops"),
                2,
                "not the name of a webhook",
            ),
            (good.replace("secret_files = ['a']", ""), 2, "has 0 secrets"),
            (
                webhook("https://a.example/", "secret_env = ['B', 'C']"),
                2,
                "has 3 secrets",
            ),
            (
                webhook("https://a.example/", "concurrency = 65"),
                5,
                "expected 1 to 64",
            ),
            (
                webhook("https://a.example/", "timeout_ms = 0"),
                5,
                "expected 1 to 3600000",
            ),
            (
                webhook("https://a.example/", "secret = 'whsec_'"),
                5,
                "unknown field `secret`",
            ),
            (
                webhook("ftp://s3cret.example/", ""),
                3,
                "expected `http://` or `https://`",
            ),
            (webhook("s3cret", ""), 3, "not the URL of a web server"),
            (
                webhook("http://s3cret@a.example/", ""),
                3,
                "insecure = true",
            ),
            (
                webhook("http://127.0.0.1.example/", ""),
                3,
                "insecure = true",
            ),
            (webhook("http://10.0.0.1/", ""), 3, "insecure = true"),
        ] {
            let error = Config::parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
            assert!(!error.message.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn nobody_else_can_read_what_is_sent() {
        for (url, more) in [
            ("https://a.example/", ""),
            ("http://a.example/", "insecure = true"),
            ("http://localhost:8000/", ""),
            ("http://127.9.0.1/", ""),
            ("http://[::1]:8000/", ""),
        ] {
            let config = Config::parse(&webhook(url, more)).unwrap();
            assert_eq!(config.webhooks[0].url.as_ref().url().as_str(), url);
        }
    }

    #[test]
    fn nothing_secret_of_a_url_is_shown() {
        let url = "https://s3cret:s3cret@a.example:8443/s3cret?token=s3cret#s3cret";
        let config = Config::parse(&webhook(url, "")).unwrap();
        let shown = config.webhooks[0].url.as_ref().to_string();
        assert_eq!(shown, "https://a.example:8443/...");
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_not_given_has_a_default() {
        let config = Config::parse(&webhook("https://a.example/", "")).unwrap();
        let webhook = &config.webhooks[0];
        assert_eq!(
            (webhook.concurrency, webhook.timeout.as_millis()),
            (4, 15_000)
        );
        assert!(webhook.types.is_empty() && webhook.secret_env.is_empty());
    }
}
