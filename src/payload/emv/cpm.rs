//! EMVCo consumer-presented codes (EMV QRCPS CPM 1.1): base 64 over BER-TLV, shown by the payer. What
//! they hold is a card and a cryptogram, good for one payment: whoever reads it can take the money.

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, base64};

const CPM: Scheme = Scheme::named("emv-cpm");

/// The payload format indicator `85 05 CPV01`, as far as base 64 says it alone.
const BEGIN: &str = "hQVDUFYwMW";

const TEMPLATE: u32 = 0x61;
const APPLICATION: u32 = 0x4f;
const COMMON: u32 = 0x62;
const CARDHOLDER: u32 = 0x5f20;

/// The number of the card is nobody's business and is no field.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if !input.text.starts_with(BEGIN) {
        return None;
    }
    let mut payload = input.payload(CPM);
    payload.flags.push("payer-code");
    let bytes = base64::decode(input.text).unwrap_or_default();
    let objects: Vec<_> = Objects(&bytes).map_while(|object| object).collect();
    // The data of one application stand in its template, those of all in a common one.
    let inner = |outer: u32, tag: u32| {
        let templates = objects.iter().filter(move |(t, _)| *t == outer);
        templates
            .flat_map(|(_, value)| Objects(value).map_while(|object| object))
            .find(move |(t, _)| *t == tag)
            .map(|(_, value)| value)
    };
    // EMVCo's own sample has two bytes more than its common template says: what follows one is let be.
    let whole = Objects(&bytes).all(|object| object.is_some());
    let ends = whole || objects.iter().any(|(tag, _)| *tag == COMMON);
    payload.valid = Some(ends && inner(TEMPLATE, APPLICATION).is_some());
    if payload.valid == Some(false) {
        payload.flags.push("malformed");
    }
    payload.fields.payee_name = inner(COMMON, CARDHOLDER)
        .or_else(|| inner(TEMPLATE, CARDHOLDER))
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .filter(|name| !name.is_empty());
    Some(payload)
}

/// The objects of BER-TLV (ISO/IEC 8825-1, as EMV book 3 annex B has it), `None` where one is cut.
struct Objects<'a>(&'a [u8]);

/// Tag and value.
type Object<'a> = (u32, &'a [u8]);

impl<'a> Iterator for Objects<'a> {
    type Item = Option<Object<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let found = object(self.0);
        self.0 = found.map_or(&[], |(_, rest)| rest);
        Some(found.map(|(object, _)| object))
    }
}

/// The tag and value that `bytes` begin with, and the rest.
fn object(bytes: &[u8]) -> Option<(Object<'_>, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(*first);
    if first & 0x1f == 0x1f {
        // Two more bytes are the most that EMV has.
        for _ in 0..2 {
            let (next, after) = rest.split_first()?;
            (tag, rest) = (tag << 8 | u32::from(*next), after);
            if next & 0x80 == 0 {
                break;
            }
        }
    }
    let (length, mut rest) = rest.split_first()?;
    let mut length = usize::from(*length);
    if length > 0x7f {
        let (digits, after) = rest.split_at_checked(length - 0x80)?;
        length = digits.iter().try_fold(0_usize, |sum, digit| {
            sum.checked_mul(256)?.checked_add(usize::from(*digit))
        })?;
        rest = after;
    }
    let (value, rest) = rest.split_at_checked(length)?;
    Some(((tag, value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read() {
        for (text, valid, name) in [
            // 85 05 CPV01, 61 07 4F 05 A000000333, 62 06 5F20 03 "JO "
            ("hQVDUFYwMWEHTwWgAAADM2IGXyADSk8g", true, Some("JO")),
            ("hQVDUFYwMWEHTwWgAAADMw==", true, None),
            ("hQVDUFYwMWEHTwWgAAADM2IGXyADSk8gVng=", true, Some("JO")),
            ("hQVDUFYwMWEHTwWgAAADM2IGXyADSg==", false, None),
            ("hQVDUFYwMWEHTwWgAAAD", false, None),
            ("hQVDUFYwMWIGXyADSk8g", false, Some("JO")),
            ("hQVDUFYwMWH/", false, None),
            ("hQVDUFYwMW", false, None),
            ("hQVDUFYwMW!!", false, None),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.valid, Some(valid), "{text}");
            assert_eq!(payload.fields.payee_name.as_deref(), name, "{text}");
            assert!(payload.flags.contains(&"payer-code"));
            assert!(payload.fields.payee.is_none());
        }
        assert!(parse(&Input::new("hello")).is_none());
    }
}
