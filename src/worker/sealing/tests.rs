mod removing;

use std::fs;

use serde::Serialize;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::detect::{Point, Reader, Symbol, SymbolKind};
use crate::evidence::chain::{self, Kept, Walk};
use crate::frame::Frame;
use crate::ids::{Seed, sha256};
use crate::policy::{Context, Policy};
use crate::store::{Entry, ManifestRow, NONE_BEFORE, Post};
use crate::track::{self, Change, Coverage, Sighting, Tracker};
use crate::wire::envelope::{Envelope, Told, Traits};
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
async fn what_was_kept_for_long_enough_is_removed_and_a_tombstone_says_so() {
    let fixture = Fixture::new().await;
    let id = fixture.record("a", "a/x.jpg", 9).await;
    let sixty_us = THEN_US + 60 * DAY_US;
    assert_eq!(
        fixture.sealer.sweep(sixty_us + DAY_US, &[]).await.unwrap(),
        0,
        "it is not sealed yet"
    );
    fixture.sealer.seal().await.unwrap();
    assert_eq!(
        fixture.sealer.sweep(sixty_us - DAY_US, &[]).await.unwrap(),
        0
    );
    assert!(fixture.file("a/x.jpg").exists());
    assert_eq!(
        fixture.sealer.sweep(sixty_us + DAY_US, &[]).await.unwrap(),
        1
    );
    assert!(!fixture.file("a").exists());
    assert_eq!(
        fixture
            .sealer
            .sweep(sixty_us + 2 * DAY_US, &[])
            .await
            .unwrap(),
        0
    );
    let chain = fixture.chain().await;
    assert_eq!(chain.len(), 2);
    let manifest: Manifest = serde_json::from_str(&chain[1].manifest).unwrap();
    assert_eq!(manifest.incident, id);
    let Content::Tombstone(tombstone) = manifest.content else {
        panic!("{}", chain[1].manifest);
    };
    assert_eq!(
        (tombstone.kept.as_str(), tombstone.from_end_of.as_str()),
        ("60d", "incident")
    );
    assert_eq!(
        (tombstone.files[0].path.as_str(), &tombstone.files[0].sha256),
        ("a/x.jpg", &sha256(b"frame"))
    );
}

#[tokio::test]
async fn it_is_kept_from_the_end_of_its_stream() {
    let fixture = Fixture::new().await;
    fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    // Of another stream, of an earlier broadcast, of its own, of a later one.
    for (stream, day) in [("b", 1), ("a", -5), ("a", 10), ("a", 20)] {
        fixture
            .store
            .put_stream_end(stream, THEN_US + day * DAY_US)
            .await
            .unwrap();
    }
    let end_us = THEN_US + 10 * DAY_US;
    assert_eq!(
        fixture
            .sealer
            .sweep(end_us + 60 * DAY_US - 1, &[])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        fixture
            .sealer
            .sweep(end_us + 60 * DAY_US, &[])
            .await
            .unwrap(),
        1
    );
    assert!(
        fixture.chain().await[1]
            .manifest
            .contains("\"from_end_of\":\"stream\"")
    );
}

/// What is told of an incident beside what happens in it.
#[derive(Serialize)]
struct Note {
    incident: String,
    sequence: i64,
}

impl Told for Note {
    fn subject(&self) -> &str {
        &self.incident
    }

    fn number(&mut self, sequence: i64) {
        self.sequence = sequence;
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn traits(&self) -> Traits<'_> {
        Traits::default()
    }
}

#[tokio::test]
async fn what_is_said_of_it_later_keeps_it_no_longer() {
    let fixture = Fixture::new().await;
    let ids = [
        fixture.record("a", "a/x.jpg", 9).await,
        fixture.record("b", "b/x.jpg", 9).await,
    ];
    let end_us = THEN_US + DAY_US;
    fixture.store.put_stream_end("a", end_us).await.unwrap();
    for incident in &ids {
        let note = Note {
            incident: incident.clone(),
            sequence: 0,
        };
        let kind = "waylay.review.noted.v1";
        let id = format!("note-{incident}");
        let post = Post {
            event: Envelope::told(id, kind, "a", String::new(), note),
            recorded_us: THEN_US + 59 * DAY_US,
            endpoints: Vec::new(),
        };
        fixture.store.tell(&mut [post]).await.unwrap();
    }
    assert_eq!(fixture.sealer.seal().await.unwrap(), 2);
    let late_us = end_us + 60 * DAY_US;
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 2);
    let mut begins = Vec::new();
    for row in &fixture.chain().await[2..] {
        let manifest: Manifest = serde_json::from_str(&row.manifest).unwrap();
        let Content::Tombstone(tombstone) = manifest.content else {
            panic!("{}", row.manifest);
        };
        begins.push((manifest.incident, tombstone.from_end_of, tombstone.from));
    }
    let last_us = THEN_US + changes("b").len() as i64 - 1;
    let expected = [
        (ids[1].clone(), "incident".to_owned(), time(last_us)),
        (ids[0].clone(), "stream".to_owned(), time(end_us)),
    ];
    assert_eq!(begins, expected);
}

