//! The outbox.

use super::super::*;
use crate::wire::event::tests::event;

async fn store(folder: &tempfile::TempDir) -> Store {
    let path = folder.path().join("waylay.sqlite");
    Store::open(&path).await.unwrap()
}

/// Records these events, by their incident and number, for `endpoints`.
async fn record(store: &Store, events: &[(&str, u32)], endpoints: &[&str], at_us: i64) {
    let entry = |&(incident, number): &(&str, u32)| Entry {
        event: event(incident, number),
        recorded_us: at_us,
        endpoints: endpoints.iter().map(|&name| name.into()).collect(),
    };
    let mut entries: Vec<_> = events.iter().map(entry).collect();
    store.append(&mut entries).await.unwrap();
}

/// The events that are due, by their ids.
async fn due(store: &Store, endpoint: &str, now_us: i64) -> Vec<String> {
    let due = store.due(endpoint, now_us, 100).await.unwrap();
    due.into_iter().map(|due| due.event).collect()
}

/// Settles the delivery of `event` to `endpoint`.
async fn settle(store: &Store, endpoint: &str, event: &str, fate: Fate, now_us: i64) {
    let id = row(store, endpoint, event).await.unwrap().id;
    store.settle(&[(id, fate)], now_us).await.unwrap();
}

async fn row(store: &Store, endpoint: &str, event: &str) -> Option<DeliveryRow> {
    let all = Listed {
        endpoint: Some(endpoint),
        limit: 100,
        ..Listed::default()
    };
    let mut rows = store.deliveries(&all).await.unwrap().into_iter();
    rows.find(|row| row.event == event)
}

fn miss(status: Option<u16>) -> Miss {
    Miss {
        status,
        error: "it failed".to_owned(),
    }
}

#[tokio::test]
async fn what_is_due_is_the_oldest_of_each_incident() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1), ("b", 1), ("a", 2)], &["ops", "bi"], 10).await;
    record(&store, &[("a", 3), ("c", 1)], &["ops"], 20).await;
    assert!(due(&store, "ops", 9).await.is_empty());
    assert_eq!(due(&store, "ops", 10).await, ["a.1", "b.1"]);
    assert_eq!(due(&store, "ops", 20).await, ["a.1", "b.1", "c.1"]);
    assert_eq!(store.next_due("ops", 10).await.unwrap(), Some(20));
    assert_eq!(store.next_due("ops", 20).await.unwrap(), None);
    let recorded = store.events().await.unwrap();
    let first = store.due("ops", 10, 1).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].body, recorded[0], "it is sent as it was recorded");

    settle(&store, "ops", "a.1", Fate::Delivered, 30).await;
    assert_eq!(due(&store, "ops", 30).await, ["b.1", "c.1", "a.2"]);
    assert_eq!(
        due(&store, "bi", 30).await,
        ["a.1", "b.1"],
        "to each its own"
    );
    // What comes of an incident afterwards waits as well.
    record(&store, &[("a", 4)], &["ops"], 40).await;
    assert_eq!(due(&store, "ops", 40).await, ["b.1", "c.1", "a.2"]);
}

#[tokio::test]
async fn what_failed_waits_and_so_does_what_comes_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1), ("a", 2)], &["ops"], 10).await;
    settle(&store, "ops", "a.1", Fate::Again(50, miss(None)), 20).await;
    settle(&store, "ops", "a.1", Fate::Again(90, miss(Some(503))), 50).await;
    assert!(due(&store, "ops", 89).await.is_empty());
    assert_eq!(due(&store, "ops", 90).await, ["a.1"]);
    let row = row(&store, "ops", "a.1").await.unwrap();
    assert_eq!(
        (row.attempts, row.tried_us, row.changed_us),
        (2, Some(20), 50)
    );
    assert_eq!(row.last_status, Some(503));
    assert_eq!(row.last_error.as_deref(), Some("it failed"));
}

