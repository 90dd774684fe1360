//! The service is killed over and over, while a receiver of its webhooks fails now and then: nothing is lost, nothing is
//! invented.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use waylay::store::Store;

use crate::support::{Api, Clip, Nginx, Receiver, Watch, ffmpeg, text, waylay};

const STREAMS: usize = 20;

/// How often it is killed, unless `WAYLAY_KILLS` says so.
const KILLS: usize = 5;

/// What the receiver is told to be.
const FLAKY: u16 = 500;
const HEALTHY: u16 = 204;

/// One publisher of many streams.
struct Publishers(Child);

impl Publishers {
    fn start(clip: &Path, port: u16) -> Self {
        let mut command = ffmpeg();
        command.args(["-re", "-stream_loop", "-1", "-i"]).arg(clip);
        for stream in 0..STREAMS {
            command.args(["-c", "copy", "-f", "flv"]);
            command.arg(format!("rtmp://127.0.0.1:{port}/live/{stream}"));
        }
        let child = command.stderr(Stdio::null()).spawn();
        Self(child.expect("ffmpeg is needed for this test: see scripts/setup.sh"))
    }
}

impl Drop for Publishers {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Numbers that look random, and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        // Knuth, MMIX.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The configuration: with streams, or without any.
fn config(folder: &Path, receiver: u16, rtmp: Option<u16>) -> std::path::PathBuf {
    let secret = folder.join("secret");
    fs::write(&secret, format!("whsec_{}", STANDARD.encode([7; 32]))).unwrap();
    let mut config = format!(
        "[incidents]\ngap_ms = 1000\nupdate_ms = 500\n
         [[webhooks]]\nname = 'ops'\nurl = 'http://127.0.0.1:{receiver}/hook'\nsecret_files = ['{}']\n\
         concurrency = 16\ntimeout_ms = 1000\n",
        text(&secret)
    );
    for stream in (0..STREAMS).filter(|_| rtmp.is_some()) {
        let port = rtmp.unwrap_or_default();
        let url = format!("rtmp://127.0.0.1:{port}/live/{stream}");
        writeln!(config, "[[streams]]\nid = 's{stream}'\nurl = '{url}'").unwrap();
    }
    let path = folder.join(format!("config-{}.toml", rtmp.is_some()));
    fs::write(&path, config).unwrap();
    path
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

#[test]
fn nothing_is_lost_by_kills() {
    let kills = std::env::var("WAYLAY_KILLS").ok();
    let kills = kills.and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clip = Clip {
        shown: (1.0, 2.5),
        size: (320, 180),
        gop: 15,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "clip.mp4");
    let nginx = Nginx::start(folder.path());
    // Some requests fail and some are not answered, but never five in a row, which would have it left alone.
    // Once it is healthy it takes whatever comes.
    let receiver = Receiver::start_with(FLAKY, |before, status| match (status, before % 9) {
        (FLAKY, 3) => 503,
        (FLAKY, 6) => 0,
        _ => 204,
    });
    let with_streams = config(folder.path(), receiver.port, Some(nginx.rtmp));
    let without = config(folder.path(), receiver.port, None);
    let publishers = Publishers::start(&clip, nginx.rtmp);

    let mut numbers = Numbers(2_026);
    let mut printed = Vec::new();
    for _ in 0..kills {
        let (mut served, _) = Watch::serve(&data, &["--config", text(&with_streams)]);
        for _ in 0..=numbers.below(60) {
            printed.push(served.event("something happens", |_| true));
        }
        served.kill();
        let (_, rest, _) = served.finish();
        printed.extend(rest);
    }
    drop(publishers);
    receiver.answer(HEALTHY);

    // What is still to be delivered is delivered, and what is to be sealed is sealed.
    let (mut served, address) = Watch::serve(&data, &["--config", text(&without)]);
    Api::at(&address).await_that("/api/v1/deliveries", "all is delivered", |left| {
        left["deliveries"] == json!([])
    });
    let (status, rest, log) = served.stop();
    assert!(status.success() && rest.is_empty(), "{log}");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let recorded = runtime.block_on(async {
        let store = Store::open(&data.join("waylay.sqlite")).await.unwrap();
        store.events().await.unwrap()
    });
    let recorded: Vec<Value> = recorded
        .iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect();
    let ids: BTreeSet<String> = recorded.iter().map(id).collect();
    assert_eq!(ids.len(), recorded.len(), "none is there twice");
    for event in &printed {
        assert!(recorded.contains(event), "it was printed: {event}");
    }

    // Delivered once at least, and in order.
    let mut delivered: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut first = BTreeSet::new();
    for posted in receiver.taken() {
        let event: Value = serde_json::from_str(&posted.body).unwrap();
        assert!(recorded.contains(&event), "it is on record: {event}");
        if posted.status == 204 && first.insert(id(&event)) {
            let incident = event["data"]["incident"].as_str().unwrap().to_owned();
            let sequence = event["data"]["sequence"].as_i64().unwrap();
            delivered.entry(incident).or_default().push(sequence);
        }
    }
    assert_eq!(first, ids);
    for (incident, sequences) in &delivered {
        let all: Vec<i64> = (1..=sequences.len() as i64).collect();
        assert_eq!(*sequences, all, "{incident}");
    }

    let mut verify = waylay();
    verify.args(["evidence", "verify", "--data", text(&data)]);
    let verified = verify.output().unwrap();
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}");
}
