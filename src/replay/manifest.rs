//! `manifest.toml`: what is in a folder of labelled samples.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::config::Sample as Sampling;
use crate::locate::{self, TextError};
use crate::policy::Class;
use crate::replay::floors::Floors;

/// A longer manifest is refused, in bytes.
const MOST_BYTES: u64 = 16 << 20;
/// More samples, or codes in all of them, are refused: what is compared grows with them.
const MOST_ENTRIES: usize = 10_000;
/// No recording is longer, in ms: a month.
const LONGEST_MS: i64 = 31 * 24 * 3_600_000;
/// No corner lies further from the frame's own, in px.
const FARTHEST_PX: f32 = 100_000.0;

/// A folder of labelled samples.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The policy that the expected classes follow from, relative to the folder.
    pub policy: Option<PathBuf>,
    /// Figures that a replay must reach.
    #[serde(default)]
    pub floors: Floors,
    /// The samples.
    #[serde(default, rename = "sample")]
    pub samples: Vec<Sample>,
}

/// One clip or picture.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Its file, relative to the folder.
    pub file: PathBuf,
    /// What it is a sample of.
    #[serde(default)]
    pub covers: Vec<String>,
    /// How it tries to get past: what its figures are counted under, and those of its codes that name no
    /// other.
    pub tactic: Option<String>,
    /// How often it is looked at, where not as usual.
    pub sample: Option<Sampling>,
    /// The codes in it.
    #[serde(default, rename = "code")]
    pub codes: Vec<Code>,
}

/// One code in a sample.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What it says.
    pub payload: Option<String>,
    /// It can be located at best; there is no `payload` then.
    #[serde(default)]
    pub undecoded: bool,
    /// The class of verdict that it must get.
    pub class: Option<Class>,
    /// The scheme that it must be recognised as.
    pub scheme: Option<String>,
    /// Its own tactic, where it is not the sample's.
    pub tactic: Option<String>,
    /// px per module, in the middle of the code.
    pub module_px: Option<f32>,
    /// Where it is at one moment.
    pub place: Option<Place>,
    /// Media time of the first frame that shows it, in ms.
    #[serde(default)]
    pub from_ms: i64,
    /// Media time of the last frame that shows it, in ms.
    pub to_ms: Option<i64>,
    /// False where it is known to be beyond the product: it is counted, but missing it breaks nothing.
    #[serde(default = "yes")]
    pub required: bool,
}

/// Where a code is at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Media time of the moment in ms.
    #[serde(default)]
    pub at_ms: i64,
    /// x and y of the corners in px, in the order of [`crate::detect::Corners`].
    pub corners: [[f32; 2]; 4],
}

/// Why a folder cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is none, or it cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}:{}:{}: {}", .path.display(), .error.line, .error.column, .error.message)]
    Text {
        /// Where it is.
        path: PathBuf,
        /// What is wrong, and where.
        error: TextError,
    },
}

impl Manifest {
    /// Reads `folder/manifest.toml`.
    ///
    /// # Errors
    /// Where there is none, or something in it is wrong.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let path = folder.join("manifest.toml");
        match read(&path) {
            Ok(text) => Self::parse(&text).map_err(|error| ManifestError::Text { path, error }),
            Err(source) => Err(ManifestError::Read { path, source }),
        }
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let manifest: Self = locate::from_toml(text)?;
        let wrong = |what: &str, message: &str| {
            let at = text.find(what).map(|at| at..at + what.len());
            TextError::at(text, at, message)
        };
        let codes: usize = manifest.samples.iter().map(|s| s.codes.len()).sum();
        if manifest.samples.len().max(codes) > MOST_ENTRIES {
            let message = format!("more than {MOST_ENTRIES} samples or codes");
            return Err(wrong("[[sample", &message));
        }
        manifest
            .floors
            .check()
            .map_err(|message| wrong("[floors]", &message))?;
        let files = manifest.samples.iter().map(|sample| &sample.file);
        for path in files.chain(&manifest.policy) {
            if !stays_inside(path) {
                let path = path.to_string_lossy();
                let message = format!("{path}: expected a file below the folder of the manifest");
                return Err(wrong(&path, &message));
            }
        }
        for sample in &manifest.samples {
            let file = sample.file.to_string_lossy();
            for code in &sample.codes {
                code.check()
                    .map_err(|message| wrong(&file, &format!("{file}: {message}")))?;
            }
        }
        Ok(manifest)
    }
}

