//! Where a short link leads, found by asking hop by hop: the only part that opens connections on the word
//! of a stranger.
//!
//! Every hop's host is looked up once, every address found must be public, and the connection goes to
//! the address that was checked. Bounded in hops, time and bytes; no cookies, no credentials, no referrer,
//! no proxy. `docs/design/resolve.md` says why.

mod answer;
mod cache;
mod fetch;
mod guard;
mod hosts;
mod network;
mod resolver;

use std::net::IpAddr;

use url::Url;

pub use self::network::{Addresses, Dial, Lookup, Network};
pub use self::resolver::Resolver;

/// Where a link leads, and how it got there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The links that were asked and led on, in order.
    pub hops: Vec<Hop>,
    /// Where the last of them leads, or the link itself where nothing led on. After a failure this is
    /// where it happened, which may be a link that was never asked.
    pub url: Url,
    /// What is there.
    pub end: End,
}

/// A link that led on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The link that was asked.
    pub url: Url,
    /// How it led on.
    pub via: Via,
    /// Who answered.
    pub address: IpAddr,
}

/// How a link led on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The status of the answer and its `Location`.
    Redirect(u16),
    /// A `Refresh` header, or a `meta` element that stands for one.
    MetaRefresh,
    /// A script that sets the location to a literal, on a page that holds nothing else.
    Script,
}

/// What is at the end of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A page.
    Page(Page),
    /// No page but another app: `weixin://`, `tg://`, `tel:` and the like. Nobody was asked there.
    App,
    /// Not known. The hops before it are.
    Failed(Failure),
}

/// The answer that led nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Who answered.
    pub address: IpAddr,
    /// The status of the answer.
    pub status: u16,
    /// Its media type in lower case, such as `text/html`; empty where it has none.
    pub content: String,
    /// Where the page leads on for whoever taps: links to other hosts and into apps, in the page's order.
    /// At most [`MOST_LINKS`].
    pub links: Vec<Url>,
    /// Whether the page was longer than what is read of one.
    pub cut: bool,
}

/// Why a link could not be followed to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// It leads to a link that was asked before.
    Loop,
    /// It leads on and on.
    TooManyHops,
    /// The time was up.
    TooSlow,
    /// The answers were longer than allowed.
    TooLarge,
    /// It leads to an address that is not of the public internet.
    ForbiddenAddress,
    /// It leads to a port that is not one of the web.
    ForbiddenPort,
    /// It is no link of the web, nor one that opens an app.
    NotHttp,
    /// The name has no address.
    Dns,
    /// Nobody takes the connection.
    Connect,
    /// There is no trust: the certificate is not right, or there is none.
    Tls,
    /// What came back is no answer.
    BadResponse,
    /// The host failed too often a short while ago.
    CircuitOpen,
    /// The time was up before it was this link's turn.
    Busy,
}

/// The most links that are taken from a page.
pub const MOST_LINKS: usize = 64;

impl Via {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redirect(_) => "redirect",
            Self::MetaRefresh => "meta-refresh",
            Self::Script => "script",
        }
    }
}

impl End {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::App => "app",
            Self::Failed(_) => "failed",
        }
    }
}

impl Failure {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::TooManyHops => "too-many-hops",
            Self::TooSlow => "too-slow",
            Self::TooLarge => "too-large",
            Self::ForbiddenAddress => "forbidden-address",
            Self::ForbiddenPort => "forbidden-port",
            Self::NotHttp => "not-http",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::BadResponse => "bad-response",
            Self::CircuitOpen => "circuit-open",
            Self::Busy => "busy",
        }
    }

    /// Whether the host was at fault: it is then asked less.
    fn blames_host(self) -> bool {
        matches!(
            self,
            Self::TooSlow | Self::Dns | Self::Connect | Self::Tls | Self::BadResponse
        )
    }

    /// Whether the same link may lead somewhere a moment later.
    fn passes(self) -> bool {
        self.blames_host() || matches!(self, Self::CircuitOpen | Self::Busy)
    }
}

impl Resolution {
    /// Every link on the way, the first and the last included.
    pub fn chain(&self) -> impl Iterator<Item = &Url> {
        self.hops.iter().map(|hop| &hop.url).chain([&self.url])
    }

    /// The links on the page at the end.
    pub fn links(&self) -> &[Url] {
        match &self.end {
            End::Page(page) => &page.links,
            _ => &[],
        }
    }

    /// Whether asking again soon may give another answer, so that this one is not kept.
    pub fn passes(&self) -> bool {
        match &self.end {
            End::Page(page) => is_trouble(page.status),
            End::App => false,
            End::Failed(failure) => failure.passes(),
        }
    }
}

/// Whether `status` says that the host is not itself, or wants to be left alone (RFC 9110 section 15.6,
/// RFC 6585 section 4).
fn is_trouble(status: u16) -> bool {
    status == 429 || status >= 500
}

/// Whether links of `scheme` are for the web.
fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

#[cfg(test)]
mod tests;
