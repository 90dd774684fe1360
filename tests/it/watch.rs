//! `waylay watch` on recorded files: the same every time, and told as the contract says.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use waylay::clock::Clock;
use waylay::policy::Policy;
use waylay::stop::Stop;
use waylay::worker::{InForce, Settings, Stream, watch_file};

use crate::support::{Clip, PAYLOAD, Watch, payloads, text, watch, waylay};

#[test]
fn the_same_file_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        shown: (0.5, 3.0),
        ..Clip::default()
    }
    .make(folder.path(), "clip.mp4");
    let policy = folder.path().join("policy.toml");
    fs::write(
        &policy,
        "[platform]\nname = \"Test\"\ndomains = [\"shop.example\"]\n",
    )
    .unwrap();
    let run = |data: &str, sample: &str, policy: &[&str]| {
        let mut command = waylay();
        command
            .args(["watch", "--data"])
            .arg(folder.path().join(data))
            .args(["--sample", sample]);
        let output = command
            .args(policy)
            .arg(&clip)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for sample in ["auto", "5", "all"] {
        let first = run(&format!("a-{sample}"), sample, &[]);
        assert!(first.lines().count() >= 2, "{first}");
        assert_eq!(
            first,
            run(&format!("b-{sample}"), sample, &[]),
            "with records of its own"
        );
        assert_eq!(
            first,
            run(&format!("a-{sample}"), sample, &[]),
            "over the same records"
        );
    }
    let judged = run("c", "auto", &["--policy", text(&policy)]);
    assert!(judged.contains("\"class\":\"on_platform\""), "{judged}");
    let id = |lines: &str| {
        serde_json::from_str::<Value>(lines.lines().next().unwrap()).unwrap()["data"]["incident"]
            .clone()
    };
    assert_ne!(
        id(&judged),
        id(&run("d", "auto", &[])),
        "another policy makes other incidents"
    );
    assert_ne!(
        id(&run("e", "auto", &["--readers", "rqrr"])),
        id(&run("d", "auto", &[])),
        "other readers find something else"
    );
}

#[test]
fn an_event_has_the_keys_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        shown: (1.0, 3.0),
        ..Clip::default()
    }
    .make(folder.path(), "room-7.mp4");
    let data = folder.path().join("data");
    let (code, events, log) = watch(&data, &["--sample", "keyframes", text(&clip)]);
    assert_eq!(code, 0, "{log}");
    let kinds: Vec<_> = events.iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["waylay.incident.opened.v1", "waylay.incident.ended.v1"]
    );
    let ended = &events[1]["data"];
    assert_eq!(ended["first_seen_ms"], 1_000);
    assert_eq!(ended["last_seen_ms"], 3_000);
    assert_eq!(ended["visible_ms"], 2_000);
    assert_eq!(ended["sightings"], 3);
    insta::assert_json_snapshot!(events[0], {
        ".id" => "[id]", ".subject" => "[id]", ".data.incident" => "[id]",
        ".data.corners" => "[corners]", ".data.hash" => "[hash]",
        ".data.evidence[].path" => "[path]", ".data.evidence[].sha256" => "[sha256]", ".data.evidence[].bytes" => "[bytes]",
    });
}

#[test]
fn corners_and_evidence_show_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clip = Clip::default().make(folder.path(), "clip.mp4");
    let (_, events, _) = watch(&data, &[text(&clip)]);
    let opened = &events[0]["data"];
    // The code is drawn at a quarter of the frame, half its height wide, with 4 of its 33 modules around it.
    let margin = 180.0 * 4.0 / 33.0;
    let expected = [(160.0, 90.0), (340.0, 90.0), (340.0, 270.0), (160.0, 270.0)];
    for (corner, (x, y)) in opened["corners"].as_array().unwrap().iter().zip(expected) {
        let inwards = |v: f64, middle: f64| if v < middle { v + margin } else { v - margin };
        let (dx, dy) = (
            corner[0].as_f64().unwrap() - inwards(x, 250.0),
            corner[1].as_f64().unwrap() - inwards(y, 180.0),
        );
        assert!(
            dx.abs() < 6.0 && dy.abs() < 6.0,
            "{corner} is not near {x},{y}"
        );
    }
    // Evidence is only worth something when the code can be read from it again.
    let clean = data
        .join("evidence")
        .join(opened["evidence"][0]["path"].as_str().unwrap());
    let scanned = waylay().arg("scan").arg(&clean).output().unwrap();
    let line: Value = serde_json::from_slice(&scanned.stdout).unwrap();
    assert_eq!(line["payload"], PAYLOAD);
}

