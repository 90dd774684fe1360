//! Opens a source and reads the packets of its video stream, with a deadline on everything.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::format::context::{Input as Context, StreamIo};
use ffmpeg_next::{Dictionary, Error, Rational, Rescale, format, media};

use crate::clock::Clock;
use crate::config::{Location, Timeouts};
use crate::source::log;
use crate::source::stdin::Stdin;
use crate::source::{Packet, SourceError};
use crate::stop::Stop;

/// Protocols that a remote source may lead on to: a playlist must not make us read local files.
const REMOTE: &str = "rtmp,rtmps,rtmpt,tcp,tls,http,https,httpproxy,crypto,srt,rtsp,rtp,udp";
/// Protocols that a file may lead on to.
const LOCAL: &str = "file,crypto";
/// Containers that only come from the network: playlists and descriptions that lead on to other places.
/// In a file they would make us open what a stranger wrote into it, where no deadline is heard.
const REMOTE_CONTAINERS: &str = "hls,rtsp,rtp,sdp";
/// Containers that are opened. Not among them: those that are a list of other files or a program.
const CONTAINERS: &str = "flv,live_flv,mpegts,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,\
                          ogg,asf,nut,ivf,h264,hevc,m4v,mpeg,mpegvideo,yuv4mpegpipe,wav,mp3,aac,flac";

/// Packets of another video stream with none of ours between them, after which ours is taken to be over: half a
/// second. A source may have several at once, and each of them comes within that time.
const MOST_STRANGERS: usize = 30;

/// The time base of media time.
const MILLISECONDS: Rational = Rational(1, 1_000);

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
    /// What was read of the video when it was waited for.
    first: Option<Packet>,
    /// Packets of other video streams since the last one of ours.
    strangers: usize,
}

/// When the present wait is over, in µs of the clock. libav polls it thousands of times a second.
#[derive(Debug)]
struct Deadline {
    at_us: AtomicI64,
    limits: Limits,
}

