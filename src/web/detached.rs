//! Changes that come to their end whoever waits for the answer.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::problem::Failure;

/// Runs a request that may change something in a task of its own. A client that goes away takes the handling of its request
/// with it otherwise, and what is on record by then would stand without what follows from it: a decision without its cut, a ban that no
/// gate has heard of.
pub(super) async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    detached(next.run(request)).await
}

async fn detached(handling: impl Future<Output = Response> + Send + 'static) -> Response {
    let handled = tokio::spawn(handling.in_current_span()).await;
    handled.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not handled to its end");
        Failure::internal("something went wrong; the log says what").into_response()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::StatusCode;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn what_was_begun_is_done_though_nobody_waits_for_it() {
        let [begun, go_on, done] = [(); 3].map(|()| Arc::new(Notify::new()));
        let (has_begun, may_go_on, is_done) = (begun.clone(), go_on.clone(), done.clone());
        let handling = async move {
            has_begun.notify_one();
            may_go_on.notified().await;
            is_done.notify_one();
            StatusCode::NO_CONTENT.into_response()
        };
        let asked = tokio::spawn(detached(handling));
        begun.notified().await;
        asked.abort();
        assert!(asked.await.is_err_and(|error| error.is_cancelled()));
        go_on.notify_one();
        done.notified().await;
    }

    #[tokio::test]
    async fn what_goes_wrong_is_answered() {
        let answer = detached(async { panic!("on purpose") }).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
