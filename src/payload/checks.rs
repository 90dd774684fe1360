//! Check digits that several families share.

use super::iban;

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
    matches!(digits.len(), 8 | 12..=14) && gs1(digits)
}

/// The same check digit, behind any number of digits.
pub(super) fn gs1(digits: &str) -> bool {
    let sum = weighted(digits, |i, d| if i % 2 == 0 { d } else { 3 * d });
    sum.is_some_and(|sum| sum % 10 == 0)
}

/// A creditor reference (ISO 11649): `RF`, two check digits, 1 to 21 letters and digits.
pub(super) fn creditor_reference(text: &str) -> bool {
    let text = iban::normal(text);
    let (head, body) = text.split_at_checked(4).unwrap_or_default();
    head.starts_with("RF")
        && (1..=21).contains(&body.len())
        && iban::mod_97(&[body, head]) == Some(1)
}

/// The recursive modulo 10 check digit of Swiss references (SIX QR-bill guidelines, annex B).
pub(super) fn mod_10_recursive(digits: &str) -> bool {
    const TABLE: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let carry = digits.chars().try_fold(0, |carry, letter| {
        let digit = letter.to_digit(10)?;
        TABLE.get((carry as usize + digit as usize) % 10).copied()
    });
    // The digit that completes 10 is the one that takes the carry back to 0.
    digits.len() > 1 && carry == Some(0)
}

/// The key of a Russian account (Bank of Russia, rules of 8 September 1997 no. 515): weights 7, 1, 3 over
/// the last three digits of the bank's code, or the two of its region behind a 0 where the central bank
/// keeps the account, and the account.
pub(super) fn russian_account(bic: &str, account: &str) -> bool {
    let own = bic.get(6..9).unwrap_or_default();
    let region = bic.get(4..6).unwrap_or_default();
    let holds = |prefix: &[&str]| {
        let letters = prefix.iter().flat_map(|p| p.chars()).chain(account.chars());
        let sum: Option<u32> = letters
            .zip([7, 1, 3].into_iter().cycle())
            .map(|(letter, weight)| letter.to_digit(10).map(|d| d * weight % 10))
            .sum();
        sum.is_some_and(|sum| sum % 10 == 0)
    };
    holds(&[own]) || holds(&["0", region])
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
        // The example of ISO 11649.
        assert!(
            creditor_reference("RF18 5390 0754 7034") && creditor_reference("rf18539007547034")
        );
        assert!(!creditor_reference("RF19539007547034") && !creditor_reference("RF18"));
        assert!(!creditor_reference("") && !creditor_reference("R€18539007547034"));
        // The example of the SIX guidelines.
        assert!(mod_10_recursive("210000000003139471430009017"));
        assert!(!mod_10_recursive("210000000003139471430009018"));
        assert!(!mod_10_recursive("") && !mod_10_recursive("0") && !mod_10_recursive("21000a"));
        // The example of GOST R 56042-2014, and a correspondent account as banks publish it.
        assert!(russian_account("044525225", "40702810138250123017"));
        assert!(russian_account("044525225", "30101810400000000225"));
        assert!(!russian_account("044525225", "40702810138250123018"));
        assert!(!russian_account("044525225", "4070281013825012301x"));
    }
}
