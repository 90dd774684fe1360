//! The files that prove an incident: the clean frame as it was decoded, and the same frame with what was
//! found drawn into it, and the crop of a code that nobody could read, each with its SHA-256. What the stages of a scan
//! saw is drawn here too. A bundle is what others are given of it, and can check.

mod annotate;
mod archive;
mod bundle;
mod canvas;
pub mod chain;
mod chart;
mod cover;
mod files;
mod report;
mod snapshot;
pub mod time_stamp;
mod verify;

pub use annotate::{Mark, annotate};
pub use archive::ArchiveError;
pub use bundle::{Case, Signed, export};
pub use chart::chart;
pub use cover::cover;
pub use files::{EvidenceError, Folder, inside};
pub use snapshot::{Crop, EncodingError, EvidenceFile, EvidenceKind, Snapshot, jpeg};
pub use verify::{Verified, VerifyError, verify};
