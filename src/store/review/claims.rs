//! Claims: whom an incident is given to, so that no two reviewers have the same one. A claim ends by itself.

use std::collections::HashSet;

use sqlx::{FromRow, Sqlite, Transaction};

use super::super::{Store, StoreError};
use super::{Act, ReviewError, Subject};
use crate::review::{CLAIM_US, FIRST_OPEN, Refused, holds, is_sampled, latest_claim_us};

/// What an incident is given for. A reviewer is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// It waits for a decision.
    Queue,
    /// Somebody decided it, and it is decided again.
    Second,
    /// Its right decision is known.
    Golden,
}

/// An incident that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The incident's id.
    pub incident: String,
    /// What it was given for.
    pub kind: ClaimKind,
    /// Until when, µs since 1970 in UTC.
    pub until_us: i64,
}

/// An incident that somebody has to decide it without seeing what was decided: theirs until they answer, leave it, or
/// somebody else is given it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Blind {
    /// The incident's id.
    pub incident: String,
    /// Until when it is claimed, µs since 1970 in UTC.
    pub until_us: i64,
}

/// What would tell somebody what was decided on the incidents that they are to decide without seeing that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// The entries that these decisions added to registries.
    pub entries: HashSet<i64>,
    /// The bans that were made for these incidents, by their ids.
    pub bans: HashSet<String>,
}

/// Which incidents somebody may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Given {
    /// Whether those that were escalated too.
    pub escalated: bool,
}

