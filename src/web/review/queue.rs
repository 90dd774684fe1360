//! The queue: what waits, and who has what of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::json;

use super::super::Shared;
use super::super::access::Who;
use super::super::problem::Failure;
use super::show;
use crate::account::Permission;
use crate::store::Given;
use crate::wire::review::api::{ClaimData, CountsData, NextData};
use crate::wire::stream::Problem;

/// What waits for a decision.
#[utoipa::path(get, path = "/api/v1/queue/counts", tag = "review", responses((status = 200, body = CountsData)))]
pub(in crate::web) async fn counts(State(app): State<Shared>) -> Result<Json<CountsData>, Failure> {
    let now_us = app.parts.clock.wall_us();
    let counts = app.parts.store.counts(&app.parts.rules.sla, now_us).await?;
    Ok(Json(CountsData {
        waiting: counts.severity.values().sum(),
        overdue: counts.overdue,
        oldest: counts.oldest_us.map(show::time),
        review: counts.review,
        severity: counts.severity,
        class: counts.class,
        category: counts.category,
        scheme: counts.scheme,
    }))
}

/// Gives the next incident to whoever asks: nobody else is given it until it is decided, given back, or the time is over.
/// Whoever may not decide on many incidents at once is given none that was escalated.
#[utoipa::path(post, path = "/api/v1/queue/next", tag = "review", responses((status = 200, body = NextData)))]
pub(in crate::web) async fn next(
    State(app): State<Shared>,
    who: Who,
) -> Result<Json<NextData>, Failure> {
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let given = Given {
        escalated: who.may(Permission::DecideMany),
    };
    let Some(claim) = app.parts.store.claim_next(&act, given).await? else {
        return Ok(Json(NextData {
            claim: None,
            incident: None,
        }));
    };
    app.audit(&who, "incident.claimed", &claim.incident, json!({}))
        .await?;
    let item = app.parts.store.item(&claim.incident).await?;
    let blind = app.parts.store.blind_of(&who.name).await?;
    let shown = app.shown(&who, act.now_us, &blind);
    Ok(Json(NextData {
        incident: item.map(|item| shown.incident(item)),
        claim: Some(show::claim(&claim)),
    }))
}

/// Gives this incident to whoever asks.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/claim", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = ClaimData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "Somebody else has it"),
))]
pub(in crate::web) async fn claim(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<ClaimData>, Failure> {
    let wanted = app.wanted();
    let claim = app.parts.store.claim(&app.act(&who, &wanted), &id).await?;
    app.audit(&who, "incident.claimed", &id, json!({})).await?;
    Ok(Json(show::claim(&claim)))
}

/// Holds on to this incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/renew", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = ClaimData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is not theirs any more"),
))]
pub(in crate::web) async fn renew(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<ClaimData>, Failure> {
    let wanted = app.wanted();
    let claim = app.parts.store.renew(&app.act(&who, &wanted), &id).await?;
    Ok(Json(show::claim(&claim)))
}

/// Gives this incident back.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/release", tag = "review", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was not theirs"),
))]
pub(in crate::web) async fn release(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let wanted = app.wanted();
    if app
        .parts
        .store
        .release(&app.act(&who, &wanted), &id)
        .await?
    {
        app.audit(&who, "incident.released", &id, json!({})).await?;
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::conflict("it was not claimed"))
    }
}
