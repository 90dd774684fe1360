//! Which modules of a QR code are the same whatever it says (ISO/IEC 18004:2015, 6.3 and 7.9).

use std::ops::RangeInclusive;

/// The versions of QR code model 2. A version has 17 + 4 × version modules a side.
pub(super) const VERSIONS: RangeInclusive<usize> = 1..=40;

/// A module whose colour is known: its centre in modules from the top left corner of the code, and
/// 1 for ink or −1 for paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) sign: f32,
}

/// The known modules of one version, in the groups that are scored one by one.
pub(super) struct Layout {
    /// Modules a side.
    pub(super) side: usize,
    /// Finder patterns with the part of the separator inside of the code: top left, top right,
    /// bottom left.
    pub(super) finders: [Vec<Known>; 3],
    /// The horizontal and the vertical timing pattern.
    pub(super) timing: Vec<Known>,
    /// The alignment patterns but for those that lie on a timing pattern: of each the centre, the 8
    /// modules around it, and the 16 around those.
    pub(super) alignments: Vec<[Known; 25]>,
}

impl Layout {
    pub(super) fn of(version: usize) -> Self {
        let side = 17 + 4 * version;
        let far = side as i32 - 7;
        let finder = |left: i32, top: i32| {
            let inside = 0..side as i32;
            let ring = |x: i32, y: i32| (x - left - 3).abs().max((y - top - 3).abs());
            (top - 1..top + 8)
                .flat_map(|y| (left - 1..left + 8).map(move |x| (x, y)))
                .filter(|(x, y)| inside.contains(x) && inside.contains(y))
                .map(|(x, y)| known(x, y, !matches!(ring(x, y), 2 | 4)))
                .collect()
        };
        let timing = (8..side as i32 - 8)
            .flat_map(|i| [known(i, 6, i % 2 == 0), known(6, i, i % 2 == 0)])
            .collect();
        let places = alignment_places(version);
        let last = places.last().copied().unwrap_or_default();
        let alignments = places
            .iter()
            .flat_map(|y| places.iter().map(move |x| (*x, *y)))
            .filter(|(x, y)| *x != 6 && *y != 6)
            .map(|(x, y)| alignment(x, y))
            .collect::<Vec<_>>();
        debug_assert!(version == 1 || last == side as i32 - 7);
        Self {
            side,
            finders: [finder(0, 0), finder(far, 0), finder(0, far)],
            timing,
            alignments,
        }
    }
}

fn known(x: i32, y: i32, ink: bool) -> Known {
    Known {
        x: x as f32 + 0.5,
        y: y as f32 + 0.5,
        sign: if ink { 1.0 } else { -1.0 },
    }
}

fn alignment(x: i32, y: i32) -> [Known; 25] {
    let ring = |i: &usize| (*i as i32 % 5 - 2).abs().max((*i as i32 / 5 - 2).abs());
    let mut order: [usize; 25] = std::array::from_fn(|i| i);
    order.sort_by_key(ring);
    order.map(|i| known(x + i as i32 % 5 - 2, y + i as i32 / 5 - 2, ring(&i) != 1))
}

/// Rows and columns of the centres of alignment patterns (ISO/IEC 18004:2015, annex E): the first at
/// 6, the last 7 from the end, and between them even steps of even length, the first being shorter.
pub(super) fn alignment_places(version: usize) -> Vec<i32> {
    if version < 2 {
        return Vec::new();
    }
    let gaps = version / 7 + 1;
    let last = 10 + 4 * version;
    // Version 32 is the one that the rule does not give.
    let step = if version == 32 {
        26
    } else {
        (last - 6).div_ceil(2 * gaps) * 2
    };
    let mut places: Vec<i32> = (0..gaps).map(|i| (last - i * step) as i32).collect();
    places.push(6);
    places.reverse();
    places
}

/// Distance of a sequence of 15 bits from the nearest valid format information, in bits
/// (ISO/IEC 18004:2015, 7.9 and annex C: a BCH code (15, 5), masked).
pub(super) fn format_distance(bits: u16) -> u32 {
    (0..32u16)
        .map(|data| (format_word(data) ^ bits).count_ones())
        .min()
        .unwrap_or(15)
}

/// The format information of five bits of data.
pub(super) fn format_word(data: u16) -> u16 {
    const GENERATOR: u16 = 0b101_0011_0111;
    const MASK: u16 = 0b101_0100_0001_0010;
    let mut rest = data << 10;
    for bit in (10..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= GENERATOR << (bit - 10);
        }
    }
    (data << 10 | rest) ^ MASK
}

/// The (x, y) of the modules of both copies of the format information, most significant bit first.
pub(super) fn format_places(side: usize) -> [[(usize, usize); 15]; 2] {
    let around_corner = std::array::from_fn(|i| match i {
        0..=5 => (i, 8),
        6 => (7, 8),
        7 => (8, 8),
        8 => (8, 7),
        _ => (8, 14 - i),
    });
    let along_edges = std::array::from_fn(|i| match i {
        0..=6 => (8, side - 1 - i),
        _ => (side - 15 + i, 8),
    });
    [around_corner, along_edges]
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;

    fn code(version: usize) -> QrCode {
        QrCode::with_version(b"x", Version::Normal(version as i16), EcLevel::L).unwrap()
    }

    #[test]
    fn every_known_module_is_so_in_a_code_of_another_make() {
        for version in VERSIONS {
            let code = code(version);
            let layout = Layout::of(version);
            assert_eq!(layout.side, code.width());
            let known = layout.finders.iter().flatten();
            let known = known.chain(&layout.timing);
            for k in known.chain(layout.alignments.iter().flatten()) {
                let dark = code[(k.x as usize, k.y as usize)] == Color::Dark;
                assert_eq!(dark, k.sign > 0.0, "version {version}: {k:?}");
            }
        }
    }

    #[test]
    fn both_copies_of_the_format_are_found() {
        for version in [1, 2, 7, 40] {
            let code = code(version);
            for copy in format_places(code.width()) {
                let bits = copy.iter().fold(0, |bits, at| {
                    bits << 1 | u16::from(code[*at] == Color::Dark)
                });
                assert_eq!(format_distance(bits), 0, "version {version}");
                assert_eq!(format_distance(bits ^ 0b10_0100_0000_0001), 3);
            }
        }
    }
}
