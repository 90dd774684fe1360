//! Check digits that several families share.

/// The Luhn check digit of a card number (ISO/IEC 7812-1 annex B).
pub(super) fn luhn(digits: &str) -> bool {
    let sum = weighted(digits, |i, d| match i % 2 {
        0 => d,
        _ if d > 4 => 2 * d - 9,
        _ => 2 * d,
    });
    digits.len() >= 12 && sum.is_some_and(|sum| sum % 10 == 0)
}

/// The check digit of a GTIN (GS1 General Specifications section 7.9).
pub(super) fn gtin(digits: &str) -> bool {
    let sum = weighted(digits, |i, d| if i % 2 == 0 { d } else { 3 * d });
    matches!(digits.len(), 8 | 12..=14) && sum.is_some_and(|sum| sum % 10 == 0)
}

/// The sum over the digits from the right, each weighed by its place; `None` where one is no digit.
fn weighted(digits: &str, weigh: impl Fn(usize, u32) -> u32) -> Option<u32> {
    digits
        .chars()
        .rev()
        .enumerate()
        .map(|(i, c)| c.to_digit(10).map(|d| weigh(i, d)))
        .sum()
}

/// Whether `text` is one or more ASCII digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        assert!(luhn("4111111111111111") && !luhn("4111111111111112"));
        assert!(!luhn("") && !luhn("0") && !luhn("411111111111111a"));
        assert!(gtin("4006381333931") && !gtin("4006381333932"));
        assert!(gtin("96385074") && !gtin("9638507") && !gtin("١٢٣٤٥٦٧٨"));
    }
}
