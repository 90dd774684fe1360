//! Figures for Prometheus, in the text format of `OpenMetrics`.

mod frames;
mod ingest;
mod webhooks;

use std::fmt;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, MetricEncoder, NoLabelSet, text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use self::webhooks::Webhooks;
use super::problem::Failure;
use super::{Parts, Shared};
use crate::store::Health;
use crate::track::SHOWN_MS;
use crate::worker::{
    ActionFigures, BOUNDS_MS, Counts, Lag, ServerFigures, State as StreamState, Status,
    StillFigures, Why,
};

/// The figures of the worker, of every stream and of every webhook.
#[utoipa::path(get, path = "/metrics", tag = "worker", responses(
    (status = 200, body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"),
))]
pub(super) async fn metrics(State(app): State<Shared>) -> Result<Response, Failure> {
    let (tallies, now_us) = (app.parts.mailing.tallies(), app.parts.clock.wall_us());
    let webhooks = Webhooks::of(tallies, app.parts.store.queues().await?, now_us);
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Figures::of(&app.parts)));
    registry.register_collector(Box::new(webhooks));
    let mut body = String::new();
    // A `String` takes whatever is written to it.
    let _ = text::encode(&mut body, &registry);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// All that is told, as it was at one moment.
#[derive(Debug)]
struct Figures {
    streams: Vec<Status>,
    counts: Counts,
    max_streams: usize,
    longest_wait_ms: i64,
    servers: Vec<ServerFigures>,
    bans: usize,
    actions: Vec<ActionFigures>,
    evidence_lost: u64,
    evidence_failing: bool,
    stills: StillFigures,
    records: Health,
}

/// A figure of the worker.
type Worker<T> = fn(&Figures) -> T;
/// Whether a stream does something.
type Does = fn(&StreamState) -> bool;
/// A figure of each stream.
type Each<T> = fn(&Status) -> T;

const COUNTERS: &[(&str, &str, Worker<u64>)] = &[
    ("waylay_looks", "Frames that were looked at", |f| {
        f.counts.looks
    }),
    ("waylay_looks_failed", "Looks that gave no picture", |f| {
        f.counts.failed
    }),
    (
        "waylay_broken",
        "Packets and pictures that were broken and left out",
        |f| f.counts.broken,
    ),
    (
        "waylay_candidates_skipped",
        "Places that looked like codes and for which the time of a look was not enough",
        |f| f.counts.skipped,
    ),
    (
        "waylay_sightings_ignored",
        "Sightings that were left out because too many incidents were open",
        |f| f.counts.ignored,
    ),
    ("waylay_panics", "Panics that were contained", |f| {
        f.counts.panics
    }),
    (
        "waylay_evidence_lost",
        "Times that evidence could not be written; its incidents are on record without it",
        |f| f.evidence_lost,
    ),
    (
        "waylay_records_failed",
        "Times that events could not be written; they are held and tried again",
        |f| f.records.failed(),
    ),
];

const GAUGES: &[(&str, &str, Worker<f64>)] = &[
    (
        "waylay_streams_max",
        "Streams that are taken at most",
        |f| f.max_streams as f64,
    ),
    (
        "waylay_longest_wait_seconds",
        "For how long the stream has waited for a thread that waits for longest",
        |f| f.longest_wait_ms as f64 / 1e3,
    ),
    (
        "waylay_evidence_failing",
        "Whether evidence could not be written the last time: a full disk, most often",
        |f| f64::from(f.evidence_failing),
    ),
    (
        "waylay_records_failing",
        "Whether events could not be written the last time: nothing is looked at once too many wait for that",
        |f| f64::from(f.records.is_failing()),
    ),
    (
        "waylay_heap_bytes",
        "Bytes of memory that the program asked for and holds: what the system counts has what is free in between, too",
        |_| glibc_heap::in_use() as f64,
    ),
];

const STREAM_COUNTERS: &[(&str, &str, Each<u64>)] = &[
    (
        "waylay_stream_looks",
        "Frames of the stream that were looked at",
        |s| s.figures.counts.looks,
    ),
    (
        "waylay_stream_looks_dropped",
        "Looks that newer ones took the place of",
        |s| s.figures.counts.dropped,
    ),
    (
        "waylay_stream_looks_failed",
        "Looks that gave no picture",
        |s| s.figures.counts.failed,
    ),
];

