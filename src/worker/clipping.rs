//! Writes clips on a thread of its own: a clip is told of with the next event of its incident, and nobody waits for it sooner.
//!
//! It has the priority of all others. Where the cores are full it would fall behind with less, for as long as they are, until all of
//! recording waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::evidence::{EvidenceFile, Folder};
use crate::source::write_clip;
use crate::worker::lane::Clip;
use crate::worker::media::Media;
use crate::worker::supervisor::spawn;

/// Clips that may wait to be written, each with the packets that it is made of. Where the disk is further behind than that,
/// recording waits too.
const WAITING: usize = 32;

/// A clip, and who is told what became of it.
type Job = (Clip, oneshot::Sender<Option<EvidenceFile>>);

/// A clip that is being written, or is; `None` where it could not be. Several incidents may have the same one.
pub(super) type Writing = Shared<BoxFuture<'static, Option<EvidenceFile>>>;

/// Where clips go to be written.
pub(super) struct Clipping {
    folder: Folder,
    media: Media,
    /// To the thread, which is there from the first clip on.
    jobs: Option<mpsc::Sender<Job>>,
    /// Somebody is told of each.
    done: Arc<Notify>,
}

impl Clipping {
    pub(super) fn new(folder: Folder, media: Media) -> Self {
        Self {
            folder,
            media,
            jobs: None,
            done: Arc::default(),
        }
    }

    /// Waits until one is written, or could not be.
    pub(super) async fn done(&self) {
        self.done.notified().await;
    }

    /// Has `clip` written, after those that were before it.
    pub(super) async fn write(&mut self, clip: Clip) -> Writing {
        let (tell, told) = oneshot::channel();
        let jobs = self.jobs.get_or_insert_with(|| {
            let (jobs, waiting) = mpsc::channel(WAITING);
            let (folder, media) = (self.folder.clone(), self.media.clone());
            let done = Arc::clone(&self.done);
            spawn("clips".to_owned(), move || {
                work(waiting, &folder, &media, &done);
            });
            jobs
        });
        if jobs.send((clip, tell)).await.is_err() {
            // There is no thread, which was logged.
            self.media.failed();
            self.jobs = None;
        }
        let written = async move { told.await.ok().flatten() };
        written.boxed().shared()
    }
}

fn work(mut waiting: mpsc::Receiver<Job>, folder: &Folder, media: &Media, done: &Notify) {
    while let Some((clip, tell)) = waiting.blocking_recv() {
        let written = catch_unwind(AssertUnwindSafe(|| write(&clip, folder, media)));
        // Nobody waits for it where the program ends.
        let _ = tell.send(written.unwrap_or_else(|_| {
            media.failed();
            tracing::error!(
                stream.id = &*clip.stream,
                "a clip was given up after a panic"
            );
            None
        }));
        done.notify_one();
    }
}

fn write(clip: &Clip, folder: &Folder, media: &Media) -> Option<EvidenceFile> {
    let Clip {
        stream,
        excerpt,
        size,
        log,
    } = clip;
    let _speaking = log.speak();
    let first = *excerpt.incidents.first()?;
    let written = folder.write_clip(stream, first, excerpt.from_ms, |path| {
        write_clip(
            path,
            &excerpt.tracks,
            *size,
            &excerpt.packets,
            excerpt.from_ms,
        )
    });
    match written {
        Ok(file) => Some(file),
        Err(error) => {
            // A codec that makes no clip is nothing to be alarmed about.
            if error.kind() != std::io::ErrorKind::Other {
                media.failed();
            }
            tracing::error!(incident.id = %first, %error, "incident recorded without its clip");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Location;
    use crate::ids::Seed;
    use crate::source::{self, Parameters, StreamLog, Tracks};
    use crate::worker::Excerpt;

    /// Where `tracing` writes to.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A codec for which MP4 has no place, over and over.
    #[test]
    fn what_libav_says_of_a_clip_is_of_its_stream_and_not_much() {
        let folder = tempfile::tempdir().unwrap();
        let location: Location = "rtmp://h.example/live/s".parse().unwrap();
        let clip = Clip {
            stream: "s".into(),
            excerpt: Excerpt {
                incidents: vec![Seed::from_parts(&[b"clipping"]).incident(0)],
                tracks: Tracks {
                    video: Parameters::new(),
                    sound: None,
                },
                packets: Vec::new(),
                from_ms: 0,
                size: None,
            },
            size: None,
            log: StreamLog::new("s", &location, Clock::system()),
        };
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
        tracing::subscriber::with_default(subscriber.with_ansi(false).finish(), || {
            source::init();
            let to = Folder::new(folder.path());
            for _ in 0..100 {
                assert!(write(&clip, &to, &Media::default()).is_none());
            }
        });
        let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let said: Vec<_> = lines.lines().filter(|l| l.contains("libav: ")).collect();
        assert!(said.iter().all(|line| line.contains("stream.id=\"s\"")));
        assert!((1..10).contains(&said.len()), "{said:?}");
    }
}
