//! How sure each module of a code is to be dark or light, and reading a code from that.
//!
//! The decoder of `rqrr` takes modules that are dark or light and nothing in between. Here what is hidden, flat or
//! grey may be left open: of each block the codewords that are least sure count as erasures, more and more of them
//! until the rest agrees (generalised minimum distance decoding, Forney 1966). What results has to leave codewords
//! for correction over, so that noise is not taken for a code, and goes to `rqrr` as a grid without an error.

use super::blocks::{Blocks, Format, places};
use super::fit::Fit;
use super::ink::View;
use super::layout::{format_places, format_word};
use super::quality::{contrast, flat};
use super::read::{Panicked, Samples, decode};
use super::reed_solomon::mend;

/// Codewords for correction that have to be left over in each block, for it to be believed: noise passes one in 2³²
/// times.
const LEAST_SPARE: usize = 4;

/// The modules of a code that could not be read: how dark each is, from −127, surely light, to 127, surely dark, 0
/// where nothing is known. Row by row, as the code itself has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Soft {
    /// Modules a side.
    pub(super) side: usize,
    pub(super) modules: Vec<i8>,
}

impl Soft {
    /// What is known of the modules under `fit`.
    pub(super) fn of(view: &View<'_>, fit: &Fit<'_>, mirrored: bool) -> Self {
        let side = fit.layout.side;
        let samples = Samples::of(view, fit);
        let inside: Vec<Option<f32>> = samples.grey.iter().copied().map(Some).collect();
        let contrast = contrast(&inside).max(1.0);
        let mut modules: Vec<i8> = samples
            .depths(0.0, true)
            .map(|depth| (2.0 * depth / contrast).clamp(-1.0, 1.0) * 127.0)
            .map(|depth| depth as i8)
            .collect();
        for i in flat(&inside, side, contrast) {
            modules[i] = 0;
        }
        if mirrored {
            modules = (0..side * side)
                .map(|i| modules[i % side * side + i / side])
                .collect();
        }
        Self { side, modules }
    }

    /// The bytes, where the modules hold enough of them.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, Panicked> {
        let modules: Vec<i32> = self.modules.iter().copied().map(i32::from).collect();
        read(&modules, self.side)
    }
}

/// The bytes of a code with `side` modules a side, which are the darker the higher; `None` where they do not hold enough of
/// them.
pub(super) fn read(modules: &[i32], side: usize) -> Result<Option<Vec<u8>>, Panicked> {
    match mended_modules(modules, side) {
        Some(dark) => decode(&dark, side, false),
        None => Ok(None),
    }
}

/// Which modules are dark, without the errors.
fn mended_modules(modules: &[i32], side: usize) -> Option<Vec<bool>> {
    let at = |(x, y): (usize, usize)| y * side + x;
    let mut dark: Vec<bool> = modules.iter().map(|m| *m > 0).collect();

    let copies = format_places(side);
    let (format, word) = (0..32u16)
        .map(|data| (data, format_word(data)))
        .max_by_key(|(_, word)| {
            let places = copies.iter().flat_map(|copy| copy.iter().enumerate());
            places
                .map(|(bit, place)| sign(word >> (14 - bit) & 1 == 1) * modules[at(*place)])
                .sum::<i32>()
        })?;
    for copy in &copies {
        for (bit, place) in copy.iter().enumerate() {
            dark[at(*place)] = word >> (14 - bit) & 1 == 1;
        }
    }

    let format = Format::of(format);
    let version = side.checked_sub(17)? / 4;
    let places = places(version);
    let words = places.chunks_exact(8);
    let blocks = Blocks::of(version, format, words.len())?;
    let words: Vec<&[(usize, usize)]> = words.collect();
    for block in &blocks.blocks {
        let value = |word: &usize| {
            words[*word].iter().fold(0, |value, (x, y)| {
                value << 1 | u8::from((modules[at((*x, *y))] > 0) != format.turns(*x, *y))
            })
        };
        let doubt = |word: usize| {
            let bits = words[word].iter().map(|place| modules[at(*place)].abs());
            bits.min().unwrap_or_default()
        };
        let mut doubtful: Vec<usize> = (0..block.len()).collect();
        doubtful.sort_by_key(|i| doubt(block[*i]));
        let read: Vec<u8> = block.iter().map(value).collect();
        let mended = mended(&read, blocks.redundancy, &doubtful)?;
        for (word, value) in block.iter().zip(mended) {
            for (bit, (x, y)) in words[*word].iter().enumerate() {
                dark[at((*x, *y))] = (value >> (7 - bit) & 1 == 1) != format.turns(*x, *y);
            }
        }
    }
    Some(dark)
}

/// A block without its errors. `doubtful` are its places, the most doubtful first.
fn mended(block: &[u8], redundancy: usize, doubtful: &[usize]) -> Option<Vec<u8>> {
    let most = redundancy.checked_sub(LEAST_SPARE)?;
    (0..=most).step_by(2).find_map(|erased| {
        let mut mended = block.to_vec();
        let spare = mend(&mut mended, redundancy, doubtful.get(..erased)?)?;
        (spare >= LEAST_SPARE).then_some(mended)
    })
}

fn sign(dark: bool) -> i32 {
    if dark { 1 } else { -1 }
}

#[cfg(test)]
mod tests;
