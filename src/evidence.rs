//! The files that prove an incident: the clean frame as it was decoded, and the same frame with what was
//! found drawn into it, each with its SHA-256.

mod annotate;
mod files;
mod snapshot;

pub use annotate::{Mark, annotate};
pub use files::{EvidenceError, Folder};
pub use snapshot::{EvidenceFile, EvidenceKind, Snapshot};
