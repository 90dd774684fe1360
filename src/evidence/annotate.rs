//! Draws what was found into a picture.

use std::convert::Infallible;

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_10X20;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Drawable, OriginDimensions, Point, Primitive, RgbColor, Size};
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};
use image::RgbImage;

use crate::detect::Corners;
use crate::evidence::canvas::Canvas;
use crate::policy::Class;

/// The height of a line of text in px, with the space around it.
const LINE: i32 = 24;
const CHARACTER: i32 = 10;

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where the symbol is.
    pub corners: Corners,
    /// Decides the colour.
    pub class: Class,
    /// What is written beside it; characters outside of ASCII become `?`.
    pub label: String,
}

/// Draws `marks` into `picture`.
pub fn annotate(picture: &mut RgbImage, marks: &[Mark]) {
    let mut canvas = Canvas::new(picture);
    for mark in marks {
        // The canvas cannot fail: what lies outside of it is left out.
        let Ok(()) = outline(&mut canvas, mark);
        let Ok(()) = label(&mut canvas, mark);
    }
}

fn outline(canvas: &mut Canvas<'_>, mark: &Mark) -> Result<(), Infallible> {
    let corners = mark.corners.map(|p| canvas.point(p));
    // Dark under bright is seen on any background.
    for (colour, width) in [(Rgb888::BLACK, 7), (colour(mark.class), 3)] {
        let style = PrimitiveStyle::with_stroke(colour, width);
        for (at, start) in corners.iter().enumerate() {
            Line::new(*start, corners[(at + 1) % 4])
                .into_styled(style)
                .draw(canvas)?;
        }
    }
    Ok(())
}

fn label(canvas: &mut Canvas<'_>, mark: &Mark) -> Result<(), Infallible> {
    let size = canvas.size();
    let (width, height) = (size.width as i32, size.height as i32);
    let corners = mark.corners.map(|p| canvas.point(p));
    let left = corners.iter().map(|p| p.x).min().unwrap_or(0);
    let top = corners.iter().map(|p| p.y).min().unwrap_or(0);
    let fits = usize::try_from(width / CHARACTER).unwrap_or(0);
    let label: String = mark
        .label
        .chars()
        .take(fits)
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .collect();
    let length = label.len() as i32 * CHARACTER + 8;
    let x = left.min(width - length).max(0);
    let y = (top - LINE - 6).clamp(0, (height - LINE).max(0));
    let plate = Rectangle::new(
        Point::new(x, y),
        Size::new(length.unsigned_abs(), LINE.unsigned_abs()),
    );
    plate
        .into_styled(PrimitiveStyle::with_fill(colour(mark.class)))
        .draw(canvas)?;
    let style = MonoTextStyle::new(&FONT_10X20, Rgb888::BLACK);
    Text::with_baseline(&label, Point::new(x + 4, y + 2), style, Baseline::Top).draw(canvas)?;
    Ok(())
}

fn colour(class: Class) -> Rgb888 {
    match class {
        Class::OnPlatform => Rgb888::new(64, 220, 96),
        Class::OffPlatform => Rgb888::new(255, 72, 72),
        Class::Unknown => Rgb888::new(255, 208, 0),
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::detect;

    fn mark(corners: [(f32, f32); 4], label: &str) -> Mark {
        Mark {
            corners: corners.map(|(x, y)| detect::Point { x, y }),
            class: Class::OffPlatform,
            label: label.to_owned(),
        }
    }

    #[test]
    fn the_outline_and_the_label_are_drawn_and_the_rest_is_left() {
        let mut picture = RgbImage::from_pixel(320, 240, Rgb([9, 9, 9]));
        let corners = [
            (100.0, 100.0),
            (200.0, 100.0),
            (200.0, 200.0),
            (100.0, 200.0),
        ];
        annotate(&mut picture, &[mark(corners, "off_platform")]);
        let red = Rgb([255, 72, 72]);
        for (x, y) in [(150, 100), (200, 150), (150, 200), (100, 150), (101, 72)] {
            assert_eq!(*picture.get_pixel(x, y), red, "{x},{y}");
        }
        for (x, y) in [(150, 150), (10, 10), (300, 230)] {
            assert_eq!(*picture.get_pixel(x, y), Rgb([9, 9, 9]), "{x},{y}");
        }
    }

    #[test]
    fn corners_and_labels_from_strangers_do_no_harm() {
        let mut picture = RgbImage::new(16, 16);
        let far = [
            (f32::NAN, f32::INFINITY),
            (-1e30, 1e30),
            (1e9, -1e9),
            (0.0, 0.0),
        ];
        annotate(&mut picture, &[mark(far, &"微信\u{202e}\0".repeat(1_000))]);
        let mut picture = RgbImage::new(1, 1);
        annotate(&mut picture, &[mark(far, "")]);
    }
}
