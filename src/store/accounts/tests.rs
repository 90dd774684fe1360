use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::store::AuditFilter;

/// Users whom a provider of single sign-on names, and how a session begins.
mod provider;

const DAY: i64 = 86_400_000_000;

async fn open(folder: &Path) -> Store {
    Store::open(&folder.join("waylay.sqlite")).await.unwrap()
}

fn line<'a>(at_us: i64, action: &'a str, detail: &'a Value) -> NewAudit<'a> {
    NewAudit {
        at_us,
        by_kind: "user",
        by_id: "1",
        by_name: "ana",
        action,
        subject: "s",
        detail,
    }
}

fn user(id: &str, name: &str) -> UserRow {
    UserRow {
        id: id.to_owned(),
        name: name.to_owned(),
        role: "viewer".to_owned(),
        password: None,
        disabled: false,
        created_us: 1,
        changed_us: 1,
        joined: false,
        joinable_us: None,
    }
}

fn admin(id: &str, name: &str) -> UserRow {
    UserRow {
        password: Some("hash".to_owned()),
        ..user(id, name)
    }
}

fn link(sha256: &str, until_us: i64) -> NewLink<'_> {
    NewLink { sha256, until_us }
}

/// A store with the admin `ana`, who has a password.
async fn with_admin(folder: &Path) -> Store {
    let (store, none) = (open(folder).await, json!({}));
    let made = line(1, "made", &none);
    store.add_link(None, link("a", 10), &made).await.unwrap();
    let set_up = line(2, "set up", &none);
    let ana = admin("1", "ana");
    let followed = store.follow_setup("a", &ana, &set_up).await;
    assert!(followed.unwrap());
    store
}

async fn actions(store: &Store) -> Vec<String> {
    let all = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let rows = store.audited(&all).await.unwrap();
    rows.into_iter().rev().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_link_is_followed_once_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (open(folder.path()).await, json!({}));
    assert!(!store.has_users().await.unwrap());
    store
        .add_link(None, link("a", 10), &line(1, "made", &none))
        .await
        .unwrap();
    assert!(store.link("a", 9).await.unwrap().unwrap().user.is_none());
    assert!(store.link("a", 10).await.unwrap().is_none());
    assert!(store.link("b", 9).await.unwrap().is_none());
    let late = store
        .follow_setup("a", &admin("1", "ana"), &line(10, "late", &none))
        .await;
    assert!(!late.unwrap());
    let right = store
        .follow_setup("a", &admin("1", "ana"), &line(9, "set up", &none))
        .await;
    assert!(right.unwrap());
    let again = store
        .follow_setup("a", &admin("2", "eve"), &line(9, "again", &none))
        .await;
    assert!(!again.unwrap());
    assert!(store.has_users().await.unwrap());
    let ana = store.user_by_name("ANA").await.unwrap().unwrap();
    assert_eq!(
        (ana.role.as_str(), ana.password.as_deref()),
        ("admin", Some("hash"))
    );
    assert_eq!(
        actions(&store).await,
        ["made", "set up"],
        "what failed is not told"
    );

    // The newest for the same user works, and an invitation makes no admin.
    let invited = store
        .add_user(&user("2", "ben"), link("c", 10), &line(1, "invited", &none))
        .await;
    assert!(invited.unwrap());
    let taken = store
        .add_user(&user("3", "Ben"), link("x", 10), &line(1, "taken", &none))
        .await;
    assert!(!taken.unwrap());
    assert!(store.link("x", 1).await.unwrap().is_none());
    store
        .add_link(Some("2"), link("d", 10), &line(2, "again", &none))
        .await
        .unwrap();
    assert!(store.link("c", 3).await.unwrap().is_none());
    assert_eq!(
        store.link("d", 3).await.unwrap().unwrap().name.as_deref(),
        Some("ben")
    );
    let setup = store
        .follow_setup("d", &admin("4", "eve"), &line(3, "eve", &none))
        .await;
    assert!(!setup.unwrap());
    let other = store
        .follow_invitation("d", "1", "other", &line(3, "eve", &none))
        .await;
    assert!(!other.unwrap(), "it is another one's");
    let followed = store
        .follow_invitation("d", "2", "hash", &line(3, "chosen", &none))
        .await;
    assert!(followed.unwrap());
    let ben = store.user("2").await.unwrap().unwrap();
    assert_eq!(
        (ben.role.as_str(), ben.password.as_deref()),
        ("viewer", Some("hash"))
    );
}

