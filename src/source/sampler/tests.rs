mod boosts;

use super::*;
use crate::config::Location;
use crate::source::Input;
use crate::source::decoder::tests::{limits, sample};

/// A stream with a frame every 100 ms and a keyframe every `gop` frames; a packet is its own number.
fn run(sample: Sample, gop: usize, frames: usize) -> (Vec<Batch<usize>>, Collector<usize>) {
    let mut collector = Collector::new(&Sampling {
        sample,
        ..Sampling::default()
    });
    let batches = (0..frames)
        .filter_map(|n| collector.push(n, at(n, n % gop == 0)))
        .collect();
    (batches, collector)
}

fn at(n: usize, key: bool) -> Position {
    Position {
        key,
        anew: key,
        media_ms: n as i64 * 100,
        bytes: 1_000,
    }
}

fn numbers(batches: &[Batch<usize>]) -> Vec<Vec<usize>> {
    batches.iter().map(|batch| batch.packets.clone()).collect()
}

#[test]
fn short_gops_decode_keyframes_alone() {
    for sample in [Sample::Auto, Sample::Keyframes] {
        let (batches, mut collector) = run(sample, 20, 60);
        assert_eq!(numbers(&batches), [vec![0], vec![20], vec![40]]);
        assert!(batches.iter().all(|b| b.fresh && b.drain));
        assert_eq!(
            collector.finish(),
            None,
            "the last GOP is shorter than the gap"
        );
    }
}

#[test]
fn a_long_gop_is_looked_into_every_max_gap() {
    let (batches, _) = run(Sample::Auto, 100, 101);
    let numbers = numbers(&batches);
    assert_eq!(numbers[0], [0]);
    assert_eq!(
        numbers[1],
        (0..=40).collect::<Vec<_>>(),
        "from the keyframe on"
    );
    assert_eq!(
        numbers[2],
        (41..=80).collect::<Vec<_>>(),
        "the decoder goes on from there"
    );
    assert_eq!(numbers[3], [100]);
    assert!(batches[1].fresh && !batches[1].drain);
    assert!(!batches[2].fresh);
    let (keyframes, _) = run(Sample::Keyframes, 100, 101);
    assert_eq!(keyframes.len(), 2);
}

#[test]
fn a_stream_without_keyframes_is_decoded_all_the_same() {
    let mut collector = Collector::new(&Sampling::default());
    let batches: Vec<_> = (0..90)
        .filter_map(|n| collector.push(n, at(n, false)))
        .collect();
    assert_eq!(
        numbers(&batches),
        [(0..=40).collect::<Vec<_>>(), (41..=80).collect::<Vec<_>>()]
    );
    assert!(batches[0].fresh);
}

#[test]
fn the_end_of_a_long_gop_is_looked_at() {
    let (_, mut collector) = run(Sample::Auto, 100, 31);
    let last = collector.finish().unwrap();
    assert_eq!(last.packets, (0..=30).collect::<Vec<_>>());
    assert!(last.fresh && last.drain);
    assert_eq!(collector.finish(), None);
}

#[test]
fn a_rate_decodes_everything_and_looks_at_some() {
    let (batches, mut collector) = run(Sample::Rate(2), 20, 12);
    assert_eq!(
        numbers(&batches),
        [vec![0], vec![1, 2, 3, 4, 5], vec![6, 7, 8, 9, 10]]
    );
    assert!(batches[0].fresh && !batches[1].fresh);
    assert!(batches.iter().all(|b| b.looks == Looks::Newest && !b.drain));
    let last = collector.finish().unwrap();
    assert_eq!((last.packets, last.drain), (vec![11], true));
}

#[test]
fn all_looks_at_each_frame() {
    let (batches, _) = run(Sample::All, 20, 3);
    assert_eq!(numbers(&batches), [[0], [1], [2]]);
    assert!(batches.iter().all(|b| b.looks == Looks::Each));
}

#[test]
fn nothing_is_decoded_before_the_first_keyframe() {
    for sample in [
        Sample::Auto,
        Sample::Keyframes,
        Sample::All,
        Sample::Rate(5),
    ] {
        let mut collector = Collector::new(&Sampling {
            sample,
            ..Sampling::default()
        });
        assert_eq!(collector.push(0, at(0, false)), None);
        assert_eq!(collector.push(1, at(1, false)), None);
        let batch = collector.push(2, at(2, true)).unwrap();
        assert_eq!(batch.packets, [2]);
        assert!(batch.fresh);
    }
}

