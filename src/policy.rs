//! The platform's registry and rules, and the verdict they give.
//!
//! Three steps, always in this order: the class that the facts give (`registry` or off the platform),
//! the severity and action that go with it, and the first rule that fits. A rule changes the verdict
//! and never the facts. Nothing here acts on a verdict.

mod defaults;
mod file;
mod registry;
mod rules;

use sha2::{Digest, Sha256};

use self::registry::Registry;
use self::rules::{Facts, Outcome, Rule};
use crate::destination::{Destination, Kind};
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
        let hash = Sha256::digest(text.as_bytes());
        let version: String = hash
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
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
    let one_word = text.len() >= LONG && text.bytes().all(|b| b.is_ascii_graphic());
    let control = |c: char| c.is_control() && !c.is_whitespace();
    payload.scheme == "plain-text" && (one_word || text.contains(control))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{destination, payload};

    const FILE: &str = r#"
[platform]
name = "Example Live"
domains = ["example.live", "shop.example"]
app_schemes = ["examplelive"]
short_links = ["exl.ink"]
[[platform.payees]]
scheme = "wechat-pay-native"
payee = "1900000109"
[[platform.payees]]
scheme = "upi"
payee = "Shop@ybl"
[[rule]]
id = "hijack"
when = { flag = ["session-hijack"] }
severity = "critical"
action = "cut"
[[rule]]
id = "partner"
when = { host = ["partner.example"] }
class = "on_platform"
severity = "info"
[[rule]]
id = "contact-code"
when = { category = ["contact", "group-invite"], class = ["off_platform"] }
severity = "high"
action = "warn"
[[rule]]
id = "mule"
when = { scheme = ["pix"], payee = ["mule@example.com"] }
severity = "critical"
[default]
severity = "medium"
"#;

    fn judge(policy: &Policy, text: &str) -> Verdict {
        let payload = payload::parse_str(text);
        policy.judge(&payload, &destination::of(&payload))
    }

    #[test]
    fn the_facts_the_rules_and_the_default() {
        use Class::{OffPlatform, OnPlatform, Unknown};
        let policy = Policy::parse(FILE).unwrap();
        for (text, class, severity, action, reasons) in [
            (
                "https://example.live/room/1",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-domain"][..],
            ),
            (
                "https://m.shop.example/",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-domain"],
            ),
            (
                "https://evil-example.live/",
                OffPlatform,
                Severity::Medium,
                Action::Record,
                &["category-other", "default"],
            ),
            (
                "https://example.live.evil.top/",
                OffPlatform,
                Severity::Medium,
                Action::Record,
                &["category-other", "default"],
            ),
            (
                "https://example.live@evil.top/",
                OffPlatform,
                Severity::Medium,
                Action::Review,
                &["category-redirect", "default"],
            ),
            (
                "ExampleLive://room/1",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-app"],
            ),
            (
                "examplelives://room/1",
                OffPlatform,
                Severity::Medium,
                Action::Record,
                &["category-other", "default"],
            ),
            (
                "https://exl.ink/abc",
                Unknown,
                Severity::Low,
                Action::Review,
                &["unresolved-redirect"],
            ),
            (
                "weixin://wxpay/bizpayurl?mch_id=1900000109&product_id=1",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-payee"],
            ),
            (
                "upi://pay?pa=shop@ybl",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-payee"],
            ),
            (
                "upi://pay?pa=other@ybl",
                OffPlatform,
                Severity::Medium,
                Action::Review,
                &["category-payment", "default"],
            ),
            (
                "https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv",
                OffPlatform,
                Severity::High,
                Action::Warn,
                &["category-contact", "rule:contact-code"],
            ),
            (
                "https://www.partner.example/x",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["category-other", "rule:partner"],
            ),
            (
                "tg://login?token=AQID",
                OffPlatform,
                Severity::Critical,
                Action::Cut,
                &["category-login", "rule:hijack"],
            ),
            // A redirect on the platform's own name leads where it leads.
            (
                "https://www.google.com/url?q=https%3A%2F%2Fexample.live%2F",
                OnPlatform,
                Severity::Info,
                Action::Record,
                &["registry-domain"],
            ),
            (
                "WIFI:T:WPA;S:x;P:y;;",
                Unknown,
                Severity::Info,
                Action::Record,
                &["no-destination"],
            ),
            (
                "Welcome to the show",
                Unknown,
                Severity::Info,
                Action::Record,
                &["no-destination"],
            ),
            (
                "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=",
                Unknown,
                Severity::Info,
                Action::Record,
                &["opaque-text"],
            ),
        ] {
            let verdict = judge(&policy, text);
            assert_eq!(
                (verdict.class, verdict.severity, verdict.action),
                (class, severity, action),
                "{text}"
            );
            assert_eq!(verdict.reasons, reasons, "{text}");
        }
        assert_eq!(policy.judge_undecoded().reasons, ["undecoded"]);
    }

    #[test]
    fn without_a_policy_nothing_is_on_the_platform() {
        let policy = Policy::default();
        let verdict = judge(&policy, "https://example.live/");
        assert_eq!(
            (verdict.class, verdict.policy.as_str()),
            (Class::OffPlatform, "none@builtin")
        );
        assert_eq!(verdict.reasons, ["category-other"]);
        let contact = judge(&policy, "https://wa.me/15550100");
        assert_eq!(
            (contact.severity, contact.action),
            (Severity::High, Action::Review)
        );
    }

    #[test]
    fn the_first_rule_wins_and_keeps_what_it_does_not_name() {
        let text = r#"
[platform]
name = "x"
[[rule]]
id = "first"
when = { category = ["tel"] }
action = "notify"
[[rule]]
id = "second"
when = { scheme = ["tel"] }
action = "record"
"#;
        let verdict = judge(&Policy::parse(text).unwrap(), "tel:+1555");
        assert_eq!(verdict.action, Action::Notify);
        assert_eq!(
            (verdict.class, verdict.severity),
            (Class::OffPlatform, Severity::Medium)
        );
        assert_eq!(verdict.reasons, ["category-tel", "rule:first"]);
    }

    #[test]
    fn the_version_follows_the_file() {
        let policy = Policy::parse(FILE).unwrap();
        assert_eq!(policy.id().len(), "Example Live@".len() + 12);
        let changed = Policy::parse(&FILE.replace("medium", "low")).unwrap();
        assert_ne!(policy.id(), changed.id());
        assert_eq!(
            policy.summary(),
            "2 domains, 1 app scheme, 1 short link, 2 payees, 4 rules"
        );
    }

    #[test]
    fn a_rule_for_unknown_codes_sees_those_that_cannot_be_read() {
        let text = "[platform]\nname = 'x'\n[[rule]]\nid = 'look'\nwhen = { class = ['unknown'] }\naction = 'review'";
        let verdict = Policy::parse(text).unwrap().judge_undecoded();
        assert_eq!((verdict.action, verdict.reasons.len()), (Action::Review, 2));
    }
}
