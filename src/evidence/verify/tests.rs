use std::fs;
use std::io::Cursor;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::evidence::archive::Writer;
use crate::evidence::bundle::{Case, Signed, export};
use crate::evidence::chain::What;
use crate::ids::sha256;
use crate::keys::SigningKey;
use crate::wire::manifest::{Gone, Recorded, SCHEMA, Sealed, Tombstone, time};

const MOST: u64 = 1 << 20;
const FIRST: &str = "00000000-0000-8000-8000-000000000001";
const SECOND: &str = "00000000-0000-8000-8000-000000000002";

/// A case of two incidents, each with a clean and an annotated frame.
struct Fixture {
    folder: TempDir,
    key: SigningKey,
    cases: Vec<Case>,
    head: (i64, String),
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::read_or_make(&folder.path().join("signing.key")).unwrap();
        let mut fixture = Self {
            folder,
            key,
            cases: Vec::new(),
            head: (0, "0".repeat(64)),
        };
        for incident in [FIRST, SECOND] {
            fixture.seal(incident);
        }
        fixture
    }

    fn seal(&mut self, incident: &str) {
        let files: Vec<_> = ["clean_frame", "annotated_frame"]
            .map(|kind| {
                let (path, bytes) = (format!("room/{incident}/0-{kind}.jpg"), format!("{incident} {kind}"));
                let file = self.folder.path().join("evidence").join(&path);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, &bytes).unwrap();
                let hash = sha256(bytes.as_bytes());
                json!({"kind": kind, "path": path, "sha256": hash, "bytes": bytes.len(), "media_ms": 0})
            })
            .into();
        let events: Vec<_> = ["opened", "ended"]
            .iter()
            .zip(1..)
            .map(|(kind, sequence)| {
                json!({"type": format!("waylay.incident.{kind}.v1"), "data": {
                    "incident": incident, "sequence": sequence, "stream": "room", "kind": "qr", "payload": "https://a.example",
                    "state": if *kind == "ended" { "ended" } else { "open" }, "scheme": "web-link", "category": "other",
                    "destination": {"kind": "web", "key": "web:a.example"}, "read_by": "rqrr", "certain": true,
                    "verdict": {"class": "off_platform", "severity": "low", "action": "record", "reasons": ["off-platform"], "policy": "p@1"},
                    "first_seen_ms": 0, "last_seen_ms": sequence * 1_000, "visible_ms": 0, "sightings": sequence,
                    "frame": {"media_ms": 0}, "evidence": files,
                }})
                .to_string()
            })
            .collect();
        let recorded: Vec<_> = events
            .iter()
            .zip(1..)
            .map(|(event, at)| Recorded {
                recorded_us: at * 1_000_000,
                event,
            })
            .collect();
        let sealed = Sealed::of(&recorded, &[], None).unwrap();
        let manifest = self.sign(incident, Content::Sealed(Box::new(sealed)));
        self.cases.push(Case {
            incident: incident.to_owned(),
            manifests: vec![manifest],
            events,
        });
    }

    /// The next manifest of the chain.
    fn sign(&mut self, incident: &str, content: Content) -> Signed {
        let manifest = Manifest {
            schema: SCHEMA.into(),
            position: self.head.0 + 1,
            previous: self.head.1.clone(),
            key: self.key.public().to_string(),
            software: "waylay".to_owned(),
            sealed: time(9_000_000),
            incident: incident.to_owned(),
            content,
        };
        let text = serde_json::to_string(&manifest).unwrap();
        self.head = (manifest.position, sha256(text.as_bytes()));
        Signed {
            signature: self.key.sign(text.as_bytes()).to_vec(),
            time_stamp: None,
            text,
            manifest,
        }
    }

    fn bundle(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let folder = self.folder.path().join("evidence");
        let findings = export(&mut out, &self.cases, &folder, &self.key, "now").unwrap();
        assert_eq!(findings, []);
        out
    }

    fn checked(&self, bundle: &[u8]) -> Verified {
        verify(Cursor::new(bundle), Some(self.key.public()), MOST).unwrap()
    }

    /// What is told of the bundle once `change` was done to the files in it: names, and how that shows.
    fn told(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>),
    ) -> Vec<(What, String, String)> {
        let mut files = unpack(&self.bundle());
        change(&mut files);
        let files: Vec<_> = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let findings = self.checked(&pack(&files)).findings;
        findings
            .into_iter()
            .map(|f| (f.what, f.name, f.why))
            .collect()
    }
}

fn unpack(bundle: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = Archive::open(Cursor::new(bundle), MOST).unwrap();
    let mut files = BTreeMap::new();
    for entry in archive.entries() {
        let mut bytes = Vec::new();
        archive
            .read(&entry, &mut |piece| bytes.extend(piece))
            .unwrap();
        files.insert(entry.name, bytes);
    }
    files
}

fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = Writer::new(Vec::new());
    for (name, bytes) in files {
        zip.add(name, bytes).unwrap();
    }
    zip.finish().unwrap()
}

fn frame(incident: &str, kind: &str) -> String {
    format!("evidence/room/{incident}/0-{kind}.jpg")
}

/// In the text of `name`, `from` becomes `to`.
fn edit(files: &mut BTreeMap<String, Vec<u8>>, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} holds no {from}: {text}");
    files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

#[test]
fn a_bundle_is_whole_as_it_was_exported_and_packed_again() {
    let fixture = Fixture::new();
    let verified = fixture.checked(&fixture.bundle());
    assert_eq!(verified.findings, []);
    assert_eq!(
        (verified.manifests, verified.files, verified.links),
        (2, 4, 1)
    );
    assert_eq!(verified.incidents.len(), 2);
    assert_eq!(fixture.told(|_| {}), []);
    // Without a key it is the one that the bundle brings with it.
    let own = verify(Cursor::new(fixture.bundle()), None, MOST).unwrap();
    assert_eq!((own.key, own.findings.len()), (fixture.key.public(), 0));
}

#[test]
fn one_byte_of_a_frame_is_named() {
    let fixture = Fixture::new();
    let name = frame(FIRST, "clean_frame");
    let told = fixture.told(|files| files.get_mut(&name).unwrap()[3] ^= 1);
    let [(What::Altered, named, why)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(named, &name);
    assert!(why.contains("manifest 1 names"), "{why}");
}

#[test]
fn a_file_that_was_swapped_for_another_is_named_with_it() {
    let fixture = Fixture::new();
    let (one, other) = (frame(FIRST, "clean_frame"), frame(SECOND, "clean_frame"));
    let told = fixture.told(|files| {
        let (a, b) = (files[&one].clone(), files[&other].clone());
        files.insert(one.clone(), b);
        files.insert(other.clone(), a);
    });
    let expected = [(&one, &other), (&other, &one)].map(|(name, holds)| {
        (
            What::Altered,
            name.clone(),
            format!("it holds what {holds} should hold"),
        )
    });
    assert_eq!(told, expected);
}

#[test]
fn a_manifest_that_was_removed_is_named() {
    let fixture = Fixture::new();
    let told = fixture.told(|files| {
        files.remove("manifest/000001.json").unwrap();
        files.remove("manifest/000001.sig").unwrap();
    });
    let names: Vec<_> = told
        .iter()
        .map(|(what, name, _)| (*what, name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (What::Missing, "manifest/000001.json"),
            (What::Missing, "manifest/000001.sig")
        ]
    );
    // And not even with all that is about it.
    let told = fixture.told(|files| {
        files.retain(|name, _| !name.contains("000001") && !name.contains(FIRST));
        let sums = String::from_utf8(files[SUMS].clone()).unwrap();
        let left = sums
            .lines()
            .filter(|line| !line.contains("000001") && !line.contains(FIRST));
        let left: Vec<_> = left.collect();
        files.insert(SUMS.to_owned(), left.join("\n").into_bytes());
    });
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1, SUMS);
}

#[test]
fn a_time_that_was_changed_is_named_with_what_it_was() {
    let fixture = Fixture::new();
    let name = "manifest/000002.json";
    let from = "\"times\":{\"opened\":\"1970-01-01T00:00:01Z\"";
    let told = fixture.told(|files| edit(files, name, from, &from.replace("01Z", "00Z")));
    let [(What::Altered, named, why)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(named, name);
    let place = "`times.opened` is \"1970-01-01T00:00:00Z\" in the manifest and \"1970-01-01T00:00:01Z\" by the events";
    assert!(why.contains(place), "{why}");
    // In an event as well.
    let name = events_name(SECOND);
    let told = fixture.told(|files| {
        edit(
            files,
            &name,
            "\"last_seen_ms\":2000",
            "\"last_seen_ms\":1999",
        );
    });
    let named: Vec<_> = told.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(named, [format!("event {SECOND}.2").as_str(), name.as_str()]);
    assert!(
        told[0]
            .2
            .contains("`times.last_seen_ms` is 2000 in the manifest and 1999 by the events"),
        "{told:?}"
    );
}

#[test]
fn whatever_else_is_changed_removed_or_added_is_named() {
    let fixture = Fixture::new();
    let whole = unpack(&fixture.bundle());
    for name in whole.keys() {
        let removed = fixture.told(|files| drop(files.remove(name)));
        assert!(
            removed
                .iter()
                .any(|(what, told, _)| *what == What::Missing && told == name),
            "{name}: {removed:?}"
        );
        let altered = fixture.told(|files| files.get_mut(name).unwrap().push(b'x'));
        // A signature is told of by what it signs.
        let signed = name.replace(".sig", if name == SUMS_SIGNATURE { "" } else { ".json" });
        assert!(
            altered.iter().any(|(_, told, _)| *told == signed),
            "{name}: {altered:?}"
        );
    }
    for added in [
        "x",
        "manifest/000003.json",
        "../../etc/cron.d/x",
        "/etc/x",
        "a\\..\\b",
        "C:/x",
    ] {
        let told = fixture.told(|files| drop(files.insert(added.to_owned(), b"x".to_vec())));
        assert!(
            told.iter()
                .any(|(what, name, _)| *what == What::Unexpected && name == added),
            "{added}: {told:?}"
        );
    }
}

#[test]
fn two_files_of_one_name_are_told() {
    let fixture = Fixture::new();
    let whole = unpack(&fixture.bundle());
    let mut files: Vec<_> = whole
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    files.insert(0, ("index.html", b"<p>another page"));
    let findings = fixture.checked(&pack(&files)).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].what, findings[0].name.as_str()),
        (What::Unexpected, "index.html")
    );
}

