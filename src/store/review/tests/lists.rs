//! Lists, filters, search and counts.

use super::*;
use crate::review::Sla;

/// The ids of all incidents that `filter` asks for, page by page.
async fn ids(store: &Store, filter: &Filter, limit: usize) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = store.queue(filter, after.as_ref(), limit).await.unwrap();
        assert!(page.items.len() <= limit);
        ids.extend(page.items.into_iter().map(|item| item.id));
        let Some(next) = page.next else { return ids };
        let text = next.encode();
        after = Cursor::decode(&text, filter);
        assert_eq!(after, Some(next), "a cursor comes back from a URL");
    }
}

async fn all(store: &Store, filter: Filter) -> Vec<String> {
    let whole = ids(store, &filter, 500).await;
    for limit in [1, 2, 3] {
        assert_eq!(
            ids(store, &filter, limit).await,
            whole,
            "{filter:?} by {limit}"
        );
    }
    let count = store.count(&filter).await.unwrap();
    assert_eq!(
        (count.n, count.more),
        (whole.len() as i64, false),
        "{filter:?}"
    );
    whole
}

async fn filled(folder: &tempfile::TempDir) -> Store {
    let store = open(folder).await;
    let seen = Seen::default();
    for (id, at_us, seen) in [
        (
            "low",
            5,
            Seen {
                severity: "low",
                ..seen
            },
        ),
        ("high-2", 30, seen),
        (
            "high-1",
            10,
            Seen {
                stream: "hall",
                labels: &["vip"],
                ..seen
            },
        ),
        (
            "worst",
            40,
            Seen {
                severity: "critical",
                payee: Some("张伟的小店"),
                ..seen
            },
        ),
        (
            "ours",
            20,
            Seen {
                action: "record",
                payload: "https://OURS.example/<b>100%_\"x\"",
                ..seen
            },
        ),
    ] {
        see(&store, id, 1, &seen, at_us).await;
    }
    store
}

