//! When a delivery that failed is tried again.

use std::time::Duration;

/// The pause after the first attempt. Each one is twice as long as the one before it, up to the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_hours(1);

/// How far a pause is from that, up or down: deliveries that failed together do not come back together.
const JITTER: f64 = 0.2;

/// For how long after its first attempt a delivery is tried.
const GIVE_UP: Duration = Duration::from_hours(24);

/// How a delivery went so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tried {
    /// Attempts that failed, the last one included.
    pub attempts: u32,
    /// How long ago the first one was.
    pub since: Duration,
    /// How long the endpoint wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// How long to wait before the next attempt; `None` where the delivery is given up. `random` is from 0 to 1.
pub fn delay(tried: &Tried, random: f64) -> Option<Duration> {
    if tried.since >= GIVE_UP {
        return None;
    }
    let doubled = 2_u32.saturating_pow(tried.attempts.saturating_sub(1));
    let pause = FIRST.saturating_mul(doubled).min(LONGEST);
    let pause = pause.mul_f64(1.0 + JITTER * (2.0 * random.clamp(0.0, 1.0) - 1.0));
    let asked = tried.retry_after.unwrap_or_default().min(LONGEST);
    Some(pause.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(attempts: u32) -> Tried {
        Tried {
            attempts,
            ..Tried::default()
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pause = |attempts| delay(&after(attempts), 0.5).unwrap().as_secs();
        let pauses: Vec<_> = (1..=12).map(pause).collect();
        assert_eq!(
            pauses,
            [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]
        );
        assert_eq!(pause(0), 5);
        assert_eq!(pause(u32::MAX), 3_600);
    }

    #[test]
    fn pauses_are_spread_by_a_fifth() {
        let pause = |random| delay(&after(3), random).unwrap().as_secs();
        assert_eq!([pause(0.0), pause(0.5), pause(1.0)], [16, 20, 24]);
        assert_eq!(pause(f64::INFINITY), 24);
    }

    #[test]
    fn what_is_tried_for_a_day_is_tried_some_thirty_times() {
        for random in [0.0, 0.5, 1.0] {
            let mut tried = Tried::default();
            loop {
                tried.attempts += 1;
                let Some(pause) = delay(&tried, random) else {
                    break;
                };
                tried.since += pause;
            }
            assert!(tried.since >= Duration::from_hours(24), "{tried:?}");
            assert!(tried.since < Duration::from_hours(26), "{tried:?}");
            assert!((28..=42).contains(&tried.attempts), "{tried:?}");
        }
    }

    #[test]
    fn an_endpoint_may_ask_for_time_but_not_for_ever() {
        let asked = |seconds| {
            let tried = Tried {
                retry_after: Some(Duration::from_secs(seconds)),
                ..after(1)
            };
            delay(&tried, 0.5).unwrap().as_secs()
        };
        assert_eq!([asked(0), asked(120), asked(u64::MAX)], [5, 120, 3_600]);
    }
}
