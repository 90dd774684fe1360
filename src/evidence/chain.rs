//! Whether manifests are what was signed, and whether they make one chain.

use std::fmt;

use serde_json::Value;

use crate::evidence::time_stamp;
use crate::ids::{hex, sha256};
use crate::keys::PublicKey;
use crate::telemetry::plain;
use crate::wire::manifest::{Content, Manifest, Recorded, SCHEMA, Sealed, time_us};

/// More differences than this are counted and not told.
const MOST_TOLD: usize = 8;

/// What is wrong with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It is not what was signed.
    Altered,
    /// It is not there.
    Missing,
    /// Nobody vouches for it.
    Unexpected,
}

impl What {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Unexpected => "unexpected",
        }
    }
}

/// One thing that is wrong with evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is that is wrong: a file of a bundle, or a part of the records.
    pub name: String,
    /// What is wrong with it.
    pub what: What,
    /// How that shows.
    pub why: String,
}

impl Finding {
    /// `name` is not what was signed.
    pub fn altered(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(name, What::Altered, why)
    }

    /// `name` is not there.
    pub fn missing(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(name, What::Missing, why)
    }

    /// Nobody vouches for `name`.
    pub fn unexpected(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(name, What::Unexpected, why)
    }

    fn new(name: impl Into<String>, what: What, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            what,
            why: why.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what.as_str();
        write!(f, "{what}: {}: {}", plain(&self.name), plain(&self.why))
    }
}

/// A manifest as it is kept, with the events of its incident: they say what was changed where something was.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// What it is called where it is told of.
    pub name: &'a str,
    /// JSON, byte for byte as it was signed.
    pub text: &'a [u8],
    /// The signature, 64 bytes.
    pub signature: &'a [u8],
}

/// When an event was recorded, µs since 1970 in UTC, where that is known, and the event as it is on record (JSON).
pub type OnRecord = (Option<i64>, String);

/// What `kept` says, and what is wrong with it: `key` must have signed it. `events` are those of an incident.
pub fn read(
    kept: Kept<'_>,
    key: &PublicKey,
    events: &dyn Fn(&str) -> Vec<OnRecord>,
) -> (Option<Manifest>, Vec<Finding>) {
    let Kept {
        name,
        text,
        signature,
    } = kept;
    let manifest = serde_json::from_slice::<Manifest>(text);
    let manifest = manifest.ok().filter(|manifest| manifest.schema == SCHEMA);
    let Some(manifest) = manifest else {
        let why = format!("it is no {SCHEMA}");
        return (None, vec![Finding::altered(name, why)]);
    };
    let mut findings = Vec::new();
    let events = events(&manifest.incident);
    if !key.has_signed(text, signature) {
        let mut why = "its signature is not the one of this text".to_owned();
        if manifest.key != key.to_string() {
            why = format!("it is signed with {} and not with {key}", manifest.key);
        } else if let Some(difference) = difference(&manifest, &events) {
            why = format!("{why}: {difference}");
        }
        findings.push(Finding::altered(name, why));
    } else if let Content::Sealed(sealed) = &manifest.content {
        findings.extend(check_events(&manifest, sealed, &events));
    }
    (Some(manifest), findings)
}

/// The events must be those that the manifest holds. An incident that was sealed before its end has more.
fn check_events(manifest: &Manifest, sealed: &Sealed, events: &[OnRecord]) -> Vec<Finding> {
    let name = |sequence: u32| format!("event {}.{sequence}", manifest.incident);
    let by = format!("manifest {}", manifest.position);
    let mut findings = Vec::new();
    for (at, step) in sealed.events().into_iter().enumerate() {
        let name = name(step.sequence);
        match events.get(at) {
            None => findings.push(Finding::missing(name, format!("{by} holds it"))),
            Some((_, event)) if sha256(event.as_bytes()) != step.sha256 => {
                let mut why = format!("{by} holds another one");
                if let Some(difference) = difference(manifest, events) {
                    why = format!("{why}: {difference}");
                }
                findings.push(Finding::altered(name, why));
            }
            Some((Some(us), _)) if time_us(step.recorded) != Some(*us) => {
                let why = format!("{by} says that it was recorded at {}", step.recorded);
                findings.push(Finding::altered(name, why));
            }
            Some(_) => {}
        }
    }
    findings
}

