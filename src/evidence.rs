//! The files that prove an incident: the clean frame as it was decoded, and the same frame with what was
//! found drawn into it, and the crop of a code that nobody could read, each with its SHA-256. What the stages of a scan
//! saw is drawn here too.

mod annotate;
mod canvas;
mod chart;
mod files;
mod snapshot;

pub use annotate::{Mark, annotate};
pub use chart::chart;
pub use files::{EvidenceError, Folder};
pub use snapshot::{Crop, EvidenceFile, EvidenceKind, Snapshot, jpeg};
