//! The review desk in a real browser: the binary on records that it wrote itself, driven by `tests/browser/run.mjs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Api, Clip, Nginx, Publisher, Watch, waylay};

/// What a stranger may have written into a code: markup, a change of direction, and a link.
const HOSTILE: &str = "https://evil.example/<script>document.title='owned'</script><img src=x onerror=alert(1)>\u{202e}gpj";

/// Streams, what they show, and who they say they are. Three show the same place.
const ROOMS: [(&str, &str, &[&str]); 9] = [
    ("room-101", "wechat-pay.mp4", &["host:4711", "new-seller"]),
    ("room-102", "wechat-pay.mp4", &["host:4711"]),
    ("room-103", "wechat-pay.mp4", &["host:8002", "night"]),
    ("room-104", "pix.mp4", &["host:9913"]),
    ("room-105", "two-codes.mp4", &["host:9913"]),
    ("room-106", "held-card.mp4", &[]),
    ("room-107", "on-platform.mp4", &["host:1"]),
    ("room-108", "unreadable-covered.mp4", &["host:2"]),
    ("room-109", "hostile.mp4", &["host:<b>x</b>"]),
];

/// Where the packages of the browser test are, if they are installed.
fn packages() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let is_there = |program: &str| {
        let ran = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ran.is_ok_and(|status| status.success())
    };
    let installed = folder.join("node_modules/playwright-core").is_dir();
    (installed && is_there("node") && is_there("chromium")).then_some(folder)
}

fn fill(folder: &Path, data: &Path) {
    let hostile = Clip {
        payload: HOSTILE,
        size: (1280, 720),
        ..Clip::default()
    };
    let hostile = hostile.make(folder, "hostile.mp4");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut config = String::from("[clips]\nbefore_ms = 2000\nafter_ms = 2000\n");
    for (id, file, labels) in ROOMS {
        let path = if file == "hostile.mp4" {
            hostile.clone()
        } else {
            samples.join(file)
        };
        let stream = format!(
            "[[streams]]\nid = {id:?}\nurl = '{}'\nlabels = {labels:?}\n",
            path.display()
        );
        config.push_str(&stream);
    }
    let file = folder.join("rooms.toml");
    fs::write(&file, config).unwrap();
    let watched = waylay()
        .args(["watch", "--config"])
        .arg(&file)
        .arg("--policy")
        .arg(samples.join("policy.toml"))
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    assert!(
        watched.status.success(),
        "{}",
        String::from_utf8_lossy(&watched.stderr)
    );
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn reviewers_work_in_a_browser() {
    let Some(packages) = packages() else {
        eprintln!(
            "skipped: node, chromium or the packages of tests/browser are missing (scripts/setup.sh test)"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fill(folder.path(), &data);
    // What comes in while somebody looks.
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/late", nginx.rtmp);
    let _publisher = Publisher::start(Path::new(&sample("rotated.mp4")), &["flv"], &url);
    let (mut served, address) = Watch::serve(&data, &["--policy", &sample("policy.toml")]);
    let api = Api::at(&address);
    let nowhere =
        json!({"id": "gone", "url": "rtmp://127.0.0.1:9/live/gone", "labels": ["host:9"]});
    assert_eq!(api.post("/api/v1/streams", &nowhere).status, 201);

    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desk");
    let _ = fs::remove_dir_all(&shots);
    fs::create_dir_all(&shots).unwrap();
    let ran = Command::new("node")
        .arg(packages.join("run.mjs"))
        .arg(format!("http://{address}"))
        .arg(&shots)
        .env("LATE_URL", &url)
        .env("SAMPLE_PICTURE", sample("screenshot.png"))
        .env("SAMPLE_CLIP", sample("flash-on-keyframe.mp4"))
        .output()
        .unwrap();
    let (told, failed) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(
        ran.status.success(),
        "{told}\n{failed}\nscreenshots: {}",
        shots.display()
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}
