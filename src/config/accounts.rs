//! Accounts: how long a session lasts, and how browsers reach the service.

use serde::{Deserialize, Deserializer};
use url::Url;

use super::file::within;

const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 24 * 60 * MINUTE_US;

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// Where browsers reach the service; where it listens unless given.
    #[serde(deserialize_with = "public_url")]
    pub public_url: Option<Url>,
    /// A session ends when it was not used for so many minutes.
    #[serde(deserialize_with = "within::<_, _, 5, 10_080>")]
    pub idle_minutes: u32,
    /// A session ends after so many days, however it is used.
    #[serde(deserialize_with = "within::<_, _, 1, 365>")]
    pub session_days: u32,
    /// Whether a proxy in front of the service says in `X-Forwarded-For` who asks.
    pub forwarded: bool,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            public_url: None,
            // A shift.
            idle_minutes: 8 * 60,
            session_days: 30,
            forwarded: false,
        }
    }
}

impl Accounts {
    /// Whether browsers come by https.
    pub fn is_https(&self) -> bool {
        let url = self.public_url.as_ref();
        url.is_some_and(|url| url.scheme() == "https")
    }

    /// When a session that is good at `now_us` was used last, and when it began, at the earliest; µs since 1970 in UTC.
    pub fn oldest(&self, now_us: i64) -> (i64, i64) {
        let idle_us = i64::from(self.idle_minutes) * MINUTE_US;
        let old_us = i64::from(self.session_days) * DAY_US;
        (now_us - idle_us, now_us - old_us)
    }
}

/// `https://HOST` or `http://HOST`, with a port where it is not the usual one, and nothing behind it.
fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let url = Url::parse(&text).ok().filter(|url| {
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && bare && nobody
    });
    let wrong =
        || serde::de::Error::custom("expected `https://HOST` or `http://HOST`, without a path");
    url.ok_or_else(wrong).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Accounts, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for (url, good) in [
            ("https://way.example", true),
            ("https://way.example/", true),
            ("http://127.0.0.1:8088", true),
            ("https://way.example/desk", false),
            ("https://way.example?a", false),
            ("https://a@way.example", false),
            ("ftp://way.example", false),
            ("way.example", false),
        ] {
            let parsed = parse(&format!("public_url = {url:?}"));
            assert_eq!(parsed.is_ok(), good, "{url}");
        }
        assert!(parse("public_url = \"https://a\"").unwrap().is_https());
        assert!(!parse("public_url = \"http://a\"").unwrap().is_https());
        assert!(!Accounts::default().is_https());
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
        let accounts = parse("idle_minutes = 10\nsession_days = 2").unwrap();
        let (idle_us, old_us) = accounts.oldest(0);
        assert_eq!(idle_us, -600_000_000);
        assert_eq!(old_us, -2 * 86_400_000_000);
        assert!(parse("idle_minutes = 4").is_err() && parse("session_days = 366").is_err());
    }
}
