//! Exports: incidents and decisions as CSV or JSON Lines, written as they are read, a page at a time.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, future, stream};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::super::Shared;
use super::super::access::Who;
use super::super::problem::Failure;
use super::query::{Asked, moment};
use super::show::{self, Shown};
use super::tables;
use crate::store::{Cursor, Filter, StoreError};
use crate::wire::review::api::{DecisionData, IncidentData};
use crate::wire::stream::Problem;

/// Rows that are in memory at once.
const PAGE: usize = 500;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Lines,
}

/// The incidents that a filter asks for, as `csv` or `jsonl`.
#[utoipa::path(get, path = "/api/v1/export/incidents", tag = "review", params(Asked), responses(
    (status = 200, content((String = "text/csv"), (String = "application/jsonl"))),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The value of one is wrong"),
))]
pub(in crate::web) async fn incidents(
    State(app): State<Shared>,
    who: Who,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(asked) = asked?;
    let form = form(asked.format())?;
    let now_us = app.parts.clock.wall_us();
    let mut filter = asked.filter(&app.parts.rules.sla, now_us)?;
    let blind = app.parts.store.blind_of(&who.name).await?;
    filter.hide(&blind);
    app.audit(&who, "incidents.exported", "", json!({})).await?;
    let about = Arc::new((app, who.name, blind, filter));
    let page = move |after: Option<Cursor>| {
        let about = Arc::clone(&about);
        async move {
            let (app, by, blind, filter) = &*about;
            let shown = Shown {
                sla: &app.parts.rules.sla,
                now_us,
                by,
                blind,
            };
            page(app, &shown, filter, after.as_ref(), form).await
        }
    };
    let body = written(head(form, INCIDENT), None, page);
    Ok(file("incidents", form, body))
}

/// A page of incidents, and where the next one begins.
async fn page(
    app: &Shared,
    shown: &Shown<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    form: Form,
) -> Result<(String, Option<Option<Cursor>>), StoreError> {
    let page = app.parts.store.queue(filter, after, PAGE).await?;
    let incidents = shown.incidents(page.items);
    let rows = incidents.iter().map(|incident| match form {
        Form::Csv => incident_cells(incident),
        Form::Lines => json_line(incident),
    });
    Ok((rows.collect(), page.next.map(Some)))
}

/// Which decisions are written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Made {
    /// `csv` or `jsonl`, which it is unless it is given.
    format: Option<String>,
    /// Made at this time or later, RFC 3339.
    from: Option<String>,
    /// Made before this time, RFC 3339.
    until: Option<String>,
}

/// The decisions in the order in which they were made, as `csv` or `jsonl`.
#[utoipa::path(get, path = "/api/v1/export/decisions", tag = "review", params(Made), responses(
    (status = 200, content((String = "text/csv"), (String = "application/jsonl"))),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The value of one is wrong"),
))]
pub(in crate::web) async fn decisions(
    State(app): State<Shared>,
    who: Who,
    made: Result<Query<Made>, QueryRejection>,
) -> Result<Response, Failure> {
    who.require(crate::account::Permission::Quality)?;
    let Query(made) = made?;
    let form = form(made.format.as_deref())?;
    let from_us = moment("from", made.from.as_deref())?.unwrap_or_default();
    let until_us = moment("until", made.until.as_deref())?.unwrap_or(i64::MAX);
    app.audit(&who, "decisions.exported", "", json!({})).await?;
    let page = move |(made_us, id): (i64, String)| {
        let app = Arc::clone(&app);
        async move {
            let store = &app.parts.store;
            let rows = store.decisions((made_us, &id), until_us, PAGE).await?;
            let last = rows.last().filter(|_| rows.len() == PAGE);
            let next = last.map(|last| (last.made_us, last.id.clone()));
            let lines = rows.into_iter().map(show::decision).map(|row| match form {
                Form::Csv => decision_cells(&row),
                Form::Lines => json_line(&row),
            });
            Ok((lines.collect(), next))
        }
    };
    let first = (from_us.saturating_sub(1), "~".to_owned());
    let body = written(head(form, DECISION), first, page);
    Ok(file("decisions", form, body))
}

