//! The audit log: listed, exported and shown.

use askama::Template;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::access::Who;
use super::desk::html::Html;
use super::limit::Limit;
use super::pages::{Asked, Shell, show};
use super::problem::Failure;
use super::review::tables;
use super::time::{micros, rfc3339, short};
use super::words::Words;
use super::{App, Shared};
use crate::store::{AuditFilter, AuditRow};
use crate::wire::account::{AuditData, AuditsData};
use crate::wire::stream::Problem;

/// How many lines one answer holds unless it is told otherwise, and at most.
const PAGE: u32 = 200;
const LARGEST_PAGE: u32 = 1_000;
/// The most lines of one export; where more follow it says where.
const LARGEST_EXPORT: u32 = 10_000;

/// Which lines are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Those of the user or token of this name alone.
    who: Option<String>,
    /// Those of this action alone, such as `stream.added`.
    action: Option<String>,
    /// Those about this alone.
    subject: Option<String>,
    /// Those of this time and later, RFC 3339.
    from: Option<String>,
    /// Those before this time, RFC 3339.
    until: Option<String>,
    /// Those before this place in the log.
    before: Option<i64>,
    /// So many of them, 1 to 1000; 200 unless it is given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit<PAGE, LARGEST_PAGE>,
}

impl Wanted {
    fn filter(&self, limit: u32) -> Result<AuditFilter<'_>, Failure> {
        let time = |name: &str, text| {
            let wrong = || {
                let time = "a time such as 2026-11-27T10:40:00Z";
                Failure::bad(format!("`{name}`: expected {time}"))
            };
            let us = given(text).map(|text| micros(text).ok_or_else(wrong));
            us.transpose()
        };
        Ok(AuditFilter {
            who: given(self.who.as_ref()),
            action: given(self.action.as_ref()),
            subject: given(self.subject.as_ref()),
            from_us: time("from", self.from.as_ref())?,
            until_us: time("until", self.until.as_ref())?,
            before: self.before,
            limit,
        })
    }

    /// The query that goes on before this place in the log.
    fn onward(&self, before: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("who", &self.who),
            ("action", &self.action),
            ("subject", &self.subject),
            ("from", &self.from),
            ("until", &self.until),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("before", &before.to_string()).finish()
    }
}

/// What a field asks for; nothing where it is empty, as in a form.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// One JSON object on each line.
    #[default]
    Jsonl,
}

/// What is exported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Exported {
    /// `csv` or `jsonl`; the latter unless it is given.
    #[serde(default)]
    #[param(inline)]
    format: Format,
    /// As for the list.
    who: Option<String>,
    /// As for the list.
    action: Option<String>,
    /// As for the list.
    subject: Option<String>,
    /// As for the list.
    from: Option<String>,
    /// As for the list.
    until: Option<String>,
    /// As for the list.
    before: Option<i64>,
    /// So many lines, 1 to 10000; 10000 unless it is given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10000)]
    limit: Limit<LARGEST_EXPORT, LARGEST_EXPORT>,
}

/// The lines of the audit log.
#[utoipa::path(get, path = "/api/v1/audit", tag = "accounts", operation_id = "audit", params(Wanted), responses(
    (status = 200, body = AuditsData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "A time is none"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<AuditsData>, Failure> {
    let Query(wanted) = wanted?;
    let (rows, next) = app.audited(&wanted, wanted.limit.rows()).await?;
    let lines = rows.into_iter().map(data).collect();
    Ok(Json(AuditsData { lines, next }))
}

/// The same as a file: 10000 lines at most, with the rest at what the header `Link` names as `next`.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "accounts", operation_id = "export_audit", params(Exported), responses(
    (status = 200, content((String = "application/x-ndjson"), (String = "text/csv")), headers(("link" = String, description = "Where the lines are that follow; absent where these were the last"))),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "A time is none"),
))]
pub(super) async fn export(
    State(app): State<Shared>,
    who: Who,
    exported: Result<Query<Exported>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(exported) = exported?;
    let format = exported.format;
    let wanted = Wanted {
        who: exported.who,
        action: exported.action,
        subject: exported.subject,
        from: exported.from,
        until: exported.until,
        before: exported.before,
        limit: Limit::default(),
    };
    let (rows, next) = app.audited(&wanted, exported.limit.rows()).await?;
    let detail = json!({"lines": rows.len()});
    app.audit(&who, "audit.exported", "audit", detail).await?;
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Jsonl => ("application/x-ndjson", "jsonl"),
    };
    let body = match format {
        Format::Csv => csv(rows),
        Format::Jsonl => json_lines(rows)?,
    };
    let file = format!("attachment; filename=\"audit.{name}\"");
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    let mut response = (head, body).into_response();
    if let Some(before) = next {
        let onward = wanted.onward(before);
        let link = format!("</api/v1/audit/export?format={name}&{onward}>; rel=\"next\"");
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

impl App {
    async fn audited(
        &self,
        wanted: &Wanted,
        limit: u32,
    ) -> Result<(Vec<AuditRow>, Option<i64>), Failure> {
        let filter = wanted.filter(limit + 1)?;
        let mut rows = self.parts.store.audited(&filter).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.position);
        Ok((rows, next))
    }
}

