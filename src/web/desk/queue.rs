//! The queue: what waits, what is found, and filters that are kept.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::html::Html;
use super::rows::{Row, View, mask};
use super::text::{M, Text};
use super::undo::Undo;
use super::wish::{Wish, and, with};
use crate::account::Permission;
use crate::ids;
use crate::payload;
use crate::store::{Counts, Cursor, SavedFilter};
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, see_other, show};
use crate::web::problem::Failure;
use crate::web::{Shared, review};

/// Rows of a page.
const PAGE: usize = 50;
/// How far ahead the next one is looked for that nobody has.
const AHEAD: usize = 200;
/// Bytes of the longest filter and of the longest name of one.
const LONGEST_QUERY: usize = 2_000;
const LONGEST_NAME: usize = 160;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    title: String,
    saved: Vec<Saved>,
    filter: FilterForm,
    counts: Vec<Chip>,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
    may_decide: bool,
    undo: Option<Undo>,
}

/// A filter that leads to its incidents.
struct Saved {
    key: &'static str,
    name: Html,
    href: String,
    here: bool,
    count: Option<i64>,
    /// Where it can be removed.
    id: Option<String>,
}

/// A number with its name.
pub(in crate::web) struct Chip {
    pub(in crate::web) count: i64,
    pub(in crate::web) name: String,
    pub(in crate::web) tone: &'static str,
}

/// What can be chosen.
struct Choice {
    value: &'static str,
    name: &'static str,
    here: bool,
}

struct FilterForm {
    q: String,
    reviews: Vec<Choice>,
    classes: Vec<Choice>,
    severities: Vec<Choice>,
    categories: Vec<Choice>,
    states: Vec<Choice>,
    more: bool,
    scheme: String,
    stream: String,
    host: String,
    label: String,
    from: String,
    until: String,
    schemes: Vec<&'static str>,
    query: String,
    /// Where the newest are found, for a page that begins with them.
    fresh: String,
}

/// The queue.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    wish: Result<Query<Wish>, QueryRejection>,
    flash: Result<Query<super::undo::Flash>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(wish) = wish?;
    let (store, now_us) = (&app.parts.store, app.parts.clock.wall_us());
    let t = asked.text();
    let rules = &app.parts.rules;
    let blind = store.blind_of(&who.name).await?;
    let mut filter = wish.filter(rules, now_us);
    filter.hide(&blind);
    let after = Cursor::decode(&wish.after, &filter);
    let mut page = store.queue(&filter, after.as_ref(), PAGE).await?;
    mask(&mut page.items, &blind, &who.name);
    let counts = store.counts(&rules.sla, now_us).await?;
    let query = wish.query();
    let view = View {
        t,
        rules,
        now_us,
        by: &who.name,
        query: &query,
    };
    let rows = view.rows(store, &page.items).await?;
    let undo = match flash {
        Ok(Query(flash)) => flash.undo(store, &query, now_us, t).await?,
        Err(_) => None,
    };
    let page = QueuePage {
        title: title(&wish, t),
        saved: saved(
            &store.saved_filters(&who.name).await?,
            &who.name,
            &query,
            &counts,
            t,
        ),
        counts: chips(&counts, t),
        rows,
        older: page
            .next
            .map(|next| with("/", &and(&query, "after", &next.encode()))),
        newest: after.is_some().then(|| with("/", &query)),
        may_decide: who.may(Permission::Decide),
        filter: form(wish, after.is_none(), t),
        undo,
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

/// What a form of the queue sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Queued {
    query: String,
    name: String,
    id: String,
}

/// Gives out the next incident, and leads to it.
pub(in crate::web) async fn next(
    State(app): State<Shared>,
    who: Who,
    form: Result<Form<Queued>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    lead_on(&app, &who, &form.query, None, "").await
}

