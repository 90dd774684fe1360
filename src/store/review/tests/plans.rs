//! What is done under the write lock, or asked of large tables, walks along an index.

use super::super::{replies, undo};
use super::*;
use crate::store::{AuditFilter, retention};

/// How SQLite goes about it.
async fn plan(store: &Store, statement: &str) -> String {
    let query = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(query).fetch_all(&store.pool).await.unwrap();
    let steps: Vec<_> = rows.into_iter().map(|(.., step)| step).collect();
    assert!(!steps.is_empty(), "{statement}");
    steps.join("\n")
}

#[tokio::test]
async fn no_write_looks_through_what_others_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for (statement, index) in [
        (undo::BACK, "review_decision_by_replacement (replaced_by=?)"),
        (undo::SECOND, "second_review_by_first (first=?)"),
        (replies::OLD, "idempotency_by_time (made_us<?)"),
    ] {
        let plan = plan(&store, statement).await;
        assert!(plan.contains(index), "{statement}: {plan}");
        assert!(!plan.contains("SCAN"), "{statement}: {plan}");
    }
}

#[tokio::test]
async fn what_is_due_is_found_without_a_look_at_all_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let old = plan(&store, &retention::due(retention::OLD)).await;
    let walked = old.matches("incident_kept (class=? AND tracked_us<?)");
    assert_eq!(walked.count(), 3, "{old}");
    let found = plan(&store, &retention::due(retention::FOUND)).await;
    assert!(found.contains("SEARCH incident USING INDEX"), "{found}");
    for plan in [old, found] {
        assert!(plan.contains("appeal_open (incident=?)"), "{plan}");
        assert!(!plan.contains("SCAN incident"), "{plan}");
    }
}

#[tokio::test]
async fn the_audit_log_is_walked_along_and_not_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for (from_us, until_us) in [(Some(1), None), (None, Some(9)), (Some(1), Some(9))] {
        for who in [None, Some("ann")] {
            let filter = AuditFilter {
                who,
                from_us,
                until_us,
                limit: 10,
                ..AuditFilter::default()
            };
            let plan = plan(&store, filter.query().sql().as_str()).await;
            assert!(!plan.contains("B-TREE"), "{filter:?}: {plan}");
            let index = if who.is_some() {
                "audit_by_who (by_name=? AND position"
            } else {
                "INTEGER PRIMARY KEY (rowid"
            };
            assert!(plan.contains(index), "{filter:?}: {plan}");
        }
    }
}

/// What is counted by triggers is what there is.
#[tokio::test]
async fn answers_that_are_kept_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let counted = async || {
        let n: (i64, i64) =
            sqlx::query_as("SELECT n, (SELECT count(*) FROM idempotency) FROM idempotency_count")
                .fetch_one(&store.pool)
                .await
                .unwrap();
        assert_eq!(n.0, n.1);
        n.0
    };
    for n in 0..5 {
        let taken = store.take_key("ann", &n.to_string(), "1", n).await;
        assert_eq!(taken.unwrap(), Reply::New);
    }
    assert_eq!(counted().await, 5);
    store.keep_reply("ann", "0", "1", 1, None).await.unwrap();
    store
        .keep_reply("ann", "1", "1", 1, Some((200, "{}")))
        .await
        .unwrap();
    assert_eq!(counted().await, 4);
    // But for the one that was asked for last, the others are gone a day later.
    let day_us = 24 * 60 * MINUTE_US;
    let taken = store.take_key("bob", "1", "1", day_us + 4).await;
    assert_eq!(taken.unwrap(), Reply::New);
    assert_eq!(counted().await, 2);
}
