//! Codes that are turned, moved, mirrored or inverted.

use super::kit::{
    BLUE_CARD, HD, HELD, TITLED, WHITE_CARD, chat, clip, flat, host, market, shop, tilted,
};
use super::{Code, Encoder, Media, Sample};
use crate::backdrop::Place;
use crate::card::Style;
use crate::payloads;
use crate::pose::Motion;
use crate::scene::Scene;

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) fn samples() -> Vec<Sample> {
    let inverted = Style {
        ink: [236, 238, 242],
        paper: [22, 24, 34],
        body: [22, 24, 34],
        ..WHITE_CARD
    };
    vec![
        Sample {
            file: "held-card.mp4",
            covers: &["moving-card", "perspective", "contact", "audio"],
            tactic: "held-card",
            sampling: None,
            size: HD,
            media: Media::Clip {
                ms: 3000,
                kbps: 1800,
                encoder: Encoder::BFrames,
                tone: true,
            },
            scene: Scene {
                pan: 18.0,
                ..shop(201, 1)
            },
            codes: vec![
                Code::new(
                    payloads::WECHAT_CONTACT,
                    "wechat-contact",
                    tilted(860.0, 360.0, 6.5, -9.0, 24.0, -12.0),
                )
                .style(TITLED)
                .held(Motion {
                    sway: 46.0,
                    turn: 12.0,
                    tremor: 9.0,
                    spin: 0.0,
                }),
            ],
        },
        Sample {
            file: "inverted.mp4",
            covers: &["inverted", "off-platform-payment"],
            tactic: "inverted",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::ZeroLatency),
            scene: Scene {
                place: Place::Game,
                host: None,
                pan: 0.0,
                grain: 1.0,
                ..shop(202, 0)
            },
            codes: vec![Code::new(payloads::UPI, "upi", flat(1100.0, 520.0, 6.0)).style(inverted)],
        },
        Sample {
            file: "mirrored.mp4",
            covers: &["mirrored", "portrait", "contact"],
            tactic: "mirrored",
            sampling: None,
            size: (720, 1280),
            media: clip(1600, Encoder::ZeroLatency),
            scene: Scene {
                host: Some(host(0.42, 0.26, 2)),
                ..market(203, 2)
            },
            codes: vec![
                Code::new(
                    payloads::LINE,
                    "line-contact",
                    tilted(470.0, 860.0, -8.0, 4.0, -10.0, 5.0),
                )
                .style(WHITE_CARD)
                .held(HELD),
            ],
        },
        Sample {
            file: "rotated.mp4",
            covers: &["rotated", "off-platform-payment"],
            tactic: "rotated",
            sampling: None,
            size: HD,
            media: clip(1600, Encoder::BFrames),
            scene: Scene {
                place: Place::Table,
                host: None,
                overlay: Some(chat("", [0; 3])),
                ..shop(204, 0)
            },
            codes: vec![
                Code::new(
                    payloads::ALIPAY,
                    "alipay-personal",
                    tilted(720.0, 350.0, 8.0, 31.0, 6.0, -8.0),
                )
                .style(BLUE_CARD)
                .held(Motion {
                    sway: 8.0,
                    turn: 2.0,
                    tremor: 2.0,
                    spin: 7.0,
                }),
            ],
        },
    ]
}
