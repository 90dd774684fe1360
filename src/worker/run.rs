//! Watches several streams at once, until all have ended or somebody asks for a stop.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::ids::Seed;
use crate::stop::Stop;
use crate::worker::lane::{Counts, Lane, Record};
use crate::worker::live::LiveReader;
use crate::worker::pool::{Cell, Pool};
use crate::worker::{FileError, RecordError, Recorder, Settings, Stream, watch_file};

/// Records that may wait for the disk. When it is that far behind, scanning waits too, and frames are
/// passed over and counted: an incident is worth more than a look.
const WAITING: usize = 64;

/// How long readers may take to notice a stop. A name look-up is the one thing that cannot be interrupted.
const GOODBYE: Duration = Duration::from_secs(5);

/// What became of the streams.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was done for each stream, in the order in which they ended.
    pub streams: Vec<(Stream, Result<Counts, FileError>)>,
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
    let (records, mut waiting) = mpsc::channel(WAITING);
    let (ended, endings) = channel();
    let cells = watch_live(live, settings, &records);
    watch_files(files, settings, &records, &ended, &Arc::new(progress));
    drop((records, ended));

    let finish_all = finish_on_stop(settings.limits.stop.clone(), &cells);
    let recorded = record_all(&mut waiting, recorder).await;
    if recorded.is_err() {
        settings.limits.stop.ask();
        // Whoever waits to hand a record over is let go.
        waiting.close();
        while waiting.recv().await.is_some() {}
    }
    finish_all.abort();
    // A program that ends while threads are inside of libav tears down what these use. Nothing is sent: the
    // wait is over when the last reader is gone.
    let _ = cells.readers.recv_timeout(GOODBYE);
    recorded.map(|()| outcome(&cells, &endings))
}

async fn record_all(
    waiting: &mut mpsc::Receiver<Record>,
    recorder: &mut Recorder,
) -> Result<(), RecordError> {
    while let Some(record) = waiting.recv().await {
        recorder.record(record).await?;
    }
    Ok(())
}

/// The streams that are watched live: what they are, and what the pool knows of them.
struct Live {
    /// Closed once every reader is gone.
    readers: Receiver<()>,
    pool: Arc<Pool>,
    cells: Vec<(Stream, Arc<Cell>)>,
}

fn watch_live(streams: Vec<Stream>, settings: &Settings, records: &mpsc::Sender<Record>) -> Live {
    let pool = Arc::new(Pool::new(streams.len()));
    let workers = if streams.is_empty() { 0 } else { cores() };
    for at in 0..workers {
        let (pool, records) = (Arc::clone(&pool), records.clone());
        spawn(format!("scan-{at}"), move || {
            pool.work(&mut |record| hand_over(&records, record));
        });
    }
    let mut cells = Vec::new();
    let (reading, readers) = channel();
    for (at, stream) in streams.into_iter().enumerate() {
        let cell = Arc::new(Cell::new(Lane::new(&stream, Seed::random(), settings)));
        cells.push((stream.clone(), Arc::clone(&cell)));
        let reader = {
            let (pool, cell, settings) = (Arc::clone(&pool), Arc::clone(&cell), settings.clone());
            let reading = reading.clone();
            move || {
                LiveReader::new(&stream, &settings, &cell, &pool).run();
                drop(reading);
            }
        };
        if !spawn(format!("read-{at}"), reader) {
            cell.mailbox.finish();
            pool.ready(&cell);
        }
    }
    Live {
        readers,
        pool,
        cells,
    }
}

/// Watches as many files at a time as there are cores.
fn watch_files(
    files: Vec<Stream>,
    settings: &Settings,
    records: &mpsc::Sender<Record>,
    ended: &std::sync::mpsc::Sender<(Stream, Result<Counts, FileError>)>,
    progress: &Arc<impl Fn(&str, i64, Option<i64>) + Send + Sync + 'static>,
) {
    let threads = files.len().min(cores());
    let queue = Arc::new(std::sync::Mutex::new(files.into_iter()));
    for at in 0..threads {
        let (queue, settings, records) = (Arc::clone(&queue), settings.clone(), records.clone());
        let (ended, progress) = (ended.clone(), Arc::clone(progress));
        let next = move || {
            queue
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .next()
        };
        spawn(format!("file-{at}"), move || {
            while let Some(stream) = next() {
                let counts = watch_file(
                    &stream,
                    &settings,
                    &mut |record| hand_over(&records, record),
                    &mut |at_ms, whole_ms| progress(&stream.id, at_ms, whole_ms),
                );
                // Nobody listens any more where the run was given up.
                let _ = ended.send((stream, counts));
            }
        });
    }
}

/// On a stop, live streams are finished here and not by their readers: one of these may hang in a name
/// look-up that nothing interrupts.
fn finish_on_stop(stop: Stop, live: &Live) -> tokio::task::JoinHandle<()> {
    let pool = Arc::clone(&live.pool);
    let cells: Vec<_> = live
        .cells
        .iter()
        .map(|(_, cell)| Arc::clone(cell))
        .collect();
    tokio::spawn(async move {
        stop.asked().await;
        for cell in cells {
            cell.mailbox.finish();
            pool.ready(&cell);
        }
    })
}

fn outcome(live: &Live, endings: &Receiver<(Stream, Result<Counts, FileError>)>) -> Outcome {
    let live = live.cells.iter().map(|(stream, cell)| {
        let failed = cell.failed.get().cloned();
        let ended = failed.map_or_else(|| Ok(cell.counts()), |error| Err(error.into()));
        (stream.clone(), ended)
    });
    Outcome {
        streams: live.chain(endings.iter()).collect(),
    }
}

/// Fails only where recording was given up, and then there is nothing left to do with a record.
fn hand_over(records: &mpsc::Sender<Record>, record: Record) {
    let _ = records.blocking_send(record);
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> bool {
    let started = thread::Builder::new().name(name).spawn(work);
    if let Err(error) = &started {
        tracing::error!(%error, "cannot start a thread");
    }
    started.is_ok()
}
