//! The best frame of an incident, encoded.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use crate::evidence::{Mark, annotate};

/// JPEG quality: at 90 a code that was readable in the video stays readable.
const QUALITY: u8 = 90;

/// The clean and the annotated frame as JPEG files in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Media time of the frame in ms.
    pub media_ms: i64,
    /// The frame as it was decoded.
    pub clean: Vec<u8>,
    /// The frame with what was found drawn into it.
    pub annotated: Vec<u8>,
}

/// What an evidence file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// The full frame as it was decoded.
    CleanFrame,
    /// The full frame with what was found drawn into it.
    AnnotatedFrame,
}

impl EvidenceKind {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CleanFrame => "clean_frame",
            Self::AnnotatedFrame => "annotated_frame",
        }
    }
}

/// An evidence file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// What it shows.
    pub kind: EvidenceKind,
    /// Its path below the evidence folder, with `/`.
    pub path: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Media time of the frame in ms.
    pub media_ms: i64,
}

impl Snapshot {
    /// Encodes `picture`, and a copy with `marks` drawn into it.
    ///
    /// # Errors
    /// Where the picture is larger than JPEG allows (65535 px a side).
    pub fn new(
        media_ms: i64,
        mut picture: RgbImage,
        marks: &[Mark],
    ) -> Result<Self, image::ImageError> {
        let clean = jpeg(&picture)?;
        annotate(&mut picture, marks);
        let annotated = jpeg(&picture)?;
        Ok(Self {
            media_ms,
            clean,
            annotated,
        })
    }

    /// The files of this snapshot: what they show and what they hold.
    pub fn files(&self) -> [(EvidenceKind, &[u8]); 2] {
        [
            (EvidenceKind::CleanFrame, &self.clean),
            (EvidenceKind::AnnotatedFrame, &self.annotated),
        ]
    }
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture)?;
    Ok(bytes)
}
