use super::*;
use crate::ban::{Ban, StreamKey};

/// A minute, in µs.
const MINUTE_US: i64 = 60_000_000;

/// What is known of an incident that `room` has just opened, asked of a person.
async fn asked(fixture: &Fixture) -> String {
    let told = fixture.record(&Room::new("room", "cut").show(), 0).await;
    told[0].incident.clone().unwrap()
}

/// As if the stream had come from an ingest server, and Waylay had cut it; the ban is in force for so long.
async fn cut(fixture: &Fixture, id: &str, incident: &str, decision: Option<&str>, left_us: i64) {
    let now_us = fixture.acting.0.clock.wall_us();
    let ban = Ban {
        id: id.to_owned(),
        server: "edge".to_owned(),
        key: StreamKey::new("live", "room"),
        stream: "room".to_owned(),
        publisher: None,
        reason: String::new(),
        by: "ann".to_owned(),
        created_us: now_us,
        until_us: now_us + left_us,
    };
    fixture.store.add_ban(&ban).await.unwrap();
    let requested = ActionData {
        id: id.to_owned(),
        incident: Some(incident.to_owned()),
        stream: "room".to_owned(),
        action: "cut".to_owned(),
        reasons: vec!["confirmed".to_owned()],
        by: "ann".to_owned(),
        executor: Some(WAYLAY.to_owned()),
        decision_id: decision.map(str::to_owned),
        ..ActionData::default()
    };
    let done = ActionData {
        kick: Some("done".to_owned()),
        ..requested.clone()
    };
    let mut posts = [(ActionStep::Requested, requested), (ActionStep::Done, done)]
        .map(|(step, data)| fixture.acting.post(step, data, now_us));
    fixture.store.tell(&mut posts).await.unwrap();
}

/// The ids of the bans that are in force, sorted.
async fn banned(fixture: &Fixture) -> Vec<String> {
    let now_us = fixture.acting.0.clock.wall_us();
    let rows = fixture.store.bans_in_force(now_us).await.unwrap();
    let mut ids: Vec<_> = rows.into_iter().map(|row| row.ban.id).collect();
    ids.sort();
    ids
}

/// What was told last of the incident's actions.
async fn last(fixture: &Fixture, incident: &str) -> ActionData {
    let (_, data) = fixture.acting.acted(incident).await.unwrap().pop().unwrap();
    data
}

#[tokio::test]
async fn what_a_decision_brought_goes_and_comes_with_it() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let incident = asked(&fixture).await;
    let acting = &fixture.acting;
    let first = fixture.decide(&incident, Decision::Confirm).await;
    let done = acting.confirmed(&incident, true, "ann", &first).await;
    let done = done.unwrap().unwrap();
    assert_eq!(
        (done.decision_id.as_ref(), done.executor.as_deref()),
        (Some(&first), Some("platform"))
    );
    assert_eq!(
        acting.withdrawn(&incident, "ann").await.unwrap(),
        0,
        "it stands"
    );

    fixture.undo(&incident).await;
    for taken in [1, 0] {
        assert_eq!(acting.withdrawn(&incident, "bob").await.unwrap(), taken);
    }
    let kinds = ["proposed", "requested", "reverted"];
    assert_eq!(fixture.kinds(&incident).await, kinds);
    let reverted = last(&fixture, &incident).await;
    assert_eq!(
        (reverted.by.as_str(), reverted.reasons.as_slice()),
        ("bob", &["withdrawn".to_owned()][..])
    );

    // It is as if nobody had decided: another confirmation is another action.
    let second = fixture.decide(&incident, Decision::Confirm).await;
    let again = acting.confirmed(&incident, true, "ann", &second).await;
    let again = again.unwrap().unwrap();
    assert_ne!(again.id, done.id);

    let third = fixture.reverse(&incident, Decision::Misread).await;
    assert_eq!(acting.withdrawn(&incident, "ann").await.unwrap(), 1);
    let not = acting.confirmed(&incident, false, "ann", &third).await;
    assert_eq!(not.unwrap().unwrap().step, "would");

    // The reversal is undone: what it had replaced stands again.
    fixture.undo(&incident).await;
    let stands = fixture.store.standing(&incident).await.unwrap();
    assert_eq!(stands, Some((second.clone(), Decision::Confirm)));
    assert_eq!(acting.withdrawn(&incident, "ann").await.unwrap(), 0);
    let back = acting.confirmed(&incident, true, "ann", &second).await;
    let back = back.unwrap().unwrap();
    assert!(back.id != again.id && back.step == "do", "{back:?}");
    let once = acting.confirmed(&incident, true, "ann", &second).await;
    assert_eq!(once.unwrap(), None);
    assert_eq!(
        fixture.kinds(&incident).await[3..],
        ["requested", "reverted", "rejected", "requested"]
    );
}

