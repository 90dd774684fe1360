//! What the second reader is given of a picture, and what becomes of what it reads.
//!
//! It cannot be interrupted: the budget is asked before each call, and each call is bounded in px.

use super::geometry::{bounds, coincide, overlap, side};
use super::settle::Found;
use super::texture::{Region, Texture, Weave};
use super::trace::{Step, Trace, note};
use super::zoom::{Crop, Zoom};
use super::zxing::{self, Wanted};
use super::{Budget, Corners, Reader, SymbolKind};
use crate::frame::Luma;

/// Places of codes that our own finder located that are looked at again, and px of them together.
const MOST_PLACES: usize = 16;
const PLACES_PIXELS: usize = 2 << 20;
/// Px that one crop is made larger to at most.
const MOST_ZOOMED: usize = 1 << 19;
/// Px a module that the reader needs to be at its best.
const MODULE: f32 = 4.0;
/// And the least with which it reads most codes.
const LEAST_MODULE: f32 = 2.0;
/// A crop is never made larger than this: what is smaller holds nothing more.
const MOST_ZOOM: usize = 4;
/// Px of textures that are looked at.
const TEXTURES: usize = 24 << 10;
/// Least px of a side of what is looked at beside a code that was read in a texture: three tiles of the picture at half its size,
/// as of a texture. The tiles around the code itself reach less far.
const LEAST_BESIDE: f32 = 48.0;
/// So many parts of one texture, beside what was read in it, are looked at.
const MOST_PARTS: usize = 8;
/// Px of the length of bars that are looked at.
const BARS: usize = 48;
/// A picture of more px than this is not looked at as a whole at its full size.
const WHOLE_PIXELS: usize = 3840 * 2160;

/// The second reader at work on one picture.
pub(super) struct Second<'a> {
    pub(super) luma: Luma<'a>,
    pub(super) budget: &'a Budget<'a>,
    pub(super) found: Vec<Found>,
    /// How many pictures it was given.
    pub(super) given: u32,
    /// What it was not given because the budget was spent.
    pub(super) skipped: u32,
    pub(super) panics: u32,
    pub(super) trace: Option<&'a mut Trace>,
}

