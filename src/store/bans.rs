//! Bans: those in force are loaded at the start, those that are over stay on record.

use sqlx::FromRow;

use super::{Store, StoreError};
use crate::ban::{Ban, StreamKey};

/// How many bans one answer holds at most.
const MOST: i64 = 1_000;

/// A ban as it is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRow {
    /// What it says.
    pub ban: Ban,
    /// When it was lifted, in µs since 1970 in UTC.
    pub lifted_us: Option<i64>,
    /// Who lifted it.
    pub lifted_by: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    server: String,
    vhost: String,
    app: String,
    name: String,
    stream: String,
    publisher: Option<String>,
    reason: String,
    made_by: String,
    created_us: i64,
    until_us: i64,
    lifted_us: Option<i64>,
    lifted_by: Option<String>,
}

impl From<Row> for BanRow {
    fn from(row: Row) -> Self {
        let key = StreamKey {
            vhost: row.vhost,
            app: row.app,
            name: row.name,
        };
        Self {
            ban: Ban {
                id: row.id,
                server: row.server,
                key,
                stream: row.stream,
                publisher: row.publisher,
                reason: row.reason,
                by: row.made_by,
                created_us: row.created_us,
                until_us: row.until_us,
            },
            lifted_us: row.lifted_us,
            lifted_by: row.lifted_by,
        }
    }
}

impl Store {
    /// Keeps `ban`.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_ban(&self, ban: &Ban) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO ban (id, server, vhost, app, name, stream, publisher, reason, made_by, created_us, until_us)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&ban.id)
        .bind(&ban.server)
        .bind(&ban.key.vhost)
        .bind(&ban.key.app)
        .bind(&ban.key.name)
        .bind(&ban.stream)
        .bind(&ban.publisher)
        .bind(&ban.reason)
        .bind(&ban.by)
        .bind(ban.created_us)
        .bind(ban.until_us)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes the ban `id` back; false where there is none in force at `now_us`.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn lift_ban(&self, id: &str, by: &str, now_us: i64) -> Result<bool, StoreError> {
        let lifted = sqlx::query(
            "UPDATE ban SET lifted_us = ?1, lifted_by = ?2 WHERE id = ?3 AND lifted_us IS NULL AND until_us > ?1",
        )
        .bind(now_us)
        .bind(by)
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(lifted.rows_affected() == 1)
    }

    /// All bans that are in force at `now_us`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn bans_in_force(&self, now_us: i64) -> Result<Vec<BanRow>, StoreError> {
        let rows = sqlx::query_as::<_, Row>(
            "SELECT * FROM ban WHERE lifted_us IS NULL AND until_us > ? ORDER BY created_us DESC, id",
        );
        let rows = rows.bind(now_us).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(BanRow::from).collect())
    }

    /// The newest bans, those that are over included.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn bans(&self) -> Result<Vec<BanRow>, StoreError> {
        let rows =
            sqlx::query_as::<_, Row>("SELECT * FROM ban ORDER BY created_us DESC, id LIMIT ?");
        let rows = rows.bind(MOST).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(BanRow::from).collect())
    }
}
