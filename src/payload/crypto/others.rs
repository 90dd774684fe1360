//! Chains with a way of their own to write addresses. Each is a row, and a function where the checksum
//! is its own too.

use sha2::{Digest, Sha512_256};

use super::super::checks;
use super::alphabet::{self, Alphabet, BASE32, BASE32_SMALL, is_hex};
use super::base58::{self, BITCOIN};
use super::blake2b::blake2b;
use super::forms::{Chain, Verdict, base58 as hashed, cash, chain, own};

const OTHER: &str = "other-chains";

/// Base 32 of Nano, which leaves out what is easily mistaken.
static NANO: Alphabet = Alphabet::new(b"13456789abcdefghijkmnopqrstuwxyz");
static HEX: Alphabet = Alphabet::new(b"0123456789abcdefABCDEFx");
static NAME: Alphabet = Alphabet::new(b"abcdefghijklmnopqrstuvwxyz0123456789-_.");

#[rustfmt::skip]
pub(super) static CHAINS: &[Chain] = &[
    chain("tron-address", "TRX", &["tron", "tronlink"], &[hashed(&["T"], &[0x41]).told()]),
    chain(OTHER, "XNO", &["nano", "xrb"], &[own(&["nano_", "xrb_"], (64, 65), &NANO, nano).told()]).counts(-30),
    chain(OTHER, "BAN", &["ban", "banano"], &[own(&["ban_"], (64, 64), &NANO, nano).told()]).counts(-29),
    chain(OTHER, "ALGO", &["algorand"], &[own(&[""], (58, 58), &BASE32, algorand)]).counts(-6),
    chain(OTHER, "XTZ", &["tezos", "web+tezos"], &[
        hashed(&["tz1"], &[0x06, 0xa1, 0x9f]).told(), hashed(&["tz2"], &[0x06, 0xa1, 0xa1]).told(),
        hashed(&["tz3"], &[0x06, 0xa1, 0xa4]).told(), hashed(&["tz4"], &[0x06, 0xa1, 0xa6]).told(),
        hashed(&["KT1"], &[0x02, 0x5a, 0x79]).told(),
    ]),
    chain(OTHER, "KAS", &["kaspa"], &[cash(&["q", "p"], "kaspa")]),
    chain(OTHER, "KAS", &["kaspatest"], &[cash(&["q", "p"], "kaspatest")]),
    chain(OTHER, "DOT", &["polkadot"], &[own(&["1"], (46, 48), &BITCOIN, ss58)]),
    chain(OTHER, "KSM", &["kusama"], &[own(&["C", "D", "E", "F", "G", "H", "J"], (46, 48), &BITCOIN, ss58)]),
    chain(OTHER, "", &["substrate"], &[own(&["5"], (48, 48), &BITCOIN, ss58), own(&[""], (46, 49), &BITCOIN, ss58).in_uri()]),
    chain(OTHER, "FIL", &["filecoin"], &[
        own(&["f1", "f2"], (41, 41), &BASE32_SMALL, filecoin).told(), own(&["f3"], (86, 86), &BASE32_SMALL, filecoin).told(),
        own(&["f4", "t1", "t2", "t3", "t4"], (41, 86), &BASE32_SMALL, filecoin),
        own(&["f0", "t0"], (3, 22), &NAME, |text| Verdict::shape(checks::is_digits(text.get(2..).unwrap_or_default()))).in_uri(),
    ]),
    chain(OTHER, "SUI", &["sui"], &[own(&["0x", "0X"], (66, 66), &HEX, account).in_uri()]),
    chain(OTHER, "APT", &["aptos"], &[own(&["0x", "0X"], (66, 66), &HEX, account).in_uri()]),
    chain(OTHER, "STRK", &["starknet"], &[own(&["0x", "0X"], (65, 66), &HEX, account).in_uri()]),
    chain(OTHER, "", &[], &[own(&["0x", "0X"], (66, 66), &HEX, account).alone()]),
    chain(OTHER, "NEAR", &["near"], &[own(&[""], (2, 64), &NAME, near).in_uri()]),
    chain(OTHER, "HBAR", &["hedera", "hbar"], &[own(&["0.0."], (5, 24), &NAME, hedera).in_uri()]),
    chain(OTHER, "NEO", &["neo"], &[hashed(&["N"], &[0x35]), hashed(&["A"], &[0x17]).in_uri()]),
];

