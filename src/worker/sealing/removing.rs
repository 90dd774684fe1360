//! Removes what was kept for long enough, and what a crash has left.

use std::io;

use tokio::sync::mpsc;

use crate::config::{Keep, Retention};
use crate::store::{EvidenceRow, Expired, Head, Past};
use crate::wire::manifest::{Content, Gone, Tombstone, time};

use super::{AT_ONCE, SealError, Sealer, seal};

/// How many incidents whose evidence is due are looked up at a time.
const DUE: u32 = 10_000;
/// A file that was begun and is not whole for so long is nobody's any more, µs.
const BEGUN_US: i64 = 24 * 3_600_000_000;
/// How many files that no record names are removed with one start.
const MOST_LEFT: usize = 10_000;

impl Sealer {
    pub(super) async fn tidy_once(&self) {
        if let Err(error) = self.tidy(self.clock.wall_us()).await {
            tracing::warn!(%error, "files that a crash left stay until the next start");
        }
    }

    /// Removes the files that a crash left in the folder before a record named them; how many. One that was begun goes after a
    /// day, and a whole one once it was kept for as long as evidence that leads nobody knows where: somebody may bring
    /// records back that know it.
    ///
    /// # Errors
    /// Where the records cannot be used, or a file cannot be removed.
    pub async fn tidy(&self, now_us: i64) -> Result<usize, SealError> {
        let begun_us = now_us.saturating_sub(BEGUN_US);
        let whole_us = self.retention.unknown.past_us(now_us).min(begun_us);
        let (found, mut waiting) = mpsc::channel(1);
        let folder = self.folder.clone();
        let looking = tokio::task::spawn_blocking(move || {
            folder.old(begun_us, whole_us, &mut |files| {
                found.blocking_send(files).is_ok()
            })
        });
        let mut removed = 0;
        while removed < MOST_LEFT
            && let Some(files) = waiting.recv().await
        {
            for path in self.store.unnamed(&files).await? {
                let folder = self.folder.clone();
                let gone = tokio::task::spawn_blocking(move || folder.remove(&path)).await;
                gone.map_err(io::Error::other)??;
                removed += 1;
            }
        }
        // Whoever looks on finds that nobody wants to know.
        drop(waiting);
        looking.await.map_err(io::Error::other)??;
        if removed > 0 {
            tracing::warn!(files = removed, "files that no record names are removed");
        }
        Ok(removed)
    }

    /// Removes the evidence that was kept for long enough at `now_us`, where the streams `going` go on; of how many incidents. A
    /// tombstone says so in the chain before the first file is removed.
    ///
    /// # Errors
    /// Where the records cannot be used, or a file cannot be removed: it is tried again the next time.
    pub async fn sweep(&self, now_us: i64, going: &[String]) -> Result<usize, SealError> {
        let Retention {
            off_platform,
            unknown,
            on_platform,
            ..
        } = self.retention;
        let past = Past {
            off_platform_us: off_platform.past_us(now_us),
            unknown_us: unknown.past_us(now_us),
            on_platform_us: on_platform.past_us(now_us),
        };
        let mut all = 0;
        loop {
            // Nobody waits while these are looked for; each is looked at again before it goes.
            let due = self.store.kept_for_long_enough(past, going, DUE).await?;
            let before = all;
            for some in due.chunks(AT_ONCE as usize) {
                let build = |head: &Head, due: &Expired, files: &[EvidenceRow]| {
                    let content = Content::Tombstone(self.tombstone(due, files));
                    seal(&self.key, head, &due.incident, content, now_us)
                };
                all += self.store.entomb(some, past, going, now_us, build).await?;
            }
            if due.len() < DUE as usize || all == before {
                break;
            }
        }
        // One that cannot be removed keeps no other.
        let mut left = None;
        for path in self.store.removable().await? {
            let (folder, name) = (self.folder.clone(), path.clone());
            let removed = tokio::task::spawn_blocking(move || folder.remove(&name)).await;
            match removed.map_err(io::Error::other).flatten() {
                Ok(()) => self.store.put_removed(&path, now_us).await?,
                Err(error) => _ = left.get_or_insert(error),
            }
        }
        if all > 0 {
            tracing::info!(
                incidents = all,
                "evidence that was kept for long enough is removed"
            );
        }
        left.map_or(Ok(all), |error| Err(error.into()))
    }

    pub(super) fn tombstone(&self, due: &Expired, files: &[EvidenceRow]) -> Tombstone {
        let files = files.iter().map(|file| Gone {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
        });
        Tombstone {
            class: due.class.clone(),
            kept: self.keep(&due.class).to_string(),
            from: time(due.from_us),
            from_end_of: if due.stream_ended {
                "stream"
            } else {
                "incident"
            }
            .to_owned(),
            files: files.collect(),
        }
    }

    fn keep(&self, class: &str) -> Keep {
        match class {
            "off_platform" => self.retention.off_platform,
            "on_platform" => self.retention.on_platform,
            _ => self.retention.unknown,
        }
    }
}
