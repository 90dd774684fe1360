//! That a form was sent by our own page: it carries what only a page of the same session knows.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::super::LARGEST_BODY;
use super::super::problem::Failure;

/// The field of a form, and the parameter of a form that sends files.
const FIELD: &str = "csrf";
/// What scripts send.
const HEADER: &str = "x-csrf-token";

/// What the forms of the session with this secret carry. The secret does not follow from it.
pub(super) fn token(secret: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"waylay csrf 1\0")
        .chain_update(secret.as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(hash)
}

/// The request as it was, where it carries `token`.
///
/// # Errors
/// Where it does not, or is too long.
pub(super) async fn check(request: Request, token: &str) -> Result<Request, Failure> {
    let headers = request.headers();
    if let Some(carried) = headers.get(HEADER) {
        return same(carried.as_bytes(), token).map(|()| request);
    }
    if is_kind(headers, "multipart/form-data") {
        // Its fields stand between files that may be large: what is known of it stands in its address.
        let query = request.uri().query().unwrap_or_default().as_bytes();
        return same(field(query).as_bytes(), token).map(|()| request);
    }
    if !is_kind(headers, "application/x-www-form-urlencoded") {
        return Err(missing());
    }
    let (parts, body) = request.into_parts();
    let too_long = |_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "the form is too long");
    let bytes = to_bytes(body, LARGEST_BODY).await.map_err(too_long)?;
    same(field(&bytes).as_bytes(), token)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn is_kind(headers: &HeaderMap, kind: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).map(|v| v.to_str());
    let Some(Ok(value)) = value else { return false };
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(kind)
}

fn field(form: &[u8]) -> String {
    let found = form_urlencoded::parse(form).find(|(name, _)| name == FIELD);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Compares in a time that says nothing of what was expected.
fn same(carried: &[u8], token: &str) -> Result<(), Failure> {
    if Sha256::digest(carried) == Sha256::digest(token.as_bytes()) {
        return Ok(());
    }
    Err(missing())
}

fn missing() -> Failure {
    Failure::forbidden(
        "the form was not sent by a page of this session: open the page again, or send `X-CSRF-Token`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: &str, query: &str, body: &str) -> Request {
        Request::post(format!("/x?{query}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap()
    }

    #[tokio::test]
    async fn only_a_page_of_the_session_knows_it() {
        let right = token("secret");
        assert_ne!(right, token("other"));
        assert!(!right.contains("secret") && right.len() == 43);
        let form = "application/x-www-form-urlencoded";
        let file = "multipart/form-data; boundary=x";
        let with = format!("a=1&csrf={right}&b=2");
        for (kind, query, body, fits) in [
            (form, "", with.as_str(), true),
            (form, "", "a=1", false),
            (form, "", "a=1&csrf=", false),
            (form, "", "a=1&csrf=other", false),
            (form, &with, "a=1", false),
            (
                "Application/X-WWW-Form-Urlencoded; charset=utf-8",
                "",
                &with,
                true,
            ),
            (file, &with, "--x", true),
            (file, "", &with, false),
            ("application/json", &with, &with, false),
            ("text/plain", "", &with, false),
        ] {
            let checked = check(request(kind, query, body), &right).await;
            assert_eq!(checked.is_ok(), fits, "{kind} {query} {body}");
            if let Ok(request) = checked {
                let bytes = to_bytes(request.into_body(), 1_000).await.unwrap();
                assert_eq!(bytes, body.as_bytes(), "the handler still reads it");
            }
        }
        let mut script = request("application/json", "", "{}");
        script.headers_mut().insert(HEADER, right.parse().unwrap());
        assert!(check(script, &right).await.is_ok());
        let mut script = request(form, "", &with);
        script.headers_mut().insert(HEADER, "x".parse().unwrap());
        assert!(check(script, &right).await.is_err());
        let long = format!("{with}&c={}", "c".repeat(LARGEST_BODY));
        let refused = check(request(form, "", &long), &right).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
