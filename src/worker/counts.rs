//! What was done for streams, and what it cost.

use crate::worker::lag::Lag;

/// What was done for one stream and what was not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that were looked at.
    pub looks: u64,
    /// Looks that were wanted and not taken, because newer frames came first.
    pub dropped: u64,
    /// Looks that were wanted and gave no picture.
    pub failed: u64,
    /// Packets and pictures that were broken.
    pub broken: u64,
    /// Candidates that were not tried because the budget of a frame was spent.
    pub skipped: u64,
    /// Panics that were contained.
    pub panics: u64,
    /// Sightings that were left out because too many incidents were open.
    pub ignored: u64,
    /// What the looks cost.
    pub cpu: Cpu,
    /// How long the looks at live frames took.
    pub lag: Lag,
    /// How long it was from the camera to the verdict, where the stream says when it was taken.
    pub glass: Lag,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            looks: self.looks + other.looks,
            dropped: self.dropped + other.dropped,
            failed: self.failed + other.failed,
            broken: self.broken + other.broken,
            skipped: self.skipped + other.skipped,
            panics: self.panics + other.panics,
            ignored: self.ignored + other.ignored,
            cpu: Cpu {
                decode_us: self.cpu.decode_us + other.cpu.decode_us,
                scan_us: self.cpu.scan_us + other.cpu.scan_us,
                worst_scan_us: self.cpu.worst_scan_us.max(other.cpu.worst_scan_us),
            },
            lag: self.lag.plus(other.lag),
            glass: self.glass.plus(other.glass),
        }
    }
}

/// CPU time of the threads that did the work, in µs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cpu {
    /// Decoding, the frames that were only decoded for others included.
    pub decode_us: i64,
    /// Finding symbols in frames and judging them.
    pub scan_us: i64,
    /// The most that the scan of one frame took.
    pub worst_scan_us: i64,
}

impl Cpu {
    /// The scan of one more frame.
    pub(crate) fn add_scan(&mut self, us: i64) {
        self.scan_us += us;
        self.worst_scan_us = self.worst_scan_us.max(us);
    }
}
