//! Streams that come from ingest servers: attached when a server tells of them, gone when they are, cut when somebody says so.
//!
//! A hook is a hint: it may be lost, late, or there twice. What counts is the list, which each server is asked for over
//! and over. A hook is answered from memory, since a server that waits for an answer lets nobody publish meanwhile.

mod attachment;
mod list;
mod roll;

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::ban::{Ban, Bans, StreamKey};
use crate::clock::Clock;
use crate::config::Ingest;
use crate::ingest::{
    ApiError, Decision, Hook, HookError, HookKind, Kicked, Live, Reply, Request, Server,
};
use crate::stop::Stop;
use crate::store::{Store, StoreError};
use crate::worker::{Refused, Stream, Supervisor};

pub use attachment::ServerFigures;
use attachment::{Attachment, count};
pub use roll::FromServer;
use roll::{Roll, stream_ids};

/// Hints that may wait. Where there are more the list tells of what was lost.
const WAITING: usize = 4096;

const MINUTE: Duration = Duration::from_mins(1);
const US_PER_MINUTE: i64 = 60_000_000;

/// An ingest server as it was configured, and what speaks to it.
pub type Configured = (Ingest, Server);

/// The ingest servers, and what came from them.
#[derive(Clone)]
pub struct Attached(Arc<Inner>);

struct Inner {
    servers: BTreeMap<Arc<str>, Attachment>,
    roll: Mutex<Roll>,
    bans: RwLock<Bans>,
    events: mpsc::Sender<Event>,
    supervisor: Supervisor,
    store: Store,
    clock: Clock,
}

/// What is known of a server's streams by now.
enum Event {
    Hinted(Arc<str>, Hook),
    Listed(Arc<str>, Vec<Live>),
}

/// The answer to a hook.
#[derive(Debug, PartialEq, Eq)]
pub enum Answered {
    /// There is no such server, or none whose hooks are heard.
    Unknown,
    /// It does not come from the server.
    Unauthorized,
    /// This.
    Reply(Reply),
}

/// Why a stream was not cut.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// It did not come from an ingest server.
    #[error("the stream did not come from an ingest server")]
    NotAttached,
    /// The ban could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A stream that is to be cut.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The id of the ban.
    pub id: &'a str,
    /// For so many minutes it may not be published again.
    pub minutes: u32,
    /// Why, for people.
    pub reason: &'a str,
    /// Who said so.
    pub by: &'a str,
}

/// What a cut did.
#[derive(Debug)]
pub struct Cut {
    /// The ban, which is in force whatever the server said.
    pub ban: Ban,
    /// What the server said.
    pub kicked: Result<Kicked, ApiError>,
}

impl Attached {
    /// Begins to ask `servers` for their streams and to hear their hooks; `bans` are in force.
    pub fn start(
        servers: Vec<Configured>,
        bans: Vec<Ban>,
        supervisor: Supervisor,
        store: Store,
        stop: &Stop,
        clock: Clock,
    ) -> Self {
        let (events, waiting) = mpsc::channel(WAITING);
        let attachments = servers.into_iter().map(|(config, server)| {
            let id: Arc<str> = config.id.as_ref().as_str().into();
            (Arc::clone(&id), Attachment::new(id, config, server))
        });
        let mut in_force = Bans::default();
        for ban in bans {
            in_force.add(ban, clock.wall_us());
        }
        let attached = Self(Arc::new(Inner {
            servers: attachments.collect(),
            roll: Mutex::default(),
            bans: RwLock::new(in_force),
            events,
            supervisor,
            store,
            clock,
        }));
        tokio::spawn(attached.clone().attend(waiting, stop.clone()));
        for (id, attachment) in &attached.0.servers {
            if attachment.server.has_api() {
                tokio::spawn(attached.clone().poll(Arc::clone(id), stop.clone()));
            }
        }
        attached
    }

