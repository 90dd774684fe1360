//! How well decisions are made.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::campaigns::Tab;
use super::text::{M, Text};
use super::when::span;
use crate::review::share;
use crate::store::{Counts, Quality, Span};
use crate::web::Shared;
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, show};
use crate::web::problem::Failure;

const DAY_US: i64 = 86_400_000_000;
/// The periods that can be chosen, in days; the second one unless somebody does.
const PERIODS: [i64; 4] = [1, 7, 30, 90];
/// Rows of a table.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage {
    shell: Shell,
    tabs: Vec<Tab>,
    figures: Vec<Figure>,
    tables: Vec<Table>,
}

struct Figure {
    name: M,
    value: String,
    note: String,
    tone: &'static str,
}

struct Table {
    title: M,
    heads: Vec<M>,
    rows: Vec<Vec<String>>,
}

/// Of which time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Period {
    days: i64,
}

/// The figures.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    period: Result<Query<Period>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Period { days }) = period?;
    let days = if PERIODS.contains(&days) {
        days
    } else {
        PERIODS[1]
    };
    let now_us = app.parts.clock.wall_us();
    let span = Span {
        from_us: now_us - days * DAY_US,
        until_us: now_us.saturating_add(1),
    };
    let (store, t) = (&app.parts.store, asked.text());
    let quality = store.quality(span).await?;
    let counts = store.counts(&app.parts.rules.sla, now_us).await?;
    let tabs = PERIODS.into_iter().map(|of| Tab {
        href: format!("/quality?days={of}"),
        name: t.days_n.text(of),
        here: of == days,
    });
    let page = QualityPage {
        tabs: tabs.collect(),
        figures: figures(&quality, &counts, now_us, t),
        tables: tables(&quality, t),
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn took(us: Option<i64>, t: &Text) -> String {
    us.map_or_else(|| "—".to_owned(), |us| span(us, t))
}

fn figures(quality: &Quality, counts: &Counts, now_us: i64, t: &Text) -> Vec<Figure> {
    let Quality {
        decisions,
        overturned,
        late,
        seconds,
        appeals,
        took_us,
        ..
    } = quality;
    let right: i64 = quality
        .reviewers
        .iter()
        .map(|reviewer| reviewer.golden_right)
        .sum();
    let asked: i64 = quality
        .reviewers
        .iter()
        .map(|reviewer| reviewer.golden)
        .sum();
    let waits: i64 = ["open", "escalated"]
        .iter()
        .filter_map(|id| counts.review.get(*id))
        .sum();
    let figure = |name, value: String, note: String, tone| Figure {
        name,
        value,
        note,
        tone,
    };
    let of = |part: &i64, whole: &i64| {
        t.of_all
            .get()
            .replace("{part}", &part.to_string())
            .replace("{n}", &whole.to_string())
    };
    vec![
        figure(
            t.waiting,
            waits.to_string(),
            match counts.oldest_us {
                Some(oldest_us) if waits > 0 => {
                    t.oldest.get().replace("{t}", &span(now_us - oldest_us, t))
                }
                _ => String::new(),
            },
            "",
        ),
        figure(
            t.overdue_ones,
            counts.overdue.to_string(),
            t.late_decisions.text(*late),
            if counts.overdue > 0 { "bad" } else { "good" },
        ),
        figure(
            t.decisions,
            if quality.more {
                format!("{decisions}+")
            } else {
                decisions.to_string()
            },
            t.appeals_n.text(appeals.0),
            "",
        ),
        figure(
            t.time_to_decide,
            took(took_us[0], t),
            t.ninety.get().replace("{t}", &took(took_us[1], t)),
            "",
        ),
        figure(
            t.overturned,
            percent(share(*overturned, *decisions)),
            of(overturned, decisions),
            "warn",
        ),
        figure(
            t.kappa,
            seconds
                .kappa
                .map_or_else(|| "—".to_owned(), |kappa| format!("{kappa:.2}")),
            t.seconds_note
                .get()
                .replace("{part}", &seconds.agreed.to_string())
                .replace("{n}", &seconds.made.to_string()),
            "",
        ),
        figure(
            t.golden_right,
            percent(share(right, asked)),
            of(&right, &asked),
            "",
        ),
    ]
}

fn tables(quality: &Quality, t: &Text) -> Vec<Table> {
    let reviewers = quality.reviewers.iter().take(MOST).map(|reviewer| {
        vec![
            reviewer.name.clone(),
            reviewer.decisions.to_string(),
            took(reviewer.took_us, t),
            reviewer.late.to_string(),
            percent(share(reviewer.overturned, reviewer.decisions)),
            percent(share(reviewer.golden_right, reviewer.golden)),
        ]
    });
    let rules = quality.rules.iter().take(MOST).map(|rule| {
        let all = rule.confirmed + rule.rejected;
        vec![
            rule.reason.clone(),
            t.why(&rule.reason),
            rule.confirmed.to_string(),
            rule.rejected.to_string(),
            percent(share(rule.confirmed, all)),
        ]
    });
    let decisions = quality
        .by_decision
        .iter()
        .map(|(decision, n)| vec![t.decision_of(decision).to_owned(), n.to_string()]);
    vec![
        Table {
            title: t.per_reviewer,
            heads: vec![
                t.reviewer,
                t.decisions,
                t.median,
                t.late,
                t.overturned,
                t.golden_right,
            ],
            rows: reviewers.collect(),
        },
        Table {
            title: t.per_rule,
            heads: vec![t.rule, t.why, t.confirmed_n, t.rejected_n, t.precision],
            rows: rules.collect(),
        },
        Table {
            title: t.per_decision,
            heads: vec![t.decision, t.incidents],
            rows: decisions.collect(),
        },
    ]
}
