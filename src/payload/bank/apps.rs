//! Codes of payment apps that are no links, or links that hold a small document: Swish (Guide Swish QR
//! code specification), MoMo, Zelle, Transfermóvil, CoDi (Banco de México), Suiche 7B.

use serde_json::Value;

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, base64, checks};
use super::{Slip, comma_money, money, receipts, some};

const SWISH: Scheme = Scheme::named("swish-qr");
const SWISH_LINK: Scheme = Scheme::named("swish-link");
const MOMO: Scheme = Scheme::named("momo-vn");
const ZELLE: Scheme = Scheme::named("zelle");
const TRANSFERMOVIL: Scheme = Scheme::named("cuba-transfermovil");
const CODI: Scheme = Scheme::named("codi");
const SUICHE: Scheme = Scheme::named("venezuela-suiche7b");

/// `C1236433940;100;Tack;0`: kind and number, amount, message, and which of them the payer may change.
pub(super) fn swish(input: &Input<'_>) -> Option<Payload> {
    let rest = input.text.strip_prefix(['A', 'B', 'C', 'D'])?;
    let mut parts = rest.splitn(4, ';');
    let (number, amount, message, mask) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !(7..=15).contains(&number.len()) || !checks::is_digits(number) || mask.len() != 1 {
        return None;
    }
    let mut slip = Slip::new(input, SWISH, "SEK");
    slip.0.fields.payee = some(number);
    slip.amount(amount, comma_money(amount));
    slip.reference(&[message]);
    slip.require(matches!(mask.as_bytes(), [b'0'..=b'7']), "malformed");
    Some(slip.done())
}

/// `swish://payment?data=` and JSON, whose every value is in a `value` of its own.
pub(super) fn swish_link(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    if !uri.host.eq_ignore_ascii_case("payment") {
        return None;
    }
    let mut slip = Slip::new(input, SWISH_LINK, "SEK");
    let document = uri
        .get("data")
        .and_then(|data| serde_json::from_str::<Value>(data).ok());
    slip.require(document.is_some(), "malformed");
    let document = document.unwrap_or_default();
    let value = |key: &str| {
        member(&document, key)
            .and_then(|v| word(v, "value"))
            .unwrap_or_default()
    };
    let payee = value("payee");
    slip.require(
        checks::is_digits(payee.trim_start_matches('+')),
        "bad-account",
    );
    slip.0.fields.payee = some(&payee);
    slip.amount(&value("amount"), comma_money(&value("amount")));
    slip.reference(&[&value("message")]);
    Some(slip.done())
}

/// `2|99|phone|name|e-mail|0|0|amount|note`.
pub(super) fn momo(input: &Input<'_>) -> Option<Payload> {
    let parts: Vec<&str> = input.text.split('|').take(12).map(str::trim).collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    if parts.len() < 5 || !checks::is_digits(part(2)) {
        return None;
    }
    let mut slip = Slip::new(input, MOMO, "VND");
    slip.account(part(2), 10, |phone| phone.starts_with('0'));
    slip.name(part(3));
    // Nothing and 0 are for the payer to fill in.
    let amount = some(part(7))
        .filter(|amount| amount != "0")
        .unwrap_or_default();
    slip.amount(&amount, checks::is_digits(&amount).then(|| amount.clone()));
    slip.reference(&[part(8)]);
    Some(slip.done())
}

/// `https://enroll.zellepay.com/qr-codes?data=` and JSON in base64.
pub(super) fn zelle(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let data = uri
        .get("data")
        .filter(|_| uri.path.first().is_some_and(|p| p == "qr-codes"))?;
    let mut slip = Slip::new(input, ZELLE, "USD");
    let text = base64::decode_text(data);
    let document = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    slip.require(document.is_some(), "malformed");
    let document = document.unwrap_or_default();
    let token = word(&document, "token").unwrap_or_default();
    slip.require(!token.trim().is_empty(), "bad-account");
    slip.0.fields.payee = some(&token);
    slip.name(&word(&document, "name").unwrap_or_default());
    Some(slip.done())
}

