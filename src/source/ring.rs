//! The last seconds of a stream as compressed packets, for whoever wants to cut a clip out of them.

use std::collections::VecDeque;

use crate::source::{PACKET_BYTES, Position};

/// The newest packets of one stream, from a keyframe on. Bounded in time and in bytes.
#[derive(Debug)]
pub struct Ring<P> {
    keep_ms: i64,
    max_bytes: usize,
    /// From a keyframe to the packet before the next one.
    groups: VecDeque<Group<P>>,
    bytes: usize,
}

#[derive(Debug)]
struct Group<P> {
    first_ms: i64,
    bytes: usize,
    packets: Vec<P>,
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
        }
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
        group.packets.push(packet);
        group.bytes = group.bytes.saturating_add(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        while self.is_over(position.media_ms) {
            let dropped = self.groups.pop_front().map_or(0, |group| group.bytes);
            self.bytes = self.bytes.saturating_sub(dropped);
        }
    }

    /// Whether the oldest group is more than what is to be kept.
    fn is_over(&self, now_ms: i64) -> bool {
        let second = self.groups.get(1);
        let is_old = second.is_some_and(|second| now_ms - second.first_ms >= self.keep_ms);
        !self.groups.is_empty() && (is_old || self.bytes > self.max_bytes)
    }

    /// Time stamps jumped, or the stream was opened anew: what is kept does not fit what comes.
    pub fn clear(&mut self) {
        self.groups.clear();
        self.bytes = 0;
    }

    /// The packets, oldest first; the first is a keyframe.
    pub fn packets(&self) -> Vec<P> {
        let packets = self.groups.iter().flat_map(|group| &group.packets);
        packets.cloned().collect()
    }

    /// Bytes that it takes up.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame every 100 ms of `bytes` bytes and a keyframe every `gop` frames; a packet is its own number.
    fn filled(ring: &mut Ring<usize>, gop: usize, frames: usize, bytes: usize) {
        for n in 0..frames {
            let position = Position {
                key: n % gop == 0,
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
        assert_eq!(ring.packets(), (20..31).collect::<Vec<_>>());
        let mut ring = Ring::new(1_000, usize::MAX);
        filled(&mut ring, 4, 32, 10);
        assert_eq!(ring.packets(), (20..32).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_are_bounded() {
        let each = 1_000 + PACKET_BYTES;
        let mut ring = Ring::new(3_600_000, 10 * each);
        filled(&mut ring, 4, 30, 1_000);
        assert_eq!(ring.packets(), (20..30).collect::<Vec<_>>());
        assert_eq!(ring.bytes(), 10 * each);
        // A group that is larger than all of it leaves nothing, and the next keyframe begins anew.
        filled(&mut ring, 40, 30, 1_000);
        assert_eq!((ring.packets(), ring.bytes()), (Vec::new(), 0));
        filled(&mut ring, 4, 5, 1_000);
        assert_eq!(ring.packets(), (0..5).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_kept_that_cannot_be_played() {
        let mut ring = Ring::new(1_000, usize::MAX);
        let position = Position {
            key: false,
            media_ms: 0,
            bytes: 1,
        };
        ring.push(0, position);
        assert!(ring.packets().is_empty());
        filled(&mut ring, 4, 5, 1);
        ring.clear();
        assert!(ring.packets().is_empty());
    }
}
