//! Opens a source and reads the packets of its video stream, with a deadline on everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::format::context::Input as Context;
use ffmpeg_next::{Error, Rational, Rescale, media};

use crate::clock::Clock;
use crate::config::{Location, Timeouts};
use crate::source::open::{check_file, connect};
use crate::source::strangers::Strangers;
use crate::source::{Packet, SourceError, Tracks, log};
use crate::stop::Stop;

/// How long before it is shown a frame may be decoded, in ms: sixteen frames (H.264 A.3.1), slow ones.
const LONGEST_REORDER: i64 = 2_000;

/// The numbers of the tracks, in the packets that are handed out.
const VIDEO: usize = 0;
const SOUND: usize = 1;

/// The time base of media time.
pub(super) const MILLISECONDS: Rational = Rational(1, 1_000);

/// How long a source may be silent, and who can stop it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The configured times.
    pub timeouts: Timeouts,
    /// Interrupts every wait.
    pub stop: Stop,
    /// Tells when a deadline is over.
    pub clock: Clock,
}

/// Prepares libav, whose log goes where `tracing` goes by now.
pub fn init() {
    // It only registers what newer versions register by themselves.
    let _ = ffmpeg_next::init();
    log::install();
}

/// An open source.
pub struct Input {
    context: Context,
    limits: Limits,
    deadline: Arc<Deadline>,
    stream: usize,
    time_base: Rational,
    /// Its sound, and the time base of that.
    sound: Option<(usize, Rational)>,
    /// Whether video was read since the present wait began.
    seen: bool,
    /// What was read of the video when it was waited for.
    first: Option<Packet>,
    strangers: Strangers,
}

/// When the present wait is over, in µs of the clock. libav polls it thousands of times a second.
#[derive(Debug)]
pub(super) struct Deadline {
    at_us: AtomicI64,
    pub(super) limits: Limits,
}

impl Deadline {
    pub(super) fn set(&self, after: Duration) {
        let after = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        let at_us = self.limits.clock.monotonic_us().saturating_add(after);
        self.at_us.store(at_us, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.limits.clock.monotonic_us() > self.at_us.load(Ordering::Relaxed)
    }

    pub(super) fn interrupts(&self) -> bool {
        self.limits.stop.is_asked() || self.is_over()
    }

    /// What went wrong, where libav stopped with `error`: after an interrupt its codes mislead.
    pub(super) fn cause(&self, waited: Duration, otherwise: SourceError) -> SourceError {
        if self.limits.stop.is_asked() {
            SourceError::Stopped
        } else if self.is_over() {
            SourceError::Silent(waited)
        } else {
            otherwise
        }
    }
}

impl Input {
    /// Opens `location` and finds its video stream.
    ///
    /// # Errors
    /// After `limits.timeouts.open` at the latest, or where the video begins later than the rest, after
    /// `limits.timeouts.read` beside it.
    pub fn open(location: &Location, limits: &Limits) -> Result<Self, SourceError> {
        if let Location::File(path) = location {
            check_file(path)?;
        }
        let deadline = Arc::new(Deadline {
            at_us: AtomicI64::new(0),
            limits: limits.clone(),
        });
        let mut context = connect(location, &deadline)?;
        // An interrupt while libav looks for streams is swallowed: it says that all is well.
        let over = deadline.interrupts();
        let best = context.streams().best(media::Type::Video);
        let (stream, first) = match (best.map(|stream| stream.index()), location) {
            (Some(stream), _) => (stream, None),
            (None, Location::Url(_)) if !over => {
                deadline.set(limits.timeouts.read);
                let first = await_video(&mut context, &deadline)?;
                (first.stream(), Some(first))
            }
            (None, _) if over => {
                let otherwise = SourceError::NoVideo;
                return Err(deadline.cause(limits.timeouts.open, otherwise));
            }
            (None, _) => return Err(SourceError::NoVideo),
        };
        let time_base = context.stream(stream).map(|stream| stream.time_base());
        let time_base = time_base.ok_or(SourceError::NoVideo)?;
        let sound = context.streams().best(media::Type::Audio);
        let sound = sound.map(|sound| (sound.index(), sound.time_base()));
        Ok(Self {
            context,
            limits: limits.clone(),
            deadline,
            stream,
            time_base,
            sound,
            seen: true,
            first,
            strangers: Strangers::default(),
        })
    }

    /// What a decoder needs to know of the video stream. A copy: what libav hands out keeps the
    /// connection open for as long as it lives.
    pub fn parameters(&self) -> Option<Parameters> {
        self.parameters_of(self.stream)
    }

    /// What a clip of it needs to know.
    pub fn tracks(&self) -> Option<Tracks> {
        let sound = self.sound.and_then(|(sound, _)| self.parameters_of(sound));
        Some(Tracks {
            video: self.parameters()?,
            sound,
        })
    }

    fn parameters_of(&self, stream: usize) -> Option<Parameters> {
        let stream = self.context.stream(stream)?;
        let mut copy = Parameters::new();
        copy.clone_from(&stream.parameters());
        Some(copy)
    }

