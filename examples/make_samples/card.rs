//! A code on something: paper, a sticker, a telephone. Draws the card once, flat, and then puts it into
//! each frame in perspective, turned, mirrored and blurred by its own movement.

use anyhow::Context;
use qrcode::{EcLevel, QrCode};

use crate::canvas::{Canvas, Rgb};
use crate::noise;

/// Texels per module of the flat card.
const TEXELS: usize = 8;

/// How the card looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// The dark modules (the light ones, where `paper` is darker: an inverted code).
    pub(crate) ink: Rgb,
    /// The light modules and the quiet zone.
    pub(crate) paper: Rgb,
    /// What surrounds the code: the rest of the card.
    pub(crate) body: Rgb,
    /// Quiet zone in modules. The standard wants 4 (ISO/IEC 18004, 9.1); many real cards have less.
    pub(crate) quiet: usize,
    /// Width of the body beside the code, in modules.
    pub(crate) margin: usize,
    /// Written above the code.
    pub(crate) title: &'static str,
    /// Error correction, as the maker of the code chose it.
    pub(crate) level: EcLevel,
    /// A sticker over this share of the code's width, where something covers it.
    pub(crate) sticker: f32,
}

/// Where the middle of the code is, how large, and how it is turned.
#[derive(Clone, Copy)]
pub(crate) struct Pose {
    /// px.
    pub(crate) centre: (f32, f32),
    /// px per module in the middle of the code; negative = mirrored.
    pub(crate) module: f32,
    /// Degrees in the plane of the picture, about the vertical axis, and about the horizontal one.
    pub(crate) roll: f32,
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
}

/// How a pose changes with time: slow sway and a hand's tremor.
#[derive(Clone, Copy)]
pub(crate) struct Motion {
    /// px of sway to each side.
    pub(crate) sway: f32,
    /// Degrees of sway.
    pub(crate) turn: f32,
    /// px of tremor.
    pub(crate) tremor: f32,
    /// Degrees a second of steady turning.
    pub(crate) spin: f32,
}

pub(crate) const STILL: Motion = Motion {
    sway: 0.0,
    turn: 0.0,
    tremor: 0.0,
    spin: 0.0,
};

impl Motion {
    /// The pose at `seconds`.
    pub(crate) fn at(&self, pose: &Pose, seconds: f32) -> Pose {
        let wave = |hertz: f32, phase: f32| (std::f32::consts::TAU * hertz * seconds + phase).sin();
        let shake = |seed: u64| noise::value(seed, seconds * 6.0, 0.5) * self.tremor;
        Pose {
            centre: (
                pose.centre.0 + self.sway * wave(0.31, 0.4) + shake(1),
                pose.centre.1 + self.sway * 0.6 * wave(0.43, 1.9) + shake(2),
            ),
            module: pose.module * (1.0 + 0.0015 * self.sway * wave(0.23, 2.6)),
            roll: pose.roll + self.turn * 0.5 * wave(0.37, 0.2) + self.spin * seconds,
            yaw: pose.yaw + self.turn * wave(0.29, 1.1),
            pitch: pose.pitch + self.turn * 0.7 * wave(0.41, 3.0),
        }
    }
}

/// A code drawn flat.
pub(crate) struct Card {
    texture: Canvas,
    /// The middle of the code in texels.
    middle: (f32, f32),
    /// Half the width and height of the card about that middle, in modules: left, top, right, bottom.
    extent: [f32; 4],
}

