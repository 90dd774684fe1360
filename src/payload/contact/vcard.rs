//! Address cards: vCard 2.1, 3 and 4 (RFC 2426, RFC 6350).

use std::borrow::Cow;

use super::super::input::strip_prefix_ignore_case;
use super::super::lines::{self, Line};
use super::super::{Payload, nested};
use super::{dialled, full_name, some, with_scheme};

/// Names of messengers that phones put in front of an id.
const HANDLES: &[&str] = &[
    "X-WECHAT",
    "X-WEIXIN",
    "X-QQ",
    "X-WHATSAPP",
    "X-TELEGRAM",
    "X-LINE",
    "X-KAKAO",
    "X-KAKAOTALK",
    "X-ZALO",
    "X-VIBER",
    "X-SIGNAL",
    "X-SKYPE",
    "X-SKYPE-USERNAME",
];

/// Where a card may hold a link.
const LINKS: &[&str] = &["URL", "IMPP", "X-SOCIALPROFILE", "SOCIALPROFILE", "NOTE"];

pub(super) fn read(rest: &str, payload: &mut Payload) {
    let lines = lines::read(rest);
    let line = |name: &str| lines.iter().find(|line| line.is(name));
    let text = |name: &str| line(name).map(|line| line.text().into_owned());
    let handle = || {
        let is = |line: &&Line<'_>| HANDLES.iter().any(|name| line.is(name));
        lines.iter().find(is).map(|line| line.text().into_owned())
    };
    let fields = &mut payload.fields;
    fields.payee = text("TEL")
        .map(|given| number(&given))
        .or_else(|| text("EMAIL"))
        .or_else(handle)
        .or_else(|| text("IMPP"));
    fields.payee_name = text("FN")
        .or_else(|| line("N").and_then(|line| name(&line.raw)))
        .or_else(|| line("ORG").and_then(|line| parts(&line.raw).next()))
        .or_else(|| text("NICKNAME"));
    let texts: Vec<_> = LINKS
        .iter()
        .flat_map(|name| lines.iter().filter(move |line| line.is(name)))
        .map(link)
        .collect();
    for other in lines.iter().filter(|line| !line.is("IMPP")) {
        let text = other.text();
        if other.is("TEL") {
            payload.also(&number(&text));
        } else if other.is("EMAIL") || HANDLES.iter().any(|name| other.is(name)) {
            payload.also(&text);
        }
    }
    nested::lead(payload, texts.iter().map(AsRef::as_ref));
    let target = &mut payload.fields.target;
    *target = target.take().or(line("URL").map(|l| link(l).into()));
    let ends = lines.iter().any(|line| line.says("END", "VCARD"));
    if !ends {
        payload.flags.push("truncated");
    }
    payload.valid = Some(ends);
}

/// A number, perhaps as a link with parameters (RFC 6350 section 6.4.1).
fn number(given: &str) -> String {
    match strip_prefix_ignore_case(given, "tel:") {
        Some(link) => dialled(link.split(';').next().unwrap_or_default()),
        None => dialled(given),
    }
}

/// The text of a line; of the address of a page, with its scheme.
fn link<'a>(line: &'a Line<'_>) -> Cow<'a, str> {
    let text = line.text();
    let is_address = line.is("URL") && text.contains('.') && !text.contains(char::is_whitespace);
    if is_address {
        with_scheme(&text).into()
    } else {
        text
    }
}

/// `family;given;...` as people say it.
fn name(raw: &str) -> Option<String> {
    let mut parts = parts(raw);
    let family = parts.next().unwrap_or_default();
    let given = parts.next().unwrap_or_default();
    some(full_name(&given, &family))
}

/// The parts that semicolons stand between, without their escapes.
fn parts(raw: &str) -> impl Iterator<Item = String> {
    let mut escaped = false;
    let parts = raw.split(move |c| {
        let ends = c == ';' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    parts.map(|part| {
        let mut escaped = false;
        let keep = |c: &char| {
            escaped = *c == '\\' && !escaped;
            !escaped
        };
        part.chars().filter(keep).collect()
    })
}