/// 32 bytes of a key and five of `BLAKE2b`, the last first (Nano, "Account format").
fn nano(text: &str) -> Verdict {
    let account = text.split_once('_').map_or("", |(_, account)| account);
    let right = |account: &str| {
        let (key, sum) = account.split_at_checked(52)?;
        // 52 letters have four bits more than the key.
        let padded = [&[0; 4], NANO.values(key)?.as_slice()].concat();
        let bytes = alphabet::bytes(&padded, 5)?;
        let (lead, key) = bytes.split_at_checked(3)?;
        let mut hash = blake2b::<5>(key)?;
        hash.reverse();
        Some(lead == [0; 3] && alphabet::decode(&NANO, 5, sum)? == hash)
    };
    Verdict::checksum(right(account) == Some(true))
}

/// A key of 32 bytes and the end of its SHA-512/256.
fn algorand(text: &str) -> Verdict {
    let bytes = alphabet::decode(&BASE32, 5, text).filter(|bytes| bytes.len() == 36);
    Verdict::checksum(bytes.is_some_and(|bytes| {
        let (key, sum) = bytes.split_at(32);
        Sha512_256::digest(key).ends_with(sum)
    }))
}

/// SS58: the network, a key of 32 bytes, and two of `BLAKE2b` over `SS58PRE` and both.
fn ss58(text: &str) -> Verdict {
    // `substrate:ADDRESS:GENESIS:NAME`
    let address = text.split(':').next().unwrap_or_default();
    let right = |bytes: &[u8]| {
        let (data, sum) = bytes.split_at_checked(bytes.len().checked_sub(2)?)?;
        let hash = blake2b::<64>(&[b"SS58PRE", data].concat())?;
        Some(matches!(data.len(), 33 | 34) && hash.starts_with(sum))
    };
    let bytes = base58::decode(&BITCOIN, address).unwrap_or_default();
    Verdict::checksum(right(&bytes) == Some(true))
}

/// The protocol as a digit, then Base 32 of the payload and four bytes of `BLAKE2b` over both. An account
/// of another machine (`f410f`) has the number of its manager in front.
fn filecoin(text: &str) -> Verdict {
    let right = |text: &str| {
        let protocol = text.as_bytes().get(1)?.checked_sub(b'0')?;
        let (manager, encoded) = match protocol {
            4 => text.get(2..)?.split_once('f')?,
            _ => ("", text.get(2..).unwrap_or_default()),
        };
        let bytes = alphabet::decode(&BASE32_SMALL, 5, encoded)?;
        let (payload, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        let size = match protocol {
            1 | 2 => payload.len() == 20,
            3 => payload.len() == 48,
            _ => (1..=54).contains(&payload.len()),
        };
        let mut hashed = vec![protocol];
        if protocol == 4 {
            // The one manager there is has the number 10, which one byte of LEB128 holds.
            hashed.push(manager.parse().ok().filter(|number| *number < 0x80)?);
        }
        hashed.extend(payload);
        Some(size && blake2b::<4>(&hashed)? == *sum)
    };
    Verdict::checksum(right(text) == Some(true))
}

fn account(text: &str) -> Verdict {
    let digits = text.get(2..).unwrap_or_default();
    Verdict::shape(is_hex(digits, 64) || is_hex(digits, 63))
}

/// A name, or a key in hexadecimal.
fn near(text: &str) -> Verdict {
    let is_name = [".near", ".tg", ".testnet"]
        .iter()
        .any(|end| text.ends_with(end));
    if is_hex(text, 64) {
        Verdict::Right
    } else if is_name && NAME.spells(text) {
        Verdict::Unknown
    } else {
        Verdict::Wrong("bad-account")
    }
}

/// Shard, realm and number; a checksum of five letters may follow (HIP-15).
fn hedera(text: &str) -> Verdict {
    let (number, sum) = text.split_once('-').unwrap_or((text, "aaaaa"));
    let parts = number
        .split('.')
        .filter(|part| checks::is_digits(part))
        .count();
    let letters = sum.len() == 5 && sum.bytes().all(|b| b.is_ascii_lowercase());
    Verdict::shape(parts == 3 && number.split('.').count() == 3 && letters)
}
