//! What goes when it was kept for long enough, and what stays.

use super::*;

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
    store.add_manifest(&held, THEN_US, build).await.unwrap();
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
            sealer
                .store
                .add_manifest(&id, late_us, build)
                .await
                .unwrap();
        }
    };
    let reason = "a court asks".to_owned();
    say(Content::Hold {
        reason: reason.clone(),
    })
    .await;
    assert_eq!(fixture.sealer.sweep(late_us, Some(&[])).await.unwrap(), 0);
    assert!(fixture.file("a/x.jpg").exists());
    say(Content::Release { reason }).await;
    assert_eq!(fixture.sealer.sweep(late_us, Some(&[])).await.unwrap(), 1);
    assert!(!fixture.file("a/x.jpg").exists());
    assert_eq!(
        fixture.kinds().await,
        ["sealed", "hold", "release", "tombstone"]
    );
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
            .sweep(THEN_US + 61 * DAY_US, Some(&[]))
            .await
            .unwrap(),
        1
    );
    assert!(fixture.file("shared/x.jpg").exists());
    assert_eq!(
        fixture
            .sealer
            .sweep(THEN_US + 71 * DAY_US, Some(&[]))
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
    let past = Past {
        off_platform_us: late_us,
        unknown_us: late_us,
        on_platform_us: late_us,
    };
    let build = |head: &Head, due: &Expired, files: &[EvidenceRow]| {
        let content = Content::Tombstone(fixture.sealer.tombstone(due, files));
        seal(&fixture.sealer.key, head, &due.incident, content, late_us)
    };
    assert_eq!(
        fixture
            .store
            .entomb(past, Some(&[]), 9, late_us, build)
            .await
            .unwrap(),
        1
    );
    assert!(fixture.file("a/x.jpg").exists());
    fixture.sealer.sweep(late_us, Some(&[])).await.unwrap();
    assert!(!fixture.file("a/x.jpg").exists());

    fixture.record("b", "../outside", 9).await;
    fixture.record("c", "c/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    assert!(fixture.sealer.sweep(late_us, Some(&[])).await.is_err());
    assert!(fixture.data.path().join("outside").exists());
    assert!(
        !fixture.file("c/x.jpg").exists(),
        "it is removed all the same"
    );
}
