//! Delivers to one endpoint, of each incident one event at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use super::{Counters, GOODBYE};
use crate::clock::Clock;
use crate::notify::{Breaker, Endpoint, Message, Refusal, Tried, delay};
use crate::stop::Stop;
use crate::store::{Due, Fate, Miss, Store, StoreError};

/// How long it sleeps at most. Another program may have brought something back, and the clock may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How long it waits where the store cannot be used.
const TROUBLE: Duration = Duration::from_secs(5);

/// What became of an attempt, by the task that made it.
type Ended = Result<(task::Id, Result<u16, Refusal>), JoinError>;

pub(super) struct Courier {
    store: Store,
    endpoint: Arc<Endpoint>,
    counters: Arc<Counters>,
    breaker: Breaker,
    attempts: JoinSet<Result<u16, Refusal>>,
    under_way: HashMap<task::Id, Due>,
    /// What became of attempts and is not on record yet: until it is, nothing new is begun, which would only be sent again.
    unsettled: Vec<(i64, Fate)>,
}

impl Courier {
    pub(super) fn new(store: Store, endpoint: Arc<Endpoint>, counters: Arc<Counters>) -> Self {
        Self {
            store,
            endpoint,
            counters,
            breaker: Breaker::default(),
            attempts: JoinSet::new(),
            under_way: HashMap::new(),
            unsettled: Vec::new(),
        }
    }

    /// Delivers until `stop` is asked for; `bell` rings where there may be more to do.
    pub(super) async fn run(mut self, clock: Clock, stop: Stop, mut bell: watch::Receiver<()>) {
        while !stop.is_asked() {
            let Err(error) = self.turn(clock, &stop, &mut bell).await else {
                continue;
            };
            let name = self.endpoint.name();
            tracing::error!(endpoint = %name, %error, "webhook {name}: the outbox cannot be used");
            tokio::select! {
                () = stop.asked() => {}
                () = sleep(TROUBLE) => {}
            }
        }
        // What is not settled by then is sent once more.
        let _ = timeout(GOODBYE, self.finish(|| clock.wall_us())).await;
    }

    /// Begins what can be begun, and waits for the next thing that happens.
    async fn turn(
        &mut self,
        clock: Clock,
        stop: &Stop,
        bell: &mut watch::Receiver<()>,
    ) -> Result<(), StoreError> {
        // A bell that rings while the outbox is read is heard afterwards.
        bell.mark_unchanged();
        let now_us = clock.wall_us();
        let wake_us = self.begin(now_us).await?;
        let rest = wake_us.map_or(LONGEST_SLEEP, |us| {
            let us = u64::try_from(us.saturating_sub(now_us)).unwrap_or(0);
            Duration::from_micros(us).min(LONGEST_SLEEP)
        });
        tokio::select! {
            () = stop.asked() => {}
            Some(ended) = self.attempts.join_next_with_id() => {
                self.settle(ended, clock.wall_us()).await?;
            }
            Ok(()) = bell.changed() => {}
            () = sleep(rest) => {}
        }
        Ok(())
    }

    /// Begins what is due, as far as there is room; when there is more to do unless something happens before.
    pub(super) async fn begin(&mut self, now_us: i64) -> Result<Option<i64>, StoreError> {
        self.keep(now_us).await?;
        if let Some(until_us) = self.breaker.shut_until_us(now_us) {
            return Ok(Some(until_us));
        }
        let (most, under_way) = (self.endpoint.concurrency(), self.under_way.len());
        let room = self.breaker.room(now_us, most, under_way);
        if room == 0 {
            return Ok(None);
        }
        // What is under way is due as well, until it is settled.
        let name = self.endpoint.name();
        let due = self.store.due(name, now_us, room + under_way).await?;
        let is_under_way = |due: &Due| {
            let mut others = self.under_way.values();
            others.any(|other| other.incident == due.incident)
        };
        let fresh: Vec<_> = due.into_iter().filter(|due| !is_under_way(due)).collect();
        for due in fresh.into_iter().take(room) {
            self.send(due, now_us);
        }
        self.store.next_due(self.endpoint.name(), now_us).await
    }

