//! Times as the API has them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::access::DAY_US;

/// RFC 3339 in UTC, of µs since 1970.
pub(super) fn rfc3339(us: i64) -> String {
    Timestamp::from_microsecond(us).map_or_else(|_| String::new(), |time| time.to_string())
}

/// The day with this number since 1970-01-01.
pub(super) fn day(days: i64) -> String {
    let start = days.checked_mul(DAY_US).map(Timestamp::from_microsecond);
    let Some(Ok(start)) = start else {
        return String::new();
    };
    start.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// To the minute, for people.
pub(super) fn short(us: i64) -> String {
    let time = rfc3339(us);
    match (time.get(..10), time.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => time,
    }
}

/// The µs since 1970 of an RFC 3339 time.
pub(super) fn micros(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        let us = 1_764_240_000_000_000;
        assert_eq!(rfc3339(us), "2025-11-27T10:40:00Z");
        assert_eq!(short(us), "2025-11-27 10:40 UTC");
        assert_eq!(day(us / DAY_US), "2025-11-27");
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(micros("2025-11-27T10:40:00Z"), Some(us));
        assert_eq!(micros("2025-11-27T11:40:00+01:00"), Some(us));
        assert_eq!(micros("yesterday"), None);
        assert_eq!(
            (rfc3339(i64::MAX), day(i64::MAX)),
            (String::new(), String::new())
        );
    }
}
