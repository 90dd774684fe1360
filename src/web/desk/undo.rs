//! What was just decided, and how it is taken back: the page after it tells, for as long as that can be done.

use serde::Deserialize;
use url::form_urlencoded;

use super::html::Html;
use super::rows::says;
use super::text::Text;
use crate::review::{Decision, UNDO_US};
use crate::store::{Store, StoreError};

/// What the address of a page says of the decision before it. It is only told: whether an undo may be made the records
/// decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Flash {
    /// The incident.
    undo: String,
    /// What was decided.
    did: String,
    /// Until when it can be undone, µs since 1970 in UTC.
    by: i64,
}

/// How it is taken back.
pub(in crate::web) struct Undo {
    pub(in crate::web) name: String,
    pub(in crate::web) what: Html,
    pub(in crate::web) action: String,
    pub(in crate::web) event: String,
    pub(in crate::web) left_s: i64,
}

/// The address's part that tells of it.
pub(in crate::web) fn flash(incident: &str, decision: &str, until_us: i64) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.append_pair("undo", incident);
    out.append_pair("did", decision);
    out.append_pair("by", &until_us.to_string());
    out.finish()
}

impl Flash {
    /// What the page shows of it at `now_us`.
    pub(in crate::web) async fn undo(
        &self,
        store: &Store,
        query: &str,
        now_us: i64,
        t: &Text,
    ) -> Result<Option<Undo>, StoreError> {
        let left_us = self.by.saturating_sub(now_us);
        if self.undo.is_empty() || !(1..=UNDO_US).contains(&left_us) {
            return Ok(None);
        }
        let Some(decision) = Decision::parse(&self.did) else {
            return Ok(None);
        };
        let item = store.item(&self.undo).await?;
        Ok(item.map(|item| Undo {
            name: t.decision_of(decision.as_str()).to_owned(),
            what: says(&item, t),
            action: super::wish::with(&format!("/incidents/{}/undo", item.id), query),
            event: String::new(),
            left_s: left_us / 1_000_000,
        }))
    }
}
