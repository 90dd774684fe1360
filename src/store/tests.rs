mod health;
mod outbox;

use super::*;
use crate::detect::{Point, Reader, Symbol, SymbolKind};
use crate::frame::Frame;
use crate::ids::Seed;
use crate::payload;
use crate::policy::{Context, Policy};
use crate::track::{Change, Coverage, Reading, Settings, Sighting, Tracker};

/// The changes of two incidents: one read at once, one read only after it was located.
fn changes() -> Vec<Change> {
    let settings = Settings {
        gap_ms: 10_000,
        update_ms: 2_000,
        prompt_reads: 3,
    };
    let mut tracker = Tracker::new(Seed::from_parts(&[b"store"]), settings);
    let mut changes = Vec::new();
    for second in 0..5 {
        let frame = Frame {
            sequence: second,
            media_ms: second as i64 * 1_000,
            arrived_us: None,
            width: 640,
            height: 360,
        };
        let late = (second >= 3).then_some("https://late.example");
        let sightings = vec![
            sighting(Some("https://shop.example"), 0.0),
            sighting(late, 300.0),
        ];
        changes.extend(tracker.observe(&frame, sightings).changes);
    }
    changes.extend(tracker.finish());
    changes
}

fn sighting(text: Option<&str>, x: f32) -> Sighting {
    let reading = text.map(|text| Reading::new(payload::parse_str(text)));
    let policy = Policy::default();
    let corners =
        [(x, 0.0), (x + 90.0, 0.0), (x + 90.0, 90.0), (x, 90.0)].map(|(x, y)| Point { x, y });
    Sighting {
        verdict: match &reading {
            Some(reading) => {
                policy.judge(&reading.payload, &reading.destination, &Context::default())
            }
            None => policy.judge_undecoded(&Context::default()),
        },
        symbol: Symbol {
            kind: SymbolKind::Qr,
            bytes: text.map(|text| text.as_bytes().to_vec()),
            corners,
            read_by: Reader::Rqrr,
            confirmed_by: None,
            part: None,
            unread: None,
            hash: None,
            joined: None,
            soft: None,
        },
        reading,
    }
}

fn evidence() -> Vec<EvidenceData> {
    vec![EvidenceData {
        kind: "clean_frame",
        path: "s/i/0.jpg".to_owned(),
        sha256: "00".to_owned(),
        bytes: 1,
        media_ms: 0,
    }]
}

async fn filled(folder: &Path) -> (Store, Vec<Change>) {
    let store = Store::open(&folder.join("waylay.sqlite")).await.unwrap();
    let changes = changes();
    for (at, change) in (1..).zip(&changes) {
        let mut entries = [entry(change, evidence(), at)];
        store.append(&mut entries).await.unwrap();
    }
    (store, changes)
}

fn entry(change: &Change, evidence: Vec<EvidenceData>, recorded_us: i64) -> Entry<'_> {
    Entry {
        event: Event::new("s", change, &Coverage::default(), evidence),
        recorded_us,
        endpoints: Vec::new(),
    }
}

#[tokio::test]
async fn the_incident_is_the_fold_of_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let (store, changes) = filled(folder.path()).await;
    assert_eq!(store.events().await.unwrap().len(), changes.len());
    let incidents = store.incidents().await.unwrap();
    assert_eq!(incidents.len(), 2);
    for row in incidents {
        let last = changes
            .iter()
            .rfind(|change| change.incident.id.to_string() == row.id)
            .unwrap();
        let expected = IncidentRow {
            id: row.id.clone(),
            stream: "s".to_owned(),
            sequence: i64::from(last.sequence),
            state: "ended".to_owned(),
            destination: last
                .incident
                .reading
                .as_ref()
                .map(|reading| reading.destination.key.clone()),
            class: "off_platform".to_owned(),
            last_seen_ms: 4_000,
            sightings: i64::from(last.incident.sightings),
        };
        assert_eq!(row, expected);
    }
}

/// The log counts the events of each incident, whatever their ids say, and each event says its number.
#[tokio::test]
async fn the_store_counts_the_events_of_an_incident() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("waylay.sqlite"))
        .await
        .unwrap();
    let changes = changes();
    let mut entries: Vec<_> = changes.iter().map(|c| entry(c, vec![], 1)).collect();
    // As an event of another kind would be called.
    entries[1].event.id = "other".to_owned();
    store.append(&mut entries).await.unwrap();
    let mut last = std::collections::HashMap::new();
    let recorded = store.events().await.unwrap();
    assert_eq!(recorded.len(), entries.len());
    for (entry, json) in entries.iter().zip(recorded) {
        let sequence: &mut i64 = last.entry(&entry.event.data.incident).or_default();
        *sequence += 1;
        assert_eq!(entry.event.data.sequence, *sequence);
        assert_eq!(serde_json::to_string(&entry.event).unwrap(), json);
    }
}

