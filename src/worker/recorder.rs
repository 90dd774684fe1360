//! Records what was found: evidence to disk, the event to the store, and only then to whoever listens.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::evidence::{EvidenceError, EvidenceFile, Folder, Snapshot};
use crate::ids::IncidentId;
use crate::store::{Store, StoreError};
use crate::wire::event::{Event, EvidenceData};
use crate::worker::lag::since_capture_ms;
use crate::worker::lane::Record;

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
    files: HashMap<IncidentId, Vec<EvidenceData>>,
    /// The last snapshot of each stream that was written: several incidents may have the same best frame.
    written: HashMap<Arc<str>, (Arc<Snapshot>, Vec<EvidenceData>)>,
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
            files: HashMap::new(),
            written: HashMap::new(),
        }
    }

    /// Records one change.
    ///
    /// # Errors
    /// Where it could not be kept or told. Evidence that cannot be written is no reason not to record
    /// the incident: that is logged.
    pub async fn record(&mut self, record: Record) -> Result<(), RecordError> {
        let incident = record.change.incident.id;
        self.write_evidence(&record).await;
        let files = self.files.get(&incident).cloned().unwrap_or_default();
        let mut event = Event::new(&record.stream, &record.change, &record.coverage, files);
        let now_us = self.clock.wall_us();
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
        self.store.append(&event, now_us).await?;
        if record.change.incident.ended {
            self.files.remove(&incident);
        }
        (self.sink)(&event)?;
        Ok(())
    }

    async fn write_evidence(&mut self, record: &Record) {
        let incident = record.change.incident.id;
        if let Some(snapshot) = record.snapshot.clone() {
            if let Some((last, files)) = self.written.get(&record.stream)
                && Arc::ptr_eq(last, &snapshot)
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
                    let written = (snapshot, files);
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
                let files: Vec<_> = files.iter().map(wire).collect();
                let known = self.files.entry(incident).or_default();
                known.extend(files.iter().cloned());
                return Some(files);
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
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
