//! Clips: what was sent, cut out without decoding it, to be played by anybody.

mod flv;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use waylay::ids::sha256;

use crate::support::{Clip, Nginx, PAYLOAD, Publisher, Watch, ffmpeg, payloads, text, watch};

/// From 3 s before the first sighting to 3 s after it.
const CONFIG: &str = "[clips]\nbefore_ms = 3000\nafter_ms = 3000\n[incidents]\ngap_ms = 4000\n";
const LENGTH_S: f64 = 6.0;

/// A code from 8 s to 10 s, two keyframes apart, with a tone.
fn recording(folder: &Path, name: &str) -> PathBuf {
    let silent = Clip {
        shown: (8.0, 10.0),
        seconds: 20,
        gop: 60,
        ..Clip::default()
    };
    let silent = silent.make(folder, "silent.mp4");
    let path = folder.join(name);
    let mut command = ffmpeg();
    command.arg("-i").arg(silent);
    command.args(["-f", "lavfi", "-i", "sine=frequency=440:duration=20"]);
    command.args(["-c:v", "copy", "-c:a", "aac", "-shortest"]);
    assert!(command.arg(&path).status().unwrap().success());
    path
}

fn config(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("config.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Where the clip of an incident is, which is as its event says.
fn clip(data: &Path, ended: &Value) -> Option<PathBuf> {
    let evidence = ended["data"]["evidence"].as_array().unwrap();
    let clip = evidence.iter().find(|file| file["kind"] == "clip")?;
    let path = data.join("evidence").join(clip["path"].as_str().unwrap());
    let bytes = fs::read(&path).unwrap();
    assert_eq!(clip["bytes"], bytes.len());
    assert_eq!(clip["sha256"], sha256(&bytes));
    Some(path)
}

fn is_end(event: &Value) -> bool {
    event["type"] == "waylay.incident.ended.v1"
}

/// What ffprobe says of a file: how long it is in seconds, and the codecs of its tracks.
fn probe(path: &Path) -> (f64, Vec<String>) {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "json", "-show_entries"]);
    command
        .args(["format=duration:stream=codec_name"])
        .arg(path);
    let said: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let tracks = said["streams"].as_array().unwrap().iter();
    let duration = said["format"]["duration"].as_str().unwrap();
    (
        duration.parse().unwrap(),
        tracks
            .map(|track| track["codec_name"].as_str().unwrap().to_owned())
            .collect(),
    )
}

/// What is read in a clip again.
fn read_again(folder: &Path, clip: &Path) -> Vec<String> {
    let (code, events, log) = watch(&folder.join("again"), &[text(clip)]);
    assert_eq!(code, 0, "{log}");
    payloads(&events).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_live_incident_has_a_clip_that_plays_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path(), "recording.flv");
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/room", nginx.rtmp);
    let data = folder.path().join("data");
    let config = config(folder.path(), CONFIG);
    let _publisher = Publisher::start(&recording, &["flv"], &url);
    let watch = Watch::start(&data, ["--config", text(&config), &url]);
    let ended = watch.event("it ends", is_end);
    let clip = clip(&data, &ended).expect("it has a clip");
    let (length_s, tracks) = probe(&clip);
    assert!((length_s - LENGTH_S).abs() < 0.5, "{length_s} s");
    assert_eq!(tracks, ["h264", "aac"]);
    assert_eq!(read_again(folder.path(), &clip), [PAYLOAD]);
    let played = Browser::new().play(&clip);
    assert!((played - LENGTH_S).abs() < 0.5, "{played} s");
}

