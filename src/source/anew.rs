//! Where a decoder can begin for certain. What is marked as a keyframe may be a picture from which one recovers, and a sender can
//! mark anything so.

use ffmpeg_next::codec::Id;

use crate::source::{Packet, Parameters};

/// Knows the pictures of one stream that need no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anew {
    coding: Coding,
    /// Bytes of the length before each NAL unit; `None` where start codes stand between them.
    length: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    H264,
    Hevc,
    /// Anything else: its keyframes are what it says.
    Other,
}

impl Default for Anew {
    fn default() -> Self {
        Self {
            coding: Coding::Other,
            length: None,
        }
    }
}

impl Anew {
    /// A stream with these parameters.
    pub fn of(parameters: &Parameters) -> Self {
        let coding = match parameters.id() {
            Id::H264 => Coding::H264,
            Id::HEVC => Coding::Hevc,
            _ => Coding::Other,
        };
        Self::with(coding, libav_fields::extradata(parameters))
    }

    /// The length stands in the configuration record, which begins with its version, 1 (ISO/IEC 14496-15, 5.3.3.1 and
    /// 8.3.3.1).
    fn with(coding: Coding, extradata: &[u8]) -> Self {
        let at = if coding == Coding::Hevc { 21 } else { 4 };
        let record = extradata.first() == Some(&1);
        let length = extradata.get(at).filter(|_| record);
        Self {
            coding,
            length: length.map(|byte| usize::from(byte & 3) + 1),
        }
    }

    /// Whether nothing has to be decoded before `packet`.
    pub fn is_at(self, packet: &Packet) -> bool {
        packet.is_key() && self.begins(packet.data().unwrap_or_default())
    }

    /// Whether the first slice of `data` is of a picture that needs no other.
    fn begins(self, data: &[u8]) -> bool {
        match self.coding {
            Coding::Other => true,
            // Rec. ITU-T H.264, table 7-1: 1 to 5 are slices, 5 is of an IDR picture.
            Coding::H264 => {
                let kinds = self.units(data).map(|first| first & 0x1f);
                first_slice(kinds, 1..=5).is_some_and(|kind| kind == 5)
            }
            // Rec. ITU-T H.265, table 7-1: up to 31 are slices, 16 to 23 of a picture at which decoding can begin.
            Coding::Hevc => {
                let kinds = self.units(data).map(|first| first >> 1 & 0x3f);
                first_slice(kinds, 0..=31).is_some_and(|kind| (16..=23).contains(&kind))
            }
        }
    }

    /// The first byte of each NAL unit.
    fn units(self, data: &[u8]) -> impl Iterator<Item = u8> {
        let mut left = data;
        std::iter::from_fn(move || {
            let unit;
            if let Some(bytes) = self.length {
                let length;
                (length, unit) = left.split_at_checked(bytes)?;
                let length = length.iter().fold(0, |sum, b| sum << 8 | usize::from(*b));
                left = unit.get(length..).unwrap_or_default();
            } else {
                let at = left.windows(3).position(|code| code == [0, 0, 1])?;
                unit = &left[at + 3..];
                left = unit;
            }
            unit.first().copied()
        })
    }
}

fn first_slice(
    mut kinds: impl Iterator<Item = u8>,
    slices: std::ops::RangeInclusive<u8>,
) -> Option<u8> {
    kinds.find(|kind| slices.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(length: Option<usize>, firsts: &[u8]) -> Vec<u8> {
        let unit = |first: &u8| match length {
            Some(bytes) => [&[0, 0, 0, 3][4 - bytes..], &[*first, 9, 9]].concat(),
            None => vec![0, 0, 0, 1, *first, 9, 9],
        };
        firsts.iter().flat_map(unit).collect()
    }

    #[test]
    fn pictures_that_need_no_other_are_known() {
        let record = |at: usize, byte| {
            let mut record = vec![1; at + 1];
            record[at] = byte;
            record
        };
        for (extradata, length) in [
            (record(4, 0xff), Some(4)),
            (record(4, 0xfc), Some(1)),
            (vec![0, 0, 0, 1, 0x67], None),
            (vec![], None),
        ] {
            let anew = Anew::with(Coding::H264, &extradata);
            assert_eq!(anew.length, length);
            for (firsts, is) in [
                (&[0x67, 0x68, 0x06, 0x65, 0x65][..], true),
                (&[0x09, 0x25][..], true),
                // A recovery point before a picture that needs others.
                (&[0x06, 0x41, 0x65][..], false),
                (&[0x01][..], false),
                (&[0x67, 0x68][..], false),
                (&[][..], false),
            ] {
                assert_eq!(anew.begins(&units(length, firsts)), is, "{firsts:x?}");
            }
        }
        let anew = Anew::with(Coding::Hevc, &record(21, 0xff));
        for (kind, is) in [(19, true), (21, true), (1, false), (9, false), (40, false)] {
            let firsts = [32 << 1, 39 << 1, kind << 1];
            assert_eq!(anew.begins(&units(Some(4), &firsts)), is, "{kind}");
        }
        assert!(Anew::default().begins(b""));
    }

    #[test]
    fn lengths_that_lie_end_it() {
        let anew = Anew::with(Coding::H264, &[1, 0, 0, 0, 0xff]);
        for data in [
            &b"\xff\xff\xff\xff\x41\x65"[..],
            b"\0\0\0\0",
            b"\0\0\0\x01",
            b"\0\0\0",
            b"",
        ] {
            assert!(!anew.begins(data), "{data:?}");
        }
    }
}
