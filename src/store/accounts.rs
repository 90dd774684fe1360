//! Users, and the links that work once. Each change is kept in one transaction with its line in the audit log.

use sqlx::FromRow;

use super::audit::{NewAudit, append};
use super::{Store, StoreError};

mod identities;
mod sessions;
mod tokens;

pub use identities::{IdentifiedRow, Identity};
pub use sessions::{Proof, SessionRow, SignedIn};
pub use tokens::TokenRow;

/// A user as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UserRow {
    /// Its id.
    pub id: String,
    /// Its name, which no other has.
    pub name: String,
    /// Its role.
    pub role: String,
    /// The hash of its password; `None` before it followed its invitation.
    pub password: Option<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// When it was made, in µs since 1970 in UTC.
    pub created_us: i64,
    /// When it was last changed, in µs since 1970 in UTC.
    pub changed_us: i64,
    /// Whether a provider of single sign-on knows it.
    pub joined: bool,
    /// Until when it may be joined with somebody there, in µs since 1970 in UTC.
    pub joinable_us: Option<i64>,
}

/// A link that works once.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The hash of its secret.
    pub sha256: &'a str,
    /// Until when it works, in µs since 1970 in UTC.
    pub until_us: i64,
}

/// What a link that still works is for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LinkRow {
    /// Who is invited; `None` where it makes an admin.
    pub user: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is kept.
    Done,
    /// There is no such user.
    Unknown,
    /// Nobody would be left who says who may what.
    LastAdmin,
}

const COLUMNS: &str = "SELECT id, name, role, password, disabled, created_us, changed_us,
     identity.subject IS NOT NULL AS joined, identity.until_us AS joinable_us
     FROM user LEFT JOIN identity ON identity.user = user.id";

impl Store {
    /// Whether there is any user.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM user)");
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// Users in the order of their names, from behind `after` on.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn users(&self, after: &str, limit: u32) -> Result<Vec<UserRow>, StoreError> {
        // No name is empty.
        let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name > ? ORDER BY name LIMIT ?"));
        let rows = sqlx::query_as(query).bind(after).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The user `id`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn user(&self, id: &str) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = ?")));
        Ok(row.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The user called `name`, in small or capital letters.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name = ?")));
        Ok(row.bind(name).fetch_optional(&self.pool).await?)
    }

    /// Keeps a new user, who is invited by `link`; false where the name is taken.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_user(
        &self,
        user: &UserRow,
        link: NewLink<'_>,
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
        put_link(&mut transaction, Some(&user.id), link, line.at_us).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives the user `id` this role, or disables or enables it. Its sessions end: what it may is decided anew.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn change_user(
        &self,
        id: &str,
        role: Option<&str>,
        disabled: Option<bool>,
        line: &NewAudit<'_>,
    ) -> Result<Changed, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let changed = sqlx::query(
            "UPDATE user SET role = coalesce(?, role), disabled = coalesce(?, disabled), changed_us = ? WHERE id = ?",
        )
        .bind(role)
        .bind(disabled)
        .bind(line.at_us)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(Changed::Unknown);
        }
        if !has_admin(&mut transaction).await? {
            return Ok(Changed::LastAdmin);
        }
        sessions::end_all(&mut transaction, id).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(Changed::Done)
    }

    /// Gives the user `id` another password and ends its sessions. A link with which it could choose one works no more.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn set_password(
        &self,
        id: &str,
        password: &str,
        line: &NewAudit<'_>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE user SET password = ?, changed_us = ? WHERE id = ?")
            .bind(password)
            .bind(line.at_us)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        end_access(&mut transaction, id).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps a link that lets `user` choose a password, or makes an admin where none is given. The one before it works
    /// no more.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_link(
        &self,
        user: Option<&str>,
        link: NewLink<'_>,
        line: &NewAudit<'_>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        put_link(&mut transaction, user, link, line.at_us).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What the link with this hash is for, where it works at `now_us`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn link(&self, sha256: &str, now_us: i64) -> Result<Option<LinkRow>, StoreError> {
        let row = sqlx::query_as(
            "SELECT link.user, user.name FROM link LEFT JOIN user ON user.id = link.user
             WHERE link.sha256 = ? AND link.until_us > ? AND coalesce(user.disabled, 0) = 0",
        );
        let row = row.bind(sha256).bind(now_us);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Follows a link that makes an admin: `user` is made, or becomes an admin with this password where there is one of
    /// that id. False where the link does not work any more.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn follow_setup(
        &self,
        sha256: &str,
        user: &UserRow,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let used =
            sqlx::query("DELETE FROM link WHERE sha256 = ? AND user IS NULL AND until_us > ?");
        let used = used.bind(sha256).bind(line.at_us);
        if used.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let changed = sqlx::query(
            "UPDATE user SET role = 'admin', password = ?, disabled = 0, changed_us = ? WHERE id = ?",
        );
        let changed = changed.bind(&user.password).bind(line.at_us).bind(&user.id);
        if changed.execute(&mut *transaction).await?.rows_affected() == 0 {
            sqlx::query(
                "INSERT INTO user (id, name, role, password, created_us, changed_us) VALUES (?1, ?2, 'admin', ?3, ?4, ?4)",
            )
            .bind(&user.id)
            .bind(&user.name)
            .bind(&user.password)
            .bind(line.at_us)
            .execute(&mut *transaction)
            .await?;
        }
        end_access(&mut transaction, &user.id).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Follows an invitation: the user `id` has this password from then on, and its sessions end. False where the link
    /// does not work any more.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn follow_invitation(
        &self,
        sha256: &str,
        id: &str,
        password: &str,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let used = sqlx::query("DELETE FROM link WHERE sha256 = ? AND user = ? AND until_us > ?");
        let used = used.bind(sha256).bind(id).bind(line.at_us);
        if used.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE user SET password = ?, changed_us = ? WHERE id = ?")
            .bind(password)
            .bind(line.at_us)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        sessions::end_all(&mut transaction, id).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Ends the sessions of a user whose password is another one now, and what could change it again.
async fn end_access(
    transaction: &mut sqlx::SqliteConnection,
    user: &str,
) -> Result<(), sqlx::Error> {
    let links = sqlx::query("DELETE FROM link WHERE user = ?").bind(user);
    links.execute(&mut *transaction).await?;
    sessions::end_all(transaction, user).await
}

/// Whether there is an admin who can sign in whatever a provider says.
async fn has_admin(transaction: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM user WHERE role = 'admin' AND disabled = 0 AND password IS NOT NULL)",
    );
    found.fetch_one(transaction).await
}

/// Keeps a link in the place of the one for the same user, and forgets those that are over.
async fn put_link(
    transaction: &mut sqlx::SqliteConnection,
    user: Option<&str>,
    link: NewLink<'_>,
    now_us: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM link WHERE until_us <= ? OR user IS ?")
        .bind(now_us)
        .bind(user)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO link (sha256, user, created_us, until_us) VALUES (?, ?, ?, ?)")
        .bind(link.sha256)
        .bind(user)
        .bind(now_us)
        .bind(link.until_us)
        .execute(&mut *transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
