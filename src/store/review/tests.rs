mod campaigns;
mod lists;
mod quality;

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
async fn nobody_is_given_what_another_has() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for n in 0..100 {
        see(&store, &format!("i{n}"), 1, &Seen::default(), n).await;
    }
    let mut claimers = Vec::new();
    for claimer in 0..8 {
        let store = store.clone();
        claimers.push(tokio::spawn(async move {
            let (rules, name) = (rules(), format!("reviewer-{claimer}"));
            let mut taken = Vec::new();
            for turn in 0.. {
                // One that they have would be given to them again: it is left for a moment by deciding on it.
                let act = act(&rules, &name, 1_000 + turn);
                let Some(claim) = store.claim_next(&act, Given::default()).await.unwrap() else {
                    break;
                };
                store
                    .decide(&act, &claim.incident, Decision::Confirm, None)
                    .await
                    .unwrap();
                taken.push(claim.incident);
            }
            taken
        }));
    }
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    assert_eq!(all.len(), 100);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 100, "none twice");
    let decided = sqlx::query_scalar("SELECT count(*) FROM review_decision");
    let decided: i64 = decided.fetch_one(&store.pool).await.unwrap();
    assert_eq!(decided, 100);
}

#[tokio::test]
async fn a_claim_holds_is_renewed_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    see(&store, "a", 1, &Seen::default(), 1).await;
    let ann = |now_us| act(&rules, "ann", now_us);
    let bob = |now_us| act(&rules, "bob", now_us);
    let claim = store
        .claim_next(&ann(10), Given::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (claim.incident.as_str(), claim.until_us),
        ("a", 10 + CLAIM_US)
    );
    assert_eq!(
        store.claim_next(&bob(11), Given::default()).await.unwrap(),
        None
    );
    let taken = store.claim(&bob(11), "a").await.unwrap_err();
    assert!(matches!(taken, ReviewError::Claimed(by) if by == "ann"));
    let decided = store.decide(&bob(12), "a", Decision::Confirm, None).await;
    assert!(matches!(decided.unwrap_err(), ReviewError::Claimed(_)));
    store.renew(&ann(CLAIM_US), "a").await.unwrap();
    assert_eq!(
        store
            .claim_next(&bob(CLAIM_US + 11), Given::default())
            .await
            .unwrap(),
        None
    );
    // It ended, and somebody else takes it.
    let late = 2 * CLAIM_US;
    let claim = store
        .claim_next(&bob(late), Given::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(claim.incident, "a");
    assert!(matches!(
        store.renew(&ann(late + 1), "a").await,
        Err(ReviewError::Claimed(_))
    ));
    assert!(!store.release(&ann(late + 1), "a").await.unwrap());
    assert!(store.release(&bob(late + 1), "a").await.unwrap());
    assert!(matches!(
        store.renew(&bob(late + 2), "a").await,
        Err(ReviewError::Conflict(_))
    ));
    store.claim(&ann(late + 2), "a").await.unwrap();
    assert!(matches!(
        store.claim(&ann(1), "none").await,
        Err(ReviewError::Unknown(_))
    ));
}

