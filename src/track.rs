//! Sightings → incidents: the same destination in the same stream is one incident from its first to
//! its last sight, never one per frame.
//!
//! Pure: time is the media time of the frames that are handed in.

mod coverage;
mod incident;
mod place;
mod tracker;

pub use coverage::{Coverage, Gaps, SHOWN_MS};
pub use incident::{Change, ChangeKind, Followed, Hop, Incident, Reading, Reconsidered, Sighting};
pub use tracker::{MAX_OPEN, Observed, Settings, Tracker};
