//! What reviewers did, as events; and, in `api`, what the desk's API answers.

pub mod api;

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::envelope::{Told, Traits};

/// One of two persons who must confirm an incident did.
pub const PROPOSED: &str = "waylay.review.proposed.v1";
/// An incident was decided.
pub const DECIDED: &str = "waylay.review.decided.v1";
/// A decision was taken back at once.
pub const UNDONE: &str = "waylay.review.undone.v1";
/// A decision was replaced by another one, or by none.
pub const REVERSED: &str = "waylay.review.reversed.v1";
/// An incident was handed to somebody who may decide what others may not.
pub const ESCALATED: &str = "waylay.review.escalated.v1";
/// A second person decided it again, without seeing the first decision.
pub const SECONDED: &str = "waylay.review.seconded.v1";
/// Somebody wrote a note.
pub const NOTED: &str = "waylay.review.noted.v1";
/// The platform asks to look at a decision again.
pub const APPEALED: &str = "waylay.review.appealed.v1";
/// An appeal was upheld or overturned the decision.
pub const SETTLED: &str = "waylay.review.settled.v1";

/// The types of these events.
pub const TYPES: [&str; 9] = [
    PROPOSED, DECIDED, UNDONE, REVERSED, ESCALATED, SECONDED, NOTED, APPEALED, SETTLED,
];

/// What somebody did about an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReviewData {
    /// The incident's id.
    pub incident: String,
    /// Counts the events of this incident, from 1; 0 until it is on record.
    pub sequence: i64,
    /// The stream's id.
    pub stream: String,
    /// The class of its verdict at that time.
    pub class: String,
    /// The severity of its verdict.
    pub severity: String,
    /// What the payload is for; absent where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Where it leads; absent where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Who did it.
    pub by: String,
    /// Where the incident stands after it: `record`, `open`, `escalated` or `decided`.
    pub review: String,
    /// The decision that stands after it; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The decision that it is about where that stands no more, or the one that was proposed or made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Why, or what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The decision on a campaign that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// The id of the appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// What the platform calls the appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What became of the appeal: `upheld` or `overturned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

impl Told for ReviewData {
    fn subject(&self) -> &str {
        &self.incident
    }

    fn number(&mut self, sequence: i64) {
        self.sequence = sequence;
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn traits(&self) -> Traits<'_> {
        Traits {
            class: &self.class,
            severity: &self.severity,
            category: self.category.as_deref().unwrap_or_default(),
        }
    }
}

/// One event of the feed, by the fields that server-sent events have (HTML, section 9.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedEventData {
    /// Its place among all events, for `Last-Event-ID`; absent in what only keeps the connection open.
    pub id: Option<String>,
    /// What it tells of: `incident`, `review`, or `reset` where events were missed.
    #[schema(example = "incident")]
    pub event: Option<String>,
    /// JSON: `topic`, `id` of the incident, and `rev`, the sequence number of its last event.
    pub data: Option<String>,
}