#[tokio::test]
async fn what_is_given_up_lets_the_next_one_through_and_can_be_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1), ("a", 2), ("a", 3)], &["ops"], 10).await;
    settle(&store, "ops", "a.1", Fate::Dead(miss(Some(410))), 20).await;
    assert_eq!(due(&store, "ops", 20).await, ["a.2"]);
    let dead = Listed {
        state: Some("dead"),
        limit: 10,
        ..Listed::default()
    };
    let listed = store.deliveries(&dead).await.unwrap();
    assert_eq!(listed.len(), 1);
    let id = listed[0].id;
    assert_eq!(listed[0].next_us, None);

    assert_eq!(store.replay(id, 30).await.unwrap(), Replayed::Done);
    assert_eq!(store.replay(id, 30).await.unwrap(), Replayed::Pending);
    assert_eq!(store.replay(99, 30).await.unwrap(), Replayed::Unknown);
    assert_eq!(
        due(&store, "ops", 30).await,
        ["a.1"],
        "it is the oldest again"
    );
    let row = row(&store, "ops", "a.1").await.unwrap();
    assert_eq!((row.attempts, row.tried_us), (0, None));
    // The younger one was on its way: what becomes of it does not take the turn.
    settle(&store, "ops", "a.2", Fate::Again(35, miss(None)), 31).await;
    assert_eq!(due(&store, "ops", 40).await, ["a.1"]);
    for event in ["a.1", "a.2", "a.3"] {
        assert_eq!(due(&store, "ops", 100).await, [event]);
        settle(&store, "ops", event, Fate::Delivered, 50).await;
    }
    assert!(store.queues().await.unwrap().is_empty(), "nothing is left");
}

#[tokio::test]
async fn all_of_one_endpoint_are_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1), ("a", 2), ("b", 1)], &["ops", "bi"], 10).await;
    for endpoint in ["ops", "bi"] {
        for event in ["a.1", "a.2", "b.1"] {
            settle(&store, endpoint, event, Fate::Dead(miss(None)), 20).await;
        }
    }
    assert_eq!(store.replay_all(Some("ops"), 30).await.unwrap(), 3);
    assert_eq!(due(&store, "ops", 30).await, ["a.1", "b.1"]);
    assert!(due(&store, "bi", 30).await.is_empty());
    assert_eq!(store.replay_all(None, 30).await.unwrap(), 3);
    assert_eq!(due(&store, "bi", 30).await, ["a.1", "b.1"]);
}

#[tokio::test]
async fn it_is_listed_page_by_page_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1), ("a", 2)], &["ops", "bi"], 10).await;
    record(&store, &[("b", 1)], &["ops"], 20).await;
    settle(&store, "ops", "a.1", Fate::Dead(miss(None)), 30).await;
    let queue = |endpoint: &str, pending, dead, oldest_us| Queue {
        endpoint: endpoint.to_owned(),
        pending,
        dead,
        oldest_us: Some(oldest_us),
    };
    let queues = store.queues().await.unwrap();
    assert_eq!(queues, [queue("bi", 2, 0, 10), queue("ops", 2, 1, 10)]);

    let mut page = Listed {
        endpoint: Some("ops"),
        limit: 2,
        ..Listed::default()
    };
    let first = store.deliveries(&page).await.unwrap();
    page.after = first[1].id;
    let second = store.deliveries(&page).await.unwrap();
    let events =
        |rows: &[DeliveryRow]| -> Vec<_> { rows.iter().map(|r| r.event.clone()).collect() };
    assert_eq!(events(&first), ["a.1", "a.2"]);
    assert_eq!(events(&second), ["b.1"]);
    page.after = 0;
    page.state = Some("pending");
    assert_eq!(
        events(&store.deliveries(&page).await.unwrap()),
        ["a.2", "b.1"]
    );
}

/// The same file watched again tells nobody again.
#[tokio::test]
async fn an_event_that_is_on_record_is_not_delivered_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    record(&store, &[("a", 1)], &["ops"], 10).await;
    settle(&store, "ops", "a.1", Fate::Delivered, 20).await;
    record(&store, &[("a", 1)], &["ops"], 30).await;
    assert!(store.queues().await.unwrap().is_empty());
}

/// A clock that was a day ahead and is put right.
#[tokio::test]
async fn what_was_put_off_before_the_clock_was_set_back_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (now_us, day_us) = (1_000_000, 24 * 3_600_000_000);
    record(&store, &[("a", 1), ("b", 1)], &["ops"], now_us + day_us).await;
    record(&store, &[("c", 1), ("d", 1)], &["ops"], now_us).await;
    // The longest that one may wait.
    let pause_us = 72 * 60_000_000;
    let again = Fate::Again(now_us + pause_us, miss(None));
    settle(&store, "ops", "d.1", again, now_us).await;
    assert_eq!(due(&store, "ops", now_us).await, ["c.1", "a.1", "b.1"]);
    let first = store.due("ops", now_us, 2).await.unwrap();
    let first: Vec<_> = first.iter().map(|due| due.event.as_str()).collect();
    assert_eq!(first, ["c.1", "a.1"]);
    let later = due(&store, "ops", now_us + pause_us).await;
    assert_eq!(later, ["c.1", "d.1", "a.1", "b.1"]);
}
