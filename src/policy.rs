//! The platform's registry and rules, and the verdict they give.
//!
//! Three steps, always in this order: the class that the facts give (`registry` or off the platform),
//! the severity and action that go with it, and the first rule that fits. A rule changes the verdict
//! and never the facts. Nothing here acts on a verdict.

mod defaults;
mod file;
mod registry;
mod rules;

use self::registry::Registry;
use self::rules::{Facts, Outcome, Rule};
use crate::destination::{Destination, Kind};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
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
    pub reasons: Vec<String>,
    /// `name@version` of the policy that said so.
    pub policy: String,
}

/// A platform's registry and rules. The default has an empty registry: nothing is on the platform.
#[derive(Debug, Clone)]
pub struct Policy {
    id: String,
    platform: Registry,
    rules: Vec<Rule>,
    /// For what leads off the platform and no rule matches.
    default: Outcome,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            id: "none@builtin".to_owned(),
            platform: Registry::default(),
            rules: Vec::new(),
            default: Outcome::default(),
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
        let version = &ids::sha256(text.as_bytes())[..12];
        Ok(Self {
            id: format!("{}@{version}", file.name),
            platform: file.platform,
            rules: file.rules,
            default: file.default,
        })
    }

    /// `name@version`, where the version is a hash of the file.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the policy holds, for people: `2 domains, 1 payee, 3 rules`.
    pub fn summary(&self) -> String {
        let mut counts = self.platform.counts().to_vec();
        counts.push((self.rules.len(), "rule"));
        let plural =
            |(n, word): (usize, &str)| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        counts
            .into_iter()
            .map(plural)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Says whether `payload`, which leads to `destination`, leads off the platform.
    pub fn judge(&self, payload: &Payload, destination: &Destination) -> Verdict {
        let (class, reason) = self.classify(payload, destination);
        let (severity, action) = defaults::of(class, payload.category, &reason);
        let facts = Facts {
            class,
            category: Some(payload.category),
            scheme: Some(payload.scheme),
            host: destination.host.as_deref(),
            payee: payload.fields.payee.as_deref(),
            flags: &payload.flags,
        };
        self.conclude(&facts, reason, severity, action)
    }

    /// The verdict on a symbol that was located but could not be decoded.
    pub fn judge_undecoded(&self) -> Verdict {
        let facts = Facts {
            class: Class::Unknown,
            category: None,
            scheme: None,
            host: None,
            payee: None,
            flags: &[],
        };
        let reason = "undecoded".to_owned();
        let (severity, action) = defaults::of(facts.class, Category::Other, &reason);
        self.conclude(&facts, reason, severity, action)
    }

    /// The class before any rule, and the reason for it.
    fn classify(&self, payload: &Payload, destination: &Destination) -> (Class, String) {
        if self.platform.is_short_link(destination) {
            return (Class::Unknown, "unresolved-redirect".to_owned());
        }
        if let Some(entry) = self.platform.entry(destination) {
            return (Class::OnPlatform, format!("registry-{entry}"));
        }
        if destination.kind == Kind::None {
            let reason = if is_opaque(payload) {
                "opaque-text"
            } else {
                "no-destination"
            };
            return (Class::Unknown, reason.to_owned());
        }
        (
            Class::OffPlatform,
            format!("category-{}", payload.category.as_str()),
        )
    }

    fn conclude(
        &self,
        facts: &Facts<'_>,
        reason: String,
        severity: Severity,
        action: Action,
    ) -> Verdict {
        let mut verdict = Verdict {
            class: facts.class,
            severity,
            action,
            reasons: vec![reason],
            policy: self.id.clone(),
        };
        match self.rules.iter().find(|rule| rule.fits(facts)) {
            Some(rule) => {
                rule.outcome.apply(&mut verdict);
                verdict.reasons.push(format!("rule:{}", rule.id));
            }
            None if facts.class == Class::OffPlatform && self.default.changes() => {
                self.default.apply(&mut verdict);
                verdict.reasons.push("default".to_owned());
            }
            None => {}
        }
        verdict
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

#[cfg(test)]
mod tests;
