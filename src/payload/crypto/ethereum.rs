//! Ethereum and the chains that are built like it: ERC-681 requests and EIP-55 addresses.

use std::borrow::Cow;

use super::super::input::{Input, Uri, strip_prefix_ignore_case};
use super::super::{Payload, amount, checks};
use super::alphabet::{Alphabet, is_hex};
use super::forms::{Chain, Verdict, chain, own};
use super::{body, keccak, settle, text, tokens};

static HEX: Alphabet = Alphabet::new(b"0123456789abcdefABCDEFx");
static NAME: Alphabet = Alphabet::new(b"abcdefghijklmnopqrstuvwxyz0123456789-.");

pub(super) static ADDRESS: Chain = chain(
    "evm-address",
    "",
    &[],
    &[own(&["0x", "0X"], (42, 42), &HEX, address).told()],
);

/// A name of the Ethereum Name Service. What it stands for is on the chain.
pub(super) static ENS: Chain = chain(
    "evm-address",
    "",
    &[],
    &[own(&[""], (7, 64), &NAME, name).alone()],
);

static REQUEST: Chain = chain("ethereum-eip681", "ETH", &["ethereum"], ADDRESS.forms);

/// Chain ids (EIP-155) and the coins that they are paid in; not in the table are those of test networks.
const COINS: &[(&str, &str)] = &[
    ("1", "ETH"),
    ("10", "ETH"),
    ("25", "CRO"),
    ("56", "BNB"),
    ("61", "ETC"),
    ("100", "XDAI"),
    ("137", "POL"),
    ("146", "S"),
    ("250", "FTM"),
    ("324", "ETH"),
    ("8453", "ETH"),
    ("42161", "ETH"),
    ("42220", "CELO"),
    ("43114", "AVAX"),
    ("59144", "ETH"),
    ("534352", "ETH"),
    ("11155111", "ETH"),
];

/// URI schemes of wallets for one of those chains. They are also words, so an address must follow.
const NETWORKS: &[(&str, &str)] = &[
    ("arbitrum", "ETH"),
    ("avalanche", "AVAX"),
    ("base", "ETH"),
    ("binance", "BNB"),
    ("bnb", "BNB"),
    ("bsc", "BNB"),
    ("celo", "CELO"),
    ("classic", "ETC"),
    ("eip155", ""),
    ("ethereumclassic", "ETC"),
    ("optimism", "ETH"),
    ("polygon", "POL"),
    ("smartchain", "BNB"),
];

/// `ethereum:[pay-]ADDRESS[@CHAIN][/FUNCTION][?...]`. A `transfer` pays its `address` argument in tokens
/// of the contract that stands in front; an `approve` lets it take them.
pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(REQUEST.scheme);
    let whole = body(uri).unwrap_or_default();
    let (head, function) = whole.split_once('/').unwrap_or((&whole, ""));
    let (target, chain) = head.split_once('@').unwrap_or((head, "1"));
    let target = without_prefix(target);
    let coin = COINS
        .iter()
        .find(|(id, _)| *id == chain)
        .map(|(_, coin)| (*coin).to_owned());
    let number = |key: &str, places| {
        uri.get_some(key)
            .map(|value| amount::units(&unsigned(&value), places))
    };

    let fields = &mut payload.fields;
    fields.payee_name = uri.get("label").and_then(text);
    let paid = match function {
        "transfer" | "approve" => {
            fields.payee = uri.get_some("address");
            fields.reference = Some(target.to_owned()).filter(|t| !t.is_empty());
            let token = tokens::known(target);
            fields.currency = token.map(|(symbol, _)| symbol.to_owned());
            let raw = number("uint256", 0);
            match token {
                Some((_, places)) => number("uint256", places),
                // How much that is only the contract knows.
                None => raw.filter(Option::is_none),
            }
        }
        _ => {
            fields.payee = Some(target.to_owned()).filter(|t| !t.is_empty());
            fields.currency = coin;
            // Wallets also write `amount`, in whole coins.
            number("value", 18).or_else(|| Some(amount::plain(&uri.get_some("amount")?)))
        }
    };
    if paid == Some(None) {
        payload.flags.push("bad-amount");
    }
    fields.amount = paid.flatten();
    if uri.repeats(&["value", "address", "uint256", "amount"]) {
        payload.flags.push("duplicate-param");
    }
    if !checks::is_digits(chain) {
        payload.flags.push("malformed");
    }
    let verdict = match payload.fields.payee.as_deref() {
        None => Verdict::Wrong("truncated"),
        Some(payee) => match (
            either(payee),
            payload.fields.reference.as_deref().map(either),
        ) {
            (Verdict::Wrong(flag), _) | (_, Some(Verdict::Wrong(flag))) => Verdict::Wrong(flag),
            (verdict, _) => verdict,
        },
    };
    settle(payload, verdict)
}

/// ERC-681, `number`: a plus may stand in front, and the digits before the point may be left out.
fn unsigned(text: &str) -> Cow<'_, str> {
    let text = text.trim_start().strip_prefix('+').unwrap_or(text);
    match text.strip_prefix('.') {
        Some(part) => format!("0.{part}").into(),
        None => text.into(),
    }
}

