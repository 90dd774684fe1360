//! A stop that everybody hears: threads that wait, loops that poll, tasks that await.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

/// Asks everything that holds a copy to end, and everything that holds a child of it. Once asked, it stays asked.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: AtomicBool,
    sleepers: Mutex<Children>,
    wake: Condvar,
    tasks: Notify,
}

/// Those that are asked with it, for as long as somebody holds them.
type Children = Vec<Weak<Inner>>;

impl Stop {
    /// A stop that nobody asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A stop that can be asked for by itself, and is asked for with this one.
    #[must_use]
    pub fn child(&self) -> Self {
        let child = Self::new();
        let mut held = self.lock();
        // A service makes children for as long as it runs.
        held.retain(|other| other.strong_count() > 0);
        held.push(Arc::downgrade(&child.0));
        let asked = self.is_asked();
        drop(held);
        if asked {
            child.ask();
        }
        child
    }

    /// Asks for the stop.
    pub fn ask(&self) {
        // The lock orders this against a sleeper that has just found the flag unset.
        let mut held = self.lock();
        self.0.asked.store(true, Ordering::Release);
        self.0.wake.notify_all();
        self.0.tasks.notify_waiters();
        let children = std::mem::take(&mut *held);
        drop(held);
        for child in children.iter().filter_map(Weak::upgrade) {
            Self(child).ask();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Children> {
        self.0
            .sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the stop was asked for. One atomic load: libav polls it thousands of times a second.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Acquire)
    }

    /// Blocks this thread for `time` or until the stop is asked for; true if it was.
    pub fn sleep(&self, time: Duration) -> bool {
        let _held = self
            .0
            .wake
            .wait_timeout_while(self.lock(), time, |_| !self.is_asked());
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

    #[test]
    fn a_child_hears_of_both() {
        let stop = Stop::new();
        let (child, other) = (stop.child(), stop.child());
        let grandchild = child.child();
        child.ask();
        assert!(child.is_asked() && grandchild.is_asked());
        assert!(!stop.is_asked() && !other.is_asked());
        let sleeper = std::thread::spawn(move || other.sleep(Duration::from_hours(1)));
        stop.ask();
        assert!(sleeper.join().unwrap());
        assert!(stop.child().is_asked(), "one that comes too late");
    }

    #[test]
    fn children_that_are_gone_are_forgotten() {
        let stop = Stop::new();
        for _ in 0..100 {
            drop(stop.child());
        }
        let _child = stop.child();
        assert_eq!(stop.lock().len(), 1);
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
