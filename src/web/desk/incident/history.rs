//! What happened to an incident, oldest first, as its events tell it.

use serde::Deserialize;

use crate::store::EventRow;
use crate::web::desk::html::Html;
use crate::web::desk::text::Text;
use crate::web::desk::when::When;

/// Something that happened.
pub(in crate::web::desk) struct Event {
    pub(in crate::web::desk) tone: &'static str,
    pub(in crate::web::desk) what: String,
    pub(in crate::web::desk) by: Option<Html>,
    pub(in crate::web::desk) text: Option<Html>,
    pub(in crate::web::desk) at: When,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    by: Option<String>,
    decision: Option<String>,
    about: Option<String>,
    text: Option<String>,
    outcome: Option<String>,
    action: Option<String>,
    verdict: Verdict,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Verdict {
    class: String,
    severity: String,
}

/// The events as pages show them. Whoever decides `blind` sees what was seen and not what was decided.
pub(in crate::web::desk) fn events(
    rows: &[EventRow],
    blind: bool,
    now_us: i64,
    t: &Text,
) -> Vec<Event> {
    let shown = rows
        .iter()
        .filter(|row| !blind || row.kind.starts_with("waylay.incident."));
    shown.map(|row| event(row, now_us, t)).collect()
}

fn event(row: &EventRow, now_us: i64, t: &Text) -> Event {
    #[derive(Deserialize)]
    struct Whole {
        data: Data,
    }
    let data = serde_json::from_str::<Whole>(&row.event)
        .map(|whole| whole.data)
        .unwrap_or_default();
    let kind = row.kind.strip_prefix("waylay.").unwrap_or(&row.kind);
    let kind = kind.strip_suffix(".v1").unwrap_or(kind);
    let (what, tone) = match kind {
        "incident.opened" => (t.was_opened, ""),
        "incident.updated" => (t.was_updated, ""),
        "incident.reclassified" => (t.was_reclassified, ""),
        "incident.ended" => (t.was_ended, ""),
        "review.proposed" => (t.was_proposed, "accent"),
        "review.decided" => (t.was_decided, decided(data.decision.as_deref())),
        "review.undone" => (t.was_undone, "accent"),
        "review.reversed" => (t.was_reversed, "accent"),
        "review.escalated" => (t.was_escalated, "accent"),
        "review.seconded" => (t.was_seconded, "accent"),
        "review.noted" => (t.was_noted, ""),
        "review.appealed" => (t.was_appealed, "accent"),
        "review.settled" => (t.was_settled, "accent"),
        "action.reverted" => (t.was_reverted, "accent"),
        _ => (t.was_acted, "accent"),
    };
    let mut what = what.get().to_owned();
    let detail = match kind {
        "incident.opened" | "incident.reclassified" => {
            let Verdict { class, severity } = &data.verdict;
            Some(format!(
                "{}, {}",
                t.class_of(class),
                t.severity_of(severity)
            ))
        }
        "review.decided" | "review.reversed" => {
            let decision = data.decision.as_deref().or(data.about.as_deref());
            decision.map(|decision| t.decision_of(decision).to_owned())
        }
        "review.proposed" | "review.seconded" | "review.undone" => data
            .about
            .as_deref()
            .map(|decision| t.decision_of(decision).to_owned()),
        "review.settled" => data
            .outcome
            .as_deref()
            .map(|outcome| t.outcome_of(outcome).to_owned()),
        kind if kind.starts_with("action.") => data
            .action
            .as_deref()
            .map(|action| t.action_of(action).to_owned()),
        _ => None,
    };
    if let Some(detail) = detail {
        what.push_str(": ");
        what.push_str(&detail);
    }
    Event {
        tone,
        what,
        by: data.by.as_deref().map(Html::name),
        text: data.text.as_deref().map(|text| Html::note(text, t)),
        at: When::new(row.recorded_us, now_us, t),
    }
}

fn decided(decision: Option<&str>) -> &'static str {
    match decision {
        Some("confirm") => "bad",
        Some(_) => "good",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::desk::text::ENGLISH;

    fn row(kind: &str, data: &str) -> EventRow {
        EventRow {
            sequence: 1,
            kind: kind.to_owned(),
            recorded_us: 0,
            event: format!(r#"{{"data": {data}}}"#),
        }
    }

    #[test]
    fn decisions_are_told_and_whoever_is_blind_does_not_see_them() {
        let rows = [
            row(
                "waylay.incident.opened.v1",
                r#"{"verdict": {"class": "off_platform", "severity": "high"}}"#,
            ),
            row(
                "waylay.review.decided.v1",
                r#"{"by": "<ann>", "decision": "confirm", "text": "http://a.example"}"#,
            ),
            row(
                "waylay.action.reverted.v1",
                r#"{"by": "ann", "action": "cut", "decision_id": "7"}"#,
            ),
            row("waylay.something.new.v9", "7"),
        ];
        let told = events(&rows, false, 0, &ENGLISH);
        let what: Vec<_> = told.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "Seen: Off platform, High",
                "Decided: Confirmed off platform",
                "Action taken back: cut",
                "Action"
            ]
        );
        assert_eq!(
            told[1].by.as_ref().unwrap().to_string(),
            "<bdi>&lt;ann&gt;</bdi>"
        );
        assert!(
            told[1]
                .text
                .as_ref()
                .unwrap()
                .to_string()
                .contains("hxxp://a[.]example")
        );
        assert_eq!(events(&rows, true, 0, &ENGLISH).len(), 1);
    }
}
