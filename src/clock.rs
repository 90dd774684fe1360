//! Time, passed in: recorded video and tests must not depend on when they run.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// The clock of this machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    pub fn system() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    /// µs since this clock was made; never steps back.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    pub fn monotonic_us(&self) -> i64 {
        i64::try_from(Instant::now().duration_since(self.origin).as_micros()).unwrap_or(i64::MAX)
    }

    /// µs since 1970-01-01T00:00:00Z.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    pub fn wall_us(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|d| i64::try_from(d.as_micros()).ok())
            .unwrap_or(0)
    }

    /// CPU time that the calling thread has used, in µs: what a frame costs, whatever else the machine
    /// does meanwhile.
    #[cfg(feature = "product")]
    pub fn thread_cpu_us(&self) -> i64 {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        spent.tv_sec * 1_000_000 + spent.tv_nsec / 1_000
    }
}

#[cfg(all(test, feature = "product"))]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_thread_is_what_it_works() {
        let clock = Clock::system();
        let (before, cpu) = (clock.monotonic_us(), clock.thread_cpu_us());
        let mut sum = 0_u64;
        while clock.thread_cpu_us() - cpu < 2_000 {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(clock.monotonic_us() - before >= 1_900);
        let other = std::thread::spawn(move || clock.thread_cpu_us());
        assert!(other.join().unwrap() < clock.thread_cpu_us());
    }
}