#[tokio::test]
async fn a_decision_is_undone_to_what_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    see(&store, "a", 1, &Seen::default(), 1).await;
    let ann = |now_us| act(&rules, "ann", now_us);
    store.claim(&ann(MINUTE_US), "a").await.unwrap();
    let before = item(&store, "a").await;
    let decided = store
        .decide(
            &ann(2 * MINUTE_US),
            "a",
            Decision::Confirm,
            Some("sold twice"),
        )
        .await;
    let decided = decided.unwrap();
    assert_eq!(decided.undo_until_us, 2 * MINUTE_US + UNDO_US);
    let after = item(&store, "a").await;
    assert_eq!((after.review.as_str(), after.turn), ("decided", None));
    assert_eq!(after.decided_by.as_deref(), Some("ann"));
    assert_eq!(after.claimed_by, None);
    let row = &store.decisions_of("a").await.unwrap()[0];
    assert_eq!(
        (row.took_us, row.waited_us),
        (Some(MINUTE_US), 2 * MINUTE_US - 1)
    );
    assert_eq!((row.late, row.state.as_str()), (false, "standing"));
    let twice = store
        .decide(&ann(2 * MINUTE_US), "a", Decision::Misread, None)
        .await;
    assert_eq!(refused(twice), Refused::Decided);

    let bob = act(&rules, "bob", 2 * MINUTE_US + 1);
    assert_eq!(refused(store.undo(&bob, "a").await), Refused::NotYours);
    let undone = store
        .undo(&ann(2 * MINUTE_US + UNDO_US), "a")
        .await
        .unwrap();
    assert_eq!((undone.review, undone.registry), (Review::Open, false));
    let again = item(&store, "a").await;
    assert_eq!(
        (&again.review, &again.decision, again.turn),
        (&before.review, &None, before.turn)
    );
    assert_eq!(
        again.claimed_by.as_deref(),
        Some("ann"),
        "it is theirs again"
    );
    assert_eq!(
        refused(store.undo(&ann(2 * MINUTE_US + UNDO_US), "a").await),
        Refused::Gone
    );
    let expected = [
        "waylay.incident.opened.v1",
        "waylay.review.decided.v1",
        "waylay.review.undone.v1",
    ];
    assert_eq!(history(&store, "a").await, expected);
    let event = &store.history("a", 1, true, 1).await.unwrap()[0].event;
    let event: serde_json::Value = serde_json::from_str(event).unwrap();
    assert_eq!(event["id"], decided.id);
    assert_eq!(event["time"], "1970-01-01T00:02:00Z");
    assert_eq!(
        event["data"],
        serde_json::json!({
            "incident": "a", "sequence": 2, "stream": "room", "class": "off_platform", "severity": "high",
            "category": "payment", "destination": "web:pay.example", "by": "ann", "review": "decided",
            "decision": "confirm", "text": "sold twice"
        })
    );

    store
        .decide(&ann(3 * MINUTE_US), "a", Decision::Confirm, None)
        .await
        .unwrap();
    let late = ann(3 * MINUTE_US + UNDO_US + 1);
    assert_eq!(refused(store.undo(&late, "a").await), Refused::TooLate);
    store
        .decide(&late, "none", Decision::Confirm, None)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn what_is_allowed_is_in_a_registry_until_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    let lone = Seen {
        labels: &["vip"],
        ..Seen::default()
    };
    see(&store, "a", 1, &Seen::default(), 1).await;
    see(&store, "b", 1, &lone, 1).await;
    let ann = |now_us| act(&rules, "ann", now_us);
    let keys = async || {
        let entries = store.entries_in_force().await.unwrap();
        let each = entries.into_iter().map(|e| (e.scope, e.seller, e.key));
        each.collect::<Vec<_>>()
    };
    let entry = |scope: &str, seller: Option<&str>| {
        (
            scope.to_owned(),
            seller.map(str::to_owned),
            "web:pay.example".to_owned(),
        )
    };
    let done = store
        .decide(&ann(10), "a", Decision::AllowSeller, None)
        .await
        .unwrap();
    assert!(done.entry.is_some());
    store
        .decide(&ann(11), "b", Decision::AllowSeller, None)
        .await
        .unwrap();
    let both = [
        entry("seller", Some("host:7")),
        entry("seller", Some("stream:room")),
    ];
    assert_eq!(keys().await, both);
    assert!(store.undo(&ann(12), "a").await.unwrap().registry);
    assert_eq!(keys().await, both[1..]);

    // A reversal takes it out, and undoing that puts it back.
    store
        .decide(&ann(20), "a", Decision::AllowPlatform, None)
        .await
        .unwrap();
    let lead = |now_us| act(&rules, "lead", now_us);
    let reversed = store
        .reverse(
            &lead(40 * MINUTE_US),
            "a",
            Some(Decision::Confirm),
            "theirs",
        )
        .await;
    assert!(reversed.unwrap().revoked);
    assert_eq!(keys().await, both[1..]);
    assert!(
        store
            .undo(&lead(40 * MINUTE_US), "a")
            .await
            .unwrap()
            .registry
    );
    assert_eq!(keys().await, [both[1].clone(), entry("platform", None)]);
    assert_eq!(
        item(&store, "a").await.decision.as_deref(),
        Some("allow_platform")
    );
    let states: Vec<_> = store
        .decisions_of("a")
        .await
        .unwrap()
        .into_iter()
        .map(|d| d.state)
        .collect();
    assert_eq!(states, ["undone", "standing", "undone"]);

    let all = store.entries(0, 10).await.unwrap();
    let last = all.last().unwrap().id;
    store
        .revoke_entry(&lead(41 * MINUTE_US), last)
        .await
        .unwrap();
    assert!(matches!(
        store.revoke_entry(&lead(1), last).await,
        Err(ReviewError::Unknown(_))
    ));
    assert_eq!(keys().await, both[1..]);
    for statement in [
        "DELETE FROM registry_entry",
        "UPDATE registry_entry SET key = ''",
    ] {
        let refused = sqlx::query(statement)
            .execute(&store.pool)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("entry"), "{refused}");
    }
}

#[tokio::test]
async fn a_reversal_is_a_new_event_and_may_open_the_case_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    see(&store, "a", 1, &Seen::default(), 1).await;
    let lead = |now_us| act(&rules, "lead", now_us);
    assert_eq!(
        refused(store.reverse(&lead(2), "a", None, "x").await),
        Refused::Undecided
    );
    store
        .decide(&act(&rules, "ann", 3), "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert_eq!(
        refused(
            store
                .reverse(&lead(4), "a", Some(Decision::Confirm), "x")
                .await
        ),
        Refused::Same
    );
    store
        .reverse(&lead(MINUTE_US), "a", None, "look again")
        .await
        .unwrap();
    let open = item(&store, "a").await;
    assert_eq!(
        (open.review.as_str(), open.decision, open.turn),
        ("open", None, Some(11))
    );
    store
        .decide(
            &act(&rules, "bob", 2 * MINUTE_US),
            "a",
            Decision::Misread,
            None,
        )
        .await
        .unwrap();
    let states: Vec<_> = store
        .decisions_of("a")
        .await
        .unwrap()
        .into_iter()
        .map(|d| d.state)
        .collect();
    assert_eq!(states, ["reversed", "standing"]);
    let kinds = history(&store, "a").await;
    assert_eq!(kinds[2], "waylay.review.reversed.v1");
}

