//! Labelled samples through the same pipeline as live video: what was found, missed, and wrongly read.

mod manifest;
mod score;

pub use manifest::{Code, Floors, Manifest, ManifestError, Sample as LabelledSample};
pub use score::{CodeResult, Report, SampleResult, replay};
