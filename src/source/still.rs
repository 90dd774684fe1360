//! Opens a still picture: JPEG, PNG, WebP, GIF (its first frame) or BMP, told by its content.
//!
//! The file is not trusted: its size, its sides and what decoding it allocates are bounded, and each
//! error is one line that names the file. The orientation in EXIF is left aside, because a code is
//! read whichever way it is turned.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageError, ImageReader, Limits, Rgb, RgbImage};

use crate::frame::Luma;

/// A larger file is not opened, in bytes.
const MOST_BYTES: u64 = 64 << 20;
/// A picture with a longer side is not decoded, in px.
const MOST_SIDE: u32 = 16_384;
/// Decoding may not allocate more than this, in bytes: a picture of 100 Mpx in RGBA fits.
const MOST_ALLOCATED: u64 = 512 << 20;

/// The endings of the files that hold pictures that can be opened, in lower case.
const EXTENSIONS: [&str; 6] = ["bmp", "gif", "jpeg", "jpg", "png", "webp"];

/// Whether `path` is named like a picture that can be opened.
pub fn is_picture(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

/// A decoded picture.
pub struct Still {
    /// In colour, for the evidence. What was transparent is white.
    pub rgb: RgbImage,
    grey: GrayImage,
}

impl Still {
    /// The picture as the detector takes it; `None` where it has no pixels.
    pub fn luma(&self) -> Option<Luma<'_>> {
        let (width, height) = (self.grey.width() as usize, self.grey.height() as usize);
        Luma::new(width, height, width, self.grey.as_raw())
    }
}

/// Why a picture could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct StillError {
    path: PathBuf,
    reason: String,
}

/// Opens the picture at `path`.
///
/// # Errors
/// Where it is missing, empty, too large, cut short or no picture of a known format.
pub fn open(path: &Path) -> Result<Still, StillError> {
    read(path)
        .and_then(|bytes| decode(&bytes))
        .map_err(|reason| StillError {
            path: path.to_owned(),
            reason: reason.replace(['\r', '\n'], " "),
        })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    // Opening a pipe that nobody writes to waits for ever.
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that grew from one that just fits.
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    match bytes.len() as u64 {
        0 => Err("it is empty".to_owned()),
        length if length > MOST_BYTES => Err(format!("it is over {} MiB", MOST_BYTES >> 20)),
        _ => Ok(bytes),
    }
}

fn decode(bytes: &[u8]) -> Result<Still, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    if reader.format().is_none() {
        return Err("it is not a picture of a known format".to_owned());
    }
    reader.limits(limits(MOST_ALLOCATED));
    let rgb = colours(reader)?;
    let grey = DynamicImage::ImageRgb8(rgb.clone()).into_luma8();
    Ok(Still { rgb, grey })
}

/// Bounds for a picture whose decoder may allocate so many bytes.
pub(super) fn limits(most_allocated: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(most_allocated);
    limits
}

/// The picture in colour. What was transparent is white.
pub(super) fn colours(reader: ImageReader<Cursor<&[u8]>>) -> Result<RgbImage, String> {
    let picture = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => format!(
            "its pixels are too many: at most {MOST_SIDE} px a side and {} MiB decoded",
            MOST_ALLOCATED >> 20
        ),
        ImageError::IoError(_) => "it is cut short".to_owned(),
        other => format!("it cannot be decoded: {other}"),
    })?;
    Ok(over_white(&picture))
}

fn over_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0.map(u32::from);
        Rgb([r, g, b].map(|c| ((c * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}
