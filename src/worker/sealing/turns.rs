//! When evidence is looked through for what was kept for long enough.

/// How often evidence that was kept for long enough is removed.
pub(super) const SWEEP_US: i64 = 3_600_000_000;
/// A clock that is put right goes ahead by less than this, µs.
const STEP_US: i64 = 60_000_000;

/// When next.
#[derive(Debug)]
pub(super) struct Turns {
    /// When next, by the clock that never steps, µs.
    next_us: i64,
    /// By how much the one on the wall was ahead of that one, µs.
    ahead_us: Option<i64>,
}

impl Turns {
    /// The first one is at `next_us`.
    pub(super) fn new(next_us: i64) -> Self {
        Self {
            next_us,
            ahead_us: None,
        }
    }

    /// Whether it is time, by the clock on the wall and the one that never steps. Where the former goes ahead at once, after a
    /// machine was asleep say, it may be wrong until somebody puts it right: that is waited for, since what is removed does not
    /// come back.
    pub(super) fn is_time(&mut self, wall_us: i64, monotonic_us: i64) -> bool {
        let ahead_us = wall_us.saturating_sub(monotonic_us);
        let before_us = self.ahead_us.replace(ahead_us);
        if before_us.is_some_and(|us| ahead_us.saturating_sub(us) > STEP_US) {
            self.put_off(monotonic_us);
        }
        monotonic_us >= self.next_us
    }

    /// Puts the next one off by an hour.
    pub(super) fn put_off(&mut self, monotonic_us: i64) {
        self.next_us = monotonic_us.saturating_add(SWEEP_US);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_goes_ahead_at_once_removes_nothing_for_an_hour() {
        let (second_us, day_us) = (1_000_000, 24 * SWEEP_US);
        let mut turns = Turns::new(SWEEP_US);
        assert!(!turns.is_time(day_us, 0), "nor right at the start");
        assert!(!turns.is_time(day_us + SWEEP_US - 1, SWEEP_US - 1));
        assert!(turns.is_time(day_us + SWEEP_US, SWEEP_US));
        assert!(turns.is_time(day_us + SWEEP_US + second_us, SWEEP_US + second_us));
        turns.put_off(SWEEP_US);
        assert!(!turns.is_time(day_us + 2 * SWEEP_US - 1, 2 * SWEEP_US - 1));
        // A year at once, which stays for a while; then it is put right, a little too far.
        let (mut at_us, year_us) = (2 * SWEEP_US, 366 * day_us);
        for _ in 0..3_599 {
            assert!(!turns.is_time(day_us + year_us + at_us, at_us));
            at_us += second_us;
        }
        for ahead_us in [-day_us, second_us, day_us] {
            assert!(!turns.is_time(ahead_us + at_us, at_us), "each time anew");
        }
        at_us += SWEEP_US - 1;
        assert!(!turns.is_time(day_us + second_us + at_us, at_us));
        assert!(turns.is_time(day_us + second_us + at_us + 1, at_us + 1));
    }
}
