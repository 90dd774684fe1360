//! Which streams are looked at more often for a while: what gave reason for it, and who pays.
//!
//! Decoding every frame costs twenty times as much as decoding keyframes, so that boosts are bounded for all streams
//! together, by two buckets that fill with the time of the machine: one for those that something gave reason for, and
//! one for turns, so that no number of suspicious streams takes the turns from the others. What a boost is expected
//! to cost is taken out before it begins, and what it did cost is settled when it ends.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use crate::config::Boost;

/// Why a stream is looked at more often, the weightiest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It is its turn.
    Turn,
    /// Another stream of the same host has just led off the platform.
    Neighbour,
    /// A code was located and could not be read.
    Unread,
    /// It has just led off the platform.
    OffPlatform,
    /// Somebody asked for it.
    Operator,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Turn,
        Self::Neighbour,
        Self::Unread,
        Self::OffPlatform,
        Self::Operator,
    ];

    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Neighbour => "neighbour",
            Self::Unread => "unread",
            Self::OffPlatform => "off-platform",
            Self::Operator => "operator",
        }
    }
}

/// What a boosted second of a stream is taken to cost before anything is known of it, in µs: a second of 1080p30.
const USUAL_COST_US: i64 = 150_000;

/// How many seconds' worth of filling a bucket holds.
const BUCKET_S: i64 = 20;

/// How long no boost begins after streams had to wait, in µs: a group of pictures, in which the next crowd of keyframes comes.
const CALM_US: i64 = 2_000_000;

/// The part of the time that is kept for turns, in percent.
const TURNS_PERCENT: i64 = 25;

/// A code that could not be read in a whole boost is tried again after so many times as long: a picture that only
/// looks like a code must not take the boosts of all others.
const PATIENCE: i64 = 5;

/// A stream as the boosts see it at one moment.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) id: Arc<str>,
    /// What gave reason for a boost since the last time.
    pub(super) reason: Option<Why>,
    /// CPU time that the stream has cost so far, in µs.
    pub(super) cpu_us: i64,
    /// Whether pictures come at all.
    pub(super) is_live: bool,
}

/// The boosts of all streams.
#[derive(Debug)]
pub(super) struct Boosts {
    settings: Boost,
    evidence: Bucket,
    turns: Bucket,
    streams: BTreeMap<Arc<str>, State>,
    /// Those that had no turn in this round, the next one last.
    round: Vec<Arc<str>>,
    last_us: Option<i64>,
    /// No boost begins before that time.
    calm_us: i64,
}

#[derive(Debug, Default)]
struct State {
    wanted: Option<Why>,
    running: Option<Running>,
    /// Codes that cannot be read are no reason before that time.
    patience_us: i64,
    /// What a boosted second cost the last time.
    cost_us: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    why: Why,
    began_us: i64,
    until_us: i64,
    /// What the stream had cost when it was last asked, and what of that the boost has cost.
    cpu_us: i64,
    spent_us: i64,
    reserved_us: i64,
    /// What it may cost: the double of that, and no more than a bucket holds.
    most_us: i64,
}

/// CPU time that may be spent, in µs. It goes below zero where something cost more than was thought, and is
/// filled up from there.
#[derive(Debug)]
struct Bucket {
    left_us: i64,
    /// Filled by so many µs a second.
    rate_us: i64,
}

impl Bucket {
    fn new(rate_us: i64) -> Self {
        Self {
            left_us: rate_us * BUCKET_S / 2,
            rate_us,
        }
    }

    fn size_us(&self) -> i64 {
        self.rate_us * BUCKET_S
    }

    fn fill(&mut self, elapsed_us: i64) {
        let filled = self.left_us + self.rate_us * elapsed_us / 1_000_000;
        self.left_us = filled.min(self.size_us());
    }

    /// Takes out `us`.
    fn take(&mut self, us: i64) -> bool {
        let may = self.rate_us > 0 && self.left_us >= us;
        if may {
            self.left_us -= us;
        }
        may
    }
}

