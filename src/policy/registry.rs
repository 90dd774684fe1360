//! What belongs to somebody: to the platform, or to the seller whose stream it is.

use std::collections::{HashMap, HashSet};

use crate::destination::{Destination, Kind};
use crate::locate::TextError;
use crate::lookalike::{self, Known, Likeness};

use super::{Context, file};

/// Hosts, apps and accounts that belong to one owner.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Lower case, punycode; each stands for itself and everything below it.
    pub(super) domains: Vec<String>,
    /// Lower case.
    pub(super) app_schemes: Vec<String>,
    /// Hosts of the owner's shorteners: they lead to the registry or elsewhere, and nobody knows before
    /// they are resolved.
    pub(super) short_links: Vec<String>,
    /// Keys of destinations.
    pub(super) payees: Vec<String>,
    /// Keys of destinations that are no accounts, or were allowed one by one.
    pub(super) destinations: Vec<String>,
    /// The domains, as what others may pass for.
    pub(super) known: Vec<Known<String>>,
}

impl Registry {
    /// Reads the registry of a stream's seller (TOML), see `docs/ref/policy.md`.
    ///
    /// # Errors
    /// Says the line, the column and what was expected there.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        file::parse_seller(text)
    }

    /// What it holds, for people: `2 domains, 0 app schemes, 0 short links, 1 payee, 0 destinations`.
    pub fn summary(&self) -> String {
        summary(&self.counts())
    }

    /// Which kind of entry holds `destination`.
    pub(super) fn entry(&self, destination: &Destination) -> Option<&'static str> {
        let host = destination.host.as_deref();
        if host.is_some_and(|host| is_below_any(host, &self.domains)) {
            return Some("domain");
        }
        if self.payees.contains(&destination.key) {
            return Some("payee");
        }
        if self.destinations.contains(&destination.key) {
            return Some("destination");
        }
        let app = app_scheme(destination)?;
        self.app_schemes
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(app))
            .then_some("app")
    }

    /// How `host`, which is not in the registry, passes for one that is, as a flag.
    pub(super) fn likeness(&self, host: &str) -> Option<&'static str> {
        let (likeness, _) = lookalike::resembles(host, &self.known)?;
        Some(match likeness {
            Likeness::Lookalike => "lookalike-domain",
            Likeness::SubdomainSpoof => "subdomain-spoof",
            Likeness::Homograph => "homograph",
        })
    }

    pub(super) fn is_short_link(&self, destination: &Destination) -> bool {
        let host = destination.host.as_deref();
        host.is_some_and(|host| is_below_any(host, &self.short_links))
    }

    pub(super) fn counts(&self) -> [(usize, &'static str); 5] {
        [
            (self.domains.len(), "domain"),
            (self.app_schemes.len(), "app scheme"),
            (self.short_links.len(), "short link"),
            (self.payees.len(), "payee"),
            (self.destinations.len(), "destination"),
        ]
    }
}

/// Destinations that somebody allowed while the service runs, beside what the policy's file and sellers' registries say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// For the whole platform: keys of destinations.
    pub platform: HashSet<String>,
    /// For one seller: by `host:` and who streams, or by `stream:` and the stream's id.
    pub sellers: HashMap<String, HashSet<String>>,
}

impl Allowed {
    /// Whose registry has `key`, as seen from the stream that `context` tells of.
    pub(super) fn reason(&self, key: &str, context: &Context<'_>) -> Option<&'static str> {
        if self.platform.contains(key) {
            return Some("registry-destination");
        }
        if self.sellers.is_empty() {
            return None;
        }
        let has = |seller: &str| {
            self.sellers
                .get(seller)
                .is_some_and(|keys| keys.contains(key))
        };
        let host = context.labels.iter().find(|label| is_host(label));
        // Where a label names the host, what was allowed to it counts in each of its streams.
        let allowed = match (host, context.stream) {
            (Some(host), _) => has(host),
            (None, Some(stream)) => has(&format!("stream:{stream}")),
            (None, None) => false,
        };
        allowed.then_some("seller-destination")
    }
}

/// Whether a label names who streams.
fn is_host(label: &str) -> bool {
    label
        .strip_prefix("host:")
        .is_some_and(|host| !host.is_empty())
}

/// Counts for people.
pub(super) fn summary(counts: &[(usize, &'static str)]) -> String {
    let plural =
        |(n, word): &(usize, &str)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" });
    counts.iter().map(plural).collect::<Vec<_>>().join(", ")
}

/// The scheme of a link that opens an app. One without `//` reads as writing, and is a link where somebody has
/// registered its scheme: `note:x` may be either.
fn app_scheme(destination: &Destination) -> Option<&str> {
    let key = destination.key.as_str();
    match destination.kind {
        Kind::App => Some(key.strip_prefix("app:")?.split_once("://")?.0),
        Kind::None => {
            let (scheme, rest) = key.strip_prefix("text:")?.split_once(':')?;
            let is_link = !rest.is_empty() && !rest.contains(char::is_whitespace);
            is_link.then_some(scheme)
        }
        _ => None,
    }
}

/// Whether `host` is one of `domains` or below one.
pub(super) fn is_below_any(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    })
}
