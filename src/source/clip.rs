//! Packets as they came → a file that a browser plays, without decoding anything.

use std::path::Path;
use std::sync::Arc;

use ffmpeg_next::codec::packet::side_data::{SideData, Type};
use ffmpeg_next::codec::{Id, Parameters};
use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Dictionary, Error, Rescale, encoder, format};
use libav_fields::{Changes, carried_over, extradata};

use crate::source::input::MILLISECONDS;
use crate::source::{Packet, SourceError, is_sound};

/// What is kept of a stream beside its packets: its tracks.
#[derive(Clone)]
pub struct Tracks {
    /// Its video.
    pub video: Parameters,
    /// Its sound, where it has any.
    pub sound: Option<Parameters>,
}

impl Tracks {
    /// The same, where `packet` has said anew what a decoder needs to know.
    #[must_use]
    pub fn anew(self, packet: &Packet) -> Self {
        let mut side_data = packet.side_data();
        let extradata = side_data.find(|data| data.kind() == Type::NewExtraData);
        let changes = Changes {
            extradata: extradata.as_ref().map(SideData::data),
            ..Changes::default()
        };
        let video = carried_over(&self.video, changes);
        Self {
            video: video.unwrap_or(self.video),
            ..self
        }
    }
}

/// Writes `packets`, which begin with a keyframe and have their time stamps in ms of media time, to the MP4 file `path`.
/// What is before `from_ms` is in it, since it takes a keyframe to begin, and not shown (ISO/IEC 14496-12, 8.6.6).
/// Pictures have `size` px, where that is known.
///
/// # Errors
/// Where MP4 has no place for the codec of the video, nothing of it could be written, or the file cannot be. Sound that MP4 has no
/// place for is left out.
pub fn write_clip(
    path: &Path,
    tracks: &Tracks,
    size: Option<(u32, u32)>,
    packets: &[Arc<Packet>],
    from_ms: i64,
) -> Result<(), SourceError> {
    let failed = |error: Error| SourceError::Clip(error.to_string().to_lowercase());
    let begin = |sound| begin(path, &tracks.video, size, sound, packets);
    let (mut output, with_sound) = match begin(tracks.sound.as_ref()) {
        Ok(output) => (output, tracks.sound.is_some()),
        Err(error) if tracks.sound.is_none() => return Err(failed(error)),
        Err(_) => (begin(None).map_err(failed)?, false),
    };
    let mut written = 0;
    let mut last_error = Error::Eof;
    for packet in packets {
        if is_sound(packet) && !with_sound {
            continue;
        }
        match append(&mut output, packet, from_ms) {
            Ok(()) => written += 1,
            // One that does not fit, such as a time stamp that goes back, is left out.
            Err(error) => last_error = error,
        }
    }
    if written == 0 {
        return Err(failed(last_error));
    }
    output.write_trailer().map_err(failed)
}

/// The most bytes that the movie box says of one packet, in its sample tables: `stts`, `ctts`, `stss`, `stsz`, `stsc`, `co64` and `sdtp`
/// (ISO/IEC 14496-12, 8.6 and 8.7).
const TOLD_OF_EACH: usize = 8 + 8 + 4 + 4 + 12 + 8 + 1;
/// The most bytes of all else in it, but for what decoders need to know of its tracks.
const TOLD_OF_ALL: usize = 8 << 10;

/// A file with these tracks, begun, with room for what is told of `packets`.
fn begin(
    path: &Path,
    video: &Parameters,
    size: Option<(u32, u32)>,
    sound: Option<&Parameters>,
    packets: &[Arc<Packet>],
) -> Result<Output, Error> {
    let mut output = format::output_as(path, "mp4")?;
    let with_size = Changes {
        size,
        ..Changes::default()
    };
    let sound = sound.map(|sound| (sound, Changes::default()));
    let said_anew = packets.iter().flat_map(|packet| packet.side_data());
    let said_anew = said_anew.map(|data| data.data().len()).max();
    let mut place = TOLD_OF_ALL + packets.len() * TOLD_OF_EACH + 2 * said_anew.unwrap_or(0);
    for (parameters, changes) in [Some((video, with_size)), sound].into_iter().flatten() {
        place += 2 * extradata(parameters).len();
        let carried = carried_over(parameters, changes).ok_or(Error::InvalidData)?;
        let mut track = output.add_stream(encoder::find(Id::None))?;
        track.set_parameters(carried);
    }
    let mut options = Dictionary::new();
    // What a player needs to know first stands first: it has its place kept, since to make room for it later would write all of the
    // file again. The same packets make the same bytes.
    options.set("moov_size", &place.to_string());
    options.set("fflags", "+bitexact");
    output.write_header_with(options)?;
    Ok(output)
}

fn append(output: &mut Output, packet: &Packet, from_ms: i64) -> Result<(), Error> {
    let track = output
        .stream(packet.stream())
        .ok_or(Error::StreamNotFound)?;
    let time_base = track.time_base();
    let shifted = |stamp: Option<i64>| {
        stamp.map(|ms| ms.saturating_sub(from_ms).rescale(MILLISECONDS, time_base))
    };
    let mut copy = packet.clone();
    copy.set_pts(shifted(packet.pts()));
    copy.set_dts(shifted(packet.dts()));
    copy.set_duration(packet.duration().rescale(MILLISECONDS, time_base));
    copy.set_position(-1);
    // They came as they lie in time, near enough for any player: nothing waits for the other track.
    copy.write(output).map(|_flushed| ())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::decoder::tests::sample;
    use crate::source::init;

    /// Where box `name` begins in `file`.
    fn place_of(name: &[u8], file: &[u8]) -> usize {
        file.windows(4).position(|four| four == name).unwrap()
    }

    /// As many packets as make much of its tables, no two the same time apart, each a keyframe in one file and none in the
    /// other: whatever is to be said of them has room in front of them.
    #[test]
    fn what_a_player_needs_to_know_stands_first() {
        init();
        let (video, few) = sample();
        let tracks = Tracks { video, sound: None };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        for each_is_key in [true, false] {
            let mut dts = 0;
            let packets: Vec<_> = (few.iter().cycle().take(5_000).enumerate())
                .map(|(at, packet)| {
                    let mut packet = Packet::clone(packet);
                    dts += 1 + at as i64 * 7_919 % 97;
                    packet.set_dts(Some(dts));
                    packet.set_pts(Some(dts + at as i64 % 3));
                    let key = ffmpeg_next::packet::Flags::KEY;
                    packet.set_flags(if each_is_key || at == 0 {
                        key
                    } else {
                        ffmpeg_next::packet::Flags::empty()
                    });
                    Arc::new(packet)
                })
                .collect();
            write_clip(&path, &tracks, None, &packets, 0).unwrap();
            let file = fs::read(&path).unwrap();
            let places = [b"ftyp", b"moov", b"free", b"mdat"].map(|name| place_of(name, &file));
            assert!(places.is_sorted(), "{places:?}");
        }
    }
}
