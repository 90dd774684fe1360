//! Cuts a box out of a picture and makes it larger or smaller by a whole number.

use super::Point;
use super::shrink::{Plane, shrink};
use super::texture::Region;
use crate::frame::Luma;

/// By what a picture is made larger or smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zoom {
    /// Larger.
    In(usize),
    /// Smaller.
    Out(usize),
}

impl Zoom {
    /// Px of a picture of `area` px after it.
    pub(super) fn area(self, area: usize) -> usize {
        match self {
            Self::In(by) => area * by * by,
            Self::Out(by) => area / (by * by),
        }
    }
}

/// A part of a picture, and where it is.
pub(super) struct Crop<'a> {
    corner: Point,
    /// px of the picture for each px of the crop.
    scale: f32,
    part: Luma<'a>,
    scaled: Option<Plane>,
}

impl<'a> Crop<'a> {
    /// `region` of `luma`, made larger or smaller. `None` where it is not all inside.
    pub(super) fn of(luma: &Luma<'a>, region: Region, zoom: Zoom) -> Option<Self> {
        let part = luma.crop(region.left, region.top, region.width, region.height)?;
        let (scale, scaled) = match zoom {
            Zoom::In(1) | Zoom::Out(1) => (1.0, None),
            Zoom::In(by) => (1.0 / by as f32, Some(enlarge(&part, by))),
            Zoom::Out(by) => (by as f32, Some(shrink(&part, by))),
        };
        Some(Self {
            corner: Point::new(region.left as f32, region.top as f32),
            scale,
            part,
            scaled,
        })
    }

    /// The picture; `None` where nothing is left of it.
    pub(super) fn luma(&self) -> Option<Luma<'_>> {
        self.scaled.as_ref().map_or(Some(self.part), Plane::luma)
    }

    /// Where a place in the crop is in the picture that it was cut out of.
    pub(super) fn place(&self, p: Point) -> Point {
        self.corner.plus(p.times(self.scale))
    }
}

/// `luma` at `zoom` times its size, interpolated between the centres of its pixels.
fn enlarge(luma: &Luma<'_>, zoom: usize) -> Plane {
    let taps = |end: usize| -> Vec<(usize, usize, u32)> {
        (0..end * zoom)
            .map(|i| {
                // In 256ths of a px: the centre of the new one, from the centre of the first.
                let at = ((2 * i + 1) * 128 / zoom).saturating_sub(128);
                let first = (at / 256).min(end - 1);
                (first, (first + 1).min(end - 1), (at % 256) as u32)
            })
            .collect()
    };
    let (across, down) = (taps(luma.width()), taps(luma.height()));
    let mut bytes = Vec::with_capacity(across.len() * down.len());
    let mut columns = vec![0u32; luma.width()];
    for (above, below, share) in down {
        let rows = luma.row(above).iter().zip(luma.row(below));
        for (column, (a, b)) in columns.iter_mut().zip(rows) {
            *column = u32::from(*a) * (256 - share) + u32::from(*b) * share;
        }
        bytes.extend(across.iter().map(|(left, right, share)| {
            let sum = columns[*left] * (256 - share) + columns[*right] * share;
            ((sum + (1 << 15)) >> 16) as u8
        }));
    }
    Plane::new(across.len(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_pixels_is_interpolated() {
        let bytes = [0, 100, 200, 100, 50, 60];
        let luma = Luma::new(2, 3, 2, &bytes).unwrap();
        let region = |left, top, width, height| Region {
            left,
            top,
            width,
            height,
        };
        let crop = Crop::of(&luma, region(0, 0, 2, 2), Zoom::In(2)).unwrap();
        let large = crop.luma().unwrap();
        assert_eq!((large.width(), large.height()), (4, 4));
        assert_eq!(large.row(0), [0, 25, 75, 100]);
        assert_eq!(large.row(3), [200, 175, 125, 100]);
        let place = Crop::of(&luma, region(1, 1, 1, 2), Zoom::In(3)).unwrap();
        assert_eq!(place.place(Point::new(1.5, 3.0)), Point::new(1.5, 2.0));
        let small = Crop::of(&luma, region(0, 1, 2, 2), Zoom::Out(2)).unwrap();
        assert_eq!(small.luma().unwrap().row(0), [102]);
        assert_eq!(small.place(Point::new(1.0, 0.5)), Point::new(2.0, 2.0));
        assert!(Crop::of(&luma, region(1, 1, 2, 2), Zoom::In(1)).is_none());
    }
}
