//! Monero: its own Base58, in blocks, and a Keccak-256 at the end.

use super::base58::BITCOIN;
use super::forms::{Chain, Verdict, chain, own};
use super::keccak;

/// A plain address, one of a sub-account, and one with a payment id in it.
pub(super) static CHAIN: Chain = chain(
    "monero",
    "XMR",
    &["monero"],
    &[
        own(&["4", "8"], (95, 95), &BITCOIN, address).told(),
        own(&["4"], (106, 106), &BITCOIN, address).told(),
        own(&["5", "7", "9", "A", "B"], (95, 106), &BITCOIN, address),
    ],
)
.parts(12);

/// Letters and bytes of a whole block, and of the last one.
const BLOCK: (usize, usize) = (11, 8);
const LAST: (usize, usize) = (7, 5);

/// `cryptonote_config.h`: plain, integrated and sub-addresses of the main, test and stage networks.
const NETWORKS: &[u8] = &[18, 19, 42, 53, 54, 63, 24, 25, 36];

const PAYMENT_ID: usize = 8;

fn address(text: &str) -> Verdict {
    Verdict::checksum(bytes(text).is_some_and(|bytes| {
        let (data, sum) = bytes.split_at(bytes.len().saturating_sub(4));
        let network = data.first().copied().unwrap_or_default();
        let integrated = matches!(network, 19 | 54 | 25);
        let size = 1 + 32 + 32 + if integrated { PAYMENT_ID } else { 0 };
        NETWORKS.contains(&network)
            && data.len() == size
            && keccak::keccak_256(data).is_some_and(|hash| hash.starts_with(sum))
    }))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() > 106 {
        return None;
    }
    let mut bytes = Vec::new();
    for letters in text.as_bytes().chunks(BLOCK.0) {
        let size = match letters.len() {
            n if n == BLOCK.0 => BLOCK.1,
            n if n == LAST.0 => LAST.1,
            _ => return None,
        };
        let number = letters.iter().try_fold(0u128, |sum, letter| {
            Some(sum * 58 + u128::from(BITCOIN.value(*letter)?))
        })?;
        if number >> (8 * size) != 0 {
            return None;
        }
        bytes.extend(number.to_be_bytes().iter().skip(16 - size));
    }
    Some(bytes)
}
