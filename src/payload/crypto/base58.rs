//! Base 58, and Base58Check: four bytes of a double SHA-256 at the end.

use sha2::{Digest, Sha256};

use super::alphabet::Alphabet;

/// Bitcoin's letters, which nearly all chains have.
pub(super) static BITCOIN: Alphabet =
    Alphabet::new(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

/// The letters of the XRP Ledger (XRPL, "base58 Encodings").
pub(super) static RIPPLE: Alphabet =
    Alphabet::new(b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz");

/// An extended private key (BIP-32) has 111 letters, and decoding takes time in the square of them.
const LONGEST: usize = 128;

/// The letters whose number fits a digit of the sum.
const AT_ONCE: usize = 5;

/// The data in front of the checksum, where `text` is Base58 and the checksum is right.
pub(super) fn check(text: &str) -> Option<Vec<u8>> {
    check_in(&BITCOIN, text)
}

pub(super) fn check_in(alphabet: &Alphabet, text: &str) -> Option<Vec<u8>> {
    let mut bytes = decode(alphabet, text)?;
    let end = bytes.len().checked_sub(4)?;
    let hash = Sha256::digest(Sha256::digest(&bytes[..end]));
    let right = hash.starts_with(&bytes[end..]);
    bytes.truncate(end);
    right.then_some(bytes)
}

/// The bytes of `text`; a first letter of the alphabet that leads is a byte of zero.
pub(super) fn decode(alphabet: &Alphabet, text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    // Base 2^32, the least significant digit first.
    let mut number: Vec<u32> = Vec::with_capacity(LONGEST / AT_ONCE);
    for letters in text.as_bytes().chunks(AT_ONCE) {
        let (mut carry, mut scale) = (0, 1);
        for letter in letters {
            carry = carry * 58 + u64::from(alphabet.value(*letter)?);
            scale *= 58;
        }
        for digit in &mut number {
            carry += u64::from(*digit) * scale;
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            number.push(carry as u32);
        }
    }
    let zeros = text
        .bytes()
        .take_while(|letter| alphabet.value(*letter) == Some(0));
    let mut bytes = vec![0; zeros.count()];
    let big_endian = number.iter().rev().flat_map(|digit| digit.to_be_bytes());
    bytes.extend(big_endian.skip_while(|byte| *byte == 0));
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        let decode = |text: &str| decode(&BITCOIN, text);
        assert_eq!(decode("11"), Some(vec![0, 0]));
        assert_eq!(decode("5Q"), Some(vec![255]));
        assert_eq!(decode("5R"), Some(vec![1, 0]));
        // The examples of draft-msporny-base58.
        assert_eq!(decode("2NEpo7TZRRrLZSi2U").unwrap(), b"Hello World!");
        assert_eq!(decode("11233QC4").unwrap(), [0, 0, 0x28, 0x7f, 0xb4, 0xcd]);
        assert_eq!(decode("0OIl"), None);
        assert_eq!(decode(&"z".repeat(LONGEST + 1)), None);
        assert_eq!(check("1"), None);
        assert!(check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").is_some());
        assert_eq!(check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), None);
        // The account of zeros, which the XRP Ledger documents as ACCOUNT_ZERO.
        let zero = check_in(&RIPPLE, "rrrrrrrrrrrrrrrrrrrrrhoLvTp").unwrap();
        assert_eq!(zero, [0; 21]);
    }
}