#[tokio::test]
async fn a_batch_is_kept_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("waylay.sqlite"))
        .await
        .unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&store.pool).await.unwrap();
    let changes = changes();
    let mut entries: Vec<_> = changes.iter().map(|c| entry(c, evidence(), 1)).collect();
    entries[2].endpoints = vec!["ops".into()];
    store.append(&mut entries).await.unwrap_err();
    assert!(store.events().await.unwrap().is_empty());
    assert!(store.incidents().await.unwrap().is_empty());
}

#[tokio::test]
async fn in_older_records_an_incident_is_as_old_as_its_own_last_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waylay.sqlite");
    let options = SqliteConnectOptions::new().filename(&path);
    let options = options.create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    MIGRATIONS.run_to(8, &pool).await.unwrap();
    let events = "INSERT INTO incident_event (id, incident, sequence, type, recorded_us, event)
        VALUES ('1', 'a', 1, 'waylay.incident.opened.v1', 5, '{}'), ('2', 'a', 2, 'waylay.incident.ended.v1', 7, '{}'),
               ('3', 'a', 3, 'waylay.review.noted.v1', 90, '{}')";
    sqlx::query(events).execute(&pool).await.unwrap();
    let incidents =
        "INSERT INTO incident (id, stream, sequence, state, decoded, class, severity, policy, first_seen_ms,
                               last_seen_ms, visible_ms, sightings, opened_us, changed_us)
         VALUES ('a', 's', 3, 'ended', 0, 'unknown', 'low', 'p@1', 0, 0, 0, 1, 5, 90),
                ('b', 's', 1, 'ended', 0, 'unknown', 'low', 'p@1', 0, 0, 0, 1, 6, 80)";
    sqlx::query(incidents).execute(&pool).await.unwrap();
    pool.close().await;
    let store = Store::open(&path).await.unwrap();
    let since = sqlx::query_scalar("SELECT tracked_us FROM incident ORDER BY id");
    let since: Vec<i64> = since.fetch_all(&store.pool).await.unwrap();
    assert_eq!(
        since,
        [7, 80],
        "what no event is known of, by its last change"
    );
}

#[tokio::test]
async fn older_records_are_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waylay.sqlite");
    let options = SqliteConnectOptions::new().filename(&path);
    let options = options.create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    MIGRATIONS.run_to(2, &pool).await.unwrap();
    let rows = "INSERT INTO incident_event (position, incident, sequence, type, recorded_us, event)
        VALUES (3, 'a', 1, 't', 5, '{}'), (7, 'b', 1, 't', 6, '{}'), (9, 'a', 2, 't', 7, '{\"a\":2}')";
    sqlx::query(rows).execute(&pool).await.unwrap();
    pool.close().await;

    let store = Store::open(&path).await.unwrap();
    let events: Vec<(i64, String, String, i64, String)> = sqlx::query_as(
        "SELECT position, id, incident, sequence, event FROM incident_event ORDER BY position",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap();
    let row = |position, id: &str, incident: &str, sequence, event: &str| {
        (
            position,
            id.to_owned(),
            incident.to_owned(),
            sequence,
            event.to_owned(),
        )
    };
    assert_eq!(
        events,
        [
            row(3, "a.1", "a", 1, "{}"),
            row(7, "b.1", "b", 1, "{}"),
            row(9, "a.2", "a", 2, "{\"a\":2}"),
        ]
    );
    let change = "DELETE FROM incident_event";
    sqlx::query(change).execute(&store.pool).await.unwrap_err();
}

#[tokio::test]
async fn events_are_appended_and_never_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = filled(folder.path()).await;
    let before = store.events().await.unwrap();
    for statement in [
        "UPDATE incident_event SET event = ''",
        "DELETE FROM incident_event",
    ] {
        let refused = sqlx::query(statement)
            .execute(&store.pool)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(store.events().await.unwrap(), before);
}

