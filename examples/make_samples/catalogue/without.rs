//! No code, or none that can be read.

use qrcode::EcLevel;

use super::kit::{HD, HELD, WHITE_CARD, clip, host, market, shop, tilted};
use super::{Code, Encoder, Sample};
use crate::backdrop::Place;
use crate::card::Style;
use crate::payloads;
use crate::people::Host;
use crate::scene::Scene;

pub(super) fn samples() -> Vec<Sample> {
    let covered = Style {
        sticker: 0.62,
        level: EcLevel::L,
        ..WHITE_CARD
    };
    vec![
        Sample {
            file: "no-code.mp4",
            covers: &["no-code"],
            tactic: "no-code",
            sampling: None,
            size: HD,
            media: clip(1600, Encoder::ZeroLatency),
            scene: Scene {
                pan: 30.0,
                ..market(401, 1)
            },
            codes: vec![],
        },
        Sample {
            file: "code-like-textures.mp4",
            covers: &["no-code", "texture"],
            tactic: "no-code",
            sampling: None,
            size: HD,
            media: clip(2000, Encoder::BFrames),
            scene: Scene {
                place: Place::Texture,
                host: Some(Host {
                    chequered: true,
                    shirt: [24, 26, 34],
                    ..host(0.45, 0.36, 0)
                }),
                pan: 22.0,
                ..shop(402, 0)
            },
            codes: vec![],
        },
        Sample {
            file: "unreadable-blurred.mp4",
            covers: &["unreadable"],
            tactic: "unreadable",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::ZeroLatency),
            scene: Scene {
                pan: 16.0,
                ..market(403, 3)
            },
            codes: vec![
                Code::new(
                    payloads::HIDDEN,
                    "web-link",
                    tilted(880.0, 340.0, 5.0, 6.0, 14.0, 0.0),
                )
                .held(HELD)
                .blurred(5)
                .unreadable(),
            ],
        },
        Sample {
            file: "unreadable-covered.mp4",
            covers: &["unreadable", "covered"],
            tactic: "unreadable",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::BFrames),
            scene: shop(404, 2),
            codes: vec![
                Code::new(
                    payloads::HIDDEN,
                    "web-link",
                    tilted(880.0, 340.0, 7.0, -5.0, -10.0, 0.0),
                )
                .style(covered)
                .held(HELD)
                .unreadable(),
            ],
        },
    ]
}