    /// How long a recording says that it is in ms. A live stream may say so too, so this decides nothing.
    pub fn duration_ms(&self) -> Option<i64> {
        let microseconds = self.context.duration();
        (microseconds > 0).then_some(microseconds / 1_000)
    }

    /// Whether it is a file whose time stamps stand in an index, and not in each packet of a broadcast.
    pub fn is_indexed(&self) -> bool {
        !["mpegts", "mpeg", "flv"].contains(&self.context.format().name())
    }

    /// The next packet of any stream.
    fn packet(&mut self) -> (Packet, Result<(), Error>) {
        if let Some(first) = self.first.take() {
            return (first, Ok(()));
        }
        let mut packet = Packet::empty();
        let read = packet.read(&mut self.context);
        (packet, read)
    }

    /// The next packet of the video, its time stamps turned into ms; `None` at the end.
    ///
    /// # Errors
    /// `Silent` when no video came for `limits.timeouts.read`.
    pub fn read(&mut self) -> Result<Option<Packet>, SourceError> {
        loop {
            match self.read_any()? {
                Some(packet) if is_sound(&packet) => {}
                packet => return Ok(packet),
            }
        }
    }

    /// The next packet of the video or [of its sound](is_sound), its time stamps turned into ms; `None` at the end.
    ///
    /// # Errors
    /// `Silent` when no video came for `limits.timeouts.read`.
    pub fn read_any(&mut self) -> Result<Option<Packet>, SourceError> {
        let waited = self.limits.timeouts.read;
        // Sound alone is no sign of life: what is not seen is not watched.
        if std::mem::take(&mut self.seen) {
            self.deadline.set(waited);
        }
        loop {
            // libav does not ask while it has the bytes at hand.
            if self.limits.stop.is_asked() {
                return Err(SourceError::Stopped);
            }
            let (mut packet, read) = self.packet();
            match read {
                Ok(()) if packet.stream() != self.stream => {
                    let stream = packet.stream();
                    if is_video(&self.context, stream) && self.strangers.came(stream) {
                        return Err(SourceError::OtherVideo);
                    }
                    if self.deadline.interrupts() {
                        return Err(self.deadline.cause(waited, SourceError::Silent(waited)));
                    }
                    if let Some((sound, time_base)) = self.sound
                        && packet.stream() == sound
                    {
                        in_ms(&mut packet, time_base);
                        packet.set_stream(SOUND);
                        return Ok(Some(packet));
                    }
                }
                Ok(()) => {
                    self.strangers.ours_came();
                    self.seen = true;
                    in_ms(&mut packet, self.time_base);
                    packet.set_stream(VIDEO);
                    return Ok(Some(packet));
                }
                Err(Error::Eof) if !self.deadline.interrupts() => return Ok(None),
                Err(error) => {
                    let otherwise = match error {
                        // We alone interrupt; libav may first hand out what it still has, and say so
                        // when the next deadline has already begun.
                        Error::Exit => SourceError::Silent(waited),
                        error => SourceError::Read(error.to_string().to_lowercase()),
                    };
                    return Err(self.deadline.cause(waited, otherwise));
                }
            }
        }
    }
}

/// Turns the times of `packet` into ms.
fn in_ms(packet: &mut Packet, time_base: Rational) {
    let in_ms = |stamp: i64| stamp.rescale(time_base, MILLISECONDS);
    packet.set_pts(packet.pts().map(in_ms));
    packet.set_dts(packet.dts().map(in_ms));
    packet.set_duration(in_ms(packet.duration()));
}

/// Has `packet`, which is one of video, shown at `media_ms`.
pub fn stamp(packet: &mut Packet, media_ms: i64) {
    let early = match (packet.pts(), packet.dts()) {
        (Some(pts), Some(dts)) => pts.saturating_sub(dts).clamp(0, LONGEST_REORDER),
        _ => 0,
    };
    packet.set_dts(Some(media_ms - early));
    packet.set_pts(Some(media_ms));
}

/// Whether `packet` is one of sound.
pub fn is_sound(packet: &Packet) -> bool {
    packet.stream() == SOUND
}

/// Waits for the first packet of a video where there was sound alone at first: a server without a cache of pictures
/// sends sound at once, and the video from its next keyframe on.
fn await_video(context: &mut Context, deadline: &Deadline) -> Result<Packet, SourceError> {
    let mut packet = Packet::empty();
    while packet.read(context).is_ok() && !deadline.interrupts() {
        if is_video(context, packet.stream()) {
            return Ok(packet);
        }
    }
    Err(if deadline.limits.stop.is_asked() {
        SourceError::Stopped
    } else {
        SourceError::NoVideo
    })
}

fn is_video(context: &Context, stream: usize) -> bool {
    let stream = context.stream(stream);
    stream.is_some_and(|stream| stream.parameters().medium() == media::Type::Video)
}

/// What libav calls the codec.
pub fn codec_name(parameters: &Parameters) -> String {
    parameters.id().name().to_owned()
}
