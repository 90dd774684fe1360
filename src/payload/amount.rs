//! Decimal amounts as text: money is never a float here.

/// `text` where it is a plain decimal such as `12` or `12.50`, in the ASCII digits.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    (text.len() <= 40 && !whole.is_empty() && digits(whole) && digits(part))
        .then(|| text.trim_end_matches('.').to_owned())
}

/// The same with two decimal places at most, as banks move it.
pub(super) fn money(text: &str) -> Option<String> {
    let places = text
        .trim()
        .split_once('.')
        .map_or(0, |(_, part)| part.len());
    plain(text).filter(|_| places <= 2)
}

/// `text` where it is a plain decimal of at most so many places.
pub(super) fn precise(text: &str, places: usize) -> Option<String> {
    let amount = plain(text)?;
    let part = amount.split_once('.').map_or("", |(_, part)| part);
    (part.trim_end_matches('0').len() <= places).then_some(amount)
}

/// A whole number of the smallest units that there are, of which 10^`places` are one.
pub(super) fn units(text: &str, places: i32) -> Option<String> {
    scaled(text, 0)
        .filter(|number| !number.contains('.'))
        .and_then(|_| scaled(text, -places))
}

/// `text` × 10^`power`, exactly. `text` may carry an exponent of its own (`2.014e18`, ERC-681).
pub(super) fn scaled(text: &str, power: i32) -> Option<String> {
    let (mantissa, exponent) = match text.trim().split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.trim(), 0),
    };
    let mantissa = plain(mantissa)?;
    let (whole, part) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let shift = exponent.checked_add(power)?;
    let point = i32::try_from(whole.len()).ok()?.checked_add(shift)?;
    if !(-60..=120).contains(&point) {
        return None;
    }
    let mut digits = format!("{whole}{part}");
    if point <= 0 {
        digits.insert_str(0, &"0".repeat((1 - point) as usize));
    }
    let point = point.max(1) as usize;
    if digits.len() < point {
        digits.push_str(&"0".repeat(point - digits.len()));
    }
    let (whole, part) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        // Money keeps its two places: 1250 cents are 12.50.
        part if part.len() < 2 && power == -2 => format!("{whole}.{part:0<2}"),
        part => format!("{whole}.{part}"),
    })
}

/// An amount with its currency in front or behind: `10EUR`, `eur10.50`, `EUR:200.0`, or bare `10`.
pub(super) fn with_currency(text: &str) -> Option<(String, Option<String>)> {
    let letters = |c: char| c.is_ascii_alphabetic();
    let number = text.trim_matches(letters).trim_start_matches(':');
    let currency: String = text.chars().filter(|c| letters(*c)).collect();
    match currency.len() {
        0 => Some((plain(number)?, None)),
        3 => Some((plain(number)?, Some(currency.to_ascii_uppercase()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, power, expected) in [
            ("1250", -2, Some("12.50")),
            ("1", -2, Some("0.01")),
            ("100", -2, Some("1")),
            ("2.014e18", -18, Some("2.014")),
            ("1", -18, Some("0.000000000000000001")),
            ("3", 2, Some("300")),
            ("0", -2, Some("0")),
            ("1e999999999", 0, None),
            ("1e2147483647", 5, None),
            ("1e2147483647", 0, None),
            ("1e-2147483648", 0, None),
            ("-5", 0, None),
            ("", 0, None),
            ("1.2.3", 0, None),
        ] {
            assert_eq!(scaled(text, power).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn no_unit_is_parted() {
        for (text, places, expected) in [
            ("1.50", 1, Some("1.50")),
            ("1.51", 1, None),
            ("15", 0, Some("15")),
        ] {
            assert_eq!(precise(text, places).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("1500", Some("1.5")),
            ("1.5e3", Some("1.5")),
            ("1.5", None),
            ("x", None),
        ] {
            assert_eq!(units(text, 3).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_currency_may_stand_on_either_side() {
        for (text, expected) in [
            ("10EUR", Some(("10", Some("EUR")))),
            ("eur10.50", Some(("10.50", Some("EUR")))),
            ("EUR:200.0", Some(("200.0", Some("EUR")))),
            ("10", Some(("10", None))),
            ("demo", None),
            ("1e5", None),
        ] {
            let expected =
                expected.map(|(a, c): (&str, Option<&str>)| (a.to_owned(), c.map(str::to_owned)));
            assert_eq!(with_currency(text), expected, "{text}");
        }
    }
}
