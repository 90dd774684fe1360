//! What decisions put into a registry.

use serde::Serialize;
use utoipa::ToSchema;

/// What a decision would put into a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryPreview {
    /// `platform` or `seller`.
    #[schema(example = "platform")]
    pub scope: &'static str,
    /// Which seller's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// The key of the destination.
    pub key: String,
    /// What reviewers allowed there before, as lines of TOML; the newest 20 at most.
    pub before: Vec<String>,
    /// The same with the new entry.
    pub after: Vec<String>,
}

/// What a decision on an incident would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewData {
    /// What it would put into a registry; absent where it would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryPreview>,
    /// How many incidents it would settle.
    pub incidents: i64,
    /// Whether more wait than one decision settles.
    pub more: bool,
    /// How many other incidents with this destination wait, which stay as they are.
    pub others: i64,
}

/// What reviewers put into a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryData {
    /// Its id.
    pub id: i64,
    /// `platform` or `seller`.
    pub scope: String,
    /// Which seller's: `host:` and who streams, or `stream:` and the stream's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// The key of the destination.
    pub key: String,
    /// Who made it.
    pub by: String,
    /// When.
    pub made: String,
    /// When it was revoked; absent where it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    /// Who revoked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

/// A page of such entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntriesData {
    /// By their ids.
    pub entries: Vec<EntryData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}
