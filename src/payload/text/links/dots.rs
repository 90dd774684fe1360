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

/// The first dot from `from` on, but for plain ones that no label follows.
pub(super) fn next(text: &str, from: usize) -> Option<Dot> {
    let bytes = text.as_bytes().get(from..)?;
    let begins = |at: usize, b: u8| match b {
        // Most of these end a sentence.
        b'.' => bytes.get(at + 1).is_some_and(|b| super::is_label(*b)),
        b'[' | b'(' | b'{' | b' ' => true,
        0x80.. => is_sign(b, bytes.get(at + 1)),
        _ => false,
    };
    let signs = bytes.iter().enumerate().filter(|(at, b)| begins(*at, **b));
    signs
        .map(|(place, _)| from + place)
        .find_map(|place| at(text, place))
}

/// Whether two bytes begin one of ·, •, 。, 点, 點, ． and ｡.
fn is_sign(first: u8, second: Option<&u8>) -> bool {
    matches!(
        (first, second),
        (0xc2, Some(0xb7))
            | (0xe2 | 0xe3, Some(0x80))
            | (0xe7, Some(0x82))
            | (0xe9, Some(0xbb))
            | (0xef, Some(0xbc | 0xbd))
    )
}

/// The dot that begins at `start`.
pub(super) fn at(text: &str, start: usize) -> Option<Dot> {
    let here = text.get(start..)?;
    let bytes = here.as_bytes();
    // Most spaces, brackets and letters are no dots.
    let behind = |b: u8| is_sign(b, bytes.get(2));
    let (len, disguised) = match (*bytes.first()?, bytes.get(1)) {
        (b'.', _) => (1, false),
        (b' ', Some(b'd' | b'D' | b'p' | b'P' | b'.' | b'[' | b'(' | b'{'))
        | (b'[' | b'(' | b'{', Some(b'.' | b'd' | b'D')) => disguise(here)?,
        (b' ' | b'[' | b'(' | b'{', Some(b)) if behind(*b) => disguise(here)?,
        (first, second) if is_sign(first, second) => disguise(here)?,
        _ => return None,
    };
    Some(Dot {
        start,
        end: start + len,
        disguised,
    })
}

/// The length of what `here` begins with that stands for a dot.
fn disguise(here: &str) -> Option<(usize, bool)> {
    let is = |dot: &&&str| {
        here.get(..dot.len())
            .is_some_and(|h| h.eq_ignore_ascii_case(dot))
    };
    Some((DOTS.iter().find(is)?.len(), true))
}
