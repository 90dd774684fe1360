//! The table of samples: what each shows, how it is filmed and encoded, and what must be found in it.

mod brief;
mod kit;
mod plain;
mod stills;
mod turned;
mod without;

use crate::card::Style;
use crate::pose::{Motion, Pose, STILL};
use crate::scene::{Hold, Prop, Scene};

/// One file of the collection.
pub(crate) struct Sample {
    pub(crate) file: &'static str,
    /// What it is there for; `tests/it/samples.rs` knows which of these there must be.
    pub(crate) covers: &'static [&'static str],
    /// How it tries to get past: what a replay counts its codes under.
    pub(crate) tactic: &'static str,
    /// How a replay has to sample it, where the default cannot see what is in it.
    pub(crate) sampling: Option<&'static str>,
    pub(crate) size: (usize, usize),
    pub(crate) media: Media,
    pub(crate) scene: Scene,
    pub(crate) codes: Vec<Code>,
}

/// How the pictures are kept.
#[derive(Clone, Copy)]
pub(crate) enum Media {
    Clip {
        ms: u32,
        kbps: u32,
        encoder: Encoder,
        /// A sine tone as the sound.
        tone: bool,
    },
    /// The frame at so many ms, lossless.
    Png(u32),
    /// The frame at so many ms, at this quality (1 to 100).
    Jpeg(u32, u8),
}

/// How the H.264 encoder is set.
#[derive(Clone, Copy)]
pub(crate) enum Encoder {
    /// Nothing is held back: no B-frames, no look-ahead, as broadcasters that chat with viewers set it.
    ZeroLatency,
    /// B-frames and look-ahead, as a transcoder sets it.
    BFrames,
}

/// A code and its label.
pub(crate) struct Code {
    pub(crate) prop: Prop,
    /// The payload as text; none where it cannot be read by anybody.
    pub(crate) text: Option<String>,
    pub(crate) class: &'static str,
    pub(crate) scheme: Option<&'static str>,
    pub(crate) required: bool,
}

/// To the last frame.
pub(crate) const END: u32 = u32::MAX;

impl Code {
    /// A code that leads off the platform and can be read, laid over the picture for the whole clip.
    fn new(text: &str, scheme: &'static str, pose: Pose) -> Self {
        let prop = Prop {
            payload: text.as_bytes().to_vec(),
            style: kit::WHITE_CARD,
            pose,
            motion: STILL,
            hold: Hold::Overlay,
            blur: 0,
            shown: (0, END),
        };
        Self {
            prop,
            text: Some(text.to_owned()),
            class: "off_platform",
            scheme: Some(scheme),
            required: true,
        }
    }

    fn bytes(mut self, payload: Vec<u8>) -> Self {
        self.prop.payload = payload;
        self
    }

    fn style(mut self, style: Style) -> Self {
        self.prop.style = style;
        self
    }

    fn held(mut self, motion: Motion) -> Self {
        (self.prop.hold, self.prop.motion) = (Hold::Hand, motion);
        self
    }

    fn fixed(mut self) -> Self {
        self.prop.hold = Hold::Fixed;
        self
    }

    fn shown(mut self, from_ms: u32, to_ms: u32) -> Self {
        self.prop.shown = (from_ms, to_ms);
        self
    }

    fn blurred(mut self, px: usize) -> Self {
        self.prop.blur = px;
        self
    }

    fn on_platform(mut self) -> Self {
        self.class = "on_platform";
        self
    }

    /// There is a code, and nobody can say what is in it.
    fn unreadable(self) -> Self {
        Self {
            text: None,
            scheme: None,
            class: "unknown",
            required: false,
            ..self
        }
    }
}

/// All samples, in the order of the manifest.
pub(crate) fn all() -> Vec<Sample> {
    [
        plain::samples(),
        turned::samples(),
        brief::samples(),
        without::samples(),
        stills::samples(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
