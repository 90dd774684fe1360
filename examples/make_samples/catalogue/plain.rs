//! Codes as most streams show them.

use super::kit::{
    GREEN_CARD, HD, HELD, PHONE, TITLED, chat, clip, flat, host, market, shop, tilted,
};
use super::{Code, END, Encoder, Sample};
use crate::backdrop::Place;
use crate::payloads;
use crate::scene::Scene;

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) fn samples() -> Vec<Sample> {
    let gbk = encoding_rs::GBK.encode(payloads::CHINESE).0.into_owned();
    vec![
        Sample {
            file: "static-overlay.mp4",
            covers: &["static-overlay", "off-platform"],
            tactic: "overlay",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::ZeroLatency),
            scene: shop(101, 0),
            codes: vec![
                Code::new(payloads::SHOP, "web-link", flat(1120.0, 560.0, 6.0)).shown(500, END),
            ],
        },
        Sample {
            file: "on-platform.mp4",
            covers: &["on-platform", "static-overlay"],
            tactic: "overlay",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::ZeroLatency),
            scene: Scene {
                overlay: Some(chat("TODAY: LINEN SHIRTS", [40, 96, 150])),
                ..shop(102, 1)
            },
            codes: vec![
                Code::new(
                    payloads::PLATFORM_ITEM,
                    "web-link",
                    flat(1130.0, 200.0, 5.0),
                )
                .on_platform(),
            ],
        },
        Sample {
            file: "small-corner.mp4",
            covers: &["small-corner", "contact"],
            tactic: "small-overlay",
            sampling: None,
            size: (1920, 1080),
            media: clip(2600, Encoder::BFrames),
            scene: Scene {
                place: Place::Game,
                host: None,
                pan: 0.0,
                grain: 1.0,
                ..shop(103, 0)
            },
            codes: vec![Code::new(
                payloads::WHATSAPP,
                "whatsapp-contact",
                flat(1850.0, 1012.0, 3.0),
            )],
        },
        Sample {
            file: "tiny-overlay.mp4",
            covers: &["tiny"],
            tactic: "small-overlay",
            sampling: None,
            size: (640, 360),
            media: clip(600, Encoder::ZeroLatency),
            scene: Scene {
                overlay: Some(chat("", [0; 3])),
                ..shop(104, 2)
            },
            codes: vec![Code::new(
                payloads::SMALL_SHOP,
                "web-link",
                flat(594.3, 312.6, 1.7),
            )],
        },
        Sample {
            file: "pix.mp4",
            covers: &["emv", "off-platform-payment"],
            tactic: "held-card",
            sampling: None,
            size: HD,
            media: clip(1700, Encoder::ZeroLatency),
            scene: market(105, 1),
            codes: vec![
                Code::new(
                    &payloads::pix(),
                    "pix",
                    tilted(900.0, 330.0, 7.0, 3.0, 9.0, -4.0),
                )
                .style(PHONE)
                .held(HELD),
            ],
        },
        Sample {
            file: "wechat-pay.mp4",
            covers: &["wechat-pay", "off-platform-payment"],
            tactic: "held-card",
            sampling: None,
            size: HD,
            media: clip(1600, Encoder::ZeroLatency),
            scene: market(106, 3),
            codes: vec![
                Code::new(
                    payloads::WECHAT_PAY,
                    "wechat-pay-personal",
                    tilted(900.0, 330.0, 7.0, -4.0, -8.0, 3.0),
                )
                .style(GREEN_CARD)
                .held(HELD),
            ],
        },
        Sample {
            file: "two-codes.mp4",
            covers: &["two-codes", "contact", "on-platform"],
            tactic: "two-codes",
            sampling: None,
            size: HD,
            media: clip(1700, Encoder::ZeroLatency),
            scene: Scene {
                host: Some(host(0.30, 0.34, 2)),
                ..shop(107, 2)
            },
            codes: vec![
                Code::new(
                    payloads::PLATFORM_ROOM,
                    "web-link",
                    flat(1150.0, 190.0, 5.0),
                )
                .on_platform(),
                Code::new(
                    payloads::WECHAT_CONTACT_2,
                    "wechat-contact",
                    tilted(770.0, 350.0, 7.0, 5.0, 10.0, 0.0),
                )
                .style(TITLED)
                .held(HELD),
            ],
        },
        Sample {
            file: "gbk-payload.mp4",
            covers: &["gbk", "off-platform"],
            tactic: "overlay",
            sampling: None,
            size: HD,
            media: clip(1500, Encoder::BFrames),
            scene: shop(108, 3),
            codes: vec![
                Code::new(payloads::CHINESE, "web-link", flat(1110.0, 540.0, 5.0)).bytes(gbk),
            ],
        },
    ]
}