#[test]
fn whoever_signs_all_of_it_anew_is_found_by_the_key_that_is_expected() {
    let fixture = Fixture::new();
    let forged = Fixture::new().bundle();
    // By itself it holds together.
    assert_eq!(
        verify(Cursor::new(&forged), None, MOST).unwrap().findings,
        []
    );
    let findings = fixture.checked(&forged).findings;
    let named: BTreeSet<_> = findings
        .iter()
        .map(|finding| finding.name.as_str())
        .collect();
    for name in [KEY, SUMS, "manifest/000001.json", "manifest/000002.json"] {
        assert!(named.contains(name), "{name}: {findings:?}");
    }
}

#[test]
fn a_link_that_does_not_fit_is_told() {
    let mut fixture = Fixture::new();
    fixture.head.1 = "1".repeat(64);
    fixture.seal("00000000-0000-8000-8000-000000000003");
    let findings = fixture.checked(&fixture.bundle()).findings;
    let named: Vec<_> = findings
        .iter()
        .map(|finding| finding.name.as_str())
        .collect();
    assert_eq!(named, ["manifest/000003.json"]);
}

#[test]
fn evidence_that_is_kept_no_more_is_not_missed() {
    let mut fixture = Fixture::new();
    let sealed = fixture.cases[0].sealed().unwrap().files.clone();
    let files = sealed.into_iter().map(|file| Gone {
        path: file.path,
        sha256: file.sha256,
    });
    let tombstone = Tombstone {
        class: "off_platform".to_owned(),
        kept: "3y".to_owned(),
        from: time(0),
        from_end_of: "stream".to_owned(),
        files: files.collect(),
    };
    let manifest = fixture.sign(FIRST, Content::Tombstone(tombstone));
    fixture.cases[0].manifests.push(manifest);
    fs::remove_dir_all(fixture.folder.path().join("evidence/room").join(FIRST)).unwrap();
    let verified = fixture.checked(&fixture.bundle());
    assert_eq!(verified.findings, []);
    assert_eq!((verified.manifests, verified.files), (3, 2));
}

#[test]
fn a_time_stamp_of_something_else_is_told() {
    let mut fixture = Fixture::new();
    // It is the one of another text.
    let stamp = include_bytes!("../time_stamp/granted.tsr");
    fixture.cases[1].manifests[0].time_stamp = Some(stamp.to_vec());
    let verified = fixture.checked(&fixture.bundle());
    let findings = &verified.findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(
        (findings[0].what, findings[0].name.as_str()),
        (What::Altered, "time-stamp/000002.tsr")
    );
    assert!(findings[0].why.contains("something else"), "{findings:?}");
    assert_eq!(verified.time_stamps, 0);
    assert_eq!(
        chain::check_time_stamp("x", stamp, &sha256(b"manifest")),
        None
    );
}

#[test]
fn what_is_no_bundle_is_none() {
    let none = |bytes: &[u8]| verify(Cursor::new(bytes), None, MOST).unwrap_err();
    assert!(matches!(none(b"hello"), VerifyError::Archive(_)));
    assert!(matches!(
        none(&pack(&[("a.txt", b"x")])),
        VerifyError::NoBundle
    ));
    assert!(matches!(none(&pack(&[(SUMS, b"")])), VerifyError::NoKey));
    let large = pack(&[(SUMS, b""), ("x", &vec![0; MOST as usize])]);
    assert!(verify(Cursor::new(&large), None, MOST).is_err());
    let error = verify(Cursor::new(&large), None, MOST - 1).unwrap_err();
    assert!(
        matches!(error, VerifyError::Archive(ArchiveError::TooLarge(_))),
        "{error}"
    );
}
