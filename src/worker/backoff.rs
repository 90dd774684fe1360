//! How long a stream is left alone before it is opened again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::config::Location;

/// The first wait, and the longest: each that is waited in vain doubles the next.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// How much longer or shorter a wait may be, in percent: where a server comes back, not all of its streams ask for it at once, again
/// and again.
const SPREAD: u32 = 25;

/// The waits of one stream.
#[derive(Debug)]
pub(super) struct Backoff {
    seed: u64,
    /// Waits since video came, and all of them.
    failed: u32,
    waits: u64,
    /// Whoever sends it calls us: it is missed for as long as nobody listens, and nobody is spared by that.
    listens: bool,
}

impl Backoff {
    /// For the stream `id`, which comes from `location`.
    pub(super) fn new(id: &str, location: &Location) -> Self {
        Self {
            seed: hash(id),
            failed: 0,
            waits: 0,
            listens: location.is_listened_for(),
        }
    }

    /// Video came: what went wrong before is over. That it could be opened says too little.
    pub(super) fn begin_anew(&mut self) {
        self.failed = 0;
    }

    /// How long it is left alone now.
    pub(super) fn next_wait(&mut self) -> Duration {
        if self.listens {
            return FIRST;
        }
        let doubled = FIRST.saturating_mul(1 << self.failed.min(16));
        self.failed = self.failed.saturating_add(1);
        self.waits += 1;
        let percent = 100 - SPREAD + hash((self.seed, self.waits)) as u32 % (2 * SPREAD + 1);
        doubled.min(LONGEST) * percent / 100
    }
}

/// The same in each run.
fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(id: &str, url: &str) -> Backoff {
        Backoff::new(id, &url.parse().unwrap())
    }

    fn waits(backoff: &mut Backoff, count: usize) -> Vec<Duration> {
        (0..count).map(|_| backoff.next_wait()).collect()
    }

    #[test]
    fn each_wait_in_vain_is_about_twice_as_long_up_to_the_longest() {
        let mut backoff = backoff("room", "rtmp://h.example/live/x");
        let expected = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
        for (wait, ms) in waits(&mut backoff, 8).into_iter().zip(expected) {
            let around = ms * 3 / 4..=ms * 5 / 4;
            assert!(around.contains(&wait.as_millis()), "{wait:?} {ms}");
        }
        assert!(waits(&mut backoff, 100)[99] <= LONGEST * 5 / 4);
        backoff.begin_anew();
        assert!(backoff.next_wait() <= FIRST * 5 / 4);
    }

    #[test]
    fn streams_of_one_server_do_not_come_at_once() {
        let mut firsts: Vec<_> = (0..100)
            .map(|n| backoff(&format!("room-{n}"), "rtmp://h.example/live/x").next_wait())
            .collect();
        firsts.sort();
        firsts.dedup();
        assert!(firsts.len() > 30, "{}", firsts.len());
        let mut one = backoff("a", "rtmp://h.example/live/x");
        let longest = waits(&mut one, 60).split_off(20);
        assert!(longest.windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn who_is_called_keeps_listening() {
        let mut backoff = backoff("room", "srt://0.0.0.0:9000?mode=listener");
        assert_eq!(waits(&mut backoff, 20), [FIRST; 20]);
    }
}
