//! Finds what looks like a finder pattern: runs of 1 : 1 : 3 : 1 : 1 modules across, down and along
//! both diagonals (ISO/IEC 18004:2015, 6.3.3), as ink on paper or as paper on ink.

use super::Point;
use super::ink::{Ink, View};

/// Rows that lie this far apart are searched. Three modules of the centre of the smallest code that
/// can be read span that.
const ROW_STEP: usize = 3;
/// How many finder patterns of one polarity are kept. A screen full of codes has a few hundred.
const MOST: usize = 512;
/// How many are looked at before the best are kept: bounds the work on a hostile picture.
const MOST_SEEN: usize = 8192;

/// A pattern that was seen before is among so many that were new last: one row of the largest picture has no more.
const MOST_RECENT: usize = 1024;
/// After so many rows, or patterns, it is asked whether time is up.
const ASKED: usize = 16;
/// An open rim is looked for from this many px a module on: texture of single pixels is full of them.
const LEAST_RIM: i32 = 2;
/// Rows that lie this far apart are searched for those: their centre spans as many px.
const OPEN_STEP: usize = 2 * ROW_STEP;

/// A pattern is less than this many times as tall as wide, or as wide as tall.
const MOST_ASKEW: f32 = 2.5;

/// The centre of what looks like a finder pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finder {
    pub(super) centre: Point,
    /// A seventh of its extent across and down, in px: the size of a module, times up to √2 where
    /// the pattern is turned.
    pub(super) module: f32,
    /// In how many rows it was seen.
    rows: f32,
    /// Whether its rim runs on into the ground somewhere: there the code has no quiet zone.
    open: bool,
}

impl Finder {
    /// In how many of the rows that should show it it was seen, from 0 to 1.
    fn certainty(&self) -> f32 {
        (self.rows * ROW_STEP as f32 / (3.0 * self.module)).min(1.0)
    }

    fn is_same(&self, other: &Self) -> bool {
        let apart = self.centre.minus(other.centre);
        let near = 1.5 * self.module.min(other.module) + 1.0;
        let ratio = self.module / other.module;
        apart.x.abs() < near && apart.y.abs() < near && (0.6..1.6).contains(&ratio)
    }

    fn join(&mut self, other: &Self) {
        let rows = self.rows + other.rows;
        let share = other.rows / rows;
        let apart = other.centre.minus(self.centre);
        self.centre = self.centre.plus(apart.times(share));
        self.module += (other.module - self.module) * share;
        self.rows = rows;
        self.open &= other.open;
    }
}

/// The finder patterns of one polarity.
#[derive(Default)]
pub(super) struct Finders {
    /// The best ones, in the order of the rows.
    pub(super) kept: Vec<Finder>,
    /// How many were left out.
    pub(super) left_out: u32,
}

