//! What somebody decides without seeing what was decided, from when it is given to them until it is not theirs any more.

use super::*;

/// Two incidents that ann has confirmed and somebody else is to decide again.
async fn decided(folder: &tempfile::TempDir, rules: &Rules) -> Store {
    let store = open(folder).await;
    for id in ["a", "b"] {
        see(&store, id, 1, &Seen::default(), 1).await;
        let ann = act(rules, "ann", 2);
        store
            .decide(&ann, id, Decision::Confirm, None)
            .await
            .unwrap();
    }
    store
}

fn seconds() -> Rules {
    Rules {
        second_share: 1.0,
        ..rules()
    }
}

async fn next(store: &Store, act: &Act<'_>) -> Option<String> {
    let given = store.claim_next(act, Given::default()).await.unwrap();
    given.map(|claim| claim.incident)
}

#[tokio::test]
async fn it_stays_so_after_its_time_until_somebody_else_is_given_it() {
    let folder = tempfile::tempdir().unwrap();
    let rules = seconds();
    let store = decided(&folder, &rules).await;
    let bob = |now_us| act(&rules, "bob", now_us);
    let eve = |now_us| act(&rules, "eve", now_us);
    assert_eq!(next(&store, &bob(10)).await.as_deref(), Some("a"));
    let late = 11 + CLAIM_US;
    assert!(store.is_blind("a", "bob").await.unwrap());
    let done = store
        .decide(&bob(late), "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert!(done.blind, "nobody took it meanwhile");

    assert_eq!(next(&store, &bob(late)).await.as_deref(), Some("b"));
    let later = late + CLAIM_US;
    assert_eq!(next(&store, &eve(later)).await.as_deref(), Some("b"));
    assert!(!store.is_blind("b", "bob").await.unwrap());
    let twice = store
        .decide(&bob(later), "b", Decision::Misread, None)
        .await;
    assert_eq!(refused(twice), Refused::Decided);
    // Bob may have seen it meanwhile, and so may eve once she has left it.
    assert!(store.release(&eve(later), "b").await.unwrap());
    assert!(!store.is_blind("b", "eve").await.unwrap());
    for who in [bob(later), eve(later)] {
        assert_eq!(next(&store, &who).await, None, "{}", who.by);
    }
    let dan = act(&rules, "dan", later);
    assert_eq!(next(&store, &dan).await.as_deref(), Some("b"));
}

#[tokio::test]
async fn what_is_known_is_left_once_and_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Rules {
        golden_share: 1.0,
        ..rules()
    };
    let store = decided(&folder, &rules).await;
    let lead = act(&rules, "lead", 3);
    store
        .put_golden(&lead, "a", Decision::Confirm)
        .await
        .unwrap();
    let bob = |now_us| act(&rules, "bob", now_us);
    assert_eq!(next(&store, &bob(4)).await.as_deref(), Some("a"));
    let blind = store.blind_of("bob").await.unwrap();
    assert_eq!(blind[0].until_us, 4 + CLAIM_US);
    store.renew(&bob(50), "a").await.unwrap();
    let blind = store.blind_of("bob").await.unwrap();
    assert_eq!(blind[0].until_us, 50 + CLAIM_US);
    assert!(store.release(&bob(51), "a").await.unwrap());
    assert!(!store.release(&bob(51), "a").await.unwrap());
    assert!(!store.is_blind("a", "bob").await.unwrap());
    for now_us in 52..60 {
        assert_eq!(next(&store, &bob(now_us)).await, None);
    }
    // Nor where it is named anew.
    assert!(store.remove_golden("a").await.unwrap());
    store
        .put_golden(&lead, "a", Decision::Confirm)
        .await
        .unwrap();
    assert_eq!(next(&store, &bob(61)).await, None);
    let eve = act(&rules, "eve", 61);
    assert_eq!(next(&store, &eve).await.as_deref(), Some("a"));
}

#[tokio::test]
async fn no_filter_tells_what_was_decided() {
    let folder = tempfile::tempdir().unwrap();
    let rules = seconds();
    let store = decided(&folder, &rules).await;
    let bob = act(&rules, "bob", 10);
    assert_eq!(next(&store, &bob).await.as_deref(), Some("a"));
    let blind = store.blind_of("bob").await.unwrap();
    let any = || Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    let confirm = Filter {
        decision: Some("confirm".to_owned()),
        ..any()
    };
    let by_ann = Filter {
        decided_by: Some("ann".to_owned()),
        ..any()
    };
    let stands = Filter {
        waits: Waits::Stands(Review::Decided),
        ..any()
    };
    for (mut filter, seen) in [
        (confirm, &["b"][..]),
        (by_ann, &["b"]),
        (stands, &["b"]),
        (any(), &["b", "a"]),
    ] {
        filter.hide(&blind);
        let page = store.queue(&filter, None, 10).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, seen, "{filter:?}");
        let count = store.count(&filter).await.unwrap();
        assert_eq!(usize::try_from(count.n).unwrap(), seen.len(), "{filter:?}");
    }
}

