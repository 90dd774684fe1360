//! The chain of manifests, and what is still to be added to it.
//!
//! Whoever adds one holds the write lock from reading the last one to the end: two programs at the same records make
//! one chain.

use sqlx::{FromRow, Sqlite, Transaction};

use super::{Store, StoreError};
use crate::ids;
use crate::wire::manifest::FileData;

/// The hash before the first manifest.
pub const NONE_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The position of the last manifest; 0 where there is none.
    pub position: i64,
    /// Its hash; [`NONE_BEFORE`] where there is none.
    pub sha256: String,
}

/// An incident, as far as a manifest is to hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Its id.
    pub incident: String,
    /// All of its events, oldest first.
    pub events: Vec<RecordedEvent>,
    /// The files of evidence that are on record.
    pub files: Vec<FileData>,
    /// SHA-256 of the policy that judged it last; `None` where that is not known.
    pub policy_sha256: Option<String>,
}

/// An event as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RecordedEvent {
    /// When it was recorded, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The whole event (JSON).
    pub event: String,
}

/// A manifest that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewManifest {
    /// What it is: `sealed`, `hold`, `release` or `tombstone`.
    pub kind: &'static str,
    /// JSON, byte for byte as it was signed.
    pub text: String,
    /// The signature, base64.
    pub signature: String,
    /// The public key (`whpk_...`).
    pub key: String,
}

/// A manifest as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ManifestRow {
    /// Its place in the chain, from 1.
    pub position: i64,
    /// The incident's id.
    pub incident: String,
    /// What it is.
    pub kind: String,
    /// The incident's last event that it covers.
    pub sequence: i64,
    /// The hash of the one before it.
    pub previous: String,
    /// Its own hash.
    pub sha256: String,
    /// JSON, byte for byte as it was signed.
    pub manifest: String,
    /// The signature, base64.
    pub signature: String,
    /// The public key.
    pub key: String,
    /// When it was made, µs since 1970 in UTC.
    pub sealed_us: i64,
}

/// What the records say of an incident's manifests.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SealedState {
    /// The incident's id.
    pub id: String,
    /// `open` or `ended`.
    pub state: String,
    /// Its last event.
    pub sequence: i64,
    /// The last event that a manifest holds; 0 where there is none.
    pub sealed: i64,
    /// Whether its evidence is kept no more.
    pub entombed: bool,
}

/// What is to be sealed: an incident that has ended, and one that was left open by a program that is gone. What of its
/// evidence is still being made is asked for here, where there is such a thing.
const TO_SEAL: &str = "
    SELECT id, sequence, policy FROM incident
    WHERE sequence > sealed AND (state = 'ended' OR changed_us < ?) ORDER BY changed_us, id LIMIT ?";

impl Store {
    /// Seals at most `most` incidents, those first that changed first; how many. `build` makes the manifest of one that
    /// comes after the end of the chain, and nothing where it cannot. One that is open counts as left behind where its
    /// last event was recorded before `left_us`. Both times are µs since 1970 in UTC.
    ///
    /// # Errors
    /// Where the records cannot be used; the chain is as it was.
    pub async fn seal(
        &self,
        most: u32,
        left_us: i64,
        now_us: i64,
        mut build: impl FnMut(&Head, &Whole) -> Option<NewManifest> + Send,
    ) -> Result<usize, StoreError> {
        // Most of the time there is nothing, and that takes no lock.
        let any = sqlx::query(TO_SEAL).bind(left_us).bind(1);
        if any.fetch_optional(&self.pool).await?.is_none() {
            return Ok(0);
        }
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let incidents: Vec<(String, i64, String)> = sqlx::query_as(TO_SEAL)
            .bind(left_us)
            .bind(most)
            .fetch_all(&mut *transaction)
            .await?;
        let mut head = head(&mut transaction).await?;
        let mut sealed = 0;
        for (incident, sequence, policy) in incidents {
            let whole = whole(&mut transaction, incident, &policy).await?;
            let Some(new) = build(&head, &whole) else {
                continue;
            };
            head = append(
                &mut transaction,
                &head,
                &whole.incident,
                sequence,
                new,
                now_us,
            )
            .await?;
            sqlx::query("UPDATE incident SET sealed = ? WHERE id = ?")
                .bind(sequence)
                .bind(&whole.incident)
                .execute(&mut *transaction)
                .await?;
            sealed += 1;
        }
        transaction.commit().await?;
        Ok(sealed)
    }

    /// Adds a manifest about `incident` that `build` makes, which comes after the end of the chain: a hold or its release. False where
    /// its evidence is kept no more, or there is no such incident.
    ///
    /// # Errors
    /// Where the records cannot be used.
    pub async fn add_manifest(
        &self,
        incident: &str,
        now_us: i64,
        build: impl FnOnce(&Head) -> NewManifest + Send,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let head = head(&mut transaction).await?;
        let sequence = "SELECT sequence FROM incident WHERE id = ? AND entombed = 0";
        let sequence: Option<i64> = sqlx::query_scalar(sequence)
            .bind(incident)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(sequence) = sequence else {
            return Ok(false);
        };
        append(
            &mut transaction,
            &head,
            incident,
            sequence,
            build(&head),
            now_us,
        )
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The manifests after `position`, `most` at most, in their order.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn manifests_after(
        &self,
        position: i64,
        most: u32,
    ) -> Result<Vec<ManifestRow>, StoreError> {
        let rows =
            sqlx::query_as("SELECT * FROM manifest WHERE position > ? ORDER BY position LIMIT ?");
        Ok(rows.bind(position).bind(most).fetch_all(&self.pool).await?)
    }

    /// The manifests of `incident`, in their order.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn manifests_of(&self, incident: &str) -> Result<Vec<ManifestRow>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM manifest WHERE incident = ? ORDER BY position");
        Ok(rows.bind(incident).fetch_all(&self.pool).await?)
    }

