//! Which rows can be meant by a link: a web link is looked up by its host, an app link by its scheme,
//! so that it does not matter how many rows there are.

use std::collections::HashMap;

use super::super::Fields;
use super::super::input::{Uri, is_web};
use super::Link;
use super::pattern::Place;

/// Where a place stands among all: the first that fits wins.
type Order = usize;

/// What a link is.
pub(super) struct Found {
    pub(super) link: &'static Link,
    pub(super) fields: Fields,
    /// Whether who is paid, or where it leads, is said twice, and not the same.
    pub(super) twice: bool,
}

/// The places of tables, by what their links begin with.
#[derive(Default)]
pub(super) struct Index {
    places: Vec<(&'static Link, Place)>,
    /// By web host.
    exact: HashMap<&'static str, Vec<Order>>,
    /// By the end of a web host: `x.com` for `*.x.com`.
    below: HashMap<&'static str, Vec<Order>>,
    /// By URI scheme.
    apps: HashMap<&'static str, Vec<Order>>,
    /// The most labels that a host in `below` has.
    labels: usize,
}

impl Index {
    /// The index of `tables`. Places that are misspelt are left out; a test looks for them.
    pub(super) fn of(tables: &[&'static [Link]]) -> Self {
        let mut index = Self::default();
        for link in tables.iter().copied().flatten() {
            for place in link.at.iter().filter_map(|place| Place::parse(place)) {
                index.add(link, place);
            }
        }
        index
    }

    fn add(&mut self, link: &'static Link, place: Place) {
        let order = self.places.len();
        let web = place.schemes.iter().any(|scheme| is_web(scheme));
        for host in place.hosts.iter().filter(|_| web) {
            let below = ["*.", "{payee}."];
            let (map, host) = match below.iter().find_map(|any| host.strip_prefix(any)) {
                Some(domain) => (&mut self.below, domain),
                None => (&mut self.exact, *host),
            };
            map.entry(host).or_default().push(order);
            self.labels = self.labels.max(host.split('.').count());
        }
        for scheme in place.schemes.iter().filter(|scheme| !is_web(scheme)) {
            self.apps.entry(scheme).or_default().push(order);
        }
        self.places.push((link, place));
    }

    /// The first row that `uri` belongs to, and what it holds there. What is at no place of its host is
    /// looked for at the host that this is another door to.
    pub(super) fn find(&self, uri: &Uri) -> Option<Found> {
        if !uri.is_web() {
            return self.first(self.apps.get(uri.url.scheme())?, uri, "");
        }
        let at = |host: &str| self.first(&self.candidates(host), uri, host);
        at(&uri.host).or_else(|| at(main_door(&uri.host)?))
    }

    /// The first of the places `orders` where `uri` lies. A place further down may ask for somebody else of the same link:
    /// what stands in its path is one, and what stands in its query another.
    fn first(&self, orders: &[Order], uri: &Uri, host: &str) -> Option<Found> {
        let mut places = orders.iter().filter_map(|order| self.places.get(*order));
        let (link, place, fields) =
            places.find_map(|(link, place)| Some((*link, place, place.read(uri, host)?)))?;
        let rival = |(other, more): &(&'static Link, Place)| {
            other.names_somebody()
                && more.names_another(uri, place, &fields)
                && more.read(uri, host).is_some()
        };
        let twice = uri.query.first().is_some()
            && (place.differs(uri, &fields) || link.names_somebody() && places.any(rival));
        Some(Found {
            link,
            fields,
            twice,
        })
    }

    /// Whether a row names `host` itself, or a door of it.
    pub(super) fn names(&self, host: &str) -> bool {
        self.exact.contains_key(host)
            || main_door(host).is_some_and(|host| self.exact.contains_key(host))
    }

    /// The domain of the rows that `host` is, or is below.
    pub(super) fn domain_of<'h>(&self, host: &'h str) -> Option<&'h str> {
        ends(host, self.labels).find(|end| self.below.contains_key(end))
    }

    /// The places of the web host `host`, in their order.
    fn candidates(&self, host: &str) -> Vec<Order> {
        let below = ends(host, self.labels).filter_map(|end| self.below.get(end));
        let mut found: Vec<Order> = below
            .chain(self.exact.get(host))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found
    }
}

/// The last `labels` labels of `host`, one after another, and all of it.
fn ends(host: &str, labels: usize) -> impl Iterator<Item = &str> {
    let dots = host.rmatch_indices('.').take(labels);
    let ends = dots.filter_map(move |(dot, _)| host.get(dot + 1..));
    ends.chain([host])
}

