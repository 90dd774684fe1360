//! Says of each pixel whether it is ink: darker than the level of its surroundings.
//!
//! The level is local, so that a code half in the shade is read: the picture is cut into tiles of
//! 8 × 8 px, the level of a tile is its mean, and the levels are smoothed over 5 × 5 tiles. A tile
//! without contrast says nothing of where ink would begin, so it takes the level of the tiles before
//! it; where those say nothing either it is paper. The bits are packed, 64 px a word, so that the
//! search for runs costs by the run and not by the pixel.

use super::Point;
use crate::frame::Luma;

/// Side of a tile in px.
pub(super) const TILE: usize = 8;
/// How many tiles to each side are smoothed together.
const REACH: usize = 2;
/// Fewer grey levels than this between the darkest and the lightest pixel is no contrast.
const CONTRAST: u8 = 24;
/// The difference from the level, in grey levels, from which on a pixel is surely ink or paper.
const SURE: f32 = 40.0;

/// A picture with the level at which ink begins.
pub(super) struct Ink<'a> {
    luma: Luma<'a>,
    across: usize,
    /// The mean of each tile with contrast.
    means: Vec<Option<u8>>,
    levels: Vec<u8>,
    words: usize,
    bits: Vec<u64>,
}

impl<'a> Ink<'a> {
    pub(super) fn of(luma: Luma<'a>) -> Self {
        let across = luma.width().div_ceil(TILE);
        let down = luma.height().div_ceil(TILE);
        let means = tile_means(&luma);
        let levels = levels(&means, across, down);
        let words = luma.width().div_ceil(64);
        let mut bits = vec![0u64; words * luma.height()];
        for (y, row) in bits.chunks_exact_mut(words).enumerate() {
            let levels = &levels[y / TILE * across..][..across];
            for (i, (pixels, level)) in luma.row(y).chunks(TILE).zip(levels).enumerate() {
                row[i / 8] |= u64::from(at_most(pixels, *level)) << (i % 8 * 8);
            }
        }
        Self {
            luma,
            across,
            means,
            levels,
            words,
            bits,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.luma.width()
    }

    pub(super) fn height(&self) -> usize {
        self.luma.height()
    }

    /// How many tiles there are in a row, and whether each has contrast, row by row.
    pub(super) fn tiles(&self) -> (usize, impl ExactSizeIterator<Item = bool>) {
        (self.across, self.means.iter().map(Option::is_some))
    }

    /// The bits of row `y`, 64 px a word, the first lowest; what is beyond the width is 0.
    pub(super) fn row(&self, y: usize) -> &[u64] {
        &self.bits[y * self.words..][..self.words]
    }

    /// Whether the pixel is ink; `None` outside of the picture.
    #[inline]
    pub(super) fn at(&self, x: i32, y: i32) -> Option<bool> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width() {
            return None;
        }
        let word = self.bits.get(y * self.words + x / 64)?;
        Some(word >> (x % 64) & 1 == 1)
    }

