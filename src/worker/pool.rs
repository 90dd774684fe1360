//! The threads that decode and scan live streams: as many as there are cores, whatever the number of
//! streams, each taking the stream that has waited longest.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::source::SourceError;
use crate::worker::lane::{Counts, Lane, Record};
use crate::worker::mailbox::Mailbox;

/// A live stream, shared between its reader and the pool.
pub(super) struct Cell {
    pub(super) mailbox: Mailbox,
    /// Keyframes by themselves give no picture: the reader is to send what lies between them too.
    pub(super) keyframes_fail: AtomicBool,
    /// Why the stream is over, where it failed for good.
    pub(super) failed: OnceLock<SourceError>,
    lane: Mutex<Lane>,
    /// Whether it waits for a thread or has one: it is never on two.
    queued: AtomicBool,
}

impl Cell {
    pub(super) fn new(lane: Lane) -> Self {
        Self {
            mailbox: Mailbox::default(),
            keyframes_fail: AtomicBool::new(false),
            failed: OnceLock::new(),
            lane: Mutex::new(lane),
            queued: AtomicBool::new(false),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.lane
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .counts()
    }
}

/// The streams that wait for a thread.
#[derive(Default)]
pub(super) struct Pool {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<Cell>>,
    /// Streams that are not over.
    running: usize,
}

impl Pool {
    /// A pool for `streams` streams: its threads end when that many were finished.
    pub(super) fn new(streams: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                running: streams,
            }),
            wake: Condvar::new(),
        }
    }

    /// There is mail for `cell`.
    pub(super) fn ready(&self, cell: &Arc<Cell>) {
        if !cell.queued.swap(true, Ordering::AcqRel) {
            self.lock().waiting.push_back(Arc::clone(cell));
            self.wake.notify_one();
        }
    }

    /// Works until all streams are over.
    pub(super) fn work(&self, record: &mut dyn FnMut(Record)) {
        while let Some(cell) = self.next() {
            let over = serve(&cell, record);
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

    fn next(&self) -> Option<Arc<Cell>> {
        let mut state = self.lock();
        loop {
            if let Some(cell) = state.waiting.pop_front() {
                return Some(cell);
            }
            if state.running == 0 {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what waits for `cell`; true when its stream is over. A panic costs this stream its present
/// frame and nobody else anything.
fn serve(cell: &Cell, record: &mut dyn FnMut(Record)) -> bool {
    let mail = cell.mailbox.take();
    let mut lane = cell.lane.lock().unwrap_or_else(PoisonError::into_inner);
    lane.count_dropped(mail.dropped);
    let done = catch_unwind(AssertUnwindSafe(|| {
        if let Some(parameters) = mail.parameters
            && let Err(error) = lane.start(parameters)
        {
            tracing::warn!(stream.id = lane.stream(), %error, "cannot be decoded");
        }
        if let Some(batch) = &mail.batch
            && lane.decode(batch, Some(mail.arrived_us), record)
        {
            cell.keyframes_fail.store(true, Ordering::Relaxed);
        }
        if let Some(media_ms) = mail.advance_ms {
            lane.advance(media_ms, record);
        }
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
    mail.finish
}
