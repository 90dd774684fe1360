//! What people answer and decide, and what is done then.

use super::*;

#[tokio::test]
async fn a_person_answers_what_is_asked_once() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let mut asked = Vec::new();
    let mut rooms = [Room::new("a", "cut"), Room::new("b", "cut")];
    for room in &mut rooms {
        let told = fixture.record(&room.show(), 0).await;
        assert_eq!(
            steps(&told),
            [("ask", "ask", vec!["mode-ask", "single-read"])]
        );
        asked.push(told[0].incident.clone().unwrap());
    }
    let done = fixture.acting.answer(&asked[0], true, "me").await.unwrap();
    assert_eq!(
        (&*done.step, &*done.by, done.executor.as_deref()),
        ("do", "me", Some("platform"))
    );
    let not = fixture.acting.answer(&asked[1], false, "me").await.unwrap();
    assert_eq!(&*not.step, "would");
    assert_eq!(fixture.kinds(&asked[0]).await, ["proposed", "requested"]);
    assert_eq!(fixture.kinds(&asked[1]).await, ["proposed", "rejected"]);
    for room in &mut rooms {
        for _ in 0..10 {
            assert_eq!(fixture.record(&room.show(), 1).await, [], "it is decided");
        }
    }
    for incident in &asked {
        let again = fixture.acting.answer(incident, true, "you").await;
        assert!(matches!(again, Err(ActError::Answered)), "{again:?}");
    }
    let unknown = fixture.acting.answer("no-such", true, "me").await;
    assert!(matches!(unknown, Err(ActError::UnknownIncident(_))));
    let mut quiet = Room::new("c", "review");
    let records = quiet.show();
    fixture.record(&records, 2).await;
    let id = records[0].change.incident.id.to_string();
    let not_asked = fixture.acting.answer(&id, true, "me").await;
    assert!(
        matches!(not_asked, Err(ActError::NotAsked)),
        "{not_asked:?}"
    );
    let no_server = fixture.acting.cut("a", 5, "reason", "me", None).await;
    assert!(matches!(no_server, Err(ActError::Cut(_))), "{no_server:?}");
    let figures = fixture.acting.figures();
    let counts: Vec<_> = figures.iter().map(|f| (f.step.as_str(), f.count)).collect();
    assert_eq!(
        counts,
        [
            ("proposed", 2),
            ("requested", 1),
            ("done", 0),
            ("failed", 0),
            ("rejected", 1),
            ("reverted", 0)
        ]
    );
}

/// What a reviewer confirms is done once, whoever came first.
#[tokio::test]
async fn a_confirmation_does_what_was_not_done_yet() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut early = Room::new("early", "cut");
    let first = early.show();
    fixture.record(&first, 0).await;
    let early_id = first[0].change.incident.id.to_string();
    // Before a second read, told twice at once.
    let decision = fixture.decide(&early_id, Decision::Confirm).await;
    let (a, b) = tokio::join!(
        fixture.acting.confirmed(&early_id, true, "a", &decision),
        fixture.acting.confirmed(&early_id, true, "b", &decision),
    );
    let done: Vec<_> = [a, b].into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].reasons, ["confirmed"]);
    for second in 1..5 {
        assert_eq!(fixture.record(&early.show(), second).await, []);
    }
    assert_eq!(fixture.kinds(&early_id).await, ["requested"]);

    // It was cut by itself.
    let mut late = Room::new("late", "cut");
    let mut told = Vec::new();
    for second in 0..3 {
        told.extend(fixture.record(&late.show(), second).await);
    }
    let late_id = told[0].incident.clone().unwrap();
    let decision = fixture.decide(&late_id, Decision::Confirm).await;
    let again = fixture
        .acting
        .confirmed(&late_id, true, "a", &decision)
        .await
        .unwrap();
    assert_eq!(again, None);
    assert_eq!(fixture.kinds(&late_id).await, ["requested"]);

    // What is over is not remembered.
    fixture.record(&early.end(), 9).await;
    fixture.record(&late.end(), 9).await;
    fixture
        .acting
        .confirmed(&late_id, false, "a", &decision)
        .await
        .unwrap();
    assert!(fixture.acting.state().decided.is_empty());
}

#[tokio::test]
async fn a_confirmation_cuts_a_stream_that_was_only_warned() {
    let fixture = Fixture::new("mode = 'auto'\nframes = 9").await;
    let mut room = Room::new("room", "warn");
    let told = fixture.record(&room.show(), 0).await;
    let incident = told[0].incident.clone().unwrap();
    let stricter = room.wants("cut");
    assert_eq!(stricter.len(), 1);
    assert_eq!(fixture.record(&stricter, 1).await, [], "too few reads");
    let decision = fixture.decide(&incident, Decision::Confirm).await;
    let confirmed = fixture.acting.confirmed(&incident, true, "ann", &decision);
    let done = confirmed.await.unwrap().unwrap();
    assert_eq!((&*done.action, &*done.step), ("cut", "do"));
}

