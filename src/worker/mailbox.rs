//! What a live stream's reader leaves for the pool: the newest packets, never a queue.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::source::{Batch, Looks, PACKET_BYTES, Packet, Parameters, bytes_of};
use crate::worker::Stream;
use crate::worker::stills::Waiting;

/// Compressed bytes that may wait: a pool that is further behind than that starts anew at a keyframe.
const MAX_BYTES: usize = 32 << 20;

/// Extra looks that may wait, one upon the other: a boost that is further behind than that takes more from the others
/// than it is worth, and goes on at the next keyframe.
const MAX_BEHIND: u32 = 3;

/// What waits for the pool.
#[derive(Default)]
pub(super) struct Mail {
    /// What is known of the stream has changed.
    pub(super) about: Option<Stream>,
    /// The stream was opened anew.
    pub(super) parameters: Option<Parameters>,
    /// Packets to be decoded.
    pub(super) batch: Option<Batch<Arc<Packet>>>,
    /// A still to be looked at.
    pub(super) still: Option<Waiting>,
    /// The newest packet that tells the decoder what it has to know of all that follows: it is not passed over.
    renewal: Option<Arc<Packet>>,
    /// What they take up.
    bytes: usize,
    /// How many looks they were meant for, beside the newest.
    behind: u32,
    /// When the newest of them arrived, µs of the process clock.
    pub(super) arrived_us: i64,
    /// The media time in ms, where no packets say it.
    pub(super) advance_ms: Option<i64>,
    /// The stream is over.
    pub(super) finish: bool,
    /// Looks that newer ones took the place of.
    pub(super) dropped: u64,
    /// One of these was due: what waits now is looked at in its place.
    passed_over: bool,
}

/// Whether packets found room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// They will be decoded.
    Kept,
    /// Too much waits: all of it is dropped, and the reader is to go on at a keyframe.
    Lost,
}

/// What waits for a stream, as far as its place among others goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// It is an extra look, and nothing else.
    pub(super) is_extra: bool,
    /// Since when a picture waits for its look, µs of the process clock, where none of its stream was passed over for it.
    pub(super) since_us: Option<i64>,
}

#[derive(Default)]
pub(super) struct Mailbox {
    mail: Mutex<Mail>,
    taken: Condvar,
}

impl Mailbox {
    pub(super) fn start(&self, parameters: Parameters) {
        let mut mail = self.lock();
        mail.drop_batch();
        mail.renewal = None;
        mail.parameters = Some(parameters);
    }

    pub(super) fn about(&self, stream: Stream) {
        self.lock().about = Some(stream);
    }

    /// `packet` tells the decoder what it has to know of all that follows.
    pub(super) fn renew(&self, packet: Arc<Packet>) {
        self.lock().renewal = Some(packet);
    }

    pub(super) fn put(&self, mut batch: Batch<Arc<Packet>>, arrived_us: i64) -> Put {
        let mut mail = self.lock();
        mail.arrived_us = arrived_us;
        if mail.batch.is_some() {
            // What waits is passed over where the decoder can do without.
            batch.begin_anew();
        }
        let bytes = bytes(&batch);
        let was_due = mail.batch.as_ref().is_some_and(|waiting| !waiting.extra);
        mail.passed_over |= was_due && !batch.extra;
        match &mut mail.batch {
            Some(waiting) if !batch.fresh => {
                waiting.packets.extend(batch.packets);
                waiting.drain |= batch.drain;
                waiting.extra &= batch.extra;
                // Only the newest picture is worth a look by now.
                waiting.looks = Looks::Newest;
                mail.dropped += 1;
                mail.behind += 1;
            }
            Some(waiting) => {
                batch.extra &= waiting.extra;
                mail.drop_batch();
                mail.batch = Some(batch);
            }
            None => mail.batch = Some(batch),
        }
        mail.bytes += bytes;
        let is_extra = mail.batch.as_ref().is_some_and(|batch| batch.extra);
        if mail.bytes > MAX_BYTES || is_extra && mail.behind >= MAX_BEHIND {
            mail.passed_over |= !is_extra;
            mail.drop_batch();
            return Put::Lost;
        }
        Put::Kept
    }

