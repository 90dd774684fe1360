//! A picture that can be drawn on.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Point, RgbColor, Size};
use image::{Rgb, RgbImage};

use crate::detect;

/// A picture that `embedded-graphics` can draw on. What lies outside of it is left out.
pub(super) struct Canvas<'a>(&'a mut RgbImage);

impl<'a> Canvas<'a> {
    pub(super) fn new(picture: &'a mut RgbImage) -> Self {
        Self(picture)
    }

    /// A place as a pixel, kept near the picture: a line to infinity would be drawn for ever.
    pub(super) fn point(&self, place: detect::Point) -> Point {
        let bound = |value: f32, side: u32| {
            let side = side as f32;
            if value.is_finite() {
                value.clamp(-side, 2.0 * side) as i32
            } else {
                0
            }
        };
        let size = self.size();
        Point::new(bound(place.x, size.width), bound(place.y, size.height))
    }
}

impl OriginDimensions for Canvas<'_> {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Canvas<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(point, colour) in pixels {
            if let (Ok(x), Ok(y)) = (u32::try_from(point.x), u32::try_from(point.y))
                && let Some(pixel) = self.0.get_pixel_mut_checked(x, y)
            {
                *pixel = Rgb([colour.r(), colour.g(), colour.b()]);
            }
        }
        Ok(())
    }
}
