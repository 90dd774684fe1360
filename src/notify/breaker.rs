//! A circuit breaker: an endpoint that is down is asked now and then, and not by everything that waits for it.

/// How many attempts in a row must fail before it opens.
const MOST_FAILURES: u32 = 5;

/// How long it stays open before one attempt is let through, µs.
const PROBE_US: i64 = 30_000_000;

/// Counts the failures of one endpoint in a row. It reads no clock: times are µs, of whatever clock its user has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    /// Until when nothing is sent, where it is open.
    open_until_us: Option<i64>,
}

impl Breaker {
    /// How many attempts may begin now, where `most` may be under way at once and `under_way` are.
    pub fn room(&self, now_us: i64, most: usize, under_way: usize) -> usize {
        let most = match self.open_until_us {
            None => most,
            Some(_) if self.shut_until_us(now_us).is_some() => 0,
            Some(_) => 1,
        };
        most.saturating_sub(under_way)
    }

    /// Until when nothing is sent; `None` where attempts may begin.
    pub fn shut_until_us(&self, now_us: i64) -> Option<i64> {
        // Where it is further ahead than that the clock was set back.
        let ahead = |until_us: &i64| until_us.saturating_sub(now_us);
        self.open_until_us
            .filter(|until_us| (1..=PROBE_US).contains(&ahead(until_us)))
    }

    /// Whether the endpoint is taken to be down.
    pub fn is_open(&self) -> bool {
        self.open_until_us.is_some()
    }

    /// The endpoint answered. True where it was taken to be down.
    pub fn succeeded(&mut self) -> bool {
        std::mem::take(self).is_open()
    }

    /// It did not, or said that it cannot. True where it is taken to be down from now on.
    pub fn failed(&mut self, now_us: i64) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < MOST_FAILURES {
            return false;
        }
        self.open_until_us
            .replace(now_us.saturating_add(PROBE_US))
            .is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row() {
        let mut breaker = Breaker::default();
        for _ in 0..MOST_FAILURES - 1 {
            assert!(!breaker.failed(0));
        }
        assert!(!breaker.succeeded());
        for _ in 0..MOST_FAILURES - 1 {
            assert!(!breaker.failed(0));
        }
        assert_eq!(breaker.room(0, 4, 1), 3, "they are not in a row");
        assert!(breaker.failed(0) && breaker.is_open());
        assert!(!breaker.failed(0), "it is open already");
        assert_eq!(breaker.room(0, 4, 0), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_shut() {
        let mut breaker = Breaker::default();
        for _ in 0..MOST_FAILURES {
            breaker.failed(PROBE_US);
        }
        assert_eq!(breaker.room(PROBE_US, 4, 0), 0);
        assert_eq!(breaker.room(0, 4, 0), 1);
    }

    #[test]
    fn one_attempt_is_let_through_now_and_then() {
        let mut breaker = Breaker::default();
        for _ in 0..MOST_FAILURES {
            breaker.failed(0);
        }
        assert_eq!(breaker.shut_until_us(1), Some(PROBE_US));
        assert_eq!(breaker.room(PROBE_US - 1, 4, 0), 0);
        assert_eq!(breaker.room(PROBE_US, 4, 0), 1);
        assert_eq!(breaker.room(PROBE_US, 4, 1), 0, "one at a time");
        assert_eq!(breaker.shut_until_us(PROBE_US), None);
        breaker.failed(PROBE_US);
        assert_eq!(breaker.room(2 * PROBE_US - 1, 4, 0), 0);
        assert_eq!(breaker.room(2 * PROBE_US, 4, 0), 1);
        assert!(breaker.succeeded());
        assert_eq!(breaker, Breaker::default());
        assert_eq!(breaker.room(0, 4, 0), 4);
    }
}
