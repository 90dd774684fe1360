//! What is behind everything: one large picture per scene, drawn once, that the camera pans and zooms over.

mod textures;

use crate::canvas::{Canvas, Rgb, mix, scaled};
use crate::noise::{self, Rng};

/// The place of a scene.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// A shelf with goods, out of focus.
    Shop,
    /// A stall by night: dark, with lamps.
    Market,
    /// A table from above.
    Table,
    /// A tiled game world.
    Game,
    /// Blinds, a page of print, a tiled wall: everything that is black and white and is no code.
    Texture,
}

/// The backdrop is this much larger than the frame, which leaves room for panning.
pub(crate) const OVERSIZE: f32 = 1.2;

/// Draws `place` for a frame of `width` x `height` px.
pub(crate) fn draw(place: Place, width: usize, height: usize, seed: u64) -> Canvas {
    let size = |side: usize| (side as f32 * OVERSIZE) as usize + 2;
    let mut canvas = Canvas::new(size(width), size(height), [0; 3]);
    let mut rng = Rng::new(seed);
    match place {
        Place::Shop => shop(&mut canvas, &mut rng, seed),
        Place::Market => market(&mut canvas, &mut rng, seed),
        Place::Table => table(&mut canvas, seed),
        Place::Game => game(&mut canvas, &mut rng, seed),
        Place::Texture => textures::draw(&mut canvas, &mut rng, seed),
    }
    canvas
}

/// Fills the canvas with a gradient from `top` to `bottom` that fractal noise of `strength` roughens;
/// `stretch` is the size of the coarsest grain in px, across and down.
fn wall(
    canvas: &mut Canvas,
    seed: u64,
    [top, bottom]: [Rgb; 2],
    stretch: (f32, f32),
    strength: f32,
) {
    let height = canvas.height as f32;
    canvas.paint(canvas.area(), |x, y| {
        let rough = noise::fractal(seed, x / stretch.0, y / stretch.1, 5);
        (
            scaled(mix(top, bottom, y / height), 1.0 + strength * rough),
            1.0,
        )
    });
}

const GOODS: [Rgb; 8] = [
    [186, 64, 58],
    [58, 104, 160],
    [222, 176, 72],
    [82, 138, 92],
    [206, 200, 190],
    [126, 82, 138],
    [44, 48, 60],
    [224, 132, 96],
];

fn shop(canvas: &mut Canvas, rng: &mut Rng, seed: u64) {
    wall(
        canvas,
        seed,
        [[198, 186, 172], [158, 144, 132]],
        (260.0, 260.0),
        0.10,
    );
    let (width, step) = (canvas.width as f32, canvas.height as f32 / 4.0);
    for shelf in 1..=4 {
        let floor = step * shelf as f32 - step * 0.12;
        let mut x = rng.range(-20.0, 10.0);
        while x < width {
            let (w, h) = (rng.range(0.18, 0.5) * step, rng.range(0.35, 0.78) * step);
            let colour = scaled(rng.pick(&GOODS), rng.range(0.75, 1.1));
            canvas.rect([x, floor - h, w, h], 5.0, colour, 1.0);
            canvas.rect([x, floor - h, w * 0.16, h], 5.0, [255, 255, 255], 0.14);
            canvas.rect(
                [x + w * 0.2, floor - h * 0.7, w * 0.6, h * 0.3],
                2.0,
                scaled(colour, 1.5),
                0.8,
            );
            canvas.rect(
                [x + w * 0.26, floor - h * 0.6, w * 0.45, h * 0.06],
                0.0,
                scaled(colour, 0.5),
                0.8,
            );
            x += w + rng.range(2.0, 26.0);
        }
        canvas.rect([0.0, floor, width, step * 0.07], 0.0, [112, 84, 62], 1.0);
        canvas.rect(
            [0.0, floor + step * 0.07, width, step * 0.06],
            0.0,
            [40, 30, 24],
            0.35,
        );
    }
    canvas.blur(canvas.area(), (step / 60.0) as usize + 1);
}

