//! The whole chain of an installation, from its first manifest on.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::evidence::chain::{self, Finding, Kept, OnRecord, Walk};
use crate::evidence::inside;
use crate::ids::{Hasher, sha256};
use crate::keys::PublicKey;
use crate::store::{ManifestRow, NONE_BEFORE, Store, StoreError};
use crate::wire::manifest::{Content, FileData, Manifest, time_us};

/// How many manifests are held at once.
const PAGE: u32 = 64;

/// What was found out so far.
pub(super) struct Records {
    key: PublicKey,
    folder: PathBuf,
    walk: Walk,
    /// What is wrong with files, by the incident: where its evidence is kept no more, that is as it should be.
    of_files: Vec<(String, Finding)>,
    entombed: BTreeSet<String>,
    pub(super) manifests: usize,
    pub(super) files: usize,
    pub(super) time_stamps: usize,
    pub(super) findings: Vec<Finding>,
}

impl Records {
    pub(super) fn new(key: PublicKey, folder: PathBuf) -> Self {
        Self {
            key,
            folder,
            walk: Walk::after(0, NONE_BEFORE),
            of_files: Vec::new(),
            entombed: BTreeSet::new(),
            manifests: 0,
            files: 0,
            time_stamps: 0,
            findings: Vec::new(),
        }
    }

    /// Reads the chain to its end.
    pub(super) async fn read(&mut self, store: &Store) -> Result<(), StoreError> {
        // What is added meanwhile is none of ours.
        let last = store.last_position().await?;
        loop {
            let rows = store.manifests_after(self.walk.position(), PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let events = store.events_of(&row.incident).await?;
                let events: Vec<_> = events
                    .into_iter()
                    .map(|e| (Some(e.recorded_us), e.event))
                    .collect();
                self.check(&row, &events);
                if let Some(answer) = store.time_stamp(row.position).await? {
                    let name = format!("time stamp of manifest {}", row.position);
                    let hash = sha256(row.manifest.as_bytes());
                    let finding = chain::check_time_stamp(&name, &answer, &hash);
                    self.time_stamps += usize::from(finding.is_none());
                    self.findings.extend(finding);
                }
            }
        }
        self.gap(last + 1);
        Ok(())
    }

    /// What is missing before `position`.
    fn gap(&mut self, position: i64) {
        let (from, to) = (self.walk.position() + 1, position - 1);
        if from <= to {
            let name = match to - from {
                0 => format!("manifest {from}"),
                _ => format!("manifests {from} to {to}"),
            };
            self.findings
                .push(Finding::missing(name, "the chain has a gap there"));
        }
    }

    fn check(&mut self, row: &ManifestRow, events: &[OnRecord]) {
        self.manifests += 1;
        self.gap(row.position);
        let name = format!("manifest {}", row.position);
        let hash = sha256(row.manifest.as_bytes());
        let signature = STANDARD.decode(&row.signature).unwrap_or_default();
        let kept = Kept {
            name: &name,
            text: row.manifest.as_bytes(),
            signature: &signature,
        };
        let (manifest, findings) = chain::read(kept, &self.key, &|_| events.to_vec());
        self.findings.extend(findings);
        let Some(manifest) = manifest else {
            self.walk = Walk::after(row.position, hash);
            return;
        };
        if let Some(column) = strange_column(row, &manifest, &hash) {
            let why = format!("`{column}` of its row is not what it says itself");
            self.findings.push(Finding::altered(&name, why));
        }
        let (_, finding) = self.walk.step(&name, &manifest, hash.clone());
        self.findings.extend(finding);
        // It goes on from where the row is, whatever the manifest says.
        self.walk = Walk::after(row.position, hash);
        match &manifest.content {
            Content::Sealed(sealed) => self.check_files(&manifest, &sealed.files),
            Content::Tombstone(_) => {
                self.entombed.insert(manifest.incident.clone());
            }
            Content::Hold { .. } | Content::Release { .. } => {}
        }
    }

    fn check_files(&mut self, manifest: &Manifest, files: &[FileData]) {
        let named: HashMap<&str, &str> = files
            .iter()
            .map(|f| (f.sha256.as_str(), f.path.as_str()))
            .collect();
        for file in files {
            self.files += 1;
            let position = manifest.position;
            let name = format!("evidence/{}", file.path);
            let finding = match hash(&self.folder, &file.path) {
                Ok(found) if found == file.sha256 => continue,
                Ok(found) => {
                    let why = match named.get(found.as_str()) {
                        Some(other) => format!("it holds what evidence/{other} should hold"),
                        None => format!(
                            "its SHA-256 is {found}, and manifest {position} names {}",
                            file.sha256
                        ),
                    };
                    Finding::altered(name, why)
                }
                Err(error) => {
                    Finding::missing(name, format!("manifest {position} names it: {error}"))
                }
            };
            self.of_files.push((manifest.incident.clone(), finding));
        }
    }

    /// All that is wrong, each thing once.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let Self {
            mut findings,
            of_files,
            entombed,
            ..
        } = self;
        let kept = of_files
            .into_iter()
            .filter(|(incident, _)| !entombed.contains(incident));
        findings.extend(kept.map(|(_, finding)| finding));
        let mut told = BTreeSet::new();
        findings.retain(|finding| told.insert((finding.name.clone(), finding.what)));
        findings
    }
}

/// What of a row is not what its manifest says.
fn strange_column(row: &ManifestRow, manifest: &Manifest, hash: &str) -> Option<&'static str> {
    let columns = [
        ("position", row.position == manifest.position),
        ("incident", row.incident == manifest.incident),
        ("kind", row.kind == manifest.content.kind()),
        ("previous", row.previous == manifest.previous),
        ("sha256", row.sha256 == hash),
        ("key", row.key == manifest.key),
        (
            "sealed_us",
            Some(row.sealed_us) == time_us(&manifest.sealed),
        ),
    ];
    columns
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(column, _)| column)
}

/// SHA-256 of a file of evidence.
fn hash(folder: &Path, name: &str) -> io::Result<String> {
    let path = inside(folder, name).ok_or(io::ErrorKind::InvalidFilename)?;
    let mut file = File::open(path)?;
    let mut hasher = Hasher::default();
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&piece[..read]);
    }
}
