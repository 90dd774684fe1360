//! The rules that schemes have for the accounts in their templates.

use super::super::checks::{self, is_digits};
use super::super::{Fields, iban, national};
use super::tlv::Parts;

/// A rule on who is paid, and on the reference; the error is the flag that says that it is broken.
pub(super) type Check = fn(&Parts<'_, '_>, &Fields) -> Result<(), &'static str>;

fn account(holds: bool) -> Result<(), &'static str> {
    holds.then_some(()).ok_or("bad-account")
}

/// Whether the payee holds; who pays nobody breaks the rule.
fn payee(fields: &Fields, holds: impl Fn(&str) -> bool) -> Result<(), &'static str> {
    account(fields.payee.as_deref().is_some_and(holds))
}

/// Manual de Padrões para Iniciação do Pix, sections 1.5 and 1.6: a key, or the place of a charge that
/// names it, and never both; the transaction has up to 25 letters and digits.
pub(super) fn pix(parts: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    let fetched = parts.template.get("25").is_some_and(|v| !v.is_empty());
    if fetched && fields.payee.is_some() {
        return Err("malformed");
    }
    if fields.payee.is_some() || fields.target.is_none() {
        payee(fields, is_pix_key)?;
    }
    let named = |id: &str| id.len() <= 25 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let reference = fields.reference.as_deref();
    reference
        .is_none_or(named)
        .then_some(())
        .ok_or("bad-reference")
}

/// A CPF, a CNPJ, a telephone number, an e-mail address or a random key (EVP).
fn is_pix_key(key: &str) -> bool {
    national::cpf(key)
        || national::cnpj(key)
        || is_phone(key)
        || is_uuid(key)
        || (key.len() <= 77 && is_email(key))
}

/// E.164: `+` and up to 15 digits, a hyphen after the country code.
fn is_phone(text: &str) -> bool {
    let digits = text
        .strip_prefix('+')
        .map(|number| number.replacen('-', "", 1));
    digits.is_some_and(|d| is_digits(&d) && (8..=15).contains(&d.len()) && !d.starts_with('0'))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Bank of Thailand, Thai QR code standard: 0066 and nine digits, the number of a citizen or a company,
/// of a wallet, or an account at a bank.
pub(super) fn promptpay(parts: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    let given = |tag| parts.template.get(tag).is_some_and(|v| !v.is_empty());
    payee(fields, |id| {
        let digits = |length| id.len() == length && is_digits(id);
        match ["01", "02", "03"].map(given) {
            [true, ..] => digits(13) && id.starts_with("00"),
            // Companies have a number of another kind, which begins with 0.
            [_, true, _] => digits(13) && (id.starts_with('0') || national::thai_id(id)),
            [.., true] => digits(15),
            _ => is_digits(id),
        }
    })
}

/// The same standard: the number of a tax payer, and mostly two digits of their own choice.
pub(super) fn biller(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |id| matches!(id.len(), 13 | 15) && is_digits(id))
}

/// ABS `PayNow` QR: a mobile number (proxy type 0), or the number of a company (UEN, type 2): eight or nine
/// digits and a letter, or a letter, two digits, two letters, four digits and a letter; then perhaps three
/// signs for one of its accounts. It may say until when it is good.
pub(super) fn paynow(parts: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    let end = parts.template.get("04").unwrap_or_default();
    if !matches!(end.len(), 0 | 8 | 14) || !end.bytes().all(|b| b.is_ascii_digit()) {
        return Err("malformed");
    }
    payee(fields, |proxy| match parts.template.get("01") {
        Some("0") => is_phone(proxy),
        Some("2") => is_uen(proxy),
        _ => true,
    })
}

fn is_uen(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| match c {
            '0'..='9' => '9',
            'A'..='Z' => 'A',
            _ => '?',
        })
        .collect();
    let begins =
        |length: usize, shapes: &[&str]| shape.get(..length).is_some_and(|s| shapes.contains(&s));
    let rest = |length: usize| matches!(shape.len() - length, 0 | 3) && !shape.contains('?');
    (begins(9, &["99999999A"]) && rest(9))
        || (begins(10, &["999999999A", "A99AA9999A"]) && rest(10))
}

/// NAPAS: the bank's number of six digits, and an account of up to 19 letters and digits.
pub(super) fn vietqr(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |payee| {
        payee.split_once(':').is_some_and(|(bank, account)| {
            bank.len() == 6
                && is_digits(bank)
                && account.len() <= 19
                && account.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    })
}

/// HKMA Common QR Code Specification: an FPS identifier of 7 or 9 digits, a mobile number or an address.
pub(super) fn fps(parts: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |proxy| match parts.template.get("02") {
        Some(id) if !id.is_empty() => matches!(id.len(), 7 | 9) && is_digits(id),
        _ => is_phone(proxy) || is_email(proxy),
    })
}

