//! Dots between the labels of a host, and what people write for them.

/// A dot, or what stands for one.
pub(super) struct Dot {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it is written in another way.
    pub(super) disguised: bool,
}

/// How else a dot is written between two labels.
#[rustfmt::skip]
const DOTS: &[&str] = &[
    "[.]", "(.)", "{.}", "(dot)", "[dot]", " dot ", " ponto ", " punto ", "点", "點", "。", "·", "．",
    "•", "｡", " . ", "[点]", "(点)", "{dot}", "{点}", " [.] ", " (.) ", " {.} ", " [dot] ", " (dot) ",
    " {dot} ", " 点 ", " • ", " · ",
];

/// The first dot from `from` on.
pub(super) fn next(text: &str, from: usize) -> Option<Dot> {
    let bytes = text.as_bytes().get(from..)?;
    let begins = |at: usize, b: u8| match b {
        b'.' | b'[' | b'(' | b'{' | b' ' => true,
        // ·, •, 。, 点, 點, ． and ｡.
        0xc2 | 0xe2 | 0xe3 | 0xe7 | 0xe9 | 0xef => matches!(
            (b, bytes.get(at + 1)),
            (0xc2, Some(0xb7))
                | (0xe2 | 0xe3, Some(0x80))
                | (0xe7, Some(0x82))
                | (0xe9, Some(0xbb))
                | (0xef, Some(0xbc | 0xbd))
        ),
        _ => false,
    };
    let signs = bytes.iter().enumerate().filter(|(at, b)| begins(*at, **b));
    signs
        .map(|(place, _)| from + place)
        .find_map(|place| at(text, place))
}

/// The dot that begins at `start`.
pub(super) fn at(text: &str, start: usize) -> Option<Dot> {
    let here = text.get(start..)?;
    let bytes = here.as_bytes();
    let (len, disguised) = match (bytes.first()?, bytes.get(1)) {
        (b'.', _) => (1, false),
        // Most spaces and brackets are no dots.
        (b' ', Some(b'd' | b'D' | b'p' | b'P' | b'.' | b'[' | b'(' | b'{' | 0x80..))
        | (b'[' | b'(' | b'{', Some(b'.' | b'd' | b'D' | 0x80..))
        | (0x80.., _) => {
            let is = |dot: &&&str| {
                here.get(..dot.len())
                    .is_some_and(|h| h.eq_ignore_ascii_case(dot))
            };
            (DOTS.iter().find(is)?.len(), true)
        }
        _ => return None,
    };
    Some(Dot {
        start,
        end: start + len,
        disguised,
    })
}
