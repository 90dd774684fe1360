//! Which incidents somebody wants to see: a filter as it stands in an address.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::form_urlencoded;

use crate::review::{Review, Rules};
use crate::store::{Filter, Waits};
use crate::web::values::with_values;

/// Bytes of the longest value.
const LONGEST: usize = 300;

macro_rules! wish {
    ([$($(#[$says:meta])* $value:ident)*] $(#[$about:meta])* { $($first:ident)* } { $($last:ident)* }) => {
        $(#[$about])*
        pub(in crate::web) struct Wish {
            $(pub(in crate::web) $first: String,)*
            $($(#[$says])* pub(in crate::web) $value: String,)*
            $(pub(in crate::web) $last: String,)*
            /// Where the page begins.
            pub(in crate::web) after: String,
        }

        impl Wish {
            fn field(&mut self, name: &str) -> Option<&mut String> {
                Some(match name {
                    $(stringify!($first) => &mut self.$first,)*
                    $(stringify!($value) => &mut self.$value,)*
                    $(stringify!($last) => &mut self.$last,)*
                    "after" => &mut self.after,
                    _ => return None,
                })
            }

            /// All that is asked for, by name and in the order of an address; not where the page begins.
            fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [
                    $((stringify!($first), self.$first.as_str()),)*
                    $((stringify!($value), self.$value.as_str()),)*
                    $((stringify!($last), self.$last.as_str()),)*
                ]
                .into_iter()
            }

            /// What asks for those values alone that the API asks for by the same names.
            fn by_values(&self) -> Filter {
                Filter {
                    $($value: some(&self.$value),)*
                    ..Filter::default()
                }
            }
        }
    };
}

// `review` is how it stands, or `any`, or `overdue`; times are UTC, as browsers write them.
with_values! { wish:
    /// What the form asks for; what is empty is not asked for.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
    #[serde(default)]
    { q review }
    { from until }
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

    /// As it stands in an address, without where the page begins.
    pub(in crate::web) fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(self.fields().filter(|(_, value)| !value.is_empty()));
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
        Filter {
            waits: match self.review.as_str() {
                "any" => Waits::Any,
                id => Review::parse(id).map_or(Waits::Yes, Waits::Stands),
            },
            from_us: moment(&self.from),
            until_us: moment(&self.until),
            opened_before_us: (self.review == "overdue")
                .then(|| std::array::from_fn(|rank| now_us - rules.sla.0[rank])),
            text: some(&self.q),
            ..self.by_values()
        }
    }
}

/// What is asked for, if anything is.
fn some(value: &str) -> Option<String> {
    let value = value.trim();
    let end = value.floor_char_boundary(LONGEST);
    (!value.is_empty()).then(|| value[..end].to_owned())
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
