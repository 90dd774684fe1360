//! The decisions that can be made about an incident, and what each would do.

use super::super::html::Html;
use super::super::text::Text;
use super::super::told::Told;
use crate::review::{Decision, Rules};
use crate::store::Item;

/// A decision that can be made.
pub(in crate::web) struct Button {
    pub(in crate::web) id: &'static str,
    pub(in crate::web) name: &'static str,
    pub(in crate::web) key: &'static str,
    pub(in crate::web) tone: &'static str,
    pub(in crate::web) needs_reason: bool,
}

/// A decision that changes a registry.
pub(super) struct Allow {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) means: &'static str,
    pub(super) does: &'static str,
    pub(super) file: Html,
    pub(super) lines: Vec<Html>,
    pub(super) needs_reason: bool,
}

/// What a decision can be replaced by.
pub(super) struct Way {
    pub(super) id: &'static str,
    pub(super) name: String,
}

/// The decisions that change no registry.
pub(in crate::web) fn buttons(rules: &Rules, t: &Text) -> Vec<Button> {
    let all = [
        (Decision::Confirm, t.confirm, "1", "bad"),
        (Decision::AllowOnce, t.allow_once, "2", ""),
        (Decision::Misread, t.misread, "3", ""),
        (Decision::Escalate, t.escalate, "e", ""),
    ];
    let buttons = all.into_iter().map(|(decision, name, key, tone)| Button {
        id: decision.as_str(),
        name: name.get(),
        key,
        tone,
        needs_reason: rules.reason_for.contains(&decision),
    });
    buttons.collect()
}

/// Which of them need a reason.
pub(super) fn reason_hint(rules: &Rules, t: &Text) -> String {
    let buttons = buttons(rules, t);
    let needs: Vec<_> = buttons
        .iter()
        .filter(|button| button.needs_reason)
        .map(|button| button.name)
        .collect();
    if needs.is_empty() {
        t.optional.get().to_owned()
    } else if needs.len() == buttons.len() {
        t.reason_needed.get().to_owned()
    } else {
        t.reason_for.get().replace("{what}", &needs.join(", "))
    }
}

/// The decisions that put the destination into a registry, with what they write there.
pub(super) fn allows(
    item: &Item,
    told: &Told,
    rules: &Rules,
    is_lead: bool,
    t: &Text,
) -> Vec<Allow> {
    let Some(key) = item.destination.as_deref() else {
        return Vec::new();
    };
    let seller = item.host.as_deref().unwrap_or(&item.stream);
    let line = || {
        vec![Html::destination(
            key,
            told.destination.host.as_deref(),
            None,
        )]
    };
    let mut allows = vec![
        Allow {
            id: Decision::AllowSeller.as_str(),
            name: t.allow_seller.get(),
            key: "4",
            means: t.allow_seller_means.get(),
            does: t.allow_do.get(),
            file: Html::fill(t.registry_seller, &[("who", Html::name(seller))]),
            lines: line(),
            needs_reason: rules.reason_for.contains(&Decision::AllowSeller),
        },
        Allow {
            id: Decision::AllowPlatform.as_str(),
            name: t.allow_platform.get(),
            key: "5",
            means: t.allow_platform_means.get(),
            does: t.allow_do.get(),
            file: Html::of(t.registry_platform.get()),
            lines: line(),
            needs_reason: rules.reason_for.contains(&Decision::AllowPlatform),
        },
    ];
    // What holds in every stream is for leads.
    allows.truncate(if is_lead { 2 } else { 1 });
    allows
}

/// What a decision can be reversed into; what `two` must confirm, nobody confirms by reversing.
pub(super) fn into(stands: Option<&str>, two: bool, t: &Text) -> Vec<Way> {
    let all = [Decision::Confirm, Decision::AllowOnce, Decision::Misread];
    let others = all
        .into_iter()
        .filter(|decision| Some(decision.as_str()) != stands)
        .filter(|decision| !two || *decision != Decision::Confirm);
    let others = others.map(|decision| Way {
        id: decision.as_str(),
        name: t.decision_of(decision.as_str()).to_owned(),
    });
    let open = Way {
        id: "",
        name: t.reverse_open.get().to_owned(),
    };
    others.chain(std::iter::once(open)).collect()
}
