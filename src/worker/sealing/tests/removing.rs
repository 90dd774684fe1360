//! What goes when it was kept for long enough, and what stays.

use super::*;
use crate::store::{EvidenceRow, Expired, Past};

/// As a crash leaves them, between the writing of a file and that of its record.
#[tokio::test]
async fn files_that_no_record_names_go_and_nothing_else() {
    let fixture = Fixture::new().await;
    let [known, held] = ["a", "b"].map(|seed| changes(seed)[0].incident.id.to_string());
    let name = |incident: &str, name: &str| format!("a/{incident}/{name}");
    let named = name(&known, "0000000000-clean_frame.jpg");
    fixture.record("a", &named, 9).await;
    fixture.record("b", &named, 9).await;
    let reason = "a court asks".to_owned();
    let build = |head: &Head| {
        let content = Content::Hold { reason };
        seal(&fixture.sealer.key, head, &held, content, THEN_US)
    };
    let store = &fixture.store;
    assert!(store.add_manifest(&held, THEN_US, build).await.unwrap());
    let left = name(&known, "-000000040-annotated_frame.jpg");
    let begun = name(&known, "0000000050-clip.part");
    let stays = [
        named,
        name(&held, "0000000000-clean_frame.jpg"),
        name(&known, "0000000000-clean_frame.png"),
        name(&known, "notes.txt"),
        name("other", "0000000000-clip.mp4"),
        format!("0000000000-crop-{known}.png"),
    ];
    for file in stays.iter().chain([&left, &begun]) {
        let path = fixture.file(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let now_us = Clock::system().wall_us();
    let tidy = async |us: i64| fixture.sealer.tidy(us).await.unwrap();
    assert_eq!(tidy(now_us + DAY_US / 2).await, 0, "somebody may write it");
    assert_eq!(tidy(now_us + 2 * DAY_US).await, 1);
    assert!(!fixture.file(&begun).exists() && fixture.file(&left).exists());
    assert_eq!(tidy(now_us + 61 * DAY_US).await, 1);
    assert!(!fixture.file(&left).exists());
    assert_eq!(tidy(now_us + 10_000 * DAY_US).await, 0);
    for file in stays {
        assert!(fixture.file(&file).exists(), "{file}");
    }
}

#[tokio::test]
async fn what_is_held_stays_until_it_is_released() {
    let fixture = Fixture::new().await;
    let id = fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    let late_us = THEN_US + 10_000 * DAY_US;
    let say = |content: Content| {
        let (sealer, id) = (fixture.sealer.clone(), id.clone());
        async move {
            let build = |head: &Head| seal(&sealer.key, head, &id, content, late_us);
            let added = sealer.store.add_manifest(&id, late_us, build);
            added.await.unwrap()
        }
    };
    let reason = "a court asks".to_owned();
    let hold = || {
        let reason = reason.clone();
        say(Content::Hold { reason })
    };
    assert!(hold().await);
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 0);
    assert!(fixture.file("a/x.jpg").exists());
    let reason = reason.clone();
    assert!(say(Content::Release { reason }).await);
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 1);
    assert!(!fixture.file("a/x.jpg").exists());
    assert!(!hold().await, "there is nothing to hold any more");
    assert_eq!(
        fixture.kinds().await,
        ["sealed", "hold", "release", "tombstone"]
    );
}

/// Whoever settles it has to see what it is about.
#[tokio::test]
async fn what_somebody_appeals_against_stays_until_that_is_settled() {
    let fixture = Fixture::new().await;
    let id = fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    let appeal = "INSERT INTO appeal (id, incident, reason, original, decided_by, made_by, made_us)
                  VALUES ('1', ?, 'mine', 'confirm', 'ann', 'platform', 1)";
    let pool = fixture.pool().await;
    let appeal = sqlx::query(appeal).bind(&id);
    appeal.execute(&pool).await.unwrap();
    let late_us = THEN_US + 10_000 * DAY_US;
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 0);
    assert!(fixture.file("a/x.jpg").exists());
    let settled = sqlx::query("UPDATE appeal SET outcome = 'upheld'");
    settled.execute(&pool).await.unwrap();
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 1);
}

