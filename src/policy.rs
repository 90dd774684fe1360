//! The platform's registry and rules, and the verdict they give.

use crate::destination::Destination;
use crate::locate::TextError;
use crate::payload::Payload;

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
#[derive(Debug, Clone, Default)]
pub struct Policy {}

impl Policy {
    /// Reads a policy file (TOML).
    ///
    /// # Errors
    /// Says the line, the column and what was expected there.
    pub fn parse(_text: &str) -> Result<Self, TextError> {
        Ok(Self {})
    }

    /// `name@version`, where the version is a hash of the file.
    pub fn id(&self) -> &str {
        "none@0"
    }

    /// Says whether `payload`, which leads to `destination`, leads off the platform.
    pub fn judge(&self, _payload: &Payload, _destination: &Destination) -> Verdict {
        Verdict {
            class: Class::Unknown,
            severity: Severity::Info,
            action: Action::Record,
            reasons: vec!["no-destination".to_owned()],
            policy: self.id().to_owned(),
        }
    }

    /// The verdict on a symbol that was located but could not be decoded.
    pub fn judge_undecoded(&self) -> Verdict {
        Verdict {
            class: Class::Unknown,
            severity: Severity::Low,
            action: Action::Record,
            reasons: vec!["undecoded".to_owned()],
            policy: self.id().to_owned(),
        }
    }
}
