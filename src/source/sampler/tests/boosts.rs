//! What a boost wants, and what becomes of it where the boost ends.

use std::ops::Range;

use super::*;

/// So many frames of a stream as [`at`] has them, with a keyframe every `gop`, five looks a second wanted during `boost`.
fn boosted(boost: Range<usize>, gop: usize, frames: usize) -> Vec<Batch<usize>> {
    let mut collector = Collector::new(&Sampling::default());
    let push = |n| {
        collector.boost(boost.contains(&n).then_some(5));
        collector.push(n, at(n, n % gop == 0))
    };
    (0..frames).filter_map(push).collect()
}

#[test]
fn a_boosted_stream_is_decoded_from_its_last_keyframe_on() {
    let batches = boosted(27..45, 20, 50);
    assert_eq!(
        numbers(&batches),
        [
            vec![0],
            vec![20],
            (20..=27).collect(),
            vec![28, 29],
            vec![30, 31],
            vec![32, 33],
            vec![34, 35],
            vec![36, 37],
            vec![38, 39],
            vec![40, 41],
            vec![42, 43],
        ]
    );
    assert!(batches[2].fresh, "it begins at the keyframe");
    assert!(batches[3..].iter().all(|batch| !batch.fresh));
    assert!(batches[2..].iter().all(|batch| !batch.drain));
    let restarts: Vec<_> = batches.iter().map(|batch| batch.restart).collect();
    assert_eq!(restarts[9], Some(0), "here it could begin anew");
    assert!(restarts[3..9].iter().all(Option::is_none));
    let due: Vec<_> = (0..batches.len())
        .filter(|at| !batches[*at].extra)
        .collect();
    assert_eq!(
        due,
        [0, 1, 9, 10],
        "keyframes, and what the decoder needs to give one out"
    );
}

#[test]
fn a_boosted_stream_that_lost_packets_begins_at_the_next_keyframe() {
    let mut collector = Collector::new(&Sampling::default());
    collector.boost(Some(5));
    let mut batches = Vec::new();
    for n in 13..50 {
        if n == 31 {
            // What the pool had to pass over, say.
            collector.resync();
        }
        batches.extend(collector.push(n, at(n, n % 20 == 0)));
    }
    let numbers = numbers(&batches);
    assert_eq!(numbers[..2], [vec![20], vec![21, 22]]);
    assert_eq!(numbers[5..8], [vec![29, 30], vec![40], vec![41, 42]]);
    let fresh: Vec<_> = (0..batches.len()).filter(|at| batches[*at].fresh).collect();
    assert_eq!(fresh, [0, 6]);
}

#[test]
fn a_boosted_stream_that_has_no_keyframes_is_decoded_all_the_same() {
    for key in [false, true] {
        let mut collector = Collector::new(&Sampling::default());
        collector.boost(Some(5));
        // Keyframes that give no picture are none.
        collector.keyframes_fail(true);
        let batches: Vec<_> = (1..90)
            .filter_map(|n| collector.push(n, at(n, key && n % 60 == 0)))
            .collect();
        let numbers = numbers(&batches);
        assert_eq!(numbers[0], (1..=41).collect::<Vec<_>>());
        assert_eq!(numbers[1], [42, 43]);
        assert!(batches[0].fresh && !batches[1].fresh);
    }
}

#[test]
fn a_boosted_stream_without_keyframes_is_due_every_max_gap() {
    let mut collector = Collector::new(&Sampling::default());
    collector.boost(Some(5));
    let batches: Vec<_> = (0..100)
        .filter_map(|n| collector.push(n, at(n, n == 0)))
        .collect();
    let due = batches.iter().filter(|batch| !batch.extra);
    let first: Vec<_> = due.map(|batch| batch.packets[0]).collect();
    // The look before is at 200 ms: with the packets that the keyframe needs to be given out.
    assert_eq!(first, [0, 1, 41, 81]);
}

/// A boost ends just when streams have to wait, as they do where many keyframes come at once.
#[test]
fn the_end_of_a_boost_hides_no_keyframe() {
    for end in 34..48 {
        let mut due = boosted(27..end, 20, 70);
        due.retain(|batch| !batch.extra);
        let of = |n: usize| due.iter().position(|batch| batch.packets.contains(&n));
        let (keyframe, next) = (of(40).expect("it is looked at"), of(60).unwrap());
        // By itself, or with what a decoder needs to give it out.
        let is_alone = due[keyframe].drain;
        assert_eq!(next - keyframe, if is_alone { 1 } else { 2 }, "{end}");
        assert!(due[next].drain, "the boost is over");
    }
}

/// Whoever sends keyframes alone is not boosted for ever.
#[test]
fn a_boost_ends_where_all_are_keyframes() {
    let batches = boosted(20..40, 1, 60);
    let alone = batches.iter().filter(|batch| batch.drain);
    let alone: Vec<_> = alone.map(|batch| batch.packets[0]).collect();
    assert_eq!(alone, [0, 4, 8, 12, 16, 42, 46, 50, 54, 58]);
}

#[test]
fn what_a_boost_wanted_puts_off_nothing() {
    let batches = boosted(10..39, 60, 60);
    let due = batches.iter().filter(|batch| !batch.extra);
    let newest: Vec<_> = due.map(|batch| batch.packets.last()).collect();
    assert_eq!(newest, [Some(&0), Some(&40)], "every max_gap");
}
