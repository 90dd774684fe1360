//! The platform's registry and rules, and the verdict they give.
//!
//! Three steps, always in this order: the class that the facts give (`registry` or off the platform),
//! the severity and action that go with it, and the first rule that fits. A rule changes the verdict
//! and never the facts. Nothing here acts on a verdict.

mod classes;
mod defaults;
mod elsewhere;
mod file;
mod hours;
mod money;
mod registry;
mod rules;

use std::borrow::Cow;
use std::sync::Arc;

use self::classes::{PAYEE_MISMATCH, UNRESOLVED};
use self::elsewhere::Elsewhere;
use self::hours::Offset;
pub use self::registry::{Allowed, Registry};
use self::rules::{Facts, Outcome, Rule};
use crate::destination::Destination;
use crate::ids;
use crate::locate::TextError;
use crate::payload::{Category, Payload};

/// On the platform or off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Leads to the platform or to the stream's own seller.
    OnPlatform,
    /// Leads anywhere else.
    OffPlatform,
    /// It cannot be said; the reason says why.
    Unknown,
}

impl Class {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnPlatform => "on_platform",
            Self::OffPlatform => "off_platform",
            Self::Unknown => "unknown",
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Worth a look.
    Low,
    /// Breaks the platform's rules.
    Medium,
    /// Moves money or buyers off the platform.
    High,
    /// Takes over the viewer's account or device.
    Critical,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 5] = [
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The one that has this id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == id)
    }

    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What the platform wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Keep the record.
    Record,
    /// Show it to a reviewer.
    Review,
    /// Tell the platform.
    Notify,
    /// Warn the host.
    Warn,
    /// Cut the stream. Never on a single read.
    Cut,
}

impl Action {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Review => "review",
            Self::Notify => "notify",
            Self::Warn => "warn",
            Self::Cut => "cut",
        }
    }

    /// Whether the host or the viewers notice it.
    pub fn touches_stream(self) -> bool {
        matches!(self, Self::Warn | Self::Cut)
    }
}

/// What is known of the stream that shows a code, beside the code.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Its id; without one, rules for a share of the streams do not fit.
    pub stream: Option<&'a str>,
    /// Its labels.
    pub labels: &'a [String],
    /// What belongs to its seller.
    pub seller: Option<&'a Registry>,
    /// The moment in µs since 1970-01-01T00:00:00Z; without one, rules with hours do not fit.
    pub at_us: Option<i64>,
}

/// What the policy says of a destination, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// On the platform or off it.
    pub class: Class,
    /// How bad it is.
    pub severity: Severity,
    /// What the platform wants done.
    pub action: Action,
    /// Ids of the facts and rules that led here, in the order they were met. Never empty.
    pub reasons: Vec<Cow<'static, str>>,
    /// Signs of deception that only the registries show, beside those of the payload: a host that
    /// resembles the platform's, a payee who is not the seller.
    pub flags: Vec<&'static str>,
    /// What rules in shadow would have said. Never acted on.
    pub shadow: Vec<Shadow>,
    /// `name@version` of the policy that said so.
    pub policy: Arc<str>,
}

impl Verdict {
    /// Whether only following a link can say where it leads.
    pub fn is_unresolved(&self) -> bool {
        self.reasons.iter().any(|reason| reason == UNRESOLVED)
    }
}

/// What a rule in shadow would have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// The rule's id.
    pub rule: String,
    /// On the platform or off it.
    pub class: Class,
    /// How bad it would be.
    pub severity: Severity,
    /// What the platform would want done.
    pub action: Action,
}

/// What became of one rule, see [`Policy::consider`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The rule's id.
    pub rule: String,
    /// Whether it fits. An earlier rule may have come before it all the same.
    pub fits: bool,
    /// Why it does or does not count, for people.
    pub why: String,
}

/// A platform's registry and rules. The default has an empty registry: nothing is on the platform.
#[derive(Debug, Clone)]
pub struct Policy {
    id: Arc<str>,
    /// Of the file.
    sha256: Option<Arc<str>>,
    platform: Registry,
    /// What was allowed since it was read.
    allowed: Arc<Allowed>,
    rules: Vec<Rule>,
    /// For what leads off the platform and no rule matches.
    default: Outcome,
    offset: Offset,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            id: "none@builtin".into(),
            sha256: None,
            platform: Registry::default(),
            allowed: Arc::default(),
            rules: Vec::new(),
            default: Outcome::default(),
            offset: Offset::default(),
        }
    }
}

