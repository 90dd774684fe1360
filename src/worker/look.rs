//! One look at a stream: frame → symbols → payloads → destinations → verdicts.

use crate::clock::Clock;
use crate::detect::trace::Trace;
use crate::detect::{self, Budget, Reach, Readers, Scan, Symbol};
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

/// Finds the symbols in `luma` and says what each of them is. `readers` read them, the second one as far as
/// `reach` says.
pub fn sightings(
    luma: &Luma<'_>,
    readers: Readers,
    reach: Reach,
    policy: &Policy,
    context: &Context<'_>,
    mode: Mode,
) -> (Vec<Sighting>, Scan) {
    look(luma, readers, reach, policy, context, mode, None)
}

fn look(
    luma: &Luma<'_>,
    readers: Readers,
    reach: Reach,
    policy: &Policy,
    context: &Context<'_>,
    mode: Mode,
    trace: Option<&mut Trace>,
) -> (Vec<Sighting>, Scan) {
    let started = match mode {
        Mode::Recorded => 0,
        Mode::Live(clock, _) => clock.monotonic_us(),
    };
    let expired = || match mode {
        Mode::Recorded => false,
        Mode::Live(clock, budget_us) => clock.monotonic_us() - started > budget_us,
    };
    let budget = Budget {
        candidates: Budget::DEFAULT_CANDIDATES,
        expired: &expired,
        reach,
    };
    let mut scan = match trace {
        Some(trace) => detect::scan_traced(luma, readers, &budget, trace),
        None => detect::scan(luma, readers, &budget),
    };
    let symbols = std::mem::take(&mut scan.symbols).into_iter();
    let sightings = symbols.map(|symbol| sighting(symbol, policy, context));
    (sightings.collect(), scan)
}

/// The same for a still picture, and what each stage saw.
pub fn traced(
    luma: &Luma<'_>,
    readers: Readers,
    policy: &Policy,
    context: &Context<'_>,
) -> (Vec<Sighting>, Trace) {
    let mut trace = Trace::default();
    let (reach, mode) = (Reach::Whole, Mode::Recorded);
    let (sightings, _) = look(
        luma,
        readers,
        reach,
        policy,
        context,
        mode,
        Some(&mut trace),
    );
    (sightings, trace)
}

fn sighting(symbol: Symbol, policy: &Policy, context: &Context<'_>) -> Sighting {
    let bytes = symbol.bytes.as_deref();
    let reading = bytes.map(|bytes| Reading::new(payload::parse(bytes)));
    let verdict = judge(policy, reading.as_ref(), context);
    Sighting {
        symbol,
        reading,
        verdict,
    }
}
