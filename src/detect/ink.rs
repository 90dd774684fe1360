//! Says of each pixel whether it is ink: darker than the level of its surroundings.
//!
//! The level is local, so that a code half in the shade is read: the picture is cut into tiles of
//! 8 × 8 px, the level of a tile is its mean, and the levels are smoothed over 5 × 5 tiles. A tile
//! without contrast says nothing of where ink would begin, so it takes the level of the tiles before
//! it; where those say nothing either it is paper. One with contrast knows better than its surroundings, which may be
//! far darker or lighter as a whole: in a picture as it is its level stays a quarter of its range off its darkest and
//! its lightest pixel. The bits are packed, 64 px a word, so that the search for runs costs by the run and not by the
//! pixel.

use std::array::from_fn;

use super::Point;
use crate::frame::Luma;

/// Side of a tile in px.
pub(super) const TILE: usize = 8;
/// How many tiles to each side are smoothed together.
const REACH: usize = 2;

/// How sharp a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    /// As it came.
    AsItIs,
    /// Its edges were made sharper.
    Sharper,
}

impl Focus {
    /// Fewer grey levels than this between the darkest and the lightest pixel of a tile is no contrast. What was made
    /// sharper has a range 2.5 times what it was at an edge, and up to four times where there is noise: the noise of
    /// video is less then. What is fainter is seen in the picture as it is.
    fn contrast(self) -> u8 {
        match self {
            Self::AsItIs => 24,
            Self::Sharper => 80,
        }
    }
}

/// The difference from the level, in grey levels, from which on a pixel is surely ink or paper.
const SURE: f32 = 40.0;

/// A picture with the level at which ink begins.
pub(super) struct Ink<'a> {
    luma: Luma<'a>,
    focus: Focus,
    across: usize,
    tiles: Tiles,
    levels: Vec<u8>,
    /// Words of a row.
    words: usize,
    bits: Vec<[u8; 8]>,
}

impl<'a> Ink<'a> {
    pub(super) fn of(luma: Luma<'a>, focus: Focus) -> Self {
        let across = luma.width().div_ceil(TILE);
        let tiles = Tiles::of(&luma, focus.contrast());
        let mut levels = levels(&tiles.means, across);
        if focus == Focus::AsItIs {
            tiles.bound(&mut levels);
        }
        Self {
            luma,
            focus,
            across,
            bits: bits(&luma, &tiles, &levels),
            tiles,
            levels,
            words: luma.width().div_ceil(64),
        }
    }

    pub(super) fn focus(&self) -> Focus {
        self.focus
    }

    pub(super) fn width(&self) -> usize {
        self.luma.width()
    }

    pub(super) fn height(&self) -> usize {
        self.luma.height()
    }

    /// How many tiles there are in a row, and whether each has contrast, row by row.
    pub(super) fn tiles(&self) -> (usize, impl ExactSizeIterator<Item = bool>) {
        (self.across, self.tiles.means.iter().map(Option::is_some))
    }

    /// The bits of row `y`, 64 px a word, the first lowest; what is beyond the width is 0.
    pub(super) fn row(&self, y: usize) -> impl ExactSizeIterator<Item = u64> {
        let words = &self.bits[y * self.words..][..self.words];
        words.iter().map(|word| u64::from_le_bytes(*word))
    }

