//! One ingest server: what of its streams is watched, what it is answered, and what was done for it so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Semaphore;

use crate::ban::StreamKey;
use crate::config::{Ingest, Location, NoLocation, OnError};
use crate::ingest::{ApiError, Decision, HookKind, Kicked, Reply, Server};

/// Publishers of one server that are disconnected at once: one that is slow to answer holds up no other server.
const KICKS: usize = 4;

/// One server.
pub(super) struct Attachment {
    pub(super) id: Arc<str>,
    pub(super) config: Ingest,
    pub(super) server: Server,
    pub(super) counts: Counts,
    kicking: Semaphore,
    /// Whether its last list failed, whether the last of its streams found no room, and whether one had a name that cannot be
    /// asked for: each is logged once.
    pub(super) failing: AtomicBool,
    pub(super) full: AtomicBool,
    pub(super) odd: AtomicBool,
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) hooks: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) unread: AtomicU64,
    pub(super) unauthorized: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) lists: AtomicU64,
    pub(super) failed_lists: AtomicU64,
    pub(super) unwatched: AtomicU64,
    pub(super) unnamed: AtomicU64,
    pub(super) kicks: AtomicU64,
    pub(super) failed_kicks: AtomicU64,
}

/// What was done for one server so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFigures {
    /// Its id.
    pub server: String,
    /// Streams of it that are watched.
    pub streams: usize,
    /// Hooks that came.
    pub hooks: u64,
    /// Those that were answered with a refusal.
    pub refused: u64,
    /// Those that could not be read.
    pub unread: u64,
    /// Those without the right secret or signature.
    pub unauthorized: u64,
    /// Hints for which there was no room.
    pub lost: u64,
    /// Lists that came.
    pub lists: u64,
    /// Lists that failed.
    pub failed_lists: u64,
    /// Times that a stream was not watched for want of room.
    pub unwatched: u64,
    /// Times that a stream was not watched since what it is called cannot be asked for.
    pub unnamed: u64,
    /// Publishers that were disconnected.
    pub kicks: u64,
    /// Kicks that failed.
    pub failed_kicks: u64,
}

impl Attachment {
    pub(super) fn new(id: Arc<str>, config: Ingest, server: Server) -> Self {
        Self {
            id,
            config,
            server,
            counts: Counts::default(),
            kicking: Semaphore::new(KICKS),
            failing: AtomicBool::new(false),
            full: AtomicBool::new(false),
            odd: AtomicBool::new(false),
        }
    }

    /// Whether its streams that are called so are watched.
    pub(super) fn takes(&self, key: &StreamKey) -> bool {
        self.config.apps.is_empty() || self.config.apps.contains(&key.app)
    }

    pub(super) fn location(&self, key: &StreamKey) -> Result<Location, NoLocation> {
        let StreamKey { vhost, app, name } = key;
        self.config.pull.location(vhost, app, name)
    }

    /// The answer where nobody knows what is asked.
    pub(super) fn in_doubt(&self) -> Decision {
        match self.config.on_error {
            OnError::Closed if self.config.gate => Decision::Refuse,
            _ => Decision::Allow,
        }
    }

    pub(super) fn reply(&self, kind: HookKind, decision: Decision) -> Reply {
        if decision == Decision::Refuse {
            count(&self.counts.refused);
        }
        self.server.reply(kind, decision)
    }

    pub(super) fn not_named(&self, why: NoLocation) {
        count(&self.counts.unnamed);
        if !self.odd.swap(true, Ordering::Relaxed) {
            let id = &*self.id;
            tracing::error!(
                ingest.id = id,
                "a stream of ingest server {id} is not watched: {why}"
            );
        }
    }

    pub(super) fn not_watched(&self, why: &str) {
        count(&self.counts.unwatched);
        if !self.full.swap(true, Ordering::Relaxed) {
            let id = &*self.id;
            tracing::error!(
                ingest.id = id,
                "a stream of ingest server {id} is not watched: {why}"
            );
        }
    }

    pub(super) async fn kick(
        &self,
        key: &StreamKey,
        publisher: Option<&str>,
        stream: &str,
    ) -> Result<Kicked, ApiError> {
        let _turn = self.kicking.acquire().await;
        let kicked = self.server.kick(key, publisher).await;
        let id = &*self.id;
        match &kicked {
            Ok(Kicked::Done) => {
                count(&self.counts.kicks);
                tracing::info!(
                    ingest.id = id,
                    "the publisher of stream {stream} was disconnected"
                );
            }
            Ok(Kicked::Gone) => {}
            Err(error) => {
                count(&self.counts.failed_kicks);
                tracing::warn!(ingest.id = id, %error, "the publisher of stream {stream} was not disconnected");
            }
        }
        kicked
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
