//! What is done about an incident, as events and the API have it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::envelope::{Envelope, Told, Traits};

/// What happened to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionStep {
    /// It would be done, or a reviewer is asked.
    Proposed,
    /// It is to be done: by Waylay, or by the platform that hears of it.
    Requested,
    /// Waylay did it.
    Done,
    /// Waylay could not do it, or not all of it.
    Failed,
    /// A reviewer does not want it.
    Rejected,
    /// It was taken back, as far as that can be.
    Reverted,
}

impl ActionStep {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Requested,
        Self::Done,
        Self::Failed,
        Self::Rejected,
        Self::Reverted,
    ];

    /// The type of the event that tells of it.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Proposed => "waylay.action.proposed.v1",
            Self::Requested => "waylay.action.requested.v1",
            Self::Done => "waylay.action.done.v1",
            Self::Failed => "waylay.action.failed.v1",
            Self::Rejected => "waylay.action.rejected.v1",
            Self::Reverted => "waylay.action.reverted.v1",
        }
    }

    /// The id that is used everywhere outside of the program.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Requested => "requested",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Reverted => "reverted",
        }
    }
}

/// The types of these events.
pub const TYPES: [&str; 6] = {
    let mut types = [""; 6];
    let mut at = 0;
    while at < types.len() {
        types[at] = ActionStep::ALL[at].event();
        at += 1;
    }
    types
};

/// An event that tells of an action.
pub type ActionEvent = Envelope<ActionData>;

/// An action on a stream. All that was known when it was decided stays with it: events of one action hold the same, and what
/// has happened since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActionData {
    /// The action's id, the same in all of its events; of a cut that of the ban, too.
    pub id: String,
    /// The incident that it is about; absent where somebody cut a stream without naming one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Counts the events of the incident, from 1, in the order of recording; those of the action where it is about none.
    pub sequence: i64,
    /// The stream's id.
    pub stream: String,
    /// What the platform says of the stream; absent where it says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// `warn` or `cut`.
    #[schema(example = "cut")]
    pub action: String,
    /// How far Waylay may go by itself: `off`, `ask` or `auto`.
    pub mode: String,
    /// How far it goes: `would`, `ask` or `do`.
    pub step: String,
    /// How far it would go in the mode `auto`.
    pub by_itself: String,
    /// Why; absent where a person wanted it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Who decided: `waylay`, or whoever asked for it.
    pub by: String,
    /// The decision that brought it, by the id of its event; absent where no decision did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Who carries it out: `waylay`, or `platform`, which hears of it by this event. Absent where it is not to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
    /// What it is decided on; absent where somebody cut a stream without naming an incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ActionAbout>,
    /// For how many minutes a stream that is cut may not be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the host is to be told: facts, rule, duration, how to object. Absent where it is about no incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// When the ban ends by itself, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What became of the publisher: `done` (disconnected), `gone` (nobody published any more), `failed`, or `listed`: the
    /// program ended meanwhile, and the next list of the server's streams has the ban kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kick: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Of an action that was taken back, what cannot be: `disconnect` where somebody was disconnected, `notice` where the host
    /// was warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remains: Option<String>,
}

/// What an action is decided on: the incident at that moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActionAbout {
    /// In how many frames the code was read.
    pub reads: u32,
    /// Whether two readers agree on it.
    pub certain: bool,
    /// The class of the verdict.
    pub class: String,
    /// Its severity.
    pub severity: String,
    /// The rule, or the fact where no rule decided.
    pub rule: String,
    /// `name@version` of the policy.
    pub policy: String,
    /// The scheme of the payload; absent where nobody could read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Where it leads: the key of the destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// For how long it was in view, in ms.
    pub visible_ms: i64,
}

impl Told for ActionData {
    fn subject(&self) -> &str {
        self.incident.as_deref().unwrap_or(&self.id)
    }

    fn number(&mut self, sequence: i64) {
        self.sequence = sequence;
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn traits(&self) -> Traits<'_> {
        let Some(about) = &self.about else {
            return Traits::default();
        };
        Traits {
            class: &about.class,
            severity: &about.severity,
            category: about.category.as_deref().unwrap_or(""),
        }
    }
}

impl ActionData {
    /// The event that `step` happened to it at `time` (RFC 3339 in UTC).
    pub fn event(self, step: ActionStep, time: String) -> ActionEvent {
        let id = format!("{}.{}", self.id, step.as_str());
        let stream = self.stream.clone();
        Envelope::told(id, step.event(), &stream, time, self)
    }
}

/// What an event says that an action could be decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionAsked {
    /// The stream's id.
    pub stream: String,
    /// What the platform says of the stream.
    pub labels: Vec<String>,
    /// Whether it is open: more of it may be read.
    pub is_open: bool,
    /// What the policy wants.
    pub action: String,
    /// The incident.
    pub about: ActionAbout,
}

