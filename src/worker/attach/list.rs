//! The lists of ingest servers, which each is asked for over and over.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::{MissedTickBehavior, interval};

use super::{Attached, Attachment, Event, count, roll};
use crate::ban::StreamKey;
use crate::ingest::Live;
use crate::stop::Stop;

impl Attached {
    /// Asks a server for its streams, over and over.
    pub(super) async fn poll(self, id: Arc<str>, stop: Stop) {
        let Some(at) = self.0.servers.get(&id) else {
            return;
        };
        let mut ticks = interval(at.config.poll);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.asked() => return,
            }
            let listed = tokio::select! {
                listed = at.server.list() => listed,
                () = stop.asked() => return,
            };
            match listed {
                Ok(streams) => {
                    let streams = self.meant(at, streams);
                    count(&at.counts.lists);
                    if at.failing.swap(false, Ordering::Relaxed) {
                        tracing::info!(
                            ingest.id = &*id,
                            "ingest server {id} lists its streams again"
                        );
                    }
                    self.enforce(at, &streams).await;
                    let listed = Event::Listed(Arc::clone(&id), streams);
                    if self.0.events.send(listed).await.is_err() {
                        return;
                    }
                }
                Err(error) => {
                    count(&at.counts.failed_lists);
                    if !at.failing.swap(true, Ordering::Relaxed) {
                        tracing::warn!(ingest.id = &*id, %error, "ingest server {id} does not list its streams");
                    }
                }
            }
        }
    }

    /// `streams` by the names that hooks gave them: a list may show a name otherwise, and two of them alike.
    fn meant(&self, at: &Attachment, streams: Vec<Live>) -> Vec<Live> {
        let now_us = self.0.clock.wall_us();
        let (roll, bans) = (self.roll(), self.bans());
        let known = roll.keys(&at.id).chain(bans.keys(&at.id, now_us));
        roll::meant(streams, known, |key| at.server.shown(key))
    }

    /// The id of the stream `key` where it is watched, and who publishes it, where that is known.
    fn known(&self, at: &Attachment, key: &StreamKey) -> (Option<String>, Option<String>) {
        let roll = self.roll();
        let id = roll.id(&at.id, key).map(str::to_owned);
        let from = id.as_deref().and_then(|id| roll.get(id));
        let publisher = from.and_then(|from| from.publisher.clone());
        (id, publisher)
    }

    /// A ban holds where no gate asks for it, too: whoever publishes all the same is disconnected again.
    async fn enforce(&self, at: &Attachment, streams: &[Live]) {
        for Live { key, publisher } in streams {
            let now_us = self.0.clock.wall_us();
            if at.takes(key) && self.bans().holds(&at.id, key, now_us) {
                let (id, by_hook) = self.known(at, key);
                let publisher = publisher.as_ref().or(by_hook.as_ref());
                let known = id.as_deref().unwrap_or("that is not watched");
                // What went wrong is logged and counted, and the next list tries again.
                let _ = at.kick(key, publisher.map(String::as_str), known).await;
            }
        }
    }
}
