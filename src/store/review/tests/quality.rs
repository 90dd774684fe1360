//! Second reviews, incidents with a known answer, and figures.

use super::*;

const ALL: Span = Span {
    from_us: 0,
    until_us: i64::MAX,
};

#[tokio::test]
async fn a_second_review_is_blind_and_a_difference_goes_to_a_lead() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        second_share: 1.0,
        ..rules()
    };
    for id in ["a", "b"] {
        see(&store, id, 1, &Seen::default(), 1).await;
        let ann = act(&rules, "ann", 2);
        store
            .decide(&ann, id, Decision::Confirm, None)
            .await
            .unwrap();
    }
    let ann = act(&rules, "ann", 3);
    assert_eq!(
        store.claim_next(&ann, Given::default()).await.unwrap(),
        None,
        "not to the same"
    );
    let bob = |now_us| act(&rules, "bob", now_us);
    let claim = store
        .claim_next(&bob(4), Given::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (claim.incident.as_str(), claim.kind),
        ("a", ClaimKind::Second)
    );
    assert!(store.is_blind("a", "bob").await.unwrap());
    let blind = &store.blind_of("bob").await.unwrap()[0];
    assert_eq!(
        (blind.incident.as_str(), blind.until_us),
        ("a", 4 + CLAIM_US)
    );
    assert!(!store.is_blind("a", "ann").await.unwrap());
    assert_eq!(
        store
            .claim_next(&act(&rules, "eve", 4), Given::default())
            .await
            .unwrap()
            .unwrap()
            .incident,
        "b"
    );
    store.release(&act(&rules, "eve", 4), "b").await.unwrap();
    let same = store
        .decide(&bob(5), "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert!(same.blind);
    assert_eq!(item(&store, "a").await.review, "decided");
    assert_eq!(history(&store, "a").await[2], "waylay.review.seconded.v1");

    let claim = store
        .claim_next(&bob(6), Given::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(claim.incident, "b");
    store
        .decide(&bob(7), "b", Decision::Misread, None)
        .await
        .unwrap();
    let differs = item(&store, "b").await;
    assert_eq!(
        (differs.review.as_str(), differs.decision.as_deref()),
        ("escalated", Some("confirm"))
    );
    // It is undone as any decision, and somebody else is given it.
    assert!(store.undo(&bob(8), "b").await.unwrap().blind);
    assert_eq!(item(&store, "b").await.review, "decided");
    let dan = act(&rules, "dan", 9);
    let claim = store.claim_next(&dan, Given::default()).await.unwrap();
    assert_eq!(claim.unwrap().incident, "b");
    store
        .decide(&dan, "b", Decision::Misread, None)
        .await
        .unwrap();
    let quality = store.quality(ALL).await.unwrap();
    let seconds = &quality.seconds;
    assert_eq!((seconds.made, seconds.agreed, seconds.waiting), (2, 1, 0));
    assert_eq!(seconds.kappa, Some(0.0), "half of it is what chance gives");
    let lead = act(&rules, "lead", 10);
    store
        .decide(&lead, "b", Decision::Misread, None)
        .await
        .unwrap();
    let quality = store.quality(ALL).await.unwrap();
    assert_eq!((quality.decisions, quality.overturned), (3, 1));
}

#[tokio::test]
async fn known_answers_are_mixed_in_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        golden_share: 1.0,
        ..rules()
    };
    see(&store, "known", 1, &Seen::default(), 1).await;
    let lead = act(&rules, "lead", 2);
    assert!(
        store
            .put_golden(&lead, "known", Decision::Confirm)
            .await
            .is_err(),
        "it was not decided"
    );
    store
        .decide(&lead, "known", Decision::Confirm, None)
        .await
        .unwrap();
    assert!(
        store
            .put_golden(&lead, "known", Decision::Misread)
            .await
            .is_err()
    );
    store
        .put_golden(&lead, "known", Decision::Confirm)
        .await
        .unwrap();
    let before = (item(&store, "known").await, history(&store, "known").await);
    assert_eq!(
        store.claim_next(&lead, Given::default()).await.unwrap(),
        None,
        "they know it"
    );
    for (name, decision) in [("ann", Decision::Confirm), ("bob", Decision::Misread)] {
        let given = store
            .claim_next(&act(&rules, name, 3), Given::default())
            .await
            .unwrap();
        assert_eq!(given.unwrap().kind, ClaimKind::Golden);
        assert!(store.is_blind("known", name).await.unwrap());
        let done = store
            .decide(&act(&rules, name, 4), "known", decision, None)
            .await
            .unwrap();
        assert!(done.blind && done.step == Step::Decide);
        let again = store
            .claim_next(&act(&rules, name, 5), Given::default())
            .await
            .unwrap();
        assert_eq!(again, None, "it is asked once");
    }
    assert_eq!(
        (item(&store, "known").await, history(&store, "known").await),
        before
    );
    let quality = store.quality(ALL).await.unwrap();
    let right: Vec<_> = quality
        .reviewers
        .iter()
        .map(|r| (r.name.as_str(), r.golden, r.golden_right))
        .collect();
    assert_eq!(right, [("ann", 1, 1), ("bob", 1, 0), ("lead", 0, 0)]);
    let golden = &store.golden().await.unwrap()[0];
    assert_eq!((golden.answers, golden.right), (2, 1));
    assert!(
        store
            .undo(&act(&rules, "ann", 6), "known")
            .await
            .unwrap()
            .blind
    );
    assert_eq!(store.golden().await.unwrap()[0].answers, 1);
    assert!(store.remove_golden("known").await.unwrap());
    assert!(!store.remove_golden("known").await.unwrap());
}

