//! Hooks of ingest servers. They carry a secret of their own in place of the token, and are answered from memory.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::Failure;
use crate::ingest::{Reply, Request};
use crate::worker::Answered;

/// A hook of an ingest server, with its secret as a bearer token or as `secret` in the query.
///
/// The body, the query and the answer are as the server has them; see docs/guide/ingest.md.
#[utoipa::path(post, path = "/hooks/{id}", tag = "ingest", params(("id" = String, Path, description = "The server's id")), responses(
    (status = 200, description = "What the server wants to hear; some want other statuses for a refusal"),
    (status = 401, body = crate::wire::stream::Problem, content_type = "application/problem+json", description = "The secret or the signature is missing or wrong"),
    (status = 404, body = crate::wire::stream::Problem, content_type = "application/problem+json", description = "There is no such server, or it has no secret"),
))]
pub(super) async fn hook(
    State(app): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    answer(&app, &id, None, query, &headers, body)
}

/// The same with the secret in the path.
#[utoipa::path(post, path = "/hooks/{id}/{secret}", tag = "ingest", params(("id" = String, Path), ("secret" = String, Path)), responses(
    (status = 200, description = "As for a hook with its secret elsewhere"),
    (status = 401, body = crate::wire::stream::Problem, content_type = "application/problem+json", description = "The secret or the signature is missing or wrong"),
    (status = 404, body = crate::wire::stream::Problem, content_type = "application/problem+json", description = "There is no such server, or it has no secret"),
))]
pub(super) async fn hook_with_secret(
    State(app): State<Shared>,
    Path((id, secret)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    answer(&app, &id, Some(&secret), query, &headers, body)
}

fn answer(
    app: &Shared,
    id: &str,
    secret: Option<&str>,
    query: Option<String>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let too_large = matches!(
        body,
        Err(BytesRejection::FailedToBufferBody(
            FailedToBufferBody::LengthLimitError(_)
        ))
    );
    // One that breaks off cannot be read, and is answered like any other that cannot be.
    let body = body.unwrap_or_default();
    let query = query.unwrap_or_default();
    let request = Request {
        headers,
        path_secret: secret,
        query: &query,
        body: &body,
        too_large,
        now_s: app.parts.clock.wall_us() / 1_000_000,
    };
    match app.parts.attached.hook(id, &request) {
        Answered::Reply(reply) => response(&reply),
        Answered::Unauthorized => Failure::new(
            StatusCode::UNAUTHORIZED,
            "the secret or the signature is missing or wrong",
        )
        .into_response(),
        Answered::Unknown => Failure::not_found("there is nothing here").into_response(),
    }
}

fn response(reply: &Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let kind = HeaderValue::from_static(reply.content_type);
    (status, [(header::CONTENT_TYPE, kind)], reply.body).into_response()
}