/// Of a stream that goes on nobody knows the end yet, however long ago something was in it.
#[tokio::test]
async fn what_is_of_a_stream_that_goes_on_is_kept() {
    let fixture = Fixture::new().await;
    for stream in ["a", "b"] {
        fixture.record(stream, &format!("{stream}/x.jpg"), 9).await;
    }
    fixture.sealer.seal().await.unwrap();
    let late_us = THEN_US + 1_000 * DAY_US;
    let going = ["a".to_owned()];
    let swept = fixture.sealer.sweep(late_us, &going).await;
    assert_eq!(swept.unwrap(), 1);
    assert!(fixture.file("a/x.jpg").exists() && !fixture.file("b/x.jpg").exists());
    // An earlier broadcast of it has ended.
    let end_us = THEN_US + DAY_US;
    fixture.store.put_stream_end("a", end_us).await.unwrap();
    let swept = fixture.sealer.sweep(late_us, &going).await;
    assert_eq!(swept.unwrap(), 1);
}

/// Most of the time none is missing, and that is known without a look at all of them.
#[tokio::test]
async fn what_has_its_time_stamp_is_not_looked_at_again() {
    let mut fixture = Fixture::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let authority = Authority::new(url.parse().unwrap()).unwrap();
    fixture.sealer = fixture.sealer.stamped_by(authority);
    let (store, sealer) = (&fixture.store, &fixture.sealer);
    for stream in ["a", "b"] {
        fixture.record(stream, &format!("{stream}/x.jpg"), 9).await;
    }
    sealer.seal().await.unwrap();
    store.put_time_stamp(1, b"stamp").await.unwrap();
    assert!(sealer.stamp().await.is_err(), "nobody gives one");
    assert_eq!(sealer.stamped.load(Relaxed), 0);
    store.put_time_stamp(2, b"stamp").await.unwrap();
    sealer.stamp().await.unwrap();
    assert_eq!(sealer.stamped.load(Relaxed), 2);
    fixture.record("c", "c/x.jpg", 9).await;
    sealer.seal().await.unwrap();
    assert!(sealer.stamp().await.is_err());
    assert_eq!(sealer.stamped.load(Relaxed), 2);
    let missing = |after| async move {
        let missing = store.unstamped(after, 9).await.unwrap();
        missing.into_iter().map(|(position, _)| position).collect()
    };
    sqlx::query("DELETE FROM time_stamp")
        .execute(&fixture.pool().await)
        .await
        .unwrap();
    let after_two: Vec<i64> = missing(2).await;
    let all: Vec<i64> = missing(0).await;
    assert_eq!((after_two, all), (vec![3], vec![3, 2, 1]));
}

#[tokio::test]
async fn an_end_that_cannot_be_kept_is_kept_later() {
    let fixture = Fixture::new().await;
    let pool = fixture.pool().await;
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON stream_end BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&pool).await.unwrap();
    let mut streams = Streams::new(0);
    let live = ["a".to_owned(), "b".to_owned()];
    let (sealer, mut turns) = (&fixture.sealer, Turns::new(0));
    let first = sealer.tick(&mut streams, Some(&live), &mut turns);
    first.await.unwrap();
    let broken = sealer.tick(&mut streams, Some(&[]), &mut turns);
    broken.await.unwrap_err();
    sqlx::query("DROP TRIGGER full")
        .execute(&pool)
        .await
        .unwrap();
    let again = sealer.tick(&mut streams, Some(&[]), &mut turns);
    again.await.unwrap();
    let ended = sqlx::query_scalar("SELECT stream FROM stream_end ORDER BY stream");
    let ended: Vec<String> = ended.fetch_all(&pool).await.unwrap();
    assert_eq!(ended, live);
}

/// An authority that takes a request and says nothing.
#[tokio::test]
async fn an_authority_that_says_nothing_holds_nobody_up() {
    let mut fixture = Fixture::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let authority = Authority::new(url.parse().unwrap()).unwrap();
    fixture.sealer = fixture.sealer.stamped_by(authority);
    fixture.record("a", "a/x.jpg", 9).await;
    let stop = Stop::new();
    let running = fixture.sealer.clone();
    let running = tokio::spawn(running.run(None, Duration::ZERO, stop.clone()));
    let (_asked, _) = listener.accept().await.unwrap();
    fixture.record("b", "b/x.jpg", 9).await;
    let soon = Duration::from_secs(8);
    let both = timeout(soon, async {
        while fixture.chain().await.len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    });
    both.await.expect("sealed while it is asked");
    stop.ask();
    timeout(soon, running).await.expect("it ends").unwrap();
    let finished = timeout(soon, fixture.sealer.finish(Vec::new())).await;
    finished.expect("it is not waited for").unwrap();
}

#[test]
fn a_stream_has_ended_when_it_does_not_come_back() {
    let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let mut streams = Streams::new(10);
    assert!(streams.ended(&ids(&["a", "b"]), 0).is_empty());
    assert!(streams.ended(&ids(&["b"]), 5).is_empty());
    assert!(
        streams.ended(&ids(&["a", "b"]), 14).is_empty(),
        "it came back"
    );
    assert!(streams.ended(&ids(&["b"]), 20).is_empty());
    assert_eq!(streams.ended(&ids(&["b"]), 30), ["a"]);
    assert_eq!(streams.ended(&ids(&["b"]), 31), ["a"], "nobody kept it");
    streams.forget("a");
    assert!(streams.ended(&ids(&["b"]), 99).is_empty(), "it ends once");
    assert_eq!(streams.left(), ["b"]);
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
