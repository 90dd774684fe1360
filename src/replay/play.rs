//! Runs samples through the pipeline.

use std::collections::HashMap;
use std::path::Path;

use crate::clock::Clock;
use crate::config::Location;
use crate::detect::{Corners, Reach};
use crate::policy::{Context, Policy};
use crate::replay::figures::{self, per_frame};
use crate::replay::manifest::{Manifest, Sample};
use crate::replay::score::score;
use crate::source::still::{self, StillError};
use crate::track::{Change, ChangeKind, Reading};
use crate::wire::replay::{Run, Sample as SampleResult};
use crate::worker::{self, Counts, Cpu, Found, Looks, Mode, Settings, Stream};

/// Something that was reported for a sample.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) reading: Option<Reading>,
    pub(super) class: &'static str,
    /// Media time of the first and the last look that saw it, in ms.
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    /// And of the first that read it.
    pub(super) read_ms: i64,
    /// The frame that shows it best, ms of media time, and where it is in it.
    pub(super) best_ms: i64,
    pub(super) corners: Corners,
}

/// Replays the samples of `manifest`, which lie in `folder`; `each` is told when one is done.
pub fn replay(
    folder: &Path,
    manifest: &Manifest,
    settings: &Settings,
    mut each: impl FnMut(&SampleResult),
) -> Run {
    let samples = manifest.samples.iter().map(|sample| {
        let path = folder.join(&sample.file);
        let is_still = still::is_picture(&path);
        let mut seen = Vec::new();
        let played = if is_still {
            look(&path, settings, &mut seen).map_err(|error| error.to_string())
        } else {
            watch(&path, sample, settings, &mut seen)
        };
        let mut result = score(sample, seen, is_still);
        match played {
            Ok(counts) => result.cpu = per_frame(counts.looks, &counts.cpu),
            Err(error) => result.error = Some(error),
        }
        each(&result);
        result
    });
    let samples = samples.collect();
    Run {
        readers: settings.readers.to_string(),
        ..figures::run(samples, manifest.floors, settings.sampling.sample)
    }
}

fn watch(
    path: &Path,
    sample: &Sample,
    settings: &Settings,
    seen: &mut Vec<Seen>,
) -> Result<Counts, String> {
    let stream = Stream::new("replay", Location::File(path.to_owned()));
    let mut settings = settings.clone();
    settings.sampling.sample = sample.sample.unwrap_or(settings.sampling.sample);
    let mut read_ms = HashMap::new();
    let mut record = |change: Change| {
        let incident = change.incident;
        if incident.reading.is_some() {
            // An incident that was only located has its reading from the look that changed it.
            read_ms.entry(incident.id).or_insert(incident.last_seen_ms);
        }
        // It counts once, as it was when it ended.
        if change.kind == ChangeKind::Ended {
            seen.push(Seen {
                class: incident.verdict.class.as_str(),
                first_ms: incident.first_seen_ms,
                last_ms: incident.last_seen_ms,
                read_ms: read_ms.remove(&incident.id).unwrap_or_default(),
                best_ms: incident.best.media_ms,
                corners: incident.corners,
                reading: incident.reading,
            });
        }
    };
    worker::watch_file(
        &stream,
        &settings,
        &mut |found| {
            if let Found::Change(kept) = found {
                record(kept.change);
            }
        },
        &mut |_, _| {},
    )
    .map(|done| done.counts)
    .map_err(|error| error.to_string())
}

fn look(path: &Path, settings: &Settings, seen: &mut Vec<Seen>) -> Result<Counts, StillError> {
    let clock = settings.limits.clock;
    let mut cpu = Cpu::default();
    let picture = timed(clock, &mut cpu.decode_us, || still::open(path))?;
    if let Some(luma) = picture.luma() {
        let policy: &Policy = &settings.policy.get();
        let mut scan_us = 0;
        let looks = Looks {
            readers: settings.readers,
            reach: Reach::Whole,
            policy,
            context: &Context::default(),
            mode: Mode::Recorded,
        };
        let sightings = timed(clock, &mut scan_us, || looks.at_still(&luma));
        cpu.add_scan(scan_us);
        seen.extend(sightings.into_iter().map(|sighting| Seen {
            reading: sighting.reading,
            class: sighting.verdict.class.as_str(),
            first_ms: 0,
            last_ms: 0,
            read_ms: 0,
            best_ms: 0,
            corners: sighting.symbol.corners,
        }));
    }
    Ok(Counts {
        looks: 1,
        cpu,
        ..Counts::default()
    })
}

/// Does `work`, and puts what it cost in `us`, µs of CPU time.
fn timed<T>(clock: Clock, us: &mut i64, work: impl FnOnce() -> T) -> T {
    let began_us = clock.thread_cpu_us();
    let done = work();
    *us = clock.thread_cpu_us() - began_us;
    done
}
