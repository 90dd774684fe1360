//! Incidents: listed, and shown with all that is known of them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::super::access::Who;
use super::super::problem::Failure;
use super::super::{App, Shared};
use super::query::Asked;
use super::show::{self, Shown};
use crate::store::{Blind, CampaignKind, Filter, Item, Waits};
use crate::wire::review::api::{CampaignData, HistoryPage, IncidentDetail, IncidentsData};
use crate::wire::stream::Problem;

/// Other incidents that one is shown with.
const RELATED: usize = 20;
/// Events of one answer.
const EVENTS: usize = 200;

/// The incidents that a filter asks for, those that wait for a decision unless it says otherwise.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "review", params(Asked), responses(
    (status = 200, body = IncidentsData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The value of one is wrong"),
))]
pub(in crate::web) async fn list(
    State(app): State<Shared>,
    who: Who,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<IncidentsData>, Failure> {
    let Query(asked) = asked?;
    let now_us = app.parts.clock.wall_us();
    let store = &app.parts.store;
    let blind = store.blind_of(&who.name).await?;
    let mut filter = asked.filter(&app.parts.rules.sla, now_us)?;
    filter.hide(&blind);
    let cursor = asked.cursor(&filter)?;
    let page = store.queue(&filter, cursor.as_ref(), asked.limit()).await?;
    let count = if asked.wants_count() {
        Some(show::count(store.count(&filter).await?))
    } else {
        None
    };
    Ok(Json(IncidentsData {
        incidents: app.shown(&who, now_us, &blind).incidents(page.items),
        next: page.next.map(|next| next.encode()),
        count,
    }))
}

/// One incident, with what it has in common with others, and its history.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = IncidentDetail),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(in crate::web) async fn one(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<IncidentDetail>, Failure> {
    let store = &app.parts.store;
    let now_us = app.parts.clock.wall_us();
    let item = store.item(&id).await?.ok_or_else(none)?;
    let blind = store.blind_of(&who.name).await?;
    let is_blind = blind.iter().any(|blind| blind.incident == id);
    let shown = app.shown(&who, now_us, &blind);
    let (others, earlier) = (app.others(&item).await?, app.earlier(&item).await?);
    let history = app.history(&id, 0, false, is_blind).await?;
    let (mut decisions, mut appeals) = (Vec::new(), Vec::new());
    if !is_blind {
        decisions = store.decisions_of(&id).await?;
        appeals = store.appeals_of(&id).await?;
    }
    let told = store.last_told(&id).await?;
    let told: Option<Value> = told.and_then(|told| serde_json::from_str(&told).ok());
    Ok(Json(IncidentDetail {
        campaigns: app.campaigns_of(&item).await?,
        told: told
            .and_then(|mut told| told.get_mut("data").map(Value::take))
            .unwrap_or_default(),
        evidence: store
            .files(&id)
            .await?
            .into_iter()
            .map(show::file)
            .collect(),
        others: shown.incidents(others),
        earlier: shown.incidents(earlier),
        history: history.history,
        history_next: history.next,
        decisions: decisions.into_iter().map(show::decision).collect(),
        appeals: appeals.into_iter().map(show::appeal).collect(),
        incident: shown.incident(item),
    }))
}

/// Which events are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Events {
    /// Those behind the one with this number.
    after: Option<i64>,
    /// Whether those are listed too that only say that the incident goes on.
    all: Option<bool>,
}

/// The events of an incident, 200 at most.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/events", tag = "review", params(("id" = String, Path), Events), responses(
    (status = 200, body = HistoryPage),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(in crate::web) async fn events(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    asked: Result<Query<Events>, QueryRejection>,
) -> Result<Json<HistoryPage>, Failure> {
    let Query(Events { after, all }) = asked?;
    let store = &app.parts.store;
    store.item(&id).await?.ok_or_else(none)?;
    let is_blind = store.is_blind(&id, &who.name).await?;
    let (after, all) = (after.unwrap_or_default(), all.unwrap_or_default());
    app.history(&id, after, all, is_blind).await.map(Json)
}

pub(super) fn none() -> Failure {
    Failure::not_found("there is no such incident")
}

impl App {
    pub(super) fn shown<'a>(&'a self, who: &'a Who, now_us: i64, blind: &'a [Blind]) -> Shown<'a> {
        Shown {
            sla: &self.parts.rules.sla,
            now_us,
            by: &who.name,
            blind,
        }
    }

    /// The newest incidents of other streams with its destination.
    async fn others(&self, item: &Item) -> Result<Vec<Item>, Failure> {
        let Some(destination) = &item.destination else {
            return Ok(Vec::new());
        };
        let filter = Filter {
            waits: Waits::Any,
            destination: Some(destination.clone()),
            ..Filter::default()
        };
        // Where one stream alone shows it again and again, there is nothing to be seen of others.
        let page = self.parts.store.queue(&filter, None, 10 * RELATED).await?;
        let mut others = page.items;
        others.retain(|other| other.stream != item.stream);
        others.truncate(RELATED);
        Ok(others)
    }

    /// The newest other incidents of its host, or of its stream.
    async fn earlier(&self, item: &Item) -> Result<Vec<Item>, Failure> {
        let filter = Filter {
            waits: Waits::Any,
            host: item.host.clone(),
            stream: item.host.is_none().then(|| item.stream.clone()),
            ..Filter::default()
        };
        let mut page = self.parts.store.queue(&filter, None, RELATED + 1).await?;
        page.items.retain(|other| other.id != item.id);
        page.items.truncate(RELATED);
        Ok(page.items)
    }

    /// The campaigns that it is part of.
    async fn campaigns_of(&self, item: &Item) -> Result<Vec<CampaignData>, Failure> {
        let mut campaigns = Vec::new();
        for (kind, key) in [
            (CampaignKind::Destination, &item.destination),
            (CampaignKind::Payee, &item.payee),
            (CampaignKind::Domain, &item.domain),
        ] {
            let Some(key) = key else { continue };
            let found = self.parts.store.campaign(kind, key).await?;
            campaigns.extend(found.map(show::campaign));
        }
        Ok(campaigns)
    }

    async fn history(
        &self,
        id: &str,
        after: i64,
        all: bool,
        is_blind: bool,
    ) -> Result<HistoryPage, Failure> {
        let mut rows = self.parts.store.history(id, after, all, EVENTS + 1).await?;
        let more = rows.len() > EVENTS;
        rows.truncate(EVENTS);
        let next = rows.last().filter(|_| more).map(|last| last.sequence);
        rows.retain(|row| !is_blind || row.kind.starts_with("waylay.incident."));
        Ok(HistoryPage {
            history: rows.into_iter().map(show::event).collect(),
            next,
        })
    }
}