#[tokio::test]
async fn a_decision_that_was_taken_back_meanwhile_brings_nothing() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let incident = asked(&fixture).await;
    let decision = fixture.decide(&incident, Decision::Confirm).await;
    fixture.undo(&incident).await;
    let acting = &fixture.acting;
    assert_eq!(acting.withdrawn(&incident, "ann").await.unwrap(), 0);
    let done = acting.confirmed(&incident, true, "ann", &decision).await;
    assert_eq!(done.unwrap(), None);
    assert_eq!(fixture.kinds(&incident).await, ["proposed"]);
}

#[tokio::test]
async fn bans_of_any_other_origin_stay() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut rooms = [Room::new("room", "cut"), Room::new("other", "cut")];
    let mut ids = Vec::new();
    for room in &mut rooms {
        let opened = room.show();
        fixture.record(&opened, 0).await;
        ids.push(opened[0].change.incident.id.to_string());
    }
    let mine = fixture.decide(&ids[0], Decision::Confirm).await;
    let theirs = fixture.decide(&ids[1], Decision::Confirm).await;
    cut(&fixture, "by-decision", &ids[0], Some(&mine), MINUTE_US).await;
    cut(&fixture, "over", &ids[0], Some(&mine), -1).await;
    cut(&fixture, "by-itself", &ids[0], None, MINUTE_US).await;
    cut(&fixture, "other", &ids[1], Some(&theirs), MINUTE_US).await;
    fixture.undo(&ids[0]).await;
    for taken in [1, 0] {
        for id in &ids {
            let taken = if *id == ids[0] { taken } else { 0 };
            let done = fixture.acting.withdrawn(id, "ann").await.unwrap();
            assert_eq!(done, taken, "{id}");
        }
    }
    assert_eq!(banned(&fixture).await, ["by-itself", "other"]);
    let reverted = last(&fixture, &ids[0]).await;
    assert_eq!(
        (reverted.id.as_str(), reverted.remains.as_deref()),
        ("by-decision", Some("disconnect"))
    );
    // By hand it goes all the same.
    assert!(fixture.acting.lift("by-itself", "ann").await.unwrap());
    let reverted = last(&fixture, &ids[0]).await;
    assert_eq!(
        (reverted.reasons, reverted.by),
        (vec!["confirmed".to_owned()], "ann".to_owned())
    );
    assert!(!fixture.acting.lift("by-itself", "ann").await.unwrap());
}

#[tokio::test]
async fn what_a_crash_has_left_to_be_taken_back_is_by_the_next_start() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let incident = asked(&fixture).await;
    let decision = fixture.decide(&incident, Decision::Confirm).await;
    cut(&fixture, "banned", &incident, Some(&decision), MINUTE_US).await;
    cut(&fixture, "lifted", &incident, None, MINUTE_US).await;
    fixture.undo(&incident).await;
    let now_us = fixture.acting.0.clock.wall_us();
    assert!(
        fixture
            .store
            .lift_ban("lifted", "bob", now_us)
            .await
            .unwrap()
    );
    fixture.hands.finish().await;
    fixture.store.close().await;

    let again = Fixture::in_folder(fixture.folder, "mode = 'ask'").await;
    assert!(banned(&again).await.is_empty());
    let acted = again.acting.acted(&incident).await.unwrap();
    let told: Vec<_> = acted[5..]
        .iter()
        .map(|(kind, data)| (kind.as_str(), data.id.as_str(), data.by.as_str()))
        .collect();
    let reverted = ActionStep::Reverted.event();
    assert_eq!(
        told,
        [(reverted, "lifted", "bob"), (reverted, "banned", WAYLAY)]
    );
    again.acting.take_up().await.unwrap();
    assert_eq!(again.kinds(&incident).await.len(), 7, "told once");
}
