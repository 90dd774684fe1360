//! Packets → pictures. One decoder per stream, one thread per decoder: the pool is what runs several.

use std::sync::Arc;

use ffmpeg_next::codec::discard::Discard;
use ffmpeg_next::codec::{Id, Parameters, decoder, threading};
use ffmpeg_next::frame::Video;
use ffmpeg_next::{Dictionary, Error};

use crate::source::capture::Reference;
use crate::source::{Batch, Description, Looks, Packet, Picture, SourceError};

/// Pixels that a picture may have: 8192 × 4320, the largest level of H.264 and HEVC in use. What is
/// larger is refused by libav before anything is allocated for it.
const MAX_PIXELS: u32 = 8_192 * 4_320;

/// Decodes the video of one stream.
///
/// A decoder of libav keeps the pictures that it has held, 3 MB each at 1080p. Between keyframes that are decoded by
/// themselves it has no use for them: where it is one of many it is closed, and the next keyframe opens another.
pub struct Decoder {
    parameters: Parameters,
    /// What the stream has said of itself since it began: a decoder that is opened now was not told.
    renewal: Option<Arc<Packet>>,
    description: Description,
    video: Option<decoder::Video>,
    /// Whether it is one of many.
    shares: bool,
    /// Whether it went from frame to frame, and holds what that takes.
    warm: bool,
    /// Presentation times run backwards where a stream is broken; what is looked at never does.
    last_ms: i64,
    /// When something of it was taken, where the stream says so.
    reference: Option<Reference>,
}

/// What became of a batch.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// Pictures that were handed out.
    pub pictures: u32,
    /// Packets and pictures that were broken and left out.
    pub broken: u32,
    /// How many packets there was no time for, the last ones.
    pub left: usize,
}

/// A decoder of libav for these parameters.
fn open(parameters: Parameters) -> Result<decoder::Video, SourceError> {
    let id: Id = parameters.id();
    let none = || SourceError::NoDecoder(format!("{id:?}").to_lowercase());
    let refused =
        |error: Error| SourceError::Open(format!("video codec {id:?}: {error}").to_lowercase());
    let codec = ffmpeg_next::decoder::find(id).ok_or_else(none)?;
    let mut context = ffmpeg_next::codec::Context::from_parameters(parameters).map_err(refused)?;
    context.set_threading(threading::Config::count(1));
    let mut options = Dictionary::new();
    options.set("max_pixels", &MAX_PIXELS.to_string());
    let opened = context.decoder().open_as_with(codec, options);
    opened.and_then(decoder::Opened::video).map_err(refused)
}

impl Decoder {
    /// Opens a decoder for a stream with these parameters.
    ///
    /// # Errors
    /// Where libav has none for the codec, or refuses the parameters.
    pub fn new(parameters: Parameters) -> Result<Self, SourceError> {
        Ok(Self {
            video: Some(open(parameters.clone())?),
            description: Description::of(&parameters),
            parameters,
            renewal: None,
            shares: false,
            warm: false,
            last_ms: i64::MIN,
            reference: None,
        })
    }

    /// The same, which leaves its memory to others while it does not decode.
    #[must_use]
    pub fn sharing(mut self) -> Self {
        self.shares = true;
        self
    }

    /// Decodes `batch` and hands over the pictures that are to be looked at. Nothing where none is open and `batch` does
    /// not begin at a keyframe, or none can be opened.
    pub fn decode(
        &mut self,
        batch: &Batch<Arc<Packet>>,
        look: impl FnMut(Picture),
    ) -> Option<Decoded> {
        self.decode_until(batch, &|| false, look)
    }

    /// The same, which leaves off between two packets once it was `enough`: one packet at least is decoded. It goes on with
    /// [`Batch::rest`].
    pub fn decode_until(
        &mut self,
        batch: &Batch<Arc<Packet>>,
        enough: &dyn Fn() -> bool,
        look: impl FnMut(Picture),
    ) -> Option<Decoded> {
        let mut video = match self.video.take() {
            Some(video) => video,
            None if batch.fresh => self.reopen()?,
            None => return None,
        };
        for packet in &batch.packets {
            if self.description.is_changed_by(packet) {
                self.renewal = Some(Arc::clone(packet));
            }
        }
        let decoded = self.run(&mut video, batch, enough, look);
        self.warm |= !batch.drain;
        let alone = self.shares && batch.fresh && batch.drain && decoded.left == 0;
        // To tell another one again costs as much as a keyframe: once after a boost, and not each time.
        let spent = alone && (std::mem::take(&mut self.warm) || self.renewal.is_none());
        self.video = (!spent).then_some(video);
        Some(decoded)
    }

    /// One that knows what the stream has said of itself so far.
    fn reopen(&mut self) -> Option<decoder::Video> {
        let mut video = open(self.parameters.clone()).ok()?;
        if let Some(renewal) = self.renewal.clone() {
            // What it shows was looked at when it came.
            self.run(&mut video, &Batch::alone(renewal), &|| false, |_| ());
        }
        Some(video)
    }

