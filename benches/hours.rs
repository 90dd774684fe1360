//! Hours without a break: each stream is one publisher that plays one clip over and over into nginx over RTMP on loopback,
//! from the first second to the last, and `waylay serve` watches it. Whatever grows with a stream that does not end, grows here.
//!
//! `cargo bench --bench hours -- 20 6000 3` watches 20 streams for 6000 s in which their own clocks come to 5 hours. Every
//! second one is played three times as fast, from 0 on; the others in real time, with time stamps that begin so late
//! that they end there too. RTMP writes time stamps of 2^24 ms and more, which is 4 h 40 min, in another way (RTMP 1.0, 5.3.1.3).
//! It fails where a publisher was sent away, a stream was without a look for long, a code was missed or there was a panic.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what the tests share is more than is needed here")]

use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use live::{Nginx, Recording, Service, cpu_s, ffmpeg, percentiles, rss_mb, slope};

mod live;

/// Seconds of the clip that is played over and over, and when a code is shown in it: for two and a half of its groups
/// of pictures.
const CLIP_S: f64 = 40.0;
const SHOWN_S: (f64, f64) = (20.0, 25.0);
/// How often it is looked at what the service takes.
const SAMPLE: Duration = Duration::from_secs(30);
/// Lines of it in the report.
const LINES: usize = 10;
/// For how long nothing is watched before it is looked what is left.
const EMPTY: Duration = Duration::from_secs(30);
/// The longest that a stream may be without a look, in ms: two of its keyframes that were passed over, and what may be late.
const LONGEST_GAP_MS: f64 = 7_000.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--bench"))
        .collect();
    // `cargo bench` without arguments runs all benchmarks: this one takes the machine for as long as it is told.
    let numbers: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let &[streams, seconds, speed] = numbers.as_slice() else {
        println!(
            "hours: give the number of streams, of seconds, and how many times as fast every second one goes, as in `cargo bench --bench hours -- 20 6000 3`"
        );
        return ExitCode::SUCCESS;
    };
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording {
        payload: "https://shop.example/hours".to_owned(),
        size: (1280, 720),
        rate: 30,
        bits: "2M",
        length_s: CLIP_S,
        shown_s: SHOWN_S,
        noisy: true,
    };
    let clip = recording.make(folder.path(), "clip");
    let nginx = Nginx::start(folder.path());
    let mut publishers: Vec<Publisher> = (0..streams)
        .map(|at| Publisher::start(&clip, &nginx, at, seconds, speed))
        .collect();
    let service = Service::start(folder.path());
    service.watch(nginx.rtmp, publishers.len());
    let live = |worker: &Value| worker["states"]["live"].as_u64() == Some(streams);
    service
        .api
        .await_that("/api/v1/worker", "all streams come", live);
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let mut samples = vec![Sample::of(&service)];
    while Instant::now() < end {
        std::thread::sleep(SAMPLE.min(end.saturating_duration_since(Instant::now())));
        samples.push(Sample::of(&service));
    }
    println!("streams {streams}, {seconds} s, every second one {speed} times as fast");
    let good = report(&mut publishers, &samples, &service);
    service.forget(publishers.len());
    std::thread::sleep(EMPTY);
    println!("  in use without streams {:.2} MB", service.in_use_mb());
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Publisher {
    child: Child,
    speed: u64,
}

