//! What belongs to somebody: the platform here, and a stream's seller once streams carry a registry of
//! their own, which is another value of this type.

use crate::destination::{Destination, Kind};

/// Hosts, apps and accounts that belong to one owner.
#[derive(Debug, Clone, Default)]
pub(super) struct Registry {
    /// Lower case, punycode; each stands for itself and everything below it.
    pub(super) domains: Vec<String>,
    /// Lower case.
    pub(super) app_schemes: Vec<String>,
    /// Hosts of the owner's shorteners: they lead to the registry or elsewhere, and nobody knows before
    /// they are resolved.
    pub(super) short_links: Vec<String>,
    /// Keys of destinations.
    pub(super) payees: Vec<String>,
}

impl Registry {
    /// Which kind of entry holds `destination`.
    pub(super) fn entry(&self, destination: &Destination) -> Option<&'static str> {
        let host = destination.host.as_deref();
        if host.is_some_and(|host| is_below_any(host, &self.domains)) {
            return Some("domain");
        }
        if self.payees.contains(&destination.key) {
            return Some("payee");
        }
        let app = app_scheme(destination)?;
        self.app_schemes
            .iter()
            .any(|scheme| scheme == app)
            .then_some("app")
    }

    pub(super) fn is_short_link(&self, destination: &Destination) -> bool {
        let host = destination.host.as_deref();
        host.is_some_and(|host| is_below_any(host, &self.short_links))
    }

    pub(super) fn counts(&self) -> [(usize, &'static str); 4] {
        [
            (self.domains.len(), "domain"),
            (self.app_schemes.len(), "app scheme"),
            (self.short_links.len(), "short link"),
            (self.payees.len(), "payee"),
        ]
    }
}

fn app_scheme(destination: &Destination) -> Option<&str> {
    let link = destination.key.strip_prefix("app:")?;
    (destination.kind == Kind::App).then_some(link.split_once("://")?.0)
}

/// Whether `host` is one of `domains` or below one.
pub(super) fn is_below_any(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    })
}
