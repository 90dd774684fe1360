//! What a link has in it that is not seen, or is seen as something else: marks that turn the direction of
//! writing, letters without width, controls that browsers leave out, full-width letters.

/// Whether `c` is a mark that changes the order of writing (UAX #9 section 2).
fn turns_writing(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// A link with something hidden in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hidden {
    /// What was hidden, as flags.
    pub(super) flags: Vec<&'static str>,
    /// The link without it.
    pub(super) clean: String,
}

/// What is hidden in `text`, which is a link or wants to be one; `None` for nothing.
pub(super) fn find(text: &str) -> Option<Hidden> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return None;
    }
    if !text.contains(hides) {
        return None;
    }
    let (mut unseen, mut control, mut wide) = (false, false, false);
    let mut clean = String::with_capacity(text.len());
    // A link whose scheme is full-width is so throughout.
    let throughout = text.starts_with(is_wide);
    let mut slashes = 0;
    for c in text.chars() {
        if slashes >= 3 && !hides(c) {
            clean.push(c);
            continue;
        }
        let in_host = slashes < 3;
        if is_unseen(c, in_host) {
            unseen = true;
            continue;
        }
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            control = true;
            continue;
        }
        let plain = match c {
            // Behind the scheme it would end the host, and does not.
            '\u{ff0f}' if slashes >= 2 && !throughout => c,
            c if in_host || throughout => narrow(c),
            c => c,
        };
        wide |= plain != c;
        slashes = match plain {
            '/' | '\\' => slashes + 1,
            '?' | '#' => 3,
            _ => slashes,
        };
        clean.push(plain);
    }
    let flags: Vec<_> = [
        (unseen, "bidi-control"),
        (control && !has_prose(text), "control-character"),
        (wide, "full-width"),
    ]
    .into_iter()
    .filter_map(|(is, flag)| is.then_some(flag))
    .collect();
    (!flags.is_empty()).then_some(Hidden { flags, clean })
}

/// Whether `c` may be hidden, or hide another.
fn hides(c: char) -> bool {
    // Most letters of most links, told at once.
    if matches!(c, ' '..='~' | '\u{400}'..='\u{5ff}' | '\u{4e00}'..='\u{d7ff}') {
        return false;
    }
    is_unseen(c, true) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || narrow(c) != c
}

/// Whether `text` may be a link once it is cleaned: it begins with a letter, or with what hides one.
pub(super) fn may_be_link(text: &str) -> bool {
    text.chars().next().is_some_and(|c| {
        c.is_ascii_alphabetic() || is_wide(c) || c.is_control() || is_unseen(c, true)
    })
}

/// Whether a decoded part of a link turns the direction of writing, as in `%E2%80%AEgpj.exe`.
pub(super) fn turns(part: &str) -> bool {
    !part.is_ascii() && part.contains(turns_writing)
}

/// A letter without width, or a mark that turns the direction of writing. Behind the host some of them
/// are part of emoji, and of Persian and Indian words.
fn is_unseen(c: char, in_host: bool) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' | '\u{e0000}'..='\u{e007f}' => in_host,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}' => true,
        c => turns_writing(c),
    }
}

/// The ordinary letter for a full-width one. Such letters are usual in Chinese and Japanese paths; in a
/// host they hide one.
fn narrow(c: char) -> char {
    match c {
        '\u{3002}' | '\u{ff61}' => '.',
        c if is_wide(c) => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{ff01}'..='\u{ff5e}')
}

/// Whether further lines are writing, and not the rest of a link that was broken in two.
fn has_prose(text: &str) -> bool {
    let mut further = text.lines().skip(1);
    further.any(|line| line.contains(|c: char| c == ' ' || c >= '\u{2e80}' && c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_things_are_found() {
        let wide = |text: &str| -> String {
            let widen = |c: char| char::from_u32(c as u32 + 0xfee0).unwrap();
            text.chars().map(widen).collect()
        };
        for (text, flags, clean) in [
            (
                "https://a.example/\u{202e}gpj.exe".to_owned(),
                &["bidi-control"][..],
                "https://a.example/gpj.exe",
            ),
            (
                "\u{202e}https://a.example/x".to_owned(),
                &["bidi-control"],
                "https://a.example/x",
            ),
            (
                "https://a\u{200b}b.example/".to_owned(),
                &["bidi-control"],
                "https://ab.example/",
            ),
            (
                "https://a\u{ad}b.example/\u{feff}".to_owned(),
                &["bidi-control"],
                "https://ab.example/",
            ),
            (
                "https://a\t.exam\nple/\0".to_owned(),
                &["control-character"],
                "https://a.example/",
            ),
            (
                wide("https://a.example/x?y"),
                &["full-width"],
                "https://a.example/x?y",
            ),
            (
                format!("https://{}/", wide("a")),
                &["full-width"],
                "https://a/",
            ),
            (
                "https://a。example/".to_owned(),
                &["full-width"],
                "https://a.example/",
            ),
            (
                "ja\nva\u{200b}script:x".to_owned(),
                &["bidi-control", "control-character"],
                "javascript:x",
            ),
        ] {
            let hidden = find(&text).expect(&text);
            assert_eq!(
                (hidden.flags.as_slice(), hidden.clean.as_str()),
                (flags, clean),
                "{text}"
            );
            assert!(may_be_link(&text), "{text}");
        }
    }

    #[test]
    fn what_is_passed_over_hides_nothing() {
        let passed = (' '..=char::MAX).filter(|c| !hides(*c));
        for c in passed {
            let alone = is_unseen(c, true) || is_unseen(c, false) || c.is_control();
            assert!(!alone && narrow(c) == c, "{c:?}");
        }
    }

    #[test]
    fn ordinary_links_hide_nothing() {
        for text in [
            "https://a.example/x",
            "https://a.example/?q=你好，世界！",
            "https://a.example/👨\u{200d}👩\u{200d}👧",
            "https://bücher.example/straße",
            "https://a.example/x\nCome in, we are open",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert!(!may_be_link("欢迎") && !may_be_link("") && !may_be_link("1"));
        assert!(turns("a\u{202e}b") && !turns("a") && !turns("你"));
    }
}
