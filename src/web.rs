//! The service over HTTP: the API under `/api/v1`, `/health` and `/metrics`.
//!
//! It holds nothing by itself: streams are the supervisor's, and what is to last is the store's.

mod access;
mod actions;
mod bans;
mod deliveries;
mod frames;
mod hooks;
mod metrics;
mod problem;
mod reference;
mod streams;
mod worker;

pub use access::{Token, TokenError};
pub(crate) use deliveries::delivery;
pub(crate) use streams::stream;

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use axum::{Json, Router, middleware};
use tokio::net::TcpListener;
use utoipa::OpenApi;

use crate::clock::Clock;
use crate::stop::Stop;
use crate::store::Store;
use crate::wire;
use crate::worker::{Acting, Attached, InForce, Mailing, Media, Stills, Supervisor};

use problem::Failure;

/// Bytes of a request's body: a registry of a thousand payees has a tenth of that.
const LARGEST_BODY: usize = 1 << 20;

/// The policy that is called so.
pub type Policies = Box<dyn Fn(&str) -> Option<InForce> + Send + Sync>;

/// What the service is made of.
pub struct Parts {
    /// Who watches the streams.
    pub supervisor: Supervisor,
    /// Who takes stills for them.
    pub stills: Stills,
    /// The ingest servers, and what came from them.
    pub attached: Attached,
    /// Who acts on incidents.
    pub acting: Acting,
    /// How the writing of evidence goes.
    pub media: Media,
    /// What keeps those that were added, and what is still to be delivered.
    pub store: Store,
    /// Who delivers it.
    pub mailing: Mailing,
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
    let still = DefaultBodyLimit::max(app.parts.stills.limits().max_bytes);
    let api = Router::new()
        .route("/frames", post(frames::send).layer(still))
        .route("/streams", get(streams::list).post(streams::add))
        .route(
            "/streams/{id}",
            get(streams::one)
                .patch(streams::change)
                .delete(streams::remove),
        )
        .route("/streams/{id}/boost", post(streams::boost))
        .route("/streams/{id}/cut", post(bans::cut))
        .route("/incidents/{id}/action", post(actions::answer))
        .route("/bans", get(bans::list))
        .route("/bans/{id}", delete(bans::lift))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}/replay", post(deliveries::replay))
        .route("/worker", get(worker::worker))
        .route("/openapi.json", get(async || Json(Api::openapi())))
        .route("/docs", get(reference::page))
        .route("/docs.css", get(reference::style));
    let hook = get(hooks::hook).post(hooks::hook);
    let with_secret = get(hooks::hook_with_secret).post(hooks::hook_with_secret);
    let hooks = Router::new()
        .route("/hooks/{id}", hook)
        .route("/hooks/{id}/{secret}", with_secret)
        .layer(DefaultBodyLimit::max(hooks::LARGEST_HOOK));
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            access::check,
        ))
        .route("/health", get(worker::health))
        .merge(hooks)
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
        actions::answer,
        frames::send,
        bans::cut,
        bans::list,
        bans::lift,
        hooks::hook,
        hooks::hook_with_secret,
        deliveries::list,
        deliveries::replay,
        worker::worker,
        worker::health,
        metrics::metrics,
    ),
    components(schemas(
        wire::action::ActionAbout,
        wire::action::ActionData,
        wire::action::NewAnswer,
        wire::ban::NewCut,
        wire::ban::CutData,
        wire::ban::BanData,
        wire::ban::BansData,
        wire::stream::NewStream,
        wire::stream::StreamChange,
        wire::stream::StreamData,
        wire::stream::StreamsData,
        wire::still::StillData,
        wire::stream::WorkerData,
        wire::stream::Health,
        wire::stream::Problem,
        wire::event::CoverageData,
        wire::delivery::DeliveryData,
        wire::delivery::DeliveriesData,
    )),
    tags(
        (name = "streams", description = "Live streams: added, listed, changed and removed."),
        (name = "ingest", description = "Ingest servers: their hooks, and streams that are cut."),
        (name = "deliveries", description = "Deliveries to webhooks: those that wait, and those that were given up."),
        (name = "worker", description = "How the worker is.")
    ),
)]
struct Api;
