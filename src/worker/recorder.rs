//! Records what was found: evidence to disk, events to the store, and only then to whoever listens.

use std::io;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::evidence::Folder;
use crate::store::{Entry, Store, StoreError};
use crate::wire::event::{Event, EvidenceData};
use crate::worker::exhibits::{Begun, Exhibits};
use crate::worker::lag::since_capture_ms;
use crate::worker::lane::{Found, Record};
use crate::worker::media::Media;
use crate::worker::{Acting, Mailing};

/// Why recording cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The store refused an event. It was not told to anybody.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody listens any more, or the output is full.
    #[error("cannot write events")]
    Output(#[from] io::Error),
}

/// Where events go once they are on record.
pub type Sink = Box<dyn FnMut(&Event<'_>) -> io::Result<()> + Send>;

/// Records what was found.
pub struct Recorder {
    store: Store,
    clock: Clock,
    sink: Sink,
    mailing: Mailing,
    acting: Option<Acting>,
    exhibits: Exhibits,
    /// The ends of incidents whose clips are not written yet: nobody else waits for these.
    late: Vec<(Box<Record>, Begun)>,
}

impl Recorder {
    /// Keeps events in `store` and evidence in `evidence`, and tells `sink` of each event once it is on
    /// record.
    pub fn new(store: Store, evidence: Folder, clock: Clock, sink: Sink) -> Self {
        Self {
            store,
            clock,
            sink,
            mailing: Mailing::default(),
            acting: None,
            exhibits: Exhibits::new(evidence),
            late: Vec::new(),
        }
    }

    /// The same, where `mailing` delivers the events that its endpoints want.
    #[must_use]
    pub fn with(mut self, mailing: Mailing) -> Self {
        self.mailing = mailing;
        self
    }

    /// The same, where `acting` acts on what is found.
    #[must_use]
    pub fn acting(mut self, acting: Acting) -> Self {
        self.acting = Some(acting);
        self
    }

    /// How the writing of evidence goes, now and later.
    pub fn media(&self) -> Media {
        self.exhibits.media()
    }

    /// Waits until something can be [recorded](Self::record) that had to wait.
    pub async fn due(&mut self) {
        self.exhibits.clip_done().await;
    }

    /// Records what was found, that of each incident in its order, and what waited for its clip until now. Of a live stream the end of
    /// an incident waits for that, and nothing else does.
    ///
    /// # Errors
    /// Where it could not be kept or told. Evidence that cannot be written is no reason not to record
    /// the incident: that is logged.
    pub async fn record(&mut self, found: Vec<Found>) -> Result<(), RecordError> {
        let late = self.late.extract_if(.., |(_, begun)| !begun.waits());
        let (mut records, mut begun): (Vec<_>, Vec<_>) = late.unzip();
        let mut files = Vec::new();
        for found in found {
            match found {
                Found::Clip(clip) => self.exhibits.begin_clip(*clip).await,
                Found::Change(record) => {
                    let incident = record.change.incident.id;
                    if begun.iter().any(|begun| begun.incident == incident) {
                        // What is written of one incident is written in its order.
                        self.finish_evidence(&mut begun, &mut files).await;
                    }
                    let evidence = self.exhibits.begin(&record);
                    if is_live(&record) && evidence.waits() {
                        self.late.push((record, evidence));
                    } else {
                        begun.push(evidence);
                        records.push(record);
                    }
                }
            }
        }
        self.finish_evidence(&mut begun, &mut files).await;
        self.write_down(&records, files).await
    }

    /// Records what still waits for its clip.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn finish(&mut self) -> Result<(), RecordError> {
        let (records, mut begun): (Vec<_>, Vec<_>) = self.late.drain(..).unzip();
        let mut files = Vec::new();
        self.finish_evidence(&mut begun, &mut files).await;
        self.write_down(&records, files).await
    }

    /// Keeps what happened in one transaction, each with the files of its incident so far, and tells of it.
    async fn write_down(
        &mut self,
        records: &[Box<Record>],
        files: Vec<Vec<EvidenceData>>,
    ) -> Result<(), RecordError> {
        let now_us = self.clock.wall_us();
        let entries = records.iter().zip(files);
        let mut entries: Vec<_> = entries
            .map(|(record, files)| self.entry(record, files, now_us))
            .collect();
        let considered = records.iter();
        let mut posts: Vec<_> = considered
            .filter_map(|record| self.acting.as_ref()?.consider(record, now_us))
            .collect();
        self.store.append_with(&mut entries, &mut posts).await?;
        let mut endpoints = entries.iter().map(|entry| &entry.endpoints);
        let mut of_posts = posts.iter().map(|post| &post.endpoints);
        if endpoints.any(|of| !of.is_empty()) || of_posts.any(|of| !of.is_empty()) {
            self.mailing.ring();
        }
        if let Some(acting) = &self.acting {
            acting.recorded(posts);
        }
        for entry in &entries {
            (self.sink)(&entry.event)?;
        }
        Ok(())
    }

    /// Waits for the evidence that was begun.
    async fn finish_evidence(
        &mut self,
        begun: &mut Vec<Begun>,
        files: &mut Vec<Vec<EvidenceData>>,
    ) {
        for begun in begun.drain(..) {
            files.push(self.exhibits.finish(begun).await);
        }
    }

    fn entry<'a>(&self, record: &'a Record, files: Vec<EvidenceData>, now_us: i64) -> Entry<'a> {
        let mut event = Event::new(&record.stream, &record.change, &record.coverage, files);
        event.data.labels = &record.labels;
        if is_live(record) {
            event.time = Timestamp::from_microsecond(now_us)
                .ok()
                .map(|time| time.to_string());
        }
        event.data.glass_to_verdict_ms = since_capture_ms(record.origin.captured_us, now_us);
        event.data.latency_ms = record
            .origin
            .arrived_us
            .map(|us| (self.clock.monotonic_us() - us) / 1_000);
        Entry {
            endpoints: self.mailing.wanted(&event, &record.labels),
            event,
            recorded_us: now_us,
        }
    }
}

