use super::*;
use crate::detect::{PerceptualHash, Reason, Unread};

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

/// Time stamps are the sender's, and may stand still.
#[test]
fn looks_are_told_apart_without_time() {
    let mut tracker = tracker();
    let here = || vec![sighting("", square(0.0, 100.0))];
    assert!(tracker.observe(&frame(0), here()).changes.is_empty());
    let opened = tracker.observe(&frame(0), here());
    assert_eq!(kinds(&opened.changes), [ChangeKind::Opened]);
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
