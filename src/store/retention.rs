//! What is kept for long enough: whose evidence may go, and which files nobody needs any more.

use sqlx::FromRow;

use super::manifests::{Head, NewManifest, append, head};
use super::{Store, StoreError};

/// Until when the evidence of each class was kept for long enough, µs since 1970 in UTC: what ended then or before is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Of what leads off the platform.
    pub off_platform_us: i64,
    /// Of what leads nobody knows where.
    pub unknown_us: i64,
    /// Of what leads to the platform.
    pub on_platform_us: i64,
}

/// An incident whose evidence was kept for long enough.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Expired {
    /// Its id.
    pub incident: String,
    /// The class of its verdict.
    pub class: String,
    sequence: i64,
    /// From when on it was kept, µs since 1970 in UTC.
    pub from_us: i64,
    /// Whether that is the end of its stream; where that is not known it is the incident's own.
    pub stream_ended: bool,
}

/// A file of evidence as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EvidenceRow {
    /// Its path below the evidence folder.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Those among which the ones that are due are: what is kept from the end of its stream on is due later than it would be by itself.
pub(super) const OLD: &str = "rowid IN (
    SELECT rowid FROM incident WHERE entombed = 0 AND class = 'off_platform' AND tracked_us <= ?1
    UNION ALL SELECT rowid FROM incident WHERE entombed = 0 AND class = 'on_platform' AND tracked_us <= ?2
    UNION ALL SELECT rowid FROM incident WHERE entombed = 0 AND class = 'unknown' AND tracked_us <= ?3)";

/// Those that were found to be due.
pub(super) const FOUND: &str = "id IN (SELECT value FROM json_each(?6))";

/// Those of `which` that are due: in a stream that goes on, what has no end on record is kept until it has, and what somebody holds,
/// or appeals against, is kept until that is over.
pub(super) fn due(which: &str) -> String {
    format!(
        "SELECT incident, class, sequence, coalesce(ended_us, tracked_us) AS from_us, ended_us IS NOT NULL AS stream_ended
         FROM (
             SELECT id AS incident, stream, class, sequence, tracked_us,
                    (SELECT min(ended_us) FROM stream_end
                     WHERE stream_end.stream = incident.stream AND ended_us >= tracked_us) AS ended_us
             FROM incident
             WHERE {which} AND entombed = 0 AND sealed >= sequence
               AND EXISTS (SELECT 1 FROM evidence WHERE evidence.incident = incident.id)
               AND NOT EXISTS (SELECT 1 FROM appeal WHERE appeal.incident = incident.id AND outcome IS NULL)
               AND coalesce((SELECT kind FROM manifest
                             WHERE manifest.incident = incident.id AND kind IN ('hold', 'release')
                             ORDER BY position DESC LIMIT 1), '') <> 'hold'
         )
         WHERE coalesce(ended_us, tracked_us) <= CASE class WHEN 'off_platform' THEN ?1 WHEN 'on_platform' THEN ?2 ELSE ?3 END
           AND (ended_us IS NOT NULL OR stream NOT IN (SELECT value FROM json_each(?4)))
         ORDER BY from_us, incident LIMIT ?5"
    )
}

impl Store {
    /// Remembers that the stream `id` ended.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn put_stream_end(&self, id: &str, ended_us: i64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO stream_end (stream, ended_us) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(ended_us)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// At most `most` incidents whose evidence was kept for long enough and is held by nobody, where the streams `going` go on; those
    /// first that were kept for longest.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn kept_for_long_enough(
        &self,
        past: Past,
        going: &[String],
        most: u32,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<Expired> = sqlx::query_as(sqlx::AssertSqlSafe(due(OLD)))
            .bind(past.off_platform_us)
            .bind(past.on_platform_us)
            .bind(past.unknown_us)
            .bind(serde_json::to_string(going)?)
            .bind(most)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|row| row.incident).collect())
    }

    /// Takes leave of the evidence of those of `incidents` that are still due; how many. `build` makes the tombstone that says so,
    /// after the end of the chain, of an incident and its files.
    ///
    /// # Errors
    /// Where the records cannot be used; all is as it was.
    pub async fn entomb(
        &self,
        incidents: &[String],
        past: Past,
        going: &[String],
        now_us: i64,
        mut build: impl FnMut(&Head, &Expired, &[EvidenceRow]) -> NewManifest + Send,
    ) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let due: Vec<Expired> = sqlx::query_as(sqlx::AssertSqlSafe(due(FOUND)))
            .bind(past.off_platform_us)
            .bind(past.on_platform_us)
            .bind(past.unknown_us)
            .bind(serde_json::to_string(going)?)
            .bind(i64::MAX)
            .bind(serde_json::to_string(incidents)?)
            .fetch_all(&mut *transaction)
            .await?;
        let mut head = head(&mut transaction).await?;
        for due in &due {
            let files: Vec<EvidenceRow> = sqlx::query_as(
                "SELECT path, sha256 FROM evidence WHERE incident = ? ORDER BY path",
            )
            .bind(&due.incident)
            .fetch_all(&mut *transaction)
            .await?;
            let new = build(&head, due, &files);
            head = append(
                &mut transaction,
                &head,
                &due.incident,
                due.sequence,
                new,
                now_us,
            )
            .await?;
            for statement in [
                "UPDATE incident SET entombed = 1 WHERE id = ?",
                "INSERT INTO evidence_to_remove SELECT path FROM evidence WHERE incident = ? AND removed_us IS NULL
                 ON CONFLICT DO NOTHING",
            ] {
                let taken = sqlx::query(statement).bind(&due.incident);
                taken.execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(due.len())
    }

    /// Files that are still there and that no incident needs any more: several may share one.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn removable(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT path FROM evidence_to_remove AS file
             WHERE NOT EXISTS (SELECT 1 FROM evidence JOIN incident AS other ON other.id = evidence.incident
                               WHERE evidence.path = file.path AND other.entombed = 0)
             ORDER BY path",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Remembers that the file `path` is removed.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn put_removed(&self, path: &str, now_us: i64) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE evidence SET removed_us = ? WHERE path = ?")
            .bind(now_us)
            .bind(path)
            .execute(&mut *transaction)
            .await?;
        let gone = sqlx::query("DELETE FROM evidence_to_remove WHERE path = ?").bind(path);
        gone.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Those of `files`, each with the incident in whose folder it lies, that no incident names and that lie with none that
    /// is held.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn unnamed(&self, files: &[(String, String)]) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT json_extract(file.value, '$[0]') AS path FROM json_each(?) AS file
             WHERE NOT EXISTS (SELECT 1 FROM evidence
                               WHERE evidence.path = json_extract(file.value, '$[0]'))
               AND coalesce((SELECT kind FROM manifest
                             WHERE manifest.incident = json_extract(file.value, '$[1]') AND kind IN ('hold', 'release')
                             ORDER BY position DESC LIMIT 1), '') <> 'hold'",
        );
        let rows = rows.bind(serde_json::to_string(files)?);
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
