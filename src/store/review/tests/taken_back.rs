//! Decisions on campaigns that are taken back, as a whole and part by part.

use super::*;

const KEY: &str = "web:pay.example";

async fn filled(folder: &tempfile::TempDir) -> Store {
    let store = open(folder).await;
    for id in ["a", "b", "c"] {
        let seen = Seen {
            stream: id,
            key: KEY,
            ..Seen::default()
        };
        see(&store, id, 1, &seen, 1).await;
    }
    store
}

#[tokio::test]
async fn what_somebody_decided_since_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let two = Rules {
        two_for_cuts: true,
        ..rules()
    };
    let cut = Seen {
        stream: "d",
        action: "cut",
        ..Seen::default()
    };
    see(&store, "d", 1, &cut, 1).await;
    let (kind, lead) = (CampaignKind::Destination, |now_us| {
        act(&two, "lead", now_us)
    });
    let done = store
        .decide_campaign(&lead(10), kind, KEY, Decision::Confirm, None, None)
        .await
        .unwrap();
    assert_eq!((done.incidents, done.proposed), (3, 1));
    // One was only proposed, and somebody else said otherwise; one was reversed, and one reversed and brought back.
    let bob = |now_us| act(&two, "bob", now_us);
    store
        .decide(&bob(11), "d", Decision::Misread, None)
        .await
        .unwrap();
    let once = Some(Decision::AllowOnce);
    store.reverse(&bob(12), "a", once, "x").await.unwrap();
    store.reverse(&bob(13), "b", once, "x").await.unwrap();
    store.undo(&bob(14), "b").await.unwrap();
    let undone = store.undo_campaign(&lead(15), &done.id).await.unwrap();
    assert_eq!(undone, 2);
    for (id, review, decision) in [
        ("a", "decided", Some("allow_once")),
        ("b", "open", None),
        ("c", "open", None),
        ("d", "decided", Some("misread")),
    ] {
        let stands = item(&store, id).await;
        assert_eq!(
            (stands.review.as_str(), stands.decision.as_deref()),
            (review, decision),
            "{id}"
        );
    }
}

#[tokio::test]
async fn an_entry_goes_with_the_last_that_stood_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let lead = |now_us| act(&rules, "lead", now_us);
    let kind = CampaignKind::Destination;
    let done = store
        .decide_campaign(&lead(10), kind, KEY, Decision::AllowPlatform, None, None)
        .await
        .unwrap();
    let in_force = async || store.entries_in_force().await.unwrap().len();
    assert_eq!((done.incidents, in_force().await), (3, 1));
    let late = |n: i64| MINUTE_US + n;
    for (n, id, revoked) in [(1, "a", false), (2, "b", false), (3, "c", true)] {
        let reversed = store
            .reverse(&lead(late(n)), id, Some(Decision::Confirm), "not ours")
            .await
            .unwrap();
        assert_eq!(reversed.revoked, revoked, "{id}");
        assert_eq!(in_force().await, usize::from(!revoked), "{id}");
    }
    // The last one is brought back, and the entry with it: once.
    assert!(store.undo(&lead(late(4)), "c").await.unwrap().registry);
    assert_eq!(in_force().await, 1);
    assert!(!store.undo(&lead(late(5)), "b").await.unwrap().registry);
    assert_eq!(in_force().await, 1);
    // Where somebody took it out by hand, a reversal that is undone brings nothing back.
    let entry = store.entries_in_force().await.unwrap()[0].id;
    store.revoke_entry(&lead(late(6)), entry).await.unwrap();
    for id in ["b", "c"] {
        store
            .reverse(&lead(late(7)), id, Some(Decision::Confirm), "x")
            .await
            .unwrap();
    }
    assert!(!store.undo(&lead(late(8)), "c").await.unwrap().registry);
    assert_eq!(in_force().await, 0);
}

/// Somebody took it out on purpose, whatever is decided and taken back around it.
#[tokio::test]
async fn what_was_revoked_by_hand_stays_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let lead = |now_us| act(&rules, "lead", now_us);
    let allowed = Decision::AllowPlatform;
    let done = store.decide(&lead(10), "a", allowed, None).await.unwrap();
    store
        .revoke_entry(&lead(11), done.entry.unwrap())
        .await
        .unwrap();
    store
        .reverse(&lead(12), "a", Some(Decision::Confirm), "x")
        .await
        .unwrap();
    let undone = store.undo(&lead(13), "a").await.unwrap();
    assert!(!undone.registry);
    assert!(store.entries_in_force().await.unwrap().is_empty());
    let stands = item(&store, "a").await;
    assert_eq!(stands.decision.as_deref(), Some("allow_platform"));
}
