//! Follows the incidents of one stream.

use self::find::{Said, looks_alike};
use crate::detect::{Corners, PerceptualHash};
use crate::frame::Frame;
use crate::ids::{IncidentId, Seed};
use crate::policy::Class;
use crate::track::place;
use crate::track::{Change, ChangeKind, Incident, Reconsidered, Sighting};

mod find;

/// Incidents that one stream can have open at a time. A stream that shows more is flooding: what matters less gives way to
/// what matters more, and what is over it is counted in [`Observed::ignored`].
pub const MAX_OPEN: usize = 256;

/// Located symbols that wait for a second sight before they become an incident.
const MAX_UNCONFIRMED: usize = 64;

/// How much larger a code must be shown before a frame counts as better than the best so far.
const BETTER: f32 = 1.25;

/// When an incident ends and how often it is updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// An incident ends when it was not seen for this long, in ms of media time, and a look has missed it.
    pub gap_ms: i64,
    /// An open incident is updated at most this often, in ms of media time.
    pub update_ms: i64,
    /// What a policy wants a stream warned or cut for is told at once when it was read again, up to so many reads: whoever acts
    /// on it waits for them.
    pub prompt_reads: u32,
}

/// What one look at the stream changed.
#[derive(Debug, Default, PartialEq)]
pub struct Observed {
    /// What happened, in order.
    pub changes: Vec<Change>,
    /// The incidents that this frame shows better than any before it.
    pub best: Vec<IncidentId>,
    /// Sightings that were left out because [`MAX_OPEN`] incidents are open.
    pub ignored: u32,
}

/// Follows the incidents of one stream.
#[derive(Debug)]
pub struct Tracker {
    seed: Seed,
    settings: Settings,
    opened: u64,
    looks: u64,
    open: Vec<Tracked>,
    unconfirmed: Vec<Unconfirmed>,
}

#[derive(Debug)]
struct Tracked {
    incident: Incident,
    /// What the symbol itself says, by which it is known again; where it was followed to stands in the
    /// incident. `None` while nobody could read it.
    said: Option<Said>,
    changes: u32,
    changed_ms: i64,
    /// The number of the look that saw it last.
    look: u64,
    /// Where it was then.
    corners: Corners,
    score: f32,
}

/// A symbol that was located once. Textures look like codes for a single frame; a code stays.
#[derive(Debug)]
struct Unconfirmed {
    seen_ms: i64,
    /// The number of the look that saw it.
    look: u64,
    corners: Corners,
    hash: Option<PerceptualHash>,
}

impl Tracker {
    /// Starts with nothing open. Ids follow from `seed` and the order of opening.
    pub fn new(seed: Seed, settings: Settings) -> Self {
        Self {
            seed,
            settings,
            opened: 0,
            looks: 0,
            open: Vec::new(),
            unconfirmed: Vec::new(),
        }
    }

    /// Ids follow from `seed`, which is told before the first incident is opened.
    pub fn name_by(&mut self, seed: Seed) {
        debug_assert_eq!(self.opened, 0, "what is open has its id");
        self.seed = seed;
    }

    /// Takes in what one frame shows, nothing included.
    pub fn observe(&mut self, frame: &Frame, mut sightings: Vec<Sighting>) -> Observed {
        let gone = self.gone(frame.media_ms);
        let last = self.looks;
        // What a look has missed is over by now. What nobody has looked for since may still be in view.
        let mut observed = Observed {
            changes: self.end(|tracked| tracked.is_older(gone) && tracked.look < last),
            ..Observed::default()
        };
        self.unconfirmed
            .retain(|symbol| symbol.seen_ms >= gone || symbol.look == last);
        self.looks += 1;
        // What was read comes first, so that what was only located can be told to be a blurred copy.
        sightings.sort_by_key(|sighting| sighting.reading.is_none());
        let mut unknown = Vec::new();
        for sighting in sightings {
            match self.find(&sighting) {
                Some(at) => self.see_again(at, frame, sighting, &mut observed),
                None => unknown.push(sighting),
            }
        }
        // This look has missed the others.
        let ended = self.end(|tracked| tracked.is_older(gone));
        observed.changes.extend(ended);
        for sighting in unknown {
            let class = sighting.verdict.class;
            match self.find(&sighting) {
                Some(at) => self.see_again(at, frame, sighting, &mut observed),
                None if self.is_full() && self.least(class).is_none() => observed.ignored += 1,
                None if sighting.reading.is_none() && !self.confirm(frame, &sighting) => {}
                None => {
                    observed.changes.extend(self.make_room(class));
                    self.open(frame, sighting, &mut observed);
                }
            }
        }
        observed
    }

