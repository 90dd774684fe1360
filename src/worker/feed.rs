//! What a stream of stills is fed with: how often one may come, where it stands in media time, and what is due while none
//! comes. Pure, so that every order can be tried.

use crate::config::Frames;
use crate::worker::stills::NotTaken;

/// The oldest still that is taken, and how far ahead of our clock one may be, in µs: what is sent is live, and clocks
/// differ by little.
const OLDEST_US: i64 = 600_000_000;
const AHEAD_US: i64 = 10_000_000;

/// How often a stream is told that time passes while no still comes, in µs.
const ADVANCE_US: i64 = 1_000_000;

/// Fills by so many a second, and holds what fills it in one.
#[derive(Debug)]
pub(super) struct Bucket {
    /// In millionths.
    left: i64,
    rate: i64,
    filled_us: i64,
}

impl Bucket {
    const WHOLE: i64 = 1_000_000;

    /// A full one.
    pub(super) fn new(rate: u16, now_us: i64) -> Self {
        let rate = i64::from(rate);
        Self {
            left: rate * Self::WHOLE,
            rate,
            filled_us: now_us,
        }
    }

    /// Takes one out.
    ///
    /// # Errors
    /// Where there is none, after how many seconds there will be one.
    pub(super) fn take(&mut self, now_us: i64) -> Result<(), u32> {
        // What fills it in a second is all that it holds: no longer time counts.
        let elapsed_us = (now_us - self.filled_us).clamp(0, Self::WHOLE);
        self.filled_us = now_us;
        self.left = (self.left + elapsed_us * self.rate).min(self.rate * Self::WHOLE);
        if self.left < Self::WHOLE {
            let missing_us = (Self::WHOLE - self.left) / self.rate;
            return Err((missing_us / 1_000_000 + 1) as u32);
        }
        self.left -= Self::WHOLE;
        Ok(())
    }
}

/// Whether a still may have been taken at `at_us` where it is `wall_us` now, both in µs since 1970.
///
/// # Errors
/// Where it is too old, or of the future.
pub(super) fn check(at_us: Option<i64>, wall_us: i64) -> Result<(), NotTaken> {
    match at_us {
        Some(at_us) if at_us > wall_us + AHEAD_US => Err(NotTaken::Ahead),
        Some(at_us) if at_us < wall_us - OLDEST_US => Err(NotTaken::Old),
        _ => Ok(()),
    }
}

/// The stills of one stream.
#[derive(Debug)]
pub(super) struct Feed {
    bucket: Bucket,
    gap_us: i64,
    /// After how long without stills it is over, µs; `None` where somebody added it, who removes it too.
    idle_us: Option<i64>,
    since_us: i64,
    /// When the first was taken, µs since 1970.
    first_us: i64,
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    /// When it was taken, µs since 1970.
    taken_us: i64,
    media_ms: i64,
    /// When it came, and when the stream was told of the time last, µs of the process clock.
    arrived_us: i64,
    told_us: i64,
    /// All that was open has ended since.
    quiet: bool,
}

/// What is due while no still comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The stream is to be told that it is that time, in ms of media time; `quiet` where all that was open ends with it.
    Advance { media_ms: i64, quiet: bool },
    /// The stream is over.
    Over,
}

impl Feed {
    /// One that begins at `now_us` of the process clock; `own` where it began with its first still.
    pub(super) fn new(frames: &Frames, own: bool, now_us: i64) -> Self {
        let us = |time: std::time::Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self {
            bucket: Bucket::new(frames.stream_rate, now_us),
            gap_us: us(frames.gap),
            idle_us: own.then(|| us(frames.idle)),
            since_us: now_us,
            first_us: 0,
            last: None,
        }
    }

    /// A still comes that was taken at `at_us`, or just now; its media time in ms. `wall_us` is the time of day in µs since
    /// 1970, `now_us` that of the process clock.
    ///
    /// # Errors
    /// Where it comes too soon, or was not taken after the one before it.
    pub(super) fn take(
        &mut self,
        at_us: Option<i64>,
        wall_us: i64,
        now_us: i64,
    ) -> Result<i64, NotTaken> {
        self.bucket.take(now_us).map_err(NotTaken::StreamRate)?;
        let last_us = self.last.as_ref().map(|last| last.taken_us);
        let taken_us = match (at_us, last_us) {
            (Some(at_us), Some(last_us)) if at_us <= last_us => return Err(NotTaken::Late),
            (Some(at_us), _) => at_us,
            // The time of day may be set back.
            (None, Some(last_us)) => wall_us.max(last_us + 1),
            (None, None) => wall_us,
        };
        if self.last.is_none() {
            self.first_us = taken_us;
        }
        let media_ms = (taken_us - self.first_us) / 1_000;
        self.last = Some(Last {
            taken_us,
            media_ms,
            arrived_us: now_us,
            told_us: now_us,
            quiet: false,
        });
        Ok(media_ms)
    }

    /// Whether it began with its first still, and ends when no more come.
    pub(super) fn is_passing(&self) -> bool {
        self.idle_us.is_some()
    }

