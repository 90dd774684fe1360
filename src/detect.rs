//! Finds and reads symbols in a luma plane.
//!
//! Pure: a picture and a [`Budget`] go in, symbols come out. A hostile picture costs at most the
//! budget; what was left out because of it is counted in [`Scan::skipped`].

use crate::frame::Luma;

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
    /// How many candidates may be tried at most. Bounds the work where there is no clock.
    pub candidates: u32,
    /// True once the time for this frame is over.
    pub expired: &'a dyn Fn() -> bool,
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

/// Finds and reads the symbols in `luma`.
pub fn scan(_luma: &Luma<'_>, _budget: &Budget<'_>) -> Scan {
    Scan::default()
}
