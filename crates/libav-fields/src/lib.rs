//! Fields of libav that its safe wrapper does not let through, so that the program can forbid unsafe code.
//!
//! A track that goes from one container into another keeps its codec and loses the tag by which the first container
//! called it. A packet may be there to be decoded and not to be shown.

use std::ffi::c_int;
use std::ptr;

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::packet::Ref;
use ffmpeg_next::{Packet, ffi};

/// Bytes of the longest extradata: parameter sets of a codec have some hundred.
const LONGEST: usize = 1 << 20;

/// What has changed since a track was opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// What the stream said of itself anew, in place of the extradata.
    pub extradata: Option<&'a [u8]>,
    /// Width and height of its pictures in px.
    pub size: Option<(u32, u32)>,
}

/// `parameters` for another container, with `changes`. Nothing where memory is short or a change is out of range.
#[must_use]
pub fn carried_over(parameters: &Parameters, changes: Changes<'_>) -> Option<Parameters> {
    let mut copy = parameters.clone();
    // SAFETY: the copy is our own, and its pointer null or valid for as long as it lives.
    let raw = unsafe { copy.as_mut_ptr().as_mut() }?;
    raw.codec_tag = 0;
    if let Some((width, height)) = changes.size {
        raw.width = c_int::try_from(width).ok()?;
        raw.height = c_int::try_from(height).ok()?;
    }
    if let Some(bytes) = changes.extradata {
        let size = c_int::try_from(bytes.len()).ok()?;
        let padding = ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
        if bytes.len() > LONGEST {
            return None;
        }
        // SAFETY: extradata is null or was allocated by libav, for the copy alone. The new one is as long as is said,
        // with the zeroed padding that avcodec.h asks for, and belongs to the copy, which frees it.
        unsafe {
            ffi::av_freep((&raw mut raw.extradata).cast());
            raw.extradata_size = 0;
            let room = ffi::av_mallocz(bytes.len() + padding).cast::<u8>();
            if room.is_null() {
                return None;
            }
            ptr::copy_nonoverlapping(bytes.as_ptr(), room, bytes.len());
            raw.extradata = room;
        }
        raw.extradata_size = size;
    }
    Some(copy)
}

/// What `parameters` hold for the decoder beside their fields: parameter sets, mostly. Empty where there is nothing.
#[must_use]
pub fn extradata(parameters: &Parameters) -> &[u8] {
    // SAFETY: it is null, or points to valid parameters for as long as these live.
    let Some(raw) = (unsafe { parameters.as_ptr().as_ref() }) else {
        return &[];
    };
    let length = usize::try_from(raw.extradata_size).unwrap_or(0);
    if raw.extradata.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: avcodec.h says that it is as long as that, and it stays for as long as it is borrowed.
    unsafe { std::slice::from_raw_parts(raw.extradata, length) }
}

/// Whether `packet` is there to be decoded and not to be shown, as what lies before the beginning of an edit list.
#[must_use]
pub fn is_hidden(packet: &Packet) -> bool {
    // SAFETY: a packet is a valid `AVPacket` for as long as it lives.
    let flags = unsafe { (*packet.as_ptr()).flags };
    flags & ffi::AV_PKT_FLAG_DISCARD != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tag, the size and the extradata.
    fn said(parameters: &Parameters) -> (u32, (i32, i32), Vec<u8>) {
        // SAFETY: nobody else has it, and libav says how long its extradata is.
        unsafe {
            let raw = &*parameters.as_ptr();
            let bytes = extradata(parameters).to_vec();
            (raw.codec_tag, (raw.width, raw.height), bytes)
        }
    }

    #[test]
    fn the_tag_goes_and_the_rest_stays() {
        let mut parameters = Parameters::new();
        parameters.set_bit_rate(7);
        // SAFETY: it is our own.
        unsafe { (*parameters.as_mut_ptr()).codec_tag = 0x1b };
        let carried = carried_over(&parameters, Changes::default()).unwrap();
        assert_eq!(said(&carried), (0, (0, 0), Vec::new()));
        assert_eq!(carried.bit_rate(), 7);
        assert_eq!(said(&parameters).0, 0x1b, "the one that was given stays");
    }

    #[test]
    fn what_is_said_anew_takes_the_place_of_what_was() {
        let parameters = Parameters::new();
        let with = |bytes: &[u8], size| {
            let extradata = Some(bytes);
            let size = Some(size);
            carried_over(&parameters, Changes { extradata, size })
        };
        let first = with(b"first", (640, 360)).unwrap();
        assert_eq!(said(&first), (0, (640, 360), b"first".to_vec()));
        let second = carried_over(
            &first,
            Changes {
                extradata: Some(b"second"),
                size: None,
            },
        )
        .unwrap();
        assert_eq!(said(&second), (0, (640, 360), b"second".to_vec()));
        assert!(with(&vec![0; LONGEST + 1], (1, 1)).is_none());
        assert!(with(b"", (u32::MAX, 1)).is_none());
    }
}