impl Store {
    /// Gives the next incident to whoever asks: the first in the queue that nobody has, or now and then one to measure
    /// decisions by. `None` where nothing waits. What they had before stays theirs until it ends.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn claim_next(
        &self,
        act: &Act<'_>,
        given: Given,
    ) -> Result<Option<Claim>, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let claim = claim_next(&mut transaction, act, given).await?;
        transaction.commit().await?;
        Ok(claim)
    }

    /// Gives the incident `id` to whoever asks.
    ///
    /// # Errors
    /// Where somebody else has it, or there is none.
    pub async fn claim(&self, act: &Act<'_>, id: &str) -> Result<Claim, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(kind) = blind(&mut transaction, id, act.by).await? {
            let until_us = extend(&mut transaction, act, id, kind).await?;
            transaction.commit().await?;
            return Ok(Claim {
                incident: id.to_owned(),
                kind,
                until_us,
            });
        }
        let subject = Subject::load(&mut transaction, id).await?;
        if let Some(other) = subject.held_by(act.by, act.now_us) {
            return Err(ReviewError::Claimed(other.to_owned()));
        }
        if subject.first_by.as_deref() == Some(act.by) {
            return Err(Refused::SamePerson.into());
        }
        let until_us = act.now_us.saturating_add(CLAIM_US);
        let mine = subject.claimed_by.as_deref() == Some(act.by)
            && subject
                .claimed_until_us
                .is_some_and(|until_us| holds(until_us, act.now_us));
        let since_us = subject.claimed_us.filter(|_| mine).unwrap_or(act.now_us);
        hold(&mut transaction, id, act.by, since_us, until_us).await?;
        transaction.commit().await?;
        Ok(Claim {
            incident: id.to_owned(),
            kind: ClaimKind::Queue,
            until_us,
        })
    }

    /// Holds on to the incident `id`.
    ///
    /// # Errors
    /// Where it is not theirs any more.
    pub async fn renew(&self, act: &Act<'_>, id: &str) -> Result<Claim, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let blind = blind(&mut transaction, id, act.by).await?;
        if blind.is_none() {
            let subject = Subject::load(&mut transaction, id).await?;
            if let Some(other) = subject.held_by(act.by, act.now_us) {
                return Err(ReviewError::Claimed(other.to_owned()));
            }
            // One that ended and that nobody took meanwhile is still theirs.
            if subject.claimed_by.as_deref() != Some(act.by) {
                return Err(ReviewError::Conflict("it is not claimed"));
            }
        }
        let kind = blind.unwrap_or(ClaimKind::Queue);
        let until_us = extend(&mut transaction, act, id, kind).await?;
        transaction.commit().await?;
        Ok(Claim {
            incident: id.to_owned(),
            kind,
            until_us,
        })
    }

    /// Gives the incident `id` back; false where it was not theirs. One that was to be decided without seeing what was decided is
    /// not given to them so again.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn release(&self, act: &Act<'_>, id: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let released = release(&mut transaction, act, id).await?;
        transaction.commit().await?;
        Ok(released)
    }

    /// Whether `by` has the incident `id` to decide it without seeing what was decided.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn is_blind(&self, id: &str, by: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        Ok(blind(&mut transaction, id, by).await?.is_some())
    }

    /// The incidents that `by` has so.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn blind_of(&self, by: &str) -> Result<Vec<Blind>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT incident, coalesce(claimed_until_us, 0) AS until_us FROM golden_answer
             WHERE reviewer = ?1 AND decision IS NULL AND declined_us IS NULL
             UNION ALL SELECT incident, coalesce(claimed_until_us, 0) FROM second_review
             WHERE decision IS NULL AND claimed_by = ?1",
        );
        Ok(rows.bind(by).fetch_all(&self.pool).await?)
    }

    /// What would tell `by` what was decided on those.
    ///
    /// # Errors
    /// Where a query failed.
    pub async fn traces_for(&self, by: &str) -> Result<Traces, StoreError> {
        let blind = self.blind_of(by).await?;
        if blind.is_empty() {
            return Ok(Traces::default());
        }
        let incidents: Vec<_> = blind.into_iter().map(|blind| blind.incident).collect();
        let incidents = serde_json::to_string(&incidents)?;
        let entries = sqlx::query_scalar(
            "SELECT entry FROM review_decision
             WHERE incident IN (SELECT value FROM json_each(?1)) AND entry IS NOT NULL
             UNION SELECT whole.entry FROM review_decision AS part JOIN campaign_decision AS whole ON whole.id = part.campaign
             WHERE part.incident IN (SELECT value FROM json_each(?1)) AND whole.entry IS NOT NULL",
        );
        let entries: Vec<i64> = entries.bind(&incidents).fetch_all(&self.pool).await?;
        let bans = sqlx::query_scalar(
            "SELECT event ->> '$.data.id' FROM incident_event
             WHERE incident IN (SELECT value FROM json_each(?)) AND type = 'waylay.action.requested.v1'",
        );
        let bans: Vec<String> = bans.bind(&incidents).fetch_all(&self.pool).await?;
        Ok(Traces {
            entries: entries.into_iter().collect(),
            bans: bans.into_iter().collect(),
        })
    }
}

async fn claim_next(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    given: Given,
) -> Result<Option<Claim>, StoreError> {
    let claim = |incident, kind| {
        Some(Claim {
            incident,
            kind,
            until_us: act.now_us.saturating_add(CLAIM_US),
        })
    };
    // What they have measured by stays first: else leaving it would show which ones these are.
    let waiting: Option<String> = sqlx::query_scalar(
        "UPDATE golden_answer SET claimed_until_us = ?2 WHERE rowid = (
             SELECT rowid FROM golden_answer WHERE reviewer = ?1 AND decision IS NULL AND declined_us IS NULL
             ORDER BY asked_us LIMIT 1)
         RETURNING incident",
    )
    .bind(act.by)
    .bind(act.now_us.saturating_add(CLAIM_US))
    .fetch_optional(&mut **transaction)
    .await?;
    if let Some(incident) = waiting {
        return Ok(claim(incident, ClaimKind::Golden));
    }
    let turn = format!("{}.{}", act.by, act.now_us);
    // How a program decides says nothing of any person.
    if act.person
        && is_sampled(&format!("golden.{turn}"), act.rules.golden_share)
        && let Some(incident) = ask_golden(transaction, act).await?
    {
        return Ok(claim(incident, ClaimKind::Golden));
    }
    // A second review waits no longer than its share of turns; where nothing else waits it comes at once.
    let second_first = act.person && is_sampled(&format!("second.{turn}"), act.rules.second_share);
    if second_first && let Some(incident) = take_second(transaction, act).await? {
        return Ok(claim(incident, ClaimKind::Second));
    }
    if let Some(incident) = take_queued(transaction, act, given).await? {
        return Ok(claim(incident, ClaimKind::Queue));
    }
    if act.person
        && !second_first
        && let Some(incident) = take_second(transaction, act).await?
    {
        return Ok(claim(incident, ClaimKind::Second));
    }
    Ok(None)
}

