//! Streams: listed, added, changed, removed, looked at more often.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::access::Who;
use super::limit::Limit;
use super::problem::Failure;
use super::{App, Shared};
use crate::config::{Location, STILLS, STREAM_ID, is_stream_id};
use crate::policy::Registry;
use crate::store::StreamRow;
use crate::wire::event::CoverageData;
use crate::wire::stream::{
    CpuData, LatencyData, NewStream, Problem, SamplesData, StreamChange, StreamData, StreamsData,
    VideoData,
};
use crate::worker::{Counts, FromServer, Lag, Refused, State as StreamState, Status, Stream};

/// The most labels of a stream, and the most bytes of one.
const MOST_LABELS: usize = 64;
const LONGEST_LABEL: usize = 128;
/// The most bytes of a URL.
const LONGEST_URL: usize = 4096;
/// How many streams one answer holds unless it is told otherwise, and at most.
const PAGE: u32 = 500;
const LARGEST_PAGE: u32 = 5_000;

/// Which streams are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Those whose ids come after this one.
    after: Option<String>,
    /// So many of them, 1 to 5000; 500 unless it is given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 5000)]
    limit: Limit<PAGE, LARGEST_PAGE>,
}

/// The streams that are watched, and how they are.
#[utoipa::path(get, path = "/api/v1/streams", tag = "streams", params(Page), responses(
    (status = 200, body = StreamsData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<StreamsData>, Failure> {
    let Query(Page { after, limit }) = page?;
    let limit = limit.count();
    let rows = app.parts.store.streams().await?;
    let all = app.parts.supervisor.streams();
    let after = |status: &Status| after.as_ref().is_none_or(|after| status.stream.id > *after);
    let mut streams: Vec<_> = all.into_iter().filter(after).take(limit + 1).collect();
    let more = streams.len() > limit;
    streams.truncate(limit);
    let next = streams
        .last()
        .filter(|_| more)
        .map(|last| last.stream.id.clone());
    let data = streams.iter().map(|status| {
        // They come in the order of their ids.
        let row = rows.binary_search_by(|row| row.id.as_str().cmp(&status.stream.id));
        let from = app.parts.attached.origin(&status.stream.id);
        stream_data(status, row.ok().map(|at| &rows[at]), from.as_ref())
    });
    Ok(Json(StreamsData {
        streams: data.collect(),
        next,
    }))
}

/// One stream.
#[utoipa::path(get, path = "/api/v1/streams/{id}", tag = "streams", params(("id" = String, Path)), responses(
    (status = 200, body = StreamData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(super) async fn one(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<StreamData>, Failure> {
    app.data(&id).await.map(Json)
}

/// Watches one more stream, now and after a restart.
#[utoipa::path(post, path = "/api/v1/streams", tag = "streams", request_body = NewStream, responses(
    (status = 201, body = StreamData, headers(("location" = String, description = "Where it is found"))),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "There is one of that id"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "All streams are taken"),
))]
pub(super) async fn add(
    State(app): State<Shared>,
    who: Who,
    body: Result<Json<NewStream>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(new) = body?;
    let row = StreamRow {
        labels: labels_json(&new.labels),
        registry: new.registry.as_ref().map(Value::to_string),
        id: new.id,
        url: new.url,
        policy: new.policy,
    };
    let stream = app.stream(&row)?;
    let id = row.id.clone();
    let _held = app.changes.lock().await;
    let history = app.parts.store.has_history(&id).await?;
    app.parts.supervisor.add(stream, history)?;
    if let Err(error) = app
        .parts
        .store
        .put_stream(&row, app.parts.clock.wall_us())
        .await
    {
        // What is not kept would be gone after a restart, and nobody would know.
        app.parts.supervisor.remove(&id);
        return Err(error.into());
    }
    app.audit(&who, "stream.added", &id, told(&row)).await?;
    let location = format!("/api/v1/streams/{id}");
    let data = Json(app.data(&id).await?);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], data).into_response())
}

/// Changes what is known of a stream. It is opened anew where its URL is another one; its open incidents are judged
/// by its new labels, registry and policy.
#[utoipa::path(patch, path = "/api/v1/streams/{id}", tag = "streams", params(("id" = String, Path)), request_body = StreamChange, responses(
    (status = 200, body = StreamData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It stands in the configuration, or comes from an ingest server"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn change(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<StreamChange>, JsonRejection>,
) -> Result<Json<StreamData>, Failure> {
    let Json(change) = body?;
    let _held = app.changes.lock().await;
    let mut row = app.own_row(&id).await?;
    row.url = change.url.unwrap_or(row.url);
    if let Some(labels) = &change.labels {
        row.labels = labels_json(labels);
    }
    if let Some(registry) = change.registry {
        row.registry = registry.as_ref().map(Value::to_string);
    }
    row.policy = change.policy.unwrap_or(row.policy);
    let stream = app.stream(&row)?;
    // Kept first: where that fails nothing has changed.
    app.parts
        .store
        .put_stream(&row, app.parts.clock.wall_us())
        .await?;
    app.parts.supervisor.change(stream)?;
    app.audit(&who, "stream.changed", &id, told(&row)).await?;
    app.data(&id).await.map(Json)
}