    /// Answers a hook of the server `id`, from memory alone, and passes on what it says.
    pub fn hook(&self, id: &str, request: &Request<'_>) -> Answered {
        let known = self.0.servers.get(id);
        let Some(at) = known.filter(|at| at.server.takes_hooks()) else {
            return Answered::Unknown;
        };
        if !at.server.is_authentic(request) {
            count(&at.counts.unauthorized);
            return Answered::Unauthorized;
        }
        count(&at.counts.hooks);
        let hook = match at.server.parse(request) {
            Ok(hook) => hook,
            Err(error) => {
                count(&at.counts.unread);
                tracing::debug!(ingest.id = id, %error, "a hook cannot be read");
                // How long it gets is up to the publisher, who must not come past a gate by that.
                let decision = match error {
                    HookError::TooLarge if at.config.gate => Decision::Refuse,
                    _ => at.in_doubt(),
                };
                return Answered::Reply(at.reply(HookKind::Admission, decision));
            }
        };
        let decision = self.decide(at, &hook);
        let reply = at.reply(hook.kind, decision);
        let tells = decision == Decision::Allow && hook.kind != HookKind::Other;
        if tells && hook.key.as_ref().is_some_and(|key| at.takes(key)) {
            let hint = Event::Hinted(Arc::clone(&at.id), hook);
            if self.0.events.try_send(hint).is_err() {
                count(&at.counts.lost);
            }
        }
        Answered::Reply(reply)
    }

    fn decide(&self, at: &Attachment, hook: &Hook) -> Decision {
        let asks = matches!(
            hook.kind,
            HookKind::Admission | HookKind::Start | HookKind::Update
        );
        let Some(key) = hook.key.as_ref().filter(|key| asks && at.takes(key)) else {
            return Decision::Allow;
        };
        if !at.config.gate {
            return Decision::Allow;
        }
        if self.bans().holds(&at.id, key, self.0.clock.wall_us()) {
            return Decision::Refuse;
        }
        let is_watched = self.roll().id(&at.id, key).is_some();
        let fits = self.0.supervisor.has_room() && at.location(key).is_ok();
        if is_watched || fits {
            Decision::Allow
        } else {
            at.in_doubt()
        }
    }

    /// Where the stream `id` came from; `None` where no ingest server told of it.
    pub fn origin(&self, id: &str) -> Option<FromServer> {
        self.roll().get(id).cloned()
    }

    /// The same of a stream that may have ended since: whoever published it can be kept out all the same.
    pub fn came_from(&self, id: &str) -> Option<FromServer> {
        self.roll().came_from(id).cloned()
    }

    /// How each server is.
    pub fn figures(&self) -> Vec<ServerFigures> {
        let roll = self.roll();
        let figures = self.0.servers.values().map(|at| {
            let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
            ServerFigures {
                server: at.id.to_string(),
                streams: roll.count(&at.id),
                hooks: of(&at.counts.hooks),
                refused: of(&at.counts.refused),
                unread: of(&at.counts.unread),
                unauthorized: of(&at.counts.unauthorized),
                lost: of(&at.counts.lost),
                lists: of(&at.counts.lists),
                failed_lists: of(&at.counts.failed_lists),
                unwatched: of(&at.counts.unwatched),
                unnamed: of(&at.counts.unnamed),
                kicks: of(&at.counts.kicks),
                failed_kicks: of(&at.counts.failed_kicks),
            }
        });
        figures.collect()
    }

    /// How many bans are in force.
    pub fn bans_in_force(&self) -> usize {
        self.bans().count(self.0.clock.wall_us())
    }

    /// Keeps the stream `id` from being published for as long as `order` says. It comes before anybody is disconnected, so that
    /// nobody comes back, and it stays where the server does not do what it is asked.
    ///
    /// # Errors
    /// Where the stream did not come from an ingest server, or the ban cannot be kept: nothing was done then.
    pub async fn ban(&self, id: &str, order: &Order<'_>) -> Result<Ban, CutError> {
        let from = self.came_from(id).ok_or(CutError::NotAttached)?;
        let now_us = self.0.clock.wall_us();
        let ban = Ban {
            id: order.id.to_owned(),
            server: from.server.to_string(),
            key: from.key.clone(),
            stream: id.to_owned(),
            publisher: from.publisher.clone(),
            reason: order.reason.to_owned(),
            by: order.by.to_owned(),
            created_us: now_us,
            until_us: now_us + i64::from(order.minutes) * US_PER_MINUTE,
        };
        self.0.store.add_ban(&ban).await?;
        self.bans_mut().add(ban.clone(), now_us);
        Ok(ban)
    }

    /// Disconnects whoever publishes what `ban` keeps out.
    ///
    /// # Errors
    /// Where the server does not do what it is asked.
    pub async fn kick(&self, ban: &Ban) -> Result<Kicked, ApiError> {
        match self.0.servers.get(&*ban.server) {
            Some(at) => {
                at.kick(&ban.key, ban.publisher.as_deref(), &ban.stream)
                    .await
            }
            None => Ok(Kicked::Gone),
        }
    }