/// Takes the first in the queue that nobody has.
async fn take_queued(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    given: Given,
) -> Result<Option<String>, sqlx::Error> {
    let taken = sqlx::query_scalar(
        "UPDATE incident SET claimed_by = ?1, claimed_us = ?2, claimed_until_us = ?3
         WHERE rowid = (
             SELECT rowid FROM incident INDEXED BY incident_in_turn
             WHERE turn >= ?4 AND (claimed_until_us IS NULL OR claimed_until_us <= ?2 OR claimed_until_us > ?5 OR claimed_by = ?1)
                 AND first_by IS NOT ?1
             ORDER BY turn, opened_us, id LIMIT 1)
         RETURNING id",
    );
    let taken = taken
        .bind(act.by)
        .bind(act.now_us)
        .bind(act.now_us.saturating_add(CLAIM_US))
        .bind(if given.escalated { 0 } else { FIRST_OPEN })
        .bind(latest_claim_us(act.now_us));
    taken.fetch_optional(&mut **transaction).await
}

/// Takes the oldest second review that nobody has, of what they decided nothing about themselves, and did not leave before.
async fn take_second(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
) -> Result<Option<String>, sqlx::Error> {
    let found: Option<(String, Option<String>)> = sqlx::query_as(
        "SELECT incident, claimed_by FROM second_review
         WHERE decision IS NULL AND first_by <> ?1
             AND (claimed_until_us IS NULL OR claimed_until_us <= ?2 OR claimed_until_us > ?3 OR claimed_by = ?1)
             AND NOT EXISTS (SELECT 1 FROM review_decision AS made
                             WHERE made.incident = second_review.incident AND made.made_by = ?1)
             AND NOT EXISTS (SELECT 1 FROM second_declined AS gone
                             WHERE gone.incident = second_review.incident AND gone.reviewer = ?1)
             AND NOT EXISTS (SELECT 1 FROM golden_answer AS asked
                             WHERE asked.incident = second_review.incident AND asked.reviewer = ?1)
         ORDER BY made_us LIMIT 1",
    )
    .bind(act.by)
    .bind(act.now_us)
    .bind(latest_claim_us(act.now_us))
    .fetch_optional(&mut **transaction)
    .await?;
    let Some((incident, before)) = found else {
        return Ok(None);
    };
    // From now on who had it sees what was decided.
    if let Some(before) = before.filter(|before| before != act.by) {
        decline(transaction, &incident, &before).await?;
    }
    let taken = sqlx::query(
        "UPDATE second_review SET claimed_by = ?, claimed_until_us = ? WHERE incident = ?",
    );
    let taken = taken
        .bind(act.by)
        .bind(act.now_us.saturating_add(CLAIM_US))
        .bind(&incident);
    taken.execute(&mut **transaction).await?;
    Ok(Some(incident))
}

/// Has the second review of the incident `id` given to `by` never again.
pub(super) async fn decline(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    by: &str,
) -> Result<(), sqlx::Error> {
    let declined =
        "INSERT INTO second_declined (incident, reviewer) VALUES (?, ?) ON CONFLICT DO NOTHING";
    let declined = sqlx::query(declined).bind(id).bind(by);
    declined.execute(&mut **transaction).await?;
    Ok(())
}

