//! Where two must agree, or one decides again: two persons, and never the same one twice.

use super::*;

const CUT: Seen<'_> = Seen {
    stream: "room",
    labels: &["host:7"],
    payload: "https://pay.example/7",
    payee: None,
    key: "web:pay.example",
    domain: Some("pay.example"),
    severity: "high",
    action: "cut",
};

fn two() -> Rules {
    Rules {
        two_for_cuts: true,
        ..rules()
    }
}

fn token<'a>(rules: &'a Rules, by: &'a str, now_us: i64) -> Act<'a> {
    Act {
        person: false,
        ..act(rules, by, now_us)
    }
}

#[tokio::test]
async fn a_token_is_no_person() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = two();
    for (n, id) in ["a", "b"].into_iter().enumerate() {
        let stream = format!("room-{n}");
        let seen = Seen {
            stream: &stream,
            ..CUT
        };
        see(&store, id, 1, &seen, 1).await;
    }
    let ann = |now_us| act(&rules, "ann", now_us);
    let program = |now_us| token(&rules, "anns-token", now_us);
    let confirm = async |act: &Act<'_>| store.decide(act, "a", Decision::Confirm, None).await;
    assert_eq!(refused(confirm(&program(2)).await), Refused::NoPerson);
    assert_eq!(item(&store, "a").await.first_by, None);
    confirm(&ann(3)).await.unwrap();
    assert_eq!(refused(confirm(&program(4)).await), Refused::NoPerson);
    assert_eq!(item(&store, "a").await.review, "open");
    let (kind, key) = (CampaignKind::Destination, CUT.key);
    let all = store
        .decide_campaign(&program(5), kind, key, Decision::Confirm, None, None)
        .await;
    assert!(matches!(all, Err(ReviewError::Conflict(_))), "{all:?}");
    // What one may decide, a program may.
    let misread = store
        .decide(&program(6), "b", Decision::Misread, None)
        .await;
    assert_eq!(misread.unwrap().step, Step::Decide);
}

#[tokio::test]
async fn nobody_confirms_a_cut_alone_by_reversing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = two();
    see(&store, "a", 1, &CUT, 1).await;
    see(&store, "b", 1, &Seen::default(), 1).await;
    let lead = |now_us| act(&rules, "lead", now_us);
    for id in ["a", "b"] {
        store
            .decide(&lead(2), id, Decision::Misread, None)
            .await
            .unwrap();
    }
    let confirm = Some(Decision::Confirm);
    let reversed = store.reverse(&lead(3), "a", confirm, "x").await;
    assert_eq!(refused(reversed), Refused::TwoMust);
    store
        .appeal(&lead(4), "a", "look again", None)
        .await
        .unwrap();
    let settled = store.settle_appeal(&lead(5), "a", confirm, "x").await;
    assert_eq!(refused(settled), Refused::TwoMust);
    let stands = item(&store, "a").await;
    assert_eq!(
        (stands.review.as_str(), stands.decision.as_deref()),
        ("escalated", Some("misread")),
        "the appeal is open"
    );
    store.settle_appeal(&lead(6), "a", None, "x").await.unwrap();
    store.reverse(&lead(7), "a", None, "x").await.unwrap();
    let proposed = store
        .decide(&lead(8), "a", Decision::Confirm, None)
        .await
        .unwrap();
    assert_eq!(proposed.step, Step::Propose, "one of two");
    // What is no cut one person reverses as before.
    let reversed = store.reverse(&lead(9), "b", confirm, "x").await;
    assert_eq!(reversed.unwrap().step, Step::Decide);
}

#[tokio::test]
async fn who_proposed_is_given_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        second_share: 1.0,
        ..two()
    };
    see(&store, "a", 1, &CUT, 1).await;
    let ann = |now_us| act(&rules, "ann", now_us);
    let proposed = store.decide(&ann(2), "a", Decision::Confirm, None).await;
    assert_eq!(proposed.unwrap().step, Step::Propose);
    assert_eq!(
        refused(store.claim(&ann(3), "a").await),
        Refused::SamePerson
    );
    let bob = act(&rules, "bob", 4);
    store.claim(&bob, "a").await.unwrap();
    store
        .decide(&bob, "a", Decision::Confirm, None)
        .await
        .unwrap();
    // Both have confirmed it: neither of them is a third one, and no program is.
    for by in ["ann", "bob"] {
        let given = store
            .claim_next(&act(&rules, by, 5), Given::default())
            .await;
        assert_eq!(given.unwrap(), None, "{by}");
    }
    let program = store
        .claim_next(&token(&rules, "desk", 6), Given::default())
        .await;
    assert_eq!(program.unwrap(), None);
    let eve = store
        .claim_next(&act(&rules, "eve", 7), Given::default())
        .await;
    assert_eq!(eve.unwrap().unwrap().kind, ClaimKind::Second);
}

#[tokio::test]
async fn a_program_is_not_asked_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = Rules {
        golden_share: 1.0,
        ..rules()
    };
    see(&store, "known", 1, &Seen::default(), 1).await;
    let (lead, ann) = (act(&rules, "lead", 2), act(&rules, "ann", 2));
    store
        .decide(&ann, "known", Decision::Confirm, None)
        .await
        .unwrap();
    store
        .put_golden(&lead, "known", Decision::Confirm)
        .await
        .unwrap();
    let program = token(&rules, "desk", 3);
    let given = store.claim_next(&program, Given::default()).await;
    assert_eq!(given.unwrap(), None);
    // Nor whoever decided it, even where another decision stands by now.
    store
        .reverse(&lead, "known", Some(Decision::Misread), "x")
        .await
        .unwrap();
    let given = store.claim_next(&ann, Given::default()).await;
    assert_eq!(given.unwrap(), None);
    let bob = act(&rules, "bob", 4);
    let given = store.claim_next(&bob, Given::default()).await;
    assert_eq!(given.unwrap().unwrap().kind, ClaimKind::Golden);
}

#[tokio::test]
async fn what_waits_for_a_second_person_is_not_settled() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let rules = two();
    see(&store, "a", 1, &CUT, 1).await;
    see(&store, "b", 1, &Seen::default(), 1).await;
    let (kind, key) = (CampaignKind::Destination, CUT.key);
    let decide = async |by: &str, now_us: i64| {
        let act = act(&rules, by, now_us);
        store
            .decide_campaign(&act, kind, key, Decision::Confirm, None, None)
            .await
    };
    let first = decide("ann", 2).await.unwrap();
    assert_eq!((first.incidents, first.proposed, first.left), (1, 1, 0));
    let again = decide("ann", 3).await;
    assert!(matches!(again, Err(ReviewError::Conflict(_))), "{again:?}");
    let second = decide("bob", 4).await.unwrap();
    assert_eq!((second.incidents, second.proposed, second.left), (1, 0, 0));
    assert_eq!(item(&store, "a").await.review, "decided");
}
