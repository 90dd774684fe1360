//! Whether a bundle is what was signed. It may come from anybody: it is read within bounds, and nothing in it is written
//! anywhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Seek};

use crate::evidence::archive::{Archive, ArchiveError};
use crate::evidence::bundle::{
    KEY, SUMS, SUMS_SIGNATURE, events_name, file_name, manifest_name, time_stamp_name,
};
use crate::evidence::chain::{self, Finding, Kept, OnRecord, Walk};
use crate::ids::Hasher;
use crate::keys::PublicKey;
use crate::wire::manifest::{Content, Manifest};

/// Bytes of text that are held at once: manifests, events, signatures.
const MOST_TEXT: u64 = 256 << 20;

/// Why a file is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is no zip that can be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It is another zip.
    #[error("it is no bundle: there is neither {} nor a manifest in it", SUMS)]
    NoBundle,
    /// Nobody says which key it is signed with.
    #[error("it names no key: say with --key which one it is signed with")]
    NoKey,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The key that it must be signed with.
    pub key: PublicKey,
    /// The incidents that its manifests are about.
    pub incidents: BTreeSet<String>,
    /// How many manifests there are.
    pub manifests: usize,
    /// How many files of evidence they name.
    pub files: usize,
    /// How many of the manifests have a time stamp that is theirs; who signed it is not looked at.
    pub time_stamps: usize,
    /// How many of the manifests follow on each other: the others' neighbours are not in it.
    pub links: usize,
    /// What is wrong; nothing where it is whole.
    pub findings: Vec<Finding>,
}

/// Checks the bundle in `file`: `expected` must have signed it, and where that is not given the key that it brings with
/// it. Of what is in it `most` bytes are unpacked at most.
///
/// # Errors
/// Where it is no bundle.
pub fn verify(
    file: impl Read + Seek,
    expected: Option<PublicKey>,
    most: u64,
) -> Result<Verified, VerifyError> {
    let held = Held::read(file, most)?;
    let is_manifest = |name: &String| name.starts_with("manifest/");
    if !held.hashes.contains_key(SUMS) && !held.hashes.keys().any(is_manifest) {
        return Err(VerifyError::NoBundle);
    }
    let own = held
        .text(KEY)
        .and_then(|text| PublicKey::parse(text.trim()).ok());
    let key = expected.or(own).ok_or(VerifyError::NoKey)?;
    let mut verified = Verified {
        key,
        incidents: BTreeSet::new(),
        manifests: 0,
        files: 0,
        time_stamps: 0,
        links: 0,
        findings: held.findings.clone(),
    };
    if own != Some(key) {
        let why = own.map_or("it holds no key".to_owned(), |own| {
            format!("it holds {own}, and {key} is expected")
        });
        verified.findings.push(Finding::altered(KEY, why));
    }
    let manifests = verified.read_manifests(&held);
    verified.check_chain(&manifests);
    verified.check_time_stamps(&held, &manifests);
    verified.check_files(&held, &manifests);
    verified.check_sums(&held);
    verified.unique();
    Ok(verified)
}

/// What a bundle holds: the hash of each file, and the text of those that are text.
struct Held {
    hashes: BTreeMap<String, String>,
    texts: HashMap<String, Vec<u8>>,
    findings: Vec<Finding>,
}

impl Held {
    fn read(file: impl Read + Seek, most: u64) -> Result<Self, ArchiveError> {
        let mut archive = Archive::open(file, most)?;
        let mut held = Self {
            hashes: BTreeMap::new(),
            texts: HashMap::new(),
            findings: Vec::new(),
        };
        let mut left = MOST_TEXT;
        for entry in archive.entries() {
            let name = entry.name.clone();
            if name.ends_with('/') && is_plain(name.trim_end_matches('/')) {
                // A folder, as other programs list it.
                continue;
            }
            let mut hash = Hasher::default();
            let mut text = is_text(&name).then(Vec::new);
            let wrong = archive.read(&entry, &mut |piece| {
                hash.update(piece);
                left = left.saturating_sub(if text.is_some() {
                    piece.len() as u64
                } else {
                    0
                });
                if let Some(text) = text.as_mut().filter(|_| left > 0) {
                    text.extend(piece);
                }
            })?;
            if left == 0 {
                return Err(ArchiveError::TooLarge(MOST_TEXT));
            }
            if !is_plain(&name) {
                let why = "its name leads out of the bundle";
                held.findings.push(Finding::unexpected(&name, why));
            }
            if let Some(wrong) = wrong {
                held.findings.push(Finding::altered(&name, wrong));
            }
            if held.hashes.insert(name.clone(), hash.finish()).is_some() {
                let why = "there are two of that name: programs do not agree on which one counts";
                held.findings.push(Finding::unexpected(&name, why));
            }
            held.texts.extend(text.map(|text| (name, text)));
        }
        Ok(held)
    }

    fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.texts.get(name)?).ok()
    }

    /// The events of an incident.
    fn events(&self, incident: &str) -> Vec<OnRecord> {
        let lines = self
            .text(&events_name(incident))
            .unwrap_or_default()
            .lines();
        lines.map(|line| (None, line.to_owned())).collect()
    }
}

/// Whether a name stays inside of the folder that the zip is unpacked to, everywhere.
fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    name.split('/').all(is_part) && !name.contains(['\\', ':']) && !name.contains(char::is_control)
}

fn is_text(name: &str) -> bool {
    let inside = ["manifest/", "events/", "time-stamp/"]
        .iter()
        .any(|folder| name.starts_with(folder));
    inside || [SUMS, SUMS_SIGNATURE, KEY].contains(&name)
}

