//! Measures the modules under a grid that could not be read, and says from that why.
//!
//! The terms are those of ISO/IEC 15415, which grades printed symbols.

use super::fit::Fit;
use super::geometry::side;
use super::ink::View;
use super::layout::Known;

/// Why a symbol that was located was not read. The first one that holds is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is a code that only its maker can read: its format is not public.
    NotPublic,
    /// A part of it lies beyond the edge of the frame.
    CutOff,
    /// Its modules are under [`Quality::LEAST_MODULE`] px: video leaves too little of each.
    TooSmall,
    /// Its light and dark modules are less than [`Quality::LEAST_CONTRAST`] grey levels apart.
    LowContrast,
    /// Neighbouring modules run into each other: the modulation is under [`Quality::LEAST_MODULATION`]. Out of focus,
    /// in motion, or smeared by the encoder.
    Blurred,
    /// Not every reader was asked, because the budget of the frame was spent.
    NotTried,
    /// Something without modules of its own lies over more than [`Quality::MOST_BLANK`] of it, and the rest is too little
    /// for error correction.
    Covered,
    /// It is large, sharp and whole enough, and still more modules are wrong than error correction can mend: torn,
    /// bent, drawn over, printed badly, or no code at all that says anything.
    Damaged,
}

impl Reason {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPublic => "not-public",
            Self::CutOff => "cut-off",
            Self::TooSmall => "too-small",
            Self::LowContrast => "low-contrast",
            Self::Blurred => "blurred",
            Self::NotTried => "not-tried",
            Self::Covered => "covered",
            Self::Damaged => "damaged",
        }
    }
}

/// What is known of a symbol that was located and not read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unread {
    /// Why not.
    pub reason: Reason,
    /// The size of a module in px of the frame, the mean over the four sides.
    pub module: f32,
}

impl Unread {
    /// A reader was not asked. Where that is all that is known against the symbol, it is the reason.
    pub(super) fn was_not_tried(&mut self) {
        if matches!(self.reason, Reason::Covered | Reason::Damaged) {
            self.reason = Reason::NotTried;
        }
    }
}

/// What the modules under a grid look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// The size of a module in px of the frame, the mean over the four sides.
    pub module: f32,
    /// The share of its modules that lies beyond the edge of the frame, from 0 to 1.
    pub outside: f32,
    /// How far the light modules are from the dark ones, in grey levels: between the 10th and the 90th in a hundred.
    pub contrast: f32,
    /// What is left of the contrast between neighbours of different colour, those of the timing patterns, from 0, nothing,
    /// to 1, all of it.
    pub modulation: f32,
    /// The share of the modules with a known colour, those of finder, timing and alignment patterns, that have the
    /// other one, from 0 to 1.
    pub wrong: f32,
    /// The share of places of 5 × 5 modules that are all alike, from 0 to 1. No code has such places by itself: its mask
    /// sees to that.
    pub blank: f32,
}

impl Quality {
    /// Under so many px a module none of the readers reads video (`docs/design/reading.md`).
    pub const LEAST_MODULE: f32 = 2.0;
    /// A fifth of all grey levels: less fails the symbol contrast of ISO/IEC 15415.
    pub const LEAST_CONTRAST: f32 = 51.0;
    /// Between what is always read (0.45) and what never is (0.33), measured (`docs/design/reading.md`).
    pub const LEAST_MODULATION: f32 = 0.4;
    /// A flat patch that is too much for error correction L leaves more; codes without one have none at all, measured
    /// (`docs/design/reading.md`).
    pub const MOST_BLANK: f32 = 0.01;

    /// Measures the modules under `fit` in a picture that is 1/`scale` of the frame.
    pub(super) fn of(view: &View<'_>, fit: &Fit<'_>, scale: f32) -> Self {
        let modules = fit.layout.side;
        let grey = |x: f32, y: f32| view.ink.grey(fit.map.map(x, y)).map(|g| g * view.sign);
        let grid: Vec<Option<f32>> = (0..modules * modules)
            .map(|i| grey((i % modules) as f32 + 0.5, (i / modules) as f32 + 0.5))
            .collect();
        let inside = grid.iter().flatten().count();
        let contrast = contrast(&grid);
        let timing = &fit.layout.timing;
        let mean = |sign: f32| {
            let of_sign = timing.iter().filter(|k| (k.sign > 0.0) == (sign > 0.0));
            mean(of_sign.filter_map(|k| grey(k.x, k.y)))
        };
        let between = mean(-1.0).zip(mean(1.0)).map_or(0.0, |(l, d)| l - d);
        Self {
            module: side(&fit.corners()) / modules as f32 * scale,
            outside: 1.0 - inside as f32 / grid.len() as f32,
            contrast,
            modulation: (between / contrast.max(1.0)).clamp(0.0, 1.0),
            wrong: wrong(view, fit),
            blank: blank(&grid, modules, contrast),
        }
    }