/// Between the look and the lock somebody may hold one.
#[tokio::test]
async fn what_is_held_at_the_last_moment_stays() {
    let fixture = Fixture::new().await;
    let ids = [
        fixture.record("a", "a/x.jpg", 9).await,
        fixture.record("b", "b/x.jpg", 9).await,
    ];
    fixture.sealer.seal().await.unwrap();
    let (store, late_us) = (&fixture.store, THEN_US + 61 * DAY_US);
    let due = store
        .kept_for_long_enough(past(late_us), &[], 9)
        .await
        .unwrap();
    assert_eq!(due.len(), 2);
    assert_eq!(
        store
            .kept_for_long_enough(past(late_us), &[], 1)
            .await
            .unwrap(),
        due[..1]
    );
    let reason = "a court asks".to_owned();
    let hold = |head: &Head| {
        let content = Content::Hold { reason };
        seal(&fixture.sealer.key, head, &ids[0], content, late_us)
    };
    assert!(store.add_manifest(&ids[0], late_us, hold).await.unwrap());
    let build = |head: &Head, due: &Expired, files: &[EvidenceRow]| {
        let content = Content::Tombstone(fixture.sealer.tombstone(due, files));
        seal(&fixture.sealer.key, head, &due.incident, content, late_us)
    };
    let entombed = store.entomb(&due, past(late_us), &[], late_us, build);
    assert_eq!(entombed.await.unwrap(), 1);
    assert_eq!(store.removable().await.unwrap(), ["b/x.jpg"]);
    assert!(
        store
            .kept_for_long_enough(past(late_us), &[], 9)
            .await
            .unwrap()
            .is_empty()
    );
}

/// All that was kept up to `us` was kept for long enough.
fn past(us: i64) -> Past {
    Past {
        off_platform_us: us,
        unknown_us: us,
        on_platform_us: us,
    }
}

/// A frame may show several incidents: it goes with the last of them.
#[tokio::test]
async fn a_file_stays_while_another_incident_needs_it() {
    let fixture = Fixture::new().await;
    fixture.record("a", "shared/x.jpg", 9).await;
    fixture.record("b", "shared/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    fixture
        .store
        .put_stream_end("b", THEN_US + 10 * DAY_US)
        .await
        .unwrap();
    assert_eq!(
        fixture
            .sealer
            .sweep(THEN_US + 61 * DAY_US, &[])
            .await
            .unwrap(),
        1
    );
    assert!(fixture.file("shared/x.jpg").exists());
    assert_eq!(
        fixture
            .sealer
            .sweep(THEN_US + 71 * DAY_US, &[])
            .await
            .unwrap(),
        1
    );
    assert!(!fixture.file("shared/x.jpg").exists());
}

/// A crash may come after the tombstone and before its files are removed, and a name may be somebody's work.
#[tokio::test]
async fn files_that_were_left_are_removed_later_and_none_outside_of_the_folder() {
    let fixture = Fixture::new().await;
    fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    let late_us = THEN_US + 61 * DAY_US;
    let due = fixture
        .store
        .kept_for_long_enough(past(late_us), &[], 9)
        .await
        .unwrap();
    let build = |head: &Head, due: &Expired, files: &[EvidenceRow]| {
        let content = Content::Tombstone(fixture.sealer.tombstone(due, files));
        seal(&fixture.sealer.key, head, &due.incident, content, late_us)
    };
    assert_eq!(
        fixture
            .store
            .entomb(&due, past(late_us), &[], late_us, build)
            .await
            .unwrap(),
        1
    );
    assert!(fixture.file("a/x.jpg").exists());
    fixture.sealer.sweep(late_us, &[]).await.unwrap();
    assert!(!fixture.file("a/x.jpg").exists());

    fixture.record("b", "../outside", 9).await;
    fixture.record("c", "c/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    assert!(fixture.sealer.sweep(late_us, &[]).await.is_err());
    assert!(fixture.data.path().join("outside").exists());
    assert!(
        !fixture.file("c/x.jpg").exists(),
        "it is removed all the same"
    );
}
