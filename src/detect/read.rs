//! Reads the modules under a grid and decodes them with `rqrr`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::fit::Fit;
use super::ink::View;
use super::layout::{format_distance, format_places};

/// How a sampled grey value becomes a dark or a light module.
struct Rule {
    /// How much of the difference from its four neighbours is added to a module: undoes what blur
    /// mixed into it.
    sharpen: f32,
    /// Whether the level is that of the modules around it, not that of the tile of the picture.
    own_level: bool,
}

/// The rules, in the order in which they are tried.
const RULES: [Rule; 4] = [
    Rule {
        sharpen: 0.0,
        own_level: false,
    },
    Rule {
        sharpen: 0.4,
        own_level: false,
    },
    Rule {
        sharpen: 0.0,
        own_level: true,
    },
    Rule {
        sharpen: 0.4,
        own_level: true,
    },
];

/// More wrong bits than this in both copies of the format information cannot be corrected
/// (ISO/IEC 18004:2015, annex C).
const MOST_FORMAT_ERRORS: u32 = 3;

/// What reading a grid gave.
#[derive(Default)]
pub(super) struct Reading {
    /// The bytes, where it could be decoded.
    pub(super) bytes: Option<Vec<u8>>,
    /// Whether the format information can be read: without it there is no code.
    pub(super) has_format: bool,
    /// Whether the code is mirrored: its rows are the columns of the grid.
    pub(super) mirrored: bool,
    /// Calls of the decoder that panicked.
    pub(super) panics: u32,
}

/// Samples the modules under `fit` and decodes them.
pub(super) fn read(view: &View<'_>, fit: &Fit<'_>) -> Reading {
    let samples = Samples::of(view, fit);
    let mut reading = Reading::default();
    let mut tried: Vec<Vec<bool>> = Vec::new();
    for rule in &RULES {
        let dark = samples.decide(rule);
        if tried.contains(&dark) {
            continue;
        }
        let side = samples.side;
        let distance = |mirrored: bool| {
            let bit = |(x, y): (usize, usize)| {
                if mirrored {
                    dark[x * side + y]
                } else {
                    dark[y * side + x]
                }
            };
            format_places(side)
                .map(|copy| {
                    copy.iter()
                        .fold(0, |bits, at| bits << 1 | u16::from(bit(*at)))
                })
                .map(format_distance)
        };
        let [straight, turned] = [false, true].map(distance);
        let mirrored = turned.iter().sum::<u32>() < straight.iter().sum::<u32>();
        let nearest = if mirrored { turned } else { straight };
        if nearest
            .iter()
            .min()
            .is_some_and(|d| *d > MOST_FORMAT_ERRORS)
        {
            continue;
        }
        if !reading.has_format {
            reading.has_format = true;
            reading.mirrored = mirrored;
        }
        match decode(&dark, side, mirrored) {
            Ok(Some(bytes)) => {
                reading.mirrored = mirrored;
                reading.bytes = Some(bytes);
                return reading;
            }
            Ok(None) => {}
            Err(Panicked) => reading.panics += 1,
        }
        tried.push(dark);
    }
    reading
}

/// The decoder panicked.
#[derive(Debug, PartialEq)]
pub(super) struct Panicked;

/// Decodes a grid of modules; `None` where it cannot be corrected or says nothing.
pub(super) fn decode(
    dark: &[bool],
    side: usize,
    mirrored: bool,
) -> Result<Option<Vec<u8>>, Panicked> {
    let bit = |x: usize, y: usize| {
        if mirrored {
            dark[x * side + y]
        } else {
            dark[y * side + x]
        }
    };
    let grid = rqrr::Grid::new(rqrr::SimpleGrid::from_func(side, bit));
    let mut bytes = Vec::new();
    // The decoder has asserts that hostile modules may reach.
    match catch_unwind(AssertUnwindSafe(|| grid.decode_to(&mut bytes))) {
        // A blank grid is a valid code of no bytes: nobody prints one.
        Ok(Ok(_)) => Ok(Some(bytes).filter(|b| !b.is_empty())),
        Ok(Err(_)) => Ok(None),
        Err(_) => Err(Panicked),
    }
}

/// The grey value in each module and the level of the picture there.
pub(super) struct Samples {
    side: usize,
    pub(super) grey: Vec<f32>,
    level: Vec<f32>,
    sign: f32,
}

impl Samples {
    pub(super) fn of(view: &View<'_>, fit: &Fit<'_>) -> Self {
        let side = fit.layout.side;
        let (grey, level) = (0..side * side)
            .map(|i| {
                let at = fit
                    .map
                    .map((i % side) as f32 + 0.5, (i / side) as f32 + 0.5);
                let level = view.ink.level(at);
                (view.ink.grey(at).unwrap_or(level), level)
            })
            .unzip();
        Self {
            side,
            grey,
            level,
            sign: view.sign,
        }
    }

    fn decide(&self, rule: &Rule) -> Vec<bool> {
        let depths = self.depths(rule.sharpen, rule.own_level);
        depths.map(|depth| depth > 0.0).collect()
    }

    /// How much darker each module is than its level, in grey levels.
    pub(super) fn depths(&self, sharpen: f32, own_level: bool) -> impl Iterator<Item = f32> {
        let side = self.side;
        let own = own_level.then(|| self.own_level());
        (0..side * side).map(move |i| {
            let level = own.as_ref().unwrap_or(&self.level);
            let (x, y) = (i % side, i / side);
            let here = self.grey[i];
            let beside = [
                (x > 0).then(|| i - 1),
                (x + 1 < side).then(|| i + 1),
                (y > 0).then(|| i - side),
                (y + 1 < side).then(|| i + side),
            ];
            let around: f32 = beside
                .iter()
                .map(|n| n.map_or(here, |n| self.grey[n]))
                .sum::<f32>()
                / 4.0;
            let grey = here + sharpen * (here - around);
            (level[i] - grey) * self.sign
        })
    }

    /// The mean of the modules around each.
    fn own_level(&self) -> Vec<f32> {
        const REACH: usize = 4;
        let side = self.side;
        let window = |at: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(side);
        let rows: Vec<f32> = (0..side * side)
            .map(|i| self.grey[i / side * side..][window(i % side)].iter().sum())
            .collect();
        (0..side * side)
            .map(|i| {
                let (tall, wide) = (window(i / side), window(i % side));
                let area = tall.len() * wide.len();
                tall.map(|y| rows[y * side + i % side]).sum::<f32>() / area as f32
            })
            .collect()
    }
}
