//! The outbox: events that are still to be delivered to an endpoint, and those that could not be.
//!
//! The events of an incident are delivered in their order, so of each incident one delivery at most has a time for its
//! next attempt: the oldest. Whoever ends it gives the next one its turn, in the same transaction; so no query ever
//! looks through what waits.

use sqlx::{FromRow, Sqlite, Transaction};

use super::{Store, StoreError};

/// How many deliveries are brought back in one transaction.
const CHUNK: usize = 500;

/// The longest that a delivery is put off, µs: an hour and a fifth, which those that put it off hold to.
const LONGEST_PAUSE_US: i64 = 72 * 60_000_000;

/// A delivery that was not made yet.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DeliveryRow {
    /// Its id.
    pub id: i64,
    /// The endpoint's name.
    pub endpoint: String,
    /// The id of the event.
    pub event: String,
    /// The incident's id.
    pub incident: String,
    /// `pending`, or `dead` where it was given up.
    pub state: String,
    /// Attempts that failed.
    pub attempts: i64,
    /// When the event was recorded, µs since 1970 in UTC as all times here.
    pub created_us: i64,
    /// When it was last tried, given up or brought back.
    pub changed_us: i64,
    /// When it was tried first.
    pub tried_us: Option<i64>,
    /// When it is tried next; `None` where it is dead, or another event of its incident comes first.
    pub next_us: Option<i64>,
    /// The status of the last answer.
    pub last_status: Option<u16>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whether its incident is on record: an action that nobody took for one is delivered under an id of its own.
    pub known: bool,
}

/// A delivery whose time has come.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Due {
    /// Its id.
    pub id: i64,
    /// The id of the event.
    pub event: String,
    /// The incident's id.
    pub incident: String,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it was tried first.
    pub tried_us: Option<i64>,
    /// The event as it was recorded (JSON).
    pub body: String,
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// What went wrong, for people.
    pub error: String,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was delivered.
    Delivered,
    /// It is tried again at this time, µs since 1970 in UTC.
    Again(i64, Miss),
    /// It is given up.
    Dead(Miss),
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listed<'a> {
    /// Those to this endpoint alone.
    pub endpoint: Option<&'a str>,
    /// `pending` or `dead` ones alone.
    pub state: Option<&'a str>,
    /// Those whose ids come after this one.
    pub after: i64,
    /// So many of them.
    pub limit: usize,
}

/// What is to be delivered to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Queue {
    /// Its name.
    pub endpoint: String,
    /// Deliveries that are still to be made.
    pub pending: i64,
    /// Those that were given up.
    pub dead: i64,
    /// When the event of the oldest pending one was recorded, µs since 1970 in UTC.
    pub oldest_us: Option<i64>,
}

/// What became of a delivery that was to be brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// It is pending again.
    Done,
    /// It is pending as it was.
    Pending,
    /// There is none of that id; it may have been delivered.
    Unknown,
}

impl Store {
    /// The deliveries to `endpoint` whose time has come, `limit` at most, of each incident its oldest alone. One that would wait for
    /// longer than any pause was put off before the clock was set back: its time has come, too.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn due(
        &self,
        endpoint: &str,
        now_us: i64,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let too_late_us = now_us.saturating_add(LONGEST_PAUSE_US).saturating_add(1);
        let mut due: Vec<Due> = Vec::new();
        for (from_us, until_us) in [(i64::MIN, now_us), (too_late_us, i64::MAX)] {
            let rows = sqlx::query_as(
                "SELECT outbox.id, outbox.event, outbox.incident, attempts, tried_us, incident_event.event AS body
                 FROM outbox JOIN incident_event ON incident_event.id = outbox.event
                 WHERE endpoint = ? AND next_us BETWEEN ? AND ? ORDER BY next_us LIMIT ?",
            );
            let rows = rows.bind(endpoint).bind(from_us).bind(until_us);
            let rows = rows.bind(count(limit - due.len()));
            due.append(&mut rows.fetch_all(&self.pool).await?);
        }
        Ok(due)
    }

    /// When the next delivery to `endpoint` after `now_us` is due.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn next_due(&self, endpoint: &str, now_us: i64) -> Result<Option<i64>, StoreError> {
        let query = "SELECT min(next_us) FROM outbox WHERE endpoint = ? AND next_us > ?";
        let next = sqlx::query_scalar(query).bind(endpoint).bind(now_us);
        Ok(next.fetch_one(&self.pool).await?)
    }

    /// Keeps what became of deliveries, by their ids, in one transaction.
    ///
    /// # Errors
    /// Where it could not be kept; nothing of it is.
    pub async fn settle(&self, fates: &[(i64, Fate)], now_us: i64) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (id, fate) in fates {
            settle(&mut transaction, *id, fate, now_us).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The deliveries that were not made yet, by their ids.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn deliveries(&self, listed: &Listed<'_>) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, endpoint, event, incident, state, attempts, created_us, changed_us, tried_us, next_us,
                    last_status, last_error, EXISTS (SELECT 1 FROM incident WHERE incident.id = outbox.incident) AS known
             FROM outbox WHERE id > ? AND endpoint = coalesce(?, endpoint) AND state = coalesce(?, state)
             ORDER BY id LIMIT ?",
        );
        let rows = rows.bind(listed.after).bind(listed.endpoint);
        let rows = rows.bind(listed.state).bind(count(listed.limit));
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// What is to be delivered to each endpoint that anything is to be delivered to, by their names.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT held.endpoint, held.pending, held.dead, oldest.created_us AS oldest_us
             FROM (SELECT endpoint, count(*) FILTER (WHERE state = 'pending') AS pending,
                          count(*) FILTER (WHERE state = 'dead') AS dead,
                          min(id) FILTER (WHERE state = 'pending') AS oldest
                   FROM outbox GROUP BY endpoint) AS held
             LEFT JOIN outbox AS oldest ON oldest.id = held.oldest ORDER BY held.endpoint",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Brings the delivery `id` back that was given up: it is tried as if it had never been.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn replay(&self, id: i64, now_us: i64) -> Result<Replayed, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let replayed = replay(&mut transaction, id, now_us).await?;
        transaction.commit().await?;
        Ok(replayed)
    }

    /// Brings all deliveries back that were given up, or those to `endpoint` alone; how many they are.
    ///
    /// # Errors
    /// Where it could not be kept; what was brought back before stays so.
    pub async fn replay_all(&self, endpoint: Option<&str>, now_us: i64) -> Result<u64, StoreError> {
        let mut listed = Listed {
            endpoint,
            state: Some("dead"),
            after: 0,
            limit: CHUNK,
        };
        let mut replayed = 0;
        loop {
            let dead = self.deliveries(&listed).await?;
            let Some(last) = dead.last() else {
                return Ok(replayed);
            };
            listed.after = last.id;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            for row in &dead {
                let one = replay(&mut transaction, row.id, now_us).await?;
                replayed += u64::from(one == Replayed::Done);
            }
            transaction.commit().await?;
        }
    }
}

