//! Round codes of rays around a picture, as those of `WeChat` mini-programs. What they say is not public, so that
//! nobody but their makers can read them; that one is there can be told.
//!
//! Three bull's-eyes, which pass for finder patterns of a QR code, stand at the corners of a square around the middle,
//! and 36, 54 or 72 rays of dashes run from a picture there to the rim. Between two rays no dash ever is: around the
//! circle, light and dark come and go as often as there are rays, at every distance from the middle at once. Nothing
//! else that has three such patterns does that.

use std::f32::consts::TAU;

use super::finder::Finder;
use super::ink::View;
use super::{Corners, PerceptualHash, Point};

/// How many rays there are, by the size of the code.
const RAYS: [u32; 3] = [36, 54, 72];
/// Numbers around those, which no code has: what is as strong there is texture.
const OTHERS: [u32; 6] = [31, 41, 47, 60, 66, 79];
/// Directions that are looked along: three for each of the 72 rays.
const DIRECTIONS: usize = 216;
/// Distances from the middle that are looked at, in halves of the side of the square of the eyes, whose corners are
/// √2 away: from where the picture ends to the outer side of the eyes.
const DISTANCES: [f32; 11] = [
    1.0, 1.06, 1.12, 1.18, 1.24, 1.3, 1.36, 1.42, 1.48, 1.54, 1.6,
];
/// The same at a glance.
const GLANCE: [f32; 3] = [1.12, 1.3, 1.48];
/// Radians to both sides of a diagonal that are left out: there the eyes are.
const EYES: f32 = 0.26;
/// The share of all darkness that has to come and go with the rays, from 0 to 1, and how many times that of any other
/// number it has to be: between what drawn codes have, at least 0.54 and 6.6, and what the patterns of pictures without one
/// do by chance, at most 0.36 and 2.9 (`docs/design/reading.md`).
const LEAST_SHARE: f32 = 0.45;
const LEAST_LEAD: f32 = 4.0;
/// How many modules the eyes are apart: 33 where the code is seen upright. Tilted to 0.8 it is 29 one way and 37 the other,
/// and an eye of ten px is measured a tenth too small or too large. Patterns of rings have all distances.
const LEG: std::ops::Range<f32> = 28.0..41.0;
/// The largest eye is less than so many times as large as the smallest.
const MOST_UNLIKE: f32 = 1.5;
/// Where the rim is, in the same unit as the distances.
const RIM: f32 = 1.75;
/// Places a side of the picture that is made of it for its hash.
const PLACES: usize = 40;

/// A round code.
pub(super) struct Round {
    /// The square around its rim.
    pub(super) corners: Corners,
    pub(super) hash: PerceptualHash,
}

/// The plane of a code: its middle, and the vectors in px to the sides of the square of its eyes.
struct Plane {
    middle: Point,
    right: Point,
    down: Point,
}

impl Plane {
    fn at(&self, x: f32, y: f32) -> Point {
        let across = self.right.times(x);
        self.middle.plus(across).plus(self.down.times(y))
    }
}

/// The round code that has these bull's-eyes: top left, top right, bottom left.
pub(super) fn round(view: &View<'_>, eyes: [&Finder; 3]) -> Option<Round> {
    if !are_apart(eyes) {
        return None;
    }
    let [a, b, c] = eyes.map(|eye| eye.centre);
    let plane = Plane {
        middle: b.plus(c).times(0.5),
        right: b.minus(a).times(0.5),
        down: c.minus(a).times(0.5),
    };
    let glance = Rhythm::of(view, &plane, &GLANCE);
    // With few looks chance alone makes some of it.
    if !glance.has_rays(0.7) || !Rhythm::of(view, &plane, &DISTANCES).has_rays(1.0) {
        return None;
    }
    let place = |i: usize| {
        let along = |i: usize, off: f32| RIM * (2.0 * (i as f32 + off) / PLACES as f32 - 1.0);
        // Four looks, so that noise in one of them counts little.
        let looks = [(0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)].map(|(dx, dy)| {
            let at = plane.at(along(i % PLACES, dx), along(i / PLACES, dy));
            view.ink.grey(at).unwrap_or_else(|| view.ink.level(at))
        });
        looks.iter().sum::<f32>() * view.sign
    };
    let places = (0..PLACES * PLACES).map(place).collect();
    Some(Round {
        corners: [(-RIM, -RIM), (RIM, -RIM), (RIM, RIM), (-RIM, RIM)].map(|(x, y)| plane.at(x, y)),
        hash: PerceptualHash::of_grid(places, PLACES),
    })
}

/// Whether the eyes are as far apart as those of a code of their size. Texture is full of threes that are not.
fn are_apart(eyes: [&Finder; 3]) -> bool {
    let [least, most] =
        [f32::min, f32::max].map(|pick| eyes.map(|e| e.module).into_iter().reduce(pick));
    let (least, most) = (least.unwrap_or_default(), most.unwrap_or_default());
    let [a, b, c] = eyes.map(|eye| eye.centre);
    let mut legs = [b, c].into_iter().map(|p| p.minus(a).length() / most);
    most < MOST_UNLIKE * least && legs.all(|leg| LEG.contains(&leg))
}

/// How light and dark come and go around the middle.
struct Rhythm {
    /// The mean darkness in each direction, 0 where the eyes are.
    darkness: [f32; DIRECTIONS],
    /// All of it, whichever its sign.
    whole: f32,
}

impl Rhythm {
    fn of(view: &View<'_>, plane: &Plane, distances: &[f32]) -> Self {
        let mut darkness = [0.0; DIRECTIONS];
        let mut looks = 0;
        let mut mean = 0.0;
        for (i, darkness) in darkness.iter_mut().enumerate() {
            if !is_seen(i) {
                continue;
            }
            let (sine, cosine) = angle(i).sin_cos();
            let around = distances
                .iter()
                .map(|d| view.darkness(plane.at(d * cosine, d * sine)));
            *darkness = around.sum();
            mean += *darkness;
            looks += 1;
        }
        mean /= looks.max(1) as f32;
        for (i, darkness) in darkness.iter_mut().enumerate() {
            *darkness -= if is_seen(i) { mean } else { 0.0 };
        }
        Self {
            whole: darkness.iter().map(|d| d.abs()).sum(),
            darkness,
        }
    }

    /// The share of it that comes and goes `times` around the circle.
    fn share(&self, times: u32) -> f32 {
        let waves = self.darkness.iter().enumerate().map(|(i, darkness)| {
            let (sine, cosine) = (times as f32 * angle(i)).sin_cos();
            Point::new(darkness * cosine, darkness * sine)
        });
        let sum = waves.fold(Point::new(0.0, 0.0), Point::plus);
        sum.length() / self.whole.max(f32::EPSILON)
    }

    fn has_rays(&self, strictness: f32) -> bool {
        let [most, other] = [&RAYS[..], &OTHERS[..]].map(|all| {
            all.iter()
                .map(|times| self.share(*times))
                .fold(0.0, f32::max)
        });
        most >= strictness * LEAST_SHARE && most >= strictness * LEAST_LEAD * other
    }
}

fn angle(direction: usize) -> f32 {
    direction as f32 * TAU / DIRECTIONS as f32
}

/// Whether no eye is in this direction.
fn is_seen(direction: usize) -> bool {
    let from_diagonal = (angle(direction) % (TAU / 4.0) - TAU / 8.0).abs();
    from_diagonal > EYES
}

#[cfg(test)]
mod drawn;
#[cfg(test)]
mod tests;
