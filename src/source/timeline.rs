//! Time stamps as they come → media time that never jumps.

use std::ops::RangeInclusive;

/// The longest step back, and the longest step on, of the decoding time stamp in ms that belong to one
/// continuous stream. After a publisher's restart RTMP servers have been seen to jump by 2³² ms, and a
/// wrong bit in a transport stream moves it anywhere.
const CONTINUOUS: RangeInclusive<i64> = -1_000..=30_000;

/// The same where time stamps can be trusted: in a file with an index, an hour without a frame is a slide
/// show.
const CONTINUOUS_INDEXED: RangeInclusive<i64> = -1_000..=3_600_000;

/// How far the presentation time stamp may be from the decoding one, in ms: a frame is sent after all that it is decoded from, which
/// takes a few frames. One that lies would hide all that comes until its time.
const PRESENTED: RangeInclusive<i64> = -1_000..=5_000;

/// The same in a file with an index, whose frames may be far apart.
const PRESENTED_INDEXED: RangeInclusive<i64> = -1_000..=30_000;

/// How far another track may be from the video, in ms.
const BESIDE: i64 = 30_000;

/// How far the time stamps of a live stream may fall behind the time that has passed since it began, in ms: longer than networks
/// and encoders hold back what then comes at once. Time stamps that go slower than what they are of would have next to nothing
/// looked at, since all that is due is due in media time.
const BEHIND: i64 = 5_000;

/// Where a stream goes on after a jump where nothing better is known, in ms.
const STEP: i64 = 40;

/// Time stamps further than this from 0, in ms, are cut: they are lies, and sums of them would overflow.
const LARGEST: i64 = 1 << 60;

/// Maps the time stamps of one stream to its media time: 0 at the first packet, without jumps.
#[derive(Debug)]
pub struct Timeline {
    continuous: RangeInclusive<i64>,
    presented: RangeInclusive<i64>,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    /// As the packet said, in ms.
    decoding_ms: i64,
    /// What is added to get media time, in ms.
    offset: i64,
    /// The largest media time so far, in ms.
    media_ms: i64,
    /// The stream was opened anew since.
    reopened: bool,
}

impl Timeline {
    /// A stream that has not begun; `indexed` where it is a file with an index.
    pub fn new(indexed: bool) -> Self {
        let (continuous, presented) = if indexed {
            (CONTINUOUS_INDEXED, PRESENTED_INDEXED)
        } else {
            (CONTINUOUS, PRESENTED)
        };
        Self {
            continuous,
            presented,
            last: None,
        }
    }

    /// The media time in ms of a packet with these time stamps in ms, and whether it follows on what
    /// came before. `elapsed_ms` is the time since the first packet where the stream is live: that is
    /// where it goes on after a jump, and what media time does not fall far behind. It may be ahead: what was held back
    /// comes at once.
    pub fn map(
        &mut self,
        pts: Option<i64>,
        dts: Option<i64>,
        elapsed_ms: Option<i64>,
    ) -> (i64, bool) {
        let [pts, dts] = [pts, dts].map(|stamp| stamp.map(|ms| ms.clamp(-LARGEST, LARGEST)));
        let after = self.last.map_or(0, |last| last.decoding_ms + STEP);
        let decoding_ms = dts.or(pts).unwrap_or(after);
        let presented = pts
            .filter(|pts| self.presented.contains(&(pts - decoding_ms)))
            .unwrap_or(decoding_ms);
        let Some(last) = self.last else {
            self.last = Some(Last {
                decoding_ms,
                offset: -presented,
                media_ms: 0,
                reopened: false,
            });
            return (0, true);
        };
        let apart = decoding_ms - last.decoding_ms;
        let follows = !last.reopened && self.continuous.contains(&apart);
        let offset = if follows {
            let least = elapsed_ms.map_or(i64::MIN, |elapsed| elapsed - BEHIND - decoding_ms);
            last.offset.max(least)
        } else {
            let next = elapsed_ms.unwrap_or(0).max(last.media_ms + STEP);
            next - presented
        };
        let media_ms = presented + offset;
        self.last = Some(Last {
            decoding_ms,
            offset,
            media_ms: last.media_ms.max(media_ms),
            reopened: false,
        });
        (media_ms, follows)
    }

    /// The media time in ms of a packet of another track with this time stamp in ms; `None` where it does not go with
    /// what the stream shows at present.
    pub fn beside(&self, stamp: Option<i64>) -> Option<i64> {
        let (last, stamp) = (self.last?, stamp?);
        let apart = stamp.clamp(-LARGEST, LARGEST) - last.decoding_ms;
        let goes_with = apart.abs() <= BESIDE;
        goes_with.then(|| stamp + last.offset)
    }

    /// The largest media time of the video so far, in ms.
    pub fn newest_ms(&self) -> i64 {
        self.last.map_or(0, |last| last.media_ms)
    }

