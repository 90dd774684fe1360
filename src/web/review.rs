//! The desk: incidents listed, claimed and decided, campaigns, quality, what happens as it happens, and exports.

pub(super) mod campaigns;
pub(super) mod decisions;
pub(super) mod export;
pub(super) mod feed;
pub(super) mod filters;
pub(super) mod incidents;
pub(super) mod measures;
pub(super) mod preview;
mod query;
pub(super) mod queue;
mod show;
pub(super) mod tables;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::App;
use super::access::{By, Who};
use super::problem::Failure;
use crate::account::Permission;
use crate::policy::Allowed;
use crate::review::{Decision, Refused};
use crate::store::{Act, EntryRow, ReviewError, Store, StoreError, Wanted};
use crate::wire::envelope::Envelope;
use crate::wire::review::ReviewData;

/// Bytes of the longest reason or note.
const LONGEST_TEXT: usize = 2_000;

impl App {
    /// Says which endpoints want to be told.
    fn wanted(
        &self,
    ) -> impl Fn(&Envelope<ReviewData>, &[String]) -> Vec<Arc<str>> + Send + Sync + '_ {
        |event, labels| self.parts.mailing.wanted(event, labels)
    }

    /// Who acts, now.
    fn act<'a>(&'a self, who: &'a Who, wanted: Wanted<'a>) -> Act<'a> {
        Act {
            by: &who.name,
            person: who.by == By::User,
            lead: who.may(Permission::DecideMany),
            now_us: self.parts.clock.wall_us(),
            rules: &self.parts.rules,
            wanted,
        }
    }

    /// Something was done: whoever listens hears of it, and it stands in the audit log.
    async fn done(
        &self,
        who: &Who,
        action: &'static str,
        subject: &str,
        detail: Value,
    ) -> Result<(), Failure> {
        self.parts.mailing.ring();
        self.parts.store.ring();
        self.audit(who, action, subject, detail).await
    }

    /// The registries changed: the next look is judged by them.
    async fn allow(&self) -> Result<(), StoreError> {
        // Two at once must not put the older state in force last.
        let _held = self.registries.lock().await;
        (self.parts.allow)(allowed(&self.parts.store).await?);
        Ok(())
    }

    /// Whether an incident was right is known by the decision `id`: who acts on it hears of that.
    fn confirmed(&self, incident: &str, decision: Decision, id: &str, by: &str) {
        let Some(yes) = decision.confirms() else {
            return;
        };
        let acting = self.parts.acting.clone();
        let [incident, id, by] = [incident, id, by].map(str::to_owned);
        // To disconnect somebody takes seconds, and the next incident waits for the reviewer.
        tokio::spawn(async move {
            if let Err(error) = acting.confirmed(&incident, yes, &by, &id).await {
                tracing::error!(incident.id = incident, %error, "a decision had no effect on the stream");
            }
        });
    }

    /// Other decisions stand on these incidents than before, or none: what those brought is taken back, and what stands now is acted
    /// on. Of many, a few at a time: everybody else uses the same records.
    fn stands_anew(&self, incidents: Vec<String>, by: &str) {
        const AT_ONCE: usize = 4;
        let (acting, store) = (self.parts.acting.clone(), self.parts.store.clone());
        let by: Arc<str> = by.into();
        let settle = move |incident: String| {
            let (acting, store, by) = (acting.clone(), store.clone(), Arc::clone(&by));
            async move {
                let settled = async {
                    acting.withdrawn(&incident, &by).await?;
                    if let Some((id, stands)) = store.standing(&incident).await?
                        && let Some(yes) = stands.confirms()
                    {
                        acting.confirmed(&incident, yes, &by, &id).await?;
                    }
                    Ok::<_, StoreError>(())
                };
                if let Err(error) = settled.await {
                    tracing::error!(incident.id = incident, %error, "a decision had no effect on the stream");
                }
            }
        };
        tokio::spawn(stream::iter(incidents).for_each_concurrent(AT_ONCE, settle));
    }

    /// Decisions on these incidents do not stand any more: what they brought is taken back.
    fn withdrawn(&self, incidents: Vec<String>, by: &str) {
        let (acting, by) = (self.parts.acting.clone(), by.to_owned());
        tokio::spawn(async move {
            for incident in incidents {
                if let Err(error) = acting.withdrawn(&incident, &by).await {
                    tracing::error!(incident.id = incident, %error, "what a decision brought is not taken back yet");
                }
            }
        });
    }
}

/// What reviewers allowed.
pub(crate) async fn allowed(store: &Store) -> Result<Arc<Allowed>, StoreError> {
    let entries = store.entries_in_force().await?;
    let mut allowed = Allowed {
        platform: HashSet::new(),
        sellers: HashMap::new(),
    };
    for EntryRow { seller, key, .. } in entries {
        match seller {
            None => allowed.platform.insert(key),
            Some(seller) => allowed.sellers.entry(seller).or_default().insert(key),
        };
    }
    Ok(Arc::new(allowed))
}

/// The decision that is called so.
fn decision(id: &str) -> Result<Decision, Failure> {
    Decision::parse(id).ok_or_else(|| {
        let all = Decision::ALL.map(Decision::as_str).join(", ");
        Failure::bad(format!("`decision`: expected one of {all}"))
    })
}

/// A text that somebody wrote, checked.
fn text<'t>(name: &str, text: &'t str, longest: usize) -> Result<&'t str, Failure> {
    let trimmed = text.trim();
    let is_shown = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if (1..=longest).contains(&trimmed.len()) && trimmed.chars().all(is_shown) {
        return Ok(trimmed);
    }
    let expected = format!("expected 1 to {longest} bytes without control characters");
    Err(Failure::bad(format!("`{name}`: {expected}")))
}

fn reason(given: Option<&str>) -> Result<Option<&str>, Failure> {
    given
        .map(|given| text("reason", given, LONGEST_TEXT))
        .transpose()
}

impl From<ReviewError> for Failure {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Store(error) => error.into(),
            ReviewError::Refused(Refused::NoReason) | ReviewError::Wrong(_) => {
                Self::bad(error.to_string())
            }
            ReviewError::Refused(Refused::NoPerson | Refused::ForLeads) => {
                Self::forbidden(error.to_string())
            }
            ReviewError::Refused(_) | ReviewError::Claimed(_) | ReviewError::Conflict(_) => {
                Self::conflict(error.to_string())
            }
            ReviewError::Unknown(_) => Self::not_found(error.to_string()),
        }
    }
}
