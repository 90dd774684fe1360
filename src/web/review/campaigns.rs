//! Campaigns: listed, shown, decided on as a whole.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::super::access::Who;
use super::super::limit::Limit;
use super::super::problem::Failure;
use super::super::{App, Shared};
use super::preview::Of;
use super::{decision, reason, show};
use crate::account::Permission;
use crate::review::Scope;
use crate::store::{CampaignKind, CampaignOrder, CampaignRow, Filter, Waits};
use crate::wire::review::api::{
    CampaignDecidedData, CampaignDetail, CampaignUndoneData, CampaignsData, NewCampaignDecision,
    PreviewData,
};
use crate::wire::stream::Problem;

/// Campaigns of one answer unless it is told otherwise, and at most.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
/// Streams and hosts that one is shown with.
const SEEN: usize = 100;
/// Days that one is shown with.
const DAYS: usize = 366;
/// Incidents that one is shown with.
const NEWEST: usize = 50;
/// Bytes of the longest key that is asked for.
const LONGEST_KEY: usize = 4_096;

/// Which campaigns are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Asked {
    /// `destination`, which it is unless it is given, `payee` or `domain`.
    kind: Option<String>,
    /// The one with this key alone, whatever else is given.
    key: Option<String>,
    /// `waiting` for those alone of which something waits, most first, which it is unless it is given; `latest` for all,
    /// those first that were seen last.
    order: Option<String>,
    /// Where the page before ended, as its `next` says.
    cursor: Option<String>,
    /// So many of them, 1 to 200; 50 unless it is given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Limit<PAGE, LARGEST_PAGE>,
}

/// What more than one incident has in common: the same destination, payee or domain over streams, hosts and days.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "review", params(Asked), responses(
    (status = 200, body = CampaignsData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The value of one is wrong"),
))]
pub(in crate::web) async fn list(
    State(app): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<CampaignsData>, Failure> {
    let Query(asked) = asked?;
    let kind = asked.kind.as_deref().unwrap_or("destination");
    let kind = CampaignKind::parse(kind)
        .ok_or_else(|| Failure::bad("`kind`: expected destination, payee or domain"))?;
    if let Some(key) = asked.key.as_deref() {
        if key.len() > LONGEST_KEY {
            return Err(Failure::bad(format!(
                "`key`: expected {LONGEST_KEY} bytes at most"
            )));
        }
        let found = app.parts.store.campaign(kind, key).await?;
        return Ok(Json(CampaignsData {
            campaigns: found.map(show::campaign).into_iter().collect(),
            next: None,
        }));
    }
    let order = match asked.order.as_deref() {
        None | Some("waiting") => CampaignOrder::Waiting,
        Some("latest") => CampaignOrder::Latest,
        Some(_) => return Err(Failure::bad("`order`: expected waiting or latest")),
    };
    let limit = asked.limit.count();
    let cursor = asked.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let page = app
        .parts
        .store
        .campaigns(kind, order, cursor, limit)
        .await?;
    Ok(Json(CampaignsData {
        campaigns: page.campaigns.into_iter().map(show::campaign).collect(),
        next: page.next,
    }))
}

/// One campaign: in which streams, by which hosts and on which days it was seen.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "review", params(("id" = i64, Path)), responses(
    (status = 200, body = CampaignDetail),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(in crate::web) async fn one(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<CampaignDetail>, Failure> {
    let store = &app.parts.store;
    let (row, kind) = app.campaign(&id).await?;
    let filter = of(kind, &row.key);
    let page = store.queue(&filter, None, NEWEST).await?;
    let now_us = app.parts.clock.wall_us();
    let blind = store.blind_of(&who.name).await?;
    Ok(Json(CampaignDetail {
        by_stream: show::seen(store.campaign_seen(row.id, "stream", SEEN).await?),
        by_host: show::seen(store.campaign_seen(row.id, "host", SEEN).await?),
        by_day: show::seen(store.campaign_seen(row.id, "day", DAYS).await?),
        newest: app.shown(&who, now_us, &blind).incidents(page.items),
        campaign: show::campaign(row),
    }))
}

/// What a decision on a campaign would settle.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/preview", tag = "review", params(("id" = i64, Path), Of), responses(
    (status = 200, body = PreviewData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such decision, or it is none for a campaign"),
))]
pub(in crate::web) async fn preview(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    asked: Result<Query<Of>, QueryRejection>,
) -> Result<Json<PreviewData>, Failure> {
    let Query(Of { decision: given }) = asked?;
    let decision = decision(&given)?;
    let (row, kind) = app.campaign(&id).await?;
    let preview = app
        .parts
        .store
        .preview_campaign(kind, &row.key, decision)
        .await?;
    let entry = match preview.entry {
        Some(key) => Some(app.entry(&who, Scope::Platform, None, key).await?),
        None => None,
    };
    Ok(Json(PreviewData {
        entry,
        incidents: preview.incidents,
        more: preview.more,
        others: 0,
    }))
}

