//! Bytes → text. A QR code may declare a charset, and real ones do so wrongly or not at all, so the
//! bytes decide: UTF-8 where they are valid UTF-8, else what a payment slip says of itself, else GBK or
//! Shift-JIS where the pairs look like writing, else Latin-1. Nothing is replaced or dropped: the last resort has a character for each byte.

use encoding_rs::{
    Encoding, GBK, ISO_8859_2, ISO_8859_4, ISO_8859_5, ISO_8859_7, ISO_8859_10, ISO_8859_15,
    KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
};

use super::lines;

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
        Err(_) => lines::unfolded(bytes)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .or_else(|| {
                declared(bytes)?
                    .decode_without_bom_handling_and_without_replacement(bytes)
                    .map(Into::into)
            })
            .unwrap_or_else(|| legacy(bytes)),
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

/// The charset that a payment slip is written in: by its format (UPN QR: ISO 8859-2; HUB-3A in practice),
/// by its head (GOST R 56042-2014 section 4) or by its third line (EPC069-12 section 3; the National Bank of
/// Ukraine numbers its charsets otherwise).
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let head = lines.next()?;
    match head {
        b"UPNQR" => Some(ISO_8859_2),
        b"HRVHUB30" => Some(WINDOWS_1250),
        b"BCD" => match (lines.nth(1)?, lines.next()?) {
            (b"2", b"UCT" | b"ICT" | b"XCT") => Some(WINDOWS_1251),
            (b"2", _) => Some(WINDOWS_1252),
            (b"3", _) => Some(ISO_8859_2),
            (b"4", _) => Some(ISO_8859_4),
            (b"5", _) => Some(ISO_8859_5),
            (b"6", _) => Some(ISO_8859_7),
            (b"7", _) => Some(ISO_8859_10),
            (b"8", _) => Some(ISO_8859_15),
            _ => None,
        },
        _ if head.starts_with(b"ST00011") => Some(WINDOWS_1251),
        _ if head.starts_with(b"ST00013") => Some(KOI8_R),
        _ => None,
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
    fn slips_say_their_charset() {
        for (head, charset, text) in [
            ("ST00011|Name=", WINDOWS_1251, "ООО Ромашка"),
            ("ST00013|Name=", KOI8_R, "ООО Ромашка"),
            ("UPNQR\n", ISO_8859_2, "Škofja Loka, Čopova"),
            ("HRVHUB30\r\n", WINDOWS_1250, "Šibenik, Žrnovo"),
            ("BCD\r\n001\r\n2\r\nSCT\r\n", WINDOWS_1252, "Müller"),
            ("BCD\n001\n3\nSCT\n", ISO_8859_2, "Łódź"),
            ("BCD\n001\n4\nSCT\n", ISO_8859_4, "Šņģ"),
            ("BCD\n001\n5\nSCT\n", ISO_8859_5, "София"),
            ("BCD\n001\n6\nSCT\n", ISO_8859_7, "Αθήνα"),
            ("BCD\n001\n7\nSCT\n", ISO_8859_10, "Þórður"),
            ("BCD\n001\n8\nSCT\n", ISO_8859_15, "Œuvre à 5 €"),
            ("BCD\n002\n2\nUCT\n", WINDOWS_1251, "Київ"),
        ] {
            let whole = format!("{head}{text}");
            let (bytes, _, unmappable) = charset.encode(&whole);
            assert!(!unmappable, "{whole}");
            assert_eq!(decode(&bytes).text, whole);
            assert_eq!(decode(whole.as_bytes()).text, whole, "UTF-8 all the same");
        }
        // 0xD2 is nothing in ISO 8859-7: each byte stays.
        assert!(decode(b"BCD\n001\n6\nSCT\n\xd2").text.ends_with('Ò'));
        assert!(decode(b"BCD\n\xd2").text.ends_with('Ò'));
    }

    #[test]
    fn lines_may_be_folded_within_a_letter() {
        let whole = "BEGIN:VCARD\r\nFN:张伟\r\nEND:VCARD";
        for at in 15..20 {
            for fold in ["\r\n ", "\n\t", "\r "] {
                let folded = [
                    &whole.as_bytes()[..at],
                    fold.as_bytes(),
                    &whole.as_bytes()[at..],
                ];
                let text = decode(&folded.concat()).text;
                // What is UTF-8 stays as it is.
                let is_apart = !whole.is_char_boundary(at);
                assert_eq!(text == whole, is_apart, "{text:?}");
            }
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