impl Card {
    pub(crate) fn new(payload: &[u8], style: &Style) -> anyhow::Result<Self> {
        let code = QrCode::with_error_correction_level(payload, style.level)
            .context("the payload fits no code")?;
        let side = code.width();
        let field = side + 2 * style.quiet;
        let header = if style.title.is_empty() { 0 } else { 6 };
        let (columns, rows) = (field + 2 * style.margin, field + 2 * style.margin + header);
        let texel = |modules: usize| (modules * TEXELS) as f32;
        let mut texture = Canvas::new(columns * TEXELS, rows * TEXELS, style.body);
        let (left, top) = (style.margin, style.margin + header);
        texture.rect(
            [texel(left), texel(top), texel(field), texel(field)],
            0.0,
            style.paper,
            1.0,
        );
        let (left, top) = (left + style.quiet, top + style.quiet);
        for (index, dark) in code.into_colors().into_iter().enumerate() {
            if dark == qrcode::Color::Dark {
                let (x, y) = (left + index % side, top + index / side);
                texture.rect(
                    [texel(x), texel(y), texel(1), texel(1)],
                    0.0,
                    style.ink,
                    1.0,
                );
            }
        }
        let middle = (
            texel(left) + texel(side) / 2.0,
            texel(top) + texel(side) / 2.0,
        );
        if style.sticker > 0.0 {
            sticker(&mut texture, middle, texel(side) * style.sticker / 2.0);
        }
        let scale =
            (texel(columns) * 0.84 / (10.0 * style.title.len().max(1) as f32)).clamp(1.0, 2.0);
        let indent = (texel(columns) - 10.0 * scale.floor() * style.title.len() as f32) / 2.0;
        texture.text(
            (indent, texel(style.margin.min(1)) + 4.0),
            scale as usize,
            contrast(style.body),
            style.title,
        );
        let half = side as f32 / 2.0;
        let [before, above] = [left as f32 + half, top as f32 + half];
        Ok(Self {
            texture,
            middle,
            extent: [
                -before,
                -above,
                columns as f32 - before,
                rows as f32 - above,
            ],
        })
    }

    /// Draws the card as it is seen over the exposure that `poses` sample; their mean is the motion blur.
    pub(crate) fn draw(&self, canvas: &mut Canvas, poses: &[Pose]) {
        let views: Vec<View> = poses.iter().map(View::new).collect();
        let area = views
            .iter()
            .map(|view| view.bounds(self.extent))
            .reduce(union)
            .unwrap_or_default();
        let shares = (views.len() * SUBPIXELS.len()) as f32;
        canvas.paint(area, |x, y| {
            let (mut sum, mut hits) = ([0.0f32; 3], 0.0f32);
            for view in &views {
                for (dx, dy) in SUBPIXELS {
                    let (u, v) = view.to_card(x + dx, y + dy);
                    let [left, top, right, bottom] = self.extent;
                    if u >= left && u < right && v >= top && v < bottom {
                        let texel =
                            |modules: f32, middle: f32| (middle + modules * TEXELS as f32) as usize;
                        let (column, row) = (texel(u, self.middle.0), texel(v, self.middle.1));
                        let colour = self.texture.pixels[row.min(self.texture.height - 1)
                            * self.texture.width
                            + column.min(self.texture.width - 1)];
                        (0..3).for_each(|c| sum[c] += f32::from(colour[c]));
                        hits += 1.0;
                    }
                }
            }
            (
                sum.map(|c| (c / hits.max(1.0)).round() as u8),
                hits / shares,
            )
        });
    }

    /// The box that the card fills in the picture.
    pub(crate) fn bounds(&self, pose: &Pose) -> [f32; 4] {
        View::new(pose).bounds(self.extent)
    }

    /// The lower edge of the card in the picture at `share` (-1 left, 1 right) of its width: where a hand holds it.
    pub(crate) fn lower_edge(&self, pose: &Pose, share: f32) -> (f32, f32) {
        let [left, _, right, bottom] = self.extent;
        View::new(pose).to_picture(
            f32::midpoint(left, right) + share * (right - left) / 2.0,
            bottom,
        )
    }
}

