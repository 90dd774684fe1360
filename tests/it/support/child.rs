//! The product as a child process, its events awaited and never slept for.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything that is awaited takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The binary under test.
pub(crate) fn waylay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waylay"));
    command.env_remove("WAYLAY_LOG").stdin(Stdio::null());
    command
}

/// A running `waylay watch` or `waylay serve`.
pub(crate) struct Watch {
    child: Child,
    lines: Receiver<String>,
    log: Receiver<String>,
    threads: Vec<JoinHandle<()>>,
}

impl Watch {
    /// Starts `waylay watch --data DATA ARGS...`.
    pub(crate) fn start<S: AsRef<OsStr>>(data: &Path, args: impl IntoIterator<Item = S>) -> Self {
        Self::run("watch", data, args)
    }

    /// Starts `waylay serve --data DATA --listen 127.0.0.1:0 ARGS...`; the address where it listens.
    pub(crate) fn serve(data: &Path, args: &[&str]) -> (Self, String) {
        Self::serve_at("127.0.0.1:0", data, args)
    }

    /// The same with another `--listen`.
    pub(crate) fn serve_at(listen: &str, data: &Path, args: &[&str]) -> (Self, String) {
        let args = ["--listen", listen].into_iter().chain(args.iter().copied());
        Self::run("serve", data, args).address()
    }

    /// The same, which prints its events into `stdout`.
    pub(crate) fn serve_into(stdout: Stdio, data: &Path) -> (Self, String) {
        let args = ["--listen", "127.0.0.1:0"];
        Self::run_into(stdout, "serve", data, args).address()
    }

    /// Where it listens, once it does.
    fn address(self) -> (Self, String) {
        let line = self.logged("listening at http://");
        let (_, address) = line.split_once("http://").unwrap();
        (self, address.trim().to_owned())
    }

    fn run<S: AsRef<OsStr>>(what: &str, data: &Path, args: impl IntoIterator<Item = S>) -> Self {
        Self::run_into(Stdio::piped(), what, data, args)
    }

    fn run_into<S: AsRef<OsStr>>(
        stdout: Stdio,
        what: &str,
        data: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut command = waylay();
        command.arg(what).arg("--data").arg(data).args(args);
        command.stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout: Box<dyn Read + Send> = match child.stdout.take() {
            Some(stdout) => Box::new(stdout),
            None => Box::new(std::io::empty()),
        };
        let (lines, first) = read_lines(stdout);
        let (log, second) = read_lines(child.stderr.take().unwrap());
        Self {
            child,
            lines,
            log,
            threads: vec![first, second],
        }
    }

    /// The next event that `wanted` holds for; those before it are passed over.
    pub(crate) fn event(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| {
                panic!(
                    "no event: {what}; log:\n{}",
                    self.log.try_iter().collect::<Vec<_>>().join("\n")
                )
            });
            let event: Value = serde_json::from_str(&line).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    /// The event that opens an incident with this payload.
    pub(crate) fn opened(&self, payload: &str) -> Value {
        self.event(payload, |event| {
            event["type"] == "waylay.incident.opened.v1" && event["data"]["payload"] == payload
        })
    }

    /// Waits for a line of the log that contains `text`.
    pub(crate) fn logged(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .log
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("not logged: {text}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn stop(&mut self) -> (ExitStatus, Vec<Value>, String) {
        let killed = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        self.finish()
    }

    /// Waits for the end: the exit status, the events that were not taken yet, and the log.
    pub(crate) fn finish(&mut self) -> (ExitStatus, Vec<Value>, String) {
        let status = self.child.wait().unwrap();
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
        let events = self
            .lines
            .try_iter()
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect();
        (
            status,
            events,
            self.log.try_iter().collect::<Vec<_>>().join("\n"),
        )
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Already gone where the test took it to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(from: impl Read + Send + 'static) -> (Receiver<String>, JoinHandle<()>) {
    let (sender, lines) = channel();
    let thread = std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if sender.send(line.unwrap()).is_err() {
                return;
            }
        }
    });
    (lines, thread)
}

/// The events of one run over `args`, which must end by itself.
pub(crate) fn watch(data: &Path, args: &[&str]) -> (i32, Vec<Value>, String) {
    let mut watch = Watch::start(data, args);
    let (status, events, log) = watch.finish();
    (status.code().unwrap(), events, log)
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn payloads(events: &[Value]) -> Vec<&str> {
    let opened = events
        .iter()
        .filter(|e| e["type"] == "waylay.incident.opened.v1");
    opened
        .map(|e| e["data"]["payload"].as_str().unwrap_or("unread"))
        .collect()
}
