//! EMVCo merchant-presented codes (EMV QRCPS MPM 1.1): tag, length, value, and a checksum at the end.
//!
//! Lenient, because what is printed is: any payload format indicator, lengths in characters or else in
//! bytes or units of UTF-16, a checksum in lower case, templates of schemes that nobody has heard of. Whatever breaks a
//! rule is still reported as what it claims to be, as not valid. Codes also hide inside URLs.

mod accounts;
mod cpm;
mod currency;
mod found;
mod guids;
mod karekod;
mod slip;
mod tlv;

use crc::{CRC_16_IBM_3740, Crc};

use self::found::Found;
use self::guids::Checksum;
use self::tlv::{Tlv, Unit};
use super::input::{Input, Uri};
use super::{Payload, raise};
use crate::ids;

/// CRC-16/CCITT-FALSE by the name of the CRC catalogue; EMV QRCPS MPM section 4.7.3.
const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// Reads an EMVCo code, bare or inside a link, or one of its relatives.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if let Some(code) = bare(input.text) {
        return read(input, code).or_else(|| slip::parse(input));
    }
    if let Some(uri) = &input.uri {
        return carried(input, uri);
    }
    slip::parse(input)
        .or_else(|| karekod::parse(input))
        .or_else(|| cpm::parse(input))
}

/// The link only carries the code, which bank apps find there: the code is where it leads.
fn carried(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    // In app links, the keys of qPay; other apps' links around codes have a scheme of their own.
    let key = |key: &str| uri.is_web() || key == "q" || key.eq_ignore_ascii_case("qpay_qrcode");
    let values = uri.query.iter().filter(|(k, _)| key(k)).map(|(_, v)| v);
    let fragment = uri.fragment.iter().flat_map(|text| after_delimiters(text));
    let mut codes = fragment
        .chain(uri.path.last().and_then(|text| bare(text)))
        .chain(values.filter_map(|text| bare(text)));
    let code = codes.next()?;
    let mut found = (read(input, code)?, code.to_owned());
    if code.contains('+') && found.0.flags.contains(&"bad-crc") {
        // Some forms write a space so.
        let spaced = code.replace('+', " ");
        let payload = read(input, &spaced).filter(|payload| !payload.flags.contains(&"bad-crc"));
        found = payload.map_or(found, |payload| (payload, spaced));
    }
    let (mut payload, code) = found;
    payload.guessed = true;
    payload.fields.target = Some(code);
    Some(payload)
}

/// The codes that begin `text`, or follow on a delimiter in it: pages keep a path or a query of their own
/// there.
fn after_delimiters(text: &str) -> impl Iterator<Item = &str> {
    let delimiters = text.match_indices(['/', '=']);
    let inside = delimiters.filter_map(|(at, sign)| text.get(at + sign.len()..));
    [text].into_iter().chain(inside).filter_map(bare)
}

fn read(input: &Input<'_>, code: &str) -> Option<Payload> {
    // Some count otherwise, which shows where a name is not in ASCII: wrong, but what they mean is plain.
    let others: &[Unit] = if code.is_ascii() {
        &[]
    } else {
        &[Unit::Bytes, Unit::Utf16]
    };
    let others = others.iter().map(|unit| Tlv::read_by(code, *unit));
    let mut others: Vec<_> = others.filter(Tlv::ends_with_checksum).collect();
    let mut tlv = Tlv::read(code);
    if !tlv.ends_with_checksum() && !others.is_empty() {
        tlv = others.remove(0);
    }
    let miscounted = tlv.unit != Unit::Characters;
    // A product code may begin like a format indicator, but names no account and no country.
    let names = |tag: &str| matches!(tag.parse(), Ok(2..=64));
    if tlv.objects.len() < 3 || !tlv.objects.iter().any(|object| names(object.tag)) {
        return None;
    }
    let found = Found::in_code(&tlv);
    let checksum = found.guid.map_or(Checksum::Crc16, |g| g.checksum);
    let mut payload = input.payload(found.scheme());
    payload.fields = found.fields();
    payload.flags = faults(code, &tlv, checksum);
    for flag in found.faults(&payload.fields) {
        raise(&mut payload.flags, flag);
    }
    if miscounted {
        raise(&mut payload.flags, "malformed");
    }
    payload.valid = Some(payload.flags.is_empty());
    name_others(&mut payload, found);
    // A phone that counts so pays whom it finds.
    for other in &others {
        name_others(&mut payload, Found::in_code(other));
    }
    Some(payload)
}

