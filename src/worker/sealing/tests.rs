mod keeping;
mod removing;
mod stamping;

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::detect::{Point, Reader, Symbol, SymbolKind};
use crate::evidence::chain::{self, Kept, Walk};
use crate::frame::Frame;
use crate::ids::{Seed, sha256};
use crate::policy::{Context, Policy};
use crate::store::{Entry, ManifestRow, NONE_BEFORE};
use crate::track::{self, Change, Coverage, Sighting, Tracker};
use crate::wire::event::{Event, EvidenceData};

const DAY_US: i64 = 86_400_000_000;
/// When the incidents of these tests are recorded: long ago.
const THEN_US: i64 = 1_700_000_000_000_000;

struct Fixture {
    data: TempDir,
    store: Store,
    sealer: Sealer,
}

impl Fixture {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(&data.path().join("waylay.sqlite"))
            .await
            .unwrap();
        let key = SigningKey::read_or_make(&data.path().join("signing.key")).unwrap();
        let folder = Folder::new(data.path().join("evidence"));
        let sealer = Sealer::new(
            store.clone(),
            folder,
            key,
            Clock::system(),
            Retention::default(),
        );
        Self {
            data,
            store,
            sealer,
        }
    }

    /// Records an incident of `stream` that has `file`, with as many of its events as `most`; its id.
    async fn record(&self, stream: &str, file: &str, most: usize) -> String {
        let mut id = String::new();
        for (at, change) in changes(stream).iter().take(most).enumerate() {
            let evidence = vec![EvidenceData {
                kind: "clean_frame",
                path: file.to_owned(),
                sha256: sha256(b"frame"),
                bytes: 5,
                media_ms: 0,
            }];
            let event = Event::new(stream, change, &Coverage::default(), evidence);
            id.clone_from(&event.data.incident);
            let entry = Entry {
                event,
                recorded_us: THEN_US + at as i64,
                endpoints: Vec::new(),
            };
            self.store.append(&mut [entry]).await.unwrap();
        }
        let path = self.file(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "frame").unwrap();
        id
    }

    /// What has nothing to do with the store's own connections.
    async fn pool(&self) -> sqlx::SqlitePool {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(self.data.path().join("waylay.sqlite"));
        sqlx::SqlitePool::connect_with(options).await.unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.data.path().join("evidence").join(name)
    }

    async fn chain(&self) -> Vec<ManifestRow> {
        let rows = self.store.manifests_after(0, 1_000).await.unwrap();
        let mut walk = Walk::after(0, NONE_BEFORE);
        for row in &rows {
            let signature = STANDARD.decode(&row.signature).unwrap();
            let kept = Kept {
                name: "m",
                text: row.manifest.as_bytes(),
                signature: &signature,
            };
            let events = self.store.events_of(&row.incident).await.unwrap();
            let events: Vec<_> = events
                .into_iter()
                .map(|e| (Some(e.recorded_us), e.event))
                .collect();
            let (manifest, findings) =
                chain::read(kept, &self.sealer.key.public(), &|_| events.clone());
            assert_eq!(findings, []);
            let hash = sha256(row.manifest.as_bytes());
            assert_eq!(walk.step("m", &manifest.unwrap(), hash), (true, None));
        }
        rows
    }

    async fn kinds(&self) -> Vec<String> {
        self.chain().await.into_iter().map(|row| row.kind).collect()
    }
}

/// A code that nobody could read: located, updated, and ended.
pub(in crate::worker) fn changes(seed: &str) -> Vec<Change> {
    let settings = track::Settings {
        gap_ms: 10_000,
        update_ms: 1_000,
        prompt_reads: 3,
    };
    let mut tracker = Tracker::new(Seed::from_parts(&[seed.as_bytes()]), settings);
    let mut changes = Vec::new();
    for second in 0..3 {
        let frame = Frame {
            sequence: second,
            media_ms: second as i64 * 1_000,
            arrived_us: None,
            width: 640,
            height: 360,
        };
        let corners =
            [(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)].map(|(x, y)| Point { x, y });
        let sighting = Sighting {
            verdict: Policy::default().judge_undecoded(&Context::default()),
            symbol: Symbol {
                kind: SymbolKind::Qr,
                bytes: None,
                corners,
                read_by: Reader::Rqrr,
                confirmed_by: None,
                part: None,
                unread: None,
                hash: None,
                joined: None,
                soft: None,
            },
            reading: None,
        };
        changes.extend(tracker.observe(&frame, vec![sighting]).changes);
    }
    changes.extend(tracker.finish());
    assert!(changes.len() >= 2, "{changes:?}");
    changes
}