    /// Puts back what there was no time for: it comes before what came meanwhile, which may do without it.
    pub(super) fn put_back(&self, rest: Batch<Arc<Packet>>, arrived_us: i64) {
        let mut mail = self.lock();
        if mail.parameters.is_some() || mail.finish {
            return;
        }
        let bytes = bytes(&rest);
        match &mut mail.batch {
            Some(waiting) if waiting.fresh => {
                let was_due = !waiting.extra && !rest.extra;
                waiting.extra &= rest.extra;
                mail.passed_over |= was_due;
                mail.dropped += 1;
                return;
            }
            Some(waiting) => {
                let newer = std::mem::replace(&mut waiting.packets, rest.packets);
                waiting.packets.extend(newer);
                waiting.extra &= rest.extra;
                waiting.looks = Looks::Newest;
            }
            None => {
                mail.arrived_us = arrived_us;
                mail.batch = Some(rest);
            }
        }
        mail.bytes += bytes;
    }

    /// Takes the place of a still that waits.
    pub(super) fn show(&self, still: Waiting) {
        let mut mail = self.lock();
        if mail.still.replace(still).is_some() {
            mail.passed_over = true;
            mail.dropped += 1;
        }
    }

    pub(super) fn advance(&self, media_ms: i64) {
        self.lock().advance_ms = Some(media_ms);
    }

    pub(super) fn finish(&self) {
        self.lock().finish = true;
        self.taken.notify_all();
    }

    /// Takes all that waits.
    pub(super) fn take(&self) -> Mail {
        let mut held = self.lock();
        let mut mail = std::mem::take(&mut *held);
        // What is taken then is not what was to be looked at.
        held.passed_over = mail.passed_over && mail.batch.is_none() && mail.still.is_none();
        match (&mut mail.batch, mail.renewal.take()) {
            (Some(batch), Some(renewal)) => batch.renew(renewal),
            (None, renewal) => held.renewal = renewal,
            (Some(_), None) => {}
        }
        drop(held);
        self.taken.notify_all();
        mail
    }

    /// Waits until no packets wait, for `longest` at most.
    pub(super) fn await_room(&self, longest: Duration) {
        let waits = |mail: &mut Mail| mail.batch.is_some() && !mail.finish;
        // Whether it was taken or the time is over: what comes next is put in either way.
        let _ = self.taken.wait_timeout_while(self.lock(), longest, waits);
    }

