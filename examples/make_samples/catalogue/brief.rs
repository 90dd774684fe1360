//! Codes that are shown for a moment, or that go away and come back.

use super::kit::{HD, chat, clip, flat, market, shop};
use super::{Code, Encoder, Media, Sample};
use crate::payloads;
use crate::scene::Scene;

pub(super) fn samples() -> Vec<Sample> {
    let back = |from, to| {
        Code::new(
            payloads::TELEGRAM_GROUP,
            "telegram-group",
            flat(560.0, 270.0, 4.0),
        )
        .shown(from, to)
    };
    vec![
        Sample {
            file: "flash-on-keyframe.mp4",
            covers: &["flash"],
            tactic: "flash",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::BFrames),
            scene: shop(301, 3),
            codes: vec![
                Code::new(payloads::FLASH_A, "web-link", flat(940.0, 360.0, 7.0)).shown(1800, 2300),
            ],
        },
        Sample {
            file: "flash-between-keyframes.mp4",
            covers: &["flash", "needs-dense-sampling"],
            tactic: "flash",
            sampling: Some("5"),
            size: HD,
            media: clip(1500, Encoder::ZeroLatency),
            scene: market(302, 0),
            codes: vec![
                Code::new(payloads::FLASH_B, "web-link", flat(940.0, 360.0, 7.0)).shown(700, 1200),
            ],
        },
        Sample {
            file: "goes-and-returns.mp4",
            covers: &["returns", "group-invite"],
            tactic: "returns",
            sampling: None,
            size: (640, 360),
            media: Media::Clip {
                ms: 16_500,
                kbps: 260,
                encoder: Encoder::BFrames,
                tone: false,
            },
            scene: Scene {
                pan: 0.0,
                grain: 1.0,
                overlay: Some(chat("", [0; 3])),
                ..shop(303, 1)
            },
            codes: vec![back(1000, 3000), back(14_000, 16_000)],
        },
    ]
}