/// Keeps a filter under a name.
pub(in crate::web) async fn save(
    State(app): State<Shared>,
    who: Who,
    form: Result<Form<Queued>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let name = form.name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.len()) && form.query.len() <= LONGEST_QUERY;
    if !fits || name.contains(char::is_control) {
        return Err(Failure::bad(format!(
            "`name`: expected 1 to {LONGEST_NAME} bytes"
        )));
    }
    // What stands in it is what is understood of it.
    let query = Wish::read(&form.query).query();
    let filter = SavedFilter {
        id: ids::random(),
        owner: who.name.clone(),
        name: name.to_owned(),
        shared: false,
        query: query.clone(),
        made_us: app.parts.clock.wall_us(),
    };
    let id = app.parts.store.save_filter(&filter).await?;
    let detail = json!({ "name": filter.name, "shared": filter.shared, "query": filter.query });
    app.audit(&who, "filter.saved", &id, detail).await?;
    Ok(see_other(&with("/", &query)))
}

/// Forgets a filter.
pub(in crate::web) async fn remove(
    State(app): State<Shared>,
    who: Who,
    form: Result<Form<Queued>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    if app.parts.store.remove_filter(&form.id, &who.name).await? {
        app.audit(&who, "filter.removed", &form.id, json!({}))
            .await?;
    }
    Ok(see_other("/"))
}

/// Leads to the next incident that waits, and to the queue where none does. `flash` is what the next page tells of the
/// incident `done`.
pub(in crate::web) async fn lead_on(
    app: &Shared,
    who: &Who,
    query: &str,
    done: Option<&str>,
    flash: &str,
) -> Result<Response, Failure> {
    let wish = understood(query);
    let query = wish.query();
    let mut next = None;
    if query.is_empty() {
        let Json(given) = review::queue::next(State(Arc::clone(app)), who.clone()).await?;
        next = given.claim.map(|claim| claim.incident);
    }
    // Whoever may decide on what was escalated would have it again at once.
    if next.is_none() || next.as_deref() == done {
        next = next_of(app, who, &wish, done).await?;
    }
    let to = next.map_or_else(|| "/".to_owned(), |id| format!("/incidents/{id}"));
    let query = match (query.is_empty(), flash.is_empty()) {
        (_, true) => query,
        (true, false) => flash.to_owned(),
        (false, false) => format!("{query}&{flash}"),
    };
    Ok(see_other(&with(&to, &query)))
}

/// Leads to the incident that stands behind `id` in the queue.
pub(in crate::web) async fn lead_past(
    app: &Shared,
    who: &Who,
    query: &str,
    id: &str,
) -> Result<Response, Failure> {
    let wish = understood(query);
    let next = next_of(app, who, &wish, Some(id)).await?;
    let to = next.map_or_else(|| "/".to_owned(), |id| format!("/incidents/{id}"));
    Ok(see_other(&with(&to, &wish.query())))
}

