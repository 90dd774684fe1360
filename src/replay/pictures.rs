//! The frames in which a code was missed or something wrong was read, as small JPEG files.

use std::collections::BTreeMap;
use std::path::Path;

use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};

use crate::config::Location;
use crate::detect::Point;
use crate::evidence::{self, EncodingError, Mark, annotate};
use crate::policy::Class;
use crate::replay::manifest::{self, Manifest};
use crate::source::{self, Limits, still};
use crate::wire::replay::{Run, Sample};

/// No more pictures are made: whoever misses more looks at some of them.
const MOST: usize = 40;
/// What all of them may have together, in bytes: a page that a browser opens at once.
const MOST_BYTES: usize = 12 << 20;
/// A frame is shown at this width in px at most.
const WIDTH: u32 = 960;
/// The sides of a close-up in px.
const CLOSE_UP: u32 = 320;
const QUALITY: u8 = 80;

/// What went wrong at one moment of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// The sample's file.
    pub file: String,
    /// A payload that no label names; otherwise a code that was missed.
    pub is_wrong: bool,
    /// What should have been read, or what was; `None` where it is not known.
    pub payload: String,
    /// How the code tries to get past.
    pub tactic: Option<String>,
    /// px per module.
    pub module_px: Option<f32>,
    /// Media time in ms.
    pub at_ms: i64,
    /// The frame with the place of the code drawn into it, and the code alone as it is, as JPEG files. No
    /// picture where the frame cannot be had, and no close-up where nobody knows the place.
    pub frame: Option<Vec<u8>>,
    /// See `frame`.
    pub close_up: Option<Vec<u8>>,
    corners: Option<[[f32; 2]; 4]>,
}

/// Everything that was missed or wrong in `run`, up to a bound, with its pictures.
pub fn shots(folder: &Path, manifest: &Manifest, run: &Run, limits: &Limits) -> Vec<Shot> {
    let samples = manifest.samples.iter().zip(&run.samples);
    let all = samples.flat_map(|(labels, sample)| missed(labels, sample).chain(wrong(sample)));
    let mut shots: Vec<Shot> = all.take(MOST).collect();
    let mut left = MOST_BYTES;
    let mut by_file: BTreeMap<String, Vec<&mut Shot>> = BTreeMap::new();
    for shot in &mut shots {
        by_file.entry(shot.file.clone()).or_default().push(shot);
    }
    for (file, mut shots) in by_file {
        if let Err(error) = take_all(&folder.join(&file), &mut shots, limits, &mut left) {
            // What keeps a sample from being opened stands in its result already.
            tracing::debug!(file, error, "no picture");
        }
    }
    shots
}

fn missed<'a>(labels: &'a manifest::Sample, sample: &'a Sample) -> impl Iterator<Item = Shot> + 'a {
    let codes = labels.codes.iter().zip(&sample.codes);
    let missed = codes.filter(|(_, code)| !code.found && code.payload.is_some());
    missed.map(|(label, code)| Shot {
        file: sample.file.clone(),
        is_wrong: false,
        payload: code.payload.clone().unwrap_or_default(),
        tactic: code.tactic.clone(),
        module_px: code.module_px,
        at_ms: label.place.map_or_else(
            || label.from_ms.midpoint(label.to_ms.unwrap_or(label.from_ms)),
            |place| place.at_ms,
        ),
        frame: None,
        close_up: None,
        corners: label.place.map(|place| place.corners),
    })
}

fn wrong(sample: &Sample) -> impl Iterator<Item = Shot> + '_ {
    sample.wrong.iter().map(|wrong| Shot {
        file: sample.file.clone(),
        is_wrong: true,
        payload: wrong.payload.clone(),
        tactic: wrong.tactic.clone(),
        module_px: wrong.module_px,
        at_ms: wrong.at_ms,
        frame: None,
        close_up: None,
        corners: Some(wrong.corners),
    })
}

