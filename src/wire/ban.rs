//! Cuts and bans as the API has them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stream that is to be cut.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCut {
    /// For so many minutes it may not be published again, 1 to 43200 (30 days).
    #[schema(example = 60, minimum = 1, maximum = 43_200)]
    pub minutes: u32,
    /// Why, for people: 1 to 500 bytes.
    #[schema(example = "payment code of somebody else")]
    pub reason: String,
    /// The incident of this stream that it is cut for: what is done is then part of its record, and the event holds a notice for
    /// the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// What a cut did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CutData {
    /// The ban, which is in force whatever the server said.
    pub ban: BanData,
    /// Whether the publisher was disconnected: `done`, `gone` where nobody published any more, or `failed`.
    #[schema(example = "done")]
    pub kick: &'static str,
    /// Why it failed; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A stream that may not be published for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BanData {
    /// Its id.
    pub id: String,
    /// The ingest server that it holds for.
    #[schema(example = "srs")]
    pub server: String,
    /// The stream that was watched there.
    #[schema(example = "srs-live-room")]
    pub stream: String,
    /// `in_force`, `lifted` or `over`.
    #[schema(example = "in_force")]
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When it was made, RFC 3339 in UTC.
    pub created: String,
    /// When it ends by itself, RFC 3339 in UTC.
    pub until: String,
    /// When it was lifted, RFC 3339 in UTC; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted: Option<String>,
    /// Who lifted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<String>,
}

/// Bans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BansData {
    /// The newest first.
    pub bans: Vec<BanData>,
}
