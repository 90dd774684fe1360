//! What happens, as it happens: server-sent events. An event says what changed and not how; whoever wants to know asks.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;
use utoipa::IntoParams;

use super::super::Shared;
use super::super::problem::Failure;
use crate::store::{FeedRow, Store, StoreError};
use crate::wire::review::FeedEventData;
use crate::wire::stream::Problem;

/// Listeners at once.
const MOST: usize = 256;
/// Events that are read at once.
const BATCH: u32 = 256;
/// Events that wait for a listener to take them.
const WAITING: usize = 512;
/// A listener that takes nothing for so long is dropped.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whoever is further behind begins anew.
const FURTHEST: i64 = 10_000;
/// How often the log is looked at without being told: another program may write to it.
const EVERY: Duration = Duration::from_secs(2);
/// How often a silent connection is written to.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Who listens.
#[derive(Debug, Clone)]
pub(in crate::web) struct Listeners(Arc<Semaphore>);

impl Default for Listeners {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Since {
    /// What happened behind this event, as `Last-Event-ID` says it; what happens from now on unless either is given.
    after: Option<i64>,
}

/// What happens, as server-sent events: `incident` and `review`, each with `topic`, the incident's `id` and the number `rev` of
/// its event. The id of an event is its place in the log: with `Last-Event-ID` nothing is missed. `reset` says that too much
/// happened since: whoever hears it asks for everything anew.
#[utoipa::path(get, path = "/api/v1/feed", tag = "review",
    params(Since, ("Last-Event-ID" = Option<i64>, Header, description = "The last event that was heard")), responses(
    (status = 200, body = FeedEventData, content_type = "text/event-stream", description = "Events, for as long as somebody listens"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "256 listen already"),
))]
pub(in crate::web) async fn feed(
    State(app): State<Shared>,
    headers: HeaderMap,
    since: Result<Query<Since>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let Query(Since { after }) = since?;
    let full = |_| Failure::full(format!("{MOST} listen already"));
    let permit = Arc::clone(&app.listeners.0)
        .try_acquire_owned()
        .map_err(full)?;
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let store = app.parts.store.clone();
    let end = store.feed_end().await?;
    let from = last.or(after).unwrap_or(end);
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(tell(store, from, end, sender, permit));
    let events = stream::unfold(receiver, |mut receiver: mpsc::Receiver<Event>| async move {
        let event = receiver.recv().await?;
        Some((Ok(event), receiver))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Tells one listener what happens, until it goes or takes nothing any more.
async fn tell(
    store: Store,
    from: i64,
    end: i64,
    sender: mpsc::Sender<Event>,
    permit: OwnedSemaphorePermit,
) {
    let mut bell = store.listen();
    let mut at = from;
    if !(0..=FURTHEST).contains(&end.saturating_sub(from)) {
        at = end;
        if !send(&sender, reset(end)).await {
            return;
        }
    }
    loop {
        match pass_on(&store, &mut at, &sender).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                tracing::error!(%error, "a listener is left: the records cannot be read");
                break;
            }
        }
        tokio::select! {
            () = sender.closed() => break,
            // The store outlives all who listen to it.
            _ = timeout(EVERY, bell.changed()) => {}
        }
    }
    drop(permit);
}

/// Passes on what is new; false where nobody takes it.
async fn pass_on(
    store: &Store,
    at: &mut i64,
    sender: &mpsc::Sender<Event>,
) -> Result<bool, StoreError> {
    loop {
        let rows = store.feed_after(*at, BATCH).await?;
        for row in &rows {
            if !send(sender, event(row)).await {
                return Ok(false);
            }
            *at = row.position;
        }
        if rows.len() < BATCH as usize {
            return Ok(true);
        }
    }
}

async fn send(sender: &mpsc::Sender<Event>, event: Event) -> bool {
    matches!(timeout(PATIENCE, sender.send(event)).await, Ok(Ok(())))
}

fn event(row: &FeedRow) -> Event {
    let topic = if row.kind.starts_with("waylay.review.") {
        "review"
    } else {
        "incident"
    };
    let data = json!({ "topic": topic, "id": row.incident, "rev": row.sequence });
    Event::default()
        .id(row.position.to_string())
        .event(topic)
        .data(data.to_string())
}

fn reset(end: i64) -> Event {
    Event::default()
        .id(end.to_string())
        .event("reset")
        .data("{}")
}
