//! Address cards: vCard 2.1, 3 and 4 (RFC 2426, RFC 6350).

use super::super::lines::{self, Line};
use super::super::{Payload, nested};
use super::dialled;

/// Names of messengers that phones put in front of an id.
const HANDLES: &[&str] = &[
    "X-WECHAT",
    "X-WEIXIN",
    "X-QQ",
    "X-WHATSAPP",
    "X-TELEGRAM",
    "X-LINE",
    "X-SKYPE",
    "X-SKYPE-USERNAME",
];

/// Where a card may hold a link.
const LINKS: &[&str] = &["URL", "IMPP", "X-SOCIALPROFILE", "SOCIALPROFILE", "NOTE"];

pub(super) fn read(rest: &str, payload: &mut Payload) {
    let lines = lines::read(rest);
    let line = |name: &str| lines.iter().find(|line| line.name == name);
    let text = |name: &str| line(name).map(Line::text);
    let handle = |names: &[&str]| {
        let line = lines
            .iter()
            .find(|line| names.contains(&line.name.as_str()))?;
        Some(line.text())
    };
    payload.fields.payee = text("TEL")
        .map(|number| dialled(number.trim_start_matches("tel:")))
        .or_else(|| text("EMAIL"))
        .or_else(|| handle(HANDLES))
        .or_else(|| handle(&["IMPP"]));
    payload.fields.payee_name = text("FN").or_else(|| line("N").map(|line| name(&line.raw)));
    let texts: Vec<_> = LINKS
        .iter()
        .flat_map(|name| lines.iter().filter(move |line| line.name == *name))
        .map(Line::text)
        .collect();
    payload.fields.target = nested::target(texts.iter().map(String::as_str)).or(text("URL"));
    let ends = line("END").is_some_and(|end| end.text().eq_ignore_ascii_case("VCARD"));
    if !ends {
        payload.flags.push("truncated");
    }
    payload.valid = Some(ends);
}

/// `family;given;...` as people say it.
fn name(parts: &str) -> String {
    let mut parts = parts.split(';').map(|part| part.replace('\\', ""));
    let family = parts.next().unwrap_or_default();
    let given = parts.next().unwrap_or_default();
    format!("{} {}", given.trim(), family.trim())
        .trim()
        .to_owned()
}
