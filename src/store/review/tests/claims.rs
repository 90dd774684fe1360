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
