//! One look at a stream: frame → symbols → payloads → destinations → verdicts.

use crate::clock::Clock;
use crate::detect::trace::Trace;
use crate::detect::{self, Budget, Memory, Reach, Readers, Scan, Symbol};
use crate::frame::Luma;
use crate::payload;
use crate::policy::{Context, Policy};
use crate::track::{Reading, Sighting};
use crate::worker::judge::judge;

/// How the scan of a frame is bounded.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// In candidates: the same on every machine.
    Recorded,
    /// In time as well, in µs.
    Live(Clock, i64),
}

/// How looks are taken.
#[derive(Clone, Copy)]
pub struct Looks<'a> {
    /// Who reads.
    pub readers: Readers,
    /// How much of the picture the second reader sees.
    pub reach: Reach,
    /// What judges.
    pub policy: &'a Policy,
    /// What is known of the stream.
    pub context: &'a Context<'a>,
    /// What bounds them.
    pub mode: Mode,
}

impl Looks<'_> {
    /// Finds the symbols in a frame at `media_ms` of a stream and says what each of them is, with what `memory` knows of
    /// the looks before.
    pub fn at_frame(
        &self,
        luma: &Luma<'_>,
        media_ms: i64,
        memory: &mut Memory,
    ) -> (Vec<Sighting>, Scan) {
        self.look(luma, media_ms, memory, None)
    }

    /// The same for a still picture.
    pub fn at_still(&self, luma: &Luma<'_>) -> Vec<Sighting> {
        self.look(luma, 0, &mut Memory::default(), None).0
    }

    /// The same, and writes down what each stage saw.
    pub fn at_still_traced(&self, luma: &Luma<'_>, trace: &mut Trace) -> Vec<Sighting> {
        self.look(luma, 0, &mut Memory::default(), Some(trace)).0
    }

    fn look(
        &self,
        luma: &Luma<'_>,
        media_ms: i64,
        memory: &mut Memory,
        trace: Option<&mut Trace>,
    ) -> (Vec<Sighting>, Scan) {
        let started = match self.mode {
            Mode::Recorded => 0,
            Mode::Live(clock, _) => clock.monotonic_us(),
        };
        let expired = || match self.mode {
            Mode::Recorded => false,
            Mode::Live(clock, budget_us) => clock.monotonic_us() - started > budget_us,
        };
        let budget = Budget {
            candidates: Budget::DEFAULT_CANDIDATES,
            expired: &expired,
            reach: self.reach,
        };
        let mut scan = match trace {
            Some(trace) => detect::scan_traced(luma, self.readers, &budget, trace),
            None => detect::scan(luma, self.readers, &budget),
        };
        memory.join(&mut scan, media_ms);
        let symbols = std::mem::take(&mut scan.symbols).into_iter();
        let sightings = symbols.map(|symbol| self.sighting(symbol));
        (sightings.collect(), scan)
    }

    fn sighting(&self, symbol: Symbol) -> Sighting {
        let bytes = symbol.bytes.as_deref();
        let reading = bytes.map(|bytes| Reading::new(payload::parse(bytes)));
        let verdict = judge(self.policy, reading.as_ref(), self.context);
        Sighting {
            symbol,
            reading,
            verdict,
        }
    }
}
