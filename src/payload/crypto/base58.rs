//! Base58Check: base 58 in Bitcoin's alphabet, and four bytes of a double SHA-256 at the end.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// No address is longer, and decoding takes time in the square of the length.
const LONGEST: usize = 64;

/// The data in front of the checksum, where `text` is Base58 and the checksum is right.
pub(super) fn check(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let (data, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let hash = Sha256::digest(Sha256::digest(data));
    hash.starts_with(checksum).then(|| data.to_vec())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    // Base 256, the least significant digit first.
    let mut number: Vec<u8> = Vec::with_capacity(LONGEST);
    for letter in text.bytes() {
        let mut carry = ALPHABET.iter().position(|a| *a == letter)?;
        for digit in &mut number {
            carry += usize::from(*digit) * 58;
            *digit = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            number.push(carry as u8);
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    number.resize(number.len() + zeros, 0);
    number.reverse();
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        assert_eq!(decode("11"), Some(vec![0, 0]));
        assert_eq!(decode("5Q"), Some(vec![255]));
        assert_eq!(decode("5R"), Some(vec![1, 0]));
        assert_eq!(decode("0OIl"), None);
        assert_eq!(decode(&"z".repeat(65)), None);
        assert_eq!(check("1"), None);
    }
}
