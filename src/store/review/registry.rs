//! What decisions added to the registries of the platform and of sellers.

use sqlx::{FromRow, Sqlite, Transaction};

use super::super::{Store, StoreError};
use super::{Act, ReviewError};
use crate::review::Scope;

/// An entry that a decision made.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EntryRow {
    /// Its id.
    pub id: i64,
    /// `platform` or `seller`.
    pub scope: String,
    /// Which seller's: `host:` and who streams, or `stream:` and the stream's id.
    pub seller: Option<String>,
    /// The key of the destination.
    pub key: String,
    /// Who made it.
    pub made_by: String,
    /// When, µs since 1970 in UTC.
    pub made_us: i64,
    /// When it was revoked; `None` where it is in force.
    pub revoked_us: Option<i64>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
}

impl Store {
    /// The entries that are in force, in the order in which they were made.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn entries_in_force(&self) -> Result<Vec<EntryRow>, StoreError> {
        let rows =
            sqlx::query_as("SELECT * FROM registry_entry WHERE revoked_us IS NULL ORDER BY id");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The entries behind the one with the id `after`, those that were revoked included.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn entries(&self, after: i64, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM registry_entry WHERE id > ? ORDER BY id LIMIT ?");
        let rows = rows
            .bind(after)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Revokes the entry `id`, whatever decision made it.
    ///
    /// # Errors
    /// Where there is none in force.
    pub async fn revoke_entry(&self, act: &Act<'_>, id: i64) -> Result<(), ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if !revoke(&mut transaction, act, id).await? {
            return Err(ReviewError::Unknown("entry in force"));
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Adds `key` to a registry; its id.
pub(super) async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    scope: Scope,
    seller: Option<&str>,
    key: &str,
) -> Result<i64, sqlx::Error> {
    let added = sqlx::query_scalar(
        "INSERT INTO registry_entry (scope, seller, key, made_by, made_us) VALUES (?, ?, ?, ?, ?) RETURNING id",
    );
    let added = added.bind(scope.as_str()).bind(seller).bind(key);
    let added = added.bind(act.by).bind(act.now_us);
    added.fetch_one(&mut **transaction).await
}

/// Adds again what was revoked at `revoked_us`; the id of the new entry. `None` where it was revoked at another time, by somebody
/// who meant it: that stays so.
pub(super) async fn add_again(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: i64,
    revoked_us: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let added = sqlx::query_scalar(
        "INSERT INTO registry_entry (scope, seller, key, made_by, made_us)
         SELECT scope, seller, key, ?, ? FROM registry_entry WHERE id = ? AND revoked_us = ? RETURNING id",
    );
    let added = added
        .bind(act.by)
        .bind(act.now_us)
        .bind(id)
        .bind(revoked_us);
    added.fetch_optional(&mut **transaction).await
}

/// Revokes the entry; false where it is not in force.
pub(super) async fn revoke(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: i64,
) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query(
        "UPDATE registry_entry SET revoked_us = ?, revoked_by = ? WHERE id = ? AND revoked_us IS NULL",
    );
    let revoked = revoked.bind(act.now_us).bind(act.by).bind(id);
    Ok(revoked.execute(&mut **transaction).await?.rows_affected() == 1)
}