/// The finder patterns that are ink on paper, and those that are paper on ink. Once `expired` says that time is up,
/// what was seen until then is all, and one more counts as left out.
pub(super) fn finders(views: &[View<'_>; 2], expired: &dyn Fn() -> bool) -> [Finders; 2] {
    let ink = views[0].ink;
    let mut found = [Collection::default(), Collection::default()];
    let mut edges = Vec::new();
    for y in (0..ink.height()).step_by(ROW_STEP) {
        if (y / ROW_STEP).is_multiple_of(ASKED) && expired() {
            found[0].left_out += 1;
            break;
        }
        ink.edges(y, &mut edges);
        for (i, w) in edges.windows(6).enumerate() {
            let runs = [
                w[1] - w[0],
                w[2] - w[1],
                w[3] - w[2],
                w[4] - w[3],
                w[5] - w[4],
            ];
            // The middle is the longest but for what a coarse grid of pixels does: most end here.
            if runs[2] < runs[1] || runs[2] < runs[3] {
                continue;
            }
            let total = if is_finder(runs) {
                runs.iter().sum()
            } else if y.is_multiple_of(OPEN_STEP)
                // With both ends open it is seen down its middle, if it is one.
                && let Some((total, 1)) = length(runs)
            {
                total
            } else {
                continue;
            };
            // The first run of a row is paper, so the odd ones are ink.
            let inverted = i % 2 == 0;
            let middle = f32::midpoint(w[2] as f32, w[3] as f32);
            if let Some(finder) = confirm(ink, middle, y, total, !inverted) {
                found[usize::from(inverted)].add(finder);
            }
        }
    }
    let [dark, light] = found;
    [
        dark.best(&views[0], expired),
        light.best(&views[1], expired),
    ]
}

/// Whether the rings around `finder` are closed: in nearly every direction there is an inner square,
/// a gap and a ring. Texture that has the right runs in four directions rarely has them in sixteen.
fn is_ringed(view: &View<'_>, finder: &Finder) -> bool {
    const DIRECTIONS: usize = 16;
    const LEAST: usize = 12;
    const LEAST_SQUARES: usize = 14;
    const LEAST_RINGED: usize = 6;
    // To the corner of a pattern that is twice as long one way as the other.
    let longest = 3.5 * 1.42 * 2.0 * finder.module;
    let (mut ringed, mut squares) = (0, 0);
    for i in 0..DIRECTIONS {
        if finder.open && squares + DIRECTIONS < i + LEAST_SQUARES {
            return false;
        }
        let angle = i as f32 * std::f32::consts::TAU / DIRECTIONS as f32;
        let along = Point::new(angle.cos(), angle.sin());
        let [inner, gap, rim] = view.rings(finder.centre, along, longest);
        if !finder.open {
            ringed += usize::from((1.3..4.5).contains(&(rim / inner)));
        } else if (1.35..2.1).contains(&(gap / inner)) {
            squares += 1;
            ringed += usize::from((1.9..2.9).contains(&(rim / inner)));
        }
    }
    if finder.open {
        // The rim is whole at least on the two sides that look at the code.
        squares >= LEAST_SQUARES && ringed >= LEAST_RINGED
    } else {
        ringed >= LEAST
    }
}

#[derive(Default)]
struct Collection {
    seen: Vec<Finder>,
    left_out: u32,
}

impl Collection {
    fn add(&mut self, finder: Finder) {
        // The same pattern was seen a few rows above, so it is among the last.
        let mut recent = self.seen.iter_mut().rev().take(MOST_RECENT);
        if let Some(same) = recent.find(|f| f.is_same(&finder)) {
            same.join(&finder);
        } else if self.seen.len() < MOST_SEEN {
            self.seen.push(finder);
        } else {
            self.left_out += 1;
        }
    }

    fn best(mut self, view: &View<'_>, expired: &dyn Fn() -> bool) -> Finders {
        let mut seen = 0;
        let mut is_over = false;
        self.seen.retain(|f| {
            seen += 1;
            is_over |= seen % ASKED == 0 && expired();
            !is_over && is_ringed(view, f)
        });
        self.left_out += u32::from(is_over);
        if self.seen.len() > MOST {
            self.left_out += (self.seen.len() - MOST) as u32;
            self.seen
                .sort_by(|a, b| b.certainty().total_cmp(&a.certainty()));
            self.seen.truncate(MOST);
            self.seen.sort_by(|a, b| a.centre.y.total_cmp(&b.centre.y));
        }
        Finders {
            kept: self.seen,
            left_out: self.left_out,
        }
    }
}

/// Whether five runs are as 1 : 1 : 3 : 1 : 1, give or take what blur and a coarse grid of pixels do.
fn is_finder(runs: [i32; 5]) -> bool {
    let total: i32 = runs.iter().sum();
    if total < 7 {
        return false;
    }
    // In fourteenths of a module: half a module, and 0.7 px because an edge lies between two pixels.
    let slack = total + 10;
    let thin = |run: i32| (14 * run - 2 * total).abs() <= slack;
    let thick = (14 * runs[2] - 6 * total).abs() <= 2 * slack;
    thick && [0, 1, 3, 4].iter().all(|i| thin(runs[*i]))
}

/// How long a finder pattern with these runs is, and how many of its ends are open: the outer run is too long, for
/// the rim runs on into ground as dark as itself. The runs within say how long it is then.
fn length(runs: [i32; 5]) -> Option<(i32, u32)> {
    if is_finder(runs) {
        return Some((runs.iter().sum(), 0));
    }
    // Nearly all runs end here.
    let thin = runs[1] + runs[3];
    if runs[2] < 2 * LEAST_RIM || runs[2] < thin || runs[2] > 3 * thin {
        return None;
    }
    let rim = (thin + runs[2] + 2) / 5;
    let mut cut = runs;
    let mut open = 0;
    for end in [0, 4] {
        if 2 * runs[end] > 3 * rim + 2 {
            cut[end] = rim;
            open += 1;
        }
    }
    (rim >= LEAST_RIM && open > 0 && is_finder(cut)).then(|| (cut.iter().sum(), open))
}

/// Looks at a pattern seen in row `y` down, across again through the middle of that, and along both
/// diagonals.
fn confirm(ink: &Ink<'_>, x: f32, y: usize, total: i32, sign: bool) -> Option<Finder> {
    let (down, height, tall) = cross(ink, (x as i32, y as i32), (0, 1), total, sign)?;
    let y = y as f32 + 0.5 + down;
    let (right, width, wide) = cross(ink, (x as i32, y as i32), (1, 0), total, sign)?;
    let x = x.floor() + 0.5 + right;
    let ratio = width / height;
    if !(0.4..MOST_ASKEW).contains(&ratio) {
        return None;
    }
    let mut open = tall + wide > 0;
    for step in [(1, 1), (1, -1)] {
        // Ground that is little lighter than the level is open at a corner first.
        let (.., ends) = cross(ink, (x as i32, y as i32), step, total, sign)?;
        open |= ends > 0;
    }
    Some(Finder {
        centre: Point::new(x, y),
        module: (width + height) / 14.0,
        rows: 1.0,
        open,
    })
}

/// Walks from the pixel `at` both ways along `step` through the five runs of a finder pattern. Gives
/// how far its middle is from the middle of `at` and its extent, in steps, and how many of its ends are open.
///
/// What cannot be one any more is not walked on: nearly all that is walked at all ends within two runs.
fn cross(
    ink: &Ink<'_>,
    at: (i32, i32),
    step: (i32, i32),
    total: i32,
    sign: bool,
) -> Option<(f32, f32, u32)> {
    // The length of the run of `colour` after the first `from` steps, counted no further than past `longest`.
    let run = |direction: i32, from: i32, colour: bool, longest: i32| {
        let (dx, dy) = (step.0 * direction, step.1 * direction);
        let mut length = 0;
        while length <= longest {
            let place = from + length + 1;
            if ink.at(at.0 + dx * place, at.1 + dy * place) != Some(colour) {
                break;
            }
            length += 1;
        }
        if length <= longest {
            Ok(length)
        } else {
            Err(length)
        }
    };
    if ink.at(at.0, at.1) != Some(sign) {
        return None;
    }
    // `is_finder` holds for no longer square, nor for longer gaps beside it.
    let longest = (4.0 * MOST_ASKEW * total as f32 + 10.0) as i32 / 7;
    let before = run(-1, 0, sign, longest).ok()?;
    let after = run(1, 0, sign, longest - before).ok()?;
    let square = before + 1 + after;
    let longest = (21 * square + 50) / 28;
    let gap_before = run(-1, before, !sign, longest).ok()?;
    let gap_after = run(1, after, !sign, longest).ok()?;
    // The rim may run on for ever; that it is too long is known by then.
    let rim = (gap_before + square + gap_after + 2) / 5;
    let longest = longest.max(3 * rim / 2 + 1);
    let either = |length: Result<i32, i32>| length.unwrap_or_else(|length| length);
    let runs = [
        either(run(-1, before + gap_before, sign, longest)),
        gap_before,
        square,
        gap_after,
        either(run(1, after + gap_after, sign, longest)),
    ];
    let middle = (after - before) as f32 / 2.0;
    length(runs).map(|(total, open)| (middle, total as f32, open))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::ink::Focus;
    use super::*;
    use crate::frame::Luma;

    #[test]
    fn runs_of_a_finder_pattern_are_known_at_every_size() {
        for good in [
            [1, 1, 3, 1, 1],
            [2, 1, 5, 2, 1],
            [10, 10, 30, 10, 10],
            [9, 12, 27, 11, 8],
        ] {
            assert!(is_finder(good), "{good:?}");
        }
        for bad in [
            [1, 1, 1, 1, 1],
            [10, 10, 10, 10, 10],
            [10, 10, 60, 10, 10],
            [0, 1, 3, 1, 1],
            [10, 10, 30, 10, 40],
        ] {
            assert!(!is_finder(bad), "{bad:?}");
        }
    }

    #[test]
    fn both_polarities_are_found_where_they_are() {
        // One pattern of ink on paper with its centre at (30, 30), one inverted at (90, 30).
        let bytes: Vec<u8> = (0..60 * 120i32)
            .map(|i| {
                let (x, y) = (i % 120, i / 120);
                let left = x < 60;
                let ring = (x % 60 - 30).abs().max((y - 30).abs()) / 4;
                let ink = matches!(ring, 0 | 1 | 3) == left && ring <= 3 || ring > 3 && !left;
                if ink { 20 } else { 220 }
            })
            .map(|v| v as u8)
            .collect();
        let luma = Luma::new(120, 60, 120, &bytes).unwrap();
        let ink = Ink::of(luma, Focus::AsItIs);
        let found = finders(&[1.0, -1.0].map(|sign| View { ink: &ink, sign }), &|| false);
        let centres = found.map(|f| f.kept.iter().map(|f| f.centre).collect::<Vec<_>>());
        for (centres, x) in centres.iter().zip([30.0, 90.0]) {
            assert_eq!(centres.len(), 1, "{centres:?}");
            let off = centres[0].minus(Point::new(x, 30.0)).length();
            assert!(off < 1.5, "{centres:?}");
        }
    }

    /// A field of patterns is the picture that takes the finder longest.
    #[test]
    fn when_time_is_up_the_finder_ends() {
        let bytes: Vec<u8> = (0..448 * 448usize)
            .map(|i| {
                let (x, y) = (i % 448 % 28, i / 448 % 28);
                let ring = x.abs_diff(13).max(y.abs_diff(13)) / 3;
                if matches!(ring, 0 | 1 | 3) { 20 } else { 220 }
            })
            .collect();
        let ink = Ink::of(Luma::new(448, 448, 448, &bytes).unwrap(), Focus::AsItIs);
        let views = [1.0, -1.0].map(|sign| View { ink: &ink, sign });
        let [whole, _] = finders(&views, &|| false);
        assert!(whole.kept.len() > 100 && whole.left_out == 0);
        let asked = Cell::new(0);
        let [cut, _] = finders(&views, &|| asked.replace(asked.get() + 1) >= 2);
        // Time was up in the third stretch of rows, and no pattern was looked at from close by after that.
        assert!(cut.left_out > 0 && cut.kept.len() < whole.kept.len());
        let [none, _] = finders(&views, &|| true);
        assert!(none.left_out > 0 && none.kept.is_empty());
    }
}
