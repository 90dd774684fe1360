//! The walk from link to link.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use url::Url;

use super::answer::{Lead, is_same, without_user};
use super::cache::Cache;
use super::fetch::{self, Terms};
use super::hosts::Hosts;
use super::network::Network;
use super::{End, Failure, Hop, Page, Resolution, is_trouble, is_web};
use crate::config::Resolve;
use crate::page::opens_app;

/// Follows links. One of these serves the whole program: what it remembers and how much it does at once
/// is of all who use it.
pub struct Resolver {
    settings: Resolve,
    agent: String,
    network: Network,
    hosts: Hosts,
    cache: Cache,
}

/// How far a walk has come: it outlives the walk, which ends wherever the time is up.
struct Trail {
    hops: Vec<Hop>,
    url: Url,
    /// How long it waited for its turns, and since when it waits for one.
    waited: Duration,
    waits_since: Option<Instant>,
}

impl Trail {
    fn time_waited(&self) -> Duration {
        self.waited
            + self
                .waits_since
                .map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Resolver {
    /// A resolver on the network of this machine. Whether `settings` enable it is for the caller to heed.
    pub fn new(settings: &Resolve) -> Self {
        Self::on(Network::system(), settings)
    }

    /// A resolver on `network`.
    pub fn on(network: Network, settings: &Resolve) -> Self {
        let agent = settings.user_agent.clone();
        let agent = agent.unwrap_or_else(|| format!("Waylay/{}", env!("CARGO_PKG_VERSION")));
        Self {
            agent,
            network,
            hosts: Hosts::new(settings.concurrency.into(), settings.timeout / 2),
            cache: Cache::new(settings.cache_ttl),
            settings: settings.clone(),
        }
    }

    /// Follows `link` to its end, or says where it leads from memory. Who asks for a link that is being
    /// followed waits for the same answer.
    pub async fn resolve(&self, link: &Url) -> Resolution {
        let link = without_user(link.clone());
        let cell = self.cache.cell(link.as_str());
        let resolution = cell.get_or_init(|| self.follow(link.clone())).await;
        if resolution.passes() {
            self.cache.forget(link.as_str(), &cell);
        }
        resolution.clone()
    }

    async fn follow(&self, link: Url) -> Resolution {
        let mut trail = Trail {
            hops: Vec::new(),
            url: link,
            waited: Duration::ZERO,
            waits_since: None,
        };
        let walked = timeout(self.settings.timeout, self.walk(&mut trail)).await;
        let end = match walked {
            Ok(end) => end.unwrap_or_else(End::Failed),
            Err(_) if trail.time_waited() > self.settings.timeout / 2 => End::Failed(Failure::Busy),
            Err(_) => End::Failed(Failure::TooSlow),
        };
        // A path may say as much of a person as a query.
        let host = trail.url.host_str().unwrap_or_default();
        tracing::debug!(
            host,
            hops = trail.hops.len(),
            end = end.as_str(),
            "link followed"
        );
        Resolution {
            hops: trail.hops,
            url: trail.url,
            end,
        }
    }

    async fn walk(&self, trail: &mut Trail) -> Result<End, Failure> {
        let mut terms = Terms {
            agent: &self.agent,
            left: self.settings.max_bytes,
        };
        loop {
            if opens_app(trail.url.scheme()) && !trail.hops.is_empty() {
                return Ok(End::App);
            }
            self.check(trail)?;
            let host = trail.url.host_str().ok_or(Failure::NotHttp)?;
            trail.waits_since = Some(Instant::now());
            let visit = self.hosts.enter(host.trim_end_matches('.')).await?;
            trail.waited = trail.time_waited();
            trail.waits_since = None;
            let asked = fetch::ask(&self.network, &trail.url, &mut terms).await;
            visit.end(match &asked {
                Ok((_, answer)) => !is_trouble(answer.status),
                Err(failure) => !failure.blames_host(),
            });
            let (address, answer) = asked?;
            match answer.lead(&trail.url)? {
                Lead::On(via, next) => {
                    let url = std::mem::replace(&mut trail.url, next);
                    trail.hops.push(Hop { url, via, address });
                }
                Lead::Stay(links) => {
                    return Ok(End::Page(Page {
                        address,
                        status: answer.status,
                        content: answer.content,
                        links,
                        cut: answer.cut,
                    }));
                }
            }
        }
    }

    /// Whether the next link may be asked at all.
    fn check(&self, trail: &Trail) -> Result<(), Failure> {
        let url = &trail.url;
        if !is_web(url.scheme()) {
            return Err(Failure::NotHttp);
        }
        if trail.hops.iter().any(|hop| is_same(&hop.url, url)) {
            return Err(Failure::Loop);
        }
        if trail.hops.len() >= usize::from(self.settings.max_hops) {
            return Err(Failure::TooManyHops);
        }
        let port = url.port_or_known_default();
        if !port.is_some_and(|port| self.settings.ports.contains(&port)) {
            return Err(Failure::ForbiddenPort);
        }
        Ok(())
    }
}
