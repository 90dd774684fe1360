//! What is known of a stream while it is watched, where all who have to do with it read and write it without
//! waiting for one another: its reader, the pool, and who asks how it is.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::source::{Packet, Position, Ring, Timeline, Tracks, bytes_of};
use crate::track::{Coverage, Gaps};
use crate::worker::Settings;
use crate::worker::boost::Why;
use crate::worker::counts::Counts;
use crate::worker::kept::{Excerpt, Kept};

/// What a live stream does at present.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// It is being opened.
    #[default]
    Connecting,
    /// Packets come.
    Live,
    /// It broke off, cannot be opened, and is tried again, or cannot be decoded. Why, for people.
    Waiting(String),
    /// It is over.
    Ended,
}

/// What is known of one stream.
pub(super) struct Board {
    /// The looks a second of its boost; 0 without one.
    boost: AtomicU8,
    /// What gave reason for a boost: a bit for each [`Why`].
    reasons: AtomicU8,
    /// CPU time that it has cost, µs.
    cpu_us: AtomicI64,
    /// When its newest look was done, or else when it began, µs of the process clock.
    looked_us: AtomicI64,
    /// When a look that no boost asked for was last tried: who is boosted does not wait longer for these, and who gives no
    /// pictures does not come first for ever.
    due_us: AtomicI64,
    /// How much it counts where there is not enough for all, as the bits of an `f64`.
    weight: AtomicU64,
    /// Whether it led off the platform before.
    history: AtomicBool,
    inner: Mutex<Inner>,
    kept: Mutex<Kept<Arc<Packet>, Tracks>>,
}

#[derive(Debug)]
struct Inner {
    state: State,
    counts: Counts,
    gaps: Gaps,
    /// Width and height of its pictures in px.
    size: Option<(u32, u32)>,
    codec: Option<String>,
    /// Why what comes cannot be decoded, where it cannot.
    undecoded: Option<String>,
}

impl Inner {
    /// What it does: a stream that comes and cannot be decoded is not watched.
    fn state(&self) -> State {
        match (&self.state, &self.undecoded) {
            (State::Live, Some(why)) => State::Waiting(why.clone()),
            (state, _) => state.clone(),
        }
    }
}

/// What is to be said of a stream at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// What it does.
    pub state: State,
    /// What was done for it.
    pub counts: Counts,
    /// How well it was watched.
    pub coverage: Coverage,
    /// How long ago its newest look was, in ms.
    pub since_look_ms: i64,
    /// Width and height of its pictures in px, where one was decoded.
    pub size: Option<(u32, u32)>,
    /// Its codec, as libav calls it.
    pub codec: Option<String>,
    /// Bytes of packets that are kept.
    pub ring_bytes: usize,
    /// How much it counts where there is not enough for all.
    pub weight: f64,
}