/// Where inside a pixel the card is looked at.
const SUBPIXELS: [(f32, f32); 9] = [
    (-0.33, -0.33),
    (0.0, -0.33),
    (0.33, -0.33),
    (-0.33, 0.0),
    (0.0, 0.0),
    (0.33, 0.0),
    (-0.33, 0.33),
    (0.0, 0.33),
    (0.33, 0.33),
];

fn sticker(texture: &mut Canvas, (x, y): (f32, f32), radius: f32) {
    let (x, y) = (x + radius * 0.55, y + radius * 0.55);
    texture.ellipse((x, y), (radius, radius), 0.0, [236, 150, 40], 2.0);
    texture.text((x - 40.0, y - 20.0), 2, [120, 40, 10], "SALE");
}

fn contrast(colour: Rgb) -> Rgb {
    let light = colour.iter().map(|&c| u32::from(c)).sum::<u32>() > 384;
    if light { [40, 40, 44] } else { [250, 250, 246] }
}

fn union(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let (left, top) = (a[0].min(b[0]), a[1].min(b[1]));
    [
        left,
        top,
        (a[0] + a[2]).max(b[0] + b[2]) - left,
        (a[1] + a[3]).max(b[1] + b[3]) - top,
    ]
}

/// One pose as a projection, both ways. A point of the card is turned in space and seen from a camera
/// that stands `distance` modules away.
struct View {
    /// Rows of the turning matrix: the card's u and v axes in the camera's x, y, z.
    u: [f32; 3],
    v: [f32; 3],
    pose: Pose,
    distance: f32,
}

impl View {
    fn new(pose: &Pose) -> Self {
        let (roll_sin, roll_cos) = pose.roll.to_radians().sin_cos();
        let (yaw_sin, yaw_cos) = pose.yaw.to_radians().sin_cos();
        let (pitch_sin, pitch_cos) = pose.pitch.to_radians().sin_cos();
        let turn = |[x, y]: [f32; 2]| {
            let (x, y) = (x * roll_cos - y * roll_sin, x * roll_sin + y * roll_cos);
            let (y, z) = (y * pitch_cos, y * pitch_sin);
            [x * yaw_cos + z * yaw_sin, y, z * yaw_cos - x * yaw_sin]
        };
        let mirror = pose.module.signum();
        Self {
            u: turn([1.0, 0.0]).map(|c| c * mirror),
            v: turn([0.0, 1.0]),
            pose: *pose,
            distance: 110.0,
        }
    }

    fn to_picture(&self, u: f32, v: f32) -> (f32, f32) {
        let [x, y, depth] = std::array::from_fn(|axis| u * self.u[axis] + v * self.v[axis]);
        let scale = self.pose.module.abs() * self.distance / (self.distance + depth);
        (
            self.pose.centre.0 + x * scale,
            self.pose.centre.1 + y * scale,
        )
    }

    /// The inverse of [`View::to_picture`]: two linear equations in u and v, by Cramer's rule.
    fn to_card(&self, x: f32, y: f32) -> (f32, f32) {
        let scale = self.pose.module.abs() * self.distance;
        let equation = |axis: usize, offset: f32| {
            let offset = offset / scale;
            let factor = |card_axis: &[f32; 3]| card_axis[axis] - offset * card_axis[2];
            [factor(&self.u), factor(&self.v), offset * self.distance]
        };
        let first = equation(0, x - self.pose.centre.0);
        let second = equation(1, y - self.pose.centre.1);
        let cross = |i: usize, j: usize| first[i] * second[j] - first[j] * second[i];
        (cross(2, 1) / cross(0, 1), cross(0, 2) / cross(0, 1))
    }

    fn bounds(&self, [left, top, right, bottom]: [f32; 4]) -> [f32; 4] {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            .map(|(u, v)| self.to_picture(u, v));
        let point = |(x, y): (f32, f32)| [x - 1.0, y - 1.0, 2.0, 2.0];
        corners
            .into_iter()
            .map(point)
            .reduce(union)
            .unwrap_or_default()
    }
}
