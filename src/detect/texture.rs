//! Where a picture has edges as close together as the modules of a code: the places that are worth the
//! time of a reader with other eyes.
//!
//! Counted on the bits of [`Ink`], a word of 64 px at a time.

use super::ink::{Ink, TILE};
use super::trace::Step;
use super::{Corners, Point};

/// A box in px: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Region {
    pub(super) fn area(&self) -> usize {
        self.width * self.height
    }

    pub(super) fn corners(&self) -> Corners {
        let (left, top) = (self.left as f32, self.top as f32);
        let (right, bottom) = (left + self.width as f32, top + self.height as f32);
        [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| Point::new(x, y))
    }
}

/// How the edges of a place run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weave {
    /// Both ways, as those of modules do.
    Both,
    /// Across, as those of upright bars do.
    Across,
    /// Down, as those of bars that lie do.
    Down,
}

/// A place with dense edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Texture {
    pub(super) region: Region,
    pub(super) weave: Weave,
    /// Roughly the size of a module in px, if it is a code: half of the borders between modules are edges.
    pub(super) module: f32,
    /// How much its shape is that of a code, from 0 to 1.
    pub(super) likeness: f32,
}

impl Texture {
    /// What is written down of it.
    pub(super) fn step(&self) -> Step {
        Step::Texture {
            corners: self.region.corners(),
            weave: match self.weave {
                Weave::Both => "modules",
                Weave::Across | Weave::Down => "bars",
            },
            module: self.module,
            likeness: self.likeness,
        }
    }

    /// As it is in the picture that this one is 1/`scale` of.
    pub(super) fn times(self, scale: usize) -> Self {
        let Region {
            left,
            top,
            width,
            height,
        } = self.region;
        Self {
            region: Region {
                left: left * scale,
                top: top * scale,
                width: width * scale,
                height: height * scale,
            },
            module: self.module * scale as f32,
            ..self
        }
    }
}

/// Edges across and down in a tile.
#[derive(Clone, Copy, Default)]
struct Edges {
    across: u16,
    down: u16,
}

/// At least as many edges a tile, on the mean of 3 × 3 tiles: modules of 10 px have three.
const LEAST: u16 = 3;
/// Bars have at least this many times as many edges one way as the other.
const ONE_WAY: u16 = 4;
/// At least as many tiles to a side.
const LEAST_TILES: usize = 3;
/// A place that fills less of its box than this is no code.
const LEAST_FILL: f32 = 0.5;

/// The places with dense edges, in the order of the picture.
pub(super) fn textures(ink: &Ink<'_>) -> Vec<Texture> {
    let (across, edges) = edges(ink);
    let sums = smooth(&edges, across);
    let mut found = Vec::new();
    for weave in [Weave::Both, Weave::Across, Weave::Down] {
        let dense: Vec<bool> = sums.iter().map(|sum| is_dense(*sum, weave)).collect();
        found.extend(components(&dense, across).iter().filter_map(|c| {
            let (wide, tall) = (c.right - c.left, c.bottom - c.top);
            let fill = c.tiles as f32 / (wide * tall) as f32;
            if wide < LEAST_TILES || tall < LEAST_TILES || fill < LEAST_FILL {
                return None;
            }
            let square = wide.min(tall) as f32 / wide.max(tall) as f32;
            let shape = match weave {
                // Most are square; the others are six times as wide as tall at most.
                Weave::Both => f32::midpoint(square, 1.0),
                Weave::Across | Weave::Down => 1.0,
            };
            let edges: u32 = (c.top..c.bottom)
                .flat_map(|y| &edges[y * across + c.left..][..wide])
                .map(|e| u32::from(e.across.max(e.down)))
                .sum();
            let density = edges as f32 / (wide * tall) as f32;
            Some(Texture {
                region: Region {
                    left: c.left * TILE,
                    top: c.top * TILE,
                    width: (wide * TILE).min(ink.width() - c.left * TILE),
                    height: (tall * TILE).min(ink.height() - c.top * TILE),
                },
                weave,
                module: (TILE * TILE) as f32 / 2.0 / density.max(1.0),
                likeness: fill * shape,
            })
        }));
    }
    found
}

/// Whether a place with these edges, the sums over nine tiles, is as dense as a code.
fn is_dense(sum: Edges, weave: Weave) -> bool {
    let bars = |along: u16, other: u16| along >= 9 * LEAST && other * ONE_WAY < along;
    match weave {
        Weave::Both => sum.across.min(sum.down) >= 9 * LEAST,
        Weave::Across => bars(sum.across, sum.down),
        Weave::Down => bars(sum.down, sum.across),
    }
}