#[tokio::test]
async fn the_last_admin_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (open(folder.path()).await, json!({}));
    for (id, name, sha256) in [("1", "ana", "a"), ("2", "ada", "b")] {
        store
            .add_link(None, link(sha256, 10), &line(1, "made", &none))
            .await
            .unwrap();
        let followed = store
            .follow_setup(sha256, &admin(id, name), &line(2, "set up", &none))
            .await;
        assert!(followed.unwrap());
    }
    let change = async |id: &str, role, disabled| {
        let change = line(3, "changed", &none);
        store
            .change_user(id, role, disabled, &change)
            .await
            .unwrap()
    };
    assert_eq!(change("1", Some("viewer"), None).await, Changed::Done);
    assert_eq!(change("2", Some("lead"), None).await, Changed::LastAdmin);
    assert_eq!(change("2", None, Some(true)).await, Changed::LastAdmin);
    assert_eq!(change("3", None, Some(true)).await, Changed::Unknown);
    assert_eq!(store.user("2").await.unwrap().unwrap().role, "admin");
    assert_eq!(change("1", Some("admin"), Some(true)).await, Changed::Done);
    assert_eq!(
        change("2", None, Some(true)).await,
        Changed::LastAdmin,
        "the other one is disabled"
    );
    assert_eq!(change("1", None, Some(false)).await, Changed::Done);
    assert_eq!(change("2", None, Some(true)).await, Changed::Done);
    assert_eq!(
        actions(&store)
            .await
            .iter()
            .filter(|a| *a == "changed")
            .count(),
        4
    );
    let names: Vec<_> = store
        .users("", 10)
        .await
        .unwrap()
        .into_iter()
        .map(|u| u.name)
        .collect();
    assert_eq!(names, ["ada", "ana"]);
    let after = store.users("ada", 1).await.unwrap();
    assert_eq!(after[0].name, "ana");
    let removed = sqlx::query("DELETE FROM user").execute(&store.pool).await;
    assert!(removed.unwrap_err().to_string().contains("stays on record"));
}

#[tokio::test]
async fn a_change_that_is_not_told_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (open(folder.path()).await, json!({}));
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&store.pool).await.unwrap();
    let invited = store
        .add_user(&user("2", "ben"), link("c", 10), &line(1, "invited", &none))
        .await;
    invited.unwrap_err();
    assert!(store.user("2").await.unwrap().is_none());
    let link = store
        .add_link(None, link("a", 10), &line(1, "made", &none))
        .await;
    link.unwrap_err();
    assert!(store.link("a", 1).await.unwrap().is_none());
}

fn session(id: &str, at_us: i64) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        user: "1".to_owned(),
        agent: "agent".to_owned(),
        created_us: at_us,
        seen_us: at_us,
    }
}

#[tokio::test]
async fn sessions_are_few_and_none_outlives_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (store, none) = (open(folder.path()).await, json!({}));
    store
        .add_link(None, link("a", 10), &line(1, "made", &none))
        .await
        .unwrap();
    let followed = store
        .follow_setup("a", &admin("1", "ana"), &line(2, "set up", &none))
        .await;
    assert!(followed.unwrap());
    let begin = async |n: i64, oldest| {
        let (id, sha256) = (n.to_string(), format!("hash-{n}"));
        let began = line(n, "began", &none);
        store
            .add_session(
                &session(&id, n),
                &sha256,
                Proof::Password("hash"),
                oldest,
                &began,
            )
            .await
            .unwrap();
    };
    for n in 0..60 {
        begin(n, (0, 0)).await;
    }
    let sessions = store.sessions("1").await.unwrap();
    assert_eq!(
        (sessions.len(), sessions[0].id.as_str()),
        (50, "59"),
        "the newest first"
    );
    assert!(
        store.session("hash-9").await.unwrap().is_none(),
        "the oldest ended"
    );
    let one = store.session("hash-59").await.unwrap().unwrap();
    assert_eq!(
        (one.name.as_str(), one.role.as_str(), one.seen_us),
        ("ana", "admin", 59)
    );
    store.see_session("58", 3 * DAY).await.unwrap();
    begin(2 * DAY, (DAY, 0)).await;
    assert_eq!(
        store.sessions("1").await.unwrap().len(),
        2,
        "those that are idle are gone"
    );
    begin(2 * DAY + 1, (DAY, DAY)).await;
    assert!(
        store.session("hash-58").await.unwrap().is_none(),
        "and those that are old"
    );
    let ended = store
        .end_session("2", &(2 * DAY).to_string(), &line(1, "ended", &none))
        .await;
    assert!(!ended.unwrap(), "of somebody else");
    store
        .set_password("1", "other", &line(1, "changed", &none))
        .await
        .unwrap();
    assert!(store.sessions("1").await.unwrap().is_empty());
}

