//! A manifest: what is known of an incident when it has ended, or what became of its evidence since. Manifests make a
//! chain: each holds its position and the hash of the one before it. What is hashed and signed is the text as it is kept.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::sha256;

/// What the first key of every manifest holds.
pub const SCHEMA: &str = "waylay.manifest.v1";

/// A manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always [`SCHEMA`].
    pub schema: Cow<'static, str>,
    /// Its place in the chain, from 1.
    pub position: i64,
    /// SHA-256 of the manifest before it; 64 zeros for the first.
    pub previous: String,
    /// The public key that it is signed with.
    pub key: String,
    /// The program and its version.
    pub software: String,
    /// When it was made, RFC 3339 in UTC.
    pub sealed: String,
    /// The incident's id.
    pub incident: String,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// What is known of the incident.
    Sealed(Box<Sealed>),
    /// Its evidence is kept until it is released.
    Hold {
        /// Why, as whoever holds it says.
        reason: String,
    },
    /// It is not held any more.
    Release {
        /// Why, as whoever releases it says.
        reason: String,
    },
    /// Its evidence was kept for long enough, and is kept no more.
    Tombstone(Tombstone),
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sealed {
    /// The stream's id.
    pub stream: String,
    /// What the platform says of the stream.
    #[serde(default)]
    pub labels: Vec<String>,
    /// `ended`, or `open` where the program was gone before its end.
    pub state: String,
    /// When it was.
    pub times: Times,
    /// What the code says; absent where nobody could read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingData>,
    /// What the policy says of it.
    pub verdict: VerdictData,
    /// What was read, by whom, on which frames: a step for each event that the stream brought about.
    pub decode_log: Vec<Step>,
    /// What was done and decided about it: the other events on record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Act>,
    /// The files that prove it.
    pub files: Vec<FileData>,
}

/// When an incident was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// When its first event was recorded, RFC 3339 in UTC.
    pub opened: String,
    /// When its last event was recorded; absent where it did not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Media time of the first sighting in ms.
    pub first_seen_ms: i64,
    /// Media time of the last sighting in ms.
    pub last_seen_ms: i64,
    /// For how long it was in view in ms.
    pub visible_ms: i64,
}

/// What a code says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingData {
    /// Its text.
    pub payload: String,
    /// The id of its scheme.
    pub scheme: String,
    /// What it is for.
    pub category: String,
    /// Where it leads: the kind of place.
    pub destination_kind: String,
    /// Where it leads: its key.
    pub destination: String,
}

/// What a policy said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictData {
    /// On the platform or off it.
    pub class: String,
    /// How bad it is.
    pub severity: String,
    /// What the platform wants done.
    pub action: String,
    /// Ids of the facts and rules that led there.
    pub reasons: Vec<String>,
    /// `name@version` of the policy.
    pub policy: String,
    /// SHA-256 of the policy's file; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_sha256: Option<String>,
}

/// An event of the incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Counts the events of the incident, from 1.
    pub sequence: u32,
    /// The event's type.
    pub event: String,
    /// SHA-256 of the event as it is on record.
    pub sha256: String,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded: String,
    /// Media time of the best frame until then, in ms.
    pub frame_ms: i64,
    /// Media time of the last sighting until then, in ms.
    pub last_seen_ms: i64,
    /// In how many looks it was seen until then.
    pub sightings: u32,
    /// How the code was read; absent where that is the same as in the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
}

/// An event about the incident that does not come from the stream: what was done, or decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Counts the events of the incident, from 1.
    pub sequence: u32,
    /// The event's type.
    pub event: String,
    /// SHA-256 of the event as it is on record.
    pub sha256: String,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded: String,
}

/// How a code was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// The kind of symbol.
    pub symbol: String,
    /// Who read it, or located it.
    pub read_by: String,
    /// Whether two readers agree.
    pub certain: bool,
    /// What it says; absent where nobody could read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Why nobody could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// What the policy said then: the class.
    pub class: String,
    /// The policy that said so.
    pub policy: String,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileData {
    /// What it shows.
    pub kind: String,
    /// Its path below the evidence folder.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Media time of the frame in ms.
    pub media_ms: i64,
}

/// Evidence that is kept no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The class of the verdict, which says for how long it was kept.
    pub class: String,
    /// For how long: days or years.
    pub kept: String,
    /// From when on, RFC 3339 in UTC.
    pub from: String,
    /// What that is: the end of the `stream`, or of the `incident` where the other is not known.
    pub from_end_of: String,
    /// The files.
    pub files: Vec<Gone>,
}

/// A file that is kept no more. It stays while another incident needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Its path below the evidence folder.
    pub path: String,
    /// SHA-256 that it had.
    pub sha256: String,
}

impl Content {
    /// The id of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sealed(_) => "sealed",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Tombstone(_) => "tombstone",
        }
    }
}

/// `us` µs since 1970 in UTC as RFC 3339 has it.
pub fn time(us: i64) -> String {
    Timestamp::from_microsecond(us).map_or_else(|_| us.to_string(), |time| time.to_string())
}

/// What [`time`] was made of; `None` where it is no time.
pub fn time_us(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok()?;
    Some(time.as_microsecond())
}

/// An event as it is on record.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// When, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The whole event (JSON).
    pub event: &'a str,
}

