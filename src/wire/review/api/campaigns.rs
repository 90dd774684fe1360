//! Campaigns.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::incidents::IncidentData;

/// A campaign: what many incidents have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignData {
    /// Its id.
    pub id: i64,
    /// `destination`, `payee` or `domain`.
    #[schema(example = "destination")]
    pub kind: String,
    /// What its incidents have in common.
    pub key: String,
    /// How many there are.
    pub incidents: i64,
    /// How many of them wait for a decision.
    pub waiting: i64,
    /// In how many streams.
    pub streams: i64,
    /// Of how many hosts.
    pub hosts: i64,
    /// When the first of them was opened.
    pub first: String,
    /// When the last of them was.
    pub last: String,
}

/// A page of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignsData {
    /// In the order of the list.
    pub campaigns: Vec<CampaignData>,
    /// What `cursor` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Where a campaign was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeenData {
    /// The stream, the host, or the day (`YYYY-MM-DD` in UTC).
    pub name: String,
    /// How many of its incidents.
    pub incidents: i64,
}

/// A campaign with where it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignDetail {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: CampaignData,
    /// Its streams, those with most incidents first, 100 at most.
    pub by_stream: Vec<SeenData>,
    /// Its hosts, the same.
    pub by_host: Vec<SeenData>,
    /// Its days, the newest first, 366 at most.
    pub by_day: Vec<SeenData>,
    /// Its newest incidents, 50 at most; the list of incidents has all.
    pub newest: Vec<IncidentData>,
}

/// A decision on a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaignDecision {
    /// As of an incident, but for `allow_seller`; `allow_platform` where the campaign is a destination.
    #[schema(example = "confirm")]
    pub decision: String,
    /// Why; 1 to 2000 bytes where it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many incidents the preview told: where more wait meanwhile, nothing is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<i64>,
}

/// A decision on a campaign that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignDecidedData {
    /// Its id.
    pub id: String,
    /// How many incidents it settled.
    pub incidents: i64,
    /// How many wait for a second person, who has to say the same.
    pub proposed: i64,
    /// How many it left as they were.
    pub left: i64,
    /// Until when it can be undone.
    pub undo_until: String,
}

/// A decision on a campaign that was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignUndoneData {
    /// How many incidents stand again as before.
    pub incidents: i64,
}