    /// Why a symbol with these modules was not read, where every reader has tried.
    pub fn reason(&self) -> Reason {
        if self.outside > 0.0 {
            Reason::CutOff
        } else if self.module < Self::LEAST_MODULE {
            Reason::TooSmall
        } else if self.contrast < Self::LEAST_CONTRAST {
            Reason::LowContrast
        } else if self.modulation < Self::LEAST_MODULATION {
            Reason::Blurred
        } else if self.blank > Self::MOST_BLANK {
            Reason::Covered
        } else {
            Reason::Damaged
        }
    }
}

/// Modules that differ by less than this share of the contrast are alike.
const LEAST_RANGE: f32 = 0.4;

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / count as f32)
}

fn wrong(view: &View<'_>, fit: &Fit<'_>) -> f32 {
    let layout = fit.layout;
    let known = layout.finders.iter().flatten().chain(&layout.timing);
    let known = known.chain(layout.alignments.iter().flatten());
    let differs = |k: &Known| view.darkness(fit.map.map(k.x, k.y)) * k.sign < 0.0;
    mean(known.map(|k| f32::from(u8::from(differs(k))))).unwrap_or(0.0)
}

/// How far light modules are from dark ones: between the 10th and the 90th in a hundred.
pub(super) fn contrast(grid: &[Option<f32>]) -> f32 {
    let mut inside: Vec<f32> = grid.iter().flatten().copied().collect();
    inside.sort_by(f32::total_cmp);
    let nth = |share: f32| {
        let last = inside.len().saturating_sub(1) as f32;
        inside.get((share * last) as usize).copied().unwrap_or(0.0)
    };
    nth(0.9) - nth(0.1)
}

/// Modules a side of a place that is looked at for being all alike.
const WINDOW: usize = 5;

/// The first module of each place of 5 × 5 modules within which no two differ by more than a share of `contrast`.
fn alike(grid: &[Option<f32>], modules: usize, contrast: f32) -> impl Iterator<Item = usize> {
    let places = modules - WINDOW + 1;
    let corners = (0..places * places).map(move |i| i / places * modules + i % places);
    corners.filter(move |corner| {
        let rows = (0..WINDOW).flat_map(|y| &grid[corner + y * modules..][..WINDOW]);
        let (low, high) = rows.flatten().fold((f32::MAX, f32::MIN), |(low, high), g| {
            (low.min(*g), high.max(*g))
        });
        high - low <= LEAST_RANGE * contrast
    })
}

/// The share of such places.
fn blank(grid: &[Option<f32>], modules: usize, contrast: f32) -> f32 {
    let places = modules - WINDOW + 1;
    alike(grid, modules, contrast).count() as f32 / (places * places) as f32
}

/// The modules in such places, some of them more than once: what lies over them says nothing of the code.
pub(super) fn flat(
    grid: &[Option<f32>],
    modules: usize,
    contrast: f32,
) -> impl Iterator<Item = usize> {
    let places = alike(grid, modules, contrast);
    places.flat_map(move |at| {
        (0..WINDOW * WINDOW).map(move |i| at + i / WINDOW * modules + i % WINDOW)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code that a blur leaves nothing to read of is rarely located, so that only the measures can show this.
    #[test]
    fn the_first_measure_beyond_its_limit_is_the_reason() {
        let good = Quality {
            module: 3.0,
            outside: 0.0,
            contrast: 120.0,
            modulation: 0.6,
            wrong: 0.0,
            blank: 0.0,
        };
        let covered = Quality {
            blank: 0.02,
            ..good
        };
        let blurred = Quality {
            modulation: 0.3,
            ..covered
        };
        let faint = Quality {
            contrast: 45.0,
            ..blurred
        };
        let small = Quality {
            module: 1.5,
            ..faint
        };
        let cut = Quality {
            outside: 0.1,
            ..small
        };
        for (quality, reason) in [
            (good, Reason::Damaged),
            (covered, Reason::Covered),
            (blurred, Reason::Blurred),
            (faint, Reason::LowContrast),
            (small, Reason::TooSmall),
            (cut, Reason::CutOff),
        ] {
            assert_eq!(quality.reason(), reason, "{quality:?}");
        }
    }
}
