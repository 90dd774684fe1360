//! The best frame of an incident, encoded.

use image::codecs::png::PngEncoder;
use image::{RgbImage, imageops};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::detect::{Corners, Point};
use crate::evidence::{Mark, annotate};

/// Why a picture cannot be encoded.
pub type EncodingError = turbojpeg::Error;

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

/// The place of a symbol, cut out of its frame, as a PNG file in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    /// Media time of the frame in ms.
    pub media_ms: i64,
    /// The place as it was decoded, px by px.
    pub png: Vec<u8>,
}

/// A crop is no larger than this a side, in px; a larger place is made smaller.
const MOST_CROPPED: u32 = 512;
/// Modules of quiet zone that belong to a code (ISO/IEC 18004:2015, 6.3.8), and so to its crop.
const QUIET: f32 = 4.0;

impl Crop {
    /// Cuts the place of a symbol out of `picture`, with its quiet zone; `module` is the size of its modules in px.
    /// `None` where nothing of it is inside.
    ///
    /// # Errors
    /// Where it cannot be encoded.
    pub fn new(
        media_ms: i64,
        picture: &RgbImage,
        corners: &Corners,
        module: f32,
    ) -> Result<Option<Self>, image::ImageError> {
        let range = |of: fn(&Point) -> f32, end: u32| {
            let values = corners.iter().map(of);
            let (least, most) = values.fold((f32::MAX, f32::MIN), |(l, m), v| (l.min(v), m.max(v)));
            // What is no number becomes 0.
            let begin = ((least - QUIET * module).floor().max(0.0) as u32).min(end);
            let end = ((most + QUIET * module).ceil().max(0.0) as u32).min(end);
            (begin, end.saturating_sub(begin))
        };
        let (left, width) = range(|p| p.x, picture.width());
        let (top, height) = range(|p| p.y, picture.height());
        if width == 0 || height == 0 {
            return Ok(None);
        }
        let mut crop = imageops::crop_imm(picture, left, top, width, height).to_image();
        let longest = width.max(height);
        if longest > MOST_CROPPED {
            let side = |side: u32| (side * MOST_CROPPED / longest).max(1);
            crop = imageops::thumbnail(&crop, side(width), side(height));
        }
        let mut png = Vec::new();
        crop.write_with_encoder(PngEncoder::new(&mut png))?;
        Ok(Some(Self { media_ms, png }))
    }
}

/// What an evidence file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// The full frame as it was decoded.
    CleanFrame,
    /// The full frame with what was found drawn into it.
    AnnotatedFrame,
    /// The place of a symbol that nobody could read, with its quiet zone.
    Crop,
    /// The video and its sound, from before it was seen to after it.
    Clip,
}

impl EvidenceKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::CleanFrame,
        Self::AnnotatedFrame,
        Self::Crop,
        Self::Clip,
    ];

    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CleanFrame => "clean_frame",
            Self::AnnotatedFrame => "annotated_frame",
            Self::Crop => "crop",
            Self::Clip => "clip",
        }
    }

    /// How the names of its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::CleanFrame | Self::AnnotatedFrame => "jpg",
            Self::Crop => "png",
            Self::Clip => "mp4",
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
    /// Media time of the frame in ms; of a clip, where it begins.
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
    ) -> Result<Self, EncodingError> {
        let clean = jpeg(&picture, QUALITY)?;
        annotate(&mut picture, marks);
        let annotated = jpeg(&picture, QUALITY)?;
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

/// `picture` as a JPEG file of this quality, 1 to 100.
///
/// # Errors
/// Where it is larger than JPEG allows (65535 px a side).
pub fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, EncodingError> {
    let (width, height) = picture.dimensions();
    let mut compressor = Compressor::new()?;
    compressor.set_quality(quality.into())?;
    // Video has a quarter of the colours itself (4:2:0): nothing of it is lost.
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    compressor.compress_to_vec(Image {
        pixels: picture.as_raw().as_slice(),
        width: width as usize,
        pitch: width as usize * 3,
        height: height as usize,
        format: PixelFormat::RGB,
    })
}
