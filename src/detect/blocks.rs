//! Where the codewords of a QR code are, and which of them make a block that is corrected by itself
//! (ISO/IEC 18004:2015, 6.3, 7.5.1 and 7.7).

use super::layout::{VERSIONS, alignment_places};

/// Error correction levels in the order of the tables below.
const LEVELS: usize = 4;

/// Codewords for correction in each block, by level (L, M, Q, H) and version (ISO/IEC 18004:2015, table 9).
#[rustfmt::skip]
const REDUNDANCY: [[u8; 40]; LEVELS] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];

/// Blocks, likewise.
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; LEVELS] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];

/// What the format information says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    /// 0 to 3 for L, M, Q and H.
    level: usize,
    /// The number of the mask, from 0 to 7.
    mask: u8,
}

impl Format {
    /// The five bits of the format information, without those for correction (ISO/IEC 18004:2015, 7.9).
    pub(super) fn of(data: u16) -> Self {
        Self {
            // 01, 00, 11 and 10 stand for L, M, Q and H.
            level: usize::from(data >> 3 & 3) ^ 1,
            mask: (data & 7) as u8,
        }
    }

    /// Whether the mask turns the module at (x, y) over (ISO/IEC 18004:2015, table 10).
    pub(super) fn turns(self, x: usize, y: usize) -> bool {
        let rest = match self.mask {
            0 => (x + y) % 2,
            1 => y % 2,
            2 => x % 3,
            3 => (x + y) % 3,
            4 => (y / 2 + x / 3) % 2,
            5 => x * y % 2 + x * y % 3,
            6 => (x * y % 2 + x * y % 3) % 2,
            _ => ((x + y) % 2 + x * y % 3) % 2,
        };
        rest == 0
    }
}

/// The codewords of a version and level.
pub(super) struct Blocks {
    /// Of each block the places of its codewords in the order of the code, those for correction at the end.
    pub(super) blocks: Vec<Vec<usize>>,
    /// How many of each are there for correction.
    pub(super) redundancy: usize,
}

impl Blocks {
    /// The blocks of a code with `codewords` of them.
    pub(super) fn of(version: usize, format: Format, codewords: usize) -> Option<Self> {
        let at = VERSIONS.contains(&version).then(|| version - 1)?;
        let count = usize::from(BLOCKS[format.level][at]);
        let redundancy = usize::from(REDUNDANCY[format.level][at]);
        let short = (codewords / count).checked_sub(redundancy)?;
        // The last blocks have one data codeword more.
        let longer = codewords % count;
        let data = |block: usize| short + usize::from(block >= count - longer);
        let before = |i: usize, block: usize| {
            if i < short {
                i * count + block
            } else {
                short * count + block + longer - count
            }
        };
        let all_data = short * count + longer;
        let blocks = (0..count).map(|block| {
            let data = (0..data(block)).map(|i| before(i, block));
            let rest = (0..redundancy).map(|i| all_data + i * count + block);
            data.chain(rest).collect()
        });
        Some(Self {
            blocks: blocks.collect(),
            redundancy,
        })
    }
}

/// The modules (x, y) that hold the codewords of a version, in the order of the code; the bits that are left over
/// at the end are among them.
pub(super) fn places(version: usize) -> Vec<(usize, usize)> {
    let side = 17 + 4 * version;
    let alignments = alignment_places(version);
    let last = alignments.last().copied().unwrap_or_default();
    let near = |at: usize, centre: i32| (at as i32 - centre).abs() <= 2;
    let is_function = |x: usize, y: usize| {
        let finder = y < 9 && (x < 9 || x + 8 >= side) || x < 9 && y + 8 >= side;
        let alignment = || {
            alignments.iter().any(|cy| {
                near(y, *cy)
                    && alignments.iter().any(|cx| {
                        let in_corner =
                            (*cx == 6) && (*cy == 6 || *cy == last) || (*cy == 6) && *cx == last;
                        near(x, *cx) && !in_corner
                    })
            })
        };
        let of_version =
            |a: usize, b: usize| version >= 7 && a < 6 && b + 11 >= side && b + 8 < side;
        finder || x == 6 || y == 6 || alignment() || of_version(x, y) || of_version(y, x)
    };
    let mut places = Vec::with_capacity(side * side);
    let mut upwards = true;
    // Two columns at a time from the right, leaving out the one of the timing pattern.
    for right in (1..side).rev().step_by(2) {
        let right = if right <= 6 { right - 1 } else { right };
        for i in 0..side {
            let y = if upwards { side - 1 - i } else { i };
            let pair = [(right, y), (right - 1, y)];
            places.extend(pair.into_iter().filter(|(x, y)| !is_function(*x, *y)));
        }
        upwards = !upwards;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codeword_is_in_one_block() {
        for version in VERSIONS {
            let codewords = places(version).len() / 8;
            for data in 0..32 {
                let blocks = Blocks::of(version, Format::of(data), codewords).unwrap();
                let mut all: Vec<usize> = blocks.blocks.concat();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..codewords), "{version} {data}");
            }
        }
    }

    #[test]
    fn versions_hold_what_the_standard_says() {
        // ISO/IEC 18004:2015, table 1: data modules.
        for (version, modules) in [
            (1, 208),
            (2, 359),
            (6, 1383),
            (7, 1568),
            (14, 4651),
            (40, 29648),
        ] {
            assert_eq!(places(version).len(), modules, "{version}");
        }
    }
}