/// Decides on all of a campaign that waits, 10000 incidents at most. It can be undone for 30 s.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/decision", tag = "review", params(("id" = i64, Path)), request_body = NewCampaignDecision, responses(
    (status = 200, body = CampaignDecidedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 403, body = Problem, content_type = "application/problem+json", description = "This is for others to do"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "Nothing of it waits, or more than was told"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn decide(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewCampaignDecision>, JsonRejection>,
) -> Result<Json<CampaignDecidedData>, Failure> {
    who.require(Permission::DecideMany)?;
    let Json(new) = body?;
    let decision = decision(&new.decision)?;
    let why = reason(new.reason.as_deref())?;
    let (row, kind) = app.campaign(&id).await?;
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let done = app
        .parts
        .store
        .decide_campaign(&act, kind, &row.key, decision, why, new.expected)
        .await?;
    // It may take the place of decisions that stood, with what these had allowed.
    app.allow().await?;
    let parts = app.parts.store.part_of(&done.id).await?;
    let incidents = parts.into_iter().map(|(incident, _)| incident);
    app.stands_anew(incidents.collect(), &who.name);
    let detail = json!({
        "kind": kind.as_str(), "decision": decision.as_str(), "incidents": done.incidents, "id": done.id,
    });
    app.done(&who, "campaign.decided", &row.key, detail).await?;
    Ok(Json(CampaignDecidedData {
        id: done.id,
        incidents: done.incidents,
        proposed: done.proposed,
        left: done.left,
        undo_until: show::time(done.undo_until_us),
    }))
}

/// Takes a decision on a campaign back, as far as it still stands.
#[utoipa::path(post, path = "/api/v1/campaigns/decisions/{id}/undo", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = CampaignUndoneData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is too late, or it was not theirs"),
))]
pub(in crate::web) async fn undo(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<CampaignUndoneData>, Failure> {
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let incidents = app.parts.store.undo_campaign(&act, &id).await?;
    app.allow().await?;
    app.stands_anew(app.parts.store.undone_of(&id).await?, &who.name);
    let detail = json!({ "incidents": incidents });
    app.done(&who, "campaign.undone", &id, detail).await?;
    Ok(Json(CampaignUndoneData { incidents }))
}

/// The incidents of a campaign, whether they wait or not.
fn of(kind: CampaignKind, key: &str) -> Filter {
    let key = Some(key.to_owned());
    let mut filter = Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    match kind {
        CampaignKind::Destination => filter.destination = key,
        CampaignKind::Payee => filter.payee = key,
        CampaignKind::Domain => filter.domain = key,
    }
    filter
}

impl App {
    /// The campaign with this id, which stands in a path.
    async fn campaign(&self, id: &str) -> Result<(CampaignRow, CampaignKind), Failure> {
        let none = || Failure::not_found("there is no such campaign");
        let id = id.parse().map_err(|_| none())?;
        let row = self.parts.store.campaign_with(id).await?.ok_or_else(none)?;
        let kind = CampaignKind::parse(&row.kind).ok_or_else(none)?;
        Ok((row, kind))
    }
}
