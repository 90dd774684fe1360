//! What the benchmarks of live streams share: recordings to play, the service, and what a process takes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};

pub(crate) use clip::{draw, ffmpeg};
pub(crate) use http::Api;
pub(crate) use server::Nginx;

#[path = "../../tests/it/support/clip.rs"]
mod clip;
#[path = "../../tests/it/support/http.rs"]
mod http;
#[path = "../../tests/it/support/server.rs"]
mod server;

/// H.264 with sound, a keyframe every 2 s, and a code that is shown once.
pub(crate) struct Recording {
    /// What the code says.
    pub(crate) payload: String,
    /// Width and height in px.
    pub(crate) size: (u32, u32),
    /// Frames a second.
    pub(crate) rate: u32,
    /// Bits a second of the video, as ffmpeg writes them.
    pub(crate) bits: &'static str,
    /// How long it is, in seconds.
    pub(crate) length_s: f64,
    /// From when to when the code is shown, in seconds.
    pub(crate) shown_s: (f64, f64),
    /// Whether there is noise over the test picture.
    pub(crate) noisy: bool,
}

impl Recording {
    /// Makes it as `folder/name.flv`, over the picture of `WAYLAY_LOAD_CLIP` if that is given.
    pub(crate) fn make(&self, folder: &Path, name: &str) -> PathBuf {
        let code = folder.join(format!("{name}.png"));
        draw(&self.payload).save(&code).unwrap();
        let path = folder.join(format!("{name}.flv"));
        let ((width, height), rate, (from, to)) = (self.size, self.rate, self.shown_s);
        let side = height * 5 / 18;
        let filter = format!(
            "[0]scale={width}:{height},fps={rate}[picture];[1]scale={side}:{side}:flags=neighbor[code];\
             [picture][code]overlay=W/2:H/3:enable='between(t,{from},{to})'"
        );
        let mut command = ffmpeg();
        if let Some(file) = std::env::var_os("WAYLAY_LOAD_CLIP") {
            command.args(["-stream_loop", "-1", "-i"]).arg(file);
        } else {
            let noise = if self.noisy {
                ",noise=alls=6:allf=t"
            } else {
                ""
            };
            let picture = format!("testsrc2=s={width}x{height}:r={rate}{noise}");
            command.args(["-f", "lavfi", "-i", &picture]);
        }
        command.arg("-i").arg(&code);
        command.args(["-f", "lavfi", "-i", "sine=frequency=440"]);
        command.args(["-filter_complex", &filter, "-map", "2:a"]);
        command.args(["-t", &self.length_s.to_string()]);
        command.args(["-c:a", "aac", "-c:v", "libx264", "-preset", "veryfast"]);
        command.args(["-pix_fmt", "yuv420p", "-sc_threshold", "0"]);
        command.args(["-g", &(2 * rate).to_string()]);
        for limit in ["-b:v", "-maxrate", "-bufsize"] {
            command.args([limit, self.bits]);
        }
        let made = command.arg("-y").arg(&path).status();
        assert!(
            made.expect("ffmpeg is needed: see scripts/setup.sh")
                .success()
        );
        path
    }
}

/// `waylay serve`, and the events that it has printed, each with the moment at which it came.
pub(crate) struct Service {
    child: Child,
    pub(crate) api: Api,
    pub(crate) events: Arc<Mutex<Vec<(Instant, Value)>>>,
}

impl Service {
    pub(crate) fn start(folder: &Path) -> Self {
        // A code is back after 12 s at the soonest: each showing is to be an incident of its own.
        let usual = folder.join("config.toml");
        fs::write(&usual, "[incidents]\ngap_ms = 4000\n").unwrap();
        let named = std::env::var_os("WAYLAY_LOAD_CONFIG").map(PathBuf::from);
        Self::start_with(folder, named.as_ref().unwrap_or(&usual))
    }

