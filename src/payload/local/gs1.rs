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

/// GS1 Digital Link URI syntax 1.3: the key `01` and a GTIN in the path of any host. What is in other
/// links may be a number of theirs, so that only a right one counts there.
fn link(uri: &Uri) -> Option<(Scheme, String, bool)> {
    let pairs = || uri.path.iter().zip(uri.path.iter().skip(1));
    let found = pairs().find(|(key, _)| *key == "01" || key.eq_ignore_ascii_case("gtin"));
    if uri.host == "id.gs1.org" {
        let (key, number) = found.or_else(|| pairs().next())?;
        let keyed = key == "01" || key.eq_ignore_ascii_case("gtin");
        return Some((LINK, number.to_owned(), !keyed || checks::gtin(number)));
    }
    let (_, number) = found.filter(|_| uri.is_web())?;
    let counts = matches!(number.len(), 12..=14) && checks::gtin(number);
    counts.then(|| (LINK, number.to_owned(), true))
}

/// GS1 General Specifications section 7.8: `(01)` and a GTIN of 14 digits, the brackets being for people,
/// or a symbology identifier in front.
fn elements(text: &str) -> Option<(Scheme, String, bool)> {
    let (claims, rest) = match text.get(..3) {
        Some("]d2" | "]C1" | "]Q3" | "]e0" | "]J1") => (true, &text[3..]),
        _ => (false, text),
    };
    let rest = rest.trim_start_matches('\u{1d}');
    let (claims, number) = match rest.strip_prefix("(01)") {
        Some(number) => (true, number),
        None => (claims, rest.strip_prefix("01")?),
    };
    let (number, more) = number.split_at_checked(14)?;
    let holds = checks::gtin(number);
    // Without either, a batch, a date or a serial must follow, or it is any number.
    let goes_on = ["10", "11", "13", "15", "17", "21", "30", "\u{1d}"]
        .iter()
        .any(|next| more.starts_with(next));
    (checks::is_digits(number) && (claims || (holds && goes_on)))
        .then(|| (ELEMENTS, number.to_owned(), holds))
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
            ("https://shop.example/01/04006381333930", None),
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
