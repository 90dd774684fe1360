//! The service over HTTP: the API under `/api/v1`, `/health` and `/metrics`.
//!
//! It holds nothing by itself: streams are the supervisor's, and what is to last is the store's.

mod access;
mod actions;
mod audit;
mod bans;
mod body;
mod deliveries;
mod desk;
mod detached;
mod frames;
mod hashing;
mod headers;
mod hooks;
mod idempotency;
mod limit;
mod limits;
mod links;
mod listening;
mod login;
mod metrics;
mod oidc;
mod pace;
mod pages;
mod problem;
mod reference;
mod review;
mod session;
mod streams;
mod time;
mod tokens;
mod users;
mod values;
mod words;
mod worker;

pub use access::{Token, TokenError};
pub(crate) use deliveries::delivery;
pub use links::{LinkError, admin_link};
pub(crate) use review::allowed;
pub(crate) use streams::stream;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router, middleware};
use tokio::net::TcpListener;
use utoipa::OpenApi;

use crate::clock::Clock;
use crate::config::Accounts;
use crate::evidence::Folder;
use crate::ingest::LARGEST_HOOK;
use crate::oidc::Provider;
use crate::policy::Allowed;
use crate::review::Rules;
use crate::stop::Stop;
use crate::store::Store;
use crate::wire;
use crate::worker::{Acting, Attached, InForce, Mailing, Media, Settings, Stills, Supervisor};

use access::Secured;
use hashing::Hashing;
use limits::Limits;
use problem::Failure;

/// Bytes of a request's body: a registry of a thousand payees has a tenth of that.
const LARGEST_BODY: usize = 1 << 20;

/// Bytes of a form of the pages of accounts.
const LARGEST_FORM: usize = 16 << 10;

/// The policy that is called so.
pub type Policies = Box<dyn Fn(&str) -> Option<InForce> + Send + Sync>;

/// Has all policies allow these destinations.
pub type Allow = Box<dyn Fn(Arc<Allowed>) + Send + Sync>;

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
    /// Has them allow what reviewers allowed.
    pub allow: Allow,
    /// The rules of the desk.
    pub rules: Rules,
    /// Where evidence is kept.
    pub evidence: Folder,
    /// How the scan desk looks at files: without following links and without keeping anything.
    pub scanning: Settings,
    /// The ids of the streams of the configuration, which only that can change.
    pub configured: HashSet<String>,
    /// The token of the configuration. Without it, and without a user, the service answers this machine alone.
    pub token: Option<Token>,
    /// Whether there are users.
    pub has_users: bool,
    /// How people sign in.
    pub accounts: Accounts,
    /// Who else says who they are.
    pub oidc: Option<Provider>,
    /// Where browsers reach the service.
    pub url: String,
    /// Tells the time.
    pub clock: Clock,
}

struct App {
    parts: Parts,
    /// Changes of streams come one after the other: the supervisor and the store change together.
    changes: tokio::sync::Mutex<()>,
    /// Whether there are users: from the first one on there always are.
    has_users: AtomicBool,
    hashing: Hashing,
    limits: Limits,
    /// Changes of what reviewers allowed come one after the other too.
    registries: tokio::sync::Mutex<()>,
    /// Who listens to what happens.
    listeners: review::feed::Listeners,
    /// Pictures whose codes were covered.
    covers: desk::Covers,
    /// Who looks at files on the scan desk.
    scans: desk::Turns,
    /// Writes with a key that are being answered.
    under_way: idempotency::UnderWay,
}

impl App {
    fn has_users(&self) -> bool {
        self.has_users.load(Ordering::Acquire)
    }

    fn users_came(&self) {
        self.has_users.store(true, Ordering::Release);
    }
}

type Shared = Arc<App>;

/// Answers requests at `listener` until `stop` is asked for, and what was asked by then.
pub async fn serve(parts: Parts, listener: TcpListener, stop: Stop) {
    listening::serve(router(parts), listener, stop).await;
}

