use super::*;
use crate::detect::{Point, Reader, Symbol, SymbolKind};
use crate::payload;
use crate::policy::{Context, Policy};
use crate::track::Reading;

/// Symbols that nobody could read, and when one that is read is the same.
mod unread;
/// What is thought of a symbol, and how it changes while its incident is open.
mod verdicts;

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

/// A sighting of `key` that is of this class.
fn of(class: Class, key: &str, corners: Corners) -> Sighting {
    let mut sighting = sighting(key, corners);
    sighting.verdict.class = class;
    sighting
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
