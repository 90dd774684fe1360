//! Which incidents are asked for, as a URL says it.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::limit::Limit;
use super::super::problem::Failure;
use super::super::values::with_values;
use crate::policy::Severity;
use crate::review::{Decision, Review, Sla};
use crate::store::{Cursor, Filter, Waits};

/// Incidents of one answer unless it is told otherwise, and at most.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
/// Bytes of the longest value of a parameter.
const LONGEST: usize = 1_024;
/// Characters of the longest text that is looked for.
const LONGEST_TEXT: usize = 200;

macro_rules! asked {
    ([$($(#[$says:meta])* $value:ident)*] $(#[$about:meta])* { $($first:tt)* } { $($last:tt)* }) => {
        $(#[$about])*
        pub(in crate::web) struct Asked {
            $($first)*
            $($(#[$says])* $value: Option<String>,)*
            $($last)*
        }

        impl Asked {
            /// The values that are asked for, by their names.
            fn values(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
                [$((stringify!($value), self.$value.as_deref())),*].into_iter()
            }

            /// What asks for them alone.
            fn by_values(&self) -> Filter {
                Filter {
                    $($value: given(self.$value.as_ref()),)*
                    ..Filter::default()
                }
            }
        }
    };
}

with_values! { asked:
    /// Which incidents are listed.
    #[derive(Debug, Clone, Default, Deserialize, IntoParams)]
    #[serde(deny_unknown_fields, default)]
    #[into_params(parameter_in = Query)]
    {
        /// `waiting` for those that wait, in the order of the queue, which it is unless it is given; `open` or `escalated` for
        /// those of them that are so; `decided`, `record` or `any`, the newest first.
        review: Option<String>,
    }
    {
        /// Who made it.
        decided_by: Option<String>,
        /// Opened at this time or later, RFC 3339.
        from: Option<String>,
        /// Opened before this time, RFC 3339.
        until: Option<String>,
        /// Those alone that wait for too long.
        overdue: Option<bool>,
        /// Stands somewhere in the payload, the payee, its name or the host of the destination; the newest first where it has
        /// three characters or more.
        text: Option<String>,
        /// Where the page before ended, as its `next` says.
        cursor: Option<String>,
        /// So many of them, 1 to 200; 50 unless it is given.
        #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
        limit: Limit<PAGE, LARGEST_PAGE>,
        /// Whether they are counted, as far as 10000.
        count: Option<bool>,
        /// Of an export: `csv` or `jsonl`, which it is unless it is given.
        format: Option<String>,
    }
}

impl Asked {
    /// What it asks for at `now_us`.
    pub(super) fn filter(&self, sla: &Sla, now_us: i64) -> Result<Filter, Failure> {
        let by = ("decided_by", self.decided_by.as_deref());
        for (name, value) in self.values().chain([by]) {
            if value.is_some_and(|value| value.len() > LONGEST) {
                return Err(Failure::bad(format!(
                    "`{name}`: expected {LONGEST} bytes at most"
                )));
            }
            check(name, value.unwrap_or_default())?;
        }
        let text = given(self.text.as_ref());
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_TEXT)
        {
            return Err(Failure::bad(format!(
                "`text`: expected {LONGEST_TEXT} characters at most"
            )));
        }
        let waits = match self.review.as_deref() {
            None | Some("" | "waiting") => Waits::Yes,
            Some("any") => Waits::Any,
            Some(review) => Waits::Stands(Review::parse(review).ok_or_else(|| {
                Failure::bad("`review`: expected waiting, open, escalated, decided, record or any")
            })?),
        };
        let overdue = self.overdue.unwrap_or_default();
        let before_us = |rank| now_us.saturating_sub(sla.due_us(rank, 0));
        Ok(Filter {
            waits,
            decided_by: given(self.decided_by.as_ref()),
            from_us: moment("from", self.from.as_deref())?,
            until_us: moment("until", self.until.as_deref())?,
            opened_before_us: overdue.then(|| [0, 1, 2, 3, 4].map(before_us)),
            text,
            ..self.by_values()
        })
    }

    /// Where the page before ended.
    pub(super) fn cursor(&self, filter: &Filter) -> Result<Option<Cursor>, Failure> {
        let given = self.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        given
            .map(|cursor| {
                let wrong = || Failure::bad("`cursor`: not one of this list");
                Cursor::decode(cursor, filter).ok_or_else(wrong)
            })
            .transpose()
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.count()
    }

    pub(super) fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    pub(super) fn wants_count(&self) -> bool {
        self.count.unwrap_or_default()
    }
}

/// Refuses what is none of a few values: an empty list would look like an answer.
fn check(name: &str, value: &str) -> Result<(), Failure> {
    let known = match name {
        "class" => vec!["on_platform", "off_platform", "unknown"],
        "severity" => Severity::ALL.map(Severity::as_str).to_vec(),
        "state" => vec!["open", "ended"],
        "decision" => Decision::ALL.map(Decision::as_str).to_vec(),
        _ => return Ok(()),
    };
    if value.is_empty() || known.contains(&value) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(Failure::bad(format!("`{name}`: expected one of {known}")))
}

/// What is asked for; nothing where it is empty, as in a form.
fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.is_empty()).cloned()
}

/// A time of a parameter, µs since 1970 in UTC.
pub(super) fn moment(name: &str, given: Option<&str>) -> Result<Option<i64>, Failure> {
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    let time = given.parse::<Timestamp>().map_err(|_| {
        Failure::bad(format!(
            "`{name}`: expected a time such as 2026-11-27T10:40:00Z"
        ))
    })?;
    Ok(Some(time.as_microsecond()))
}
