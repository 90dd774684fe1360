//! Sessions of browsers. Of what their cookies hold only the hash is kept.

use sqlx::FromRow;

use super::super::audit::{NewAudit, append};
use super::super::{Store, StoreError};

/// So many sessions a user has at most: with the next one the oldest ends.
const MOST: u32 = 50;

/// A session as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    /// Its id, which is no secret.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When it began, in µs since 1970 in UTC.
    pub created_us: i64,
    /// When it was last used, in µs since 1970 in UTC, to the minute.
    pub seen_us: i64,
}

/// By what somebody was let in.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// The password with this hash.
    Password(&'a str),
    /// Who it is at a provider.
    Identity {
        /// The provider.
        issuer: &'a str,
        /// Who it is there.
        subject: &'a str,
    },
}

/// Who has a session.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SignedIn {
    /// The session's id.
    pub session: String,
    /// The user's id.
    pub user: String,
    /// The user's name.
    pub name: String,
    /// The user's role.
    pub role: String,
    /// When the session began, in µs since 1970 in UTC.
    pub created_us: i64,
    /// When it was last used, in µs since 1970 in UTC, to the minute.
    pub seen_us: i64,
}

impl Store {
    /// Keeps a session whose secret has this hash; false where the user is disabled, or `proof` proves nothing any more: it was
    /// looked at some time ago, and a session that begins with it now would be left by what ended all others meanwhile. Those
    /// that were last used before `idle_us` or began before `old_us` go.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn add_session(
        &self,
        session: &SessionRow,
        sha256: &str,
        proof: Proof<'_>,
        (idle_us, old_us): (i64, i64),
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let (password, issuer, subject) = match proof {
            Proof::Password(hash) => (Some(hash), None, None),
            Proof::Identity { issuer, subject } => (None, Some(issuer), Some(subject)),
        };
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM session WHERE seen_us < ? OR created_us < ?")
            .bind(idle_us)
            .bind(old_us)
            .execute(&mut *transaction)
            .await?;
        let added = sqlx::query(
            "INSERT INTO session (id, sha256, user, agent, created_us, seen_us)
             SELECT ?, ?, user.id, ?, ?, ? FROM user
             WHERE user.id = ? AND disabled = 0
               AND (password = ? OR EXISTS (SELECT 1 FROM identity
                                            WHERE identity.user = user.id AND issuer = ? AND subject = ?))",
        )
        .bind(&session.id)
        .bind(sha256)
        .bind(&session.agent)
        .bind(session.created_us)
        .bind(session.seen_us)
        .bind(&session.user)
        .bind(password)
        .bind(issuer)
        .bind(subject)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "DELETE FROM session WHERE user = ?1 AND id NOT IN
                 (SELECT id FROM session WHERE user = ?1 ORDER BY created_us DESC, rowid DESC LIMIT ?2)",
        )
        .bind(&session.user)
        .bind(MOST)
        .execute(&mut *transaction)
        .await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Who has the session whose secret has this hash; nobody where the user is disabled.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn session(&self, sha256: &str) -> Result<Option<SignedIn>, StoreError> {
        let row = sqlx::query_as(
            "SELECT session.id AS session, user.id AS user, user.name, user.role, session.created_us, session.seen_us
             FROM session JOIN user ON user.id = session.user WHERE session.sha256 = ? AND user.disabled = 0",
        );
        Ok(row.bind(sha256).fetch_optional(&self.pool).await?)
    }

    /// Notes that the session `id` was used.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn see_session(&self, id: &str, now_us: i64) -> Result<(), StoreError> {
        let seen = sqlx::query("UPDATE session SET seen_us = ? WHERE id = ?");
        seen.bind(now_us).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// The sessions of `user`, the newest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn sessions(&self, user: &str) -> Result<Vec<SessionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, user, agent, created_us, seen_us FROM session WHERE user = ?
             ORDER BY created_us DESC, rowid DESC",
        );
        Ok(rows.bind(user).fetch_all(&self.pool).await?)
    }

    /// Ends the session `id` of `user`; false where it has none of that id.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn end_session(
        &self,
        user: &str,
        id: &str,
        line: &NewAudit<'_>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ended = sqlx::query("DELETE FROM session WHERE user = ? AND id = ?");
        let ended = ended.bind(user).bind(id).execute(&mut *transaction).await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Ends all sessions of `user`.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn end_sessions(&self, user: &str, line: &NewAudit<'_>) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        end_all(&mut transaction, user).await?;
        append(&mut *transaction, line).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends the sessions of `user`.
pub(super) async fn end_all(
    transaction: &mut sqlx::SqliteConnection,
    user: &str,
) -> Result<(), sqlx::Error> {
    let ended = sqlx::query("DELETE FROM session WHERE user = ?").bind(user);
    ended.execute(transaction).await?;
    Ok(())
}
