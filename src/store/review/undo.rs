//! Decisions that are taken back: what was before each is kept with it, and stands again.

use sqlx::{FromRow, Sqlite, Transaction};

use super::super::Store;
use super::appeals::open_appeal;
use super::measured::unanswer;
use super::{Act, ReviewError, Subject, record, registry};
use crate::review::{self, CLAIM_US, Refused, Review, latest_claim_us};
use crate::wire::review as wire;
use crate::wire::review::ReviewData;

/// What an undo takes back beside the decision: what that had replaced stands again, and nobody makes it a second time.
pub(super) const BACK: &str =
    "UPDATE review_decision SET state = 'standing', replaced_by = NULL WHERE replaced_by = ?
    RETURNING id, entry, campaign";
pub(super) const SECOND: &str = "DELETE FROM second_review WHERE first = ? AND decision IS NULL";

/// A decision that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Where the incident stands now.
    pub review: Review,
    /// Whether a registry changed with it.
    pub registry: bool,
    /// Whether the decision was one that changed nothing.
    pub blind: bool,
}

/// What an undo has to know of a decision.
#[derive(Debug, FromRow)]
struct Part {
    id: String,
    decision: String,
    by_name: String,
    at_us: i64,
    state: String,
    entry: Option<i64>,
    before_review: String,
    before_decision: Option<String>,
    before_by: Option<String>,
    before_us: Option<i64>,
    before_first: Option<String>,
    campaign: Option<String>,
}

impl Store {
    /// Takes back what `act.by` decided last of the incident `id`, who has it again then.
    ///
    /// # Errors
    /// Where it is too late, it was somebody else's, or part of a decision on a campaign.
    pub async fn undo(&self, act: &Act<'_>, id: &str) -> Result<Undone, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        if unanswer(&mut transaction, act, &subject).await? {
            transaction.commit().await?;
            return Ok(Undone {
                review: Review::Open,
                registry: false,
                blind: true,
            });
        }
        let last: Option<Part> = sqlx::query_as(
            "SELECT id, decision, made_by AS by_name, made_us AS at_us, state, entry, before_review, before_decision, before_by, before_us,
                    before_first, campaign
             FROM review_decision WHERE incident = ? ORDER BY made_us DESC, rowid DESC LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let last = last.ok_or(Refused::Undecided)?;
        if last.campaign.is_some() {
            return Err(ReviewError::Conflict(
                "it was decided with its campaign: undo that",
            ));
        }
        if open_appeal(&mut transaction, id).await? {
            return Err(ReviewError::Conflict("an appeal is open: settle it"));
        }
        let undone = take_back(&mut transaction, act, &subject, &last).await?;
        let claim = "UPDATE incident SET claimed_by = ?1, claimed_us = ?2, claimed_until_us = ?3
                     WHERE id = ?4 AND (claimed_until_us IS NULL OR claimed_until_us <= ?2 OR claimed_until_us > ?5)";
        sqlx::query(claim)
            .bind(act.by)
            .bind(act.now_us)
            .bind(act.now_us.saturating_add(CLAIM_US))
            .bind(id)
            .bind(latest_claim_us(act.now_us))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(undone)
    }
}

