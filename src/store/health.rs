//! What is to be recorded is not given up where the records cannot be written for a while: on a full disk, a file system that has
//! become read-only, or while somebody else holds the file. It is tried again, for a bounded time, and somebody is to hear of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use crate::stop::Stop;
use crate::store::StoreError;

/// How long it is waited until the next attempt: doubled each time, up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Primary result codes of SQLite (<https://sqlite.org/rescode.html>) that say nothing of what was to be written: BUSY, LOCKED, READONLY, IOERR, FULL,
/// CANTOPEN.
const PASSING: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// How the writing of the records goes.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    failed: AtomicU64,
    failing: AtomicBool,
}

impl Health {
    /// How many attempts to record something failed.
    pub fn failed(&self) -> u64 {
        self.0.failed.load(Ordering::Relaxed)
    }

    /// Whether the last one did.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Relaxed)
    }

    fn fail(&self, error: &StoreError) {
        self.0.failed.fetch_add(1, Ordering::Relaxed);
        if !self.0.failing.swap(true, Ordering::Relaxed) {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "nothing can be recorded: it is held and tried again");
        }
    }

    pub(super) fn written(&self) {
        if self.0.failing.swap(false, Ordering::Relaxed) {
            tracing::info!("what is found is recorded again");
        }
    }
}

/// For how long what cannot be written is tried again.
#[derive(Debug, Clone)]
pub(super) struct Endurance {
    pub(super) patience: Duration,
    pub(super) stop: Stop,
}

/// The attempts to record one thing.
pub(super) struct Attempts {
    wait: Duration,
    waited: Duration,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            wait: FIRST_WAIT,
            waited: Duration::ZERO,
        }
    }

    /// Waits until it is time for another one.
    ///
    /// # Errors
    /// `error`, where there is none: it would not go better, or not soon.
    pub(super) async fn another(
        &mut self,
        error: StoreError,
        endurance: Option<&Endurance>,
        health: &Health,
    ) -> Result<(), StoreError> {
        let Some(Endurance { patience, stop }) = endurance.filter(|_| may_pass(&error)) else {
            return Err(error);
        };
        health.fail(&error);
        if self.waited >= *patience || stop.is_asked() {
            return Err(error);
        }
        let wait = self.wait.min(*patience);
        tokio::select! {
            () = sleep(wait) => {}
            // One more time, before all of it is lost.
            () = stop.asked() => {}
        }
        self.waited += wait;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        Ok(())
    }
}

/// Whether the same may be written later.
fn may_pass(error: &StoreError) -> bool {
    let StoreError::Query(error) = error else {
        return false;
    };
    match error {
        sqlx::Error::Database(error) => {
            // The extended codes have the primary one in their last byte.
            let code = error.code().and_then(|code| code.parse::<u32>().ok());
            code.is_some_and(|code| PASSING.contains(&(code & 0xff)))
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        _ => false,
    }
}
