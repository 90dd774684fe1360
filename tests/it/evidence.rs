//! Evidence that holds up: sealed, exported, verified elsewhere, and every change of it named.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Api, Clip, Watch, text, watch, waylay};

const POLICY: &str = "samples/policy.toml";
/// Two codes: one leads off the platform.
const SAMPLE: &str = "samples/two-codes.mp4";

/// Records of one sample.
struct Records {
    folder: TempDir,
    incidents: Vec<String>,
    events: Vec<Value>,
}

impl Records {
    fn of(sample: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (code, events, log) = watch(&data, &["--policy", POLICY, sample]);
        assert_eq!(code, 0, "{log}");
        let mut incidents: Vec<_> = events
            .iter()
            .map(|event| event["data"]["incident"].as_str().unwrap().to_owned())
            .collect();
        incidents.sort();
        incidents.dedup();
        assert!(!incidents.is_empty());
        Self {
            folder,
            incidents,
            events,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The frames that the events name.
    fn frames(&self) -> Vec<PathBuf> {
        let files = self
            .events
            .iter()
            .flat_map(|event| event["data"]["evidence"].as_array().unwrap());
        let mut frames: Vec<_> = files
            .map(|file| {
                self.data()
                    .join("evidence")
                    .join(file["path"].as_str().unwrap())
            })
            .collect();
        frames.sort();
        frames.dedup();
        frames
    }

    /// `waylay evidence WHAT ... --data DATA`: the exit code and what it says.
    fn evidence(&self, args: &[&str]) -> (i32, String) {
        let data = self.data();
        evidence(&[args, &["--data", text(&data)]].concat())
    }

    fn export(&self) -> Vec<u8> {
        let case = self.folder.path().join("case.zip");
        let mut args = vec!["export", "-o", text(&case)];
        args.extend(self.incidents.iter().map(String::as_str));
        let (code, said) = self.evidence(&args);
        assert_eq!(code, 0, "{said}");
        fs::read(case).unwrap()
    }

    fn key(&self) -> String {
        let (code, key) = self.evidence(&["key"]);
        assert_eq!(code, 0, "{key}");
        key.trim().to_owned()
    }

    /// What `verify` says of `bundle`, in a place that knows nothing of the records.
    fn verify(&self, bundle: &[u8]) -> (i32, String) {
        let elsewhere = tempfile::tempdir().unwrap();
        let case = elsewhere.path().join("case.zip");
        fs::write(&case, bundle).unwrap();
        evidence(&["verify", "--key", &self.key(), text(&case)])
    }

    /// Does `statements` to the records, as somebody who can write to the file.
    fn tamper(&self, statements: &[&str]) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let file = self.data().join("waylay.sqlite");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            for statement in statements {
                let statement = sqlx::AssertSqlSafe(*statement);
                sqlx::query(statement).execute(&pool).await.unwrap();
            }
            pool.close().await;
        });
    }

    /// The manifests, as they are on record.
    fn manifests(&self) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let file = self.data().join("waylay.sqlite");
            let store = waylay::store::Store::open(&file).await.unwrap();
            let rows = store.manifests_after(0, 100).await.unwrap();
            store.close().await;
            rows.into_iter().map(|row| row.manifest).collect()
        })
    }
}

