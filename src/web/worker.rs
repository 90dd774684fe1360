//! How the worker is as a whole.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;

use super::Shared;
use super::streams::{cpu, glass, latency, samples};
use crate::wire::stream::{Health, WorkerData};
use crate::worker::{State as StreamState, Why};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the service is up.
#[utoipa::path(get, path = "/health", tag = "worker", responses((status = 200, body = Health)))]
pub(super) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: VERSION,
    })
}

/// The worker as a whole.
#[utoipa::path(get, path = "/api/v1/worker", tag = "worker", responses((status = 200, body = WorkerData)))]
pub(super) async fn worker(State(app): State<Shared>) -> Json<WorkerData> {
    let supervisor = &app.parts.supervisor;
    let (streams, counts) = (supervisor.streams(), supervisor.counts());
    let mut states = BTreeMap::new();
    let mut boosted = BTreeMap::new();
    for status in &streams {
        let state = match status.figures.state {
            StreamState::Connecting => "connecting",
            StreamState::Live => "live",
            StreamState::Waiting(_) => "waiting",
            StreamState::Ended => "ended",
        };
        *states.entry(state).or_default() += 1;
        if let Some(why) = status.boosted {
            *boosted.entry(Why::as_str(why)).or_default() += 1;
        }
    }
    let live = streams
        .iter()
        .filter(|status| status.figures.state == StreamState::Live);
    Json(WorkerData {
        version: VERSION,
        up_ms: supervisor.up_ms(),
        streams: streams.len(),
        max_streams: supervisor.max_streams(),
        states,
        boosted,
        samples: samples(&counts),
        cpu: cpu(&counts),
        latency: latency(&counts.lag),
        glass_to_verdict: glass(&counts),
        longest_blind_ms: live
            .map(|status| status.figures.since_look_ms)
            .max()
            .unwrap_or(0),
        longest_wait_ms: supervisor.longest_wait_ms(),
    })
}
