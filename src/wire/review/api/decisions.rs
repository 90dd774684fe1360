//! Decisions, and appeals against them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionData {
    /// Its id, that of its event.
    pub id: String,
    /// The incident's id.
    pub incident: String,
    /// What was decided.
    #[schema(example = "confirm")]
    pub decision: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who decided.
    pub by: String,
    /// When.
    pub made: String,
    /// From the opening of the incident, ms.
    pub waited_ms: i64,
    /// From the claim, ms; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<i64>,
    /// Whether it came after its time.
    pub late: bool,
    /// `proposed`, `standing`, `undone` or `reversed`.
    #[schema(example = "standing")]
    pub state: String,
    /// The decision on a campaign that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AppealData {
    /// Its id.
    pub id: String,
    /// The incident's id.
    pub incident: String,
    /// What the platform calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it says.
    pub reason: String,
    /// The decision that it is about.
    #[schema(example = "confirm")]
    pub original: String,
    /// Who made that.
    pub decided_by: String,
    /// Who filed it.
    pub by: String,
    /// When.
    pub made: String,
    /// `upheld` or `overturned`; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Who settled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<String>,
}

/// A decision to be made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// `confirm`, `allow_once`, `allow_seller`, `allow_platform`, `misread` or `escalate`.
    #[schema(example = "confirm")]
    pub decision: String,
    /// Why; 1 to 2000 bytes where it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A decision that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecidedData {
    /// Its id.
    pub id: String,
    /// What it did: `decided`, `proposed` where a second person must say the same, or `escalated`.
    #[schema(example = "decided")]
    pub step: &'static str,
    /// Until when it can be undone.
    pub undo_until: String,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandsData {
    /// `record`, `open`, `escalated` or `decided`.
    #[schema(example = "open")]
    pub review: &'static str,
}

/// A decision to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReversal {
    /// What takes its place; without it the incident waits again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Why, 1 to 2000 bytes.
    pub reason: String,
}

/// Something to be written down.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    /// 1 to 2000 bytes.
    pub text: String,
}

/// The event that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordedData {
    /// Its id.
    pub id: String,
}

/// An appeal to be filed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// What it says, 1 to 2000 bytes.
    pub reason: String,
    /// What the platform calls it, 1 to 200 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// An appeal to be settled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSettlement {
    /// What takes the place of the decision; without it the decision is upheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Why, 1 to 2000 bytes.
    pub reason: String,
}