/// `TRANSFERMOVIL_ETECSA,TRANSFERENCIA,card,phone,`.
pub(super) fn transfermovil(input: &Input<'_>) -> Option<Payload> {
    let rest = input
        .text
        .strip_prefix("TRANSFERMOVIL_ETECSA,TRANSFERENCIA,")?;
    let mut parts = rest.split(',').map(str::trim);
    let (card, phone) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let mut slip = Slip::new(input, TRANSFERMOVIL, "CUP");
    slip.account(card, 16, checks::luhn);
    slip.require(
        phone.is_empty() || checks::is_digits(phone) && phone.len() == 8,
        "malformed",
    );
    Some(slip.done())
}

/// Documents in JSON, told by the keys they have.
pub(super) fn json(input: &Input<'_>) -> Option<Payload> {
    // Most documents in codes are something else: the keys are looked for before all is taken apart.
    let has = |key: &str| input.text.contains(key);
    let is_codi = has("\"TYP\"") && (has("\"CRY\"") || has("\"ic\"") || has("\"IC\""));
    let is_cuban = has("\"numero_proveedor\"") && has("\"id_transaccion\"");
    let is_turkish = has("\"ettn\"") && has("\"vkntckn\"");
    if !is_codi && !is_cuban && !is_turkish {
        return None;
    }
    let document = serde_json::from_str(input.text).ok();
    Some(if is_codi {
        codi(input, document)
    } else if is_cuban {
        cuban(input, document)
    } else {
        receipts::turkish(input, document)
    })
}

/// The request is encrypted: who asks, and the number of the request, are all that can be read.
fn codi(input: &Input<'_>, document: Option<Value>) -> Payload {
    let mut slip = Slip::new(input, CODI, "MXN");
    slip.require(document.is_some(), "malformed");
    let document = document.unwrap_or_default();
    let inner = |key, inner| {
        member(&document, key)
            .and_then(|v| word(v, inner))
            .unwrap_or_default()
    };
    let device = inner("v", "DEV");
    let request = inner("ic", "IDC");
    slip.0.fields.payee = some(&device);
    slip.reference(&[&request]);
    slip.require(!device.is_empty(), "bad-account");
    let whole =
        word(&document, "TYP").is_some() && word(&document, "CRY").is_some() && !request.is_empty();
    slip.require(whole, "truncated");
    slip.done()
}

/// What a Cuban shop shows: the amount, the currency and the number of the shop.
fn cuban(input: &Input<'_>, document: Option<Value>) -> Payload {
    let mut slip = Slip::new(input, TRANSFERMOVIL, "CUP");
    slip.require(document.is_some(), "malformed");
    let document = document.unwrap_or_default();
    let get = |key| word(&document, key).unwrap_or_default();
    let (shop, amount, currency) = (get("numero_proveedor"), get("importe"), get("moneda"));
    slip.require(!shop.is_empty(), "bad-account");
    slip.0.fields.payee = some(&shop);
    slip.amount(&amount, money(&amount));
    if !currency.is_empty() {
        slip.currency(&currency);
    }
    slip.reference(&[&get("id_transaccion")]);
    slip.done()
}

/// A token in base64, and the bank that understands it: `...==?bank=BANCO`.
pub(super) fn suiche(input: &Input<'_>) -> Option<Payload> {
    let (token, bank) = input.text.split_once("?bank=")?;
    let is_token = token.len() >= 16 && token.len() % 4 == 0 && base64::decode(token).is_some();
    let is_bank =
        !bank.is_empty() && bank.len() <= 40 && bank.bytes().all(|b| b.is_ascii_graphic());
    if !is_token || !is_bank {
        return None;
    }
    let mut slip = Slip::new(input, SUICHE, "VES");
    slip.reference(&[token]);
    Some(slip.done())
}

/// The member `key` of `document`, letter case aside.
fn member<'a>(document: &'a Value, key: &str) -> Option<&'a Value> {
    let members = document.as_object()?;
    members
        .iter()
        .find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

