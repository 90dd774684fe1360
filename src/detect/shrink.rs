//! Makes a picture smaller by a whole number, each pixel the mean of those that it stands for.

use crate::frame::Luma;

/// A grey picture of its own.
pub(super) struct Plane {
    width: usize,
    bytes: Vec<u8>,
}

impl Plane {
    /// A picture of rows of `width` px, one behind the other.
    pub(super) fn new(width: usize, bytes: Vec<u8>) -> Self {
        Self { width, bytes }
    }

    /// The picture; `None` where nothing is left of it.
    pub(super) fn luma(&self) -> Option<Luma<'_>> {
        let height = self.bytes.len().checked_div(self.width)?;
        Luma::new(self.width, height, self.width, &self.bytes)
    }
}

/// `luma` at 1/`factor` of its size. What is over at the right and at the bottom is cut off.
pub(super) fn shrink(luma: &Luma<'_>, factor: usize) -> Plane {
    let (width, height) = (luma.width() / factor, luma.height() / factor);
    let mut bytes = Vec::with_capacity(width * height);
    if factor == 2 {
        for y in 0..height {
            let rows = [2 * y, 2 * y + 1].map(|y| luma.row(y).as_chunks::<2>().0);
            // Two bytes in one number and no loop inside: the compiler turns this into vector code.
            let sum = |pair: &[u8; 2]| {
                let pair = u16::from_le_bytes(*pair);
                (pair & 0xff) + (pair >> 8)
            };
            let blocks = rows[0].iter().zip(rows[1]);
            bytes.extend(blocks.map(|(a, b)| ((sum(a) + sum(b)) / 4) as u8));
        }
        return Plane { width, bytes };
    }
    let area = (factor * factor) as u32;
    let mut sums = vec![0u32; width];
    for y in 0..height {
        sums.fill(0);
        for row in y * factor..(y + 1) * factor {
            for (sum, pixels) in sums.iter_mut().zip(luma.row(row).chunks_exact(factor)) {
                *sum += pixels.iter().map(|p| u32::from(*p)).sum::<u32>();
            }
        }
        bytes.extend(sums.iter().map(|sum| (sum / area) as u8));
    }
    Plane { width, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_is_the_mean_of_its_block() {
        let bytes: Vec<u8> = (0..35).collect();
        let luma = Luma::new(5, 5, 7, &bytes).unwrap();
        let plane = shrink(&luma, 2);
        let small = plane.luma().unwrap();
        assert_eq!((small.width(), small.height()), (2, 2));
        assert_eq!(small.row(0), [4, 6]);
        assert_eq!(small.row(1), [18, 20]);
        let small = shrink(&luma, 3);
        assert_eq!(small.luma().unwrap().row(0), [8]);
        assert!(shrink(&luma, 6).luma().is_none());
    }
}
