//! How long a gate takes to answer: hooks at a steady rate, each over a connection of its own as servers send them, half of
//! them for streams that are banned.
//!
//! `cargo bench --bench hooks -- 1000 10` sends 1,000 a second for 10 s.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what the tests share is more than is needed here")]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use live::{Api, Service, cpu_s};

#[allow(unused_imports, reason = "other benchmarks use the rest")]
mod live;

/// Who sends.
const SENDERS: u32 = 8;
/// Streams that the hooks are about; every second of them is banned.
const STREAMS: u32 = 100;

fn main() {
    let arguments = std::env::args().skip(1);
    let numbers: Vec<u32> = arguments.filter_map(|a| a.parse().ok()).collect();
    let &[rate, seconds] = numbers.as_slice() else {
        println!(
            "hooks: give hooks a second and seconds, as in `cargo bench --bench hooks -- 1000 10`"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (secret, config) = (
        folder.path().join("secret"),
        folder.path().join("config.toml"),
    );
    fs::write(&secret, "secret").unwrap();
    let text = format!(
        "[[ingest]]\nid = \"edge\"\nkind = \"generic\"\ngate = true\nhook_secret_file = {:?}\n\
         pull = \"rtmp://127.0.0.1:9/{{path}}\"\n",
        secret.to_str().unwrap()
    );
    fs::write(&config, text).unwrap();
    let service = Service::start_with(folder.path(), &config);
    let address = service.api.address.clone();
    for stream in 0..STREAMS {
        assert_eq!(publish(&service.api, stream), 200);
    }
    let all = |worker: &Value| worker["streams"] == STREAMS;
    service
        .api
        .await_that("/api/v1/worker", "all are there", all);
    for stream in (0..STREAMS).step_by(2) {
        let path = format!("/api/v1/streams/edge-live-{stream}/cut");
        let cut = service
            .api
            .post(&path, &json!({"minutes": 60, "reason": "test"}));
        assert_eq!(cut.status, 200, "{cut:?}");
    }
    let (before, start) = (cpu_s(service.id()), Instant::now());
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let address = address.clone();
            thread::spawn(move || send(&Api::at(&address), sender, rate, rate * seconds, start))
        })
        .collect();
    let took = senders
        .into_iter()
        .flat_map(|sender| sender.join().unwrap());
    let mut took: Vec<Duration> = took.collect();
    let cores = (cpu_s(service.id()) - before) / start.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)];
    println!(
        "{} hooks at {rate} a second: p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms; {cores:.2} cores",
        took.len(),
        at(50).as_secs_f64() * 1e3,
        at(99).as_secs_f64() * 1e3,
        at(100).as_secs_f64() * 1e3,
    );
}

/// Sends every `SENDERS`-th of `count` hooks, each when it is due: one that has to wait for the one before it is late.
fn send(api: &Api, sender: u32, rate: u32, count: u32, start: Instant) -> Vec<Duration> {
    let mine = (sender..count).step_by(SENDERS as usize);
    mine.map(|hook| {
        let due = start + Duration::from_secs(1) * hook / rate;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let stream = hook % STREAMS;
        let expected = if stream.is_multiple_of(2) { 403 } else { 200 };
        let begun = Instant::now();
        assert_eq!(publish(api, stream), expected);
        begun.elapsed()
    })
    .collect()
}

fn publish(api: &Api, stream: u32) -> u16 {
    let body = json!({"action": "publish", "app": "live", "name": stream.to_string()});
    api.post("/hooks/edge/secret", &body).status
}
