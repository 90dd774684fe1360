//! How the desk works.

use serde::Deserialize;

use super::file::{share, within};

/// The decisions that may ask for a reason, as the core calls them.
const DECISIONS: [&str; 6] = [
    "confirm",
    "allow_once",
    "allow_seller",
    "allow_platform",
    "misread",
    "escalate",
];

/// How reviewers decide.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Review {
    /// In how many minutes an incident is to be decided.
    pub due_minutes: DueMinutes,
    /// Whether two persons must confirm an incident for which the policy wants the stream cut.
    pub two_for_cuts: bool,
    /// The decisions that need a reason.
    #[serde(deserialize_with = "decisions")]
    pub reason_for: Vec<String>,
    /// The share of decisions that somebody else makes again, 0 to 1.
    #[serde(deserialize_with = "share")]
    pub second_share: f64,
    /// The share of incidents with a known answer among those that a reviewer is given, 0 to 1.
    #[serde(deserialize_with = "share")]
    pub golden_share: f64,
}

/// Minutes by severity, 1 to 525600.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "they are the severities")]
pub struct DueMinutes {
    #[serde(deserialize_with = "minutes")]
    pub info: u32,
    #[serde(deserialize_with = "minutes")]
    pub low: u32,
    #[serde(deserialize_with = "minutes")]
    pub medium: u32,
    #[serde(deserialize_with = "minutes")]
    pub high: u32,
    #[serde(deserialize_with = "minutes")]
    pub critical: u32,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            due_minutes: DueMinutes::default(),
            two_for_cuts: false,
            reason_for: ["allow_seller", "allow_platform", "escalate"]
                .map(str::to_owned)
                .to_vec(),
            second_share: 0.05,
            golden_share: 0.02,
        }
    }
}

impl Default for DueMinutes {
    fn default() -> Self {
        Self {
            info: 24 * 60,
            low: 4 * 60,
            medium: 60,
            high: 15,
            critical: 5,
        }
    }
}

impl DueMinutes {
    /// By the rank of the severity, from info on.
    pub fn by_rank(self) -> [u32; 5] {
        [self.info, self.low, self.medium, self.high, self.critical]
    }
}

fn minutes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within::<_, _, 1, 525_600>(deserializer)
}

fn decisions<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    match words
        .iter()
        .find(|word| !DECISIONS.contains(&word.as_str()))
    {
        None => Ok(words),
        Some(word) => Err(serde::de::Error::custom(format!(
            "no decision `{word}`, expected one of {}",
            DECISIONS.join(", ")
        ))),
    }
}