fn evidence(args: &[&str]) -> (i32, String) {
    let output = waylay()
        .arg("evidence")
        .args(args)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

/// Where `needle` stands in `bytes`: a bundle holds its files as they are.
fn find(bytes: &[u8], needle: &[u8]) -> usize {
    let found = bytes
        .windows(needle.len())
        .position(|window| window == needle);
    found.unwrap_or_else(|| panic!("there is no {}", String::from_utf8_lossy(needle)))
}

#[test]
fn what_is_exported_is_whole_elsewhere() {
    let records = Records::of(SAMPLE);
    assert_eq!(records.incidents.len(), 2);
    let bundle = records.export();
    let (code, said) = records.verify(&bundle);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("whole, 2 incidents, 2 manifests"), "{said}");
    assert!(said.contains("the key that was given"), "{said}");
    // Without a key it says what that is worth.
    let case = records.folder.path().join("case.zip");
    let (code, said) = evidence(&["verify", text(&case)]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("the key in the bundle itself"), "{said}");
    let (code, said) = records.evidence(&["verify"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = records.evidence(&["verify", "--json"]);
    let mut verified: Value = serde_json::from_str(&said).unwrap();
    assert!(verified["files"].take().as_u64() >= Some(2), "{said}");
    let expected = json!({
        "name": text(&records.data()), "whole": true, "key": records.key(), "key_from": "installation", "manifests": 2,
        "files": null, "time_stamps": 0, "pending": 0, "findings": [],
    });
    assert_eq!((code, verified), (0, expected));
    let (code, pem) = records.evidence(&["key", "--pem"]);
    assert!(
        code == 0 && pem.starts_with("-----BEGIN PUBLIC KEY-----\n"),
        "{pem}"
    );
    find(&bundle, pem.as_bytes());
}

#[test]
fn a_manifest_has_the_keys_of_the_contract() {
    let records = Records::of("samples/pix.mp4");
    let manifests = records.manifests();
    assert_eq!(manifests.len(), 1);
    let manifest: Value = serde_json::from_str(&manifests[0]).unwrap();
    let opened = &records.events[0]["data"];
    assert_eq!(manifest["incident"], opened["incident"]);
    assert_eq!(manifest["files"][0], opened["evidence"][0]);
    assert_eq!(manifest["reading"]["payload"], opened["payload"]);
    let policy = fs::read(POLICY).unwrap();
    assert_eq!(
        manifest["verdict"]["policy_sha256"],
        waylay::ids::sha256(&policy)
    );
    insta::assert_json_snapshot!(manifest, {
        ".key" => "[key]", ".software" => "[software]", ".sealed" => "[time]", ".incident" => "[id]",
        ".times.opened" => "[time]", ".times.ended" => "[time]", ".reading.payload" => "[payload]",
        ".verdict.policy" => "[policy]", ".verdict.policy_sha256" => "[sha256]",
        ".decode_log[].sha256" => "[sha256]", ".decode_log[].recorded" => "[time]",
        ".decode_log[].read.payload" => "[payload]", ".decode_log[].read.policy" => "[policy]",
        ".files[].path" => "[path]", ".files[].sha256" => "[sha256]", ".files[].bytes" => "[bytes]",
    });
}

#[test]
fn a_change_of_a_bundle_is_named() {
    let records = Records::of(SAMPLE);
    let bundle = records.export();
    let told = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut altered = bundle.clone();
        change(&mut altered);
        let (code, said) = records.verify(&altered);
        assert_eq!(code, 1, "{said}");
        said
    };
    // One bit of a frame.
    let frame = &records.frames()[0];
    let name = frame
        .strip_prefix(records.data())
        .unwrap()
        .display()
        .to_string();
    let at = find(&bundle, &fs::read(frame).unwrap()) + 1_000;
    let said = told(&|bytes| bytes[at] ^= 1);
    assert!(
        said.contains(&format!("altered: {name}: its SHA-256 is ")),
        "{said}"
    );
    assert_eq!(said.matches("altered: ").count(), 1, "{said}");
    // The same for programs.
    let case = records.folder.path().join("altered.zip");
    let mut altered = bundle.clone();
    altered[at] ^= 1;
    fs::write(&case, &altered).unwrap();
    let (code, said) = evidence(&["verify", "--json", text(&case)]);
    let mut verified: Value = serde_json::from_str(&said).unwrap();
    let why = verified["findings"][0]["why"].take();
    assert!(
        why.as_str().unwrap().starts_with("its SHA-256 is "),
        "{why}"
    );
    assert!(verified["files"].take().as_u64() >= Some(2), "{said}");
    let expected = json!({
        "name": text(&case), "whole": false, "key": records.key(), "key_from": "bundle", "incidents": records.incidents,
        "manifests": 2, "files": null, "time_stamps": 0,
        "findings": [{"what": "altered", "name": name, "why": null}],
    });
    assert_eq!((code, verified), (1, expected));
    // A time.
    let times = find(&bundle, b"\"times\":{\"opened\":\"20");
    let said = told(&|bytes| bytes[times + 20] = b'1');
    let shown = ".json: its signature is not the one of this text: `times.opened` is ";
    assert!(said.contains("altered: manifest/00000"), "{said}");
    assert!(said.contains(shown), "{said}");
    // Another name in the list of files.
    let name = find(&bundle, b"PK\x01\x02") + 46;
    let said = told(&|bytes| bytes[name] = b'j');
    assert!(
        said.contains("altered: jndex.html: it has another name"),
        "{said}"
    );
    assert!(said.contains("missing: index.html: "), "{said}");
}

/// Records that are changed, and then as they were.
struct Tampered {
    records: Records,
    database: Vec<u8>,
    frames: Vec<(PathBuf, Vec<u8>)>,
}

impl Tampered {
    fn new() -> Self {
        let records = Records::of(SAMPLE);
        let database = fs::read(records.data().join("waylay.sqlite")).unwrap();
        let frames = records.frames().into_iter();
        let frames: Vec<_> = frames
            .map(|frame| (frame.clone(), fs::read(frame).unwrap()))
            .collect();
        assert!(frames.len() >= 2, "{frames:?}");
        Self {
            records,
            database,
            frames,
        }
    }

    /// What is said of the records as they are now. They are whole again afterwards.
    fn told(&self) -> String {
        let (code, told) = self.records.evidence(&["verify"]);
        assert_eq!(code, 1, "{told}");
        for (frame, bytes) in &self.frames {
            fs::write(frame, bytes).unwrap();
        }
        let file = self.records.data().join("waylay.sqlite");
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(file.with_extension(format!("sqlite{ending}")));
        }
        fs::write(file, &self.database).unwrap();
        let (code, said) = self.records.evidence(&["verify"]);
        assert_eq!(code, 0, "{said}");
        told
    }

    /// What is said once somebody did `statements`.
    fn told_after(&self, statements: &[&str]) -> String {
        self.records.tamper(statements);
        self.told()
    }

    fn name(&self, at: usize) -> String {
        let frame = self.frames[at].0.strip_prefix(self.records.data());
        frame.unwrap().display().to_string()
    }
}