/// `head`, and the pages from `first` on, each with where the next one begins, as they are asked for. Where one cannot be read the
/// body breaks off: nobody is to take what came for all there is.
fn written<At, Read>(
    head: String,
    first: At,
    mut page: impl FnMut(At) -> Read + Send + 'static,
) -> Body
where
    At: Send + 'static,
    Read: Future<Output = Result<(String, Option<At>), StoreError>> + Send + 'static,
{
    let pages = stream::try_unfold(Some(first), move |at| {
        let read = at.map(&mut page);
        async move {
            let Some(read) = read else {
                return Ok(None);
            };
            let (text, next) = read.await.map_err(|error| {
                tracing::error!(%error, "an export breaks off");
                io::Error::other(error)
            })?;
            Ok(Some((Bytes::from(text), next)))
        }
    });
    let head = stream::once(future::ready(Ok::<_, io::Error>(Bytes::from(head))));
    Body::from_stream(head.chain(pages))
}

fn form(given: Option<&str>) -> Result<Form, Failure> {
    match given {
        None | Some("jsonl") => Ok(Form::Lines),
        Some("csv") => Ok(Form::Csv),
        Some(_) => Err(Failure::bad("`format`: expected csv or jsonl")),
    }
}

fn head(form: Form, names: &[&str]) -> String {
    match form {
        Form::Csv => tables::line(names.iter().copied()),
        Form::Lines => String::new(),
    }
}

fn json_line(row: &impl serde::Serialize) -> String {
    // Nothing in these rows fails to be written.
    let mut line = serde_json::to_string(row).unwrap_or_default();
    line.push('\n');
    line
}

fn file(name: &str, form: Form, body: Body) -> Response {
    let (kind, end) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        Form::Lines => ("application/jsonl", "jsonl"),
    };
    let disposition = format!("attachment; filename=\"waylay-{name}.{end}\"");
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    let no_sniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_sniff);
    response
}

/// The columns of an incident.
const INCIDENT: &[&str] = &[
    "id",
    "number",
    "stream",
    "host",
    "labels",
    "state",
    "scheme",
    "category",
    "payload",
    "payee",
    "payee_name",
    "destination",
    "target_host",
    "domain",
    "class",
    "severity",
    "action",
    "reasons",
    "policy",
    "visible_ms",
    "sightings",
    "opened",
    "changed",
    "due",
    "review",
    "decision",
    "decided_by",
    "decided",
];

fn incident_cells(data: &IncidentData) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        data.id.clone(),
        data.number.to_string(),
        data.stream.clone(),
        or(&data.host),
        data.labels.join(" "),
        data.state.clone(),
        or(&data.scheme),
        or(&data.category),
        or(&data.payload),
        or(&data.payee),
        or(&data.payee_name),
        or(&data.destination),
        or(&data.target_host),
        or(&data.domain),
        data.class.clone(),
        data.severity.clone(),
        data.action.clone(),
        data.reasons.join(" "),
        data.policy.clone(),
        data.visible_ms.to_string(),
        data.sightings.to_string(),
        data.opened.clone(),
        data.changed.clone(),
        data.due.clone(),
        data.review.clone(),
        or(&data.decision),
        or(&data.decided_by),
        or(&data.decided),
    ];
    tables::line(cells.iter().map(String::as_str))
}

/// The columns of a decision.
const DECISION: &[&str] = &[
    "id",
    "incident",
    "decision",
    "reason",
    "by",
    "made",
    "waited_ms",
    "took_ms",
    "late",
    "state",
    "campaign",
];

fn decision_cells(data: &DecisionData) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        data.id.clone(),
        data.incident.clone(),
        data.decision.clone(),
        or(&data.reason),
        data.by.clone(),
        data.made.clone(),
        data.waited_ms.to_string(),
        data.took_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        data.late.to_string(),
        data.state.clone(),
        or(&data.campaign),
    ];
    tables::line(cells.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn what_cannot_be_read_to_its_end_breaks_off() {
        let body = |most: u32| {
            let page = move |at: u32| async move {
                if at == most {
                    return Err(serde_json::from_str::<u8>("broken").unwrap_err().into());
                }
                Ok((format!("{at}\n"), (at < 2).then_some(at + 1)))
            };
            to_bytes(written("head\n".to_owned(), 0, page), 1_000)
        };
        assert_eq!(body(9).await.unwrap(), "head\n0\n1\n2\n");
        for most in 0..3 {
            assert!(body(most).await.is_err(), "{most}");
        }
    }
}