    /// Whether the pixel is ink; `None` outside of the picture.
    #[inline]
    pub(super) fn at(&self, x: i32, y: i32) -> Option<bool> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width() {
            return None;
        }
        let word = self.bits.get(y * self.words + x / 64)?;
        Some(word[x / 8 % 8] >> (x % 8) & 1 == 1)
    }

    /// Fills `edges` with each x where row `y` changes between paper and ink, the first run being
    /// paper (of no length where the row begins with ink), and ends it with the width.
    pub(super) fn edges(&self, y: usize, edges: &mut Vec<i32>) {
        edges.clear();
        edges.push(0);
        let mut last = 0u64;
        for (i, word) in self.row(y).enumerate() {
            let mut changes = word ^ (word << 1 | last);
            last = word >> 63;
            while changes != 0 {
                let x = i * 64 + changes.trailing_zeros() as usize;
                // The bits after the width are paper, and their edge is the end of the row.
                if x < self.width() {
                    edges.push(x as i32);
                }
                changes &= changes - 1;
            }
        }
        edges.push(self.width() as i32);
    }

    /// Grey value at `p`, interpolated; `None` outside of the picture.
    #[inline]
    pub(super) fn grey(&self, p: Point) -> Option<f32> {
        let (x, y) = (p.x - 0.5, p.y - 0.5);
        let inside =
            x > -1.0 && y > -1.0 && x < self.luma.width() as f32 && y < self.luma.height() as f32;
        if !inside {
            return None;
        }
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (left, top) = (x as usize, y as usize);
        let right = (left + 1).min(self.luma.width() - 1);
        let bottom = (top + 1).min(self.luma.height() - 1);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let across = |row: &[u8]| {
            let first = f32::from(row[left]);
            first + (f32::from(row[right]) - first) * fx
        };
        let (above, below) = (across(self.luma.row(top)), across(self.luma.row(bottom)));
        Some(above + (below - above) * fy)
    }

    /// The grey value at which ink begins at `p`, which must be inside of the picture.
    #[inline]
    pub(super) fn level(&self, p: Point) -> f32 {
        let (x, y) = (p.x.max(0.0) as usize / TILE, p.y.max(0.0) as usize / TILE);
        let at = y * self.across + x.min(self.across - 1);
        f32::from(self.levels.get(at).copied().unwrap_or_default())
    }

    /// From −1, surely paper, to 1, surely ink; 0 outside of the picture.
    #[inline]
    pub(super) fn darkness(&self, p: Point) -> f32 {
        self.grey(p)
            .map_or(0.0, |grey| ((self.level(p) - grey) / SURE).clamp(-1.0, 1.0))
    }
}

/// The picture as a code of one polarity sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) ink: &'a Ink<'a>,
    /// 1 for ink on paper, −1 for paper on ink.
    pub(super) sign: f32,
}

impl View<'_> {
    /// From −1, surely a light module, to 1, surely a dark one; 0 outside of the picture.
    #[inline]
    pub(super) fn darkness(&self, at: Point) -> f32 {
        self.ink.darkness(at) * self.sign
    }

    /// Distances in px from the centre of a finder pattern along the unit vector `along` to the end
    /// of its inner square, the begin of its ring and the end of that, which is its rim: the first
    /// three changes of colour; infinite where they are not nearer than `longest`.
    pub(super) fn rings(&self, centre: Point, along: Point, longest: f32) -> [f32; 3] {
        const STEP: f32 = 0.5;
        let mut changes = [f32::INFINITY; 3];
        let mut seen = 0;
        let mut last = self.darkness(centre);
        let mut at = 0.0;
        while at < longest {
            at += STEP;
            let now = self.darkness(centre.plus(along.times(at)));
            if (now > 0.0) != (last > 0.0) {
                changes[seen] = at - STEP * now / (now - last);
                seen += 1;
                if seen == 3 {
                    return changes;
                }
            }
            last = now;
        }
        changes
    }
}

/// One bit for each of up to eight pixels, the first lowest: whether it is at most `level`.
fn at_most(pixels: &[u8], level: u8) -> u8 {
    let last_first = pixels.iter().rev();
    last_first.fold(0, |bits, p| bits << 1 | u8::from(*p <= level))
}

