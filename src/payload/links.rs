//! Links whose scheme, host and path say whose they are. Each is a row of a table, and one more
//! scheme is one more row; how a row reads is told at [`Link`].

pub(super) mod alipay;
pub(super) mod crypto;
mod donations;
mod index;
mod logins;
mod maps;
mod messengers;
mod pages;
mod pattern;
mod qq;
mod redirects;
mod reserved;
mod shops;
mod shorteners;
mod social;
pub(super) mod wallets;
pub(super) mod wechat;

use std::sync::LazyLock;

use self::index::Index;
use super::input::Input;
use super::schemes::Scheme;
use super::{Fields, Payload};
use crate::lookalike;

/// The tables in the order in which they are asked; the first row that fits wins.
const TABLES: &[&[Link]] = &[
    redirects::LINKS,
    logins::LINKS,
    reserved::LINKS,
    wechat::LINKS,
    alipay::LINKS,
    wallets::china::LINKS,
    wallets::global::LINKS,
    wallets::america::LINKS,
    wallets::europe::LINKS,
    wallets::russia::LINKS,
    wallets::middle_east::LINKS,
    wallets::south_asia::LINKS,
    wallets::southeast_asia::LINKS,
    wallets::east_asia::LINKS,
    donations::LINKS,
    crypto::LINKS,
    messengers::LINKS,
    qq::LINKS,
    social::LINKS,
    shops::china::LINKS,
    shops::world::LINKS,
    maps::LINKS,
    pages::LINKS,
    shorteners::LINKS,
];

/// One row: a scheme and the places where its links lead.
///
/// A place is written like the link itself, `scheme://host/path?query#fragment`:
/// - without `scheme://` it is a web link, and a host `*.x.com` is `x.com` and all below it; below
///   `{payee}.x.com`, the name of the host is the payee's;
/// - the path is a beginning: what follows is free. `*` is any one part of it;
/// - `a|b` is either of the two, in every part; letters match in either case;
/// - `{field}` takes the value: `payee`, `name`, `reference`, `target`, `amount`, `cents` (minor
///   units), `money` (amount with its currency), `currency`, `phone` (a payee of digits alone) or
///   `account` (joins the payee, which is the bank then). `{target...}` at the end of a path takes all
///   that follows.
///   `~{payee}.html` takes what stands between, and `{payee:$}` the whole of a value that begins so;
/// - every key of the query must be there, in any order, save those that end in `?`.
pub(super) struct Link {
    scheme: Scheme,
    at: &'static [&'static str],
    currency: Option<&'static str>,
    flags: &'static [&'static str],
    check: Option<Check>,
    folds: bool,
}

/// A rule on the fields that holds or is broken; the error is the flag that says so.
type Check = fn(&Fields) -> Result<(), &'static str>;

/// A row for `scheme` at the places `at`.
const fn link(scheme: &str, at: &'static [&'static str]) -> Link {
    Link {
        scheme: Scheme::named(scheme),
        at,
        currency: None,
        flags: &[],
        check: None,
        folds: false,
    }
}

impl Link {
    /// Everything there is paid in `currency`.
    const fn currency(mut self, currency: &'static str) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Raises `flags`.
    const fn flags(mut self, flags: &'static [&'static str]) -> Self {
        self.flags = flags;
        self
    }

    /// Is valid where `check` holds.
    const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// Its names mean the same in either letter case: they are given in lower case.
    const fn folds(mut self) -> Self {
        self.folds = true;
        self
    }

    fn payload(&self, input: &Input<'_>, mut fields: Fields) -> Payload {
        if self.folds {
            for name in [&mut fields.payee, &mut fields.reference] {
                *name = name.take().map(|n| n.to_lowercase());
            }
        }
        if fields.currency.is_none() {
            fields.currency = self.currency.map(str::to_owned);
        }
        let mut payload = input.payload(self.scheme);
        payload.flags.extend(self.flags);
        if let Some(check) = self.check {
            let result = check(&fields);
            payload.valid = Some(result.is_ok());
            payload.flags.extend(result.err());
        }
        payload.fields = fields;
        payload
    }
}

/// The rows, taken apart when the first link is read.
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of(TABLES));

/// Finds the row that `input` belongs to.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    // `Grab: 20 % off today` begins like the link of an app and is a sentence.
    if uri.url.cannot_be_a_base() && input.text.contains(char::is_whitespace) {
        return None;
    }
    let (link, fields) = INDEX.find(uri)?;
    Some(link.payload(input, fields))
}

/// Whether `host` belongs to one of the services here, whomever its name reminds of: `shope.ee` is
/// Shopee's. Of what stands below a domain, only the domain is known.
pub(super) fn owns(host: &str) -> bool {
    let domain = INDEX.domain_of(host);
    INDEX.names(host) || domain.is_some_and(|domain| lookalike::brand(domain).is_some())
}

#[cfg(test)]
mod tests {
    use super::pattern::Place;
    use super::*;

    /// The services that are known here pass for nobody.
    #[test]
    fn known_hosts_are_their_own() {
        let places = TABLES.iter().copied().flatten().flat_map(|link| link.at);
        let hosts = places
            .filter_map(|place| Place::parse(place))
            .filter(|place| place.schemes.contains(&"https"))
            .flat_map(|place| place.hosts);
        for host in hosts {
            let host = ["*", "{payee}"]
                .iter()
                .find_map(|any| host.strip_prefix(any))
                .map_or(host.to_owned(), |domain| format!("pay{domain}"));
            let flags = super::super::parse_str(&format!("https://{host}/")).flags;
            let signs = ["lookalike-domain", "homograph", "subdomain-spoof"];
            assert!(!flags.iter().any(|flag| signs.contains(flag)), "{host}");
        }
    }

    #[test]
    fn the_name_of_an_app_and_a_colon_may_begin_a_sentence() {
        for text in [
            "Grab: 20% off today",
            "momo: big sale",
            "zalo: see the shop page",
            "Maya: hi there",
        ] {
            assert_eq!(super::super::parse_str(text).scheme, "plain-text", "{text}");
        }
        for text in ["grab:open?screen=pay", "grab://open", "skype:jo?chat"] {
            assert_ne!(super::super::parse_str(text).scheme, "plain-text", "{text}");
        }
    }

    /// A place that is misspelt would match nothing, silently.
    #[test]
    fn every_place_is_well_formed() {
        for place in TABLES.iter().copied().flatten().flat_map(|link| link.at) {
            assert!(Place::parse(place).is_some(), "{place}");
        }
    }
}
