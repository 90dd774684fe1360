//! The review desk in a real browser: the binary on records that it wrote itself, driven by the scripts in `tests/browser`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

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

/// The same for what strangers do. The hosts of two stream under markup, a third has a label that a table would compute, and
/// the name of the last one is as long as names are.
const HOSTILE_ROOMS: [(&str, &str, &[&str]); 6] = [
    (
        "room-201",
        "hostile.mp4",
        &[
            "host:<img src=x onerror=alert(1)>\u{202e}",
            "\u{202e}gpj.exe",
        ],
    ),
    (
        "room-202",
        "hostile.mp4",
        &["=HYPERLINK(\"https://evil.example\")", "host:+1"],
    ),
    ("room-203", "hostile.mp4", &[LONG_LABEL]),
    ("room-204", "wechat-pay.mp4", &["host:4711"]),
    ("room-205", "wechat-pay.mp4", &["host:4711"]),
    (LONG_NAME, "pix.mp4", &["host:9913"]),
];
const LONG_LABEL: &str = "host:wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";
const LONG_NAME: &str = "room-wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

/// Where the packages of the browser tests are, if they are installed.
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
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
    let found = (installed && is_there("node") && is_there("chromium")).then_some(folder);
    if found.is_none() {
        eprintln!(
            "skipped: node, chromium or the packages of tests/browser are missing (scripts/setup.sh test)"
        );
    }
    found
}

/// Where the screenshots of a test are kept.
fn shots(name: &str) -> PathBuf {
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&shots);
    fs::create_dir_all(&shots).unwrap();
    shots
}

/// Runs a script against the service at `address`.
fn drive(packages: &Path, script: &str, address: &str, shots: &Path, set: &[(&str, &str)]) {
    let ran = Command::new("node")
        .arg(packages.join(script))
        .arg(format!("http://{address}"))
        .arg(shots)
        .env("SAMPLE_PICTURE", sample("screenshot.png"))
        .env("SAMPLE_CLIP", sample("flash-on-keyframe.mp4"))
        .envs(set.iter().copied())
        .output()
        .unwrap();
    let (told, failed) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(
        ran.status.success(),
        "{script}\n{told}\n{failed}\nscreenshots: {}",
        shots.display()
    );
}

/// Watches `rooms` to their ends: the records are in `data`.
fn fill(folder: &Path, data: &Path, rooms: &[(&str, &str, &[&str])]) {
    let hostile = Clip {
        payload: HOSTILE,
        size: (1280, 720),
        ..Clip::default()
    };
    let hostile = hostile.make(folder, "hostile.mp4");
    let mut config = String::from("[clips]\nbefore_ms = 2000\nafter_ms = 2000\n");
    for (id, file, labels) in rooms {
        let path = if *file == "hostile.mp4" {
            hostile.display().to_string()
        } else {
            sample(file)
        };
        // A list of strings is the same in TOML.
        let labels = json!(labels);
        let stream = format!("[[streams]]\nid = {id:?}\nurl = '{path}'\nlabels = {labels}\n");
        config.push_str(&stream);
    }
    let file = folder.join("rooms.toml");
    fs::write(&file, config).unwrap();
    let watched = waylay()
        .args(["watch", "--config"])
        .arg(&file)
        .args(["--policy", &sample("policy.toml"), "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert!(
        watched.status.success(),
        "{}",
        String::from_utf8_lossy(&watched.stderr)
    );
}

/// Makes what one incident says longer than any code is, as an event of it that follows.
fn lengthen(data: &Path, stream: &str) {
    const KIB: usize = 1 << 10;
    let mut payload =
        "https://evil.example/<script>window.owned=1</script>\u{202e}&quot;\u{200b}微 ".repeat(KIB);
    payload.push_str(&"W".repeat(100 * KIB));
    let payload: String = payload.chars().take(100 * KIB).collect();
    let name = format!("<b>{}", "W".repeat(500));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("waylay.sqlite"));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        for statement in [
            "INSERT INTO incident_event (id, incident, sequence, type, recorded_us, event)
             SELECT incident || '.' || (sequence + 1), incident, sequence + 1, 'waylay.incident.updated.v1', recorded_us,
                 json_set(event, '$.data.payload', ?1, '$.data.fields.payee_name', ?2)
             FROM incident_event WHERE incident = (SELECT id FROM incident WHERE stream = ?3)
             ORDER BY sequence DESC LIMIT 1",
            "UPDATE incident SET sequence = sequence + 1, payload = substr(?1, 1, 4096), payee_name = ?2 WHERE stream = ?3",
        ] {
            let query = sqlx::query(statement).bind(&payload).bind(&name).bind(stream);
            assert_eq!(query.execute(&pool).await.unwrap().rows_affected(), 1);
        }
        pool.close().await;
    });
}

#[test]
fn reviewers_work_in_a_browser() {
    let Some(packages) = packages() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fill(folder.path(), &data, &ROOMS);
    // What comes in while somebody looks.
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/late", nginx.rtmp);
    let _publisher = Publisher::start(Path::new(&sample("rotated.mp4")), &["flv"], &url);
    let (mut served, address) = Watch::serve(&data, &["--policy", &sample("policy.toml")]);
    let api = Api::at(&address);
    let nowhere =
        json!({"id": "gone", "url": "rtmp://127.0.0.1:9/live/gone", "labels": ["host:9"]});
    assert_eq!(api.post("/api/v1/streams", &nowhere).status, 201);
    let shots = shots("desk");
    drive(
        &packages,
        "run.mjs",
        &address,
        &shots,
        &[("LATE_URL", &url)],
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn accounts_and_strangers_are_held_to_what_they_may_in_a_browser() {
    let Some(packages) = packages() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fill(folder.path(), &data, &HOSTILE_ROOMS);
    lengthen(&data, "room-203");
    let config = folder.path().join("serve.toml");
    // Nobody is there to be told.
    let secret = folder.path().join("secret");
    let text = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    fs::write(&secret, text).unwrap();
    let review = "[review]\nsecond_share = 1.0\ngolden_share = 0.0\n";
    let webhook = "[[webhooks]]\nname = 'ops'\nurl = 'http://127.0.0.1:9/hook'\n";
    let text = format!("{review}{webhook}secret_files = [{secret:?}]\n");
    fs::write(&config, text).unwrap();
    let policy = sample("policy.toml");
    let args = ["--policy", &policy, "--config", config.to_str().unwrap()];
    let (mut served, address) = Watch::serve(&data, &args);
    let line = served.logged("/setup?token=");
    let link = &line[line.find("/setup").unwrap()..];
    let set = [
        ("SETUP_LINK", link.trim()),
        ("PASSWORD", "correct horse s3cret"),
    ];
    let shots = shots("accounts");
    for script in ["accounts.mjs", "hostile.mjs"] {
        drive(&packages, script, &address, &shots, &set);
    }
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    assert!(
        !log.contains("s3cret") && !log.contains("panicked"),
        "{log}"
    );
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}