impl Deadline {
    fn set(&self, after: Duration) {
        let after = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        let at_us = self.limits.clock.monotonic_us().saturating_add(after);
        self.at_us.store(at_us, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.limits.clock.monotonic_us() > self.at_us.load(Ordering::Relaxed)
    }

    fn interrupts(&self) -> bool {
        self.limits.stop.is_asked() || self.is_over()
    }

    /// What went wrong, where libav stopped with `error`: after an interrupt its codes mislead.
    fn cause(&self, waited: Duration, otherwise: SourceError) -> SourceError {
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
    /// After `limits.timeouts.open` at the latest.
    pub fn open(location: &Location, limits: &Limits) -> Result<Self, SourceError> {
        if let Location::File(path) = location {
            check_file(path)?;
        }
        let deadline = Arc::new(Deadline {
            at_us: AtomicI64::new(0),
            limits: limits.clone(),
        });
        deadline.set(limits.timeouts.open);
        let mut context = connect(location, &deadline).map_err(|error| {
            let text = match error {
                // libav's many words for bytes that it cannot make sense of.
                Error::InvalidData
                | Error::Eof
                | Error::Other {
                    errno: ffmpeg_next::error::EINVAL | ffmpeg_next::error::EAGAIN,
                } => "not a video that can be read".to_owned(),
                error => error.to_string().to_lowercase(),
            };
            deadline.cause(limits.timeouts.open, SourceError::Open(text))
        })?;
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
        Ok(Self {
            context,
            limits: limits.clone(),
            deadline,
            stream,
            time_base,
            first,
            strangers: 0,
        })
    }

    /// What a decoder needs to know of the video stream. A copy: what libav hands out keeps the
    /// connection open for as long as it lives.
    pub fn parameters(&self) -> Option<Parameters> {
        let stream = self.context.stream(self.stream)?;
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

    /// The next packet of the video stream, its time stamps turned into ms; `None` at the end.
    ///
    /// # Errors
    /// `Silent` when no video came for `limits.timeouts.read`.
    pub fn read(&mut self) -> Result<Option<Packet>, SourceError> {
        let waited = self.limits.timeouts.read;
        self.deadline.set(waited);
        loop {
            // libav does not ask while it has the bytes at hand.
            if self.limits.stop.is_asked() {
                return Err(SourceError::Stopped);
            }
            let (mut packet, read) = self.packet();
            match read {
                Ok(()) if packet.stream() != self.stream => {
                    self.strangers += usize::from(is_video(&self.context, packet.stream()));
                    if self.strangers > MOST_STRANGERS {
                        return Err(SourceError::OtherVideo);
                    }
                    // Sound alone is no sign of life: what is not seen is not watched.
                    if self.deadline.interrupts() {
                        return Err(self.deadline.cause(waited, SourceError::Silent(waited)));
                    }
                }
                Ok(()) => {
                    self.strangers = 0;
                    packet.set_pts(
                        packet
                            .pts()
                            .map(|pts| pts.rescale(self.time_base, MILLISECONDS)),
                    );
                    packet.set_dts(
                        packet
                            .dts()
                            .map(|dts| dts.rescale(self.time_base, MILLISECONDS)),
                    );
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

fn connect(location: &Location, deadline: &Arc<Deadline>) -> Result<Context, Error> {
    let mut options = Dictionary::new();
    options.set("format_whitelist", CONTAINERS);
    let watched = Arc::clone(deadline);
    let interrupted = move || watched.interrupts();
    match location {
        Location::Stdin => {
            options.set("protocol_whitelist", "");
            let watched = Arc::clone(deadline);
            let stdin =
                Stdin::new(std::io::stdin(), move || watched.interrupts()).map_err(|_| {
                    Error::Other {
                        errno: ffmpeg_next::error::EAGAIN,
                    }
                })?;
            let stream = StreamIo::from_read(stdin)?;
            format::input_from_stream_with_interrupt(stream, None, Some(options), interrupted)
        }
        Location::File(path) => {
            options.set("protocol_whitelist", LOCAL);
            // Without the prefix a file named like a URL would be opened as one.
            let mut name = std::ffi::OsString::from("file:");
            name.push(path);
            format::input_with_interrupt_and_dictionary(Path::new(&name), interrupted, options)
        }
        Location::Url(url) => {
            options.set("protocol_whitelist", REMOTE);
            options.set(
                "format_whitelist",
                &format!("{CONTAINERS},{REMOTE_CONTAINERS}"),
            );
            // Probing as long as libav likes to costs 5 s of an RTMP stream.
            let (probe_bytes, probe_us) = match url.scheme() {
                "rtmp" | "rtmps" => ("32768", "500000"),
                _ => ("524288", "1000000"),
            };
            options.set("probesize", probe_bytes);
            options.set("analyzeduration", probe_us);
            options.set("rtsp_transport", "tcp");
            options.set("user_agent", concat!("waylay/", env!("CARGO_PKG_VERSION")));
            format::input_with_interrupt_and_dictionary(
                Path::new(url.as_str()),
                interrupted,
                options,
            )
        }
    }
}

/// Says plainly what libav would say of a file in its own words, or not at all.
fn check_file(path: &Path) -> Result<(), SourceError> {
    let open = |why: String| Err(SourceError::Open(why));
    if path.to_str().is_none() {
        return open("its name is not UTF-8".to_owned());
    }
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            open("no such file".to_owned())
        }
        Err(error) => open(error.to_string()),
        Ok(found) if found.is_dir() => open("it is a folder".to_owned()),
        // Opening a pipe that nobody writes to waits for ever.
        Ok(found) if !found.is_file() => {
            open("not a regular file; a pipe is watched as standard input, with -".to_owned())
        }
        Ok(found) if found.len() == 0 => open("the file is empty".to_owned()),
        Ok(_) => Ok(()),
    }
}
