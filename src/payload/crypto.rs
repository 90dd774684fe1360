//! Crypto coins: requests to pay in a URI, and bare addresses, Lightning, and private keys.
//!
//! Most addresses carry a checksum, so a misread one is told from a real one. How those of a chain are
//! written is a row of data (`forms`); a chain whose requests have rules of their own has a module.

mod base58;
mod bech32;
mod bitcoin;
mod blake2b;
mod bolt12;
mod cardano;
mod cosmos;
mod ethereum;
mod forks;
mod forms;
mod keccak;
mod lightning;
mod monero;
mod others;
pub(in crate::payload) mod secrets;
mod solana;
mod stellar;
mod tokens;
mod ton;
mod xrp;
mod zcash;

use std::collections::HashMap;
use std::sync::LazyLock;

use self::forms::{Chain, Form, Verdict};
pub(crate) use self::ton::account as ton_account;
use super::alphabet;
use super::input::{Input, Uri, decode};
use super::{Payload, amount};

/// The chains in the order in which they are asked about a bare address. The first that it is right for
/// has it.
static CHAINS: &[&Chain] = &[
    &secrets::CHAIN,
    &bitcoin::ADDRESS,
    &ethereum::ADDRESS,
    &ton::ADDRESS,
    &monero::CHAIN,
    &cardano::ADDRESS,
    &zcash::ADDRESS,
    &xrp::CHAIN,
    &stellar::ADDRESS,
];

/// More of them, in tables.
static TABLES: &[&[Chain]] = &[others::CHAINS, forks::CHAINS, cosmos::CHAINS];

/// The last ones: their addresses have no checksum.
static VAGUE: &[&Chain] = &[&solana::ADDRESS, &ethereum::ENS];

fn chains() -> impl Iterator<Item = &'static Chain> {
    let first = CHAINS.iter().copied();
    let last = VAGUE.iter().copied();
    first.chain(TABLES.iter().copied().flatten()).chain(last)
}

/// The forms that an address may have by its first byte, so that other texts are refused at once.
static BY_FIRST: LazyLock<Vec<Vec<(&Chain, &Form)>>> = LazyLock::new(|| {
    let forms = || chains().flat_map(|chain| chain.forms.iter().map(move |form| (chain, form)));
    (0..=u8::MAX)
        .map(|first| forms().filter(|(_, form)| form.may_begin(first)).collect())
        .collect()
});

static BY_URI: LazyLock<HashMap<&str, &Chain>> = LazyLock::new(|| {
    let uris = |chain: &'static Chain| chain.uris.iter().map(move |uri| (*uri, chain));
    chains().flat_map(uris).collect()
});

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    match &input.uri {
        Some(uri) => request(input, uri),
        None => find(input, true)
            .or_else(|| phrase(input))
            .or_else(|| lightning::marked(input))
            .or_else(|| stellar::bare(input)),
    }
}

/// An address or a token of Lightning that stands in a line of other words.
pub(in crate::payload) fn bare(input: &Input<'_>) -> Option<Payload> {
    find(input, false)
}

fn request(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let scheme = uri.url.scheme();
    match scheme {
        "http" | "https" => lightning::fallback(input, uri),
        "bitcoin" => Some(bitcoin::request(input, uri)),
        "lightning" | "lnurl" | "lnurlp" | "lnurlw" | "lnurlc" | "keyauth" => {
            lightning::uri(input, uri)
        }
        "ethereum" => Some(ethereum::request(input, uri)),
        "solana" | "solana-action" => Some(solana::request(input, uri)),
        "ton" => ton::request(input, uri),
        "cardano" | "web+cardano" => Some(cardano::request(input, uri)),
        "web+stellar" => Some(stellar::request(input, uri)),
        "zcash" => Some(zcash::request(input, uri)),
        _ => BY_URI
            .get(scheme)
            .and_then(|chain| pay(input, uri, chain))
            .or_else(|| ethereum::other(input, uri)),
    }
}

