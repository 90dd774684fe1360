//! Which packets are decoded: the whole cost of watching a stream is decided here.
//!
//! Decoding keyframes alone costs a twentieth of decoding every frame (measured on 1080p30 H.264 with a
//! keyframe every 2 s). So a keyframe is decoded by itself, and the packets between two keyframes are
//! only kept until it is clear that nobody needs them. A stream that is boosted for a while is decoded
//! from its last keyframe on, several looks a second.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Sample, Sampling};
use crate::source::Packet;

/// Compressed bytes that are kept for decoding between keyframes. More than that without a keyframe is
/// either broken or hostile; what was kept is given up.
const MAX_KEPT_BYTES: usize = 32 << 20;

/// What libav needs for a packet beside its bytes (measured: 480): a flood of tiny packets must count.
pub const PACKET_BYTES: usize = 512;

/// What `packet` takes up, in bytes, beside what libav needs for each. FLV has whatever a sender repeats of its sequence header beside
/// the next packet, of any size.
pub fn bytes_of(packet: &Packet) -> usize {
    let beside = packet.side_data().map(|data| data.data().len());
    beside.fold(packet.size(), usize::saturating_add)
}

/// How far back in media time a packet may be shown before the last look, in ms: frames are reordered. What is further back was
/// hidden by a time stamp that lied, and the wait for the next look begins there.
const LONGEST_BACK_MS: i64 = 1_000;

/// How much longer ago than by media time a look may be, in ms, before that counts: longer than what networks hold back. Time stamps
/// are the sender's, who may run ahead by hours and stand still from then on.
const LATE_MS: i64 = 1_000;

/// For how long a stream whose keyframes give no picture by themselves is taken at that, in ms: it may have been damaged.
const RETRY_MS: i64 = 60_000;

/// Where a packet stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Whether a decoder can start here, as far as the container says.
    pub key: bool,
    /// Whether it needs nothing that came before: a keyframe may be one from which a decoder recovers.
    pub anew: bool,
    /// Media time in ms.
    pub media_ms: i64,
    /// What the packet takes up, in bytes, what comes beside it included.
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says another thing, and each combination is possible"
)]
pub struct Batch<P> {
    /// The packets.
    pub packets: Vec<P>,
    /// The decoder starts anew: the first packet is a keyframe, or nothing better is to be had.
    pub fresh: bool,
    /// The decoder gives out all it holds at once, and starts anew afterwards. Without this, a keyframe
    /// waits in the decoder for the frames that are reordered around it.
    pub drain: bool,
    /// Which of the packets is a keyframe, where the decoder can start anew if what came before is passed over.
    pub restart: Option<usize>,
    /// Which pictures are looked at.
    pub looks: Looks,
    /// Pictures are wanted soon and cheap: the decoder may leave out what only makes them look better.
    pub rough: bool,
    /// A boost wants them, and sampling as it is without one does not: what others need comes first.
    pub extra: bool,
}

/// What packets can be decoded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Footing {
    /// The state that the decoder holds.
    Decoder,
    /// The keyframe that they begin with.
    Keyframe,
    /// Nothing: they come from the middle of a stream.
    Nothing,
}

/// Collects the packets of one stream into batches, as the sampling asks for.
#[derive(Debug)]
pub struct Collector<P> {
    sample: Sample,
    min_gap_ms: i64,
    max_gap_ms: i64,
    /// Looks a second for as long as it is boosted.
    boost: Option<u8>,
    /// That is over once the last keyframe was given out, or the next one comes.
    ending: bool,
    /// Packets that nobody has needed so far.
    kept: Vec<P>,
    kept_bytes: usize,
    /// The last keyframe among them.
    restart: Option<usize>,
    /// What they can be decoded from.
    footing: Footing,
    /// Since when keyframes by themselves give no picture, where they give none: the stream refreshes a part of the picture at a
    /// time.
    keyframes_fail: Option<Moment>,
    /// When the last look was, or else the first packet.
    last_look: Option<Moment>,
    /// When the last look was that was no extra one. Others say nothing of the next: there may not have been time for them.
    last_due: Option<Moment>,
    /// A keyframe has just been released while boosted: a decoder gives it out only once it has what is shown before it.
    settling: bool,
    /// The last look was at a keyframe that may need what came before it.
    unsure: bool,
    last_ms: i64,
    /// The time that has passed in ms, where the stream is live.
    passed_ms: Option<i64>,
}

/// A moment in the time of a stream, and in that of whoever watches it.
#[derive(Debug, Clone, Copy)]
struct Moment {
    media_ms: i64,
    passed_ms: Option<i64>,
}

impl<P> Batch<P> {
    /// A keyframe by itself.
    pub fn alone(packet: P) -> Self {
        Self {
            packets: vec![packet],
            fresh: true,
            drain: true,
            restart: None,
            looks: Looks::Newest,
            rough: true,
            extra: false,
        }
    }

