//! What the desk's API takes and answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

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

/// An incident that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimData {
    /// The incident's id.
    pub incident: String,
    /// Until when it is theirs, unless it is renewed.
    pub until: String,
}

/// The next incident of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NextData {
    /// Who has it, and until when; absent where nothing waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimData>,
    /// The incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentData>,
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

/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountsData {
    /// Incidents that wait.
    pub waiting: i64,
    /// Those of them that wait for too long, 10000 at most.
    pub overdue: i64,
    /// When the one that waits for longest was opened; absent where none waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// How many incidents stand how.
    pub review: BTreeMap<String, i64>,
    /// Those that wait by severity.
    pub severity: BTreeMap<String, i64>,
    /// Those that wait by class.
    pub class: BTreeMap<String, i64>,
    /// Those that wait by category.
    pub category: BTreeMap<String, i64>,
    /// Those that wait by scheme.
    pub scheme: BTreeMap<String, i64>,
}

/// A filter to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFilter {
    /// Its name, 1 to 100 bytes: one that has it is replaced.
    pub name: String,
    /// Whether others see it too.
    #[serde(default)]
    pub shared: bool,
    /// The parameters of the list as they stand in a URL, 4096 bytes at most.
    #[schema(example = "class=off_platform&severity=high")]
    pub query: String,
}

/// A filter that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FilterData {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Whether others see it too.
    pub shared: bool,
    /// The parameters of the list as they stand in a URL.
    pub query: String,
}

/// Filters that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiltersData {
    /// Those of who asks first.
    pub filters: Vec<FilterData>,
}

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