    fn run(
        &mut self,
        video: &mut decoder::Video,
        batch: &Batch<Arc<Packet>>,
        enough: &dyn Fn() -> bool,
        mut look: impl FnMut(Picture),
    ) -> Decoded {
        let mut decoded = Decoded::default();
        let mut newest = None;
        if batch.fresh {
            video.flush();
        }
        // What smooths the edges of blocks changes how a picture looks and not what it shows.
        video.skip_loop_filter(if batch.rough {
            Discard::All
        } else {
            Discard::Default
        });
        let mut take = |own: &mut Self, video: &mut decoder::Video, decoded: &mut Decoded| {
            while let Some(frame) = own.receive(video, decoded) {
                if batch.looks == Looks::Newest {
                    newest = Some(frame);
                } else if let Some(picture) = own.picture(frame, decoded) {
                    look(picture);
                }
            }
        };
        for (at, packet) in batch.packets.iter().enumerate() {
            if at > 0 && enough() {
                decoded.left = batch.packets.len() - at;
                break;
            }
            if packet.size() == 0 {
                continue;
            }
            self.reference = Reference::of(packet).or(self.reference);
            if let Err(error) = video.send_packet(&**packet) {
                decoded.broken += 1;
                tracing::trace!(%error, "packet left out");
            }
            take(self, video, &mut decoded);
        }
        if batch.drain && decoded.left == 0 {
            // An end of stream that is refused leaves nothing to take, which is what the next line finds.
            let _ = video.send_eof();
            take(self, video, &mut decoded);
            video.flush();
        }
        if let Some(frame) = newest
            && let Some(picture) = self.picture(frame, &mut decoded)
        {
            look(picture);
        }
        decoded
    }

    /// The next frame that the decoder has ready.
    fn receive(&mut self, video: &mut decoder::Video, decoded: &mut Decoded) -> Option<Video> {
        loop {
            let mut frame = Video::empty();
            match video.receive_frame(&mut frame) {
                Ok(()) => {
                    self.reference = Reference::stamped(&frame).or(self.reference);
                    return Some(frame);
                }
                Err(
                    Error::Eof
                    | Error::Other {
                        errno: ffmpeg_next::error::EAGAIN,
                    },
                ) => return None,
                Err(error) => {
                    decoded.broken += 1;
                    tracing::trace!(%error, "picture left out");
                    // A decoder that fails here has consumed what it failed on, or says so again for ever.
                    if decoded.broken > 1_000 {
                        return None;
                    }
                }
            }
        }
    }

    fn picture(&mut self, frame: Video, decoded: &mut Decoded) -> Option<Picture> {
        let media_ms = frame
            .timestamp()
            .or(frame.pts())
            .unwrap_or(self.last_ms)
            .max(self.last_ms)
            .max(0);
        let captured_us = self.reference.and_then(|from| from.at(media_ms));
        match Picture::new(frame, media_ms, captured_us) {
            Ok(picture) => {
                self.last_ms = media_ms;
                decoded.pictures += 1;
                Some(picture)
            }
            Err(error) => {
                decoded.broken += 1;
                tracing::debug!(%error, "picture left out");
                None
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;
    use std::path::Path;

    use super::*;
    use crate::clock::Clock;
    use crate::config::{Location, Timeouts};
    use crate::source::{Input, Limits, init};
    use crate::stop::Stop;

    pub(in crate::source) fn limits() -> Limits {
        Limits {
            timeouts: Timeouts::default(),
            stop: Stop::new(),
            clock: Clock::system(),
        }
    }

    /// Packets of one of the samples, and what is known of them.
    pub(in crate::source) fn sample() -> (Parameters, Vec<Arc<Packet>>) {
        init();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/held-card.mp4");
        let mut input = Input::open(&Location::File(file), &limits()).unwrap();
        let parameters = input.parameters().unwrap();
        let packets = std::iter::from_fn(|| input.read().unwrap());
        (parameters, packets.take(20).map(Arc::new).collect())
    }

    /// However short the time is, it goes on, and nothing is lost.
    #[test]
    fn what_is_left_is_decoded_later() {
        let (parameters, packets) = sample();
        assert_eq!(packets.len(), 20);
        let whole = Batch {
            packets,
            looks: Looks::Each,
            rough: false,
            ..Batch::alone(Arc::new(Packet::empty()))
        };
        let mut pictures = Vec::new();
        let mut decoder = Decoder::new(parameters.clone()).unwrap();
        decoder.decode(&whole, |picture| pictures.push(picture.media_ms()));
        assert!(pictures.len() >= 15, "{}", pictures.len());

        let mut decoder = Decoder::new(parameters).unwrap().sharing();
        let (mut batch, mut turns) = (whole, 0);
        let mut in_turns = Vec::new();
        loop {
            let asked = Cell::new(0);
            // Time for three of them.
            let enough = || asked.replace(asked.get() + 1) == 2;
            let decoded = decoder
                .decode_until(&batch, &enough, |picture| in_turns.push(picture.media_ms()))
                .unwrap();
            turns += 1;
            if decoded.left == 0 {
                break;
            }
            assert_eq!(decoded.left, batch.packets.len() - 3);
            batch = batch.rest(decoded.left);
        }
        assert_eq!((turns, in_turns), (7, pictures));
    }
}
