//! What every event has around its data: a CloudEvents 1.0 object (section 3 of the JSON event format).

use serde::Serialize;

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Envelope<D> {
    /// CloudEvents: always `1.0`.
    pub specversion: &'static str,
    /// CloudEvents: unique for ever.
    pub id: String,
    /// CloudEvents: `/streams/STREAM`.
    pub source: String,
    /// CloudEvents: `waylay.incident.opened.v1` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// CloudEvents: the incident.
    pub subject: String,
    /// CloudEvents: when it was said, RFC 3339 in UTC; absent for recorded files, whose events are the
    /// same whenever they are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// CloudEvents: always `application/json`.
    pub datacontenttype: &'static str,
    /// What happened.
    pub data: D,
}

/// What an event tells.
pub trait Told: Serialize {
    /// What it is about: the incident. The events of one subject are counted and delivered in their order.
    fn subject(&self) -> &str;

    /// Takes its place among the events of its subject, from 1.
    fn number(&mut self, sequence: i64);

    /// The place that it took; 0 until it is on record.
    fn sequence(&self) -> i64;

    /// What a filter may ask for.
    fn traits(&self) -> Traits<'_>;
}

/// What a filter may ask for, beside the type of the event; empty where it does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traits<'a> {
    /// The class of the verdict.
    pub class: &'a str,
    /// Its severity.
    pub severity: &'a str,
    /// The category of the payload.
    pub category: &'a str,
}

impl<D: Told> Envelope<D> {
    /// The event `id` of this `kind` in the stream `stream`, said at `time` (RFC 3339 in UTC).
    pub fn told(id: String, kind: &str, stream: &str, time: String, data: D) -> Self {
        Self {
            specversion: "1.0",
            id,
            source: format!("/streams/{stream}"),
            kind: kind.to_owned(),
            subject: data.subject().to_owned(),
            time: Some(time),
            datacontenttype: "application/json",
            data,
        }
    }
}