#[test]
fn after_a_loss_the_decoder_starts_anew() {
    let (_, mut collector) = run(Sample::Rate(5), 20, 10);
    collector.resync();
    assert_eq!(collector.push(10, at(10, false)), None);
    assert!(collector.push(20, at(20, true)).unwrap().fresh);
}

#[test]
fn a_stream_whose_keyframes_give_no_picture_is_decoded_as_if_it_had_none() {
    let (_, mut collector) = run(Sample::Auto, 20, 30);
    collector.keyframes_fail(true);
    let batches: Vec<_> = (30..120)
        .filter_map(|n| collector.push(n, at(n, n % 20 == 0)))
        .collect();
    assert_eq!(
        numbers(&batches),
        [
            (20..=60).collect::<Vec<_>>(),
            (61..=100).collect::<Vec<_>>()
        ]
    );
    assert!(batches[0].fresh && !batches[1].fresh);
}

/// A damaged keyframe gives no picture either.
#[test]
fn keyframes_that_fail_are_tried_again_each_minute() {
    let mut collector = Collector::new(&Sampling::default());
    let mut alone = Vec::new();
    for n in 0..1_300 {
        collector.keyframes_fail((1..1_280).contains(&n));
        if let Some(batch) = collector.push(n, at(n, n % 20 == 0))
            && batch.drain
        {
            alone.push(n);
        }
    }
    assert_eq!(alone, [0, 600, 1_200, 1_280]);
}

/// A sender that runs ahead by an hour and stands still from then on.
#[test]
fn time_stamps_that_stand_still_hide_nothing() {
    let cases = [
        (Sample::Auto, None, 20, 20),
        (Sample::Auto, None, 10_000, 50),
        (Sample::Keyframes, None, 20, 20),
        (Sample::Auto, Some(5), 20, 12),
        (Sample::Rate(5), None, 20, 12),
    ];
    for (sample, boost, gop, most) in cases {
        let mut collector = Collector::new(&Sampling {
            sample,
            ..Sampling::default()
        });
        collector.boost(boost);
        let looks: Vec<_> = (0..600)
            .filter(|n| {
                collector.pass(*n as i64 * 100);
                let position = Position {
                    media_ms: 3_600_000,
                    ..at(*n, n % gop == 0)
                };
                collector.push(*n, position).is_some()
            })
            .collect();
        let longest = looks.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert_eq!(longest, Some(most), "{sample:?} {boost:?} {gop}");
        assert!(looks[looks.len() - 1] + most >= 599);
    }
}

#[test]
fn what_comes_a_little_late_is_sampled_by_its_own_time() {
    for (sample, boost) in [
        (Sample::Auto, None),
        (Sample::Keyframes, None),
        (Sample::Auto, Some(5)),
        (Sample::Rate(5), None),
    ] {
        let run = |late: fn(usize) -> i64| {
            let mut collector = Collector::new(&Sampling {
                sample,
                ..Sampling::default()
            });
            collector.boost(boost);
            let batches = (0..300).filter_map(|n| {
                collector.pass(n as i64 * 100 + late(n));
                collector.push(n, at(n, n % 20 == 0))
            });
            numbers(&batches.collect::<Vec<_>>())
        };
        let even = run(|_| 0);
        assert_eq!(
            run(|n| n as i64 * 7 % 9 * 100),
            even,
            "{sample:?} {boost:?}"
        );
        // A burst, as of HLS.
        assert_eq!(
            run(|n| -(n as i64 % 60) * 100),
            even,
            "{sample:?} {boost:?}"
        );
    }
}

