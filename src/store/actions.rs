//! What was done about incidents, as the events have it.

use super::{Store, StoreError};

/// A decision is acted on within this time, µs, unless the program ends: longer than the records may make anybody wait.
const ACTED_US: i64 = 600_000_000;

impl Store {
    /// The last event of `incident` that the stream brought about (JSON); `None` where there is no such incident.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn last_incident_event(&self, incident: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query_scalar(
            "SELECT event FROM incident_event WHERE incident = ? AND type LIKE 'waylay.incident.%'
             ORDER BY sequence DESC LIMIT 1",
        );
        Ok(row.bind(incident).fetch_optional(&self.pool).await?)
    }

    /// The types and the events (JSON) of the actions about `incident`, in the order of recording.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn action_events(&self, incident: &str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT type, event FROM incident_event WHERE incident = ? AND type LIKE 'waylay.action.%'
             ORDER BY sequence",
        );
        Ok(rows.bind(incident).fetch_all(&self.pool).await?)
    }

    /// The event `id` (JSON).
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn action_event(&self, id: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query_scalar("SELECT event FROM incident_event WHERE id = ?");
        Ok(row.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The events (JSON) of actions that were asked for after `since_us`, µs since 1970 in UTC, and of which nobody has told
    /// what came of them.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn open_actions(&self, since_us: i64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT event FROM incident_event AS asked
             WHERE type = 'waylay.action.requested.v1' AND recorded_us > ?
               AND NOT EXISTS (
                   SELECT 1 FROM incident_event AS told
                   WHERE told.id = replace(asked.id, '.requested', '.done')
                      OR told.id = replace(asked.id, '.requested', '.failed'))
             ORDER BY recorded_us",
        );
        Ok(rows.bind(since_us).fetch_all(&self.pool).await?)
    }

    /// The streams that were to be cut after `since_us`, whoever wanted it and whoever carries it out, and when, both in µs since
    /// 1970 in UTC.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn recent_cuts(&self, since_us: i64) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT event ->> '$.data.stream', recorded_us FROM incident_event
             WHERE type = 'waylay.action.requested.v1' AND recorded_us > ? AND event ->> '$.data.action' = 'cut'
             ORDER BY recorded_us",
        );
        Ok(rows.bind(since_us).fetch_all(&self.pool).await?)
    }

    /// Whether there is a ban of this id, in force or not.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn has_ban(&self, id: &str) -> Result<bool, StoreError> {
        let row = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM ban WHERE id = ?)");
        Ok(row.bind(id).fetch_one(&self.pool).await?)
    }

    /// The decisions that confirm an incident and were made after `since_us`, µs since 1970 in UTC, and of which nothing was told,
    /// where somebody was asked before what to do about it; or where nobody was, the policy wants something done, and the records
    /// end soon after: their ids, the incidents, and who made them.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn unheeded_decisions(
        &self,
        since_us: i64,
    ) -> Result<Vec<(String, String, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT made.id, made.incident, made.made_by
             FROM review_decision AS made JOIN incident AS about ON about.id = made.incident
             WHERE made.made_us > ? AND made.state = 'standing' AND made.decision = 'confirm' AND iif(
                 EXISTS (SELECT 1 FROM incident_event WHERE incident = made.incident AND type LIKE 'waylay.action.%'),
                 (SELECT type = 'waylay.action.proposed.v1' AND event ->> '$.data.step' = 'ask' FROM incident_event
                  WHERE incident = made.incident AND type LIKE 'waylay.action.%' ORDER BY sequence DESC LIMIT 1),
                 about.action IN ('cut', 'warn')
                 AND made.made_us > (SELECT recorded_us FROM incident_event ORDER BY position DESC LIMIT 1) - ?)
             ORDER BY made.made_us",
        );
        let rows = rows.bind(since_us).bind(ACTED_US);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Whether the decision `id` stands: it was neither undone nor reversed.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn decision_stands(&self, id: &str) -> Result<bool, StoreError> {
        let row = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM review_decision WHERE id = ? AND state = 'standing')",
        );
        Ok(row.bind(id).fetch_one(&self.pool).await?)
    }

    /// The incidents of actions that were asked for after `since_us`, µs since 1970 in UTC, by decisions that do not stand any
    /// more, and of which nobody has told that they were taken back.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn withdrawn_actions(&self, since_us: i64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT DISTINCT incident FROM incident_event AS asked
             WHERE type = 'waylay.action.requested.v1' AND recorded_us > ?
               AND (SELECT state FROM review_decision WHERE id = asked.event ->> '$.data.decision_id')
                   IN ('undone', 'reversed')
               AND NOT EXISTS (
                   SELECT 1 FROM incident_event AS told
                   WHERE told.id = replace(asked.id, '.requested', '.reverted'))",
        );
        Ok(rows.bind(since_us).fetch_all(&self.pool).await?)
    }

    /// The bans that were lifted after `since_us`, µs since 1970 in UTC, without that being told, and who lifted them.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn untold_lifts(&self, since_us: i64) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, lifted_by FROM ban WHERE until_us > ?1 AND lifted_us > ?1 AND lifted_by IS NOT NULL
               AND EXISTS (SELECT 1 FROM incident_event AS asked WHERE asked.id = ban.id || '.requested')
               AND NOT EXISTS (SELECT 1 FROM incident_event AS told WHERE told.id = ban.id || '.reverted')",
        );
        Ok(rows.bind(since_us).fetch_all(&self.pool).await?)
    }
}
