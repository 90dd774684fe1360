mod blind;
mod campaigns;
mod claims;
mod decisions;
mod history;
mod lists;
mod persons;
mod plans;
mod quality;
mod taken_back;

use super::super::*;
use crate::review::{CLAIM_US, Decision, Refused, Review, Rules, Step, UNDO_US};
use crate::wire::event::tests::event;
use crate::wire::explain::About;

const MINUTE_US: i64 = 60_000_000;

/// What an incident shows, leads to and asks for.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    stream: &'a str,
    labels: &'a [&'a str],
    payload: &'a str,
    payee: Option<&'a str>,
    key: &'a str,
    domain: Option<&'a str>,
    severity: &'static str,
    action: &'static str,
}

impl Default for Seen<'_> {
    fn default() -> Self {
        Self {
            stream: "room",
            labels: &["host:7"],
            payload: "https://pay.example/7",
            payee: None,
            key: "web:pay.example",
            domain: Some("pay.example"),
            severity: "high",
            action: "review",
        }
    }
}

fn leak(text: &str) -> &'static str {
    String::from(text).leak()
}

async fn open(folder: &tempfile::TempDir) -> Store {
    let path = folder.path().join("waylay.sqlite");
    Store::open(&path).await.unwrap()
}

/// Records the event `number` of `incident`.
async fn see(store: &Store, incident: &str, number: u32, seen: &Seen<'_>, at_us: i64) {
    let mut event = event(incident, number);
    let labels: Vec<String> = seen.labels.iter().map(|&label| label.to_owned()).collect();
    event.data.labels = labels.leak();
    event.data.stream = seen.stream.to_owned();
    event.source = format!("/streams/{}", seen.stream);
    if let About::Read(read) = &mut event.data.about {
        read.payload = leak(seen.payload);
        read.fields.payee = seen.payee.map(leak);
        read.destination.key = leak(seen.key);
        read.destination.registrable_domain = seen.domain.map(leak);
        read.destination.host = seen.domain.map(leak);
        read.verdict.severity = seen.severity;
        read.verdict.action = seen.action;
        read.verdict.reasons = vec!["category-payment".into(), "default".into()].leak();
    }
    let mut entries = [Entry {
        event,
        recorded_us: at_us,
        endpoints: Vec::new(),
    }];
    store.append(&mut entries).await.unwrap();
}

/// Everybody's rules, without chance.
fn rules() -> Rules {
    Rules {
        second_share: 0.0,
        golden_share: 0.0,
        reason_for: Vec::new(),
        ..Rules::default()
    }
}

fn nobody(
    _: &crate::wire::envelope::Envelope<crate::wire::review::ReviewData>,
    _: &[String],
) -> Vec<Arc<str>> {
    Vec::new()
}

fn act<'a>(rules: &'a Rules, by: &'a str, now_us: i64) -> Act<'a> {
    Act {
        by,
        person: true,
        lead: true,
        now_us,
        rules,
        wanted: &nobody,
    }
}

async fn item(store: &Store, id: &str) -> Item {
    store.item(id).await.unwrap().unwrap()
}