#[tokio::test]
async fn an_event_that_is_there_already_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, changes) = filled(folder.path()).await;
    let (events, incidents) = (
        store.events().await.unwrap(),
        store.incidents().await.unwrap(),
    );
    let mut again = [entry(&changes[2], vec![], 999)];
    store.append(&mut again).await.unwrap();
    assert_eq!(store.events().await.unwrap(), events);
    let expected = changes[..=2]
        .iter()
        .filter(|change| change.incident.id == changes[2].incident.id)
        .count();
    assert_eq!(
        again[0].event.data.sequence, expected as i64,
        "it is told as it is on record"
    );
    assert_eq!(
        store.incidents().await.unwrap(),
        incidents,
        "an old event does not turn the incident back"
    );
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM evidence")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(
        kept, 2,
        "one file of each incident, though every event names it"
    );
}

#[tokio::test]
async fn records_outlive_the_program_that_made_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = filled(folder.path()).await;
    let events = store.events().await.unwrap();
    store.close().await;
    let again = Store::open(&folder.path().join("waylay.sqlite"))
        .await
        .unwrap();
    assert_eq!(again.events().await.unwrap(), events);
}

#[tokio::test]
async fn two_writers_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waylay.sqlite");
    let stores = [
        Store::open(&path).await.unwrap(),
        Store::open(&path).await.unwrap(),
    ];
    let mut writers = Vec::new();
    for (at, store) in stores.iter().cloned().enumerate() {
        writers.push(tokio::spawn(async move {
            for change in changes() {
                let mut entry = entry(&change, vec![], 1);
                entry.event.data.incident = format!("{at}-{}", entry.event.data.incident);
                entry.event.id = format!("{at}-{}", entry.event.id);
                store.append(&mut [entry]).await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(stores[0].incidents().await.unwrap().len(), 4);
}

#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("records.sqlite"))
        .await
        .unwrap();
    let row = StreamRow {
        id: "a".to_owned(),
        url: "rtmp://a.example/live/s3cret".to_owned(),
        labels: "[]".to_owned(),
        registry: None,
        policy: None,
    };
    store.put_stream(&row, 1).await.unwrap();
    assert_eq!(store.streams().await.unwrap(), [row]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", file.file_name());
    }
    store.close().await;
}

fn ban(id: &str, until_us: i64) -> crate::ban::Ban {
    crate::ban::Ban {
        id: id.to_owned(),
        server: "edge".to_owned(),
        key: crate::ban::StreamKey::new("live", "s3cret"),
        stream: "edge-live-room".to_owned(),
        publisher: Some("7".to_owned()),
        reason: "test".to_owned(),
        by: "api".to_owned(),
        created_us: until_us - 10,
        until_us,
    }
}

#[tokio::test]
async fn bans_end_are_lifted_once_and_stay_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waylay.sqlite");
    let store = Store::open(&path).await.unwrap();
    for (id, until_us) in [("a", 100), ("b", 200), ("c", 300)] {
        store.add_ban(&ban(id, until_us)).await.unwrap();
    }
    assert!(store.add_ban(&ban("a", 400)).await.is_err());
    let ids = |rows: Vec<BanRow>| rows.into_iter().map(|row| row.ban.id).collect::<Vec<_>>();
    assert_eq!(ids(store.bans_in_force(99).await.unwrap()), ["c", "b", "a"]);
    assert_eq!(ids(store.bans_in_force(100).await.unwrap()), ["c", "b"]);
    assert!(store.lift_ban("b", "somebody", 150).await.unwrap());
    assert!(!store.lift_ban("b", "somebody else", 160).await.unwrap());
    assert!(!store.lift_ban("a", "somebody", 150).await.unwrap(), "over");
    assert!(!store.lift_ban("x", "somebody", 150).await.unwrap());
    store.close().await;

    let store = Store::open(&path).await.unwrap();
    let rows = store.bans_in_force(150).await.unwrap();
    assert_eq!(rows[0].ban, ban("c", 300));
    assert_eq!(rows.len(), 1);
    let all = store.bans().await.unwrap();
    assert_eq!(all.len(), 3);
    let lifted = &all[1];
    assert_eq!(
        (lifted.lifted_us, lifted.lifted_by.as_deref()),
        (Some(150), Some("somebody"))
    );
    for statement in [
        "DELETE FROM ban",
        "UPDATE ban SET until_us = 0",
        "UPDATE ban SET reason = ''",
        "UPDATE ban SET lifted_us = NULL WHERE id = 'b'",
    ] {
        let refused = sqlx::query(statement).execute(&store.pool).await;
        assert!(
            refused.unwrap_err().to_string().contains("a ban"),
            "{statement}"
        );
    }
    assert_eq!(store.bans().await.unwrap(), all);
}
