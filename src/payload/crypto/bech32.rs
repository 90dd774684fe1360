//! Bech32 and Bech32m (BIP-173, BIP-350).

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

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

/// Reads `text`; `None` where it is in mixed case, has another alphabet or a wrong checksum.
pub(super) fn decode(text: &str) -> Option<Bech32> {
    let lower = text.to_ascii_lowercase();
    if lower != text && text.to_ascii_uppercase() != text {
        return None;
    }
    let (prefix, data) = lower.rsplit_once('1')?;
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let mut data = data
        .bytes()
        .map(|b| ALPHABET.iter().position(|a| *a == b).map(|at| at as u8))
        .collect::<Option<Vec<u8>>>()?;
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
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        GENERATOR
            .iter()
            .enumerate()
            .filter(|(i, _)| top >> i & 1 == 1)
            .fold(
                (sum & 0x01ff_ffff) << 5 ^ u32::from(value),
                |sum, (_, g)| sum ^ g,
            )
    })
}

/// Groups of five bits as bytes; `None` where what is left over is more than padding.
pub(super) fn bytes(groups: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(groups.len() * 5 / 8);
    let (mut bits, mut held) = (0u32, 0);
    for group in groups {
        bits = bits << 5 | u32::from(*group);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (held < 5 && bits == 0).then_some(bytes)
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
    }

    #[test]
    fn groups_become_bytes() {
        assert_eq!(
            bytes(&[0b01101, 0b00001, 0b01101, 0b00100]),
            None,
            "more than padding"
        );
        assert_eq!(bytes(&[0b01101, 0b00000]), Some(vec![0b0110_1000]));
    }
}
