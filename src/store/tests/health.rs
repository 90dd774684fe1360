//! Records that cannot be written for a while.

use super::super::*;
use crate::wire::event::tests::event;

const LONG: Duration = Duration::from_mins(1);

async fn store(folder: &tempfile::TempDir, patience: Duration, stop: &Stop) -> Store {
    let path = folder.path().join("waylay.sqlite");
    let store = Store::open(&path).await.unwrap();
    store.enduring(patience, stop.clone())
}

/// Whether anything can be written, as where the file system has become read-only.
async fn allow(store: &Store, is_allowed: bool) {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(store.pool.acquire().await.unwrap());
    }
    for connection in &mut connections {
        let pragma = if is_allowed {
            "PRAGMA query_only = 0"
        } else {
            "PRAGMA query_only = 1"
        };
        sqlx::query(pragma)
            .execute(&mut **connection)
            .await
            .unwrap();
    }
}

fn entry(number: u32) -> Entry<'static> {
    Entry {
        event: event("a", number),
        recorded_us: 1,
        endpoints: vec!["ops".into()],
    }
}

/// Records an event beside the test.
fn recording(store: &Store) -> tokio::task::JoinHandle<Result<(), StoreError>> {
    let store = store.clone();
    tokio::spawn(async move { store.append(&mut [entry(1)]).await })
}

async fn failing(health: &Health) {
    while !health.is_failing() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_held_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder, LONG, &Stop::new()).await;
    let health = store.health();
    allow(&store, false).await;
    let recorded = recording(&store);
    failing(&health).await;
    assert!(store.events().await.unwrap().is_empty());
    allow(&store, true).await;
    recorded.await.unwrap().unwrap();
    assert_eq!(store.events().await.unwrap().len(), 1);
    assert_eq!(store.due("ops", 1, 9).await.unwrap().len(), 1);
    assert!(!health.is_failing() && health.failed() > 0);
}

#[tokio::test]
async fn patience_ends_and_a_stop_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let hasty = store(&folder, Duration::from_millis(20), &Stop::new()).await;
    allow(&hasty, false).await;
    assert!(recording(&hasty).await.unwrap().is_err());
    assert_eq!(hasty.health().failed(), 2, "it was tried again");
    assert!(hasty.health().is_failing());

    let folder = tempfile::tempdir().unwrap();
    let stop = Stop::new();
    let patient = store(&folder, LONG, &stop).await;
    allow(&patient, false).await;
    let recorded = recording(&patient);
    failing(&patient.health()).await;
    stop.ask();
    assert!(recorded.await.unwrap().is_err());
}

#[tokio::test]
async fn what_will_not_pass_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder, LONG, &Stop::new()).await;
    sqlx::query("DROP TABLE outbox")
        .execute(&store.pool)
        .await
        .unwrap();
    assert!(store.append(&mut [entry(1)]).await.is_err());
    assert_eq!(store.health().failed(), 0, "it is no fault of the disk");
    let lone = Store::open(&folder.path().join("other.sqlite"))
        .await
        .unwrap();
    allow(&lone, false).await;
    assert!(
        lone.append(&mut [entry(1)]).await.is_err(),
        "who does not endure"
    );
}
