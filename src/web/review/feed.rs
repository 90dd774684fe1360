//! What happens, as it happens: server-sent events. An event says what changed and not how; whoever wants to know asks.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};
use utoipa::IntoParams;

use super::super::Shared;
use super::super::access::Who;
use super::super::problem::Failure;
use crate::account::Permission;
use crate::store::{FeedRow, Store, StoreError};
use crate::wire::review::FeedEventData;
use crate::wire::stream::Problem;

/// Listeners at once.
const MOST: usize = 256;
/// Listeners of one user or token: the tabs of a browser, or all that stands behind one program.
const MOST_OF_ONE: usize = 16;
/// Events that are read at once.
const BATCH: u32 = 256;
/// Events that wait for a listener to take them.
const WAITING: usize = 512;
/// A listener that takes nothing for so long is dropped.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whoever is further behind begins anew.
const FURTHEST: i64 = 10_000;
/// How often it is looked at who may still listen, and at the log without being told: another program may write to it.
const EVERY: Duration = Duration::from_secs(2);
/// How often a silent connection is written to.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Who listens.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Listeners(Arc<Mutex<Listening>>);

/// How many listen, in all and of each user or token.
#[derive(Debug, Default)]
struct Listening {
    all: usize,
    of: HashMap<String, usize>,
}

/// One that listens, for as long as it is there.
#[derive(Debug)]
struct Listener {
    all: Listeners,
    of: String,
}

impl Listeners {
    /// One more of `of`, where there is room.
    fn admit(&self, of: String) -> Result<Listener, Failure> {
        let mut listening = self.lock();
        if listening.all >= MOST {
            return Err(Failure::full(format!("{MOST} listen already")));
        }
        let own = listening.of.get(&of).copied().unwrap_or_default();
        if own >= MOST_OF_ONE {
            let why = format!("{MOST_OF_ONE} of this user or token listen already");
            return Err(Failure::too_many(why, 10));
        }
        listening.all += 1;
        listening.of.insert(of.clone(), own + 1);
        drop(listening);
        Ok(Listener {
            all: self.clone(),
            of,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Listening> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listening = self.all.lock();
        listening.all -= 1;
        let left = listening.of.get(&self.of).map_or(0, |own| own - 1);
        if left == 0 {
            listening.of.remove(&self.of);
        } else {
            listening.of.insert(self.of.clone(), left);
        }
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
/// happened since: whoever hears it asks for everything anew. It ends with the session or the token that it was asked with.
#[utoipa::path(get, path = "/api/v1/feed", tag = "review",
    params(Since, ("Last-Event-ID" = Option<i64>, Header, description = "The last event that was heard")), responses(
    (status = 200, body = FeedEventData, content_type = "text/event-stream", description = "Events, for as long as somebody listens"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "16 of this user or token listen already", headers(("retry-after" = u32, description = "After how many seconds it may be asked again"))),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "256 listen already"),
))]
pub(in crate::web) async fn feed(
    State(app): State<Shared>,
    who: Who,
    headers: HeaderMap,
    since: Result<Query<Since>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let Query(Since { after }) = since?;
    let of = format!("{}:{}", who.by.as_str(), who.id);
    let listener = app.listeners.admit(of)?;
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let end = app.parts.store.feed_end().await?;
    let from = last.or(after).unwrap_or(end);
    let (sender, receiver) = mpsc::channel(WAITING);
    let (over, ended) = oneshot::channel::<()>();
    tokio::spawn(async move {
        tokio::select! {
            () = tell(&app.parts.store, from, end, sender) => {}
            () = until_refused(&app, &headers, &who) => {}
        }
        // What waits to be heard goes with whoever may not hear it.
        drop((over, listener));
    });
    let events = stream::unfold(receiver, |mut receiver: mpsc::Receiver<Event>| async move {
        let event = receiver.recv().await?;
        Some((Ok(event), receiver))
    });
    let events = events.take_until(ended);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Waits until `who`, which asked with these headers, may not listen any more.
async fn until_refused(app: &Shared, headers: &HeaderMap, who: &Who) {
    let mut checks = interval(EVERY);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        checks.tick().await;
        // Where the records cannot be read, nobody knows who may.
        let may = app.still_may(headers, who, Permission::Read).await;
        if !may.unwrap_or(false) {
            return;
        }
    }
}

/// Tells one listener what happens, until it goes or takes nothing any more.
async fn tell(store: &Store, from: i64, end: i64, sender: mpsc::Sender<Event>) {
    let mut bell = store.listen();
    let mut at = from;
    if !(0..=FURTHEST).contains(&end.saturating_sub(from)) {
        at = end;
        if !send(&sender, reset(end)).await {
            return;
        }
    }
    loop {
        match pass_on(store, &mut at, &sender).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, "a listener is left: the records cannot be read");
                return;
            }
        }
        tokio::select! {
            () = sender.closed() => return,
            // The store outlives all who listen to it.
            _ = timeout(EVERY, bell.changed()) => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_all_others() {
        let listeners = Listeners::default();
        let admit = |of: &str| listeners.admit(of.to_owned());
        let mut one: Vec<_> = (0..MOST_OF_ONE).map(|_| admit("user:a").unwrap()).collect();
        let refused = admit("user:a").unwrap_err();
        assert_eq!(refused.status().as_u16(), 429);
        let mut others: Vec<_> = (MOST_OF_ONE..MOST)
            .map(|n| admit(&format!("token:{n}")).unwrap())
            .collect();
        assert_eq!(admit("user:b").unwrap_err().status().as_u16(), 503);

        // Who goes makes room.
        others.pop();
        let _b = admit("user:b").unwrap();
        one.pop();
        let _a = admit("user:a").unwrap();
        assert_eq!(admit("user:a").unwrap_err().status().as_u16(), 503);
        drop((one, others));
        let listening = listeners.lock();
        assert_eq!((listening.all, listening.of.len()), (2, 2));
    }
}
