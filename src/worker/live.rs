//! Reads one live stream for as long as it is wanted: opens it, leaves its packets for the pool, and
//! opens it again when it breaks off.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::config::Location;
use crate::source::{
    Anew, Collector, Description, Input, Limits, Packet, Position, SourceError, Timeline, bytes_of,
    codec_name, is_sound, stamp,
};
use crate::stop::Stop;
use crate::worker::backoff::Backoff;
use crate::worker::board::State;
use crate::worker::mailbox::Put;
use crate::worker::pool::{Cell, Pool};
use crate::worker::{Settings, Stream};

/// How long the pool is waited for at once, however far ahead of its time a packet is.
const LONGEST_BURST: Duration = Duration::from_secs(2);

/// Reads a live stream until it is stopped, or ends by itself.
pub(super) struct LiveReader<'a> {
    stream: &'a Stream,
    settings: &'a Settings,
    /// Those of this stream: it can be stopped by itself.
    limits: Limits,
    cell: &'a Arc<Cell>,
    pool: &'a Pool,
    collector: Collector<Arc<Packet>>,
    description: Description,
    anew: Anew,
    timeline: Timeline,
    first_us: Option<i64>,
    /// Media time in ms and arrival in µs of the last packets that were left for the pool.
    last_put: Option<(i64, i64)>,
    backoff: Backoff,
}

/// Why a connection is over.
enum Over {
    /// The source said so, and has no more.
    Ended,
    /// It broke off; packets had come before.
    Broke(SourceError),
}

impl<'a> LiveReader<'a> {
    pub(super) fn new(
        stream: &'a Stream,
        settings: &'a Settings,
        stop: Stop,
        cell: &'a Arc<Cell>,
        pool: &'a Pool,
    ) -> Self {
        Self {
            stream,
            settings,
            limits: Limits {
                stop,
                ..settings.limits.clone()
            },
            cell,
            pool,
            collector: Collector::new(&settings.sampling),
            timeline: Timeline::new(false),
            description: Description::default(),
            anew: Anew::default(),
            first_us: None,
            last_put: None,
            backoff: Backoff::new(&stream.id, &stream.location),
        }
    }

    /// Reads until the end.
    pub(super) fn run(mut self) {
        let id = self.stream.id.as_str();
        let stop = self.limits.stop.clone();
        loop {
            self.cell.board.set_state(State::Connecting);
            let connected = catch_unwind(AssertUnwindSafe(|| self.connect()));
            let gave_up = |_| Err(SourceError::Read("given up after a panic".to_owned()));
            let error = match connected.unwrap_or_else(gave_up) {
                Ok(Over::Ended) => {
                    tracing::info!(stream.id = id, "stream {id} ended");
                    break;
                }
                Err(SourceError::Stopped) => break,
                Ok(Over::Broke(error)) => {
                    tracing::warn!(stream.id = id, %error, "stream {id} broke off");
                    error
                }
                Err(error) => {
                    tracing::warn!(stream.id = id, %error, "stream {id} cannot be watched");
                    error
                }
            };
            self.cell.board.set_state(State::Waiting(error.to_string()));
            if self.stream.location == Location::Stdin {
                // It cannot be opened a second time. Only this reader sets the reason.
                let _ = self.cell.failed.set(error);
                break;
            }
            if let Some(first_us) = self.first_us {
                let elapsed_us = self.limits.clock.monotonic_us() - first_us;
                self.cell.mailbox.advance(elapsed_us / 1_000);
                self.pool.ready(self.cell);
            }
            if stop.sleep(self.backoff.next_wait()) {
                break;
            }
        }
        self.cell.board.set_state(State::Ended);
        self.cell.mailbox.finish();
        self.pool.ready(self.cell);
    }