impl Second<'_> {
    /// Looks at each code that was located: to read what was not, and to agree to what was.
    pub(super) fn places(&mut self) {
        let mut seen = [0; 2];
        let mut places: Vec<_> = self
            .found
            .iter()
            .filter(|f| f.kind == SymbolKind::Qr)
            .map(|f| {
                let is_read = f.bytes.is_some();
                let nth = &mut seen[usize::from(is_read)];
                *nth += 1;
                ((*nth, is_read), f.corners, f.modules)
            })
            .collect();
        // One that was not read and one that was in turns: neither kind takes all there is from the other.
        places.sort_by_key(|(turn, ..)| *turn);
        let mut done: Vec<(Corners, bool)> = Vec::new();
        let mut left = PLACES_PIXELS;
        for ((_, is_read), corners, modules) in places {
            // A code may have been found at two sizes. One that was read within one that was not is another.
            let mut known = done.iter();
            let is_known = |d: &Corners, as_read: bool| {
                if as_read == is_read {
                    overlap(d, &corners)
                } else {
                    coincide(d, &corners)
                }
            };
            if known.any(|(d, as_read)| is_known(d, *as_read)) {
                continue;
            }
            let module = side(&corners) / modules.max(1) as f32;
            let Some(region) = around(&self.luma, &corners, 5.0 * module) else {
                continue;
            };
            // What was read is large enough.
            let zoom = if is_read {
                Zoom::In(1)
            } else {
                zoom_for(module, region.area(), MOST_ZOOMED)
            };
            let area = zoom.area(region.area());
            if done.len() == MOST_PLACES || area > left {
                self.skip(region, zoom, Wanted::Qr);
                self.was_not_tried(&corners);
                continue;
            }
            done.push((corners, is_read));
            left -= area;
            if !self.read(region, zoom, Wanted::Qr) {
                self.was_not_tried(&corners);
            }
        }
    }

    /// Looks at the textures beside what was read: in every second turn at the likeliest first, and at the others in the other
    /// turns, whatever the likeliest takes.
    pub(super) fn textures(&mut self, textures: &[Texture], turn: u64) {
        let codes = self.codes();
        let places: Vec<_> = textures
            .iter()
            .flat_map(|texture| self.parts(texture, &codes))
            .collect();
        let mut left = TEXTURES;
        let (order, window_turn) = order(places.len(), turn);
        for (region, module, wanted) in order.into_iter().map(|at| places[at]) {
            let zoom = zoom_for(module, region.area(), left);
            let area = zoom.area(region.area());
            if area <= left {
                left -= area;
                self.read(region, zoom, wanted);
            } else if left == TEXTURES {
                // It would never be looked at.
                left = 0;
                let window = window(&region, TEXTURES, window_turn);
                self.read(window, Zoom::In(1), wanted);
            }
        }
    }

    /// Where codes were read, each once.
    fn codes(&self) -> Vec<Corners> {
        let mut codes: Vec<Corners> = Vec::new();
        for read in self.found.iter().filter(|f| f.bytes.is_some()) {
            if !codes.iter().any(|code| coincide(code, &read.corners)) {
                codes.push(read.corners);
            }
        }
        codes
    }

    /// What is looked at of `texture`, and for what: all of it but the `codes` that were read there.
    fn parts(&self, texture: &Texture, codes: &[Corners]) -> Vec<(Region, f32, Wanted)> {
        let mut parts = vec![texture.region];
        for code in codes.iter().map(bounds) {
            if meet(&texture.region, code) {
                let beside = parts.iter().flat_map(|part| beside(part, code));
                parts = beside.take(MOST_PARTS).collect();
            }
        }
        let looked_at = |part: &Region| {
            let mut region = grown(&self.luma, part, 1.5 * texture.module + 8.0);
            // Bars say the same along their whole length.
            let wanted = match texture.weave {
                Weave::Both => Wanted::Modules,
                Weave::Across => {
                    region.top += region.height.saturating_sub(BARS) / 2;
                    region.height = region.height.min(BARS);
                    Wanted::Bars
                }
                Weave::Down => {
                    region.left += region.width.saturating_sub(BARS) / 2;
                    region.width = region.width.min(BARS);
                    Wanted::Bars
                }
            };
            (region, texture.module, wanted)
        };
        parts.iter().map(looked_at).collect()
    }

    /// Looks at the whole picture.
    pub(super) fn whole(&mut self) {
        let region = Region {
            left: 0,
            top: 0,
            width: self.luma.width(),
            height: self.luma.height(),
        };
        let smaller =
            (1..=self.luma.width()).find(|by| Zoom::Out(*by).area(region.area()) <= WHOLE_PIXELS);
        self.read(region, Zoom::Out(smaller.unwrap_or(1)), Wanted::All);
    }

    /// Reads a place; false where there was no time for it.
    fn read(&mut self, region: Region, zoom: Zoom, wanted: Wanted) -> bool {
        if (self.budget.expired)() {
            self.skip(region, zoom, wanted);
            return false;
        }
        let Some(crop) = Crop::of(&self.luma, region, zoom) else {
            return true;
        };
        let Some(luma) = crop.luma() else { return true };
        self.given += 1;
        let Ok(read) = zxing::read(&luma, wanted) else {
            self.panics += 1;
            return true;
        };
        note(&mut self.trace, || {
            given(&region, zoom, wanted, Some(read.len()))
        });
        for read in read {
            let corners = read.corners.map(|p| crop.place(p));
            note(&mut self.trace, || Step::Read {
                corners,
                by: Reader::Zxing,
            });
            self.found.push(Found {
                kind: read.kind,
                bytes: Some(read.bytes),
                corners,
                // Under every grid that was fitted: its corners are whole px.
                score: -1.0,
                modules: 0,
                read_by: Reader::Zxing,
                part: read.part,
                unread: None,
                hash: None,
                soft: None,
            });
        }
        true
    }

    /// The budget does not reach as far as this place.
    fn skip(&mut self, region: Region, zoom: Zoom, wanted: Wanted) {
        self.skipped += 1;
        note(&mut self.trace, || given(&region, zoom, wanted, None));
    }

    /// What was located in this place was not given to the reader.
    fn was_not_tried(&mut self, corners: &Corners) {
        let here = |f: &&mut Found| overlap(&f.corners, corners);
        for found in self.found.iter_mut().filter(here) {
            if let Some(unread) = &mut found.unread {
                unread.was_not_tried();
            }
        }
    }
}

fn given(region: &Region, zoom: Zoom, wanted: Wanted, read: Option<usize>) -> Step {
    Step::Given {
        corners: region.corners(),
        zoom: match zoom {
            Zoom::In(by) => by as f32,
            Zoom::Out(by) => 1.0 / by as f32,
        },
        wanted: match wanted {
            Wanted::Qr => "qr",
            Wanted::Modules => "modules",
            Wanted::Bars => "bars",
            Wanted::All => "all",
        },
        read,
    }
}

