//! BOLT 12: offers (`lno`), requests for an invoice (`lnr`) and invoices (`lni`). Bech32 without a
//! checksum, around a stream of types, lengths and values (BOLT 1).

use std::borrow::Cow;

use super::super::amount;
use super::super::input::strip_prefix_ignore_case;
use super::super::schemes::Scheme;
use super::alphabet::{self, hex};
use super::bech32::{LETTERS, lower};
use super::forms::Verdict;
use super::lightning::Token;

const OFFER: Scheme = Scheme::named("lightning-bolt12");

/// Currencies of ISO 4217 that have no minor unit.
const WHOLE: &[&str] = &[
    "CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF",
];

/// Those of which the minor unit is a thousandth.
const MILS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Of an offer, a request for an invoice and an invoice.
const PREFIXES: [&str; 3] = ["lno1", "lnr1", "lni1"];

/// Types of BOLT 12 that say who is paid and how much.
mod kind {
    pub(super) const CURRENCY: u64 = 6;
    pub(super) const AMOUNT: u64 = 8;
    pub(super) const DESCRIPTION: u64 = 10;
    pub(super) const PATHS: u64 = 16;
    pub(super) const ISSUER: u64 = 18;
    pub(super) const ISSUER_ID: u64 = 22;
    pub(super) const ASKED_AMOUNT: u64 = 82;
    pub(super) const PAYMENT_HASH: u64 = 168;
    pub(super) const INVOICE_AMOUNT: u64 = 170;
    pub(super) const NODE_ID: u64 = 176;
}

pub(super) fn token(text: &str) -> Option<Token> {
    let joined = joined(text);
    let data = PREFIXES
        .iter()
        .find_map(|prefix| strip_prefix_ignore_case(&joined, prefix))?;
    if data.is_empty()
        || !data
            .bytes()
            .all(|b| LETTERS.value(b.to_ascii_lowercase()).is_some())
    {
        return None;
    }
    let is_offer = strip_prefix_ignore_case(&joined, PREFIXES[0]).is_some();
    let fields = lower(&joined)
        .filter(|_| is_well_parted(text))
        .and_then(|joined| alphabet::decode(&LETTERS, 5, joined.get(PREFIXES[0].len()..)?))
        .and_then(|bytes| stream(&bytes))
        .filter(|fields| !is_offer || fields.iter().all(|(kind, _)| is_known(*kind)));
    let Some(fields) = fields else {
        return Some(Token::new(OFFER, Verdict::Wrong("malformed")));
    };
    let find = |kind: u64| {
        fields
            .iter()
            .find(|(k, _)| *k == kind)
            .map(|(_, v)| v.as_slice())
    };
    let words = |kind| find(kind).and_then(|value| String::from_utf8(value.to_vec()).ok());
    let number = |kind| find(kind).and_then(number);

    let payee = find(kind::NODE_ID).or_else(|| find(kind::ISSUER_ID));
    let point = payee.is_none_or(|id| id.len() == 33 && matches!(id[..1], [2 | 3]));
    let named = payee.is_some() || find(kind::PATHS).is_some();
    let described = find(kind::AMOUNT).is_none() || find(kind::DESCRIPTION).is_some();
    let counted = find(kind::CURRENCY).is_none() || find(kind::AMOUNT).is_some();
    let readable = [kind::CURRENCY, kind::DESCRIPTION, kind::ISSUER]
        .iter()
        .all(|kind| find(*kind).is_none_or(|text| std::str::from_utf8(text).is_ok()));
    let right = point && readable && (!is_offer || named && described && counted);
    let flag = if right {
        Verdict::Right
    } else {
        Verdict::Wrong("malformed")
    };

    let mut token = Token::new(OFFER, flag);
    let currency = words(kind::CURRENCY);
    let millisatoshi = number(kind::INVOICE_AMOUNT).or_else(|| number(kind::ASKED_AMOUNT));
    let (minor, power) = match (&currency, millisatoshi) {
        (_, Some(minor)) => (Some(minor), -11),
        (None, None) => (number(kind::AMOUNT), -11),
        (Some(code), None) if WHOLE.contains(&code.as_str()) => (number(kind::AMOUNT), 0),
        (Some(code), None) if MILS.contains(&code.as_str()) => (number(kind::AMOUNT), -3),
        (Some(_), None) => (number(kind::AMOUNT), -2),
    };
    token.fields.amount = minor.and_then(|minor| amount::scaled(&minor.to_string(), power));
    token.fields.currency = currency
        .filter(|_| power != -11)
        .or_else(|| Some("BTC".into()));
    token.fields.payee = payee.map(hex);
    token.fields.payee_name = words(kind::ISSUER);
    token.fields.reference = find(kind::PAYMENT_HASH).map(hex);
    Some(token)
}

/// A long one may be parted by `+` and white space, anywhere.
fn joined(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        text.split('+').map(str::trim).collect::<String>().into()
    } else {
        text.into()
    }
}

/// There must be something on both sides of a `+`, and white space only behind it.
fn is_well_parted(text: &str) -> bool {
    let mut parts = text.split('+');
    let first = parts.next().unwrap_or_default();
    let whole = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    whole(first) && parts.all(|part| whole(part.trim_start()))
}

/// The types of an offer, and others that need not be understood: odd ones, in the ranges of BOLT 12.
fn is_known(kind: u64) -> bool {
    let range = matches!(kind, 1..=79 | 1_000_000_000..=1_999_999_999);
    range && (kind % 2 == 1 || matches!(kind, 2..=22))
}

/// The records of a stream; `None` where one is cut off or their types do not rise.
fn stream(mut rest: &[u8]) -> Option<Vec<(u64, Vec<u8>)>> {
    let mut records: Vec<(u64, Vec<u8>)> = Vec::new();
    while !rest.is_empty() {
        let (kind, length);
        (kind, rest) = big_size(rest)?;
        (length, rest) = big_size(rest)?;
        let (value, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        if records.last().is_some_and(|(last, _)| *last >= kind) {
            return None;
        }
        records.push((kind, value.to_vec()));
        rest = after;
    }
    Some(records)
}

/// BOLT 1 "BigSize": one byte, or a mark and two, four or eight.
fn big_size(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let size = match first {
        0xfd => 2,
        0xfe => 4,
        0xff => 8,
        small => return Some((u64::from(*small), rest)),
    };
    let (value, rest) = rest.split_at_checked(size)?;
    Some((number(value)?, rest))
}

/// A number without leading bytes of zero.
fn number(bytes: &[u8]) -> Option<u64> {
    let sum = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, sum))
}
