//! `waylay watch` on recorded files: the same every time, and nothing in a file can stop it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Clip, Watch, ffmpeg, waylay};

const PAYLOAD: &str = "https://shop.example/a";

/// The events of one run over `args`, which must end by itself.
fn watch(data: &Path, args: &[&str]) -> (i32, Vec<Value>, String) {
    let mut watch = Watch::start(data, args);
    let (status, events, log) = watch.finish();
    (status.code().unwrap(), events, log)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn payloads(events: &[Value]) -> Vec<&str> {
    let opened = events
        .iter()
        .filter(|e| e["type"] == "waylay.incident.opened.v1");
    opened
        .map(|e| e["data"]["payload"].as_str().unwrap_or("unread"))
        .collect()
}

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
}

#[test]
fn an_event_has_the_keys_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        shown: (1.0, 3.0),
        ..Clip::default()
    }
    .make(folder.path(), "room-7.mp4");
    let (code, events, log) = watch(&folder.path().join("data"), &[text(&clip)]);
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
        ".data.corners" => "[corners]",
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

/// Everything here is a file that somebody could hand us; a good one beside it must come through.
#[test]
fn a_bad_file_is_one_clear_line_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let good = Clip::default().make(folder.path(), "good.mp4");
    let whole = fs::read(&good).unwrap();
    fs::write(path("empty.mp4"), "").unwrap();
    fs::write(path("cut.mp4"), &whole[..whole.len() / 3]).unwrap();
    fs::write(path("text.mp4"), "this is no video\n".repeat(1_000)).unwrap();
    fs::write(path("list.mp4"), "ffconcat version 1.0\nfile /etc/passwd\n").unwrap();
    let sound = path("sound.mp4");
    let made = ffmpeg()
        .args(["-f", "lavfi", "-i", "sine=d=2", "-y"])
        .arg(&sound)
        .status()
        .unwrap();
    assert!(made.success());
    let cases = [
        (path("missing.mp4"), "no such file"),
        (path("empty.mp4"), "the file is empty"),
        (path("cut.mp4"), "cannot open"),
        (path("text.mp4"), "not a video"),
        (path("list.mp4"), "cannot open"),
        (sound, "no video in it"),
        (folder.path().to_owned(), "it is a folder"),
    ];
    let mut args = vec![text(&good)];
    args.extend(cases.iter().map(|(path, _)| text(path)));
    let (code, events, log) = watch(&path("data"), &args);
    assert_eq!(code, 2, "{log}");
    assert_eq!(payloads(&events), [PAYLOAD]);
    for (path, message) in &cases {
        let line = log
            .lines()
            .find(|line| line.contains(&format!("{}: ", path.display())));
        assert!(
            line.is_some_and(|line| line.contains(message)),
            "{}: {log}",
            path.display()
        );
    }
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn unusual_video_is_watched_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt"];
    let clip = |name: &str, size, encoder: &[&str]| {
        let clip = Clip {
            seconds: 1,
            size,
            encoder,
            ..Clip::default()
        };
        clip.make(folder.path(), name)
    };
    let ten_bit = [&x264[..], &["yuv420p10le"]].concat();
    let full = [&x264[..], &["yuv444p"]].concat();
    let readable = [
        clip("10bit.mp4", (640, 360), &ten_bit),
        clip("444.mp4", (640, 360), &full),
        clip("rgb.mkv", (640, 360), &["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
        clip(
            "upside-down.avi",
            (640, 360),
            &["-c:v", "rawvideo", "-pix_fmt", "bgr24"],
        ),
        clip(
            "grey.avi",
            (640, 360),
            &["-c:v", "rawvideo", "-pix_fmt", "gray"],
        ),
        clip(
            "vp9.webm",
            (640, 360),
            &[
                "-c:v",
                "libvpx-vp9",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
            ],
        ),
        clip("odd.mp4", (638, 362), &full),
    ];
    for path in &readable {
        let (code, events, log) = watch(&path.with_extension("data"), &[text(path)]);
        assert_eq!(code, 0, "{}: {log}", path.display());
        assert_eq!(payloads(&events), [PAYLOAD], "{}", path.display());
    }
    let tiny = clip("tiny.mp4", (16, 16), &[&x264[..], &["yuv420p"]].concat());
    let (code, events, log) = watch(&folder.path().join("tiny"), &[text(&tiny)]);
    assert_eq!((code, events.len()), (0, 0), "{log}");
}

#[test]
fn a_video_in_8k_is_watched() {
    let folder = tempfile::tempdir().unwrap();
    let encoder = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-frames:v",
        "2",
    ];
    let clip = Clip {
        seconds: 1,
        size: (7680, 4320),
        encoder: &encoder,
        ..Clip::default()
    };
    let path = clip.make(folder.path(), "8k.mp4");
    let (code, events, log) = watch(&folder.path().join("data"), &[text(&path)]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(payloads(&events), [PAYLOAD]);
}

/// Intra refresh: packets are marked as keyframes from which a decoder can only begin to recover.
#[test]
fn a_stream_without_whole_keyframes_is_not_a_blind_spot() {
    let folder = tempfile::tempdir().unwrap();
    let encoder = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-x264-params",
        "intra-refresh=1",
    ];
    let clip = Clip {
        seconds: 12,
        gop: 60,
        shown: (3.0, 3600.0),
        encoder: &encoder,
        ..Clip::default()
    };
    let path = clip.make(folder.path(), "clip.ts");
    let (code, events, log) = watch(&folder.path().join("data"), &[text(&path)]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(payloads(&events), [PAYLOAD], "{log}");
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
fn nothing_waits_for_a_pipe_or_follows_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.png");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let list = folder.path().join("self.m3u8");
    fs::write(&list, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nself.m3u8\n").unwrap();
    for path in [&pipe, &list] {
        let (code, events, log) = watch(&folder.path().join("data"), &[text(path)]);
        assert_eq!((code, events.len()), (2, 0), "{log}");
    }
    assert_eq!(
        waylay()
            .arg("scan")
            .arg(&pipe)
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let name = "x\u{1b}[31m\nINFO forged.mp4";
    let data = folder.path().join("data");
    for args in [
        vec!["watch", "--data", text(&data), name],
        vec!["scan", name],
        vec!["policy", "check", name],
        vec!["replay", name],
    ] {
        let output = waylay().args(&args).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {log}");
        assert!(!log.contains('\u{1b}'), "{args:?}: {log:?}");
        assert_eq!(log.lines().count(), 1, "{args:?}: {log:?}");
    }
}

/// Transport streams that were put one behind the other: size, pixel format and code change on the way.
#[test]
fn size_and_pixel_format_may_change_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let clip = |name: &str, payload, size, format| {
        let encoder = [
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            format,
        ];
        Clip {
            payload,
            seconds: 2,
            size,
            encoder: &encoder,
            ..Clip::default()
        }
        .make(folder.path(), name)
    };
    let parts = [
        clip("a.ts", "https://shop.example/a", (640, 360), "yuv420p"),
        clip("b.ts", "https://shop.example/b", (854, 480), "yuv420p"),
        clip("c.ts", "https://shop.example/c", (854, 480), "yuv444p"),
    ];
    let joined = folder.path().join("joined.ts");
    fs::write(
        &joined,
        parts
            .iter()
            .flat_map(|p| fs::read(p).unwrap())
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let (code, events, log) = watch(&folder.path().join("data"), &[text(&joined)]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(
        payloads(&events),
        [
            "https://shop.example/a",
            "https://shop.example/b",
            "https://shop.example/c"
        ]
    );
}

#[test]
fn broken_packets_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        seconds: 6,
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let mut bytes = fs::read(&clip).unwrap();
    // A repeatable scatter of wrong bytes over the middle third.
    let (from, to) = (bytes.len() / 3, bytes.len() * 2 / 3);
    for at in (from..to).step_by(97) {
        bytes[at] ^= (at % 251) as u8 | 1;
    }
    let broken = folder.path().join("broken.ts");
    fs::write(&broken, bytes).unwrap();
    for sample in ["auto", "all"] {
        let (code, events, log) = watch(
            &folder.path().join(sample),
            &["--sample", sample, text(&broken)],
        );
        assert_eq!(code, 0, "{log}");
        assert_eq!(payloads(&events), [PAYLOAD]);
    }
}

#[test]
fn standard_input_is_watched_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let mut command = waylay();
    command
        .args(["watch", "-", "--data"])
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

#[test]
fn standard_input_that_is_no_video_is_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "this is no video\n").unwrap();
    let mut command = waylay();
    command
        .args(["watch", "-", "--data"])
        .arg(folder.path().join("data"));
    let output = command
        .stdin(fs::File::open(text).unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// What was printed before the stop is on record, and the whole run says it again.
#[test]
fn a_file_that_was_stopped_midway_can_be_watched_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clip = Clip {
        seconds: 120,
        gop: 15,
        size: (320, 180),
        ..Clip::default()
    }
    .make(folder.path(), "clip.mp4");
    let mut stopped = Watch::start(&data, ["--sample", "all", text(&clip)]);
    let opened = stopped.opened(PAYLOAD);
    let (status, mut first, log) = stopped.stop();
    assert!(status.success(), "{log}");
    first.insert(0, opened);
    let (code, whole, log) = watch(&data, &["--sample", "all", text(&clip)]);
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
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let mut command = waylay();
    command
        .args(["watch", "-", "--data"])
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
fn bad_usage_is_refused_before_anything_is_watched() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(&config, "[sampling]\nsampel = \"auto\"\n").unwrap();
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, "[platform]\nname = 1\n").unwrap();
    let data: PathBuf = folder.path().join("data");
    let cases: [(&[&str], &str); 8] = [
        (&[], "nothing to watch"),
        (&["gopher://host/x"], "expected a file"),
        (&["-", "-"], "only be watched once"),
        (&["a=x.mp4", "a=y.mp4"], "two streams have the id `a`"),
        (
            &["--sample", "often", "x.mp4"],
            "expected auto, keyframes, all",
        ),
        (
            &["--readers", "crystal-ball", "x.mp4"],
            "no reader `crystal-ball`",
        ),
        (
            &["--config", text(&config), "x.mp4"],
            "config.toml:2:1: unknown field `sampel`",
        ),
        (&["--policy", text(&policy), "x.mp4"], "policy.toml:2:"),
    ];
    for (args, message) in cases {
        let (code, events, log) = watch(&data, args);
        assert_eq!((code, events.len()), (2, 0), "{args:?}: {log}");
        assert!(log.contains(message), "{args:?}: {log}");
    }
    assert!(
        !data.exists(),
        "nothing is made for a command that cannot run"
    );
}

#[test]
fn records_that_cannot_be_kept_end_the_watch() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.mp4");
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(
        data.join("waylay.sqlite"),
        "this is no database, and long enough to be told from one".repeat(100),
    )
    .unwrap();
    let (code, events, log) = watch(&data, &[text(&clip)]);
    assert_eq!((code, events.len()), (2, 0), "{log}");
    assert!(log.contains("waylay.sqlite"), "{log}");
}
