//! Filters that somebody keeps under a name.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::json;

use super::super::Shared;
use super::super::access::Who;
use super::super::problem::Failure;
use super::text;
use crate::ids;
use crate::store::SavedFilter;
use crate::wire::review::api::{FilterData, FiltersData, NewFilter};
use crate::wire::stream::Problem;

/// Bytes of the longest name.
const LONGEST_NAME: usize = 100;
/// Bytes of the longest filter.
const LONGEST_QUERY: usize = 4_096;

/// The filters of whoever asks, and those that others share.
#[utoipa::path(get, path = "/api/v1/filters", tag = "review", responses((status = 200, body = FiltersData)))]
pub(in crate::web) async fn list(
    State(app): State<Shared>,
    who: Who,
) -> Result<Json<FiltersData>, Failure> {
    let filters = app.parts.store.saved_filters(&who.name).await?;
    Ok(Json(FiltersData {
        filters: filters.into_iter().map(data).collect(),
    }))
}

/// Keeps a filter under a name.
#[utoipa::path(post, path = "/api/v1/filters", tag = "review", request_body = NewFilter, responses(
    (status = 201, body = FilterData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "There are 100 already"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn save(
    State(app): State<Shared>,
    who: Who,
    body: Result<Json<NewFilter>, JsonRejection>,
) -> Result<(StatusCode, Json<FilterData>), Failure> {
    let Json(new) = body?;
    let name = text("name", &new.name, LONGEST_NAME)?.to_owned();
    if new.query.len() > LONGEST_QUERY || new.query.contains(char::is_control) {
        return Err(Failure::bad(format!(
            "`query`: expected {LONGEST_QUERY} bytes at most"
        )));
    }
    let mut filter = SavedFilter {
        id: ids::random(),
        owner: who.name.clone(),
        name,
        shared: new.shared,
        query: new.query,
        made_us: app.parts.clock.wall_us(),
    };
    filter.id = app.parts.store.save_filter(&filter).await?;
    let detail = json!({ "name": filter.name, "shared": filter.shared, "query": filter.query });
    app.audit(&who, "filter.saved", &filter.id, detail).await?;
    Ok((StatusCode::CREATED, Json(data(filter))))
}

/// Forgets a filter of whoever asks.
#[utoipa::path(delete, path = "/api/v1/filters/{id}", tag = "review", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "They have none of that id"),
))]
pub(in crate::web) async fn remove(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if app.parts.store.remove_filter(&id, &who.name).await? {
        app.audit(&who, "filter.removed", &id, json!({})).await?;
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::not_found("there is no such filter of yours"))
    }
}

fn data(filter: SavedFilter) -> FilterData {
    FilterData {
        id: filter.id,
        owner: filter.owner,
        name: filter.name,
        shared: filter.shared,
        query: filter.query,
    }
}