#[tokio::test]
async fn taking_an_answer_back_settles_no_appeal() {
    let folder = tempfile::tempdir().unwrap();
    let rules = seconds();
    let store = decided(&folder, &rules).await;
    let bob = |now_us| act(&rules, "bob", now_us);
    assert_eq!(next(&store, &bob(10)).await.as_deref(), Some("a"));
    store
        .decide(&bob(11), "a", Decision::Confirm, None)
        .await
        .unwrap();
    let api = act(&rules, "shop", 12);
    store.appeal(&api, "a", "it is ours", None).await.unwrap();
    assert!(store.undo(&bob(13), "a").await.unwrap().blind);
    assert_eq!(item(&store, "a").await.review, "escalated");
    let lead = act(&rules, "lead", 14);
    store.settle_appeal(&lead, "a", None, "x").await.unwrap();
    assert_eq!(item(&store, "a").await.review, "decided");
}

#[tokio::test]
async fn an_answer_is_held_against_what_stands() {
    let folder = tempfile::tempdir().unwrap();
    let rules = seconds();
    let store = decided(&folder, &rules).await;
    let lead = act(&rules, "lead", 5);
    for id in ["a", "b"] {
        store
            .reverse(&lead, id, Some(Decision::Misread), "look")
            .await
            .unwrap();
    }
    let bob = |now_us| act(&rules, "bob", now_us);
    for (id, decision, review) in [
        ("a", Decision::Misread, "decided"),
        ("b", Decision::Confirm, "escalated"),
    ] {
        assert_eq!(next(&store, &bob(10)).await.as_deref(), Some(id));
        store.decide(&bob(11), id, decision, None).await.unwrap();
        let stands = item(&store, id).await;
        assert_eq!(stands.review, review, "{id}");
        assert_eq!(stands.decision.as_deref(), Some("misread"));
    }
}

/// Once it is answered they see what was decided.
#[tokio::test]
async fn what_was_answered_and_taken_back_is_not_answered_again() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Rules {
        golden_share: 1.0,
        ..seconds()
    };
    let store = decided(&folder, &rules).await;
    let lead = act(&rules, "lead", 3);
    let golden = store.put_golden(&lead, "a", Decision::Confirm);
    golden.await.unwrap();
    let bob = |now_us| act(&rules, "bob", now_us);
    // One whose answer is known, and one that is to be decided again.
    for (id, kind) in [("a", ClaimKind::Golden), ("b", ClaimKind::Second)] {
        let given = store.claim_next(&bob(10), Given::default()).await.unwrap();
        let given = given.unwrap();
        assert_eq!((given.incident.as_str(), given.kind), (id, kind));
        let done = store.decide(&bob(11), id, Decision::Misread, None).await;
        assert!(done.unwrap().blind);
        assert!(store.undo(&bob(12), id).await.unwrap().blind);
        assert!(!store.is_blind(id, "bob").await.unwrap());
        let again = store.decide(&bob(13), id, Decision::Confirm, None).await;
        assert_eq!(refused(again), Refused::Decided);
    }
    // It is somebody else's turn.
    assert_eq!(next(&store, &bob(14)).await, None);
    let eve = act(&rules, "eve", 14);
    for id in ["a", "b"] {
        assert_eq!(next(&store, &eve).await.as_deref(), Some(id));
        let done = store.decide(&eve, id, Decision::Confirm, None).await;
        assert!(done.unwrap().blind);
    }
}

/// Lists of what decisions brought would say what they were.
#[tokio::test]
async fn what_a_decision_brought_is_known_until_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let rules = seconds();
    let store = open(&folder).await;
    let ann = act(&rules, "ann", 2);
    let mut entries = Vec::new();
    for id in ["a", "b"] {
        see(&store, id, 1, &Seen::default(), 1).await;
        let made = store.decide(&ann, id, Decision::AllowPlatform, None).await;
        entries.push(made.unwrap().entry.unwrap());
    }
    let event =
        r#"{"id": "ban.requested", "type": "waylay.action.requested.v1", "data": {"id": "ban"}}"#;
    sqlx::query(
        "INSERT INTO incident_event (id, incident, sequence, type, recorded_us, event)
         VALUES ('ban.requested', 'a', 99, 'waylay.action.requested.v1', 3, ?)",
    )
    .bind(event)
    .execute(&store.pool)
    .await
    .unwrap();
    let bob = act(&rules, "bob", 10);
    assert_eq!(store.traces_for("bob").await.unwrap(), Traces::default());
    assert_eq!(next(&store, &bob).await.as_deref(), Some("a"));
    let traces = Traces {
        entries: [entries[0]].into(),
        bans: ["ban".to_owned()].into(),
    };
    assert_eq!(store.traces_for("bob").await.unwrap(), traces);
    assert_eq!(store.traces_for("eve").await.unwrap(), Traces::default());
    let done = store.decide(&bob, "a", Decision::Confirm, None).await;
    assert!(done.unwrap().blind);
    assert_eq!(store.traces_for("bob").await.unwrap(), Traces::default());
}
