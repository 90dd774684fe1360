//! The desk's part of the records: the queue, claims, decisions, campaigns, quality.
//!
//! What a reviewer does is an event of its incident, kept in one transaction with what follows from it. Nothing here
//! looks through all incidents: lists walk along an index and say where they stopped, and what is counted is counted
//! by triggers as it changes.

mod appeals;
mod campaigns;
mod claims;
mod counts;
mod decisions;
mod feed;
mod item;
mod measured;
mod quality;
mod queue;
mod registry;
mod replies;
mod saved;
mod undo;

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{FromRow, Sqlite, Transaction};

pub use appeals::AppealRow;
pub use campaigns::{
    CampaignDone, CampaignKind, CampaignOrder, CampaignPage, CampaignRow, CampaignSeen, Preview,
};
pub use claims::{Blind, Claim, ClaimKind, Given, Traces};
pub use counts::Counts;
pub use decisions::{Decided, DecisionRow};
pub use feed::FeedRow;
pub use item::{EventRow, FileRow, Item};
pub use quality::{GoldenRow, Quality, QualityOfReviewer, QualityOfRule, QualityOfSeconds, Span};
pub use queue::{Count, Cursor, Filter, Page, Waits};
pub use registry::EntryRow;
pub use replies::Reply;
pub use saved::SavedFilter;
pub use undo::Undone;

use super::{Post, StoreError, tell};
use crate::ids;
use crate::review::{self, Decision, Refused, Review, Rules, Standing};
use crate::wire::envelope::Envelope;
use crate::wire::review::ReviewData;

/// Says which endpoints want to be told of an event, in a stream with these labels.
pub type Wanted<'a> = &'a (dyn Fn(&Envelope<ReviewData>, &[String]) -> Vec<Arc<str>> + Send + Sync);

/// Who acts, when, by which rules, and who is told of it.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    /// The name of who acts.
    pub by: &'a str,
    /// Whether that is a person, and no program with a token.
    pub person: bool,
    /// Whether they may decide what was escalated.
    pub lead: bool,
    /// The time, µs since 1970 in UTC.
    pub now_us: i64,
    /// The rules of the desk.
    pub rules: &'a Rules,
    /// Who is told.
    pub wanted: Wanted<'a>,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The records cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is no such thing.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// Somebody else has it.
    #[error("it is claimed by {0}")]
    Claimed(String),
    /// It is in a state in which that cannot be done.
    #[error("{0}")]
    Conflict(&'static str),
    /// It cannot be asked so.
    #[error("{0}")]
    Wrong(String),
}

impl From<sqlx::Error> for ReviewError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// An incident as far as a decision has to know it.
#[derive(Debug, Clone, FromRow)]
struct Subject {
    id: String,
    stream: String,
    labels: String,
    host: Option<String>,
    class: String,
    severity: String,
    rank: i64,
    category: Option<String>,
    destination: Option<String>,
    action: String,
    review: String,
    decision: Option<String>,
    decided_by: Option<String>,
    decided_us: Option<i64>,
    first_by: Option<String>,
    claimed_by: Option<String>,
    claimed_us: Option<i64>,
    claimed_until_us: Option<i64>,
    opened_us: i64,
}

impl Subject {
    async fn load(
        transaction: &mut Transaction<'_, Sqlite>,
        incident: &str,
    ) -> Result<Self, ReviewError> {
        let found = sqlx::query_as(
            "SELECT id, stream, labels, host, class, severity, rank, category, destination, action, review, decision,
                    decided_by, decided_us, first_by, claimed_by, claimed_us, claimed_until_us, opened_us
             FROM incident WHERE id = ?",
        );
        let found = found.bind(incident).fetch_optional(&mut **transaction);
        found.await?.ok_or(ReviewError::Unknown("incident"))
    }

    fn review(&self) -> Review {
        Review::parse(&self.review).unwrap_or(Review::Record)
    }

    fn standing(&self) -> Option<Decision> {
        Decision::parse(self.decision.as_deref()?)
    }

    /// As the rules see it where `act` decides.
    fn before(&self, act: &Act<'_>) -> Standing<'_> {
        Standing {
            review: self.review(),
            first_by: self.first_by.as_deref(),
            is_cut: self.action == "cut",
            by_person: act.person,
            by_lead: act.lead,
        }
    }

    /// Who has it at `now_us`, if not `by`.
    fn held_by(&self, by: &str, now_us: i64) -> Option<&str> {
        let until_us = self.claimed_until_us?;
        let holder = self.claimed_by.as_deref();
        holder.filter(|who| review::holds(until_us, now_us) && *who != by)
    }

    /// The registry that its seller's entries are in: that of the host, or of the stream where no label names one.
    fn seller(&self) -> String {
        match &self.host {
            Some(host) => format!("host:{host}"),
            None => format!("stream:{}", self.stream),
        }
    }

    /// What its events have in common.
    fn data(&self, act: &Act<'_>) -> ReviewData {
        ReviewData {
            incident: self.id.clone(),
            stream: self.stream.clone(),
            class: self.class.clone(),
            severity: self.severity.clone(),
            category: self.category.clone(),
            destination: self.destination.clone(),
            by: act.by.to_owned(),
            review: self.review.clone(),
            decision: self.decision.clone(),
            ..ReviewData::default()
        }
    }
}

/// Keeps an event of `subject` and returns its id.
async fn record(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    subject: &Subject,
    kind: &str,
    data: ReviewData,
) -> Result<String, StoreError> {
    let id = ids::random();
    let time = Timestamp::from_microsecond(act.now_us).unwrap_or_default();
    let event = Envelope::told(id.clone(), kind, &subject.stream, time.to_string(), data);
    let labels: Vec<String> = serde_json::from_str(&subject.labels).unwrap_or_default();
    let mut post = Post {
        endpoints: (act.wanted)(&event, &labels),
        event,
        recorded_us: act.now_us,
    };
    tell(transaction, &mut post).await?;
    Ok(id)
}

#[cfg(test)]
mod tests;