    /// What waits.
    pub(super) fn waits(&self) -> Waits {
        let mail = self.lock();
        let batch = mail.batch.as_ref();
        let still = mail.still.as_ref().map(|still| still.arrived_us);
        let came_us = batch.map(|_| mail.arrived_us).or(still);
        Waits {
            is_extra: batch.is_some_and(|batch| batch.extra)
                && mail.parameters.is_none()
                && mail.about.is_none()
                && !mail.finish,
            since_us: came_us.filter(|_| !mail.passed_over),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let mail = self.lock();
        mail.about.is_none()
            && mail.batch.is_none()
            && mail.still.is_none()
            && mail.parameters.is_none()
            && mail.advance_ms.is_none()
            && !mail.finish
    }

    /// A panic while it was held leaves a mailbox that is as good as any: it only holds whole values.
    fn lock(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the packets of `batch` take up.
fn bytes(batch: &Batch<Arc<Packet>>) -> usize {
    let packets = batch.packets.iter();
    packets.map(|packet| bytes_of(packet) + PACKET_BYTES).sum()
}

impl Mail {
    fn drop_batch(&mut self) {
        self.dropped += u64::from(self.batch.take().is_some());
        self.bytes = 0;
        self.behind = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of the packets that wait, and whether a boost alone wants them.
    fn waits(mailbox: &Mailbox) -> (Vec<usize>, bool) {
        let mail = mailbox.lock();
        let batch = mail.batch.as_ref().unwrap();
        let sizes = batch.packets.iter().map(|packet| packet.size());
        (sizes.collect(), batch.extra)
    }

    #[test]
    fn what_there_was_no_time_for_comes_first() {
        let mailbox = Mailbox::default();
        mailbox.put(batch(true, &[1, 2, 3]), 7);
        let mail = mailbox.take();
        let rest = mail.batch.unwrap().rest(2);
        assert!(!rest.fresh);
        mailbox.put_back(rest, mail.arrived_us);
        assert_eq!(waits(&mailbox), (vec![2, 3], false));
        assert_eq!(mailbox.lock().arrived_us, 7);

        let rest = mailbox.take().batch.unwrap();
        let boosted = Batch {
            extra: true,
            ..batch(false, &[4])
        };
        mailbox.put(boosted, 9);
        mailbox.put_back(rest, 7);
        assert_eq!(waits(&mailbox), (vec![2, 3, 4], false));
        let mail = mailbox.take();
        assert_eq!((mail.bytes, mail.arrived_us), (9 + 3 * PACKET_BYTES, 9));
    }

    #[test]
    fn what_there_was_no_time_for_is_passed_over_where_others_can_do_without() {
        let mailbox = Mailbox::default();
        mailbox.put(batch(true, &[4]), 9);
        mailbox.put_back(batch(false, &[2, 3]), 7);
        assert_eq!(waits(&mailbox).0, [4]);
        assert_eq!(mailbox.lock().dropped, 1);
        assert!(mailbox.lock().passed_over);
        // Another decoder knows nothing of it.
        mailbox.start(Parameters::new());
        mailbox.put_back(batch(false, &[2, 3]), 7);
        assert!(mailbox.lock().batch.is_none());
    }

    #[test]
    fn a_boost_makes_nothing_wait_longer() {
        let mailbox = Mailbox::default();
        mailbox.put(batch(true, &[1]), 0);
        let boosted = Batch {
            extra: true,
            ..batch(true, &[1, 2])
        };
        mailbox.put(boosted, 1);
        assert_eq!(waits(&mailbox), (vec![1, 2], false));
    }

    fn batch(fresh: bool, sizes: &[usize]) -> Batch<Arc<Packet>> {
        Batch {
            packets: sizes
                .iter()
                .map(|size| Arc::new(Packet::new(*size)))
                .collect(),
            fresh,
            drain: false,
            restart: None,
            looks: Looks::Each,
            rough: false,
            extra: false,
        }
    }

    #[test]
    fn a_newer_keyframe_takes_the_place_of_an_older_one() {
        let mailbox = Mailbox::default();
        for arrived_us in 1..=5 {
            assert_eq!(mailbox.put(batch(true, &[100]), arrived_us), Put::Kept);
            let since = (arrived_us == 1).then_some(1);
            assert_eq!(mailbox.waits().since_us, since);
        }
        let mail = mailbox.take();
        assert!(!mailbox.lock().passed_over);
        assert_eq!((mail.dropped, mail.arrived_us), (4, 5));
        assert_eq!(mail.batch.unwrap().packets.len(), 1);
        assert!(mailbox.is_empty());
    }

    #[test]
    fn what_follows_on_is_added_and_only_the_newest_is_looked_at() {
        let mailbox = Mailbox::default();
        mailbox.put(batch(true, &[100]), 1);
        mailbox.put(batch(false, &[10, 10]), 2);
        let mail = mailbox.take();
        let waiting = mail.batch.unwrap();
        assert_eq!((waiting.packets.len(), waiting.looks), (3, Looks::Newest));
        assert!(waiting.fresh);
        assert_eq!(mail.dropped, 1);
    }

    #[test]
    fn a_keyframe_in_what_follows_on_takes_the_place_of_what_waits() {
        let mailbox = Mailbox::default();
        mailbox.put(batch(false, &[100, 100]), 1);
        let next = Batch {
            restart: Some(1),
            ..batch(false, &[1, 2, 3])
        };
        mailbox.put(next, 2);
        let mail = mailbox.take();
        let waiting = mail.batch.unwrap();
        let sizes: Vec<_> = waiting.packets.iter().map(|packet| packet.size()).collect();
        assert_eq!((sizes, waiting.fresh, mail.dropped), (vec![2, 3], true, 1));
        // Where nothing waits the decoder goes on.
        let next = Batch {
            restart: Some(1),
            ..batch(false, &[1, 2, 3])
        };
        mailbox.put(next, 3);
        let waiting = mailbox.take().batch.unwrap();
        assert_eq!((waiting.packets.len(), waiting.fresh), (3, false));
    }

    #[test]
    fn extra_looks_that_are_far_behind_are_given_up() {
        let extra = |fresh| Batch {
            extra: true,
            ..batch(fresh, &[1])
        };
        let mailbox = Mailbox::default();
        for _ in 0..MAX_BEHIND {
            assert_eq!(mailbox.put(extra(false), 1), Put::Kept);
            assert!(mailbox.waits().is_extra);
        }
        assert_eq!(mailbox.put(extra(false), 2), Put::Lost);
        assert!(mailbox.is_empty() && !mailbox.lock().passed_over);
        // What is due is never given up for them.
        mailbox.put(batch(true, &[1]), 3);
        for _ in 0..9 {
            assert_eq!(mailbox.put(extra(false), 3), Put::Kept);
        }
        assert!(!mailbox.waits().is_extra && !mailbox.lock().passed_over);
        assert_eq!(mailbox.take().batch.unwrap().packets.len(), 10);
        assert_eq!(mailbox.put(extra(true), 4), Put::Kept, "it counts anew");
    }

    #[test]
    fn what_tells_of_all_that_follows_is_not_passed_over() {
        let mailbox = Mailbox::default();
        let sizes = |mail: Mail| -> Vec<usize> {
            let packets = mail.batch.unwrap().packets;
            packets.iter().map(|packet| packet.size()).collect()
        };
        let renewal = batch(true, &[7]);
        mailbox.renew(Arc::clone(&renewal.packets[0]));
        mailbox.put(renewal, 1);
        mailbox.put(batch(true, &[8]), 2);
        assert_eq!(sizes(mailbox.take()), [7, 8], "a newer one took its place");
        mailbox.put(batch(true, &[9]), 3);
        assert_eq!(sizes(mailbox.take()), [9], "it is told once");
        // With what is decoded itself it is told already.
        mailbox.renew(Arc::new(Packet::new(7)));
        mailbox.advance(1);
        assert!(mailbox.take().batch.is_none());
        let renewal = batch(true, &[8]);
        mailbox.renew(Arc::clone(&renewal.packets[0]));
        mailbox.put(renewal, 4);
        assert_eq!(sizes(mailbox.take()), [8]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mailbox = Mailbox::default();
        assert_eq!(
            mailbox.put(batch(true, &[MAX_BYTES - PACKET_BYTES]), 1),
            Put::Kept
        );
        assert_eq!(mailbox.put(batch(false, &[1]), 2), Put::Lost);
        let mail = mailbox.take();
        assert!(mail.batch.is_none());
        assert_eq!(mail.dropped, 2);
        // The next picture comes in the place of what was lost.
        let mailbox = Mailbox::default();
        assert_eq!(mailbox.put(batch(true, &[MAX_BYTES]), 3), Put::Lost);
        assert!(mailbox.take().batch.is_none());
        mailbox.put(batch(true, &[1]), 4);
        assert_eq!(mailbox.waits().since_us, None);
        mailbox.take();
        mailbox.put(batch(true, &[1]), 5);
        assert_eq!(mailbox.waits().since_us, Some(5));
    }
}
