//! A decoded picture: grey for the scanner, colour for the evidence.

use ffmpeg_next::Rational;
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

/// How much longer one side of a pixel may be than the other before that matters: the widest in use are 64:45.
const NEARLY_SQUARE: f64 = 1.5;

/// What of that is believed.
const MOST_OBLONG: f64 = 4.0;

/// Pixels of a picture that was made to have square ones, where it had fewer before: 1080p. What it had before it may have in any
/// case, so that none costs more for its pixels than one with square ones.
const MOST_PIXELS: f64 = 1_920.0 * 1_080.0;

/// The longest side of such a picture in px.
const LONGEST_SIDE: f64 = 8_192.0;

/// A decoded picture. Size and pixel format are those of this very picture: they may change in the
/// middle of a stream.
pub struct Picture {
    frame: Video,
    /// The grey picture where the frame has none to borrow.
    grey: Option<Video>,
    media_ms: i64,
    captured_us: Option<i64>,
    coded: (u32, u32),
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
        let ratio = frame.aspect_ratio();
        Self::shown(frame, ratio, media_ms, captured_us)
    }

    /// As it is shown, where `ratio` is the width of its pixels to their height: far from 1, no code in it could be read.
    fn shown(
        frame: Video,
        ratio: Rational,
        media_ms: i64,
        captured_us: Option<i64>,
    ) -> Result<Self, SourceError> {
        let coded = (frame.width(), frame.height());
        let frame = match square(coded, ratio) {
            Some(size) => convert(&frame, Pixel::YUV420P, size)?,
            None => frame,
        };
        // A negative stride (a picture stored bottom up) shows as a huge one.
        let upright = frame.planes() > 0 && i32::try_from(frame.stride(0)).is_ok();
        let borrowed = upright && GREY_FIRST.contains(&frame.format());
        let grey = if borrowed {
            None
        } else {
            Some(convert(
                &frame,
                Pixel::GRAY8,
                (frame.width(), frame.height()),
            )?)
        };
        Ok(Self {
            frame,
            grey,
            media_ms,
            captured_us,
            coded,
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

    /// Width and height in px as they were decoded, whatever its pixels look like.
    pub fn coded(&self) -> (u32, u32) {
        self.coded
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
        let rgb = convert(&self.frame, Pixel::RGB24, (self.width(), self.height()))?;
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

/// The size in px at which a picture of this size has square pixels, where `ratio` is the width of its own to their height;
/// `None` where they are square enough.
fn square((width, height): (u32, u32), Rational(across, down): Rational) -> Option<(u32, u32)> {
    if across <= 0 || down <= 0 || width == 0 || height == 0 {
        return None;
    }
    let ratio = f64::from(across) / f64::from(down);
    if (1.0 / NEARLY_SQUARE..=NEARLY_SQUARE).contains(&ratio) {
        return None;
    }
    let (width, height) = (f64::from(width), f64::from(height));
    let pixels = (width * height).max(MOST_PIXELS);
    let width = width * ratio.clamp(1.0, MOST_OBLONG);
    let height = height / ratio.clamp(1.0 / MOST_OBLONG, 1.0);
    let by_pixels = (pixels / (width * height)).sqrt();
    let by_side = LONGEST_SIDE / width.max(height);
    let scale = by_pixels.min(by_side).min(1.0);
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    Some((side(width), side(height)))
}

fn convert(
    frame: &Video,
    format: Pixel,
    (width, height): (u32, u32),
) -> Result<Video, SourceError> {
    let failed = |error: ffmpeg_next::Error| {
        SourceError::Read(format!("pixel format {:?}: {error}", frame.format()))
    };
    let mut scaler = Scaler::get(
        frame.format(),
        frame.width(),
        frame.height(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_that_are_far_from_square_are_made_so() {
        let cases = [
            ((640, 1_080), (3, 1), Some((1_920, 1_080))),
            ((1_920, 270), (1, 4), Some((1_920, 1_080))),
            ((720, 576), (64, 45), None),
            ((1_920, 1_080), (1, 1), None),
            ((1_920, 1_080), (0, 1), None),
            ((1_920, 1_080), (3, 0), None),
            ((1_920, 1_080), (-3, 1), None),
            // It takes no more pixels than it had, and what is beyond belief is not believed.
            ((1_920, 1_080), (4, 1), Some((3_840, 540))),
            ((1_920, 1_080), (i32::MAX, 1), Some((3_840, 540))),
            ((1_920, 1_080), (1, i32::MAX), Some((960, 2_160))),
            ((8_000, 16), (4, 1), Some((8_192, 4))),
            ((1, 1), (2, 1), Some((2, 1))),
            ((0, 0), (2, 1), None),
        ];
        for (size, (across, down), expected) in cases {
            assert_eq!(
                square(size, Rational(across, down)),
                expected,
                "{size:?} {across}:{down}"
            );
        }
    }

    #[test]
    fn a_picture_is_seen_as_it_is_shown() {
        let mut frame = Video::new(Pixel::YUV420P, 64, 108);
        let stride = frame.stride(0);
        for row in frame.data_mut(0).chunks_exact_mut(stride) {
            row[..32].fill(16);
            row[32..64].fill(235);
        }
        (1..3).for_each(|plane| frame.data_mut(plane).fill(128));
        let picture = Picture::shown(frame, Rational(3, 1), 7, None).unwrap();
        assert_eq!((picture.width(), picture.height()), (192, 108));
        assert_eq!((picture.coded(), picture.media_ms()), ((64, 108), 7));
        let rgb = picture.rgb().unwrap();
        assert_eq!(rgb.dimensions(), (192, 108));
        let (left, right) = (rgb.get_pixel(80, 50).0[0], rgb.get_pixel(112, 50).0[0]);
        assert!(left < 30 && right > 220, "{left} {right}");
        let luma = picture.luma().unwrap();
        assert_eq!((luma.width(), luma.height()), (192, 108));
    }
}
