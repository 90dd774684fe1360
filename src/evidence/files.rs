//! Evidence on disk: `STREAM/INCIDENT/MEDIA_MS-KIND.jpg` (`.png`, `.mp4`) below the evidence folder, where INCIDENT is the
//! first one that the frame was written for.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::config::is_stream_id;
use crate::evidence::{Crop, EvidenceFile, EvidenceKind, Snapshot};
use crate::ids::{Hasher, IncidentId, sha256};

/// Bytes of a file that are read at once.
const CHUNK: usize = 64 << 10;
/// Files that are told of at once.
const AT_ONCE: usize = 256;
/// How the name of a file ends that is not whole yet.
const PARTIAL: &str = "part";

/// A file of evidence that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write evidence to {}: {source}", .path.display())]
pub struct EvidenceError {
    path: PathBuf,
    source: io::Error,
}

impl EvidenceError {
    /// What kind of error it is: `Other` where it was not the disk.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

/// The folder that evidence is kept in.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    /// Bytes of its disk that are left to others.
    reserve: u64,
}

impl Folder {
    /// Uses `path`, which is made when the first file is written.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            reserve: 0,
        }
    }

    /// Leaves so many bytes of the disk to the records: they are worth more than pictures.
    #[must_use]
    pub fn with_reserve(mut self, bytes: u64) -> Self {
        self.reserve = bytes;
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
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
        let files = files
            .map(|(kind, bytes)| self.keep(stream, incident, snapshot.media_ms, kind, bytes))
            .collect::<Result<_, _>>()?;
        self.settle(stream, incident)?;
        Ok(files)
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
        let (media_ms, kind) = (crop.media_ms, EvidenceKind::Crop);
        let file = self.keep(stream, incident, media_ms, kind, &crop.png)?;
        self.settle(stream, incident)?;
        Ok(file)
    }

    /// Has `write` write a clip that begins at `media_ms` into the file that it is given. It is complete and on disk when
    /// this returns.
    ///
    /// # Errors
    /// Where the disk is full, the folder cannot be written, or `write` fails.
    pub fn write_clip<E: Error + Send + Sync + 'static>(
        &self,
        stream: &str,
        incident: IncidentId,
        media_ms: i64,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<EvidenceFile, EvidenceError> {
        let written = self.put(stream, incident, media_ms, EvidenceKind::Clip, |partial| {
            write(partial).map_err(io::Error::other)?;
            let file = File::open(partial)?;
            file.sync_data()?;
            let hashed = hash(&file)?;
            let_go(&file);
            Ok(hashed)
        })?;
        self.settle(stream, incident)?;
        Ok(written)
    }

    /// Removes the file `name`, and the folders that it leaves empty. One that is not there any more is no error.
    ///
    /// # Errors
    /// Where it cannot be removed, or the name leads out of the folder.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let path = inside(&self.path, name).ok_or(io::ErrorKind::InvalidFilename)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        let folders = path.ancestors().skip(1);
        for folder in folders.take_while(|folder| **folder != self.path) {
            // Others' files are in there.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Hands the files of the folder that did not change since then to `take`, each with the incident that it lies with, a few
    /// hundred at a time, until it has had enough: those that were begun and are not whole since `begun_us`, whole ones since
    /// `whole_us`, both in µs since 1970 in UTC. Nothing that does not lie and is not called as evidence does is among them.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn old(
        &self,
        begun_us: i64,
        whole_us: i64,
        take: &mut dyn FnMut(Vec<(String, String)>) -> bool,
    ) -> io::Result<()> {
        let mut found = Vec::new();
        for stream in entries(&self.path, true)? {
            if !is_stream_id(&stream) {
                continue;
            }
            let stream_folder = self.path.join(&stream);
            for incident in entries(&stream_folder, true)? {
                if !IncidentId::is_one(&incident) {
                    continue;
                }
                let folder = stream_folder.join(&incident);
                for name in entries(&folder, false)? {
                    let before_us = match state(&name) {
                        Some(State::Begun) => begun_us,
                        Some(State::Whole) => whole_us,
                        None => continue,
                    };
                    if changed_us(&folder.join(&name)).is_some_and(|us| us < before_us) {
                        found.push((format!("{stream}/{incident}/{name}"), incident.clone()));
                    }
                }
                if found.len() >= AT_ONCE && !take(std::mem::take(&mut found)) {
                    return Ok(());
                }
            }
        }
        if !found.is_empty() {
            take(found);
        }
        Ok(())
    }

    /// Nothing is written where less than the reserve is free.
    fn make_room(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let disk = rustix::fs::statvfs(&self.path)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < self.reserve {
            let why = format!("{} MiB are free, and left to the records", free >> 20);
            return Err(io::Error::new(io::ErrorKind::StorageFull, why));
        }
        Ok(())
    }

    fn keep(
        &self,
        stream: &str,
        incident: IncidentId,
        media_ms: i64,
        kind: EvidenceKind,
        bytes: &[u8],
    ) -> Result<EvidenceFile, EvidenceError> {
        self.put(stream, incident, media_ms, kind, |partial| {
            let mut file = File::create(partial)?;
            file.write_all(bytes)?;
            file.sync_data()?;
            Ok((sha256(bytes), bytes.len() as u64))
        })
    }

    /// The names of an incident's files are on disk only once their folder is.
    fn settle(&self, stream: &str, incident: IncidentId) -> Result<(), EvidenceError> {
        let path = self.path.join(format!("{stream}/{incident}"));
        let synced = File::open(&path).and_then(|folder| folder.sync_all());
        synced.map_err(|source| EvidenceError { path, source })
    }

    /// Has `write` write a file, and says what it is once it is whole: `write` tells its SHA-256 and how many bytes it has.
    fn put(
        &self,
        stream: &str,
        incident: IncidentId,
        media_ms: i64,
        kind: EvidenceKind,
        write: impl FnOnce(&Path) -> io::Result<(String, u64)>,
    ) -> Result<EvidenceFile, EvidenceError> {
        let folder = format!("{stream}/{incident}");
        let absolute = self.path.join(&folder);
        let failed = |source| EvidenceError {
            path: absolute.clone(),
            source,
        };
        self.make_room().map_err(failed)?;
        fs::create_dir_all(&absolute).map_err(failed)?;
        let name = format!("{media_ms:010}-{}.{}", kind.as_str(), kind.extension());
        let (sha256, bytes) = write_whole(&absolute.join(&name), write).map_err(failed)?;
        Ok(EvidenceFile {
            kind,
            path: format!("{folder}/{name}"),
            sha256,
            bytes,
            media_ms,
        })
    }
}

