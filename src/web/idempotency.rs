//! Writes that carry `Idempotency-Key`: the same request again gets the same answer and does nothing.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::Who;
use super::problem::Failure;
use super::{LARGEST_BODY, Shared};
use crate::ids::Hasher;
use crate::store::{Reply, Store};

/// The header (draft-ietf-httpapi-idempotency-key-header).
const KEY: &str = "idempotency-key";
/// Bytes of the longest key.
const LONGEST_KEY: usize = 200;
/// Bytes of the largest answer that is kept.
const LARGEST_ANSWER: usize = 64 << 10;

/// Those whose answers hold a secret: it is kept nowhere.
const SECRET: [&str; 3] = [
    "/api/v1/tokens",
    "/api/v1/users",
    "/api/v1/users/{id}/invite",
];

/// A still is known by when it was taken, and its bytes have a bound of their own.
const OTHERWISE: &str = "/api/v1/frames";

/// Answers a write once.
pub(super) async fn once(
    State(app): State<Shared>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let is_read = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let is_write = !is_read && route.as_str() != OTHERWISE;
    let key = request.headers().get(KEY).filter(|_| is_write).cloned();
    // What nobody is known for is not kept: everybody could fill the records with it.
    let who = request.extensions().get::<Who>().cloned();
    let (Some(key), Some(who), true) = (key, who, request.uri().path().starts_with("/api/")) else {
        return next.run(request).await;
    };
    let asked = Asked {
        store: &app.parts.store,
        under_way: &app.under_way,
        now_us: app.parts.clock.wall_us(),
        by: &who.name,
        is_secret: SECRET.contains(&route.as_str()),
    };
    let answered = asked.answer(&key, request, |request| next.run(request));
    let answered = answered.await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// Writes that are being answered, by who asks and their keys, however long that takes.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<HashSet<(String, String)>>);

/// One of them, until it is dropped.
struct Going<'a> {
    all: &'a UnderWay,
    which: (String, String),
}

impl UnderWay {
    /// Begins with the write of `by` that has `key`; `None` where one is being answered.
    fn begin(&self, by: &str, key: &str) -> Option<Going<'_>> {
        let which = (by.to_owned(), key.to_owned());
        if !self.lock().insert(which.clone()) {
            return None;
        }
        Some(Going { all: self, which })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.all.lock().remove(&self.which);
    }
}

/// A write that is done once.
struct Asked<'a> {
    store: &'a Store,
    under_way: &'a UnderWay,
    now_us: i64,
    /// Who asks.
    by: &'a str,
    /// Whether its answer holds what only who asks may know.
    is_secret: bool,
}

impl Asked<'_> {
    /// What `run` answers, or what it answered before.
    async fn answer<F: Future<Output = Response>>(
        &self,
        key: &HeaderValue,
        request: Request,
        run: impl FnOnce(Request) -> F,
    ) -> Result<Response, Failure> {
        let Self {
            store,
            under_way,
            now_us,
            by,
            is_secret,
        } = *self;
        let is_key = |key: &&str| (1..=LONGEST_KEY).contains(&key.len());
        let key = key.to_str().ok().filter(is_key).ok_or_else(|| {
            Failure::bad(format!(
                "`Idempotency-Key`: expected 1 to {LONGEST_KEY} printable characters"
            ))
        })?;
        let (parts, body) = request.into_parts();
        let too_long = |_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "it is too long");
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(too_long)?;
        let mut hasher = Hasher::default();
        hasher.update(parts.method.as_str().as_bytes());
        hasher.update(b" ");
        hasher.update(parts.uri.to_string().as_bytes());
        hasher.update(b"\n");
        hasher.update(&bytes);
        let busy = || Failure::conflict("a request with this key is being answered");
        let _going = under_way.begin(by, key).ok_or_else(busy)?;
        let sha256 = hasher.finish();
        match store.take_key(by, key, &sha256, now_us).await? {
            Reply::New => {}
            Reply::Known { status, .. } if is_secret && status < 400 => {
                return Err(Failure::conflict(
                    "it was done, and what it answered is shown once",
                ));
            }
            Reply::Known { status, answer } => return Ok(replayed(status, answer)),
            Reply::Other => {
                return Err(Failure::bad(
                    "`Idempotency-Key`: another request had this key",
                ));
            }
            Reply::Begun => {
                return Err(Failure::conflict(
                    "a request with this key was begun, and what came of it is not known: it may have been done",
                ));
            }
        }
        let response = run(Request::from_parts(parts, Body::from(bytes))).await;
        // What was refused did nothing, and may be tried again under the same key. Of what failed on the way nobody knows how far
        // it came.
        if !response.status().is_success() && !response.status().is_server_error() {
            store.keep_reply(by, key, &sha256, now_us, None).await?;
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, LARGEST_ANSWER).await else {
            let answer = Some((parts.status.as_u16(), ""));
            store.keep_reply(by, key, &sha256, now_us, answer).await?;
            return Err(Failure::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "it was done, and its answer is too long to be kept",
            ));
        };
        let text = String::from_utf8_lossy(&bytes);
        let hides = is_secret && parts.status.is_success();
        let kept = if hides { "" } else { &text };
        let answer = Some((parts.status.as_u16(), kept));
        store.keep_reply(by, key, &sha256, now_us, answer).await?;
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }
}

