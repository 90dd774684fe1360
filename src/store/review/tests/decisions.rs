use super::*;

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