#[tokio::test]
async fn figures_are_of_what_stands() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = rules();
    for n in 0..10 {
        see(&store, &format!("i{n}"), 1, &Seen::default(), 0).await;
    }
    // The high ones are due after 15 minutes; each takes a minute more than the one before.
    for n in 0..8 {
        let id = format!("i{n}");
        store
            .claim(&act(&rules, "ann", 10 * MINUTE_US), &id)
            .await
            .unwrap();
        let decision = if n < 6 {
            Decision::Confirm
        } else {
            Decision::Misread
        };
        let ann = act(&rules, "ann", (11 + n) * MINUTE_US);
        if n * MINUTE_US > CLAIM_US {
            store.renew(&ann, &id).await.unwrap();
        }
        store.decide(&ann, &id, decision, None).await.unwrap();
    }
    let last = act(&rules, "ann", 18 * MINUTE_US);
    store.undo(&last, "i7").await.unwrap();
    let lead = act(&rules, "lead", 60 * MINUTE_US);
    store
        .reverse(&lead, "i0", Some(Decision::AllowOnce), "x")
        .await
        .unwrap();
    let quality = store.quality(ALL).await.unwrap();
    assert_eq!(
        (quality.decisions, quality.overturned, quality.late),
        (8, 1, 3)
    );
    assert_eq!(quality.by_decision["confirm"], 6);
    let minutes = |n: i64| Some(n * MINUTE_US);
    assert_eq!(quality.took_us, [minutes(4), minutes(7), minutes(7)]);
    assert_eq!(quality.waited_us, [minutes(14), minutes(60), minutes(60)]);
    let rule = quality
        .rules
        .iter()
        .find(|rule| rule.reason == "category-payment")
        .unwrap();
    assert_eq!((rule.confirmed, rule.rejected), (5, 2));
    let ann = &quality.reviewers[0];
    assert_eq!(
        (ann.name.as_str(), ann.decisions, ann.overturned, ann.late),
        ("ann", 7, 1, 2)
    );
    let none = Span {
        from_us: 61 * MINUTE_US,
        until_us: i64::MAX,
    };
    let none = store.quality(none).await.unwrap();
    assert_eq!((none.decisions, none.seconds.kappa), (0, None));
}
