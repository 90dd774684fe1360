//! The threads that decode and scan live streams: as many as there are cores, whatever the number of
//! streams, each taking the stream that has gone without a look for longest.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::source::SourceError;
use crate::worker::board::Board;
use crate::worker::lane::{Found, Lane};
use crate::worker::mailbox::{Mailbox, Waits};

/// A picture that came so many µs ago is late anyway: it waits for all that can still be told of within half a second, which takes up to
/// 100 ms from here on, and then no more.
const LATE_US: Range<i64> = 400_000..2_000_000;

/// A live stream, shared between its reader and the pool.
pub(super) struct Cell {
    pub(super) mailbox: Mailbox,
    pub(super) board: Arc<Board>,
    /// Keyframes by themselves give no picture: the reader is to send what lies between them too.
    pub(super) keyframes_fail: AtomicBool,
    /// Why the stream is over, where it failed for good.
    pub(super) failed: OnceLock<SourceError>,
    lane: Mutex<Lane>,
    /// Whether it waits for a thread or has one: it is never on two.
    queued: AtomicBool,
}

impl Cell {
    pub(super) fn new(lane: Lane, board: Arc<Board>) -> Self {
        Self {
            mailbox: Mailbox::default(),
            board,
            keyframes_fail: AtomicBool::new(false),
            failed: OnceLock::new(),
            lane: Mutex::new(lane),
            queued: AtomicBool::new(false),
        }
    }
}

/// The streams that wait for a thread.
pub(super) struct Pool {
    state: Mutex<State>,
    wake: Condvar,
    clock: Clock,
    /// A stream that was not looked at for so many µs comes before all others.
    longest_blind_us: i64,
    /// How many threads may have extra looks at once: nothing that is due waits for one of these to end.
    most_extras: usize,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    /// Threads that have an extra look.
    extras: usize,
    /// Streams that are not over.
    running: usize,
    /// No stream is added any more.
    closed: bool,
}

struct Waiting {
    cell: Arc<Cell>,
    since_us: i64,
}

impl Pool {
    /// A pool without streams, for so many threads.
    pub(super) fn new(clock: Clock, longest_blind: Duration, threads: usize) -> Self {
        Self {
            state: Mutex::default(),
            wake: Condvar::new(),
            clock,
            longest_blind_us: i64::try_from(longest_blind.as_micros()).unwrap_or(i64::MAX),
            most_extras: (threads / 2).max(1),
        }
    }

    /// One more stream, which is to be finished some time.
    pub(super) fn add(&self) {
        self.lock().running += 1;
    }

