//! For how long evidence is kept.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::file::within;

/// µs of a day.
const DAY_US: i64 = 86_400_000_000;
/// Days of a year: no year of the calendar is longer, so that none is cut short.
const YEAR: u32 = 366;
/// The longest period, in days: a century.
const LONGEST: u32 = 100 * YEAR;

const EXPECTED: &str =
    "expected a number of days or years such as \"60d\" or \"3y\", or \"forever\"";

/// For how long evidence is kept, by the class of its incident, from the end of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Of what leads off the platform.
    pub off_platform: Keep,
    /// Of what leads nobody knows where.
    pub unknown: Keep,
    /// Of what leads to the platform.
    pub on_platform: Keep,
    /// So many MiB of the disk are left to the records: evidence is not written where there are fewer.
    #[serde(deserialize_with = "within::<_, _, 0, 1_000_000_000>")]
    pub reserve_mb: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            off_platform: Keep::Days(3 * YEAR),
            unknown: Keep::Days(60),
            on_platform: Keep::Days(60),
            reserve_mb: 256,
        }
    }
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// So many days.
    Days(u32),
    /// For ever.
    Forever,
}

impl Keep {
    /// What began before this moment was kept for long enough at `now_us`, both in µs since 1970. Nothing did where it
    /// is kept for ever.
    pub fn past_us(self, now_us: i64) -> i64 {
        match self {
            Self::Days(days) => now_us.saturating_sub(i64::from(days) * DAY_US),
            Self::Forever => i64::MIN,
        }
    }
}

impl FromStr for Keep {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text == "forever" {
            return Ok(Self::Forever);
        }
        let days = text.strip_suffix('d').map(|n| (n, 1));
        let period = days.or_else(|| text.strip_suffix('y').map(|n| (n, YEAR)));
        let (number, unit) = period.ok_or(EXPECTED)?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(EXPECTED);
        }
        let days = number.parse::<u32>().ok().and_then(|n| n.checked_mul(unit));
        match days {
            Some(days @ 1..=LONGEST) => Ok(Self::Days(days)),
            _ => Err(EXPECTED),
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => f.write_str("forever"),
            Self::Days(days) if days % YEAR == 0 => write!(f, "{}y", days / YEAR),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in ["1d", "60d", "3y", "100y", "forever"] {
            assert_eq!(text.parse::<Keep>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "d",
            "60",
            "0d",
            "0y",
            "-1d",
            "+1d",
            "1.5d",
            "60 d",
            "101y",
            "99999999999d",
            "Forever",
        ] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn three_years_are_never_shorter_than_those_of_the_calendar() {
        let three: Keep = "3y".parse().unwrap();
        let now_us = 2_000_000_000_000_000;
        // One leap year at most is among three.
        let calendar_us = (3 * 365 + 1) * DAY_US;
        assert!(three.past_us(now_us) <= now_us - calendar_us);
        assert_eq!(
            "60d".parse::<Keep>().unwrap().past_us(now_us),
            now_us - 60 * DAY_US
        );
        assert_eq!(Keep::Forever.past_us(now_us), i64::MIN);
    }
}
