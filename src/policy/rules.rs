//! Rules: what must hold, and what it changes.

use std::fmt::{self, Display, Write};

use super::elsewhere::Elsewhere;
use super::hours::{Offset, Window};
use super::money::Range;
use super::registry::is_below_any;
use super::{Action, Class, Context, Severity, Verdict};
use crate::destination::Destination;
use crate::ids;
use crate::payload::{Category, Payload};

/// What a rule can ask about.
pub(super) struct Facts<'a> {
    pub(super) class: Class,
    /// What was read and where it leads; `None` where a code could not be read.
    pub(super) read: Option<(&'a Payload, &'a Destination)>,
    /// Where else it may lead.
    pub(super) elsewhere: &'a Elsewhere<'a>,
    /// How bad it is and what is done about it where no rule fits.
    pub(super) usual: (Severity, Action),
    /// Signs of deception, those that only the registry shows included.
    pub(super) flags: &'a [&'static str],
    pub(super) context: &'a Context<'a>,
    pub(super) offset: Offset,
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    /// All of them must hold.
    pub(super) when: Vec<Condition>,
    pub(super) outcome: Outcome,
    /// Recorded where it fits, never acted on.
    pub(super) shadow: bool,
    /// The share of streams that it is enabled for, in hundredths of a percent.
    pub(super) share: u16,
}

/// The whole of [`Rule::share`].
pub(super) const EVERY_STREAM: u16 = 10_000;

/// What a rule asks for: one of the values that are listed.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Class(Vec<Class>),
    Category(Vec<Category>),
    Scheme(Vec<String>),
    /// Domains, each with everything below it.
    Host(Vec<String>),
    /// As the payload gives them, or as keys of destinations.
    Payee(Vec<String>),
    Flag(Vec<String>),
    Amount(Vec<Range>),
    /// Of the stream.
    Label(Vec<String>),
    Time(Vec<Window>),
}

impl Rule {
    /// Whether it fits; the first condition that does not hold where it does not fit.
    pub(super) fn fits(&self, facts: &Facts<'_>) -> Result<(), Misfit<'_>> {
        // Whoever hides where a code leads behind another place is not spared for it, and stopped all the same.
        let anywhere = !self.spares(facts);
        let misfit = self.when.iter().find(|condition| {
            !(condition.holds(facts) || anywhere && condition.holds_elsewhere(facts))
        });
        if let Some(condition) = misfit {
            return Err(Misfit::Condition(condition));
        }
        if self.is_enabled(facts.context.stream) {
            Ok(())
        } else {
            Err(Misfit::Share)
        }
    }

    /// Whether it makes less of a code than is made of it without the rule.
    pub(super) fn spares(&self, facts: &Facts<'_>) -> bool {
        let (severity, action) = facts.usual;
        let Outcome {
            class,
            severity: given,
            action: done,
        } = self.outcome;
        let off = facts.class == Class::OffPlatform;
        class == Some(Class::OnPlatform)
            || (off && class == Some(Class::Unknown))
            || given.is_some_and(|given| given < severity)
            || done.is_some_and(|done| done < action)
    }

    /// Whether it asks where a code leads.
    pub(super) fn asks_where(&self) -> bool {
        self.when.iter().any(Condition::is_of_place)
    }

    /// Whether all that it asks of where a code leads holds of `place`, and of the payee that is named for it.
    pub(super) fn is_for(&self, payee: Option<&str>, place: &Destination) -> bool {
        let mut asked = self.when.iter().filter(|c| c.is_of_place());
        asked.all(|condition| condition.holds_of(payee, place))
    }

    /// Whether the rule is enabled for this stream: the same answer for the same stream for ever, and more
    /// streams as the share grows. Without a stream only a rule for every stream is.
    fn is_enabled(&self, stream: Option<&str>) -> bool {
        if self.share >= EVERY_STREAM {
            return true;
        }
        let Some(stream) = stream else { return false };
        let hash = ids::sha256(format!("{}\n{stream}", self.id).as_bytes());
        let number = hash.get(..12).and_then(|h| u64::from_str_radix(h, 16).ok());
        number.is_some_and(|number| number % u64::from(EVERY_STREAM) < u64::from(self.share))
    }
}

/// Why a rule does not fit.
pub(super) enum Misfit<'r> {
    Condition(&'r Condition),
    Share,
}

impl Misfit<'_> {
    /// For people: what was asked for and what is there.
    pub(super) fn because(&self, facts: &Facts<'_>) -> String {
        match self {
            Self::Share => match facts.context.stream {
                Some(_) => "not enabled for this stream by `share`".to_owned(),
                None => "`share` asks for a stream, and none is known".to_owned(),
            },
            Self::Condition(condition) => condition.because(facts),
        }
    }
}

