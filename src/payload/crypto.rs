//! Crypto coins: payment URIs and bare addresses of Bitcoin, Ethereum and Tron, and Lightning.
//!
//! An address carries its own checksum, so a misread one is told from a real one.

mod base58;
mod bech32;
mod keccak;

use self::bech32::Variant;
use super::input::{Input, Uri};
use super::schemes::Scheme;
use super::{Payload, amount};

const BITCOIN_URI: Scheme = Scheme::named("bitcoin-uri");
const BITCOIN: Scheme = Scheme::named("bitcoin-address");
const EIP681: Scheme = Scheme::named("ethereum-eip681");
const EVM: Scheme = Scheme::named("evm-address");
const TRON: Scheme = Scheme::named("tron-address");
const BOLT11: Scheme = Scheme::named("lightning-bolt11");
const LNURL: Scheme = Scheme::named("lightning-lnurl");

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref();
    match uri.map(|uri| uri.url.scheme()) {
        Some("bitcoin") => uri.map(|uri| bitcoin(input, uri)),
        Some("ethereum") => uri.and_then(|uri| ethereum(input, uri)),
        Some("tron") => uri.and_then(|uri| tron(input, uri.url.path())),
        Some("lightning") => lightning(input, input.after("lightning:")?),
        Some(_) => None,
        None => bare(input),
    }
}

/// An address that stands alone. Without a URI scheme only a right checksum tells it from other text.
fn bare(input: &Input<'_>) -> Option<Payload> {
    let text = input.text;
    if is_evm(text) {
        let mut payload = input.payload(EVM);
        payload.valid = evm_checksum(text);
        payload.fields.payee = Some(text.to_owned());
        return Some(payload);
    }
    if bitcoin_checksum(text) == Some(true) {
        let mut payload = input.payload(BITCOIN);
        payload.valid = Some(true);
        payload.fields.payee = Some(text.to_owned());
        payload.fields.currency = Some("BTC".into());
        return Some(payload);
    }
    tron(input, text)
        .filter(|payload| payload.valid == Some(true))
        .or_else(|| lightning(input, text))
}

/// BIP-21, with the empty path and `bc=` of BIP-321.
fn bitcoin(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(BITCOIN_URI);
    let fields = &mut payload.fields;
    fields.payee = Some(uri.url.path().trim_start_matches('/').to_owned())
        .filter(|address| !address.is_empty())
        .or_else(|| uri.get_some("bc"))
        .or_else(|| uri.get_some("lightning"));
    fields.payee_name = uri.get_some("label").map(|label| label.replace('+', " "));
    fields.amount = uri.get("amount").and_then(amount::plain);
    fields.currency = Some("BTC".into());

    match fields
        .payee
        .as_deref()
        .map(|address| (bitcoin_checksum(address), address))
    {
        None => payload.flags.push("truncated"),
        Some((Some(true), _)) => {}
        Some((_, invoice)) if lightning_invoice(invoice).is_some() => {}
        Some(_) => payload.flags.push("bad-checksum"),
    }
    if uri.repeats(&["amount", "label", "message", "bc"]) {
        payload.flags.push("duplicate-param");
    }
    if uri.get_some("amount").is_some() && payload.fields.amount.is_none() {
        payload.flags.push("bad-amount");
    }
    // BIP-21: a `req-` parameter that is not understood makes the whole URI invalid.
    if uri.query.iter().any(|(key, _)| key.starts_with("req-")) {
        payload.flags.push("unknown-requirement");
    }
    payload.valid = Some(payload.flags.is_empty());
    payload
}

/// Base58Check with a version byte of the main or test network, or a segregated-witness address
/// (BIP-173: version 0 with Bech32; BIP-350: later ones with Bech32m). `None` where it is neither.
fn bitcoin_checksum(address: &str) -> Option<bool> {
    if let Some(found) = bech32::decode(address) {
        let known = matches!(found.prefix.as_str(), "bc" | "tb" | "bcrt");
        let expected = match found.data.first() {
            Some(0) => Variant::Bech32,
            _ => Variant::Bech32m,
        };
        return known.then_some(found.variant == expected && address.len() <= 90);
    }
    let version = *base58::check(address)?.first()?;
    Some(matches!(version, 0x00 | 0x05 | 0x6f | 0xc4))
}

/// ERC-681: `ethereum:[pay-]ADDRESS[@CHAIN][/FUNCTION][?...]`. A `transfer` pays its `address` argument
/// in tokens of the contract that stands in front.
fn ethereum(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let path = uri.url.path();
    let path = path.strip_prefix("pay-").unwrap_or(path);
    let (target, function) = path.split_once('/').unwrap_or((path, ""));
    let target = target.split('@').next().filter(|t| !t.is_empty())?;
    let mut payload = input.payload(EIP681);
    let fields = &mut payload.fields;
    if function == "transfer" {
        fields.payee = uri.get_some("address");
        fields.reference = Some(target.to_owned());
    } else {
        fields.payee = Some(target.to_owned());
        fields.amount = uri.get("value").and_then(|wei| amount::scaled(wei, -18));
        fields.currency = Some("ETH".into());
    }
    payload.valid = match fields.payee.as_deref() {
        Some(address) if is_evm(address) => evm_checksum(address),
        Some(name) if name.to_ascii_lowercase().ends_with(".eth") => None,
        _ => Some(false),
    };
    Some(payload)
}