    /// What is due at `now_us` of the process clock.
    pub(super) fn due(&mut self, now_us: i64) -> Option<Due> {
        let since_us = self.last.as_ref().map_or(self.since_us, |l| l.arrived_us);
        if self.idle_us.is_some_and(|idle| now_us - since_us >= idle) {
            return Some(Due::Over);
        }
        let last = self.last.as_mut().filter(|last| !last.quiet)?;
        if now_us - last.told_us < ADVANCE_US {
            return None;
        }
        last.told_us = now_us;
        let passed_us = now_us - last.arrived_us;
        last.quiet = passed_us > self.gap_us + ADVANCE_US;
        Some(Due::Advance {
            media_ms: last.media_ms + passed_us / 1_000,
            quiet: last.quiet,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const S: i64 = 1_000_000;
    /// Some time of day.
    const WALL: i64 = 1_800_000_000 * S;

    fn feed(own: bool) -> Feed {
        let frames = Frames {
            stream_rate: 2,
            gap: Duration::from_secs(3),
            idle: Duration::from_secs(20),
            ..Frames::default()
        };
        Feed::new(&frames, own, 0)
    }

    #[test]
    fn media_time_is_the_time_since_the_first_still_was_taken() {
        let mut feed = feed(true);
        assert_eq!(feed.take(Some(WALL - 5 * S), WALL, 0), Ok(0));
        let second = feed.take(Some(WALL - S), WALL + 2 * S, 2 * S);
        assert_eq!(second, Ok(4_000), "however long it took to come");
        for at in [WALL - S, WALL - 2 * S] {
            let late = feed.take(Some(at), WALL + 3 * S, 3 * S);
            assert_eq!(late, Err(NotTaken::Late));
        }
        // One that does not say when it was taken was taken as it came, and never before another.
        assert_eq!(feed.take(None, WALL - 60 * S, 4 * S), Ok(4_000));
        assert_eq!(feed.take(None, WALL + 5 * S, 5 * S), Ok(10_000));
    }

    #[test]
    fn a_time_that_cannot_be_is_refused() {
        for (at, expected) in [
            (WALL + AHEAD_US + 1, Err(NotTaken::Ahead)),
            (i64::MAX, Err(NotTaken::Ahead)),
            (WALL - OLDEST_US - 1, Err(NotTaken::Old)),
            (i64::MIN, Err(NotTaken::Old)),
            (WALL + AHEAD_US, Ok(())),
            (WALL - OLDEST_US, Ok(())),
        ] {
            assert_eq!(check(Some(at), WALL), expected, "{at}");
        }
        assert_eq!(check(None, WALL), Ok(()));
    }

    #[test]
    fn so_many_come_in_a_second_and_no_more() {
        let mut feed = feed(true);
        assert!(feed.take(None, WALL, 0).is_ok());
        assert!(feed.take(None, WALL, 0).is_ok());
        assert_eq!(feed.take(None, WALL, 0), Err(NotTaken::StreamRate(1)));
        assert!(feed.take(None, WALL, S / 2).is_ok(), "one has come back");
        assert!(feed.take(None, WALL, S / 2).is_err());
        // However long nothing came, no more than what one second gives is there.
        let later = i64::MAX / 2;
        assert_eq!(
            (0..5)
                .filter(|_| feed.take(None, WALL, later).is_ok())
                .count(),
            2
        );
        let mut slow = Bucket::new(1, 0);
        assert_eq!(slow.take(0), Ok(()));
        assert_eq!(slow.take(1), Err(1));
        assert_eq!(slow.take(S + 1), Ok(()));
    }

    #[test]
    fn time_passes_while_none_comes_until_all_has_ended() {
        let mut feed = feed(true);
        assert_eq!(feed.due(S), None, "nothing was seen yet");
        feed.take(Some(WALL), WALL, 2 * S).unwrap();
        assert_eq!(feed.due(2 * S + S / 2), None);
        let advance = |media_ms, quiet| Some(Due::Advance { media_ms, quiet });
        assert_eq!(feed.due(3 * S), advance(1_000, false));
        assert_eq!(feed.due(3 * S + 1), None, "it was just told");
        assert_eq!(feed.due(6 * S), advance(4_000, false));
        assert_eq!(feed.due(7 * S), advance(5_000, true));
        assert_eq!(feed.due(9 * S), None, "nothing is open");
        feed.take(Some(WALL + 9 * S), WALL, 10 * S).unwrap();
        assert_eq!(feed.due(11 * S), advance(10_000, false));
    }

    #[test]
    fn who_began_by_itself_ends_by_itself() {
        let mut own = feed(true);
        assert_eq!(own.due(19 * S), None);
        assert_eq!(own.due(20 * S), Some(Due::Over), "none ever came");
        own.take(None, WALL, 20 * S).unwrap();
        assert!(own.due(39 * S).is_some_and(|due| due != Due::Over));
        assert_eq!(own.due(40 * S), Some(Due::Over));
        let mut added = feed(false);
        assert_eq!(added.due(90 * S), None);
        added.take(None, WALL, 90 * S).unwrap();
        added.due(900 * S);
        assert_eq!(added.due(1_800 * S), None);
    }
}
