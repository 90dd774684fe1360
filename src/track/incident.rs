//! What was seen, and what it adds up to.

use crate::destination::{self, Destination};
use crate::detect::{Corners, Joined, Part, PerceptualHash, Reader, Symbol, SymbolKind, Unread};
use crate::frame::Frame;
use crate::ids::IncidentId;
use crate::payload::Payload;
use crate::policy::Verdict;

/// What a decoded symbol says and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What it says.
    pub payload: Payload,
    /// Where it leads.
    pub destination: Destination,
    /// What asking its link showed; `None` where nobody asked.
    pub followed: Option<Followed>,
}

/// What asking a link showed, beside what the payload says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The links that led on, in order.
    pub hops: Vec<Hop>,
    /// What is at the end: `page`, `app` or `failed`.
    pub end: &'static str,
    /// Why the end is not known, by name; `None` where it is.
    pub failure: Option<&'static str>,
    /// Whether asking again soon may show something else.
    pub passes: bool,
}

/// A link that led on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The link that was asked.
    pub url: String,
    /// How it led on, by name.
    pub via: &'static str,
    /// The address that answered.
    pub address: String,
}

impl Reading {
    /// What `payload` says, before any link in it was followed.
    pub fn new(payload: Payload) -> Self {
        Self {
            destination: destination::of(&payload),
            payload,
            followed: None,
        }
    }
}

/// One symbol at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// What was found in the frame.
    pub symbol: Symbol,
    /// What it says; `None` where it was located but could not be decoded.
    pub reading: Option<Reading>,
    /// What the policy says of it.
    pub verdict: Verdict,
}

/// All sightings of one destination in one stream over one showing.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its name.
    pub id: IncidentId,
    /// What it says and where it leads, as first read; `None` while nobody could read it.
    pub reading: Option<Reading>,
    /// What the policy says of it.
    pub verdict: Verdict,
    /// Media time of the first sighting in ms.
    pub first_seen_ms: i64,
    /// Media time of the last sighting in ms.
    pub last_seen_ms: i64,
    /// For how long it was in view in ms: the time between looks that both saw it, one missed look
    /// allowed. What happened between two looks nobody knows.
    pub visible_ms: i64,
    /// In how many frames it was seen.
    pub sightings: u32,
    /// In how many of them it was read, and not only located.
    pub reads: u32,
    /// The frame that shows it best so far.
    pub best: Frame,
    /// Where it is in that frame.
    pub corners: Corners,
    /// What kind of symbol carries it.
    pub kind: SymbolKind,
    /// Who read it first.
    pub read_by: Reader,
    /// Who else read it, in any look.
    pub confirmed_by: Option<Reader>,
    /// Which part of a longer text it holds, where it is one.
    pub part: Option<Part>,
    /// What it was joined from; `None` where one look at one symbol shows all of it.
    pub joined: Option<Joined>,
    /// Why nobody could read it, in the best frame; `None` once it was read.
    pub unread: Option<Unread>,
    /// What its modules look like, by which it is known again in other places and streams.
    pub hash: Option<PerceptualHash>,
    /// True once it ended.
    pub ended: bool,
}

impl Incident {
    /// Takes in what is known of `symbol`, which the best frame shows.
    pub(super) fn show(&mut self, symbol: &Symbol) {
        if self.reading.is_none() {
            self.unread = symbol.unread.or(self.unread);
        }
        // A larger one that stands in its place and looks otherwise does not put its looks in the place of these.
        let is_other = self
            .hash
            .zip(symbol.hash)
            .is_some_and(|(a, b)| a.is_other(b));
        if symbol.bytes.is_some() || !is_other {
            self.hash = symbol.hash.or(self.hash);
        }
    }

    /// Takes in who else read it, in this look or in another: two readers that lead to the same destination
    /// agree on what matters.
    pub(super) fn agree(&mut self, symbol: &Symbol) {
        if symbol.bytes.is_some() && symbol.joined.is_none() {
            self.joined = None;
        }
        if self.reading.is_some() && symbol.bytes.is_some() && self.confirmed_by.is_none() {
            self.confirmed_by = [Some(symbol.read_by), symbol.confirmed_by]
                .into_iter()
                .flatten()
                .find(|reader| *reader != self.read_by);
        }
    }
}

/// What happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was seen for the first time.
    Opened,
    /// It is still in view.
    Updated,
    /// It is seen differently: what was only located before was read, a short link was followed, or
    /// another policy is in force.
    Reclassified,
    /// It was not seen for a while, or the stream ended.
    Ended,
}

impl ChangeKind {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Updated => "updated",
            Self::Reclassified => "reclassified",
            Self::Ended => "ended",
        }
    }
}

/// One thing that happened to one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Counts the changes of this incident, from 1.
    pub sequence: u32,
    /// The incident as it is after the change.
    pub incident: Incident,
}

/// What is thought of an incident now.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconsidered {
    /// What is known of its destination now; `None` where nothing was learnt.
    pub reading: Option<Reading>,
    /// What the policy says of it.
    pub verdict: Verdict,
}
