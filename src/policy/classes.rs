//! What the facts and the registries say, before any rule is asked.

use std::borrow::Cow;

use super::rules::{Facts, Rule};
use super::{Class, Context, Policy, Registry};
use crate::destination::{self, Destination, Kind};
use crate::payload::{Category, Payload};

/// The reason and sign of a payment to somebody who is not the stream's seller.
pub(super) const PAYEE_MISMATCH: &str = "payee-mismatch";

/// The reason for a payment that names several payees, of whom one is known.
const SEVERAL_PAYEES: &str = "several-payees";

/// The reason for a link that nobody has followed yet.
pub(super) const UNRESOLVED: &str = "unresolved-redirect";

impl Policy {
    /// The class before any rule, and the reason for it.
    pub(super) fn classify(
        &self,
        payload: &Payload,
        destination: &Destination,
        context: &Context<'_>,
    ) -> (Class, Cow<'static, str>) {
        let seller = context.seller;
        let unresolved = self.platform.is_short_link(destination)
            || seller.is_some_and(|seller| seller.is_short_link(destination));
        if unresolved {
            return (Class::Unknown, UNRESOLVED.into());
        }
        // A page that is told in its link to lead to the platform may as well stay where it is.
        let is_sure = destination::unsure(payload).all(|page| self.known(&page, seller).is_some());
        // What is nested raises its flags around it.
        let is_deep = payload.flags.contains(&"too-deep");
        let several = payload.chain().any(Payload::may_pay_others);
        if let Some(reason) = self.known(destination, seller).filter(|_| is_sure) {
            // Whose page it is says nothing of where it goes on to.
            if is_deep {
                return (Class::Unknown, UNRESOLVED.into());
            }
            // Whoever scans it may pay another one.
            if several {
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
            .filter(|_| !is_deep && is_sure && !several)
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
        seller: Option<&Registry>,
    ) -> Vec<&'static str> {
        if class == Class::OnPlatform {
            return Vec::new();
        }
        let mut signs = Vec::new();
        let is_known = |place: &Destination| self.known(place, seller).is_some();
        let likeness = destination::unsure(payload)
            .chain([destination.clone()])
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

    /// Whether `rule` does not put on the platform what may stay on a page of somebody else.
    pub(super) fn is_sure(&self, rule: &Rule, facts: &Facts<'_>) -> bool {
        if rule.outcome.class != Some(Class::OnPlatform) {
            return true;
        }
        let Some((payload, _)) = facts.read else {
            return true;
        };
        destination::unsure(payload).all(|page| {
            let read = Some((payload, &page));
            self.known(&page, facts.context.seller).is_some()
                || rule.fits(&Facts { read, ..*facts }).is_ok()
        })
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
