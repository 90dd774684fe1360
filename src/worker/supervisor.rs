//! The live streams that are watched: added, changed and removed while others go on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::config::Location;
use crate::source::{SourceError, StreamLog};
use crate::stop::Stop;
use crate::worker::board::{Board, Figures, State as BoardState};
use crate::worker::boost::{Boosts, Why};
use crate::worker::counts::Counts;
use crate::worker::feed::Feed;
use crate::worker::lane::{Found, Lane};
use crate::worker::live::LiveReader;
use crate::worker::pool::{Cell, Pool};
use crate::worker::stills::{NotTaken, Offer, Waiting};
use crate::worker::{Settings, Stream};

mod passing;

/// How often it is to be told that time passes.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// What is said of a stream of stills while none comes.
const NO_STILL: &str = "no still has come for a while";

/// Why a stream is not watched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is one of that id.
    #[error("there is a stream `{0}` already")]
    Exists(String),
    /// There are as many as there may be.
    #[error("all {0} streams are taken")]
    Full(usize),
    /// The system gives no thread.
    #[error("the system gives no thread")]
    NoThread,
    /// All of it ends.
    #[error("the program is about to end")]
    Ending,
}

/// A stream that is watched, at one moment.
#[derive(Debug, Clone)]
pub struct Status {
    /// What it is.
    pub stream: Stream,
    /// For how long it has been watched, in ms.
    pub watched_ms: i64,
    /// How it is.
    pub figures: Figures,
    /// Why it is boosted; `None` where it is not.
    pub boosted: Option<Why>,
}

/// Watches live streams.
#[derive(Clone)]
pub struct Supervisor {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    max_streams: usize,
    /// How many streams there are, for whoever cannot wait for the lock.
    taken: AtomicUsize,
    pool: Arc<Pool>,
    state: Mutex<State>,
    boosts: Mutex<Boosts>,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<Arc<str>, Watched>,
    /// What was done for streams that are gone.
    gone: Counts,
    boosted: BTreeMap<Arc<str>, Why>,
    /// Held by every reader; nothing is ever sent.
    readers: Option<Sender<()>>,
}

struct Watched {
    stream: Stream,
    cell: Arc<Cell>,
    stop: Stop,
    since_us: i64,
    /// What it is fed with, where it is a stream of stills.
    feed: Option<Feed>,
}

impl Supervisor {
    /// Begins without streams, with as many threads as there are cores; what is found goes into `records`. It takes
    /// no more than `max_streams`.
    pub fn start(
        settings: &Settings,
        max_streams: usize,
        records: &mpsc::Sender<Found>,
    ) -> (Self, Readers) {
        let clock = settings.limits.clock;
        let pool = Arc::new(Pool::new(clock, settings.priority.longest_blind, cores()));
        for at in 0..cores() {
            let (pool, records) = (Arc::clone(&pool), records.clone());
            spawn(format!("scan-{at}"), move || {
                pool.work(&mut |found| hand_over(&records, found));
            });
        }
        let (readers, gone) = channel();
        let state = State {
            readers: Some(readers),
            ..State::default()
        };
        let inner = Inner {
            boosts: Mutex::new(Boosts::new(settings.boost, cores())),
            settings: settings.clone(),
            max_streams,
            taken: AtomicUsize::new(0),
            pool,
            state: Mutex::new(state),
        };
        let supervisor = Self {
            inner: Arc::new(inner),
        };
        (supervisor, Readers(gone))
    }

    /// Watches one more stream; `history` where it led off the platform before.
    ///
    /// # Errors
    /// Where it has the id of another one, there are too many, or the program is about to end.
    pub fn add(&self, stream: Stream, history: bool) -> Result<(), Refused> {
        self.watch(stream, history, false)
    }

    /// The same for a stream of stills that ends by itself when no more of them come.
    ///
    /// # Errors
    /// As for [`Supervisor::add`].
    pub(super) fn add_passing(&self, stream: Stream, history: bool) -> Result<(), Refused> {
        self.watch(stream, history, true)
    }

