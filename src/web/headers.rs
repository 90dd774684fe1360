//! What every answer tells the browser: that it is ours alone, and kept by nobody.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::access::{self, Who};
use super::problem::Failure;
use super::{Shared, pages};

/// Nothing comes from elsewhere, nothing is sent elsewhere, and no other page shows ours.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer` browsers would hide the origin of our own forms from us as well (Fetch, section 3.2).
    (header::REFERRER_POLICY, "same-origin"),
    // What is not public is not kept; assets say otherwise for themselves.
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds them, and shows a person a page where a program would be told of a problem.
pub(super) async fn finish(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let page = access::is_for_page(&request);
    let page = page.then(|| (pages::Asked::of(&request), request.headers().clone()));
    let mut response = next.run(request).await;
    if let Some((asked, headers)) = page
        && let Some(failure) = response.extensions_mut().remove::<Failure>()
    {
        let who = match response.extensions_mut().remove::<Who>() {
            Some(who) => Some(who),
            // Whoever was refused, or asked for what is not there, is shown where to go instead.
            None => app.identify(&headers, true).await.unwrap_or_default(),
        };
        response = pages::problem(&app, &asked, who.as_ref(), &failure);
    }
    add(response.headers_mut());
    response
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        // What a handler says of its own answer stays.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_handler_says_stays() {
        let mut headers = HeaderMap::new();
        let kept = HeaderValue::from_static("public, max-age=31536000");
        headers.insert(header::CACHE_CONTROL, kept.clone());
        add(&mut headers);
        assert_eq!(headers[header::CACHE_CONTROL], kept);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers.len(), HEADERS.len());
    }
}
