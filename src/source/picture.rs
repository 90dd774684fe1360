//! A decoded picture: grey for the scanner, colour for the evidence.

use ffmpeg_next::format::Pixel;
use ffmpeg_next::frame::Video;
use ffmpeg_next::software::scaling::{Context as Scaler, Flags};
use image::RgbImage;

use crate::frame::Luma;
use crate::source::SourceError;

/// Pixel formats whose first plane is the grey picture, 8 bits a pixel.
const GREY_FIRST: &[Pixel] = &[
    Pixel::YUV420P,
    Pixel::YUVJ420P,
    Pixel::NV12,
    Pixel::NV21,
    Pixel::YUV422P,
    Pixel::YUVJ422P,
    Pixel::YUV444P,
    Pixel::YUVJ444P,
    Pixel::YUV440P,
    Pixel::YUVJ440P,
    Pixel::YUV411P,
    Pixel::YUV410P,
    Pixel::YUVA420P,
    Pixel::YUVA422P,
    Pixel::YUVA444P,
    Pixel::GRAY8,
];

/// A decoded picture. Size and pixel format are those of this very picture: they may change in the
/// middle of a stream.
pub struct Picture {
    frame: Video,
    /// The grey picture where the frame has none to borrow.
    grey: Option<Video>,
    media_ms: i64,
    captured_us: Option<i64>,
}

impl Picture {
    /// Takes a decoded frame.
    ///
    /// # Errors
    /// Where its pixel format cannot be turned grey.
    pub(super) fn new(
        frame: Video,
        media_ms: i64,
        captured_us: Option<i64>,
    ) -> Result<Self, SourceError> {
        // A negative stride (a picture stored bottom up) shows as a huge one.
        let upright = frame.planes() > 0 && i32::try_from(frame.stride(0)).is_ok();
        let borrowed = upright && GREY_FIRST.contains(&frame.format());
        let grey = if borrowed {
            None
        } else {
            Some(convert(&frame, Pixel::GRAY8)?)
        };
        Ok(Self {
            frame,
            grey,
            media_ms,
            captured_us,
        })
    }

    /// A picture that was no part of a video.
    ///
    /// # Errors
    /// Where it has no pixels.
    pub fn still(
        rgb: &RgbImage,
        media_ms: i64,
        captured_us: Option<i64>,
    ) -> Result<Self, SourceError> {
        let (width, height) = rgb.dimensions();
        let row = width as usize * 3;
        let mut frame = Video::new(Pixel::RGB24, width, height);
        let stride = frame.stride(0);
        if row == 0 || height == 0 || stride < row {
            return Err(SourceError::Read("a picture without pixels".to_owned()));
        }
        let rows = rgb.as_raw().chunks_exact(row);
        for (to, from) in frame.data_mut(0).chunks_exact_mut(stride).zip(rows) {
            to[..row].copy_from_slice(from);
        }
        Self::new(frame, media_ms, captured_us)
    }

    /// Media time in ms.
    pub fn media_ms(&self) -> i64 {
        self.media_ms
    }

    /// When it was taken, in µs since 1970, where the stream says so. That is the word of whoever sends it.
    pub fn captured_us(&self) -> Option<i64> {
        self.captured_us
    }

    /// Width in px.
    pub fn width(&self) -> u32 {
        self.frame.width()
    }

    /// Height in px.
    pub fn height(&self) -> u32 {
        self.frame.height()
    }

    /// The grey picture; `None` where the decoder gave out a frame without one.
    pub fn luma(&self) -> Option<Luma<'_>> {
        let frame = self.grey.as_ref().unwrap_or(&self.frame);
        if frame.planes() == 0 {
            return None;
        }
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        Luma::new(width, height, frame.stride(0), frame.data(0))
    }

    /// The picture in colour.
    ///
    /// # Errors
    /// Where its pixel format cannot be turned into RGB.
    pub fn rgb(&self) -> Result<RgbImage, SourceError> {
        let rgb = convert(&self.frame, Pixel::RGB24)?;
        let (width, height) = (rgb.width() as usize, rgb.height() as usize);
        let stride = rgb.stride(0);
        let mut bytes = Vec::with_capacity(width * 3 * height);
        for row in rgb.data(0).chunks_exact(stride).take(height) {
            bytes.extend_from_slice(&row[..width * 3]);
        }
        RgbImage::from_raw(rgb.width(), rgb.height(), bytes)
            .ok_or_else(|| SourceError::Read("a picture without pixels".to_owned()))
    }
}

fn convert(frame: &Video, format: Pixel) -> Result<Video, SourceError> {
    let (width, height) = (frame.width(), frame.height());
    let failed = |error: ffmpeg_next::Error| {
        SourceError::Read(format!("pixel format {:?}: {error}", frame.format()))
    };
    let mut scaler = Scaler::get(
        frame.format(),
        width,
        height,
        format,
        width,
        height,
        Flags::BILINEAR,
    )
    .map_err(failed)?;
    let mut converted = Video::empty();
    scaler.run(frame, &mut converted).map_err(failed)?;
    Ok(converted)
}