impl Board {
    /// For a stream that begins at `now_us`.
    pub(super) fn new(now_us: i64, settings: &Settings) -> Self {
        let keep = settings.ring.keep.max(settings.clips.before);
        let ring = Ring::new(millis(keep), settings.ring.max_bytes);
        Self {
            boost: AtomicU8::new(0),
            reasons: AtomicU8::new(0),
            cpu_us: AtomicI64::new(0),
            looked_us: AtomicI64::new(now_us),
            due_us: AtomicI64::new(now_us),
            weight: AtomicU64::new(1.0f64.to_bits()),
            history: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                state: State::default(),
                counts: Counts::default(),
                // How long a stream may go without a look before it counts as blind.
                gaps: Gaps::new(millis(settings.sampling.max_gap)),
                size: None,
                codec: None,
                undecoded: None,
            }),
            kept: Mutex::new(Kept::new(ring)),
        }
    }

    /// What is to be said of it at `now_us` of the process clock.
    pub(super) fn figures(&self, now_us: i64) -> Figures {
        let since_look_ms = self.blind_us(now_us) / 1_000;
        let ring_bytes = self.kept().bytes();
        let inner = self.inner();
        let open_ms = if inner.state == State::Ended {
            0
        } else {
            since_look_ms
        };
        Figures {
            state: inner.state(),
            counts: inner.counts,
            coverage: inner.gaps.coverage(open_ms, inner.counts.looks),
            since_look_ms,
            size: inner.size,
            codec: inner.codec.clone(),
            ring_bytes,
            weight: self.weight(),
        }
    }

    /// How well it was watched up to its newest look.
    pub(super) fn coverage(&self) -> Coverage {
        let inner = self.inner();
        inner.gaps.coverage(0, inner.counts.looks)
    }

    pub(super) fn set_state(&self, state: State) {
        self.inner().state = state;
    }

    pub(super) fn is_live(&self) -> bool {
        let inner = self.inner();
        inner.state == State::Live && inner.undecoded.is_none()
    }

    /// Why what comes cannot be decoded; `None` where it can.
    pub(super) fn set_undecoded(&self, why: Option<String>) {
        self.inner().undecoded = why;
    }

    pub(super) fn set_codec(&self, codec: String) {
        self.inner().codec = Some(codec);
    }

    /// A look at `media_ms` at pictures of this size begins, which were decoded from `coded` px.
    pub(super) fn look(&self, media_ms: i64, size: (u32, u32), coded: (u32, u32)) {
        let mut inner = self.inner();
        inner.gaps.look(media_ms);
        inner.size = Some(size);
        drop(inner);
        self.kept().see(coded);
    }

    /// What was done so far, up to `now_us` of the process clock; `was_due` where a look was tried that no boost asked for.
    pub(super) fn set_counts(&self, counts: &Counts, now_us: i64, was_due: bool) {
        let cpu_us = counts.cpu.decode_us + counts.cpu.scan_us;
        self.cpu_us.store(cpu_us, Ordering::Relaxed);
        let mut inner = self.inner();
        if counts.looks > inner.counts.looks {
            self.looked_us.store(now_us, Ordering::Relaxed);
        }
        if was_due {
            self.due_us.store(now_us, Ordering::Relaxed);
        }
        inner.counts = *counts;
    }

    pub(super) fn counts(&self) -> Counts {
        self.inner().counts
    }

    pub(super) fn cpu_us(&self) -> i64 {
        self.cpu_us.load(Ordering::Relaxed)
    }

    /// For how long it was not looked at, µs.
    pub(super) fn blind_us(&self, now_us: i64) -> i64 {
        (now_us - self.looked_us.load(Ordering::Relaxed)).max(0)
    }

    /// For how long no look was tried but for what a boost asked for, µs.
    pub(super) fn due_since_us(&self, now_us: i64) -> i64 {
        (now_us - self.due_us.load(Ordering::Relaxed)).max(0)
    }

    /// The looks a second of its boost.
    pub(super) fn boost(&self) -> Option<u8> {
        Some(self.boost.load(Ordering::Relaxed)).filter(|looks| *looks > 0)
    }

    pub(super) fn set_boost(&self, looks: Option<u8>) {
        self.boost.store(looks.unwrap_or(0), Ordering::Relaxed);
    }

    /// Something gave reason to look at it more often.
    pub(super) fn give_reason(&self, why: Why) {
        self.reasons.fetch_or(1 << why as u8, Ordering::Relaxed);
        if why == Why::OffPlatform {
            self.history.store(true, Ordering::Relaxed);
        }
    }

    /// The weightiest reason since the last time.
    pub(super) fn take_reason(&self) -> Option<Why> {
        let reasons = self.reasons.swap(0, Ordering::Relaxed);
        let given = |why: &Why| reasons & 1 << *why as u8 != 0;
        Why::ALL.into_iter().rev().find(given)
    }

    pub(super) fn has_history(&self) -> bool {
        self.history.load(Ordering::Relaxed)
    }

    pub(super) fn set_history(&self) {
        self.history.store(true, Ordering::Relaxed);
    }

    pub(super) fn weight(&self) -> f64 {
        f64::from_bits(self.weight.load(Ordering::Relaxed))
    }

    pub(super) fn set_weight(&self, weight: f64) {
        self.weight.store(weight.to_bits(), Ordering::Relaxed);
    }

    /// Its last packets, and the clips of them.
    pub(super) fn kept(&self) -> MutexGuard<'_, Kept<Arc<Packet>, Tracks>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the next packet of its sound, where that goes with the video. True where a clip is ready that was not.
    pub(super) fn keep_sound(&self, mut packet: Packet, timeline: &Timeline) -> bool {
        let stamp = packet.dts().or(packet.pts());
        let Some(media_ms) = timeline.beside(stamp) else {
            return false;
        };
        packet.set_pts(Some(media_ms));
        packet.set_dts(Some(media_ms));
        let position = Position {
            key: false,
            anew: false,
            // What is kept, and when a clip is ready, goes by the video alone: sound that says to be far ahead would push it out.
            media_ms: media_ms.min(timeline.newest_ms()),
            bytes: bytes_of(&packet),
        };
        self.kept().push(Arc::new(packet), position)
    }

    /// The clips that are ready.
    pub(super) fn take_clips(&self) -> Vec<Excerpt<Arc<Packet>, Tracks>> {
        self.kept().take()
    }

    /// It holds whole values only: one that panicked while it had it left it as good as any.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::policy::Policy;
    use crate::stop::Stop;
    use crate::worker::InForce;

    /// Sound that says to be far ahead pushes out nothing: what is kept goes by the time of the video.
    #[test]
    fn sound_pushes_no_video_out() {
        let policy = InForce::new(Policy::default());
        let settings = Settings::new(&Config::default(), policy, Stop::new(), Clock::system());
        let board = Board::new(0, &settings);
        let mut timeline = Timeline::new(false);
        for ms in [0, 2_000] {
            let (media_ms, _) = timeline.map(Some(ms), Some(ms), Some(ms));
            let position = Position {
                key: true,
                anew: true,
                media_ms,
                bytes: 1_000,
            };
            board.kept().push(Arc::new(Packet::new(1_000)), position);
        }
        let video = board.kept().bytes();
        let mut sound = Packet::new(1);
        sound.set_dts(Some(25_000));
        board.keep_sound(sound, &timeline);
        assert!(board.kept().bytes() > video);
    }
}