fn router(parts: Parts) -> Router {
    let app = Arc::new(App {
        has_users: AtomicBool::new(parts.has_users),
        parts,
        changes: tokio::sync::Mutex::default(),
        hashing: Hashing::default(),
        limits: Limits::default(),
        registries: tokio::sync::Mutex::default(),
        listeners: review::feed::Listeners::default(),
        covers: desk::Covers::default(),
        scans: desk::Turns::default(),
        under_way: idempotency::UnderWay::default(),
    });
    let still = DefaultBodyLimit::max(app.parts.stills.limits().max_bytes);
    let api = reviewing()
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
        .route("/me", get(session::me))
        .route("/sessions", get(session::list).delete(session::end_all))
        .route("/sessions/{id}", delete(session::end))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}", get(users::one).patch(users::change))
        .route("/users/{id}/invite", post(users::invite))
        .route("/tokens", get(tokens::list).post(tokens::make))
        .route("/tokens/{id}", delete(tokens::revoke))
        .route("/audit", get(audit::list))
        .route("/audit/export", get(audit::export))
        .route("/openapi.json", get(async || Json(Api::openapi())))
        .route("/docs", get(reference::page))
        .route("/docs.css", get(reference::style));
    let hook = get(hooks::hook).post(hooks::hook);
    let with_secret = get(hooks::hook_with_secret).post(hooks::hook_with_secret);
    let hooks = Router::new()
        .route("/hooks/{id}", hook)
        .route("/hooks/{id}/{secret}", with_secret)
        .layer(DefaultBodyLimit::max(LARGEST_HOOK));
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics))
        .merge(account_pages())
        .merge(desk::pages())
        .route_layer(middleware::from_fn(body::objects_alone))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            idempotency::once,
        ))
        .route_layer(middleware::from_fn(detached::to_the_end))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            access::check,
        ))
        .route("/health", get(worker::health))
        .merge(hooks)
        .fallback(async || Failure::not_found("there is nothing here"))
        .method_not_allowed_fallback(async || Failure::method())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(pace::keep_up))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            headers::finish,
        ))
        .with_state(app)
}

