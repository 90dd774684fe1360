//! The review desk: pages over what the API does. Each is whole without a script, and each form leads on to a page.

pub(super) mod assets;
mod campaigns;
mod decide;
mod deliveries;
mod files;
pub(super) mod help;
pub(super) mod html;
mod incident;
mod preferences;
mod quality;
mod queue;
mod rows;
mod say;
mod scan;
pub(super) mod text;
mod told;
mod undo;
mod wall;
mod when;
mod wish;

pub(super) use files::Covers;
pub(super) use scan::Turns;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::Shared;

/// The pages. What each asks of whoever opens it stands in `access::ROUTES`.
pub(super) fn pages() -> Router<Shared> {
    let scan = get(scan::page).post(scan::scan);
    Router::new()
        .route("/", get(queue::page))
        .route("/next", post(queue::next))
        .route("/filters", post(queue::save))
        .route("/filters/remove", post(queue::remove))
        .route("/incidents/{id}", get(incident::page))
        .route("/incidents/{id}/decide", post(decide::decide))
        .route("/incidents/{id}/undo", post(decide::undo))
        .route("/incidents/{id}/reverse", post(decide::reverse))
        .route("/incidents/{id}/settle", post(decide::settle))
        .route("/incidents/{id}/appeal", post(decide::appeal))
        .route("/incidents/{id}/golden", post(decide::golden))
        .route("/incidents/{id}/note", post(decide::note))
        .route("/incidents/{id}/claim", post(decide::claim))
        .route("/incidents/{id}/release", post(decide::release))
        .route("/evidence/{incident}/{file}", get(files::file))
        .route("/campaigns", get(campaigns::list))
        .route("/campaigns/{id}", get(campaigns::page))
        .route("/campaigns/{id}/decide", post(campaigns::decide))
        .route("/campaigns/{id}/undo", post(campaigns::take_back))
        .route("/wall", get(wall::page))
        .route("/streams/{id}/cut", post(wall::cut))
        .route(
            "/scan",
            scan.layer(DefaultBodyLimit::max(scan::LARGEST_FORM)),
        )
        .route("/quality", get(quality::page))
        .route("/deliveries", get(deliveries::page))
        .route("/deliveries/replay", post(deliveries::replay_all))
        .route("/deliveries/{id}/replay", post(deliveries::replay))
        .route("/help", get(help::page))
        .route("/preferences", post(preferences::prefer))
        .route("/assets/{file}", get(assets::asset))
}
