//! A still picture that somebody sends in place of a video: JPEG, PNG or WebP.
//!
//! Whether it is what it says, whole and not too large is told from its header and its end. Nothing of it is decoded
//! before that, and then within the same bounds.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, RgbImage, guess_format};

use crate::source::still;

/// Bytes that a decoder may allocate for each pixel: 16 bits a channel, and as much again for what it holds beside. And those
/// that it may have in any case.
const BYTES_A_PIXEL: u64 = 16;
const BYTES_ASIDE: u64 = 1 << 20;

/// The marker that begins the pixels of a JPEG, and the one that ends them (ITU-T T.81, table B.1).
const START_OF_SCAN: [u8; 2] = [0xff, 0xda];
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
/// The chunk that ends a PNG, with its checksum (ISO/IEC 15948, 11.2.5).
const IEND: [u8; 8] = *b"IEND\xae\x42\x60\x82";

/// The kinds of pictures that can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

impl SentKind {
    /// The kind that a `Content-Type` stands for; what it says after a `;` does not count.
    pub fn of_type(text: &str) -> Option<Self> {
        let kind = text.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "image/webp" => Some(Self::WebP),
            _ => None,
        }
    }

    /// Its name, where the codec of a video is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    fn format(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::WebP => ImageFormat::WebP,
        }
    }

    /// Whether the end is there. What follows it does not count.
    fn is_whole(self, bytes: &[u8]) -> bool {
        let last = |marker: &[u8]| bytes.windows(marker.len()).rposition(|at| at == marker);
        match self {
            // A small picture for previews may lie in front of the pixels, with an end of its own.
            Self::Jpeg => last(&END_OF_IMAGE) > last(&START_OF_SCAN),
            Self::Png => last(&IEND).is_some(),
            // RIFF says how much follows its first eight bytes.
            Self::WebP => bytes
                .get(4..)
                .and_then(|rest| rest.first_chunk())
                .is_some_and(|size| bytes.len() - 8 >= u32::from_le_bytes(*size) as usize),
        }
    }
}

/// Why a picture is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SentError {
    /// It is of another kind, or none at all.
    #[error("it is not the {} that it is said to be", .0.as_str())]
    Kind(SentKind),
    /// Its end is missing.
    #[error("it is cut short")]
    Cut,
    /// It has more pixels than may be.
    #[error("it has {width} × {height} pixels, more than the {most} that are taken")]
    Pixels {
        /// Width in px.
        width: u32,
        /// Height in px.
        height: u32,
        /// How many there may be.
        most: u32,
    },
    /// Its header makes no sense.
    #[error("its header cannot be read")]
    Header,
}

/// A picture that was sent.
pub struct Sent {
    kind: SentKind,
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

impl Sent {
    /// Takes a picture of this `kind` that has no more than `most_pixels`. No pixel is decoded.
    ///
    /// # Errors
    /// Where it is something else, cut short, or too large.
    pub fn new(kind: SentKind, bytes: Vec<u8>, most_pixels: u32) -> Result<Self, SentError> {
        if guess_format(&bytes).ok() != Some(kind.format()) {
            return Err(SentError::Kind(kind));
        }
        if !kind.is_whole(&bytes) {
            return Err(SentError::Cut);
        }
        let header = reader(kind, &bytes, most_pixels).into_dimensions();
        let (width, height) = header.map_err(|_| SentError::Header)?;
        if u64::from(width) * u64::from(height) > u64::from(most_pixels) {
            return Err(SentError::Pixels {
                width,
                height,
                most: most_pixels,
            });
        }
        Ok(Self {
            kind,
            bytes,
            width,
            height,
        })
    }

    /// What it is.
    pub fn kind(&self) -> SentKind {
        self.kind
    }

    /// Width and height in px.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Decodes it.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn decode(&self) -> Result<RgbImage, String> {
        still::colours(reader(self.kind, &self.bytes, self.width * self.height))
    }
}

fn reader(kind: SentKind, bytes: &[u8], most_pixels: u32) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind.format());
    reader.limits(still::limits(
        u64::from(most_pixels) * BYTES_A_PIXEL + BYTES_ASIDE,
    ));
    reader
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;

    use super::*;

    const KINDS: [SentKind; 3] = [SentKind::Jpeg, SentKind::Png, SentKind::WebP];

    fn encoded(kind: SentKind, width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8])
        });
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgb8(picture);
        picture.write_to(&mut bytes, kind.format()).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn what_is_whole_and_small_enough_is_taken_and_decoded() {
        for kind in KINDS {
            let sent = Sent::new(kind, encoded(kind, 64, 48), 64 * 48).unwrap();
            assert_eq!((sent.kind(), sent.size()), (kind, (64, 48)));
            assert_eq!(sent.decode().unwrap().dimensions(), (64, 48), "{kind:?}");
            // What comes after the end does not count.
            let more = [encoded(kind, 8, 8), vec![7; 3]].concat();
            assert!(Sent::new(kind, more, 64).is_ok(), "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_such_picture_is_told_before_it_is_decoded() {
        for kind in KINDS {
            let whole = encoded(kind, 64, 48);
            for other in KINDS.into_iter().filter(|other| *other != kind) {
                let wrong = Sent::new(other, whole.clone(), 100_000).err();
                assert_eq!(wrong, Some(SentError::Kind(other)));
            }
            let pixels = SentError::Pixels {
                width: 64,
                height: 48,
                most: 64 * 48 - 1,
            };
            let large = Sent::new(kind, whole.clone(), 64 * 48 - 1).err();
            assert_eq!(large, Some(pixels));
            for length in 0..whole.len() {
                let cut = Sent::new(kind, whole[..length].to_vec(), 100_000);
                assert!(cut.is_err(), "{kind:?} of {length} bytes");
            }
        }
        let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
        let error = Sent::new(SentKind::Png, gif, 100).err();
        assert_eq!(error, Some(SentError::Kind(SentKind::Png)));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for kind in KINDS {
            let whole = encoded(kind, 16, 16);
            for at in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[at] ^= 0xff;
                if let Ok(sent) = Sent::new(kind, bytes, 1 << 16) {
                    // Whether it still is a picture does not matter.
                    let _ = sent.decode();
                }
            }
        }
    }

    #[test]
    fn a_type_is_told_by_its_name() {
        assert_eq!(SentKind::of_type("image/jpeg"), Some(SentKind::Jpeg));
        assert_eq!(
            SentKind::of_type("Image/PNG; charset=x"),
            Some(SentKind::Png)
        );
        assert_eq!(SentKind::of_type(" image/webp "), Some(SentKind::WebP));
        for other in ["", "image/jpg", "image/gif", "application/json", "jpeg"] {
            assert_eq!(SentKind::of_type(other), None, "{other}");
        }
    }
}
