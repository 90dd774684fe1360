use super::*;
use crate::destination;
use crate::detect::{PerceptualHash, Point, Reader, Reason, Symbol, SymbolKind, Unread};
use crate::payload;
use crate::policy::{Context, Policy};
use crate::track::{Followed, Reading, Reconsidered};

const SETTINGS: Settings = Settings {
    gap_ms: 10_000,
    update_ms: 5_000,
    prompt_reads: 3,
};

fn tracker() -> Tracker {
    Tracker::new(Seed::from_parts(&[b"test"]), SETTINGS)
}

fn frame(media_ms: i64) -> Frame {
    Frame {
        sequence: 0,
        media_ms,
        arrived_us: None,
        width: 1280,
        height: 720,
    }
}

fn square(x: f32, side: f32) -> Corners {
    [(x, 0.0), (x + side, 0.0), (x + side, side), (x, side)].map(|(x, y)| Point { x, y })
}

/// A sighting of `key`, or of a symbol that nobody can read where it is empty.
fn sighting(key: &str, corners: Corners) -> Sighting {
    let mut reading = Reading::new(payload::parse_str(key));
    key.clone_into(&mut reading.destination.key);
    Sighting {
        symbol: Symbol {
            kind: SymbolKind::Qr,
            bytes: (!key.is_empty()).then(|| key.as_bytes().to_vec()),
            corners,
            read_by: Reader::Rqrr,
            confirmed_by: None,
            part: None,
            unread: None,
            hash: None,
            joined: None,
            soft: None,
        },
        verdict: Policy::default().judge_undecoded(&Context::default()),
        reading: (!key.is_empty()).then_some(reading),
    }
}

fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
    changes.iter().map(|change| change.kind).collect()
}

