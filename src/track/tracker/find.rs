//! Which open incident a sighting is of.
//!
//! Whoever shows codes chooses what they look like and when. So nothing that is taken for harmless takes in what may be
//! another code: a second incident of one code costs a reviewer a glance, and a code that is hidden costs more.

use super::{Tracked, Tracker, weight};
use crate::destination;
use crate::detect::{PerceptualHash, Symbol};
use crate::policy::Class;
use crate::track::{Incident, Sighting, place};

/// What a symbol itself says, before any link in it was followed.
#[derive(Debug)]
pub(super) struct Said {
    /// Where it leads, by which it is known again.
    key: String,
    /// The pages on the way there that may as well stay where they are.
    unsure: Vec<String>,
    /// What the policy says of that.
    class: Class,
}

impl Said {
    /// What `sighting` says; `None` where nobody could read it.
    pub(super) fn of(sighting: &Sighting) -> Option<Self> {
        let reading = sighting.reading.as_ref()?;
        let unsure = destination::unsure(&reading.payload).map(|(_, page)| page.key);
        Some(Self {
            key: reading.destination.key.clone(),
            unsure: unsure.collect(),
            class: sighting.verdict.class,
        })
    }

    /// `incident`, of whose symbol this is what it says, is judged anew. Where its link was followed that says nothing of the
    /// symbol itself.
    pub(super) fn reconsider(&mut self, incident: &Incident) {
        let reading = incident.reading.as_ref();
        if reading.is_some_and(|reading| reading.followed.is_none()) {
            self.class = incident.verdict.class;
        }
    }
}

impl Tracker {
    /// The open incident that this is a sighting of: the same destination, or, where nobody could read
    /// one of the two, the same place, or else the same look.
    pub(super) fn find(&self, sighting: &Sighting) -> Option<usize> {
        let symbol = &sighting.symbol;
        let here = |tracked: &Tracked| place::same(&tracked.corners, &symbol.corners);
        let alike = |tracked: &Tracked| looks_alike(tracked.incident.hash, symbol.hash);
        let first = |is: &dyn Fn(&Tracked) -> bool| self.open.iter().position(is);
        let Some(said) = Said::of(sighting) else {
            return first(&|t| here(t) && alike(t))
                .or_else(|| first(&|t| here(t) && t.takes_in(symbol)))
                .or_else(|| first(&alike));
        };
        let unread = |tracked: &Tracked| tracked.incident.reading.is_none();
        let is_off = said.class == Class::OffPlatform;
        first(&|t| t.is_same(&said))
            .or_else(|| first(&|t| unread(t) && here(t) && (is_off || !t.is_other(symbol))))
            .or_else(|| first(&|t| unread(t) && alike(t)))
    }
}

impl Tracked {
    /// Whether `said` leads where this one does, and is not hidden by it.
    fn is_same(&self, said: &Said) -> bool {
        let Some(own) = self.said.as_ref().filter(|own| own.key == said.key) else {
            return false;
        };
        let hides = |class| weight(class) < weight(said.class);
        // Where this one was followed to says nothing of another one that may as well stay on the way.
        let is_another_way = own.unsure != said.unsure;
        !(hides(own.class) || is_another_way && hides(self.incident.verdict.class))
    }

    /// Whether a symbol in its place that nobody could read may count as this one: a known code that is half covered by a hand
    /// does, but not a code that comes in the place of a harmless one.
    fn takes_in(&self, symbol: &Symbol) -> bool {
        let is_off = self.incident.verdict.class == Class::OffPlatform;
        self.incident.reading.is_none() || is_off || !self.is_other(symbol)
    }

    /// Whether it is known that `symbol` is another code than the one it was.
    fn is_other(&self, symbol: &Symbol) -> bool {
        let incident = &self.incident;
        let hashes = incident.hash.zip(symbol.hash);
        incident.kind != symbol.kind || hashes.is_some_and(|(a, b)| a.is_other(b))
    }
}

/// Whether both look like the same code.
pub(super) fn looks_alike(a: Option<PerceptualHash>, b: Option<PerceptualHash>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.is_same(b))
}
