//! The alphabets that bytes are written in, and the bits that their letters stand for.

/// Says which value a letter stands for.
pub(super) struct Alphabet([u8; 256]);

const ABSENT: u8 = u8::MAX;

impl Alphabet {
    /// The letters in the order of their values.
    pub(super) const fn new(letters: &[u8]) -> Self {
        let mut values = [ABSENT; 256];
        let mut i = 0;
        while i < letters.len() {
            values[letters[i] as usize] = i as u8;
            i += 1;
        }
        Self(values)
    }

    /// The same, with `letter` for `value` too.
    const fn and(mut self, letter: u8, value: u8) -> Self {
        self.0[letter as usize] = value;
        self
    }

    /// The value of `letter`, where it is one of the alphabet.
    pub(super) fn value(&self, letter: u8) -> Option<u8> {
        Some(self.0[usize::from(letter)]).filter(|value| *value != ABSENT)
    }

    pub(super) fn values(&self, text: &str) -> Option<Vec<u8>> {
        text.bytes().map(|letter| self.value(letter)).collect()
    }

    /// Whether it tells capitals from small letters.
    pub(super) fn has_cases(&self) -> bool {
        self.value(b'A').is_some() && self.value(b'a').is_some()
    }

    /// Whether `text` has no other letters.
    pub(super) fn spells(&self, text: &str) -> bool {
        text.bytes().all(|letter| self.value(letter).is_some())
    }
}

/// RFC 4648 section 6; also in small letters, as Filecoin writes it.
pub(super) static BASE32: Alphabet = Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
pub(super) static BASE32_SMALL: Alphabet = Alphabet::new(b"abcdefghijklmnopqrstuvwxyz234567");

/// RFC 4648 section 7.
pub(super) static BASE32_HEX: Alphabet = Alphabet::new(b"0123456789ABCDEFGHIJKLMNOPQRSTUV");

/// RFC 4648 sections 4 and 5, and both at once, which is how links are written.
pub(super) static BASE64: Alphabet =
    Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
pub(super) static BASE64_URL: Alphabet =
    Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

pub(super) static BASE64_EITHER: Alphabet =
    Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        .and(b'-', 62)
        .and(b'_', 63);

/// Groups of `width` bits as bytes; `None` where what is left over is more than padding.
pub(super) fn bytes(groups: &[u8], width: u32) -> Option<Vec<u8>> {
    let (bytes, held, bits) = packed(groups, width);
    (held < width && bits == 0).then_some(bytes)
}

/// The same, whatever is left over: not everybody fills up with zeros.
pub(super) fn loose_bytes(groups: &[u8], width: u32) -> Vec<u8> {
    packed(groups, width).0
}

/// The bytes, how many bits are left over, and which.
fn packed(groups: &[u8], width: u32) -> (Vec<u8>, u32, u32) {
    let mut bytes = Vec::with_capacity(groups.len() * width as usize / 8);
    let (mut bits, mut held) = (0u32, 0);
    for group in groups {
        bits = bits << width | u32::from(*group);
        held += width;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bytes, held, bits)
}

/// The bytes that `text` spells in an alphabet of 2^`width` letters.
pub(super) fn decode(alphabet: &Alphabet, width: u32, text: &str) -> Option<Vec<u8>> {
    bytes(&alphabet.values(text)?, width)
}

/// `bytes` in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// Whether `text` is `length` hexadecimal digits.
pub(super) fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_bytes() {
        // RFC 4648 section 10.
        assert_eq!(decode(&BASE32, 5, "MZXW6YTB").unwrap(), b"fooba");
        assert_eq!(decode(&BASE32_SMALL, 5, "mzxw6").unwrap(), b"foo");
        assert_eq!(decode(&BASE64, 6, "Zm9vYmE").unwrap(), b"fooba");
        assert_eq!(decode(&BASE64_URL, 6, "_-8").unwrap(), [0xff, 0xef]);
        assert_eq!(decode(&BASE64, 6, "_-8"), None);
        assert_eq!(decode(&BASE32, 5, "MZXW7"), None, "more than padding");
        assert_eq!(decode(&BASE32, 5, "M"), None, "no whole byte");
        assert_eq!(decode(&BASE32, 5, "é"), None);
        let loose = |text| loose_bytes(&BASE32_HEX.values(text).unwrap(), 5);
        assert_eq!(loose("CPNMUOG"), b"foob");
        assert_eq!(loose("CPNMUOJ1V"), b"fooba", "whatever follows");
        assert_eq!(hex(&[0, 0xaf]), "00af");
        assert!(is_hex("0aF", 3) && !is_hex("0g", 2) && !is_hex("", 1));
    }
}