#[test]
fn one_showing_is_one_incident() {
    let mut tracker = tracker();
    let mut changes = Vec::new();
    for ms in (0..=12_000).step_by(1_000) {
        changes.extend(
            tracker
                .observe(&frame(ms), vec![sighting("a", square(0.0, 100.0))])
                .changes,
        );
    }
    changes.extend(tracker.observe(&frame(30_000), vec![]).changes);
    assert_eq!(
        kinds(&changes),
        [
            ChangeKind::Opened,
            ChangeKind::Updated,
            ChangeKind::Updated,
            ChangeKind::Ended
        ]
    );
    assert_eq!(
        changes.iter().map(|c| c.sequence).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let last = &changes[3].incident;
    assert!(last.ended);
    assert_eq!(
        (last.first_seen_ms, last.last_seen_ms, last.sightings),
        (0, 12_000, 13)
    );
    assert_eq!(last.visible_ms, 12_000);
    assert!(changes.iter().all(|c| c.incident.id == last.id));
}

#[test]
fn a_second_showing_is_a_second_incident() {
    let mut tracker = tracker();
    let first = tracker.observe(&frame(0), vec![sighting("a", square(0.0, 100.0))]);
    let kept = tracker.observe(&frame(10_000), vec![sighting("a", square(0.0, 100.0))]);
    assert_eq!(
        kinds(&kept.changes),
        [ChangeKind::Updated],
        "a gap as long as allowed"
    );
    assert_eq!(tracker.observe(&frame(15_000), vec![]).changes, []);
    let again = tracker.observe(&frame(20_001), vec![sighting("a", square(0.0, 100.0))]);
    assert_eq!(
        kinds(&again.changes),
        [ChangeKind::Ended, ChangeKind::Opened]
    );
    assert_ne!(again.changes[1].incident.id, first.changes[0].incident.id);
}

/// A machine that has too much to do looks every 16 s.
#[test]
fn what_nobody_looked_for_is_not_over() {
    let mut tracker = tracker();
    let mut changes = Vec::new();
    for ms in [0, 16_000, 32_000, 48_000] {
        let sightings = vec![
            sighting("a", square(0.0, 100.0)),
            sighting("", square(500.0, 100.0)),
        ];
        changes.extend(tracker.observe(&frame(ms), sightings).changes);
    }
    let opened = changes.iter().filter(|c| c.kind == ChangeKind::Opened);
    assert_eq!(opened.count(), 2, "{changes:?}");
    // The first look that misses them ends them.
    let ended = tracker.observe(&frame(64_000), vec![]).changes;
    assert_eq!(kinds(&ended), [ChangeKind::Ended; 2]);
    let seen = [&ended[0], &ended[1]].map(|c| (c.incident.sightings, c.incident.reads));
    assert_eq!(seen, [(4, 4), (3, 0)]);
}

#[test]
fn two_codes_are_two_incidents_and_the_same_twice_is_one() {
    let mut tracker = tracker();
    let seen = vec![
        sighting("a", square(0.0, 100.0)),
        sighting("b", square(300.0, 100.0)),
        sighting("a", square(600.0, 100.0)),
    ];
    let observed = tracker.observe(&frame(0), seen);
    assert_eq!(
        kinds(&observed.changes),
        [ChangeKind::Opened, ChangeKind::Opened]
    );
    let ended = tracker.finish();
    assert_eq!(kinds(&ended), [ChangeKind::Ended, ChangeKind::Ended]);
    assert_eq!(ended[0].incident.sightings, 1);
    assert!(tracker.finish().is_empty());
}

#[test]
fn what_is_out_of_view_does_not_count_as_visible() {
    let mut tracker = tracker();
    for (ms, seen) in [
        (0, true),
        (1_000, true),
        (2_000, false),
        (3_000, true),
        (4_000, false),
        (5_000, false),
    ] {
        let sightings = if seen {
            vec![sighting("a", square(0.0, 100.0))]
        } else {
            vec![]
        };
        tracker.observe(&frame(ms), sightings);
    }
    tracker.observe(&frame(6_000), vec![sighting("a", square(0.0, 100.0))]);
    // 0 to 3 s with one look missed; not the 3 s in which two looks in a row saw nothing.
    assert_eq!(tracker.finish()[0].incident.visible_ms, 3_000);
}

#[test]
fn the_best_frame_is_the_one_that_shows_it_largest() {
    let mut tracker = tracker();
    let id = tracker
        .observe(&frame(0), vec![sighting("a", square(0.0, 100.0))])
        .best[0];
    assert!(
        tracker
            .observe(&frame(1_000), vec![sighting("a", square(0.0, 105.0))])
            .best
            .is_empty()
    );
    assert_eq!(
        tracker
            .observe(&frame(2_000), vec![sighting("a", square(0.0, 200.0))])
            .best,
        [id]
    );
    assert!(
        tracker
            .observe(&frame(3_000), vec![sighting("", square(0.0, 250.0))])
            .best
            .is_empty()
    );
    let incident = &tracker.finish()[0].incident;
    assert_eq!(incident.best.media_ms, 2_000);
    assert_eq!(incident.corners, square(0.0, 200.0));
}

#[test]
fn of_two_pictures_of_one_time_the_first_stays() {
    let mut tracker = tracker();
    let see = |tracker: &mut Tracker, ms, side| {
        let sightings = vec![sighting("a", square(0.0, side))];
        tracker.observe(&frame(ms), sightings).best.len()
    };
    // The files of the second would have the names of the first's, which are on record with their sums.
    let seen = [(1_000, 100.0), (1_000, 200.0), (1_001, 200.0)]
        .map(|(ms, side)| see(&mut tracker, ms, side));
    assert_eq!(seen, [1, 0, 1]);
}

#[test]
fn a_located_symbol_counts_from_the_second_sight_on() {
    let mut tracker = tracker();
    assert!(
        tracker
            .observe(&frame(0), vec![sighting("", square(0.0, 100.0))])
            .changes
            .is_empty()
    );
    assert!(
        tracker
            .observe(&frame(1_000), vec![sighting("", square(500.0, 100.0))])
            .changes
            .is_empty()
    );
    let opened = tracker.observe(&frame(2_000), vec![sighting("", square(20.0, 100.0))]);
    assert_eq!(kinds(&opened.changes), [ChangeKind::Opened]);
    assert!(opened.changes[0].incident.reading.is_none());
}

#[test]
fn a_located_symbol_that_is_read_later_is_reclassified() {
    let mut tracker = tracker();
    tracker.observe(&frame(0), vec![sighting("", square(0.0, 100.0))]);
    let opened = tracker.observe(&frame(1_000), vec![sighting("", square(0.0, 100.0))]);
    let read = tracker.observe(&frame(2_000), vec![sighting("a", square(10.0, 100.0))]);
    assert_eq!(kinds(&read.changes), [ChangeKind::Reclassified]);
    let incident = &read.changes[0].incident;
    assert_eq!(incident.id, opened.changes[0].incident.id);
    assert_eq!(incident.reading.as_ref().unwrap().destination.key, "a");
    assert_eq!(
        read.best,
        [incident.id],
        "a frame in which it is read is better evidence"
    );
    let blurred = tracker.observe(&frame(3_000), vec![sighting("", square(10.0, 100.0))]);
    assert!(
        blurred.changes.is_empty(),
        "a blurred look at a known code is no new incident"
    );
    assert_eq!(tracker.finish()[0].incident.sightings, 3);
}

#[test]
fn a_flood_is_bounded_and_counted() {
    let mut tracker = tracker();
    let flood = |n: usize| {
        (0..n)
            .map(|i| sighting(&format!("k{i}"), square(0.0, 100.0)))
            .collect()
    };
    let observed = tracker.observe(&frame(0), flood(MAX_OPEN + 7));
    assert_eq!(observed.changes.len(), MAX_OPEN);
    assert_eq!(observed.ignored, 7);
    let unread = (0..1_000i16)
        .map(|i| sighting("", square(f32::from(i) * 200.0, 100.0)))
        .collect();
    tracker.observe(&frame(60_000), unread);
    assert!(tracker.unconfirmed.len() <= MAX_UNCONFIRMED);
}

#[test]
fn a_flood_of_what_matters_less_gives_way() {
    let mut tracker = tracker();
    let flood = |class, name: &str, n: usize| -> Vec<_> {
        (0..n)
            .map(|i| of(class, &format!("{name}{i}"), square(0.0, 100.0)))
            .collect()
    };
    let harmless = || flood(Class::OnPlatform, "on", MAX_OPEN - 1);
    let text = || flood(Class::Unknown, "text", 1);
    tracker.observe(&frame(0), [harmless(), text()].concat());
    tracker.observe(&frame(1_000), [harmless()[1..].to_vec(), text()].concat());
    let off = tracker.observe(&frame(2_000), flood(Class::OffPlatform, "off", 1));
    assert_eq!(kinds(&off.changes), [ChangeKind::Ended, ChangeKind::Opened]);
    assert_eq!(off.ignored, 0);
    let key = |change: &Change| {
        let reading = change.incident.reading.as_ref().unwrap();
        reading.destination.key.clone()
    };
    assert_eq!(key(&off.changes[0]), "on0", "it was not seen for longest");
    // What gave way does not come back for it, and nothing gives way to its like.
    let again = tracker.observe(&frame(3_000), harmless());
    assert_eq!((again.changes, again.ignored), (vec![], 1));
    let many = tracker.observe(
        &frame(4_000),
        flood(Class::OffPlatform, "off", MAX_OPEN + 7),
    );
    assert_eq!((many.changes.len(), many.ignored), (2 * (MAX_OPEN - 1), 7));
    assert_eq!(tracker.open.len(), MAX_OPEN);
    let last = &many.changes[many.changes.len() - 2];
    assert_eq!(
        (key(last), last.kind),
        ("text0".to_owned(), ChangeKind::Ended)
    );
}

#[test]
fn time_passes_without_frames() {
    let mut tracker = tracker();
    tracker.observe(&frame(0), vec![sighting("a", square(0.0, 100.0))]);
    assert!(tracker.advance(10_000).is_empty());
    assert_eq!(kinds(&tracker.advance(10_001)), [ChangeKind::Ended]);
}

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

/// A symbol that nobody could read, with what is known of it.
fn unread(corners: Corners, hash: [u64; 4], reason: Reason) -> Sighting {
    let mut sighting = sighting("", corners);
    sighting.symbol.hash = Some(PerceptualHash(hash));
    sighting.symbol.unread = Some(Unread {
        reason,
        module: corners[1].x / 40.0,
    });
    sighting
}

#[test]
fn an_unread_symbol_that_moves_is_known_again_by_its_looks() {
    let mut tracker = tracker();
    let here = |x, hash| vec![unread(square(x, 100.0), hash, Reason::Damaged)];
    let none = tracker.observe(&frame(0), here(0.0, [0, 0, 0, 0]));
    assert_eq!(none.changes, []);
    // Far from there, and a few bits away.
    let opened = tracker.observe(&frame(1_000), here(900.0, [0xff, 0, 0, 0]));
    assert_eq!(kinds(&opened.changes), [ChangeKind::Opened]);
    let moved = tracker.observe(&frame(2_000), here(300.0, [0, 0xff, 0, 0]));
    assert_eq!(moved.changes, []);
    // Another code is another incident, from its second sight on.
    for ms in [3_000, 4_000] {
        tracker.observe(&frame(ms), here(600.0, [u64::MAX; 4]));
    }
    // One that is read where it was never seen before is the same if it looks like it.
    let mut read = sighting("a", square(0.0, 100.0));
    read.symbol.hash = Some(PerceptualHash([0xff, 0xff, 0, 0]));
    let read = tracker.observe(&frame(5_000), vec![read]);
    assert_eq!(kinds(&read.changes), [ChangeKind::Reclassified]);
    let ended = tracker.finish();
    let seen: Vec<_> = ended.iter().map(|c| c.incident.sightings).collect();
    assert_eq!(seen, [3, 1]);
    assert_eq!(ended[0].incident.unread, None, "it was read");
    assert!(ended[1].incident.unread.is_some());
}

/// A sighting of `key` that is of this class.
fn of(class: Class, key: &str, corners: Corners) -> Sighting {
    let mut sighting = sighting(key, corners);
    sighting.verdict.class = class;
    sighting
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

/// A code and what it looks like.
fn with_hash(mut sighting: Sighting, hash: [u64; 4]) -> Sighting {
    sighting.symbol.hash = Some(PerceptualHash(hash));
    sighting
}

/// 64 bits differ from none.
const OTHER: [u64; 4] = [u64::MAX, 0, 0, 0];

#[test]
fn a_code_that_nobody_could_read_is_not_cleared_by_another_in_its_place() {
    let corners = square(0.0, 100.0);
    let located = |hash| vec![unread(corners, hash, Reason::Damaged)];
    for (class, hash, changes) in [
        (Class::OnPlatform, OTHER, ChangeKind::Opened),
        (Class::Unknown, OTHER, ChangeKind::Opened),
        // Whether it is the same nobody knows: what leads off the platform may well be.
        (Class::OffPlatform, OTHER, ChangeKind::Reclassified),
        // A part of it was covered.
        (
            Class::OnPlatform,
            [u64::MAX >> 10, 0, 0, 0],
            ChangeKind::Reclassified,
        ),
    ] {
        let mut tracker = tracker();
        tracker.observe(&frame(0), located([0; 4]));
        let opened = tracker.observe(&frame(1_000), located([0; 4])).changes;
        assert_eq!(kinds(&opened), [ChangeKind::Opened]);
        // A larger one that cannot be read either leaves the looks of the first.
        let larger = unread(square(0.0, 150.0), hash, Reason::Blurred);
        assert_eq!(tracker.observe(&frame(2_000), vec![larger]).changes, []);
        let read = with_hash(of(class, "a", corners), hash);
        let read = tracker.observe(&frame(3_000), vec![read]).changes;
        assert_eq!(kinds(&read), [changes], "{class:?}");
    }
}

#[test]
fn a_code_of_another_kind_does_not_clear_one_that_nobody_could_read() {
    let mut tracker = tracker();
    let corners = square(0.0, 100.0);
    for ms in [0, 1_000] {
        tracker.observe(&frame(ms), vec![unread(corners, [0; 4], Reason::Damaged)]);
    }
    let mut read = of(Class::OnPlatform, "a", corners);
    read.symbol.kind = SymbolKind::DataMatrix;
    let read = tracker.observe(&frame(2_000), vec![read]).changes;
    assert_eq!(kinds(&read), [ChangeKind::Opened]);
}

#[test]
fn a_code_that_nobody_can_read_is_not_hidden_by_a_harmless_one_in_its_place() {
    let corners = square(0.0, 100.0);
    for (class, opens) in [
        (Class::OnPlatform, true),
        (Class::Unknown, true),
        // A hand in front of it, likely.
        (Class::OffPlatform, false),
    ] {
        let mut tracker = tracker();
        tracker.observe(&frame(0), vec![with_hash(of(class, "a", corners), [0; 4])]);
        let mut opened = Vec::new();
        for ms in [1_000, 2_000, 3_000] {
            let sightings = vec![unread(corners, OTHER, Reason::Damaged)];
            opened.extend(tracker.observe(&frame(ms), sightings).changes);
        }
        assert_eq!(opened.len(), usize::from(opens), "{class:?}");
    }
}

#[test]
fn two_unread_codes_that_look_alike_hide_neither() {
    let mut tracker = tracker();
    let two = || {
        [0.0, 500.0]
            .map(|x| unread(square(x, 100.0), [7; 4], Reason::Damaged))
            .to_vec()
    };
    assert_eq!(tracker.observe(&frame(0), two()).changes, []);
    let opened = tracker.observe(&frame(1_000), two());
    assert_eq!(kinds(&opened.changes), [ChangeKind::Opened]);
    assert_eq!(tracker.observe(&frame(2_000), two()).changes, []);
    assert_eq!(tracker.finish().len(), 1);
}

#[test]
fn a_known_code_that_moves_and_cannot_be_read_is_no_new_incident() {
    let mut tracker = tracker();
    let mut read = sighting("a", square(0.0, 100.0));
    read.symbol.hash = Some(PerceptualHash([7; 4]));
    tracker.observe(&frame(0), vec![read]);
    for ms in [1_000, 2_000] {
        let blurred = unread(square(900.0, 100.0), [3; 4], Reason::Blurred);
        assert_eq!(tracker.observe(&frame(ms), vec![blurred]).changes, []);
    }
    assert_eq!(tracker.finish()[0].incident.sightings, 3);
}

#[test]
fn the_reason_is_that_of_the_best_frame() {
    let mut tracker = tracker();
    let shown = [
        (0, 100.0, Reason::TooSmall),
        (1_000, 100.0, Reason::TooSmall),
        (2_000, 200.0, Reason::Blurred),
        (3_000, 90.0, Reason::TooSmall),
    ];
    for (ms, side, reason) in shown {
        tracker.observe(&frame(ms), vec![unread(square(0.0, side), [5; 4], reason)]);
    }
    let incident = &tracker.finish()[0].incident;
    let unread = incident.unread.unwrap();
    assert_eq!((unread.reason, unread.module), (Reason::Blurred, 5.0));
    assert_eq!(incident.corners, square(0.0, 200.0));
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