/// A cut may take two persons, and a decision on what is none takes one.
#[tokio::test]
async fn a_confirmation_does_nothing_that_the_policy_wants_no_more() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let mut room = Room::new("room", "cut");
    let told = fixture.record(&room.show(), 0).await;
    let incident = told[0].incident.clone().unwrap();
    let milder = room.wants("review");
    assert_eq!(milder.len(), 1);
    assert_eq!(fixture.record(&milder, 1).await, []);
    let decision = fixture.decide(&incident, Decision::Confirm).await;
    let acting = &fixture.acting;
    let confirmed = acting.confirmed(&incident, true, "ann", &decision).await;
    assert_eq!(confirmed.unwrap(), None);
    assert_eq!(fixture.kinds(&incident).await, ["proposed"]);
    // Whoever may cut still answers what was asked.
    let answered = acting.answer(&incident, true, "bob").await.unwrap();
    assert_eq!((&*answered.action, &*answered.step), ("cut", "do"));
}

#[tokio::test]
async fn what_a_person_cuts_for_an_incident_is_not_cut_again() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "cut");
    let opened = room.show();
    assert_eq!(fixture.record(&opened, 0).await, [], "one read");
    let incident = opened[0].change.incident.id.to_string();
    let mut data = ActionData {
        stream: "room".to_owned(),
        ..ActionData::default()
    };
    fixture
        .acting
        .take_incident(&mut data, &incident)
        .await
        .unwrap();
    assert_eq!(data.incident, Some(incident));
    for second in 1..9 {
        assert_eq!(fixture.record(&room.show(), second).await, []);
    }
}

#[tokio::test]
async fn a_confirmation_that_nobody_came_to_act_on_is_told_by_the_next_start() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let mut told = Vec::new();
    for name in ["confirmed", "allowed", "waiting", "answered"] {
        told.extend(fixture.record(&Room::new(name, "cut").show(), 0).await);
    }
    let ids: Vec<_> = told.iter().map(|t| t.incident.clone().unwrap()).collect();
    fixture.decide(&ids[0], Decision::Confirm).await;
    fixture.decide(&ids[1], Decision::AllowOnce).await;
    let answered = fixture.decide(&ids[3], Decision::Confirm).await;
    let done = fixture.acting.confirmed(&ids[3], true, "ann", &answered);
    assert!(done.await.unwrap().is_some());
    // The decisions of these tests are of long ago.
    let since_us = THEN_US - 1;
    let unheeded = fixture.store.unheeded_decisions(since_us).await.unwrap();
    let found: Vec<_> = unheeded.iter().map(|(_, id, by)| (id, &**by)).collect();
    assert_eq!(found, [(&ids[0], "ann")]);
    fixture.acting.take_up_since(since_us).await.unwrap();
    assert_eq!(fixture.kinds(&ids[0]).await, ["proposed", "failed"]);
    fixture.acting.take_up_since(since_us).await.unwrap();
    for (id, kinds) in [
        (&ids[0], vec!["proposed", "failed"]),
        (&ids[1], vec!["proposed"]),
        (&ids[2], vec!["proposed"]),
        (&ids[3], vec!["proposed", "requested"]),
    ] {
        assert_eq!(fixture.kinds(id).await, kinds);
    }
}

/// One that came before anybody was asked is no other.
#[tokio::test]
async fn the_next_start_tells_of_a_confirmation_before_anybody_was_asked() {
    for (mode, wants, later, told) in [
        ("auto", "cut", 1, vec!["failed"]),
        ("auto", "cut", 3_600, vec![]),
        ("auto", "review", 1, vec![]),
        ("off", "cut", 1, vec![]),
    ] {
        let fixture = Fixture::new(&format!("mode = '{mode}'")).await;
        let opened = Room::new("room", wants).show();
        assert_eq!(fixture.record(&opened, 0).await, [], "one read");
        let incident = opened[0].change.incident.id.to_string();
        let decision = fixture.decide(&incident, Decision::Confirm).await;
        // The records go on so long after it.
        let other = Room::new("other", "review").show();
        assert_eq!(fixture.record(&other, later).await, []);
        for _ in 0..2 {
            fixture.acting.take_up_since(THEN_US - 1).await.unwrap();
            assert_eq!(
                fixture.kinds(&incident).await,
                told,
                "{mode} {wants} {later}"
            );
        }
        for (_, event) in fixture.store.action_events(&incident).await.unwrap() {
            let event: serde_json::Value = serde_json::from_str(&event).unwrap();
            let (data, by) = (&event["data"], decision.as_str());
            assert_eq!(
                (&data["decision_id"], &data["by"]),
                (&by.into(), &"ann".into())
            );
            assert_eq!(
                (&data["action"], &data["minutes"].is_u64()),
                (&"cut".into(), &true)
            );
        }
    }
}

/// A server may take a minute to disconnect somebody: nobody else's stream stays on for that.
#[tokio::test]
async fn an_answer_waits_for_none_about_another_incident() {
    let fixture = Fixture::new("mode = 'ask'").await;
    let told = fixture.record(&Room::new("room", "cut").show(), 0).await;
    let incident = told[0].incident.as_deref().unwrap();
    let other = fixture.acting.turn("other").await;
    let answer = fixture.acting.answer(incident, true, "ann");
    let limit = std::time::Duration::from_secs(30);
    let answered = tokio::time::timeout(limit, answer).await;
    assert!(answered.expect("it does not wait").is_ok());
    // About the same one they come one after the other.
    let now = std::time::Duration::ZERO;
    let second = tokio::time::timeout(now, fixture.acting.turn("other")).await;
    assert!(second.is_err());
    drop(other);
    drop(fixture.acting.turn("other").await);
    drop(fixture.acting.turn("third").await);
    assert_eq!(
        fixture.acting.0.answering.lock().unwrap().len(),
        1,
        "what is over is let go"
    );
}
