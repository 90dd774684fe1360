//! How slowly a body may come: whoever sends one and stalls would keep what came of it, and the connection, for as long as it liked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::problem::Failure;

/// How long any body may take.
const AT_ONCE: Duration = Duration::from_secs(20);

/// How many bytes have to come for each further second.
const PER_SECOND: u64 = 64 << 10;

/// Refuses what comes too slowly, whoever reads it.
pub(super) async fn keep_up(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let is_late = Arc::new(AtomicBool::new(false));
    let body = paced(body, Arc::clone(&is_late));
    let response = next.run(Request::from_parts(parts, body)).await;
    if !is_late.load(Ordering::Acquire) {
        return response;
    }
    let mut response =
        Failure::new(StatusCode::REQUEST_TIMEOUT, "the body came too slowly").into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// `body`, which ends with an error where it comes too slowly; that it did is noted in `is_late`.
fn paced(body: Body, is_late: Arc<AtomicBool>) -> Body {
    let begun = Instant::now();
    let chunks = body.into_data_stream();
    let chunks = stream::try_unfold((chunks, 0_u64), move |(mut chunks, came)| {
        let is_late = Arc::clone(&is_late);
        async move {
            let allowed = AT_ONCE + Duration::from_secs(came / PER_SECOND);
            let Ok(chunk) = timeout_at(begun + allowed, chunks.next()).await else {
                is_late.store(true, Ordering::Release);
                return Err(axum::Error::new(TooSlow));
            };
            let Some(chunk) = chunk.transpose()? else {
                return Ok(None);
            };
            let came = came.saturating_add(chunk.len() as u64);
            Ok(Some((chunk, (chunks, came))))
        }
    });
    Body::from_stream(chunks)
}

/// A body came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use tokio::time::sleep;

    use super::*;

    /// A body of `chunks` of this size, each `apart` from the one before it, that ends or stalls then.
    fn body(chunks: usize, size: usize, apart: Duration, ends: bool) -> Body {
        let chunk = move |n: usize| async move {
            if n < chunks {
                sleep(apart).await;
                return Some((Ok::<_, axum::Error>(vec![0; size]), n + 1));
            }
            if !ends {
                std::future::pending::<()>().await;
            }
            None
        };
        Body::from_stream(stream::unfold(0, chunk))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up() {
        let second = Duration::from_secs(1);
        for (body, bytes, took) in [
            (body(0, 0, second, false), None, 20),
            (body(3, 1_000, second, true), Some(3_000), 3),
            (body(3, 1_000, second, false), None, 20),
            // A byte a second is no way to stay.
            (body(1_000, 1, second, true), None, 20),
            (body(60, 64 << 10, second, true), Some(60 * (64 << 10)), 60),
            (body(60, 64 << 10, second, false), None, 80),
        ] {
            let (begun, is_late) = (Instant::now(), Arc::new(AtomicBool::new(false)));
            let read = to_bytes(paced(body, Arc::clone(&is_late)), usize::MAX).await;
            assert_eq!(read.ok().map(|read| read.len()), bytes);
            assert_eq!(is_late.load(Ordering::Acquire), bytes.is_none());
            assert_eq!(begun.elapsed().as_secs(), took);
        }
    }
}
