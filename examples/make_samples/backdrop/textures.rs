//! What looks like a code to a hasty reader and is none: blinds, print, tiles, and nested squares in the
//! proportions of a finder pattern.

use super::wall;
use crate::canvas::{Canvas, scaled};
use crate::noise::Rng;

/// Draws all of it on one wall.
pub(super) fn draw(canvas: &mut Canvas, rng: &mut Rng, seed: u64) {
    wall(
        canvas,
        seed,
        [[206, 202, 196], [188, 182, 176]],
        (240.0, 240.0),
        0.05,
    );
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let third = width / 3.0;
    canvas.paint([0.0, 0.0, third * 0.9, height], |_, y| {
        let slat = (y / 17.0).fract();
        (
            scaled([232, 230, 222], 0.45 + 0.6 * slat),
            if slat < 0.14 { 0.95 } else { 0.8 },
        )
    });
    canvas.rect(
        [third, 20.0, third * 1.02, height * 0.5],
        2.0,
        [246, 244, 238],
        1.0,
    );
    let words = [
        "stock", "of", "the", "autumn", "sale", "No. 71", "II.", "linen", "and", "wool", "M/L/XL",
        "100%",
    ];
    let (mut x, mut y) = (third + 14.0, 30.0);
    while y < height * 0.5 {
        let word = rng.pick(&words);
        canvas.text((x, y), 1, [36, 34, 40], word);
        x += 10.0 * (word.len() as f32 + 1.0);
        if x > third * 2.0 - 60.0 {
            (x, y) = (third + 14.0, y + 19.0);
        }
    }
    let mut squares = |left: f32, top: f32, side: f32| {
        let ink = scaled([34, 32, 38], rng.range(0.9, 1.3));
        for (inset, colour) in [(0.0, ink), (1.0, [240, 238, 232]), (2.0, ink)] {
            let edge = side * inset / 7.0;
            canvas.rect(
                [
                    left + edge,
                    top + edge,
                    side - 2.0 * edge,
                    side - 2.0 * edge,
                ],
                0.0,
                colour,
                1.0,
            );
        }
    };
    for index in 0..12 {
        let (column, row) = ((index % 4) as f32, (index / 4) as f32);
        squares(third * 2.12 + column * 92.0, 34.0 + row * 96.0, 62.0);
    }
    canvas.paint(
        [third, height * 0.56, width - third, height * 0.44],
        |x, y| {
            let chequer = ((x / 15.0) as i32 + (y / 15.0) as i32) % 2 == 0;
            (
                if chequer {
                    [30, 34, 48]
                } else {
                    [230, 230, 226]
                },
                0.92,
            )
        },
    );
    canvas.blur(canvas.area(), 1);
}