/// Asks one with a known answer that they were not asked before, nor decided themselves.
async fn ask_golden(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
) -> Result<Option<String>, sqlx::Error> {
    let asked = sqlx::query_scalar(
        "INSERT INTO golden_answer (incident, reviewer, asked_us, claimed_until_us)
         SELECT golden.incident, ?1, ?2, ?3 FROM golden JOIN incident ON incident.id = golden.incident
         WHERE made_by <> ?1 AND decided_by IS NOT ?1
             AND NOT EXISTS (SELECT 1 FROM golden_answer AS a WHERE a.incident = golden.incident AND a.reviewer = ?1)
             AND NOT EXISTS (SELECT 1 FROM second_declined AS gone
                             WHERE gone.incident = golden.incident AND gone.reviewer = ?1)
             AND NOT EXISTS (SELECT 1 FROM second_review AS second
                             WHERE second.incident = golden.incident AND ?1 IN (second.claimed_by, second.decided_by))
             AND NOT EXISTS (SELECT 1 FROM review_decision AS made
                             WHERE made.incident = golden.incident AND made.made_by = ?1)
         ORDER BY golden.made_us LIMIT 1
         RETURNING incident",
    );
    let asked = asked
        .bind(act.by)
        .bind(act.now_us)
        .bind(act.now_us.saturating_add(CLAIM_US));
    asked.fetch_optional(&mut **transaction).await
}

/// What `by` has the incident `id` for, where that is to measure decisions.
pub(super) async fn blind(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    by: &str,
) -> Result<Option<ClaimKind>, StoreError> {
    let golden: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM golden_answer
         WHERE incident = ? AND reviewer = ? AND decision IS NULL AND declined_us IS NULL)",
    )
    .bind(id)
    .bind(by)
    .fetch_one(&mut **transaction)
    .await?;
    if golden {
        return Ok(Some(ClaimKind::Golden));
    }
    let second: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM second_review WHERE incident = ? AND claimed_by = ? AND decision IS NULL)",
    )
    .bind(id)
    .bind(by)
    .fetch_one(&mut **transaction)
    .await?;
    Ok(second.then_some(ClaimKind::Second))
}

async fn extend(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: &str,
    kind: ClaimKind,
) -> Result<i64, sqlx::Error> {
    let until_us = act.now_us.saturating_add(CLAIM_US);
    let query = match kind {
        ClaimKind::Queue => {
            "UPDATE incident SET claimed_until_us = ?1 WHERE id = ?2 AND claimed_by = ?3"
        }
        ClaimKind::Second => {
            "UPDATE second_review SET claimed_until_us = ?1 WHERE incident = ?2 AND claimed_by = ?3"
        }
        ClaimKind::Golden => {
            "UPDATE golden_answer SET claimed_until_us = ?1 WHERE incident = ?2 AND reviewer = ?3"
        }
    };
    let extended = sqlx::query(query).bind(until_us).bind(id).bind(act.by);
    extended.execute(&mut **transaction).await?;
    Ok(until_us)
}

async fn hold(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    by: &str,
    since_us: i64,
    until_us: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE incident SET claimed_by = ?, claimed_us = ?, claimed_until_us = ? WHERE id = ?",
    )
    .bind(by)
    .bind(since_us)
    .bind(until_us)
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn release(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: &str,
) -> Result<bool, sqlx::Error> {
    let own = "UPDATE incident SET claimed_by = NULL, claimed_us = NULL, claimed_until_us = NULL
               WHERE id = ? AND claimed_by = ?";
    let own = sqlx::query(own).bind(id).bind(act.by);
    let own = own.execute(&mut **transaction).await?.rows_affected();
    let second = "UPDATE second_review SET claimed_by = NULL, claimed_until_us = NULL
                  WHERE incident = ? AND claimed_by = ? AND decision IS NULL";
    let second = sqlx::query(second).bind(id).bind(act.by);
    let second = second.execute(&mut **transaction).await?.rows_affected();
    if second > 0 {
        decline(transaction, id, act.by).await?;
    }
    let golden = "UPDATE golden_answer SET declined_us = ?
                  WHERE incident = ? AND reviewer = ? AND decision IS NULL AND declined_us IS NULL";
    let golden = sqlx::query(golden).bind(act.now_us).bind(id).bind(act.by);
    let golden = golden.execute(&mut **transaction).await?.rows_affected();
    Ok(own + second + golden > 0)
}
