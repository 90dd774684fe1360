//! Answers that measure decisions: they are kept beside what was decided, and change nothing of it, but for second ones that
//! differ from the first.

use sqlx::{Sqlite, Transaction};

use super::appeals::open_appeal;
use super::claims::{ClaimKind, decline};
use super::{Act, Decided, ReviewError, Subject, record};
use crate::ids;
use crate::review::{self, Decision, Review, Standing, UNDO_US};
use crate::wire::review as wire;
use crate::wire::review::ReviewData;

/// Keeps an answer that measures decisions.
pub(super) async fn answer(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    kind: ClaimKind,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Decided, ReviewError> {
    // It is held against the rules as any other, so that nobody can tell the difference.
    let standing = Standing {
        review: Review::Open,
        first_by: None,
        ..subject.before(act)
    };
    let step = review::decide(act.rules, &standing, decision, reason, act.by)?;
    let mut id = ids::random();
    if kind == ClaimKind::Golden {
        sqlx::query(
            "UPDATE golden_answer SET decision = ?, answered_us = ? WHERE incident = ? AND reviewer = ?",
        )
        .bind(decision.as_str())
        .bind(act.now_us)
        .bind(&subject.id)
        .bind(act.by)
        .execute(&mut **transaction)
        .await?;
    } else {
        sqlx::query(
            "UPDATE second_review SET decision = ?, decided_by = ?, decided_us = ? WHERE incident = ?",
        )
        .bind(decision.as_str())
        .bind(act.by)
        .bind(act.now_us)
        .bind(&subject.id)
        .execute(&mut **transaction)
        .await?;
        // Where two do not agree, somebody has to say who is right. What was first may have been replaced meanwhile.
        let differs = subject.standing() != Some(decision) && subject.review() == Review::Decided;
        let mut data = ReviewData {
            about: Some(decision.as_str().to_owned()),
            text: reason.map(str::to_owned),
            ..subject.data(act)
        };
        if differs {
            Review::Escalated.as_str().clone_into(&mut data.review);
            let escalated = "UPDATE incident SET review = 'escalated' WHERE id = ?";
            let escalated = sqlx::query(escalated).bind(&subject.id);
            escalated.execute(&mut **transaction).await?;
        }
        id = record(transaction, act, subject, wire::SECONDED, data).await?;
    }
    Ok(Decided {
        id,
        step,
        undo_until_us: act.now_us.saturating_add(UNDO_US),
        entry: None,
        revoked: false,
        blind: true,
    })
}

/// Takes an answer back that measures decisions; false where there was none just now. They have seen by now what was decided, so that is
/// as if they had left it: somebody else is given it.
pub(super) async fn unanswer(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
) -> Result<bool, ReviewError> {
    let since_us = act.now_us.saturating_sub(UNDO_US);
    let golden = sqlx::query(
        "UPDATE golden_answer SET decision = NULL, answered_us = NULL, declined_us = ?
         WHERE incident = ? AND reviewer = ? AND answered_us >= ?",
    );
    let golden = golden.bind(act.now_us).bind(&subject.id);
    let golden = golden.bind(act.by).bind(since_us);
    if golden.execute(&mut **transaction).await?.rows_affected() > 0 {
        return Ok(true);
    }
    let second: Option<String> = sqlx::query_scalar(
        "SELECT decision FROM second_review WHERE incident = ? AND decided_by = ? AND decided_us >= ?",
    )
    .bind(&subject.id)
    .bind(act.by)
    .bind(since_us)
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(second) = second else {
        return Ok(false);
    };
    sqlx::query(
        "UPDATE second_review SET decision = NULL, decided_by = NULL, decided_us = NULL, claimed_by = NULL,
             claimed_until_us = NULL WHERE incident = ?",
    )
    .bind(&subject.id)
    .execute(&mut **transaction)
    .await?;
    decline(transaction, &subject.id, act.by).await?;
    let mut data = ReviewData {
        about: Some(second),
        ..subject.data(act)
    };
    // It was escalated since the two did not agree, or since somebody has appealed.
    if subject.review() == Review::Escalated
        && subject.decision.is_some()
        && !open_appeal(transaction, &subject.id).await?
    {
        Review::Decided.as_str().clone_into(&mut data.review);
        let back = "UPDATE incident SET review = 'decided' WHERE id = ?";
        let back = sqlx::query(back).bind(&subject.id);
        back.execute(&mut **transaction).await?;
    }
    record(transaction, act, subject, wire::UNDONE, data).await?;
    Ok(true)
}
