//! Check digits of the numbers that countries give to people, companies and bank accounts.

use super::checks::is_digits;

/// Brazil: the CPF of a person, eleven digits.
pub(super) fn cpf(text: &str) -> bool {
    text.len() == 11
        && is_digits(text)
        && brazilian(text, 9, |place| 10 - place)
        && brazilian(text, 10, |place| 11 - place)
}

/// Brazil: the CNPJ of a company, twelve digits or capitals and two digits. A letter counts as its
/// ASCII code less that of `0` (Receita Federal, Instrução Normativa 2229/2024).
pub(super) fn cnpj(text: &str) -> bool {
    let (base, check) = text.split_at_checked(12).unwrap_or_default();
    let weigh = |last: usize| move |place| (last - place) % 8 + 2;
    check.len() == 2
        && is_digits(check)
        && base
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && brazilian(text, 12, weigh(11))
        && brazilian(text, 13, weigh(12))
}

/// Whether the digit at `at` follows from those in front of it: 11 less their weighted sum modulo 11,
/// and 0 for what has two digits.
fn brazilian(text: &str, at: usize, weigh: impl Fn(usize) -> usize) -> bool {
    let values = || text.bytes().map(|b| usize::from(b.saturating_sub(b'0')));
    let sum: usize = values()
        .take(at)
        .enumerate()
        .map(|(place, value)| value * weigh(place))
        .sum();
    let expected = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    values().nth(at) == Some(expected)
}

/// Argentina: the CUIT of a tax payer, eleven digits, the last from the others modulo 11.
pub(super) fn cuit(text: &str) -> bool {
    let sum = weighted(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    text.len() == 11 && sum.is_some_and(|sum| sum % 11 == 0)
}

/// Argentina: the CBU of a bank account or the CVU of a wallet, two blocks of 8 and 14 digits with a
/// check digit each (BCRA, Comunicación A 2622).
pub(super) fn cbu(text: &str) -> bool {
    let holds =
        |digits: &str, weights: &[u32]| weighted(digits, weights).is_some_and(|sum| sum % 10 == 0);
    let blocks = text.split_at_checked(8).filter(|_| text.len() == 22);
    blocks.is_some_and(|(bank, account)| {
        holds(bank, &[7, 1, 3, 9, 7, 1, 3, 1])
            && holds(account, &[3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3, 1])
    })
}

/// Thailand: the number of a citizen, thirteen digits, the last from the others modulo 11.
pub(super) fn thai_id(text: &str) -> bool {
    let sum = weighted(text, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let expected = sum.map(|sum| (11 - sum % 11) % 10);
    text.len() == 13
        && is_digits(text)
        && text.chars().last().and_then(|c| c.to_digit(10)) == expected
}

/// The sum of the digits by `weights`, further digits aside; `None` where one of them is no digit.
fn weighted(digits: &str, weights: &[u32]) -> Option<u32> {
    let pairs = digits.chars().zip(weights);
    pairs.map(|(c, w)| Some(c.to_digit(10)? * w)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for (name, holds, right, wrong) in [
            ("CPF", cpf as fn(&str) -> bool, "11144477735", "11144477736"),
            ("CPF", cpf, "52998224725", "52998224735"),
            ("CNPJ", cnpj, "11222333000181", "11222333000182"),
            // The example of the Receita Federal for letters.
            ("CNPJ", cnpj, "12ABC34501DE35", "12ABC34501DE45"),
            ("CUIT", cuit, "20123456786", "20123456787"),
            (
                "CBU",
                cbu,
                "2850590940090418135201",
                "2850590940090418135202",
            ),
            (
                "CBU",
                cbu,
                "0110599520000001235579",
                "0110599620000001235579",
            ),
            ("Thai id", thai_id, "1234567890121", "1234567890122"),
        ] {
            assert!(holds(right), "{name} {right}");
            for text in [wrong, "", "1", &right[1..], "１２３４", "é234567890é1"] {
                assert!(!holds(text), "{name} {text}");
            }
        }
    }
}