    /// One connection.
    fn connect(&mut self) -> Result<Over, SourceError> {
        let limits = self.limits.clone();
        let mut input = Input::open(&self.stream.location, &limits)?;
        let parameters = input.parameters().ok_or(SourceError::NoVideo)?;
        tracing::info!(stream.id = %self.stream.id, "watching {} from {}", self.stream.id, self.stream.location);
        self.cell.board.set_codec(codec_name(&parameters));
        self.cell.board.set_state(State::Live);
        self.cell.board.kept().begin(input.tracks());
        self.description = Description::of(&parameters);
        self.anew = Anew::of(&parameters);
        self.cell.mailbox.start(parameters);
        self.cell.keyframes_fail.store(false, Ordering::Relaxed);
        self.collector = Collector::new(&self.settings.sampling);
        self.timeline.reopen();
        loop {
            match input.read_any() {
                Ok(Some(packet)) if is_sound(&packet) => self.take_sound(packet),
                Ok(Some(packet)) => self.take(packet),
                Err(SourceError::Stopped) => return Err(SourceError::Stopped),
                Err(error) => return Ok(Over::Broke(error)),
                Ok(None) => {
                    if let Some(batch) = self.collector.finish() {
                        self.cell.mailbox.put(batch, limits.clock.monotonic_us());
                        self.pool.ready(self.cell);
                    }
                    // A live stream that ends may come back. How long it says that it is counts for
                    // nothing: the sender writes that.
                    return Ok(match self.stream.location {
                        Location::Stdin => Over::Ended,
                        _ => Over::Broke(SourceError::Read("the stream ended".to_owned())),
                    });
                }
            }
        }
    }

    fn take(&mut self, mut packet: Packet) {
        self.backoff.begin_anew();
        let arrived_us = self.limits.clock.monotonic_us();
        let first_us = *self.first_us.get_or_insert(arrived_us);
        let elapsed_ms = (arrived_us - first_us) / 1_000;
        let (media_ms, follows) = self
            .timeline
            .map(packet.pts(), packet.dts(), Some(elapsed_ms));
        if !follows {
            self.collector.resync();
            self.cell.board.kept().break_off();
        }
        stamp(&mut packet, media_ms);
        let position = Position {
            key: packet.is_key(),
            anew: self.anew.is_at(&packet),
            media_ms,
            bytes: bytes_of(&packet),
        };
        self.collector.pass(elapsed_ms);
        let fail = self.cell.keyframes_fail.load(Ordering::Relaxed);
        self.collector.keyframes_fail(fail);
        let packet = Arc::new(packet);
        if self.description.is_changed_by(&packet) {
            self.cell.mailbox.renew(Arc::clone(&packet));
            let mut kept = self.cell.board.kept();
            let tracks = kept.tracks().map(|tracks| tracks.anew(&packet));
            kept.begin(tracks);
        }
        let clip_is_ready = self.cell.board.kept().push(Arc::clone(&packet), position);
        self.collector.boost(self.cell.board.boost());
        if let Some(batch) = self.collector.push(packet, position) {
            self.wait_in_a_burst(media_ms, arrived_us);
            if self.cell.mailbox.put(batch, arrived_us) == Put::Lost {
                self.collector.resync();
            }
            self.pool.ready(self.cell);
        } else if clip_is_ready {
            self.pool.ready(self.cell);
        }
    }

    fn take_sound(&mut self, packet: Packet) {
        if self.cell.board.keep_sound(packet, &self.timeline) {
            self.pool.ready(self.cell);
        }
    }

    /// HLS hands out a segment at once, and a pipe all it has. What comes faster than it plays need not
    /// take the place of what came before: the pool has as long as this is ahead of its time.
    fn wait_in_a_burst(&mut self, media_ms: i64, arrived_us: i64) {
        if let Some((last_ms, last_us)) = self.last_put {
            let ahead_us = (media_ms - last_ms) * 1_000 - (arrived_us - last_us);
            let ahead = Duration::from_micros(u64::try_from(ahead_us).unwrap_or(0));
            self.cell.mailbox.await_room(ahead.min(LONGEST_BURST));
        }
        self.last_put = Some((media_ms, arrived_us));
    }
}