fn is_live(record: &Record) -> bool {
    record.change.incident.best.arrived_us.is_some()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;
    use crate::source::StreamLog;
    use crate::track::{Change, Coverage};
    use crate::worker::Excerpt;
    use crate::worker::lane::{Clip, Origin};
    use crate::worker::sealing::tests::changes;

    fn found(change: &Change) -> Found {
        let mut change = change.clone();
        change.incident.best.arrived_us = Some(0);
        Found::Change(Box::new(Record {
            stream: "s".into(),
            labels: Arc::new([]),
            change,
            snapshot: None,
            crop: None,
            origin: Origin::default(),
            coverage: Coverage::default(),
        }))
    }

    /// A clip of `change` that cannot be begun before somebody reads the pipe that lies where it is to be written.
    fn stuck(folder: &std::path::Path, change: &Change) -> (Found, std::path::PathBuf) {
        let incident = change.incident.id;
        let place = folder.join(format!("s/{incident}"));
        std::fs::create_dir_all(&place).unwrap();
        let pipe = place.join("0000000000-clip.part");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let location = "rtmp://h.example/live/s".parse().unwrap();
        let clip = Clip {
            stream: "s".into(),
            size: None,
            log: StreamLog::new("s", &location, Clock::system()),
            excerpt: Excerpt {
                incidents: vec![incident],
                tracks: crate::source::Tracks {
                    video: ffmpeg_next::codec::Parameters::new(),
                    sound: None,
                },
                packets: Vec::new(),
                from_ms: 0,
                size: None,
            },
        };
        (Found::Clip(Box::new(clip)), pipe)
    }

    #[tokio::test]
    async fn the_end_of_an_incident_waits_for_its_clip_and_nobody_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("waylay.sqlite")).await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = {
            let told = Arc::clone(&told);
            Box::new(move |event: &Event<'_>| {
                let incident = event.data.incident.clone();
                told.lock().unwrap().push((incident, event.data.state));
                Ok(())
            })
        };
        let evidence = Folder::new(folder.path());
        let mut recorder = Recorder::new(store.unwrap(), evidence, Clock::system(), sink);
        let of = |seed| {
            let mut changes = changes(seed);
            [changes.remove(0), changes.pop().unwrap()]
        };
        let ([a_opened, a_ended], [b_opened, b_ended]) = (of("a"), of("b"));
        let [a, b] = [&a_opened, &b_opened].map(|change| change.incident.id.to_string());
        let (clip, pipe) = stuck(folder.path(), &a_opened);

        let batch = vec![found(&a_opened), clip, found(&a_ended), found(&b_opened)];
        let recorded = tokio::time::timeout(Duration::from_secs(30), recorder.record(batch));
        recorded.await.expect("nobody waits for the clip").unwrap();
        recorder.record(vec![found(&b_ended)]).await.unwrap();
        let so_far = [(a.clone(), "open"), (b.clone(), "open"), (b, "ended")];
        assert_eq!(*told.lock().unwrap(), so_far);

        let reader = tokio::task::spawn_blocking(|| std::fs::read(pipe));
        recorder.due().await;
        recorder.record(Vec::new()).await.unwrap();
        assert_eq!(told.lock().unwrap().last(), Some(&(a, "ended")));
        assert!(recorder.late.is_empty());
        reader.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_still_waits_is_recorded_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("waylay.sqlite"))
            .await
            .unwrap();
        let evidence = Folder::new(folder.path());
        let nobody = Box::new(|_: &Event<'_>| Ok(()));
        let mut recorder = Recorder::new(store.clone(), evidence, Clock::system(), nobody);
        let changes = changes("a");
        let (clip, pipe) = stuck(folder.path(), &changes[0]);
        let ended = found(changes.last().unwrap());
        let batch = vec![found(&changes[0]), clip, ended];
        recorder.record(batch).await.unwrap();
        assert_eq!(store.events().await.unwrap().len(), 1);
        let reader = tokio::task::spawn_blocking(|| std::fs::read(pipe));
        recorder.finish().await.unwrap();
        assert_eq!(store.events().await.unwrap().len(), 2);
        reader.await.unwrap().unwrap();
    }
}
