//! Dates: iCalendar (RFC 5545). An event must say when it begins.

use super::super::checks::is_digits;
use super::super::input::Input;
use super::super::lines::{self, Line};
use super::super::schemes::Scheme;
use super::super::{Payload, nested};

const CALENDAR: Scheme = Scheme::named("calendar");

/// Where an event may hold a link.
const LINKS: &[&str] = &[
    "URL",
    "DESCRIPTION",
    "LOCATION",
    "CONFERENCE",
    "ATTACH",
    "COMMENT",
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let rest = input
        .after("BEGIN:VEVENT")
        .or_else(|| input.after("BEGIN:VCALENDAR"))?;
    let lines = lines::read(rest);
    let text = |name: &str| lines.iter().find(|line| line.name == name).map(Line::text);
    let mut payload = input.payload(CALENDAR);
    if !text("DTSTART").is_some_and(|start| is_date(&start)) {
        payload.flags.push("malformed");
    }
    if text("END").is_none() {
        payload.flags.push("truncated");
    }
    payload.valid = Some(payload.flags.is_empty());
    payload.fields.payee_name = text("SUMMARY");
    let texts: Vec<_> = LINKS
        .iter()
        .flat_map(|name| lines.iter().filter(move |line| line.name == *name))
        .map(Line::text)
        .collect();
    payload.fields.target = nested::target(texts.iter().map(String::as_str)).or(text("URL"));
    Some(payload)
}

/// `20260131`, and perhaps `T123456` and `Z`.
fn is_date(text: &str) -> bool {
    let text = text.trim_end_matches('Z');
    let (date, time) = text.split_once('T').unwrap_or((text, "000000"));
    date.len() == 8 && is_digits(date) && matches!(time.len(), 4 | 6) && is_digits(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read() {
        for (text, flags, target) in [
            (
                "BEGIN:VEVENT\nSUMMARY:Tea\nDTSTART:20260101\nEND:VEVENT",
                &[][..],
                None,
            ),
            (
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\r\nDTSTART;TZID=Asia/Tokyo:20260101T120000\r\n\
                 DESCRIPTION:Pay at https://a.example/x\\, please\r\nLOCATION:https://wa.me/15550\r\n 100\r\n\
                 END:VEVENT\r\nEND:VCALENDAR",
                &[],
                Some("https://wa.me/15550100"),
            ),
            (
                "BEGIN:VEVENT\nSUMMARY:Tea\nURL:https://a.example\nEND:VEVENT",
                &["malformed"],
                Some("https://a.example"),
            ),
            (
                "BEGIN:VEVENT\nSUMMARY:Tea\nDTSTART:20260101",
                &["truncated"],
                None,
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.flags, flags, "{text}");
            assert_eq!(payload.valid, Some(flags.is_empty()), "{text}");
            assert_eq!(payload.fields.target.as_deref(), target, "{text}");
            assert_eq!(payload.fields.payee_name.as_deref(), Some("Tea"));
        }
    }
}