/// By what a picture of `area` px is made larger or smaller so that its modules, `module` px large, have the
/// best size, but never larger than `most` px.
fn zoom_for(module: f32, area: usize, most: usize) -> Zoom {
    if module >= 2.0 * LEAST_MODULE {
        let (best, most_by) = ((module / MODULE) as usize, (module / LEAST_MODULE) as usize);
        let best = best.max(1);
        let by = (best..=most_by).find(|by| Zoom::Out(*by).area(area) <= most);
        return Zoom::Out(by.unwrap_or(best));
    }
    let wanted = ((MODULE / module.max(0.1)).ceil() as usize).clamp(1, MOST_ZOOM);
    let by = (1..=wanted)
        .rev()
        .find(|by| Zoom::In(*by).area(area) <= most);
    Zoom::In(by.unwrap_or(1))
}

/// In which order so many textures are looked at, the likeliest being the first of them, and the turn of the window into one that
/// is too large. Over the turns each comes first, and then each of its windows.
fn order(textures: usize, turn: u64) -> (Vec<usize>, u64) {
    let others = textures.saturating_sub(1);
    if others == 0 {
        return ((0..textures).collect(), turn);
    }
    let round = turn / 2;
    let begin = 1 + (round % others as u64) as usize;
    let mut order: Vec<usize> = (begin..textures).chain(1..begin).collect();
    if turn.is_multiple_of(2) {
        order.insert(0, 0);
        (order, round)
    } else {
        order.push(0);
        (order, round / others as u64)
    }
}

/// Whether a box, left, top, right, bottom, and `region` have a part in common.
fn meet(region: &Region, code: [f32; 4]) -> bool {
    let [left, top, right, bottom] = bounds(&region.corners());
    code[0] < right && code[1] < bottom && code[2] > left && code[3] > top
}

/// The parts of `region` to each side of the box of a code, left, top, right, bottom, as far as they are large enough for another
/// code; all of it where the code is elsewhere.
fn beside(region: &Region, code: [f32; 4]) -> Vec<Region> {
    if !meet(region, code) {
        return vec![*region];
    }
    let [left, top, right, bottom] = bounds(&region.corners());
    let sides = [
        [left, top, code[0], bottom],
        [code[2], top, right, bottom],
        [left, top, right, code[1]],
        [left, code[3], right, bottom],
    ];
    let large = sides.into_iter().filter(|[left, top, right, bottom]| {
        right - left >= LEAST_BESIDE && bottom - top >= LEAST_BESIDE
    });
    large
        .map(|[left, top, right, bottom]| Region {
            left: left as usize,
            top: top as usize,
            width: (right - left) as usize,
            height: (bottom - top) as usize,
        })
        .collect()
}

/// A square of `area` px out of `region`, which is larger, or what is there of it: another one at each turn, each of them
/// overlapping the next by half.
fn window(region: &Region, area: usize, turn: u64) -> Region {
    let side = area.isqrt();
    let step = (side / 2).max(1);
    let steps = |length: usize| length.saturating_sub(side).div_ceil(step) + 1;
    let (across, down) = (steps(region.width), steps(region.height));
    let at = (turn % (across * down) as u64) as usize;
    let (x, y) = (at % across * step, at / across * step);
    Region {
        left: region.left + x,
        top: region.top + y,
        width: (region.width - x).min(side),
        height: (region.height - y).min(side),
    }
}

/// The box around `corners` with a margin of `margin` px, as far as it is inside.
fn around(luma: &Luma<'_>, corners: &Corners, margin: f32) -> Option<Region> {
    let [left, top, right, bottom] = bounds(corners);
    let within = |value: f32, end: usize| value.max(0.0).min(end as f32) as usize;
    let (left, top) = (
        within(left - margin, luma.width()),
        within(top - margin, luma.height()),
    );
    let right = within((right + margin).ceil(), luma.width());
    let bottom = within((bottom + margin).ceil(), luma.height());
    (right > left && bottom > top).then_some(Region {
        left,
        top,
        width: right - left,
        height: bottom - top,
    })
}

fn grown(luma: &Luma<'_>, region: &Region, margin: f32) -> Region {
    around(luma, &region.corners(), margin).unwrap_or(*region)
}

#[cfg(test)]
mod tests;
