//! What each stage of a scan saw, for whoever works on it.
//!
//! The stages write it down on their way where somebody asked; where nobody did it costs a comparison.

use super::quality::Quality;
use super::{Corners, Point, Reader};

/// What the stages of one scan saw, in the order in which they did. Bounded as the stages are.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Trace {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One thing that a stage saw. Places and sizes are in px of the picture that was given, at whatever scale the stage
/// looked.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Our own finder begins to look at the picture at 1/`scale` of its size.
    Look {
        /// What the sides were divided by.
        scale: f32,
        /// Whether its edges were made sharper.
        sharper: bool,
    },
    /// A place with edges as dense as those of a code.
    Texture {
        /// Its box.
        corners: Corners,
        /// `modules` or `bars`.
        weave: &'static str,
        /// The size of a module, if it is a code.
        module: f32,
        /// How much its shape is that of a code, from 0 to 1.
        likeness: f32,
    },
    /// A finder pattern.
    Finder {
        /// Its centre.
        centre: Point,
        /// The size of a module, up to √2 too large where it is turned.
        module: f32,
        /// Whether it is paper on ink.
        inverted: bool,
    },
    /// Three finder patterns that may belong to one code.
    Triple {
        /// Their centres: top left, top right, bottom left.
        centres: [Point; 3],
        /// Whether they are paper on ink.
        inverted: bool,
        /// What became of them.
        outcome: Glance,
    },
    /// A grid that was laid over three finder patterns.
    Grid {
        /// Its corners.
        corners: Corners,
        /// Modules a side.
        modules: usize,
        /// Whether it is paper on ink.
        inverted: bool,
        /// How well the worst finder pattern fits, from −1 to 1.
        finders: f32,
        /// How well the timing patterns fit.
        timing: f32,
        /// What its modules look like.
        quality: Quality,
        /// What became of it.
        outcome: Outcome,
    },
    /// A round code, which nobody can read.
    Round {
        /// The square around it.
        corners: Corners,
    },
    /// A place was given to the second reader, or would have been.
    Given {
        /// The box.
        corners: Corners,
        /// How many times larger it was made; under 1 it was made smaller.
        zoom: f32,
        /// What was looked for: `qr`, `modules`, `bars` or `all`.
        wanted: &'static str,
        /// How many codes were read; `None` where the budget was spent.
        read: Option<usize>,
    },
    /// A reader read a code.
    Read {
        /// Where it is.
        corners: Corners,
        /// Who read it.
        by: Reader,
    },
}

/// What became of three finder patterns at a first glance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Glance {
    /// The patterns differ in size or are none along the legs.
    Patterns,
    /// The known modules of no version fit.
    Versions,
    /// Those of the best version fit too badly: this well, from −1 to 1.
    Weak(f32),
    /// It is a candidate, and its best version fits this well.
    Candidate(f32),
}

/// What became of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read,
    /// It was not read, and counts as located.
    Located,
    /// Neither copy of the format information can be made out, so it counts as no code.
    NoFormat,
    /// Finder or timing patterns fit too badly for a code that cannot be read.
    Implausible,
    /// Its corners are no convex shape.
    Twisted,
}

impl Glance {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patterns => "patterns",
            Self::Versions => "versions",
            Self::Weak(_) => "weak",
            Self::Candidate(_) => "candidate",
        }
    }
}

impl Outcome {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Located => "located",
            Self::NoFormat => "no-format",
            Self::Implausible => "implausible",
            Self::Twisted => "twisted",
        }
    }
}

/// Writes `step` down where somebody asked.
pub(super) fn note(trace: &mut Option<&mut Trace>, step: impl FnOnce() -> Step) {
    if let Some(trace) = trace {
        trace.steps.push(step());
    }
}