/// Where the manifest and the events say different things. Times that only the manifest knows are taken from its own
/// log of events.
fn difference(manifest: &Manifest, events: &[OnRecord]) -> Option<String> {
    let Content::Sealed(sealed) = &manifest.content else {
        return None;
    };
    let held = sealed.events();
    let times = held.iter().map(|step| time_us(step.recorded));
    let recorded: Vec<_> = times
        .zip(events)
        .map(|(logged, (us, event))| Recorded {
            recorded_us: us.or(logged).unwrap_or(0),
            event,
        })
        .collect();
    let said = Sealed::of(
        &recorded,
        &sealed.files,
        sealed.verdict.policy_sha256.clone(),
    )?;
    let (left, right) = (
        serde_json::to_value(sealed).ok()?,
        serde_json::to_value(&said).ok()?,
    );
    let mut told = Vec::new();
    differ("", &left, &right, &mut told);
    // That an event is another one is said already.
    told.retain(|(path, ..)| !path.ends_with(".sha256") || path.starts_with("files"));
    let more = told.len().saturating_sub(MOST_TOLD);
    let each = told.into_iter().take(MOST_TOLD).map(|(path, left, right)| {
        format!("`{path}` is {left} in the manifest and {right} by the events")
    });
    let mut all: Vec<_> = each.collect();
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

/// Where two values differ: the path, and what stands there. What only one of two versions of the program writes is
/// none.
fn differ(path: &str, left: &Value, right: &Value, told: &mut Vec<(String, String, String)>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                if let Some(other) = right.get(key) {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    differ(&path, value, other, told);
                }
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (value, other)) in left.iter().zip(right).enumerate() {
                differ(&format!("{path}[{at}]"), value, other, told);
            }
        }
        _ if left != right => told.push((path.to_owned(), short(left), short(right))),
        _ => {}
    }
}

fn short(value: &Value) -> String {
    const MOST: usize = 120;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What is wrong with the time stamp `answer`, which is called `name` and must be of what has this SHA-256.
pub fn check_time_stamp(name: &str, answer: &[u8], sha256: &str) -> Option<Finding> {
    let stamp = match time_stamp::read(answer) {
        Ok(stamp) => stamp,
        Err(error) => return Some(Finding::altered(name, error.to_string())),
    };
    let digits = hex(&stamp.hash);
    let why = "it is the time stamp of something else";
    (digits != sha256).then(|| Finding::altered(name, why))
}

/// Follows a chain from manifest to manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    position: i64,
    sha256: String,
}

impl Walk {
    /// Begins after the manifest at `position` that has this hash.
    pub fn after(position: i64, sha256: impl Into<String>) -> Self {
        Self {
            position,
            sha256: sha256.into(),
        }
    }

    /// Goes on to `manifest`, whose text has the hash `sha256`; `name` is what it is called. Whether it comes next, and
    /// what is wrong where it does.
    pub fn step(
        &mut self,
        name: &str,
        manifest: &Manifest,
        sha256: String,
    ) -> (bool, Option<Finding>) {
        let is_next = manifest.position == self.position + 1;
        let links = manifest.previous == self.sha256;
        let why = format!(
            "it does not come after what is manifest {} here",
            self.position
        );
        let finding = (is_next && !links).then(|| Finding::altered(name, why));
        *self = Self::after(manifest.position, sha256);
        (is_next, finding)
    }

    /// The position that it has come to.
    pub fn position(&self) -> i64 {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_named_and_what_only_one_knows_is_not() {
        let mut told = Vec::new();
        let left = json!({"a": {"b": [1, 2]}, "c": 3, "d": "x", "old": 1});
        let right = json!({"a": {"b": [1, 5]}, "c": 3, "d": "y".repeat(500), "new": 1});
        differ("", &left, &right, &mut told);
        assert_eq!(told.len(), 2);
        assert_eq!(
            told[0],
            ("a.b[1]".to_owned(), "2".to_owned(), "5".to_owned())
        );
        assert_eq!(told[1].0, "d");
        assert!(told[1].2.len() < 200, "{}", told[1].2);
    }

    #[test]
    fn a_finding_is_one_line_whatever_it_tells_of() {
        let finding = Finding::unexpected("a\n\u{202e}b", "c\u{1b}[2J");
        assert_eq!(
            finding.to_string(),
            "unexpected: a\u{fffd}\u{fffd}b: c\u{fffd}[2J"
        );
    }
}
