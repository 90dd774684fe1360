//! The configuration file and what a source is called: parsed here, used by everybody above.

mod file;
mod location;
mod sample;

pub use file::{
    Boost, Config, Incidents, Priority, Resolve, Ring, STREAM_ID, Sampling, Serve, Timeouts,
    WatchedStream, is_stream_id,
};
pub use location::{Location, LocationError};
pub use sample::Sample;
