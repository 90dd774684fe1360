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
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT position, at_us, by_kind, by_id, by_name, action, subject, detail FROM audit WHERE 1",
        );
        for (column, wanted) in [
            (" AND by_name = ", filter.who),
            (" AND action = ", filter.action),
            (" AND subject = ", filter.subject),
        ] {
            if let Some(wanted) = wanted {
                query.push(column).push_bind(wanted.to_owned());
            }
        }
        for (column, bound) in [
            (" AND at_us >= ", filter.from_us),
            (" AND at_us < ", filter.until_us),
            (" AND position < ", filter.before),
        ] {
            if let Some(bound) = bound {
                query.push(column).push_bind(bound);
            }
        }
        query.push(" ORDER BY position DESC LIMIT ");
        query.push_bind(filter.limit);
        Ok(query.build_query_as().fetch_all(&self.pool).await?)
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
