//! Which incidents somebody wants to see: a filter as it stands in an address.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::form_urlencoded;

use crate::review::{Review, Rules};
use crate::store::{Filter, Waits};

/// Bytes of the longest value.
const LONGEST: usize = 300;

/// What the form asks for; what is empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Wish {
    pub(in crate::web) q: String,
    /// How it stands, or `any`, or `overdue`.
    pub(in crate::web) review: String,
    pub(in crate::web) class: String,
    pub(in crate::web) severity: String,
    pub(in crate::web) category: String,
    pub(in crate::web) scheme: String,
    pub(in crate::web) stream: String,
    pub(in crate::web) host: String,
    pub(in crate::web) label: String,
    pub(in crate::web) state: String,
    pub(in crate::web) destination: String,
    pub(in crate::web) payee: String,
    pub(in crate::web) domain: String,
    pub(in crate::web) decision: String,
    /// UTC, as browsers write it.
    pub(in crate::web) from: String,
    pub(in crate::web) until: String,
    /// Where the page begins.
    pub(in crate::web) after: String,
}

impl Wish {
    /// What `query` asks for.
    pub(in crate::web) fn read(query: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(40) {
            if let Some(field) = wish.field(&name) {
                *field = value.into_owned();
            }
        }
        wish
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "q" => &mut self.q,
            "review" => &mut self.review,
            "class" => &mut self.class,
            "severity" => &mut self.severity,
            "category" => &mut self.category,
            "scheme" => &mut self.scheme,
            "stream" => &mut self.stream,
            "host" => &mut self.host,
            "label" => &mut self.label,
            "state" => &mut self.state,
            "destination" => &mut self.destination,
            "payee" => &mut self.payee,
            "domain" => &mut self.domain,
            "decision" => &mut self.decision,
            "from" => &mut self.from,
            "until" => &mut self.until,
            "after" => &mut self.after,
            _ => return None,
        })
    }

    /// As it stands in an address, without where the page begins.
    pub(in crate::web) fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", &self.q),
            ("review", &self.review),
            ("class", &self.class),
            ("severity", &self.severity),
            ("category", &self.category),
            ("scheme", &self.scheme),
            ("stream", &self.stream),
            ("host", &self.host),
            ("label", &self.label),
            ("state", &self.state),
            ("destination", &self.destination),
            ("payee", &self.payee),
            ("domain", &self.domain),
            ("decision", &self.decision),
            ("from", &self.from),
            ("until", &self.until),
        ] {
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }

    /// Whether it asks for something that is out of sight at first.
    pub(in crate::web) fn is_narrow(&self) -> bool {
        let more = [
            &self.scheme,
            &self.stream,
            &self.host,
            &self.label,
            &self.from,
            &self.until,
        ];
        more.into_iter().any(|value| !value.is_empty())
    }

    /// What the store is asked for.
    pub(in crate::web) fn filter(&self, rules: &Rules, now_us: i64) -> Filter {
        let some = |value: &String| {
            let value = value.trim();
            let end = value.floor_char_boundary(LONGEST);
            (!value.is_empty()).then(|| value[..end].to_owned())
        };
        Filter {
            waits: match self.review.as_str() {
                "any" => Waits::Any,
                id => Review::parse(id).map_or(Waits::Yes, Waits::Stands),
            },
            class: some(&self.class),
            severity: some(&self.severity),
            category: some(&self.category),
            scheme: some(&self.scheme),
            stream: some(&self.stream),
            host: some(&self.host),
            label: some(&self.label),
            state: some(&self.state),
            destination: some(&self.destination),
            payee: some(&self.payee),
            domain: some(&self.domain),
            decision: some(&self.decision),
            from_us: moment(&self.from),
            until_us: moment(&self.until),
            opened_before_us: (self.review == "overdue")
                .then(|| std::array::from_fn(|rank| now_us - rules.sla.0[rank])),
            text: some(&self.q),
            ..Filter::default()
        }
    }
}

/// A time of day in UTC as browsers write it, in µs since 1970.
fn moment(text: &str) -> Option<i64> {
    let time: DateTime = text.parse().ok()?;
    TimeZone::UTC
        .to_timestamp(time)
        .ok()
        .map(Timestamp::as_microsecond)
}

/// `path` with `query`, where there is any.
pub(in crate::web) fn with(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// `query` with another parameter.
pub(in crate::web) fn and(query: &str, name: &str, value: &str) -> String {
    let mut out = form_urlencoded::Serializer::new(query.to_owned());
    out.append_pair(name, value);
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_from_its_address() {
        let wish = Wish {
            q: "微信 & co".to_owned(),
            class: "off_platform".to_owned(),
            from: "2025-11-27T10:40".to_owned(),
            after: "cursor".to_owned(),
            ..Wish::default()
        };
        let query = wish.query();
        assert_eq!(
            query,
            "q=%E5%BE%AE%E4%BF%A1+%26+co&class=off_platform&from=2025-11-27T10%3A40"
        );
        let again = Wish::read(&query);
        assert_eq!(
            again,
            Wish {
                after: String::new(),
                ..wish
            }
        );
        let filter = again.filter(&Rules::default(), 0);
        assert_eq!(filter.class.as_deref(), Some("off_platform"));
        assert_eq!(filter.from_us, Some(1_764_240_000_000_000));
        assert_eq!((filter.waits, filter.stream), (Waits::Yes, None));
    }

    #[test]
    fn what_makes_no_sense_asks_for_nothing() {
        let wish = Wish::read("from=yesterday&review=x&y=z&q=%20&stream=a&stream=b");
        let filter = wish.filter(&Rules::default(), 0);
        assert_eq!(filter.stream.as_deref(), Some("b"));
        assert_eq!((filter.from_us, filter.text), (None, None));
        let any = Wish::read("review=any").filter(&Rules::default(), 0);
        assert_eq!(any.waits, Waits::Any);
        let late = Wish::read("review=overdue").filter(&Rules::default(), 0);
        assert!(late.opened_before_us.is_some());
        let long = Wish::read(&format!("q={}", "微".repeat(1_000))).filter(&Rules::default(), 0);
        assert_eq!(long.text.unwrap().len(), LONGEST);
    }
}
