//! What a body may be at all: a JSON object. A list of the values of an object, in its order, would be taken for one
//! otherwise, which no description of the API says.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::LARGEST_BODY;
use super::problem::Failure;

/// Refuses JSON that is no object.
pub(super) async fn objects_alone(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    let is_json = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    };
    if !kind.is_some_and(is_json) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        let why = format!("a body has {LARGEST_BODY} bytes at most");
        return Failure::new(StatusCode::PAYLOAD_TOO_LARGE, why).into_response();
    };
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Failure::bad("expected a JSON object").into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}
