//! What only the pages of the desk ask the records for: pictures for lists.

use sqlx::FromRow;

use super::{EventRow, Store, StoreError};

/// Streams of the wall that are asked for at once.
const MOST: usize = 1_000;

/// The best frame of an incident.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FrameRow {
    /// The incident's id.
    pub incident: String,
    /// Below the evidence folder.
    pub path: String,
}

/// A stream as the wall shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WallRow {
    /// The stream's id.
    pub stream: String,
    /// How many of its incidents wait for a decision, 100 at most.
    pub waiting: i64,
    /// The incident that was opened last, if there is any.
    pub last: Option<String>,
}

impl Store {
    /// The clean frames of these incidents that were written last: the best ones.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn best_frames(&self, incidents: &[&str]) -> Result<Vec<FrameRow>, StoreError> {
        // The path stands in the row that has the maximum.
        let rows = sqlx::query_as(
            "SELECT incident, path FROM (
                 SELECT incident, path, max(media_ms) FROM evidence
                 WHERE incident IN (SELECT value FROM json_each(?)) AND kind = 'clean_frame' AND removed_us IS NULL
                 GROUP BY incident)",
        );
        let rows = rows.bind(serde_json::to_string(incidents)?);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The newest events of the incident `id`, `limit` at most and the oldest of them first, without those that only say that it
    /// goes on.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn newest_history(&self, id: &str, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT sequence, type, recorded_us, event FROM incident_event
             WHERE incident = ? AND type <> 'waylay.incident.updated.v1' ORDER BY sequence DESC LIMIT ?",
        );
        let mut rows: Vec<EventRow> = rows.bind(id).bind(limit).fetch_all(&self.pool).await?;
        rows.reverse();
        Ok(rows)
    }

    /// What waits in these streams, and what was seen in them last.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn wall(&self, streams: &[&str]) -> Result<Vec<WallRow>, StoreError> {
        let mut wall = Vec::with_capacity(streams.len());
        for some in streams.chunks(MOST) {
            let rows = sqlx::query_as(
                "SELECT value AS stream,
                        (SELECT count(*) FROM (
                             SELECT 1 FROM incident INDEXED BY incident_in_turn_of_stream
                             WHERE stream = value AND turn IS NOT NULL LIMIT 100)) AS waiting,
                        (SELECT id FROM incident INDEXED BY incident_by_stream
                         WHERE stream = value ORDER BY opened_us DESC, id DESC LIMIT 1) AS last
                 FROM json_each(?)",
            );
            let rows = rows.bind(serde_json::to_string(some)?);
            wall.append(&mut rows.fetch_all(&self.pool).await?);
        }
        Ok(wall)
    }
}
