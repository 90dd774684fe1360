use serde_json::{Value, json};

use super::*;

/// An event with what a manifest asks of one, and `more` of it.
fn event(sequence: u32, more: &Value) -> String {
    let mut data = json!({
        "incident": "i", "sequence": sequence, "stream": "room", "labels": ["new-seller"], "state": "open",
        "decoded": true, "kind": "qr", "payload": "https://shop.example", "scheme": "web-link", "category": "other",
        "destination": {"kind": "web", "key": "web:shop.example"},
        "verdict": {"class": "off_platform", "severity": "low", "action": "record", "reasons": ["off-platform"], "policy": "p@1"},
        "first_seen_ms": 1_000, "last_seen_ms": 1_000 * i64::from(sequence), "visible_ms": 0, "sightings": sequence,
        "frame": {"width": 640, "height": 360, "media_ms": 1_000}, "read_by": "rqrr", "certain": false,
        "evidence": [file("a.jpg")],
    });
    for (key, value) in more.as_object().unwrap() {
        data[key] = value.clone();
    }
    json!({"type": format!("waylay.incident.{}.v1", if sequence == 1 { "opened" } else { "updated" }), "data": data})
        .to_string()
}

fn file(path: &str) -> Value {
    json!({"kind": "clean_frame", "path": path, "sha256": "00", "bytes": 1, "media_ms": 1_000})
}

fn sealed(events: &[String]) -> Option<Sealed> {
    let recorded: Vec<_> = (1..)
        .zip(events)
        .map(|(at, event)| Recorded {
            recorded_us: at * 1_000_000,
            event,
        })
        .collect();
    let clip = serde_json::from_value(file("clip.mp4")).unwrap();
    Sealed::of(&recorded, &[clip], Some("ab".to_owned()))
}

#[test]
fn it_is_what_the_events_add_up_to() {
    let late = json!({"state": "ended", "visible_ms": 2_000, "certain": true, "evidence": [file("a.jpg"), file("b.jpg")]});
    let events = [event(1, &json!({})), event(2, &json!({})), event(3, &late)];
    let sealed = sealed(&events).unwrap();
    assert_eq!(sealed.times.opened, "1970-01-01T00:00:01Z");
    assert_eq!(sealed.times.ended.as_deref(), Some("1970-01-01T00:00:03Z"));
    assert_eq!(
        (sealed.times.first_seen_ms, sealed.times.last_seen_ms),
        (1_000, 3_000)
    );
    assert_eq!(sealed.labels, ["new-seller"]);
    assert_eq!(sealed.verdict.policy_sha256.as_deref(), Some("ab"));
    assert_eq!(
        sealed.reading.as_ref().unwrap().destination,
        "web:shop.example"
    );
    let files: Vec<_> = sealed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["a.jpg", "b.jpg", "clip.mp4"]);
    // How it was read is said where it changes.
    let said: Vec<_> = sealed
        .decode_log
        .iter()
        .map(|step| step.read.as_ref().map(|read| read.certain))
        .collect();
    assert_eq!(said, [Some(false), None, Some(true)]);
    for (step, event) in sealed.decode_log.iter().zip(&events) {
        assert_eq!(step.sha256, sha256(event.as_bytes()));
    }
}

#[test]
fn what_was_done_about_it_stands_beside_what_was_read() {
    let done =
        json!({"type": "waylay.action.done.v1", "data": {"sequence": 2, "id": "7"}}).to_string();
    let late = json!({"state": "ended"});
    let events = [event(1, &json!({})), done.clone(), event(3, &late), done];
    let sealed = sealed(&events).unwrap();
    assert_eq!(sealed.state, "ended");
    assert_eq!(sealed.decode_log.len(), 2);
    // The last one says that it is the second, and is held as what it says.
    let acts: Vec<_> = sealed.history.iter().map(|act| act.sequence).collect();
    assert_eq!(acts, [2, 2]);
    assert_eq!(sealed.history[0].event, "waylay.action.done.v1");
    let held: Vec<_> = sealed.events().iter().map(|held| held.sequence).collect();
    assert_eq!(held, [1, 2, 2, 3]);
    assert_eq!(sealed.times.ended.as_deref(), Some("1970-01-01T00:00:03Z"));
}

#[test]
fn one_that_was_left_open_has_no_end() {
    let sealed = sealed(&[event(1, &json!({}))]).unwrap();
    assert_eq!((sealed.state.as_str(), sealed.times.ended), ("open", None));
}

#[test]
fn what_is_no_event_has_no_manifest() {
    assert_eq!(sealed(&[]), None);
    for text in ["", "{}", "[1]", "{\"type\": 1, \"data\": {}}"] {
        assert_eq!(
            sealed(&[event(1, &json!({})), text.to_owned()]),
            None,
            "{text}"
        );
    }
}

#[test]
fn a_manifest_is_read_as_it_was_written() {
    let sealed = sealed(&[event(1, &json!({}))]).unwrap();
    let gone = Gone {
        path: "a.jpg".to_owned(),
        sha256: "00".to_owned(),
    };
    for content in [
        Content::Sealed(Box::new(sealed)),
        Content::Hold {
            reason: "a court asks".to_owned(),
        },
        Content::Tombstone(Tombstone {
            class: "unknown".to_owned(),
            kept: "60d".to_owned(),
            from: time(0),
            from_end_of: "stream".to_owned(),
            files: vec![gone],
        }),
    ] {
        let manifest = Manifest {
            schema: SCHEMA.into(),
            position: 7,
            previous: "0".repeat(64),
            key: "whpk_".to_owned(),
            software: "waylay".to_owned(),
            sealed: time(1_500_000),
            incident: "i".to_owned(),
            content,
        };
        let text = serde_json::to_string(&manifest).unwrap();
        assert!(
            text.contains(&format!("\"kind\":\"{}\"", manifest.content.kind())),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), manifest);
    }
}

#[test]
fn times_are_exact() {
    for us in [0, 1, 1_700_000_000_123_456] {
        assert_eq!(time_us(&time(us)), Some(us));
    }
    assert_eq!(time_us("yesterday"), None);
}