    /// The events of `incident`, oldest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn events_of(&self, incident: &str) -> Result<Vec<RecordedEvent>, StoreError> {
        let rows = sqlx::query_as(EVENTS).bind(incident);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// How far `incident` is sealed; `None` where there is no such incident.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn sealed_state(&self, incident: &str) -> Result<Option<SealedState>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, state, sequence, sealed, entombed FROM incident WHERE id = ?",
        );
        Ok(row.bind(incident).fetch_optional(&self.pool).await?)
    }

    /// The incidents that ended and that no manifest holds to their end, or that the records call sealed where the chain
    /// has no manifest.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn unsealed(&self) -> Result<Vec<SealedState>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, state, sequence, sealed, entombed FROM incident
             WHERE (state = 'ended' AND sequence > sealed)
                OR (sealed > 0 AND NOT EXISTS (SELECT 1 FROM manifest
                    WHERE incident = incident.id AND kind = 'sealed' AND sequence >= incident.sealed))
             ORDER BY id",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The highest position that a manifest ever had, by what SQLite itself keeps.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn last_position(&self) -> Result<i64, StoreError> {
        let row = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'manifest'");
        Ok(row.fetch_optional(&self.pool).await?.unwrap_or(0))
    }

    /// The positions and hashes of at most `most` manifests after `position` that have no time stamp, the newest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn unstamped(
        &self,
        position: i64,
        most: u32,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT position, sha256 FROM manifest
             WHERE position > ?
               AND NOT EXISTS (SELECT 1 FROM time_stamp WHERE time_stamp.position = manifest.position)
             ORDER BY position DESC LIMIT ?",
        );
        Ok(rows.bind(position).bind(most).fetch_all(&self.pool).await?)
    }

    /// Keeps what a time-stamping authority said of the manifest at `position`.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn put_time_stamp(&self, position: i64, answer: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO time_stamp (position, answer) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(position)
        .bind(answer)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What a time-stamping authority said of the manifest at `position`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn time_stamp(&self, position: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query_scalar("SELECT answer FROM time_stamp WHERE position = ?");
        Ok(row.bind(position).fetch_optional(&self.pool).await?)
    }

    /// Remembers that the policy `id` is in force; `sha256` is that of its file.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn put_policy(&self, id: &str, sha256: &str, now_us: i64) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO policy (id, sha256, since_us) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(id)
            .bind(sha256)
            .bind(now_us)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

const EVENTS: &str =
    "SELECT recorded_us, event FROM incident_event WHERE incident = ? ORDER BY sequence";

async fn whole(
    transaction: &mut Transaction<'_, Sqlite>,
    incident: String,
    policy: &str,
) -> Result<Whole, sqlx::Error> {
    let events = sqlx::query_as(EVENTS)
        .bind(&incident)
        .fetch_all(&mut **transaction)
        .await?;
    let files: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT kind, path, sha256, bytes, media_ms FROM evidence WHERE incident = ? ORDER BY path",
    )
    .bind(&incident)
    .fetch_all(&mut **transaction)
    .await?;
    let files = files
        .into_iter()
        .map(|(kind, path, sha256, bytes, media_ms)| FileData {
            kind,
            path,
            sha256,
            bytes: bytes.cast_unsigned(),
            media_ms,
        });
    let policy_sha256 = sqlx::query_scalar("SELECT sha256 FROM policy WHERE id = ?")
        .bind(policy)
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(Whole {
        incident,
        events,
        files: files.collect(),
        policy_sha256,
    })
}

pub(super) async fn head(transaction: &mut Transaction<'_, Sqlite>) -> Result<Head, sqlx::Error> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT position, sha256 FROM manifest ORDER BY position DESC LIMIT 1")
            .fetch_optional(&mut **transaction)
            .await?;
    let (position, sha256) = last.unwrap_or((0, NONE_BEFORE.to_owned()));
    Ok(Head { position, sha256 })
}

/// Adds `new` after `head`; the end of the chain as it is then.
pub(super) async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    head: &Head,
    incident: &str,
    sequence: i64,
    new: NewManifest,
    now_us: i64,
) -> Result<Head, sqlx::Error> {
    let next = Head {
        position: head.position + 1,
        sha256: ids::sha256(new.text.as_bytes()),
    };
    sqlx::query(
        "INSERT INTO manifest (position, incident, kind, sequence, previous, sha256, manifest, signature, key, sealed_us)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(next.position)
    .bind(incident)
    .bind(new.kind)
    .bind(sequence)
    .bind(&head.sha256)
    .bind(&next.sha256)
    .bind(new.text)
    .bind(new.signature)
    .bind(new.key)
    .bind(now_us)
    .execute(&mut **transaction)
    .await?;
    Ok(next)
}
