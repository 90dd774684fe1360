//! Which rows can be meant by a link: a web link is looked up by its host, an app link by its scheme,
//! so that it does not matter how many rows there are.

use std::collections::HashMap;

use super::super::Fields;
use super::super::input::{Uri, is_web};
use super::Link;
use super::pattern::Place;

/// Where a place stands among all: the first that fits wins.
type Order = usize;

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
            let (map, host) = match host.strip_prefix("*.") {
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

    /// The first row that `uri` belongs to, and what it holds there.
    pub(super) fn find(&self, uri: &Uri) -> Option<(&'static Link, Fields)> {
        self.candidates(uri).into_iter().find_map(|order| {
            let (link, place) = self.places.get(order)?;
            Some((*link, place.read(uri)?))
        })
    }

    /// The places that begin like `uri`, in their order.
    fn candidates(&self, uri: &Uri) -> Vec<Order> {
        if !uri.is_web() {
            let app = self.apps.get(uri.url.scheme());
            return app.cloned().unwrap_or_default();
        }
        let host = uri.host.as_str();
        let ends = host
            .rmatch_indices('.')
            .filter_map(|(dot, _)| host.get(dot + 1..))
            .take(self.labels);
        let below = ends.chain([host]).filter_map(|end| self.below.get(end));
        let mut found: Vec<Order> = below
            .chain(self.exact.get(host))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{INDEX, link};
    use super::*;

    /// The scheme of the row that is found for `text`.
    fn found(index: &Index, text: &str) -> Option<&'static str> {
        let (link, _) = index.find(&Uri::parse(text).unwrap())?;
        Some(link.scheme.id)
    }

    #[test]
    fn hosts_and_schemes_match_as_written() {
        for (at, text, fits) in [
            (&["a.com"], "https://a.com", true),
            (&["a.com"], "http://A.COM/x", true),
            (&["a.com"], "https://a.com./x", true),
            (&["a.com"], "https://www.a.com/", false),
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
        let of = |text: &str| INDEX.candidates(&Uri::parse(text).unwrap()).len();
        assert_eq!(of("https://nobody.example/"), 0);
        assert_eq!(of("nobody://x"), 0);
        assert_eq!(of(&format!("https://{}example/", "t.me.".repeat(800))), 0);
    }
}
