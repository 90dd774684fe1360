//! Packets as they came → a file that a browser plays, without decoding anything.

use std::path::Path;
use std::sync::Arc;

use ffmpeg_next::codec::packet::side_data::{SideData, Type};
use ffmpeg_next::codec::{Id, Parameters};
use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Dictionary, Error, Rescale, encoder, format};
use libav_fields::{Changes, carried_over};

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
    let (mut output, with_sound) = match begin(path, &tracks.video, size, tracks.sound.as_ref()) {
        Ok(output) => (output, tracks.sound.is_some()),
        Err(error) if tracks.sound.is_none() => return Err(failed(error)),
        Err(_) => (
            begin(path, &tracks.video, size, None).map_err(failed)?,
            false,
        ),
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

/// A file with these tracks, begun.
fn begin(
    path: &Path,
    video: &Parameters,
    size: Option<(u32, u32)>,
    sound: Option<&Parameters>,
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
    // What a player needs to know first stands first. The same packets make the same bytes.
    options.set("movflags", "+faststart");
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
    copy.write_interleaved(output)
}
