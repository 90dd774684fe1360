//! Incidents, one after the other and each by itself.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::campaigns::CampaignData;
use super::decisions::{AppealData, DecisionData};

/// An incident as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentData {
    /// Its id.
    pub id: String,
    /// Counts incidents in the order of recording, from 1.
    pub number: i64,
    /// The stream's id.
    pub stream: String,
    /// Who streams, from the label `host:`; absent where no label says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What the platform says of the stream.
    pub labels: Vec<String>,
    /// `open` or `ended`.
    #[schema(example = "open")]
    pub state: String,
    /// Whether it could be read.
    pub decoded: bool,
    /// The id of the scheme; absent where it could not be read, as all that follows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The first 4096 characters of the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Who is paid or contacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee_name: Option<String>,
    /// The key of the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Its host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_host: Option<String>,
    /// Its registrable domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The class of the verdict.
    #[schema(example = "off_platform")]
    pub class: String,
    /// Its severity.
    #[schema(example = "high")]
    pub severity: String,
    /// What the policy wants done.
    #[schema(example = "review")]
    pub action: String,
    /// The facts and rules that led there.
    pub reasons: Vec<String>,
    /// `name@version` of the policy.
    pub policy: String,
    /// Media time of the first sighting in ms.
    pub first_seen_ms: i64,
    /// Media time of the last one.
    pub last_seen_ms: i64,
    /// For how long it was in view in ms.
    pub visible_ms: i64,
    /// In how many looks it was seen.
    pub sightings: i64,
    /// When it was opened, RFC 3339 in UTC as all times here.
    pub opened: String,
    /// When it last changed.
    pub changed: String,
    /// When it is to be decided.
    pub due: String,
    /// Whether it waits, and that is over.
    pub overdue: bool,
    /// Where it stands: `record`, `open`, `escalated` or `decided`.
    #[schema(example = "open")]
    pub review: String,
    /// The decision that stands; absent where none does, or where it is not to be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<String>,
    /// Who confirmed it where two must; absent where nobody did yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_by: Option<String>,
    /// Who has it; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_until: Option<String>,
}

/// A page of incidents.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentsData {
    /// In the order of the list. There may be fewer than were asked for, even none, and yet more to come.
    pub incidents: Vec<IncidentData>,
    /// What `cursor` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many there are, where `count` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<CountData>,
}

/// How many incidents a filter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountData {
    /// So many were found.
    pub n: i64,
    /// Whether there may be more: nobody counted on.
    pub more: bool,
}

/// An incident with all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentDetail {
    /// The incident.
    #[serde(flatten)]
    pub incident: IncidentData,
    /// The data of the last event that tells how it is, as docs/ref/events.md has it.
    #[schema(value_type = Object)]
    pub told: Value,
    /// The files that prove it.
    pub evidence: Vec<EvidenceFileData>,
    /// The newest incidents of other streams with the same destination, 20 at most.
    pub others: Vec<IncidentData>,
    /// The newest other incidents of the same host, or of the same stream where no label names one, 20 at most.
    pub earlier: Vec<IncidentData>,
    /// The campaigns that it is part of.
    pub campaigns: Vec<CampaignData>,
    /// Its events, those left out that only say that it goes on; 200 at most.
    pub history: Vec<HistoryData>,
    /// What `after` of its events has to be for those that follow; absent where these were all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_next: Option<i64>,
    /// The decisions on it, oldest first.
    pub decisions: Vec<DecisionData>,
    /// The appeals against them, oldest first.
    pub appeals: Vec<AppealData>,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceFileData {
    /// Its path below the evidence folder.
    pub path: String,
    /// What it shows.
    pub kind: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// Media time in ms.
    pub media_ms: i64,
    /// When it was removed; absent where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// An event of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HistoryData {
    /// Its place among those of the incident.
    pub sequence: i64,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was recorded.
    pub recorded: String,
    /// The whole event.
    #[schema(value_type = Object)]
    pub event: Value,
}

/// Events of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HistoryPage {
    /// In their order.
    pub history: Vec<HistoryData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}
