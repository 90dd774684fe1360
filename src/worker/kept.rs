//! What is kept of a stream for clips: its last packets, and which parts of them are wanted.

use crate::ids::IncidentId;
use crate::source::{Position, Ring};

/// Clips that may be waited for at once: whoever comes when there are as many gets the newest of them.
const MOST_WANTED: usize = 8;

/// Clips that begin within so many ms of each other are one.
const SAME_MS: i64 = 2_000;

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt<P, T> {
    /// The incidents that it shows.
    pub incidents: Vec<IncidentId>,
    /// What the packets are of.
    pub tracks: T,
    /// The packets in decoding order, the first of them a keyframe.
    pub packets: Vec<P>,
    /// Where it begins, in ms of media time; what comes before is there because it takes a keyframe to begin.
    pub from_ms: i64,
    /// Width and height of its pictures in px, where one was decoded before it was cut.
    pub size: Option<(u32, u32)>,
}

#[derive(Debug)]
struct Wanted {
    incidents: Vec<IncidentId>,
    from_ms: i64,
    until_ms: i64,
}

/// The last packets of a stream with tracks `T`, and the clips of them that are wanted or ready.
#[derive(Debug)]
pub(super) struct Kept<P, T> {
    ring: Ring<P>,
    tracks: Option<T>,
    /// Media time in ms of the first keyframe since the last break.
    oldest_ms: Option<i64>,
    /// Width and height of the pictures of these tracks in px, where one was decoded.
    size: Option<(u32, u32)>,
    wanted: Vec<Wanted>,
    ready: Vec<Excerpt<P, T>>,
}