impl Boosts {
    /// Nothing is boosted yet; `cores` is what the machine has.
    pub(super) fn new(settings: Boost, cores: usize) -> Self {
        let all_us = (settings.share * cores as f64 * 1_000_000.0) as i64;
        let turns_us = all_us * TURNS_PERCENT / 100;
        Self {
            settings,
            evidence: Bucket::new(all_us - turns_us),
            turns: Bucket::new(turns_us),
            streams: BTreeMap::new(),
            round: Vec::new(),
            last_us: None,
            calm_us: i64::MIN,
        }
    }

    /// What is boosted from now on, and why. `busy` where the streams wait for a thread as it is: boosts that nobody asked for end
    /// then, and go on once there is time.
    pub(super) fn tick(
        &mut self,
        now_us: i64,
        seen: &[Seen],
        busy: bool,
    ) -> BTreeMap<Arc<str>, Why> {
        let elapsed_us = now_us - self.last_us.replace(now_us).unwrap_or(now_us);
        self.evidence.fill(elapsed_us);
        self.turns.fill(elapsed_us);
        let by_id: BTreeMap<_, _> = seen.iter().map(|seen| (&seen.id, seen)).collect();
        self.settle(now_us, &by_id, busy);
        self.streams.retain(|id, _| by_id.contains_key(id));
        self.note(now_us, seen);
        if busy {
            self.calm_us = now_us + CALM_US;
        }
        let is_calm = now_us >= self.calm_us;
        self.give_for_evidence(now_us, &by_id, is_calm);
        if is_calm {
            self.give_turns(now_us, &by_id);
        }
        let running = self.streams.iter();
        running
            .filter_map(|(id, state)| Some((Arc::clone(id), state.running?.why)))
            .collect()
    }

    /// Ends what is over, has cost far more than was thought, there is no time for, or is of a stream that is gone.
    fn settle(&mut self, now_us: i64, seen: &BTreeMap<&Arc<str>, &Seen>, busy: bool) {
        for (id, state) in &mut self.streams {
            let Some(running) = &mut state.running else {
                continue;
            };
            let now = seen.get(id);
            if let Some(now) = now {
                // One that was replaced counts from zero again.
                running.spent_us += (now.cpu_us - running.cpu_us).max(0);
                running.cpu_us = now.cpu_us;
            }
            let (running, spent_us) = (*running, running.spent_us);
            let is_wanted = now.is_some_and(|seen| seen.is_live)
                && now_us < running.until_us
                && spent_us <= running.most_us;
            let gives_way = busy && running.why != Why::Operator;
            if is_wanted && !gives_way {
                continue;
            }
            if is_wanted && running.why != Why::Turn {
                state.wanted = state.wanted.max(Some(running.why));
            }
            let bucket = if running.why == Why::Turn {
                &mut self.turns
            } else {
                &mut self.evidence
            };
            bucket.left_us += running.reserved_us - spent_us;
            let lasted_us = now_us - running.began_us;
            // What ended early says little of what a second costs but that it was thought to be less, and a pause of the sender nothing.
            if lasted_us >= 500_000 && spent_us > 0 {
                state.cost_us = Some((spent_us * 1_000 / (lasted_us / 1_000)).max(1_000));
            } else if spent_us > running.most_us {
                state.cost_us = state.cost_us.filter(|cost| *cost > USUAL_COST_US);
            }
            if running.why == Why::Unread && !is_wanted {
                state.patience_us = now_us + lasted_us * PATIENCE;
                state.wanted = state.wanted.filter(|why| *why != Why::Unread);
            }
            state.running = None;
        }
    }

    fn note(&mut self, now_us: i64, seen: &[Seen]) {
        for seen in seen {
            let state = self.streams.entry(Arc::clone(&seen.id)).or_default();
            let reason = seen
                .reason
                .filter(|why| *why != Why::Unread || now_us >= state.patience_us);
            state.wanted = state.wanted.max(reason);
        }
    }

