//! Scenes, cards and poses that several samples share.

use qrcode::EcLevel;

use super::{Encoder, Media};
use crate::backdrop::Place;
use crate::canvas::Rgb;
use crate::card::Style;
use crate::overlay::Overlay;
use crate::people::Host;
use crate::pose::{Motion, Pose};
use crate::scene::Scene;

/// 720p.
pub(super) const HD: (usize, usize) = (1280, 720);

/// A clip just long enough for two keyframes.
pub(super) fn clip(kbps: u32, encoder: Encoder) -> Media {
    Media::Clip {
        ms: 2600,
        kbps,
        encoder,
        tone: false,
    }
}

/// A seller before a shelf, on a quiet camera.
pub(super) fn shop(seed: u64, look: usize) -> Scene {
    Scene {
        place: Place::Shop,
        host: Some(host(0.42, 0.36, look)),
        overlay: Some(chat("AUTUMN SALE  -30% UNTIL MIDNIGHT", [186, 52, 60])),
        grain: 3.0,
        pan: 10.0,
        seed,
    }
}

/// A seller by night, on a restless camera.
pub(super) fn market(seed: u64, look: usize) -> Scene {
    Scene {
        place: Place::Market,
        host: Some(host(0.36, 0.38, look)),
        overlay: Some(chat("", [0; 3])),
        grain: 5.0,
        pan: 24.0,
        seed,
    }
}

/// Plain white paper with the quiet zone that the standard asks for.
pub(super) const WHITE_CARD: Style = Style {
    ink: [26, 24, 28],
    paper: [246, 244, 240],
    body: [246, 244, 240],
    quiet: 4,
    margin: 0,
    title: "",
    level: EcLevel::M,
    sticker: 0.0,
};

/// Paper with a title.
pub(super) const TITLED: Style = Style {
    title: "Add me",
    ..WHITE_CARD
};

/// A merchant's card, in green.
pub(super) const GREEN_CARD: Style = Style {
    body: [34, 172, 88],
    margin: 3,
    quiet: 3,
    title: "Scan to pay",
    ..WHITE_CARD
};

/// A merchant's card, in blue.
pub(super) const BLUE_CARD: Style = Style {
    body: [24, 118, 230],
    margin: 3,
    quiet: 3,
    title: "Pay here",
    ..WHITE_CARD
};

/// A telephone that shows its code.
pub(super) const PHONE: Style = Style {
    body: [18, 18, 22],
    margin: 2,
    quiet: 4,
    title: "My code",
    level: EcLevel::L,
    ..WHITE_CARD
};

/// A hand that tries to hold still.
pub(super) const HELD: Motion = Motion {
    sway: 26.0,
    turn: 9.0,
    tremor: 5.0,
    spin: 0.0,
};

/// Flat, straight, `module` px a module.
pub(super) fn flat(x: f32, y: f32, module: f32) -> Pose {
    tilted(x, y, module, 0.0, 0.0, 0.0)
}

/// Turned by degrees in the picture, about the vertical axis and about the horizontal one.
pub(super) fn tilted(x: f32, y: f32, module: f32, roll: f32, yaw: f32, pitch: f32) -> Pose {
    Pose {
        centre: (x, y),
        module,
        roll,
        yaw,
        pitch,
    }
}

/// The interface, with a banner unless its text is empty.
pub(super) fn chat(banner: &'static str, accent: [u8; 3]) -> Overlay {
    Overlay {
        chat: true,
        banner,
        accent,
    }
}

/// A host in one of a few looks.
pub(super) fn host(x: f32, head: f32, look: usize) -> Host {
    let looks: [(Rgb, Rgb, Rgb); 4] = [
        ([224, 178, 150], [44, 32, 28], [92, 122, 168]),
        ([158, 108, 80], [26, 22, 22], [196, 148, 70]),
        ([236, 196, 172], [120, 78, 44], [150, 64, 76]),
        ([206, 158, 120], [30, 28, 32], [58, 60, 70]),
    ];
    let (skin, hair, shirt) = looks[look % looks.len()];
    Host {
        x,
        head,
        skin,
        hair,
        shirt,
        chequered: false,
    }
}
