//! Watches several streams at once, until all have ended or somebody asks for a stop.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::worker::file::Done;
use crate::worker::lane::Found;
use crate::worker::supervisor::{Readers, Supervisor, TICK, cores, hand_over, spawn};
use crate::worker::{FileError, RecordError, Recorder, Settings, Stream, watch_file};

/// Records that may wait for the disk. When it is that far behind, scanning waits too, and frames are
/// passed over and counted: an incident is worth more than a look.
const WAITING: usize = 64;

/// Records that are written down at once: the evidence of so many is written side by side.
const AT_ONCE: usize = 16;

/// How long readers may take to notice a stop. A name look-up is the one thing that cannot be interrupted.
const GOODBYE: Duration = Duration::from_secs(5);

/// How often memory that is free is given back to the system: that of pictures lies between what stays.
const TRIM: Duration = Duration::from_secs(2);

/// What became of the streams.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was done for each stream.
    pub streams: Vec<(Stream, Result<Done, FileError>)>,
}

/// Watches live streams that others add and remove, until `settings.limits.stop` is asked for. `ready` is given
/// the supervisor, and nothing is watched before that.
///
/// # Errors
/// Where what was found could not be recorded; all streams are stopped then.
pub async fn serve(
    settings: &Settings,
    max_streams: usize,
    recorder: &mut Recorder,
    ready: impl FnOnce(Supervisor),
) -> Result<(), RecordError> {
    let (records, waiting) = mpsc::channel(WAITING);
    let (supervisor, readers) = Supervisor::start(settings, max_streams, &records);
    drop(records);
    ready(supervisor.clone());
    let stop = settings.limits.stop.clone();
    let closing = tokio::spawn({
        let supervisor = supervisor.clone();
        async move {
            stop.asked().await;
            supervisor.close();
        }
    });
    let recorded = attend(&supervisor, readers, settings, waiting, recorder).await;
    closing.abort();
    recorded
}

/// Watches `streams` until all have ended or `settings.limits.stop` is asked for; `progress` is told the
/// id of a recorded file and how far it was read.
///
/// # Errors
/// Where what was found could not be recorded; all streams are stopped then.
pub async fn run(
    streams: Vec<Stream>,
    settings: &Settings,
    recorder: &mut Recorder,
    progress: impl Fn(&str, i64, Option<i64>) + Send + Sync + 'static,
) -> Result<Outcome, RecordError> {
    let (live, files): (Vec<_>, Vec<_>) = streams
        .into_iter()
        .partition(|stream| stream.location.is_live());
    let (records, waiting) = mpsc::channel(WAITING);
    let (ended, endings) = channel();
    let (supervisor, readers) = Supervisor::start(settings, live.len(), &records);
    for stream in live {
        let id = stream.id.clone();
        if let Err(error) = supervisor.add(stream, false) {
            tracing::error!(stream.id = id, %error, "stream {id} is not watched");
        }
    }
    supervisor.close();
    watch_files(files, settings, &records, &ended, &Arc::new(progress));
    drop((records, ended));
    attend(&supervisor, readers, settings, waiting, recorder).await?;
    let live = supervisor.outcome().into_iter().map(|(stream, ended)| {
        let done = ended.map(|figures| Done {
            counts: figures.counts,
            coverage: figures.coverage,
        });
        (stream, done.map_err(FileError::Source))
    });
    Ok(Outcome {
        streams: live.chain(endings.iter()).collect(),
    })
}

/// Records what is found until nobody is left who could find anything.
async fn attend(
    supervisor: &Supervisor,
    readers: Readers,
    settings: &Settings,
    mut waiting: mpsc::Receiver<Found>,
    recorder: &mut Recorder,
) -> Result<(), RecordError> {
    let stop = settings.limits.stop.clone();
    let ticking = {
        let supervisor = supervisor.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                supervisor.tick();
            }
        })
    };
    let trimming = tokio::spawn(async {
        let mut ticks = tokio::time::interval(TRIM);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // Whether there was anything to give back is nobody's concern, and it cannot fail otherwise.
            let _ = tokio::task::spawn_blocking(glibc_heap::trim).await;
        }
    });
    let finishing = {
        let (supervisor, stop) = (supervisor.clone(), stop.clone());
        tokio::spawn(async move {
            stop.asked().await;
            supervisor.finish();
        })
    };
    let recorded = record_all(&mut waiting, recorder).await;
    if recorded.is_err() {
        stop.ask();
        // Whoever waits to hand a record over is let go.
        waiting.close();
        while waiting.recv().await.is_some() {}
    }
    ticking.abort();
    trimming.abort();
    finishing.abort();
    // A thread may wait for the readers: nothing else is left to be done.
    let waited = tokio::task::spawn_blocking(move || readers.await_gone(GOODBYE)).await;
    if let Err(error) = waited {
        tracing::error!(%error, "the readers were not waited for");
    }
    recorded
}

/// What has come while the disk was busy is recorded at once.
async fn record_all(
    waiting: &mut mpsc::Receiver<Found>,
    recorder: &mut Recorder,
) -> Result<(), RecordError> {
    let mut batch = Vec::with_capacity(AT_ONCE);
    loop {
        tokio::select! {
            received = waiting.recv_many(&mut batch, AT_ONCE) => {
                if received == 0 {
                    return recorder.finish().await;
                }
            }
            () = recorder.due() => {}
        }
        recorder.record(std::mem::take(&mut batch)).await?;
    }
}

/// Watches as many files at a time as there are cores.
fn watch_files(
    files: Vec<Stream>,
    settings: &Settings,
    records: &mpsc::Sender<Found>,
    ended: &std::sync::mpsc::Sender<(Stream, Result<Done, FileError>)>,
    progress: &Arc<impl Fn(&str, i64, Option<i64>) + Send + Sync + 'static>,
) {
    let threads = files.len().min(cores());
    let queue = Arc::new(Mutex::new(files.into_iter()));
    for at in 0..threads {
        let (queue, settings, records) = (Arc::clone(&queue), settings.clone(), records.clone());
        let (ended, progress) = (ended.clone(), Arc::clone(progress));
        let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        spawn(format!("file-{at}"), move || {
            while let Some(stream) = next() {
                let done = watch_file(
                    &stream,
                    &settings,
                    &mut |found| hand_over(&records, found),
                    &mut |at_ms, whole_ms| progress(&stream.id, at_ms, whole_ms),
                );
                // Nobody listens any more where the run was given up.
                let _ = ended.send((stream, done));
            }
        });
    }
}