/// The types of all events of an incident.
async fn history(store: &Store, id: &str) -> Vec<String> {
    let events = store.history(id, 0, true, 500).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

fn refused<T: std::fmt::Debug>(done: Result<T, ReviewError>) -> Refused {
    match done.unwrap_err() {
        ReviewError::Refused(refused) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_incident_waits_as_long_as_the_policy_wants_it_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let record = Seen {
        action: "record",
        ..Seen::default()
    };
    see(&store, "a", 1, &record, 10).await;
    assert_eq!(item(&store, "a").await.review, "record");
    see(&store, "a", 2, &Seen::default(), 20).await;
    let waits = item(&store, "a").await;
    assert_eq!((waits.review.as_str(), waits.turn), ("open", Some(11)));
    assert_eq!(waits.host.as_deref(), Some("7"));
    see(&store, "a", 3, &record, 30).await;
    assert_eq!(item(&store, "a").await.review, "record");
    see(&store, "a", 4, &Seen::default(), 40).await;
    let rules = rules();
    let decided = store
        .decide(&act(&rules, "ann", 50), "a", Decision::Misread, None)
        .await;
    assert_eq!(decided.unwrap().step, Step::Decide);
    see(&store, "a", 5, &record, 60).await;
    see(&store, "a", 6, &Seen::default(), 70).await;
    let decided = item(&store, "a").await;
    assert_eq!(decided.review, "decided", "what was decided stays so");
    assert_eq!(decided.decision.as_deref(), Some("misread"));
    assert_eq!(decided.sequence, 7);
}

/// Every incident goes to one of them, and none to two.

#[tokio::test]
async fn an_event_is_told_to_those_who_want_it_or_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    see(&store, "a", 1, &Seen::default(), 1).await;
    let told = |event: &crate::wire::envelope::Envelope<crate::wire::review::ReviewData>,
                labels: &[String]| {
        assert_eq!(labels, ["host:7"]);
        vec![Arc::from(format!("ops-{}", event.data.by))]
    };
    let ann = Act {
        wanted: &told,
        ..act(&rules, "ann", 5)
    };
    store.note(&ann, "a", "<b>note</b> \u{202e}").await.unwrap();
    let due = store.due("ops-ann", 5, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(
        due[0].body.contains("<b>note</b> \u{202e}"),
        "as it was written"
    );

    let full = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&store.pool).await.unwrap();
    let before = item(&store, "a").await;
    store
        .decide(&ann, "a", Decision::AllowPlatform, None)
        .await
        .unwrap_err();
    assert_eq!(item(&store, "a").await, before);
    assert!(store.entries_in_force().await.unwrap().is_empty());
    assert!(store.decisions_of("a").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let day_us = 24 * 60 * MINUTE_US;
    let take =
        async |by: &str, hash: &str, now_us| store.take_key(by, "k", hash, now_us).await.unwrap();
    assert_eq!(take("ann", "1", 10).await, Reply::New);
    assert_eq!(take("ann", "1", 11).await, Reply::Begun);
    assert_eq!(take("ann", "2", 11).await, Reply::Other);
    assert_eq!(
        take("bob", "2", 11).await,
        Reply::New,
        "keys of others are others"
    );
    store
        .keep_reply("ann", "k", "1", 1, Some((200, "{}")))
        .await
        .unwrap();
    let known = Reply::Known {
        status: 200,
        answer: "{}".to_owned(),
    };
    assert_eq!(take("ann", "1", day_us).await, known);
    assert_eq!(
        take("ann", "1", day_us + 11).await,
        Reply::New,
        "a day is over"
    );
    store.keep_reply("ann", "k", "1", 1, None).await.unwrap();
    assert_eq!(
        take("ann", "3", day_us + 12).await,
        Reply::New,
        "what failed is forgotten"
    );
    // A program that was gone before it answered may have done it.
    assert_eq!(take("carl", "1", 0).await, Reply::New);
    assert_eq!(take("carl", "1", day_us).await, Reply::Begun);
    // One that was cleared away meanwhile is answered all the same.
    assert_eq!(take("dora", "1", day_us + 1).await, Reply::New);
    let late = store.keep_reply("carl", "k", "1", 0, Some((200, "{}")));
    late.await.unwrap();
    assert_eq!(take("carl", "1", day_us).await, known);
}

#[tokio::test]
async fn filters_are_kept_by_their_owners() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let filter = |owner: &str, name: &str, shared, query: &str| SavedFilter {
        id: format!("{owner}-{name}-{query}"),
        owner: owner.to_owned(),
        name: name.to_owned(),
        shared,
        query: query.to_owned(),
        made_us: 1,
    };
    let first = store
        .save_filter(&filter("ann", "pay", false, "a=1"))
        .await
        .unwrap();
    let again = store
        .save_filter(&filter("ann", "pay", true, "a=2"))
        .await
        .unwrap();
    assert_eq!(first, again, "the one of that name is replaced");
    store
        .save_filter(&filter("bob", "mine", false, "b=1"))
        .await
        .unwrap();
    let names = |rows: Vec<SavedFilter>| {
        rows.into_iter()
            .map(|f| (f.name, f.query))
            .collect::<Vec<_>>()
    };
    let pay = ("pay".to_owned(), "a=2".to_owned());
    assert_eq!(
        names(store.saved_filters("ann").await.unwrap()),
        std::slice::from_ref(&pay)
    );
    assert_eq!(
        names(store.saved_filters("bob").await.unwrap()),
        [("mine".to_owned(), "b=1".to_owned()), pay]
    );
    assert!(!store.remove_filter(&first, "bob").await.unwrap());
    assert!(store.remove_filter(&first, "ann").await.unwrap());
    for n in 0..100 {
        store
            .save_filter(&filter("ann", &n.to_string(), false, ""))
            .await
            .unwrap();
    }
    assert!(
        store
            .save_filter(&filter("ann", "one more", false, ""))
            .await
            .is_err()
    );
}
