//! How well decisions are made, and what reviewers allowed.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::super::Shared;
use super::super::access::Who;
use super::super::problem::Failure;
use super::query::moment;
use super::{decision, show};
use crate::account::Permission;
use crate::review;
use crate::store::{GoldenRow, Quality, Span};
use crate::wire::review::api::{
    EntriesData, GoldenData, GoldensData, NewGolden, QualityData, ReviewerData, RuleData,
    SecondsData, TimesData,
};
use crate::wire::stream::Problem;

/// What is told of unless it is told otherwise, and at most, µs.
const WEEK_US: i64 = 7 * 24 * 3_600 * 1_000_000;
const LONGEST_US: i64 = 366 * 24 * 3_600 * 1_000_000;
/// Entries of one answer.
const ENTRIES: usize = 500;

/// Of which time it is told.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Of {
    /// From this time on, RFC 3339; a week before its end unless it is given.
    from: Option<String>,
    /// Until this time, RFC 3339; now unless it is given.
    until: Option<String>,
}

/// How well decisions were made: agreement, what was overturned, in what time, and what rules are worth.
#[utoipa::path(get, path = "/api/v1/quality", tag = "review", params(Of), responses(
    (status = 200, body = QualityData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The value of one is wrong"),
))]
pub(in crate::web) async fn quality(
    State(app): State<Shared>,
    who: Who,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<Json<QualityData>, Failure> {
    who.require(Permission::Quality)?;
    let Query(of) = of?;
    let now_us = app.parts.clock.wall_us().saturating_add(1);
    let until_us = moment("until", of.until.as_deref())?.unwrap_or(now_us);
    let from_us = moment("from", of.from.as_deref())?.unwrap_or(until_us.saturating_sub(WEEK_US));
    if !(0..=LONGEST_US).contains(&until_us.saturating_sub(from_us)) {
        return Err(Failure::bad(
            "`from`: expected a time up to a year before `until`",
        ));
    }
    let span = Span { from_us, until_us };
    let quality = app.parts.store.quality(span).await?;
    Ok(Json(data(span, quality)))
}

/// The incidents whose right decision is known: now and then they are given to reviewers, who cannot tell them from others.
#[utoipa::path(get, path = "/api/v1/golden", tag = "review", responses((status = 200, body = GoldensData)))]
pub(in crate::web) async fn golden(
    State(app): State<Shared>,
    who: Who,
) -> Result<Json<GoldensData>, Failure> {
    who.require(Permission::Quality)?;
    let golden = app.parts.store.golden().await?.into_iter();
    let golden = golden.map(|row: GoldenRow| GoldenData {
        incident: row.incident,
        decision: row.decision,
        by: row.made_by,
        made: show::time(row.made_us),
        answers: row.answers,
        right: row.right,
    });
    Ok(Json(GoldensData {
        golden: golden.collect(),
    }))
}

/// Has an incident given to reviewers as one whose right decision is known: the one that stands.
#[utoipa::path(put, path = "/api/v1/golden/{id}", tag = "review", params(("id" = String, Path)), request_body = NewGolden, responses(
    (status = 204),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is no such incident"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was not decided so"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such decision"),
))]
pub(in crate::web) async fn put_golden(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewGolden>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    who.require(Permission::Quality)?;
    let Json(new) = body?;
    let decision = decision(&new.decision)?;
    let wanted = app.wanted();
    app.parts
        .store
        .put_golden(&app.act(&who, &wanted), &id, decision)
        .await?;
    let detail = json!({ "decision": decision.as_str() });
    app.audit(&who, "golden.added", &id, detail).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has an incident given to reviewers no more as one whose right decision is known.
#[utoipa::path(delete, path = "/api/v1/golden/{id}", tag = "review", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "It was not"),
))]
pub(in crate::web) async fn remove_golden(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    who.require(Permission::Quality)?;
    if !app.parts.store.remove_golden(&id).await? {
        return Err(Failure::not_found("its right decision is not known"));
    }
    app.audit(&who, "golden.removed", &id, json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which entries are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Behind {
    /// Those behind the one with this id.
    after: Option<i64>,
}

/// What reviewers put into the registries of the platform and of sellers, 500 at most.
#[utoipa::path(get, path = "/api/v1/registry", tag = "review", params(Behind), responses(
    (status = 200, body = EntriesData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
))]
pub(in crate::web) async fn entries(
    State(app): State<Shared>,
    who: Who,
    behind: Result<Query<Behind>, QueryRejection>,
) -> Result<Json<EntriesData>, Failure> {
    let Query(Behind { after }) = behind?;
    let store = &app.parts.store;
    let mut rows = store
        .entries(after.unwrap_or_default(), ENTRIES + 1)
        .await?;
    let more = rows.len() > ENTRIES;
    rows.truncate(ENTRIES);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    let traces = store.traces_for(&who.name).await?;
    rows.retain(|row| !traces.entries.contains(&row.id));
    Ok(Json(EntriesData {
        entries: rows.into_iter().map(show::entry).collect(),
        next,
    }))
}

/// Takes an entry out of a registry again, however long ago it was made. The decision that made it stays.
#[utoipa::path(delete, path = "/api/v1/registry/{id}", tag = "review", params(("id" = i64, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id in force"),
))]
pub(in crate::web) async fn revoke_entry(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    who.require(Permission::DecideMany)?;
    let none = || Failure::not_found("there is no such entry in force");
    let entry = id.parse().map_err(|_| none())?;
    let wanted = app.wanted();
    app.parts
        .store
        .revoke_entry(&app.act(&who, &wanted), entry)
        .await?;
    app.allow().await?;
    app.audit(&who, "registry.revoked", &id, json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn data(span: Span, quality: Quality) -> QualityData {
    let times = |[p50, p90, p95]: [Option<i64>; 3]| {
        let ms = |us: Option<i64>| us.map(|us| us / 1_000);
        TimesData {
            p50_ms: ms(p50),
            p90_ms: ms(p90),
            p95_ms: ms(p95),
        }
    };
    let reviewers = quality.reviewers.into_iter().map(|row| ReviewerData {
        name: row.name,
        decisions: row.decisions,
        overturned: row.overturned,
        late: row.late,
        took_ms: row.took_us.map(|us| us / 1_000),
        golden: row.golden,
        golden_right: row.golden_right,
    });
    let rules = quality.rules.into_iter().map(|row| RuleData {
        precision: review::share(row.confirmed, row.confirmed + row.rejected),
        reason: row.reason,
        confirmed: row.confirmed,
        rejected: row.rejected,
    });
    QualityData {
        from: show::time(span.from_us),
        until: show::time(span.until_us),
        decisions: quality.decisions,
        more: quality.more,
        by_decision: quality.by_decision,
        overturned: quality.overturned,
        overturn_rate: review::share(quality.overturned, quality.decisions),
        late: quality.late,
        took: times(quality.took_us),
        waited: times(quality.waited_us),
        seconds: SecondsData {
            made: quality.seconds.made,
            agreed: quality.seconds.agreed,
            kappa: quality.seconds.kappa,
            waiting: quality.seconds.waiting,
        },
        appeals: quality.appeals.0,
        appeals_overturned: quality.appeals.1,
        reviewers: reviewers.collect(),
        rules: rules.collect(),
    }
}