impl Publisher {
    /// Plays `clip` to `live/{at}`.
    fn start(clip: &Path, nginx: &Nginx, at: u64, seconds: u64, speed: u64) -> Self {
        let (speed, from_s) = if at.is_multiple_of(2) {
            (speed, 0)
        } else {
            (1, seconds * (speed - 1))
        };
        let mut command = ffmpeg();
        command.args(["-readrate", &speed.to_string(), "-stream_loop", "-1"]);
        command.arg("-i").arg(clip).args(["-c", "copy"]);
        command.args(["-output_ts_offset", &from_s.to_string(), "-f", "flv"]);
        command.arg(format!("rtmp://127.0.0.1:{}/live/{at}", nginx.rtmp));
        let child = command.stderr(Stdio::null()).spawn();
        Self {
            child: child.expect("ffmpeg is needed: see scripts/setup.sh"),
            speed,
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the service takes at one moment.
struct Sample {
    at: Instant,
    rss_mb: f64,
    in_use_mb: f64,
    threads: usize,
    descriptors: usize,
    cpu_s: f64,
}

impl Sample {
    fn of(service: &Service) -> Self {
        Self {
            at: Instant::now(),
            rss_mb: rss_mb(service.id()),
            in_use_mb: service.in_use_mb(),
            threads: service.count("task"),
            descriptors: service.count("fd"),
            cpu_s: cpu_s(service.id()),
        }
    }
}

/// Prints it, and says whether all went as it has to.
fn report(publishers: &mut [Publisher], samples: &[Sample], service: &Service) -> bool {
    let (first, last) = (&samples[0], &samples[samples.len() - 1]);
    let since_s = |sample: &Sample| sample.at.duration_since(first.at).as_secs_f64();
    let took_s = since_s(last);
    println!("  second  resident MB  in use MB  threads  descriptors");
    for part in 0..=LINES {
        let sample = &samples[part * (samples.len() - 1) / LINES];
        println!(
            "  {:6.0}  {:11.0}  {:9.1}  {:7}  {:11}",
            since_s(sample),
            sample.rss_mb,
            sample.in_use_mb,
            sample.threads,
            sample.descriptors
        );
    }
    // Until then all of it has been there once.
    let settled = samples.iter().filter(|s| since_s(s) >= took_s / 6.0);
    let points: Vec<_> = settled
        .map(|s| (since_s(s) / 3600.0, s.in_use_mb))
        .collect();
    println!(
        "  in use: {:+.1} MB an hour from a sixth on",
        slope(&points)
    );
    let ended = publishers
        .iter_mut()
        .filter_map(|publisher| publisher.child.try_wait().unwrap())
        .count();
    let of = service.streams();
    let (mut missed, mut worst_ms) = (0, 0.0_f64);
    for fast in [true, false] {
        let mut sums = [0; 2];
        for (at, publisher) in publishers.iter().enumerate() {
            if (at % 2 == 0) != fast {
                continue;
            }
            let id = at.to_string();
            let events = service.events.lock().unwrap();
            let opened = events
                .iter()
                .filter(|(_, e)| {
                    e["type"] == "waylay.incident.opened.v1" && e["data"]["stream"] == *id
                })
                .count();
            // How often the code was shown at least is known, and not when.
            let shown = (took_s * publisher.speed as f64 / CLIP_S) as usize;
            sums = [sums[0] + shown, sums[1] + opened.min(shown)];
            let status = of.iter().find(|stream| stream["id"] == *id).unwrap();
            let gap_ms = status["coverage"]["longest_gap_ms"].as_f64();
            worst_ms = worst_ms.max(gap_ms.unwrap_or(f64::INFINITY));
        }
        let pace = if fast { "fast" } else { "real" };
        println!(
            "  {pace}: codes shown at least {}, found {}",
            sums[0], sums[1]
        );
        missed += sums[0] - sums[1];
    }
    let events = service.events.lock().unwrap();
    let opened = events
        .iter()
        .filter(|(_, e)| e["type"] == "waylay.incident.opened.v1");
    let latency = opened.filter_map(|(_, e)| e["data"]["latency_ms"].as_i64());
    let [p50, p95, worst] = percentiles(latency.collect());
    println!("  arrival to event: opened p50 {p50} p95 {p95} worst {worst} ms");
    let counts = &service.worker()["samples"];
    println!(
        "  looks {}, dropped {}, failed {}, broken {}, panics {}; {:.2} cores",
        counts["done"],
        counts["dropped"],
        counts["failed"],
        counts["broken"],
        counts["panics"],
        (last.cpu_s - first.cpu_s) / took_s
    );
    println!(
        "  longest without a look {:.1} s, publishers sent away {ended}",
        worst_ms / 1_000.0
    );
    missed == 0 && ended == 0 && worst_ms <= LONGEST_GAP_MS && counts["panics"] == 0
}
