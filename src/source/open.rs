//! Opens a source: which protocols and containers it may have, and how long it may take.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use ffmpeg_next::format::context::{Input as Context, StreamIo};
use ffmpeg_next::{Dictionary, Error, format};
use url::Url;

use crate::config::Location;
use crate::source::SourceError;
use crate::source::input::Deadline;
use crate::source::rtmp::{Rtmp, RtmpError, Target};
use crate::source::stdin::Stdin;

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
/// The first libavformat that knows of enhanced RTMP: 60.16, of `FFmpeg` 6.1.
const ENHANCED_FLV: u32 = 60 << 16 | 16 << 8;

/// Opens `location`.
///
/// # Errors
/// After the time-out of opening at the latest; of plain RTMP, whose video may begin later than the stream, after that
/// of reading beside it.
pub(super) fn connect(
    location: &Location,
    deadline: &Arc<Deadline>,
) -> Result<Context, SourceError> {
    let within = deadline.limits.timeouts.open;
    deadline.set(within);
    let mut options = Dictionary::new();
    options.set("format_whitelist", CONTAINERS);
    let opened = match location {
        Location::Stdin => {
            options.set("protocol_whitelist", "");
            let stdin = Stdin::new(std::io::stdin(), interrupts(deadline));
            let stdin = stdin.map_err(|error| SourceError::Open(error.kind().to_string()))?;
            demultiplex(stdin, options, deadline)
        }
        Location::File(path) => {
            options.set("protocol_whitelist", LOCAL);
            // Without the prefix a file named like a URL would be opened as one.
            let mut name = std::ffi::OsString::from("file:");
            name.push(path);
            let (name, interrupts) = (Path::new(&name), interrupts(deadline));
            format::input_with_interrupt_and_dictionary(name, interrupts, options)
        }
        Location::Stills => return Err(SourceError::Open("stills are sent to it".to_owned())),
        Location::Url(url) => match Target::of(url) {
            Some(target) if target.is_plain() => {
                let rtmp = play(target, deadline)?;
                deadline.set(within);
                options.set("protocol_whitelist", "");
                set_probing(&mut options, url);
                demultiplex(rtmp, options, deadline)
            }
            target => open_url(url, target.as_ref(), options, deadline),
        },
    };
    opened.map_err(|error| deadline.cause(within, cannot_open(error)))
}

fn interrupts(deadline: &Arc<Deadline>) -> impl Fn() -> bool + Send + use<> {
    let watched = Arc::clone(deadline);
    move || watched.interrupts()
}

/// libav calls for bytes from C, where a panic would end the process.
struct Contained<R>(R);

impl<R: Read> Read for Contained<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        catch_unwind(AssertUnwindSafe(|| self.0.read(into)))
            .unwrap_or_else(|_| Err(io::Error::other("given up after a panic")))
    }
}

/// Lets libav take `bytes` apart.
fn demultiplex(
    bytes: impl Read + Send + 'static,
    options: Dictionary,
    deadline: &Arc<Deadline>,
) -> Result<Context, Error> {
    let stream = StreamIo::from_read(Contained(bytes))?;
    format::input_from_stream_with_interrupt(stream, None, Some(options), interrupts(deadline))
}

/// Connects to an RTMP server and waits for the video. That may take longer than to open anything else: a server without a
/// cache of pictures sends sound at once, and the video from its next keyframe on.
fn play(target: Target, deadline: &Arc<Deadline>) -> Result<impl Read + use<>, SourceError> {
    let failed = |waited, error| match error {
        RtmpError::Interrupted => deadline.cause(waited, SourceError::Silent(waited)),
        error => SourceError::Open(error.to_string()),
    };
    let (timeouts, clock) = (&deadline.limits.timeouts, deadline.limits.clock);
    let stop = deadline.limits.stop.clone();
    let takes_enhanced = format::version() >= ENHANCED_FLV;
    let connected = Rtmp::connect(target, takes_enhanced, stop, clock, interrupts(deadline));
    let mut rtmp = connected.map_err(|error| failed(timeouts.open, error))?;
    deadline.set(timeouts.read);
    match rtmp.await_video() {
        Ok(true) => Ok(rtmp),
        Ok(false) => Err(SourceError::NoVideo),
        Err(error) => Err(failed(timeouts.read, error)),
    }
}

fn open_url(
    url: &Url,
    target: Option<&Target>,
    mut options: Dictionary,
    deadline: &Arc<Deadline>,
) -> Result<Context, Error> {
    if let Some(target) = target.filter(|_| url.path().contains('%')) {
        // libav asks the server for what is written, and not for what is meant.
        options.set("rtmp_app", &target.app);
        options.set("rtmp_playpath", &target.play_path);
    }
    options.set("protocol_whitelist", REMOTE);
    options.set(
        "format_whitelist",
        &format!("{CONTAINERS},{REMOTE_CONTAINERS}"),
    );
    set_probing(&mut options, url);
    options.set("rtsp_transport", "tcp");
    options.set("user_agent", concat!("waylay/", env!("CARGO_PKG_VERSION")));
    format::input_with_interrupt_and_dictionary(
        Path::new(url.as_str()),
        interrupts(deadline),
        options,
    )
}

/// Probing as long as libav likes to costs 5 s of an RTMP stream.
fn set_probing(options: &mut Dictionary, url: &Url) {
    let (bytes, us) = match url.scheme() {
        "rtmp" | "rtmps" => ("32768", "500000"),
        _ => ("524288", "1000000"),
    };
    options.set("probesize", bytes);
    options.set("analyzeduration", us);
}

fn cannot_open(error: Error) -> SourceError {
    let text = match error {
        // libav's many words for bytes that it cannot make sense of.
        Error::InvalidData
        | Error::Eof
        | Error::Other {
            errno: ffmpeg_next::error::EINVAL | ffmpeg_next::error::EAGAIN,
        } => "not a video that can be read".to_owned(),
        error => error.to_string().to_lowercase(),
    };
    SourceError::Open(text)
}

/// Says plainly what libav would say of a file in its own words, or not at all.
pub(super) fn check_file(path: &Path) -> Result<(), SourceError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_while_libav_reads_is_an_error() {
        struct Bad;
        impl Read for Bad {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                panic!("a bug");
            }
        }
        assert!(Contained(Bad).read(&mut [0; 8]).is_err());
        assert_eq!(Contained(&b"abc"[..]).read(&mut [0; 8]).unwrap(), 3);
    }
}
