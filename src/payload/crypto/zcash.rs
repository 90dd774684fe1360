//! Zcash: addresses, and payment requests (ZIP-321).

use super::super::input::{Input, Uri};
use super::super::{Payload, amount};
use super::alphabet::{self, BASE64_URL};
use super::bech32::Variant::{Bech32, Bech32m};
use super::bitcoin::demands;
use super::forms::{Chain, Verdict, base58, bech32, chain};
use super::{body, settle, text};

/// Transparent (also ZIP-320), Sapling and unified (ZIP-316) addresses.
pub(super) static ADDRESS: Chain = chain(
    "zcash",
    "ZEC",
    &[],
    &[
        base58(&["t1"], &[0x1c, 0xb8]),
        base58(&["t3"], &[0x1c, 0xbd]),
        base58(&["tm"], &[0x1d, 0x25]),
        base58(&["t2"], &[0x1c, 0xba]),
        bech32(&["zs1", "ztestsapling1"], Bech32),
        bech32(&["u1", "utest1"], Bech32m).checked(),
        bech32(&["tex1", "textest1"], Bech32m),
    ],
);

const LONGEST_MEMO: usize = 512;

pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(ADDRESS.scheme);
    // Several payments have numbered parameters: `address.1`.
    let numbered = |name: &str| {
        let find = |(key, value): (&str, &str)| {
            let (key, number) = key.split_once('.').unwrap_or((key, ""));
            let digits = number.bytes().all(|b| b.is_ascii_digit());
            (digits && key.eq_ignore_ascii_case(name)).then(|| value.to_owned())
        };
        uri.query.iter().filter_map(find).collect::<Vec<_>>()
    };
    let addresses: Vec<String> = body(uri).into_iter().chain(numbered("address")).collect();
    let amounts = numbered("amount");
    let memos = numbered("memo");

    let fields = &mut payload.fields;
    fields.payee = addresses.first().cloned();
    fields.payee_name = numbered("label").first().and_then(|label| text(label));
    fields.amount = amounts.first().and_then(|amount| amount::plain(amount));
    fields.currency = Some("ZEC".into());
    fields.reference = memos.first().and_then(|memo| words(memo));
    // More payments are in no code that somebody means.
    let addresses = &addresses[..addresses.len().min(16)];
    let wrong = |address: &String| matches!(ADDRESS.verdict(address), Verdict::Wrong(_));
    let verdict = match addresses.iter().find(|address| wrong(address)) {
        _ if addresses.is_empty() => Verdict::Wrong("truncated"),
        Some(address) => ADDRESS.verdict(address),
        None => Verdict::Right,
    };
    if amounts.iter().any(|amount| amount::plain(amount).is_none()) {
        payload.flags.push("bad-amount");
    }
    // Nobody can read a memo at a transparent address.
    let open = addresses.len() == 1 && addresses.iter().any(|a| a.starts_with('t'));
    let fits = |memo: &String| {
        alphabet::decode(&BASE64_URL, 6, memo).is_some_and(|bytes| bytes.len() <= LONGEST_MEMO)
    };
    if !memos.iter().all(fits) || open && !memos.is_empty() {
        payload.flags.push("malformed");
    }
    if repeats(uri) {
        payload.flags.push("duplicate-param");
    }
    if demands(uri, &[]) {
        payload.flags.push("unknown-requirement");
    }
    settle(payload, verdict)
}

fn words(memo: &str) -> Option<String> {
    let bytes = alphabet::decode(&BASE64_URL, 6, memo)?;
    String::from_utf8(bytes)
        .ok()
        .filter(|words| !words.is_empty())
}

/// Whether a parameter is given twice. Only so many are compared as a code can mean.
fn repeats(uri: &Uri) -> bool {
    const MOST: usize = 64;
    let keys = || uri.query.iter().take(MOST).map(|(key, _)| key);
    keys()
        .enumerate()
        .any(|(i, key)| keys().take(i).any(|other| other == key))
}