#[tokio::test]
async fn a_cut_takes_two_where_the_rules_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        two_for_cuts: true,
        ..rules()
    };
    let cut = Seen {
        action: "cut",
        ..Seen::default()
    };
    see(&store, "a", 1, &cut, 1).await;
    let ann = |now_us| act(&rules, "ann", now_us);
    let first = store
        .decide(&ann(2), "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert_eq!(first.step, Step::Propose);
    let waits = item(&store, "a").await;
    assert_eq!(
        (waits.review.as_str(), waits.first_by.as_deref()),
        ("open", Some("ann"))
    );
    assert_eq!(
        store.claim_next(&ann(3), Given::default()).await.unwrap(),
        None,
        "not to the same"
    );
    assert_eq!(
        refused(store.decide(&ann(3), "a", Decision::Confirm, None).await),
        Refused::SamePerson
    );
    store.undo(&ann(4), "a").await.unwrap();
    assert_eq!(item(&store, "a").await.first_by, None);
    store.release(&ann(5), "a").await.unwrap();
    store
        .decide(&ann(6), "a", Decision::Confirm, None)
        .await
        .unwrap();
    let bob = act(&rules, "bob", 7);
    assert!(
        store
            .claim_next(&bob, Given::default())
            .await
            .unwrap()
            .is_some()
    );
    let second = store
        .decide(&bob, "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert_eq!(second.step, Step::Decide);
    let decided = item(&store, "a").await;
    assert_eq!(
        (decided.review.as_str(), decided.decided_by.as_deref()),
        ("decided", Some("bob"))
    );
}

#[tokio::test]
async fn an_appeal_shows_the_decision_and_is_upheld_or_overturned() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    for id in ["a", "b"] {
        see(&store, id, 1, &Seen::default(), 1).await;
    }
    let api = |now_us| act(&rules, "platform", now_us);
    let lead = |now_us| act(&rules, "lead", now_us);
    assert_eq!(
        refused(store.appeal(&api(2), "a", "ours", None).await),
        Refused::Undecided
    );
    for id in ["a", "b"] {
        store
            .decide(&act(&rules, "ann", 3), id, Decision::Confirm, None)
            .await
            .unwrap();
        store
            .appeal(&api(4), id, "it is ours", Some("T-1"))
            .await
            .unwrap();
    }
    assert!(store.appeal(&api(5), "a", "again", None).await.is_err());
    let open = item(&store, "a").await;
    assert_eq!(
        (open.review.as_str(), open.decision.as_deref()),
        ("escalated", Some("confirm"))
    );
    assert_eq!(
        store.claim_next(&lead(6), Given::default()).await.unwrap(),
        None
    );
    let given = Given { escalated: true };
    assert!(store.claim_next(&lead(6), given).await.unwrap().is_some());
    let decided = store.decide(&lead(6), "a", Decision::Misread, None).await;
    assert!(
        matches!(decided, Err(ReviewError::Conflict(_))),
        "it is settled, not decided"
    );

    assert!(
        store
            .settle_appeal(&lead(7), "a", None, "it is not")
            .await
            .unwrap()
            .is_none()
    );
    let upheld = item(&store, "a").await;
    assert_eq!(
        (upheld.review.as_str(), upheld.decision.as_deref()),
        ("decided", Some("confirm"))
    );
    assert_eq!(upheld.decided_by.as_deref(), Some("ann"));
    store
        .settle_appeal(&lead(8), "b", Some(Decision::AllowOnce), "it is")
        .await
        .unwrap();
    let overturned = item(&store, "b").await;
    assert_eq!(overturned.decision.as_deref(), Some("allow_once"));
    assert!(store.settle_appeal(&lead(9), "b", None, "x").await.is_err());
    let appeal = &store.appeals_of("b").await.unwrap()[0];
    assert_eq!(
        (appeal.original.as_str(), appeal.decided_by.as_str()),
        ("confirm", "ann")
    );
    assert_eq!(appeal.outcome.as_deref(), Some("overturned"));
    assert_eq!(
        history(&store, "b").await[2..],
        [
            "waylay.review.appealed.v1",
            "waylay.review.settled.v1",
            "waylay.review.reversed.v1"
        ]
    );
}

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
    assert_eq!(take("ann", "1", 11).await, Reply::Busy);
    assert_eq!(take("ann", "2", 11).await, Reply::Other);
    assert_eq!(
        take("bob", "2", 11).await,
        Reply::New,
        "keys of others are others"
    );
    store
        .keep_reply("ann", "k", Some((200, "{}")))
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
    store.keep_reply("ann", "k", None).await.unwrap();
    assert_eq!(
        take("ann", "3", day_us + 12).await,
        Reply::New,
        "what failed is forgotten"
    );
    assert_eq!(
        take("ann", "3", day_us + 2 * MINUTE_US).await,
        Reply::New,
        "its program is gone"
    );
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
