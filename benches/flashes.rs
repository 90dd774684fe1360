//! Codes that are shown for half a second, live: how many of them are found in streams that are boosted, and how many
//! where none is.
//!
//! `cargo bench --bench flashes -- 10 90` plays to 10 streams for 90 s while an operator boosts all of them, then as long
//! with boosts turned off, and counts.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what is shared is more than is needed here")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use live::{Nginx, Service, draw, ffmpeg};

mod live;

/// Codes of the recording, the seconds from one to the next, and how long each is shown. Keyframes are 2 s apart, so that
/// one falls into each of four flashes.
const CODES: usize = 20;
const EVERY_S: f64 = 2.3;
const SHOWN_S: f64 = 0.5;
/// How often the operator asks, which is more often than a boost ends.
const ASK: Duration = Duration::from_secs(3);
/// How much later than another an incident may be told of, in seconds.
const SLACK_S: f64 = 2.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let &[streams, seconds] = numbers.as_slice() else {
        println!(
            "flashes: give the number of streams and of seconds, as in `cargo bench --bench flashes -- 10 90`"
        );
        return;
    };
    println!("{streams} streams, {seconds} s, flashes of {SHOWN_S} s, keyframes every 2 s");
    for (what, share) in [("boosted", 1.0), ("by keyframes alone", 0.0)] {
        let (found, shown) = measure(streams, seconds, share);
        println!("  {what}: {found} of {shown}");
    }
}

/// Flashes that were found and that were shown, where boosts may take this share of the machine.
fn measure(streams: u64, seconds: u64, share: f64) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path());
    let nginx = Nginx::start(folder.path());
    let config = folder.path().join("flashes.toml");
    let text = format!("[incidents]\ngap_ms = 4000\n[boost]\nshare = {share:?}\n");
    fs::write(&config, text).unwrap();
    let service = Service::start_with(folder.path(), &config);
    let _publishers = Publishers(
        (0..streams)
            .map(|s| play(&recording, nginx.rtmp, s))
            .collect(),
    );
    service.watch(nginx.rtmp, streams as usize);
    let api = &service.api;
    let live = |worker: &Value| worker["states"]["live"].as_u64() == Some(streams);
    api.await_that("/api/v1/worker", "all streams come", live);
    let boost = || {
        for stream in (0..streams).filter(|_| share > 0.0) {
            let answer = api.ask("POST", &format!("/api/v1/streams/{stream}/boost"), "");
            assert!(answer.status < 300, "{answer:?}");
        }
    };
    boost();
    let all =
        |worker: &Value| share == 0.0 || worker["boosted"]["operator"].as_u64() == Some(streams);
    api.await_that("/api/v1/worker", "they are boosted", all);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(seconds) {
        boost();
        std::thread::sleep(ASK);
    }
    count(&service, streams, (began, Instant::now()))
}

/// 720p30 with a flash every so often, over and over without a seam.
fn recording(folder: &Path) -> PathBuf {
    let mut command = ffmpeg();
    command.args(["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30"]);
    let mut filter = String::from("[0]null[p0]");
    for code in 0..CODES {
        let picture = folder.join(format!("{code}.png"));
        draw(&payload(code)).save(&picture).unwrap();
        command.arg("-i").arg(&picture);
        let from_s = code as f64 * EVERY_S + 0.9;
        let (before, until_s) = (code, from_s + SHOWN_S);
        let code = code + 1;
        // A `String` takes whatever is written to it.
        let _ = write!(
            filter,
            ";[{code}]scale=200:200:flags=neighbor[c{code}];[p{before}][c{code}]overlay=W/2:H/3:enable='between(t,{from_s},{until_s})'[p{code}]"
        );
    }
    let path = folder.join("flashes.flv");
    command.args(["-filter_complex", &filter]);
    command.args(["-map", &format!("[p{CODES}]")]);
    command.args(["-t", &(CODES as f64 * EVERY_S).to_string()]);
    command.args([
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
    ]);
    command.args(["-sc_threshold", "0", "-g", "60", "-b:v", "2M"]);
    let made = command.arg("-y").arg(&path).status();
    assert!(
        made.expect("ffmpeg is needed: see scripts/setup.sh")
            .success()
    );
    path
}

fn payload(code: usize) -> String {
    format!("https://shop.example/flash/{code}")
}

fn play(recording: &Path, port: u16, stream: u64) -> Child {
    let mut command = ffmpeg();
    command.args(["-re", "-stream_loop", "-1", "-i"]);
    command.arg(recording).args(["-c", "copy", "-f", "flv"]);
    command.arg(format!("rtmp://127.0.0.1:{port}/live/{stream}"));
    let child = command.stderr(Stdio::null()).spawn();
    child.expect("ffmpeg is needed: see scripts/setup.sh")
}

struct Publishers(Vec<Child>);

impl Drop for Publishers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn count(service: &Service, streams: u64, (began, ended): (Instant, Instant)) -> (usize, usize) {
    // Each code is shown once in each round: so many rounds are whole, wherever the first one began.
    let took_s = ended.duration_since(began).as_secs_f64();
    let rounds = ((took_s - SLACK_S) / (CODES as f64 * EVERY_S)) as usize;
    let events = service.events.lock().unwrap();
    let opened: Vec<(&str, &str)> = events
        .iter()
        .filter(|(at, event)| {
            (began..ended).contains(at) && event["type"] == "waylay.incident.opened.v1"
        })
        .filter_map(|(_, e)| {
            let data = &e["data"];
            Some((data["stream"].as_str()?, data["payload"].as_str()?))
        })
        .collect();
    let each =
        (0..streams).flat_map(|s| (0..CODES).map(move |code| (s.to_string(), payload(code))));
    let found = each.map(|(stream, payload)| {
        let times = opened.iter().filter(|o| **o == (&stream, &payload));
        times.count().min(rounds)
    });
    (found.sum(), streams as usize * CODES * rounds)
}