/// Watches a stream no longer. Its open incidents end; what was found stays on record.
#[utoipa::path(delete, path = "/api/v1/streams/{id}", tag = "streams", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It stands in the configuration, or comes from an ingest server"),
))]
pub(super) async fn remove(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let _held = app.changes.lock().await;
    // One that began with a still is on no record.
    if !app.began_with_a_still(&id).await? {
        app.own_row(&id).await?;
        app.parts.store.remove_stream(&id).await?;
    }
    app.parts.supervisor.remove(&id);
    app.audit(&who, "stream.removed", &id, json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Looks at a stream more often for a while, as soon as there is time for it.
#[utoipa::path(post, path = "/api/v1/streams/{id}/boost", tag = "streams", params(("id" = String, Path)), responses(
    (status = 202),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is a stream of stills, each of which is looked at anyway"),
))]
pub(super) async fn boost(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if app.parts.supervisor.location(&id) == Some(Location::Stills) {
        let why = "each still of a stream is looked at, and there is nothing between them";
        return Err(Failure::conflict(why));
    }
    if app.parts.supervisor.boost(&id) {
        app.audit(&who, "stream.boosted", &id, json!({})).await?;
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(none(&id))
    }
}

impl App {
    async fn data(&self, id: &str) -> Result<StreamData, Failure> {
        let status = self.parts.supervisor.stream(id).ok_or_else(|| none(id))?;
        let row = self.parts.store.stream(id).await?;
        let from = self.parts.attached.origin(id);
        Ok(stream_data(&status, row.as_ref(), from.as_ref()))
    }

    /// The stream `id` as it was added through the API.
    async fn own_row(&self, id: &str) -> Result<StreamRow, Failure> {
        if self.parts.configured.contains(id) {
            let why =
                format!("the stream `{id}` stands in the configuration, which alone can change it");
            return Err(Failure::conflict(why));
        }
        if let Some(from) = self.parts.attached.origin(id) {
            let why = format!(
                "the stream `{id}` comes from the ingest server `{}`, which alone can end it",
                from.server
            );
            return Err(Failure::conflict(why));
        }
        if self.began_with_a_still(id).await? {
            let why = format!(
                "the stream `{id}` began with a still, and its stills say what is known of it"
            );
            return Err(Failure::conflict(why));
        }
        let row = self.parts.store.stream(id).await?;
        row.ok_or_else(|| none(id))
    }

    async fn began_with_a_still(&self, id: &str) -> Result<bool, Failure> {
        let is_fed = self.parts.supervisor.location(id) == Some(Location::Stills);
        Ok(is_fed && self.parts.store.stream(id).await?.is_none())
    }

    /// What is watched where `row` says so.
    fn stream(&self, row: &StreamRow) -> Result<Stream, Failure> {
        stream(row, &*self.parts.policies).map_err(Failure::bad)
    }
}

/// What the audit log tells of a stream. Of its URL the keys are left out.
fn told(row: &StreamRow) -> Value {
    let location: Option<Location> = row.url.parse().ok();
    json!({
        "source": location.map(|location| location.to_string()),
        "labels": serde_json::from_str::<Value>(&row.labels).unwrap_or_default(),
        "registry": row.registry.is_some(),
        "policy": row.policy,
    })
}

/// The stream that `row` stands for; `policies` knows those that it may ask for.
///
/// # Errors
/// What is wrong with it, for people. It quotes nothing of the URL.
pub(crate) fn stream(
    row: &StreamRow,
    policies: &dyn Fn(&str) -> Option<crate::worker::InForce>,
) -> Result<Stream, String> {
    if !is_stream_id(&row.id) {
        return Err(format!("`id` is not a stream id, expected {STREAM_ID}"));
    }
    if row.url.len() > LONGEST_URL {
        return Err(format!("`url` is longer than {LONGEST_URL} bytes"));
    }
    let location: Location = if row.url == STILLS {
        Location::Stills
    } else {
        row.url.parse().map_err(|error| format!("`url`: {error}"))?
    };
    if !matches!(location, Location::Url(_) | Location::Stills) {
        return Err("`url` is not the URL of a live stream".to_owned());
    }
    let labels: Vec<String> =
        serde_json::from_str(&row.labels).map_err(|error| format!("`labels`: {error}"))?;
    check_labels(&labels)?;
    let seller = row.registry.as_deref().map(seller).transpose()?;
    let policy = row.policy.as_deref().map(|name| {
        policies(name).ok_or_else(|| "`policy` is none that the configuration names".to_owned())
    });
    Ok(Stream {
        id: row.id.clone(),
        location,
        labels,
        seller: seller.map(std::sync::Arc::new),
        policy: policy.transpose()?,
    })
}