fn market(canvas: &mut Canvas, rng: &mut Rng, seed: u64) {
    wall(
        canvas,
        seed,
        [[26, 28, 46], [58, 44, 40]],
        (180.0, 140.0),
        0.5,
    );
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    for _ in 0..14 {
        let at = (rng.range(0.0, width), rng.range(height * 0.25, height));
        let radii = (
            rng.range(0.04, 0.12) * height,
            rng.range(0.1, 0.28) * height,
        );
        canvas.ellipse(
            at,
            radii,
            rng.range(-15.0, 15.0),
            scaled(rng.pick(&GOODS), 0.4),
            12.0,
        );
    }
    canvas.blur(canvas.area(), 4);
    for _ in 0..46 {
        let at = (rng.range(0.0, width), rng.range(0.0, height * 0.62));
        let radius = rng.range(0.008, 0.034) * height;
        let colour = rng.pick(&[
            [255, 214, 150],
            [255, 176, 96],
            [250, 120, 96],
            [150, 196, 255],
            [255, 240, 214],
        ]);
        let glow = rng.range(0.25, 0.8);
        canvas.paint(
            [at.0 - radius, at.1 - radius, 2.0 * radius, 2.0 * radius],
            |x, y| {
                let distance = (x - at.0).hypot(y - at.1) / radius;
                (
                    colour,
                    glow * ((1.0 - distance) * 8.0).clamp(0.0, 1.0) * (0.7 + 0.3 * distance),
                )
            },
        );
    }
}

fn table(canvas: &mut Canvas, seed: u64) {
    wall(
        canvas,
        seed,
        [[150, 108, 72], [122, 84, 54]],
        (420.0, 22.0),
        0.22,
    );
    let height = canvas.height as f32;
    canvas.paint(canvas.area(), |_, y| {
        let board = (y / (height / 6.0)).fract();
        ([48, 30, 18], if board < 0.012 { 0.7 } else { 0.0 })
    });
    let (w, h) = (canvas.width as f32, height);
    canvas.ellipse(
        (w * 0.14, h * 0.22),
        (h * 0.15, h * 0.15),
        0.0,
        [232, 228, 220],
        2.0,
    );
    canvas.ellipse(
        (w * 0.14, h * 0.22),
        (h * 0.105, h * 0.105),
        0.0,
        [86, 52, 30],
        2.0,
    );
    canvas.rect(
        [w * 0.74, h * 0.66, w * 0.3, h * 0.4],
        10.0,
        [60, 72, 96],
        1.0,
    );
    for line in 0..7 {
        let y = h * (0.70 + 0.035 * line as f32);
        canvas.rect(
            [
                w * 0.77,
                y,
                w * (0.12 + 0.02 * ((line * 5) % 4) as f32),
                4.0,
            ],
            1.0,
            [206, 212, 224],
            0.7,
        );
    }
    canvas.blur(canvas.area(), 1);
}

fn game(canvas: &mut Canvas, rng: &mut Rng, seed: u64) {
    wall(
        canvas,
        seed,
        [[72, 130, 92], [56, 110, 76]],
        (90.0, 90.0),
        0.25,
    );
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let tile = height / 15.0;
    let (mut x, mut y) = (0.0, 0.0);
    while y < height {
        let ground = noise::fractal(seed ^ 7, x / tile / 5.0, y / tile / 5.0, 3);
        let shade = rng.range(0.88, 1.08);
        if ground > 0.25 {
            canvas.rect([x, y, tile, tile], 0.0, scaled([64, 108, 170], shade), 1.0);
        } else if ground < -0.42 {
            canvas.rect(
                [x + 2.0, y + 2.0, tile - 4.0, tile - 4.0],
                6.0,
                scaled([132, 124, 116], shade),
                1.0,
            );
            canvas.rect(
                [x + 8.0, y + 6.0, tile * 0.4, tile * 0.18],
                3.0,
                [190, 184, 176],
                0.7,
            );
        } else if rng.range(0.0, 1.0) < 0.10 {
            canvas.ellipse(
                (x + tile / 2.0, y + tile / 2.0),
                (tile * 0.5, tile * 0.44),
                0.0,
                [34, 82, 48],
                1.5,
            );
        }
        x += tile;
        if x >= width {
            (x, y) = (0.0, y + tile);
        }
    }
}
