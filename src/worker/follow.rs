//! Short links of open incidents: asked without waiting, and told when the answer is there.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use url::Url;

use crate::ids::IncidentId;
use crate::policy::Verdict;
use crate::resolve::{End, Resolution, Resolver};
use crate::track::{Change, ChangeKind, Followed, Hop, Reading};

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

    /// Asks where `link` leads.
    pub fn ask(&self, link: Url) -> JoinHandle<Resolution> {
        let resolver = Arc::clone(&self.resolver);
        self.runtime
            .spawn(async move { resolver.resolve(&link).await })
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

    /// Asks where the incident leads, where only that can say it. While it stays in view, a host that was not
    /// to be reached is asked again: the resolver leaves it alone where that happens too often.
    pub(super) fn ask(&mut self, change: &Change) {
        let incident = &change.incident;
        let (Some(follower), Some(reading)) = (&self.follower, &incident.reading) else {
            return;
        };
        let again = |followed: &Followed| followed.passes;
        let worth = match change.kind {
            ChangeKind::Opened | ChangeKind::Reclassified => true,
            ChangeKind::Updated => reading.followed.as_ref().is_some_and(again),
            ChangeKind::Ended => false,
        };
        if !worth || self.asked.contains_key(&incident.id) {
            return;
        }
        if let Some(link) = to_ask(reading, &incident.verdict) {
            self.asked.insert(incident.id, follower.ask(link));
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
pub fn to_ask(reading: &Reading, verdict: &Verdict) -> Option<Url> {
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
    let failure = match resolution.end {
        End::Failed(failure) => Some(failure.as_str()),
        End::Page(_) | End::App => None,
    };
    // Where it was asked before, this went on from there.
    let mut hops = reading.followed.map_or_else(Vec::new, |before| before.hops);
    hops.extend(resolution.hops.iter().map(|hop| Hop {
        url: hop.url.to_string(),
        via: hop.via.as_str(),
        address: hop.address.to_string(),
    }));
    Reading {
        followed: Some(Followed {
            hops,
            end: resolution.end.as_str(),
            failure,
            passes: resolution.passes(),
        }),
        ..Reading::new(reading.payload.followed(&way, &links, failure.is_none()))
    }
}
