//! What is done about an incident, what a person is asked first, and what only would be done: the ladder of actions.
//!
//! A policy says what it wants ([`Action`]). Whether that happens depends on how sure it is, on what was done lately, and on
//! how far the platform lets Waylay go. Nothing here acts.

mod notice;

use std::collections::{HashMap, VecDeque};

use crate::policy::Action;

pub use notice::{Notice, notice};

/// How far Waylay may go by itself with what touches a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It says what it would do.
    #[default]
    Off,
    /// It asks a reviewer.
    Ask,
    /// It acts.
    Auto,
}

/// How sure it has to be, and how often it may act by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Frames in which both readers have to read the same before a cut; less than two counts as two.
    pub frames: u32,
    /// Frames where one reader alone reads it; fewer than [`Limits::frames`] count as that many.
    pub frames_of_one_reader: u32,
    /// The least time between two actions of a kind on one stream, in ms.
    pub per_stream_ms: i64,
    /// So many cuts of all streams ...
    pub cuts: usize,
    /// ... within this time, in ms, and a reviewer is asked from then on.
    pub brake_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frames: 2,
            frames_of_one_reader: 3,
            per_stream_ms: 60_000,
            cuts: 10,
            brake_ms: 600_000,
        }
    }
}

/// What is known of an incident when it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What the policy wants.
    pub action: Action,
    /// In how many different frames the same payload was read.
    pub frames: u32,
    /// Whether two readers read it alike.
    pub certain: bool,
    /// What a reviewer said: whether the incident is what it seems to be.
    pub confirmed: Option<bool>,
}

/// How far an action goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It is told that it would be done.
    Would,
    /// A reviewer is asked.
    Ask,
    /// It is done.
    Do,
}

/// Why it goes that far and no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It does not touch the stream.
    Harmless,
    /// The mode is off.
    ModeOff,
    /// The mode is to ask.
    ModeAsk,
    /// A reviewer confirmed it.
    Confirmed,
    /// A reviewer rejected it.
    Rejected,
    /// It was read in one frame alone.
    SingleRead,
    /// One reader alone read it, in too few frames.
    OneReader,
    /// It was read in enough frames.
    Read,
    /// The same was done to the stream lately.
    Lately,
    /// There were too many cuts lately.
    Brake,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What the policy wants.
    pub action: Action,
    /// How far it goes.
    pub step: Step,
    /// How far it would go where Waylay acts by itself: the same as `step`, but where the mode is off.
    pub by_itself: Step,
    /// Why; the first reason is what decided.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Whether another read may make it go further.
    pub fn awaits_reads(&self) -> bool {
        let few = |reason| matches!(reason, &Reason::SingleRead | &Reason::OneReader);
        self.action == Action::Cut && self.reasons.iter().any(few)
    }
}

/// Decides what is done, and remembers what was.
#[derive(Debug)]
pub struct Ladder {
    mode: Mode,
    limits: Limits,
    /// When each stream was last warned and cut, in ms.
    lately: HashMap<(String, Action), i64>,
    /// When streams were cut, in ms.
    cuts: VecDeque<i64>,
}

impl Mode {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::Auto => "auto",
        }
    }
}

impl Step {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Would => "would",
            Self::Ask => "ask",
            Self::Do => "do",
        }
    }
}

impl Reason {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::ModeOff => "mode-off",
            Self::ModeAsk => "mode-ask",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::SingleRead => "single-read",
            Self::OneReader => "one-reader",
            Self::Read => "read",
            Self::Lately => "lately",
            Self::Brake => "brake",
        }
    }
}

impl Ladder {
    /// A ladder on which nothing was done yet.
    pub fn new(mode: Mode, limits: Limits) -> Self {
        Self {
            mode,
            limits,
            lately: HashMap::new(),
            cuts: VecDeque::new(),
        }
    }

    /// What is to be done about an incident of `stream` at `now_ms`. Nothing is remembered of it: see [`Ladder::done`].
    pub fn decide(&self, stream: &str, facts: Facts, now_ms: i64) -> Decision {
        let action = facts.action;
        let (by_itself, mut reasons) = self.step(stream, facts, now_ms);
        let is_off = self.mode == Mode::Off && action.touches_stream();
        if is_off {
            reasons.insert(0, Reason::ModeOff);
        }
        Decision {
            action,
            step: if is_off { Step::Would } else { by_itself },
            by_itself,
            reasons,
        }
    }

    /// `action` was done to `stream`, whoever decided it; or would have been where the mode is off, so that what is told there
    /// is what would have happened.
    pub fn done(&mut self, stream: &str, action: Action, now_ms: i64) {
        let Limits {
            per_stream_ms,
            brake_ms,
            ..
        } = self.limits;
        if action.touches_stream() {
            self.lately
                .retain(|_, at| is_lately(*at, now_ms, per_stream_ms));
            self.lately.insert((stream.to_owned(), action), now_ms);
        }
        if action == Action::Cut {
            self.cuts.retain(|at| is_lately(*at, now_ms, brake_ms));
            self.cuts.push_back(now_ms);
        }
    }

    fn step(&self, stream: &str, facts: Facts, now_ms: i64) -> (Step, Vec<Reason>) {
        if !facts.action.touches_stream() {
            return (Step::Do, vec![Reason::Harmless]);
        }
        // What a person said comes before what a machine thinks.
        match facts.confirmed {
            Some(false) => return (Step::Would, vec![Reason::Rejected]),
            Some(true) => return (Step::Do, vec![Reason::Confirmed]),
            None => {}
        }
        if self.was_done_lately(stream, facts.action, now_ms) {
            return (Step::Would, vec![Reason::Lately]);
        }
        let read = self.read(facts);
        if self.mode == Mode::Ask {
            return (Step::Ask, vec![Reason::ModeAsk, read]);
        }
        // A warning can be taken back, a cut cannot.
        if facts.action != Action::Cut {
            return (Step::Do, vec![read]);
        }
        match read {
            Reason::Read if self.brakes(now_ms) => (Step::Ask, vec![Reason::Brake, read]),
            Reason::Read => (Step::Do, vec![read]),
            _ => (Step::Ask, vec![read]),
        }
    }

    /// Whether it was read often enough to cut a stream for it.
    fn read(&self, facts: Facts) -> Reason {
        let frames = self.limits.frames.max(2);
        let of_one_reader = self.limits.frames_of_one_reader.max(frames);
        match facts.frames {
            0 | 1 => Reason::SingleRead,
            read if read >= of_one_reader || (facts.certain && read >= frames) => Reason::Read,
            _ => Reason::OneReader,
        }
    }

    fn was_done_lately(&self, stream: &str, action: Action, now_ms: i64) -> bool {
        let at = self.lately.get(&(stream.to_owned(), action));
        at.is_some_and(|at| is_lately(*at, now_ms, self.limits.per_stream_ms))
    }

    fn brakes(&self, now_ms: i64) -> bool {
        let lately = self.cuts.iter();
        let lately = lately.filter(|at| is_lately(**at, now_ms, self.limits.brake_ms));
        lately.count() >= self.limits.cuts
    }
}

/// Whether `at_ms` is less than `within_ms` from `now_ms`. The clock of the machine may be set back: what was done an hour from now
/// was not done lately, and holds nothing up.
fn is_lately(at_ms: i64, now_ms: i64, within_ms: i64) -> bool {
    now_ms.abs_diff(at_ms) < within_ms.unsigned_abs()
}

#[cfg(test)]
mod tests;
