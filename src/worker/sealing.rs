//! Seals what has ended, and removes what was kept for long enough.
//!
//! Nobody tells that an incident has ended: the records know. So what a crash has left is sealed by the next start, and
//! two programs at the same records seal each incident once.

mod removing;
mod streams;
mod turns;

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::clock::Clock;
use crate::config::Retention;
use crate::evidence::Folder;
use crate::keys::SigningKey;
use crate::stop::Stop;
use crate::store::{Head, NewManifest, Store, StoreError, Whole};
use crate::wire::manifest::{Content, Manifest, Recorded, SCHEMA, Sealed, time};
use crate::worker::Supervisor;
use crate::worker::board::State;
use crate::worker::stamping::{Authority, StampError};

use streams::Streams;
use turns::{SWEEP_US, Turns};

const SOFTWARE: &str = concat!("waylay ", env!("CARGO_PKG_VERSION"));

/// How often the records are asked for what has ended.
const EVERY: Duration = Duration::from_secs(1);
/// An incident that is open and of which nothing was recorded for so long was left by a program that is gone: the
/// longest gap that an incident may have is an hour.
const LEFT_US: i64 = 24 * 3_600_000_000;
/// How many incidents are sealed, or taken leave of, at once: meanwhile nobody else writes.
const AT_ONCE: u32 = 64;
/// How many time stamps are asked for at a time, and how soon again where one was not given.
const STAMPS: u32 = 16;
const AGAIN: Duration = Duration::from_mins(1);
/// How long time stamps may keep a program that ends: the next start asks for those that are missing.
const LAST_STAMPS: Duration = Duration::from_secs(5);
/// A stream that comes back sooner than this after its incidents have ended did not end, µs.
const GRACE_US: i64 = 10_000_000;

/// Why the records cannot be sealed, or evidence not be removed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The records cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no time stamp.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// A file cannot be removed.
    #[error("cannot remove evidence: {0}")]
    Remove(#[from] io::Error),
}

/// Seals and removes.
#[derive(Debug, Clone)]
pub struct Sealer {
    store: Store,
    folder: Folder,
    key: Arc<SigningKey>,
    clock: Clock,
    retention: Retention,
    authority: Option<Authority>,
    /// Up to this position every manifest has a time stamp, where there is an authority.
    stamped: Arc<AtomicI64>,
    /// The streams that go on until it is finished, where there is no supervisor.
    beside: Vec<String>,
    /// The incidents that cannot be sealed, each told of once.
    told: Arc<Mutex<HashSet<String>>>,
}

impl Sealer {
    /// Seals the incidents in `store` with `key`, and removes their files from `folder` as `retention` says.
    pub fn new(
        store: Store,
        folder: Folder,
        key: SigningKey,
        clock: Clock,
        retention: Retention,
    ) -> Self {
        Self {
            store,
            folder,
            key: Arc::new(key),
            clock,
            retention,
            authority: None,
            stamped: Arc::default(),
            beside: Vec::new(),
            told: Arc::default(),
        }
    }

    /// Asks `authority` for a time stamp of each manifest.
    #[must_use]
    pub fn stamped_by(mut self, authority: Authority) -> Self {
        self.authority = Some(authority);
        self
    }

    /// The streams `ids` go on until it is finished, which no supervisor tells.
    #[must_use]
    pub fn beside(mut self, ids: &[String]) -> Self {
        ids.clone_into(&mut self.beside);
        self
    }

    /// Seals and sweeps until `stop` is asked for; then the streams that are still live. `supervisor` knows which are:
    /// one that was live has ended where it has not come back when its incidents are over, `gap` later.
    pub async fn run(
        self,
        supervisor: Option<Supervisor>,
        gap: Duration,
        stop: Stop,
    ) -> Vec<String> {
        // An authority that takes its time delays nothing else, and is not waited for in the end.
        let beside = async {
            tokio::join!(self.stamp_on(), self.tidy_once());
        };
        tokio::select! {
            left = self.seal_on(supervisor.as_ref(), gap, &stop) => left,
            () = beside => Vec::new(),
        }
    }

