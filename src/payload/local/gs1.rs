//! Numbers of goods: GS1 Digital Link, element strings, and the number of an article alone.

use super::super::input::{Input, Uri};
use super::super::schemes::Scheme;
use super::super::{Payload, checks};

const LINK: Scheme = Scheme::named("gs1-digital-link");
const ELEMENTS: Scheme = Scheme::named("gs1-elementstring");
const PRODUCT: Scheme = Scheme::named("product-code");

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let (scheme, number, holds) = match &input.uri {
        Some(uri) => link(uri)?,
        None => elements(input.text).or_else(|| product(input.text))?,
    };
    let mut payload = input.payload(scheme);
    payload.valid = Some(holds);
    if !holds && scheme != PRODUCT {
        payload.flags.push("bad-checksum");
    }
    payload.fields.reference = Some(number);
    Some(payload)
}

/// GS1 Digital Link URI syntax 1.3: the key `01` and a GTIN in the path of any host. Shorter numbers in
/// other links may be theirs, so that only a right one counts there.
fn link(uri: &Uri) -> Option<(Scheme, String, bool)> {
    let pairs = || {
        uri.path
            .iter()
            .zip(uri.path.iter().skip(1))
            .take(MOST_PARTS)
    };
    let found = pairs().find(|(key, _)| *key == "01" || key.eq_ignore_ascii_case("gtin"));
    if uri.host == "id.gs1.org" {
        let (key, number) = found.or_else(|| pairs().next())?;
        let keyed = key == "01" || key.eq_ignore_ascii_case("gtin");
        return Some((LINK, number.to_owned(), !keyed || checks::gtin(number)));
    }
    let (_, number) = found.filter(|_| uri.is_web())?;
    let holds = checks::gtin(number);
    let counts = match number.len() {
        14 => checks::is_digits(number),
        12 | 13 => holds,
        _ => false,
    };
    counts.then(|| (LINK, number.to_owned(), holds))
}

/// GS1 General Specifications section 7.8: `(01)` and a GTIN of 14 digits, the brackets being for people,
/// or a symbology identifier in front; `(00)` and the 18 of a logistic unit.
fn elements(text: &str) -> Option<(Scheme, String, bool)> {
    let claimed = match text.get(..3) {
        Some("]d2" | "]C1" | "]Q3" | "]e0" | "]J1") => Some(&text[3..]),
        _ => text.strip_prefix(SEPARATOR),
    };
    let (claims, number) = match claimed.unwrap_or(text) {
        rest if rest.starts_with('(') => (true, bracketed(rest)?),
        rest if claimed.is_some() => (true, plain(rest)?),
        rest => (false, plain(rest).filter(|_| rest.starts_with("01"))?),
    };
    let (digits, more) = number;
    let holds = checks::gs1(digits);
    // Without either, a batch, a date or a serial must follow, or it is any number.
    let goes_on = ["10", "11", "13", "15", "17", "21", "30", "\u{1d}"]
        .iter()
        .any(|next| more.starts_with(next));
    (checks::is_digits(digits) && (claims || (holds && goes_on)))
        .then(|| (ELEMENTS, digits.to_owned(), holds))
}

/// As many pairs of parts of a path are looked at: behind the address of the resolver stand few keys and values.
const MOST_PARTS: usize = 32;

/// FNC1, which ends an element of no fixed length.
const SEPARATOR: char = '\u{1d}';

/// The keys of goods and of what they are shipped in, and their digits.
const KEYS: &[(&str, usize)] = &[("01", 14), ("00", 18)];

/// The first number of a key behind `(01)`, which other elements may stand in front of.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    KEYS.iter().find_map(|(key, length)| {
        let at = text.match_indices('(').find_map(|(at, _)| {
            let rest = text.get(at + 1..)?.strip_prefix(key)?.strip_prefix(')')?;
            Some(rest.trim_start())
        });
        at?.split_at_checked(*length)
    })
}

/// The same without brackets: the elements in front have a fixed length, or end at a separator (GS1 General
/// Specifications, figure 7.8.5-2).
fn plain(mut text: &str) -> Option<(&str, &str)> {
    loop {
        text = text.trim_start_matches(SEPARATOR);
        let (key, rest) = text
            .split_at_checked(2)
            .filter(|(key, _)| checks::is_digits(key))?;
        if let Some((_, length)) = KEYS.iter().find(|(own, _)| *own == key) {
            return rest.split_at_checked(*length);
        }
        let length = match key {
            "02" | "03" | "41" => Some(14),
            "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" | "19" => Some(6),
            "20" => Some(2),
            "31" | "32" | "33" | "34" | "35" | "36" => Some(8),
            _ => None,
        };
        text = match length {
            Some(length) => rest.split_at_checked(length)?.1,
            None => rest.split_once(SEPARATOR)?.1,
        };
    }
}

/// A number of an article: 8, 12, 13 or 14 digits.
fn product(text: &str) -> Option<(Scheme, String, bool)> {
    (matches!(text.len(), 8 | 12..=14) && checks::is_digits(text))
        .then(|| (PRODUCT, text.to_owned(), checks::gtin(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_told() {
        for (text, expected) in [
            (
                "https://shop.example/x/01/04006381333931/10/A?17=301231",
                Some(("gs1-digital-link", "04006381333931", true)),
            ),
            (
                "https://id.gs1.org/gtin/04006381333930",
                Some(("gs1-digital-link", "04006381333930", false)),
            ),
            (
                "https://id.gs1.org/00/340123450000000018",
                Some(("gs1-digital-link", "340123450000000018", true)),
            ),
            (
                "https://shop.example/01/04006381333930",
                Some(("gs1-digital-link", "04006381333930", false)),
            ),
            ("https://shop.example/01/4006381333930", None),
            (
                "(17)301231(01) 04006381333931",
                Some(("gs1-elementstring", "04006381333931", true)),
            ),
            (
                "]C11730123110A\u{1d}0104006381333931",
                Some(("gs1-elementstring", "04006381333931", true)),
            ),
            (
                "(00)340123450000000017",
                Some(("gs1-elementstring", "340123450000000017", true)),
            ),
            ("(10)ABC", None),
            ("https://blog.example/2026/01/20260101", None),
            ("app://01/04006381333931", None),
            (
                "(01)04006381333931(10)A",
                Some(("gs1-elementstring", "04006381333931", true)),
            ),
            (
                "]d20104006381333930",
                Some(("gs1-elementstring", "04006381333930", false)),
            ),
            (
                "010400638133393110A\u{1d}21B",
                Some(("gs1-elementstring", "04006381333931", true)),
            ),
            ("0104006381333931", None),
            ("010400638133393010A", None),
            ("(01)0400638133393é", None),
            ("]d2", None),
            (
                "4006381333931",
                Some(("product-code", "4006381333931", true)),
            ),
            (
                "4006381333930",
                Some(("product-code", "4006381333930", false)),
            ),
            ("1234", None),
        ] {
            let payload = parse(&Input::new(text));
            let found = payload.as_ref().map(|p| {
                (
                    p.scheme,
                    p.fields.reference.as_deref().unwrap(),
                    p.valid.unwrap(),
                )
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
