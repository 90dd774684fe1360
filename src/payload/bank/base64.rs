//! Base64 in either alphabet (RFC 4648 sections 4 and 5), padded or not: links carry both.

/// The bytes of `text`; `None` where it has another letter.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // A single letter of a group is no byte.
    (held < 6).then_some(bytes)
}

/// The same, where it is text.
pub(super) fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (text, bytes) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9v", Some("foo")),
            ("Zm9vYg", Some("foob")),
            ("Z", None),
            ("Zm9v Yg", None),
        ] {
            assert_eq!(decode_text(text).as_deref(), bytes, "{text}");
        }
        assert_eq!(decode("+/-_"), Some(vec![0xfb, 0xff, 0xbf]));
        assert_eq!(decode_text("/w"), None);
    }
}
