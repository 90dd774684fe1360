//! The formats of Japanese mobile phones: NTT DoCoMo's `KEY:value;` lists and what others made of them,
//! and KDDI's lines.

use super::super::input::strip_prefix_ignore_case;
use super::super::{Payload, nested};
use super::{address, dialled, full_name, some, with_scheme};

/// The value of `key` in a list, `\` before a sign that is meant as such.
pub(in super::super) fn value(rest: &str, key: &str) -> Option<String> {
    written(rest, key).map(unescaped)
}

/// The value of `key` as it stands, escapes and all.
fn written<'a>(rest: &'a str, key: &str) -> Option<&'a str> {
    all_written(rest, key).next()
}

/// The values of each of `keys`.
fn all(rest: &str, keys: &[&str]) -> Vec<String> {
    let values = keys.iter().flat_map(|key| all_written(rest, key));
    values.map(unescaped).collect()
}

fn all_written<'a>(rest: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    items(rest)
        .filter_map(move |item| strip_prefix_ignore_case(item.trim_start(), key)?.strip_prefix(':'))
        .filter(|value| !value.is_empty())
}

/// What the semicolons that no `\` escapes stand between.
fn items(rest: &str) -> impl Iterator<Item = &str> {
    let mut left = Some(rest);
    std::iter::from_fn(move || {
        let text = left?;
        let mut escaped = false;
        let end = text.bytes().position(|b| {
            let ends = b == b';' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        });
        let (item, after) = match end {
            Some(end) => (&text[..end], text.get(end + 1..)),
            None => (text, None),
        };
        left = after;
        Some(item)
    })
}

/// Splits `text` at the first `sign` that is not meant as such.
fn split_once(text: &str, sign: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    let at = text.find(|c| {
        let is = c == sign && !escaped;
        escaped = c == '\\' && !escaped;
        is
    })?;
    Some((&text[..at], &text[at + sign.len_utf8()..]))
}

/// `text` without the `\` that stand before signs.
fn unescaped(text: &str) -> String {
    let mut escaped = false;
    let keep = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    text.chars().filter(keep).collect()
}

/// Whether a list ends as it must; says so where it does not.
pub(in super::super) fn ends(rest: &str, payload: &mut Payload) -> bool {
    let ends = rest.trim_end().strip_suffix(";;").is_some_and(|rest| {
        // A sign that is meant as such ends nothing.
        let escapes = rest.bytes().rev().take_while(|b| *b == b'\\').count();
        escapes % 2 == 0
    });
    if !ends {
        payload.flags.push("truncated");
    }
    ends
}

pub(super) fn matmsg(rest: &str, payload: &mut Payload) {
    let to = value(rest, "TO").unwrap_or_default();
    address(to.trim().to_owned(), payload);
    for to in all(rest, &["TO"]) {
        to.split([',', ';']).for_each(|other| payload.also(other));
    }
    nested::lead(payload, all(rest, &["BODY"]).iter().map(String::as_str));
    if !ends(rest, payload) {
        payload.valid = Some(false);
    }
}

pub(super) fn mecard(rest: &str, payload: &mut Payload) {
    let number = value(rest, "TEL").map(|number| dialled(&number));
    payload.fields.payee = number.or_else(|| value(rest, "EMAIL"));
    payload.fields.payee_name = written(rest, "N").map(|name| match split_once(name, ',') {
        Some((family, given)) => full_name(&unescaped(given), &unescaped(family)),
        None => unescaped(name),
    });
    also(rest, &["TEL"], &["EMAIL"], payload);
    let urls = all(rest, &["URL"]);
    let urls: Vec<_> = urls.iter().map(|url| with_scheme(url)).collect();
    let notes = all(rest, &["NOTE", "MEMO"]);
    nested::lead(payload, urls.iter().chain(&notes).map(String::as_str));
    let target = &mut payload.fields.target;
    *target = target.take().or(urls.into_iter().next());
    payload.valid = Some(ends(rest, payload));
}

/// Adds every number and every address of a card.
fn also(rest: &str, numbers: &[&str], addresses: &[&str], payload: &mut Payload) {
    for number in all(rest, numbers) {
        payload.also(&dialled(&number));
    }
    for address in all(rest, addresses) {
        payload.also(&address);
    }
}

/// `BIZCARD:N:given;X:family;B:telephone;M:mobile;E:address;;`
pub(super) fn bizcard(rest: &str, payload: &mut Payload) {
    let number = value(rest, "B").or_else(|| value(rest, "M"));
    payload.fields.payee = number.map(|n| dialled(&n)).or_else(|| value(rest, "E"));
    also(rest, &["B", "M"], &["E"], payload);
    let names: Vec<_> = ["N", "X"]
        .iter()
        .filter_map(|key| value(rest, key))
        .collect();
    payload.fields.payee_name = some(names.join(" "));
    payload.valid = Some(ends(rest, payload));
}

/// KDDI: lines of `MEMORY:`, `NAME1:`, and up to three of `TEL1:` and of `MAIL1:`. One that is none of the rest is a text.
pub(super) fn memory(rest: &str, payload: &mut Payload) -> Option<()> {
    let line = |key: &str| {
        let mut values = rest.lines().filter_map(|line| line.split_once(':'));
        values.find_map(|(k, v)| (k == key && !v.trim().is_empty()).then(|| v.trim().to_owned()))
    };
    let number = line("TEL1").map(|number| dialled(&number));
    payload.fields.payee = number.or_else(|| line("MAIL1"));
    payload.fields.payee_name = line("NAME1");
    let fields = &mut payload.fields;
    if fields.payee.is_none() && fields.payee_name.is_none() {
        return None;
    }
    for key in ["TEL1", "TEL2", "TEL3"] {
        payload.also(&line(key).map(|number| dialled(&number)).unwrap_or_default());
    }
    for key in ["MAIL1", "MAIL2", "MAIL3"] {
        payload.also(&line(key).unwrap_or_default());
    }
    nested::lead(payload, rest.lines().next());
    payload.valid = Some(true);
    Some(())
}

pub(super) fn bookmark(rest: &str, payload: &mut Payload) {
    payload.fields.payee_name = value(rest, "TITLE");
    let urls = all(rest, &["URL"]);
    let mut urls = urls.iter().map(|url| with_scheme(url));
    payload.fields.target = urls.next();
    urls.for_each(|url| payload.also_to(&url));
}

/// `urlto:TITLE:URL`.
pub(super) fn titled_url(rest: &str, payload: &mut Payload) {
    let titled = rest
        .split_once(':')
        .filter(|(_, url)| !url.starts_with("//"));
    let (title, url) = titled.unwrap_or(("", rest));
    payload.fields.payee_name = some(title.to_owned());
    payload.fields.target = some(url.to_owned()).map(|url| with_scheme(&url));
}
