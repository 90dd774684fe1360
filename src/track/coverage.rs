//! How well a stream was watched: the gaps between its looks, and what they may have missed.

use std::collections::VecDeque;

/// For how long a code is shown, in ms, where it is said how likely it was missed.
pub const SHOWN_MS: [i64; 3] = [1_000, 2_000, 5_000];

/// The newest ms of media time that say how likely a code was missed.
const WINDOW_MS: i64 = 300_000;

/// Gaps that are remembered; more of them are in the window where looks are many, and miss nothing.
const MOST_GAPS: usize = 1_024;

/// The gaps between the looks at one stream, in media time.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    /// How long a stream may go without a look before it counts as blind, in ms.
    grace_ms: i64,
    /// The media time of the newest look, or else of the first packet.
    last_ms: i64,
    newest: VecDeque<i64>,
    sum_ms: i64,
    longest_ms: i64,
    blind_ms: i64,
}

/// How well a stream was watched so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coverage {
    /// Frames that were looked at.
    pub looks: u64,
    /// The longest time between two looks, the present one included, in ms.
    pub longest_gap_ms: i64,
    /// For how long, all in all, the last look was longer ago than sampling promises, in ms.
    pub blind_ms: i64,
    /// How likely a code that is shown for each of [`SHOWN_MS`] fell between two looks, 0 to 1, in the last
    /// five minutes. A code that is shown at a moment chosen without regard to the looks falls into a gap of G
    /// with the chance (G - T) / G.
    pub missed: [f64; 3],
}

impl Gaps {
    /// Nothing was looked at yet: what is shown from the first packet on, at 0, may be missed.
    pub fn new(grace_ms: i64) -> Self {
        Self {
            grace_ms,
            ..Self::default()
        }
    }

    /// A look at `at_ms` of media time.
    pub fn look(&mut self, at_ms: i64) {
        let gap = (at_ms - self.last_ms).max(0);
        self.longest_ms = self.longest_ms.max(gap);
        self.blind_ms += self.beyond(gap);
        self.newest.push_back(gap);
        self.sum_ms += gap;
        self.last_ms = at_ms;
        while self.newest.len() > MOST_GAPS || self.sum_ms > WINDOW_MS && self.newest.len() > 1 {
            self.sum_ms -= self.newest.pop_front().unwrap_or(0);
        }
    }

    fn beyond(&self, gap: i64) -> i64 {
        (gap - self.grace_ms).max(0)
    }

    /// What is to be said of it `open` ms after the last of so many looks.
    pub fn coverage(&self, open: i64, looks: u64) -> Coverage {
        let all_ms = self.sum_ms + open;
        let missed = SHOWN_MS.map(|shown| {
            let gaps = self.newest.iter().chain([&open]);
            let uncovered: i64 = gaps.map(|gap| (gap - shown).max(0)).sum();
            if all_ms == 0 {
                0.0
            } else {
                uncovered as f64 / all_ms as f64
            }
        });
        Coverage {
            looks,
            longest_gap_ms: self.longest_ms.max(open),
            blind_ms: self.blind_ms + self.beyond(open),
            missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In thousandths.
    fn missed(coverage: &Coverage) -> [i64; 3] {
        coverage
            .missed
            .map(|chance| (chance * 1_000.0).round() as i64)
    }

    #[test]
    fn even_looks_miss_what_is_shorter_than_the_gap() {
        let mut gaps = Gaps::new(4_000);
        (0..100).for_each(|n| gaps.look(n * 2_000));
        let coverage = gaps.coverage(0, 100);
        assert_eq!(missed(&coverage), [500, 0, 0]);
        assert_eq!((coverage.longest_gap_ms, coverage.blind_ms), (2_000, 0));
    }

    /// What is shown before the first look is missed like all else.
    #[test]
    fn the_first_look_ends_a_gap() {
        let mut gaps = Gaps::new(4_000);
        gaps.look(30_000);
        let coverage = gaps.coverage(0, 1);
        assert_eq!(
            (coverage.longest_gap_ms, coverage.blind_ms),
            (30_000, 26_000)
        );
        assert_eq!(missed(&coverage), [967, 933, 833]);
    }

    #[test]
    fn a_long_gap_weighs_as_much_as_it_lasts() {
        let mut gaps = Gaps::new(4_000);
        (0..=10).for_each(|n| gaps.look(n * 1_000));
        gaps.look(20_000);
        let coverage = gaps.coverage(0, 12);
        assert_eq!(missed(&coverage), [450, 400, 250]);
        assert_eq!(
            (coverage.longest_gap_ms, coverage.blind_ms),
            (10_000, 6_000)
        );
        // A gap that is still open counts like one that is over.
        let mut open = Gaps::new(4_000);
        (0..=10).for_each(|n| open.look(n * 1_000));
        assert_eq!(open.coverage(10_000, 12), coverage);
    }

    #[test]
    fn what_is_long_ago_says_nothing_of_now() {
        let mut gaps = Gaps::new(4_000);
        gaps.look(0);
        gaps.look(60_000);
        (0..=400).for_each(|n| gaps.look(60_000 + n * 1_000));
        let coverage = gaps.coverage(0, 402);
        assert_eq!(missed(&coverage), [0; 3]);
        assert_eq!(
            (coverage.longest_gap_ms, coverage.blind_ms),
            (60_000, 56_000)
        );
    }

    #[test]
    fn nothing_was_missed_before_anything_began() {
        assert_eq!(Gaps::new(4_000).coverage(0, 0), Coverage::default());
    }

    #[test]
    fn gaps_are_bounded_in_number() {
        let mut gaps = Gaps::new(4_000);
        (0..100_000).for_each(|n| gaps.look(n));
        assert_eq!(gaps.newest.len(), MOST_GAPS);
        assert_eq!(gaps.sum_ms, MOST_GAPS as i64);
    }
}
