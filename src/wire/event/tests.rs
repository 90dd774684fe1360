//! An event for the tests of whoever handles events.

use super::*;
use crate::wire::explain::{Explained, ExplainedDestination, ExplainedFields, ExplainedVerdict};

/// The event `number` of `incident`: a payment that leads off the platform.
pub(crate) fn event(incident: &str, number: u32) -> Event<'static> {
    let about = About::Read(Explained {
        payload: "https://pay.example/7",
        scheme: "web-link",
        category: "payment",
        valid: None,
        flags: Vec::new(),
        fields: ExplainedFields {
            payee: None,
            payee_name: None,
            amount: None,
            currency: None,
            reference: None,
            target: None,
        },
        destination: ExplainedDestination {
            kind: "web",
            key: "web:pay.example",
            host: Some("pay.example"),
            registrable_domain: Some("pay.example"),
            chain: Vec::new(),
            others: Vec::new(),
        },
        resolution: None,
        verdict: ExplainedVerdict {
            class: "off_platform",
            severity: "high",
            action: "record",
            reasons: &[],
            shadow: Vec::new(),
            policy: "none@0",
        },
    });
    Event {
        specversion: "1.0",
        id: format!("{incident}.{number}"),
        source: "/streams/room".to_owned(),
        kind: type_of(ChangeKind::Opened).to_owned(),
        subject: incident.to_owned(),
        time: None,
        datacontenttype: "application/json",
        data: Data {
            incident: incident.to_owned(),
            sequence: 0,
            stream: "room".to_owned(),
            labels: &[],
            state: "open",
            decoded: true,
            kind: "qr",
            about,
            first_seen_ms: 0,
            last_seen_ms: 0,
            visible_ms: 0,
            sightings: 1,
            reads: 1,
            frame: FrameData {
                width: 640,
                height: 360,
                media_ms: 0,
            },
            corners: [[0.0; 2]; 4],
            read_by: "rqrr",
            certain: false,
            part: None,
            joined: None,
            unread: None,
            hash: None,
            latency_ms: None,
            glass_to_verdict_ms: None,
            coverage: CoverageData::new(&Coverage::default()),
            evidence: Vec::new(),
        },
    }
}