/// The pages of accounts. What each asks of whoever opens it stands in `access::ROUTES`.
fn account_pages() -> Router<Shared> {
    Router::new()
        .route("/login", get(login::page).post(login::sign_in))
        .route("/login/oidc", get(oidc::begin))
        .route("/login/oidc/callback", get(oidc::callback))
        .route("/logout", post(login::sign_out))
        .route("/setup", get(links::setup_page).post(links::set_up))
        .route(
            "/invite",
            get(links::invitation_page).post(links::follow_invitation),
        )
        .route("/account", get(session::page))
        .route("/account/password", post(session::change_password))
        .route("/account/sessions/end", post(session::end_all_form))
        .route("/account/sessions/{id}/end", post(session::end_form))
        .route("/users", get(users::page).post(users::invite_form))
        .route("/users/{id}", post(users::change_form))
        .route("/users/{id}/invite", post(users::invite_again_form))
        .route("/tokens", post(tokens::make_form))
        .route("/tokens/{id}/revoke", post(tokens::revoke_form))
        .route("/audit", get(audit::page))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// The part of the API that is the desk's.
fn reviewing() -> Router<Shared> {
    use review::{
        campaigns, decisions, export, feed, filters, incidents, measures, preview, queue,
    };
    Router::new()
        .route("/queue/next", post(queue::next))
        .route("/queue/counts", get(queue::counts))
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::one))
        .route("/incidents/{id}/events", get(incidents::events))
        .route("/incidents/{id}/preview", get(preview::preview))
        .route("/incidents/{id}/claim", post(queue::claim))
        .route("/incidents/{id}/renew", post(queue::renew))
        .route("/incidents/{id}/release", post(queue::release))
        .route("/incidents/{id}/decision", post(decisions::decide))
        .route("/incidents/{id}/escalate", post(decisions::escalate))
        .route("/incidents/{id}/undo", post(decisions::undo))
        .route("/incidents/{id}/reversal", post(decisions::reverse))
        .route("/incidents/{id}/notes", post(decisions::note))
        .route(
            "/incidents/{id}/appeals",
            get(decisions::appeals).post(decisions::appeal),
        )
        .route(
            "/incidents/{id}/appeals/settlement",
            post(decisions::settle),
        )
        .route("/campaigns", get(campaigns::list))
        .route("/campaigns/{id}", get(campaigns::one))
        .route("/campaigns/{id}/preview", get(campaigns::preview))
        .route("/campaigns/{id}/decision", post(campaigns::decide))
        .route("/campaigns/decisions/{id}/undo", post(campaigns::undo))
        .route("/filters", get(filters::list).post(filters::save))
        .route("/filters/{id}", delete(filters::remove))
        .route("/quality", get(measures::quality))
        .route("/golden", get(measures::golden))
        .route(
            "/golden/{id}",
            put(measures::put_golden).delete(measures::remove_golden),
        )
        .route("/registry", get(measures::entries))
        .route("/registry/{id}", delete(measures::revoke_entry))
        .route("/feed", get(feed::feed))
        .route("/export/incidents", get(export::incidents))
        .route("/export/decisions", get(export::decisions))
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
        session::me,
        session::list,
        session::end,
        session::end_all,
        users::list,
        users::add,
        users::one,
        users::change,
        users::invite,
        tokens::list,
        tokens::make,
        tokens::revoke,
        audit::list,
        audit::export,
        review::queue::next,
        review::queue::counts,
        review::queue::claim,
        review::queue::renew,
        review::queue::release,
        review::incidents::list,
        review::incidents::one,
        review::incidents::events,
        review::preview::preview,
        review::decisions::decide,
        review::decisions::escalate,
        review::decisions::undo,
        review::decisions::reverse,
        review::decisions::note,
        review::decisions::appeals,
        review::decisions::appeal,
        review::decisions::settle,
        review::campaigns::list,
        review::campaigns::one,
        review::campaigns::preview,
        review::campaigns::decide,
        review::campaigns::undo,
        review::filters::list,
        review::filters::save,
        review::filters::remove,
        review::measures::quality,
        review::measures::golden,
        review::measures::put_golden,
        review::measures::remove_golden,
        review::measures::entries,
        review::measures::revoke_entry,
        review::feed::feed,
        review::export::incidents,
        review::export::decisions,
    ),
    modifiers(&Secured),
    components(schemas(
        wire::review::FeedEventData,
        wire::account::RoleData,
        wire::account::PermissionData,
        wire::account::MeData,
        wire::account::NewUser,
        wire::account::UserChange,
        wire::account::UserData,
        wire::account::UsersData,
        wire::account::InvitedData,
        wire::account::NewToken,
        wire::account::TokenData,
        wire::account::TokensData,
        wire::account::MadeTokenData,
        wire::account::SessionData,
        wire::account::SessionsData,
        wire::account::AuditData,
        wire::account::AuditsData,
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
        (name = "review", description = "The desk: incidents that wait, decisions on them, campaigns, quality."),
        (name = "worker", description = "How the worker is."),
        (name = "accounts", description = "Users, tokens, sessions, and who did what.")
    ),
)]
struct Api;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A route that is not listed there answers nobody, and one that is forgotten in the document is not told of.
    #[test]
    fn the_document_and_the_list_of_routes_are_one() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let documented: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                methods.map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let listed: BTreeSet<_> = access::ROUTES
            .iter()
            .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
            .collect();
        let missing: Vec<_> = documented.difference(&listed).collect();
        assert!(missing.is_empty(), "no permission: {missing:?}");
        // The document itself, for programs and for people.
        let itself = ["/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs.css"];
        let is_api = |path: &str| path.starts_with("/api/") && !itself.contains(&path);
        let untold: Vec<_> = listed
            .difference(&documented)
            .filter(|(_, path)| is_api(path))
            .collect();
        assert!(untold.is_empty(), "not in the document: {untold:?}");
    }

    #[test]
    fn the_document_says_who_may() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["bearer"]["scheme"], "bearer");
        assert_eq!(schemes["cookie"]["in"], "cookie");
        for (method, path, needs) in access::ROUTES {
            let operation = &document["paths"][path][method.to_lowercase()];
            if operation.is_null() {
                continue;
            }
            let security = &operation["security"];
            if *needs == access::Needs::Nothing {
                assert_eq!(security, &serde_json::json!([]), "{method} {path}");
                continue;
            }
            assert_eq!(security.as_array().unwrap().len(), 2, "{method} {path}");
            for status in ["401", "403"] {
                let answer = &operation["responses"][status]["content"];
                assert!(
                    answer["application/problem+json"].is_object(),
                    "{method} {path}"
                );
            }
        }
    }
}