/// The first of those that are wished for, or the first behind `past`, that nobody else has: claimed.
async fn next_of(
    app: &Shared,
    who: &Who,
    wish: &Wish,
    past: Option<&str>,
) -> Result<Option<String>, Failure> {
    let filter = wish.filter(&app.parts.rules, app.parts.clock.wall_us());
    let page = app.parts.store.queue(&filter, None, AHEAD).await?;
    let at = past.and_then(|past| page.items.iter().position(|item| item.id == past));
    let (before, behind) = page.items.split_at(at.map_or(0, |at| at + 1));
    let escalated = who.may(Permission::DecideMany);
    for item in behind.iter().chain(before) {
        // What they confirmed themselves waits for somebody else.
        let waits = item.turn.is_some()
            && (escalated || item.review != "escalated")
            && item.first_by.as_deref() != Some(who.name.as_str());
        if !waits || past == Some(item.id.as_str()) {
            continue;
        }
        match review::queue::claim(State(Arc::clone(app)), who.clone(), Path(item.id.clone())).await
        {
            Ok(Json(claim)) => return Ok(Some(claim.incident)),
            // Somebody else has it.
            Err(refused) if refused.status() == StatusCode::CONFLICT => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(None)
}

/// The filter that a form carries along.
fn understood(query: &str) -> Wish {
    Wish::read(&query[..query.floor_char_boundary(LONGEST_QUERY)])
}

fn title(wish: &Wish, t: &Text) -> String {
    match wish.review.as_str() {
        "" | "overdue" | "any" => t.queue.get().to_owned(),
        review => t.review_of(review).to_owned(),
    }
}

fn saved(rows: &[SavedFilter], owner: &str, query: &str, counts: &Counts, t: &Text) -> Vec<Saved> {
    let of = |review: &str| counts.review.get(review).copied().unwrap_or(0);
    let built_in = |key, name: &str, wanted: &str, count| Saved {
        key,
        name: Html::of(name),
        href: with("/", wanted),
        here: query == wanted,
        count,
        id: None,
    };
    let mut saved = vec![
        built_in(
            "waiting",
            t.waiting.get(),
            "",
            Some(of("open") + of("escalated")),
        ),
        built_in(
            "overdue",
            t.overdue_ones.get(),
            "review=overdue",
            Some(counts.overdue),
        ),
        built_in(
            "escalated",
            t.review_of("escalated"),
            "review=escalated",
            Some(of("escalated")),
        ),
        built_in(
            "decided",
            t.review_of("decided"),
            "review=decided",
            Some(of("decided")),
        ),
        built_in("any", t.any.get(), "review=any", None),
    ];
    saved.extend(rows.iter().map(|row| Saved {
        key: "",
        name: Html::name(&row.name),
        href: with("/", &row.query),
        here: row.query == query,
        count: None,
        id: (row.owner == owner).then(|| row.id.clone()),
    }));
    saved
}

fn chips(counts: &Counts, t: &Text) -> Vec<Chip> {
    let severities = [
        ("critical", "bad"),
        ("high", "bad"),
        ("medium", "warn"),
        ("low", ""),
    ];
    let chips = severities.into_iter().map(|(id, tone)| Chip {
        count: counts.severity.get(id).copied().unwrap_or(0),
        name: t.severity_of(id).to_owned(),
        tone,
    });
    chips.filter(|chip| chip.count > 0).collect()
}

fn form(wish: Wish, is_first: bool, t: &'static Text) -> FilterForm {
    fn choices(
        any: M,
        ids: &[&'static str],
        name: impl Fn(&'static str) -> &'static str,
        here: &str,
    ) -> Vec<Choice> {
        let any = Choice {
            value: "",
            name: any.get(),
            here: here.is_empty(),
        };
        let each = ids.iter().map(|&id| Choice {
            value: id,
            name: name(id),
            here: here == id,
        });
        std::iter::once(any).chain(each).collect()
    }
    let categories: Vec<_> = super::text::CATEGORIES.iter().map(|(id, ..)| *id).collect();
    let query = wish.query();
    FilterForm {
        reviews: choices(
            t.waiting,
            &["overdue", "open", "escalated", "decided", "record", "any"],
            |id| match id {
                "overdue" => t.overdue_ones.get(),
                "any" => t.any.get(),
                id => t.review_of(id),
            },
            &wish.review,
        ),
        classes: choices(
            t.any,
            &["off_platform", "unknown", "on_platform"],
            |id| t.class_of(id),
            &wish.class,
        ),
        severities: choices(
            t.any,
            &["critical", "high", "medium", "low", "info"],
            |id| t.severity_of(id),
            &wish.severity,
        ),
        categories: choices(t.any, &categories, |id| t.category_of(id), &wish.category),
        states: choices(t.any, &["open", "ended"], |id| t.state_of(id), &wish.state),
        more: wish.is_narrow(),
        schemes: payload::schemes().map(|scheme| scheme.id).collect(),
        fresh: if is_first {
            with("/", &query)
        } else {
            String::new()
        },
        query,
        q: wish.q,
        scheme: wish.scheme,
        stream: wish.stream,
        host: wish.host,
        label: wish.label,
        from: wish.from,
        until: wish.until,
    }
}
