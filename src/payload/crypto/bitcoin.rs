//! Bitcoin: its addresses, and payment URIs (BIP-21, BIP-321).

use super::super::input::{Input, Uri, strip_prefix_ignore_case};
use super::super::{Payload, amount};
use super::bech32::{self, Variant};
use super::forms::{Chain, Verdict, base58, chain, own, segwit};
use super::{alphabet, also_fetched, body, lightning, settle, text};

/// `m`, `n` and `2` are of the test networks. Silent payments are BIP-352.
pub(super) static ADDRESS: Chain = chain(
    "bitcoin-address",
    "BTC",
    &[],
    &[
        base58(&["1"], &[0x00]).told(),
        base58(&["3"], &[0x05]).told(),
        base58(&["m", "n"], &[0x6f]),
        base58(&["2"], &[0xc4]),
        segwit(&["bc1", "tb1", "bcrt1"]),
        own(
            &["sp1", "SP1", "tsp1", "TSP1"],
            (100, 1023),
            &bech32::LETTERS,
            silent,
        )
        .told(),
    ],
);

static REQUEST: Chain = chain("bitcoin-uri", "BTC", &["bitcoin"], ADDRESS.forms);

/// The parameters that BIP-321 names as required ones that a wallet may know.
const REQUIRED: &[&str] = &["req-pop"];

/// The ways to pay that BIP-321 has in the query, the most usual first.
const WAYS: &[&str] = &["bc", "tb", "bcrt", "sp", "tsp"];

pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(REQUEST.scheme);
    let given = |key: &str| uri.get_some(key);
    let address = body(uri).or_else(|| WAYS.iter().find_map(|key| given(key)));
    let invoice = given("lightning").map(|text| (lightning::token(&text), text));
    let offer = given("lno").map(|text| (lightning::token(&text), text));

    let fields = &mut payload.fields;
    fields.payee_name = uri.get("label").and_then(text);
    fields.amount = uri.get("amount").and_then(coins);
    fields.currency = Some("BTC".into());
    let mut verdict = match &address {
        Some(address) => REQUEST.verdict(address),
        None if invoice.is_some() || offer.is_some() => Verdict::Right,
        None => Verdict::Wrong("truncated"),
    };
    // So many ways to pay are in no code that somebody means.
    let is_way = |key: &str| WAYS.iter().any(|way| way.eq_ignore_ascii_case(key));
    let in_query = uri.query.iter().filter(|(key, _)| is_way(key)).take(16);
    for (_, other) in in_query {
        verdict = worse(verdict, REQUEST.verdict(other));
    }
    for (token, text) in [&invoice, &offer].into_iter().flatten() {
        verdict = worse(
            verdict,
            token
                .as_ref()
                .map_or(Verdict::Wrong("bad-checksum"), |t| t.verdict),
        );
        if fields.amount.is_none() && uri.get_some("amount").is_none() {
            fields.amount = token.as_ref().and_then(|t| t.fields.amount.clone());
        }
        if address.is_none() && fields.payee.is_none() {
            fields.payee = Some(text.clone());
        }
        if fields.reference.is_none() {
            fields.reference = token.as_ref().and_then(|t| t.fields.reference.clone());
        }
    }
    if address.is_some() {
        fields.payee = address;
    }

    // A wallet pays the one that it likes best.
    for (key, other) in uri.query.iter() {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is_way(key) {
            payload.also(other);
        } else if (is("lightning") || is("lno")) && payload.fields.payee.as_deref() != Some(other) {
            payload.also_to(other);
        }
    }
    also_fetched(&mut payload, uri);
    if uri.repeats(&["amount", "label", "message", "lightning", "pj"]) {
        payload.flags.push("duplicate-param");
    }
    if uri.get_some("amount").is_some() && uri.get("amount").and_then(coins).is_none() {
        payload.flags.push("bad-amount");
    }
    // A `req-` parameter that is not understood makes the whole URI invalid.
    if demands(uri, REQUIRED) {
        payload.flags.push("unknown-requirement");
    }
    settle(payload, verdict)
}

/// BIP-21: the digits in front of the point may be left out. What is less than a satoshi cannot be paid.
fn coins(text: &str) -> Option<String> {
    let text = text.trim();
    let written = match text.strip_prefix('.') {
        Some(part) => &format!("0.{part}"),
        None => text,
    };
    amount::precise(written, 8)
}

/// BIP-352: a version and two public keys; a later version may say more.
fn silent(address: &str) -> Verdict {
    const KEYS: usize = 66;
    let found = bech32::decode(address).filter(|found| found.variant == Variant::Bech32m);
    Verdict::checksum(found.is_some_and(|found| {
        let keys = found
            .data
            .get(1..)
            .and_then(|keys| alphabet::bytes(keys, 5));
        keys.is_some_and(|keys| keys.len() >= KEYS)
    }))
}

/// Whether a parameter must be understood that is not one of `known` (BIP-21 `req-`).
pub(super) fn demands(uri: &Uri, known: &[&str]) -> bool {
    let known = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
    let is_demand = |key: &str| strip_prefix_ignore_case(key, "req-").is_some();
    uri.query
        .iter()
        .any(|(key, _)| is_demand(key) && !known(key))
}

fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Wrong(_), _) => one,
        (_, Verdict::Wrong(_)) => other,
        _ => one,
    }
}
