//! What a host is told of an action: what was seen, which rule it broke, for how long, and how to object.

use std::fmt::Write;

use crate::policy::Action;

/// Bytes of the longest fact: what a code says may be long.
const LONGEST: usize = 200;

/// What a notice tells.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What was done.
    pub action: Action,
    /// The stream.
    pub stream: &'a str,
    /// When, RFC 3339 in UTC.
    pub time: &'a str,
    /// What was seen: the category and the scheme of the payload.
    pub category: &'a str,
    /// The scheme of the payload.
    pub scheme: &'a str,
    /// Where it leads; `None` where that is not known.
    pub destination: Option<&'a str>,
    /// For how long it was in view, in ms.
    pub visible_ms: i64,
    /// The rule, or the reason where no rule decided.
    pub rule: &'a str,
    /// The policy, `NAME@VERSION`.
    pub policy: &'a str,
    /// For how many minutes the stream may not be published.
    pub minutes: Option<u32>,
    /// Where to object, as the platform writes it: a sentence or an address.
    pub appeal: &'a str,
    /// The incident, for whoever objects.
    pub incident: &'a str,
}

/// The notice as text, in lines.
pub fn notice(about: &Notice<'_>) -> String {
    let stream = shown(about.stream);
    let did = match about.action {
        Action::Cut => format!("Your stream {stream} was cut"),
        Action::Warn => format!("This is a warning about your stream {stream}"),
        Action::Record | Action::Review | Action::Notify => {
            format!("Something was noted about your stream {stream}")
        }
    };
    let mut text = format!("{did} ({}).\n\n", shown(about.time));
    let seconds = (about.visible_ms.max(0) + 999) / 1_000;
    let (category, scheme) = (shown(about.category), shown(about.scheme));
    let leads = match about.destination {
        Some(destination) => format!("that leads to {}", shown(destination)),
        None => "whose destination is not known".to_owned(),
    };
    // A `String` takes whatever is written to it.
    let _ = writeln!(
        text,
        "What was seen: a code ({category}, {scheme}) {leads}, in view for {seconds} s."
    );
    let (rule, policy) = (shown(about.rule), shown(about.policy));
    let _ = writeln!(text, "Rule: {rule} of the policy {policy}.");
    let _ = match (about.action, about.minutes) {
        (Action::Cut, Some(1)) => {
            writeln!(text, "The stream cannot be published again for 1 minute.")
        }
        (Action::Cut, Some(minutes)) => writeln!(
            text,
            "The stream cannot be published again for {minutes} minutes."
        ),
        (Action::Cut, None) => writeln!(text, "The stream can be published again at once."),
        _ => writeln!(
            text,
            "The stream goes on. If it is shown again, the stream may be cut."
        ),
    };
    let (appeal, incident) = (shown(about.appeal), shown(about.incident));
    let _ = writeln!(
        text,
        "If you think that this is wrong: {appeal}. Name the incident {incident}."
    );
    text
}

/// `text` on one line, cut where it is too long: part of it is what a code says.
fn shown(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].chars();
    let mut line: String = line
        .map(|c| {
            if c.is_control() || is_format(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    if end < text.len() {
        line.push('…');
    }
    line
}

/// Characters that turn or break a line without a shape of their own (UAX #9 section 2).
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