impl<P: Clone, T: Clone> Kept<P, T> {
    pub(super) fn new(ring: Ring<P>) -> Self {
        Self {
            ring,
            tracks: None,
            oldest_ms: None,
            size: None,
            wanted: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// The stream was opened, with these tracks.
    pub(super) fn begin(&mut self, tracks: Option<T>) {
        self.break_off();
        self.tracks = tracks;
        self.size = None;
    }

    /// A picture of this size was decoded.
    pub(super) fn see(&mut self, size: (u32, u32)) {
        self.size = Some(size);
    }

    /// What its packets are of.
    pub(super) fn tracks(&self) -> Option<T> {
        self.tracks.clone()
    }

    /// Takes the next packet. True where a clip is ready that was not.
    pub(super) fn push(&mut self, packet: P, position: Position) -> bool {
        if position.key {
            self.oldest_ms.get_or_insert(position.media_ms);
        }
        self.ring.push(packet, position);
        self.cut(|wanted| wanted.until_ms <= position.media_ms)
    }

    /// `incident` wants the part from `from_ms` to `until_ms` of media time.
    pub(super) fn want(&mut self, incident: IncidentId, from_ms: i64, until_ms: i64) {
        let is_full = self.wanted.len() >= MOST_WANTED;
        let same = |w: &&mut Wanted| (w.from_ms - from_ms).abs() <= SAME_MS || is_full;
        if let Some(wanted) = self.wanted.iter_mut().rev().find(same) {
            wanted.incidents.push(incident);
        } else {
            self.wanted.push(Wanted {
                incidents: vec![incident],
                from_ms,
                until_ms,
            });
        }
        self.hold();
    }

    /// `incident` is over: what it wants is cut where the stream is now.
    pub(super) fn settle(&mut self, incident: IncidentId) {
        self.cut(|wanted| wanted.incidents.contains(&incident));
    }

    /// Time stamps jumped, or the stream is over: what comes does not fit what is kept.
    pub(super) fn break_off(&mut self) {
        self.cut(|_| true);
        self.ring.clear();
        self.oldest_ms = None;
    }

    /// The clips that are ready.
    pub(super) fn take(&mut self) -> Vec<Excerpt<P, T>> {
        std::mem::take(&mut self.ready)
    }

    /// Bytes that the last packets take up.
    pub(super) fn bytes(&self) -> usize {
        self.ring.bytes()
    }

    /// Cuts what `is_due`; true where there was any.
    fn cut(&mut self, is_due: impl Fn(&Wanted) -> bool) -> bool {
        let (due, waiting) = std::mem::take(&mut self.wanted)
            .into_iter()
            .partition::<Vec<_>, _>(is_due);
        self.wanted = waiting;
        let before = self.ready.len();
        for wanted in due {
            let packets = self.ring.between(wanted.from_ms, wanted.until_ms);
            if let Some(tracks) = self.tracks.clone().filter(|_| !packets.is_empty()) {
                self.ready.push(Excerpt {
                    incidents: wanted.incidents,
                    tracks,
                    packets,
                    from_ms: wanted.from_ms.max(self.oldest_ms.unwrap_or(wanted.from_ms)),
                    size: self.size,
                });
            }
        }
        self.hold();
        self.ready.len() > before
    }

    fn hold(&mut self) {
        self.ring.hold(self.wanted.iter().map(|w| w.from_ms).min());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Seed;

    fn incident(ordinal: u64) -> IncidentId {
        Seed::from_parts(&[b"kept"]).incident(ordinal)
    }

    /// A stream with a frame each 100 ms and a keyframe each second; a packet is its own time.
    struct Stream(Kept<i64, &'static str>);

    impl Stream {
        fn new(keep_ms: i64) -> Self {
            let mut kept = Kept::new(Ring::new(keep_ms, usize::MAX >> 1));
            kept.begin(Some("first"));
            Self(kept)
        }

        fn play(&mut self, from_ms: i64, until_ms: i64) {
            for media_ms in (from_ms..=until_ms).step_by(100) {
                let position = Position {
                    key: media_ms % 1_000 == 0,
                    anew: media_ms % 1_000 == 0,
                    media_ms,
                    bytes: 1,
                };
                self.0.push(media_ms, position);
            }
        }

        /// Which incidents are shown, from when, and the first and the last packet.
        fn ready(&mut self) -> Vec<(Vec<IncidentId>, i64, i64, i64)> {
            let cuts = self.0.take().into_iter();
            let told = cuts.map(|cut| {
                let (first, last) = (cut.packets[0], *cut.packets.last().unwrap());
                (cut.incidents, cut.from_ms, first, last)
            });
            told.collect()
        }
    }

    #[test]
    fn a_clip_is_ready_when_its_end_has_come() {
        let mut stream = Stream::new(3_000);
        stream.play(0, 10_000);
        stream.0.want(incident(0), 7_500, 15_500);
        stream.play(10_100, 15_400);
        assert_eq!(stream.ready(), []);
        stream.play(15_500, 15_500);
        let expected = (vec![incident(0)], 7_500, 7_000, 15_500);
        assert_eq!(stream.ready(), [expected]);
        assert_eq!(stream.ready(), [], "it is handed out once");
        stream.play(15_600, 20_000);
        assert!(stream.0.bytes() < 60 * 1_000, "nothing is held any more");
    }

    #[test]
    fn what_begins_together_is_one_clip() {
        let mut stream = Stream::new(3_000);
        stream.play(0, 3_000);
        stream.0.want(incident(0), 0, 5_000);
        stream.0.want(incident(1), 1_500, 6_500);
        stream.0.want(incident(2), 2_500, 7_500);
        stream.play(3_100, 8_000);
        let both = (vec![incident(0), incident(1)], 0, 0, 5_000);
        let other = (vec![incident(2)], 2_500, 2_000, 7_500);
        assert_eq!(stream.ready(), [both, other]);
    }

    #[test]
    fn so_many_wait_and_no_more() {
        let mut stream = Stream::new(3_000);
        stream.play(0, 3_000);
        let most = MOST_WANTED as i64;
        for at in 0..most + 3 {
            stream.0.want(incident(at as u64), at * 3_000, 100_000);
        }
        assert_eq!(stream.0.wanted.len(), MOST_WANTED);
        let last = &stream.0.wanted[MOST_WANTED - 1];
        assert_eq!(last.incidents.len(), 4);
    }

    #[test]
    fn what_ends_early_is_cut_there() {
        let mut stream = Stream::new(3_000);
        stream.play(0, 3_000);
        stream.0.want(incident(0), 1_500, 9_000);
        stream.0.want(incident(1), -7_000, 9_000);
        stream.0.settle(incident(0));
        let first = (vec![incident(0)], 1_500, 1_000, 3_000);
        assert_eq!(stream.ready(), [first]);
        // The time jumps: what is kept does not fit what comes.
        stream.0.break_off();
        let second = (vec![incident(1)], 0, 0, 3_000);
        assert_eq!(stream.ready(), [second]);
        stream.play(3_100, 3_900);
        stream.0.want(incident(2), 0, 9_000);
        stream.0.break_off();
        assert_eq!(stream.ready(), [], "nothing can be played");
    }

    #[test]
    fn what_another_video_begins_within_is_cut_there_and_has_its_own_size() {
        let mut stream = Stream::new(3_000);
        stream.0.see((640, 360));
        stream.play(0, 3_000);
        stream.0.want(incident(0), 1_000, 9_000);
        stream.0.begin(Some("second"));
        // The other one is seen before the clip is handed over.
        stream.0.see((854, 480));
        stream.play(4_000, 6_000);
        stream.0.want(incident(1), 1_000, 6_100);
        stream.play(6_100, 6_200);
        let cuts = stream.0.take().into_iter();
        let told: Vec<_> = cuts
            .map(|cut| (cut.tracks, cut.size, cut.packets[0], cut.from_ms))
            .collect();
        let first = ("first", Some((640, 360)), 1_000, 1_000);
        let second = ("second", Some((854, 480)), 4_000, 4_000);
        assert_eq!(told, [first, second]);
    }

    #[test]
    fn without_tracks_there_is_no_clip() {
        let mut stream = Stream::new(3_000);
        stream.0.begin(None);
        stream.play(0, 3_000);
        stream.0.want(incident(0), 0, 1_000);
        stream.play(3_100, 3_200);
        assert_eq!(stream.ready(), []);
    }
}
