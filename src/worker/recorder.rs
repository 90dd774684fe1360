//! Records what was found: evidence to disk, events to the store, and only then to whoever listens.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Weak};

use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::evidence::{EvidenceError, EvidenceFile, Folder, Snapshot};
use crate::ids::IncidentId;
use crate::source::write_clip;
use crate::store::{Entry, Store, StoreError};
use crate::wire::event::{Event, EvidenceData};
use crate::worker::lag::since_capture_ms;
use crate::worker::lane::{Clip, Found, Record};
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
    evidence: Folder,
    clock: Clock,
    sink: Sink,
    mailing: Mailing,
    acting: Option<Acting>,
    media: Media,
    files: HashMap<IncidentId, Vec<EvidenceData>>,
    /// The last snapshot of each stream that was written, for as long as a record that is still to come has it: several
    /// incidents may have the same best frame.
    written: HashMap<Arc<str>, (Weak<Snapshot>, Vec<EvidenceData>)>,
    /// Clips that are being written, and of which incidents.
    clips: Vec<(Vec<IncidentId>, JoinHandle<Option<EvidenceData>>)>,
}

impl Recorder {
    /// Keeps events in `store` and evidence in `evidence`, and tells `sink` of each event once it is on
    /// record.
    pub fn new(store: Store, evidence: Folder, clock: Clock, sink: Sink) -> Self {
        Self {
            store,
            evidence,
            clock,
            sink,
            mailing: Mailing::default(),
            acting: None,
            media: Media::default(),
            files: HashMap::new(),
            written: HashMap::new(),
            clips: Vec::new(),
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
        self.media.clone()
    }

    /// Records what was found, in its order.
    ///
    /// # Errors
    /// Where it could not be kept or told. Evidence that cannot be written is no reason not to record
    /// the incident: that is logged.
    pub async fn record(&mut self, found: Vec<Found>) -> Result<(), RecordError> {
        let (mut records, mut files) = (Vec::new(), Vec::new());
        for found in found {
            match found {
                Found::Clip(clip) => self.begin_clip(clip),
                Found::Change(record) => {
                    files.push(self.write_evidence(&record).await);
                    records.push(record);
                }
            }
        }
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

    fn entry<'a>(&self, record: &'a Record, files: Vec<EvidenceData>, now_us: i64) -> Entry<'a> {
        let mut event = Event::new(&record.stream, &record.change, &record.coverage, files);
        event.data.labels = &record.labels;
        if record.change.incident.best.arrived_us.is_some() {
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

    /// Writes a clip while others record: the next event of its incidents names it.
    fn begin_clip(&mut self, clip: Clip) {
        let Clip {
            stream,
            excerpt,
            size,
        } = clip;
        let Some(first) = excerpt.incidents.first().copied() else {
            return;
        };
        let (folder, media, incidents) =
            (self.evidence.clone(), self.media.clone(), excerpt.incidents);
        let (tracks, packets, from_ms) = (excerpt.tracks, excerpt.packets, excerpt.from_ms);
        let writing = tokio::task::spawn_blocking(move || {
            let written = folder.write_clip(&stream, first, from_ms, |path| {
                write_clip(path, &tracks, size, &packets, from_ms)
            });
            match written {
                Ok(file) => Some(wire(&file)),
                Err(error) => {
                    // A codec that makes no clip is nothing to be alarmed about.
                    if error.kind() != io::ErrorKind::Other {
                        media.failed();
                    }
                    tracing::error!(incident.id = %first, %error, "incident recorded without its clip");
                    None
                }
            }
        });
        self.clips.push((incidents, writing));
    }

    /// Takes the clips of `incident` that are written; where it has `ended`, those that are being written too.
    async fn take_clips(&mut self, incident: IncidentId, ended: bool) {
        let is_due = |(incidents, writing): &mut (Vec<IncidentId>, JoinHandle<_>)| {
            incidents.contains(&incident) && (ended || writing.is_finished())
        };
        for (incidents, writing) in self.clips.extract_if(.., is_due).collect::<Vec<_>>() {
            let Ok(Some(file)) = writing.await else {
                continue;
            };
            for incident in incidents {
                self.files.entry(incident).or_default().push(file.clone());
            }
        }
    }

    /// Writes what is new; all files of the incident so far.
    async fn write_evidence(&mut self, record: &Record) -> Vec<EvidenceData> {
        let incident = record.change.incident.id;
        self.take_clips(incident, record.change.incident.ended)
            .await;
        if let Some(snapshot) = record.snapshot.clone() {
            if let Some((last, files)) = self.written.get(&record.stream)
                && last.as_ptr() == Arc::as_ptr(&snapshot)
            {
                let files = files.clone();
                self.files.entry(incident).or_default().extend(files);
            } else {
                let (stream, whole) = (record.stream.clone(), Arc::clone(&snapshot));
                let files = self
                    .write(incident, move |folder| {
                        folder.write(&stream, incident, &whole)
                    })
                    .await;
                if let Some(files) = files {
                    self.written.retain(|_, (last, _)| last.strong_count() > 0);
                    let written = (Arc::downgrade(&snapshot), files);
                    self.written.insert(Arc::clone(&record.stream), written);
                }
            }
        }
        if let Some(crop) = record.crop.clone() {
            let stream = record.stream.clone();
            self.write(incident, move |folder| {
                let file = folder.write_crop(&stream, incident, &crop)?;
                Ok(vec![file])
            })
            .await;
        }
        if record.change.incident.ended {
            self.files.remove(&incident).unwrap_or_default()
        } else {
            self.files.get(&incident).cloned().unwrap_or_default()
        }
    }

    /// Lets `write` write files for `incident`; `None` where it could not.
    async fn write(
        &mut self,
        incident: IncidentId,
        write: impl FnOnce(&Folder) -> Result<Vec<EvidenceFile>, EvidenceError> + Send + 'static,
    ) -> Option<Vec<EvidenceData>> {
        let folder = self.evidence.clone();
        let error = match tokio::task::spawn_blocking(move || write(&folder)).await {
            Ok(Ok(files)) => {
                if self.media.written() {
                    tracing::info!("evidence is written again");
                }
                let files: Vec<_> = files.iter().map(wire).collect();
                let known = self.files.entry(incident).or_default();
                known.extend(files.iter().cloned());
                return Some(files);
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        self.media.failed();
        tracing::error!(incident.id = %incident, error, "incident recorded without evidence");
        None
    }
}

fn wire(file: &EvidenceFile) -> EvidenceData {
    EvidenceData {
        kind: file.kind.as_str(),
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        media_ms: file.media_ms,
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::track::{Change, Coverage};
    use crate::worker::lane::Origin;
    use crate::worker::sealing::tests::changes;

    fn record(stream: &str, change: &Change, snapshot: &Arc<Snapshot>) -> Found {
        Found::Change(Box::new(Record {
            stream: stream.into(),
            labels: Arc::new([]),
            change: change.clone(),
            snapshot: Some(Arc::clone(snapshot)),
            crop: None,
            origin: Origin::default(),
            coverage: Coverage::default(),
        }))
    }

    #[tokio::test]
    async fn a_frame_is_written_once_and_let_go_when_all_have_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("waylay.sqlite")).await;
        let evidence = Folder::new(folder.path().join("evidence"));
        let (store, clock) = (store.unwrap(), Clock::system());
        let mut recorder = Recorder::new(store.clone(), evidence, clock, Box::new(|_| Ok(())));
        let frame = || Arc::new(Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap());
        for n in 0..50 {
            let (stream, shared) = (format!("s{n}"), frame());
            let incidents = [0, 1].map(|i| changes(&format!("{n}-{i}")).remove(0));
            // One after the other, as they come while the disk is quick: the second has the frame meanwhile.
            for change in &incidents {
                let found = record(&stream, change, &shared);
                recorder.record(vec![found]).await.unwrap();
            }
            assert_eq!(Arc::strong_count(&shared), 1, "nobody else holds it");
            let first = incidents[0].incident.id.to_string();
            for change in &incidents {
                let cases = store.events_of(&change.incident.id.to_string()).await;
                let event = cases.unwrap().remove(0).event;
                let folder = format!("{stream}/{first}/");
                assert_eq!(event.matches(&folder).count(), 2, "{event}");
            }
        }
        assert_eq!(recorder.written.len(), 1, "of the last stream");
    }
}