/// The same for eight, which are compared in one word.
fn eight_at_most(pixels: [u8; 8], level: u8) -> u8 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The low seven bits of each byte are compared by a subtraction that cannot borrow from the next
    // byte; the high bit decides where it differs.
    let p = u64::from_le_bytes(pixels);
    let l = u64::from_le_bytes([level; 8]);
    let low = (l | HIGH) - (p & !HIGH);
    let not_above = ((l & !p) | (!(l ^ p) & low)) & HIGH;
    // The product moves the bit of byte i to bit 56 + i.
    ((not_above >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The grey values of the tiles of a picture, row by row.
struct Tiles {
    darkest: Vec<u8>,
    lightest: Vec<u8>,
    /// The mean, for tiles with contrast.
    means: Vec<Option<u8>>,
}

impl Tiles {
    /// By columns first, then along the rows: these loops are what the compiler turns into vector code.
    fn of(luma: &Luma<'_>, contrast: u8) -> Self {
        let (width, height) = (luma.width(), luma.height());
        let (across, down) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let padded = across * TILE;
        let mut darkest = vec![u8::MAX; padded * down];
        let mut lightest = vec![0; padded * down];
        let mut sums = vec![0; padded * down];
        let none = vec![0; width];
        for band in 0..down {
            let columns = band * padded..band * padded + width;
            let rows = rows(luma, band);
            extremes(
                rows,
                &mut darkest[columns.clone()],
                &mut lightest[columns.clone()],
            );
            let inside = |i| band * TILE + i < height;
            let rows = from_fn(|i| if inside(i) { rows[i] } else { &none });
            add_up(rows, &mut sums[columns]);
        }
        let darkest = by_eight(darkest, u16::min);
        let lightest = by_eight(lightest, u16::max);
        let sums = sums.as_chunks::<TILE>().0.iter();
        let sums = sums.map(|columns| columns.iter().sum::<u16>());
        let means = (darkest.iter().zip(&lightest).zip(sums).enumerate())
            .map(|(i, ((dark, light), sum))| {
                let (x, y) = (i % across * TILE, i / across * TILE);
                (light - dark > contrast).then(|| {
                    if x + TILE <= width && y + TILE <= height {
                        return (sum / (TILE * TILE) as u16) as u8;
                    }
                    let area = (width - x).min(TILE) * (height - y).min(TILE);
                    (sum / area as u16) as u8
                })
            })
            .collect();
        Self {
            darkest,
            lightest,
            means,
        }
    }

    /// Keeps the level of each tile with contrast off its darkest and lightest pixels.
    fn bound(&self, levels: &mut [u8]) {
        let tiles = self
            .darkest
            .iter()
            .zip(&self.lightest)
            .zip(&self.means)
            .zip(levels);
        for (((dark, light), mean), level) in tiles {
            if mean.is_some() {
                let range = light - dark;
                *level = (*level).clamp(dark + range / 4, light - range / 4);
            }
        }
    }
}

/// The rows of a band of tiles; the last one of the picture again where it ends before them.
fn rows<'a>(luma: &Luma<'a>, band: usize) -> [&'a [u8]; TILE] {
    from_fn(|i| luma.row((band * TILE + i).min(luma.height() - 1)))
}

/// The darkest and the lightest pixel of each column of eight rows.
#[inline(never)] // So that the compiler knows the slices apart.
fn extremes(rows: [&[u8]; TILE], darkest: &mut [u8], lightest: &mut [u8]) {
    let [a, b, c, d, e, f, g, h] = rows.map(|row| &row[..darkest.len()]);
    let lightest = &mut lightest[..darkest.len()];
    for i in 0..darkest.len() {
        let of = |pick: fn(u8, u8) -> u8| {
            let first = pick(pick(a[i], b[i]), pick(c[i], d[i]));
            pick(first, pick(pick(e[i], f[i]), pick(g[i], h[i])))
        };
        darkest[i] = of(u8::min);
        lightest[i] = of(u8::max);
    }
}

/// The sum of each column of eight rows.
#[inline(never)]
fn add_up(rows: [&[u8]; TILE], sums: &mut [u16]) {
    let [a, b, c, d, e, f, g, h] = rows.map(|row| &row[..sums.len()]);
    for i in 0..sums.len() {
        let of = |row: &[u8]| u16::from(row[i]);
        sums[i] = of(a) + of(b) + of(c) + of(d) + of(e) + of(f) + of(g) + of(h);
    }
}

/// Each eight of `values`, of which there are eight times a whole number, made one.
fn by_eight(mut values: Vec<u8>, join: impl Fn(u16, u16) -> u16) -> Vec<u8> {
    for _ in 0..3 {
        // Two bytes in one number: pairs that are picked apart are no vector code.
        let pairs = values.as_chunks::<2>().0.iter();
        let pairs = pairs.map(|pair| u16::from_le_bytes(*pair));
        values = pairs.map(|p| join(p & 0xff, p >> 8) as u8).collect();
    }
    values
}

/// How many tiles are smoothed together along and down.
const SPAN: usize = 2 * REACH + 1;

/// The level of each tile: the mean of those with contrast around it. Where there is none the level
/// of the tiles before goes on, so that the inside of something large is what its rim was.
fn levels(means: &[Option<u8>], across: usize) -> Vec<u8> {
    let down = means.len() / across;
    // The sum of means in the low half of each number, how many they are in the high one.
    let packed = |mean: &Option<u8>| mean.map_or(0, |m| 1 << 16 | u32::from(m));
    let mut padded = vec![0; across + 2 * REACH];
    // With empty rows above and below.
    let mut sums = vec![0; across * (down + 2 * REACH)];
    let inner = sums.chunks_exact_mut(across).skip(REACH);
    for (sums, row) in inner.zip(means.chunks_exact(across)) {
        for (tile, mean) in padded[REACH..].iter_mut().zip(row) {
            *tile = packed(mean);
        }
        add_span(from_fn(|i| &padded[i..]), sums);
    }
    let mut around = vec![0; across];
    let mut levels: Vec<u8> = Vec::with_capacity(means.len());
    for y in 0..down {
        add_span(from_fn(|i| &sums[(y + i) * across..]), &mut around);
        for (x, sum) in around.iter().enumerate() {
            let (sum, count) = (*sum as u16, (*sum >> 16) as u16);
            let level = sum.checked_div(count).unwrap_or_else(|| {
                let before = |dx: usize, dy: usize| {
                    (x >= dx && y >= dy).then(|| u16::from(levels[(y - dy) * across + x - dx]))
                };
                let [left, above, corner] =
                    [(1, 0), (0, 1), (1, 1)].map(|(dx, dy)| before(dx, dy).unwrap_or_default());
                (2 * left + above + corner) / 4
            });
            levels.push(level as u8);
        }
    }
    levels
}

#[inline(never)]
fn add_span(rows: [&[u32]; SPAN], sums: &mut [u32]) {
    let [a, b, c, d, e] = rows.map(|row| &row[..sums.len()]);
    for i in 0..sums.len() {
        sums[i] = a[i] + b[i] + c[i] + d[i] + e[i];
    }
}

/// A bit for each pixel, a byte for each eight of them, the rows one behind the other in words of 64 px: whether it is at
/// most the level of its tile.
fn bits(luma: &Luma<'_>, tiles: &Tiles, levels: &[u8]) -> Vec<[u8; 8]> {
    let (width, height) = (luma.width(), luma.height());
    let (across, words) = (width.div_ceil(TILE), width.div_ceil(64));
    let mut bits = vec![[0; 8]; words * height];
    for (band, bits) in bits.chunks_mut(words * TILE).enumerate() {
        let rows = rows(luma, band);
        let whole = rows.map(|row| row.as_chunks::<TILE>().0);
        let here = band * across..(band + 1) * across;
        let (darkest, lightest) = (&tiles.darkest[here.clone()], &tiles.lightest[here.clone()]);
        let grey = darkest.iter().zip(lightest).zip(&levels[here]);
        for (tile, ((darkest, lightest), level)) in grey.enumerate() {
            // Most tiles are all paper or all ink.
            if level < darkest {
                continue;
            }
            let few: [u8; TILE] = if level >= lightest {
                [u8::MAX >> (TILE - (width - tile * TILE).min(TILE)); TILE]
            } else if tile < width / TILE {
                whole.map(|row| eight_at_most(row[tile], *level))
            } else {
                rows.map(|row| at_most(&row[tile * TILE..], *level))
            };
            for (row, few) in bits.chunks_exact_mut(words).zip(few) {
                row[tile / 8][tile % 8] = few;
            }
        }
    }
    bits
}

#[cfg(test)]
mod tests;