    /// No stream is added any more: its threads end when all of them were finished.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_all();
    }

    /// There is mail for `cell`.
    pub(super) fn ready(&self, cell: &Arc<Cell>) {
        if !cell.queued.swap(true, Ordering::AcqRel) {
            let waiting = Waiting {
                cell: Arc::clone(cell),
                since_us: self.clock.monotonic_us(),
            };
            self.lock().waiting.push(waiting);
        }
        // One that waited for an extra look may be due by now.
        self.wake.notify_one();
    }

    /// For how long the stream has waited that waits for longest, in µs; extra looks do not count, which wait for all others.
    pub(super) fn longest_wait_us(&self) -> i64 {
        let now_us = self.clock.monotonic_us();
        let state = self.lock();
        let due = state
            .waiting
            .iter()
            .filter(|w| !w.cell.mailbox.waits().is_extra);
        let waits = due.map(|w| now_us - w.since_us);
        waits.max().unwrap_or(0)
    }

    /// Works until it is closed and all streams are over.
    pub(super) fn work(&self, record: &mut dyn FnMut(Found)) {
        while let Some((cell, is_extra)) = self.next() {
            let over = serve(&cell, self.clock, record);
            self.lock().extras -= usize::from(is_extra);
            if over {
                // It stays marked as queued: nothing that still comes for it is served.
                self.lock().running -= 1;
                self.wake.notify_all();
                continue;
            }
            cell.queued.store(false, Ordering::Release);
            if !cell.mailbox.is_empty() {
                self.ready(&cell);
            }
        }
    }

    /// The next stream to be served, and whether it waits for no more than an extra look.
    fn next(&self) -> Option<(Arc<Cell>, bool)> {
        let mut state = self.lock();
        loop {
            let with_extras = state.extras < self.most_extras;
            if let Some((at, is_extra)) = self.first(&state.waiting, with_extras) {
                state.extras += usize::from(is_extra);
                return Some((state.waiting.swap_remove(at).cell, is_extra));
            }
            if state.closed && state.running == 0 {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Which of those that wait comes first, and whether it waits for no more than an extra look: the time since its last look counts, times what it weighs. Who is
    /// past the longest blind time comes before all that are not, by time alone, so that nobody starves; what a boost
    /// wants beyond that comes after all others.
    ///
    /// Where there is not quite enough for all, what is late comes after what is not. Or else each would be looked at just before its
    /// next picture comes, and told of as late as that; like this most are in time, and few give way to their next picture, which
    /// then waits for nobody that is late.
    ///
    /// All of them are looked at, since each gains at its own pace: that is a few numbers each, beside a decoding.
    fn first(&self, waiting: &[Waiting], with_extras: bool) -> Option<(usize, bool)> {
        let now_us = self.clock.monotonic_us();
        let rank = |(at, waiting): (usize, &Waiting)| {
            let Waits { is_extra, since_us } = waiting.cell.mailbox.waits();
            if is_extra && !with_extras {
                return None;
            }
            let blind_us = waiting.cell.board.due_since_us(now_us);
            let overdue = blind_us >= self.longest_blind_us;
            let is_late = since_us.is_some_and(|us| LATE_US.contains(&(now_us - us)));
            let in_time = overdue || !is_late;
            let weight = if overdue {
                1.0
            } else {
                waiting.cell.board.weight()
            };
            let class = (overdue, !is_extra, in_time);
            Some((at, is_extra, class, blind_us as f64 * weight))
        };
        let ranks = waiting.iter().enumerate().filter_map(rank);
        let first = ranks.max_by(|(.., a, x), (.., b, y)| a.cmp(b).then_with(|| x.total_cmp(y)));
        first.map(|(at, is_extra, ..)| (at, is_extra))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what waits for `cell`; true when its stream is over. A panic costs this stream its present
/// frame and nobody else anything.
fn serve(cell: &Cell, clock: Clock, record: &mut dyn FnMut(Found)) -> bool {
    let mail = cell.mailbox.take();
    let is_due = mail.batch.as_ref().is_some_and(|batch| !batch.extra) || mail.still.is_some();
    let mut lane = cell.lane.lock().unwrap_or_else(PoisonError::into_inner);
    let _speaking = lane.speak();
    lane.count_dropped(mail.dropped);
    let done = catch_unwind(AssertUnwindSafe(|| {
        if let Some(stream) = mail.about {
            lane.about(&stream);
        }
        if let Some(parameters) = mail.parameters {
            let started = lane.start(parameters).inspect_err(|error| {
                tracing::warn!(stream.id = lane.stream(), %error, "cannot be decoded");
            });
            cell.board
                .set_undecoded(started.err().map(|error| error.to_string()));
        }
        if let Some(batch) = mail.batch {
            let looks = lane.counts().looks;
            let left = lane.decode(&batch, Some(mail.arrived_us), record);
            let fail = lane.keyframes_fail();
            cell.keyframes_fail.store(fail, Ordering::Relaxed);
            // A stream that gives no pictures any more shows nothing: what is over ends without a look.
            if lane.counts().looks == looks
                && let Some(media_ms) = batch.packets.last().and_then(|packet| packet.pts())
            {
                lane.advance(media_ms, record);
            }
            if left > 0 {
                cell.mailbox.put_back(batch.rest(left), mail.arrived_us);
            }
        }
        if let Some(still) = mail.still {
            lane.show(&still, record);
        }
        if let Some(media_ms) = mail.advance_ms {
            lane.advance(media_ms, record);
        }
        lane.hand_over_clips(record);
    }));
    if done.is_err() {
        lane.contain();
        tracing::error!(
            stream.id = lane.stream(),
            "a frame was given up after a panic"
        );
    }
    if mail.finish && catch_unwind(AssertUnwindSafe(|| lane.finish(record))).is_err() {
        lane.contain();
        tracing::error!(
            stream.id = lane.stream(),
            "its last incidents were given up after a panic"
        );
    }
    cell.board
        .set_counts(&lane.counts(), clock.monotonic_us(), is_due);
    mail.finish
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{GrayImage, ImageFormat, Luma};
    use qrcode::{Color, QrCode};

    use super::*;
    use crate::config::{Config, Location};
    use crate::policy::Policy;
    use crate::source::{Batch, Packet, Parameters, Sent, SentKind, StreamLog};
    use crate::stop::Stop;
    use crate::track::ChangeKind;
    use crate::worker::board::State as BoardState;
    use crate::worker::stills::{Offer, Place, Waiting};
    use crate::worker::{InForce, Settings, Stream};

    /// A stream for which a look waits.
    fn waiting(pool: &Pool, id: &str, extra: bool) -> Arc<Cell> {
        let (clock, policy) = (pool.clock, InForce::new(Policy::default()));
        let settings = Settings::new(&Config::default(), policy, Stop::new(), clock);
        let location: Location = format!("rtmp://h.example/{id}").parse().unwrap();
        let stream = Stream::new(id, location);
        let board = Arc::new(Board::new(0, &settings));
        let log = StreamLog::new(id, &stream.location, clock);
        let lane = Lane::new(&stream, None, &settings, Arc::clone(&board), log);
        let cell = Arc::new(Cell::new(lane, board));
        let batch = Batch {
            extra,
            ..Batch::alone(Arc::new(Packet::new(1)))
        };
        cell.mailbox.put(batch, 0);
        pool.ready(&cell);
        cell
    }

    impl Pool {
        /// The next stream to be served.
        fn peek(&self) -> Arc<Cell> {
            let state = self.lock();
            let (at, _) = self.first(&state.waiting, true).unwrap();
            Arc::clone(&state.waiting[at].cell)
        }
    }

    #[test]
    fn extra_looks_leave_a_thread_to_what_is_due() {
        let pool = Pool::new(Clock::system(), Duration::from_hours(1), 2);
        let first = waiting(&pool, "extra-1", true);
        let (next, is_extra) = pool.next().unwrap();
        assert!(Arc::ptr_eq(&next, &first) && is_extra);
        let second = waiting(&pool, "extra-2", true);
        let state = pool.lock();
        assert!(pool.first(&state.waiting, false).is_none());
        drop(state);
        assert_eq!(pool.longest_wait_us(), 0, "it is no wait that counts");
        // With one under way, another waits for what is due and for that.
        let due = waiting(&pool, "due", false);
        let (next, is_extra) = pool.next().unwrap();
        assert!(Arc::ptr_eq(&next, &due) && !is_extra);
        // One that waits may become due.
        second
            .mailbox
            .put(Batch::alone(Arc::new(Packet::new(1))), 1);
        let (next, is_extra) = pool.next().unwrap();
        assert!(Arc::ptr_eq(&next, &second) && !is_extra);
        assert_eq!(pool.lock().extras, 1);
    }

    #[test]
    fn what_is_late_waits_for_what_can_be_in_time() {
        let pool = Pool::new(Clock::system(), Duration::from_hours(1), 1);
        let [fresh, late] = ["fresh", "late"].map(|id| waiting(&pool, id, false));
        let put = |cell: &Cell, ago_us| {
            let came_us = pool.clock.monotonic_us() - ago_us;
            let alone = Batch::alone(Arc::new(Packet::new(1)));
            cell.mailbox.put(alone, came_us);
        };
        // Whether the other comes first where the picture of one has just come. It is the last of two that are the same.
        let late_is_first = || {
            fresh.mailbox.take();
            put(&fresh, 0);
            Arc::ptr_eq(&pool.peek(), &late)
        };
        let taken = |ago_us| {
            late.mailbox.take();
            put(&late, ago_us);
        };
        taken(0);
        assert!(late_is_first());
        taken(LATE_US.start);
        assert!(!late_is_first());
        put(&late, LATE_US.start);
        assert!(late_is_first(), "one of it was passed over");
        taken(LATE_US.start);
        assert!(!late_is_first(), "it has had its look");
        taken(LATE_US.end);
        assert!(late_is_first(), "it has waited for long enough");
    }

    #[test]
    fn past_the_longest_blind_time_it_is_by_time_alone() {
        let pool = Pool::new(Clock::system(), Duration::ZERO, 1);
        let [_fresh, late] = ["fresh", "late"].map(|id| waiting(&pool, id, false));
        let came_us = pool.clock.monotonic_us() - LATE_US.start;
        late.mailbox.take();
        let alone = Batch::alone(Arc::new(Packet::new(1)));
        late.mailbox.put(alone, came_us);
        assert!(Arc::ptr_eq(&pool.peek(), &late));
    }

    #[test]
    fn a_stream_that_cannot_be_decoded_says_so() {
        let pool = Pool::new(Clock::system(), Duration::from_hours(1), 1);
        let cell = waiting(&pool, "odd", false);
        cell.board.set_state(BoardState::Live);
        assert!(cell.board.is_live());
        cell.mailbox.start(Parameters::new());
        serve(&cell, pool.clock, &mut |_| ());
        assert!(!cell.board.is_live());
        let why = "no decoder for its video codec (none)".to_owned();
        let state = || cell.board.figures(0).state;
        assert_eq!(state(), BoardState::Waiting(why));
        cell.board.set_state(BoardState::Connecting);
        assert_eq!(state(), BoardState::Connecting);
        cell.board.set_state(BoardState::Live);
        cell.board.set_undecoded(None);
        assert_eq!(state(), BoardState::Live);
    }

    #[test]
    fn a_stream_that_gives_no_pictures_takes_its_turn_like_all_others() {
        let pool = Pool::new(Clock::system(), Duration::from_hours(1), 1);
        let broken = waiting(&pool, "broken", false);
        assert!(Arc::ptr_eq(&pool.next().unwrap().0, &broken));
        assert!(!serve(&broken, pool.clock, &mut |_| ()));
        let counts = broken.board.counts();
        assert_eq!((counts.looks, counts.failed), (0, 1));
        let now_us = pool.clock.monotonic_us();
        assert_eq!(broken.board.blind_us(now_us), now_us, "nothing was seen");
        let healthy = waiting(&pool, "healthy", false);
        broken
            .mailbox
            .put(Batch::alone(Arc::new(Packet::new(1))), 1);
        broken.queued.store(false, Ordering::Release);
        pool.ready(&broken);
        assert!(Arc::ptr_eq(&pool.next().unwrap().0, &healthy));
    }

    /// A picture of a code that is shown at the beginning.
    fn still() -> Waiting {
        let code = QrCode::new("https://elsewhere.example/pay").unwrap();
        let side = u32::try_from(code.width()).unwrap();
        let picture = GrayImage::from_fn(4 * (side + 8), 4 * (side + 8), |x, y| {
            let at = |px: u32| (px / 4).checked_sub(4).filter(|at| *at < side);
            let dark = at(x)
                .zip(at(y))
                .is_some_and(|(x, y)| code[(x as usize, y as usize)] == Color::Dark);
            Luma([if dark { 20 } else { 230 }])
        });
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).unwrap();
        Waiting {
            offer: Offer {
                sent: Sent::new(SentKind::Png, png.into_inner(), 1 << 20).unwrap(),
                at_us: None,
                labels: None,
                place: Place::free(),
            },
            media_ms: 0,
            arrived_us: 0,
        }
    }

    #[test]
    fn what_is_over_ends_where_no_picture_comes_any_more() {
        let pool = Pool::new(Clock::system(), Duration::from_hours(1), 1);
        let cell = waiting(&pool, "broken", false);
        cell.mailbox.take();
        cell.mailbox.show(still());
        let changes = |cell: &Cell| {
            let mut kinds = Vec::new();
            let mut record = |found| {
                if let Found::Change(record) = found {
                    kinds.push(record.change.kind);
                }
            };
            serve(cell, pool.clock, &mut record);
            kinds
        };
        assert_eq!(changes(&cell), [ChangeKind::Opened]);
        // Nothing of them can be decoded: there is no decoder.
        let ended: Vec<_> = [10_000, 10_001]
            .into_iter()
            .map(|media_ms| {
                let mut packet = Packet::new(1);
                packet.set_pts(Some(media_ms));
                cell.mailbox.put(Batch::alone(Arc::new(packet)), 0);
                changes(&cell)
            })
            .collect();
        assert_eq!(ended, [vec![], vec![ChangeKind::Ended]]);
    }
}
