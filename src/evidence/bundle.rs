//! A case for others: manifests, events, files and a page to read, in one zip that says of each of its files what it must
//! hold, and is signed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::evidence::archive::Writer;
use crate::evidence::chain::Finding;
use crate::evidence::files::inside;
use crate::evidence::report;
use crate::ids::sha256;
use crate::keys::SigningKey;
use crate::wire::manifest::{Content, FileData, Manifest, Sealed};

const PAGE: &str = "index.html";
pub(super) const KEY: &str = "key.txt";
const PEM: &str = "key.pem";
const README: &str = "README.txt";
/// As `sha256sum` writes and checks it.
pub(super) const SUMS: &str = "SHA256SUMS";
pub(super) const SUMS_SIGNATURE: &str = "SHA256SUMS.sig";

const HOW_TO: &str = include_str!("bundle/readme.txt");

/// What a manifest is called in a bundle, without its ending.
pub(super) fn manifest_name(position: i64) -> String {
    format!("manifest/{position:06}")
}

pub(super) fn time_stamp_name(position: i64) -> String {
    format!("time-stamp/{position:06}.tsr")
}

pub(super) fn events_name(incident: &str) -> String {
    format!("events/{incident}.jsonl")
}

pub(super) fn file_name(path: &str) -> String {
    format!("evidence/{path}")
}

/// An incident and all that is on record of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its id.
    pub incident: String,
    /// Its manifests in their order.
    pub manifests: Vec<Signed>,
    /// Its events, oldest first (JSON).
    pub events: Vec<String>,
}

/// A manifest and its signature.
#[derive(Debug, Clone)]
pub struct Signed {
    /// What it says.
    pub manifest: Manifest,
    /// The same, byte for byte as it was signed.
    pub text: String,
    /// The signature, 64 bytes.
    pub signature: Vec<u8>,
    /// What a time-stamping authority said of it (RFC 3161).
    pub time_stamp: Option<Vec<u8>>,
}

impl Case {
    /// What is known of the incident, as the last manifest that says it has it.
    pub(super) fn sealed(&self) -> Option<&Sealed> {
        let mut contents = self
            .manifests
            .iter()
            .rev()
            .map(|signed| &signed.manifest.content);
        contents.find_map(|content| match content {
            Content::Sealed(sealed) => Some(sealed.as_ref()),
            _ => None,
        })
    }

    /// Whether its evidence is kept no more.
    pub(super) fn is_entombed(&self) -> bool {
        let mut contents = self.manifests.iter().map(|signed| &signed.manifest.content);
        contents.any(|content| matches!(content, Content::Tombstone(_)))
    }

    /// The files that prove it and that are kept.
    fn files(&self) -> &[FileData] {
        match self.sealed() {
            Some(sealed) if !self.is_entombed() => &sealed.files,
            _ => &[],
        }
    }
}

/// Writes `cases` to `out`, with their files from `folder`, signed with `key`; `exported` is the time of day (RFC 3339).
/// What it tells is wrong with the files: they go in as they are.
///
/// # Errors
/// Where it cannot be written, or gets larger than a zip can be (4 GiB).
pub fn export(
    out: impl Write,
    cases: &[Case],
    folder: &Path,
    key: &SigningKey,
    exported: &str,
) -> io::Result<Vec<Finding>> {
    let mut bundle = Bundle {
        zip: Writer::new(out),
        sums: String::new(),
    };
    let mut findings = Vec::new();
    let public = key.public();
    bundle.add(
        PAGE,
        report::page(cases, &public.to_string(), exported).as_bytes(),
    )?;
    bundle.add(README, HOW_TO.as_bytes())?;
    bundle.add(KEY, format!("{public}\n").as_bytes())?;
    bundle.add(PEM, public.pem().as_bytes())?;
    let mut known = BTreeSet::new();
    for case in cases {
        for signed in &case.manifests {
            let name = manifest_name(signed.manifest.position);
            bundle.add(&format!("{name}.json"), signed.text.as_bytes())?;
            bundle.add(&format!("{name}.sig"), &signed.signature)?;
            if let Some(answer) = &signed.time_stamp {
                bundle.add(&time_stamp_name(signed.manifest.position), answer)?;
            }
        }
        let mut lines = case.events.join("\n");
        lines.push('\n');
        bundle.add(&events_name(&case.incident), lines.as_bytes())?;
        for file in case.files() {
            // Several incidents may share one.
            if known.insert(file.path.as_str()) {
                findings.extend(bundle.add_file(folder, file)?);
            }
        }
    }
    bundle.finish(key)?;
    Ok(findings)
}

struct Bundle<W> {
    zip: Writer<W>,
    sums: String,
}

impl<W: Write> Bundle<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // A `String` takes whatever is written to it.
        let _ = writeln!(self.sums, "{}  {name}", sha256(bytes));
        self.zip.add(name, bytes)
    }

    fn add_file(&mut self, folder: &Path, file: &FileData) -> io::Result<Option<Finding>> {
        let name = file_name(&file.path);
        let read = inside(folder, &file.path)
            .ok_or_else(|| io::ErrorKind::InvalidFilename.into())
            .and_then(fs::read);
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Some(Finding::missing(name, error.to_string()))),
        };
        self.add(&name, &bytes)?;
        let altered = sha256(&bytes) != file.sha256;
        Ok(altered.then(|| Finding::altered(name, "it is not the file that its manifest names")))
    }

    fn finish(mut self, key: &SigningKey) -> io::Result<()> {
        self.zip.add(SUMS, self.sums.as_bytes())?;
        self.zip
            .add(SUMS_SIGNATURE, &key.sign(self.sums.as_bytes()))?;
        self.zip.finish()?;
        Ok(())
    }
}
