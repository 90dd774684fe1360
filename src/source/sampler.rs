//! Which packets are decoded: the whole cost of watching a stream is decided here.
//!
//! Decoding keyframes alone costs a twentieth of decoding every frame (measured on 1080p30 H.264 with a
//! keyframe every 2 s). So a keyframe is decoded by itself, and the packets between two keyframes are
//! only kept until it is clear that nobody needs them.

use std::time::Duration;

use crate::config::{Sample, Sampling};

/// Compressed bytes that are kept for decoding between keyframes. More than that without a keyframe is
/// either broken or hostile; what was kept is given up.
const MAX_KEPT_BYTES: usize = 32 << 20;

/// What libav needs for a packet beside its bytes (measured: 480): a flood of tiny packets must count.
pub const PACKET_BYTES: usize = 512;

/// Where a packet stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Whether a decoder can start here.
    pub key: bool,
    /// Media time in ms.
    pub media_ms: i64,
    /// Size in bytes.
    pub bytes: usize,
}

/// Which of the decoded pictures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// The newest.
    Newest,
    /// Each.
    Each,
}

/// Packets that are decoded together, in decoding order.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch<P> {
    /// The packets.
    pub packets: Vec<P>,
    /// The decoder starts anew: the first packet is a keyframe, or nothing better is to be had.
    pub fresh: bool,
    /// The decoder gives out all it holds at once, and starts anew afterwards. Without this, a keyframe
    /// waits in the decoder for the frames that are reordered around it.
    pub drain: bool,
    /// Which pictures are looked at.
    pub looks: Looks,
}

/// Collects the packets of one stream into batches, as the sampling asks for.
#[derive(Debug)]
pub struct Collector<P> {
    sample: Sample,
    max_gap_ms: i64,
    /// Packets since the decoder's state, or since the last keyframe where it has none.
    kept: Vec<P>,
    kept_bytes: usize,
    /// Whether the decoder holds the state that `kept` follows on.
    running: bool,
    /// Keyframes by themselves give no picture: the stream refreshes a part of the picture at a time.
    keyframes_fail: bool,
    last_look_ms: Option<i64>,
    last_ms: i64,
}

impl<P: Clone> Collector<P> {
    /// Starts with the first packet of a stream.
    pub fn new(sampling: &Sampling) -> Self {
        Self {
            sample: sampling.sample,
            max_gap_ms: ms(sampling.max_gap),
            kept: Vec::new(),
            kept_bytes: 0,
            running: false,
            keyframes_fail: false,
            last_look_ms: None,
            last_ms: 0,
        }
    }

    /// Takes the next packet; gives back what is to be decoded now.
    pub fn push(&mut self, packet: P, position: Position) -> Option<Batch<P>> {
        // The first packet starts the clock for `max_gap`: a stream may have no keyframes at all.
        let last_look_ms = *self.last_look_ms.get_or_insert(position.media_ms);
        let since_look = position.media_ms - last_look_ms;
        self.last_ms = position.media_ms;
        match self.sample {
            Sample::Keyframes => position.key.then(|| self.alone(packet, position)),
            Sample::Auto if position.key && !self.keyframes_fail => {
                self.resync();
                self.keep(packet.clone(), position);
                Some(self.alone(packet, position))
            }
            Sample::Auto => {
                self.keep(packet, position);
                (since_look >= self.max_gap_ms)
                    .then(|| self.release(position.media_ms, Looks::Newest))
            }
            Sample::All | Sample::Rate(_) => {
                if !self.running
                    && self.kept.is_empty()
                    && !position.key
                    && since_look < self.max_gap_ms
                {
                    // Nothing can be decoded before the first keyframe.
                    return None;
                }
                let (looks, interval_ms) = match self.sample {
                    Sample::Rate(rate) => (Looks::Newest, 1_000 / i64::from(rate)),
                    _ => (Looks::Each, 0),
                };
                let first = !self.running && self.kept.is_empty();
                self.keep(packet, position);
                (first || since_look >= interval_ms).then(|| self.release(position.media_ms, looks))
            }
        }
    }

    /// The stream ended; gives back what is still to be decoded.
    pub fn finish(&mut self) -> Option<Batch<P>> {
        let looks = match self.sample {
            Sample::Keyframes => return None,
            Sample::Auto => {
                // The end of a recording is worth a look where keyframes are far apart.
                let since_look = self.last_ms - self.last_look_ms?;
                if since_look * 2 < self.max_gap_ms || self.kept.is_empty() {
                    return None;
                }
                Looks::Newest
            }
            Sample::Rate(_) => Looks::Newest,
            Sample::All => Looks::Each,
        };
        let mut batch = self.release(self.last_ms, looks);
        batch.drain = true;
        self.running = false;
        Some(batch)
    }

    /// A keyframe by itself gave no picture. H.264 with intra refresh marks packets as keyframes from which
    /// a decoder can only begin to recover: such a stream is decoded as if it had none.
    pub fn keyframes_fail(&mut self) {
        self.keyframes_fail = true;
    }

    /// Packets were lost, or the time stamps jumped: what is kept does not fit what comes.
    pub fn resync(&mut self) {
        self.kept.clear();
        self.kept_bytes = 0;
        self.running = false;
    }

    /// A keyframe by itself.
    fn alone(&mut self, packet: P, position: Position) -> Batch<P> {
        self.last_look_ms = Some(position.media_ms);
        Batch {
            packets: vec![packet],
            fresh: true,
            drain: true,
            looks: Looks::Newest,
        }
    }

    fn keep(&mut self, packet: P, position: Position) {
        let bytes = position.bytes.saturating_add(PACKET_BYTES);
        if self.kept_bytes.saturating_add(bytes) > MAX_KEPT_BYTES {
            self.resync();
        }
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        self.kept.push(packet);
    }

    fn release(&mut self, media_ms: i64, looks: Looks) -> Batch<P> {
        self.last_look_ms = Some(media_ms);
        self.kept_bytes = 0;
        let fresh = !self.running;
        self.running = true;
        Batch {
            packets: std::mem::take(&mut self.kept),
            fresh,
            drain: false,
            looks,
        }
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
