//! Evidence on disk: `STREAM/INCIDENT/MEDIA_MS-KIND.jpg` below the evidence folder, where INCIDENT is the
//! first one that the frame was written for.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::evidence::{Crop, EvidenceFile, EvidenceKind, Snapshot};
use crate::ids::{IncidentId, sha256};

/// A file of evidence that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write evidence to {}: {source}", .path.display())]
pub struct EvidenceError {
    path: PathBuf,
    source: io::Error,
}

/// The folder that evidence is kept in.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Uses `path`, which is made when the first file is written.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the files of `snapshot`. They are complete and on disk when this returns, so that a
    /// record never names a file that a crash has cut short.
    ///
    /// # Errors
    /// Where the disk is full or the folder cannot be written.
    pub fn write(
        &self,
        stream: &str,
        incident: IncidentId,
        snapshot: &Snapshot,
    ) -> Result<Vec<EvidenceFile>, EvidenceError> {
        let files = snapshot.files().into_iter();
        files
            .map(|(kind, bytes)| self.keep(stream, incident, snapshot.media_ms, kind, bytes))
            .collect()
    }

    /// Writes `crop`, complete and on disk when this returns.
    ///
    /// # Errors
    /// Where the disk is full or the folder cannot be written.
    pub fn write_crop(
        &self,
        stream: &str,
        incident: IncidentId,
        crop: &Crop,
    ) -> Result<EvidenceFile, EvidenceError> {
        self.keep(
            stream,
            incident,
            crop.media_ms,
            EvidenceKind::Crop,
            &crop.png,
        )
    }

    fn keep(
        &self,
        stream: &str,
        incident: IncidentId,
        media_ms: i64,
        kind: EvidenceKind,
        bytes: &[u8],
    ) -> Result<EvidenceFile, EvidenceError> {
        let folder = format!("{stream}/{incident}");
        let absolute = self.0.join(&folder);
        let failed = |source| EvidenceError {
            path: absolute.clone(),
            source,
        };
        fs::create_dir_all(&absolute).map_err(failed)?;
        let name = format!("{media_ms:010}-{}.{}", kind.as_str(), kind.extension());
        write_whole(&absolute.join(&name), bytes).map_err(failed)?;
        Ok(EvidenceFile {
            kind,
            path: format!("{folder}/{name}"),
            sha256: sha256(bytes),
            bytes: bytes.len() as u64,
            media_ms,
        })
    }
}

/// Writes beside the file, makes sure of it, and renames: a reader sees all of it or nothing.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("part");
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&partial, path)
    });
    if let Err(error) = written {
        // Half a file is worth nothing, and on a full disk its room is.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    // The name is on disk only once its folder is.
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::ids::Seed;

    #[test]
    fn what_is_recorded_is_what_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Folder::new(folder.path().join("evidence"));
        let snapshot = Snapshot::new(1_500, RgbImage::new(64, 48), &[]).unwrap();
        let incident = Seed::from_parts(&[b"x"]).incident(0);
        let files = evidence.write("room-1", incident, &snapshot).unwrap();
        assert_eq!(files.len(), 2);
        for file in &files {
            let bytes = fs::read(evidence.path().join(&file.path)).unwrap();
            assert_eq!(sha256(&bytes), file.sha256);
            assert_eq!(bytes.len() as u64, file.bytes);
            let picture = image::load_from_memory(&bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (64, 48));
        }
        assert_ne!(files[0].path, files[1].path);
        assert_eq!(
            evidence.write("room-1", incident, &snapshot).unwrap(),
            files,
            "again is the same"
        );
        let left = fs::read_dir(evidence.path().join("room-1").join(incident.to_string())).unwrap();
        assert_eq!(left.count(), 2, "no partial file is left");
    }

    #[test]
    fn a_file_that_cannot_be_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Folder::new(folder.path());
        let snapshot = Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap();
        let incident = Seed::random().incident(0);
        let inside = folder.path().join(format!("s/{incident}"));
        let taken = inside.join("0000000000-clean_frame.jpg");
        fs::create_dir_all(taken.join("a folder in the place of the file")).unwrap();
        evidence.write("s", incident, &snapshot).unwrap_err();
        assert_eq!(fs::read_dir(inside).unwrap().count(), 1, "the folder alone");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("evidence"),
            "a file where the folder should be",
        )
        .unwrap();
        let evidence = Folder::new(folder.path().join("evidence"));
        let snapshot = Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap();
        let error = evidence
            .write("s", Seed::random().incident(0), &snapshot)
            .unwrap_err();
        assert!(
            error.to_string().starts_with("cannot write evidence to "),
            "{error}"
        );
    }
}
