//! How the writing of evidence goes: a full disk takes the pictures and not the incidents, and somebody is to hear of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How the writing of evidence goes.
#[derive(Debug, Clone, Default)]
pub struct Media(Arc<State>);

#[derive(Debug, Default)]
struct State {
    lost: AtomicU64,
    failing: AtomicBool,
}

impl Media {
    /// How many times evidence could not be written.
    pub fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Whether the last time was one of them.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Relaxed)
    }

    pub(super) fn failed(&self) {
        self.0.lost.fetch_add(1, Ordering::Relaxed);
        self.0.failing.store(true, Ordering::Relaxed);
    }

    /// True where it could not be written the time before.
    pub(super) fn written(&self) -> bool {
        self.0.failing.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_counted_and_the_alarm_ends_with_the_next_file() {
        let (media, told) = {
            let media = Media::default();
            (media.clone(), media)
        };
        assert!(!media.written());
        media.failed();
        media.failed();
        assert_eq!((told.lost(), told.is_failing()), (2, true));
        assert!(media.written());
        assert!(!media.written());
        assert_eq!((told.lost(), told.is_failing()), (2, false));
    }
}
