//! Solana: addresses, and the requests of Solana Pay.

use url::Url;

use super::super::input::{Input, Uri, decode, origin};
use super::super::{Payload, amount};
use super::base58::{self, BITCOIN};
use super::forms::{Chain, Verdict, chain, own};
use super::{body, settle, text, tokens};

/// An address has no checksum: one that stands alone is told by its length and its mix of letters.
pub(super) static ADDRESS: Chain = chain(
    "solana-pay",
    "SOL",
    &[],
    &[
        own(&[""], (43, 44), &BITCOIN, mixed).alone(),
        own(&[""], (32, 44), &BITCOIN, address).in_uri(),
    ],
);

/// A transfer request, or the link to a page that makes the transaction.
pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(ADDRESS.scheme);
    let rest = input.text.split_once(':').map_or("", |(_, rest)| rest);
    if rest
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("http"))
    {
        // The specification asks for escapes only where the link has a query of its own.
        let link = if rest.contains("://") {
            rest.to_owned()
        } else {
            decode(rest)
        };
        let safe = Url::parse(origin(&link)).is_ok_and(|url| url.scheme() == "https");
        payload.fields.target = Some(link);
        let verdict = if safe {
            Verdict::Right
        } else {
            Verdict::Wrong("malformed")
        };
        return settle(payload, verdict);
    }
    let token = uri.get_some("spl-token");
    let fields = &mut payload.fields;
    fields.payee = body(uri);
    fields.payee_name = uri.get("label").and_then(text);
    // More places than the coin has make the whole request void.
    let places = match &token {
        None => 9,
        Some(mint) => tokens::known(mint).map_or(usize::MAX, |(_, places)| places as usize),
    };
    fields.amount = uri
        .get("amount")
        .and_then(|amount| amount::precise(amount, places));
    fields.currency = match &token {
        None => Some("SOL".into()),
        Some(mint) => tokens::known(mint).map(|(symbol, _)| symbol.to_owned()),
    };
    fields.reference = uri.get_some("reference").or_else(|| uri.get_some("memo"));
    let verdict = match fields.payee.as_deref() {
        None => Verdict::Wrong("truncated"),
        Some(payee) => address(payee),
    };
    if token.is_some_and(|mint| address(&mint) != Verdict::Right) {
        payload.flags.push("bad-account");
    }
    let references = uri.query.iter().filter(|(key, _)| *key == "reference");
    // More of them are in no code that somebody means.
    if references
        .take(16)
        .any(|(_, key)| address(key) != Verdict::Right)
    {
        payload.flags.push("bad-reference");
    }
    if uri.get("amount").is_some() && payload.fields.amount.is_none() {
        payload.flags.push("bad-amount");
    }
    if uri.repeats(&["amount", "spl-token", "label", "message", "memo"]) {
        payload.flags.push("duplicate-param");
    }
    settle(payload, verdict)
}

/// A key of Ed25519.
fn address(text: &str) -> Verdict {
    Verdict::shape(base58::decode(&BITCOIN, text).is_some_and(|key| key.len() == 32))
}

fn mixed(text: &str) -> Verdict {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    let mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    if mixed {
        address(text)
    } else {
        Verdict::Wrong("bad-account")
    }
}