impl Policy {
    /// Reads a policy file (TOML), see `docs/ref/policy.md`.
    ///
    /// # Errors
    /// Says the line, the column and what was expected there.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let file = file::parse(text)?;
        let sha256 = ids::sha256(text.as_bytes());
        let version = &sha256[..12];
        Ok(Self {
            id: format!("{}@{version}", file.name).into(),
            sha256: Some(sha256.into()),
            platform: file.platform,
            allowed: Arc::default(),
            rules: file.rules,
            default: file.default,
            offset: file.offset,
        })
    }

    /// The same policy, where these destinations are allowed beside what its file says. Its id stays: the reasons of a
    /// verdict say what was allowed.
    #[must_use]
    pub fn with(&self, allowed: Arc<Allowed>) -> Self {
        Self {
            allowed,
            ..self.clone()
        }
    }

    /// `name@version`, where the version is a hash of the file.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 of the file, 64 hexadecimal digits; `None` for the built-in policy.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// What the policy holds, for people: `2 domains, 1 payee, 3 rules`.
    pub fn summary(&self) -> String {
        let mut counts = self.platform.counts().to_vec();
        counts.push((self.rules.len(), "rule"));
        registry::summary(&counts)
    }

    /// Says whether `payload`, which leads to `destination`, leads off the platform.
    pub fn judge(
        &self,
        payload: &Payload,
        destination: &Destination,
        context: &Context<'_>,
    ) -> Verdict {
        self.judge_read(payload, destination, context, &mut |_, _, _| {})
    }

    /// Says of every rule, in the order of the file, whether it fits and why.
    pub fn consider(
        &self,
        payload: &Payload,
        destination: &Destination,
        context: &Context<'_>,
    ) -> Vec<Considered> {
        let mut considered = Vec::new();
        self.judge_read(payload, destination, context, &mut |facts, rule, winner| {
            let fits = rule.fits(facts);
            let is_sure = self.is_sure(rule, facts);
            considered.push(Considered {
                rule: rule.id.clone(),
                fits: fits.is_ok() && is_sure,
                why: match (&fits, winner) {
                    (Err(misfit), _) => misfit.because(facts),
                    (Ok(()), _) if !is_sure => {
                        "everything holds of where it leads, and not of where else it may lead"
                            .into()
                    }
                    (Ok(()), Some(winner)) if winner.id != rule.id => {
                        format!("everything holds, but `{}` comes before it", winner.id)
                    }
                    (Ok(()), _) if rule.shadow => {
                        "everything holds; in shadow, not acted on".into()
                    }
                    (Ok(()), _) => "everything holds".into(),
                },
            });
        });
        considered
    }

    /// The verdict on a symbol that was located but could not be decoded.
    pub fn judge_undecoded(&self, context: &Context<'_>) -> Verdict {
        let reason = "undecoded";
        let outcome = defaults::of(Class::Unknown, Category::Other, reason);
        let facts = Facts {
            class: Class::Unknown,
            read: None,
            elsewhere: &Elsewhere::default(),
            usual: outcome,
            flags: &[],
            context,
            offset: self.offset,
        };
        self.conclude(&facts, vec![reason.into()], outcome, &mut |_, _, _| {})
    }

    fn judge_read(
        &self,
        payload: &Payload,
        destination: &Destination,
        context: &Context<'_>,
        each: Each<'_>,
    ) -> Verdict {
        let elsewhere = Elsewhere::of(payload);
        let (class, reason) = self.classify(payload, destination, &elsewhere, context);
        let (severity, action) = defaults::of(class, payload.category, &reason);
        let mut reasons = vec![reason];
        let signs = self.signs(class, payload, destination, &elsewhere, context.seller);
        reasons.extend(
            signs
                .iter()
                .filter(|s| **s == PAYEE_MISMATCH)
                .map(|s| Cow::Borrowed(*s)),
        );
        let all;
        let flags = if signs.is_empty() {
            &payload.flags
        } else {
            all = [payload.flags.as_slice(), &signs].concat();
            &all
        };
        let facts = Facts {
            class,
            read: Some((payload, destination)),
            elsewhere: &elsewhere,
            usual: self.usual(class, (severity, action)),
            flags,
            context,
            offset: self.offset,
        };
        let mut verdict = self.conclude(&facts, reasons, (severity, action), each);
        verdict.flags = signs;
        verdict
    }

    /// What no rule changes: the default of the policy, or else `outcome`.
    fn usual(&self, class: Class, outcome: (Severity, Action)) -> (Severity, Action) {
        let (severity, action) = outcome;
        match class {
            Class::OffPlatform => (
                self.default.severity.unwrap_or(severity),
                self.default.action.unwrap_or(action),
            ),
            Class::OnPlatform | Class::Unknown => outcome,
        }
    }

    /// Asks the rules; `each` is told of each of them, and of the one that wins.
    fn conclude(
        &self,
        facts: &Facts<'_>,
        reasons: Vec<Cow<'static, str>>,
        (severity, action): (Severity, Action),
        each: Each<'_>,
    ) -> Verdict {
        let mut verdict = Verdict {
            class: facts.class,
            severity,
            action,
            reasons,
            flags: Vec::new(),
            shadow: Vec::new(),
            policy: Arc::clone(&self.id),
        };
        let fits = |rule: &&Rule| rule.fits(facts).is_ok() && self.is_sure(rule, facts);
        let winner = self
            .rules
            .iter()
            .position(|rule| !rule.shadow && fits(&rule));
        let asked = &self.rules[..winner.unwrap_or(self.rules.len())];
        for rule in asked.iter().filter(|rule| rule.shadow).filter(fits) {
            let mut would = verdict.clone();
            rule.outcome.apply(&mut would);
            verdict.shadow.push(Shadow {
                rule: rule.id.clone(),
                class: would.class,
                severity: would.severity,
                action: would.action,
            });
        }
        let winner = winner.map(|at| &self.rules[at]);
        for (at, rule) in self.rules.iter().enumerate() {
            each(facts, rule, winner.filter(|_| at >= asked.len()));
        }
        match winner {
            Some(rule) => {
                rule.outcome.apply(&mut verdict);
                verdict.reasons.push(format!("rule:{}", rule.id).into());
            }
            None if facts.class == Class::OffPlatform && self.default.changes() => {
                self.default.apply(&mut verdict);
                verdict.reasons.push("default".into());
            }
            None => {}
        }
        verdict
    }
}

/// Is told of each rule, and of the rule that came before it or is it.
type Each<'e> = &'e mut dyn FnMut(&Facts<'_>, &Rule, Option<&Rule>);

#[cfg(test)]
mod tests;
