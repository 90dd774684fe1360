//! Fiscal receipts: Russia (Federal Tax Service), Portugal (ordinance 195/2020), Saudi Arabia (ZATCA,
//! e-invoicing security features), India (IRN, signed code of the e-invoice), Türkiye (e-archive), Brazil
//! (NFC-e technical note 2.0, CF-e SAT).

use serde_json::Value;

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, base64, checks};
use super::apps::word;
use super::pairs::Pairs;
use super::{Slip, some};

const RECEIPT: Scheme = Scheme::named("fiscal-receipts");

/// `t=time&s=sum&fn=drive&i=document&fp=sign&n=kind`.
pub(super) fn russian(input: &Input<'_>) -> Option<Payload> {
    let pairs = Pairs::of(input.text, '&', '=');
    let get = |key| pairs.get(key);
    if get("t").is_empty() || get("fn").is_empty() {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "RUB");
    let (date, time) = get("t").split_once('T').unwrap_or_default();
    let is_moment =
        super::invoices::is_date(date) && matches!(time.len(), 4 | 6) && checks::is_digits(time);
    slip.require(is_moment && checks::is_digits(get("fn")), "malformed");
    slip.require(
        checks::is_digits(get("i")) && checks::is_digits(get("fp")),
        "truncated",
    );
    slip.require(!get("s").is_empty(), "truncated");
    slip.amount(get("s"), amount::plain(get("s")));
    slip.reference(&[get("i")]);
    Some(slip.done())
}

/// `A:seller*B:buyer*...*O:total*Q:sign*R:program`.
pub(super) fn portuguese(input: &Input<'_>) -> Option<Payload> {
    let pairs = Pairs::of(input.text, '*', ':');
    let get = |key| pairs.get(key);
    if !checks::is_digits(get("A")) || get("B").is_empty() {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "EUR");
    slip.account(get("A"), 9, is_nif);
    let demanded = ["C", "D", "E", "F", "G", "H", "N", "O", "Q", "R"];
    slip.require(demanded.iter().all(|key| !get(key).is_empty()), "truncated");
    slip.amount(get("O"), amount::plain(get("O")));
    slip.reference(&[get("G"), get("H")]);
    Some(slip.done())
}

