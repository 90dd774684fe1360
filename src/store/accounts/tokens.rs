//! Tokens of programs. Only their hashes are kept.

use sqlx::FromRow;

use super::super::audit::{NewAudit, append};
use super::super::{Store, StoreError};

/// A token as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// Its name, which no other has.
    pub name: String,
    /// Its role.
    pub role: String,
    /// The permissions that it is held to, separated by spaces; `None` where it may all that its role may.
    pub scopes: Option<String>,
    /// The name of who made it.
    pub made_by: String,
    /// When it was made, in µs since 1970 in UTC.
    pub created_us: i64,
    /// Until when it is good, in µs since 1970 in UTC.
    pub until_us: i64,
    /// The day on which it was last used, counted from 1970-01-01 in UTC.
    pub used_day: Option<i64>,
    /// When it was revoked, in µs since 1970 in UTC.
    pub revoked_us: Option<i64>,
}

const COLUMNS: &str =
    "SELECT id, name, role, scopes, made_by, created_us, until_us, used_day, revoked_us FROM token";

impl Store {
    /// Tokens in the order of their names, from behind `after` on, those that are good for nothing any more among them.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn tokens(&self, after: &str, limit: u32) -> Result<Vec<TokenRow>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name > ? ORDER BY name LIMIT ?"));
        let rows = sqlx::query_as(query).bind(after).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The token that has this hash, whether it is good or not; none while whoever made it, or made the token that made it, is no
    /// admin any more or disabled, and none once a token that made it was revoked: what it could do it could go on to do with the
    /// token.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn token(&self, sha256: &str) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "WITH RECURSIVE maker (name) AS (
                 SELECT made_by FROM token WHERE sha256 = ?1
                 UNION SELECT made_by FROM token JOIN maker ON token.name = maker.name)
             {COLUMNS} WHERE sha256 = ?1
                 AND NOT EXISTS (SELECT 1 FROM user
                     WHERE (disabled = 1 OR role <> 'admin') AND user.name IN (SELECT name FROM maker))
                 AND NOT EXISTS (SELECT 1 FROM token AS made
                     WHERE made.revoked_us IS NOT NULL AND made.name IN (SELECT name FROM maker))"
        )));
        Ok(row.bind(sha256).fetch_optional(&self.pool).await?)
    }

    /// Whether a token is called so, in small or capital letters, whether it is good or not.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn has_token(&self, name: &str) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM token WHERE name = ?)");
        Ok(found.bind(name).fetch_one(&self.pool).await?)
    }

    /// Keeps a token with this hash; false where the name is taken.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_token(
        &self,
        token: &TokenRow,
        sha256: &str,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let added = sqlx::query(
            "INSERT INTO token (id, name, sha256, role, scopes, made_by, created_us, until_us)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&token.id)
        .bind(&token.name)
        .bind(sha256)
        .bind(&token.role)
        .bind(&token.scopes)
        .bind(&token.made_by)
        .bind(token.created_us)
        .bind(token.until_us)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes that the token `id` was used on this day.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn use_token(&self, id: &str, day: i64) -> Result<(), StoreError> {
        let used = sqlx::query("UPDATE token SET used_day = ? WHERE id = ?");
        used.bind(day).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Revokes the token `id`; false where there is none that was not revoked yet.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn revoke_token(&self, id: &str, line: &NewAudit<'_>) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let revoked =
            sqlx::query("UPDATE token SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL");
        let revoked = revoked.bind(line.at_us).bind(id);
        if revoked.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