/// How far a file of evidence is, by its name.
enum State {
    Begun,
    Whole,
}

/// `None` for a name that no file of evidence has.
fn state(name: &str) -> Option<State> {
    let (media_ms, rest) = name.rsplit_once('-')?;
    let digits = media_ms.strip_prefix('-').unwrap_or(media_ms);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (kind, extension) = rest.split_once('.')?;
    let kind = EvidenceKind::ALL.into_iter().find(|k| k.as_str() == kind)?;
    match extension {
        PARTIAL => Some(State::Begun),
        whole => (whole == kind.extension()).then_some(State::Whole),
    }
}

/// The names of the folders in `folder`, or of the plain files. One that is gone by now is empty.
fn entries(folder: &Path, folders: bool) -> io::Result<Vec<String>> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let mut names = Vec::new();
    for entry in listed {
        let entry = entry?;
        // A link is neither.
        let kind = entry.file_type()?;
        if (folders && kind.is_dir() || !folders && kind.is_file())
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// When a file was written last, µs since 1970 in UTC; `None` where it is gone by now.
fn changed_us(path: &Path) -> Option<i64> {
    let changed = fs::symlink_metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok()
}

/// The SHA-256 of a file, and how many bytes it has.
fn hash(mut file: impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((hasher.finish(), bytes)),
            read => {
                hasher.update(&chunk[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// Tells the system not to keep `file` in its memory. Megabytes for each incident would take all that it has for files, and the
/// next clip new memory for each page; who looks at one has it read again.
fn let_go(file: &File) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed) {
        tracing::debug!(%error, "a clip stays in the system's memory");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Where a file of evidence is that a record names, `/` between the parts. `None` for a name that would lead out of the
/// folder.
pub fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    name.split('/').all(is_plain).then(|| folder.join(name))
}

/// Writes beside the file and renames: a reader sees all of it or nothing. What is there already may be on record, and stays
/// as it is. The SHA-256 and the bytes of the file that is there then.
fn write_whole(
    path: &Path,
    write: impl FnOnce(&Path) -> io::Result<(String, u64)>,
) -> io::Result<(String, u64)> {
    let partial = path.with_extension(PARTIAL);
    let written = write(&partial).and_then(|written| {
        if let Ok(before) = File::open(path) {
            fs::remove_file(&partial)?;
            return hash(before);
        }
        fs::rename(&partial, path)?;
        Ok(written)
    });
    if written.is_err() {
        // Half a file is worth nothing, and on a full disk its room is.
        let _ = fs::remove_file(&partial);
    }
    written
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
    fn what_is_there_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0000000000-clip.mp4");
        let put = |bytes: &'static [u8]| {
            write_whole(&path, |partial| {
                fs::write(partial, bytes)?;
                hash(File::open(partial)?)
            })
        };
        let first = put(b"first").unwrap();
        assert_eq!(put(b"second").unwrap(), first);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_clip_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Folder::new(folder.path());
        let incident = Seed::from_parts(&[b"x"]).incident(0);
        let written = evidence.write_clip("s", incident, 20, |path| fs::write(path, b"abc"));
        let file = written.unwrap();
        assert_eq!(file.path, format!("s/{incident}/0000000020-clip.mp4"));
        assert_eq!((file.sha256, file.bytes), (sha256(b"abc"), 3));
        assert_eq!(fs::read(folder.path().join(&file.path)).unwrap(), b"abc");
        let failed = evidence.write_clip("s", incident, 30, |path| {
            fs::write(path, b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        failed.unwrap_err();
        let left = fs::read_dir(folder.path().join(format!("s/{incident}"))).unwrap();
        assert_eq!(left.count(), 1);
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
    fn the_last_of_the_disk_is_left_to_the_records() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Folder::new(folder.path().join("evidence"));
        let snapshot = Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap();
        let incident = Seed::random().incident(0);
        let full = evidence.clone().with_reserve(u64::MAX);
        let error = full.write("s", incident, &snapshot).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read_dir(evidence.path()).unwrap().count(), 0);
        // There is room again.
        evidence.write("s", incident, &snapshot).unwrap();
    }

    #[test]
    fn what_is_removed_leaves_no_empty_folders_and_takes_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Folder::new(folder.path().join("evidence"));
        let snapshot = Snapshot::new(0, RgbImage::new(8, 8), &[]).unwrap();
        let incident = Seed::random().incident(0);
        let files = evidence.write("s", incident, &snapshot).unwrap();
        evidence.remove(&files[0].path).unwrap();
        evidence.remove(&files[0].path).unwrap();
        assert!(evidence.path().join(&files[1].path).exists());
        evidence.remove(&files[1].path).unwrap();
        assert_eq!(fs::read_dir(evidence.path()).unwrap().count(), 0);

        let outside = folder.path().join("outside");
        fs::write(&outside, "").unwrap();
        let absolute = outside.to_str().unwrap();
        for name in ["../outside", "s/../../outside", "", "s//x", absolute] {
            evidence.remove(name).unwrap_err();
        }
        assert!(outside.exists());
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
