//! The last seconds of a stream as compressed packets, for whoever wants to cut a clip out of them.

use std::collections::VecDeque;

use crate::source::{PACKET_BYTES, Position};

/// How far the times of packets may be out of order, in ms.
const REORDERED: i64 = 200;

/// The newest packets of one stream, from a keyframe on. Bounded in time and in bytes.
#[derive(Debug)]
pub struct Ring<P> {
    keep_ms: i64,
    max_bytes: usize,
    /// From a keyframe to the packet before the next one.
    groups: VecDeque<Group<P>>,
    bytes: usize,
    /// What comes after this time, in ms, stays for now.
    held_ms: Option<i64>,
}

#[derive(Debug)]
struct Group<P> {
    first_ms: i64,
    bytes: usize,
    /// Each with its media time in ms.
    packets: Vec<(i64, P)>,
}

impl<P: Clone> Ring<P> {
    /// Keeps at least the last `keep_ms` of media time, and from the keyframe before them on, as long as that
    /// takes no more than `max_bytes`.
    pub fn new(keep_ms: i64, max_bytes: usize) -> Self {
        Self {
            keep_ms,
            max_bytes,
            groups: VecDeque::new(),
            bytes: 0,
            held_ms: None,
        }
    }

    /// Keeps what is needed to play from `from_ms` on, whatever its age, within twice the bytes; `None` ends that.
    pub fn hold(&mut self, from_ms: Option<i64>) {
        self.held_ms = from_ms;
    }

    /// Takes the next packet. What comes before the first keyframe cannot be played and is left out.
    pub fn push(&mut self, packet: P, position: Position) {
        let bytes = position.bytes.saturating_add(PACKET_BYTES);
        if position.key {
            self.groups.push_back(Group {
                first_ms: position.media_ms,
                bytes: 0,
                packets: Vec::new(),
            });
        }
        let Some(group) = self.groups.back_mut() else {
            return;
        };
        group.packets.push((position.media_ms, packet));
        group.bytes = group.bytes.saturating_add(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        while self.is_over(position.media_ms) {
            let dropped = self.groups.pop_front().map_or(0, |group| group.bytes);
            self.bytes = self.bytes.saturating_sub(dropped);
        }
    }

    /// Whether the oldest group is more than what is to be kept.
    fn is_over(&self, now_ms: i64) -> bool {
        let kept_ms = now_ms - self.keep_ms;
        let needed_ms = self.held_ms.map_or(kept_ms, |held_ms| held_ms.min(kept_ms));
        let second = self.groups.get(1);
        let is_old = second.is_some_and(|second| second.first_ms <= needed_ms);
        let most = self.max_bytes << u32::from(self.held_ms.is_some());
        !self.groups.is_empty() && (is_old || self.bytes > most)
    }

    /// Time stamps jumped, or the stream was opened anew: what is kept does not fit what comes.
    pub fn clear(&mut self) {
        self.groups.clear();
        self.bytes = 0;
    }

    /// What it takes to play from `from_ms` to `until_ms`, oldest first: the first is a keyframe, at or before
    /// `from_ms` where that is still kept.
    pub fn between(&self, from_ms: i64, until_ms: i64) -> Vec<P> {
        let is_before = |group: &&Group<P>| group.first_ms <= from_ms;
        let before = self.groups.iter().take_while(is_before).count();
        let groups = self.groups.iter().skip(before.saturating_sub(1));
        let packets = groups.flat_map(|group| &group.packets);
        // In decoding order: what is shown before the end may come a little after it.
        let is_inside = |(ms, _): &&(i64, P)| *ms <= until_ms.saturating_add(REORDERED);
        packets
            .take_while(is_inside)
            .map(|(_, packet)| packet.clone())
            .collect()
    }

    /// Bytes that it takes up.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(ring: &Ring<usize>) -> Vec<usize> {
        ring.between(i64::MIN, i64::MAX)
    }

    /// A frame every 100 ms of `bytes` bytes and a keyframe every `gop` frames; a packet is its own number.
    fn filled(ring: &mut Ring<usize>, gop: usize, frames: usize, bytes: usize) {
        for n in 0..frames {
            let position = Position {
                key: n % gop == 0,
                anew: n % gop == 0,
                media_ms: n as i64 * 100,
                bytes,
            };
            ring.push(n, position);
        }
    }

    #[test]
    fn it_begins_at_the_keyframe_before_what_is_kept() {
        let mut ring = Ring::new(1_000, usize::MAX);
        filled(&mut ring, 4, 31, 10);
        // The newest is at 3,000 ms, so that 2,000 ms is the oldest that counts; its keyframe is number 20.
        assert_eq!(all(&ring), (20..31).collect::<Vec<_>>());
        let mut ring = Ring::new(1_000, usize::MAX);
        filled(&mut ring, 4, 32, 10);
        assert_eq!(all(&ring), (20..32).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_are_bounded() {
        let each = 1_000 + PACKET_BYTES;
        let mut ring = Ring::new(3_600_000, 10 * each);
        filled(&mut ring, 4, 30, 1_000);
        assert_eq!(all(&ring), (20..30).collect::<Vec<_>>());
        assert_eq!(ring.bytes(), 10 * each);
        // A group that is larger than all of it leaves nothing, and the next keyframe begins anew.
        filled(&mut ring, 40, 30, 1_000);
        assert_eq!((all(&ring), ring.bytes()), (Vec::new(), 0));
        filled(&mut ring, 4, 5, 1_000);
        assert_eq!(all(&ring), (0..5).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_kept_that_cannot_be_played() {
        let mut ring = Ring::new(1_000, usize::MAX);
        let position = Position {
            key: false,
            anew: false,
            media_ms: 0,
            bytes: 1,
        };
        ring.push(0, position);
        assert!(all(&ring).is_empty());
        filled(&mut ring, 4, 5, 1);
        ring.clear();
        assert!(all(&ring).is_empty());
    }

    #[test]
    fn what_is_held_stays_within_twice_the_bytes() {
        let each = 10 + PACKET_BYTES;
        let mut ring = Ring::new(1_000, 30 * each);
        ring.hold(Some(450));
        filled(&mut ring, 4, 40, 10);
        assert_eq!(all(&ring), (4..40).collect::<Vec<_>>());
        ring.hold(None);
        let position = Position {
            key: false,
            anew: false,
            media_ms: 4_000,
            bytes: 10,
        };
        ring.push(40, position);
        assert_eq!(all(&ring), (28..41).collect::<Vec<_>>());
        let mut ring = Ring::new(1_000, 10 * each);
        ring.hold(Some(0));
        filled(&mut ring, 4, 40, 10);
        assert_eq!(all(&ring), (20..40).collect::<Vec<_>>());
    }

    #[test]
    fn a_part_begins_at_the_keyframe_before_it() {
        let mut ring = Ring::new(60_000, usize::MAX);
        filled(&mut ring, 5, 40, 1);
        let part = ring.between(1_200, 2_000);
        assert_eq!(part, (10..=22).collect::<Vec<_>>());
        assert_eq!(ring.between(1_000, 1_000), (10..=12).collect::<Vec<_>>());
        assert_eq!(ring.between(-1, 100), (0..=3).collect::<Vec<_>>());
        assert!(Ring::<usize>::new(1, 1).between(0, 1).is_empty());
    }
}
