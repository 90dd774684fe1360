//! One line of `waylay scan`.

use serde::Serialize;

use crate::detect::PerceptualHash;
use crate::track::Sighting;
use crate::wire::event::{self, JoinedData, PartData, UnreadData};
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
    /// Who read it, one reader or two that agree, or who located it.
    pub read_by: &'static str,
    /// Whether two readers agree on it.
    pub certain: bool,
    /// Which part of a longer text it holds; absent where it holds all of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<PartData<'a>>,
    /// What it was joined from; absent where one symbol holds all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<JoinedData>,
    /// Why it could not be read; absent where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadData>,
    /// The perceptual hash of its modules, 64 hexadecimal digits; absent where our own finder laid no grid over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
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
            read_by: event::readers(symbol.read_by, symbol.confirmed_by),
            certain: symbol.is_certain(),
            part: symbol.part.as_ref().map(PartData::new),
            joined: symbol.joined.map(JoinedData::new),
            unread: symbol.unread.as_ref().map(UnreadData::new),
            hash: symbol.hash.as_ref().map(PerceptualHash::to_string),
            kind: event::kind(symbol.kind),
            about: About::new(sighting.reading.as_ref(), &sighting.verdict),
        }
    }
}
