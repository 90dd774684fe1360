//! How long looks took, as a histogram.

/// The bounds of the histogram in ms; what took longer than the last is in a bin of its own.
pub const BOUNDS_MS: [i64; 11] = [5, 10, 20, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000];

/// What a stream's clock may say of the time since a picture was taken, in ms: clocks differ by a little, and one that is
/// further off says nothing.
const PLAUSIBLE_MS: std::ops::RangeInclusive<i64> = -1_000..=600_000;

/// From when a picture was taken until `wall_us`, in ms; both are µs since 1970.
pub(super) fn since_capture_ms(captured_us: Option<i64>, wall_us: i64) -> Option<i64> {
    let ms = wall_us.checked_sub(captured_us?)? / 1_000;
    PLAUSIBLE_MS.contains(&ms).then_some(ms.max(0))
}

/// How long looks took from the arrival of the frame until it was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// How many took no longer than each of [`BOUNDS_MS`] and longer than the one before, and how many longer than
    /// all.
    pub bins: [u64; BOUNDS_MS.len() + 1],
    /// All of them together in ms.
    pub sum_ms: i64,
    /// The longest in ms.
    pub worst_ms: i64,
}

impl Lag {
    /// One more look.
    pub(super) fn add(&mut self, ms: i64) {
        let ms = ms.max(0);
        let bin = BOUNDS_MS.partition_point(|bound| *bound < ms);
        self.bins[bin] += 1;
        self.sum_ms += ms;
        self.worst_ms = self.worst_ms.max(ms);
    }

    /// Both together.
    #[must_use]
    pub(super) fn plus(mut self, other: Self) -> Self {
        for (bin, more) in self.bins.iter_mut().zip(other.bins) {
            *bin += more;
        }
        self.sum_ms += other.sum_ms;
        self.worst_ms = self.worst_ms.max(other.worst_ms);
        self
    }

    /// How many looks there were.
    pub fn count(&self) -> u64 {
        self.bins.iter().sum()
    }

    /// So many percent of the looks took no longer, in ms: to the next bound, and never longer than the longest.
    pub fn percentile_ms(&self, percent: u64) -> i64 {
        let wanted = (self.count() * percent).div_ceil(100);
        let mut sum = 0;
        let bounds = BOUNDS_MS.into_iter().chain([i64::MAX]);
        let within = self.bins.iter().zip(bounds).find(|(bin, _)| {
            sum += **bin;
            sum >= wanted
        });
        within.map_or(0, |(_, bound)| bound).min(self.worst_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_says_nothing() {
        let now_us = 1_800_000_000_000_000;
        for (captured_us, ms) in [
            (Some(now_us - 250_400), Some(250)),
            (Some(now_us + 900_000), Some(0)),
            (Some(now_us + 1_500_000_000), None),
            (Some(now_us - 601_000_000), None),
            (Some(0), None),
            (Some(i64::MIN), None),
            (None, None),
        ] {
            assert_eq!(since_capture_ms(captured_us, now_us), ms, "{captured_us:?}");
        }
    }

    #[test]
    fn percentiles_are_bounds_that_so_many_stay_within() {
        let mut lag = Lag::default();
        assert_eq!(lag.percentile_ms(95), 0);
        (1..=100).for_each(|ms| lag.add(ms));
        assert_eq!(lag.count(), 100);
        assert_eq!([50, 95, 100].map(|p| lag.percentile_ms(p)), [50, 100, 100]);
        lag.add(7_777);
        assert_eq!(lag.percentile_ms(100), 7_777);
        assert_eq!((lag.worst_ms, lag.sum_ms), (7_777, 5_050 + 7_777));
        assert_eq!(lag.plus(lag).count(), 202);
    }
}
