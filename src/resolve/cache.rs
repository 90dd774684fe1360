//! What was found lately: one question for each link, however many wait for the answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::Resolution;

/// Holds an answer, or the place for it that others wait at.
pub(super) type Cell = Arc<OnceCell<Resolution>>;

/// The most links that are remembered. Each takes 64 KiB at worst, and about 1 KiB as a rule.
const MOST: usize = 1024;

/// Remembers for a time.
pub(super) struct Cache {
    keep: Duration,
    kept: Mutex<HashMap<String, (Instant, Cell)>>,
}

impl Cache {
    pub(super) fn new(keep: Duration) -> Self {
        let kept = Mutex::default();
        Self { keep, kept }
    }

    /// The cell of `link`: an answer that is young enough, or a place for one.
    pub(super) fn cell(&self, link: &str) -> Cell {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, cell)) = kept.get(link)
            && now.duration_since(*since) < self.keep
        {
            return cell.clone();
        }
        if kept.len() >= MOST {
            kept.retain(|_, (since, _)| now.duration_since(*since) < self.keep);
        }
        if kept.len() >= MOST
            && let Some((oldest, _)) = kept.iter().min_by_key(|(_, (since, _))| *since)
        {
            let oldest = oldest.clone();
            kept.remove(&oldest);
        }
        let cell = Cell::default();
        kept.insert(link.to_owned(), (now, cell.clone()));
        cell
    }

    /// Lets go of `cell`, unless `link` has another by now.
    pub(super) fn forget(&self, link: &str, cell: &Cell) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept
            .get(link)
            .is_some_and(|(_, other)| Arc::ptr_eq(cell, other))
        {
            kept.remove(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_remembers_for_a_time_and_no_more_than_so_many() {
        let cache = Cache::new(Duration::from_secs(10));
        let first = cache.cell("a");
        assert!(Arc::ptr_eq(&first, &cache.cell("a")));
        cache.forget("a", &Cell::default());
        assert!(Arc::ptr_eq(&first, &cache.cell("a")), "another's cell");
        tokio::time::advance(Duration::from_secs(10)).await;
        let second = cache.cell("a");
        assert!(!Arc::ptr_eq(&first, &second));
        for n in 0..2 * MOST {
            tokio::time::advance(Duration::from_micros(1)).await;
            cache.cell(&n.to_string());
        }
        assert_eq!(cache.kept.lock().unwrap().len(), MOST);
        assert!(!Arc::ptr_eq(&second, &cache.cell("a")), "the oldest went");
    }
}
