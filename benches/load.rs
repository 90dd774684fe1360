//! Many live streams at once: publishers play a clip into nginx over RTMP on loopback, `waylay serve` watches all of
//! them, and what it found, how fast, and at what cost is held against what was shown.
//!
//! `cargo bench --bench load -- 120 60` watches 120 streams of 720p for 60 s, and with `500 60 180` 500 of 180p at 60 kbit/s:
//! what many open streams take apart from their pictures. `WAYLAY_LOAD_CLIP=FILE` gives the picture that
//! codes are shown over, and `WAYLAY_LOAD_CONFIG=FILE` the configuration of the service. The publishers and the server
//! take their part of the machine, and are told apart in the report.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what the tests share is more than is needed here")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use live::{Nginx, Recording, Service, cpu_s, ffmpeg, percentiles, rss_mb};

mod live;

const PAYLOAD: &str = "https://shop.example/load";
/// Seconds of the clip that is played over and over, and when a code is shown in it: for two and a half of its groups
/// of pictures.
const CLIP_S: f64 = 20.0;
const SHOWN_S: (f64, f64) = (8.0, 13.0);
/// How much later than another an incident may be told of, in seconds.
const SLACK_S: f64 = 2.0;
/// Streams that one publisher sends.
const EACH: usize = 8;
/// How often it plays the clip at most: for longer than anybody watches.
const ROUNDS: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--bench"))
        .collect();
    // `cargo bench` without arguments runs all benchmarks, and `cargo test` asks what tests there are: this one takes
    // the whole machine for minutes.
    let numbers: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let (&[streams, seconds] | &[streams, seconds, _]) = numbers.as_slice() else {
        println!(
            "load: give the number of streams and of seconds, as in `cargo bench --bench load -- 120 60`"
        );
        return;
    };
    let is_small = numbers.get(2) == Some(&180);
    let folder = tempfile::tempdir().unwrap();
    let clip = clip(folder.path(), is_small);
    let nginx = Nginx::start(folder.path());
    let publishers = Publishers::start(&clip, nginx.rtmp, streams);
    let service = Service::start(folder.path());
    service.watch(nginx.rtmp, streams);
    let live = |worker: &Value| worker["states"]["live"].as_u64() == Some(streams as u64);
    service
        .api
        .await_that("/api/v1/worker", "all streams come", live);
    // What was blind while all of them were opened at once says nothing of how they are watched.
    std::thread::sleep(Duration::from_secs(5));
    let before = Moment::of(&service, &nginx, &publishers);
    std::thread::sleep(Duration::from_secs(seconds as u64));
    let after = Moment::of(&service, &nginx, &publishers);
    report(streams, &before, &after, &service);
    service.forget(streams);
    let left = Instant::now();
    // Those that read are gone once the system has ended them.
    while service.count("task") > streams && left.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    println!(
        "  without streams {} threads, {} descriptors",
        service.count("task"),
        service.count("fd")
    );
}

/// 720p30 at 2 Mbit/s, or 180p30 at 60 kbit/s.
fn clip(folder: &Path, is_small: bool) -> PathBuf {
    let (size, bits) = if is_small {
        ((320, 180), "60k")
    } else {
        ((1280, 720), "2M")
    };
    let recording = Recording {
        payload: PAYLOAD.to_owned(),
        size,
        rate: 30,
        bits,
        length_s: CLIP_S,
        shown_s: SHOWN_S,
        noisy: true,
    };
    recording.make(folder, "clip")
}

/// Each sends a few streams; they start one after the other, so that keyframes do not all come at once.
struct Publishers {
    children: Vec<Child>,
}

impl Publishers {
    fn start(clip: &Path, port: u16, streams: usize) -> Self {
        let mut all = Self {
            children: Vec::new(),
        };
        let groups: Vec<_> = (0..streams).collect();
        let apart = Duration::from_secs_f64(2.0 / groups.chunks(EACH).len() as f64);
        for (at, group) in groups.chunks(EACH).enumerate() {
            // Nor does the code: each begins at another keyframe of the clip.
            let list = playlist(clip, (at as f64 * 2.0) % CLIP_S);
            let mut command = ffmpeg();
            command.args(["-re", "-f", "concat", "-safe", "0", "-i"]);
            command.arg(list);
            for stream in group {
                let target = format!("rtmp://127.0.0.1:{port}/live/{stream}");
                command.args(["-c", "copy", "-map", "0", "-f", "flv", &target]);
            }
            let child = command.stderr(Stdio::null()).spawn();
            all.children
                .push(child.expect("ffmpeg is needed: see scripts/setup.sh"));
            std::thread::sleep(apart);
        }
        all
    }
}

/// The clip over and over, the first time from `offset_s` on. ffmpeg's `-ss` with `-stream_loop` would send what lies before
/// that all at once, and with one time stamp, each time that the clip begins anew.
fn playlist(clip: &Path, offset_s: f64) -> PathBuf {
    let file = format!("file '{}'\n", clip.display());
    let list = format!("{file}inpoint {offset_s}\n{}", file.repeat(ROUNDS));
    let path = clip.with_extension(format!("{offset_s}.txt"));
    fs::write(&path, list).unwrap();
    path
}