/// A request as most chains have it, after BIP-21: an address, and parameters that have a few names.
fn pay(input: &Input<'_>, uri: &Uri, chain: &Chain) -> Option<Payload> {
    /// Some of the schemes are words: what follows them is no address, but the page of another app.
    const SHORTEST: usize = 20;
    const AMOUNT: &[&str] = &["amount", "tx_amount", "value"];
    const NAME: &[&str] = &["label", "recipient_name", "name"];
    const REFERENCE: &[&str] = &["dt", "tx_payment_id", "memo", "note"];
    const TOKEN: &[&str] = &["token", "contract", "asset"];

    let first = |keys: &[&str]| keys.iter().find_map(|key| uri.get_some(key));
    let whole = body(uri).unwrap_or_default();
    // Monero has several payments parted by semicolons.
    let address = whole.split(';').next().unwrap_or_default();
    let form = chain.form(address);
    let given = first(AMOUNT);
    if address.len() < SHORTEST && given.is_none() && (form.is_none() || address.is_empty()) {
        return None;
    }
    let mut payload = input.payload(chain.scheme);
    let token = first(TOKEN);
    let (coin, unit) = match &token {
        None => (Some(chain.coin.to_owned()), Some(chain.unit)),
        // Whoever counts in small units does so with tokens too; how small is known of few.
        Some(token) if chain.unit != 0 => (
            tokens::symbol(token),
            tokens::known(token).map(|(_, places)| -places),
        ),
        Some(token) => (tokens::symbol(token), Some(0)),
    };
    let named = |address: &str| match chain.form(address).and_then(Form::prefix) {
        Some(prefix) => format!("{prefix}:{}", address.to_ascii_lowercase()),
        None => address.to_owned(),
    };
    payload.fields.payee = Some(named(address)).filter(|_| !address.is_empty());
    for other in whole.split(';').skip(1) {
        payload.also(&named(other.trim()));
    }
    also_fetched(&mut payload, uri);
    let fields = &mut payload.fields;
    fields.payee_name = first(NAME).as_deref().and_then(text);
    fields.currency = coin.filter(|coin| !coin.is_empty());
    fields.amount = given
        .as_deref()
        .map(|amount| amount.split(';').next().unwrap_or_default())
        .zip(unit)
        .and_then(|(amount, unit)| match unit {
            0 => amount::precise(amount, chain.places),
            unit => amount::units(amount, -unit),
        });
    fields.reference = first(REFERENCE);
    if given.is_some() && unit.is_some() && fields.amount.is_none() {
        payload.flags.push("bad-amount");
    }
    if uri
        .get_some("dt")
        .is_some_and(|tag| tag.parse::<u32>().is_err())
    {
        payload.flags.push("bad-reference");
    }
    if [AMOUNT, NAME, REFERENCE]
        .iter()
        .any(|keys| uri.repeats(keys))
    {
        payload.flags.push("duplicate-param");
    }
    let verdict = match address {
        "" => Verdict::Wrong("truncated"),
        _ => chain.verdict(address),
    };
    Some(settle(payload, verdict))
}

/// The requests that a wallet asks for by a link, and pays in place of what the code says (BIP-72, BIP-78).
fn also_fetched(payload: &mut Payload, uri: &Uri) {
    let is = |key: &str| ["r", "pj"].iter().any(|k| key.eq_ignore_ascii_case(k));
    for (_, link) in uri.query.iter().filter(|(key, _)| is(key)) {
        payload.also_to(link);
    }
}

/// An address that stands alone. `whole`: it is all that a code holds.
fn find(input: &Input<'_>, whole: bool) -> Option<Payload> {
    /// The fewest letters of an address, names of ENS aside, and the most.
    const LETTERS: std::ops::RangeInclusive<usize> = 14..=512;
    let text = input.text;
    if lightning::begins(text) {
        return lightning::bare(input);
    }
    let spelled = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b':')
    };
    let is_name = || ends_with_ignore_case(text, ".eth");
    if !(LETTERS.contains(&text.len()) || is_name()) || !text.bytes().all(spelled) {
        return None;
    }
    let first = text.bytes().next().map(usize::from)?;
    let mut spoilt = None;
    for (chain, form) in BY_FIRST.get(first)? {
        match form.bare(text, whole) {
            None => {}
            Some(verdict @ Verdict::Wrong(_)) => spoilt = spoilt.or(Some((chain, verdict))),
            Some(verdict) => return Some(address(input, chain, verdict)),
        }
    }
    spoilt.map(|(chain, verdict)| address(input, chain, verdict))
}

fn address(input: &Input<'_>, chain: &Chain, verdict: Verdict) -> Payload {
    if chain.scheme == secrets::SCHEME {
        return secret(input, verdict);
    }
    let mut payload = input.payload(chain.scheme);
    payload.fields.payee = Some(input.text.to_owned());
    payload.fields.currency = Some(chain.coin.to_owned()).filter(|coin| !coin.is_empty());
    settle(payload, verdict)
}

fn phrase(input: &Input<'_>) -> Option<Payload> {
    secrets::phrase(input.text).map(|verdict| secret(input, verdict))
}

fn secret(input: &Input<'_>, verdict: Verdict) -> Payload {
    let mut payload = settle(input.payload(secrets::SCHEME), verdict);
    payload.flags.push("secret");
    payload
}

fn ends_with_ignore_case(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What `uri` has between its scheme and its parameters, without the slashes that some write there.
fn body(uri: &Uri) -> Option<String> {
    let (_, rest) = uri.url.as_str().split_once(':')?;
    let body = rest.split(['?', '#']).next()?.trim_matches('/');
    Some(decode(body).trim().to_owned()).filter(|body| !body.is_empty())
}

/// A text that a form has written: a plus is a space.
fn text(given: &str) -> Option<String> {
    Some(given.replace('+', " ")).filter(|text| !text.trim().is_empty())
}

/// `payload` with what is known of its account.
fn settle(mut payload: Payload, verdict: Verdict) -> Payload {
    if let Verdict::Wrong(flag) = verdict
        && !payload.flags.contains(&flag)
    {
        payload.flags.push(flag);
    }
    payload.valid = match verdict {
        _ if !payload.flags.is_empty() => Some(false),
        Verdict::Unknown => None,
        _ => Some(true),
    };
    payload
}

#[cfg(test)]
mod tests;