    /// The last `left` packets of it, where those before them were decoded.
    #[must_use]
    pub fn rest(mut self, left: usize) -> Self {
        let decoded = self.packets.len().saturating_sub(left);
        self.packets.drain(..decoded);
        Self {
            fresh: false,
            restart: None,
            ..self
        }
    }

    /// Leaves out what comes before the keyframe that decoding can begin at, where there is one.
    pub fn begin_anew(&mut self) {
        if let Some(at) = self.restart.take() {
            self.packets.drain(..at);
            self.fresh = true;
        }
    }
}

impl<P> Batch<Arc<P>> {
    /// Has the decoder told what `renewal` says before the rest, unless it is among that. It is a keyframe: nothing but the time
    /// to decode it is lost.
    pub fn renew(&mut self, renewal: Arc<P>) {
        if !self.packets.iter().any(|p| Arc::ptr_eq(p, &renewal)) {
            self.packets.insert(0, renewal);
        }
    }
}

impl<P: Clone> Collector<P> {
    /// Starts with the first packet of a stream.
    pub fn new(sampling: &Sampling) -> Self {
        Self {
            sample: sampling.sample,
            min_gap_ms: ms(sampling.min_gap),
            max_gap_ms: ms(sampling.max_gap),
            boost: None,
            ending: false,
            kept: Vec::new(),
            kept_bytes: 0,
            restart: None,
            footing: Footing::Nothing,
            keyframes_fail: None,
            last_look: None,
            last_due: None,
            settling: false,
            unsure: false,
            last_ms: 0,
            passed_ms: None,
        }
    }

    /// So many looks a second from now on, whatever the keyframes; `None` ends that, once the last keyframe was given out. It is for
    /// `auto`: who asked for keyframes alone, or for a rate, gets that.
    pub fn boost(&mut self, looks: Option<u8>) {
        let looks = looks.filter(|_| self.sample == Sample::Auto);
        let has_keyframe = self.restart.is_some() || self.settling;
        self.ending = looks.is_none() && self.boost.is_some() && has_keyframe;
        if !self.ending {
            self.boost = looks;
        }
    }

    /// So many ms have passed since the stream began, which is live: what is due is due then, whatever its time stamps say.
    pub fn pass(&mut self, elapsed_ms: i64) {
        self.passed_ms = Some(elapsed_ms);
    }

    /// Takes the next packet; gives back what is to be decoded now.
    pub fn push(&mut self, packet: P, position: Position) -> Option<Batch<P>> {
        let now = self.moment(position.media_ms);
        if position.key && std::mem::take(&mut self.ending) {
            self.boost = None;
        }
        // The first packet starts the clock for `max_gap`: a stream may have no keyframes at all.
        let last_look = self.last_look.get_or_insert(now);
        if last_look.media_ms - now.media_ms > LONGEST_BACK_MS {
            last_look.media_ms = now.media_ms;
            if let Some(last_due) = &mut self.last_due {
                last_due.media_ms = last_due.media_ms.min(now.media_ms);
            }
        }
        let since_look = last_look.until(now);
        let since_due = self.last_due.unwrap_or(*last_look).until(now);
        self.last_ms = now.media_ms;
        // One that begins anew is not passed over for one that may show nothing by itself.
        let is_better = position.anew && self.unsure;
        let is_wanted = self.last_due.is_none() || is_better || since_due >= self.min_gap_ms;
        let since_failing = self.keyframes_fail.map(|since| since.until(now));
        let tries_again = is_wanted && since_failing.is_some_and(|since| since >= RETRY_MS);
        match self.sample {
            Sample::Keyframes => (position.key && is_wanted).then(|| self.alone(packet, position)),
            Sample::Auto => match self.boost {
                Some(looks) => self.push_boosted(packet, position, now, since_look, looks),
                None if position.key && (since_failing.is_none() || tries_again) => {
                    if tries_again {
                        self.keyframes_fail = Some(now);
                    }
                    self.resync();
                    self.keep(packet.clone(), position);
                    is_wanted.then(|| self.alone(packet, position))
                }
                None => {
                    self.keep(packet, position);
                    (since_due >= self.max_gap_ms).then(|| self.release(now, Looks::Newest, true))
                }
            },
            Sample::All | Sample::Rate(_) => {
                if !self.is_running()
                    && self.kept.is_empty()
                    && !position.key
                    && since_look < self.max_gap_ms
                {
                    // Nothing can be decoded before the first keyframe.
                    return None;
                }
                let (looks, interval_ms) = match self.sample {
                    Sample::Rate(rate) => (Looks::Newest, interval_ms(rate)),
                    _ => (Looks::Each, 0),
                };
                let first = !self.is_running() && self.kept.is_empty();
                self.keep(packet, position);
                (first || since_look >= interval_ms).then(|| self.release(now, looks, true))
            }
        }
    }

