use super::*;
use crate::destination;
use crate::track::{Followed, Reconsidered};

#[test]
fn what_is_thought_of_an_incident_may_change_while_it_is_open() {
    let mut tracker = tracker();
    let corners = square(0.0, 100.0);
    let both = vec![sighting("a", corners), sighting("b", square(300.0, 100.0))];
    tracker.observe(&frame(0), both);
    let same = |incident: &Incident| Reconsidered {
        reading: None,
        verdict: incident.verdict.clone(),
    };
    assert_eq!(tracker.reconsider(same), [], "nothing is new");

    // `a` was followed, and leads to where nobody saw before.
    let followed = sighting("https://elsewhere.example/", corners)
        .reading
        .unwrap();
    let changes = tracker.reconsider(|incident| {
        let first = incident.reading.as_ref().unwrap().payload.text == "a";
        let mut verdict = incident.verdict.clone();
        if first {
            verdict.reasons = vec!["another".into()];
        }
        Reconsidered {
            reading: first.then(|| followed.clone()),
            verdict,
        }
    });
    assert_eq!(kinds(&changes), [ChangeKind::Reclassified]);
    assert_eq!(changes[0].sequence, 2);
    let incident = &changes[0].incident;
    assert_eq!(incident.reading.as_ref(), Some(&followed));
    assert_eq!(incident.verdict.reasons, ["another"]);

    // The symbol in the picture is still the same, and so is the incident.
    let again = tracker.observe(&frame(1_000), vec![sighting("a", corners)]);
    assert_eq!(again.changes, []);
    let ended = tracker.finish();
    assert_eq!(kinds(&ended), [ChangeKind::Ended; 2]);
    assert_eq!(ended[0].incident.reading.as_ref(), Some(&followed));
    assert_eq!(ended[0].incident.sightings, 2);
}

/// A page of somebody else that names the platform's has the key of the platform's, and so has one that names others too.
#[test]
fn what_matters_more_is_hidden_by_nothing_that_matters_less() {
    let mut tracker = tracker();
    let mut opens = |ms, class| {
        let sightings = vec![of(class, "a", square(0.0, 100.0))];
        tracker.observe(&frame(ms), sightings).changes.len() == 1
    };
    let classes = [Class::OnPlatform, Class::Unknown, Class::OffPlatform];
    assert_eq!(classes.map(|class| opens(0, class)), [true; 3]);
    assert_eq!(classes.map(|class| opens(200, class)), [false; 3]);
}

/// What a page of links leads to is known once it was followed, and its code is in every look.
#[test]
fn a_link_that_was_followed_to_the_platform_is_one_incident() {
    let mut tracker = tracker();
    let corners = square(0.0, 100.0);
    let seen = || vec![of(Class::OffPlatform, "a", corners)];
    let opened = tracker.observe(&frame(0), seen()).changes;
    assert_eq!(kinds(&opened), [ChangeKind::Opened]);
    let mut followed = opened[0].incident.reading.clone().unwrap();
    followed.followed = Some(Followed {
        hops: Vec::new(),
        end: "page",
        failure: None,
        passes: false,
    });
    let allowed = of(Class::OnPlatform, "a", corners).verdict;
    let learnt = |incident: &Incident| Reconsidered {
        reading: Some(followed.clone()),
        verdict: if incident.verdict.class == Class::OffPlatform {
            allowed.clone()
        } else {
            incident.verdict.clone()
        },
    };
    assert_eq!(
        kinds(&tracker.reconsider(learnt)),
        [ChangeKind::Reclassified]
    );
    assert_eq!(tracker.observe(&frame(1_000), seen()).changes, []);
    // Another policy says the same of where it leads, with another reason: the symbol is what it was.
    let mut anew = allowed.clone();
    anew.reasons = vec!["another".into()];
    let judged = |_: &Incident| Reconsidered {
        reading: None,
        verdict: anew.clone(),
    };
    assert_eq!(
        kinds(&tracker.reconsider(judged)),
        [ChangeKind::Reclassified]
    );
    assert_eq!(tracker.observe(&frame(2_000), seen()).changes, []);

    // A page of somebody else that may lead there stays what it is.
    let mut wrapped = of(
        Class::OffPlatform,
        "https://evil.example/?url=https://a.example/",
        corners,
    );
    let reading = wrapped.reading.as_mut().unwrap();
    assert_eq!(destination::unsure(&reading.payload).count(), 1);
    "a".clone_into(&mut reading.destination.key);
    let other = tracker.observe(&frame(3_000), vec![wrapped]).changes;
    assert_eq!(kinds(&other), [ChangeKind::Opened]);
}

/// What was allowed is allowed for what is open: it is the symbol itself that is judged anew.
#[test]
fn a_code_that_was_allowed_meanwhile_and_is_no_more_is_one_incident() {
    let corners = square(0.0, 100.0);
    let (off, on) = (Class::OffPlatform, Class::OnPlatform);
    for classes in [[off, on, off], [on, off, on]] {
        let mut tracker = tracker();
        for (ms, class) in (0..).step_by(1_000).zip(classes) {
            let verdict = of(class, "a", corners).verdict;
            tracker.reconsider(|_| Reconsidered {
                reading: None,
                verdict: verdict.clone(),
            });
            tracker.observe(&frame(ms), vec![of(class, "a", corners)]);
        }
        let ended = tracker.finish();
        assert_eq!(ended.len(), 1, "{classes:?}");
        assert_eq!(ended[0].incident.sightings, 3);
    }
}

/// Whoever may cut a stream waits for the second and the third read, and for nothing else.
#[test]
fn reads_that_an_action_waits_for_are_told_at_once() {
    for (action, told) in [("cut", 3), ("warn", 3), ("review", 1)] {
        let policy = format!(
            "[platform]\nname = 'x'\n[[rule]]\nid = 'all'\nwhen = {{ class = ['off_platform', 'unknown'] }}\naction = '{action}'"
        );
        let policy = Policy::parse(&policy).unwrap();
        let mut tracker = tracker();
        let mut changes = Vec::new();
        for ms in (0..4_000).step_by(500) {
            let mut sighting = sighting("a", square(0.0, 100.0));
            sighting.verdict = policy.judge_undecoded(&Context::default());
            // Every second look only locates it.
            if ms % 1_000 == 500 {
                sighting.reading = None;
                sighting.symbol.bytes = None;
            }
            changes.extend(tracker.observe(&frame(ms), vec![sighting]).changes);
        }
        let reads: Vec<_> = changes
            .iter()
            .map(|c| (c.incident.sightings, c.incident.reads))
            .collect();
        assert_eq!(reads, [(1, 1), (3, 2), (5, 3)][..told], "{action}");
    }
}