/// Of one size, and the same at both ends.
#[test]
fn two_recordings_that_differ_in_the_middle_alone_are_two() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        shown: (0.0, 1.5),
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let bytes = fs::read(&clip).unwrap();
    let mut other = bytes.clone();
    let middle = bytes.len() / 2;
    other[middle] ^= 1;
    let mut ids = Vec::new();
    for (name, bytes) in [("a", bytes), ("b", other)] {
        let path = folder.path().join(name).join("room.ts");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let (_, events, _) = watch(&folder.path().join("data"), &[text(&path)]);
        ids.push(events[0]["data"]["incident"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn standard_input_is_watched_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let mut command = waylay();
    command
        .args(["watch", "-", "--sample", "keyframes", "--data"])
        .arg(folder.path().join("data"));
    let output = command
        .stdin(fs::File::open(clip).unwrap())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    let events: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(payloads(&events), [PAYLOAD], "{log}");
}

/// What was printed before the stop is on record, and the whole run says it again.
#[test]
fn a_file_that_was_stopped_midway_can_be_watched_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clip = Clip {
        seconds: 30,
        gop: 15,
        size: (320, 180),
        ..Clip::default()
    }
    .make(folder.path(), "clip.mp4");
    let mut stopped = Watch::start(&data, ["--sample", "15", text(&clip)]);
    let opened = stopped.opened(PAYLOAD);
    let (status, mut first, log) = stopped.stop();
    assert!(status.success(), "{log}");
    first.insert(0, opened);
    let (code, whole, log) = watch(&data, &["--sample", "15", text(&clip)]);
    assert_eq!(code, 0, "{log}");
    assert!(first.len() < whole.len(), "it was stopped before its end");
    assert_eq!(first, whole[..first.len()]);
    assert!(!log.contains("other contents"), "{log}");
}

/// A pipe hands out everything at once. Newer frames must not take the place of older ones while there is
/// time to look at both.
#[test]
fn a_burst_is_looked_at_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        seconds: 12,
        gop: 15,
        // Small: where a look took two seconds, it would be one too many.
        size: (320, 180),
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let mut command = waylay();
    command
        .args(["watch", "-", "--sample", "keyframes", "--data"])
        .arg(folder.path().join("data"));
    let output = command
        .stdin(fs::File::open(clip).unwrap())
        .output()
        .unwrap();
    let events = String::from_utf8(output.stdout).unwrap();
    let ended: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
    assert_eq!(
        ended["data"]["sightings"], 24,
        "two keyframes a second for 12 s"
    );
}

#[test]
fn a_recording_is_read_for_its_ids_only_where_something_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let config = waylay::config::Config::default();
    let policy = InForce::new(Policy::default());
    let settings = Settings::new(&config, policy, Stop::new(), Clock::system());
    // It is open by the time of its first look, and gone when it is to be read from its beginning.
    let run = |clip: Clip, name| {
        let path = clip.make(folder.path(), name);
        let stream = Stream::new("room", text(&path).parse().unwrap());
        let mut found = 0;
        let done = watch_file(&stream, &settings, &mut |_| found += 1, &mut |_, _| {
            let _ = fs::remove_file(&path);
        });
        (done.map(|done| done.counts.looks > 1), found)
    };
    let never = Clip {
        shown: (90.0, 91.0),
        ..Clip::default()
    };
    assert_eq!(run(never, "nothing.mp4"), (Ok(true), 0));
    let later = Clip {
        shown: (1.5, 3.0),
        ..Clip::default()
    };
    let (done, found) = run(later, "later.mp4");
    assert_eq!(found, 0);
    let why = done.unwrap_err().to_string();
    assert!(why.contains("No such file"), "{why}");
}
