//! Incidents in a list.

use std::collections::HashMap;

use super::html::Html;
use super::say::{self, Said};
use super::text::Text;
use super::told::tone;
use super::when::{Due, When, seconds};
use super::wish::with;
use crate::review::{Rules, holds};
use crate::store::{Blind, CampaignKind, Item, Store, StoreError};

/// An incident in a list.
pub(in crate::web) struct Row {
    pub(in crate::web) id: String,
    pub(in crate::web) href: String,
    /// Changes with what the row shows.
    pub(in crate::web) rev: String,
    pub(in crate::web) thumb: Option<String>,
    pub(in crate::web) says: Html,
    pub(in crate::web) destination: Html,
    pub(in crate::web) tone: &'static str,
    pub(in crate::web) class: String,
    pub(in crate::web) severity_id: &'static str,
    pub(in crate::web) severity: String,
    pub(in crate::web) scheme: String,
    pub(in crate::web) stream: Html,
    pub(in crate::web) host: Option<Html>,
    pub(in crate::web) others: Option<String>,
    pub(in crate::web) opened: When,
    pub(in crate::web) visible: String,
    pub(in crate::web) due: Option<Due>,
    pub(in crate::web) claimed: Option<Html>,
    pub(in crate::web) decision: Option<String>,
    pub(in crate::web) done: bool,
}

/// How lists are shown.
pub(in crate::web) struct View<'a> {
    pub(in crate::web) t: &'static Text,
    pub(in crate::web) rules: &'a Rules,
    pub(in crate::web) now_us: i64,
    /// Who looks.
    pub(in crate::web) by: &'a str,
    /// What goes along to the page of an incident.
    pub(in crate::web) query: &'a str,
}

impl View<'_> {
    /// The rows for `items`.
    pub(in crate::web) async fn rows(
        &self,
        store: &Store,
        items: &[Item],
    ) -> Result<Vec<Row>, StoreError> {
        let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        let frames = store.best_frames(&ids).await?;
        let mut elsewhere: HashMap<&str, i64> = HashMap::new();
        for item in items {
            let Some(key) = item.destination.as_deref() else {
                continue;
            };
            if !elsewhere.contains_key(key) {
                let campaign = store.campaign(CampaignKind::Destination, key).await?;
                elsewhere.insert(key, campaign.map_or(0, |campaign| campaign.streams - 1));
            }
        }
        let rows = items.iter().map(|item| {
            let frame = frames.iter().find(|frame| frame.incident == item.id);
            let others = item
                .destination
                .as_deref()
                .and_then(|key| elsewhere.get(key));
            self.row(
                item,
                frame.map(|frame| frame.path.as_str()),
                others.copied().unwrap_or(0),
            )
        });
        Ok(rows.collect())
    }

    fn row(&self, item: &Item, frame: Option<&str>, others: i64) -> Row {
        let t = self.t;
        let waits = item.turn.is_some() || item.review == "open";
        let due_us = self.rules.sla.due_us(rank(item), item.opened_us);
        let claimed = item.claimed_by.as_deref();
        let claimed = claimed.filter(|_| {
            item.claimed_until_us
                .is_some_and(|until_us| holds(until_us, self.now_us))
        });
        Row {
            href: with(&format!("/incidents/{}", item.id), self.query),
            rev: format!(
                "{}.{}.{}",
                item.sequence,
                item.review,
                claimed.unwrap_or_default()
            ),
            thumb: frame.and_then(|path| thumb(&item.id, path, 224)),
            says: says(item, t),
            destination: match &item.destination {
                Some(key) => {
                    Html::destination(key, item.target_host.as_deref(), item.domain.as_deref())
                }
                None => Html::of("—"),
            },
            tone: tone(&item.class),
            class: t.class_of(&item.class).to_owned(),
            severity_id: severity_id(&item.severity),
            severity: t.severity_of(&item.severity).to_owned(),
            scheme: item
                .scheme
                .as_deref()
                .map_or_else(String::new, |scheme| say::app(scheme, t)),
            stream: Html::name(&item.stream),
            host: item.host.as_deref().map(Html::name),
            others: (others > 0).then(|| t.others_one.text(others)),
            opened: When::new(item.opened_us, self.now_us, t),
            visible: t
                .seconds_visible
                .get()
                .replace("{s}", &seconds(item.visible_ms)),
            due: waits.then(|| Due::new(due_us, item.opened_us, self.now_us, t)),
            claimed: claimed.map(|by| {
                if by == self.by {
                    Html::of(t.claimed_by_you.get())
                } else {
                    Html::name(by)
                }
            }),
            decision: match &item.decision {
                Some(decision) if item.review == "decided" => {
                    Some(t.decision_of(decision).to_owned())
                }
                _ if item.review == "escalated" => Some(t.review_of("escalated").to_owned()),
                _ => None,
            },
            done: item.review == "decided",
            id: item.id.clone(),
        }
    }
}

/// Takes away what was decided of those that `by` is to decide again without seeing it.
pub(in crate::web) fn mask(items: &mut [Item], blind: &[Blind], by: &str) {
    for item in items {
        let Some(blind) = blind.iter().find(|blind| blind.incident == item.id) else {
            continue;
        };
        "open".clone_into(&mut item.review);
        item.decision = None;
        item.decided_by = None;
        item.decided_us = None;
        item.first_by = None;
        item.claimed_by = Some(by.to_owned());
        item.claimed_until_us = Some(blind.until_us);
    }
}

/// What the incident says, without what only its events hold.
pub(in crate::web) fn says(item: &Item, t: &Text) -> Html {
    let said = Said {
        scheme: item.scheme.as_deref(),
        category: item.category.as_deref(),
        payee: item.payee.as_deref(),
        payee_name: item.payee_name.as_deref(),
        host: item.target_host.as_deref(),
        domain: item.domain.as_deref(),
        ..Said::default()
    };
    said.sentence(t)
}

pub(in crate::web) fn rank(item: &Item) -> u8 {
    u8::try_from(item.rank).unwrap_or(0)
}

/// A severity as the stylesheet knows it.
pub(in crate::web) fn severity_id(severity: &str) -> &'static str {
    let known = ["critical", "high", "medium", "low"];
    known
        .into_iter()
        .find(|id| *id == severity)
        .unwrap_or("info")
}

/// Where the small picture of a frame is found, its codes covered.
pub(in crate::web) fn thumb(incident: &str, path: &str, width: u32) -> Option<String> {
    let name = path.rsplit('/').next()?;
    Some(format!("/evidence/{incident}/{name}?cover=1&width={width}"))
}