impl Code {
    /// The payload, or what stands for it.
    pub fn name(&self) -> &str {
        self.payload
            .as_deref()
            .unwrap_or("a code that cannot be read")
    }

    fn check(&self) -> Result<(), &'static str> {
        let times = 0..=LONGEST_MS;
        if self.payload.is_some() == self.undecoded {
            return Err("expected each code to have either `payload` or `undecoded = true`");
        }
        let last = self.to_ms.unwrap_or(LONGEST_MS);
        if !times.contains(&self.from_ms) || !times.contains(&last) || last < self.from_ms {
            return Err("expected 0 <= `from_ms` <= `to_ms`, and a recording of a month at most");
        }
        if self
            .module_px
            .is_some_and(|px| !(0.1..=1_000.0).contains(&px))
        {
            return Err("expected `module_px` to be from 0.1 to 1000");
        }
        if let Some(place) = &self.place {
            let near = |px: &f32| px.abs() <= FARTHEST_PX;
            if !times.contains(&place.at_ms) || !place.corners.as_flattened().iter().all(near) {
                return Err("expected `place` to be in the frame, at a time of the recording");
            }
        }
        Ok(())
    }
}

/// Whether `path` leads to something below the folder that it is relative to. A manifest comes with
/// samples that others made: it must not make us show what lies elsewhere on the machine.
fn stays_inside(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    // One byte more than is allowed tells a text that is too long from one that just fits.
    if file.take(MOST_BYTES + 1).read_to_string(&mut text)? as u64 > MOST_BYTES {
        let message = format!("it is longer than {MOST_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(lines: &str) -> String {
        format!("[[sample]]\nfile = \"a.mp4\"\n[[sample.code]]\npayload = \"x\"\n{lines}")
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let cases = [
            ("[[sample]]\nfil = \"a\"".to_owned(), 2, "unknown field"),
            ("[floors]\nmin_found = -1".to_owned(), 2, "u32"),
            ("[floors]\nrecall = 1.5".to_owned(), 1, "from 0 to 1"),
            ("[floors]\nprecision = nan".to_owned(), 1, "from 0 to 1"),
            (
                "[[sample]]\nfile = \"a.mp4\"\n[[sample.code]]\nfrom_ms = 1".to_owned(),
                2,
                "either `payload`",
            ),
            (code("class = \"off\""), 5, "off_platform"),
            (code("from_ms = -9223372036854775808"), 2, "`from_ms`"),
            (code("from_ms = 2\nto_ms = 1"), 2, "`to_ms`"),
            (code("module_px = \"large\""), 5, "f32"),
            (code("module_px = inf"), 2, "`module_px`"),
            (code("place = { corners = [[0, 0]] }"), 5, "4"),
            (
                code("place = { corners = [[0, 0], [nan, 0], [0, 0], [0, 0]] }"),
                2,
                "`place`",
            ),
            (
                "[[sample]]\nfile = \"../a.mp4\"".to_owned(),
                2,
                "below the folder",
            ),
            (
                "[[sample]]\nfile = \"/etc/a.mp4\"".to_owned(),
                2,
                "below the folder",
            ),
            ("[[sample]]\nfile = \"\"".to_owned(), 1, "below the folder"),
            ("policy = \"b/../../c\"".to_owned(), 1, "below the folder"),
        ];
        for (text, line, message) in cases {
            let error = Manifest::parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn there_is_an_end_to_samples_and_codes() {
        let many = "[[sample.code]]\npayload = \"x\"\n".repeat(MOST_ENTRIES);
        let text = format!("[[sample]]\nfile = \"a.mp4\"\n{many}");
        assert!(Manifest::parse(&text).is_ok());
        let error = Manifest::parse(&format!("{text}[[sample.code]]\npayload = \"y\"\n"));
        assert!(error.unwrap_err().message.contains("more than 10000"));
    }
}
