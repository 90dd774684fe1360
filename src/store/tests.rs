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
        store
            .append(
                &Event::new("s", change, &Coverage::default(), evidence()),
                at,
            )
            .await
            .unwrap();
    }
    (store, changes)
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
    store
        .append(
            &Event::new("s", &changes[0], &Coverage::default(), vec![]),
            999,
        )
        .await
        .unwrap();
    assert_eq!(store.events().await.unwrap(), events);
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
                let mut event = Event::new("s", &change, &Coverage::default(), vec![]);
                event.data.incident = format!("{at}-{}", event.data.incident);
                store.append(&event, 1).await.unwrap();
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