/// A number of rows as SQLite counts them.
fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Puts the event `id` of `incident` in, to be delivered to `endpoint`.
pub(super) async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    endpoint: &str,
    event: &str,
    incident: &str,
    now_us: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO outbox (endpoint, event, incident, state, attempts, created_us, changed_us)
         VALUES (?, ?, ?, 'pending', 0, ?4, ?4)",
    )
    .bind(endpoint)
    .bind(event)
    .bind(incident)
    .bind(now_us)
    .execute(&mut **transaction)
    .await?;
    give_turn(transaction, endpoint, incident, now_us).await
}

/// Lets the oldest pending delivery of `incident` to `endpoint` be tried now, unless it has a time already.
async fn give_turn(
    transaction: &mut Transaction<'_, Sqlite>,
    endpoint: &str,
    incident: &str,
    now_us: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE outbox SET next_us = ?3 WHERE next_us IS NULL AND id =
             (SELECT min(id) FROM outbox WHERE endpoint = ?1 AND incident = ?2 AND state = 'pending')",
    )
    .bind(endpoint)
    .bind(incident)
    .bind(now_us)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn settle(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    fate: &Fate,
    now_us: i64,
) -> Result<(), sqlx::Error> {
    let ended: Option<(String, String)> = match fate {
        Fate::Delivered => {
            let query = "DELETE FROM outbox WHERE id = ? RETURNING endpoint, incident";
            let removed = sqlx::query_as(query).bind(id);
            removed.fetch_optional(&mut **transaction).await?
        }
        Fate::Again(next_us, miss) => {
            // Where an older one was brought back meanwhile, this one has no turn any more.
            sqlx::query(
                "UPDATE outbox SET attempts = attempts + 1, changed_us = ?2, tried_us = coalesce(tried_us, ?2),
                     last_status = ?3, last_error = ?4, next_us = CASE WHEN next_us IS NULL THEN NULL ELSE ?5 END
                 WHERE id = ?1",
            )
            .bind(id)
            .bind(now_us)
            .bind(miss.status)
            .bind(&miss.error)
            .bind(next_us)
            .execute(&mut **transaction)
            .await?;
            None
        }
        Fate::Dead(miss) => {
            sqlx::query_as(
                "UPDATE outbox SET attempts = attempts + 1, changed_us = ?2, tried_us = coalesce(tried_us, ?2),
                     last_status = ?3, last_error = ?4, next_us = NULL, state = 'dead'
                 WHERE id = ?1 RETURNING endpoint, incident",
            )
            .bind(id)
            .bind(now_us)
            .bind(miss.status)
            .bind(&miss.error)
            .fetch_optional(&mut **transaction)
            .await?
        }
    };
    match ended {
        Some((endpoint, incident)) => give_turn(transaction, &endpoint, &incident, now_us).await,
        None => Ok(()),
    }
}

async fn replay(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    now_us: i64,
) -> Result<Replayed, sqlx::Error> {
    let query =
        "UPDATE outbox SET state = 'pending', attempts = 0, tried_us = NULL, changed_us = ?2
         WHERE id = ?1 AND state = 'dead' RETURNING endpoint, incident";
    let back = sqlx::query_as(query).bind(id).bind(now_us);
    let back: Option<(String, String)> = back.fetch_optional(&mut **transaction).await?;
    let Some((endpoint, incident)) = back else {
        let known = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?)");
        let known: bool = known.bind(id).fetch_one(&mut **transaction).await?;
        return Ok(if known {
            Replayed::Pending
        } else {
            Replayed::Unknown
        });
    };
    // The younger one that has the turn gives it back.
    let query = "UPDATE outbox SET next_us = NULL
         WHERE endpoint = ? AND state = 'pending' AND incident = ? AND id > ? AND next_us IS NOT NULL";
    let younger = sqlx::query(query).bind(&endpoint).bind(&incident).bind(id);
    younger.execute(&mut **transaction).await?;
    give_turn(transaction, &endpoint, &incident, now_us).await?;
    Ok(Replayed::Done)
}
