//! What the streaming program lays over the camera's picture: chat, badges, a banner, hearts. Crisp, and
//! without the camera's noise, as in a real stream.

use crate::canvas::{Canvas, Rgb, scaled};
use crate::noise::Rng;

/// Which parts of the interface a stream shows.
#[derive(Clone, Copy)]
pub(crate) struct Overlay {
    pub(crate) chat: bool,
    /// Text of the banner at the top; none where empty.
    pub(crate) banner: &'static str,
    pub(crate) accent: Rgb,
}

const NAMES: [&str; 8] = [
    "mina_88",
    "old.tom",
    "Ferro",
    "k a t y a",
    "lumi",
    "pedro.rj",
    "sunny",
    "wei_w",
];
const SAYINGS: [&str; 12] = [
    "how much is the blue one?",
    "hello from Porto",
    "sound is a bit low",
    "can you show the back?",
    "+1",
    "ordered two, thank you!",
    "is it real leather",
    "when do you ship?",
    "lol",
    "size 42 please",
    "first time here",
    "do you have it in green",
];

impl Overlay {
    /// Draws the interface as it is at `seconds`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, seconds: f32, seed: u64) {
        let (width, height) = (canvas.width as f32, canvas.height as f32);
        let small = height.min(width) < 500.0;
        canvas.rect([16.0, 14.0, 74.0, 30.0], 6.0, [214, 44, 52], 1.0);
        canvas.text((32.0, 19.0), 1, [255, 255, 255], "LIVE");
        canvas.rect([98.0, 14.0, 92.0, 30.0], 6.0, [0, 0, 0], 0.45);
        let viewers = 1204 + (seconds * 3.0) as u32 + (seed % 700) as u32;
        canvas.text((112.0, 19.0), 1, [240, 240, 240], &format!("{viewers:>6}"));
        if !self.banner.is_empty() {
            let room = 10.0 * self.banner.len() as f32;
            let scale = if 2.0 * room + 60.0 < width - 420.0 {
                2
            } else {
                1
            };
            let (w, h) = (room * scale as f32 + 48.0, 20.0 * scale as f32 + 22.0);
            let left = if small {
                width - w - 12.0
            } else {
                (width - w) / 2.0
            };
            canvas.rect([left, 12.0, w, h], 10.0, self.accent, 0.88);
            canvas.rect([left, 12.0, w, h * 0.4], 10.0, [255, 255, 255], 0.10);
            canvas.text((left + 24.0, 23.0), scale, [255, 250, 240], self.banner);
        }
        if self.chat {
            chat(canvas, seconds, seed, if small { 4 } else { 7 });
        }
    }
}

/// The newest lines at the bottom; a new one every 1.3 s pushes the others up.
fn chat(canvas: &mut Canvas, seconds: f32, seed: u64, lines: usize) {
    let step = 34.0;
    let newest = (seconds / 1.3) as u64 + 20;
    for age in 0..lines {
        let mut rng = Rng::new(seed ^ (newest - age as u64) << 8);
        let (name, saying) = (rng.pick(&NAMES), rng.pick(&SAYINGS));
        let colour = rng.pick(&[
            [255, 196, 92],
            [128, 208, 255],
            [170, 236, 150],
            [255, 150, 170],
        ]);
        let y = canvas.height as f32 - 26.0 - step * (age as f32 + 1.0);
        let fade = 1.0 - 0.1 * age as f32;
        let width = 10.0 * (name.len() + saying.len() + 2) as f32 + 20.0;
        canvas.rect([14.0, y, width, 28.0], 9.0, [10, 10, 16], 0.42 * fade);
        canvas.text((24.0, y + 4.0), 1, scaled(colour, fade), name);
        canvas.text(
            (34.0 + 10.0 * name.len() as f32, y + 4.0),
            1,
            scaled([244, 244, 244], fade),
            saying,
        );
    }
}