#[tokio::test]
async fn the_queue_is_by_severity_and_age_and_escalated_ones_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let queue = Filter::default();
    assert_eq!(
        all(&store, queue.clone()).await,
        ["worst", "high-1", "high-2", "low"]
    );
    store
        .decide(&act(&rules, "ann", 50), "low", Decision::Escalate, None)
        .await
        .unwrap();
    assert_eq!(
        all(&store, queue.clone()).await,
        ["low", "worst", "high-1", "high-2"]
    );
    let stands = |review| Filter {
        waits: Waits::Stands(review),
        ..Filter::default()
    };
    assert_eq!(all(&store, stands(Review::Escalated)).await, ["low"]);
    assert_eq!(
        all(&store, stands(Review::Open)).await,
        ["worst", "high-1", "high-2"]
    );
    assert_eq!(all(&store, stands(Review::Record)).await, ["ours"]);
    store
        .decide(&act(&rules, "ann", 60), "worst", Decision::Confirm, None)
        .await
        .unwrap();
    assert_eq!(all(&store, queue).await, ["low", "high-1", "high-2"]);
    assert_eq!(all(&store, stands(Review::Decided)).await, ["worst"]);
    let any = Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    assert_eq!(
        all(&store, any).await,
        ["worst", "high-2", "ours", "high-1", "low"]
    );
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
#[tokio::test]
async fn filters_ask_for_everything_that_they_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let any = Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    let some = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (
            Filter {
                stream: some("hall"),
                ..any.clone()
            },
            vec!["high-1"],
        ),
        (
            Filter {
                stream: some("hall"),
                ..Filter::default()
            },
            vec!["high-1"],
        ),
        (
            Filter {
                host: some("7"),
                ..Filter::default()
            },
            vec!["worst", "high-2", "low"],
        ),
        (
            Filter {
                host: some("7"),
                severity: some("low"),
                ..any.clone()
            },
            vec!["low"],
        ),
        (
            Filter {
                label: some("vip"),
                ..Filter::default()
            },
            vec!["high-1"],
        ),
        (
            Filter {
                class: some("on_platform"),
                ..any.clone()
            },
            vec![],
        ),
        (
            Filter {
                category: some("payment"),
                ..Filter::default()
            },
            vec!["worst", "high-1", "high-2", "low"],
        ),
        (
            Filter {
                scheme: some("web-link"),
                state: some("ended"),
                ..any.clone()
            },
            vec![],
        ),
        (
            Filter {
                payee: some("张伟的小店"),
                ..any.clone()
            },
            vec!["worst"],
        ),
        (
            Filter {
                domain: some("pay.example"),
                from_us: Some(10),
                until_us: Some(30),
                ..any.clone()
            },
            vec!["ours", "high-1"],
        ),
        (
            Filter {
                destination: some("web:pay.example"),
                severity: some("critical"),
                ..Filter::default()
            },
            vec!["worst"],
        ),
        (
            Filter {
                opened_before_us: Some([0, 6, 0, 11, 0]),
                ..Filter::default()
            },
            vec!["high-1", "low"],
        ),
        (
            Filter {
                decided_by: some("ann"),
                ..any.clone()
            },
            vec![],
        ),
    ] {
        assert_eq!(all(&store, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_text_is_found_wherever_it_stands_and_is_never_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let any = |text: &str| Filter {
        waits: Waits::Any,
        text: Some(text.to_owned()),
        ..Filter::default()
    };
    for (text, expected) in [
        ("ours.EXAMPLE", vec!["ours"]),
        ("的小店", vec!["worst"]),
        ("小店", vec!["worst"]),
        ("pay.example/7", vec!["worst", "high-1", "high-2", "low"]),
        ("<b>100%_\"x\"", vec!["ours"]),
        ("\"x\"", vec!["ours"]),
        ("%_", vec!["ours"]),
        ("ours OR worst", vec![]),
        ("text:ours", vec![]),
        ("o*s", vec![]),
        ("\" OR \"", vec![]),
        ("a\0b", vec![]),
        ("'); DROP TABLE incident; --", vec![]),
    ] {
        let mut found = all(&store, any(text)).await;
        found.sort();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    let waiting = Filter {
        text: Some("pay.example".to_owned()),
        severity: Some("low".to_owned()),
        ..Filter::default()
    };
    assert_eq!(all(&store, waiting).await, ["low"]);
    // What is read later is found as it reads then.
    let other = Seen {
        payload: "https://elsewhere.example",
        ..Seen::default()
    };
    see(&store, "high-1", 2, &other, 50).await;
    assert_eq!(all(&store, any("elsewhere")).await, ["high-1"]);
    let mut left = all(&store, any("pay.example/7")).await;
    left.sort();
    assert_eq!(left, ["high-2", "low", "worst"]);
}

/// A walk that finds nothing ends its page all the same, and goes on with the next.
#[tokio::test]
async fn a_page_that_finds_too_little_says_where_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    see(
        &store,
        "first",
        1,
        &Seen {
            labels: &["rare"],
            ..Seen::default()
        },
        1,
    )
    .await;
    let copy = "WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 6000)
        INSERT INTO incident (id, stream, sequence, state, decoded, class, severity, policy, first_seen_ms, last_seen_ms,
            visible_ms, sightings, opened_us, changed_us, number, action, rank, review)
        SELECT 'i' || n, 'room', 1, 'open', 0, 'unknown', 'high', 'p@1', 0, 0, 0, 1, n, n, n, 'review', 3, 'open' FROM n";
    sqlx::query(copy).execute(&store.pool).await.unwrap();
    let rare = Filter {
        waits: Waits::Any,
        label: Some("rare".to_owned()),
        ..Filter::default()
    };
    let page = store.queue(&rare, None, 10).await.unwrap();
    assert!(
        page.items.is_empty(),
        "it stands behind what one page looks at"
    );
    let next = page.next.expect("and the page says so");
    let page = store.queue(&rare, Some(&next), 10).await.unwrap();
    assert_eq!(page.items[0].id, "first");
    assert_eq!(page.next, None);
    let count = store.count(&Filter::default()).await.unwrap();
    assert_eq!((count.n, count.more), (6_000, false));
}

#[tokio::test]
async fn a_cursor_of_another_list_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let queue = Filter::default();
    let any = Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    let page = store.queue(&queue, None, 1).await.unwrap();
    let text = page.next.unwrap().encode();
    assert!(Cursor::decode(&text, &queue).is_some());
    for (text, filter) in [
        (text.as_str(), &any),
        ("", &queue),
        ("%%%", &queue),
        (&"A".repeat(10_000), &queue),
        ("cTox", &queue),
    ] {
        assert_eq!(Cursor::decode(text, filter), None, "{text}");
    }
}

#[tokio::test]
async fn counts_follow_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let rules = rules();
    let sla = Sla([100, 100, 100, 100, 100]);
    let counts = store.counts(&sla, 111).await.unwrap();
    let of = |n: &std::collections::BTreeMap<String, i64>, key: &str| n.get(key).copied();
    assert_eq!(
        (of(&counts.review, "open"), of(&counts.review, "record")),
        (Some(4), Some(1))
    );
    assert_eq!(of(&counts.severity, "high"), Some(2));
    assert_eq!(of(&counts.category, "payment"), Some(4));
    assert_eq!((counts.overdue, counts.oldest_us), (2, Some(5)));
    let ann = act(&rules, "ann", 50);
    store
        .decide(&ann, "high-1", Decision::Confirm, None)
        .await
        .unwrap();
    store
        .decide(&ann, "low", Decision::Escalate, None)
        .await
        .unwrap();
    let counts = store.counts(&sla, 111).await.unwrap();
    assert_eq!(
        (of(&counts.review, "open"), of(&counts.review, "decided")),
        (Some(2), Some(1))
    );
    assert_eq!(
        (
            of(&counts.review, "escalated"),
            of(&counts.severity, "high")
        ),
        (Some(1), Some(1))
    );
    assert_eq!(counts.overdue, 1);
    store.undo(&ann, "high-1").await.unwrap();
    assert_eq!(
        of(&store.counts(&sla, 0).await.unwrap().severity, "high"),
        Some(2)
    );
}