#[tokio::test]
async fn the_audit_log_is_appended_to_and_never_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for n in 0..5_i64 {
        let detail = json!({"n": n});
        let action = if n % 2 == 0 { "even" } else { "odd" };
        store.audit(&line(n * 10, action, &detail)).await.unwrap();
    }
    for statement in ["UPDATE audit SET action = ''", "DELETE FROM audit"] {
        let refused = sqlx::query(statement)
            .execute(&store.pool)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let base = AuditFilter {
        limit: 10,
        ..AuditFilter::default()
    };
    let found = async |filter: AuditFilter<'_>| {
        let rows = store.audited(&filter).await.unwrap();
        rows.iter().map(|row| row.at_us / 10).collect::<Vec<_>>()
    };
    assert_eq!(found(base).await, [4, 3, 2, 1, 0]);
    assert_eq!(found(AuditFilter { limit: 2, ..base }).await, [4, 3]);
    let even = Some("even");
    assert_eq!(
        found(AuditFilter {
            action: even,
            ..base
        })
        .await,
        [4, 2, 0]
    );
    let (from_us, until_us) = (Some(10), Some(40));
    assert_eq!(
        found(AuditFilter {
            from_us,
            until_us,
            ..base
        })
        .await,
        [3, 2, 1]
    );
    assert_eq!(
        found(AuditFilter {
            action: even,
            from_us,
            until_us,
            ..base
        })
        .await,
        [2]
    );
    assert_eq!(
        found(AuditFilter {
            before: Some(3),
            ..base
        })
        .await,
        [1, 0]
    );
    assert_eq!(
        found(AuditFilter {
            who: Some("ANA"),
            ..base
        })
        .await
        .len(),
        5
    );
    assert!(
        found(AuditFilter {
            who: Some("eve"),
            ..base
        })
        .await
        .is_empty()
    );
    assert!(
        found(AuditFilter {
            subject: Some("t"),
            ..base
        })
        .await
        .is_empty()
    );
    let row = &store.audited(&base).await.unwrap()[0];
    assert_eq!(
        (row.detail.as_str(), row.by_name.as_str()),
        ("{\"n\":4}", "ana")
    );
}

#[tokio::test]
async fn a_token_is_good_for_nothing_while_who_made_it_could_make_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let none = json!({});
    for (id, name) in [("1", "Ana"), ("2", "ben")] {
        let setup = link(id, DAY);
        store
            .add_link(None, setup, &line(1, "link.made", &none))
            .await
            .unwrap();
        let made = store
            .follow_setup(id, &admin(id, name), &line(2, "user.set_up", &none))
            .await;
        assert!(made.unwrap());
    }
    // The second one was made with the first one, and the third one by ben.
    for (name, made_by) in [
        ("one", "ana"),
        ("two", "One"),
        ("three", "ben"),
        ("four", "api"),
    ] {
        let token = TokenRow {
            id: name.to_owned(),
            name: name.to_owned(),
            role: "admin".to_owned(),
            scopes: None,
            made_by: made_by.to_owned(),
            created_us: 3,
            until_us: DAY,
            used_day: None,
            revoked_us: None,
        };
        let line = line(3, "token.made", &none);
        assert!(store.add_token(&token, name, &line).await.unwrap());
    }
    let known = async || {
        let mut known = Vec::new();
        for hash in ["one", "two", "three", "four"] {
            known.push(store.token(hash).await.unwrap().is_some());
        }
        known
    };
    let (all, bens) = ([true; 4], [false, false, true, true]);
    assert_eq!(known().await, all);
    for (role, disabled, left) in [
        (None, Some(true), bens),
        (None, Some(false), all),
        (Some("lead"), None, bens),
        (Some("admin"), None, all),
    ] {
        let line = line(4, "user.changed", &none);
        let changed = store.change_user("1", role, disabled, &line).await;
        assert_eq!(changed.unwrap(), Changed::Done);
        assert_eq!(known().await, left, "{role:?} {disabled:?}");
    }
    let line = line(5, "token.revoked", &none);
    assert!(store.revoke_token("one", &line).await.unwrap());
    let two = store.token("two").await.unwrap();
    assert!(two.is_none(), "what made it was revoked");
    let one = store.token("one").await.unwrap();
    assert!(one.is_some_and(|one| one.revoked_us.is_some()));
}

#[tokio::test]
async fn a_link_ends_with_the_password_that_it_was_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let none = json!({});
    store
        .add_user(
            &user("1", "ben"),
            link("first", DAY),
            &line(1, "user.invited", &none),
        )
        .await
        .unwrap();
    assert!(store.link("first", 2).await.unwrap().is_some());
    store
        .set_password("1", "hash", &line(2, "user.changed_password", &none))
        .await
        .unwrap();
    assert_eq!(store.link("first", 3).await.unwrap(), None);
    // The same where the user becomes an admin by another link.
    store
        .add_link(
            Some("1"),
            link("second", DAY),
            &line(3, "user.invited_again", &none),
        )
        .await
        .unwrap();
    store
        .add_link(None, link("setup", DAY), &line(4, "link.made", &none))
        .await
        .unwrap();
    assert!(
        store
            .follow_setup("setup", &admin("1", "ben"), &line(5, "user.set_up", &none))
            .await
            .unwrap()
    );
    assert_eq!(store.link("second", 6).await.unwrap(), None);
}