impl Verified {
    /// The manifests by their position, with their hashes.
    fn read_manifests(&mut self, held: &Held) -> BTreeMap<i64, (String, Manifest)> {
        let mut manifests = BTreeMap::new();
        let names = held.hashes.iter().filter_map(|(name, hash)| {
            let inner = name.strip_prefix("manifest/")?.strip_suffix(".json")?;
            Some((name, format!("manifest/{inner}.sig"), hash))
        });
        for (name, signature_name, hash) in names {
            let Some(signature) = held.texts.get(&signature_name) else {
                let why = format!("{name} is signed with it");
                self.findings.push(Finding::missing(signature_name, why));
                continue;
            };
            let kept = Kept {
                name,
                text: held.texts.get(name).map(Vec::as_slice).unwrap_or_default(),
                signature,
            };
            let (manifest, findings) =
                chain::read(kept, &self.key, &|incident| held.events(incident));
            self.findings.extend(findings);
            let Some(manifest) = manifest else { continue };
            if format!("{}.json", manifest_name(manifest.position)) != *name {
                let why = format!("it is manifest {}", manifest.position);
                self.findings.push(Finding::altered(name, why));
            }
            self.incidents.insert(manifest.incident.clone());
            manifests.insert(manifest.position, (hash.clone(), manifest));
        }
        self.manifests = manifests.len();
        manifests
    }

    /// Those that follow on each other must fit.
    fn check_chain(&mut self, manifests: &BTreeMap<i64, (String, Manifest)>) {
        let mut all = manifests.iter();
        let Some((first, (hash, _))) = all.next() else {
            return;
        };
        let mut walk = Walk::after(*first, hash);
        for (position, (hash, manifest)) in all {
            let name = format!("{}.json", manifest_name(*position));
            let (is_next, finding) = walk.step(&name, manifest, hash.clone());
            self.links += usize::from(is_next);
            self.findings.extend(finding);
        }
    }

    fn check_time_stamps(&mut self, held: &Held, manifests: &BTreeMap<i64, (String, Manifest)>) {
        for (position, (hash, _)) in manifests {
            let name = time_stamp_name(*position);
            if let Some(answer) = held.texts.get(&name) {
                let finding = chain::check_time_stamp(&name, answer, hash);
                self.time_stamps += usize::from(finding.is_none());
                self.findings.extend(finding);
            }
        }
    }

    /// The files that the manifests name.
    fn check_files(&mut self, held: &Held, manifests: &BTreeMap<i64, (String, Manifest)>) {
        let entombed: BTreeSet<&str> = manifests
            .values()
            .filter(|(_, manifest)| matches!(manifest.content, Content::Tombstone(_)))
            .map(|(_, manifest)| manifest.incident.as_str())
            .collect();
        let mut wanted: BTreeMap<String, (&str, i64)> = BTreeMap::new();
        for (position, (_, manifest)) in manifests {
            if let Content::Sealed(sealed) = &manifest.content
                && !entombed.contains(manifest.incident.as_str())
            {
                let files = sealed.files.iter();
                wanted.extend(files.map(|f| (file_name(&f.path), (f.sha256.as_str(), *position))));
            }
        }
        self.files = wanted.len();
        for (name, (hash, position)) in &wanted {
            match held.hashes.get(name) {
                None => {
                    let why = format!("manifest {position} names it");
                    self.findings.push(Finding::missing(name, why));
                }
                Some(found) if found != hash => {
                    let other = wanted.iter().find(|(_, (other, _))| other == found);
                    let why = match other {
                        Some((other, _)) => format!("it holds what {other} should hold"),
                        None => {
                            format!("its SHA-256 is {found}, and manifest {position} names {hash}")
                        }
                    };
                    self.findings.push(Finding::altered(name, why));
                }
                Some(_) => {}
            }
        }
    }

    /// Every file must be the one that was put in, and nothing may have been added.
    fn check_sums(&mut self, held: &Held) {
        let (Some(sums), Some(signature)) = (held.texts.get(SUMS), held.texts.get(SUMS_SIGNATURE))
        else {
            for name in [SUMS, SUMS_SIGNATURE] {
                if !held.hashes.contains_key(name) {
                    let why = "it says what each file must hold";
                    self.findings.push(Finding::missing(name, why));
                }
            }
            return;
        };
        if !self.key.has_signed(sums, signature) {
            let why = "its signature is not the one of this text";
            self.findings.push(Finding::altered(SUMS, why));
        }
        let lines = std::str::from_utf8(sums).unwrap_or_default().lines();
        let listed: BTreeMap<&str, &str> = lines
            .filter_map(|line| line.split_once("  "))
            .map(|(hash, name)| (name, hash))
            .collect();
        for (name, hash) in &listed {
            let finding = match held.hashes.get(*name) {
                None => Finding::missing(*name, format!("{SUMS} names it")),
                Some(found) if found != hash => {
                    let why = format!("its SHA-256 is {found}, and {SUMS} names {hash}");
                    Finding::altered(*name, why)
                }
                Some(_) => continue,
            };
            self.findings.push(finding);
        }
        for name in held.hashes.keys() {
            if !listed.contains_key(name.as_str())
                && ![SUMS, SUMS_SIGNATURE].contains(&name.as_str())
            {
                let why = format!("{SUMS} does not name it");
                self.findings.push(Finding::unexpected(name, why));
            }
        }
    }

    /// What is told of a file first says most: the manifest that names it comes before the list of files.
    fn unique(&mut self) {
        let mut told = BTreeSet::new();
        self.findings
            .retain(|finding| told.insert((finding.name.clone(), finding.what)));
    }
}

#[cfg(test)]
mod tests;