    /// With this configuration.
    pub(crate) fn start_with(folder: &Path, config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waylay"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(folder.join("data"));
        command.arg("--config").arg(config);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address =
            log.find_map(|line| Some(line.ok()?.split_once("http://")?.1.trim().to_owned()));
        let api = Api::at(&address.expect("it listens"));
        std::thread::spawn(move || log.for_each(drop));
        let events: Arc<Mutex<Vec<_>>> = Arc::default();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn({
            let events = Arc::clone(&events);
            move || {
                for line in lines.map_while(Result::ok) {
                    let event = serde_json::from_str(&line).unwrap();
                    events.lock().unwrap().push((Instant::now(), event));
                }
            }
        });
        Self { child, api, events }
    }

    /// Has it watch `live/0` and so on of the server at this port.
    pub(crate) fn watch(&self, port: u16, streams: usize) {
        for stream in 0..streams {
            let url = format!("rtmp://127.0.0.1:{port}/live/{stream}");
            let body = json!({"id": stream.to_string(), "url": url});
            let answer = self.api.post("/api/v1/streams", &body);
            assert_eq!(answer.status, 201, "{answer:?}");
        }
    }

    /// Watches none of them any more.
    #[allow(dead_code, reason = "a benchmark shares this file and does not ask")]
    pub(crate) fn forget(&self, streams: usize) {
        for stream in 0..streams {
            let path = format!("/api/v1/streams/{stream}");
            let answer = self.api.ask("DELETE", &path, "");
            assert_eq!(answer.status, 204, "{answer:?}");
        }
    }

    /// How it is as a whole.
    pub(crate) fn worker(&self) -> Value {
        self.api.get("/api/v1/worker").json()
    }

    /// How each stream is.
    pub(crate) fn streams(&self) -> Vec<Value> {
        let answer = self.api.get("/api/v1/streams?limit=5000").json();
        answer["streams"].as_array().unwrap().clone()
    }

    /// How many threads it has (`task`), or descriptors (`fd`).
    pub(crate) fn count(&self, what: &str) -> usize {
        fs::read_dir(format!("/proc/{}/{what}", self.id())).map_or(0, Iterator::count)
    }

    /// What it holds of the memory that it asked for, in MB: a leak grows here, where nothing lies free in between.
    pub(crate) fn in_use_mb(&self) -> f64 {
        let metrics = self.api.get("/metrics").text;
        let mut lines = metrics.lines();
        let line = lines.find_map(|line| line.strip_prefix("waylay_heap_bytes "));
        let bytes = line.and_then(|bytes| bytes.parse::<f64>().ok());
        bytes.unwrap_or(f64::NAN) / f64::from(1 << 20)
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time of a process in seconds: fields 14 and 15 of proc(5).
pub(crate) fn cpu_s(process: u32) -> f64 {
    ticks_s(process, 11)
}

/// The same of its children that have ended and were waited for: fields 16 and 17.
pub(crate) fn ended_children_cpu_s(process: u32) -> f64 {
    ticks_s(process, 13)
}

/// Two fields of `/proc/PID/stat` after its name, which are in hundredths of a second.
fn ticks_s(process: u32, skip: usize) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks = fields
        .skip(skip)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

pub(crate) fn rss_mb(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}

/// What half and 95 of 100 are not above, and the most; -1 where there is none.
pub(crate) fn percentiles(mut of: Vec<i64>) -> [i64; 3] {
    of.sort_unstable();
    [50, 95, 100].map(|p| {
        let at = (of.len() * p).div_ceil(100).saturating_sub(1);
        of.get(at).copied().unwrap_or(-1)
    })
}

/// Of the line that fits best (least squares); 0 for fewer than two points.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let along = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y));
    let square = points.iter().map(|(x, _)| (x - mean_x).powi(2));
    let (along, square) = (along.sum::<f64>(), square.sum::<f64>());
    if square > 0.0 { along / square } else { 0.0 }
}