    /// Fills `edges` with each x where row `y` changes between paper and ink, the first run being
    /// paper (of no length where the row begins with ink), and ends it with the width.
    pub(super) fn edges(&self, y: usize, edges: &mut Vec<i32>) {
        edges.clear();
        edges.push(0);
        let mut last = 0u64;
        for (i, word) in self.row(y).iter().enumerate() {
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
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let Ok(eight) = <[u8; 8]>::try_from(pixels) else {
        return pixels
            .iter()
            .rev()
            .fold(0, |bits, p| bits << 1 | u8::from(*p <= level));
    };
    // Eight comparisons in one word. The low seven bits of each byte are compared by a subtraction
    // that cannot borrow from the next byte; the high bit decides where it differs.
    let p = u64::from_le_bytes(eight);
    let l = u64::from_le_bytes([level; 8]);
    let low = (l | HIGH) - (p & !HIGH);
    let not_above = ((l & !p) | (!(l ^ p) & low)) & HIGH;
    // The product moves the bit of byte i to bit 56 + i.
    ((not_above >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The mean of each tile with contrast; `None` for one without.
fn tile_means(luma: &Luma<'_>) -> Vec<Option<u8>> {
    let width = luma.width();
    let mut means = Vec::with_capacity(width.div_ceil(TILE) * luma.height().div_ceil(TILE));
    let (mut darkest, mut lightest) = (vec![0u8; width], vec![0u8; width]);
    let mut sums = vec![0u16; width];
    for top in (0..luma.height()).step_by(TILE) {
        // By columns first: these loops are what the compiler turns into vector code.
        darkest.fill(u8::MAX);
        lightest.fill(0);
        sums.fill(0);
        let bottom = (top + TILE).min(luma.height());
        for y in top..bottom {
            let columns = darkest.iter_mut().zip(&mut lightest).zip(&mut sums);
            for (p, ((dark, light), sum)) in luma.row(y).iter().zip(columns) {
                *dark = (*dark).min(*p);
                *light = (*light).max(*p);
                *sum += u16::from(*p);
            }
        }
        for left in (0..width).step_by(TILE) {
            let columns = left..(left + TILE).min(width);
            let dark = darkest[columns.clone()].iter().min().unwrap_or(&0);
            let light = lightest[columns.clone()].iter().max().unwrap_or(&0);
            let area = columns.len() * (bottom - top);
            let sum: u32 = sums[columns].iter().map(|s| u32::from(*s)).sum();
            means.push((light - dark > CONTRAST).then(|| (sum / area as u32) as u8));
        }
    }
    means
}

/// The level of each tile: the mean of those with contrast around it. Where there is none the level
/// of the tiles before goes on, so that the inside of something large is what its rim was.
fn levels(means: &[Option<u8>], across: usize, down: usize) -> Vec<u8> {
    let window = |at: usize, end: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(end);
    let mut rows = vec![(0u16, 0u16); across * down];
    for (sums, row) in rows
        .chunks_exact_mut(across)
        .zip(means.chunks_exact(across))
    {
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = row[window(x, across)]
                .iter()
                .flatten()
                .fold((0, 0), |(sum, count), m| (sum + u16::from(*m), count + 1));
        }
    }
    let mut levels: Vec<u8> = Vec::with_capacity(means.len());
    for y in 0..down {
        for x in 0..across {
            let (sum, count) = window(y, down)
                .map(|row| rows[row * across + x])
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_at_once_are_compared_like_one() {
        for level in [0u8, 1, 100, 127, 128, 200, 255] {
            for start in 0..=247u8 {
                let pixels: Vec<u8> = (start..start + 8).collect();
                let one_by_one =
                    (0..8).fold(0u8, |bits, i| bits | u8::from(pixels[i] <= level) << i);
                assert_eq!(at_most(&pixels, level), one_by_one, "{start} at {level}");
                let short = one_by_one & 0b1_1111;
                assert_eq!(at_most(&pixels[..5], level), short);
            }
        }
    }

    #[test]
    fn edges_are_where_the_ink_begins_and_ends() {
        let mut bytes = vec![200u8; 100 * 30];
        for row in bytes.chunks_exact_mut(100) {
            row[..3].fill(10);
            row[62..66].fill(10);
            row[98..].fill(10);
        }
        let luma = Luma::new(100, 30, 100, &bytes).unwrap();
        let ink = Ink::of(luma);
        let mut edges = Vec::new();
        ink.edges(29, &mut edges);
        assert_eq!(edges, [0, 0, 3, 62, 66, 98, 100]);
        assert_eq!(ink.at(63, 0), Some(true));
        assert_eq!(ink.at(66, 0), Some(false));
        assert_eq!(ink.at(100, 0), None);
        assert_eq!(ink.at(-1, 0), None);
        assert_eq!(ink.at(0, 30), None);
    }

    #[test]
    fn grey_is_interpolated_between_the_centres_of_pixels() {
        let bytes = [0, 100, 200, 100];
        let luma = Luma::new(2, 2, 2, &bytes).unwrap();
        let ink = Ink::of(luma);
        let grey = |x, y| ink.grey(Point::new(x, y));
        assert_eq!(grey(0.5, 0.5), Some(0.0));
        assert_eq!(grey(1.0, 0.5), Some(50.0));
        assert_eq!(grey(1.0, 1.0), Some(100.0));
        assert_eq!(grey(0.0, 0.0), Some(0.0), "the rim repeats");
        assert_eq!(grey(-1.0, 0.5), None);
        assert_eq!(grey(0.5, 2.6), None);
        assert_eq!(grey(f32::NAN, 0.5), None);
    }
}