#[test]
fn a_change_of_a_file_is_named() {
    let tampered = Tampered::new();
    let [(one, first), (other, second)] = &tampered.frames[..2] else {
        unreachable!()
    };
    let (a, b) = (tampered.name(0), tampered.name(1));
    let mut changed = first.clone();
    changed[1_000] ^= 1;
    fs::write(one, changed).unwrap();
    let told = tampered.told();
    assert!(
        told.contains(&format!("altered: {a}: its SHA-256 is ")),
        "{told}"
    );

    fs::write(one, second).unwrap();
    fs::write(other, first).unwrap();
    let told = tampered.told();
    for (name, holds) in [(&a, &b), (&b, &a)] {
        let swapped = format!("altered: {name}: it holds what {holds} should hold");
        assert!(told.contains(&swapped), "{told}");
    }

    fs::remove_file(one).unwrap();
    let told = tampered.told();
    assert!(told.contains(&format!("missing: {a}: ")), "{told}");
}

#[test]
fn a_change_of_the_records_is_named() {
    let tampered = Tampered::new();
    for (position, shown) in [(1, "missing: manifest 1: "), (2, "missing: manifest 2: ")] {
        let delete = format!("DELETE FROM manifest WHERE position = {position}");
        let told = tampered.told_after(&["DROP TRIGGER manifest_is_not_removed", &delete]);
        assert!(told.contains(shown), "{told}");
    }
    // The last one, and the trace that SQLite keeps of it.
    let told = tampered.told_after(&[
        "DROP TRIGGER manifest_is_not_removed",
        "DELETE FROM manifest WHERE position = 2",
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'manifest'",
    ]);
    assert!(told.contains("missing: manifest of incident "), "{told}");

    let told = tampered.told_after(&[
        "DROP TRIGGER incident_event_is_not_changed",
        "UPDATE incident_event SET recorded_us = recorded_us - 3600000000 WHERE position = 1",
    ]);
    let event = tampered.records.events[0]["id"].as_str().unwrap();
    assert!(
        told.contains(&format!("altered: event {event}: ")),
        "{told}"
    );

    let told = tampered.told_after(&[
        "DROP TRIGGER manifest_is_not_changed",
        "UPDATE manifest SET manifest = replace(manifest, '\"class\":\"off_platform\"', '\"class\":\"on_platform\"')",
    ]);
    let shown = "its signature is not the one of this text: `verdict.class` is \"on_platform\"";
    assert!(told.contains(shown), "{told}");
}