#[test]
fn a_recording_in_a_broadcast_container_gives_one_too() {
    let folder = tempfile::tempdir().unwrap();
    // Its codecs have other tags and another form than in MP4.
    let recording = recording(folder.path(), "recording.ts");
    let data = folder.path().join("data");
    let config = config(folder.path(), CONFIG);
    let args = ["--config", text(&config), text(&recording)];
    let (code, events, log) = watch(&data, &args);
    assert_eq!(code, 0, "{log}");
    let ended: Vec<_> = events.iter().filter(|event| is_end(event)).collect();
    assert_eq!(ended.len(), 1, "{log}");
    let clip = clip(&data, ended[0]).expect("it has a clip");
    let (length_s, tracks) = probe(&clip);
    assert!((length_s - LENGTH_S).abs() < 0.5, "{length_s} s");
    assert_eq!(tracks, ["h264", "aac"]);
    assert_eq!(read_again(folder.path(), &clip), [PAYLOAD]);
    // Again is the same.
    let bytes = fs::read(&clip).unwrap();
    watch(&data, &args);
    assert!(fs::read(&clip).unwrap() == bytes);
}

/// Whether a file can be decoded from its first frame to its last, and the width of its pictures in px.
fn decoded(clip: &Path) -> u64 {
    let mut command = ffmpeg();
    command.args(["-xerror", "-i"]).arg(clip);
    let said = command.args(["-f", "null", "-"]).output().unwrap();
    assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
    let mut command = Command::new("ffprobe");
    command.args([
        "-v",
        "error",
        "-of",
        "json",
        "-show_entries",
        "stream=width",
    ]);
    let said: Value = serde_json::from_slice(&command.arg(clip).output().unwrap().stdout).unwrap();
    said["streams"][0]["width"].as_u64().unwrap()
}

/// A publisher that comes back with another size or another codec does not end up in the clip of the one before.
#[test]
fn a_clip_is_cut_where_the_stream_becomes_another_video() {
    let folder = tempfile::tempdir().unwrap();
    let first = Clip {
        gop: 15,
        ..Clip::default()
    };
    let first = first.make(folder.path(), "first.mp4");
    let larger = Clip {
        payload: "second",
        size: (854, 480),
        ..Clip::default()
    };
    let other = Clip {
        payload: "third",
        encoder: &["-c:v", "flv", "-b:v", "1M"],
        ..Clip::default()
    };
    let others = [
        larger.make(folder.path(), "larger.flv"),
        other.make(folder.path(), "other.flv"),
    ];
    let nginx = Nginx::start(folder.path());
    for (at, other) in others.iter().enumerate() {
        let url = format!("rtmp://127.0.0.1:{}/live/room-{at}", nginx.rtmp);
        let data = folder.path().join(format!("data-{at}"));
        // Longer than the first is published.
        let text_of = "[clips]\nbefore_ms = 3000\nafter_ms = 60000\n[incidents]\ngap_ms = 4000\n";
        let config = config(folder.path(), text_of);
        let publisher = Publisher::start(&first, &["flv"], &url);
        let mut watch = Watch::start(&data, ["--config", text(&config), &url]);
        let opened = watch.opened(PAYLOAD);
        drop(publisher);
        let _other = Publisher::start(other, &["flv"], &url);
        let ended = watch.event("the first ends", |event| {
            is_end(event) && event["data"]["incident"] == opened["data"]["incident"]
        });
        let clip = clip(&data, &ended).expect("it has a clip");
        assert_eq!(decoded(&clip), 640, "{}", other.display());
        assert_eq!(probe(&clip).1, ["h264"]);
        let again = folder.path().join(format!("again-{at}"));
        fs::create_dir(&again).unwrap();
        assert_eq!(read_again(&again, &clip), [PAYLOAD]);
        let (status, _, log) = watch.stop();
        assert!(status.success() && log.contains(" panics=0 "), "{log}");
    }
}

