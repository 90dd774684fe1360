//! EMVCo merchant-presented codes (EMV QRCPS MPM 1.1): tag, length, value, and a checksum at the end.
//!
//! Lenient, because what is printed is: any payload format indicator, lengths in characters and not in
//! bytes, a checksum in lower case, templates of schemes that nobody has heard of. Whatever breaks a
//! rule is still reported as what it claims to be, as not valid. Codes also hide inside URLs.

mod currency;
mod guids;
mod tlv;

use crc::{CRC_16_IBM_3740, Crc};

use self::guids::{Checksum, GUIDS, Guid};
use self::tlv::Tlv;
use super::input::Input;
use super::schemes::Scheme;
use super::{Fields, Payload, amount};
use crate::ids;

const EMV: Scheme = Scheme::named("emv-mpm");
const UNIONPAY: Scheme = Scheme::named("unionpay-emv");
const BHARAT: Scheme = Scheme::named("bharat-qr");

/// CRC-16/CCITT-FALSE by the name of the CRC catalogue; EMV QRCPS MPM section 4.7.3.
const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// Reads an EMVCo code, bare or inside a web link.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if let Some(code) = bare(input.text) {
        return read(input, code);
    }
    // The link only carries the code, which bank apps find there: the code is where it leads.
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let fragment = uri.fragment.as_deref();
    let last = uri.path.last().map(String::as_str);
    let code = fragment.into_iter().chain(last).find_map(bare)?;
    let mut payload = read(input, code)?;
    payload.fields.target = Some(code.to_owned());
    Some(payload)
}

fn read(input: &Input<'_>, code: &str) -> Option<Payload> {
    let tlv = Tlv::read(code);
    // A product code may begin like a format indicator, but names no account and no country.
    let names = |tag: &str| matches!(tag.parse(), Ok(2..=64));
    if tlv.objects.len() < 3 || !tlv.objects.iter().any(|object| names(object.tag)) {
        return None;
    }
    let found = Found::in_code(&tlv);
    let mut payload = input.payload(found.scheme());
    payload.fields = found.fields(&tlv);
    payload.flags = faults(
        code,
        &tlv,
        found.guid.map_or(Checksum::Crc16, |g| g.checksum),
    );
    payload.valid = Some(payload.flags.is_empty());
    Some(payload)
}

/// `text` where it begins with a payload format indicator: tag 00, two digits. South Africa prints
/// `UMPQR` there.
fn bare(text: &str) -> Option<&str> {
    let version = text.strip_prefix("0002").and_then(|rest| rest.get(..2));
    let begins = version.is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit()))
        || text.starts_with("0005UMPQR");
    begins.then_some(text)
}

/// The row of the table that a code belongs to, and the template it was found by.
struct Found<'a> {
    guid: Option<&'static Guid>,
    value: &'a str,
    template: Tlv<'a>,
    country: &'a str,
    card: Option<(u8, &'a str)>,
}

impl<'a> Found<'a> {
    fn in_code(tlv: &Tlv<'a>) -> Self {
        let country = tlv.get("58").unwrap_or_default();
        let accounts: Vec<_> = tlv
            .objects
            .iter()
            .filter(|object| matches!(object.tag.parse(), Ok(26..=51)))
            // As many as there are tags: more are duplicates.
            .take(26)
            .map(|object| (object.value, Tlv::read(object.value).whole()))
            .collect();
        let row = GUIDS.iter().find_map(|guid| {
            accounts
                .iter()
                .find(|(_, template)| guid.fits(template.get("00").unwrap_or_default(), country))
                .map(|account| (guid, account))
        });
        let (value, template) = row
            .map(|(_, account)| account)
            .or(accounts.first())
            .cloned()
            .unwrap_or_default();
        let card = tlv.objects.iter().find_map(|object| {
            let tag = object.tag.parse().ok()?;
            (2..=25).contains(&tag).then_some((tag, object.value))
        });
        Self {
            guid: row.map(|(guid, _)| guid),
            value,
            template,
            country,
            card,
        }
    }

    /// A code without a known template is told by the card networks it names, if any (EMV QRCPS MPM
    /// table 3.3), or is of no particular scheme; it asks for money all the same.
    fn scheme(&self) -> Scheme {
        match (self.guid, self.card, self.country) {
            (Some(guid), ..) => guid.scheme,
            (None, Some((2..=12, _)), "IN") => BHARAT,
            (None, Some((15..=16, _)), _) => UNIONPAY,
            _ => EMV,
        }
    }

    fn fields(&self, tlv: &Tlv<'a>) -> Fields {
        let pick = |expression| self.template.pick(expression, self.value);
        let currency = tlv
            .get("53")
            .map(|code| currency::alphabetic(code).to_owned());
        let additional = Tlv::read(tlv.get("62").unwrap_or_default());
        Fields {
            payee: match self.guid {
                Some(guid) => pick(guid.payee),
                None => self
                    .card
                    .map(|(_, number)| number.to_owned())
                    .or_else(|| pick("01|02|03|@")),
            },
            payee_name: tlv.get("59").map(|name| name.trim().to_owned()),
            amount: tlv.get("54").and_then(amount::plain),
            currency,
            // `***` says that the reference is somewhere else (BR Code manual section 1.6.6).
            reference: self.guid.and_then(|guid| pick(guid.reference)).or_else(|| {
                additional
                    .pick("05|01|08", "")
                    .filter(|r| !r.starts_with("***"))
            }),
            target: self.guid.and_then(|guid| pick(guid.target)),
        }
    }
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
                let hash = ids::sha256(before.trim_end_matches("6304").as_bytes());
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
        let whole = sealed("00020126180014br.gov.bcb.pix53039865802BR5901X");
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
        let code = sealed("0002010102115802BR5901X");
        for link in [
            format!("https://pay.example/q/#{code}"),
            format!("https://pay.example/{code}"),
        ] {
            assert_eq!(read_text(&link).valid, Some(true), "{link}");
        }
    }
}