/// Says whom a code names beside the one whom it counts as.
fn name_others(payload: &mut Payload, found: Found<'_, '_>) {
    if found.is_unclear {
        payload.also_unknown();
    }
    for (scheme, name) in found.payees {
        payload.also_of(scheme, &name);
    }
}

/// `text` where it begins with a payload format indicator: tag 00, two digits. South Africa prints
/// `UMPQR` there.
fn bare(text: &str) -> Option<&str> {
    let version = text.strip_prefix("0002").and_then(|rest| rest.get(..2));
    let begins = version.is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit()))
        || text.starts_with("0005UMPQR");
    begins.then_some(text)
}

/// What is wrong with the structure of `code`, as flags.
fn faults(code: &str, tlv: &Tlv<'_>, checksum: Checksum) -> Vec<&'static str> {
    let mut flags = Vec::new();
    let end = tlv.objects.iter().find(|object| object.tag == "63");
    match end {
        None => flags.push("truncated"),
        Some(end) => {
            if !checksum.holds(&code[..end.at], end.value) {
                flags.push("bad-crc");
            }
            if end.at + end.value.len() < code.len() {
                flags.push("trailing-data");
            }
        }
    }
    if !tlv.rest.is_empty() && end.is_none() {
        flags.push("malformed");
    }
    if tlv.has_duplicates() {
        flags.push("duplicate-tag");
    }
    flags
}

impl Checksum {
    /// Whether `given` is the checksum of `before`, which ends with the tag and length of the checksum.
    fn holds(self, before: &str, given: &str) -> bool {
        let expected = match self {
            Self::Crc16 => format!("{:04x}", CRC.checksum(before.as_bytes())),
            Self::Sha256Tail => {
                let hash = ids::sha256(before.strip_suffix("6304").unwrap_or(before).as_bytes());
                hash[60..].to_owned()
            }
        };
        given.eq_ignore_ascii_case(&expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `code` with its checksum.
    fn sealed(code: &str) -> String {
        let code = format!("{code}6304");
        format!("{code}{:04X}", CRC.checksum(code.as_bytes()))
    }

    fn read_text(code: &str) -> Payload {
        parse(&Input::new(code)).unwrap()
    }

    #[test]
    fn a_pix_code_is_read_whole() {
        let code = sealed(
            "00020126360014BR.GOV.BCB.PIX0114+551199990000052040000530398654041.505802BR5906Padari6002SP62080504A001",
        );
        let payload = read_text(&code);
        assert_eq!((payload.scheme, payload.valid), ("pix", Some(true)));
        assert_eq!(payload.fields.payee.as_deref(), Some("+5511999900000"));
        assert_eq!(payload.fields.amount.as_deref(), Some("1.50"));
        assert_eq!(payload.fields.currency.as_deref(), Some("BRL"));
        assert_eq!(payload.fields.reference.as_deref(), Some("A001"));
    }

    #[test]
    fn lengths_count_characters_and_the_checksum_counts_bytes() {
        let payload = read_text(&sealed("0002010102115802CN5904小店收款"));
        assert_eq!(payload.valid, Some(true));
        assert_eq!(payload.fields.payee_name.as_deref(), Some("小店收款"));
    }

    #[test]
    fn broken_codes_are_still_payments() {
        let whole = sealed("00020126330014br.gov.bcb.pix01111114447773553039865802BR5901X");
        for (code, flags) in [
            (whole.clone(), vec![]),
            (
                format!(
                    "{}{}",
                    &whole[..whole.len() - 4],
                    whole[whole.len() - 4..].to_lowercase()
                ),
                vec![],
            ),
            (whole.replace("5901X", "5901Y"), vec!["bad-crc"]),
            (format!("{whole}9901X"), vec!["trailing-data"]),
            (whole[..whole.len() - 8].to_owned(), vec!["truncated"]),
            (
                whole[..whole.len() - 2].to_owned(),
                vec!["truncated", "malformed"],
            ),
            (sealed("0002010102115802BR5802US"), vec!["duplicate-tag"]),
        ] {
            let payload = read_text(&code);
            assert_eq!(payload.flags, flags, "{code}");
            assert_eq!(payload.valid, Some(flags.is_empty()));
            assert_eq!(payload.category, super::super::Category::Payment);
        }
    }

    #[test]
    fn rules_of_schemes_are_held() {
        for (text, scheme, flags) in [
            // A person's number with a wrong digit, a charge at its place, a template that says nothing.
            (
                "00020126330014br.gov.bcb.pix01111114447773653039865802BR",
                "pix",
                &["bad-account"][..],
            ),
            (
                "00020126380014br.gov.bcb.pix2516bank.example/q/153039865802BR",
                "pix",
                &[],
            ),
            (
                "00020126180014br.gov.bcb.pix53039865802BR",
                "pix",
                &["bad-account"],
            ),
            (
                "00020126330014br.gov.bcb.pix01111114447773553039865802BR62070503A_1",
                "pix",
                &["bad-reference"],
            ),
            (
                "00020129370016A000000677010111021312345678901225802TH5303764",
                "promptpay",
                &["bad-account"],
            ),
            (
                "00020126370008pk.raast0121PK36SCBL000000112345653035865802PK",
                "raast",
                &["bad-iban"],
            ),
            (
                "00020126260010TR.COM.BKM060812345678530394954120000000125005802TR",
                "tr-karekod",
                &[],
            ),
            (
                "00020126180014br.gov.bcb.pix530398654041,505802BR",
                "pix",
                &["bad-account", "bad-amount"],
            ),
            (
                "00020115312738041800520446mch0000000000125303156",
                "unionpay-emv",
                &[],
            ),
            (
                "0002011508273804185303156",
                "unionpay-emv",
                &["bad-account"],
            ),
            (
                "00020139321234567890abcdef1234567890abcdef5802PE",
                "yape-plin",
                &[],
            ),
            ("00020133180014mch0000000000a5802LA", "lao-qr", &[]),
        ] {
            let payload = read_text(&sealed(text));
            assert_eq!(payload.scheme, scheme, "{text}");
            assert_eq!(payload.flags, flags, "{text}");
        }
        let text = "00020126260010TR.COM.BKM060812345678530394954120000000125005802TR";
        let payload = read_text(&sealed(text));
        assert_eq!(payload.fields.amount.as_deref(), Some("125"));
    }

    #[test]
    fn other_numbers_are_not_taken_for_codes() {
        for text in [
            "00020126",
            "0002",
            "000201",
            "00020100000000",
            "5051140178499",
            "",
        ] {
            assert!(parse(&Input::new(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn a_code_inside_a_link_is_found() {
        let code = sealed("0002010102115802BR5905P & X").replace('&', "%26");
        for link in [
            format!("https://pay.example/q/#{code}"),
            format!("https://pay.example/{code}"),
            format!("https://pay.example/?a=b&q={}", code.replace('P', "%50")),
            format!("https://pay.example/?q={}", code.replace(' ', "+")),
            format!("bank://q?qPay_QRcode={}", code.replace(' ', "%20")),
        ] {
            assert_eq!(read_text(&link).valid, Some(true), "{link}");
        }
    }
}