    fn watch(&self, stream: Stream, history: bool, passing: bool) -> Result<(), Refused> {
        self.watch_among(&mut self.state(), stream, history, passing)
    }

    fn watch_among(
        &self,
        state: &mut State,
        stream: Stream,
        history: bool,
        passing: bool,
    ) -> Result<(), Refused> {
        // What comes after the end of all streams is ended by nobody. Whoever ends them asks for the stop first, and waits for
        // this lock.
        if self.inner.settings.limits.stop.is_asked() {
            return Err(Refused::Ending);
        }
        let id: Arc<str> = stream.id.as_str().into();
        if state.streams.contains_key(&id) {
            return Err(Refused::Exists(stream.id));
        }
        if state.streams.len() >= self.inner.max_streams {
            return Err(Refused::Full(self.inner.max_streams));
        }
        let settings = &self.inner.settings;
        let since_us = settings.limits.clock.monotonic_us();
        let board = Arc::new(Board::new(since_us, settings));
        if history {
            board.set_history();
        }
        board.set_weight(self.weight(&stream, history));
        let log = StreamLog::new(&stream.id, &stream.location, settings.limits.clock);
        let lane = Lane::new(&stream, None, settings, Arc::clone(&board), log.clone());
        let is_fed = stream.location == Location::Stills;
        let watched = Watched {
            feed: is_fed.then(|| Feed::new(&settings.frames, passing, since_us)),
            cell: Arc::new(Cell::new(lane, board)),
            stop: settings.limits.stop.child(),
            since_us,
            stream,
        };
        self.inner.pool.add();
        if is_fed {
            let none_yet = BoardState::Waiting(NO_STILL.to_owned());
            watched.cell.board.set_state(none_yet);
        } else if !self.read(&watched, log, state.readers.clone()) {
            watched.cell.mailbox.finish();
            self.inner.pool.ready(&watched.cell);
            return Err(Refused::NoThread);
        }
        state.streams.insert(id, watched);
        let taken = state.streams.len();
        self.inner.taken.store(taken, Ordering::Relaxed);
        Ok(())
    }

    fn read(&self, watched: &Watched, log: StreamLog, held: Option<Sender<()>>) -> bool {
        let (pool, cell) = (Arc::clone(&self.inner.pool), Arc::clone(&watched.cell));
        let (settings, stop) = (self.inner.settings.clone(), watched.stop.clone());
        let stream = watched.stream.clone();
        spawn(format!("read-{}", stream.id), move || {
            let _speaking = log.speak();
            LiveReader::new(&stream, &settings, stop, &cell, &pool).run();
            drop(held);
        })
    }

    /// Ends what is watched of the stream `id`; false where there is none.
    pub fn remove(&self, id: &str) -> bool {
        let mut state = self.state();
        let Some(watched) = state.streams.remove(id) else {
            return false;
        };
        let taken = state.streams.len();
        self.inner.taken.store(taken, Ordering::Relaxed);
        state.gone = state.gone.plus(watched.cell.board.counts());
        self.end(&watched);
        true
    }

    fn end(&self, watched: &Watched) {
        watched.stop.ask();
        // Its reader may hang in a name look-up that nothing interrupts.
        watched.cell.mailbox.finish();
        self.inner.pool.ready(&watched.cell);
    }

    /// Watches `stream` in the place of the one with its id. Where it comes from the same place it is not opened
    /// anew, and its open incidents are judged by what is known of it now.
    ///
    /// # Errors
    /// As for [`Supervisor::add`]; the one with its id is watched on.
    pub fn change(&self, stream: Stream) -> Result<(), Refused> {
        let mut state = self.state();
        let Some((id, mut old)) = state.streams.remove_entry(stream.id.as_str()) else {
            return self.watch_among(&mut state, stream, false, false);
        };
        let mut changed = Ok(());
        if old.stream.location == stream.location {
            old.cell.mailbox.about(stream.clone());
            old.stream = stream;
            self.inner.pool.ready(&old.cell);
        } else {
            // Nobody takes its place meanwhile.
            let history = old.cell.board.has_history();
            changed = self.watch_among(&mut state, stream, history, false);
            if changed.is_ok() {
                state.gone = state.gone.plus(old.cell.board.counts());
                self.end(&old);
                return changed;
            }
        }
        state.streams.insert(id, old);
        changed
    }

