//! What a run was like.

use std::time::Instant;

use serde_json::Value;

use crate::live::{Nginx, Service, cpu_s, ended_children_cpu_s, percentiles, rss_mb, slope};
use crate::play::{Kind, Publisher, Showing, Stage, Tally};

/// What the service takes at one moment.
pub(crate) struct Sample {
    pub(crate) at: Instant,
    rss_mb: f64,
    threads: usize,
    descriptors: usize,
    cpu_s: f64,
    /// Of the publishers and the server.
    others_cpu_s: f64,
}

impl Sample {
    pub(crate) fn of(service: &Service, nginx: &Nginx, publishers: &[Publisher]) -> Self {
        let process = service.id();
        let playing = publishers.iter().map(Publisher::cpu_s).sum::<f64>();
        Self {
            at: Instant::now(),
            rss_mb: rss_mb(process),
            threads: service.count("task"),
            descriptors: service.count("fd"),
            cpu_s: cpu_s(process),
            others_cpu_s: playing + ended_children_cpu_s(std::process::id()) + cpu_s(nginx.id()),
        }
    }
}

/// An event that told of a payload for the first time.
pub(crate) struct Found {
    at: Instant,
    stream: String,
    payload: String,
    /// Of those that opened an incident.
    latency_ms: Option<i64>,
}

impl Found {
    /// An incident of a code that could not be read at first is reclassified once it is.
    pub(crate) fn of(at: Instant, event: &Value) -> Option<Self> {
        let opened = event["type"] == "waylay.incident.opened.v1";
        let read = event["type"] == "waylay.incident.reclassified.v1";
        let data = &event["data"];
        let payload = data["payload"].as_str().filter(|_| opened || read)?;
        Some(Self {
            at,
            stream: data["stream"].as_str()?.to_owned(),
            payload: payload.to_owned(),
            latency_ms: data["latency_ms"].as_i64().filter(|_| opened),
        })
    }

    fn tells_of(&self, showing: &Showing, stage: &Stage) -> bool {
        let (from, to) = showing.told;
        (from..=to).contains(&self.at)
            && self.stream == showing.stream.to_string()
            && self.payload == stage.recordings[showing.recording].0.payload
    }
}

/// A run that is over.
pub(crate) struct Run {
    pub(crate) began: Instant,
    pub(crate) streams: usize,
    pub(crate) tally: Tally,
    pub(crate) found: Vec<Found>,
    pub(crate) samples: Vec<Sample>,
    /// Streams that did not come back.
    pub(crate) lost: Vec<usize>,
    /// How the service was at the end.
    pub(crate) worker: Value,
}

impl Run {
    /// Prints it, and says whether all went as it has to.
    pub(crate) fn report(&self, stage: &Stage) -> bool {
        let missed = self.report_showings(stage);
        let tally = &self.tally;
        println!(
            "  plays {} ({} restarts, {} with another size), killed {}, stalled {}, damaged {}, broken off by themselves {}",
            tally.plays,
            tally.plays.saturating_sub(self.streams),
            tally.resizes,
            tally.kills,
            tally.stalls,
            tally.damaged,
            tally.broken_off
        );
        let latency = self.found.iter().filter_map(|found| found.latency_ms);
        let [p50, p95, worst] = percentiles(latency.collect());
        println!("  arrival to event: opened p50 {p50} p95 {p95} worst {worst} ms");
        let samples = &self.worker["samples"];
        println!(
            "  looks {}, dropped {}, failed {}, broken {}, skipped {}, panics {}",
            samples["done"],
            samples["dropped"],
            samples["failed"],
            samples["broken"],
            samples["skipped"],
            samples["panics"]
        );
        self.report_costs();
        println!("  streams lost {} {:?}", self.lost.len(), self.lost);
        missed == 0 && self.lost.is_empty() && samples["panics"] == 0
    }

    /// How many showings were missed that had to be found.
    fn report_showings(&self, stage: &Stage) -> usize {
        let of_kind = |kind: Kind| {
            let (found, missed): (Vec<&Showing>, Vec<&Showing>) = self
                .tally
                .showings
                .iter()
                .filter(|showing| showing.kind == kind)
                .partition(|showing| self.found.iter().any(|f| f.tells_of(showing, stage)));
            (found.len(), missed)
        };
        let (found, missed) = of_kind(Kind::Due);
        println!(
            "  codes that had to be found {}, found {found}",
            found + missed.len()
        );
        for showing in &missed {
            println!(
                "    missed: stream {}, recording {}, second {:.1}; before: {}",
                showing.stream,
                showing.recording,
                showing.from.duration_since(self.began).as_secs_f64(),
                showing.before
            );
        }
        for (kind, name) in [
            (Kind::Damaged, "in damaged plays"),
            (Kind::Stalled, "in stalled plays"),
            (Kind::CutShort, "cut short"),
        ] {
            let (found, missed) = of_kind(kind);
            println!("  {name}: found {found} of {}", found + missed.len());
        }
        missed.len()
    }

    fn report_costs(&self) {
        let (first, last) = (&self.samples[0], &self.samples[self.samples.len() - 1]);
        let took_s = last.at.duration_since(first.at).as_secs_f64();
        let since_s = |sample: &Sample| sample.at.duration_since(first.at).as_secs_f64();
        // Until then all of it has been there once.
        let settled: Vec<&Sample> = self
            .samples
            .iter()
            .filter(|sample| since_s(sample) >= took_s / 6.0)
            .collect();
        let start = settled[0];
        let most = |of: fn(&Sample) -> f64| self.samples.iter().map(of).fold(0.0, f64::max);
        let points = settled.iter().map(|s| (since_s(s) / 3600.0, s.rss_mb));
        println!(
            "  memory {:.0} MB after {:.0} s, at most {:.0}, {:.0} at the end; {:+.1} MB an hour from then on",
            start.rss_mb,
            since_s(start),
            most(|s| s.rss_mb),
            last.rss_mb,
            slope(&points.collect::<Vec<_>>())
        );
        for (name, of) in [
            ("threads", (|s| s.threads as f64) as fn(&Sample) -> f64),
            ("descriptors", |s| s.descriptors as f64),
        ] {
            println!(
                "  {name} {} then, at most {}, {} at the end",
                of(start),
                most(of),
                of(last)
            );
        }
        println!(
            "  waylay {:.2} cores; publishers and nginx {:.2} cores",
            (last.cpu_s - first.cpu_s) / took_s,
            (last.others_cpu_s - first.others_cpu_s) / took_s
        );
    }
}