    /// Takes the ban `id` back; false where there is none in force.
    ///
    /// # Errors
    /// Where that cannot be kept: the ban stays then.
    pub async fn lift(&self, id: &str, by: &str) -> Result<bool, StoreError> {
        let now_us = self.0.clock.wall_us();
        let lifted = self.0.store.lift_ban(id, by, now_us).await?;
        self.bans_mut().lift(id);
        Ok(lifted)
    }

    /// Does what hints and lists say, one after the other.
    async fn attend(self, mut waiting: mpsc::Receiver<Event>, stop: Stop) {
        let mut minutes = tokio::time::interval(MINUTE);
        minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let event = tokio::select! {
                event = waiting.recv() => event,
                _ = minutes.tick() => {
                    self.minute();
                    continue;
                }
                () = stop.asked() => None,
            };
            match event {
                Some(Event::Hinted(server, hook)) => self.hinted(&server, &hook).await,
                Some(Event::Listed(server, streams)) => self.listed(&server, &streams).await,
                None => return,
            }
        }
    }

    async fn hinted(&self, server: &str, hook: &Hook) {
        let (Some(at), Some(key)) = (self.0.servers.get(server), &hook.key) else {
            return;
        };
        let publisher = hook.publisher.as_deref();
        match hook.kind {
            HookKind::Admission | HookKind::Start | HookKind::Update => {
                let live = Live {
                    key: key.clone(),
                    publisher: hook.publisher.clone(),
                };
                let publishes = hook.kind != HookKind::Admission;
                self.attach(at, &live, publishes).await;
            }
            HookKind::Stop => {
                let gone = self.roll().stopped(&at.id, key, publisher);
                if let Some(id) = gone {
                    self.0.supervisor.remove(&id);
                }
            }
            HookKind::Other => {}
        }
    }

    async fn listed(&self, server: &str, streams: &[Live]) {
        let Some(at) = self.0.servers.get(server) else {
            return;
        };
        let keys: HashSet<&StreamKey> = streams.iter().map(|live| &live.key).collect();
        let gone = self.roll().listed(server, &keys);
        for id in gone {
            self.0.supervisor.remove(&id);
        }
        for live in streams.iter().filter(|live| at.takes(&live.key)) {
            self.attach(at, live, true).await;
        }
    }

    /// Ends what nothing has come of for long, and nobody tells of.
    fn minute(&self) {
        let supervisor = &self.0.supervisor;
        let over = self.roll().minute(|id| supervisor.is_live(id));
        for id in over {
            tracing::warn!(
                stream.id = id,
                "nothing has come of {id} for ten minutes, and no list has it"
            );
            supervisor.remove(&id);
        }
    }

    /// Watches a stream that is not watched yet. Who publishes it either does, or asks whether they may.
    async fn attach(&self, at: &Attachment, live: &Live, publishes: bool) {
        let Live { key, publisher } = live;
        let by = publisher.as_deref();
        if self.roll().seen(&at.id, key, by, publishes) {
            return;
        }
        let location = match at.location(key) {
            Ok(location) => location,
            Err(error) => {
                at.not_named(error);
                return;
            }
        };
        // A full house is not asked once for each stream that finds no room.
        if !self.0.supervisor.has_room() {
            at.not_watched("all places for streams are taken");
            return;
        }
        for id in stream_ids(&at.id, key, at.config.hide_names) {
            let history = self.0.store.has_history(&id).await.unwrap_or(false);
            let stream = Stream {
                labels: at.config.labels.clone(),
                ..Stream::new(id.clone(), location.clone())
            };
            match self.0.supervisor.add(stream, history) {
                Ok(()) => {
                    let from = FromServer {
                        server: Arc::clone(&at.id),
                        key: key.clone(),
                        publisher: publisher.clone(),
                    };
                    self.roll().attach(id, from);
                    at.full.store(false, Ordering::Relaxed);
                    return;
                }
                // Somebody gave that id to another stream: there is one more to try.
                Err(Refused::Exists(_)) => {}
                Err(error) => {
                    at.not_watched(&error.to_string());
                    return;
                }
            }
        }
        at.not_watched("other streams have its ids");
    }

    fn roll(&self) -> MutexGuard<'_, Roll> {
        self.0.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bans(&self) -> RwLockReadGuard<'_, Bans> {
        self.0.bans.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn bans_mut(&self) -> RwLockWriteGuard<'_, Bans> {
        self.0.bans.write().unwrap_or_else(PoisonError::into_inner)
    }
}