/// Takes the pictures of `shots`, all of the file at `path`, as long as there are bytes left.
fn take_all(
    path: &Path,
    shots: &mut [&mut Shot],
    limits: &Limits,
    left: &mut usize,
) -> Result<(), String> {
    if still::is_picture(path) {
        let picture = still::open(path).map_err(|error| error.to_string())?;
        for shot in shots {
            shot.take(&picture.rgb, left)
                .map_err(|error| error.to_string())?;
        }
        return Ok(());
    }
    let times: Vec<i64> = shots.iter().map(|shot| shot.at_ms).collect();
    let mut failed = None;
    source::moments(
        &Location::File(path.to_owned()),
        limits,
        &times,
        &mut |at_ms, picture| {
            let rgb = picture.rgb().map_err(|error| error.to_string());
            let taken = rgb.and_then(|rgb| {
                let mut due = shots.iter_mut().filter(|shot| shot.at_ms == at_ms);
                due.try_for_each(|shot| shot.take(&rgb, left).map_err(|error| error.to_string()))
            });
            failed = failed.take().or(taken.err());
        },
    )
    .map_err(|error| error.to_string())?;
    failed.map_or(Ok(()), Err)
}

impl Shot {
    /// Keeps what `picture`, the frame of this moment, shows.
    fn take(&mut self, picture: &RgbImage, left: &mut usize) -> Result<(), EncodingError> {
        let close_up = self.corners.and_then(|corners| close_up(picture, &corners));
        self.close_up = close_up
            .map(|picture| jpeg(&picture, left))
            .transpose()?
            .flatten();
        let scale = (WIDTH as f32 / picture.width() as f32).min(1.0);
        let side = |px: u32| ((px as f32 * scale).round() as u32).max(1);
        let (width, height) = (side(picture.width()), side(picture.height()));
        let mut frame = resize(picture, width, height, FilterType::Triangle);
        if let Some(corners) = self.corners {
            let (class, label) = if self.is_wrong {
                (Class::OffPlatform, "wrong")
            } else {
                (Class::Unknown, "missed")
            };
            let mark = Mark {
                corners: corners.map(|[x, y]| Point {
                    x: x * scale,
                    y: y * scale,
                }),
                class,
                label: label.to_owned(),
            };
            annotate(&mut frame, &[mark]);
        }
        self.frame = jpeg(&frame, left)?;
        Ok(())
    }
}

/// The code with a rim, enlarged without smoothing: its modules as the reader has them.
fn close_up(picture: &RgbImage, corners: &[[f32; 2]; 4]) -> Option<RgbImage> {
    let along = |axis: usize, side: u32| {
        let along = corners.map(|corner| corner[axis]);
        let from = along.into_iter().fold(f32::INFINITY, f32::min);
        let to = along.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let rim = (to - from) * 0.2 + 4.0;
        let within = |px: f32| px.clamp(0.0, side as f32) as u32;
        (within(from - rim), within(to + rim))
    };
    let ((left, right), (top, bottom)) = (along(0, picture.width()), along(1, picture.height()));
    let (width, height) = (right - left, bottom - top);
    let longest = width.max(height);
    if width.min(height) == 0 {
        return None;
    }
    let crop = crop_imm(picture, left, top, width, height).to_image();
    let scale = CLOSE_UP as f32 / longest as f32;
    let side = |px: u32| ((px as f32 * scale).round() as u32).max(1);
    let filter = if scale > 1.0 {
        FilterType::Nearest
    } else {
        FilterType::Triangle
    };
    Some(resize(&crop, side(width), side(height), filter))
}

/// `picture` as a JPEG file, where there are bytes `left` for it.
fn jpeg(picture: &RgbImage, left: &mut usize) -> Result<Option<Vec<u8>>, EncodingError> {
    let bytes = evidence::jpeg(picture, QUALITY)?;
    let fits = bytes.len() <= *left;
    if fits {
        *left -= bytes.len();
    }
    Ok(fits.then_some(bytes))
}
