//! When a rule holds: days of the week, hours of the day, dates. All in the offset of the policy; the
//! moment is handed in.

/// Minutes east of UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Offset(i64);

impl Offset {
    /// Reads `+08:00`, `-03:30`, `Z`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self(0));
        }
        let sign = match text.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let minutes = minute(text.get(1..)?)?;
        (minutes <= 14 * 60).then_some(Self(sign * minutes))
    }
}

/// A stretch of time that comes again: `18:00-02:00`, `mon-fri`, `sat,sun 10:00-12:00`,
/// `2026-11-01..2026-11-12`, `2026-11-11 20:00-24:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    text: String,
    /// One bit for each day of the week, Monday first.
    days: u8,
    /// Days since 1970-01-01, both ends in it.
    dates: Option<(i64, i64)>,
    /// Minutes of the day; the end is out of it. Where the end is not after the start it is that of the
    /// next day.
    hours: Option<(i64, i64)>,
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const EVERY_DAY: u8 = 0x7f;
const DAY: i64 = 24 * 60;

impl Window {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut window = Self {
            text: text.to_owned(),
            days: EVERY_DAY,
            dates: None,
            hours: None,
        };
        let mut given = [false; 2];
        for word in text.split_whitespace() {
            let at = usize::from(word.contains(':'));
            if given[at] {
                return None;
            }
            given[at] = true;
            if word.contains(':') {
                let (from, to) = word.split_once('-')?;
                let (from, to) = (minute(from)?, minute(to)?);
                if from == to || from == DAY {
                    return None;
                }
                window.hours = Some((from, to));
            } else if word.starts_with(|c: char| c.is_ascii_digit()) {
                let (from, to) = word.split_once("..").unwrap_or((word, word));
                let dates = (date(from)?, date(to)?);
                if dates.0 > dates.1 {
                    return None;
                }
                window.dates = Some(dates);
            } else {
                window.days = word
                    .split(',')
                    .try_fold(0, |days, part| Some(days | weekdays(part)?))?;
            }
        }
        given.contains(&true).then_some(window)
    }

    /// Whether the moment `at_us`, µs since 1970-01-01T00:00:00Z, lies within.
    pub(super) fn holds(&self, at_us: i64, offset: Offset) -> bool {
        let minutes = at_us.div_euclid(60_000_000).saturating_add(offset.0);
        let (day, minute) = (minutes.div_euclid(DAY), minutes.rem_euclid(DAY));
        match self.hours {
            None => self.begins_on(day),
            Some((from, to)) if from < to => self.begins_on(day) && (from..to).contains(&minute),
            Some((from, to)) => {
                (minute >= from && self.begins_on(day)) || (minute < to && self.begins_on(day - 1))
            }
        }
    }

    fn begins_on(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        self.days >> weekday & 1 == 1
            && self
                .dates
                .is_none_or(|(from, to)| (from..=to).contains(&day))
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// `mon` or `fri-mon`, as bits.
fn weekdays(text: &str) -> Option<u8> {
    let number = |name: &str| NAMES.iter().position(|n| n.eq_ignore_ascii_case(name));
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (number(from)?, number(to)?);
    let count = (to + 7 - from) % 7;
    Some((0..=count).fold(0, |days, i| days | 1 << ((from + i) % 7)))
}

/// `HH:MM` as minutes; 24:00 is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let minutes = number(hours, 2)? * 60 + number(minutes, 2).filter(|m| *m < 60)?;
    (minutes <= DAY).then_some(minutes)
}

/// `YYYY-MM-DD` as days since 1970-01-01.
fn date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2).filter(|m| (1..=12).contains(m))?;
    let day = number(parts.next()?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if parts.next().is_some() || !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the leap day is the last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let all = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wednesday 2026-11-11, 20:30 UTC.
    const AT: i64 = 1_794_429_000_000_000;

    #[test]
    fn moments_lie_within_or_without() {
        for (window, offset, holds) in [
            ("20:00-21:00", "Z", true),
            ("20:31-21:00", "Z", false),
            ("19:00-20:30", "Z", false),
            ("04:00-05:00", "+08:00", true),
            ("17:00-18:00", "-03:00", true),
            ("22:00-02:00", "Z", false),
            ("22:00-02:00", "+05:00", true),
            ("20:00-24:00", "Z", true),
            ("wed", "Z", true),
            ("thu", "Z", false),
            ("thu", "+08:00", true),
            ("mon-fri 20:00-22:00", "Z", true),
            ("sat-mon,wed", "Z", true),
            ("fri-tue", "Z", false),
            // The night that begins on Wednesday ends on Thursday.
            ("wed 22:00-05:00", "+08:00", true),
            ("thu 22:00-05:00", "+08:00", false),
            ("2026-11-11", "Z", true),
            ("2026-11-01..2026-11-12", "Z", true),
            ("2026-11-12..2026-12-31", "Z", false),
            ("2026-11-11 20:00-24:00", "Z", true),
            ("2024-02-29..2026-11-10", "Z", false),
        ] {
            let offset_ = Offset::parse(offset).unwrap();
            assert_eq!(
                Window::parse(window).unwrap().holds(AT, offset_),
                holds,
                "{window} {offset}"
            );
        }
        assert_eq!(
            (date("1970-01-01"), date("2000-03-01")),
            (Some(0), Some(11_017))
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "noon",
            "25:00-26:00",
            "10:00",
            "10:00-10:00",
            "10:60-11:00",
            "mon-",
            "mon fri",
            "2026-02-29",
            "2026-13-01",
            "2026-11-12..2026-11-01",
            "10:00-11:00 12:00-13:00",
            "1:00-2:00",
            "24:00-01:00",
        ] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
        for text in ["", "08:00", "+8", "+15:00", "utc", "+08:60"] {
            assert_eq!(Offset::parse(text), None, "{text}");
        }
    }
}
