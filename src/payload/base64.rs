//! Base 64 (RFC 4648 sections 4 and 5), of either alphabet, with or without the signs that fill it up.

use super::alphabet::{BASE64_EITHER, loose_bytes};

/// The bytes that `text` stands for.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let values = BASE64_EITHER.values(text.trim_end_matches('='))?;
    // One sign that is left over holds less than a byte.
    (values.len() % 4 != 1).then(|| loose_bytes(&values, 6))
}

/// The same, where it is text.
pub(super) fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded() {
        for (text, bytes) in [
            // RFC 4648 section 10.
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zm8", Some(b"fo")),
            ("Zm9vYmFy", Some(b"foobar")),
            ("-_-_", Some(b"\xfb\xff\xbf")),
            ("+/+/", Some(b"\xfb\xff\xbf")),
            ("Z", None),
            ("Zm 9", None),
            ("Zm=9", None),
            ("ｚｚ", None),
        ] {
            assert_eq!(decode(text).as_deref(), bytes, "{text}");
        }
        assert_eq!(decode_text("w6k").as_deref(), Some("é"));
        assert_eq!(decode_text("_w"), None);
    }
}
