//! What was answered to writes that carry an idempotency key: the same request again gets the same answer.

use super::super::{Store, StoreError};

/// For how long an answer is kept, µs.
const KEPT_US: i64 = 24 * 3_600 * 1_000_000;
/// How many answers are kept at most.
const MOST: i64 = 100_000;

/// What is cleared away before each: what was asked long ago, and the oldest where there are too many.
pub(super) const OLD: &str = "DELETE FROM idempotency WHERE (asked_by, key) IN (
    SELECT asked_by, key FROM idempotency INDEXED BY idempotency_by_time WHERE made_us < ? ORDER BY made_us LIMIT 100)";
const FULL: &str = "DELETE FROM idempotency WHERE (SELECT n FROM idempotency_count) >= ? AND (asked_by, key) IN (
    SELECT asked_by, key FROM idempotency INDEXED BY idempotency_by_time ORDER BY made_us LIMIT 100)";

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Nothing: the request is to be answered, and the answer kept.
    New,
    /// The same request was answered so.
    Known {
        /// The status.
        status: u16,
        /// The body.
        answer: String,
    },
    /// Another request had this key.
    Other,
    /// The same request was begun, and nothing is known of its end: it is being answered, or its program was gone before.
    Begun,
}

impl Store {
    /// Takes `key` for the request of `by` with the hash `sha256`, unless it is taken.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn take_key(
        &self,
        by: &str,
        key: &str,
        sha256: &str,
        now_us: i64,
    ) -> Result<Reply, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        // A few at a time: this is in the way of every write.
        for (query, bound) in [(OLD, now_us.saturating_sub(KEPT_US)), (FULL, MOST)] {
            let cleared = sqlx::query(query).bind(bound);
            cleared.execute(&mut *transaction).await?;
        }
        let known: Option<(String, Option<u16>, Option<String>)> = sqlx::query_as(
            "SELECT sha256, status, answer FROM idempotency WHERE asked_by = ? AND key = ?",
        )
        .bind(by)
        .bind(key)
        .fetch_optional(&mut *transaction)
        .await?;
        let reply = match known {
            Some((other, ..)) if other != sha256 => Reply::Other,
            Some((_, Some(status), answer)) => Reply::Known {
                status,
                answer: answer.unwrap_or_default(),
            },
            Some(_) => Reply::Begun,
            None => {
                sqlx::query(
                    "INSERT INTO idempotency (asked_by, key, sha256, made_us) VALUES (?, ?, ?, ?)",
                )
                .bind(by)
                .bind(key)
                .bind(sha256)
                .bind(now_us)
                .execute(&mut *transaction)
                .await?;
                Reply::New
            }
        };
        transaction.commit().await?;
        Ok(reply)
    }

    /// Keeps what was answered to the request with the hash `sha256`, also where its key was cleared away meanwhile; without an
    /// answer the key is free again.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn keep_reply(
        &self,
        by: &str,
        key: &str,
        sha256: &str,
        now_us: i64,
        answer: Option<(u16, &str)>,
    ) -> Result<(), StoreError> {
        match answer {
            Some((status, answer)) => {
                sqlx::query(
                    "INSERT INTO idempotency (asked_by, key, sha256, made_us, status, answer) VALUES (?, ?, ?, ?, ?, ?)
                     ON CONFLICT (asked_by, key) DO UPDATE SET status = excluded.status, answer = excluded.answer",
                )
                .bind(by)
                .bind(key)
                .bind(sha256)
                .bind(now_us)
                .bind(status)
                .bind(answer)
                .execute(&self.pool)
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM idempotency WHERE asked_by = ? AND key = ?")
                    .bind(by)
                    .bind(key)
                    .execute(&self.pool)
                    .await?;
            }
        }
        Ok(())
    }
}