/// Undoes a decision, if it may be.
async fn take_back(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    before: &Part,
) -> Result<Undone, ReviewError> {
    let made = review::Made {
        by: &before.by_name,
        at_us: before.at_us,
        stands: matches!(before.state.as_str(), "standing" | "proposed"),
    };
    review::undo(&made, act.by, act.now_us)?;
    // The policy may have changed its mind meanwhile about what nobody had decided.
    let undecided = if subject.action == "record" {
        "record"
    } else {
        "open"
    };
    let review = match before.before_review.as_str() {
        "record" | "open" => undecided,
        other => other,
    };
    sqlx::query(
        "UPDATE incident SET review = ?, decision = ?, decided_by = ?, decided_us = ?, first_by = ? WHERE id = ?",
    )
    .bind(review)
    .bind(&before.before_decision)
    .bind(&before.before_by)
    .bind(before.before_us)
    .bind(&before.before_first)
    .bind(&subject.id)
    .execute(&mut **transaction)
    .await?;
    let undone = "UPDATE review_decision SET state = 'undone' WHERE id = ?";
    sqlx::query(undone)
        .bind(&before.id)
        .execute(&mut **transaction)
        .await?;
    let mut registry = false;
    if let Some(entry) = before.entry {
        registry |= registry::revoke(transaction, act, entry).await?;
    }
    registry |= reinstate(transaction, act, before).await?;
    sqlx::query(SECOND)
        .bind(&before.id)
        .execute(&mut **transaction)
        .await?;
    let data = ReviewData {
        review: review.to_owned(),
        decision: before.before_decision.clone(),
        about: Some(before.decision.clone()),
        ..subject.data(act)
    };
    record(transaction, act, subject, wire::UNDONE, data).await?;
    Ok(Undone {
        review: Review::parse(review).unwrap_or(Review::Open),
        registry,
        blind: false,
    })
}

/// What the decision `undone` had replaced stands again; true where an entry is in a registry again with it.
async fn reinstate(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    undone: &Part,
) -> Result<bool, sqlx::Error> {
    let back: Vec<(String, Option<i64>, Option<String>)> = sqlx::query_as(BACK)
        .bind(&undone.id)
        .fetch_all(&mut **transaction)
        .await?;
    let mut registry = false;
    for (decision, entry, campaign) in back {
        if let Some(campaign) = campaign {
            registry |= reinstate_entry(transaction, act, &campaign, undone.at_us).await?;
        }
        let Some(entry) = entry else { continue };
        let again = registry::add_again(transaction, act, entry, undone.at_us).await?;
        let Some(again) = again else { continue };
        let moved = "UPDATE review_decision SET entry = ? WHERE id = ?";
        let moved = sqlx::query(moved).bind(again).bind(decision);
        moved.execute(&mut **transaction).await?;
        registry = true;
    }
    Ok(registry)
}

/// The entry of the decision `id` on a campaign is in the registry again, where it was revoked at `revoked_us`: with the last
/// that stood of what it settled, and not by itself.
async fn reinstate_entry(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: &str,
    revoked_us: i64,
) -> Result<bool, sqlx::Error> {
    let entry: Option<i64> = sqlx::query_scalar(
        "SELECT entry FROM campaign_decision WHERE id = ? AND undone_us IS NULL AND entry IS NOT NULL",
    )
    .bind(id)
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(entry) = entry else {
        return Ok(false);
    };
    let again = registry::add_again(transaction, act, entry, revoked_us).await?;
    let Some(again) = again else {
        return Ok(false);
    };
    let moved = sqlx::query("UPDATE campaign_decision SET entry = ? WHERE id = ?");
    let moved = moved.bind(again).bind(id);
    moved.execute(&mut **transaction).await?;
    Ok(true)
}

/// Undoes the part that the decision on a campaign has in `subject`; false where it does not stand any more, or somebody has
/// decided since.
pub(super) async fn take_back_part(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    campaign: &str,
) -> Result<bool, ReviewError> {
    let last: Option<Part> = sqlx::query_as(
        "SELECT id, decision, made_by AS by_name, made_us AS at_us, state, entry, before_review, before_decision, before_by, before_us,
                before_first, campaign
         FROM review_decision WHERE incident = ? AND state <> 'undone' ORDER BY made_us DESC, rowid DESC LIMIT 1",
    )
    .bind(&subject.id)
    .fetch_optional(&mut **transaction)
    .await?;
    let is_part = |last: &Part| {
        last.campaign.as_deref() == Some(campaign)
            && matches!(last.state.as_str(), "standing" | "proposed")
    };
    let Some(part) = last.filter(is_part) else {
        return Ok(false);
    };
    // An appeal is about the decision: that stands until the appeal is settled.
    if open_appeal(transaction, &subject.id).await? {
        return Ok(false);
    }
    take_back(transaction, act, subject, &part).await?;
    Ok(true)
}
