//! The configuration file and what a source is called: parsed here, used by everybody above.

mod clips;
mod file;
mod ingest;
mod location;
mod retention;
mod sample;
mod sealing;
mod webhooks;

pub use clips::Clips;
pub use file::{
    Boost, Config, Incidents, Priority, Resolve, Ring, STREAM_ID, Sampling, Serve, Timeouts,
    WatchedStream, is_stream_id,
};
pub use ingest::{Ingest, OnError, Pull, ServerKind, percent};
pub use location::{Location, LocationError};
pub use retention::{Keep, Retention};
pub use sample::Sample;
pub use sealing::Sealing;
pub use webhooks::{Webhook, WebhookUrl};