    /// Where the stream `id` comes from.
    pub fn location(&self, id: &str) -> Option<Location> {
        let state = self.state();
        let watched = state.streams.get(id)?;
        Some(watched.stream.location.clone())
    }

    /// Whether packets of the stream `id` come.
    pub(super) fn is_live(&self, id: &str) -> bool {
        let state = self.state();
        let watched = state.streams.get(id);
        watched.is_some_and(|watched| watched.cell.board.is_live())
    }

    /// Shows a still to the stream `id`, as soon as there is time for it; its media time in ms.
    ///
    /// # Errors
    /// Where that is no stream of stills, or it does not take this one.
    pub(super) fn show(&self, id: &str, mut offer: Offer) -> Result<i64, NotTaken> {
        let clock = self.inner.settings.limits.clock;
        let mut state = self.state();
        let watched = state.streams.get_mut(id).ok_or(NotTaken::Watched)?;
        let feed = watched.feed.as_mut().ok_or(NotTaken::Watched)?;
        let arrived_us = clock.monotonic_us();
        let media_ms = feed.take(offer.at_us, clock.wall_us(), arrived_us)?;
        let mailbox = &watched.cell.mailbox;
        if let Some(labels) = offer.labels.take().filter(|_| feed.is_passing())
            && labels != watched.stream.labels
        {
            watched.stream.labels = labels;
            mailbox.about(watched.stream.clone());
        }
        let board = &watched.cell.board;
        board.set_codec(offer.sent.kind().as_str().to_owned());
        board.set_state(BoardState::Live);
        mailbox.show(Waiting {
            offer,
            media_ms,
            arrived_us,
        });
        self.inner.pool.ready(&watched.cell);
        Ok(media_ms)
    }

    /// Looks at the stream `id` more often for a while; false where there is none.
    pub fn boost(&self, id: &str) -> bool {
        let state = self.state();
        let watched = state.streams.get(id);
        watched
            .inspect(|watched| watched.cell.board.give_reason(Why::Operator))
            .is_some()
    }

    /// The streams, by their ids.
    pub fn streams(&self) -> Vec<Status> {
        let state = self.state();
        let streams = state.streams.values();
        streams
            .map(|watched| self.status(&state, watched))
            .collect()
    }

    /// The stream `id`.
    pub fn stream(&self, id: &str) -> Option<Status> {
        let state = self.state();
        let watched = state.streams.get(id)?;
        Some(self.status(&state, watched))
    }

    /// What was done for all streams, those that are gone included.
    pub fn counts(&self) -> Counts {
        let state = self.state();
        let each = state.streams.values().map(|w| w.cell.board.counts());
        each.fold(state.gone, Counts::plus)
    }

    /// For how long it has been running, in ms.
    pub fn up_ms(&self) -> i64 {
        self.inner.settings.limits.clock.monotonic_us() / 1_000
    }

    /// For how long the stream has waited for a thread that waits for longest, in ms.
    pub fn longest_wait_ms(&self) -> i64 {
        self.inner.pool.longest_wait_us() / 1_000
    }

    /// How many streams it takes.
    pub fn max_streams(&self) -> usize {
        self.inner.max_streams
    }

    /// Whether there is a place for one more stream. Waits for nobody.
    pub fn has_room(&self) -> bool {
        self.inner.taken.load(Ordering::Relaxed) < self.inner.max_streams
    }

    fn status(&self, state: &State, watched: &Watched) -> Status {
        let now_us = self.inner.settings.limits.clock.monotonic_us();
        Status {
            stream: watched.stream.clone(),
            watched_ms: (now_us - watched.since_us) / 1_000,
            figures: watched.cell.board.figures(now_us),
            boosted: state.boosted.get(watched.stream.id.as_str()).copied(),
        }
    }

