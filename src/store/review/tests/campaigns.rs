//! Campaigns.

use super::*;

async fn filled(folder: &tempfile::TempDir) -> Store {
    let store = open(folder).await;
    let day_us = 24 * 60 * MINUTE_US;
    for n in 0..40 {
        let (stream, host) = (format!("room-{}", n % 8), format!("host:{}", n % 5));
        let seen = Seen {
            stream: &stream,
            labels: &[&host],
            payee: Some("mule@pix"),
            key: if n < 30 { "pix:mule" } else { "pix:other" },
            action: if n == 0 { "record" } else { "review" },
            ..Seen::default()
        };
        see(&store, &format!("i{n}"), 1, &seen, day_us + n * day_us / 10).await;
    }
    store
}

type Row = (String, i64, i64, i64, i64);

/// What triggers counted is what there is.
async fn counts_hold(store: &Store) {
    for (kind, column) in [
        ("destination", "destination"),
        ("payee", "payee"),
        ("domain", "domain"),
    ] {
        let counted = format!(
            "SELECT key, incidents, waiting, streams, hosts FROM campaign WHERE kind = '{kind}' AND incidents > 0
             ORDER BY key"
        );
        let known = format!(
            "SELECT {column}, count(*), count(turn), count(DISTINCT stream), count(DISTINCT host) FROM incident
             WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
        );
        let counted: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(counted))
            .fetch_all(&store.pool)
            .await
            .unwrap();
        let known: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(known))
            .fetch_all(&store.pool)
            .await
            .unwrap();
        assert!(!known.is_empty());
        assert_eq!(counted, known, "{kind}");
    }
}

#[tokio::test]
async fn a_campaign_is_counted_as_its_incidents_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    counts_hold(&store).await;
    let row = store
        .campaign(CampaignKind::Destination, "pix:mule")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.incidents, row.waiting, row.streams, row.hosts),
        (30, 29, 8, 5)
    );
    let days = store.campaign_seen(row.id, "day", 10).await.unwrap();
    assert_eq!(days.len(), 3);
    assert_eq!(
        (days[0].name.as_str(), days[0].incidents),
        ("1970-01-04", 10)
    );
    let hosts = store.campaign_seen(row.id, "host", 2).await.unwrap();
    assert_eq!(hosts.len(), 2);
    assert_eq!(hosts[0].incidents, 6);
    // A link that was followed leads elsewhere.
    let elsewhere = Seen {
        stream: "room-1",
        labels: &["host:1"],
        key: "pix:new",
        ..Seen::default()
    };
    see(&store, "i1", 2, &elsewhere, 99).await;
    counts_hold(&store).await;
    let rules = rules();
    store
        .decide(&act(&rules, "ann", 100), "i2", Decision::Misread, None)
        .await
        .unwrap();
    counts_hold(&store).await;
}

#[tokio::test]
async fn one_decision_settles_all_that_waits_and_one_undo_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let lead = |now_us| act(&rules, "lead", now_us);
    let (kind, key) = (CampaignKind::Destination, "pix:mule");
    store
        .decide(&act(&rules, "ann", 5), "i7", Decision::Misread, None)
        .await
        .unwrap();
    let snapshot = async || {
        let rows = "SELECT id || review || coalesce(decision, '') || coalesce(decided_by, '') || coalesce(turn, '')
            FROM incident ORDER BY id";
        let rows: Vec<String> = sqlx::query_scalar(rows)
            .fetch_all(&store.pool)
            .await
            .unwrap();
        rows
    };
    let before = snapshot().await;
    let preview = store
        .preview_campaign(kind, key, Decision::AllowPlatform)
        .await
        .unwrap();
    assert_eq!(
        (preview.incidents, preview.more, preview.entry.as_deref()),
        (28, false, Some(key))
    );
    let fewer = store
        .decide_campaign(&lead(10), kind, key, Decision::Confirm, None, Some(27))
        .await;
    assert!(matches!(fewer, Err(ReviewError::Conflict(_))), "{fewer:?}");
    assert_eq!(snapshot().await, before);
    let done = store
        .decide_campaign(
            &lead(10),
            kind,
            key,
            Decision::AllowPlatform,
            None,
            Some(28),
        )
        .await
        .unwrap();
    assert_eq!((done.incidents, done.left), (28, 0));
    counts_hold(&store).await;
    let row = store.campaign(kind, key).await.unwrap().unwrap();
    assert_eq!((row.incidents, row.waiting), (30, 0));
    assert_eq!(
        store.entries_in_force().await.unwrap().len(),
        1,
        "one for all of them"
    );
    assert_eq!(store.part_of(&done.id).await.unwrap().len(), 28);
    assert_eq!(
        item(&store, "i7").await.decision.as_deref(),
        Some("misread"),
        "it was decided before"
    );
    assert_eq!(
        item(&store, "i0").await.review,
        "record",
        "nobody asked for it"
    );
    assert_eq!(
        item(&store, "i35").await.review,
        "open",
        "it leads elsewhere"
    );
    let nothing = store
        .decide_campaign(&lead(11), kind, key, Decision::Confirm, None, None)
        .await;
    assert!(matches!(nothing, Err(ReviewError::Conflict(_))));
    // Part of a campaign is undone with the whole.
    let part = store.undo(&lead(12), "i8").await;
    assert!(matches!(part, Err(ReviewError::Conflict(_))), "{part:?}");

    let bob = act(&rules, "bob", 13);
    assert_eq!(
        refused(store.undo_campaign(&bob, &done.id).await),
        Refused::NotYours
    );
    let undone = store.undo_campaign(&lead(14), &done.id).await.unwrap();
    assert_eq!(undone, 28);
    assert_eq!(store.undone_of(&done.id).await.unwrap().len(), 28);
    assert_eq!(snapshot().await, before);
    counts_hold(&store).await;
    assert!(store.entries_in_force().await.unwrap().is_empty());
    assert_eq!(
        refused(store.undo_campaign(&lead(15), &done.id).await),
        Refused::Gone
    );
    let kinds = history(&store, "i8").await;
    assert_eq!(
        kinds[1..],
        ["waylay.review.decided.v1", "waylay.review.undone.v1"]
    );
}

