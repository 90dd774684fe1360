//! Decisions: made, undone, reversed. Each keeps what stood before it, so that an undo puts exactly that back.

use sqlx::{FromRow, Sqlite, Transaction};

use super::super::{Store, StoreError};
use super::appeals::open_appeal;
use super::claims::blind;
use super::measured::answer;
use super::{Act, ReviewError, Subject, record, registry};
use crate::review::{self, Decision, Review, Step, UNDO_US};
use crate::wire::review as wire;
use crate::wire::review::ReviewData;

/// A decision that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Its id.
    pub id: String,
    /// What it did.
    pub step: Step,
    /// Until when it can be undone, µs since 1970 in UTC.
    pub undo_until_us: i64,
    /// The entry that it added to a registry.
    pub entry: Option<i64>,
    /// Whether it took an entry out of a registry.
    pub revoked: bool,
    /// Whether it was asked for to measure decisions, and changed nothing. A reviewer is not told.
    pub blind: bool,
}

/// A decision as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DecisionRow {
    /// Its id, that of its event.
    pub id: String,
    /// The incident's id.
    pub incident: String,
    /// What was decided.
    pub decision: String,
    /// Why.
    pub reason: Option<String>,
    /// Who decided.
    pub made_by: String,
    /// When, µs since 1970 in UTC.
    pub made_us: i64,
    /// From the opening of the incident, µs.
    pub waited_us: i64,
    /// From the claim, µs; `None` without one.
    pub took_us: Option<i64>,
    /// Whether it came after its time.
    pub late: bool,
    /// `proposed`, `standing`, `undone` or `reversed`.
    pub state: String,
    /// The decision on a campaign that it is part of.
    pub campaign: Option<String>,
}

impl Store {
    /// Decides on the incident `id`.
    ///
    /// # Errors
    /// Where the rules do not allow it, somebody else has it, or there is none.
    pub async fn decide(
        &self,
        act: &Act<'_>,
        id: &str,
        decision: Decision,
        reason: Option<&str>,
    ) -> Result<Decided, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        let blind = blind(&mut transaction, id, act.by).await?;
        let decided = if let Some(kind) = blind {
            answer(&mut transaction, act, &subject, kind, decision, reason).await?
        } else {
            if let Some(other) = subject.held_by(act.by, act.now_us) {
                return Err(ReviewError::Claimed(other.to_owned()));
            }
            apply(&mut transaction, act, &subject, decision, reason, None).await?
        };
        transaction.commit().await?;
        Ok(decided)
    }

    /// Replaces the decision that stands on the incident `id` by `into`; without one it waits again.
    ///
    /// # Errors
    /// Where none stands, or it is the same.
    pub async fn reverse(
        &self,
        act: &Act<'_>,
        id: &str,
        into: Option<Decision>,
        reason: &str,
    ) -> Result<Decided, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        let decided = reversed(&mut transaction, act, &subject, into, reason).await?;
        transaction.commit().await?;
        Ok(decided)
    }

    /// Keeps a note on the incident `id`; the id of its event.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn note(&self, act: &Act<'_>, id: &str, text: &str) -> Result<String, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        let data = ReviewData {
            text: Some(text.to_owned()),
            ..subject.data(act)
        };
        let event = record(&mut transaction, act, &subject, wire::NOTED, data).await?;
        transaction.commit().await?;
        Ok(event)
    }

    /// The decision that stands on the incident `id`, and the id of its event.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn standing(&self, id: &str) -> Result<Option<(String, Decision)>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, decision FROM review_decision
             WHERE incident = ? AND state = 'standing' AND decision <> 'escalate' ORDER BY made_us DESC, rowid DESC LIMIT 1",
        );
        let row: Option<(String, String)> = row.bind(id).fetch_optional(&self.pool).await?;
        Ok(row.and_then(|(made, decision)| Some((made, Decision::parse(&decision)?))))
    }

    /// The decisions on the incident `id`, oldest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn decisions_of(&self, id: &str) -> Result<Vec<DecisionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, incident, decision, reason, made_by, made_us, waited_us, took_us, late, state, campaign
             FROM review_decision WHERE incident = ? ORDER BY made_us, rowid LIMIT 500",
        );
        Ok(rows.bind(id).fetch_all(&self.pool).await?)
    }

    /// Decisions in the order in which they were made, from behind `after` on (when it was made, and its id).
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn decisions(
        &self,
        after: (i64, &str),
        until_us: i64,
        limit: usize,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, incident, decision, reason, made_by, made_us, waited_us, took_us, late, state, campaign
             FROM review_decision WHERE (made_us, id) > (?, ?) AND made_us < ? ORDER BY made_us, id LIMIT ?",
        );
        let rows = rows.bind(after.0).bind(after.1).bind(until_us);
        let rows = rows.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

