//! Short links of open incidents: asked without waiting, and told when the answer is there.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use url::Url;

use crate::destination;
use crate::ids::IncidentId;
use crate::policy::Verdict;
use crate::resolve::{End, Resolution, Resolver};
use crate::track::{Incident, Reading};

/// Follows links for every stream.
#[derive(Clone)]
pub struct Follower {
    resolver: Arc<Resolver>,
    runtime: Handle,
}

impl Follower {
    /// Follows with `resolver` on `runtime`.
    pub fn new(resolver: Arc<Resolver>, runtime: Handle) -> Self {
        Self { resolver, runtime }
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").finish_non_exhaustive()
    }
}

/// The links that one stream waits for. The resolver bounds how long that takes.
#[derive(Debug)]
pub(super) struct Following {
    follower: Option<Follower>,
    asked: HashMap<IncidentId, JoinHandle<Resolution>>,
}

impl Following {
    pub(super) fn new(follower: Option<Follower>) -> Self {
        Self {
            follower,
            asked: HashMap::new(),
        }
    }

    /// Asks where `incident` leads, where only that can say it.
    pub(super) fn ask(&mut self, incident: &Incident) {
        let (Some(follower), Some(reading)) = (&self.follower, &incident.reading) else {
            return;
        };
        if let Some(link) = link(reading, &incident.verdict) {
            let resolver = Arc::clone(&follower.resolver);
            let asking = async move { resolver.resolve(&link).await };
            self.asked
                .insert(incident.id, follower.runtime.spawn(asking));
        }
    }

    /// What was learnt since the last time; with `wait` of everything that was asked for.
    pub(super) fn learnt(&mut self, wait: bool) -> HashMap<IncidentId, Resolution> {
        let Some(follower) = &self.follower else {
            return HashMap::new();
        };
        self.asked
            .extract_if(|_, asking| wait || asking.is_finished())
            // One that panicked said nothing.
            .filter_map(|(incident, asking)| {
                Some((incident, follower.runtime.block_on(asking).ok()?))
            })
            .collect()
    }

    /// Nobody waits for `incident` any more.
    pub(super) fn forget(&mut self, incident: IncidentId) {
        if let Some(asking) = self.asked.remove(&incident) {
            asking.abort();
        }
    }
}

/// The link to ask where `reading` leads: one that says nothing by itself, or one of the platform's own short
/// links.
fn link(reading: &Reading, verdict: &Verdict) -> Option<Url> {
    let text = reading.payload.to_follow().or_else(|| {
        let text = reading.payload.innermost().text.trim();
        verdict.is_unresolved().then_some(text)
    });
    text.and_then(|text| Url::parse(text).ok())
}

/// `reading` as it is now that its link was followed.
pub fn followed(reading: Reading, resolution: &Resolution) -> Reading {
    let way: Vec<&str> = resolution.chain().skip(1).map(Url::as_str).collect();
    let links: Vec<&str> = resolution.links().iter().map(Url::as_str).collect();
    let ends = !matches!(resolution.end, End::Failed(_));
    let payload = reading.payload.followed(&way, &links, ends);
    Reading {
        destination: destination::of(&payload),
        payload,
    }
}
