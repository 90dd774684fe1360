//! Streams of ingest servers: cut, and let in again.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::Shared;
use super::access::Who;
use super::problem::Failure;
use crate::ingest::Kicked;
use crate::store::BanRow;
use crate::wire::ban::{BanData, BansData, CutData, NewCut};
use crate::wire::stream::Problem;
use crate::worker::CutError;

/// The longest ban, in minutes.
const LONGEST: u32 = 30 * 24 * 60;
/// Bytes of the longest reason.
const LONGEST_REASON: usize = 500;

/// Which bans are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Whether those that are over or were lifted are listed too, the newest 1000 of all.
    #[serde(default)]
    all: bool,
}

/// The bans that are in force.
#[utoipa::path(get, path = "/api/v1/bans", tag = "ingest", params(Which), responses(
    (status = 200, body = BansData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    who: Who,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<BansData>, Failure> {
    let Query(Which { all }) = which?;
    let now_us = app.parts.clock.wall_us();
    let rows = if all {
        app.parts.store.bans().await?
    } else {
        app.parts.store.bans_in_force(now_us).await?
    };
    // What was cut for an incident that they are to decide without seeing what was decided says just that.
    let traces = app.parts.store.traces_for(&who.name).await?;
    let seen = rows.iter().filter(|row| !traces.bans.contains(&row.ban.id));
    let bans = seen.map(|row| data(row, now_us)).collect();
    Ok(Json(BansData { bans }))
}

/// Cuts a stream that an ingest server told of: who publishes it is disconnected, and it may not be published again for a
/// while where the server asks Waylay.
#[utoipa::path(post, path = "/api/v1/streams/{id}/cut", tag = "ingest", params(("id" = String, Path)), request_body = NewCut, responses(
    (status = 200, body = CutData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is no such stream or incident"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It did not come from an ingest server, or two must confirm it"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn cut(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewCut>, JsonRejection>,
) -> Result<Json<CutData>, Failure> {
    let Json(NewCut {
        minutes,
        reason,
        incident,
    }) = body?;
    if !(1..=LONGEST).contains(&minutes) {
        return Err(Failure::bad(format!("`minutes`: expected 1 to {LONGEST}")));
    }
    let is_reason = (1..=LONGEST_REASON).contains(&reason.len());
    if !is_reason || reason.contains(char::is_control) {
        return Err(Failure::bad(format!(
            "`reason`: expected 1 to {LONGEST_REASON} bytes"
        )));
    }
    let is_watched = app.parts.supervisor.stream(&id).is_some();
    if !is_watched && app.parts.attached.came_from(&id).is_none() {
        return Err(super::streams::none(&id));
    }
    if let Some(incident) = &incident {
        app.takes_one(incident).await?;
    }
    let acting = &app.parts.acting;
    let cut = acting
        .cut(&id, minutes, &reason, &who.name, incident.as_deref())
        .await?;
    let detail = json!({"ban": cut.ban.id, "minutes": minutes, "reason": reason});
    app.audit(&who, "stream.cut", &id, detail).await?;
    let row = BanRow {
        ban: cut.ban,
        lifted_us: None,
        lifted_by: None,
    };
    let (kick, error) = match cut.kicked {
        Ok(Kicked::Done) => ("done", None),
        Ok(Kicked::Gone) => ("gone", None),
        Err(error) => ("failed", Some(error.to_string())),
    };
    Ok(Json(CutData {
        ban: data(&row, row.ban.created_us),
        kick,
        error,
    }))
}

/// Takes a ban back: the stream may be published again at once.
#[utoipa::path(delete, path = "/api/v1/bans/{id}", tag = "ingest", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id in force"),
))]
pub(super) async fn lift(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if app.parts.acting.lift(&id, &who.name).await? {
        app.audit(&who, "ban.lifted", &id, json!({})).await?;
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::not_found("there is no such ban in force"))
    }
}

impl From<CutError> for Failure {
    fn from(error: CutError) -> Self {
        match error {
            CutError::NotAttached => Self::conflict(error.to_string()),
            CutError::Store(error) => error.into(),
        }
    }
}

fn data(row: &BanRow, now_us: i64) -> BanData {
    let BanRow {
        ban,
        lifted_us,
        lifted_by,
    } = row;
    BanData {
        id: ban.id.clone(),
        server: ban.server.clone(),
        stream: ban.stream.clone(),
        state: match lifted_us {
            Some(_) => "lifted",
            None if ban.is_over(now_us) => "over",
            None => "in_force",
        },
        reason: ban.reason.clone(),
        by: ban.by.clone(),
        created: time(ban.created_us),
        until: time(ban.until_us),
        lifted: lifted_us.map(time),
        lifted_by: lifted_by.clone(),
    }
}

/// RFC 3339 in UTC.
fn time(us: i64) -> String {
    Timestamp::from_microsecond(us)
        .map(|time| time.to_string())
        .unwrap_or_default()
}
