//! What happened, in the order of recording: for those who listen. Positions are those of the log of events.

use sqlx::FromRow;

use super::super::{Store, StoreError};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FeedRow {
    /// Its place in the log.
    pub position: i64,
    /// The incident's id.
    pub incident: String,
    /// The number of the event in its incident.
    pub sequence: i64,
    /// The type of the event.
    #[sqlx(rename = "type")]
    pub kind: String,
}

impl Store {
    /// The end of the log.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn feed_end(&self) -> Result<i64, StoreError> {
        let end = sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM incident_event");
        Ok(end.fetch_one(&self.pool).await?)
    }

    /// What stands behind `position`, `limit` at most.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn feed_after(&self, position: i64, limit: u32) -> Result<Vec<FeedRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT position, incident, sequence, type FROM incident_event WHERE position > ?
             ORDER BY position LIMIT ?",
        );
        Ok(rows
            .bind(position)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?)
    }
}
