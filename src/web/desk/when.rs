//! Times for people.

use jiff::Timestamp;

use super::text::Text;

/// A moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct When {
    /// For programs.
    pub(in crate::web) iso: String,
    /// To the second.
    pub(in crate::web) full: String,
    /// How long ago.
    pub(in crate::web) ago: String,
}

/// By when something is to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Due {
    pub(in crate::web) tone: &'static str,
    pub(in crate::web) text: String,
}

const SECOND: i64 = 1_000_000;

impl When {
    /// Of µs since 1970 in UTC, as seen at `now_us`.
    pub(in crate::web) fn new(us: i64, now_us: i64, t: &Text) -> Self {
        let time = Timestamp::from_microsecond(us).unwrap_or_default();
        let seconds = (now_us.saturating_sub(us) / SECOND).max(0);
        let ago = match seconds {
            0..5 => t.just_now.get().to_owned(),
            5..90 => t.ago_s.text(seconds),
            90..5_400 => t.ago_min.text((seconds + 30) / 60),
            5_400..129_600 => t.ago_h.text((seconds + 1_800) / 3_600),
            _ => t.ago_d.text((seconds + 43_200) / 86_400),
        };
        Self {
            iso: time.to_string(),
            full: time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            ago,
        }
    }
}

impl Due {
    pub(in crate::web) fn new(due_us: i64, opened_us: i64, now_us: i64, t: &Text) -> Self {
        let left = due_us.saturating_sub(now_us);
        let (message, tone) = if left < 0 {
            (t.overdue, "bad")
        } else if left < due_us.saturating_sub(opened_us) / 4 {
            (t.due_in, "warn")
        } else {
            (t.due_in, "")
        };
        let text = message
            .get()
            .replace("{t}", &span(left.saturating_abs(), t));
        Self { tone, text }
    }
}

/// How long µs are.
pub(in crate::web) fn span(us: i64, t: &Text) -> String {
    let seconds = us / SECOND;
    match seconds {
        ..90 => t.span_s.text(seconds),
        90..5_400 => t.span_min.text((seconds + 30) / 60),
        5_400..129_600 => t.span_h.text((seconds + 1_800) / 3_600),
        _ => t.span_d.text((seconds + 43_200) / 86_400),
    }
}

/// Media time in ms as minutes and seconds.
pub(in crate::web) fn media(ms: i64) -> String {
    let tenths = ms.max(0) / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// ms as seconds to a tenth.
pub(in crate::web) fn seconds(ms: i64) -> String {
    format!("{}.{}", ms.max(0) / 1_000, ms.max(0) / 100 % 10)
}

#[cfg(test)]
mod tests {
    use super::super::text::{CHINESE, ENGLISH};
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let at = 1_764_240_000 * SECOND;
        for (later, ago) in [
            (0, "just now"),
            (-3, "just now"),
            (31, "31 s ago"),
            (89, "89 s ago"),
            (120, "2 min ago"),
            (7_300, "2 h ago"),
            (86_400 * 3, "3 days ago"),
        ] {
            assert_eq!(When::new(at, at + later * SECOND, &ENGLISH).ago, ago);
        }
        let when = When::new(at, at, &CHINESE);
        assert_eq!(when.full, "2025-11-27 10:40:00 UTC");
        assert_eq!(when.ago, "刚刚");
        assert_eq!(When::new(i64::MAX, 0, &ENGLISH).ago, "just now");
        assert_eq!(
            (media(83_450), seconds(2_450)),
            ("1:23.4".to_owned(), "2.4".to_owned())
        );
    }

    #[test]
    fn what_is_late_says_so() {
        let minute = 60 * SECOND;
        let due = |now| Due::new(15 * minute, 0, now * minute, &ENGLISH);
        assert_eq!((due(0).tone, due(0).text.as_str()), ("", "due in 15 min"));
        assert_eq!(due(13).tone, "warn");
        assert_eq!(
            (due(18).tone, due(18).text.as_str()),
            ("bad", "late by 3 min")
        );
    }
}
