//! What `waylay evidence verify --json` says.

use serde::Serialize;

/// Whether evidence is what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerificationData {
    /// The bundle, or the folder with the records.
    pub name: String,
    /// Whether nothing of it was altered, removed or added.
    pub whole: bool,
    /// The public key that it must be signed with.
    pub key: String,
    /// Where that key is from: `given`, or `bundle` where the bundle brought it along, or `installation`.
    pub key_from: &'static str,
    /// The incidents that a bundle is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incidents: Option<Vec<String>>,
    /// How many manifests there are.
    pub manifests: usize,
    /// How many files of evidence they name.
    pub files: usize,
    /// How many manifests have a time stamp that is theirs.
    pub time_stamps: usize,
    /// How many incidents of an installation ended and are not sealed yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<usize>,
    /// What is wrong; nothing where it is whole.
    pub findings: Vec<FindingData>,
}

/// One thing that is wrong with evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingData {
    /// `altered`, `missing` or `unexpected`.
    pub what: &'static str,
    /// What it is that is wrong: a file of a bundle, or a part of the records.
    pub name: String,
    /// How that shows, for people.
    pub why: String,
}
