//! Appeals: the platform asks to look at a decision again. The decision stands until the appeal is settled.

use sqlx::{FromRow, Sqlite, Transaction};

use super::super::{Store, StoreError};
use super::decisions::reversed;
use super::{Act, Decided, ReviewError, Subject, record};
use crate::ids;
use crate::review::{Decision, Refused, Review};
use crate::wire::review as wire;
use crate::wire::review::ReviewData;

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AppealRow {
    /// Its id.
    pub id: String,
    /// The incident's id.
    pub incident: String,
    /// What the platform calls it.
    pub reference: Option<String>,
    /// What it says.
    pub reason: String,
    /// The decision that it is about.
    pub original: String,
    /// Who made that.
    pub decided_by: String,
    /// Who filed it.
    pub made_by: String,
    /// When, µs since 1970 in UTC.
    pub made_us: i64,
    /// `upheld` or `overturned`; `None` while it is open.
    pub outcome: Option<String>,
    /// Who settled it.
    pub settled_by: Option<String>,
    /// When.
    pub settled_us: Option<i64>,
}

impl Store {
    /// Opens the case of the incident `id` again; the id of the appeal.
    ///
    /// # Errors
    /// Where there is no decision, or an appeal is open.
    pub async fn appeal(
        &self,
        act: &Act<'_>,
        id: &str,
        reason: &str,
        reference: Option<&str>,
    ) -> Result<String, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        let stands = subject
            .standing()
            .filter(|_| subject.review() == Review::Decided);
        let stands = stands.ok_or(Refused::Undecided)?;
        let appeal = ids::random();
        if open_appeal(&mut transaction, id).await? {
            return Err(ReviewError::Conflict("an appeal is open"));
        }
        sqlx::query(
            "INSERT INTO appeal (id, incident, reference, reason, original, decided_by, made_by, made_us)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&appeal)
        .bind(id)
        .bind(reference)
        .bind(reason)
        .bind(stands.as_str())
        .bind(subject.decided_by.as_deref().unwrap_or_default())
        .bind(act.by)
        .bind(act.now_us)
        .execute(&mut *transaction)
        .await?;
        let reopened = "UPDATE incident SET review = 'escalated' WHERE id = ?";
        sqlx::query(reopened)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        let data = ReviewData {
            review: Review::Escalated.as_str().to_owned(),
            text: Some(reason.to_owned()),
            appeal: Some(appeal.clone()),
            reference: reference.map(str::to_owned),
            ..subject.data(act)
        };
        record(&mut transaction, act, &subject, wire::APPEALED, data).await?;
        transaction.commit().await?;
        Ok(appeal)
    }

    /// Settles the open appeal against the decision on the incident `id`: it is upheld, or `into` takes its place.
    ///
    /// # Errors
    /// Where none is open, or `into` is what is decided already.
    pub async fn settle_appeal(
        &self,
        act: &Act<'_>,
        id: &str,
        into: Option<Decision>,
        reason: &str,
    ) -> Result<Option<Decided>, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut subject = Subject::load(&mut transaction, id).await?;
        let outcome = if into.is_some() {
            "overturned"
        } else {
            "upheld"
        };
        let appeal: Option<String> = sqlx::query_scalar(
            "UPDATE appeal SET outcome = ?, settled_by = ?, settled_us = ? WHERE incident = ? AND outcome IS NULL
             RETURNING id",
        )
        .bind(outcome)
        .bind(act.by)
        .bind(act.now_us)
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let appeal = appeal.ok_or(ReviewError::Conflict("no appeal is open"))?;
        if subject.review() == Review::Escalated && subject.decision.is_some() {
            let back =
                "UPDATE incident SET review = 'decided', claimed_by = NULL, claimed_us = NULL,
                            claimed_until_us = NULL WHERE id = ?";
            sqlx::query(back)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            Review::Decided.as_str().clone_into(&mut subject.review);
        }
        let data = ReviewData {
            text: Some(reason.to_owned()),
            appeal: Some(appeal),
            outcome: Some(outcome.to_owned()),
            ..subject.data(act)
        };
        record(&mut transaction, act, &subject, wire::SETTLED, data).await?;
        let decided = match into {
            Some(into) => {
                Some(reversed(&mut transaction, act, &subject, Some(into), reason).await?)
            }
            None => None,
        };
        transaction.commit().await?;
        Ok(decided)
    }

    /// The appeals against decisions on the incident `id`, oldest first.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn appeals_of(&self, id: &str) -> Result<Vec<AppealRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, incident, reference, reason, original, decided_by, made_by, made_us, outcome, settled_by,
                    settled_us
             FROM appeal WHERE incident = ? ORDER BY made_us, rowid LIMIT 100",
        );
        Ok(rows.bind(id).fetch_all(&self.pool).await?)
    }
}

/// Whether an appeal against the decision on the incident `id` is open.
pub(super) async fn open_appeal(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
) -> Result<bool, sqlx::Error> {
    let open = "SELECT EXISTS (SELECT 1 FROM appeal WHERE incident = ? AND outcome IS NULL)";
    let open = sqlx::query_scalar(open).bind(id);
    open.fetch_one(&mut **transaction).await
}
