//! A picture as the detector sees it: the luma plane and where it stands in the stream.

/// A grey picture that is borrowed from whoever decoded it: `height` rows of `width` bytes
/// (0 black, 255 white), the start of each `stride` bytes after the last.
///
/// Plane 0 of YUV 4:2:0 and NV12 has this shape, so video is scanned without a copy.
#[derive(Clone, Copy)]
pub struct Luma<'a> {
    width: usize,
    height: usize,
    stride: usize,
    bytes: &'a [u8],
}

impl<'a> Luma<'a> {
    /// Wraps `bytes`; `None` where a side is 0, the stride is shorter than a row, or `bytes` ends
    /// before the last row does.
    pub fn new(width: usize, height: usize, stride: usize, bytes: &'a [u8]) -> Option<Self> {
        let needed = stride
            .checked_mul(height.checked_sub(1)?)?
            .checked_add(width)?;
        (width > 0 && stride >= width && bytes.len() >= needed).then_some(Self {
            width,
            height,
            stride,
            bytes,
        })
    }

    /// Width in px.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in px.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes of all rows with what lies between them, and the stride; `None` where the last row ends
    /// without what lies between the others.
    pub(crate) fn whole_rows(&self) -> Option<(&'a [u8], usize)> {
        let bytes = self.bytes.get(..self.stride * self.height)?;
        Some((bytes, self.stride))
    }

    /// The part of it that begins at (`left`, `top`) and is `width` by `height` px; `None` where that is not
    /// all inside.
    pub(crate) fn crop(
        &self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
    ) -> Option<Self> {
        let inside =
            left.checked_add(width)? <= self.width && top.checked_add(height)? <= self.height;
        let bytes = self.bytes.get(top * self.stride + left..)?;
        Self::new(width, height, self.stride, bytes).filter(|_| inside)
    }

    /// Row `y`, `width` bytes long. Panics where `y` is outside of the picture.
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.bytes[y * self.stride..][..self.width]
    }
}

/// Where a frame stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Counts the frames that were looked at in this stream, from 0.
    pub sequence: u64,
    /// Media time in ms, from the first packet of the stream on; it never steps back.
    pub media_ms: i64,
    /// When its packet arrived, in µs of the process clock ([`crate::clock::Clock::monotonic_us`]);
    /// `None` for recorded video, which does not arrive.
    pub arrived_us: Option<i64>,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_that_is_too_short_is_refused() {
        let bytes = [0u8; 20];
        assert!(
            Luma::new(4, 3, 8, &bytes).is_some(),
            "the last row needs no padding"
        );
        assert!(Luma::new(5, 3, 8, &bytes).is_none());
        assert!(Luma::new(4, 3, 3, &bytes).is_none());
        assert!(Luma::new(0, 3, 8, &bytes).is_none());
        assert!(Luma::new(4, 0, 8, &bytes).is_none());
        assert!(Luma::new(4, usize::MAX, usize::MAX, &bytes).is_none());
    }

    #[test]
    fn rows_skip_the_padding() {
        let bytes: Vec<u8> = (0..20).collect();
        let luma = Luma::new(4, 3, 8, &bytes).unwrap();
        assert_eq!(luma.row(2), &[16, 17, 18, 19]);
    }
}
