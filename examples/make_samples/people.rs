//! The host of the stream and the hand that holds a card: a few lit ellipses that move.

use crate::canvas::{Canvas, Rgb, scaled};
use crate::noise;

/// The host, as seen in one stream.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    /// The middle of the host as a share of the frame's width.
    pub(crate) x: f32,
    /// Height of the head as a share of the frame's height.
    pub(crate) head: f32,
    pub(crate) skin: Rgb,
    pub(crate) hair: Rgb,
    pub(crate) shirt: Rgb,
    /// A chequered shirt: black and white squares that move, as codes do.
    pub(crate) chequered: bool,
}

impl Host {
    /// Draws the host as he or she sits at `seconds`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, seconds: f32) {
        let (width, height) = (canvas.width as f32, canvas.height as f32);
        let h = self.head * height;
        let drift = |seed: u64, speed: f32| noise::value(seed, seconds * speed, 0.5);
        let x = width * self.x + drift(11, 0.9) * h * 0.22;
        let y = height - h * 1.75 + drift(12, 0.8) * h * 0.06;
        let nod = drift(13, 1.7) * h * 0.05;
        self.torso(canvas, x, y, h);
        canvas.rect(
            [x - h * 0.15, y + h * 0.3, h * 0.3, h * 0.38],
            h * 0.1,
            scaled(self.skin, 0.82),
            1.0,
        );
        canvas.ellipse((x, y - h * 0.08), (h * 0.42, h * 0.52), 0.0, self.hair, 3.0);
        canvas.ellipse(
            (x + nod, y + h * 0.05),
            (h * 0.33, h * 0.43),
            0.0,
            self.skin,
            2.0,
        );
        canvas.ellipse(
            (x + nod * 0.4, y - h * 0.33),
            (h * 0.36, h * 0.19),
            -6.0,
            self.hair,
            4.0,
        );
        let blink = if (seconds * 0.45).fract() < 0.05 {
            0.15
        } else {
            1.0
        };
        for side in [-1.0, 1.0] {
            let eye = (x + nod * 1.5 + side * h * 0.135, y - h * 0.01);
            canvas.ellipse(
                eye,
                (h * 0.055, h * 0.034 * blink),
                0.0,
                [238, 234, 230],
                1.5,
            );
            canvas.ellipse(eye, (h * 0.026, h * 0.030 * blink), 0.0, [44, 32, 28], 1.5);
            canvas.ellipse(
                (eye.0, eye.1 - h * 0.085),
                (h * 0.08, h * 0.016),
                side * 3.0,
                scaled(self.hair, 0.8),
                1.5,
            );
            canvas.ellipse(
                (eye.0 + side * h * 0.05, y + h * 0.17),
                (h * 0.07, h * 0.04),
                0.0,
                redder(self.skin),
                9.0,
            );
        }
        canvas.ellipse(
            (x + nod * 1.9, y + h * 0.11),
            (h * 0.035, h * 0.07),
            0.0,
            scaled(self.skin, 0.9),
            4.0,
        );
        let talk = 0.018 + 0.03 * noise::value(14, seconds * 7.0, 0.5).abs();
        canvas.ellipse(
            (x + nod * 1.6, y + h * 0.27),
            (h * 0.105, h * talk),
            0.0,
            [146, 60, 58],
            2.0,
        );
    }

    fn torso(&self, canvas: &mut Canvas, x: f32, y: f32, h: f32) {
        let (middle, reach_x, reach_y) = (y + h * 1.72, h * 1.02, h * 1.15);
        let square = h * 0.055;
        canvas.paint(
            [x - reach_x, middle - reach_y, 2.0 * reach_x, 2.0 * reach_y],
            |px, py| {
                let (dx, dy) = ((px - x) / reach_x, (py - middle) / reach_y);
                let inside = (1.0 - (dx.powi(4) + dy.powi(4)).sqrt()) * 40.0;
                let fold = 1.0
                    + 0.20 * noise::fractal(15, (px - x) / h * 2.2, (py - y) / h * 1.3, 4)
                    - 0.25 * dx;
                let odd = ((px - x + 900.0 * square) / square) as i32
                    + ((py - y + 900.0 * square) / square) as i32;
                let cloth = if self.chequered && odd % 2 == 0 {
                    [238, 238, 234]
                } else {
                    self.shirt
                };
                (scaled(cloth, fold), inside.clamp(0.0, 1.0))
            },
        );
    }
}

/// A hand that comes from below and holds something at `grip`; `size` is the breadth of the hand in px.
pub(crate) fn hand(canvas: &mut Canvas, grip: (f32, f32), size: f32, skin: Rgb, sleeve: Rgb) {
    let (x, y) = grip;
    let floor = canvas.height as f32;
    let wrist = (x + size * 0.35, y + size * 1.5);
    let length = (floor - wrist.1).max(0.0) + size;
    canvas.ellipse(
        (wrist.0 + size * 0.3, wrist.1 + length * 0.5),
        (size * 0.34, length * 0.75),
        -8.0,
        scaled(skin, 0.86),
        2.0,
    );
    canvas.ellipse(
        (wrist.0 + size * 0.45, wrist.1 + length),
        (size * 0.6, length * 0.62),
        -8.0,
        sleeve,
        3.0,
    );
    canvas.ellipse(
        (x + size * 0.2, y + size * 0.72),
        (size * 0.52, size * 0.66),
        -10.0,
        scaled(skin, 0.95),
        2.0,
    );
    for finger in 0..3 {
        let across = size * (0.14 + 0.27 * finger as f32);
        canvas.ellipse(
            (x + across, y + size * 0.34),
            (size * 0.13, size * 0.42),
            14.0,
            scaled(skin, 0.9 - 0.03 * finger as f32),
            1.5,
        );
    }
    canvas.ellipse(
        (x - size * 0.12, y + size * 0.08),
        (size * 0.17, size * 0.44),
        -16.0,
        skin,
        1.5,
    );
    canvas.ellipse(
        (x - size * 0.2, y - size * 0.2),
        (size * 0.09, size * 0.12),
        -16.0,
        redder(scaled(skin, 1.12)),
        1.5,
    );
}

fn redder([r, g, b]: Rgb) -> Rgb {
    [r, (f32::from(g) * 0.88) as u8, (f32::from(b) * 0.88) as u8]
}