/// In a recording nothing but the pictures themselves says it.
#[test]
fn a_recording_that_changes_its_size_gives_a_clip_that_plays() {
    let folder = tempfile::tempdir().unwrap();
    let part = |payload, size, name: &str| {
        let clip = Clip {
            payload,
            size,
            encoder: &[
                "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-bf", "0",
            ],
            ..Clip::default()
        };
        fs::read(clip.make(folder.path(), name)).unwrap()
    };
    // Joined before they are packed: a seam between two files would be a broken packet, which is left out.
    let first = part(PAYLOAD, (640, 360), "first.h264");
    let second = part("second", (854, 480), "second.h264");
    let both = folder.path().join("both.h264");
    fs::write(&both, [first, second].concat()).unwrap();
    let recording = folder.path().join("recording.ts");
    let mut pack = ffmpeg();
    pack.args(["-framerate", "30", "-i"]).arg(both);
    pack.args(["-c", "copy"]).arg(&recording);
    assert!(pack.status().unwrap().success());
    let data = folder.path().join("data");
    let config = config(
        folder.path(),
        "[clips]\nbefore_ms = 1000\nafter_ms = 20000\n",
    );
    let (code, events, log) = watch(&data, &["--config", text(&config), text(&recording)]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(payloads(&events), [PAYLOAD, "second"], "{log}");
    let ended = events.iter().filter(|event| is_end(event));
    for ended in ended {
        let clip = clip(&data, ended).expect("it has a clip");
        decoded(&clip);
    }
    assert!(log.contains(" panics=0 "), "{log}");
}

#[test]
fn incidents_have_clips_by_their_class() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path(), "recording.mp4");
    let policy = folder.path().join("policy.toml");
    let text_of = "[platform]\nname = \"p\"\ndomains = [\"shop.example\"]\n";
    fs::write(&policy, text_of).unwrap();
    for (classes, has_one) in [("", false), ("classes = [\"on_platform\"]\n", true)] {
        let config = config(folder.path(), &format!("[clips]\n{classes}"));
        let data = folder.path().join(format!("data-{has_one}"));
        let args = ["--config", text(&config), "--policy", text(&policy)];
        let (code, events, log) = watch(&data, &[&args[..], &[text(&recording)]].concat());
        assert_eq!(code, 0, "{log}");
        let ended = events.iter().find(|event| is_end(event)).unwrap();
        assert_eq!(ended["data"]["verdict"]["class"], "on_platform");
        assert_eq!(clip(&data, ended).is_some(), has_one);
    }
}

/// A page that plays a clip, and tells how long the browser takes it to be once it could play.
const PAGE: &str = "<!doctype html><title>clip</title><video src=clip.mp4 muted></video><script>
    const video = document.querySelector('video');
    video.oncanplay = () => fetch('told?' + video.duration);
    video.onerror = () => fetch('told?error-' + video.error.code);
</script>";

/// Chromium without a window, and the server that its page comes from.
struct Browser {
    server: TcpListener,
    child: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    fn new() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromium");
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.arg(format!("http://{}/", server.local_addr().unwrap()));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self {
            server,
            child: child.expect("chromium is needed for this test: see scripts/setup.sh"),
            _profile: profile,
        }
    }

    /// How long the browser takes `clip` to be, in seconds, once it could play it.
    fn play(&self, clip: &Path) -> f64 {
        let clip = fs::read(clip).unwrap();
        loop {
            let (asked, mut browser) = self.asked();
            if let Some((_, told)) = asked.split_once("told?") {
                return told.parse().unwrap_or_else(|_| panic!("it tells {told}"));
            }
            let (kind, body) = match asked.as_str() {
                "/" => ("text/html", PAGE.as_bytes()),
                "/clip.mp4" => ("video/mp4", clip.as_slice()),
                _ => ("text/plain", &b""[..]),
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            // It need not want all of it.
            let _ = browser
                .write_all(head.as_bytes())
                .and_then(|()| browser.write_all(body));
        }
    }

    /// The path that it asks for next.
    fn asked(&self) -> (String, TcpStream) {
        loop {
            let (stream, _) = self.server.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            // It opens connections that it does not use.
            if let Some(path) = first.split(' ').nth(1) {
                lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .for_each(drop);
                return (path.to_owned(), stream);
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
