//! The evidence of what is recorded: written several at once, told of one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use crate::evidence::{EvidenceError, EvidenceFile, Folder, Snapshot};
use crate::ids::IncidentId;
use crate::wire::event::EvidenceData;
use crate::worker::clipping::{self, Clipping};
use crate::worker::lane::{Clip, Record};
use crate::worker::media::Media;

/// Files that are being written, or are; `None` where they could not be. Several incidents may have the same frame.
type Writing = Shared<BoxFuture<'static, Option<Vec<EvidenceData>>>>;

/// A clip, and the incidents that it shows and that have not named it yet.
type ClipOf = (Vec<IncidentId>, clipping::Writing);

/// Writes the evidence of incidents and knows what each has.
pub(super) struct Exhibits {
    folder: Folder,
    media: Media,
    files: HashMap<IncidentId, Vec<EvidenceData>>,
    /// The last snapshot of each stream, for as long as a record that is still to come has it.
    frames: HashMap<Arc<str>, (Weak<Snapshot>, Writing)>,
    clipping: Clipping,
    clips: Vec<ClipOf>,
}

/// The evidence of one record, which is being written.
pub(super) struct Begun {
    pub(super) incident: IncidentId,
    ended: bool,
    clips: Vec<clipping::Writing>,
    pictures: Vec<Writing>,
}

impl Begun {
    /// Whether a clip of it is not written yet. That takes as long as the disk and those before it do.
    pub(super) fn waits(&self) -> bool {
        !self.clips.iter().all(is_done)
    }
}

impl Exhibits {
    pub(super) fn new(folder: Folder) -> Self {
        let media = Media::default();
        Self {
            clipping: Clipping::new(folder.clone(), media.clone()),
            folder,
            media,
            files: HashMap::new(),
            frames: HashMap::new(),
            clips: Vec::new(),
        }
    }

    /// How the writing goes, now and later.
    pub(super) fn media(&self) -> Media {
        self.media.clone()
    }

    /// Waits until a clip is written, or could not be.
    pub(super) async fn clip_done(&self) {
        self.clipping.done().await;
    }

    /// Has a clip written: the next event of its incidents names it.
    pub(super) async fn begin_clip(&mut self, clip: Clip) {
        let incidents = clip.excerpt.incidents.clone();
        let written = self.clipping.write(clip).await;
        self.clips.push((incidents, written));
    }

    /// Begins to write what is new with `record`, beside what was begun before. Its clips are those that are written by now; where
    /// the incident is over, those that are being written too.
    pub(super) fn begin(&mut self, record: &Record) -> Begun {
        let (incident, ended) = (record.change.incident.id, record.change.incident.ended);
        let mut clips = Vec::new();
        self.clips.retain_mut(|(incidents, written)| {
            if incidents.contains(&incident) && (ended || is_done(written)) {
                incidents.retain(|other| *other != incident);
                clips.push(written.clone());
            }
            !incidents.is_empty()
        });
        let crop = record.crop.clone().map(|crop| {
            let stream = record.stream.clone();
            self.write(incident, move |folder| {
                Ok(vec![folder.write_crop(&stream, incident, &crop)?])
            })
        });
        Begun {
            incident,
            ended,
            clips,
            pictures: self.frame(record).into_iter().chain(crop).collect(),
        }
    }

    /// Waits until that is written; all files of the incident so far.
    pub(super) async fn finish(&mut self, begun: Begun) -> Vec<EvidenceData> {
        for written in begun.clips {
            if let Some(file) = written.await {
                self.files
                    .entry(begun.incident)
                    .or_default()
                    .push(wire(&file));
            }
        }
        for written in begun.pictures {
            if let Some(files) = written.await {
                self.files.entry(begun.incident).or_default().extend(files);
            }
        }
        if begun.ended {
            self.files.remove(&begun.incident).unwrap_or_default()
        } else {
            self.files.get(&begun.incident).cloned().unwrap_or_default()
        }
    }

    /// The best frame of `record`, where it has a new one: written, unless it is that of another incident.
    fn frame(&mut self, record: &Record) -> Option<Writing> {
        let snapshot = record.snapshot.clone()?;
        if let Some((last, written)) = self.frames.get(&record.stream)
            && last.as_ptr() == Arc::as_ptr(&snapshot)
            && written.peek() != Some(&None)
        {
            return Some(written.clone());
        }
        let (incident, stream) = (record.change.incident.id, record.stream.clone());
        let last = Arc::downgrade(&snapshot);
        let written = self.write(incident, move |folder| {
            folder.write(&stream, incident, &snapshot)
        });
        self.frames.retain(|_, (last, _)| last.strong_count() > 0);
        let frame = (last, written.clone());
        self.frames.insert(Arc::clone(&record.stream), frame);
        Some(written)
    }

