//! Which streams have ended.

use std::collections::HashMap;

/// The streams that were live, until their end is on record.
#[derive(Debug)]
pub(super) struct Streams {
    /// Since when each is live no more, µs since 1970; `None` where it is.
    since_us: HashMap<String, Option<i64>>,
    grace_us: i64,
}

impl Streams {
    pub(super) fn new(grace_us: i64) -> Self {
        Self {
            since_us: HashMap::new(),
            grace_us,
        }
    }

    /// Those that have ended at `now_us`, where `live` are live then, until they are forgotten.
    pub(super) fn ended(&mut self, live: &[String], now_us: i64) -> Vec<String> {
        for since_us in self.since_us.values_mut() {
            since_us.get_or_insert(now_us);
        }
        self.since_us
            .extend(live.iter().map(|id| (id.clone(), None)));
        let is_over = |since_us: &Option<i64>| {
            since_us.is_some_and(|us| now_us.saturating_sub(us) >= self.grace_us)
        };
        let ended = self.since_us.iter().filter(|(_, us)| is_over(us));
        ended.map(|(id, _)| id.clone()).collect()
    }

    /// The end of `id` is on record.
    pub(super) fn forget(&mut self, id: &str) {
        self.since_us.remove(id);
    }

    /// Those whose end is not on record yet.
    pub(super) fn going(&self) -> Vec<String> {
        self.since_us.keys().cloned().collect()
    }

    /// Those whose end is not on record.
    pub(super) fn left(self) -> Vec<String> {
        self.since_us.into_keys().collect()
    }
}
