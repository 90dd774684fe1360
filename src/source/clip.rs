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
    let room = Some(room_for(tracks, packets.len()));
    // A sender can see to it that it takes more.
    if !write(path, tracks, size, packets, from_ms, room)? {
        write(path, tracks, size, packets, from_ms, None)?;
    }
    Ok(())
}

/// The most bytes that the movie box says of one packet, in its sample tables: `stts`, `ctts`, `stss`, `stsz`, `stsc`, `co64` and `sdtp`
/// (ISO/IEC 14496-12, 8.6 and 8.7).
const TOLD_OF_EACH: usize = 8 + 8 + 4 + 4 + 12 + 8 + 1;
/// The most bytes of all else in it, but for what decoders need to know of its tracks.
const TOLD_OF_ALL: usize = 8 << 10;

/// The most bytes of the movie box of a clip with these tracks and so many packets, where it was opened with what decoders need to know.
fn room_for(tracks: &Tracks, packets: usize) -> usize {
    let sound = tracks
        .sound
        .as_ref()
        .map_or(0, |sound| extradata(sound).len());
    TOLD_OF_ALL + packets * TOLD_OF_EACH + extradata(&tracks.video).len() + sound
}

/// Writes a clip with so many bytes of room for the movie box; false where that was too little.
fn write(
    path: &Path,
    tracks: &Tracks,
    size: Option<(u32, u32)>,
    packets: &[Arc<Packet>],
    from_ms: i64,
    room: Option<usize>,
) -> Result<bool, SourceError> {
    let failed = |error: Error| SourceError::Clip(error.to_string().to_lowercase());
    let begin = |sound| begin(path, &tracks.video, size, sound, room);
    let (mut output, with_sound) = match begin(tracks.sound.as_ref()) {
        Ok(output) => (output, tracks.sound.is_some()),
        Err(error) if tracks.sound.is_none() => return Err(failed(error)),
        Err(_) => (begin(None).map_err(failed)?, false),
    };
    let mut written = 0;
    let mut last_error = Error::Eof;
    let mut last_dts = [None; 2];
    for packet in packets {
        if is_sound(packet) && !with_sound {
            continue;
        }
        match append(&mut output, packet, from_ms, &mut last_dts) {
            Ok(()) => written += 1,
            // One that does not fit is left out.
            Err(error) => last_error = error,
        }
    }
    if written == 0 {
        return Err(failed(last_error));
    }
    match output.write_trailer() {
        Ok(()) => Ok(true),
        Err(_) if room.is_some() => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// A file with these tracks, begun.
fn begin(
    path: &Path,
    video: &Parameters,
    size: Option<(u32, u32)>,
    sound: Option<&Parameters>,
    room: Option<usize>,
) -> Result<Output, Error> {
    let mut output = format::output_as(path, "mp4")?;
    let with_size = Changes {
        size,
        ..Changes::default()
    };
    let sound = sound.map(|sound| (sound, Changes::default()));
    for (parameters, changes) in [Some((video, with_size)), sound].into_iter().flatten() {
        let carried = carried_over(parameters, changes).ok_or(Error::InvalidData)?;
        let mut track = output.add_stream(encoder::find(Id::None))?;
        track.set_parameters(carried);
    }
    let mut options = Dictionary::new();
    // What a player needs to know first stands first. Where it has no room kept, all of the file is written again behind it.
    match room {
        Some(room) => options.set("moov_size", &room.to_string()),
        None => options.set("movflags", "+faststart"),
    }
    // The same packets make the same bytes.
    options.set("fflags", "+bitexact");
    output.write_header_with(options)?;
    Ok(output)
}

/// Writes `packet`. `last_dts` are those of the last ones of each track: MP4 has no two packets at one time (ISO/IEC 14496-12, 8.6.1.2),
/// and what the next pictures follow on from is worth more than a time stamp that stands still or goes back.
fn append(
    output: &mut Output,
    packet: &Packet,
    from_ms: i64,
    last_dts: &mut [Option<i64>],
) -> Result<(), Error> {
    let at = packet.stream();
    let track = output.stream(at).ok_or(Error::StreamNotFound)?;
    let last_dts = last_dts.get_mut(at).ok_or(Error::StreamNotFound)?;
    let time_base = track.time_base();
    let shifted = |stamp: Option<i64>| {
        stamp.map(|ms| ms.saturating_sub(from_ms).rescale(MILLISECONDS, time_base))
    };
    let later = |dts: i64| last_dts.map_or(dts, |last| dts.max(last.saturating_add(1)));
    let dts = shifted(packet.dts()).map(later);
    *last_dts = dts.or(*last_dts);
    let mut copy = packet.clone();
    copy.set_pts(shifted(packet.pts()).map(|pts| pts.max(dts.unwrap_or(pts))));
    copy.set_dts(dts);
    copy.set_duration(packet.duration().rescale(MILLISECONDS, time_base));
    copy.set_position(-1);
    // They came as they lie in time, near enough for any player: nothing waits for the other track.
    copy.write(output).map(|_flushed| ())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ffmpeg_next::packet::Flags;

    use super::*;
    use crate::source::decoder::tests::sample;

    /// Where box `name` begins in `file`.
    fn place_of(name: &[u8], file: &[u8]) -> usize {
        file.windows(4).position(|four| four == name).unwrap()
    }

    /// What a player needs to know stands first in the file.
    fn assert_plays_at_once(path: &Path) {
        let file = fs::read(path).unwrap();
        let places = [b"ftyp", b"moov", b"mdat"].map(|name| place_of(name, &file));
        assert!(places.is_sorted(), "{places:?}");
    }

    /// Packets of which much is said: no two the same time apart, and all but one of them keyframes.
    #[test]
    fn what_a_player_needs_to_know_stands_first() {
        let (video, few) = sample();
        let tracks = Tracks { video, sound: None };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let mut dts = 0;
        let packets: Vec<_> = (few.iter().cycle().take(5_000).enumerate())
            .map(|(at, packet)| {
                let mut packet = Packet::clone(packet);
                dts += 1 + at as i64 * 7_919 % 97;
                packet.set_dts(Some(dts));
                packet.set_pts(Some(dts + at as i64 % 3));
                packet.set_flags(if at == 1 { Flags::empty() } else { Flags::KEY });
                Arc::new(packet)
            })
            .collect();
        let room = room_for(&tracks, packets.len());
        assert!(write(&path, &tracks, None, &packets, 0, Some(room)).unwrap());
        assert_plays_at_once(&path);
    }

    /// A sender whose clock stands still for a while and goes back, as ffmpeg's does where it begins a file anew.
    #[test]
    fn what_comes_at_the_same_time_or_before_is_in_it() {
        let (video, few) = sample();
        let tracks = Tracks { video, sound: None };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let stamps = [0, 40, 40, 40, 20, 80, 120];
        let packets: Vec<_> = (few.iter().cycle().zip(stamps))
            .map(|(packet, ms)| {
                let mut packet = Packet::clone(packet);
                packet.set_dts(Some(ms));
                packet.set_pts(Some(ms));
                Arc::new(packet)
            })
            .collect();
        write_clip(&path, &tracks, None, &packets, 0).unwrap();
        let mut clip = format::input(&path).unwrap();
        let base = clip.stream(0).unwrap().time_base();
        let told: Vec<_> = (clip.packets())
            .map(|(_, packet)| {
                let in_ms = packet.pts().unwrap().rescale(base, MILLISECONDS);
                (in_ms, packet.size())
            })
            .collect();
        let of = |at: usize, ms| (ms, packets[at].size());
        let expected = [0, 40, 40, 40, 40, 80, 120];
        let expected: Vec<_> = (0..7).map(|at| of(at, expected[at])).collect();
        assert_eq!(told, expected);
    }

    /// H.264 that begins with its parameter sets, as in a broadcast, and with hundreds of them.
    #[test]
    fn what_has_more_to_be_known_than_there_is_room_for_is_a_clip_too() {
        let (video, few) = sample();
        let (first, configuration) = (few[0].data().unwrap(), extradata(&video));
        // One sequence parameter set (ISO/IEC 14496-15, 5.3.3.1).
        let length = usize::from(u16::from_be_bytes([configuration[6], configuration[7]]));
        let mut bytes = Vec::new();
        let sets = std::iter::once(&configuration[8..8 + length]);
        let picture_set = [&[0x68][..], &[0xAB; 100]].concat();
        let pictures = std::iter::repeat_n(&picture_set[..], 200);
        for unit in sets.chain(pictures).chain([&first[4..]]) {
            bytes.extend([0, 0, 0, 1]);
            bytes.extend(unit);
        }
        let mut packet = Packet::copy(&bytes);
        packet.set_flags(Flags::KEY);
        packet.set_pts(Some(0));
        packet.set_dts(Some(0));
        let bare = Changes {
            extradata: Some(&[]),
            size: None,
        };
        let video = carried_over(&video, bare).unwrap();
        let tracks = Tracks { video, sound: None };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let packets = [Arc::new(packet)];
        let size = Some((640, 360));
        let room = room_for(&tracks, packets.len());
        assert!(!write(&path, &tracks, size, &packets, 0, Some(room)).unwrap());
        write_clip(&path, &tracks, size, &packets, 0).unwrap();
        assert_plays_at_once(&path);
    }
}