/// The edges of each tile, none where it has no contrast: there the bits are noise.
fn edges(ink: &Ink<'_>) -> (usize, Vec<Edges>) {
    let (across, contrast) = ink.tiles();
    let mut edges = vec![Edges::default(); contrast.len()];
    let words = across.div_ceil(8);
    // Eight counts of a byte each in one word; eight rows of at most eight edges fit.
    let (mut right, mut below) = (vec![0u64; words], vec![0u64; words]);
    for (y, tiles) in edges.chunks_exact_mut(across).enumerate() {
        right.fill(0);
        below.fill(0);
        let top = y * TILE;
        for row in top..(top + TILE).min(ink.height()) {
            let bits = ink.row(row);
            let next = ink.row((row + 1).min(ink.height() - 1));
            let mut last = None;
            for ((word, under), (right, below)) in
                bits.zip(next).zip(right.iter_mut().zip(below.iter_mut()))
            {
                // Before the first one there is no edge.
                let before = last.unwrap_or(word & 1);
                *right += ones_by_byte(word ^ (word << 1 | before));
                *below += ones_by_byte(word ^ under);
                last = Some(word >> 63);
            }
        }
        for (x, tile) in tiles.iter_mut().enumerate() {
            let count = |of: &[u64]| (of[x / 8] >> (x % 8 * 8) & 0xff) as u16;
            *tile = Edges {
                across: count(&right),
                down: count(&below),
            };
        }
    }
    for (tile, has_contrast) in edges.iter_mut().zip(contrast) {
        if !has_contrast {
            *tile = Edges::default();
        }
    }
    (across, edges)
}

/// How many bits are set in each byte, as bytes.
fn ones_by_byte(word: u64) -> u64 {
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    (fours + (fours >> 4)) & 0x0f0f_0f0f_0f0f_0f0f
}

/// The edges of each tile and the eight around it, as nine tiles where there are fewer.
fn smooth(edges: &[Edges], across: usize) -> Vec<Edges> {
    let down = edges.len() / across;
    let window = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
    (0..edges.len())
        .map(|i| {
            let (x, y) = (i % across, i / across);
            let mut sum = Edges::default();
            let mut tiles = 0;
            for row in window(y, down) {
                for tile in &edges[row * across..][window(x, across)] {
                    sum.across += tile.across;
                    sum.down += tile.down;
                    tiles += 1;
                }
            }
            Edges {
                across: sum.across * 9 / tiles,
                down: sum.down * 9 / tiles,
            }
        })
        .collect()
}

/// Tiles that hang together, and the box around them in tiles.
struct Component {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    tiles: usize,
}

fn components(dense: &[bool], across: usize) -> Vec<Component> {
    let down = dense.len() / across;
    let mut left = dense.to_vec();
    let mut found = Vec::new();
    let mut todo = Vec::new();
    for start in 0..left.len() {
        if !std::mem::take(&mut left[start]) {
            continue;
        }
        let (x, y) = (start % across, start / across);
        let mut box_ = Component {
            left: x,
            top: y,
            right: x + 1,
            bottom: y + 1,
            tiles: 0,
        };
        todo.push((x, y));
        while let Some((x, y)) = todo.pop() {
            box_.tiles += 1;
            box_.left = box_.left.min(x);
            box_.top = box_.top.min(y);
            box_.right = box_.right.max(x + 1);
            box_.bottom = box_.bottom.max(y + 1);
            let mut step = |x: usize, y: usize| {
                if std::mem::take(&mut left[y * across + x]) {
                    todo.push((x, y));
                }
            };
            if x > 0 {
                step(x - 1, y);
            }
            if x + 1 < across {
                step(x + 1, y);
            }
            if y > 0 {
                step(x, y - 1);
            }
            if y + 1 < down {
                step(x, y + 1);
            }
        }
        found.push(box_);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::ink::Focus;
    use super::*;
    use crate::frame::Luma;

    #[test]
    fn modules_bars_and_flat_parts_are_told_apart() {
        let mut bytes = vec![200u8; 320 * 160];
        for y in 40..104 {
            for x in 40..104 {
                let cell = (x as u32 / 4 * 73_856_093) ^ (y as u32 / 4 * 19_349_663);
                let mixed = (cell ^ cell >> 13).wrapping_mul(1_274_126_177);
                bytes[y * 320 + x] = if mixed >> 16 & 1 == 1 { 20 } else { 230 };
            }
            for x in 200..280 {
                bytes[y * 320 + x] = if x / 3 % 2 == 0 { 20 } else { 230 };
            }
        }
        let luma = Luma::new(320, 160, 320, &bytes).unwrap();
        let found = textures(&Ink::of(luma, Focus::AsItIs));
        let near = |a: usize, b: usize| a.abs_diff(b) <= 2 * TILE;
        assert_eq!(found.len(), 2, "{found:?}");
        for texture in found {
            let Region { left, width, .. } = texture.region;
            match texture.weave {
                Weave::Both => {
                    assert!(near(left, 40) && near(width, 64), "{texture:?}");
                    assert!((2.5..6.0).contains(&texture.module), "{texture:?}");
                }
                Weave::Across => assert!(near(left, 200) && near(width, 80), "{texture:?}"),
                Weave::Down => panic!("{texture:?}"),
            }
        }
    }

    #[test]
    fn bits_are_counted_by_the_byte() {
        assert_eq!(ones_by_byte(0xff01_0300_8000_f055), 0x0801_0200_0100_0404);
    }
}
