//! Bytes → text. A QR code may declare a charset, and real ones do so wrongly or not at all, so the
//! bytes decide: UTF-8 where they are valid UTF-8, else GBK or Shift-JIS where the pairs look like
//! writing, else Latin-1. Nothing is replaced or dropped: the last resort has a character for each byte.

use encoding_rs::{Encoding, GBK, SHIFT_JIS};

/// A text and whether it began with a byte order mark, which is left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) bom: bool,
}

/// Reads `bytes` as text.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => legacy(bytes),
    };
    strip_bom(text)
}

/// Takes the byte order mark off `text`.
pub(super) fn strip_bom(text: String) -> Decoded {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Decoded {
            text: rest.to_owned(),
            bom: true,
        },
        None => Decoded { text, bom: false },
    }
}

/// What a pair of bytes adds to the plausibility of a charset.
type Pair = fn(u8, u8) -> i32;

/// GBK last, which of two that are as plausible is by far the more common.
const CANDIDATES: [(&Encoding, Pair); 2] = [(SHIFT_JIS, shift_jis_pair), (GBK, gbk_pair)];

/// The more plausible of the two double-byte charsets, or Latin-1 where neither is.
fn legacy(bytes: &[u8]) -> String {
    CANDIDATES
        .into_iter()
        .map(|(charset, pair)| (charset, plausibility(bytes, charset == SHIFT_JIS, pair)))
        .filter(|(_, score)| *score > 0)
        // The last of equals is kept.
        .max_by_key(|(_, score)| *score)
        .and_then(|(charset, _)| charset.decode_without_bom_handling_and_without_replacement(bytes))
        .map_or_else(
            || bytes.iter().map(|b| char::from(*b)).collect(),
            Into::into,
        )
}

/// How much the non-ASCII bytes look like writing in a double-byte charset; 0 or less: not at all.
fn plausibility(bytes: &[u8], single_kana: bool, pair: Pair) -> i32 {
    let mut score = 0;
    let mut bytes = bytes.iter().copied();
    while let Some(lead) = bytes.next() {
        if lead.is_ascii() {
            continue;
        }
        if single_kana && (0xa1..=0xdf).contains(&lead) {
            // Half-width kana are rare in codes, and GBK text read as Shift-JIS is full of them.
            score -= 1;
            continue;
        }
        match bytes.next() {
            Some(trail) => score += pair(lead, trail),
            None => return i32::MIN,
        }
    }
    score
}

/// GB 2312 has its common characters (level 1) in rows 0xB0 to 0xD7, sorted by sound; what GBK added
/// around it is rare, and Latin-1 text falls there.
fn gbk_pair(lead: u8, trail: u8) -> i32 {
    match (lead, trail) {
        (0xb0..=0xd7, 0xa1..=0xfe) => 3,
        (0xa1..=0xa3, 0xa1..=0xfe) => 2,
        (0xd8..=0xf7, 0xa1..=0xfe) => 1,
        _ => -3,
    }
}

/// JIS X 0208: kana and punctuation in rows 0x81 to 0x83, common characters (level 1) in 0x88 to 0x97.
fn shift_jis_pair(lead: u8, trail: u8) -> i32 {
    match (lead, trail) {
        (0x82, 0x9f..=0xf1) | (0x83, 0x40..=0x96) => 4,
        (0x81..=0x82, 0x40..=0xfc) => 2,
        (0x88..=0x97, 0x40..=0xfc) => 3,
        (0x98..=0x9f | 0xe0..=0xea, 0x40..=0xfc) => 1,
        _ => -3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_charset_is_found() {
        let (gbk, ..) = GBK.encode("微信收款：张三的小店");
        let (sjis, ..) = SHIFT_JIS.encode("お店のお支払いはこちら");
        let (kanji, ..) = SHIFT_JIS.encode("東京都渋谷区カード決済");
        let cases: &[(&[u8], &str)] = &[
            ("収款 Ünïcode".as_bytes(), "収款 Ünïcode"),
            (&gbk, "微信收款：张三的小店"),
            (&sjis, "お店のお支払いはこちら"),
            (&kanji, "東京都渋谷区カード決済"),
            (b"Caf\xe9 au lait", "Café au lait"),
            (b"M\xfcller & S\xf6hne", "Müller & Söhne"),
            (b"https://a.b/\xff\xfe", "https://a.b/ÿþ"),
            (b"\x80", "\u{80}"),
            (b"", ""),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(bytes).text, *text, "{bytes:x?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_noted_and_left_out() {
        let with = decode(b"\xef\xbb\xbfhttps://a.b");
        assert_eq!((with.text.as_str(), with.bom), ("https://a.b", true));
        assert!(!decode(b"https://a.b").bom);
    }

    #[test]
    fn mixed_and_hostile_bytes_lose_nothing() {
        // GBK that is cut in the middle of a pair, after UTF-8: no charset fits, each byte stays.
        let (gbk, ..) = GBK.encode("收款");
        let mixed = [b"\xe5\xbe\xae ".as_slice(), &gbk[..3]].concat();
        let text = decode(&mixed).text;
        assert!(!text.contains('\u{fffd}'), "{text}");
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&every).text.chars().count(), 256);
    }
}
