//! One question at a time for each host, so many in all, and none for a while to a host that fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::Failure;

/// After this many failures in a row a host is left alone, for so long; then one question decides.
pub(super) const FAILURES: u32 = 5;
pub(super) const REST: Duration = Duration::from_mins(1);

/// The most hosts that are remembered while nobody asks them.
const MOST: usize = 4096;

/// Who may ask whom.
pub(super) struct Hosts {
    places: Arc<Semaphore>,
    /// A question that is given up after a longer time than this is the host's failure.
    patience: Duration,
    known: Mutex<HashMap<String, Host>>,
}

struct Host {
    gate: Arc<Semaphore>,
    failures: u32,
    rests_until: Option<Instant>,
}

impl Hosts {
    /// Lets `places` questions be open at once.
    pub(super) fn new(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
            known: Mutex::default(),
        }
    }

    /// Waits for the turn to ask `host`.
    pub(super) async fn enter(&self, host: &str) -> Result<Visit<'_>, Failure> {
        let closed = |_| Failure::Busy;
        let gate = self.gate(host);
        // Whoever waits for a host takes no place from those who ask another.
        let turn = gate.acquire_owned().await.map_err(closed)?;
        if self.rests(host) {
            return Err(Failure::CircuitOpen);
        }
        let place = self.places.clone().acquire_owned().await.map_err(closed)?;
        Ok(Visit {
            hosts: self,
            host: host.to_owned(),
            since: Instant::now(),
            was_good: None,
            _permits: (turn, place),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gate(&self, name: &str) -> Arc<Semaphore> {
        let mut hosts = self.lock();
        if let Some(host) = hosts.get(name) {
            return host.gate.clone();
        }
        for forgets_failures in [false, true] {
            if hosts.len() >= MOST {
                hosts.retain(|_, host| {
                    let is_asked = Arc::strong_count(&host.gate) > 1;
                    is_asked || (host.failures > 0 && !forgets_failures)
                });
            }
        }
        let host = Host {
            gate: Arc::new(Semaphore::new(1)),
            failures: 0,
            rests_until: None,
        };
        let gate = host.gate.clone();
        hosts.insert(name.to_owned(), host);
        gate
    }

    fn rests(&self, name: &str) -> bool {
        let hosts = self.lock();
        let until = hosts.get(name).and_then(|host| host.rests_until);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn note(&self, name: &str, was_good: bool) {
        let mut hosts = self.lock();
        let Some(host) = hosts.get_mut(name) else {
            return;
        };
        if was_good {
            (host.failures, host.rests_until) = (0, None);
        } else {
            host.failures = host.failures.saturating_add(1);
            host.rests_until = (host.failures >= FAILURES).then(|| Instant::now() + REST);
        }
    }
}

/// The turn to ask one host. It ends when this is dropped, which may be because the time was up.
pub(super) struct Visit<'a> {
    hosts: &'a Hosts,
    host: String,
    since: Instant,
    was_good: Option<bool>,
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

impl Visit<'_> {
    /// Says whether the host did its part.
    pub(super) fn end(mut self, was_good: bool) {
        self.was_good = Some(was_good);
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        // Most of the time may have been spent with others: a chain must not bring a good host into
        // disrepute by coming to it late.
        let took_long = self.since.elapsed() > self.hosts.patience;
        match self.was_good {
            Some(was_good) => self.hosts.note(&self.host, was_good),
            None if took_long => self.hosts.note(&self.host, false),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(2);

    async fn fail(hosts: &Hosts) {
        hosts.enter("a").await.unwrap().end(false);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_fails_rests() {
        let hosts = Hosts::new(2, PATIENCE);
        for _ in 1..FAILURES {
            fail(&hosts).await;
        }
        hosts.enter("a").await.unwrap().end(true);
        for _ in 0..FAILURES {
            fail(&hosts).await;
        }
        assert_eq!(hosts.enter("a").await.err(), Some(Failure::CircuitOpen));
        assert!(hosts.enter("b").await.is_ok(), "others do not");
        tokio::time::advance(REST).await;
        fail(&hosts).await;
        assert_eq!(hosts.enter("a").await.err(), Some(Failure::CircuitOpen));
        tokio::time::advance(REST).await;
        hosts.enter("a").await.unwrap().end(true);
        fail(&hosts).await;
        assert!(hosts.enter("a").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_who_was_slow_is_blamed_for_it() {
        let hosts = Hosts::new(2, PATIENCE);
        for (wait, failures) in [(PATIENCE, 0), (PATIENCE * 2, 1)] {
            let visit = hosts.enter("a").await.unwrap();
            tokio::time::advance(wait).await;
            drop(visit);
            assert_eq!(hosts.lock()["a"].failures, failures);
        }
    }

    #[tokio::test]
    async fn hosts_are_forgotten() {
        let hosts = Hosts::new(1, PATIENCE);
        fail(&hosts).await;
        let held = hosts.enter("held").await.unwrap();
        for n in 0..2 * MOST {
            hosts.gate(&n.to_string());
        }
        assert!(hosts.lock().len() <= MOST);
        assert!(hosts.lock().contains_key("a") && hosts.lock().contains_key("held"));
        drop(held);
    }
}
