//! The configuration file and what a source is called: parsed here, used by everybody above.

mod accounts;
mod actions;
mod clips;
mod file;
mod frames;
mod ingest;
mod location;
mod oidc;
mod retention;
mod review;
mod sample;
mod sealing;
mod webhooks;

pub use accounts::Accounts;
pub use actions::{ActionMode, Actions};
pub use clips::Clips;
pub use file::{
    Boost, Config, Incidents, Priority, Resolve, Ring, STREAM_ID, Sampling, Serve, Timeouts,
    WatchedStream, is_stream_id,
};
pub use frames::Frames;
pub use ingest::{Ingest, NoLocation, OnError, Pull, ServerKind, percent};
pub use location::{Location, LocationError, STILLS};
pub use oidc::Oidc;
pub use retention::{Keep, Retention};
pub use review::{DueMinutes, Review};
pub use sample::Sample;
pub use sealing::Sealing;
pub(crate) use webhooks::is_open;
pub use webhooks::{Webhook, WebhookUrl};
