//! The still pictures.

use super::kit::{WHITE_CARD, chat, flat, host, tilted};
use super::{Code, Media, Sample};
use crate::backdrop::Place;
use crate::card::Style;
use crate::payloads;
use crate::scene::Scene;

pub(super) fn samples() -> Vec<Sample> {
    let sticker = Style {
        title: "Join the group",
        margin: 2,
        body: [242, 206, 88],
        ..WHITE_CARD
    };
    let faint = Style {
        ink: [120, 116, 112],
        paper: [176, 172, 166],
        body: [176, 172, 166],
        ..WHITE_CARD
    };
    let table = |seed| Scene {
        place: Place::Table,
        host: None,
        overlay: None,
        grain: 4.0,
        pan: 0.0,
        seed,
    };
    vec![
        Sample {
            file: "screenshot.png",
            covers: &["still", "screenshot", "on-platform"],
            tactic: "overlay",
            sampling: None,
            size: (960, 540),
            media: Media::Png(900),
            // No noise: it would only swell the file, and a screenshot has been through an encoder anyway.
            scene: Scene {
                place: Place::Shop,
                host: Some(host(0.45, 0.36, 1)),
                overlay: Some(chat("NEW IN: WINTER COATS", [70, 50, 120])),
                grain: 0.0,
                pan: 0.0,
                seed: 501,
            },
            codes: vec![
                Code::new(payloads::PLATFORM_ITEM, "web-link", flat(850.0, 430.0, 4.0))
                    .on_platform(),
            ],
        },
        Sample {
            file: "photo.jpg",
            covers: &["still", "photo", "perspective", "group-invite"],
            tactic: "printed",
            sampling: None,
            size: (1200, 900),
            media: Media::Jpeg(0, 82),
            scene: table(502),
            codes: vec![
                Code::new(
                    payloads::TELEGRAM_GROUP,
                    "telegram-group",
                    tilted(600.0, 430.0, 9.0, -14.0, 12.0, 38.0),
                )
                .style(sticker)
                .fixed(),
            ],
        },
        Sample {
            file: "photo-faint.jpg",
            covers: &["still", "photo", "low-contrast"],
            tactic: "low-contrast",
            sampling: None,
            size: (1200, 900),
            media: Media::Jpeg(0, 60),
            scene: Scene {
                place: Place::Market,
                grain: 7.0,
                ..table(503)
            },
            codes: vec![
                Code::new(
                    payloads::LINE,
                    "line-contact",
                    tilted(640.0, 520.0, 5.0, 22.0, -20.0, 24.0),
                )
                .style(faint)
                .fixed()
                .blurred(1),
            ],
        },
        Sample {
            file: "photo-no-code.jpg",
            covers: &["still", "photo", "no-code"],
            tactic: "no-code",
            sampling: None,
            size: (1200, 900),
            media: Media::Jpeg(700, 82),
            scene: Scene {
                place: Place::Market,
                host: Some(host(0.55, 0.36, 2)),
                grain: 4.0,
                ..table(504)
            },
            codes: vec![],
        },
    ]
}
