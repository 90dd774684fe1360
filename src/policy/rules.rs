//! Rules: what must hold, and what it changes.

use super::registry::is_below_any;
use super::{Action, Class, Severity, Verdict};
use crate::payload::Category;

/// What a rule can ask about.
pub(super) struct Facts<'a> {
    pub(super) class: Class,
    pub(super) category: Option<Category>,
    pub(super) scheme: Option<&'static str>,
    pub(super) host: Option<&'a str>,
    pub(super) payee: Option<&'a str>,
    pub(super) flags: &'a [&'static str],
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) when: When,
    pub(super) outcome: Outcome,
}

/// Every list that is given must hold one of the facts.
#[derive(Debug, Clone, Default)]
pub(super) struct When {
    pub(super) class: Option<Vec<Class>>,
    pub(super) category: Option<Vec<Category>>,
    pub(super) scheme: Option<Vec<String>>,
    /// Domains, each with everything below it.
    pub(super) host: Option<Vec<String>>,
    pub(super) payee: Option<Vec<String>>,
    pub(super) flag: Option<Vec<String>>,
}

impl Rule {
    pub(super) fn fits(&self, facts: &Facts<'_>) -> bool {
        let When {
            class,
            category,
            scheme,
            host,
            payee,
            flag,
        } = &self.when;
        holds(class.as_ref(), |list| list.contains(&facts.class))
            && holds(category.as_ref(), |list| {
                facts.category.is_some_and(|c| list.contains(&c))
            })
            && holds(scheme.as_ref(), |list| {
                list.iter().any(|s| facts.scheme == Some(s))
            })
            && holds(host.as_ref(), |list| {
                facts.host.is_some_and(|h| is_below_any(h, list))
            })
            && holds(payee.as_ref(), |list| {
                list.iter().any(|p| facts.payee == Some(p))
            })
            && holds(flag.as_ref(), |list| {
                list.iter().any(|f| facts.flags.contains(&f.as_str()))
            })
    }
}

fn holds<T>(list: Option<&Vec<T>>, held: impl FnOnce(&[T]) -> bool) -> bool {
    list.is_none_or(|list| held(list))
}

/// What a rule, or the default, changes; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    pub(super) class: Option<Class>,
    pub(super) severity: Option<Severity>,
    pub(super) action: Option<Action>,
}

impl Outcome {
    pub(super) fn changes(self) -> bool {
        self.class.is_some() || self.severity.is_some() || self.action.is_some()
    }

    pub(super) fn apply(self, verdict: &mut Verdict) {
        verdict.class = self.class.unwrap_or(verdict.class);
        verdict.severity = self.severity.unwrap_or(verdict.severity);
        verdict.action = self.action.unwrap_or(verdict.action);
    }
}
