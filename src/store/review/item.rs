//! One incident as the desk shows it: what is known of it, what happened to it, and the files that prove it.

use sqlx::FromRow;

use super::super::{Store, StoreError};
use super::queue::LARGEST_PAGE;

/// An incident as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Counts incidents in the order of recording, from 1.
    pub number: i64,
    /// The stream's id.
    pub stream: String,
    /// The labels of the stream, a list (JSON).
    pub labels: String,
    /// Who streams.
    pub host: Option<String>,
    /// The sequence number of its last event.
    pub sequence: i64,
    /// `open` or `ended`.
    pub state: String,
    /// Whether it could be read.
    pub decoded: bool,
    /// The id of the scheme.
    pub scheme: Option<String>,
    /// What it is for.
    pub category: Option<String>,
    /// The first 4096 characters of the payload.
    pub payload: Option<String>,
    /// Who is paid or contacted.
    pub payee: Option<String>,
    /// Its name.
    pub payee_name: Option<String>,
    /// The key of the destination.
    pub destination: Option<String>,
    /// Its host.
    pub target_host: Option<String>,
    /// Its registrable domain.
    pub domain: Option<String>,
    /// The class of the verdict.
    pub class: String,
    /// Its severity.
    pub severity: String,
    /// The rank of that, 0 for info to 4 for critical.
    pub rank: i64,
    /// What the policy wants done.
    pub action: String,
    /// The reasons for the verdict, a list (JSON).
    pub reasons: String,
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
    /// When it was opened, µs since 1970 in UTC as all times here.
    pub opened_us: i64,
    /// When it last changed.
    pub changed_us: i64,
    /// `record`, `open`, `escalated` or `decided`.
    pub review: String,
    /// The decision that stands.
    pub decision: Option<String>,
    /// Who made it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_us: Option<i64>,
    /// Who confirmed it where two must.
    pub first_by: Option<String>,
    /// Who has it.
    pub claimed_by: Option<String>,
    /// Until when.
    pub claimed_until_us: Option<i64>,
    /// Its place in the queue.
    pub turn: Option<i64>,
}

/// An event of an incident.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EventRow {
    /// Its place among those of its incident.
    pub sequence: i64,
    /// Its type.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// When it was recorded, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The whole event (JSON).
    pub event: String,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FileRow {
    /// Below the evidence folder.
    pub path: String,
    /// What it shows.
    pub kind: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// Media time in ms.
    pub media_ms: i64,
    /// When it was removed, µs since 1970 in UTC.
    pub removed_us: Option<i64>,
}

/// The columns of an [`Item`], of the incident `i`.
pub(super) const COLUMNS: &str = "i.id, i.number, i.stream, i.labels, i.host, i.sequence, i.state, i.decoded, i.scheme,
    i.category, i.payload, i.payee, i.payee_name, i.destination, i.target_host, i.domain, i.class, i.severity, i.rank,
    i.action, i.reasons, i.policy, i.first_seen_ms, i.last_seen_ms, i.visible_ms, i.sightings, i.opened_us,
    i.changed_us, i.review, i.decision, i.decided_by, i.decided_us, i.first_by, i.claimed_by, i.claimed_until_us,
    i.turn";

impl Store {
    /// The incident `id` as the desk shows it.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn item(&self, id: &str) -> Result<Option<Item>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM incident AS i WHERE i.id = ?"
        ));
        let row = sqlx::query_as(query).bind(id);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The last event of the incident `id` that tells how it is (JSON).
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn last_told(&self, id: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar(
            "SELECT event FROM incident_event WHERE incident = ? AND type LIKE 'waylay.incident.%'
             ORDER BY sequence DESC LIMIT 1",
        );
        Ok(query.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The events of the incident `id` behind the one with the number `after`, `limit` at most; without `all` those
    /// are left out that only say that it goes on.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn history(
        &self,
        id: &str,
        after: i64,
        all: bool,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let query = sqlx::query_as(
            "SELECT sequence, type, recorded_us, event FROM incident_event
             WHERE incident = ? AND sequence > ? AND (? OR type <> 'waylay.incident.updated.v1')
             ORDER BY sequence LIMIT ?",
        );
        let limit = i64::try_from(limit.clamp(1, LARGEST_PAGE + 1)).unwrap_or(i64::MAX);
        let rows = query.bind(id).bind(after).bind(all).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The files that prove the incident `id`, those that were removed included.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn files(&self, id: &str) -> Result<Vec<FileRow>, StoreError> {
        let query = sqlx::query_as(
            "SELECT path, kind, sha256, bytes, media_ms, removed_us FROM evidence WHERE incident = ?
             ORDER BY media_ms, path LIMIT 500",
        );
        Ok(query.bind(id).fetch_all(&self.pool).await?)
    }
}
