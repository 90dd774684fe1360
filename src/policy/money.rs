//! Ranges of amounts. Money is compared as decimal digits, never as a float.

use std::cmp::Ordering;

/// A range of amounts, both ends in it, of one currency or of any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    from: Option<String>,
    to: Option<String>,
    currency: Option<String>,
}

impl Range {
    /// Reads `100..500 CNY`, `100..`, `..5.50 USD`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (range, currency) = match text.trim().split_once(char::is_whitespace) {
            Some((range, currency)) => (range, Some(currency.trim())),
            None => (text.trim(), None),
        };
        let letters =
            |c: &str| (3..=8).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_alphanumeric());
        if !currency.is_none_or(letters) {
            return None;
        }
        let end = |text: &str| match text {
            "" => Some(None),
            number => is_decimal(number).then(|| Some(number.to_owned())),
        };
        let (from, to) = range.split_once("..")?;
        let (from, to) = (end(from)?, end(to)?);
        let ordered = match (&from, &to) {
            (Some(from), Some(to)) => compare(from, to) != Ordering::Greater,
            (None, None) => false,
            _ => true,
        };
        ordered.then(|| Self {
            from,
            to,
            currency: currency.map(str::to_ascii_uppercase),
        })
    }

    /// Whether `amount`, of `currency` where it is known, lies within.
    pub(super) fn holds(&self, amount: &str, currency: Option<&str>) -> bool {
        let same = |own: &String| currency.is_some_and(|given| given.eq_ignore_ascii_case(own));
        is_decimal(amount)
            && self.currency.as_ref().is_none_or(same)
            && self
                .from
                .as_ref()
                .is_none_or(|from| compare(from, amount) != Ordering::Greater)
            && self
                .to
                .as_ref()
                .is_none_or(|to| compare(amount, to) != Ordering::Greater)
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: &Option<String>| end.clone().unwrap_or_default();
        write!(f, "{}..{}", end(&self.from), end(&self.to))?;
        self.currency
            .iter()
            .try_for_each(|currency| write!(f, " {currency}"))
    }
}

fn is_decimal(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part)
}

/// Compares two decimals.
fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    a.0.len()
        .cmp(&b.0.len())
        .then_with(|| a.0.cmp(b.0))
        // Without the zeros at its end a fraction is larger exactly when it is later in the dictionary.
        .then_with(|| a.1.cmp(b.1))
}

fn parts(text: &str) -> (&str, &str) {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    (whole.trim_start_matches('0'), part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_lie_within_or_without() {
        for (range, amount, currency, holds) in [
            ("100..500 CNY", "100", Some("CNY"), true),
            ("100..500 cny", "500.00", Some("CNY"), true),
            ("100..500 CNY", "500.01", Some("CNY"), false),
            ("100..500 CNY", "99.99", Some("CNY"), false),
            ("100..500 CNY", "200", Some("USD"), false),
            ("100..500 CNY", "200", None, false),
            ("100..", "1000000000000000000000000000001", None, true),
            ("..5.50", "005.5", None, true),
            ("..5.50", "5.51", None, false),
            ("0.1..0.2", "0.15", None, true),
            ("0.1..0.2", "0.09", None, false),
            ("1..", "a lot", None, false),
        ] {
            assert_eq!(
                Range::parse(range).unwrap().holds(amount, currency),
                holds,
                "{amount} in {range}"
            );
        }
        assert_eq!(Range::parse("1..2 usd").unwrap().to_string(), "1..2 USD");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "..",
            "5",
            "5-6",
            "-1..2",
            "2..1",
            "1e3..",
            "1..2 $",
            "1..2 USD EUR",
            "1...2",
            ".5..1",
        ] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