/// The answer that was given before.
fn replayed(status: u16, answer: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let is_empty = answer.is_empty();
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let mut response = (status, answer).into_response();
    let headers = response.headers_mut();
    if is_empty {
        headers.remove(header::CONTENT_TYPE);
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use super::*;

    /// What is answered where the write itself comes to `failure`, or to nothing; `ran` counts how often it is tried.
    async fn ask(store: &Store, secret: bool, failure: Option<Failure>, ran: &AtomicU32) -> String {
        let under_way = UnderWay::default();
        let asked = Asked {
            store,
            under_way: &under_way,
            now_us: 1,
            by: "ann",
            is_secret: secret,
        };
        let run = |_| async {
            ran.fetch_add(1, Relaxed);
            failure.map_or_else(|| "{}".into_response(), IntoResponse::into_response)
        };
        let key = HeaderValue::from_static("k");
        let answered = asked.answer(&key, Request::new(Body::empty()), run).await;
        let response = answered.unwrap_or_else(IntoResponse::into_response);
        let status = response.status().as_u16();
        let kind = response.headers().get(header::CONTENT_TYPE).cloned();
        let body = to_bytes(response.into_body(), LARGEST_ANSWER).await;
        let body = String::from_utf8(body.unwrap().to_vec()).unwrap();
        format!("{status} {} {body}", kind.unwrap().to_str().unwrap())
    }

    /// What was put on record before something failed is not put there again by who asks once more.
    #[tokio::test]
    async fn only_what_was_refused_is_tried_again() {
        for secret in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("waylay.sqlite")).await;
            let (store, ran) = (store.unwrap(), AtomicU32::new(0));
            let refused = Some(Failure::conflict("not now"));
            let refused = ask(&store, secret, refused, &ran).await;
            assert!(refused.starts_with("409 "), "{refused}");
            let failed = Some(Failure::internal("half of it is done"));
            let failed = ask(&store, secret, failed, &ran).await;
            assert!(
                failed.starts_with("500 application/problem+json {"),
                "{failed}"
            );
            assert_eq!(ask(&store, secret, None, &ran).await, failed);
            assert_eq!(ran.load(Relaxed), 2);
        }
    }

    #[tokio::test]
    async fn what_a_program_that_is_gone_began_is_not_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("waylay.sqlite")).await;
        let (store, ran) = (store.unwrap(), AtomicU32::new(0));
        let taken = store.take_key("ann", "k", &sha256(), 1).await;
        assert_eq!(taken.unwrap(), Reply::New);
        let answer = ask(&store, false, None, &ran).await;
        assert!(answer.starts_with("409 ") && answer.contains("may have been done"));
        assert_eq!(ran.load(Relaxed), 0);
    }

    /// Of the request that [`ask`] makes.
    fn sha256() -> String {
        crate::ids::sha256(b"GET /\n")
    }

    /// A cut may take as long as its server does, and is not made twice by who asks again meanwhile.
    #[test]
    fn a_key_is_taken_for_as_long_as_its_request_is_answered() {
        let all = UnderWay::default();
        let going = all.begin("ann", "k");
        assert!(going.is_some());
        for _ in 0..2 {
            assert!(all.begin("ann", "k").is_none());
        }
        assert!(all.begin("bob", "k").is_some() && all.begin("ann", "l").is_some());
        drop(going);
        assert!(all.begin("ann", "k").is_some());
    }
}
