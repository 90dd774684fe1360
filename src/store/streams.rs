//! The streams that were added through the API, and which streams led off the platform before.

use std::collections::HashSet;

use sqlx::FromRow;

use super::{Store, StoreError};

/// A stream as it was added.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StreamRow {
    /// Its id.
    pub id: String,
    /// Where it comes from, the stream key included.
    pub url: String,
    /// Its labels, a list (JSON).
    pub labels: String,
    /// What belongs to its seller (JSON).
    pub registry: Option<String>,
    /// The name of the policy that judges it.
    pub policy: Option<String>,
}

impl Store {
    /// Keeps `row` in the place of the stream with its id. `changed_us` is the time in µs since 1970 in UTC.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn put_stream(&self, row: &StreamRow, changed_us: i64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO stream (id, url, labels, registry, policy, changed_us) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET
                 url = excluded.url, labels = excluded.labels, registry = excluded.registry,
                 policy = excluded.policy, changed_us = excluded.changed_us",
        )
        .bind(&row.id)
        .bind(&row.url)
        .bind(&row.labels)
        .bind(&row.registry)
        .bind(&row.policy)
        .bind(changed_us)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets the stream `id`. What was found in it stays on record.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub async fn remove_stream(&self, id: &str) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM stream WHERE id = ?").bind(id);
        removed.execute(&self.pool).await?;
        Ok(())
    }

    /// The streams that were added, by their ids.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn streams(&self) -> Result<Vec<StreamRow>, StoreError> {
        let rows =
            sqlx::query_as("SELECT id, url, labels, registry, policy FROM stream ORDER BY id");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The stream `id` as it was added.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn stream(&self, id: &str) -> Result<Option<StreamRow>, StoreError> {
        let row =
            sqlx::query_as("SELECT id, url, labels, registry, policy FROM stream WHERE id = ?");
        Ok(row.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The ids of the streams that led off the platform.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn streams_with_history(&self) -> Result<HashSet<String>, StoreError> {
        let ids =
            sqlx::query_scalar("SELECT DISTINCT stream FROM incident WHERE class = 'off_platform'");
        let ids: Vec<String> = ids.fetch_all(&self.pool).await?;
        Ok(ids.into_iter().collect())
    }

    /// Whether the stream `id` led off the platform.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn has_history(&self, id: &str) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM incident WHERE stream = ? AND class = 'off_platform')",
        );
        Ok(found.bind(id).fetch_one(&self.pool).await?)
    }
}
