//! Bank transfers and the payment slips of single countries, as far as they are no EMVCo codes; and the
//! receipts and invoices that are printed beside them.
//!
//! A format is asked only where the text begins as it must, or the link is of its scheme or host. What
//! claims to be of a format and breaks its rules is still reported as that, with a flag that says why.

mod apps;
mod bysquare;
mod epc;
mod invoices;
mod lines;
mod pairs;
mod receipts;
mod registers;
mod russia;
mod slips;
mod spayd;
mod swiss;
mod uris;

use self::lines::Lines;
use super::amount::money;
use super::input::Input;
use super::schemes::Scheme;
use super::{Payload, checks, iban, raise};

type Reader = fn(&Input<'_>) -> Option<Payload>;

/// Links by their host, under whatever scheme.
const HOSTS: &[(&str, Reader)] = &[
    ("bank.gov.ua", epc::nbu_link),
    ("catalogo-vpfe.dian.gov.co", invoices::dian_link),
    ("enroll.zellepay.com", apps::zelle),
    ("qr.bank.gov.ua", epc::nbu_link),
    ("qr.nspk.ru", russia::sbp),
    ("suf.purs.gov.rs", invoices::serbian),
    ("www.bank.gov.ua", epc::nbu_link),
];

/// Links by their scheme.
const SCHEMES: &[(&str, Reader)] = &[
    ("bank", uris::bezahlcode),
    ("bbps", uris::bbps),
    ("payto", uris::payto),
    ("swish", apps::swish_link),
    ("twqrp", uris::twqrp),
];

/// Texts by how they begin.
const BEGINNINGS: &[(&str, Reader)] = &[
    ("000", bysquare::read),
    ("01,", invoices::chinese),
    ("040", bysquare::read),
    ("080", bysquare::read),
    ("2|99|", apps::momo),
    ("A:", receipts::portuguese),
    ("AQ", receipts::saudi),
    ("BCD", epc::bcd),
    ("HCT", epc::mnb),
    ("HRVHUB30", slips::hub3),
    ("K:", slips::nbs),
    ("RTP", epc::mnb),
    ("SID*", spayd::invoice),
    ("SPC", swiss::read),
    ("SPD*", spayd::payment),
    ("ST0001", russia::gost),
    ("TRANSFERMOVIL", apps::transfermovil),
    ("UPNQR", slips::upn),
    ("V0;", registers::german),
    ("_R1-", registers::austrian),
    ("eyJ", receipts::indian),
    ("t=", receipts::russian),
    ("{", apps::json),
];

/// Texts whose shape alone says what they are.
const SHAPES: &[Reader] = &[
    slips::zbp,
    apps::swish,
    apps::suiche,
    invoices::colombian,
    receipts::brazilian_sat,
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if let Some(uri) = &input.uri {
        let host = HOSTS.iter().find(|(h, _)| uri.host.eq_ignore_ascii_case(h));
        let scheme = || SCHEMES.iter().find(|(s, _)| uri.url.scheme() == *s);
        if let Some((_, read)) = host.or_else(scheme) {
            return read(input);
        }
        if uri.is_web() {
            return receipts::brazilian_link(input);
        }
    }
    BEGINNINGS
        .iter()
        .find(|(begin, _)| input.text.starts_with(begin))
        .and_then(|(_, read)| read(input))
        .or_else(|| SHAPES.iter().find_map(|read| read(input)))
}

/// A payload in the making, whose every fault is a flag.
struct Slip(Payload);

impl Slip {
    fn new(input: &Input<'_>, scheme: Scheme, currency: &str) -> Self {
        let mut payload = input.payload(scheme);
        payload.fields.currency = some(currency);
        Self(payload)
    }

    /// Raises `flag` unless the rule `holds`.
    fn require(&mut self, holds: bool, flag: &'static str) {
        if !holds {
            raise(&mut self.0.flags, flag);
        }
    }

    fn currency(&mut self, text: &str) {
        let is_code = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
        self.require(is_code, "malformed");
        self.0.fields.currency = some(text);
    }

    fn name(&mut self, text: &str) {
        self.0.fields.payee_name = some(text);
    }

    /// The payee is an international account.
    fn iban(&mut self, text: &str) {
        let account = iban::normal(text);
        self.require(iban::holds(&account), "bad-iban");
        self.0.fields.payee = some(&account);
    }

    /// The payee may take it at this international account as well.
    fn also_iban(&mut self, text: &str) {
        self.0.also(&iban::normal(text));
    }

    /// Where `lines` end in two ways, some readers see others.
    fn lines(&mut self, lines: &Lines<'_>) {
        if lines.are_mixed() {
            self.require(false, "malformed");
            self.0.also_unknown();
        }
    }

    /// The payee is an international account of `country`.
    fn iban_of(&mut self, country: &str, text: &str) {
        self.iban(text);
        let account = self.0.fields.payee.as_deref();
        let at_home = account.is_some_and(|account| account.starts_with(country));
        self.require(at_home, "bad-iban");
    }

    /// The payee is an account of `length` digits, whose check digits hold by `check`.
    fn account(&mut self, text: &str, length: usize, check: impl Fn(&str) -> bool) {
        if text.len() != length || !checks::is_digits(text) {
            self.require(false, "bad-account");
        } else if !check(text) {
            self.require(false, "bad-account");
            self.require(false, "bad-checksum");
        }
        self.0.fields.payee = some(text);
    }

    /// The amount, `written` so and `read` as that; one that is not written is for the payer to say.
    fn amount(&mut self, written: &str, read: Option<String>) {
        self.require(written.trim().is_empty() || read.is_some(), "bad-amount");
        self.0.fields.amount = read;
    }

    /// The first of `texts` that says something.
    fn reference(&mut self, texts: &[&str]) {
        self.0.fields.reference = texts.iter().find_map(|text| some(text));
    }

    /// What claims to be a creditor reference (ISO 11649) must be one.
    fn creditor_reference(&mut self, text: &str) {
        let claims = text.get(..2).is_some_and(|h| h.eq_ignore_ascii_case("RF"));
        let holds = !claims || checks::creditor_reference(text);
        self.require(holds, "bad-reference");
    }

    /// Valid is what has no fault.
    fn done(mut self) -> Payload {
        self.0.valid = Some(self.0.flags.is_empty());
        self.0
    }
}

/// `text` without the white space around it, where something is left.
fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Money with nine digits before the point, the most that a transfer takes.
fn nine_digits(text: &str) -> Option<String> {
    let whole = text.trim().split('.').next().unwrap_or_default();
    money(text).filter(|_| whole.len() <= 9)
}

/// The same with a decimal comma.
fn comma_money(text: &str) -> Option<String> {
    money(&text.replacen(',', ".", 1))
}

/// An amount on a document that asks for nothing: what is taken back is below zero.
fn signed(text: &str, read: fn(&str) -> Option<String>) -> Option<String> {
    match text.trim().strip_prefix('-') {
        Some(digits) => read(digits).map(|digits| format!("-{digits}")),
        None => read(text),
    }
}

/// Whether the amount `text` is more than nothing.
fn is_positive(text: &str) -> bool {
    text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

/// A bank identifier code (ISO 9362), or none.
fn is_bic_or_empty(text: &str) -> bool {
    matches!(text.len(), 0 | 8 | 11) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` is read as: scheme, validity, flags.
    pub(super) fn read(text: &str) -> Option<Payload> {
        parse(&Input::new(text))
    }

    /// Checks that `text` is read as `scheme` with exactly `flags`.
    pub(super) fn expect(text: &str, scheme: &str, flags: &[&str]) -> Payload {
        let payload = read(text).unwrap_or_else(|| panic!("not read: {text}"));
        assert_eq!(payload.scheme, scheme, "{text}");
        assert_eq!(payload.flags, flags, "{text}");
        payload
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            "BCD",
            "BCD\nhello",
            "BCDEF",
            "SPC is a company",
            "SPD*",
            "SID*hello",
            "HCT receptors\nare\nproteins",
            "RTP",
            "K: that is fine",
            "K:PR",
            "A: yes\nB: no",
            "AQ is a bank",
            "UPNQRX",
            "ST0001",
            "01,02,03",
            "01,hello",
            "2|99|bottles",
            "t=5",
            "{}",
            "{\"a\":1}",
            "eyJhbGciOiJub25lIn0",
            "A12;b",
            "A1234567;100",
            "B12345678;one;two;three",
            "|PL|",
            "1|PL|3",
            "0000000000000000000000000000000000000000",
            "000ABCDEFGHIJKLMNOPQRSTUVABCDEFGHIJKLMNOPQRSTUV",
            "what about this?bank=1",
            "https://bank.gov.ua/ua/news",
            "https://enroll.zellepay.com/",
            "https://qr.nspk.ru/",
            "https://www.gov.br/pt-br?p=1",
            "https://example.com/?p=1",
            "swish://open",
            "bank://hello",
            "4006381333931",
        ] {
            let payload = read(text);
            assert!(payload.is_none(), "{text}: {payload:?}");
        }
    }

    #[test]
    fn hostile_texts_end() {
        let begins = BEGINNINGS.iter().map(|(begin, _)| *begin);
        let schemes = [
            "payto://iban/",
            "twqrp://",
            "bank://singlepayment?",
            "bbps://x?",
        ];
        for begin in begins
            .chain(schemes)
            .chain(["|PL|", "A1234567;", "NumFac:"])
        {
            for filling in [
                "\n", "|", "*", ",", "0", "A", "\u{e9}", "{", "[", ":", "&a=", "%", "=",
            ] {
                let text = format!("{begin}{}", filling.repeat(2000));
                let payload = read(&text);
                assert!(
                    payload.is_none_or(|p| p.valid != Some(true)),
                    "{begin}{filling}"
                );
            }
        }
    }
}
