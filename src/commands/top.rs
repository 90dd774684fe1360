//! `waylay top`: the streams of a service, worst first.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args as ClapArgs;
use serde_json::Value;

use crate::resolve::Network;
use crate::telemetry::plain;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Lines of a terminal that does not say how many it has.
const LINES: usize = 24;
/// Clears the screen and goes to its upper left corner (ECMA-48 CUP and ED).
const HOME: &str = "\x1b[H\x1b[2J";

/// Show the streams of a running service, those that were not looked at for longest first.
///
/// Renews itself every two seconds on a terminal, until Ctrl-C; else it prints once.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Where the service listens
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8088")]
    server: String,
    /// The file that holds its token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Print once, all of it
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let token = args
        .token_file
        .as_ref()
        .map(std::fs::read_to_string)
        .transpose();
    let token = token.context("cannot read the token")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let tls = Network::system().tls();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(TIMEOUT)
            .build()?;
        let service = Service {
            client,
            server: args.server.trim_end_matches('/').to_owned(),
            token: token.map(|token| token.trim().to_owned()),
        };
        let once = args.once || !io::stdout().is_terminal();
        loop {
            let page = service.page().await?;
            let lines = if once { usize::MAX } else { terminal_lines() };
            let shown: String = page
                .lines()
                .take(lines.saturating_sub(1))
                .flat_map(|l| [l, "\n"])
                .collect();
            let mut out = io::stdout().lock();
            write!(out, "{}{shown}", if once { "" } else { HOME })?;
            out.flush()?;
            if once {
                return Ok(ExitCode::SUCCESS);
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    })
}

/// As the environment says it, which shells do when asked to.
fn terminal_lines() -> usize {
    let lines = std::env::var("LINES")
        .ok()
        .and_then(|lines| lines.parse().ok());
    lines.unwrap_or(LINES)
}

struct Service {
    client: reqwest::Client,
    server: String,
    token: Option<String>,
}

impl Service {
    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let mut request = self.client.get(format!("{}/api/v1{path}", self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await;
        let response = response.with_context(|| format!("no service at {}", self.server))?;
        let status = response.status();
        let body: Value =
            serde_json::from_slice(&response.bytes().await?).context("that is no Waylay")?;
        if !status.is_success() {
            bail!(
                "{}: {}",
                status,
                plain(body["detail"].as_str().unwrap_or_default())
            );
        }
        Ok(body)
    }

    async fn page(&self) -> anyhow::Result<String> {
        let worker = self.get("/worker").await?;
        let mut streams = Vec::new();
        let mut after = String::new();
        loop {
            let mut body = self.get(&format!("/streams?limit=1000{after}")).await?;
            if let Value::Array(page) = body["streams"].take() {
                streams.extend(page);
            }
            let Some(next) = body["next"].as_str() else {
                break;
            };
            after = format!("&after={next}");
        }
        Ok(table(&worker, streams))
    }
}

/// What is shown: the worker in two lines, and a line for each stream.
fn table(worker: &Value, mut streams: Vec<Value>) -> String {
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let seconds = |value: &Value| value.as_f64().unwrap_or_default() / 1_000.0;
    // Those that are not live are worse than any that are.
    streams.sort_by_key(|s| (s["state"] == "live", -number(&s["since_look_ms"])));
    let (samples, cpu) = (&worker["samples"], &worker["cpu"]);
    let cpu_s = seconds(&cpu["decode_ms"]) + seconds(&cpu["scan_ms"]);
    let up_s = seconds(&worker["up_ms"]).max(0.001);
    let mut text = String::new();
    // A `String` takes whatever is written to it.
    let _ = writeln!(
        text,
        "waylay {}  up {up_s:.0} s  streams {} of {} ({} live)  boosted {}  cores busy {:.2}",
        worker["version"].as_str().unwrap_or("?"),
        number(&worker["streams"]),
        number(&worker["max_streams"]),
        number(&worker["states"]["live"]),
        worker["boosted"]
            .as_object()
            .map_or(0, |b| b.values().map(number).sum::<i64>()),
        cpu_s / up_s,
    );
    let _ = writeln!(
        text,
        "looks {} of {} wanted, {} dropped, {} failed  p95 {} ms  longest blind {:.1} s  longest wait {:.1} s\n",
        number(&samples["done"]),
        number(&samples["wanted"]),
        number(&samples["dropped"]),
        number(&samples["failed"]),
        number(&worker["latency"]["p95_ms"]),
        seconds(&worker["longest_blind_ms"]),
        seconds(&worker["longest_wait_ms"]),
    );
    let _ = writeln!(
        text,
        "{:<24} {:<10} {:>7} {:>7} {:>7} {:>6} {:>7} {:>6} {:<12} VIDEO",
        "STREAM", "STATE", "BLIND s", "GAP s", "LOOKS/s", "CPU %", "DROPPED", "MISS2s", "BOOST"
    );
    for stream in &streams {
        let watched_s = seconds(&stream["watched_ms"]).max(0.001);
        let cpu_s = seconds(&stream["cpu"]["decode_ms"]) + seconds(&stream["cpu"]["scan_ms"]);
        let video = &stream["video"];
        let last = match (&stream["error"], video.is_null()) {
            (Value::String(error), _) => error.clone(),
            (_, true) => String::new(),
            _ => format!(
                "{} {}x{}",
                video["codec"].as_str().unwrap_or_default(),
                number(&video["width"]),
                number(&video["height"])
            ),
        };
        let _ = writeln!(
            text,
            "{:<24} {:<10} {:>7.1} {:>7.1} {:>7.2} {:>6.1} {:>7} {:>6.2} {:<12} {}",
            plain(stream["id"].as_str().unwrap_or_default()),
            plain(stream["state"].as_str().unwrap_or_default()),
            seconds(&stream["since_look_ms"]),
            seconds(&stream["coverage"]["longest_gap_ms"]),
            stream["samples"]["done"].as_f64().unwrap_or_default() / watched_s,
            100.0 * cpu_s / watched_s,
            number(&stream["samples"]["dropped"]),
            stream["coverage"]["missed_2s"].as_f64().unwrap_or_default(),
            plain(stream["boosted"].as_str().unwrap_or("-")),
            plain(&last),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_worst_come_first() {
        let stream = |id: &str, state: &str, since: i64| {
            json!({"id": id, "state": state, "since_look_ms": since, "watched_ms": 10_000,
                   "samples": {"done": 20, "dropped": 1}, "cpu": {"decode_ms": 100, "scan_ms": 50},
                   "coverage": {"longest_gap_ms": 2_500, "missed_2s": 0.25}})
        };
        let streams = vec![
            stream("a", "live", 100),
            stream("b", "live", 9_000),
            stream("c", "waiting", 50),
        ];
        let text = table(&json!({"version": "1"}), streams);
        let ids: Vec<_> = text
            .lines()
            .skip(4)
            .filter_map(|l| l.split(' ').next())
            .collect();
        assert_eq!(ids, ["c", "b", "a"]);
        let line = text.lines().nth(5).unwrap();
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(
            words,
            ["b", "live", "9.0", "2.5", "2.00", "1.5", "1", "0.25", "-"]
        );
    }

    #[test]
    fn what_a_service_says_cannot_move_the_cursor() {
        let text = table(
            &json!({}),
            vec![json!({"id": "a\u{1b}[2J", "error": "b\u{7}"})],
        );
        assert!(!text.contains(['\u{1b}', '\u{7}']));
    }
}
