//! One line of `waylay scan`.

use serde::Serialize;

use crate::track::Sighting;
use crate::wire::event;
use crate::wire::explain::About;

/// A symbol in a still picture.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// The file as it was named.
    pub file: &'a str,
    /// Whether its bytes were read.
    pub decoded: bool,
    /// x and y of the corners in px, in the order of [`crate::detect::Corners`].
    pub corners: [[f32; 2]; 4],
    /// Who read it, or located it.
    pub read_by: &'static str,
    /// What kind of symbol it is.
    pub kind: &'static str,
    /// What it says, where that leads, and what the policy says of it.
    #[serde(flatten)]
    pub about: About<'a>,
}

impl<'a> Line<'a> {
    /// The line for `sighting` in `file`.
    pub fn new(file: &'a str, sighting: &'a Sighting) -> Self {
        let symbol = &sighting.symbol;
        Self {
            file,
            decoded: sighting.reading.is_some(),
            corners: event::corners(&symbol.corners),
            read_by: event::reader(symbol.read_by),
            kind: event::kind(symbol.kind),
            about: About::new(sighting.reading.as_ref(), &sighting.verdict),
        }
    }
}
