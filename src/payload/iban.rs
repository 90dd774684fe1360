//! International bank account numbers (ISO 13616-1; lengths from the SWIFT IBAN registry).

/// Country and length. Sorted by country.
#[rustfmt::skip]
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22),
    ("BH", 22), ("BI", 27), ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24),
    ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18),
    ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27),
    ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20),
    ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MN", 20),
    ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24),
    ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24),
    ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25),
    ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
    ("YE", 30),
];

/// The longest, in characters.
const LONGEST: usize = 34;

/// `text` as accounts are compared: without spaces, in capitals.
pub(super) fn normal(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether `text`, normal, has the length of its country and the right check digits.
pub(super) fn holds(text: &str) -> bool {
    let Some((head, account)) = text.split_at_checked(4) else {
        return false;
    };
    let found = LENGTHS.binary_search_by_key(&head.get(..2), |(country, _)| Some(country));
    let fits = found.is_ok_and(|at| LENGTHS[at].1 == text.len());
    fits && mod_97(&[account, head]) == Some(1)
}

/// ISO 7064 MOD 97-10 over `parts` one after the other, a letter counting as two digits (A = 10);
/// `None` where there is another character, or more of them than any account has.
pub(super) fn mod_97(parts: &[&str]) -> Option<u32> {
    if parts.iter().map(|part| part.len()).sum::<usize>() > LONGEST {
        return None;
    }
    let mut letters = parts.iter().flat_map(|part| part.chars());
    letters.try_fold(0, |sum, letter| {
        let value = letter.to_digit(36).filter(|_| !letter.is_lowercase())?;
        Some((sum * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_checked() {
        for (text, right) in [
            // The examples of the SWIFT IBAN registry.
            ("GB29 NWBK 6016 1331 9268 19", true),
            ("de89370400440532013000", true),
            ("MT84MALT011000012345MTLCAST001S", true),
            ("NO9386011117947", true),
            ("GB29NWBK60161331926818", false),
            ("GB29NWBK6016133192681", false),
            ("ZZ29NWBK60161331926819", false),
            ("GB", false),
            ("", false),
            ("ＧＢ29NWBK60161331926819", false),
            // As long as it should be, and cut in the middle of a letter.
            ("DE1é4004405320130000", false),
        ] {
            assert_eq!(holds(&normal(text)), right, "{text}");
        }
        assert!(LENGTHS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(mod_97(&[&"1".repeat(40)]), None);
    }
}
