//! A picture in RGB and the few shapes that the scenes are made of. Knows nothing of codes or time.

use embedded_graphics::Drawable;
use embedded_graphics::mono_font::{MonoTextStyle, ascii::FONT_10X20};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Pixel, Point, Size};
use embedded_graphics::text::{Baseline, Text};

pub(crate) type Rgb = [u8; 3];

/// A box in px: left, top, width, height.
pub(crate) type Area = [f32; 4];

#[derive(Clone)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<Rgb>,
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize, colour: Rgb) -> Self {
        Self {
            width,
            height,
            pixels: vec![colour; width * height],
        }
    }

    /// Paints every pixel of `area` with the colour and the cover (0 to 1) that `shade` gives for its centre.
    pub(crate) fn paint(&mut self, area: Area, shade: impl Fn(f32, f32) -> (Rgb, f32)) {
        let [left, top, width, height] = area;
        let columns = clamped(left, self.width)..clamped((left + width).ceil(), self.width);
        for y in clamped(top, self.height)..clamped((top + height).ceil(), self.height) {
            for x in columns.clone() {
                let (colour, cover) = shade(x as f32 + 0.5, y as f32 + 0.5);
                if cover > 0.0 {
                    let pixel = &mut self.pixels[y * self.width + x];
                    *pixel = mix(*pixel, colour, cover);
                }
            }
        }
    }

    /// A box with round corners of `radius` px.
    pub(crate) fn rect(&mut self, area: Area, radius: f32, colour: Rgb, alpha: f32) {
        let [left, top, width, height] = area;
        let (middle_x, middle_y) = (left + width / 2.0, top + height / 2.0);
        self.paint(area, |x, y| {
            let (dx, dy) = (
                (x - middle_x).abs() - width / 2.0 + radius,
                (y - middle_y).abs() - height / 2.0 + radius,
            );
            let distance = dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius;
            (colour, alpha * (0.5 - distance).clamp(0.0, 1.0))
        });
    }

    /// An ellipse, turned by `angle` degrees, lit from the upper left; `soft` is the width of its edge in px.
    pub(crate) fn ellipse(
        &mut self,
        centre: (f32, f32),
        radii: (f32, f32),
        angle: f32,
        colour: Rgb,
        soft: f32,
    ) {
        let reach = radii.0.max(radii.1) + soft;
        let (sin, cos) = angle.to_radians().sin_cos();
        self.paint(
            [centre.0 - reach, centre.1 - reach, 2.0 * reach, 2.0 * reach],
            |x, y| {
                let (dx, dy) = (x - centre.0, y - centre.1);
                let (u, v) = (
                    (dx * cos + dy * sin) / radii.0,
                    (dy * cos - dx * sin) / radii.1,
                );
                let distance = u.hypot(v);
                let inside = (1.0 - distance) * radii.0.min(radii.1) / soft + 0.5;
                let light = 1.0 - 0.16 * ((dx + dy) / reach) - 0.10 * distance * distance;
                (scaled(colour, light), inside.clamp(0.0, 1.0))
            },
        );
    }

    /// One line of text, its upper left corner at `at`, each dot of the 10 x 20 font `scale` px wide.
    pub(crate) fn text(&mut self, at: (f32, f32), scale: usize, colour: Rgb, text: &str) {
        let mut dots = Dots {
            canvas: self,
            at,
            scale: scale as f32,
            colour,
        };
        let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
        match Text::with_baseline(text, Point::zero(), style, Baseline::Top).draw(&mut dots) {
            Ok(_) => {}
            Err(never) => match never {},
        }
    }

    /// The colour at a place between pixels; what lies outside repeats the edge.
    pub(crate) fn sample(&self, x: f32, y: f32) -> Rgb {
        let x = (x - 0.5).clamp(0.0, self.width as f32 - 1.001);
        let y = (y - 0.5).clamp(0.0, self.height as f32 - 1.001);
        let (column, row) = (x as usize, y as usize);
        let (u, v) = (
            ((x - column as f32) * 256.0) as u32,
            ((y - row as f32) * 256.0) as u32,
        );
        let at = row * self.width + column;
        let below = at + self.width;
        std::array::from_fn(|c| {
            let part = |i: usize| u32::from(self.pixels[i][c]);
            let top = part(at) * (256 - u) + part(at + 1) * u;
            let bottom = part(below) * (256 - u) + part(below + 1) * u;
            ((top * (256 - v) + bottom * v) >> 16) as u8
        })
    }

    /// Blurs `area`: three passes of a box of `radius` px in each direction, which is nearly a Gaussian.
    pub(crate) fn blur(&mut self, area: Area, radius: usize) {
        let [left, top, width, height] = area;
        let (x0, x1) = (clamped(left, self.width), clamped(left + width, self.width));
        let (y0, y1) = (
            clamped(top, self.height),
            clamped(top + height, self.height),
        );
        for _ in 0..3 {
            for y in y0..y1 {
                box_blur(&mut self.pixels, y * self.width + x0, 1, x1 - x0, radius);
            }
            for x in x0..x1 {
                box_blur(
                    &mut self.pixels,
                    y0 * self.width + x,
                    self.width,
                    y1 - y0,
                    radius,
                );
            }
        }
    }

    /// The whole picture as an [`Area`].
    pub(crate) fn area(&self) -> Area {
        [0.0, 0.0, self.width as f32, self.height as f32]
    }

    /// The picture as packed RGB bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }
}

