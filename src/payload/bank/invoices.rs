//! Invoices of China (VAT invoices, State Taxation Administration), Colombia (DIAN, annex to resolution
//! 165 of 2023) and Serbia (fiscal receipts, Tax Administration).

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks};
use super::{Slip, signed, some};

const CHINA: Scheme = Scheme::named("china-invoice");
const DIAN: Scheme = Scheme::named("colombia-dian-invoice");
const SERBIA: Scheme = Scheme::named("rs-fiscal");

/// `01,kind,code,number,amount,date,check code,checksum`. The electronic ones have no code, and a number
/// of 20 digits.
pub(super) fn chinese(input: &Input<'_>) -> Option<Payload> {
    let parts: Vec<&str> = input.text.split(',').take(12).map(str::trim).collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    let (kind, code, number) = (part(1), part(2), part(3));
    let is_invoice = kind.len() == 2
        && checks::is_digits(kind)
        && (code.is_empty() || (10..=12).contains(&code.len()) && checks::is_digits(code))
        && matches!(number.len(), 8 | 20)
        && checks::is_digits(number);
    if !is_invoice {
        return None;
    }
    let mut slip = Slip::new(input, CHINA, "CNY");
    slip.amount(part(4), signed(part(4), amount::plain));
    slip.require(parts.len() >= 6, "truncated");
    slip.require(parts.len() < 6 || is_date(part(5)), "malformed");
    slip.reference(&[number]);
    Some(slip.done())
}

/// `yyyymmdd`.
pub(super) fn is_date(text: &str) -> bool {
    let number = |range| {
        text.get(range)
            .and_then(|d: &str| d.parse::<u8>().ok())
            .unwrap_or(0)
    };
    text.len() == 8
        && checks::is_digits(text)
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
}

/// Names and values on lines, the code of the invoice among them.
pub(super) fn colombian(input: &Input<'_>) -> Option<Payload> {
    input.after("NumFac")?;
    let folded = input.text.to_ascii_lowercase();
    // Readers print them on one line too, and with either sign.
    let value = |key: &str| {
        let begin = folded.find(key)? + key.len();
        let rest = input.text.get(begin..)?.trim_start_matches([' ', ':', '=']);
        some(rest.split_whitespace().next()?)
    };
    let get = |key: &str| value(key).unwrap_or_default();
    let code = value("cufe").or_else(|| value("cude")).unwrap_or_default();
    let seller = get("nitfac");
    if code.is_empty() && seller.is_empty() {
        return None;
    }
    let mut slip = Slip::new(input, DIAN, "COP");
    slip.require(!code.is_empty(), "truncated");
    slip.require(code.is_empty() || is_code(&code), "bad-reference");
    slip.0.fields.payee = some(&seller);
    let total = value("valtolfac").unwrap_or_else(|| get("valfac"));
    slip.amount(&total, amount::plain(&total));
    slip.reference(&[&get("numfac"), &code]);
    slip.0.fields.target = value("qrcode").filter(|link| link.contains("://"));
    Some(slip.done())
}

/// SHA-384 in hex.
fn is_code(text: &str) -> bool {
    text.len() == 96 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey=...`.
pub(super) fn dian_link(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let code = uri.get("documentkey")?;
    let mut slip = Slip::new(input, DIAN, "COP");
    slip.require(is_code(code), "bad-reference");
    slip.reference(&[code]);
    Some(slip.done())
}

/// `https://suf.purs.gov.rs/v/?vl=...`: what the link holds is signed and mostly encrypted.
pub(super) fn serbian(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let receipt = uri.get("vl")?;
    let mut slip = Slip::new(input, SERBIA, "RSD");
    slip.require(!receipt.is_empty(), "truncated");
    slip.reference(&[receipt]);
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};

    #[test]
    fn chinese_invoices() {
        let invoice = "01,04,044001900111,00112233,88.50,20240229,01234567890123456789,1A2B,";
        let payload = expect(invoice, "china-invoice", &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("88.50"));
        assert_eq!(payload.fields.reference.as_deref(), Some("00112233"));
        expect(
            "01,32,,24312000000012345678,1.00,20240101,,0F0F",
            "china-invoice",
            &[],
        );
        let back = expect(&invoice.replace("88.50", "-88.50"), "china-invoice", &[]);
        assert_eq!(back.fields.amount.as_deref(), Some("-88.50"));
        expect(
            &invoice.replace("88.50", "many"),
            "china-invoice",
            &["bad-amount"],
        );
        expect(
            &invoice.replace("20240229", "20241329"),
            "china-invoice",
            &["malformed"],
        );
        expect(
            "01,04,044001900111,00112233",
            "china-invoice",
            &["truncated"],
        );
        assert!(read("01,04,ab,00112233,88.50,20240229").is_none());
    }

    #[test]
    fn colombian_invoices() {
        let code = "0af".repeat(32);
        let invoice = format!(
            "NumFac: SETP990000001\nFecFac: 2024-01-02\nNitFac: 900123456\nValFac: 100.00\nValIva: 19.00\n\
             ValTolFac: 119.00\nCUFE: {code}\nQRCode: https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey={code}"
        );
        for text in [
            invoice.clone(),
            invoice.replace('\n', " "),
            invoice.replace(": ", "="),
        ] {
            let payload = expect(&text, "colombia-dian-invoice", &[]);
            assert_eq!(payload.fields.payee.as_deref(), Some("900123456"));
            assert_eq!(payload.fields.amount.as_deref(), Some("119.00"));
            assert_eq!(payload.fields.reference.as_deref(), Some("SETP990000001"));
            let link = payload.fields.target.unwrap();
            expect(&link, "colombia-dian-invoice", &[]);
        }
        expect(
            &invoice.replace("0af", "0ag"),
            "colombia-dian-invoice",
            &["bad-reference"],
        );
        expect(
            "NumFac: 1\nNitFac: 9",
            "colombia-dian-invoice",
            &["truncated"],
        );
        assert!(read("NumFac: 1").is_none());
    }

    #[test]
    fn serbian_receipts() {
        expect("https://suf.purs.gov.rs/v/?vl=A0JD", "rs-fiscal", &[]);
        expect(
            "https://suf.purs.gov.rs/v/?vl=",
            "rs-fiscal",
            &["truncated"],
        );
        assert!(read("https://suf.purs.gov.rs/").is_none());
    }
}