impl ActionAsked {
    /// What `event` (JSON) says of its incident; `None` where it is none that a stream brought about.
    pub fn of_event(event: &str) -> Option<Self> {
        let said: Said = serde_json::from_str(event).ok()?;
        let SaidData {
            stream,
            labels,
            state,
            scheme,
            category,
            destination,
            verdict,
            reads,
            certain,
            visible_ms,
        } = said.data;
        let about = ActionAbout {
            reads,
            certain,
            class: verdict.class,
            severity: verdict.severity,
            rule: rule(verdict.reasons.iter().map(String::as_str)),
            policy: verdict.policy,
            scheme,
            category,
            destination: destination.map(|destination| destination.key),
            visible_ms,
        };
        Some(Self {
            stream,
            labels,
            is_open: state == "open",
            action: verdict.action,
            about,
        })
    }
}

/// The rule that decided, by the reasons of a verdict; where none did, the fact that was met last.
pub fn rule<'a>(reasons: impl DoubleEndedIterator<Item = &'a str> + Clone) -> String {
    let rule = reasons
        .clone()
        .find_map(|reason| reason.strip_prefix("rule:"));
    rule.or_else(|| reasons.last()).unwrap_or("").to_owned()
}

/// What is needed of an event that a stream brought about.
#[derive(Deserialize)]
struct Said {
    data: SaidData,
}

#[derive(Deserialize)]
struct SaidData {
    stream: String,
    #[serde(default)]
    labels: Vec<String>,
    state: String,
    scheme: Option<String>,
    category: Option<String>,
    destination: Option<SaidDestination>,
    verdict: SaidVerdict,
    /// Older versions do not say it: then nobody has counted.
    #[serde(default)]
    reads: u32,
    certain: bool,
    visible_ms: i64,
}

#[derive(Deserialize)]
struct SaidDestination {
    key: String,
}

#[derive(Deserialize)]
struct SaidVerdict {
    action: String,
    class: String,
    severity: String,
    reasons: Vec<String>,
    policy: String,
}

/// What a reviewer says of an action that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// Whether it is to be done.
    pub approve: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut() -> ActionData {
        ActionData {
            id: "7".to_owned(),
            incident: Some("a".to_owned()),
            stream: "room".to_owned(),
            action: "cut".to_owned(),
            mode: "auto".to_owned(),
            step: "do".to_owned(),
            by_itself: "do".to_owned(),
            reasons: vec!["read".to_owned()],
            by: "waylay".to_owned(),
            executor: Some("waylay".to_owned()),
            about: Some(ActionAbout {
                reads: 2,
                certain: true,
                class: "off_platform".to_owned(),
                severity: "high".to_owned(),
                rule: "contact-code".to_owned(),
                policy: "example@1".to_owned(),
                scheme: Some("wechat-contact".to_owned()),
                category: Some("contact".to_owned()),
                destination: Some("wechat:abc".to_owned()),
                visible_ms: 2_000,
            }),
            minutes: Some(60),
            ..ActionData::default()
        }
    }

    #[test]
    fn an_event_is_as_it_is_documented() {
        let mut event = cut().event(ActionStep::Requested, "2026-01-01T00:00:00Z".to_owned());
        event.data.number(3);
        insta::assert_json_snapshot!(event);
    }

    #[test]
    fn what_is_on_record_is_read_again() {
        let text = serde_json::to_string(&cut()).unwrap();
        assert_eq!(serde_json::from_str::<ActionData>(&text).unwrap(), cut());
        let bare = ActionData {
            incident: None,
            about: None,
            ..cut()
        };
        let text = serde_json::to_string(&bare).unwrap();
        assert_eq!(serde_json::from_str::<ActionData>(&text).unwrap(), bare);
        assert_eq!((bare.subject(), bare.traits()), ("7", Traits::default()));
    }

    #[test]
    fn an_incident_is_known_by_its_event() {
        let event = crate::wire::event::tests::event("a", 1);
        let text = serde_json::to_string(&event).unwrap();
        let asked = ActionAsked::of_event(&text).unwrap();
        assert_eq!(
            (asked.stream.as_str(), asked.action.as_str()),
            ("room", "record")
        );
        let about = asked.about;
        assert_eq!((about.reads, about.rule.as_str()), (1, ""));
        assert_eq!(about.destination.as_deref(), Some("web:pay.example"));
        assert_eq!(rule(["not-registered", "rule:a"].into_iter()), "a");
        assert_eq!(rule(["one", "two"].into_iter()), "two");
        let action = cut().event(ActionStep::Done, String::new());
        let text = serde_json::to_string(&action).unwrap();
        assert_eq!(ActionAsked::of_event(&text), None);
    }

    #[test]
    fn every_step_has_a_type_of_its_own() {
        let mut types = TYPES.to_vec();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), ActionStep::ALL.len());
        for step in ActionStep::ALL {
            assert_eq!(step.event(), format!("waylay.action.{}.v1", step.as_str()));
        }
    }
}
