//! Content lines, as address cards and calendars have them (RFC 6350 section 3.3, RFC 5545 section 3.1,
//! and vCard 2.1 with its quoted-printable values).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::input::strip_prefix_ignore_case;

/// `group.NAME;PARAMETER=...:value`, unfolded.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Without the group.
    name: Cow<'a, str>,
    /// As it stands, escapes and all.
    pub(super) raw: Cow<'a, str>,
}

impl Line<'_> {
    /// Whether it has this name, letter case aside.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it says `name:value`, letter case aside.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.is(name) && self.raw.trim().eq_ignore_ascii_case(value)
    }

    /// The value without its escapes.
    pub(super) fn text(&self) -> Cow<'_, str> {
        if !self.raw.contains('\\') {
            return self.raw.trim().into();
        }
        let mut text = String::with_capacity(self.raw.len());
        let mut letters = self.raw.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                _ => text.push(letter),
            }
        }
        text.trim().to_owned().into()
    }
}

/// The lines of `text` that have a name and a value.
pub(super) fn read(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    // Of the last line, as it began.
    let mut quoted = false;
    for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        // In quoted-printable, what follows `=` goes on with all that it has; elsewhere what begins with
        // white space goes on behind that.
        match lines.last_mut() {
            Some(last) if quoted && last.ends_with('=') => {
                let last = last.to_mut();
                last.pop();
                last.push_str(line);
            }
            Some(last) if line.starts_with([' ', '\t']) => last.to_mut().push_str(&line[1..]),
            _ => {
                quoted = is_quoted(line);
                lines.push(line.into());
            }
        }
    }
    lines.into_iter().filter_map(parse).collect()
}

/// `bytes` without the breaks of folded lines, which may stand in the middle of a letter (RFC 6350 section
/// 3.2); `None` where they are no content lines.
pub(super) fn unfolded(bytes: &[u8]) -> Option<Vec<u8>> {
    let begins = bytes
        .get(..6)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"BEGIN:"));
    begins.then(|| {
        let mut whole: Vec<u8> = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            rest = match rest {
                [b'\r', b'\n', b' ' | b'\t', after @ ..]
                | [b'\n' | b'\r', b' ' | b'\t', after @ ..] => after,
                _ => {
                    whole.push(*byte);
                    after
                }
            };
        }
        whole
    })
}

fn is_quoted(line: &str) -> bool {
    head(line).is_some_and(|(head, _)| parameter(head, "QUOTED-PRINTABLE").is_some())
}

/// Splits at the colon that no quotes enclose.
fn head(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((&line[..at], &line[at + 1..]))
}

/// What follows `name` in a parameter that begins so, as it does in vCard 2.1, or that has it as value.
fn parameter<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head
        .split(';')
        .skip(1)
        .flat_map(|p| [Some(p), p.split_once('=').map(|p| p.1)]);
    values.find_map(|value| strip_prefix_ignore_case(value?, name))
}

fn parse(line: Cow<'_, str>) -> Option<Line<'_>> {
    match line {
        Cow::Borrowed(line) => split(line),
        Cow::Owned(line) => split(&line).map(|line| Line {
            name: line.name.into_owned().into(),
            raw: line.raw.into_owned().into(),
        }),
    }
}

fn split(line: &str) -> Option<Line<'_>> {
    let (head, value) = head(line)?;
    let name = head.split(';').next()?.rsplit('.').next()?.trim();
    let raw = if parameter(head, "QUOTED-PRINTABLE").is_some() {
        let charset = parameter(head, "CHARSET=").map(str::as_bytes);
        let charset = charset.and_then(Encoding::for_label).unwrap_or(UTF_8);
        charset.decode(&unquoted(value)).0.into_owned().into()
    } else {
        Cow::Borrowed(value)
    };
    (!raw.trim().is_empty()).then(|| Line {
        name: name.into(),
        raw,
    })
}

/// RFC 2045 section 6.7: `=` and two hexadecimal digits are a byte.
fn unquoted(text: &str) -> Vec<u8> {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => bytes.extend([b"=", part.as_bytes()].concat()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let text = "item1.TEL;TYPE=cell:+1\r\nNOTE:a\\, b\r\n  c\\n\nX;Y=\"a:b\":v\n\
                    FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=\n=A0 =ZZ\n\
                    ORG;QUOTED-PRINTABLE;CHARSET=GBK:=D5=C5\nEMPTY: \nnothing";
        let lines: Vec<_> = read(text)
            .iter()
            .map(|l| (l.name.to_string(), l.text().into_owned()))
            .collect();
        let expected = [
            ("TEL", "+1"),
            ("NOTE", "a, b c"),
            ("X", "v"),
            ("FN", "张 =ZZ"),
            ("ORG", "张"),
        ];
        assert_eq!(lines, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        for text in [
            "",
            ":",
            "=",
            "a\\",
            "a;QUOTED-PRINTABLE:=",
            "a;QUOTED-PRINTABLE:=é=\n=",
        ] {
            let _ = read(text);
        }
    }
}
