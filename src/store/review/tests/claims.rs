use super::*;

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

/// A clock that was an hour ahead and is put right: a claim of that time holds nothing for an hour.
#[tokio::test]
async fn a_claim_from_before_the_clock_was_set_back_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        second_share: 1.0,
        ..rules()
    };
    let hour_us = 60 * MINUTE_US;
    see(&store, "a", 1, &Seen::default(), 1).await;
    see(&store, "b", 1, &Seen::default(), 1).await;
    let zoe = act(&rules, "zoe", 2);
    let decided = store.decide(&zoe, "b", Decision::Confirm, None).await;
    decided.unwrap();
    let take = async |by: &str, now_us| {
        let act = act(&rules, by, now_us);
        let given = store.claim_next(&act, Given::default()).await.unwrap();
        given.map(|claim| claim.incident)
    };
    // The second review first, since all of them are made; then the queue.
    assert_eq!(take("ann", hour_us).await.as_deref(), Some("b"));
    assert_eq!(take("zoe", hour_us).await.as_deref(), Some("a"));
    assert_eq!(take("bob", hour_us).await, None);
    let now_us = 10;
    let bob = act(&rules, "bob", now_us);
    assert_eq!(take("bob", now_us).await.as_deref(), Some("b"));
    assert_eq!(take("eve", now_us).await.as_deref(), Some("a"));
    assert_eq!(take("dan", now_us).await, None, "these hold");
    let held = store.claim(&bob, "a").await;
    assert!(matches!(held, Err(ReviewError::Claimed(by)) if by == "eve"));
    store
        .claim(&act(&rules, "eve", hour_us), "a")
        .await
        .unwrap();
    store.claim(&bob, "a").await.unwrap();
}
