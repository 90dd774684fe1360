//! Figures of the ingest servers.

use std::fmt;

use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::{counter, family, gauge};
use crate::worker::ServerFigures;

/// How many hooks, lists or kicks of a server came to something.
type Of = fn(&ServerFigures) -> u64;

/// The name of a family, what it is for, the name of its second label, and a figure for each value of that.
type Family = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, Of)],
);

const COUNTERS: &[Family] = &[
    (
        "waylay_ingest_hooks",
        "Hooks of the ingest server, by how they were answered",
        "answer",
        &[
            ("allowed", |s| s.hooks.saturating_sub(s.refused)),
            ("refused", |s| s.refused),
            ("unauthorized", |s| s.unauthorized),
        ],
    ),
    (
        "waylay_ingest_hooks_failed",
        "Hooks of the ingest server that came to nothing, by the reason",
        "reason",
        &[("unread", |s| s.unread), ("no-room", |s| s.lost)],
    ),
    (
        "waylay_ingest_lists",
        "Lists of the ingest server's streams",
        "result",
        &[("done", |s| s.lists), ("failed", |s| s.failed_lists)],
    ),
    (
        "waylay_ingest_kicks",
        "Publishers of the ingest server that were to be disconnected",
        "result",
        &[("done", |s| s.kicks), ("failed", |s| s.failed_kicks)],
    ),
    (
        "waylay_ingest_unwatched",
        "Times that a stream of the ingest server was not watched",
        "reason",
        &[("refused", |s| s.unwatched), ("name", |s| s.unnamed)],
    ),
];

/// Writes the figures of `servers`, and how many bans are in force.
pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    servers: &[ServerFigures],
    bans: usize,
) -> fmt::Result {
    for (name, help, label, values) in COUNTERS {
        let mut each = family(encoder, name, help, MetricType::Counter)?;
        for server in servers {
            for (value, of) in *values {
                let labels = [("server", server.server.as_str()), (*label, *value)];
                counter(&mut each.encode_family(&labels)?, &of(server))?;
            }
        }
    }
    let help = "Streams of the ingest server that are watched";
    let mut streams = family(encoder, "waylay_ingest_streams", help, MetricType::Gauge)?;
    for server in servers {
        let labels = [("server", server.server.as_str())];
        gauge(
            &mut streams.encode_family(&labels)?,
            &(server.streams as i64),
        )?;
    }
    let help = "Streams that may not be published";
    let mut in_force = family(encoder, "waylay_bans", help, MetricType::Gauge)?;
    gauge(&mut in_force, &(bans as i64))
}
