//! The code on the slip of a Thai transfer, by which the payee looks up that it took place (Bank of
//! Thailand, Thai QR code standard: slip verification). It is written like a code that asks for money,
//! and asks for none.

use super::super::Payload;
use super::super::checks::is_digits;
use super::super::input::Input;
use super::super::schemes::Scheme;
use super::CRC;
use super::tlv::Tlv;

const SLIP: Scheme = Scheme::named("thai-slip");

/// Tag 00 is a template: what is asked (000001), the bank of the payer and the transaction. Tag 91 is the
/// checksum. The wallet `TrueMoney` has a form of its own, with 01 there and the transaction in 03.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if !input.text.starts_with("00") {
        return None;
    }
    let tlv = Tlv::read(input.text);
    let first = tlv.objects.first()?;
    let asked = Tlv::read(first.value).whole();
    let bank = asked.get("01").unwrap_or_default();
    let (reference, names_a_bank) = match asked.get("00")? {
        "000001" => ("02", bank.len() == 3 && is_digits(bank)),
        "01" if bank == "01" => ("03", true),
        _ => return None,
    };
    let mut payload = input.payload(SLIP);
    payload.fields.reference = asked.get(reference).map(str::to_owned);
    match tlv.objects.iter().find(|object| object.tag == "91") {
        None => payload.flags.push("truncated"),
        Some(end) => {
            let expected = CRC.checksum(input.text.get(..end.at)?.as_bytes());
            if u16::from_str_radix(end.value, 16) != Ok(expected) || end.value.len() != 4 {
                payload.flags.push("bad-crc");
            }
            if end.at + end.value.len() < input.text.len() {
                payload.flags.push("trailing-data");
            }
        }
    }
    if payload.fields.reference.is_none() || !names_a_bank {
        payload.flags.push("bad-reference");
    }
    payload.valid = Some(payload.flags.is_empty());
    Some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_read() {
        let sealed = |text: &str| {
            let text = format!("{text}9104");
            format!("{text}{:04X}", CRC.checksum(text.as_bytes()))
        };
        let slip = sealed("003700060000010103014021620260101OURSLIP15102TH");
        let wallet = sealed("0034000201010201020200030712345670401X");
        for (text, valid, flags) in [
            (slip.clone(), true, &[][..]),
            (wallet, true, &[]),
            (slip.replace("OUR", "YUR"), false, &["bad-crc"]),
            (format!("{slip}5901X"), false, &["trailing-data"]),
            (slip[..slip.len() - 8].to_owned(), false, &["truncated"]),
            (
                sealed("00200006000001010100201x5102TH"),
                false,
                &["bad-reference"],
            ),
        ] {
            let payload = parse(&Input::new(&text)).expect(&text);
            assert_eq!(
                (payload.valid, payload.flags.as_slice()),
                (Some(valid), flags),
                "{text}"
            );
            assert_eq!(payload.scheme, "thai-slip");
        }
        let payload = parse(&Input::new(&slip)).unwrap();
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("20260101OURSLIP1")
        );
        for text in ["", "00", "0010", "000201", "00060000010", "0004é01"] {
            assert!(parse(&Input::new(text)).is_none(), "{text}");
        }
    }
}