/// Eight digits weighed by 9 to 2, and what completes the sum to a multiple of 11, or 0.
fn is_nif(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .zip((2..=9).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    digits.last() == Some(&check)
}

/// Tag, length and value in base64: seller, VAT number, time, total, VAT.
pub(super) fn saudi(input: &Input<'_>) -> Option<Payload> {
    let bytes = base64::decode(input.text)?;
    let mut rest = bytes.as_slice();
    let mut values = Vec::new();
    while let [tag, length, behind @ ..] = rest {
        let Some((value, behind)) = behind.split_at_checked(usize::from(*length)) else {
            break;
        };
        if usize::from(*tag) != values.len() + 1 {
            break;
        }
        values.push(String::from_utf8_lossy(value));
        rest = behind;
    }
    let value = |n: usize| values.get(n).map(|value| value.trim()).unwrap_or_default();
    let number = value(1);
    if value(0).is_empty() || value(0).contains('\u{fffd}') || !checks::is_digits(number) {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "SAR");
    slip.name(value(0));
    // Saudi VAT numbers begin and end with 3.
    let is_vat = number.len() == 15 && number.starts_with('3') && number.ends_with('3');
    slip.require(is_vat, "bad-account");
    slip.0.fields.payee = some(number);
    slip.amount(value(3), amount::plain(value(3)));
    slip.require(values.len() >= 5 && rest.is_empty(), "truncated");
    Some(slip.done())
}

/// A signed token (RFC 7515) whose `data` is the invoice.
pub(super) fn indian(input: &Input<'_>) -> Option<Payload> {
    let body = input.text.split('.').nth(1)?;
    let body: Value = serde_json::from_str(&base64::decode_text(body)?).ok()?;
    let data: Value = serde_json::from_str(body.get("data")?.as_str()?).ok()?;
    let get = |key| word(&data, key).unwrap_or_default();
    let (seller, irn) = (get("SellerGstin"), get("Irn"));
    if seller.is_empty() || irn.is_empty() {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "INR");
    let is_gstin = seller.len() == 15 && seller.bytes().all(|b| b.is_ascii_alphanumeric());
    slip.require(is_gstin, "bad-account");
    slip.0.fields.payee = some(&seller);
    slip.amount(&get("TotInvVal"), amount::plain(&get("TotInvVal")));
    // SHA-256 in hex.
    slip.require(
        irn.len() == 64 && irn.bytes().all(|b| b.is_ascii_hexdigit()),
        "bad-reference",
    );
    slip.reference(&[&get("DocNo"), &irn]);
    Some(slip.done())
}

/// The Turkish e-archive's JSON; the keys are as the tax administration spells them.
pub(super) fn turkish(input: &Input<'_>, document: Option<Value>) -> Payload {
    let mut slip = Slip::new(input, RECEIPT, "TRY");
    slip.require(document.is_some(), "malformed");
    let document = document.unwrap_or_default();
    let get = |key| word(&document, key).unwrap_or_default();
    let seller = get("vkntckn");
    // The number of a company, or of a person.
    slip.require(
        matches!(seller.len(), 10 | 11) && checks::is_digits(&seller),
        "bad-account",
    );
    slip.0.fields.payee = some(&seller);
    if !get("parabirimi").is_empty() {
        slip.currency(&get("parabirimi"));
    }
    let total = some(&get("odenecek")).unwrap_or_else(|| get("vergidahil"));
    slip.amount(&total, amount::plain(&total));
    slip.reference(&[&get("no"), &get("ettn")]);
    slip.done()
}

/// A page of a state's treasury (`*.gov.br`) with the key of a receipt.
pub(super) fn brazilian_link(input: &Input<'_>) -> Option<Payload> {
    let uri = input
        .uri
        .as_ref()
        .filter(|uri| uri.host.ends_with(".gov.br"))?;
    let data = uri.get("p").or_else(|| uri.get("chNFe"))?;
    let parts: Vec<&str> = data.split('|').take(9).collect();
    // What is printed off line has the total in the fifth place.
    let total = match parts.as_slice() {
        [_, _, _, _, total, _, _, _] => total,
        _ => uri.get("vNF").unwrap_or_default(),
    };
    brazilian(input, parts.first()?, total)
}

/// `key|time|total|buyer|sign`, as São Paulo's cash registers print it.
pub(super) fn brazilian_sat(input: &Input<'_>) -> Option<Payload> {
    let (key, rest) = input.text.split_at_checked(44)?;
    let mut parts = rest.strip_prefix('|')?.split('|');
    let time = parts
        .next()
        .filter(|time| time.len() == 14 && checks::is_digits(time))?;
    let total = parts.next().filter(|_| time.starts_with("20"))?;
    brazilian(input, key, total)
}

/// A key has 44 digits: state, month, seller, kind, number, and a check digit by modulo 11.
fn brazilian(input: &Input<'_>, key: &str, total: &str) -> Option<Payload> {
    if key.len() != 44 || !checks::is_digits(key) {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "BRL");
    let weights = (2..=9).cycle();
    let digits = key.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits
        .clone()
        .skip(1)
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    slip.require(digits.clone().next() == Some(check), "bad-checksum");
    slip.0.fields.payee = key.get(6..20).and_then(some);
    slip.amount(total, amount::plain(total));
    slip.reference(&[key]);
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};

    const FISCAL: &str = "fiscal-receipts";

    #[test]
    fn russian_receipts() {
        let text = "t=20240301T1205&s=349.90&fn=9960440300000001&i=1234&fp=2222333344&n=1";
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("349.90"));
        assert_eq!(payload.fields.reference.as_deref(), Some("1234"));
        expect(&text.replace("349.90", "349,90"), FISCAL, &["bad-amount"]);
        expect(&text.replace("&fp=2222333344", ""), FISCAL, &["truncated"]);
        expect(&text.replace("T1205", "T12"), FISCAL, &["malformed"]);
        assert!(read("t=20240301T1205&s=1").is_none());
    }

    #[test]
    fn portuguese_receipts() {
        let text = "A:503504564*B:999999990*C:PT*D:FS*E:N*F:20240301*G:FS 1/22*H:ABCD1234-22*I1:PT*N:2.30*O:12.30*Q:aBcD*R:1234";
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("503504564"));
        assert_eq!(payload.fields.amount.as_deref(), Some("12.30"));
        assert_eq!(payload.fields.reference.as_deref(), Some("FS 1/22"));
        expect(
            &text.replace("564*", "565*"),
            FISCAL,
            &["bad-account", "bad-checksum"],
        );
        expect(&text.replace("*R:1234", ""), FISCAL, &["truncated"]);
    }

    #[test]
    fn saudi_receipts() {
        let text =
            "AQdPdXIgT3duAg8zMDAxMjM0NTY3ODkwMDMDFDIwMjQtMDMtMDFUMTI6MDA6MDBaBAYxMTUuMDAFBTE1LjAw";
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Our Own"));
        assert_eq!(payload.fields.payee.as_deref(), Some("300123456789003"));
        assert_eq!(payload.fields.amount.as_deref(), Some("115.00"));
        expect(&text[..text.len() - 8], FISCAL, &["truncated"]);
        assert!(read("AQdPdXIgT3du").is_none());
    }

    #[test]
    fn indian_invoices() {
        let irn = "0a".repeat(32);
        let data = format!(
            r#"{{"SellerGstin":"29AAAAA0000A1Z5","DocNo":"INV/7","TotInvVal":1180.5,"Irn":"{irn}"}}"#
        );
        let body = serde_json::json!({"data": data, "iss": "NIC"}).to_string();
        let token = |body: &str| format!("eyJhbGciOiJSUzI1NiJ9.{}.c2lnbg", encode(body));
        let payload = expect(&token(&body), FISCAL, &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("29AAAAA0000A1Z5"));
        assert_eq!(payload.fields.amount.as_deref(), Some("1180.5"));
        assert_eq!(payload.fields.reference.as_deref(), Some("INV/7"));
        expect(
            &token(&body.replace("0a0a", "0a")),
            FISCAL,
            &["bad-reference"],
        );
        assert!(read(&token(r#"{"data":"{}"}"#)).is_none());
        assert!(read(&token(r#"{"sub":"1"}"#)).is_none());
    }

    fn encode(text: &str) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let bits: String = text
            .bytes()
            .flat_map(|b| (0..8).rev().map(move |i| char::from(b'0' + (b >> i & 1))))
            .collect();
        let chunks = bits
            .as_bytes()
            .chunks(6)
            .map(|c| std::str::from_utf8(c).unwrap());
        chunks
            .map(|c| letters[usize::from_str_radix(&format!("{c:0<6}"), 2).unwrap()] as char)
            .collect()
    }

    #[test]
    fn turkish_receipts() {
        let text = r#"{"vkntckn":"1234567890","avkntckn":"11111111111","tip":"SATIS","no":"OWN2024000000001","ettn":"e0-1","parabirimi":"TRY","vergidahil":"120.00","odenecek":"118.00"}"#;
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("118.00"));
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("OWN2024000000001")
        );
        expect(
            &text.replace("1234567890", "12345"),
            FISCAL,
            &["bad-account"],
        );
    }

    #[test]
    fn brazilian_receipts() {
        let key = "35240311222333000181650010000001231000001238";
        let link = format!("https://www.nfce.fazenda.sp.gov.br/qrcode?p={key}|2|1|1|AB12");
        let payload = expect(&link, FISCAL, &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("11222333000181"));
        assert_eq!(payload.fields.reference.as_deref(), Some(key));
        let offline = format!("http://nfce.sefaz.ba.gov.br/qr?p={key}|2|1|15|49.90|AB|1|CD");
        assert_eq!(
            expect(&offline, FISCAL, &[]).fields.amount.as_deref(),
            Some("49.90")
        );
        expect(&link.replace("238|", "239|"), FISCAL, &["bad-checksum"]);
        let sat = expect(&format!("{key}|20240301120000|8.00||c2ln"), FISCAL, &[]);
        assert_eq!(sat.fields.amount.as_deref(), Some("8.00"));
        assert!(read(&format!("https://evil.example/qrcode?p={key}")).is_none());
    }
}