    /// Where it is not calm, to those alone that somebody asked for.
    fn give_for_evidence(&mut self, now_us: i64, seen: &BTreeMap<&Arc<str>, &Seen>, is_calm: bool) {
        let mut wanted: Vec<_> = self
            .streams
            .iter_mut()
            .filter(|(_, state)| state.running.is_none())
            .filter_map(|(id, state)| Some((state.wanted?, seen.get(id)?, state)))
            .filter(|(why, seen, _)| seen.is_live && (is_calm || *why == Why::Operator))
            .collect();
        wanted.sort_by_key(|(why, ..)| std::cmp::Reverse(*why));
        for (why, seen, state) in wanted {
            let lasts = self.settings.evidence;
            // One that takes all there is waits for that, and nobody waits with it but for what somebody asked for.
            let is_costly = state.expected_us(lasts) > self.evidence.size_us();
            if !state.begin(why, now_us, lasts, seen.cpu_us, &mut self.evidence)
                && (!is_costly || why == Why::Operator)
            {
                // Those that come after it weigh less: none of them goes before it.
                break;
            }
        }
    }

    /// Each stream has one turn in a round, in an order that is drawn anew for each.
    fn give_turns(&mut self, now_us: i64, seen: &BTreeMap<&Arc<str>, &Seen>) {
        for _ in 0..seen.len() {
            if self.round.is_empty() {
                let order = RandomState::new();
                let live = seen.values().filter(|seen| seen.is_live);
                self.round = live.map(|seen| Arc::clone(&seen.id)).collect();
                self.round.sort_by_cached_key(|id| order.hash_one(id));
            }
            let Some(id) = self.round.last() else { return };
            let state = self.streams.get_mut(id);
            let next = state.zip(seen.get(id)).filter(|(state, seen)| {
                // Who is boosted already has had a turn with that.
                seen.is_live && state.running.is_none()
            });
            if let Some((state, seen)) = next
                && !state.begin(
                    Why::Turn,
                    now_us,
                    self.settings.turn,
                    seen.cpu_us,
                    &mut self.turns,
                )
            {
                return;
            }
            self.round.pop();
        }
    }
}

impl State {
    /// What a boost that lasts so long is expected to cost, in µs.
    fn expected_us(&self, lasts: Duration) -> i64 {
        let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        let cost_us = self.cost_us.unwrap_or(USUAL_COST_US);
        cost_us.saturating_mul(lasts_ms) / 1_000
    }

    /// Begins a boost, where there is enough in the bucket. One that costs more than the bucket ever holds is shorter: it would
    /// be paid for by whoever comes after it.
    fn begin(
        &mut self,
        why: Why,
        now_us: i64,
        lasts: Duration,
        cpu_us: i64,
        bucket: &mut Bucket,
    ) -> bool {
        let lasts_us = i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
        let reserved_us = self.expected_us(lasts).min(bucket.size_us());
        if !bucket.take(reserved_us) {
            return false;
        }
        if why != Why::Turn {
            self.wanted = None;
        }
        self.running = Some(Running {
            why,
            began_us: now_us,
            until_us: now_us.saturating_add(lasts_us),
            cpu_us,
            spent_us: 0,
            reserved_us,
            most_us: (reserved_us * 2).min(bucket.size_us()),
        });
        true
    }
}

/// The boosts of a recorded file: by media time alone, for what it shows alone, and nobody to share with.
#[derive(Debug)]
pub(super) struct Recorded {
    settings: Boost,
    until_ms: i64,
    /// Codes that cannot be read are no reason before that time.
    patience_ms: i64,
}

impl Recorded {
    pub(super) fn new(settings: Boost) -> Self {
        Self {
            settings,
            until_ms: i64::MIN,
            patience_ms: i64::MIN,
        }
    }

    /// The looks a second from `media_ms` on, where the last look gave this reason.
    pub(super) fn looks(&mut self, media_ms: i64, reason: Option<Why>) -> Option<u8> {
        let lasts_ms = i64::try_from(self.settings.evidence.as_millis()).unwrap_or(i64::MAX);
        let runs = media_ms < self.until_ms;
        match reason {
            Some(Why::Unread) if runs || media_ms < self.patience_ms => {}
            Some(why) => {
                self.until_ms = media_ms.saturating_add(lasts_ms);
                if why == Why::Unread {
                    let patience = lasts_ms.saturating_mul(PATIENCE + 1);
                    self.patience_ms = media_ms.saturating_add(patience);
                }
            }
            None => {}
        }
        let is_on = self.settings.share > 0.0 && media_ms < self.until_ms;
        is_on.then_some(self.settings.looks)
    }
}

#[cfg(test)]
mod tests;
