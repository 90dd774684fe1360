//! Deliveries to webhooks that were not made yet: listed, and brought back where they were given up.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::access::Who;
use super::limit::Limit;
use super::problem::Failure;
use super::{App, Shared};
use crate::store::{DeliveryRow, Listed, Replayed};
use crate::wire::delivery::{DeliveriesData, DeliveryData};
use crate::wire::stream::Problem;

/// How many deliveries one answer holds unless it is told otherwise, and at most.
const PAGE: u32 = 500;
const LARGEST_PAGE: u32 = 5_000;

/// Which deliveries are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Those to the endpoint of this name alone.
    endpoint: Option<String>,
    /// `pending` or `dead` ones alone.
    state: Option<String>,
    /// Those whose ids come after this one.
    after: Option<i64>,
    /// So many of them, 1 to 5000; 500 unless it is given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 5000)]
    limit: Limit<PAGE, LARGEST_PAGE>,
}

/// The deliveries that were not made yet. One that was made is in no list.
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "deliveries", params(Page), responses(
    (status = 200, body = DeliveriesData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such state"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<DeliveriesData>, Failure> {
    let Query(page) = page?;
    if !matches!(page.state.as_deref(), None | Some("pending" | "dead")) {
        return Err(Failure::bad("`state`: expected `pending` or `dead`"));
    }
    let limit = page.limit.count();
    let listed = Listed {
        endpoint: page.endpoint.as_deref(),
        state: page.state.as_deref(),
        after: page.after.unwrap_or(0),
        limit: limit + 1,
    };
    let mut rows = app.parts.store.deliveries(&listed).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(Json(DeliveriesData {
        deliveries: rows.into_iter().map(delivery).collect(),
        next,
    }))
}

/// Brings a delivery back that was given up: it is tried at once, and again for as long as a new one.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/replay", tag = "deliveries", params(("id" = i64, Path)), responses(
    (status = 202),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id; it may have been made"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was not given up"),
))]
pub(super) async fn replay(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let none = || Failure::not_found("there is no such delivery");
    let id: i64 = id.parse().map_err(|_| none())?;
    match replayed(&app, &who, id).await? {
        Replayed::Done => Ok(StatusCode::ACCEPTED),
        Replayed::Pending => Err(Failure::conflict(format!("delivery {id} was not given up"))),
        Replayed::Unknown => Err(none()),
    }
}

/// Brings the delivery `id` back that was given up, and says what became of it.
pub(super) async fn replayed(app: &App, who: &Who, id: i64) -> Result<Replayed, Failure> {
    let now_us = app.parts.clock.wall_us();
    let replayed = app.parts.store.replay(id, now_us).await?;
    if replayed == Replayed::Done {
        app.parts.mailing.ring();
        app.audit(who, "delivery.replayed", &id.to_string(), json!({}))
            .await?;
    }
    Ok(replayed)
}

/// The delivery as JSON has it.
pub(crate) fn delivery(row: DeliveryRow) -> DeliveryData {
    let time =
        |us| Timestamp::from_microsecond(us).map_or_else(|_| String::new(), |t| t.to_string());
    DeliveryData {
        id: row.id,
        endpoint: row.endpoint,
        event: row.event,
        incident: row.incident,
        state: row.state,
        attempts: row.attempts,
        created: time(row.created_us),
        changed: time(row.changed_us),
        next: row.next_us.map(time),
        status: row.last_status,
        error: row.last_error,
    }
}
