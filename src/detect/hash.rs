//! A perceptual hash of a code: nearly the same for the same modules however large, turned, tilted, noisy or
//! mirrored they are shown, and far away for other modules. It knows a code again that nobody could read.
//!
//! The grid straightens the code, and its finder patterns say which way is up. Of the straightened picture the
//! lowest 16 × 16 frequencies of a discrete cosine transform count, each with its sign, as usual for such hashes
//! (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010). Two things are left
//! out, because they say nothing of the code: frequencies without a change in either direction, which hold light that
//! falls from one side, and the corners with finder patterns, which are the same in every code.

use std::fmt;

use super::fit::Fit;
use super::ink::View;

/// Frequencies in each direction.
const LOW: usize = 16;
/// Modules a side of a finder pattern with its separator.
const CORNER: usize = 8;

/// A perceptual hash of 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PerceptualHash(pub [u64; 4]);

impl PerceptualHash {
    /// Hashes that differ in at most this many bits are taken for those of the same code. Measured in
    /// `docs/design/reading.md`.
    pub const SAME: u32 = 28;

    /// Hashes that differ in at least this many bits are taken for those of different codes, however much of one is hidden.
    /// Measured there too.
    pub const OTHER: u32 = 62;

    /// In how many bits two hashes differ, from 0 to 256. Those of two codes that have nothing to do with each
    /// other differ in 128 on the mean.
    pub fn distance(self, other: Self) -> u32 {
        let bits = self.0.iter().zip(other.0);
        bits.map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Whether both are taken for hashes of the same code.
    pub fn is_same(self, other: Self) -> bool {
        self.distance(other) <= Self::SAME
    }

    /// Whether they are taken for hashes of different codes. Of those in between nothing is known.
    pub fn is_other(self, other: Self) -> bool {
        self.distance(other) >= Self::OTHER
    }

    /// The hash of the code under `fit`.
    pub(super) fn of(view: &View<'_>, fit: &Fit<'_>, mirrored: bool) -> Self {
        let side = fit.layout.side;
        let module = |i: usize| {
            let (x, y) = (i % side, i / side);
            let (x, y) = if mirrored { (y, x) } else { (x, y) };
            // Four looks, so that noise in one of them counts little.
            let looks = [(0.35, 0.35), (0.65, 0.35), (0.35, 0.65), (0.65, 0.65)].map(|(dx, dy)| {
                let at = fit.map.map(x as f32 + dx, y as f32 + dy);
                view.ink.grey(at).unwrap_or_else(|| view.ink.level(at))
            });
            looks.iter().sum::<f32>() * view.sign
        };
        Self::of_grid((0..side * side).map(module).collect(), side)
    }

    /// The hash of `side` × `side` grey values, row by row.
    pub(super) fn of_grid(grey: Vec<f32>, side: usize) -> Self {
        Self(signs(&masked(grey, side), side))
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for PerceptualHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(f, "{word:016x}"))
    }
}

/// The grey of `modules` around their mean, and nothing of the three corners.
fn masked(mut modules: Vec<f32>, side: usize) -> Vec<f32> {
    let is_corner = |i: usize| {
        let (x, y) = (i % side, i / side);
        let [left, top] = [x, y].map(|at| at < CORNER);
        let [right, bottom] = [x, y].map(|at| at + CORNER >= side);
        left && (top || bottom) || top && right
    };
    let kept = || modules.iter().enumerate().filter(|(i, _)| !is_corner(*i));
    let mean = kept().map(|(_, grey)| grey).sum::<f32>() / kept().count().max(1) as f32;
    for (i, grey) in modules.iter_mut().enumerate() {
        *grey = if is_corner(i) { 0.0 } else { *grey - mean };
    }
    modules
}

/// The signs of the lowest frequencies of a type II discrete cosine transform, the lowest first.
fn signs(modules: &[f32], side: usize) -> [u64; 4] {
    let wave = |frequency: usize, at: usize| {
        let angle = std::f32::consts::PI * (frequency * (2 * at + 1)) as f32 / (2 * side) as f32;
        angle.cos()
    };
    let waves: [Vec<f32>; LOW] =
        std::array::from_fn(|u| (0..side).map(|at| wave(u + 1, at)).collect());
    let rows: Vec<[f32; LOW]> = modules
        .chunks_exact(side)
        .map(|row| std::array::from_fn(|u| row.iter().zip(&waves[u]).map(|(m, w)| m * w).sum()))
        .collect();
    let strength = |u: usize, v: usize| -> f32 {
        let column = rows.iter().map(|row| row[u]);
        column.zip(&waves[v]).map(|(c, w)| c * w).sum()
    };
    std::array::from_fn(|word| {
        (64 * word..64 * (word + 1)).fold(0, |bits, i| {
            bits << 1 | u64::from(strength(i % LOW, i / LOW) > 0.0)
        })
    })
}

#[cfg(test)]
mod tests;