    /// Lets `write` write files for `incident`, from now on.
    fn write(
        &self,
        incident: IncidentId,
        write: impl FnOnce(&Folder) -> Result<Vec<EvidenceFile>, EvidenceError> + Send + 'static,
    ) -> Writing {
        let (folder, media) = (self.folder.clone(), self.media.clone());
        let writing = tokio::task::spawn_blocking(move || write(&folder));
        let told = async move {
            let error = match writing.await {
                Ok(Ok(files)) => {
                    if media.written() {
                        tracing::info!("evidence is written again");
                    }
                    return Some(files.iter().map(wire).collect());
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            media.failed();
            tracing::error!(incident.id = %incident, error, "incident recorded without evidence");
            None
        };
        told.boxed().shared()
    }
}

/// Whether a clip waits no longer.
fn is_done(written: &clipping::Writing) -> bool {
    // However much the task has done by now.
    let asked = tokio::task::coop::unconstrained(written.clone());
    asked.now_or_never().is_some()
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
    use crate::evidence::EvidenceKind;
    use crate::track::{Change, Coverage};
    use crate::worker::lane::Origin;
    use crate::worker::sealing::tests::changes;

    fn record(stream: &str, change: &Change, snapshot: &Arc<Snapshot>) -> Record {
        Record {
            stream: stream.into(),
            labels: Arc::new([]),
            change: change.clone(),
            snapshot: Some(Arc::clone(snapshot)),
            crop: None,
            origin: Origin::default(),
            coverage: Coverage::default(),
        }
    }

    fn frame() -> Arc<Snapshot> {
        Arc::new(Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap())
    }

    #[tokio::test]
    async fn a_frame_is_written_once_and_let_go_when_all_have_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut exhibits = Exhibits::new(Folder::new(folder.path()));
        for n in 0..50 {
            let (stream, shared) = (format!("s{n}"), frame());
            let incidents = [0, 1].map(|i| changes(&format!("{n}-{i}")).remove(0));
            let records = incidents.map(|change| record(&stream, &change, &shared));
            let mut told = Vec::new();
            if n % 2 == 0 {
                // One after the other, as they come while the disk is quick: the second has the frame meanwhile.
                for record in &records {
                    let begun = exhibits.begin(record);
                    told.push(exhibits.finish(begun).await);
                }
            } else {
                for begun in records.each_ref().map(|record| exhibits.begin(record)) {
                    told.push(exhibits.finish(begun).await);
                }
            }
            let place = format!("{stream}/{}/", records[0].change.incident.id);
            assert_eq!(told[0].len(), 2);
            assert!(told[0].iter().all(|file| file.path.starts_with(&place)));
            assert_eq!(told[0], told[1]);
            drop(records);
            assert_eq!(Arc::strong_count(&shared), 1, "nobody else holds it");
        }
        assert_eq!(exhibits.frames.len(), 1, "of the last stream");
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_tried_again_by_the_next_that_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("evidence");
        let mut exhibits = Exhibits::new(Folder::new(&place));
        let shared = frame();
        let records = ["a", "b"].map(|id| record("s", &changes(id).remove(0), &shared));
        std::fs::write(&place, "no folder").unwrap();
        let begun = exhibits.begin(&records[0]);
        assert!(exhibits.finish(begun).await.is_empty());
        assert_eq!(
            (exhibits.media().lost(), exhibits.media().is_failing()),
            (1, true)
        );
        std::fs::remove_file(&place).unwrap();
        let begun = exhibits.begin(&records[1]);
        assert_eq!(exhibits.finish(begun).await.len(), 2);
        assert!(!exhibits.media().is_failing());
    }

    /// Two codes on one screen, and the stream is over before their clip is written.
    #[tokio::test]
    async fn incidents_that_share_a_clip_end_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut exhibits = Exhibits::new(Folder::new(folder.path()));
        let records = ["a", "b"].map(|seed| record("s", &changes(seed).pop().unwrap(), &frame()));
        let incidents = records.each_ref().map(|record| record.change.incident.id);
        let (tell, told) = tokio::sync::oneshot::channel();
        let written = async move { told.await.ok() }.boxed().shared();
        exhibits.clips.push((incidents.to_vec(), written));
        let begun = records.each_ref().map(|record| exhibits.begin(record));
        assert!(begun.iter().all(Begun::waits));
        let clip = EvidenceFile {
            kind: EvidenceKind::Clip,
            path: "s/a/0000000000-clip.mp4".to_owned(),
            sha256: String::new(),
            bytes: 1,
            media_ms: 0,
        };
        tell.send(clip).unwrap();
        for begun in begun {
            assert!(!begun.waits());
            let files = exhibits.finish(begun).await;
            let clips = files.iter().filter(|file| file.kind == "clip");
            assert_eq!(clips.count(), 1);
        }
        assert!(exhibits.clips.is_empty() && exhibits.files.is_empty());
    }
}
