//! Filters that somebody keeps under a name.

use sqlx::FromRow;

use super::super::{Store, StoreError};
use super::ReviewError;

/// The most filters of one person.
const MOST: i64 = 100;

/// A filter under a name.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SavedFilter {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Whether others see it too.
    pub shared: bool,
    /// The filter as it stands in a URL.
    pub query: String,
    /// When it was kept, µs since 1970 in UTC.
    pub made_us: i64,
}

impl Store {
    /// The filters of `owner`, and those that others share.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn saved_filters(&self, owner: &str) -> Result<Vec<SavedFilter>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, owner, name, shared, query, made_us FROM saved_filter WHERE owner = ?1 OR shared = 1
             ORDER BY owner <> ?1, name, owner LIMIT 1000",
        );
        Ok(rows.bind(owner).fetch_all(&self.pool).await?)
    }

    /// Keeps `filter` in the place of the one of its owner and name; its id.
    ///
    /// # Errors
    /// Where there are too many.
    pub async fn save_filter(&self, filter: &SavedFilter) -> Result<String, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let others: i64 =
            sqlx::query_scalar("SELECT count(*) FROM saved_filter WHERE owner = ? AND name <> ?")
                .bind(&filter.owner)
                .bind(&filter.name)
                .fetch_one(&mut *transaction)
                .await?;
        if others >= MOST {
            return Err(ReviewError::Conflict("there are 100 filters already"));
        }
        let id = sqlx::query_scalar(
            "INSERT INTO saved_filter (id, owner, name, shared, query, made_us) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (owner, name) DO UPDATE SET shared = excluded.shared, query = excluded.query,
                 made_us = excluded.made_us
             RETURNING id",
        )
        .bind(&filter.id)
        .bind(&filter.owner)
        .bind(&filter.name)
        .bind(filter.shared)
        .bind(&filter.query)
        .bind(filter.made_us)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Forgets the filter `id` of `owner`; false where there is none.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn remove_filter(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM saved_filter WHERE id = ? AND owner = ?");
        let removed = removed.bind(id).bind(owner).execute(&self.pool).await?;
        Ok(removed.rows_affected() == 1)
    }
}
