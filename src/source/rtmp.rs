//! Plays a stream over RTMP: its video and sound, as FLV for libav to take apart.
//!
//! libav's own reader takes every chunk header byte by byte from the socket, with a poll before each: 1,800 calls of the
//! system a second and stream at two megabits. This one reads what there is at once.

mod amf;
mod chunk;
mod session;
mod target;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use session::{Over, Session};

use crate::clock::Clock;
use crate::stop::Stop;

pub(super) use target::Target;

/// Bytes that are read at once.
const CHUNK: usize = 32 << 10;

/// Bytes that are kept room for between two reads.
const KEPT: usize = 512 << 10;

/// How long what comes is let gather. A server sends each picture and each bit of sound by itself, 70 times a second and
/// stream, and to wake a thread costs more than to read what it finds.
const GATHER: Duration = Duration::from_millis(80);

/// How long sound is waited for once pictures come, whatever their time stamps say.
const AWAIT_SOUND_US: i64 = 1_000_000;

/// How often a wait looks up to see whether it was interrupted.
const POLL: Duration = Duration::from_millis(100);

/// How long one attempt to connect takes, and how long a server may leave what is sent to it unread. Nothing interrupts
/// either.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The version of the protocol, and bytes of each half of the handshake (5.2).
const VERSION: u8 = 3;
const HANDSHAKE: usize = 1_536;

/// Why a stream cannot be played, or no more.
#[derive(Debug, thiserror::Error)]
pub(super) enum RtmpError {
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Over(#[from] Over),
    #[error("{}", .0.kind())]
    Network(#[from] io::Error),
}

/// A stream that is played.
pub(super) struct Rtmp<F> {
    tcp: TcpStream,
    session: Session,
    buffer: Vec<u8>,
    /// Bytes of the session's FLV that were given out.
    given: usize,
    /// Whether all that had come was read.
    drained: bool,
    stop: Stop,
    clock: Clock,
    interrupted: F,
}

impl<F: Fn() -> bool> Rtmp<F> {
    /// Connects and asks for the stream; `takes_enhanced` where whoever takes its FLV apart knows of enhanced RTMP.
    pub(super) fn connect(
        target: Target,
        takes_enhanced: bool,
        stop: Stop,
        clock: Clock,
        interrupted: F,
    ) -> Result<Self, RtmpError> {
        let tcp = dial(&target.addresses()?, &interrupted)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(POLL))?;
        tcp.set_write_timeout(Some(ATTEMPT))?;
        let mut rtmp = Self {
            tcp,
            session: Session::new(target, takes_enhanced),
            buffer: vec![0; CHUNK],
            given: 0,
            drained: false,
            stop,
            clock,
            interrupted,
        };
        rtmp.shake_hands()?;
        rtmp.send()?;
        Ok(rtmp)
    }

    /// Waits for the first of its video; false where the stream ended without any.
    pub(super) fn await_video(&mut self) -> Result<bool, RtmpError> {
        let mut since_us = None;
        while !self.session.has_video() && !self.session.has_ended() {
            if !self.receive()? {
                return Ok(false);
            }
            if self.session.awaits_sound() {
                let now_us = self.clock.monotonic_us();
                if now_us - *since_us.get_or_insert(now_us) >= AWAIT_SOUND_US {
                    self.session.go_on();
                }
            }
        }
        Ok(self.session.has_video())
    }

    /// The plain handshake of the specification: neither side proves anything.
    fn shake_hands(&mut self) -> Result<(), RtmpError> {
        let mut ours = vec![0; 1 + HANDSHAKE];
        ours[0] = VERSION;
        self.tcp.write_all(&ours)?;
        let mut theirs = vec![0; 1 + HANDSHAKE];
        self.fill(&mut theirs)?;
        if theirs[0] != VERSION {
            return Err(Over::Broken(chunk::Broken("it does not shake hands")).into());
        }
        self.tcp.write_all(&theirs[1..])?;
        // What we sent comes back.
        self.fill(&mut theirs[1..])
    }

    fn fill(&mut self, mut into: &mut [u8]) -> Result<(), RtmpError> {
        while !into.is_empty() {
            match self.read_some(into)? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                read => into = &mut into[read..],
            }
        }
        Ok(())
    }

    /// Takes what has come, or waits for it; false at the end.
    fn receive(&mut self) -> Result<bool, RtmpError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = self.read_some(&mut buffer);
        self.buffer = buffer;
        let read = read?;
        self.drained = read < CHUNK;
        self.session.push(&self.buffer[..read])?;
        self.send()?;
        Ok(read > 0)
    }

    fn read_some(&mut self, into: &mut [u8]) -> Result<usize, RtmpError> {
        loop {
            if (self.interrupted)() {
                return Err(RtmpError::Interrupted);
            }
            match self.tcp.read(into) {
                Ok(read) => return Ok(read),
                Err(error) if is_no_end(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn send(&mut self) -> Result<(), RtmpError> {
        let out = self.session.outgoing();
        Ok(self.tcp.write_all(&out)?)
    }
}

/// Nothing came for now.
fn is_no_end(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// The first of `addresses` that answers. They are tried again and again until somebody interrupts.
fn dial(addresses: &[SocketAddr], interrupted: &impl Fn() -> bool) -> Result<TcpStream, RtmpError> {
    loop {
        let mut failed = None;
        for address in addresses {
            if interrupted() {
                return Err(RtmpError::Interrupted);
            }
            match TcpStream::connect_timeout(address, ATTEMPT) {
                Ok(tcp) => return Ok(tcp),
                Err(error) if is_no_end(&error) => {}
                Err(error) => failed = Some(error),
            }
        }
        // Where none but says nothing there is hope.
        let none = || io::Error::from(io::ErrorKind::AddrNotAvailable);
        if addresses.is_empty() || failed.is_some() {
            return Err(failed.unwrap_or_else(none).into());
        }
    }
}

impl<F: Fn() -> bool> Read for Rtmp<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.session.flv().len() == self.given {
            if std::mem::take(&mut self.drained) {
                self.stop.sleep(GATHER);
            }
            self.session.flv().clear();
            // One picture of megabytes is not kept room for ever after.
            self.session.flv().shrink_to(KEPT);
            self.given = 0;
            let more = !self.session.has_ended()
                && self.receive().map_err(|error| match error {
                    RtmpError::Interrupted => io::ErrorKind::TimedOut.into(),
                    RtmpError::Network(error) => error,
                    RtmpError::Over(over) => io::Error::other(over),
                })?;
            if !more {
                return Ok(0);
            }
        }
        let flv = &self.session.flv()[self.given..];
        let count = into.len().min(flv.len());
        into[..count].copy_from_slice(&flv[..count]);
        self.given += count;
        Ok(count)
    }
}
