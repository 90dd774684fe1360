//! `manifest.toml`: what is in a folder of labelled samples.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::Sample as Sampling;
use crate::locate::{self, TextError};
use crate::policy::Class;

/// A folder of labelled samples.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// Figures that a replay must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floors {
    /// Codes found in sum, at least.
    pub min_found: u32,
    /// Payloads reported that no label names, at most.
    pub max_wrong: u32,
}

/// One clip or picture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Its file, relative to the folder.
    pub file: PathBuf,
    /// What it is a sample of.
    #[serde(default)]
    pub covers: Vec<String>,
    /// How often it is looked at, where not as usual.
    pub sample: Option<Sampling>,
    /// The codes in it.
    #[serde(default, rename = "code")]
    pub codes: Vec<Code>,
}

/// One code in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    /// Media time of the first frame that shows it, in ms.
    #[serde(default)]
    pub from_ms: i64,
    /// Media time of the last frame that shows it, in ms.
    pub to_ms: Option<i64>,
    /// False where it is known to be beyond the product: it is counted, but missing it breaks nothing.
    #[serde(default = "yes")]
    pub required: bool,
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
        source: std::io::Error,
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
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|source| ManifestError::Read {
            path: path.clone(),
            source,
        })?;
        Self::parse(&text).map_err(|error| ManifestError::Text { path, error })
    }

    fn parse(text: &str) -> Result<Self, TextError> {
        let manifest: Self = locate::from_toml(text)?;
        for sample in &manifest.samples {
            let file = sample.file.display().to_string();
            let at = text.find(&file).map(|at| at..at + file.len());
            if sample
                .codes
                .iter()
                .any(|code| code.payload.is_some() == code.undecoded)
            {
                let message = format!(
                    "{file}: expected each code to have either `payload` or `undecoded = true`"
                );
                return Err(TextError::at(text, at, message));
            }
        }
        Ok(manifest)
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let cases = [
            ("[[sample]]\nfil = \"a\"", 2, "unknown field"),
            ("[floors]\nmin_found = -1", 2, "u32"),
            (
                "[[sample]]\nfile = \"a.mp4\"\n[[sample.code]]\nfrom_ms = 1",
                2,
                "either `payload`",
            ),
            (
                "[[sample]]\nfile = \"a.mp4\"\n[[sample.code]]\npayload = \"x\"\nclass = \"off\"",
                5,
                "off_platform",
            ),
        ];
        for (text, line, message) in cases {
            let error = Manifest::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
        }
    }
}