const STREAM_SECONDS: &[(&str, &str, Each<f64>)] = &[
    (
        "waylay_stream_decode_cpu_seconds",
        "CPU time of its decoding",
        |s| s.figures.counts.cpu.decode_us as f64 / 1e6,
    ),
    (
        "waylay_stream_scan_cpu_seconds",
        "CPU time of its scanning",
        |s| s.figures.counts.cpu.scan_us as f64 / 1e6,
    ),
    (
        "waylay_stream_blind_seconds",
        "For how long its last look was longer ago than sampling promises",
        |s| s.figures.coverage.blind_ms as f64 / 1e3,
    ),
];

const STREAM_GAUGES: &[(&str, &str, Each<f64>)] = &[
    ("waylay_stream_live", "Whether packets come", |s| {
        f64::from(s.figures.state == StreamState::Live)
    }),
    (
        "waylay_stream_since_look_seconds",
        "How long ago its newest look was",
        |s| s.figures.since_look_ms as f64 / 1e3,
    ),
    (
        "waylay_stream_longest_gap_seconds",
        "The longest time without a look",
        |s| s.figures.coverage.longest_gap_ms as f64 / 1e3,
    ),
    (
        "waylay_stream_ring_bytes",
        "Bytes of its newest packets that are kept",
        |s| s.figures.ring_bytes as f64,
    ),
    (
        "waylay_stream_boosted",
        "Whether it is looked at more often just now",
        |s| f64::from(s.boosted.is_some()),
    ),
];

impl Figures {
    fn of(parts: &Parts) -> Self {
        let Parts {
            supervisor,
            attached,
            acting,
            media,
            stills,
            store,
            ..
        } = parts;
        Self {
            streams: supervisor.streams(),
            counts: supervisor.counts(),
            max_streams: supervisor.max_streams(),
            longest_wait_ms: supervisor.longest_wait_ms(),
            servers: attached.figures(),
            actions: acting.figures(),
            bans: attached.bans_in_force(),
            evidence_lost: media.lost(),
            evidence_failing: media.is_failing(),
            stills: stills.figures(),
            records: store.health(),
        }
    }

    fn state(&self, is: Does) -> i64 {
        self.streams.iter().filter(|s| is(&s.figures.state)).count() as i64
    }
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in COUNTERS {
            counter(
                &mut family(&mut encoder, name, help, MetricType::Counter)?,
                &value(self),
            )?;
        }
        for (name, help, value) in GAUGES {
            gauge(
                &mut family(&mut encoder, name, help, MetricType::Gauge)?,
                &value(self),
            )?;
        }
        let help = "Looks that were wanted and not taken, by the reason";
        let mut dropped = family(
            &mut encoder,
            "waylay_looks_dropped",
            help,
            MetricType::Counter,
        )?;
        counter(
            &mut dropped.encode_family(&[("reason", "newer")])?,
            &self.counts.dropped,
        )?;
        let mut cpu = family(
            &mut encoder,
            "waylay_cpu_seconds",
            "CPU time by what was done",
            MetricType::Counter,
        )?;
        for (stage, us) in [
            ("decode", self.counts.cpu.decode_us),
            ("scan", self.counts.cpu.scan_us),
        ] {
            counter(
                &mut cpu.encode_family(&[("stage", stage)])?,
                &(us as f64 / 1e6),
            )?;
        }
        self.encode_states(&mut encoder)?;
        self.encode_latency(&mut encoder)?;
        ingest::encode(&mut encoder, &self.servers, self.bans)?;
        let help =
            "What happened to actions: proposed, requested, done, failed, rejected or reverted";
        let mut actions = family(&mut encoder, "waylay_actions", help, MetricType::Counter)?;
        for figures in &self.actions {
            let labels = [("event", figures.step.as_str())];
            counter(&mut actions.encode_family(&labels)?, &figures.count)?;
        }
        frames::encode(&mut encoder, &self.stills)?;
        self.encode_streams(&mut encoder)
    }
}

