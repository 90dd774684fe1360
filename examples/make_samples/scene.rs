//! One frame: backdrop, host, cards, camera, and the overlay above them.

use crate::backdrop::{self, OVERSIZE, Place};
use crate::canvas::{Canvas, Rgb};
use crate::card::{Card, Style};
use crate::noise::{self, Grain, Rng};
use crate::overlay::Overlay;
use crate::people::{self, Host};
use crate::pose::{Motion, Pose};

/// Everything that a sample's pictures are made of.
pub(crate) struct Scene {
    pub(crate) place: Place,
    pub(crate) host: Option<Host>,
    pub(crate) overlay: Option<Overlay>,
    /// Standard deviation of the sensor's noise in grey levels.
    pub(crate) grain: f32,
    /// px that the camera wanders; 0 = on a stand.
    pub(crate) pan: f32,
    pub(crate) seed: u64,
}

/// A code in the picture.
#[derive(Clone)]
pub(crate) struct Prop {
    pub(crate) payload: Vec<u8>,
    pub(crate) style: Style,
    pub(crate) pose: Pose,
    pub(crate) motion: Motion,
    pub(crate) hold: Hold,
    /// Out of focus by so many px.
    pub(crate) blur: usize,
    /// First and last ms that show it.
    pub(crate) shown: (u32, u32),
}

/// What carries a code.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Hold {
    /// Laid over the picture by the streaming program.
    Overlay,
    /// Held into the camera.
    Hand,
    /// Lies or hangs in the scene.
    Fixed,
}

const SKIN: Rgb = [222, 172, 140];

/// Draws the frames of one sample, in order.
pub(crate) struct Stage<'a> {
    scene: &'a Scene,
    backdrop: Canvas,
    cards: Vec<(&'a Prop, Card)>,
    grain: Grain,
    rng: Rng,
    size: (usize, usize),
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        scene: &'a Scene,
        props: &'a [Prop],
        width: usize,
        height: usize,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            scene,
            backdrop: backdrop::draw(scene.place, width, height, scene.seed),
            cards: props
                .iter()
                .map(|prop| Ok((prop, Card::new(&prop.payload, &prop.style)?)))
                .collect::<anyhow::Result<_>>()?,
            grain: Grain::new(scene.seed, scene.grain),
            rng: Rng::new(scene.seed),
            size: (width, height),
        })
    }

    /// The frame at `ms`.
    pub(crate) fn frame(&mut self, ms: u32) -> Canvas {
        let seconds = ms as f32 / 1000.0;
        let mut canvas = self.background(seconds);
        if let Some(host) = &self.scene.host {
            host.draw(&mut canvas, seconds);
        }
        self.props(&mut canvas, ms, |hold| hold != Hold::Overlay);
        self.camera(&mut canvas, seconds);
        if let Some(overlay) = &self.scene.overlay {
            overlay.draw(&mut canvas, seconds, self.scene.seed);
        }
        self.props(&mut canvas, ms, |hold| hold == Hold::Overlay);
        canvas
    }

    /// The part of the backdrop that the camera sees, with two soft patches of light that drift over it.
    fn background(&self, seconds: f32) -> Canvas {
        let (width, height) = self.size;
        let wander =
            |seed: u64| noise::value(self.scene.seed ^ seed, seconds * 0.5, 0.5) * self.scene.pan;
        let zoom =
            1.0 + 0.0006 * self.scene.pan * noise::value(self.scene.seed ^ 3, seconds * 0.35, 0.5);
        let middle = (
            self.backdrop.width as f32 / 2.0 + wander(1),
            self.backdrop.height as f32 / 2.0 + wander(2),
        );
        let mut canvas = Canvas::new(width, height, [0; 3]);
        let (half_x, half_y) = (width as f32 / 2.0, height as f32 / 2.0);
        if self.scene.place == Place::Game {
            // A game scrolls steadily; it stays inside the margin for the few seconds that a clip lasts.
            let room = (OVERSIZE - 1.0) * half_x;
            let scroll = (seconds * 55.0) % (2.0 * room) - room;
            canvas.paint(canvas.area(), |x, y| {
                (
                    self.backdrop
                        .sample(x - half_x + middle.0 + scroll, y - half_y + middle.1),
                    1.0,
                )
            });
            return canvas;
        }
        canvas.paint(canvas.area(), |x, y| {
            (
                self.backdrop.sample(
                    (x - half_x) * zoom + middle.0,
                    (y - half_y) * zoom + middle.1,
                ),
                1.0,
            )
        });
        for patch in [4, 5] {
            let place = |axis: u64| {
                noise::value(self.scene.seed ^ (patch * 16 + axis), seconds * 0.25, 0.5)
            };
            let (x, y) = (half_x * (1.0 + place(0)), half_y * (1.0 + place(1)));
            let reach = height as f32 * 0.35;
            canvas.paint(
                [x - reach, y - reach, 2.0 * reach, 2.0 * reach],
                |px, py| {
                    let distance = (px - x).hypot(py - y) / reach;
                    ([255, 232, 200], 0.12 * (1.0 - distance).max(0.0))
                },
            );
        }
        canvas
    }

    fn props(&self, canvas: &mut Canvas, ms: u32, belongs: impl Fn(Hold) -> bool) {
        let seconds = ms as f32 / 1000.0;
        let visible =
            |prop: &Prop| belongs(prop.hold) && (prop.shown.0..=prop.shown.1).contains(&ms);
        for (prop, card) in self.cards.iter().filter(|(prop, _)| visible(prop)) {
            // The shutter is open for a third of a frame.
            let exposure = if prop.hold == Hold::Overlay { 1 } else { 3 };
            let poses: Vec<Pose> = (0..exposure)
                .map(|i| prop.motion.at(&prop.pose, seconds + i as f32 / 270.0))
                .collect();
            card.draw(canvas, &poses);
            if prop.blur > 0 {
                let [x, y, w, h] = card.bounds(&poses[0]);
                let rim = 2.0 * prop.blur as f32;
                canvas.blur([x - rim, y - rim, w + 2.0 * rim, h + 2.0 * rim], prop.blur);
            }
            if prop.hold == Hold::Hand {
                let [_, _, width, _] = card.bounds(&poses[0]);
                let shirt = self.scene.host.map_or([70, 74, 92], |host| host.shirt);
                let skin = self.scene.host.map_or(SKIN, |host| host.skin);
                people::hand(
                    canvas,
                    card.lower_edge(&poses[0], 0.25),
                    width * 0.28,
                    skin,
                    shirt,
                );
            }
        }
    }

    /// What lens and sensor add: a gradient of light that moves, darker corners, noise.
    fn camera(&mut self, canvas: &mut Canvas, seconds: f32) {
        if self.scene.grain == 0.0 {
            return;
        }
        let (width, height) = (canvas.width, canvas.height);
        let (sin, cos) = (seconds * 0.4 + self.scene.seed as f32).sin_cos();
        for y in 0..height {
            let noise = self.grain.row(&mut self.rng, width);
            let v = y as f32 / height as f32 - 0.5;
            let row = &mut canvas.pixels[y * width..(y + 1) * width];
            for (x, (pixel, &noise)) in row.iter_mut().zip(noise).enumerate() {
                let u = x as f32 / width as f32 - 0.5;
                let light = 1.0 + 0.14 * (u * cos + v * sin) - 0.30 * (u * u + v * v);
                *pixel = pixel
                    .map(|c| (f32::from(c) * light + f32::from(noise)).clamp(0.0, 255.0) as u8);
            }
        }
    }
}
