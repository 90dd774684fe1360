//! What the passing of time brings: boosts that begin and end, and stills that no longer come.

use std::sync::Arc;

use crate::worker::Stream;
use crate::worker::board::State as BoardState;
use crate::worker::boost::{Seen, Why};
use crate::worker::feed::Due;
use crate::worker::supervisor::{NO_STILL, State, Supervisor};

/// A label that begins so names the host: streams that share one are neighbours.
const HOST: &str = "host:";

/// A stream that waits for a thread for so long, in µs, says that there is no time for boosts.
const BUSY_US: i64 = 150_000;

impl Supervisor {
    /// Time passes: says which streams are boosted from now on. To be told every [`super::TICK`].
    pub(in crate::worker) fn tick(&self) {
        let settings = &self.inner.settings;
        let now_us = settings.limits.clock.monotonic_us();
        let mut state = self.state();
        let over = self.tell_time(&mut state, now_us);
        let mut seen: Vec<Seen> = Vec::with_capacity(state.streams.len());
        let mut hosts: Vec<String> = Vec::new();
        for (id, watched) in &state.streams {
            let board = &watched.cell.board;
            board.set_weight(self.weight(&watched.stream, board.has_history()));
            let reason = board.take_reason();
            if reason == Some(Why::OffPlatform) {
                hosts.extend(watched.stream.hosts().map(str::to_owned));
            }
            seen.push(Seen {
                id: Arc::clone(id),
                reason,
                cpu_us: board.cpu_us(),
                // There is nothing between two stills that could be looked at.
                is_live: board.is_live() && watched.feed.is_none(),
            });
        }
        for (seen, watched) in seen.iter_mut().zip(state.streams.values()) {
            let is_neighbour = watched
                .stream
                .hosts()
                .any(|host| hosts.iter().any(|h| h == host));
            let reason = seen.reason.max(is_neighbour.then_some(Why::Neighbour));
            seen.reason = reason;
        }
        let busy = self.inner.pool.longest_wait_us() > BUSY_US;
        let boosted = self.boosts().tick(now_us, &seen, busy);
        for (id, watched) in &state.streams {
            let looks = boosted.contains_key(id).then_some(settings.boost.looks);
            watched.cell.board.set_boost(looks);
        }
        state.boosted = boosted;
        drop(state);
        for id in over {
            self.remove(&id);
        }
    }

    /// Tells streams of stills that time passes, which no reader does; those that are over.
    fn tell_time(&self, state: &mut State, now_us: i64) -> Vec<Arc<str>> {
        let mut over = Vec::new();
        for (id, watched) in &mut state.streams {
            match watched.feed.as_mut().and_then(|feed| feed.due(now_us)) {
                Some(Due::Advance { media_ms, quiet }) => {
                    watched.cell.mailbox.advance(media_ms);
                    self.inner.pool.ready(&watched.cell);
                    if quiet {
                        let board = &watched.cell.board;
                        board.set_state(BoardState::Waiting(NO_STILL.to_owned()));
                    }
                }
                Some(Due::Over) => over.push(Arc::clone(id)),
                None => {}
            }
        }
        over
    }

    pub(super) fn weight(&self, stream: &Stream, history: bool) -> f64 {
        let priority = &self.inner.settings.priority;
        let labels = stream.labels.iter();
        let weight: f64 = labels
            .filter_map(|label| priority.labels.get(label))
            .product();
        weight * if history { priority.history } else { 1.0 }
    }
}

impl Stream {
    /// The hosts that its labels name.
    fn hosts(&self) -> impl Iterator<Item = &str> {
        let labels = self.labels.iter().map(String::as_str);
        labels.filter(|label| label.starts_with(HOST))
    }
}
