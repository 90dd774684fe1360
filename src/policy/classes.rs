//! What the facts and the registries say, before any rule is asked.

use std::borrow::Cow;

use super::elsewhere::Elsewhere;
use super::rules::{Facts, Rule};
use super::{Class, Context, Policy, Registry};
use crate::destination::{Destination, Kind};
use crate::payload::{Category, Payload};

/// The reason and sign of a payment to somebody who is not the stream's seller.
pub(super) const PAYEE_MISMATCH: &str = "payee-mismatch";

/// The reason for what names several payees or places, of which one is known and another one is not.
const SEVERAL_PAYEES: &str = "several-payees";

/// The reason for a link that nobody has followed yet.
pub(super) const UNRESOLVED: &str = "unresolved-redirect";

impl Policy {
    /// The class before any rule, and the reason for it.
    pub(super) fn classify(
        &self,
        payload: &Payload,
        destination: &Destination,
        elsewhere: &Elsewhere<'_>,
        context: &Context<'_>,
    ) -> (Class, Cow<'static, str>) {
        let seller = context.seller;
        if self.is_short_link(destination, seller) {
            return (Class::Unknown, UNRESOLVED.into());
        }
        // A page that is told in its link to lead to the platform may as well stay where it is.
        let mut pages = elsewhere.pages.iter();
        let is_sure = pages.all(|page| self.known(page, seller).is_some());
        let is_deep = elsewhere.is_deep;
        let mut others = elsewhere.others.iter();
        let is_alone =
            !elsewhere.is_unclear && others.all(|(other, place)| self.owns(other, place, context));
        if let Some(reason) = self.known(destination, seller).filter(|_| is_sure) {
            // Whose page it is says nothing of where it goes on to.
            if is_deep {
                return (Class::Unknown, UNRESOLVED.into());
            }
            // Whoever scans it may end up with another one.
            if !is_alone {
                return (Class::Unknown, SEVERAL_PAYEES.into());
            }
            return (Class::OnPlatform, reason.into());
        }
        if payload.innermost().flags.contains(&"needs-resolve") {
            return (Class::Unknown, UNRESOLVED.into());
        }
        // Whoever allowed a destination saw where it leads: a link that nobody has followed is not one.
        if let Some(reason) = self
            .allowed
            .reason(&destination.key, context)
            .filter(|_| !is_deep && is_sure && is_alone)
        {
            return (Class::OnPlatform, reason.into());
        }
        if destination.kind == Kind::None {
            let reason = if is_opaque(payload) {
                "opaque-text"
            } else {
                "no-destination"
            };
            return (Class::Unknown, reason.into());
        }
        (
            Class::OffPlatform,
            format!("category-{}", payload.category.as_str()).into(),
        )
    }

    /// Whether `place`, to which `other` leads, is in a registry or was allowed.
    fn owns(&self, other: &Payload, place: &Destination, context: &Context<'_>) -> bool {
        // Whoever allowed a link that nobody has followed did not see where it leads.
        let was_seen = !other.innermost().flags.contains(&"needs-resolve");
        let allowed = || was_seen && self.allowed.reason(&place.key, context).is_some();
        !self.is_short_link(place, context.seller)
            && (self.known(place, context.seller).is_some() || allowed())
    }

    /// Whether only following it says where a link of the platform's or the seller's shorteners leads.
    fn is_short_link(&self, destination: &Destination, seller: Option<&Registry>) -> bool {
        self.platform.is_short_link(destination)
            || seller.is_some_and(|seller| seller.is_short_link(destination))
    }

    /// Which entry of a registry holds `destination`, as a reason.
    fn known(&self, destination: &Destination, seller: Option<&Registry>) -> Option<String> {
        let platform = self.platform.entry(destination);
        platform
            .map(|entry| format!("registry-{entry}"))
            .or_else(|| {
                let entry = seller?.entry(destination)?;
                Some(format!("seller-{entry}"))
            })
    }

    /// What only the registries show: a host that passes for one of theirs, a payee who is not the seller.
    pub(super) fn signs(
        &self,
        class: Class,
        payload: &Payload,
        destination: &Destination,
        elsewhere: &Elsewhere<'_>,
        seller: Option<&Registry>,
    ) -> Vec<&'static str> {
        if class == Class::OnPlatform {
            return Vec::new();
        }
        let mut signs = Vec::new();
        let is_known = |place: &Destination| self.known(place, seller).is_some();
        let places = elsewhere.places().map(|(_, place)| place);
        let likeness = places
            .chain([destination])
            .filter(|place| !is_known(place))
            .find_map(|place| {
                let host = place.host.as_deref()?;
                let platform = self.platform.likeness(host);
                platform.or_else(|| seller?.likeness(host))
            });
        signs.extend(likeness.filter(|flag| !payload.flags.contains(flag)));
        let pays = matches!(
            payload.category,
            Category::Payment | Category::WalletCrypto | Category::Donation
        );
        let knows_payees = seller.is_some_and(|seller| !seller.payees.is_empty());
        let names_payee = payload.chain().any(|p| p.fields.payee.is_some());
        let is_other = knows_payees && names_payee && !is_known(destination);
        if class == Class::OffPlatform && pays && is_other {
            signs.push(PAYEE_MISMATCH);
        }
        signs
    }

    /// Whether `rule` does not spare what may as well end up with somebody whom it does not ask for.
    pub(super) fn is_sure(&self, rule: &Rule, facts: &Facts<'_>) -> bool {
        if !rule.spares(facts) || !rule.asks_where() {
            return true;
        }
        let elsewhere = facts.elsewhere;
        let is_known = |place: &Destination| self.known(place, facts.context.seller).is_some();
        !elsewhere.is_deep
            && !elsewhere.is_unclear
            && elsewhere
                .places()
                .all(|(payee, place)| is_known(place) || rule.is_for(payee, place))
    }
}

/// Text that no person would write: one long word of letters and digits, or control characters. It
/// holds something that cannot be read here.
fn is_opaque(payload: &Payload) -> bool {
    const LONG: usize = 16;
    let text = payload.text.trim();
    let one_word = text.len() >= LONG
        && text.bytes().all(|b| b.is_ascii_graphic())
        && text.bytes().any(|b| b.is_ascii_digit());
    let control = |c: char| c.is_control() && !c.is_whitespace();
    payload.scheme == "plain-text" && (one_word || text.contains(control))
}