/// What was reversed since stays as it is.
#[tokio::test]
async fn an_undo_leaves_what_stands_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let lead = |now_us| act(&rules, "lead", now_us);
    let (kind, key) = (CampaignKind::Payee, "mule@pix");
    let done = store
        .decide_campaign(&lead(10), kind, key, Decision::Confirm, None, None)
        .await
        .unwrap();
    assert_eq!(done.incidents, 39);
    store
        .reverse(&lead(11), "i3", Some(Decision::AllowOnce), "theirs")
        .await
        .unwrap();
    let undone = store.undo_campaign(&lead(12), &done.id).await.unwrap();
    assert_eq!(undone, 38);
    assert_eq!(
        item(&store, "i3").await.decision.as_deref(),
        Some("allow_once")
    );
    assert_eq!(item(&store, "i4").await.review, "open");
    counts_hold(&store).await;
}

#[tokio::test]
async fn a_campaign_that_cannot_be_decided_so_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let lead = act(&rules, "lead", 10);
    for (kind, key, decision) in [
        (CampaignKind::Payee, "mule@pix", Decision::AllowPlatform),
        (CampaignKind::Domain, "pay.example", Decision::AllowPlatform),
        (CampaignKind::Destination, "pix:mule", Decision::AllowSeller),
    ] {
        let done = store
            .decide_campaign(&lead, kind, key, decision, None, None)
            .await;
        assert!(matches!(done, Err(ReviewError::Wrong(_))), "{done:?}");
    }
    let none = store
        .preview_campaign(CampaignKind::Payee, "nobody", Decision::Confirm)
        .await;
    assert!(matches!(none, Err(ReviewError::Unknown(_))));
    // The disk is full in the middle of it: nothing of it is done.
    let full = "CREATE TRIGGER full BEFORE INSERT ON review_decision
        WHEN (SELECT count(*) FROM review_decision) >= 7 BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&store.pool).await.unwrap();
    let (kind, key) = (CampaignKind::Destination, "pix:mule");
    store
        .decide_campaign(&lead, kind, key, Decision::Confirm, None, None)
        .await
        .unwrap_err();
    assert_eq!(
        store.campaign(kind, key).await.unwrap().unwrap().waiting,
        29
    );
    assert_eq!(history(&store, "i1").await, ["waylay.incident.opened.v1"]);
    counts_hold(&store).await;
}

#[tokio::test]
async fn campaigns_are_listed_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for n in 0..12 {
        let key = format!("pix:{}", n % 4);
        let seen = Seen {
            key: &key,
            ..Seen::default()
        };
        see(&store, &format!("i{n}"), 1, &seen, n).await;
    }
    see(
        &store,
        "lone",
        1,
        &Seen {
            key: "pix:lone",
            ..Seen::default()
        },
        50,
    )
    .await;
    let rules = rules();
    store
        .decide(&act(&rules, "ann", 60), "i1", Decision::Confirm, None)
        .await
        .unwrap();
    for (order, expected) in [
        (CampaignOrder::Waiting, ["pix:3", "pix:2", "pix:0", "pix:1"]),
        (CampaignOrder::Latest, ["pix:3", "pix:2", "pix:1", "pix:0"]),
    ] {
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = store
                .campaigns(CampaignKind::Destination, order, after.as_deref(), 1)
                .await
                .unwrap();
            keys.extend(page.campaigns.into_iter().map(|campaign| campaign.key));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(keys, expected, "one incident is no campaign");
    }
    let first = store
        .campaigns(CampaignKind::Destination, CampaignOrder::Waiting, None, 1)
        .await
        .unwrap();
    for (order, cursor) in [
        (CampaignOrder::Latest, first.next.as_deref()),
        (CampaignOrder::Waiting, Some("x")),
    ] {
        let wrong = store
            .campaigns(CampaignKind::Destination, order, cursor, 1)
            .await;
        assert!(matches!(wrong, Err(ReviewError::Wrong(_))));
    }
}