/// 0x and 40 hexadecimal digits.
fn is_evm(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    digits.is_some_and(|d| d.len() == 40 && d.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// EIP-55: a letter is a capital where the digit of the hash of the address at its place is 8 or more.
/// An address in one letter case carries no checksum.
fn evm_checksum(address: &str) -> Option<bool> {
    let digits = address.get(2..)?;
    let lower = digits.to_ascii_lowercase();
    if digits == lower || digits == digits.to_ascii_uppercase() {
        return Some(true);
    }
    let hash = keccak::keccak_256(lower.as_bytes())?;
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let right = |(digit, nibble): (u8, u8)| {
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8)
    };
    Some(digits.bytes().zip(nibbles).all(right))
}

/// Base58Check with the version byte 0x41, which makes every address begin with T.
fn tron(input: &Input<'_>, address: &str) -> Option<Payload> {
    if !address.starts_with('T') {
        return None;
    }
    let mut payload = input.payload(TRON);
    payload.valid = Some(base58::check(address).is_some_and(|data| data.first() == Some(&0x41)));
    payload.fields.payee = Some(address.to_owned());
    payload.fields.currency = Some("TRX".into());
    Some(payload)
}

/// BOLT 11 invoices and LNURL (LUD-01). Bech32 has no length limit there.
fn lightning(input: &Input<'_>, text: &str) -> Option<Payload> {
    let found = bech32::decode(text).filter(|found| found.variant == Variant::Bech32)?;
    if found.prefix == "lnurl" {
        let mut payload = input.payload(LNURL);
        payload.fields.target = Some(String::from_utf8(bech32::bytes(&found.data)?).ok()?);
        payload.valid = Some(true);
        return Some(payload);
    }
    let (amount, payment_hash) = lightning_invoice(text)?;
    let mut payload = input.payload(BOLT11);
    payload.fields.amount = amount;
    payload.fields.currency = Some("BTC".into());
    payload.fields.reference = Some(payment_hash);
    payload.valid = Some(true);
    Some(payload)
}

/// The amount of a BOLT 11 invoice in bitcoin, and what tells it from others: the end of its data,
/// which is a signature over the rest.
fn lightning_invoice(text: &str) -> Option<(Option<String>, String)> {
    let found = bech32::decode(text).filter(|found| found.variant == Variant::Bech32)?;
    let network = ["lnbcrt", "lntbs", "lnbc", "lntb"];
    let amount = network.iter().find_map(|n| found.prefix.strip_prefix(n))?;
    let multiplier = |c| {
        [('m', -3), ('u', -6), ('n', -9), ('p', -12)]
            .iter()
            .find(|(u, _)| *u == c)
            .map(|(_, p)| *p)
    };
    let amount = match amount.chars().last().and_then(multiplier) {
        Some(power) => amount::scaled(&amount[..amount.len() - 1], power),
        None => amount::plain(amount),
    };
    let tail: String = text
        .chars()
        .rev()
        .take(24)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    Some((amount, tail.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_uris() {
        for (text, scheme, payee, amount, valid) in [
            // The first block's address, and the first example of BIP-173.
            (
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=0.5&label=Satoshi",
                "bitcoin-uri",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                Some("0.5"),
                Some(true),
            ),
            (
                "BITCOIN:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4?AMOUNT=1",
                "bitcoin-uri",
                "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
                Some("1"),
                Some(true),
            ),
            (
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
                "bitcoin-uri",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
                None,
                Some(false),
            ),
            (
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?req-x=1",
                "bitcoin-uri",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                None,
                Some(false),
            ),
            (
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "bitcoin-address",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                None,
                Some(true),
            ),
            (
                "ethereum:0x00000000219ab540356cbb839cbe05303d7705fa@1?value=3.2e19",
                "ethereum-eip681",
                "0x00000000219ab540356cbb839cbe05303d7705fa",
                Some("32"),
                Some(true),
            ),
            (
                "ethereum:0x00000000219ab540356cBB839Cbe05303d7705Fa",
                "ethereum-eip681",
                "0x00000000219ab540356cBB839Cbe05303d7705Fa",
                None,
                Some(true),
            ),
            (
                "ethereum:0xdac17f958d2ee523a2206206994597c13d831ec7/transfer?address=0x00000000219ab540356cbb839cbe05303d7705fa&uint256=1",
                "ethereum-eip681",
                "0x00000000219ab540356cbb839cbe05303d7705fa",
                None,
                Some(true),
            ),
            (
                "ethereum:nonsense",
                "ethereum-eip681",
                "nonsense",
                None,
                Some(false),
            ),
            (
                "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
                "tron-address",
                "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
                None,
                Some(true),
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.scheme, scheme, "{text}");
            assert_eq!(payload.fields.payee.as_deref(), Some(payee), "{text}");
            assert_eq!(payload.fields.amount.as_deref(), amount, "{text}");
            assert_eq!(payload.valid, valid, "{text}");
        }
    }

    #[test]
    fn other_words_are_no_addresses() {
        for text in [
            "Tomorrow",
            "0x1234",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qqqq",
            "hello",
            "",
        ] {
            assert!(parse(&Input::new(text)).is_none(), "{text}");
        }
    }
}
