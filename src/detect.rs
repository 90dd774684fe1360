//! Finds and reads symbols in a luma plane.
//!
//! Pure: a picture and a [`Budget`] go in, symbols come out. A hostile picture costs at most the
//! budget; what was left out because of it is counted in [`Scan::skipped`].

use self::search::Search;
use self::settle::settle;
use self::shrink::{Plane, shrink};
use crate::frame::Luma;

mod finder;
mod fit;
mod geometry;
mod ink;
mod layout;
mod read;
mod search;
mod settle;
mod shrink;
mod triple;

/// A position in the frame in px: x to the right, y down, (0, 0) the outer corner of the first pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// px from the left edge.
    pub x: f32,
    /// px from the top edge.
    pub y: f32,
}

/// The corners of a symbol in reading order of the code itself: top left, top right, bottom right,
/// bottom left. A code that is turned or mirrored in the picture has them turned or mirrored.
pub type Corners = [Point; 4];

/// What kind of symbol was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A QR code, model 2 (ISO/IEC 18004).
    Qr,
    /// A line of text.
    Text,
}

/// Who read a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// The crate `rqrr`.
    Rqrr,
}

/// One code or line of text that was found in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// The bytes it holds, as they are; `None` where it was located but could not be decoded.
    pub bytes: Option<Vec<u8>>,
    /// Where it is.
    pub corners: Corners,
    /// Who read it, or located it where nobody could.
    pub read_by: Reader,
}

/// How much a scan may cost. The core reads no clock, so the caller says when time is up.
pub struct Budget<'a> {
    /// How many candidates may be tried at most, one of many modules counting as up to eight. Bounds
    /// the work where there is no clock.
    pub candidates: u32,
    /// True once the time for this frame is over.
    pub expired: &'a dyn Fn() -> bool,
}

impl Budget<'_> {
    /// Enough for a screen full of codes. The worst picture of 1080p known ends in seconds with it,
    /// and an ordinary one spends a few of them.
    pub const DEFAULT_CANDIDATES: u32 = 96;
}

/// What a scan found, and what it did not do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scan {
    /// What was found; decoded symbols first.
    pub symbols: Vec<Symbol>,
    /// Candidates that were not tried because the budget was spent.
    pub skipped: u32,
    /// Calls of a reader that panicked and were contained.
    pub panics: u32,
}

/// A picture of more px than this, 4K UHD, is looked at at a fraction of its size.
const MOST_PIXELS: usize = 3840 * 2160;
/// A picture with a side under this many px holds no code: version 1 has as many modules.
const LEAST_SIDE: usize = 21;

/// Finds and reads the symbols in `luma`.
///
/// Looks a second time at half the size where the first look reads nothing: noise, dots in place of
/// squares and soft edges are gone there.
pub fn scan(luma: &Luma<'_>, budget: &Budget<'_>) -> Scan {
    let mut search = Search::new(budget);
    let factor = (1..=luma.width())
        .find(|f| luma.width() / f * (luma.height() / f) <= MOST_PIXELS)
        .unwrap_or(1);
    for factor in [factor, 2 * factor] {
        if luma.width().min(luma.height()) / factor < LEAST_SIDE {
            break;
        }
        let small = (factor > 1).then(|| shrink(luma, factor));
        let Some(plane) = small.as_ref().map_or(Some(*luma), Plane::luma) else {
            break;
        };
        search.look_at(plane, factor as f32);
        if search.found.iter().any(|f| f.bytes.is_some()) {
            break;
        }
    }
    Scan {
        symbols: settle(search.found),
        skipped: search.skipped,
        panics: search.panics,
    }
}
