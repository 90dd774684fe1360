//! Covers codes in a picture, so that no camera in front of a screen reads one by accident.

use image::{Rgb, RgbImage};

use crate::detect::Corners;

/// Blocks across a covered code: the smallest code has 21 modules across, of which nothing is left then.
const BLOCKS: u32 = 5;
/// What is covered around a code, as a share of its size: corners may be a little off.
const AROUND: f32 = 0.08;

/// Covers the places of `codes` in `picture` with what is left of them when they are seen from far away.
pub fn cover(picture: &mut RgbImage, codes: &[Corners]) {
    for corners in codes {
        let Some((x, y, width, height)) = bounds(picture, corners) else {
            continue;
        };
        // Blocks are no smaller for one that is long: a line of writing is covered by its height.
        let block = (width.max(height) / BLOCKS).max(4);
        for top in (y..y + height).step_by(block as usize) {
            for left in (x..x + width).step_by(block as usize) {
                let right = (left + block).min(x + width);
                let bottom = (top + block).min(y + height);
                fill(picture, (left, top), (right, bottom));
            }
        }
    }
}

/// The place of a code with what is around it: x, y, width and height in px; `None` where nothing of it is inside.
fn bounds(picture: &RgbImage, corners: &Corners) -> Option<(u32, u32, u32, u32)> {
    let range = |of: fn(&crate::detect::Point) -> f32, end: u32| {
        let values = corners.iter().map(of);
        let (least, most) = values.fold((f32::MAX, f32::MIN), |(l, m), v| (l.min(v), m.max(v)));
        let around = (most - least) * AROUND + 2.0;
        // What is no number becomes 0.
        let begin = ((least - around).floor().max(0.0) as u32).min(end);
        let last = ((most + around).ceil().max(0.0) as u32).min(end);
        (begin, last.saturating_sub(begin))
    };
    let (x, width) = range(|p| p.x, picture.width());
    let (y, height) = range(|p| p.y, picture.height());
    (width > 0 && height > 0).then_some((x, y, width, height))
}

/// Fills from one corner to the other with the mean of what is there.
fn fill(picture: &mut RgbImage, (left, top): (u32, u32), (right, bottom): (u32, u32)) {
    let mut sums = [0_u64; 3];
    for y in top..bottom {
        for x in left..right {
            for (sum, value) in sums.iter_mut().zip(picture.get_pixel(x, y).0) {
                *sum += u64::from(value);
            }
        }
    }
    let count = u64::from(right - left) * u64::from(bottom - top);
    let mean = Rgb(sums.map(|sum| (sum / count.max(1)) as u8));
    for y in top..bottom {
        for x in left..right {
            picture.put_pixel(x, y, mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Budget, Point, Reach, Readers, scan};
    use crate::frame::Luma;

    fn found(picture: &RgbImage) -> Vec<Corners> {
        let grey: Vec<u8> = picture.pixels().map(|p| p.0[0]).collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let luma = Luma::new(width, height, width, &grey).unwrap();
        let budget = Budget {
            candidates: Budget::DEFAULT_CANDIDATES,
            expired: &|| false,
            reach: Reach::Whole,
        };
        let scan = scan(&luma, Readers::default(), &budget);
        let read = scan.symbols.iter().filter(|symbol| symbol.bytes.is_some());
        read.map(|symbol| symbol.corners).collect()
    }

    #[test]
    fn a_covered_code_cannot_be_read_and_the_rest_is_as_it_was() {
        let code = qrcode::QrCode::new("https://a.example").unwrap();
        let modules = code.width() as u32;
        let mut picture = RgbImage::from_pixel(320, 240, Rgb([255; 3]));
        for (at, dark) in code.to_colors().iter().enumerate() {
            let (x, y) = (at as u32 % modules, at as u32 / modules);
            if *dark == qrcode::Color::Dark {
                for pixel in 0..25 {
                    picture.put_pixel(60 + x * 5 + pixel % 5, 60 + y * 5 + pixel / 5, Rgb([0; 3]));
                }
            }
        }
        let before = picture.clone();
        let codes = found(&picture);
        assert_eq!(codes.len(), 1);
        cover(&mut picture, &codes);
        assert!(found(&picture).is_empty());
        assert_eq!(picture.get_pixel(10, 10), before.get_pixel(10, 10));
        assert_ne!(picture, before);
    }

    #[test]
    fn corners_from_strangers_do_no_harm() {
        let far = [
            (f32::NAN, f32::INFINITY),
            (-1e30, 1e30),
            (1e9, -1e9),
            (0.0, 0.0),
        ];
        let mut picture = RgbImage::new(16, 16);
        cover(&mut picture, &[far.map(|(x, y)| Point { x, y })]);
        cover(
            &mut RgbImage::new(1, 1),
            &[far.map(|(x, y)| Point { x, y })],
        );
    }
}
