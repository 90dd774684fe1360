//! The service over HTTP: the API under `/api/v1`, `/health` and `/metrics`.
//!
//! It holds nothing by itself: streams are the supervisor's, and what is to last is the store's.

mod access;
mod metrics;
mod problem;
mod streams;
mod worker;

pub use access::{Token, TokenError};
pub(crate) use streams::stream;

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use tokio::net::TcpListener;
use utoipa::OpenApi;

use crate::clock::Clock;
use crate::stop::Stop;
use crate::store::Store;
use crate::wire;
use crate::worker::{InForce, Supervisor};

use problem::Failure;

/// Bytes of a request's body: a registry of a thousand payees has a tenth of that.
const LARGEST_BODY: usize = 1 << 20;

/// The policy that is called so.
pub type Policies = Box<dyn Fn(&str) -> Option<InForce> + Send + Sync>;

/// What the service is made of.
pub struct Parts {
    /// Who watches the streams.
    pub supervisor: Supervisor,
    /// What keeps those that were added.
    pub store: Store,
    /// The policy that is called so.
    pub policies: Policies,
    /// The ids of the streams of the configuration, which only that can change.
    pub configured: HashSet<String>,
    /// What requests must carry; without it the service answers this machine alone.
    pub token: Option<Token>,
    /// Tells the time.
    pub clock: Clock,
}

struct App {
    parts: Parts,
    /// Changes of streams come one after the other: the supervisor and the store change together.
    changes: tokio::sync::Mutex<()>,
}

type Shared = Arc<App>;

/// Answers requests at `listener` until `stop` is asked for.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(parts: Parts, listener: TcpListener, stop: Stop) -> std::io::Result<()> {
    let asked = async move { stop.asked().await };
    axum::serve(listener, router(parts))
        .with_graceful_shutdown(asked)
        .await
}

fn router(parts: Parts) -> Router {
    let app = Arc::new(App {
        parts,
        changes: tokio::sync::Mutex::default(),
    });
    let api = Router::new()
        .route("/streams", get(streams::list).post(streams::add))
        .route(
            "/streams/{id}",
            get(streams::one)
                .patch(streams::change)
                .delete(streams::remove),
        )
        .route("/streams/{id}/boost", post(streams::boost))
        .route("/worker", get(worker::worker))
        .route("/openapi.json", get(async || Json(Api::openapi())));
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            access::check,
        ))
        .route("/health", get(worker::health))
        .fallback(async || Failure::not_found("there is nothing here"))
        .method_not_allowed_fallback(async || Failure::method())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

/// The API as `OpenAPI` 3.1 describes it.
#[derive(OpenApi)]
#[openapi(
    info(title = "Waylay", description = "Watches live streams for codes and links that lead off the platform."),
    paths(
        streams::list,
        streams::add,
        streams::one,
        streams::change,
        streams::remove,
        streams::boost,
        worker::worker,
        worker::health,
        metrics::metrics,
    ),
    components(schemas(
        wire::stream::NewStream,
        wire::stream::StreamChange,
        wire::stream::StreamData,
        wire::stream::StreamsData,
        wire::stream::WorkerData,
        wire::stream::Health,
        wire::stream::Problem,
        wire::event::CoverageData,
    )),
    tags(
        (name = "streams", description = "Live streams: added, listed, changed and removed."),
        (name = "worker", description = "How the worker is.")
    ),
)]
struct Api;
