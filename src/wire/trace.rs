//! One line of what a stage of a scan saw, for people who work on the reading: no contract.

use serde::Serialize;

use crate::detect::Point;
use crate::detect::trace::{Glance, Outcome, Step};
use crate::wire::event::corners;

/// One thing that a stage saw. Places are x and y in px of the picture.
#[derive(Debug, Serialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[expect(missing_docs, reason = "`detect::trace::Step` says it")]
pub enum Line {
    Look {
        scale: f32,
        sharper: bool,
    },
    Texture {
        corners: [[f32; 2]; 4],
        weave: &'static str,
        module_px: f32,
        likeness: f32,
    },
    Finder {
        centre: [f32; 2],
        module_px: f32,
        inverted: bool,
    },
    Triple {
        centres: [[f32; 2]; 3],
        inverted: bool,
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        fit: Option<f32>,
    },
    Grid {
        corners: [[f32; 2]; 4],
        modules: usize,
        module_px: f32,
        inverted: bool,
        finders: f32,
        timing: f32,
        contrast: f32,
        modulation: f32,
        wrong: f32,
        blank: f32,
        outside: f32,
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    Round {
        corners: [[f32; 2]; 4],
    },
    Given {
        corners: [[f32; 2]; 4],
        zoom: f32,
        wanted: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        read: Option<usize>,
    },
    Read {
        corners: [[f32; 2]; 4],
        read_by: &'static str,
    },
}

impl From<&Step> for Line {
    fn from(step: &Step) -> Self {
        match step {
            Step::Look { scale, sharper } => Self::Look {
                scale: *scale,
                sharper: *sharper,
            },
            Step::Texture {
                corners: at,
                weave,
                module,
                likeness,
            } => Self::Texture {
                corners: corners(at),
                weave,
                module_px: short(*module),
                likeness: short(*likeness),
            },
            Step::Finder {
                centre,
                module,
                inverted,
            } => Self::Finder {
                centre: place(*centre),
                module_px: short(*module),
                inverted: *inverted,
            },
            Step::Triple {
                centres,
                inverted,
                outcome,
            } => Self::Triple {
                centres: centres.map(place),
                inverted: *inverted,
                outcome: outcome.as_str(),
                fit: match outcome {
                    Glance::Weak(fit) | Glance::Candidate(fit) => Some(short(*fit)),
                    Glance::Patterns | Glance::Versions => None,
                },
            },
            Step::Grid {
                corners: at,
                modules,
                inverted,
                finders,
                timing,
                quality,
                outcome,
            } => Self::Grid {
                corners: corners(at),
                modules: *modules,
                module_px: short(quality.module),
                inverted: *inverted,
                finders: short(*finders),
                timing: short(*timing),
                contrast: short(quality.contrast),
                modulation: short(quality.modulation),
                wrong: short(quality.wrong),
                blank: short(quality.blank),
                outside: short(quality.outside),
                outcome: outcome.as_str(),
                reason: (*outcome == Outcome::Located).then(|| quality.reason().as_str()),
            },
            Step::Round { corners: at } => Self::Round {
                corners: corners(at),
            },
            Step::Given {
                corners: at,
                zoom,
                wanted,
                read,
            } => Self::Given {
                corners: corners(at),
                zoom: short(*zoom),
                wanted,
                read: *read,
            },
            Step::Read { corners: at, by } => Self::Read {
                corners: corners(at),
                read_by: by.as_str(),
            },
        }
    }
}

fn place(p: Point) -> [f32; 2] {
    [p.x, p.y].map(short)
}

/// `value` to a thousandth; 0 where it is no number.
fn short(value: f32) -> f32 {
    if value.is_finite() {
        (value * 1000.0).round() / 1000.0
    } else {
        0.0
    }
}