/// The text or number under `key`.
pub(super) fn word(document: &Value, key: &str) -> Option<String> {
    match member(document, key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};

    fn fields(text: &str, scheme: &str) -> [Option<String>; 4] {
        let fields = expect(text, scheme, &[]).fields;
        [
            fields.payee,
            fields.payee_name,
            fields.amount,
            fields.reference,
        ]
    }

    fn of(values: [&str; 4]) -> [Option<String>; 4] {
        values.map(super::some)
    }

    #[test]
    fn swish_codes() {
        let read_as = |text: &str| fields(text, "swish-qr");
        assert_eq!(
            read_as("C1231231231;99,50;Bulle;6"),
            of(["1231231231", "", "99.50", "Bulle"])
        );
        assert_eq!(read_as("A46701740605;;;0"), of(["46701740605", "", "", ""]));
        expect("B1231231231;ten;;0", "swish-qr", &["bad-amount"]);
        expect("B1231231231;10;;9", "swish-qr", &["malformed"]);
        let link = "swish://payment?data=%7B%22version%22%3A1%2C%22payee%22%3A%7B%22value%22%3A%221231231231%22%7D%2C\
            %22amount%22%3A%7B%22value%22%3A20%7D%7D";
        assert_eq!(fields(link, "swish-link"), of(["1231231231", "", "20", ""]));
        expect(
            "swish://payment?data=x",
            "swish-link",
            &["malformed", "bad-account"],
        );
    }

    #[test]
    fn codes_of_apps() {
        let momo = "2|99|0912345678|LAN|lan@a.example|0|0|50000|trua";
        assert_eq!(
            fields(momo, "momo-vn"),
            of(["0912345678", "LAN", "50000", "trua"])
        );
        assert_eq!(
            fields("2|99|0912345678|||0|0|0", "momo-vn"),
            of(["0912345678", "", "", ""])
        );
        expect(&momo.replace("0912", "912"), "momo-vn", &["bad-account"]);
        let zelle =
            "https://enroll.zellepay.com/qr-codes?data=eyJ0b2tlbiI6ImFAYi5jIiwibmFtZSI6IkFubiJ9";
        assert_eq!(fields(zelle, "zelle"), of(["a@b.c", "Ann", "", ""]));
        expect(
            "https://enroll.zellepay.com/qr-codes?data=e30",
            "zelle",
            &["bad-account"],
        );
        expect(
            "https://enroll.zellepay.com/qr-codes?data=!",
            "zelle",
            &["malformed", "bad-account"],
        );
        let token = "T3VyT3duVG9rZW4hISEh";
        assert_eq!(
            fields(&format!("{token}?bank=B"), "venezuela-suiche7b"),
            of(["", "", "", token])
        );
        assert!(read(&format!("{token}x?bank=B")).is_none());
    }

    #[test]
    fn cuban_codes() {
        let card = "TRANSFERMOVIL_ETECSA,TRANSFERENCIA,9204959800000004,51234567,";
        expect(card, "cuba-transfermovil", &[]);
        expect(
            &card.replace("0004", "0007"),
            "cuba-transfermovil",
            &["bad-account", "bad-checksum"],
        );
        expect(
            &card.replace("0004", ""),
            "cuba-transfermovil",
            &["bad-account"],
        );
        let shop = r#"{"id_transaccion":"7","importe":12.5,"moneda":"CUP","numero_proveedor":4455,"version":1}"#;
        assert_eq!(
            fields(shop, "cuba-transfermovil"),
            of(["4455", "", "12.5", "7"])
        );
        expect(
            &shop.replace("12.5", "-1"),
            "cuba-transfermovil",
            &["bad-amount"],
        );
        expect(
            &shop.replace('}', ""),
            "cuba-transfermovil",
            &["malformed", "bad-account"],
        );
    }

    #[test]
    fn mexican_codes() {
        let code = r#"{"TYP":20,"v":{"DEV":"0012/0"},"ic":{"IDC":"Q1","SER":1,"ENC":"eA=="},"CRY":"eQ=="}"#;
        assert_eq!(fields(code, "codi"), of(["0012/0", "", "", "Q1"]));
        expect(
            &code.replace(",\"CRY\":\"eQ==\"", ""),
            "codi",
            &["truncated"],
        );
        expect(&code.replace("DEV", "dev"), "codi", &[]);
        expect(
            &code.replace("20", "[20"),
            "codi",
            &["malformed", "bad-account", "truncated"],
        );
    }
}
