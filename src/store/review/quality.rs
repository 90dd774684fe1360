//! How well decisions are made: agreement, what was overturned, precision of rules, and how long it takes.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::super::{Store, StoreError};
use super::{Act, ReviewError, Subject};
use crate::review::{self, Decision, Review};

/// How many decisions are looked at, the newest first: no report takes long.
const MOST: i64 = 100_000;

/// A time, from and until, µs since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from_us: i64,
    /// Its end, which does not belong to it.
    pub until_us: i64,
}

/// Figures of a span of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quality {
    /// Decisions that were made and not undone.
    pub decisions: i64,
    /// Whether there were more than are looked at: the figures are of the newest 100000.
    pub more: bool,
    /// How many of each.
    pub by_decision: BTreeMap<String, i64>,
    /// Those that were replaced by another one later.
    pub overturned: i64,
    /// Those that came after their time.
    pub late: i64,
    /// From the claim to the decision: the median, 90% and 95%, µs.
    pub took_us: [Option<i64>; 3],
    /// From the opening of the incident to the decision, the same.
    pub waited_us: [Option<i64>; 3],
    /// Second reviews.
    pub seconds: QualityOfSeconds,
    /// Appeals that were settled, and those of them that overturned a decision.
    pub appeals: (i64, i64),
    /// Who decided.
    pub reviewers: Vec<QualityOfReviewer>,
    /// The rules and facts that led to the verdicts.
    pub rules: Vec<QualityOfRule>,
}

/// Second reviews, which were made without seeing the first decision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QualityOfSeconds {
    /// Those that were made.
    pub made: i64,
    /// Those that agree with the first decision.
    pub agreed: i64,
    /// Cohen's kappa; `None` where it says nothing.
    pub kappa: Option<f64>,
    /// Those that wait for somebody.
    pub waiting: i64,
}

/// How somebody decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QualityOfReviewer {
    /// Who.
    pub name: String,
    /// Decisions that were made and not undone.
    pub decisions: i64,
    /// Those that were replaced by another one later.
    pub overturned: i64,
    /// Those that came after their time.
    pub late: i64,
    /// The median from the claim to the decision, µs.
    pub took_us: Option<i64>,
    /// Incidents with a known answer that were decided.
    pub golden: i64,
    /// Those of them that were decided right.
    pub golden_right: i64,
}

/// How often a rule, or a fact that the policy goes by, is right.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct QualityOfRule {
    /// Its id among the reasons of a verdict.
    pub reason: String,
    /// Incidents that were confirmed.
    pub confirmed: i64,
    /// Incidents that were allowed, or misread.
    pub rejected: i64,
}

/// An incident whose right decision is known.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct GoldenRow {
    /// The incident's id.
    pub incident: String,
    /// The right decision.
    pub decision: String,
    /// Who says so.
    pub made_by: String,
    /// Since when, µs since 1970 in UTC.
    pub made_us: i64,
    /// How many have answered.
    pub answers: i64,
    /// How many of them were right.
    pub right: i64,
}

#[derive(FromRow)]
struct DecisionMade {
    decision: String,
    made_by: String,
    state: String,
    late: bool,
    took_us: Option<i64>,
    waited_us: i64,
}