/// A request in the scheme of a wallet, and an account by CAIP-10 (`eip155:1:0x...`).
pub(super) fn other(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let (_, coin) = NETWORKS
        .iter()
        .find(|(scheme, _)| *scheme == uri.url.scheme())?;
    let whole = body(uri)?;
    let (chain, payee) = whole.rsplit_once(':').unwrap_or(("", &whole));
    let payee = payee.split('@').next().unwrap_or_default();
    if !is_hex(strip_prefix_ignore_case(payee, "0x")?, 40) {
        return None;
    }
    let coin = COINS
        .iter()
        .find(|(id, _)| *id == chain)
        .map_or(*coin, |(_, coin)| *coin);
    let mut payload = input.payload(REQUEST.scheme);
    let fields = &mut payload.fields;
    fields.payee = Some(payee.to_owned());
    fields.amount = uri.get("amount").and_then(amount::plain);
    fields.currency = Some(coin.to_owned()).filter(|coin| !coin.is_empty());
    Some(settle(payload, address(payee)))
}

/// EIP-831: `pay-` or another prefix, which ends before the address.
fn without_prefix(target: &str) -> &str {
    let target = strip_prefix_ignore_case(target, "pay-").unwrap_or(target);
    target.find("-0x").map_or(target, |at| &target[at + 1..])
}

fn either(target: &str) -> Verdict {
    match address(target) {
        Verdict::Wrong("bad-account") => name(target),
        verdict => verdict,
    }
}

/// EIP-55: a letter is a capital where the digit of the hash of the address at its place is 8 or more.
/// An address in one letter case carries no checksum.
fn address(text: &str) -> Verdict {
    let Some(digits) = strip_prefix_ignore_case(text, "0x").filter(|d| is_hex(d, 40)) else {
        return Verdict::Wrong("bad-account");
    };
    let lower = digits.to_ascii_lowercase();
    if digits == lower || digits == digits.to_ascii_uppercase() {
        return Verdict::Right;
    }
    let Some(hash) = keccak::keccak_256(lower.as_bytes()) else {
        return Verdict::Unknown;
    };
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let right = |(digit, nibble): (u8, u8)| {
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8)
    };
    Verdict::checksum(digits.bytes().zip(nibbles).all(right))
}

fn name(text: &str) -> Verdict {
    let text = text.to_ascii_lowercase();
    let label = |label: &str| !label.is_empty() && NAME.spells(label) && !label.starts_with('-');
    let is_name = text
        .strip_suffix(".eth")
        .is_some_and(|name| name.len() >= 3 && name.split('.').all(label));
    if is_name {
        Verdict::Unknown
    } else {
        Verdict::Wrong("bad-account")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_their_checksum() {
        for (text, expected) in [
            // The examples of EIP-55.
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Verdict::Right),
            ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", Verdict::Right),
            ("0x52908400098527886E0F7030069857D2E4169EE7", Verdict::Right),
            ("0xde709f2102306220921060314715629080e2fb77", Verdict::Right),
            (
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
                Verdict::Wrong("bad-checksum"),
            ),
            (
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
                Verdict::Wrong("bad-account"),
            ),
            ("0x", Verdict::Wrong("bad-account")),
        ] {
            assert_eq!(address(text), expected, "{text}");
        }
        for (text, known) in [
            ("our-shop.eth", true),
            ("a.pay.eth", true),
            ("ab.eth", false),
            (".eth", false),
            ("a b c.eth", false),
        ] {
            assert_eq!(name(text) == Verdict::Unknown, known, "{text}");
        }
    }

    /// Contracts that were written down wrong would not keep their checksum.
    #[test]
    fn tokens_are_contracts() {
        for (text, symbol) in [
            ("0xdAC17F958D2ee523a2206206994597C13D831ec7", "USDT"),
            ("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "USDC"),
            ("0x6B175474E89094C44Da98b954EedeAC495271d0F", "DAI"),
            ("0x55d398326f99059fF775485246999027B3197955", "USDT"),
            ("0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d", "USDC"),
            ("0xc2132D05D31c914a87C6611C10748AEb04B58e8F", "USDT"),
            ("0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "USDC"),
            ("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "USDC"),
            ("0xaf88d065e77c8cC2239327C5EDb3A432268e5831", "USDC"),
            ("0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85", "USDC"),
            ("0x94b008aA00579c1307B0EF2c499aD98a8ce58e58", "USDT"),
            ("0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E", "USDC"),
            ("0x9702230A8Ea53601f5cD2dc00fDBc13d4dF4A8c7", "USDT"),
            ("0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599", "WBTC"),
            ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "WETH"),
            ("0x6c3ea9036406852006290770BEdFcAbA0e23A0e8", "PYUSD"),
            ("0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9", "USDT"),
        ] {
            assert_eq!(address(text), Verdict::Right, "{text}");
            assert_eq!(tokens::known(text).unwrap().0, symbol, "{text}");
        }
    }
}
