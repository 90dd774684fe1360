//! The configuration file and what a source is called: parsed here, used by everybody above.

mod file;
mod location;
mod sample;

pub use file::{
    Config, Incidents, Resolve, STREAM_ID, Sampling, Timeouts, WatchedStream, is_stream_id,
};
pub use location::{Location, LocationError};
pub use sample::Sample;
