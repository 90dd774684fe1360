//! `waylay watch` on what people hand in who want it to fail, or who know no better.

use std::fs;
use std::path::PathBuf;

use crate::support::{Clip, PAYLOAD, ffmpeg, payloads, text, watch, waylay};

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
fn a_text_that_never_ends_is_refused() {
    for args in [
        ["policy", "check", "/dev/zero"],
        ["config", "check", "/dev/zero"],
    ] {
        let output = waylay().args(args).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{log}");
        assert!(log.contains("it is longer than"), "{log}");
    }
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