impl Store {
    /// How well decisions were made in `span`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn quality(&self, span: Span) -> Result<Quality, StoreError> {
        let mut made: Vec<DecisionMade> = sqlx::query_as(
            "SELECT decision, made_by, state, late, took_us, waited_us FROM review_decision
             WHERE made_us >= ? AND made_us < ? AND state IN ('standing', 'reversed') AND decision <> 'escalate'
             ORDER BY made_us DESC, id DESC LIMIT ?",
        )
        .bind(span.from_us)
        .bind(span.until_us)
        .bind(MOST + 1)
        .fetch_all(&self.pool)
        .await?;
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let mut quality = Quality {
            more: made.len() > most,
            ..Quality::default()
        };
        made.truncate(most);
        let mut reviewers: BTreeMap<String, (QualityOfReviewer, Vec<i64>)> = BTreeMap::new();
        for row in &made {
            let overturned = i64::from(row.state == "reversed");
            quality.decisions += 1;
            quality.overturned += overturned;
            quality.late += i64::from(row.late);
            *quality.by_decision.entry(row.decision.clone()).or_default() += 1;
            let (reviewer, took) = reviewers.entry(row.made_by.clone()).or_default();
            reviewer.decisions += 1;
            reviewer.overturned += overturned;
            reviewer.late += i64::from(row.late);
            took.extend(row.took_us);
        }
        quality.took_us = percentiles(made.iter().filter_map(|row| row.took_us).collect());
        quality.waited_us = percentiles(made.iter().map(|row| row.waited_us).collect());
        self.golden_answers(span, &mut reviewers).await?;
        quality.reviewers = reviewers
            .into_iter()
            .map(|(name, (reviewer, mut took))| {
                took.sort_unstable();
                QualityOfReviewer {
                    name,
                    took_us: review::percentile(&took, 50),
                    ..reviewer
                }
            })
            .collect();
        quality.seconds = self.seconds(span).await?;
        quality.appeals = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE outcome = 'overturned') FROM appeal
             WHERE outcome IS NOT NULL AND settled_us >= ? AND settled_us < ?",
        )
        .bind(span.from_us)
        .bind(span.until_us)
        .fetch_one(&self.pool)
        .await?;
        quality.rules = self.rules(span).await?;
        Ok(quality)
    }

    async fn golden_answers(
        &self,
        span: Span,
        reviewers: &mut BTreeMap<String, (QualityOfReviewer, Vec<i64>)>,
    ) -> Result<(), StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT reviewer, count(*), count(*) FILTER (WHERE golden_answer.decision = golden.decision)
             FROM golden_answer JOIN golden ON golden.incident = golden_answer.incident
             WHERE golden_answer.decision IS NOT NULL AND answered_us >= ? AND answered_us < ? GROUP BY reviewer",
        )
        .bind(span.from_us)
        .bind(span.until_us)
        .fetch_all(&self.pool)
        .await?;
        for (name, asked, right) in rows {
            let (reviewer, _) = reviewers.entry(name).or_default();
            reviewer.golden = asked;
            reviewer.golden_right = right;
        }
        Ok(())
    }

    async fn seconds(&self, span: Span) -> Result<QualityOfSeconds, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT first_decision, decision FROM second_review
             WHERE decision IS NOT NULL AND decided_us >= ? AND decided_us < ? ORDER BY decided_us DESC LIMIT ?",
        )
        .bind(span.from_us)
        .bind(span.until_us)
        .bind(MOST)
        .fetch_all(&self.pool)
        .await?;
        let known = rows.iter();
        let pairs: Vec<_> = known
            .filter_map(|(one, other)| Some((Decision::parse(one)?, Decision::parse(other)?)))
            .collect();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let waiting = "SELECT count(*) FROM second_review WHERE decision IS NULL";
        Ok(QualityOfSeconds {
            made: count(pairs.len()),
            agreed: count(pairs.iter().filter(|(one, other)| one == other).count()),
            kappa: review::kappa(&pairs),
            waiting: sqlx::query_scalar(waiting).fetch_one(&self.pool).await?,
        })
    }

    /// What the reasons of verdicts are worth, by the decisions that stand.
    async fn rules(&self, span: Span) -> Result<Vec<QualityOfRule>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT reason.value AS reason, count(*) FILTER (WHERE made.decision = 'confirm') AS confirmed,
                    count(*) FILTER (WHERE made.decision <> 'confirm') AS rejected
             FROM (SELECT incident, decision FROM review_decision
                   WHERE made_us >= ? AND made_us < ? AND state = 'standing' AND decision <> 'escalate'
                   ORDER BY made_us DESC LIMIT ?) AS made
             JOIN incident ON incident.id = made.incident, json_each(incident.reasons) AS reason
             GROUP BY reason.value ORDER BY count(*) DESC, reason.value LIMIT 200",
        );
        // A tenth of the others': each of these reads its incident.
        let rows = rows.bind(span.from_us).bind(span.until_us).bind(MOST / 10);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Has the incident `id` asked of reviewers as one whose right decision is `decision`.
    ///
    /// # Errors
    /// Where it was not decided so: what is right has to be on record before it is asked.
    pub async fn put_golden(
        &self,
        act: &Act<'_>,
        id: &str,
        decision: Decision,
    ) -> Result<(), ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let subject = Subject::load(&mut transaction, id).await?;
        if subject.review() != Review::Decided || subject.standing() != Some(decision) {
            return Err(ReviewError::Conflict("it was not decided so"));
        }
        sqlx::query(
            "INSERT INTO golden (incident, decision, made_by, made_us) VALUES (?, ?, ?, ?)
             ON CONFLICT (incident) DO UPDATE SET decision = excluded.decision, made_by = excluded.made_by,
                 made_us = excluded.made_us",
        )
        .bind(id)
        .bind(decision.as_str())
        .bind(act.by)
        .bind(act.now_us)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Whether reviewers are given the incident `id` as one whose right decision is known.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn is_golden(&self, id: &str) -> Result<bool, StoreError> {
        let known = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM golden WHERE incident = ?)");
        Ok(known.bind(id).fetch_one(&self.pool).await?)
    }

    /// Asks the incident `id` of nobody any more; false where it was not.
    ///
    /// # Errors
    /// Where that could not be kept.
    pub async fn remove_golden(&self, id: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let open = "DELETE FROM golden_answer WHERE incident = ? AND decision IS NULL AND declined_us IS NULL";
        sqlx::query(open)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        let removed = sqlx::query("DELETE FROM golden WHERE incident = ?").bind(id);
        let removed = removed.execute(&mut *transaction).await?.rows_affected();
        transaction.commit().await?;
        Ok(removed == 1)
    }

    /// The incidents whose right decision is known, the newest first, 1000 at most.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn golden(&self) -> Result<Vec<GoldenRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT golden.incident, golden.decision, made_by, made_us, count(golden_answer.decision) AS answers,
                    count(*) FILTER (WHERE golden_answer.decision = golden.decision) AS right
             FROM golden LEFT JOIN golden_answer ON golden_answer.incident = golden.incident
             GROUP BY golden.incident ORDER BY made_us DESC, golden.incident LIMIT 1000",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

/// The median, 90% and 95%.
fn percentiles(mut values: Vec<i64>) -> [Option<i64>; 3] {
    values.sort_unstable();
    [50, 90, 95].map(|percent| review::percentile(&values, percent))
}