#[test]
fn what_is_not_there_is_said() {
    let records = Records::of("samples/pix.mp4");
    let case = records.folder.path().join("case.zip");
    let (code, said) = records.evidence(&["export", "-o", text(&case), "0000"]);
    assert!(
        code == 2 && said.contains("there is no incident 0000"),
        "{said}"
    );
    assert!(!case.exists());
    let nowhere = records.folder.path().join("nowhere");
    for args in [
        vec!["verify"],
        vec!["key"],
        vec!["export", "-o", text(&case), "0000"],
    ] {
        let (code, said) = evidence(&[args.as_slice(), &["--data", text(&nowhere)]].concat());
        assert_eq!(code, 2, "{said}");
        assert!(!nowhere.exists(), "{args:?}");
    }
    let no_bundle = records.folder.path().join("x.zip");
    fs::write(&no_bundle, "hello").unwrap();
    let (code, said) = evidence(&["verify", text(&no_bundle)]);
    assert!(code == 2 && said.contains("it is no zip"), "{said}");
    let bundle = records.export();
    let (code, said) = evidence(&["verify", "--max-mb", "0", text(&case)]);
    assert!(code == 2 && said.contains("more than 0 bytes"), "{said}");
    let (code, said) = records.verify(&bundle[..bundle.len() - 1]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn a_hostile_payload_is_text_in_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let payload = "https://evil.example/<script>alert(1)</script>\u{202e}gpj.exe";
    let clip = Clip {
        payload,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "clip.mp4");
    let records = Records::of(text(&clip));
    let bundle = records.export();
    let page = &bundle[find(&bundle, b"<!doctype html>")..];
    let page = &page[..find(page, b"</html>")];
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(
        page.contains("https[:]//evil[.]example/&lt;script&gt;"),
        "{page}"
    );
    assert!(page.contains("<mark>U+202E</mark>gpj[.]exe"), "{page}");
    for forbidden in ["<script", "<a ", "href", "://", "\u{202e}"] {
        assert!(!page.contains(forbidden), "{forbidden}: {page}");
    }
}

/// The disk is as good as full: what is left of it is for the records.
#[test]
fn incidents_are_recorded_and_sealed_without_media_where_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(&config, "[retention]\nreserve_mb = 1000000000\n").unwrap();
    let data = folder.path().join("data");
    let (code, events, log) = watch(
        &data,
        &["--config", text(&config), "--policy", POLICY, SAMPLE],
    );
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("incident recorded without evidence"), "{log}");
    let ended = events
        .iter()
        .filter(|event| event["data"]["state"] == "ended");
    assert_eq!(ended.count(), 2);
    assert!(
        events
            .iter()
            .all(|event| event["data"]["evidence"] == json!([]))
    );
    let (code, said) = evidence(&["verify", "--data", text(&data)]);
    assert!(code == 0 && said.contains("2 manifests, 0 files"), "{said}");
}

#[test]
fn what_is_held_stays_and_what_is_not_goes_when_its_time_comes() {
    let records = Records::of(SAMPLE);
    let (held, other) = (&records.incidents[0], &records.incidents[1]);
    let (code, said) = records.evidence(&["hold", held, "--reason", "a court asks"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = records.evidence(&["release", other, "--reason", "nobody asks"]);
    assert!(code == 2 && said.contains("is not held"), "{said}");
    let (code, said) = records.evidence(&["hold", held, "--reason", " "]);
    assert_eq!(code, 2, "{said}");
    // Ten years pass.
    records.tamper(&[
        "UPDATE incident SET tracked_us = tracked_us - 315576000000000",
        "UPDATE stream_end SET ended_us = ended_us - 315576000000000",
    ]);
    let clip = Clip::default().make(records.data().parent().unwrap(), "other.mp4");
    let (code, _, log) = watch(&records.data(), &[text(&clip)]);
    assert_eq!(code, 0, "{log}");
    let line = "evidence that was kept for long enough is removed";
    let line = log
        .lines()
        .find(|logged| logged.contains(line))
        .expect(&log);
    assert!(line.contains("incidents=1"), "{line}");
    let (mut served, address) = Watch::serve(&records.data(), &[]);
    let metrics = Api::at(&address).get("/metrics").text;
    assert!(metrics.contains("waylay_evidence_failing 0"), "{metrics}");
    assert!(
        metrics.contains("waylay_evidence_lost_total 0"),
        "{metrics}"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let (code, said) = records.evidence(&["verify"]);
    assert_eq!(code, 0, "{said}");
    let kept = records
        .events
        .iter()
        .filter(|event| event["data"]["incident"] == **held);
    let kept: Vec<_> = kept
        .flat_map(|event| event["data"]["evidence"].as_array().unwrap())
        .collect();
    assert!(!kept.is_empty());
    for file in kept {
        let path = records
            .data()
            .join("evidence")
            .join(file["path"].as_str().unwrap());
        assert!(path.exists(), "{path:?}");
    }
    let manifests = records.manifests();
    let manifests = manifests
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap());
    let tombstones: Vec<_> = manifests
        .filter(|manifest| manifest["kind"] == "tombstone")
        .collect();
    assert_eq!(tombstones.len(), 1);
    assert_eq!(tombstones[0]["incident"], **other);
    // A bundle of it says so, and is whole.
    let bundle = records.export();
    let (code, said) = records.verify(&bundle);
    assert_eq!(code, 0, "{said}");
    let (code, said) = records.evidence(&["hold", other, "--reason", "too late"]);
    assert!(code == 2 && said.contains("kept no more"), "{said}");
}
