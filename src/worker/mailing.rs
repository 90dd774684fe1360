//! Delivers what is in the outbox: a courier for each endpoint, so that a slow one delays no other. All that is to
//! last is the store's; what is sent twice because of that has the same id.

mod courier;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use self::courier::Courier;
use crate::clock::Clock;
use crate::notify::Endpoint;
use crate::stop::Stop;
use crate::store::{Store, StoreError};
use crate::wire::envelope::{Envelope, Told};

/// How long what is on its way when the program ends may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// The endpoints, and how to wake those who deliver to them.
#[derive(Debug, Clone)]
pub struct Mailing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoints: Vec<(Arc<Endpoint>, Arc<Counters>)>,
    bell: watch::Sender<()>,
}

/// What was done for one endpoint.
#[derive(Debug, Default)]
struct Counters {
    delivered: AtomicU64,
    failed: AtomicU64,
    open: AtomicBool,
}

/// What was done for one endpoint since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Its name.
    pub endpoint: Arc<str>,
    /// Events that it took.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Whether it is taken to be down, and is only asked now and then.
    pub is_down: bool,
}

impl Default for Mailing {
    /// Without endpoints.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Mailing {
    /// Delivers to `endpoints`, once it is started.
    pub fn new(endpoints: Vec<Endpoint>) -> Self {
        let endpoints = endpoints.into_iter();
        Self(Arc::new(Inner {
            endpoints: endpoints.map(|e| (Arc::new(e), Arc::default())).collect(),
            bell: watch::Sender::new(()),
        }))
    }

    /// The names of the endpoints that want to be told of `event`, in a stream with these labels.
    pub fn wanted<D: Told>(&self, event: &Envelope<D>, labels: &[String]) -> Vec<Arc<str>> {
        let endpoints = self.0.endpoints.iter().map(|(endpoint, _)| endpoint);
        let wanted = endpoints.filter(|endpoint| endpoint.wants(event, labels));
        wanted.map(|endpoint| Arc::clone(endpoint.name())).collect()
    }

    /// There is something new in the outbox.
    pub fn ring(&self) {
        self.0.bell.send_replace(());
    }

    /// What was done for each endpoint.
    pub fn tallies(&self) -> Vec<Tally> {
        let endpoints = self.0.endpoints.iter();
        endpoints
            .map(|(endpoint, counters)| Tally {
                endpoint: Arc::clone(endpoint.name()),
                delivered: counters.delivered.load(Ordering::Relaxed),
                failed: counters.failed.load(Ordering::Relaxed),
                is_down: counters.open.load(Ordering::Relaxed),
            })
            .collect()
    }

    /// Begins to deliver what is in `store`. What is there for an endpoint that nobody knows any more stays.
    ///
    /// # Errors
    /// Where the outbox cannot be read.
    pub async fn start(&self, store: &Store, clock: Clock) -> Result<Couriers, StoreError> {
        for queue in store.queues().await? {
            let name = queue.endpoint.as_str();
            let (pending, dead) = (queue.pending, queue.dead);
            if self.0.endpoints.iter().any(|(e, _)| &**e.name() == name) {
                tracing::info!(
                    endpoint = name,
                    pending,
                    dead,
                    "webhook {name}: {pending} events wait, {dead} were given up"
                );
            } else {
                tracing::warn!(
                    endpoint = name,
                    pending,
                    dead,
                    "webhook {name} is not in the configuration: {pending} events stay for it"
                );
            }
        }
        let (stop, mut tasks) = (Stop::new(), JoinSet::new());
        for (endpoint, counters) in &self.0.endpoints {
            let (name, url) = (endpoint.name(), endpoint.url());
            tracing::info!(endpoint = %name, "webhook {name}: events go to {url}");
            for key in endpoint.public_keys() {
                tracing::info!(endpoint = %name, "webhook {name}: {key} checks what is signed");
            }
            let courier = Courier::new(store.clone(), Arc::clone(endpoint), Arc::clone(counters));
            tasks.spawn(courier.run(clock, stop.clone(), self.0.bell.subscribe()));
        }
        Ok(Couriers { stop, tasks })
    }
}

/// Those who deliver.
#[derive(Debug)]
pub struct Couriers {
    stop: Stop,
    tasks: JoinSet<()>,
}

impl Couriers {
    /// Begins nothing more, and waits for what is on its way, for a few seconds at most. What is not delivered by then
    /// is sent with the next start.
    pub async fn finish(mut self) {
        self.stop.ask();
        while self.tasks.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests;
