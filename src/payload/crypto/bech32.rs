//! Bech32 and Bech32m (BIP-173, BIP-350), and the longer checksum of the same build that Bitcoin Cash
//! and Kaspa have (`CashAddr`).

use super::alphabet::{self, Alphabet};

pub(super) static LETTERS: Alphabet = Alphabet::new(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l");

/// Which constant the checksum was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    Bech32,
    Bech32m,
}

/// A text whose checksum is right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bech32 {
    /// What stands before the last `1`, lower case.
    pub(super) prefix: String,
    /// Groups of five bits, without the checksum.
    pub(super) data: Vec<u8>,
    pub(super) variant: Variant,
}

impl Bech32 {
    /// The data as bytes.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        alphabet::bytes(&self.data, 5)
    }
}

/// `text` in small letters, where it is in one letter case.
pub(super) fn lower(text: &str) -> Option<String> {
    let mixed = text.bytes().any(|b| b.is_ascii_lowercase())
        && text.bytes().any(|b| b.is_ascii_uppercase());
    (!mixed).then(|| text.to_ascii_lowercase())
}

/// Reads `text`; `None` where it is in mixed case, has another alphabet or a wrong checksum.
pub(super) fn decode(text: &str) -> Option<Bech32> {
    let lower = lower(text)?;
    let (prefix, data) = lower.rsplit_once('1')?;
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let mut data = LETTERS.values(data)?;
    let end = data.len().checked_sub(6)?;
    let high = prefix.bytes().map(|b| b >> 5);
    let low = prefix.bytes().map(|b| b & 31);
    let variant = match checksum(high.chain([0]).chain(low).chain(data.iter().copied())) {
        1 => Variant::Bech32,
        0x2bc8_30a3 => Variant::Bech32m,
        _ => return None,
    };
    data.truncate(end);
    Some(Bech32 {
        prefix: prefix.to_owned(),
        data,
        variant,
    })
}

fn checksum(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    values.fold(1, |sum, value| {
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5)
            .filter(|i| sum >> (25 + i) & 1 == 1)
            .fold(next, |next, i| next ^ GENERATOR[i])
    })
}

/// The bytes of a `CashAddr` without its prefix, the version in front; `None` where the checksum over
/// `prefix` and them is wrong.
pub(super) fn cash(prefix: &str, text: &str) -> Option<Vec<u8>> {
    const GENERATOR: [u64; 5] = [
        0x98_f2bc_8e61,
        0x79_b76d_99e2,
        0xf3_3e5f_b3c4,
        0xae_2eab_e2a8,
        0x1e_4f43_e470,
    ];
    let data = LETTERS.values(&lower(text)?)?;
    let (payload, _) = data.split_at_checked(data.len().checked_sub(8)?)?;
    let low = prefix.bytes().map(|b| b & 31);
    let sum = low
        .chain([0])
        .chain(data.iter().copied())
        .fold(1, |sum: u64, value| {
            let next = (sum & 0x07_ffff_ffff) << 5 ^ u64::from(value);
            (0..5)
                .filter(|i| sum >> (35 + i) & 1 == 1)
                .fold(next, |next, i| next ^ GENERATOR[i])
        });
    alphabet::bytes(payload, 5).filter(|_| sum == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specifications() {
        for (text, expected) in [
            ("A12UEL5L", Some(Variant::Bech32)),
            (
                "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
                Some(Variant::Bech32),
            ),
            ("A1LQFN3A", Some(Variant::Bech32m)),
            ("A12uEL5L", None),
            ("A12UEL5M", None),
            ("1qzzfhee", None),
            ("10a06t8", None),
            ("é1qqqqqq", None),
        ] {
            assert_eq!(decode(text).map(|b| b.variant), expected, "{text}");
        }
        // `CashAddr`, "Examples".
        let cash_address = "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
        assert_eq!(cash("bitcoincash", cash_address).map(|b| b.len()), Some(21));
        assert!(cash("bitcoincash", &cash_address.to_uppercase()).is_some());
        assert_eq!(cash("bchtest", cash_address), None);
        assert_eq!(cash("bitcoincash", "q"), None);
    }
}
