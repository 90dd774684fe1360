//! Labelled samples through the same pipeline as live video: what was found, missed and wrongly read, how
//! soon, and at what cost. The figures are those of [`crate::wire::replay::Run`]; table, JUnit and HTML
//! show them.

mod compare;
mod figures;
mod floors;
mod html;
mod junit;
mod manifest;
mod pictures;
mod play;
mod score;
mod table;

pub use compare::{CompareError, compare, read_run};
pub use floors::Floors;
pub use html::page;
pub use junit::junit;
pub use manifest::{Code, Manifest, ManifestError, Place, Sample as LabelledSample};
pub use pictures::{Shot, shots};
pub use play::replay;
pub use table::table;