/// Bank Indonesia: the national merchant number is `ID` and 13 digits.
pub(super) fn nmid(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |id| {
        let digits = id.strip_prefix("ID");
        digits.is_some_and(|d| d.len() == 13 && is_digits(d))
    })
}

/// NPCI: an address of UPI, or the number of a card with its check digit.
pub(super) fn bharat(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |id| {
        id.contains('@') || !matches!(id.len(), 15 | 16) || !is_digits(id) || checks::luhn(id)
    })
}

/// Where the payee is an IBAN, it holds.
pub(super) fn iban(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    let payee = fields.payee.as_deref().unwrap_or_default();
    let begins = payee.starts_with("PK") || payee.starts_with("TR");
    if begins && payee.get(2..4).is_some_and(is_digits) && !iban::holds(&iban::normal(payee)) {
        return Err("bad-iban");
    }
    Ok(())
}

/// NBC KHQR guideline, section 3.2: `name@bank`, 32 characters at most.
pub(super) fn bakong(_: &Parts<'_, '_>, fields: &Fields) -> Result<(), &'static str> {
    payee(fields, |id| {
        id.split_once('@').is_some_and(|(user, bank)| {
            id.len() <= 32
                && !user.is_empty()
                && bank.len() >= 2
                && bank.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    })
}

/// JPQR guideline: 13, 4, 6 and 6 signs.
pub(super) fn jpqr(parts: &Parts<'_, '_>, _: &Fields) -> Result<(), &'static str> {
    let is = |(tag, length)| parts.template.get(tag).is_none_or(|id| id.len() == length);
    let given = parts.template.get("01").is_some();
    account(
        given
            && [("01", 13), ("02", 4), ("03", 6), ("04", 6)]
                .into_iter()
                .all(is),
    )
}

/// BCRA Transferencias 3.0: tag 50 has the merchant's CUIT, tag 51 the account, where they are there.
pub(super) fn argentina(parts: &Parts<'_, '_>, _: &Fields) -> Result<(), &'static str> {
    let number = |at| parts.pick(at).filter(|number| is_digits(number));
    let holds = |at, holds: fn(&str) -> bool| number(at).is_none_or(|number| holds(&number));
    account(holds("/50.00", national::cuit) && holds("/51.00", national::cbu))
}

/// `UnionPay` QRCPS, tags 15 and 16: two institutions of eight digits, and a merchant of 15 signs.
pub(super) fn unionpay(value: &str) -> Option<&str> {
    let (institutions, merchant) = value.split_at_checked(16)?;
    (merchant.len() == 15 && is_digits(institutions)).then_some(merchant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (name, holds, right, wrong) in [
            (
                "pix",
                is_pix_key as fn(&str) -> bool,
                &[
                    "11144477735",
                    "+5511999900000",
                    "a@b.example",
                    "11222333000181",
                ][..],
                &[
                    "11144477736",
                    "5511999900000",
                    "a@b",
                    "+05511999900000",
                    "",
                    "1",
                ][..],
            ),
            (
                "uuid",
                is_uuid,
                &["6f041b7f-e66b-4b0f-8312-84dcae79a1cf"],
                &[
                    "6f041b7f-e66b-4b0f-8312-84dcae79a1c",
                    "6f041b7fxe66b-4b0f-8312-84dcae79a1cf",
                ],
            ),
            (
                "uen",
                is_uen,
                &["201403121W", "53012345D", "T08LL1234A", "201403121WAB1"],
                &[
                    "",
                    "201403121",
                    "201403121w",
                    "201403121WA",
                    "Ｔ08LL1234A",
                    "é",
                ],
            ),
            (
                "phone",
                is_phone,
                &["+6591234567", "+852-87654321"],
                &["6591234567", "+65-9123-4567", "+", "+1234"],
            ),
        ] {
            for text in right {
                assert!(holds(text), "{name} {text}");
            }
            for text in wrong {
                assert!(!holds(text), "{name} {text}");
            }
        }
        assert_eq!(
            unionpay("2738041800520446mch000000000012"),
            Some("mch000000000012")
        );
        assert_eq!(unionpay("2738041800520446"), None);
        assert_eq!(unionpay("éééééééééééééééé"), None);
    }
}