    /// The first look is at once, from the last keyframe on. Without one it waits for the next, and no longer than
    /// without a boost.
    fn push_boosted(
        &mut self,
        packet: P,
        position: Position,
        now: Moment,
        since_look: i64,
        looks: u8,
    ) -> Option<Batch<P>> {
        let can_begin = position.key && self.keyframes_fail.is_none();
        if can_begin && !self.is_running() {
            self.resync();
        }
        if can_begin {
            self.restart = Some(self.kept.len());
        }
        self.keep(packet, position);
        let wait_ms = match self.footing {
            Footing::Decoder => interval_ms(looks),
            Footing::Keyframe => 0,
            Footing::Nothing => self.max_gap_ms,
        };
        if since_look < wait_ms {
            return None;
        }
        // Without the boost there would be a look at each keyframe, and where those are too far apart.
        let since_due = self.last_due.map_or(i64::MAX, |last| last.until(now));
        let settles = std::mem::replace(&mut self.settling, self.restart.is_some());
        let is_due = self.restart.is_some() || settles || since_due >= self.max_gap_ms;
        Some(self.release(now, Looks::Newest, is_due))
    }

    /// The stream ended; gives back what is still to be decoded.
    pub fn finish(&mut self) -> Option<Batch<P>> {
        let looks = match self.sample {
            Sample::Keyframes => return None,
            Sample::Auto => {
                // The end of a recording is worth a look where keyframes are far apart.
                let since_look = self.last_look?.until(self.moment(self.last_ms));
                if since_look * 2 < self.max_gap_ms || self.kept.is_empty() {
                    return None;
                }
                Looks::Newest
            }
            Sample::Rate(_) => Looks::Newest,
            Sample::All => Looks::Each,
        };
        let mut batch = self.release(self.moment(self.last_ms), looks, true);
        batch.drain = true;
        self.footing = Footing::Nothing;
        Some(batch)
    }

    /// Whether keyframes by themselves give no picture. H.264 with intra refresh marks packets as keyframes from which
    /// a decoder can only begin to recover: such a stream is decoded as if it had none, but for one that is tried again
    /// each minute.
    pub fn keyframes_fail(&mut self, fail: bool) {
        let now = self.moment(self.last_ms);
        self.keyframes_fail = fail.then(|| self.keyframes_fail.unwrap_or(now));
    }

    /// Packets were lost, or the time stamps jumped: what is kept does not fit what comes.
    pub fn resync(&mut self) {
        self.kept.clear();
        self.kept_bytes = 0;
        self.restart = None;
        self.footing = Footing::Nothing;
    }

    /// When the stream is at `media_ms`.
    fn moment(&self, media_ms: i64) -> Moment {
        Moment {
            media_ms,
            passed_ms: self.passed_ms,
        }
    }

    fn is_running(&self) -> bool {
        self.footing == Footing::Decoder
    }

    /// A keyframe by itself.
    fn alone(&mut self, packet: P, position: Position) -> Batch<P> {
        let now = self.moment(position.media_ms);
        self.last_look = Some(now);
        self.last_due = Some(now);
        self.unsure = !position.anew;
        Batch::alone(packet)
    }

    /// Smoothing the edges of blocks is up to a quarter of decoding, and codes are read as well without it: of 215 clips
    /// by keyframes alone the same 201. Who asked for a rate pays for it and gets it.
    fn is_rough(&self) -> bool {
        matches!(self.sample, Sample::Auto | Sample::Keyframes)
    }

    fn keep(&mut self, packet: P, position: Position) {
        let bytes = position.bytes.saturating_add(PACKET_BYTES);
        if self.kept_bytes.saturating_add(bytes) > MAX_KEPT_BYTES {
            self.resync();
        }
        if self.footing == Footing::Nothing && self.kept.is_empty() && position.key {
            self.footing = Footing::Keyframe;
        }
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        self.kept.push(packet);
    }

    /// All that is kept; `is_due` where sampling would have asked for a look without a boost.
    fn release(&mut self, now: Moment, looks: Looks, is_due: bool) -> Batch<P> {
        self.last_look = Some(now);
        if is_due {
            self.last_due = Some(now);
        }
        self.unsure = false;
        self.kept_bytes = 0;
        let fresh = !self.is_running();
        self.footing = Footing::Decoder;
        Batch {
            packets: std::mem::take(&mut self.kept),
            fresh,
            drain: false,
            restart: self.restart.take(),
            looks,
            rough: self.is_rough(),
            extra: !is_due,
        }
    }
}

impl Moment {
    /// How long it is until `now`, in ms: by media time, or else by the time that has passed, where that is far more.
    fn until(self, now: Self) -> i64 {
        let passed = self.passed_ms.zip(now.passed_ms);
        let passed = passed.map_or(i64::MIN, |(then, now)| now - then - LATE_MS);
        (now.media_ms - self.media_ms).max(passed)
    }
}

/// The time between two looks at `rate` looks a second.
fn interval_ms(rate: u8) -> i64 {
    1_000 / i64::from(rate.max(1))
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
