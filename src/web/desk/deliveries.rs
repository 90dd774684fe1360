//! Deliveries to webhooks that were not made yet: seen by endpoint, and brought back where they were given up.

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::campaigns::Tab;
use super::html::Html;
use super::text::{M, Text};
use super::when::When;
use super::wish::{and, with};
use crate::store::{DeliveryRow, Listed, Queue, Replayed};
use crate::web::Shared;
use crate::web::access::Who;
use crate::web::deliveries::replayed;
use crate::web::pages::{Asked, Shell, see_other, show};
use crate::web::problem::Failure;

/// Deliveries of a page.
const PAGE: usize = 100;
/// What is listed where nothing else is asked for: what somebody has to see to.
const DEAD: &str = "dead";

#[derive(Template)]
#[template(path = "deliveries.html")]
struct DeliveriesPage {
    shell: Shell,
    said: Option<String>,
    tabs: Vec<Tab>,
    endpoints: Vec<Endpoint>,
    rows: Vec<Row>,
    is_dead: bool,
    /// What forms bring back, so that the same is listed after them.
    state: String,
    endpoint: String,
    older: Option<String>,
    first: Option<String>,
}

/// What is to be delivered to one endpoint.
struct Endpoint {
    href: String,
    /// As forms send it.
    id: String,
    name: Html,
    pending: i64,
    dead: i64,
    oldest: Option<When>,
}

struct Row {
    id: i64,
    endpoint: Html,
    event: String,
    /// The page of its incident, where it is of one.
    href: Option<String>,
    attempts: i64,
    changed: When,
    status: Option<u16>,
    error: Option<Html>,
}

/// Which deliveries are listed, and what was brought back before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Which {
    state: String,
    endpoint: String,
    after: i64,
    back: Option<i64>,
}

/// What a form that brings deliveries back sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Sent {
    state: String,
    endpoint: String,
    /// The endpoint whose deliveries are brought back, all of them.
    all_of: String,
}

/// The deliveries that were not made yet.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(which) = which?;
    let t = asked.text();
    let store = &app.parts.store;
    let now_us = app.parts.clock.wall_us();
    let state = match which.state.as_str() {
        "pending" => "pending",
        _ => DEAD,
    };
    let endpoint = Some(which.endpoint.as_str()).filter(|name| !name.is_empty());
    let listed = Listed {
        endpoint,
        state: Some(state),
        after: which.after,
        limit: PAGE + 1,
    };
    let mut rows = store.deliveries(&listed).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let query = query(state, &which.endpoint);
    let older = rows.last().filter(|_| more);
    let older = older.map(|last| with("/deliveries", &and(&query, "after", &last.id.to_string())));
    let queues = store.queues().await?;
    let page = DeliveriesPage {
        said: which.back.map(|n| t.brought_back.text(n)),
        tabs: tabs(&queues, state, &which.endpoint, t),
        endpoints: queues
            .into_iter()
            .map(|queue| shown_endpoint(queue, state, now_us, t))
            .collect(),
        rows: rows
            .into_iter()
            .map(|row| shown_row(row, now_us, t))
            .collect(),
        is_dead: state == DEAD,
        first: (which.after > 0).then(|| with("/deliveries", &query)),
        older,
        state: state.to_owned(),
        endpoint: which.endpoint,
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

/// Brings one delivery back that was given up.
pub(in crate::web) async fn replay(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let none = || Failure::not_found("there is no such delivery");
    let id = id.parse().map_err(|_| none())?;
    // One that is pending again or was made is where it should be: pressing twice is no mistake.
    let done = replayed(&app, &who, id).await? == Replayed::Done;
    Ok(back(&sent, u64::from(done)))
}

/// Brings back all that was given up of one endpoint.
pub(in crate::web) async fn replay_all(
    State(app): State<Shared>,
    who: Who,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    if sent.all_of.is_empty() {
        return Err(Failure::bad("`all_of`: expected the name of an endpoint"));
    }
    let now_us = app.parts.clock.wall_us();
    let count = app
        .parts
        .store
        .replay_all(Some(&sent.all_of), now_us)
        .await?;
    if count > 0 {
        app.parts.mailing.ring();
        let detail = json!({"deliveries": count});
        app.audit(&who, "delivery.replayed", &sent.all_of, detail)
            .await?;
    }
    Ok(back(&sent, count))
}

/// Leads back to what was listed, and says how many were brought back.
fn back(sent: &Sent, count: u64) -> Response {
    let state = if sent.state == "pending" {
        "pending"
    } else {
        DEAD
    };
    let query = query(state, &sent.endpoint);
    see_other(&with(
        "/deliveries",
        &and(&query, "back", &count.to_string()),
    ))
}

fn query(state: &str, endpoint: &str) -> String {
    let query = and("", "state", state);
    if endpoint.is_empty() {
        query
    } else {
        and(&query, "endpoint", endpoint)
    }
}

fn tabs(queues: &[Queue], state: &str, endpoint: &str, t: &Text) -> Vec<Tab> {
    let of = |count: fn(&Queue) -> i64| {
        let queues = queues
            .iter()
            .filter(|queue| endpoint.is_empty() || queue.endpoint == endpoint);
        queues.map(count).sum::<i64>()
    };
    let tab = |id: &str, name: M, count: i64| Tab {
        href: with("/deliveries", &query(id, endpoint)),
        name: format!("{name} ({count})"),
        here: id == state,
    };
    vec![
        tab(DEAD, t.given_up, of(|queue| queue.dead)),
        tab("pending", t.pending, of(|queue| queue.pending)),
    ]
}

fn shown_endpoint(queue: Queue, state: &str, now_us: i64, t: &Text) -> Endpoint {
    Endpoint {
        href: with("/deliveries", &query(state, &queue.endpoint)),
        name: Html::account(&queue.endpoint),
        pending: queue.pending,
        dead: queue.dead,
        oldest: queue.oldest_us.map(|us| When::new(us, now_us, t)),
        id: queue.endpoint,
    }
}

fn shown_row(row: DeliveryRow, now_us: i64, t: &Text) -> Row {
    Row {
        id: row.id,
        endpoint: Html::account(&row.endpoint),
        href: row.known.then(|| format!("/incidents/{}", row.incident)),
        event: row.event,
        attempts: row.attempts,
        changed: When::new(row.changed_us, now_us, t),
        status: row.last_status,
        error: row.last_error.as_deref().map(Html::account),
    }
}
