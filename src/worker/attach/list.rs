//! The lists of ingest servers, which each is asked for over and over.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::{MissedTickBehavior, interval};

use super::{Attached, Attachment, Event, count, roll};
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

    /// A ban holds where no gate asks for it, too: whoever publishes all the same is disconnected again.
    async fn enforce(&self, at: &Attachment, streams: &[Live]) {
        for Live { key, publisher } in streams {
            let now_us = self.0.clock.wall_us();
            if at.takes(key) && self.bans().holds(&at.id, key, now_us) {
                let known = self.roll().id(&at.id, key).map(str::to_owned);
                let known = known.unwrap_or_else(|| "that is not watched".to_owned());
                // What went wrong is logged and counted, and the next list tries again.
                let _ = at.kick(key, publisher.as_deref(), &known).await;
            }
        }
    }
}