#[tokio::test]
async fn what_has_ended_is_sealed_once() {
    let fixture = Fixture::new().await;
    for stream in ["a", "b"] {
        fixture.record(stream, &format!("{stream}/x.jpg"), 9).await;
    }
    assert_eq!(fixture.sealer.seal().await.unwrap(), 2);
    assert_eq!(fixture.sealer.seal().await.unwrap(), 0);
    let chain = fixture.chain().await;
    assert_eq!(chain.len(), 2);
    let manifest: Manifest = serde_json::from_str(&chain[1].manifest).unwrap();
    let Content::Sealed(sealed) = manifest.content else {
        panic!("{}", chain[1].manifest);
    };
    assert_eq!((sealed.state.as_str(), sealed.files.len()), ("ended", 1));
}

/// They are tried first each time, since they changed first.
#[tokio::test]
async fn what_cannot_be_read_holds_nothing_up() {
    let fixture = Fixture::new().await;
    let broken = AT_ONCE as usize + 1;
    for n in 0..broken {
        fixture.record(&format!("broken-{n}"), "x.jpg", 9).await;
    }
    let pool = fixture.pool().await;
    sqlx::raw_sql(
        "DROP TRIGGER incident_event_is_not_changed; UPDATE incident_event SET event = '{'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for n in 0..=AT_ONCE {
        fixture.record(&format!("whole-{n}"), "y.jpg", 9).await;
    }
    sqlx::query("UPDATE incident SET changed_us = changed_us + 1000 WHERE id IN (SELECT incident FROM incident_event WHERE event <> '{')")
        .execute(&pool)
        .await
        .unwrap();
    let whole = AT_ONCE as usize + 1;
    assert_eq!(fixture.sealer.seal().await.unwrap(), whole);
    assert_eq!(fixture.sealer.seal().await.unwrap(), 0);
    assert_eq!(fixture.chain().await.len(), whole);
}

#[tokio::test]
async fn two_programs_make_one_chain() {
    let fixture = Fixture::new().await;
    for n in 0..20 {
        fixture
            .record(&format!("s{n}"), &format!("s{n}/x.jpg"), 9)
            .await;
    }
    let store = Store::open(&fixture.data.path().join("waylay.sqlite"))
        .await
        .unwrap();
    let key = SigningKey::read(&fixture.data.path().join("signing.key")).unwrap();
    let folder = Folder::new(fixture.data.path().join("evidence"));
    let other = Sealer::new(store, folder, key, Clock::system(), Retention::default());
    let (one, two) = tokio::join!(fixture.sealer.seal(), other.seal());
    assert_eq!(one.unwrap() + two.unwrap(), 20);
    assert_eq!(fixture.chain().await.len(), 20);
}

/// One that is open is not sealed, unless nothing was recorded of it for a day: whoever saw it is gone.
#[tokio::test]
async fn what_a_crash_left_open_is_sealed_and_again_where_it_goes_on() {
    let fixture = Fixture::new().await;
    let id = fixture.record("a", "a/x.jpg", 1).await;
    let build = |head: &Head, whole: &Whole| fixture.sealer.sealed(head, whole, THEN_US);
    let sealed = fixture
        .store
        .seal(64, THEN_US, THEN_US, build)
        .await
        .unwrap();
    assert_eq!(sealed, 0, "it was recorded at this moment");
    assert_eq!(fixture.sealer.seal().await.unwrap(), 1);
    assert!(
        fixture.chain().await[0]
            .manifest
            .contains("\"state\":\"open\"")
    );
    // A file that was stopped midway and is watched again.
    assert_eq!(fixture.record("a", "a/x.jpg", 9).await, id);
    assert_eq!(fixture.sealer.seal().await.unwrap(), 1);
    assert!(
        fixture.chain().await[1]
            .manifest
            .contains("\"state\":\"ended\"")
    );
}

#[tokio::test]
async fn manifests_are_appended_and_never_changed() {
    let fixture = Fixture::new().await;
    fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    let pool = fixture.pool().await;
    for statement in ["UPDATE manifest SET manifest = ''", "DELETE FROM manifest"] {
        let refused = sqlx::query(statement).execute(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}