    /// The open incident of this id.
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        let mut open = self.open.iter().map(|tracked| &tracked.incident);
        open.find(|incident| incident.id == id)
    }

    /// Asks `judged` what is thought of each open incident now; those that changed are reclassified.
    pub fn reconsider(&mut self, mut judged: impl FnMut(&Incident) -> Reconsidered) -> Vec<Change> {
        let mut changes = Vec::new();
        for tracked in &mut self.open {
            let now = judged(&tracked.incident);
            let incident = &mut tracked.incident;
            let same = now.verdict == incident.verdict;
            if same && (now.reading.is_none() || now.reading == incident.reading) {
                continue;
            }
            incident.verdict = now.verdict;
            if now.reading.is_some() {
                incident.reading = now.reading;
            }
            if let Some(said) = &mut tracked.said {
                said.reconsider(incident);
            }
            changes.push(tracked.change(ChangeKind::Reclassified));
        }
        changes
    }

    /// Ends what was not seen for too long at `media_ms`.
    pub fn advance(&mut self, media_ms: i64) -> Vec<Change> {
        let gone = self.gone(media_ms);
        self.unconfirmed.retain(|symbol| symbol.seen_ms >= gone);
        self.end(|tracked| tracked.is_older(gone))
    }

    /// Ends everything: the stream is over.
    pub fn finish(&mut self) -> Vec<Change> {
        self.unconfirmed.clear();
        self.end(|_| true)
    }

    /// What was seen last before this time, in ms of media time, is overdue at `media_ms`.
    fn gone(&self, media_ms: i64) -> i64 {
        media_ms.saturating_sub(self.settings.gap_ms)
    }

    fn end(&mut self, is_over: impl Fn(&Tracked) -> bool) -> Vec<Change> {
        let mut changes = Vec::new();
        self.open.retain_mut(|tracked| {
            let over = is_over(tracked);
            if over {
                changes.push(tracked.end());
            }
            !over
        });
        changes
    }

    fn is_full(&self) -> bool {
        self.open.len() >= MAX_OPEN
    }

    /// Ends one that matters less than `class` does, where there is no room.
    fn make_room(&mut self, class: Class) -> Option<Change> {
        let at = self.is_full().then(|| self.least(class))??;
        Some(self.open.remove(at).end())
    }

    /// The open incident that gives way to a sighting of this class: one that matters less, the least first, and of those the
    /// one that was not seen for longest.
    fn least(&self, class: Class) -> Option<usize> {
        let less = |tracked: &Tracked| weight(tracked.incident.verdict.class) < weight(class);
        let open = self.open.iter().enumerate();
        let least = open.filter(|(_, tracked)| less(tracked)).min_by_key(
            |(_, Tracked { incident, .. })| (weight(incident.verdict.class), incident.last_seen_ms),
        );
        least.map(|(at, _)| at)
    }

    fn open(&mut self, frame: &Frame, sighting: Sighting, observed: &mut Observed) {
        let id = self.seed.incident(self.opened);
        self.opened += 1;
        let said = Said::of(&sighting);
        let reads = u32::from(sighting.reading.is_some());
        let symbol = sighting.symbol;
        let mut tracked = Tracked {
            score: score(&symbol.corners, sighting.reading.is_some()),
            said,
            incident: Incident {
                id,
                reading: sighting.reading,
                verdict: sighting.verdict,
                first_seen_ms: frame.media_ms,
                last_seen_ms: frame.media_ms,
                visible_ms: 0,
                sightings: 1,
                reads,
                best: *frame,
                corners: symbol.corners,
                kind: symbol.kind,
                read_by: symbol.read_by,
                confirmed_by: symbol.confirmed_by,
                part: symbol.part,
                joined: symbol.joined,
                unread: symbol.unread,
                hash: symbol.hash,
                ended: false,
            },
            changes: 0,
            changed_ms: frame.media_ms,
            look: self.looks,
            corners: symbol.corners,
        };
        observed.best.push(id);
        observed.changes.push(tracked.change(ChangeKind::Opened));
        self.open.push(tracked);
    }

    fn see_again(&mut self, at: usize, frame: &Frame, sighting: Sighting, observed: &mut Observed) {
        let Settings {
            update_ms,
            prompt_reads,
            ..
        } = self.settings;
        let looks = self.looks;
        let tracked = &mut self.open[at];
        let score = score(&sighting.symbol.corners, sighting.reading.is_some());
        // Pictures of it are told apart by their time: of two of one time the first stays.
        let is_later = tracked.look == looks || frame.media_ms > tracked.incident.best.media_ms;
        if is_later && score >= tracked.score * BETTER {
            tracked.score = score;
            tracked.incident.best = *frame;
            tracked.incident.corners = sighting.symbol.corners;
            tracked.incident.show(&sighting.symbol);
            observed.best.push(tracked.incident.id);
        }
        if tracked.look == looks {
            // The same code twice in one frame is one sighting.
            return;
        }
        let incident = &mut tracked.incident;
        if looks - tracked.look <= 2 {
            incident.visible_ms += frame.media_ms - incident.last_seen_ms;
        }
        incident.last_seen_ms = frame.media_ms;
        incident.sightings += 1;
        let is_read = sighting.reading.is_some();
        incident.reads += u32::from(is_read);
        let is_awaited = is_read
            && (2..=prompt_reads).contains(&incident.reads)
            && incident.verdict.action.touches_stream();
        tracked.look = looks;
        tracked.corners = sighting.symbol.corners;
        incident.agree(&sighting.symbol);
        if incident.reading.is_none() && sighting.reading.is_some() {
            tracked.said = Said::of(&sighting);
            incident.reading = sighting.reading;
            incident.verdict = sighting.verdict;
            incident.read_by = sighting.symbol.read_by;
            incident.confirmed_by = sighting.symbol.confirmed_by;
            incident.part = sighting.symbol.part;
            incident.joined = sighting.symbol.joined;
            incident.unread = None;
            incident.kind = sighting.symbol.kind;
            tracked.changed_ms = frame.media_ms;
            observed
                .changes
                .push(tracked.change(ChangeKind::Reclassified));
        } else if is_awaited || frame.media_ms - tracked.changed_ms >= update_ms {
            tracked.changed_ms = frame.media_ms;
            observed.changes.push(tracked.change(ChangeKind::Updated));
        }
    }

    /// Whether a symbol that was only located stands where one was located before.
    fn confirm(&mut self, frame: &Frame, sighting: &Sighting) -> bool {
        let corners = sighting.symbol.corners;
        let hash = sighting.symbol.hash;
        let here = |symbol: &Unconfirmed| {
            place::same(&symbol.corners, &corners) || looks_alike(symbol.hash, hash)
        };
        if let Some(at) = self.unconfirmed.iter().position(here) {
            // Two in one look are two codes, however alike: neither confirms the other, nor takes its place.
            let is_seen_before = self.unconfirmed[at].look < self.looks;
            if is_seen_before {
                self.unconfirmed.swap_remove(at);
            }
            return is_seen_before;
        }
        if self.unconfirmed.len() == MAX_UNCONFIRMED {
            self.unconfirmed.remove(0);
        }
        self.unconfirmed.push(Unconfirmed {
            seen_ms: frame.media_ms,
            look: self.looks,
            corners,
            hash,
        });
        false
    }
}

impl Tracked {
    /// Whether it was seen last before `gone`, in ms of media time.
    fn is_older(&self, gone: i64) -> bool {
        self.incident.last_seen_ms < gone
    }

    fn end(&mut self) -> Change {
        self.incident.ended = true;
        self.change(ChangeKind::Ended)
    }

    fn change(&mut self, kind: ChangeKind) -> Change {
        self.changes += 1;
        Change {
            kind,
            sequence: self.changes,
            incident: self.incident.clone(),
        }
    }
}

/// How much what leads there matters to those who watch.
fn weight(class: Class) -> u8 {
    match class {
        Class::OnPlatform => 0,
        Class::Unknown => 1,
        Class::OffPlatform => 2,
    }
}

/// How well a frame shows a code: by its size, and far better where it was read.
fn score(corners: &Corners, decoded: bool) -> f32 {
    place::area(corners) * if decoded { 16.0 } else { 1.0 }
}

#[cfg(test)]
mod tests;
