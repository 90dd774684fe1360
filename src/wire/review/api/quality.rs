//! How well decisions are made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How well decisions are made.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QualityData {
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// Decisions that were made and not undone.
    pub decisions: i64,
    /// Whether there were more than 100000: the figures are of the newest.
    pub more: bool,
    /// How many of each.
    pub by_decision: BTreeMap<String, i64>,
    /// Those that were replaced by another one later.
    pub overturned: i64,
    /// Their share, 0 to 1; absent without decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overturn_rate: Option<f64>,
    /// Those that came after their time.
    pub late: i64,
    /// From the claim to the decision.
    pub took: TimesData,
    /// From the opening of the incident to the decision.
    pub waited: TimesData,
    /// Second reviews, made without seeing the first decision.
    pub seconds: SecondsData,
    /// Appeals that were settled.
    pub appeals: i64,
    /// Those of them that overturned a decision.
    pub appeals_overturned: i64,
    /// Who decided.
    pub reviewers: Vec<ReviewerData>,
    /// What the reasons of verdicts are worth.
    pub rules: Vec<RuleData>,
}

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimesData {
    /// The median, ms; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<i64>,
    /// What 90 of 100 do not exceed, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// What 95 of 100 do not exceed, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<i64>,
}

/// Second reviews.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct SecondsData {
    /// Those that were made.
    pub made: i64,
    /// Those that agree with the first decision.
    pub agreed: i64,
    /// Cohen's kappa; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kappa: Option<f64>,
    /// Those that wait for somebody.
    pub waiting: i64,
}

/// How somebody decides.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReviewerData {
    /// Who.
    pub name: String,
    /// Decisions that were made and not undone.
    pub decisions: i64,
    /// Those that were replaced by another one later.
    pub overturned: i64,
    /// Those that came after their time.
    pub late: i64,
    /// The median from the claim to the decision, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<i64>,
    /// Incidents with a known answer that were decided.
    pub golden: i64,
    /// Those of them that were decided right.
    pub golden_right: i64,
}

/// How often a rule, or a fact that the policy goes by, is right.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleData {
    /// Its id among the reasons of a verdict.
    #[schema(example = "category-payment")]
    pub reason: String,
    /// Incidents that were confirmed.
    pub confirmed: i64,
    /// Incidents that were allowed, or misread.
    pub rejected: i64,
    /// The share that was confirmed, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
}

/// An incident with a known answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoldenData {
    /// The incident's id.
    pub incident: String,
    /// The right decision.
    pub decision: String,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub made: String,
    /// How many have answered.
    pub answers: i64,
    /// How many of them were right.
    pub right: i64,
}

/// Incidents with a known answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoldensData {
    /// The newest first, 1000 at most.
    pub golden: Vec<GoldenData>,
}

/// An incident whose answer is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGolden {
    /// The right decision, which stands on the incident.
    #[schema(example = "confirm")]
    pub decision: String,
}
