//! Hours of live streams that do not go well: publishers play recordings into nginx over RTMP on loopback, are killed,
//! stalled, damaged and restarted at random, and come back with another size of picture, while `waylay serve` watches
//! them. What it found is held against what was shown, and what it takes at the end against what it took before.
//!
//! `cargo bench --bench soak -- 60 3600 7` watches 60 streams for 3600 s; 7 is the seed that all faults are drawn
//! from, 1 where it is left out. `WAYLAY_LOAD_CLIP` and `WAYLAY_LOAD_CONFIG` are as in `load`. It fails where a code
//! was missed that had to be found, where a stream did not come back, and where there was a panic.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what is shared is more than is needed here")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use live::{Nginx, Recording, Service, rss_mb};
use play::{Publisher, Stage, Tally};
use report::{Found, Run, Sample};

#[path = "../live/mod.rs"]
mod live;
#[path = "../../examples/make_samples/noise.rs"]
mod noise;
mod play;
mod report;

/// For how long nothing is watched before it is looked what is left: free memory is given back every few seconds.
const EMPTY: Duration = Duration::from_secs(30);

/// How often the publishers are seen to, and the service.
const TICK: Duration = Duration::from_millis(50);
const SAMPLE: Duration = Duration::from_secs(10);
/// How long at most streams may take to be live again once nothing is done to them any more.
const RETURN: Duration = Duration::from_mins(1);
/// A stream counts as live that has been published for so long and was looked at within this time.
const LIVE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--bench"))
        .collect();
    // `cargo bench` without arguments runs all benchmarks: this one takes the machine for as long as it is told.
    let mut numbers: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if numbers.len() == 2 {
        numbers.push(1);
    }
    let &[streams, seconds, seed] = numbers.as_slice() else {
        println!(
            "soak: give the number of streams and of seconds, and a seed if wanted, as in `cargo bench --bench soak -- 60 3600 7`"
        );
        return ExitCode::SUCCESS;
    };
    let folder = tempfile::tempdir().unwrap();
    let recordings = recordings(folder.path());
    let nginx = Nginx::start(folder.path());
    let stage = Stage {
        recordings,
        port: nginx.rtmp,
    };
    let service = Service::start(folder.path());
    service.watch(nginx.rtmp, streams as usize);
    let run = soak(&stage, &service, &nginx, streams, seconds, seed);
    println!("streams {streams}, {seconds} s, seed {seed}");
    // What is left when nothing is watched any more would be a leak, if it grew with the time before.
    service.forget(streams as usize);
    std::thread::sleep(EMPTY);
    println!(
        "  memory {:.0} MB without streams, {:.2} MB of it in use",
        rss_mb(service.id()),
        service.in_use_mb()
    );
    if run.report(&stage) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Each has its own payload, and shows it at another time.
fn recordings(folder: &Path) -> Vec<(Recording, PathBuf)> {
    let of = [
        ((1280, 720), 30, "2M"),
        ((1280, 720), 30, "2M"),
        ((854, 480), 30, "1M"),
        ((1280, 720), 30, "2M"),
        ((1920, 1080), 15, "4M"),
        ((854, 480), 30, "1M"),
        ((1280, 720), 30, "2M"),
    ];
    let make = |(at, (size, rate, bits)): (usize, ((u32, u32), u32, &'static str))| {
        let from_s = 12.0 + at as f64 * 2.5;
        let recording = Recording {
            payload: format!("https://shop.example/soak/{at}"),
            size,
            rate,
            bits,
            length_s: 40.0,
            shown_s: (from_s, from_s + 5.0),
            noisy: at == 0,
        };
        let path = recording.make(folder, &at.to_string());
        (recording, path)
    };
    of.into_iter().enumerate().map(make).collect()
}

/// Lets the publishers play for so many seconds, and then waits until all streams are back.
fn soak(
    stage: &Stage,
    service: &Service,
    nginx: &Nginx,
    streams: u64,
    seconds: u64,
    seed: u64,
) -> Run {
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let mut publishers: Vec<Publisher> = (0..streams as usize)
        .map(|stream| Publisher::new(stream, seed, began))
        .collect();
    let mut tally = Tally::default();
    let mut found = Vec::new();
    let mut samples = vec![Sample::of(service, nginx, &publishers)];
    let mut lost: Vec<usize> = (0..streams as usize).collect();
    let mut calm = false;
    loop {
        let now = Instant::now();
        if now >= end && !calm {
            calm = true;
            for publisher in &mut publishers {
                publisher.calm(stage, &mut tally);
            }
        }
        for publisher in &mut publishers {
            publisher.tick(now, stage, &mut tally);
        }
        let events = std::mem::take(&mut *service.events.lock().unwrap());
        found.extend(
            events
                .iter()
                .filter_map(|(at, event)| Found::of(*at, event)),
        );
        if now >= samples.last().unwrap().at + SAMPLE {
            samples.push(Sample::of(service, nginx, &publishers));
        }
        if calm {
            let status = service.streams();
            let is_live = |stream: usize| {
                let id = stream.to_string();
                let of = status.iter().find(|s| s["id"] == *id);
                publishers[stream].undisturbed() >= LIVE
                    && of.is_some_and(|of| {
                        of["state"] == "live"
                            && of["since_look_ms"].as_u64() < Some(LIVE.as_millis() as u64)
                    })
            };
            lost.retain(|stream| !is_live(*stream));
            if lost.is_empty() || now >= end + RETURN {
                break;
            }
        }
        std::thread::sleep(TICK);
    }
    samples.push(Sample::of(service, nginx, &publishers));
    let worker = service.worker();
    let ended = Instant::now();
    for publisher in &mut publishers {
        publisher.end("over", stage, &mut tally);
    }
    // What is still being told when everything ends says nothing.
    tally.showings.retain(|showing| showing.told.1 <= ended);
    Run {
        began,
        streams: streams as usize,
        tally,
        found,
        samples,
        lost,
        worker,
    }
}
