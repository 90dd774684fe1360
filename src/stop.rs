//! A stop that everybody hears: threads that wait, loops that poll, tasks that await.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Asks everything that holds a copy to end. Once asked, it stays asked.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: AtomicBool,
    sleepers: Mutex<()>,
    wake: Condvar,
    tasks: Notify,
}

impl Stop {
    /// A stop that nobody asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the stop.
    pub fn ask(&self) {
        // The lock orders this against a sleeper that has just found the flag unset.
        let _held = self
            .0
            .sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.0.asked.store(true, Ordering::Release);
        self.0.wake.notify_all();
        self.0.tasks.notify_waiters();
    }

    /// Whether the stop was asked for. One atomic load: libav polls it thousands of times a second.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Acquire)
    }

    /// Blocks this thread for `time` or until the stop is asked for; true if it was.
    pub fn sleep(&self, time: Duration) -> bool {
        let held = self
            .0
            .sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let _held = self
            .0
            .wake
            .wait_timeout_while(held, time, |()| !self.is_asked());
        self.is_asked()
    }

    /// Waits until the stop is asked for.
    pub async fn asked(&self) {
        let mut notified = std::pin::pin!(self.0.tasks.notified());
        notified.as_mut().enable();
        if !self.is_asked() {
            notified.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_is_woken() {
        let stop = Stop::new();
        assert!(!stop.sleep(Duration::from_millis(1)));
        let sleeper = std::thread::spawn({
            let stop = stop.clone();
            move || stop.sleep(Duration::from_hours(1))
        });
        stop.ask();
        assert!(sleeper.join().unwrap());
        assert!(stop.sleep(Duration::from_hours(1)), "it stays asked");
    }

    #[tokio::test]
    async fn a_task_is_woken() {
        let stop = Stop::new();
        let task = tokio::spawn({
            let stop = stop.clone();
            async move { stop.asked().await }
        });
        stop.ask();
        task.await.unwrap();
        stop.asked().await;
    }
}