    /// The stream was opened anew: its time stamps start anywhere.
    pub fn reopen(&mut self) {
        if let Some(last) = &mut self.last {
            last.decoding_ms = -2 * LARGEST;
            last.reopened = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_zero_and_keeps_reordered_frames() {
        let mut timeline = Timeline::new(false);
        assert_eq!(timeline.map(Some(9_080), Some(9_000), None), (0, true));
        assert_eq!(timeline.map(Some(9_200), Some(9_040), None), (120, true));
        assert_eq!(timeline.map(Some(9_120), Some(9_080), None), (40, true));
    }

    #[test]
    fn a_jump_goes_on_where_the_clock_is() {
        let mut timeline = Timeline::new(false);
        timeline.map(Some(191_430), Some(191_430), Some(0));
        timeline.map(Some(192_430), Some(192_430), Some(1_000));
        let (media_ms, follows) =
            timeline.map(Some(4_294_967_300), Some(4_294_967_300), Some(4_200));
        assert_eq!((media_ms, follows), (4_200, false));
        assert_eq!(
            timeline.map(Some(4_294_967_340), Some(4_294_967_340), Some(4_240)),
            (4_240, true)
        );
        assert_eq!(
            timeline.map(Some(0), Some(0), Some(5_000)),
            (5_000, false),
            "back to the start"
        );
    }

    #[test]
    fn a_jump_in_a_file_goes_on_after_the_last_frame() {
        let mut timeline = Timeline::new(false);
        timeline.map(Some(0), Some(0), None);
        timeline.map(Some(1_000), Some(1_000), None);
        assert_eq!(
            timeline.map(Some(-90_000_000), Some(-90_000_000), None),
            (1_040, false)
        );
    }

    #[test]
    fn a_slide_show_keeps_its_times() {
        let mut timeline = Timeline::new(true);
        timeline.map(Some(0), Some(0), None);
        assert_eq!(
            timeline.map(Some(60_000), Some(60_000), None),
            (60_000, true)
        );
    }

    #[test]
    fn a_reopened_stream_does_not_follow() {
        let mut timeline = Timeline::new(false);
        timeline.map(Some(500), Some(500), Some(0));
        timeline.reopen();
        assert_eq!(
            timeline.map(Some(510), Some(510), Some(3_000)),
            (3_000, false)
        );
    }

    /// Raw H.264 has no time stamps at all.
    #[test]
    fn a_reopened_stream_without_time_stamps_goes_on() {
        let mut timeline = Timeline::new(false);
        timeline.map(None, None, Some(0));
        timeline.reopen();
        assert_eq!(timeline.map(None, None, Some(3_000)), (3_000, false));
        assert_eq!(timeline.map(None, None, Some(3_040)), (3_040, true));
    }

    #[test]
    fn a_lie_about_when_to_show_it_moves_nothing_else() {
        for (pts, dts) in [(900_000, 0), (29_000, 0), (-900_000, 0)] {
            let mut timeline = Timeline::new(false);
            assert_eq!(timeline.map(Some(pts), Some(dts), None), (0, true));
            assert_eq!(timeline.map(Some(40), Some(40), None), (40, true));
            assert_eq!(timeline.map(Some(pts + 80), Some(80), None), (80, true));
        }
    }

    /// What 60 s of a live stream at 25 frames a second become, whose time stamps and times of arrival in ms are these.
    fn live(stamp: impl Fn(i64) -> i64, arrival: impl Fn(i64) -> i64) -> Vec<(i64, i64)> {
        let mut timeline = Timeline::new(false);
        let frames = (0..1_500).map(|n| {
            let (stamp, arrival) = (stamp(n), arrival(n));
            let (media_ms, follows) = timeline.map(Some(stamp), Some(stamp), Some(arrival));
            assert!(follows, "{n}");
            (media_ms, arrival)
        });
        frames.collect()
    }

    #[test]
    fn time_stamps_that_are_too_slow_are_not_believed() {
        let stamps: [fn(i64) -> i64; 3] = [|n| n, |_| 7, |n| n * 40 % 1_000];
        for (at, stamp) in stamps.into_iter().enumerate() {
            let frames = live(stamp, |n| n * 40);
            for (media_ms, arrival) in &frames {
                assert!(media_ms + BEHIND >= *arrival, "{at}: {media_ms} {arrival}");
                assert!(*media_ms <= *arrival, "{at}: {media_ms} {arrival}");
            }
        }
    }

    #[test]
    fn what_was_held_back_and_what_comes_early_keeps_its_times() {
        // Nothing for four seconds, and then all of it.
        let stalled = |n: i64| {
            if (500..600).contains(&n) {
                24_000
            } else {
                n * 40
            }
        };
        let arrivals: [fn(i64) -> i64; 3] = [stalled, |n| n * 40 / 3, |n| n / 150 * 6_000 + n];
        for arrival in arrivals {
            for (n, (media_ms, _)) in live(|n| n * 40, arrival).into_iter().enumerate() {
                assert_eq!(media_ms, n as i64 * 40);
            }
        }
    }

    #[test]
    fn another_track_goes_with_the_video() {
        let mut timeline = Timeline::new(false);
        assert_eq!(timeline.beside(Some(500)), None, "nothing is shown yet");
        timeline.map(Some(500), Some(500), Some(0));
        assert_eq!(timeline.beside(Some(480)), Some(-20));
        assert_eq!(timeline.beside(None), None);
        timeline.map(Some(90_000_000), Some(90_000_000), Some(700));
        assert_eq!(timeline.beside(Some(520)), None, "from before the jump");
        assert_eq!(timeline.beside(Some(90_000_010)), Some(710));
        assert_eq!(timeline.beside(Some(i64::MAX)), None);
        timeline.reopen();
        assert_eq!(timeline.beside(Some(90_000_020)), None);
    }

    #[test]
    fn hostile_time_stamps_do_not_overflow() {
        let mut timeline = Timeline::new(false);
        let stamps = [
            None,
            Some(i64::MIN),
            Some(i64::MAX),
            Some(0),
            Some(-1),
            Some(i64::MAX - 1),
        ];
        let mut last = 0;
        for pts in stamps {
            for dts in stamps {
                let (media_ms, _) = timeline.map(pts, dts, None);
                assert!(
                    (last - 31_000..last + 61_000).contains(&media_ms),
                    "{pts:?} {dts:?} {media_ms}"
                );
                last = last.max(media_ms);
            }
        }
    }
}