/// The host that `host` is another door to: the same pages for the web, for telephones, or in the
/// language of a country (`www.`, `m.`, `pt-br.`), and Google's in every country.
fn main_door(host: &str) -> Option<&str> {
    let google = |domain: &&str| {
        let suffix = domain.strip_prefix("google.").unwrap_or_default();
        let country = suffix.trim_start_matches("com.").trim_start_matches("co.");
        country.len() == 2 || country == "com"
    };
    if let Some(domain) = psl::domain_str(host).filter(google) {
        return match host.strip_suffix(domain)? {
            "" | "www." => Some("www.google.com"),
            "maps." => Some("maps.google.com"),
            _ => None,
        };
    }
    let (door, rest) = host.split_once('.')?;
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_lowercase());
    let language = |(a, b)| letters(a) && letters(b);
    let is_door = matches!(door, "www" | "m" | "mobile" | "wap" | "touch")
        || door.split_once('-').is_some_and(language);
    (is_door && rest.contains('.')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::super::{INDEX, link};
    use super::*;

    /// The scheme of the row that is found for `text`.
    fn found(index: &Index, text: &str) -> Option<&'static str> {
        let found = index.find(&Uri::parse(text).unwrap())?;
        Some(found.link.scheme.id)
    }

    #[test]
    fn hosts_and_schemes_match_as_written() {
        for (at, text, fits) in [
            (&["a.com"], "https://a.com", true),
            (&["a.com"], "http://A.COM/x", true),
            (&["a.com"], "https://a.com./x", true),
            (&["a.com"], "https://www.a.com/", true),
            (&["a.com"], "https://m.a.com/", true),
            (&["a.com"], "https://pt-br.a.com/", true),
            (&["a.com"], "https://w.a.com/", false),
            (&["a.com"], "https://www.www.a.com/", false),
            (&["www.google.com/url"], "https://google.co.id/url", true),
            (&["www.google.com/url"], "https://www.google.fr/url", true),
            (&["www.google.com/url"], "https://x.google.fr/url", false),
            (
                &["www.google.com/url"],
                "https://google.evil.top/url",
                false,
            ),
            (&["www.google.com/url"], "https://google.top/url", false),
            (&["maps.google.com"], "https://maps.google.ca/x", true),
            (&["a.com"], "https://a.com.evil.top/", false),
            (&["a.com"], "https://a.com@evil.top/", false),
            (&["a.com"], "app://a.com/", false),
            (&["*.a.com"], "https://a.com/", true),
            (&["*.a.com"], "https://x.y.a.com/", true),
            (&["*.a.com"], "https://evila.com/", false),
            (&["*.a.com"], "https://com/", false),
            (&["a.com|b.com/p"], "HTTPS://B.COM/P", true),
            (&["http://a.com"], "https://a.com", false),
            (&["one|two://x"], "TWO://x", true),
            (&["one|two://x"], "three://x", false),
            (&["https|one://a.com"], "one://a.com", true),
            (&["https|one://a.com"], "https://a.com", true),
        ] {
            let rows: &'static [Link] = vec![link("web-link", at)].leak();
            let index = Index::of(&[rows]);
            assert_eq!(found(&index, text).is_some(), fits, "{at:?} at {text}");
        }
    }

    #[test]
    fn the_first_row_wins_whatever_it_is_found_by() {
        const ROWS: &[Link] = &[
            link("tel", &["x.a.com/1"]),
            link("sms", &["*.a.com/1|2"]),
            link("geo", &["x.a.com"]),
            link("email", &["*.x.a.com"]),
        ];
        let index = Index::of(&[ROWS]);
        for (text, scheme) in [
            ("https://x.a.com/1", Some("tel")),
            ("https://x.a.com/2", Some("sms")),
            ("https://x.a.com/3", Some("geo")),
            ("https://y.x.a.com/3", Some("email")),
            ("https://y.a.com/3", None),
        ] {
            assert_eq!(found(&index, text), scheme, "{text}");
        }
    }

    /// What a link costs is what it is held against.
    #[test]
    fn few_places_begin_alike() {
        for map in [&INDEX.exact, &INDEX.below, &INDEX.apps] {
            for (begin, places) in map {
                assert!(places.len() <= 40, "{begin}: {}", places.len());
            }
        }
        let of = |host: &str| INDEX.candidates(host).len();
        assert_eq!(of("nobody.example"), 0);
        assert_eq!(of(&format!("{}example", "t.me.".repeat(800))), 0);
    }
}