fn clamped(position: f32, limit: usize) -> usize {
    (position.max(0.0) as usize).min(limit)
}

/// A running mean over `count` pixels from `start` that lie `step` apart; the ends repeat.
fn box_blur(pixels: &mut [Rgb], start: usize, step: usize, count: usize, radius: usize) {
    let line: Vec<Rgb> = (0..count).map(|i| pixels[start + i * step]).collect();
    let Some(last) = count.checked_sub(1) else {
        return;
    };
    let at = |i: usize| line[i.saturating_sub(radius).min(last)];
    let mut sums = [0usize; 3];
    let add =
        |sums: &mut [usize; 3], pixel: Rgb| (0..3).for_each(|c| sums[c] += usize::from(pixel[c]));
    (0..=2 * radius).for_each(|i| add(&mut sums, at(i)));
    for i in 0..count {
        pixels[start + i * step] = sums.map(|sum| (sum / (2 * radius + 1)) as u8);
        add(&mut sums, at(i + 2 * radius + 1));
        (0..3).for_each(|c| sums[c] -= usize::from(at(i)[c]));
    }
}

/// `a` with `cover` (0 to 1) of `b` over it.
pub(crate) fn mix(a: Rgb, b: Rgb, cover: f32) -> Rgb {
    if cover >= 1.0 {
        return b;
    }
    std::array::from_fn(|c| {
        (f32::from(a[c]) + (f32::from(b[c]) - f32::from(a[c])) * cover + 0.5) as u8
    })
}

/// `colour`, lighter or darker by a factor.
pub(crate) fn scaled(colour: Rgb, factor: f32) -> Rgb {
    colour.map(|c| (f32::from(c) * factor).clamp(0.0, 255.0) as u8)
}

/// Takes the dots of the font and draws each as a square.
struct Dots<'a> {
    canvas: &'a mut Canvas,
    at: (f32, f32),
    scale: f32,
    colour: Rgb,
}

impl OriginDimensions for Dots<'_> {
    fn size(&self) -> Size {
        Size::new(self.canvas.width as u32, self.canvas.height as u32)
    }
}

impl DrawTarget for Dots<'_> {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        dots: I,
    ) -> Result<(), Self::Error> {
        for Pixel(dot, _) in dots.into_iter().filter(|Pixel(_, colour)| colour.is_on()) {
            let (x, y) = (
                self.at.0 + dot.x as f32 * self.scale,
                self.at.1 + dot.y as f32 * self.scale,
            );
            self.canvas.rect(
                [x.floor(), y.floor(), self.scale, self.scale],
                0.0,
                self.colour,
                1.0,
            );
        }
        Ok(())
    }
}