impl Drop for Publishers {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// How all of it was at one moment.
struct Moment {
    at: Instant,
    worker: Value,
    streams: Vec<Value>,
    /// Seconds of CPU time.
    cpu_s: f64,
    others_cpu_s: f64,
    rss_mb: f64,
    threads: usize,
    descriptors: usize,
}

impl Moment {
    fn of(service: &Service, nginx: &Nginx, publishers: &Publishers) -> Self {
        let each = publishers.children.iter().map(|child| cpu_s(child.id()));
        Self {
            at: Instant::now(),
            worker: service.worker(),
            streams: service.streams(),
            cpu_s: cpu_s(service.id()),
            others_cpu_s: each.sum::<f64>() + cpu_s(nginx.id()),
            rss_mb: rss_mb(service.id()),
            threads: service.count("task"),
            descriptors: service.count("fd"),
        }
    }
}

fn report(streams: usize, before: &Moment, after: &Moment, service: &Service) {
    let took_s = after.at.duration_since(before.at).as_secs_f64();
    let change = |path: &str| {
        let [before, after] =
            [before, after].map(|m| m.worker.pointer(path).and_then(Value::as_f64));
        after.unwrap_or_default() - before.unwrap_or_default()
    };
    let looks = change("/samples/done");
    let events = service.events.lock().unwrap();
    let within = |at: &Instant| (before.at..after.at).contains(at);
    let latency = |kinds: &[&str]| {
        let of_kind = events.iter().filter(|(at, e)| {
            within(at)
                && kinds
                    .iter()
                    .any(|kind| e["type"].as_str().is_some_and(|t| t.contains(kind)))
        });
        percentiles(
            of_kind
                .filter_map(|(_, e)| e["data"]["latency_ms"].as_i64())
                .collect(),
        )
    };
    // How often the code was shown at least is known, and not when.
    let rounds = ((took_s - SLACK_S) / CLIP_S) as usize;
    let found = |stream: usize| {
        let id = stream.to_string();
        let opened = events.iter().filter(|(at, e)| {
            within(at) && e["type"] == "waylay.incident.opened.v1" && e["data"]["stream"] == *id
        });
        opened.count().min(rounds)
    };
    let (shown, found) = (streams * rounds, (0..streams).map(found).sum::<usize>());
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let gaps = after
        .streams
        .iter()
        .zip(&before.streams)
        .map(|(after, before)| {
            // The longest gap of the whole run: one that is older than the first moment is not counted.
            let (new, old) = (
                number(&after["coverage"]["longest_gap_ms"]),
                number(&before["coverage"]["longest_gap_ms"]),
            );
            if new > old {
                new
            } else {
                number(&after["since_look_ms"])
            }
        });
    let least = after
        .streams
        .iter()
        .zip(&before.streams)
        .map(|(after, before)| {
            number(&after["samples"]["done"]) - number(&before["samples"]["done"])
        });
    let [p50, p95, worst] = latency(&["opened"]);
    let [_, all95, all_worst] = latency(&["opened", "updated"]);
    println!("streams {streams}, {took_s:.0} s");
    println!("  codes shown at least {shown}, found {found}");
    println!(
        "  arrival to event: opened p50 {p50} p95 {p95} worst {worst} ms; with updates p95 {all95} worst {all_worst} ms"
    );
    println!(
        "  looks {looks} ({:.2} a second and stream, the fewest {}), dropped {}, failed {}",
        looks / took_s / streams as f64,
        least.fold(f64::INFINITY, f64::min),
        change("/samples/dropped"),
        change("/samples/failed")
    );
    println!(
        "  even share {:.1} s, longest gap {:.1} s, longest wait {} ms",
        took_s * streams as f64 / looks,
        gaps.fold(0.0, f64::max) / 1_000.0,
        after.worker["longest_wait_ms"]
    );
    println!(
        "  waylay {:.2} cores (decode {:.2}, scan {:.2}), {:.0} MB ({:.1} a stream); publishers and nginx {:.2} cores",
        (after.cpu_s - before.cpu_s) / took_s,
        change("/cpu/decode_ms") / 1_000.0 / took_s,
        change("/cpu/scan_ms") / 1_000.0 / took_s,
        after.rss_mb,
        after.rss_mb / streams as f64,
        (after.others_cpu_s - before.others_cpu_s) / took_s
    );
    println!(
        "  live {}, {} threads, {} descriptors",
        after.worker["states"]["live"], after.threads, after.descriptors
    );
    println!("  boosted now {}", after.worker["boosted"]);
    println!(
        "  keyframes of incidents came in tenths of the 2 s between two: {:?}",
        phases(&events, after.at)
    );
}

/// How the arrivals of the frames that incidents opened with are spread over the time between two keyframes: all of them
/// at once is another load than one after the other.
fn phases(events: &[(Instant, Value)], end: Instant) -> [u32; 10] {
    let mut tenths = [0; 10];
    for (at, event) in events {
        let latency = event["data"]["latency_ms"].as_u64();
        if event["type"] == "waylay.incident.opened.v1"
            && let Some(latency) = latency
        {
            let before_end = end.saturating_duration_since(*at) + Duration::from_millis(latency);
            tenths[(before_end.as_millis() % 2_000 / 200) as usize] += 1;
        }
    }
    tenths
}
