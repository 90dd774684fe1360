//! One stage of our own finder at a time, for benchmarks. Each says how much it found.

use super::finder;
use super::ink::{Focus, Ink, View};
use super::sharpen;
use super::shrink;
use super::texture;
use crate::frame::Luma;

/// The picture with sharper edges; the rows.
pub fn sharper(luma: &Luma<'_>) -> usize {
    sharpen::sharpen(luma).luma().map_or(0, |l| l.height())
}

/// Says of each pixel whether it is ink; the rows.
pub fn ink(luma: &Luma<'_>) -> usize {
    Ink::of(*luma, Focus::AsItIs).height()
}

/// Ink, and the finder patterns of both polarities in it.
pub fn finders(luma: &Luma<'_>) -> usize {
    let ink = Ink::of(*luma, Focus::AsItIs);
    let views = [1.0, -1.0].map(|sign| View { ink: &ink, sign });
    finder::finders(&views, &|| false)
        .iter()
        .map(|f| f.kept.len())
        .sum()
}

/// The picture at half its size, ink in that, and the places with edges as dense as those of a code.
pub fn textures(luma: &Luma<'_>) -> usize {
    let half = shrink::shrink(luma, 2);
    half.luma().map_or(0, |half| {
        texture::textures(&Ink::of(half, Focus::AsItIs)).len()
    })
}

/// The picture at half its size; the rows.
pub fn half(luma: &Luma<'_>) -> usize {
    shrink::shrink(luma, 2).luma().map_or(0, |l| l.height())
}