    fn send(&mut self, due: Due, now_us: i64) {
        let endpoint = Arc::clone(&self.endpoint);
        let (id, body) = (due.event.clone(), due.body.clone());
        let attempt = self.attempts.spawn(async move {
            let message = Message {
                id: &id,
                timestamp_s: now_us / 1_000_000,
                body: &body,
            };
            endpoint.send(&message).await
        });
        self.under_way.insert(attempt.id(), due);
    }

    /// Keeps what became of an attempt, and of all others that are over by now.
    async fn settle(&mut self, ended: Ended, now_us: i64) -> Result<(), StoreError> {
        let mut next = Some(ended);
        while let Some(ended) = next {
            let (task, answer) = ended.unwrap_or_else(|error| {
                let refusal = Refusal::silent("the attempt broke off");
                (error.id(), Err(refusal))
            });
            if let Some(due) = self.under_way.remove(&task) {
                let fate = self.judge(&due, answer, now_us);
                self.unsettled.push((due.id, fate));
            }
            next = self.attempts.try_join_next_with_id();
        }
        self.keep(now_us).await
    }

    /// Puts on record what became of attempts.
    async fn keep(&mut self, now_us: i64) -> Result<(), StoreError> {
        if !self.unsettled.is_empty() {
            self.store.settle(&self.unsettled, now_us).await?;
            self.unsettled.clear();
        }
        Ok(())
    }

    /// What becomes of `due` after this answer.
    fn judge(&mut self, due: &Due, answer: Result<u16, Refusal>, now_us: i64) -> Fate {
        let Err(refusal) = answer else {
            self.is_up();
            self.counters.delivered.fetch_add(1, Ordering::Relaxed);
            return Fate::Delivered;
        };
        self.counters.failed.fetch_add(1, Ordering::Relaxed);
        if refusal.blames_endpoint() {
            self.is_down(&refusal, now_us);
        } else {
            self.is_up();
        }
        let since_us = due.tried_us.map_or(0, |us| now_us.saturating_sub(us));
        let tried = Tried {
            attempts: due.attempts.saturating_add(1),
            since: Duration::from_micros(since_us.try_into().unwrap_or(0)),
            retry_after: refusal.retry_after,
        };
        let pause = delay(&tried, random()).filter(|_| !refusal.is_final());
        let (name, event) = (self.endpoint.name(), due.event.as_str());
        let error = refusal.error.as_str();
        let miss = Miss {
            status: refusal.status,
            error: error.to_owned(),
        };
        let Some(pause) = pause else {
            tracing::error!(endpoint = %name, event.id = event, error, "webhook {name}: event {event} is given up");
            return Fate::Dead(miss);
        };
        tracing::debug!(endpoint = %name, event.id = event, error, "webhook {name}: event {event} is tried again");
        let pause_us = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
        Fate::Again(now_us.saturating_add(pause_us), miss)
    }

    fn is_up(&mut self) {
        if self.breaker.succeeded() {
            let name = self.endpoint.name();
            tracing::info!(endpoint = %name, "webhook {name} answers again");
        }
        self.counters.open.store(false, Ordering::Relaxed);
    }

    fn is_down(&mut self, refusal: &Refusal, now_us: i64) {
        if self.breaker.failed(now_us) {
            let (name, error) = (self.endpoint.name(), refusal.error.as_str());
            tracing::warn!(endpoint = %name, error, "webhook {name} is down: {error}; it is asked now and then");
        }
        let open = self.breaker.is_open();
        self.counters.open.store(open, Ordering::Relaxed);
    }

    /// Waits for what is under way.
    pub(super) async fn finish(&mut self, now_us: impl Fn() -> i64) {
        while let Some(ended) = self.attempts.join_next_with_id().await {
            if let Err(error) = self.settle(ended, now_us()).await {
                let name = self.endpoint.name();
                tracing::error!(endpoint = %name, %error, "webhook {name}: the outbox cannot be used");
            }
        }
    }
}

/// From 0 to 1, another one each time; the middle where the system gives none.
fn random() -> f64 {
    let mut bytes = [0; 4];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_or(0.5, |()| {
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    })
}
