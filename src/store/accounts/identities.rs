//! Who users are at the provider of single sign-on.

use sqlx::FromRow;

use super::super::audit::{NewAudit, append};
use super::super::{Store, StoreError};
use super::{Changed, UserRow, has_admin, sessions};

/// Who somebody is at a provider.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Who it is there.
    pub subject: &'a str,
    /// Whether the role of the user is the provider's.
    pub mapped: bool,
}

/// The user whom a provider knows.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct IdentifiedRow {
    /// The user.
    #[sqlx(flatten)]
    pub user: UserRow,
    /// Whether its role is the provider's.
    pub mapped: bool,
}

impl Store {
    /// The user who is `subject` at `issuer`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn identified(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<IdentifiedRow>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, name, role, password, disabled, created_us, changed_us, 1 AS joined, NULL AS joinable_us, mapped
             FROM identity JOIN user ON user.id = identity.user WHERE issuer = ? AND subject = ?",
        );
        let row = row.bind(issuer).bind(subject);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Keeps a new user whom a provider vouches for; false where the name is taken.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_identified(
        &self,
        user: &UserRow,
        identity: Identity<'_>,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let added = sqlx::query(
            "INSERT INTO user (id, name, role, created_us, changed_us) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&user.id)
        .bind(&user.name)
        .bind(&user.role)
        .bind(user.created_us)
        .bind(user.changed_us)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        let known = sqlx::query(
            "INSERT INTO identity (user, issuer, subject, mapped) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&user.id)
        .bind(identity.issuer)
        .bind(identity.subject)
        .bind(identity.mapped)
        .execute(&mut *transaction)
        .await?;
        if known.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Lets the user `id` be joined with whomever a provider calls so, until `until_us`. Where that is not given it cannot be joined
    /// any more, and whoever it was joined with is nobody here: its sessions end.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn let_join(
        &self,
        id: &str,
        until_us: Option<i64>,
        line: &NewAudit<'_>,
    ) -> Result<Changed, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let changed = sqlx::query("UPDATE user SET changed_us = ? WHERE id = ?");
        let changed = changed.bind(line.at_us).bind(id);
        if changed.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Changed::Unknown);
        }
        let removed = "DELETE FROM identity WHERE user = ? RETURNING subject IS NOT NULL";
        let was_joined: Option<bool> = sqlx::query_scalar(removed)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        if was_joined == Some(true) {
            sessions::end_all(&mut transaction, id).await?;
        }
        if let Some(until_us) = until_us {
            sqlx::query("INSERT INTO identity (user, until_us) VALUES (?, ?)")
                .bind(id)
                .bind(until_us)
                .execute(&mut *transaction)
                .await?;
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(Changed::Done)
    }

    /// Joins the user `id` with whom it is at a provider; false where nobody let it be joined, or not any more.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn join(
        &self,
        id: &str,
        identity: Identity<'_>,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let joined = sqlx::query(
            "UPDATE OR IGNORE identity SET issuer = ?, subject = ?, mapped = ?, until_us = NULL
             WHERE user = ? AND until_us > ?",
        )
        .bind(identity.issuer)
        .bind(identity.subject)
        .bind(identity.mapped)
        .bind(id)
        .bind(line.at_us)
        .execute(&mut *transaction)
        .await?;
        if joined.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives the user `id` the role that its provider says, or the one that it has where the provider says none any more. Its
    /// sessions end.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn map_role(
        &self,
        id: &str,
        role: &str,
        mapped: bool,
        line: &NewAudit<'_>,
    ) -> Result<Changed, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let changed = sqlx::query("UPDATE user SET role = ?, changed_us = ? WHERE id = ?");
        let changed = changed.bind(role).bind(line.at_us).bind(id);
        if changed.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Changed::Unknown);
        }
        if !has_admin(&mut transaction).await? {
            return Ok(Changed::LastAdmin);
        }
        sqlx::query("UPDATE identity SET mapped = ? WHERE user = ?")
            .bind(mapped)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        sessions::end_all(&mut transaction, id).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(Changed::Done)
    }
}
