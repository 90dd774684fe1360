//! When a picture was taken, as the stream itself says: what tells how long it took from the camera to the verdict.

use ffmpeg_next::codec::packet::side_data;
use ffmpeg_next::frame::Video;
use ffmpeg_next::frame::side_data::Type;

use crate::source::Packet;

/// What names a precision time stamp in H.264 and in HEVC: user data unregistered SEI (MISB ST 0604).
const PRECISION_TIME_STAMPS: [[u8; 16]; 2] = [
    *b"MISPmicrosectime",
    [
        0xa8, 0x68, 0x7d, 0xd4, 0xd7, 0x59, 0x37, 0x58, 0xa5, 0xce, 0xf0, 0x33, 0x8b, 0x65, 0x45,
        0xf1,
    ],
];

/// A moment in a stream whose time of day is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    media_ms: i64,
    wall_us: i64,
}

impl Reference {
    /// From a packet that came with one: of RTP after a sender report (RFC 3550, 6.4.1). libav 5.1 does not read the producer
    /// reference times of fragmented MP4 (ISO/IEC 14496-12, 8.16.5).
    pub(super) fn of(packet: &Packet) -> Option<Self> {
        let media_ms = packet.pts()?;
        let mut data = packet.side_data();
        let prft = data.find(|data| data.kind() == side_data::Type::PRFT)?;
        // AVProducerReferenceTime begins with the µs since 1970, as an integer of this machine.
        let (wall_us, _) = prft.data().split_first_chunk()?;
        Some(Self {
            media_ms,
            wall_us: i64::from_ne_bytes(*wall_us),
        })
    }

    /// From what a picture itself says of when it was taken.
    pub(super) fn stamped(frame: &Video) -> Option<Self> {
        let message = frame.side_data(Type::SEI_UNREGISTERED)?;
        Some(Self {
            media_ms: frame.timestamp().or(frame.pts())?,
            wall_us: precision_time_stamp(message.data())?,
        })
    }

    /// The time of day at `media_ms`, in µs since 1970.
    pub(super) fn at(self, media_ms: i64) -> Option<i64> {
        let after_us = media_ms.checked_sub(self.media_ms)?.checked_mul(1_000)?;
        self.wall_us.checked_add(after_us)
    }
}

/// The time in a MISB ST 0604 message: the name, a byte of status, and eight bytes of µs since 1970, the greatest first,
/// each two of them but the last followed by 0xff, so that they never look like a start code.
fn precision_time_stamp(sei: &[u8]) -> Option<i64> {
    let (name, rest) = sei.split_first_chunk()?;
    match rest.first_chunk()? {
        &[_status, a, b, 0xff, c, d, 0xff, e, f, 0xff, g, h]
            if PRECISION_TIME_STAMPS.contains(name) =>
        {
            Some(i64::from_be_bytes([a, b, c, d, e, f, g, h]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_time_stamp_is_read_and_nothing_like_one() {
        let stamp = [
            0x0f, 0, 6, 0xff, 0x12, 0x34, 0xff, 0x56, 0x78, 0xff, 0x9a, 0xbc,
        ];
        for name in PRECISION_TIME_STAMPS {
            let mut sei = [&name[..], &stamp].concat();
            assert_eq!(precision_time_stamp(&sei), Some(0x0006_1234_5678_9abc));
            assert_eq!(precision_time_stamp(&sei[..27]), None);
            // The fourth byte of three is not what it has to be.
            sei[19] = 0xfe;
            assert_eq!(precision_time_stamp(&sei), None);
        }
        let other = [&b"MISPnanosectime!"[..], &stamp].concat();
        assert_eq!(precision_time_stamp(&other), None);
        assert_eq!(precision_time_stamp(&[]), None);
    }

    #[test]
    fn a_reference_tells_the_time_of_what_comes_after_and_before() {
        let reference = Reference {
            media_ms: 1_000,
            wall_us: 1_800_000_000_000_000,
        };
        assert_eq!(reference.at(1_040), Some(1_800_000_000_040_000));
        assert_eq!(reference.at(960), Some(1_799_999_999_960_000));
        assert_eq!(reference.at(i64::MIN), None);
        assert_eq!(reference.at(i64::MAX), None);
    }
}
