//! Links in the texts of a page: values of attributes, and literals of scripts.

use super::{LONGEST_LINK, opens_app, skip, split, split_while};

/// The longest scheme that is looked for, in bytes.
const LONGEST_SCHEME: usize = 32;

/// The value of an attribute; `None` where it is too long for a link.
pub(super) fn of_attribute(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    // Every character can be written as a reference of some ten.
    if value.len() > 10 * LONGEST_LINK {
        return None;
    }
    let text = without_references(&String::from_utf8_lossy(value));
    (text.len() <= LONGEST_LINK).then_some(text)
}

/// `text` with its character references resolved: the numbers, and the names of what occurs in links
/// (HTML Standard, section 13.5).
fn without_references(text: &str) -> String {
    const LONGEST: usize = 12;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(LONGEST).position(|b| b == b';');
        let named = end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
        if let Some((c, after)) = named.and_then(|(name, after)| Some((reference(name)?, after))) {
            out.push(c);
            rest = after;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    let c = match name {
        "amp" | "AMP" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "colon" => ':',
        "sol" => '/',
        "period" => '.',
        "quest" => '?',
        "equals" => '=',
        "num" => '#',
        "percnt" => '%',
        "Tab" => '\t',
        "NewLine" => '\n',
        _ => return None,
    };
    Some(c)
}

/// The literals that `script` sets the location to, by where they stand: `location = "..."`,
/// `location.href = "..."`, `location.replace("...")`, `location.assign("...")`.
pub(super) fn jumps(script: &[u8]) -> impl Iterator<Item = (usize, String)> {
    let mut rest = script;
    std::iter::from_fn(move || {
        while let Some((_, after)) = split(rest, b"location") {
            let at = script.len() - after.len();
            let (link, after) = jump(after);
            rest = after;
            if let Some(link) = link {
                return Some((at, link));
            }
        }
        None
    })
}

/// The literal after `location`, and what has not been looked at yet: nothing is read twice.
fn jump(rest: &[u8]) -> (Option<String>, &[u8]) {
    let Some((quote, inside)) = opening(rest) else {
        return (None, rest);
    };
    let Some((text, after)) = literal(inside, quote) else {
        return (None, inside.get(LONGEST_LINK..).unwrap_or_default());
    };
    // What goes on is built from parts.
    let goes_on = skip(after, u8::is_ascii_whitespace).starts_with(b"+");
    let is_template = quote == b'`' && text.contains("${");
    let is_link = !goes_on && !is_template && !text.is_empty();
    (is_link.then_some(text), after)
}

/// The quote that opens the literal after `location`, and what follows it.
fn opening(rest: &[u8]) -> Option<(u8, &[u8])> {
    let (name, after) = match rest {
        [b'.', after @ ..] => split_while(after, u8::is_ascii_alphabetic),
        _ => (&b""[..], rest),
    };
    let after = skip(after, u8::is_ascii_whitespace);
    let after = match name {
        b"" | b"href" => after.strip_prefix(b"=")?,
        b"replace" | b"assign" => after.strip_prefix(b"(")?,
        _ => return None,
    };
    match skip(after, u8::is_ascii_whitespace) {
        [quote @ (b'"' | b'\'' | b'`'), after @ ..] => Some((*quote, after)),
        _ => None,
    }
}

/// The text up to `quote`, escapes resolved, and what follows it; `None` where it is too long for a link.
fn literal(rest: &[u8], quote: u8) -> Option<(String, &[u8])> {
    let mut escaped = false;
    let mut inside = rest.iter().take(LONGEST_LINK);
    let end = inside.position(|b| {
        let ends = *b == quote && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    })?;
    let text = String::from_utf8_lossy(rest.get(..end)?);
    Some((without_escapes(&text), rest.get(end + 1..)?))
}

/// `text` with the escapes of a script's literal resolved, as far as links have them: `\/`, `\x26`, `\u0026`.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = match after.as_bytes().first() {
            Some(b'x') => after.get(1..3),
            Some(b'u') => after.get(1..5),
            _ => None,
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match (digits, code.and_then(char::from_u32)) {
            (Some(digits), Some(c)) => {
                out.push(c);
                rest = after.get(1 + digits.len()..).unwrap_or_default();
            }
            _ => rest = after,
        }
    }
    out.push_str(rest);
    out
}

/// Links such as `weixin://...` wherever they stand, by where.
pub(super) fn app_links(html: &[u8]) -> impl Iterator<Item = (usize, String)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let (before, after) = split(html.get(start..)?, b":")?;
            let colon = start + before.len();
            start = colon + 1;
            if !after.starts_with(b"//") && !after.starts_with(b"\\/\\/") {
                continue;
            }
            let letters = before.iter().rev().take(LONGEST_SCHEME);
            let length = letters.take_while(|b| is_of_scheme(**b)).count();
            let scheme = html.get(colon - length..colon)?.to_ascii_lowercase();
            let is_app = |scheme: &str| {
                scheme.len() >= 2
                    && scheme.starts_with(|c: char| c.is_ascii_lowercase())
                    && opens_app(scheme)
            };
            if !std::str::from_utf8(&scheme).is_ok_and(is_app) {
                continue;
            }
            let (link, _) = split_while(after, |b| !ends_link(*b));
            start = colon + 1 + link.len();
            let whole = html.get(colon - length..start)?;
            if let Some(link) = of_attribute(whole).map(|link| without_escapes(&link))
                && !link.ends_with("://")
            {
                return Some((colon - length, link));
            }
        }
    })
}

fn is_of_scheme(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')
}

fn ends_link(b: u8) -> bool {
    b.is_ascii_whitespace()
        || b.is_ascii_control()
        || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>')
}
