//! Where a payload leads.

use crate::payload::Payload;

/// The kind of place a payload leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An account that is paid or contacted.
    Account,
    /// A web page.
    Web,
    /// Another app.
    App,
    /// An address on a chain.
    Chain,
    /// Nowhere: Wi-Fi, a place, plain text.
    None,
}

impl Kind {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Web => "web",
            Self::App => "app",
            Self::Chain => "chain",
            Self::None => "none",
        }
    }
}

/// Where a payload leads. Two symbols with the same `key` lead to the same place, and make one
/// incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The kind of place.
    pub kind: Kind,
    /// Names the place, such as `pix:+5511...` or `web:example.com/path`. Never empty.
    pub key: String,
    /// The host of a link, lower case, punycode.
    pub host: Option<String>,
    /// The part of `host` that somebody registered, by the public suffix list.
    pub registrable_domain: Option<String>,
}

/// Says where `payload` leads.
pub fn of(payload: &Payload) -> Destination {
    Destination {
        kind: Kind::None,
        key: format!("text:{}", payload.text),
        host: None,
        registrable_domain: None,
    }
}
