//! One line a person can read for an event. What strangers wrote is shown without control characters:
//! a payload must not move the cursor or turn the text around.

use std::path::Path;

use crate::telemetry::plain;
use crate::wire::event::Event;

/// The longest destination that is shown, in characters.
const LONGEST: usize = 72;

/// `event` on one line, and where its evidence is below `evidence` on a second when it opens an incident.
pub fn line(event: &Event<'_>, evidence: &Path) -> String {
    let data = &event.data;
    let what = event
        .kind
        .trim_start_matches("waylay.incident.")
        .trim_end_matches(".v1");
    let seconds = data.last_seen_ms as f64 / 1_000.0;
    let read = data.about.read();
    let scheme = read.map_or("unread", |explained| explained.scheme);
    let unread = data.unread.as_ref().map_or_else(String::new, |unread| {
        format!(
            "not read: {}, {} px a module",
            unread.reason, unread.module_px
        )
    });
    let leads_to = read.map_or(unread.as_str(), |explained| explained.destination.key);
    let verdict = data.about.verdict();
    let shows = data.evidence.last().filter(|_| what == "opened");
    let shows = shows.map_or(String::new(), |file| {
        format!(
            "\n{:10}  {}",
            "",
            plain(&evidence.join(&file.path).to_string_lossy())
        )
    });
    format!(
        "{seconds:8.1} s  {what:<12}  {class:<12} {severity:<8}  {scheme:<20}  {to}  ({stream}, in view {visible:.1} s){shows}",
        class = verdict.class,
        severity = verdict.severity,
        to = short(leads_to),
        stream = data.stream,
        visible = data.visible_ms as f64 / 1_000.0,
    )
}

/// `text` fit for a terminal, cut to what fits beside the rest.
fn short(text: &str) -> String {
    let mut short: String = plain(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        assert_eq!(
            short("a\u{1b}[2Jb\r\n\u{202e}c\u{200b}微"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}c\u{fffd}微"
        );
        assert_eq!(short(&"x".repeat(500)).chars().count(), LONGEST + 1);
    }
}
