//! A code on something: paper, a sticker, a telephone. Draws the card once, flat, and then puts it into
//! each frame, blurred by its own movement.

use anyhow::Context;
use qrcode::{EcLevel, QrCode};

use crate::canvas::{Canvas, Rgb};
use crate::pose::{Pose, View, union};

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

/// A code drawn flat.
pub(crate) struct Card {
    texture: Canvas,
    /// The middle of the code in texels.
    middle: (f32, f32),
    /// Half the width and height of the card about that middle, in modules: left, top, right, bottom.
    extent: [f32; 4],
    /// Half a side of the code in modules.
    half: f32,
}

impl Card {
    /// The corners of the code at `pose` in px: its own top left, top right, bottom right, bottom left.
    pub(crate) fn corners(&self, pose: &Pose) -> [[f32; 2]; 4] {
        let view = View::new(pose);
        let near = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        near.map(|(u, v)| view.to_picture(u * self.half, v * self.half).into())
    }

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
            half,
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