impl Condition {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let read = facts.read;
        let payload = read.map(|(payload, _)| payload);
        match self {
            Self::Class(list) => list.contains(&facts.class),
            Self::Category(list) => payload.is_some_and(|p| list.contains(&p.category)),
            Self::Scheme(list) => {
                let is = |p: &Payload| list.iter().any(|id| id == p.scheme);
                payload.is_some_and(|p| p.chain().any(is))
            }
            Self::Host(_) | Self::Payee(_) => read.is_some_and(|(payload, destination)| {
                self.holds_of(payload.fields.payee.as_deref(), destination)
            }),
            Self::Flag(list) => list.iter().any(|flag| facts.flags.contains(&flag.as_str())),
            Self::Amount(list) => payload.is_some_and(|p| {
                let currency = p.fields.currency.as_deref();
                let amount = p.fields.amount.as_deref();
                amount.is_some_and(|amount| list.iter().any(|range| range.holds(amount, currency)))
            }),
            Self::Label(list) => list
                .iter()
                .any(|label| facts.context.labels.contains(label)),
            Self::Time(list) => {
                let at = facts.context.at_us;
                at.is_some_and(|at| list.iter().any(|window| window.holds(at, facts.offset)))
            }
        }
    }

    /// Whether it asks where a code leads.
    fn is_of_place(&self) -> bool {
        matches!(self, Self::Host(_) | Self::Payee(_))
    }

    /// Whether it asks where a code leads, and that is `place` or `payee`.
    fn holds_of(&self, payee: Option<&str>, place: &Destination) -> bool {
        match self {
            Self::Host(list) => {
                let host = place.host.as_deref();
                host.is_some_and(|host| is_below_any(host, list))
            }
            Self::Payee(list) => list
                .iter()
                .any(|p| Some(p.as_str()) == payee || *p == place.key),
            _ => false,
        }
    }

    /// Whether it asks where a code leads, and it may lead there as well.
    fn holds_elsewhere(&self, facts: &Facts<'_>) -> bool {
        let mut places = facts.elsewhere.places();
        places.any(|(payee, place)| self.holds_of(payee, place))
    }

    fn because(&self, facts: &Facts<'_>) -> String {
        let payload = facts.read.map(|(payload, _)| payload);
        let destination = facts.read.map(|(_, destination)| destination);
        let fields = payload.map(|payload| &payload.fields);
        match self {
            Self::Class(list) => said(
                "class",
                Some(facts.class.as_str()),
                list.iter().map(|c| c.as_str()),
            ),
            Self::Category(list) => {
                let category = payload.map(|p| p.category.as_str());
                said("category", category, list.iter().map(|c| c.as_str()))
            }
            Self::Scheme(list) => said("scheme", payload.map(|p| p.scheme), list),
            Self::Host(list) => said("host", destination.and_then(|d| d.host.as_deref()), list),
            Self::Payee(list) => said("payee", fields.and_then(|f| f.payee.as_deref()), list),
            Self::Flag(list) => {
                let flags = (!facts.flags.is_empty()).then(|| facts.flags.join("`, `"));
                said("flag", flags.as_deref(), list)
            }
            Self::Amount(list) => {
                let amount = fields.and_then(|f| {
                    let currency = f.currency.as_deref().unwrap_or_default();
                    Some(format!("{} {currency}", f.amount.as_deref()?))
                });
                said("amount", amount.as_deref().map(str::trim_end), list)
            }
            Self::Label(list) => {
                let labels = facts.context.labels;
                let labels = (!labels.is_empty()).then(|| labels.join("`, `"));
                said("label", labels.as_deref(), list)
            }
            Self::Time(list) => {
                let now = facts.context.at_us.map(|_| "outside of the hours");
                said("time", now, list)
            }
        }
    }
}

/// `` `category` is `tel`, not one of `contact`, `sms` ``.
fn said(what: &str, is: Option<&str>, list: impl IntoIterator<Item = impl Display>) -> String {
    let mut text = match is {
        Some(is) => format!("`{what}` is `{is}`, not "),
        None => format!("there is no `{what}`, expected "),
    };
    let list: Vec<_> = list.into_iter().collect();
    if list.len() > 1 {
        text.push_str("one of ");
    }
    for (at, item) in list.iter().enumerate() {
        // A `String` takes whatever is written to it.
        let _ = write!(text, "{}`{item}`", if at == 0 { "" } else { ", " });
    }
    text
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

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