type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    i64,
    String,
);

/// What was recorded before there was a desk is filled in from the events, and counted as if it had been there.
#[tokio::test]
async fn older_records_are_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let fresh = all(
        &store,
        Filter {
            waits: Waits::Any,
            ..Filter::default()
        },
    )
    .await;
    let columns = "SELECT id, labels, host, payload, payee, payee_name, target_host, domain, action, reasons, rank,
        review FROM incident ORDER BY id";
    let before: Vec<Row> = sqlx::query_as(columns)
        .fetch_all(&store.pool)
        .await
        .unwrap();
    let path = folder.path().join("older.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    MIGRATIONS.run_to(7, &pool).await.unwrap();
    let attach = format!(
        "ATTACH '{}' AS new",
        folder.path().join("waylay.sqlite").display()
    );
    let mut connection = pool.acquire().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(attach))
        .execute(&mut *connection)
        .await
        .unwrap();
    for copy in [
        "INSERT INTO main.incident_event SELECT * FROM new.incident_event",
        "INSERT INTO main.incident SELECT id, stream, sequence, state, decoded, scheme, category, destination, class,
            severity, policy, first_seen_ms, last_seen_ms, visible_ms, sightings, opened_us, changed_us, sealed, entombed
         FROM new.incident",
    ] {
        sqlx::query(copy).execute(&mut *connection).await.unwrap();
    }
    drop(connection);
    pool.close().await;
    let older = Store::open(&path).await.unwrap();
    let after: Vec<Row> = sqlx::query_as(columns)
        .fetch_all(&older.pool)
        .await
        .unwrap();
    assert_eq!(after, before);
    assert_eq!(
        all(
            &older,
            Filter {
                waits: Waits::Any,
                ..Filter::default()
            }
        )
        .await,
        fresh
    );
    let text = Filter {
        waits: Waits::Any,
        text: Some("的小店".to_owned()),
        ..Filter::default()
    };
    assert_eq!(all(&older, text).await, ["worst"]);
    for table in [
        "SELECT facet || value || n FROM review_count WHERE n > 0 ORDER BY 1",
        "SELECT kind || key || incidents || waiting || streams || hosts || first_us || last_us FROM campaign ORDER BY 1",
        "SELECT kind || key || what || name || seen.incidents FROM campaign_seen AS seen
             JOIN campaign ON campaign.id = seen.campaign ORDER BY 1",
    ] {
        let counted: Vec<String> = sqlx::query_scalar(table)
            .fetch_all(&older.pool)
            .await
            .unwrap();
        let known: Vec<String> = sqlx::query_scalar(table)
            .fetch_all(&store.pool)
            .await
            .unwrap();
        assert!(!known.is_empty());
        assert_eq!(counted, known, "{table}");
    }
}

/// What a stranger wrote is kept as it is, as far as it is kept.
#[tokio::test]
async fn hostile_payloads_are_bounded_and_intact() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let html = "<script>alert(1)</script>\u{202e}\u{0}'\"; DROP TABLE incident";
    let long = "微".repeat(50_000);
    for (id, payload) in [("html", html), ("long", &long)] {
        see(
            &store,
            id,
            1,
            &Seen {
                payload,
                payee: Some(payload),
                ..Seen::default()
            },
            1,
        )
        .await;
    }
    let kept = item(&store, "html").await;
    assert_eq!(kept.payload.as_deref(), Some(html));
    let kept = item(&store, "long").await;
    assert_eq!(kept.payload.unwrap().chars().count(), 4_096);
    assert_eq!(kept.payee.unwrap().chars().count(), 512);
    let told = store.last_told("long").await.unwrap().unwrap();
    assert!(told.contains(&long), "the event has all of it");
}

/// However many streams there are, what waits in the last of them is known.
#[tokio::test]
async fn the_wall_knows_what_waits_in_every_stream() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let streams: Vec<String> = (0..2_001).map(|n| format!("s{n}")).collect();
    let shown = [0, 999, 1_000, 2_000];
    for n in shown {
        let seen = Seen {
            stream: &streams[n],
            ..Seen::default()
        };
        see(&store, &format!("i{n}"), 1, &seen, 1).await;
    }
    let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
    let rows = store.wall(&streams).await.unwrap();
    let names: Vec<_> = rows.iter().map(|row| row.stream.as_str()).collect();
    assert_eq!(names, streams);
    for (n, row) in rows.iter().enumerate() {
        let last = shown.contains(&n).then(|| format!("i{n}"));
        assert_eq!((row.waiting, &row.last), (i64::from(last.is_some()), &last));
    }
}