    async fn seal_on(
        &self,
        supervisor: Option<&Supervisor>,
        gap: Duration,
        stop: &Stop,
    ) -> Vec<String> {
        let gap_us = i64::try_from(gap.as_micros()).unwrap_or(i64::MAX);
        let mut streams = Streams::new(gap_us.saturating_add(GRACE_US));
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Right after its start `serve` does not know which streams go on, and a machine may not know the time.
        let wait_us = supervisor.map_or(0, |_| SWEEP_US);
        let mut turns = Turns::new(self.clock.monotonic_us().saturating_add(wait_us));
        let mut failing = false;
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.asked() => return streams.left(),
            }
            let live = supervisor.map(live);
            let done = self.tick(&mut streams, live.as_deref(), &mut turns);
            let done = done.await;
            // It is tried again each time, and told once.
            if let (Err(error), false) = (&done, failing) {
                tracing::error!(%error, "evidence is not sealed or removed as it should be");
            }
            failing = done.is_err();
        }
    }

    /// Asks for time stamps over and over, and where none is given after a while: an authority may be away for long.
    async fn stamp_on(&self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.stamp().await {
                tracing::warn!(%error, "manifests have no time stamps");
                sleep(AGAIN).await;
            }
        }
    }

    /// Asks for a time stamp of each manifest that has none, the newest first.
    ///
    /// # Errors
    /// Where the authority does not give one; the others are not asked for then.
    pub async fn stamp(&self) -> Result<(), SealError> {
        let Some(authority) = &self.authority else {
            return Ok(());
        };
        let (after, last) = (
            self.stamped.load(Relaxed),
            self.store.last_position().await?,
        );
        if after == last {
            return Ok(());
        }
        let missing = self.store.unstamped(after, STAMPS).await?;
        let are_all = missing.len() < STAMPS as usize;
        for (position, sha256) in missing {
            // A hash that is none is told by whoever verifies it.
            if let Some(hash) = bytes(&sha256) {
                let answer = authority.stamp(hash).await?;
                self.store.put_time_stamp(position, &answer).await?;
            }
        }
        if are_all {
            self.stamped.store(last, Relaxed);
        }
        Ok(())
    }

    async fn tick(
        &self,
        streams: &mut Streams,
        live: Option<&[String]>,
        turns: &mut Turns,
    ) -> Result<(), SealError> {
        self.seal().await?;
        let now_us = self.clock.wall_us();
        for id in streams.ended(live.unwrap_or_default(), now_us) {
            self.store.put_stream_end(&id, now_us).await?;
            streams.forget(&id);
        }
        let monotonic_us = self.clock.monotonic_us();
        if turns.is_time(now_us, monotonic_us) {
            let going = live.map_or_else(|| self.beside.clone(), |_| streams.going());
            let swept = self.sweep(now_us, &going).await;
            // What cannot be removed now is not tried each second.
            if !matches!(swept, Err(SealError::Store(_))) {
                turns.put_off(monotonic_us);
            }
            swept?;
        }
        Ok(())
    }

    /// The last thing to be done: `streams` have ended, and so have their incidents.
    ///
    /// # Errors
    /// Where the records cannot be used; the next start does it.
    pub async fn finish(&self, streams: Vec<String>) -> Result<(), SealError> {
        let now_us = self.clock.wall_us();
        for id in streams {
            self.store.put_stream_end(&id, now_us).await?;
        }
        self.seal().await?;
        match timeout(LAST_STAMPS, self.stamp()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "manifests have no time stamps"),
            Err(_) => tracing::warn!("manifests have no time stamps yet"),
        }
        Ok(())
    }

    /// Seals all incidents that have ended; how many.
    ///
    /// # Errors
    /// Where the records cannot be used.
    pub async fn seal(&self) -> Result<usize, SealError> {
        let mut all = 0;
        loop {
            let now_us = self.clock.wall_us();
            let left_us = now_us.saturating_sub(LEFT_US);
            // Those that cannot be read are always the first: as many as they are, others come behind them.
            let passed_over = self.passed_over();
            let most = AT_ONCE.saturating_add(passed_over);
            let build = |head: &Head, whole: &Whole| self.sealed(head, whole, now_us);
            let sealed = self.store.seal(most, left_us, now_us, build).await?;
            all += sealed;
            if sealed < AT_ONCE as usize && self.passed_over() == passed_over {
                return Ok(all);
            }
        }
    }

    /// How many incidents cannot be sealed.
    fn passed_over(&self) -> u32 {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        u32::try_from(told.len()).unwrap_or(u32::MAX)
    }

    fn sealed(&self, head: &Head, whole: &Whole, now_us: i64) -> Option<NewManifest> {
        let events: Vec<_> = whole
            .events
            .iter()
            .map(|event| Recorded {
                recorded_us: event.recorded_us,
                event: &event.event,
            })
            .collect();
        let Some(sealed) = Sealed::of(&events, &whole.files, whole.policy_sha256.clone()) else {
            let id = &whole.incident;
            let told = self.told.lock();
            if told
                .unwrap_or_else(PoisonError::into_inner)
                .insert(id.clone())
            {
                tracing::error!(
                    incident.id = id,
                    "incident {id} is not sealed: its events cannot be read"
                );
            }
            return None;
        };
        let content = Content::Sealed(Box::new(sealed));
        Some(seal(&self.key, head, &whole.incident, content, now_us))
    }
}

/// The manifest of `incident` that comes after `head`, signed with `key`; `now_us` is the time in µs since 1970 in UTC.
pub fn seal(
    key: &SigningKey,
    head: &Head,
    incident: &str,
    content: Content,
    now_us: i64,
) -> NewManifest {
    let public = key.public().to_string();
    let kind = content.kind();
    let manifest = Manifest {
        schema: SCHEMA.into(),
        position: head.position + 1,
        previous: head.sha256.clone(),
        key: public.clone(),
        software: SOFTWARE.to_owned(),
        sealed: time(now_us),
        incident: incident.to_owned(),
        content,
    };
    // Text and numbers alone: there is nothing in it that cannot be written.
    let text = serde_json::to_string(&manifest).unwrap_or_default();
    NewManifest {
        kind,
        signature: STANDARD.encode(key.sign(text.as_bytes())),
        text,
        key: public,
    }
}

/// The bytes that 64 hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The ids of the streams from which packets come.
fn live(supervisor: &Supervisor) -> Vec<String> {
    let streams = supervisor.streams().into_iter();
    streams
        .filter(|status| status.figures.state == State::Live)
        .map(|status| status.stream.id)
        .collect()
}

#[cfg(test)]
pub(super) mod tests;