impl Sealed {
    /// What `events` say of their incident, oldest first; `files` are those on record, which no event may name yet, and
    /// `policy_sha256` is that of the policy that judged it last. `None` where there are no events, or what is on record
    /// is none.
    pub fn of(
        events: &[Recorded<'_>],
        files: &[FileData],
        policy_sha256: Option<String>,
    ) -> Option<Self> {
        let mut decode_log: Vec<Step> = Vec::with_capacity(events.len());
        let mut history = Vec::new();
        let mut all: Vec<FileData> = Vec::new();
        let mut before: Option<Read> = None;
        let mut last = None;
        for recorded in events {
            let other: Other = serde_json::from_str(recorded.event).ok()?;
            if !other.kind.starts_with(INCIDENT) {
                history.push(Act {
                    sequence: other.data.sequence,
                    event: other.kind,
                    sha256: sha256(recorded.event.as_bytes()),
                    recorded: time(recorded.recorded_us),
                });
                continue;
            }
            let said: Said = serde_json::from_str(recorded.event).ok()?;
            let data = said.data;
            let read = data.read();
            decode_log.push(Step {
                sequence: data.sequence,
                event: said.kind,
                sha256: sha256(recorded.event.as_bytes()),
                recorded: time(recorded.recorded_us),
                frame_ms: data.frame.media_ms,
                last_seen_ms: data.last_seen_ms,
                sightings: data.sightings,
                read: (before.as_ref() != Some(&read)).then(|| read.clone()),
            });
            before = Some(read);
            add(&mut all, &data.evidence);
            last = Some(data);
        }
        add(&mut all, files);
        let last = last?;
        let opened = decode_log.first()?.recorded.clone();
        let ended = (last.state == "ended").then(|| decode_log.last().map(|s| s.recorded.clone()));
        Some(Self {
            times: Times {
                opened,
                ended: ended.flatten(),
                first_seen_ms: last.first_seen_ms,
                last_seen_ms: last.last_seen_ms,
                visible_ms: last.visible_ms,
            },
            reading: last.reading(),
            verdict: VerdictData {
                policy_sha256,
                ..last.verdict
            },
            stream: last.stream,
            labels: last.labels,
            state: last.state,
            decode_log,
            history,
            files: all,
        })
    }
}

/// An event that a manifest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held<'a> {
    /// Counts the events of the incident, from 1.
    pub sequence: u32,
    /// SHA-256 of the event as it is on record.
    pub sha256: &'a str,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded: &'a str,
}

impl Sealed {
    /// The events that it holds, in their order.
    pub fn events(&self) -> Vec<Held<'_>> {
        let steps = self.decode_log.iter().map(|step| Held {
            sequence: step.sequence,
            sha256: &step.sha256,
            recorded: &step.recorded,
        });
        let acts = self.history.iter().map(|act| Held {
            sequence: act.sequence,
            sha256: &act.sha256,
            recorded: &act.recorded,
        });
        let mut events: Vec<_> = steps.chain(acts).collect();
        events.sort_unstable();
        events
    }
}

/// Adds those of `more` that are not there yet.
fn add(files: &mut Vec<FileData>, more: &[FileData]) {
    for file in more {
        if files.iter().all(|known| known.path != file.path) {
            files.push(file.clone());
        }
    }
}

/// What the types of the events begin with that a stream brings about.
const INCIDENT: &str = "waylay.incident.";

/// What is needed of any event.
#[derive(Deserialize)]
struct Other {
    #[serde(rename = "type")]
    kind: String,
    data: OtherData,
}

#[derive(Deserialize)]
struct OtherData {
    sequence: u32,
}

/// What is needed of an event that a stream brought about.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    data: SaidData,
}

#[derive(Deserialize)]
struct SaidData {
    sequence: u32,
    stream: String,
    #[serde(default)]
    labels: Vec<String>,
    state: String,
    kind: String,
    payload: Option<String>,
    scheme: Option<String>,
    category: Option<String>,
    destination: Option<SaidDestination>,
    verdict: VerdictData,
    first_seen_ms: i64,
    last_seen_ms: i64,
    visible_ms: i64,
    sightings: u32,
    frame: SaidFrame,
    read_by: String,
    certain: bool,
    unread: Option<SaidUnread>,
    evidence: Vec<FileData>,
}

#[derive(Deserialize)]
struct SaidDestination {
    kind: String,
    key: String,
}

#[derive(Deserialize)]
struct SaidFrame {
    media_ms: i64,
}

#[derive(Deserialize)]
struct SaidUnread {
    reason: String,
}

impl SaidData {
    fn read(&self) -> Read {
        Read {
            symbol: self.kind.clone(),
            read_by: self.read_by.clone(),
            certain: self.certain,
            payload: self.payload.clone(),
            unread: self.unread.as_ref().map(|unread| unread.reason.clone()),
            class: self.verdict.class.clone(),
            policy: self.verdict.policy.clone(),
        }
    }

    fn reading(&self) -> Option<ReadingData> {
        let destination = self.destination.as_ref();
        Some(ReadingData {
            payload: self.payload.clone()?,
            scheme: self.scheme.clone()?,
            category: self.category.clone()?,
            destination_kind: destination.map(|d| d.kind.clone())?,
            destination: destination.map(|d| d.key.clone())?,
        })
    }
}

#[cfg(test)]
mod tests;