/// Makes a decision that counts.
pub(super) async fn apply(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    decision: Decision,
    reason: Option<&str>,
    campaign: Option<&str>,
) -> Result<Decided, ReviewError> {
    let before = subject.before(act);
    let step = review::decide(act.rules, &before, decision, reason, act.by)?;
    if before.review == Review::Escalated
        && subject.decision.is_some()
        && open_appeal(transaction, &subject.id).await?
    {
        return Err(ReviewError::Conflict("an appeal is open: settle it"));
    }
    let (kind, state) = match step {
        Step::Decide => (wire::DECIDED, "standing"),
        Step::Propose => (wire::PROPOSED, "proposed"),
        Step::Escalate => (wire::ESCALATED, "standing"),
    };
    match step {
        Step::Decide => set(transaction, act, subject, Review::Decided, Some(decision)).await?,
        Step::Propose => {
            let proposed = "UPDATE incident SET first_by = ? WHERE id = ?";
            let proposed = sqlx::query(proposed).bind(act.by).bind(&subject.id);
            proposed.execute(&mut **transaction).await?;
        }
        Step::Escalate => {
            let escalated =
                "UPDATE incident SET review = 'escalated', first_by = NULL WHERE id = ?";
            let escalated = sqlx::query(escalated).bind(&subject.id);
            escalated.execute(&mut **transaction).await?;
        }
    }
    unclaim(transaction, &subject.id).await?;
    let mut data = ReviewData {
        text: reason.map(str::to_owned),
        campaign: campaign.map(str::to_owned),
        ..subject.data(act)
    };
    match step {
        Step::Decide => {
            Review::Decided.as_str().clone_into(&mut data.review);
            data.decision = Some(decision.as_str().to_owned());
        }
        Step::Propose => data.about = Some(decision.as_str().to_owned()),
        Step::Escalate => Review::Escalated.as_str().clone_into(&mut data.review),
    }
    let id = record(transaction, act, subject, kind, data).await?;
    let mut revoked = false;
    if step == Step::Decide {
        revoked = supersede(transaction, act, subject, &id, Some(decision)).await?;
    }
    let entry = match step {
        // One decision on a campaign adds one entry, not one for each incident.
        Step::Decide if campaign.is_none() => enter(transaction, act, subject, decision).await?,
        _ => None,
    };
    keep(
        transaction,
        act,
        subject,
        &id,
        decision,
        reason,
        state,
        campaign,
        entry,
    )
    .await?;
    let is_second = step == Step::Decide
        && campaign.is_none()
        && review::is_sampled(&subject.id, act.rules.second_share);
    if is_second {
        sqlx::query(
            "INSERT INTO second_review (incident, first, first_by, first_decision, made_us) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (incident) DO NOTHING",
        )
        .bind(&subject.id)
        .bind(&id)
        .bind(act.by)
        .bind(decision.as_str())
        .bind(act.now_us)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(Decided {
        id,
        step,
        undo_until_us: act.now_us.saturating_add(UNDO_US),
        entry,
        revoked,
        blind: false,
    })
}

/// Replaces the decision that stands.
pub(super) async fn reversed(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    into: Option<Decision>,
    reason: &str,
) -> Result<Decided, ReviewError> {
    review::reverse(act.rules, &subject.before(act), subject.standing(), into)?;
    let review = match into {
        Some(Decision::Escalate) => Review::Escalated,
        Some(_) => Review::Decided,
        None => Review::Open,
    };
    let decision = into.filter(|decision| *decision != Decision::Escalate);
    set(transaction, act, subject, review, decision).await?;
    unclaim(transaction, &subject.id).await?;
    let data = ReviewData {
        review: review.as_str().to_owned(),
        decision: decision.map(|decision| decision.as_str().to_owned()),
        about: subject.decision.clone(),
        text: Some(reason.to_owned()),
        ..subject.data(act)
    };
    let id = record(transaction, act, subject, wire::REVERSED, data).await?;
    let revoked = supersede(transaction, act, subject, &id, into).await?;
    let mut entry = None;
    if let Some(into) = into {
        entry = enter(transaction, act, subject, into).await?;
        keep(
            transaction,
            act,
            subject,
            &id,
            into,
            Some(reason),
            "standing",
            None,
            entry,
        )
        .await?;
    }
    Ok(Decided {
        id,
        step: Step::Decide,
        undo_until_us: act.now_us.saturating_add(UNDO_US),
        entry,
        revoked,
        blind: false,
    })
}

/// Has the incident stand so.
async fn set(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    review: Review,
    decision: Option<Decision>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE incident SET review = ?, decision = ?, decided_by = ?, decided_us = ?, first_by = NULL WHERE id = ?",
    )
    .bind(review.as_str())
    .bind(decision.map(Decision::as_str))
    .bind(decision.map(|_| act.by))
    .bind(decision.map(|_| act.now_us))
    .bind(&subject.id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn unclaim(transaction: &mut Transaction<'_, Sqlite>, id: &str) -> Result<(), sqlx::Error> {
    let query = "UPDATE incident SET claimed_by = NULL, claimed_us = NULL, claimed_until_us = NULL WHERE id = ?";
    sqlx::query(query)
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Adds what the decision says to a registry.
async fn enter(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    decision: Decision,
) -> Result<Option<i64>, ReviewError> {
    let Some(scope) = decision.scope() else {
        return Ok(None);
    };
    let key = subject.destination.as_deref();
    let key = key.ok_or_else(|| {
        ReviewError::Wrong("what could not be read leads nowhere that could be allowed".to_owned())
    })?;
    let seller = subject.seller();
    let seller = (scope == review::Scope::Seller).then_some(seller.as_str());
    let entry = registry::add(transaction, act, scope, seller, key).await?;
    Ok(Some(entry))
}

/// What stood before stands no more; true where an entry went out of a registry with it. One that says the same as what
/// comes now was right, and stays so.
async fn supersede(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    id: &str,
    into: Option<Decision>,
) -> Result<bool, sqlx::Error> {
    let gone: Vec<(Option<i64>, Option<String>)> = sqlx::query_as(
        "UPDATE review_decision SET state = 'reversed', replaced_by = ?1
         WHERE incident = ?2 AND state = 'standing' AND decision <> 'escalate' AND decision IS NOT ?3
         RETURNING entry, campaign",
    )
    .bind(id)
    .bind(&subject.id)
    .bind(into.map(Decision::as_str))
    .fetch_all(&mut **transaction)
    .await?;
    let mut revoked = false;
    for (entry, campaign) in gone {
        let entry = match campaign {
            Some(campaign) => entry_left(transaction, &campaign).await?,
            None => entry,
        };
        if let Some(entry) = entry {
            revoked |= registry::revoke(transaction, act, entry).await?;
        }
    }
    Ok(revoked)
}

/// The entry of the decision `id` on a campaign, where nothing stands any more that it settled.
async fn entry_left(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let entry = sqlx::query_scalar(
        "SELECT entry FROM campaign_decision WHERE id = ?1 AND NOT EXISTS (
             SELECT 1 FROM review_decision WHERE campaign = ?1 AND state = 'standing')",
    );
    let entry: Option<Option<i64>> = entry.bind(id).fetch_optional(&mut **transaction).await?;
    Ok(entry.flatten())
}

#[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    id: &str,
    decision: Decision,
    reason: Option<&str>,
    state: &str,
    campaign: Option<&str>,
    entry: Option<i64>,
) -> Result<(), sqlx::Error> {
    let mine = subject
        .claimed_us
        .filter(|_| subject.claimed_by.as_deref() == Some(act.by));
    let rank = u8::try_from(subject.rank).unwrap_or_default();
    sqlx::query(
        "INSERT INTO review_decision (id, incident, decision, reason, made_by, made_us, waited_us, took_us, late, state,
             campaign, entry, before_review, before_decision, before_by, before_us, before_first)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&subject.id)
    .bind(decision.as_str())
    .bind(reason)
    .bind(act.by)
    .bind(act.now_us)
    .bind((act.now_us - subject.opened_us).max(0))
    .bind(mine.map(|claimed_us| (act.now_us - claimed_us).max(0)))
    .bind(act.now_us > act.rules.sla.due_us(rank, subject.opened_us))
    .bind(state)
    .bind(campaign)
    .bind(entry)
    .bind(&subject.review)
    .bind(&subject.decision)
    .bind(&subject.decided_by)
    .bind(subject.decided_us)
    .bind(&subject.first_by)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