impl Figures {
    fn encode_states(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut states = family(
            encoder,
            "waylay_streams",
            "Streams by what they do",
            MetricType::Gauge,
        )?;
        let by_state: [(&str, Does); 3] = [
            ("connecting", |s| *s == StreamState::Connecting),
            ("live", |s| *s == StreamState::Live),
            ("waiting", |s| matches!(s, StreamState::Waiting(_))),
        ];
        for (state, is) in by_state {
            gauge(
                &mut states.encode_family(&[("state", state)])?,
                &self.state(is),
            )?;
        }
        let help = "Streams that are looked at more often just now, by the reason";
        let mut boosts = family(encoder, "waylay_boosts", help, MetricType::Gauge)?;
        for why in Why::ALL {
            let count = self
                .streams
                .iter()
                .filter(|s| s.boosted == Some(why))
                .count();
            gauge(
                &mut boosts.encode_family(&[("reason", why.as_str())])?,
                &(count as i64),
            )?;
        }
        Ok(())
    }

    fn encode_latency(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "From the arrival of a frame until it was judged";
        let lag = &self.counts.lag;
        histogram(encoder, "waylay_look_latency_seconds", help, lag)?;
        let help =
            "From the camera until the frame was judged, where the stream says when it was taken";
        let glass = &self.counts.glass;
        histogram(encoder, "waylay_glass_to_verdict_seconds", help, glass)
    }

    fn encode_streams(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in STREAM_COUNTERS {
            let mut each = family(encoder, name, help, MetricType::Counter)?;
            for stream in &self.streams {
                counter(
                    &mut each.encode_family(&[("stream", stream.stream.id.as_str())])?,
                    &value(stream),
                )?;
            }
        }
        for (name, help, value) in STREAM_SECONDS {
            let mut each = family(encoder, name, help, MetricType::Counter)?;
            for stream in &self.streams {
                let labels = [("stream", stream.stream.id.as_str())];
                counter(&mut each.encode_family(&labels)?, &value(stream))?;
            }
        }
        for (name, help, value) in STREAM_GAUGES {
            let mut each = family(encoder, name, help, MetricType::Gauge)?;
            for stream in &self.streams {
                gauge(
                    &mut each.encode_family(&[("stream", stream.stream.id.as_str())])?,
                    &value(stream),
                )?;
            }
        }
        let help =
            "How likely a code that is shown for so long was missed in the last five minutes";
        let mut missed = family(
            encoder,
            "waylay_stream_missed_ratio",
            help,
            MetricType::Gauge,
        )?;
        for stream in &self.streams {
            for (shown_ms, chance) in SHOWN_MS.iter().zip(stream.figures.coverage.missed) {
                let shown = format!("{}s", shown_ms / 1_000);
                let labels = [
                    ("stream", stream.stream.id.as_str()),
                    ("shown", shown.as_str()),
                ];
                gauge(&mut missed.encode_family(&labels)?, &chance)?;
            }
        }
        Ok(())
    }
}

fn family<'s>(
    encoder: &'s mut DescriptorEncoder<'_>,
    name: &'s str,
    help: &'s str,
    kind: MetricType,
) -> Result<MetricEncoder<'s>, fmt::Error> {
    encoder.encode_descriptor(name, help, None, kind)
}

fn histogram(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    lag: &Lag,
) -> fmt::Result {
    let bounds = BOUNDS_MS.map(|ms| ms as f64 / 1_000.0).into_iter();
    let buckets: Vec<_> = bounds.chain([f64::INFINITY]).zip(lag.bins).collect();
    family(encoder, name, help, MetricType::Histogram)?.encode_histogram::<NoLabelSet>(
        lag.sum_ms as f64 / 1_000.0,
        lag.count(),
        &buckets,
        None,
    )
}

fn counter(encoder: &mut MetricEncoder<'_>, value: &impl EncodeCounterValue) -> fmt::Result {
    encoder.encode_counter::<NoLabelSet, _, u64>(value, None)
}

fn gauge(encoder: &mut MetricEncoder<'_>, value: &impl EncodeGaugeValue) -> fmt::Result {
    encoder.encode_gauge(value)
}