/// Whether these can be the labels of a stream.
pub(super) fn check_labels(labels: &[String]) -> Result<(), String> {
    let is_label = |label: &String| {
        (1..=LONGEST_LABEL).contains(&label.len()) && !label.contains(char::is_control)
    };
    if labels.len() > MOST_LABELS || !labels.iter().all(is_label) {
        return Err(format!(
            "`labels`: expected at most {MOST_LABELS} of 1 to {LONGEST_LABEL} bytes each"
        ));
    }
    Ok(())
}

/// The registry of a seller, given as JSON: the same table as in a file, read by the same reader.
fn seller(json: &str) -> Result<Registry, String> {
    let table: Value =
        serde_json::from_str(json).map_err(|error| format!("`registry`: {error}"))?;
    let file = toml::to_string(&serde_json::json!({ "seller": table }))
        .map_err(|error| format!("`registry`: {error}"))?;
    Registry::parse(&file).map_err(|error| format!("`registry`: {}", error.message))
}

fn labels_json(labels: &[String]) -> String {
    Value::from(labels).to_string()
}

pub(super) fn none(id: &str) -> Failure {
    // It may be anything that somebody wrote into a URL.
    if is_stream_id(id) {
        Failure::not_found(format!("there is no stream `{id}`"))
    } else {
        Failure::not_found("there is no such stream")
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Exists(_) => Self::conflict(refused.to_string()),
            Refused::Full(most) => Self::full(format!(
                "all {most} streams are taken, none is free: remove one, or raise serve.max_streams"
            )),
            Refused::NoThread | Refused::Ending => Self::full(refused.to_string()),
        }
    }
}

fn stream_data(status: &Status, row: Option<&StreamRow>, from: Option<&FromServer>) -> StreamData {
    let Status {
        stream,
        watched_ms,
        figures,
        boosted,
    } = status;
    let (state, error) = match &figures.state {
        StreamState::Connecting => ("connecting", None),
        StreamState::Live => ("live", None),
        StreamState::Waiting(error) => ("waiting", Some(error.clone())),
        StreamState::Ended => ("ended", None),
    };
    let video = figures.size.map(|(width, height)| VideoData {
        codec: figures.codec.clone().unwrap_or_default(),
        width,
        height,
    });
    StreamData {
        id: stream.id.clone(),
        source: stream.location.to_string(),
        labels: stream.labels.clone(),
        policy: row.and_then(|row| row.policy.clone()),
        registry: row
            .and_then(|row| row.registry.as_deref())
            .and_then(|json| serde_json::from_str(json).ok()),
        origin: match (row, from) {
            (_, Some(_)) => "ingest",
            (Some(_), None) => "api",
            (None, None) if stream.location == Location::Stills => "stills",
            (None, None) => "configuration",
        },
        server: from.map(|from| from.server.to_string()),
        state,
        error,
        watched_ms: *watched_ms,
        video,
        boosted: boosted.map(crate::worker::Why::as_str),
        weight: figures.weight,
        since_look_ms: figures.since_look_ms,
        samples: samples(&figures.counts),
        coverage: CoverageData::new(&figures.coverage),
        cpu: cpu(&figures.counts),
        latency: latency(&figures.counts.lag),
        glass_to_verdict: glass(&figures.counts),
        ring_bytes: figures.ring_bytes,
    }
}

pub(super) fn samples(counts: &Counts) -> SamplesData {
    SamplesData {
        wanted: counts.looks + counts.dropped + counts.failed,
        done: counts.looks,
        dropped: counts.dropped,
        failed: counts.failed,
        broken: counts.broken,
        skipped: counts.skipped,
        panics: counts.panics,
    }
}

pub(super) fn cpu(counts: &Counts) -> CpuData {
    CpuData {
        decode_ms: counts.cpu.decode_us / 1_000,
        scan_ms: counts.cpu.scan_us / 1_000,
        worst_scan_ms: counts.cpu.worst_scan_us / 1_000,
    }
}

pub(super) fn latency(lag: &Lag) -> LatencyData {
    LatencyData {
        p50_ms: lag.percentile_ms(50),
        p95_ms: lag.percentile_ms(95),
        worst_ms: lag.worst_ms,
    }
}

/// Where any stream said when its pictures were taken.
pub(super) fn glass(counts: &Counts) -> Option<LatencyData> {
    (counts.glass.count() > 0).then(|| latency(&counts.glass))
}