    /// No stream is added any more: all of it ends when the streams have ended.
    pub fn close(&self) {
        self.state().readers = None;
        self.inner.pool.close();
    }

    /// Ends all streams.
    pub fn finish(&self) {
        let state = self.state();
        state.streams.values().for_each(|watched| self.end(watched));
    }

    /// What became of each stream.
    pub(super) fn outcome(&self) -> Vec<(Stream, Result<Figures, SourceError>)> {
        let state = self.state();
        let now_us = self.inner.settings.limits.clock.monotonic_us();
        let each = state.streams.values().map(|watched| {
            let failed = watched.cell.failed.get().cloned();
            let ended = failed.map_or_else(|| Ok(watched.cell.board.figures(now_us)), Err);
            (watched.stream.clone(), ended)
        });
        each.collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.inner.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    fn boosts(&self) -> MutexGuard<'_, Boosts> {
        let boosts = self.inner.boosts.lock();
        boosts.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The readers of all streams.
pub struct Readers(Receiver<()>);

impl Readers {
    /// Waits until all of them are gone, for `longest` at most: a program that ends while threads are inside of
    /// libav tears down what these use.
    pub(super) fn await_gone(&self, longest: Duration) {
        // Nothing is sent: the wait is over when the last sender is gone.
        let _ = self.0.recv_timeout(longest);
    }
}

/// Fails only where recording was given up, and then there is nothing left to do with what was found.
pub(super) fn hand_over(records: &mpsc::Sender<Found>, found: Found) {
    let _ = records.blocking_send(found);
}

pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

pub(super) fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> bool {
    let started = thread::Builder::new().name(name).spawn(work);
    if let Err(error) = &started {
        tracing::error!(%error, "cannot start a thread");
    }
    started.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::policy::Policy;
    use crate::worker::InForce;

    fn elsewhere() -> Location {
        "rtmp://127.0.0.1:9/live/a".parse().unwrap()
    }

    #[test]
    fn a_stream_that_changes_keeps_its_place() {
        let policy = InForce::new(Policy::default());
        let config = Config::default();
        let settings = Settings::new(&config, policy, Stop::new(), Clock::system());
        let (records, _waiting) = mpsc::channel(1);
        let (supervisor, _readers) = Supervisor::start(&settings, 1, &records);
        let stills = |id: &str| Stream::new(id, Location::Stills);
        supervisor.add(stills("a"), true).unwrap();
        assert_eq!(supervisor.add(stills("b"), false), Err(Refused::Full(1)));
        supervisor.change(Stream::new("a", elsewhere())).unwrap();
        assert_eq!(supervisor.location("a"), Some(elsewhere()));
        assert_eq!(supervisor.streams().len(), 1);
    }

    #[test]
    fn what_comes_after_the_end_is_refused() {
        let (stop, policy) = (Stop::new(), InForce::new(Policy::default()));
        let config = Config::default();
        let settings = Settings::new(&config, policy, stop.clone(), Clock::system());
        let (records, mut waiting) = mpsc::channel(1);
        let (supervisor, _readers) = Supervisor::start(&settings, 9, &records);
        drop(records);
        let stills = |id: &str| Stream::new(id, Location::Stills);
        supervisor.add_passing(stills("a"), false).unwrap();
        stop.ask();
        supervisor.finish();
        let late = supervisor.add_passing(stills("b"), false);
        assert_eq!(late, Err(Refused::Ending));
        let late = supervisor.change(stills("c"));
        assert_eq!(late, Err(Refused::Ending));
        // Nor is what is watched given up for it.
        assert_eq!(
            supervisor.change(Stream::new("a", elsewhere())),
            Err(Refused::Ending)
        );
        assert_eq!(supervisor.location("a"), Some(Location::Stills));
        supervisor.close();
        // All threads have ended, since all streams have.
        assert!(waiting.blocking_recv().is_none());
    }
}
