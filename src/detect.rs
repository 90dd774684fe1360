//! Finds and reads symbols in a luma plane.
//!
//! Pure: a picture and a [`Budget`] go in, symbols come out. A hostile picture costs at most the
//! budget; what was left out because of it is counted in [`Scan::skipped`].

use self::ink::Focus;
use self::search::Search;
#[cfg(feature = "zxing")]
use self::second::Second;
use self::settle::settle;
use self::sharpen::sharpen;
use self::shrink::{Plane, shrink};
use self::trace::Trace;
use crate::frame::Luma;

mod blocks;
mod finder;
mod fit;
mod geometry;
mod hash;
mod ink;
mod join;
mod layout;
mod quality;
mod read;
mod reed_solomon;
mod round;
mod search;
#[cfg(feature = "zxing")]
mod second;
mod settle;
mod sharpen;
mod shrink;
mod soft;
pub mod stages;
mod symbol;
mod texture;
pub mod trace;
mod triple;
#[cfg(feature = "zxing")]
mod zoom;
#[cfg(feature = "zxing")]
mod zxing;

pub use self::hash::PerceptualHash;
pub use self::join::Memory;
pub use self::quality::{Quality, Reason, Unread};
pub use self::symbol::{Corners, Joined, Part, Point, Reader, Readers, Symbol, SymbolKind};

/// How much a scan may cost. The core reads no clock, so the caller says when time is up.
pub struct Budget<'a> {
    /// How many candidates may be tried at most, one of many modules counting as up to eight. Bounds
    /// the work where there is no clock.
    pub candidates: u32,
    /// True once the time for this frame is over.
    pub expired: &'a dyn Fn() -> bool,
    /// What the second reader sees of the picture.
    pub reach: Reach,
}

/// How much is done for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All: our own finder looks at it as it is, and with sharper edges where it read nothing. The second reader sees
    /// the whole of it.
    Whole,
    /// A part, another one at each turn, for video, which shows the same again and again. Most looks are at the picture
    /// with sharper edges, every fourth one is at it as it is. The second reader sees, beside the codes that our own
    /// finder located, a small part of what is as dense as a code: the likeliest place, and others in turns.
    Part(u64),
}

impl Reach {
    /// Whether our own finder looks at the picture as it is, and with sharper edges, which reads more, but not all of what is
    /// read without.
    fn looks(self) -> [bool; 2] {
        match self {
            Self::Whole => [true, true],
            Self::Part(turn) if turn % 4 == 3 => [true, false],
            Self::Part(_) => [false, true],
        }
    }
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
    /// Pictures, whole or cut out, that the second reader was given.
    pub given: u32,
}

/// A picture of more px than this, 4K UHD, is looked at at a fraction of its size.
const MOST_PIXELS: usize = 3840 * 2160;
/// A picture with a side under this many px holds no code: version 1 has as many modules.
const LEAST_SIDE: usize = 21;

/// Finds and reads the symbols in `luma`.
///
/// Our own finder looks a second time at half the size where the first look reads nothing: noise, dots in
/// place of squares and soft edges are gone there. The second reader sees the codes that it located, and the
/// rest of the picture as far as [`Budget::reach`] says.
pub fn scan(luma: &Luma<'_>, readers: Readers, budget: &Budget<'_>) -> Scan {
    run(luma, readers, budget, None)
}

/// The same, and writes down what each stage saw.
pub fn scan_traced(
    luma: &Luma<'_>,
    readers: Readers,
    budget: &Budget<'_>,
    trace: &mut Trace,
) -> Scan {
    run(luma, readers, budget, Some(trace))
}

fn run<'a>(
    luma: &Luma<'a>,
    readers: Readers,
    budget: &'a Budget<'a>,
    trace: Option<&'a mut Trace>,
) -> Scan {
    let mut search = Search::new(budget, trace);
    if readers.has(Reader::Rqrr) {
        look(luma, &mut search, readers.has(Reader::Zxing));
    }
    #[cfg(feature = "zxing")]
    if readers.has(Reader::Zxing) {
        return second(luma, readers, search);
    }
    Scan {
        symbols: settle(search.found),
        skipped: search.skipped,
        panics: search.panics,
        given: 0,
    }
}

/// Our own finder: at the picture, and at half its size where nothing is read.
fn look(luma: &Luma<'_>, search: &mut Search<'_>, with_textures: bool) {
    let factor = (1..=luma.width())
        .find(|f| luma.width() / f * (luma.height() / f) <= MOST_PIXELS)
        .unwrap_or(1);
    let small = (factor > 1).then(|| shrink(luma, factor));
    let Some(full) = small
        .as_ref()
        .map_or(Some(*luma), Plane::luma)
        .filter(holds_a_code)
    else {
        return;
    };
    let [as_it_is, sharper] = search.budget.reach.looks();
    if as_it_is && let Some(ink) = search.ink(full, Focus::AsItIs) {
        search.look_at(&ink, factor);
    }
    if sharper && !search.has_read() {
        let sharp = sharpen(&full);
        let ink = sharp
            .luma()
            .and_then(|luma| search.ink(luma, Focus::Sharper));
        if let Some(ink) = ink {
            search.look_at(&ink, factor);
        }
    }
    if search.has_read() && !with_textures {
        return;
    }
    let factor = 2 * factor;
    let half = shrink(luma, factor);
    let ink = half
        .luma()
        .filter(holds_a_code)
        .and_then(|luma| search.ink(luma, Focus::AsItIs));
    let Some(ink) = ink else { return };
    // Dense edges are looked for where that is cheapest: a code with modules too small for it is none that a
    // reader could read.
    if with_textures {
        search.textures(&ink, factor);
    }
    if !search.has_read() {
        search.look_at(&ink, factor);
    }
}

fn holds_a_code(luma: &Luma<'_>) -> bool {
    luma.width().min(luma.height()) >= LEAST_SIDE
}

/// The second reader, after our own finder has looked.
#[cfg(feature = "zxing")]
fn second(luma: &Luma<'_>, readers: Readers, search: Search<'_>) -> Scan {
    let mut textures = search.textures;
    // Stable, so that equal ones stay in the order of the picture.
    textures.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    let mut second = Second {
        luma: *luma,
        budget: search.budget,
        found: search.found,
        given: 0,
        skipped: search.skipped,
        panics: search.panics,
        trace: search.trace,
    };
    second.places();
    match second.budget.reach {
        Reach::Part(turn) if readers.has(Reader::Rqrr) => second.textures(&textures, turn),
        _ => second.whole(),
    }
    Scan {
        symbols: settle(second.found),
        skipped: second.skipped,
        panics: second.panics,
        given: second.given,
    }
}