#[test]
fn tiny_packets_count_for_what_they_take_up() {
    let mut collector = Collector::new(&Sampling::default());
    let tiny = Position {
        key: false,
        anew: false,
        media_ms: 0,
        bytes: 1,
    };
    for n in 0..200_000 {
        collector.push(n, tiny);
        assert!(collector.kept.len() * PACKET_BYTES <= MAX_KEPT_BYTES);
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let mut collector = Collector::new(&Sampling::default());
    let huge = Position {
        key: false,
        anew: false,
        media_ms: 0,
        bytes: MAX_KEPT_BYTES / 4,
    };
    for n in 0..100 {
        assert_eq!(collector.push(n, huge), None);
        assert!(collector.kept.len() <= 4);
    }
    let endless = Position {
        bytes: usize::MAX,
        ..huge
    };
    assert_eq!(collector.push(100, endless), None);
}

#[test]
fn keyframes_that_come_too_soon_are_passed_over() {
    for sample in [Sample::Auto, Sample::Keyframes] {
        let (batches, _) = run(sample, 1, 21);
        assert_eq!(
            numbers(&batches),
            [0, 4, 8, 12, 16, 20].map(|n| vec![n]),
            "every 100 ms one, and 400 ms between looks"
        );
    }
}

#[test]
fn a_time_stamp_that_lies_hides_nothing_that_follows() {
    let boosts = [
        (Sample::Auto, None),
        (Sample::Keyframes, None),
        (Sample::Auto, Some(5)),
    ];
    for (sample, boost) in boosts {
        let mut collector = Collector::new(&Sampling {
            sample,
            ..Sampling::default()
        });
        collector.boost(boost);
        // A keyframe a second, the third of which says that it is shown half a minute later.
        let batches: Vec<_> = (0..60)
            .filter_map(|n| {
                let mut position = at(n, n % 10 == 0);
                if n == 20 {
                    position.media_ms += 30_000;
                }
                collector.push(n, position)
            })
            .collect();
        for key in [40, 50] {
            let is_decoded = batches.iter().any(|batch| batch.packets.contains(&key));
            assert!(is_decoded, "{key}: {batches:?}");
        }
    }
}

#[test]
fn what_was_passed_over_before_a_keyframe_is_left_out() {
    let mut batch = Batch {
        packets: vec![1, 2, 3, 4],
        fresh: false,
        drain: false,
        restart: Some(2),
        looks: Looks::Newest,
        rough: true,
        extra: false,
    };
    batch.begin_anew();
    assert_eq!((batch.packets.as_slice(), batch.fresh), (&[3, 4][..], true));
    batch.fresh = false;
    batch.begin_anew();
    assert_eq!(
        (batch.packets.as_slice(), batch.fresh),
        (&[3, 4][..], false)
    );
}

#[test]
fn who_asked_for_keyframes_alone_gets_them() {
    let mut collector = Collector::new(&Sampling {
        sample: Sample::Keyframes,
        ..Sampling::default()
    });
    collector.boost(Some(10));
    let batches = (0..40).filter_map(|n| collector.push(n, at(n, n % 20 == 0)));
    assert_eq!(batches.count(), 2);
}

/// What is marked as a keyframe shortly before each real one shows nothing by itself.
#[test]
fn a_keyframe_that_may_need_others_hides_none_that_begins_anew() {
    for sample in [Sample::Auto, Sample::Keyframes] {
        let mut collector = Collector::new(&Sampling {
            sample,
            ..Sampling::default()
        });
        let mut looks = Vec::new();
        for n in 0..60 {
            let position = Position {
                anew: n % 20 == 0,
                ..at(n, matches!(n % 20, 0 | 2 | 18 | 19))
            };
            looks.extend(collector.push(n, position).map(|batch| batch.packets));
        }
        let wanted = [0, 18, 20, 38, 40, 58].map(|n| vec![n]);
        assert_eq!(looks, wanted, "{sample:?}");
    }
}

/// FLV has whatever a sender says again of its sequence header beside the next packet, of any size.
#[test]
fn what_comes_beside_a_packet_counts() {
    const JUNK: usize = 1 << 20;
    let (parameters, packets) = sample();
    let header = libav_fields::extradata(&parameters);
    let mut flv = b"FLV\x01\x01\0\0\0\x09\0\0\0\0".to_vec();
    let mut tag = |time: u8, parts: &[&[u8]]| {
        let body = parts.concat();
        let length = u32::try_from(body.len()).unwrap();
        flv.push(9);
        flv.extend(&length.to_be_bytes()[1..]);
        flv.extend([0, 0, time, 0, 0, 0, 0]);
        flv.extend(body);
        flv.extend((length + 11).to_be_bytes());
    };
    tag(0, &[b"\x17\0\0\0\0", header]);
    for (n, packet) in (0..).zip(&packets) {
        if n > 0 {
            tag(n * 10, &[b"\x17\0\0\0\0", header, &vec![0; JUNK]]);
        }
        let kind = if packet.is_key() {
            b"\x17\x01\0\0\0"
        } else {
            b"\x27\x01\0\0\0"
        };
        tag(n * 10, &[kind, packet.data().unwrap()]);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("repeated.flv");
    std::fs::write(&file, flv).unwrap();
    let mut input = Input::open(&Location::File(file), &limits()).unwrap();
    let mut large = 0;
    while let Some(packet) = input.read().unwrap() {
        assert!(packet.size() < JUNK);
        large += usize::from(bytes_of(&packet) > JUNK);
    }
    assert_eq!(large, packets.len() - 1);
}
