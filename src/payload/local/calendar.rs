//! Dates: iCalendar (RFC 5545). An event must say when it begins.

use super::super::checks::is_digits;
use super::super::input::{Input, strip_prefix_ignore_case};
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

/// What has a date of its own.
const COMPONENTS: &[&str] = &["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"];

/// Whether `text` begins like an event, which may hold a text in its turn.
pub(in super::super) fn begins(text: &str) -> bool {
    ["BEGIN:VEVENT", "BEGIN:VCALENDAR"]
        .iter()
        .any(|prefix| strip_prefix_ignore_case(text, prefix).is_some())
}

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let event = input.after("BEGIN:VEVENT");
    let rest = event.or_else(|| input.after("BEGIN:VCALENDAR"))?;
    let lines = lines::read(rest);
    let begins = |line: &Line<'_>| COMPONENTS.iter().any(|name| line.says("BEGIN", name));
    let start = match event {
        Some(_) => 0,
        None => lines
            .iter()
            .position(begins)
            .map_or(lines.len(), |at| at + 1),
    };
    let (own, ends) = own_lines(lines.get(start..).unwrap_or_default());
    let ends = ends && (event.is_some() || lines.iter().any(|line| line.says("END", "VCALENDAR")));
    let text = |name: &str| {
        own.iter()
            .find(|line| line.is(name))
            .map(|line| line.text())
    };

    let mut payload = input.payload(CALENDAR);
    if !text("DTSTART").is_some_and(|start| is_date(&start)) {
        payload.flags.push("malformed");
    }
    if !ends {
        payload.flags.push("truncated");
    }
    payload.valid = Some(payload.flags.is_empty());
    payload.fields.payee_name = text("SUMMARY").map(Into::into);
    let texts: Vec<_> = LINKS
        .iter()
        .flat_map(|name| lines.iter().filter(move |line| line.is(name)))
        .map(Line::text)
        .collect();
    nested::lead(&mut payload, texts.iter().map(AsRef::as_ref));
    let target = &mut payload.fields.target;
    *target = target.take().or(text("URL").map(Into::into));
    Some(payload)
}

/// What people read of the events in `text`: whoever made the code wrote what they liked there.
pub(in super::super) fn shown(text: &str) -> String {
    const SHOWN: &[&str] = &["SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"];
    let lines = lines::read(text);
    let shown = lines
        .iter()
        .filter(|line| SHOWN.iter().any(|name| line.is(name)));
    let texts: Vec<_> = shown.map(Line::text).collect();
    texts.join("\n")
}

/// The lines of an event that has begun, without those of what is in it, such as an alarm; and whether it
/// ends.
fn own_lines<'l, 'a>(lines: &'l [Line<'a>]) -> (Vec<&'l Line<'a>>, bool) {
    let (mut own, mut depth) = (Vec::new(), 0);
    for line in lines {
        match line {
            _ if line.is("BEGIN") => depth += 1,
            _ if line.is("END") && depth == 0 => return (own, true),
            _ if line.is("END") => depth -= 1,
            _ if depth == 0 => own.push(line),
            _ => {}
        }
    }
    (own, false)
}

/// `20260131`, and perhaps `T123456` and `Z`.
fn is_date(text: &str) -> bool {
    let text = text.trim_end_matches('Z');
    let (date, time) = text.split_once('T').unwrap_or((text, "000000"));
    let within = |text: &str, at: usize, range: std::ops::RangeInclusive<u8>| {
        let number = text.get(at..at + 2).and_then(|number| number.parse().ok());
        number.is_some_and(|number| range.contains(&number))
    };
    date.len() == 8
        && is_digits(date)
        && within(date, 4, 1..=12)
        && within(date, 6, 1..=31)
        && matches!(time.len(), 4 | 6)
        && is_digits(time)
        && within(time, 0, 0..=23)
        && within(time, 2, 0..=59)
        && (time.len() == 4 || within(time, 4, 0..=60))
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
