//! The wall: the streams that are watched, the worst first.

use std::cmp::Reverse;
use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::html::Html;
use super::queue::Chip;
use super::rows::thumb;
use super::text::Text;
use super::when::seconds;
use super::wish::{and, with};
use crate::account::Permission;
use crate::store::WallRow;
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, see_other, show};
use crate::web::problem::Failure;
use crate::web::{Shared, bans};
use crate::wire::ban::NewCut;
use crate::worker::{State as StreamState, Status};

/// Streams of a page.
const PAGE: usize = 60;
/// A stream that saw nothing for so long is blind, in ms.
const BLIND_MS: i64 = 5_000;

#[derive(Template)]
#[template(path = "wall.html")]
struct WallPage {
    shell: Shell,
    counts: Vec<Chip>,
    said: Option<Html>,
    refresh: String,
    streams: Vec<Tile>,
    before: Option<String>,
    after: Option<String>,
}

struct Tile {
    id: String,
    href: String,
    tone: &'static str,
    thumb: Option<String>,
    state: String,
    error: Option<Html>,
    open: String,
    blind: String,
    latency: String,
    labels: Vec<Html>,
    may_cut: bool,
    cut: String,
}

/// Which part of the wall, and what was done before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Part {
    page: usize,
    cut: String,
    why: String,
}

/// What the form for a cut sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Cut {
    reason: String,
    minutes: u32,
    sure: String,
}

/// The wall.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(part) = part?;
    let t = asked.text();
    let store = &app.parts.store;
    let mut all = app.parts.supervisor.streams();
    let ids: Vec<&str> = all.iter().map(|status| status.stream.id.as_str()).collect();
    let known: HashMap<String, WallRow> = store
        .wall(&ids)
        .await?
        .into_iter()
        .map(|row| (row.stream.clone(), row))
        .collect();
    let waiting = |status: &Status| known.get(&status.stream.id).map_or(0, |row| row.waiting);
    let counts = counts(&all, t);
    all.sort_by_cached_key(|status| {
        Reverse((
            waiting(status),
            trouble(status),
            Reverse(status.stream.id.clone()),
        ))
    });
    let pages = all.len().div_ceil(PAGE).max(1);
    let at = part.page.min(pages - 1);
    let shown = &all[at * PAGE..all.len().min((at + 1) * PAGE)];
    let last: Vec<&str> = shown
        .iter()
        .filter_map(|status| known.get(&status.stream.id)?.last.as_deref())
        .collect();
    let frames = store.best_frames(&last).await?;
    let may_cut = who.may(Permission::Cut);
    let streams = shown.iter().map(|status| {
        let row = known.get(&status.stream.id);
        let last = row.and_then(|row| row.last.as_deref());
        let frame = frames
            .iter()
            .find(|frame| Some(frame.incident.as_str()) == last);
        let cuttable = may_cut && app.parts.attached.origin(&status.stream.id).is_some();
        Tile {
            thumb: frame.and_then(|frame| thumb(&frame.incident, &frame.path, 480)),
            may_cut: cuttable,
            ..tile(status, waiting(status), t)
        }
    });
    let page = WallPage {
        counts,
        said: said(&part, t),
        refresh: href(at),
        streams: streams.collect(),
        before: at.checked_sub(1).map(href),
        after: (at + 1 < pages).then(|| href(at + 1)),
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

/// Where a page of the wall is found; the first is number 0.
fn href(page: usize) -> String {
    let query = (page > 0).then(|| format!("page={page}"));
    with("/wall", &query.unwrap_or_default())
}

/// Cuts a stream.
pub(in crate::web) async fn cut(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    Path(id): Path<String>,
    cut: Result<Form<Cut>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(cut) = cut?;
    if cut.sure != "yes" {
        return Err(Failure::bad(asked.text().cut_unsure.get()));
    }
    let new = NewCut {
        minutes: cut.minutes,
        reason: cut.reason.trim().to_owned(),
        incident: None,
    };
    let Json(done) = bans::cut(State(app), who, Path(id.clone()), Ok(Json(new))).await?;
    let mut query = and("", "cut", &id);
    if let Some(why) = done.error {
        query = and(&query, "why", &why);
    }
    Ok(see_other(&with("/wall", &query)))
}

/// How much is wrong with a stream itself.
fn trouble(status: &Status) -> (u8, i64) {
    let state = match status.figures.state {
        StreamState::Waiting(_) => 2,
        StreamState::Connecting => 1,
        StreamState::Live | StreamState::Ended => 0,
    };
    let blind_ms = status.figures.since_look_ms;
    (state, if blind_ms > BLIND_MS { blind_ms } else { 0 })
}

fn tile(status: &Status, waiting: i64, t: &Text) -> Tile {
    let (state, error) = match &status.figures.state {
        StreamState::Connecting => ("connecting", None),
        StreamState::Live => ("live", None),
        StreamState::Waiting(error) => ("waiting", Some(error)),
        StreamState::Ended => ("ended", None),
    };
    let stream = &status.stream;
    let troubled = trouble(status) != (0, 0);
    Tile {
        href: with("/", &and("review=any", "stream", &stream.id)),
        cut: format!("/streams/{}/cut", stream.id),
        id: stream.id.clone(),
        tone: match (waiting, troubled) {
            (1.., _) => "bad",
            (_, true) => "warn",
            _ if state == "live" => "good",
            _ => "",
        },
        thumb: None,
        state: t.state_of(state).to_owned(),
        error: error.map(|error| Html::name(error)),
        open: if waiting >= 100 {
            "100+".to_owned()
        } else {
            waiting.to_string()
        },
        blind: t
            .span_s
            .get()
            .replace("{n}", &seconds(status.figures.coverage.blind_ms)),
        latency: format!("{} ms", status.figures.counts.lag.percentile_ms(50)),
        labels: stream
            .labels
            .iter()
            .take(6)
            .map(|label| Html::name(label))
            .collect(),
        may_cut: false,
    }
}

fn counts(all: &[Status], t: &Text) -> Vec<Chip> {
    let chip = |count: usize, id: &str, tone| Chip {
        count: i64::try_from(count).unwrap_or(i64::MAX),
        name: t.state_of(id).to_owned(),
        tone,
    };
    let of = |is: fn(&StreamState) -> bool| {
        all.iter()
            .filter(|status| is(&status.figures.state))
            .count()
    };
    let chips = [
        chip(
            of(|state| matches!(state, StreamState::Live)),
            "live",
            "good",
        ),
        chip(
            of(|state| matches!(state, StreamState::Connecting)),
            "connecting",
            "warn",
        ),
        chip(
            of(|state| matches!(state, StreamState::Waiting(_))),
            "waiting",
            "bad",
        ),
    ];
    chips.into_iter().filter(|chip| chip.count > 0).collect()
}

fn said(part: &Part, t: &Text) -> Option<Html> {
    if part.cut.is_empty() {
        return None;
    }
    let stream = ("stream", Html::name(&part.cut));
    Some(if part.why.is_empty() {
        Html::fill(t.cut_done, &[stream])
    } else {
        Html::fill(t.cut_failed, &[stream, ("why", Html::name(&part.why))])
    })
}