fn data(row: AuditRow) -> AuditData {
    AuditData {
        position: row.position,
        at: rfc3339(row.at_us),
        by: row.by_kind,
        id: row.by_id,
        who: row.by_name,
        action: row.action,
        subject: row.subject,
        detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
    }
}

fn json_lines(rows: Vec<AuditRow>) -> Result<String, Failure> {
    let mut text = String::new();
    for row in rows {
        let line = serde_json::to_string(&data(row));
        text += &line.map_err(|error| Failure::internal(error.to_string()))?;
        text.push('\n');
    }
    Ok(text)
}

fn csv(rows: Vec<AuditRow>) -> String {
    let names = "position,at,by,id,who,action,subject,detail";
    let mut text = tables::line(names.split(','));
    for row in rows {
        let position = row.position.to_string();
        let at = rfc3339(row.at_us);
        let cells = [
            &position,
            &at,
            &row.by_kind,
            &row.by_id,
            &row.by_name,
            &row.action,
            &row.subject,
            &row.detail,
        ];
        text += &tables::line(cells.into_iter().map(String::as_str));
    }
    text
}

/// A line on the page.
struct ShownLine {
    at: String,
    by: String,
    who: Html,
    action: String,
    subject: Html,
    detail: Html,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    shell: Shell,
    w: &'static Words,
    wanted: ShownWanted<'a>,
    lines: Vec<ShownLine>,
    next: Option<String>,
    error: Option<&'a str>,
}

/// What the fields of the page hold.
struct ShownWanted<'a> {
    who: &'a str,
    action: &'a str,
    subject: &'a str,
    from: &'a str,
    until: &'a str,
}

/// The page of the audit log.
pub(super) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(wanted) = wanted?;
    let found = app.audited(&wanted, wanted.limit.rows()).await;
    let (rows, next, error) = match found {
        Ok((rows, next)) => (rows, next, None),
        Err(failure) if failure.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            (Vec::new(), None, Some(failure))
        }
        Err(failure) => return Err(failure),
    };
    let lines = rows.into_iter().map(|row| ShownLine {
        at: short(row.at_us),
        by: row.by_kind,
        who: Html::name(&row.by_name),
        action: row.action,
        subject: Html::name(&row.subject),
        detail: Html::long(&row.detail, asked.text()),
    });
    let page = AuditPage {
        shell: Shell::new(&app, &asked, Some(&who)),
        w: asked.words(),
        wanted: ShownWanted {
            who: wanted.who.as_deref().unwrap_or_default(),
            action: wanted.action.as_deref().unwrap_or_default(),
            subject: wanted.subject.as_deref().unwrap_or_default(),
            from: wanted.from.as_deref().unwrap_or_default(),
            until: wanted.until.as_deref().unwrap_or_default(),
        },
        lines: lines.collect(),
        next: next.map(|before| format!("/audit?{}", wanted.onward(before))),
        error: error.as_ref().map(Failure::detail),
    };
    let status = error.as_ref().map_or(StatusCode::OK, Failure::status);
    Ok(show(status, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_on_with_what_was_asked_for() {
        let wanted = Wanted {
            who: Some("a&b".to_owned()),
            from: Some("2026-11-27T10:40:00Z".to_owned()),
            ..Wanted::default()
        };
        assert_eq!(
            wanted.onward(7),
            "who=a%26b&from=2026-11-27T10%3A40%3A00Z&before=7"
        );
        let filter = wanted.filter(3).unwrap();
        assert_eq!((filter.who, filter.limit), (Some("a&b"), 3));
        assert!(filter.from_us > Some(1_700_000_000_000_000) && filter.until_us.is_none());
        let wrong = Wanted {
            until: Some("yesterday".to_owned()),
            ..Wanted::default()
        };
        let refused = wrong.filter(1).unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let empty = Wanted {
            who: Some(String::new()),
            until: Some(String::new()),
            ..Wanted::default()
        };
        let filter = empty.filter(1).unwrap();
        assert!(filter.who.is_none() && filter.until_us.is_none());
    }
}
