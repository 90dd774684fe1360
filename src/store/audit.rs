//! The audit log: who did what, and who read which evidence. Lines are appended and never changed.

use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteExecutor};

use super::{Store, StoreError};

/// A line that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewAudit<'a> {
    /// The time, µs since 1970 in UTC.
    pub at_us: i64,
    /// `user`, `token`, `local`, or `nobody` where it is not known who it was.
    pub by_kind: &'a str,
    /// The id of the user or token.
    pub by_id: &'a str,
    /// Its name.
    pub by_name: &'a str,
    /// What was done, such as `stream.added`.
    pub action: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// What else is to be known of it.
    pub detail: &'a Value,
}

/// A line as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    /// Its place in the log.
    pub position: i64,
    /// The time, µs since 1970 in UTC.
    pub at_us: i64,
    /// `user`, `token`, `local` or `nobody`.
    pub by_kind: String,
    /// The id of the user or token.
    pub by_id: String,
    /// Its name.
    pub by_name: String,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// What else is to be known of it (JSON).
    pub detail: String,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter<'a> {
    /// Those of who has this name.
    pub who: Option<&'a str>,
    /// Those of this action.
    pub action: Option<&'a str>,
    /// Those about this.
    pub subject: Option<&'a str>,
    /// Those of this time and later, µs since 1970 in UTC.
    pub from_us: Option<i64>,
    /// Those before this time, µs since 1970 in UTC.
    pub until_us: Option<i64>,
    /// Those before this place in the log.
    pub before: Option<i64>,
    /// So many of them.
    pub limit: u32,
}

impl Store {
    /// Appends a line.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn audit(&self, line: &NewAudit<'_>) -> Result<(), StoreError> {
        append(&self.pool, line).await
    }

    /// The lines that `filter` wants, the newest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn audited(&self, filter: &AuditFilter<'_>) -> Result<Vec<AuditRow>, StoreError> {
        let mut query = filter.query();
        Ok(query.build_query_as().fetch_all(&self.pool).await?)
    }
}

impl AuditFilter<'_> {
    /// The query for the lines that it wants.
    pub(super) fn query(&self) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "SELECT position, at_us, by_kind, by_id, by_name, action, subject, detail FROM audit WHERE 1",
        );
        for (column, wanted) in [
            (" AND by_name = ", self.who),
            (" AND action = ", self.action),
            (" AND subject = ", self.subject),
        ] {
            if let Some(wanted) = wanted {
                query.push(column).push_bind(wanted.to_owned());
            }
        }
        // Times become places, so that lines are walked along in their order and not sorted. Where the clock was set back meanwhile,
        // the first of them by time need not be the first by place: some are looked at.
        if let Some(from_us) = self.from_us {
            query.push(" AND position >= (SELECT min(position) FROM (SELECT position FROM audit WHERE at_us >= ");
            query.push_bind(from_us);
            query.push(" ORDER BY at_us LIMIT 1000)) AND +at_us >= ");
            query.push_bind(from_us);
        }
        if let Some(until_us) = self.until_us {
            query.push(" AND position <= (SELECT max(position) FROM (SELECT position FROM audit WHERE at_us < ");
            query.push_bind(until_us);
            query.push(" ORDER BY at_us DESC LIMIT 1000)) AND +at_us < ");
            query.push_bind(until_us);
        }
        if let Some(before) = self.before {
            query.push(" AND position < ").push_bind(before);
        }
        query.push(" ORDER BY position DESC LIMIT ");
        query.push_bind(self.limit);
        query
    }
}

/// Appends a line, in a transaction with what it tells of.
pub(super) async fn append(
    to: impl SqliteExecutor<'_>,
    line: &NewAudit<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at_us, by_kind, by_id, by_name, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(line.at_us)
    .bind(line.by_kind)
    .bind(line.by_id)
    .bind(line.by_name)
    .bind(line.action)
    .bind(line.subject)
    .bind(line.detail.to_string())
    .execute(to)
    .await?;
    Ok(())
}
