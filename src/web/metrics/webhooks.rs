//! The figures of webhooks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::{counter, family, gauge};
use crate::store::Queue;
use crate::worker::Tally;

/// What is told of the endpoints, as it was at one moment.
#[derive(Debug)]
pub(super) struct Webhooks {
    tallies: Vec<Tally>,
    /// What is to be delivered, by the names of the endpoints, those that nobody knows any more included.
    queues: BTreeMap<Arc<str>, Waiting>,
}

/// What is to be delivered to one endpoint.
#[derive(Debug, Clone, Copy, Default)]
struct Waiting {
    pending: i64,
    dead: i64,
    oldest_s: f64,
}

/// A figure of what is to be delivered.
type Held = fn(&Waiting) -> f64;
/// A figure of what was done.
type Done = fn(&Tally) -> u64;

const GAUGES: &[(&str, &str, Held)] = &[
    (
        "waylay_webhook_pending",
        "Events that are still to be delivered",
        |w| w.pending as f64,
    ),
    ("waylay_webhook_dead", "Events that were given up", |w| {
        w.dead as f64
    }),
    (
        "waylay_webhook_oldest_pending_seconds",
        "How long ago the oldest event was recorded that is still to be delivered",
        |w| w.oldest_s,
    ),
];

const COUNTERS: &[(&str, &str, Done)] = &[
    (
        "waylay_webhook_delivered",
        "Events that were delivered",
        |t| t.delivered,
    ),
    ("waylay_webhook_failed", "Attempts that failed", |t| {
        t.failed
    }),
];

impl Webhooks {
    pub(super) fn of(tallies: Vec<Tally>, queues: Vec<Queue>, now_us: i64) -> Self {
        let known = tallies.iter();
        let none = known.map(|tally| (Arc::clone(&tally.endpoint), Waiting::default()));
        let held = queues.into_iter().map(|queue| {
            let age_us = queue.oldest_us.map_or(0, |us| now_us.saturating_sub(us));
            let waiting = Waiting {
                pending: queue.pending,
                dead: queue.dead,
                oldest_s: age_us.max(0) as f64 / 1e6,
            };
            (Arc::from(queue.endpoint), waiting)
        });
        Self {
            queues: none.chain(held).collect(),
            tallies,
        }
    }
}

impl Collector for Webhooks {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in GAUGES {
            let mut each = family(&mut encoder, name, help, MetricType::Gauge)?;
            for (endpoint, waiting) in &self.queues {
                let labels = [("endpoint", &**endpoint)];
                gauge(&mut each.encode_family(&labels)?, &value(waiting))?;
            }
        }
        for (name, help, value) in COUNTERS {
            let mut each = family(&mut encoder, name, help, MetricType::Counter)?;
            for tally in &self.tallies {
                let labels = [("endpoint", &*tally.endpoint)];
                counter(&mut each.encode_family(&labels)?, &value(tally))?;
            }
        }
        let help = "Whether the endpoint is taken to be down, and only asked now and then";
        let mut down = family(&mut encoder, "waylay_webhook_down", help, MetricType::Gauge)?;
        for tally in &self.tallies {
            let labels = [("endpoint", &*tally.endpoint)];
            gauge(&mut down.encode_family(&labels)?, &i64::from(tally.is_down))?;
        }
        Ok(())
    }
}
