//! Where else than at its destination whoever scans a code may end up.

use crate::destination::{self, Destination};
use crate::payload::Payload;

/// All of it, as far as it can be told off line.
#[derive(Debug, Default)]
pub(super) struct Elsewhere<'p> {
    /// Pages and apps on the way that may as well stay where they are.
    pub(super) pages: Vec<Destination>,
    /// Further payees and links, each with what it is read from.
    pub(super) others: Vec<(&'p Payload, Destination)>,
    /// Whether another reader may find a payee that nobody finds here.
    pub(super) is_unclear: bool,
    /// Whether it leads on further than it was opened.
    pub(super) is_deep: bool,
}

impl<'p> Elsewhere<'p> {
    pub(super) fn of(payload: &'p Payload) -> Self {
        Self {
            pages: destination::unsure(payload).map(|(_, page)| page).collect(),
            others: destination::others(payload),
            is_unclear: payload.whole().any(Payload::may_name_others),
            is_deep: payload.whole().any(|part| part.flags.contains(&"too-deep")),
        }
    }

    /// Every place that is told, with the payee that is named for it.
    pub(super) fn places(&self) -> impl Iterator<Item = (Option<&str>, &Destination)> {
        let pages = self.pages.iter().map(|page| (None, page));
        let others = self.others.iter().map(|(other, place)| {
            // Whom a page names in its link is not the page's own.
            let payee = other.fields.payee.as_deref();
            (payee.filter(|_| !other.is_guessed()), place)
        });
        pages.chain(others)
    }
}
