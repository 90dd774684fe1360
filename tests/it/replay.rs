//! `waylay replay` and `waylay config`, as a shell sees them.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use waylay::clock::Clock;
use waylay::config::{Config, Location};
use waylay::detect::{self, Budget, Reach, Readers};
use waylay::source::{self, Limits};
use waylay::stop::Stop;

use crate::support::waylay;

fn samples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"))
}

fn run(args: &[&str]) -> (i32, Value, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = waylay().args(args).output().unwrap();
    let log = String::from_utf8(stderr).unwrap();
    (
        status.code().unwrap(),
        serde_json::from_slice(&stdout).unwrap_or(Value::Null),
        log,
    )
}

/// A folder with one of the samples under `manifest`.
fn folder(sample: &str, manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(samples().join(sample), folder.path().join(sample)).unwrap();
    fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
    folder
}

#[test]
fn the_samples_reach_their_floors() {
    let (code, report, log) = run(&["replay", "--json", samples().to_str().unwrap()]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(report["failures"], serde_json::json!([]));
    assert_eq!(
        (&report["missed"], &report["wrong"]),
        (&0.into(), &0.into())
    );
    let quiet = ["no-code.mp4", "code-like-textures.mp4", "photo-no-code.jpg"];
    for sample in report["samples"].as_array().unwrap() {
        assert_eq!(sample["error"], Value::Null, "{sample}");
        if quiet.iter().any(|name| sample["file"] == *name) {
            assert_eq!(
                sample["located"], 0,
                "a texture is taken for a code: {sample}"
            );
        }
    }
}

#[test]
fn what_misses_its_floors_is_a_failure() {
    let label = "[[sample]]\nfile = \"screenshot.png\"\n[[sample.code]]\n";
    let cases = [
        (
            format!("{label}payload = \"https://elsewhere.example\"\n"),
            "missed https://elsewhere.example",
        ),
        (
            "[[sample]]\nfile = \"screenshot.png\"\n".to_owned(),
            "1 wrong payloads, the floor is 0",
        ),
        (
            format!("[floors]\nmin_found = 9\n{label}undecoded = true\nrequired = false\n"),
            "found 0, the floor is 9",
        ),
        (
            "[[sample]]\nfile = \"gone.mp4\"\n".to_owned(),
            "gone.mp4: cannot open: no such file",
        ),
    ];
    for (manifest, message) in cases {
        let folder = folder("screenshot.png", &manifest);
        let (code, report, log) = run(&["replay", "--json", folder.path().to_str().unwrap()]);
        assert_eq!(code, 1, "{manifest}: {log}");
        assert!(
            report["failures"].to_string().contains(message),
            "{manifest}: {report}"
        );
        assert!(log.contains(message), "{log}");
    }
}

/// A clip with a code, a picture whose label says what it does not, and one that cannot be opened.
const MIXED: &str = r#"
[floors]
max_wrong = 1
precision = 0.5

[[sample]]
file = "tiny-overlay.mp4"
covers = ["tiny"]
tactic = "small-overlay"

[[sample.code]]
payload = "https://tiny.side-door.example/q"
class = "on_platform"
module_px = 1.7
to_ms = 566

[[sample]]
file = "screenshot.png"

[[sample.code]]
payload = "https://elsewhere.example/<b>&\u0000\u001b[2J"
tactic = "<script>alert(1)</script>"
module_px = 4.0
place = { corners = [[800, 380], [900, 380], [900, 480], [800, 480]] }
required = false

[[sample]]
file = "gone \"<i>\".mp4"
covers = ["no-code"]
"#;

/// A folder with [`MIXED`] in it, and the path of a file beside it that can be written.
fn mixed() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = folder("screenshot.png", MIXED);
    let clip = "tiny-overlay.mp4";
    fs::copy(samples().join(clip), folder.path().join(clip)).unwrap();
    let path = folder.path().to_owned();
    (folder, move |name| {
        path.join(name).to_str().unwrap().to_owned()
    })
}

#[test]
fn a_report_has_the_keys_of_the_contract() {
    let (folder, path) = mixed();
    let at = folder.path().to_str().unwrap().to_owned();
    let (_, first, _) = run(&["replay", "--json", &at]);
    // As if another code had been found before, and cost had been known to be higher.
    let mut before = first;
    before["samples"][1]["codes"][0]["found"] = true.into();
    before["samples"][1]["wrong"] = serde_json::json!([]);
    fs::write(path("before.json"), before.to_string()).unwrap();
    let (code, report, log) = run(&["replay", "--json", "--compare", &path("before.json"), &at]);
    assert_eq!(code, 1, "{log}");
    insta::assert_json_snapshot!(report, {
        ".version" => "[version]",
        ".compared.version" => "[version]",
        ".**.decode_ms" => "[ms]",
        ".**.scan_ms" => "[ms]",
        ".**.worst_scan_ms" => "[ms]",
        ".compared.cpu.decode" => "[ratio]",
        ".compared.cpu.scan" => "[ratio]",
        ".**.corners" => "[px]",
    });
}

#[test]
fn the_page_and_the_junit_file_hold_hostile_names_as_text() {
    let (folder, path) = mixed();
    let at = folder.path().to_str().unwrap().to_owned();
    let (page, junit) = (path("report.html"), path("report.xml"));
    let (code, _, log) = run(&["replay", "--json", "--html", &page, "--junit", &junit, &at]);
    assert_eq!(code, 1, "{log}");
    let page = fs::read_to_string(page).unwrap();
    for part in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "gone &quot;&lt;i&gt;&quot;.mp4",
        "https://elsewhere.example/&lt;b&gt;&amp;\u{fffd}\u{fffd}[2J",
        "<span class=\"badge bad\">wrong</span> <b>screenshot.png</b>",
        "<span class=\"badge warn\">missed</span> <b>screenshot.png</b>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in [
        "<script",
        "<i>",
        "<b>&",
        "\u{0}",
        "\u{1b}",
        "http-equiv=\"refresh",
    ] {
        assert!(!page.contains(part), "{part}");
    }
    // Two frames and two close-ups, which are pictures; nothing else is loaded.
    let pictures: Vec<_> = page.split("src=\"").skip(1).collect();
    assert_eq!(pictures.len(), 4);
    assert!(
        pictures
            .iter()
            .all(|p| p.starts_with("data:image/jpeg;base64,/9j/"))
    );

    let junit = fs::read_to_string(junit).unwrap();
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let cases = |with: &str| {
        let cases = junit.descendants().filter(|n| n.has_tag_name("testcase"));
        cases
            .filter(|n| with.is_empty() || n.children().any(|c| c.has_tag_name(with)))
            .count()
    };
    let suite = junit.root_element().first_element_child().unwrap();
    for (count, with) in [
        ("tests", ""),
        ("failures", "failure"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(
            suite.attribute(count).unwrap(),
            cases(with).to_string(),
            "{count}"
        );
    }
    assert_eq!((cases("failure"), cases("skipped")), (3, 1));
}

#[test]
fn a_run_that_is_worse_fails_where_it_is_asked_for() {
    let label =
        "[[sample]]\nfile = \"screenshot.png\"\n[[sample.code]]\nrequired = false\npayload = ";
    let found = folder(
        "screenshot.png",
        &format!("{label}\"https://shop.example.live/item/1042\"\n"),
    );
    let (code, before, log) = run(&["replay", "--json", found.path().to_str().unwrap()]);
    assert_eq!(
        (code, &before["total"]["recall"]),
        (0, &1.0.into()),
        "{log}"
    );
    let baseline = found.path().join("before.json");
    let baseline = baseline.to_str().unwrap();
    fs::write(baseline, before.to_string()).unwrap();
    // The picture changes, and the code in it is gone: what a break in the product looks like.
    let picture = found.path().join("screenshot.png");
    fs::copy(samples().join("photo-no-code.jpg"), picture).unwrap();
    let at = found.path().to_str().unwrap();
    let (code, report, log) = run(&["replay", "--json", "--compare", baseline, at]);
    assert_eq!(code, 0, "{log}");
    let lost = &report["compared"]["newly_lost"];
    assert_eq!(
        lost[0]["payload"], "https://shop.example.live/item/1042",
        "{report}"
    );
    let (code, report, log) = run(&["replay", "--json", "--compare", baseline, "--no-worse", at]);
    assert_eq!(code, 1, "{log}");
    let failure = "recall fell: 0 of 1 codes that both know, before 1";
    assert_eq!(report["failures"], serde_json::json!([failure]));
    assert!(log.contains(failure), "{log}");
    let (code, ..) = run(&["replay", "--no-worse", at]);
    assert_eq!(code, 2, "worse than what?");
    let (code, _, log) = run(&["replay", "--compare", &format!("{at}/screenshot.png"), at]);
    assert_eq!(code, 2);
    assert!(
        log.contains("expected what `waylay replay --json` prints"),
        "{log}"
    );
}

/// The frame on the page is the one that the label names, wherever the keyframes are.
#[test]
fn a_frame_is_found_by_its_time() {
    let clip = Location::File(samples().join("flash-between-keyframes.mp4"));
    let limits = Limits {
        timeouts: Config::default().timeouts,
        stop: Stop::new(),
        clock: Clock::system(),
    };
    let mut read = Vec::new();
    let times = [2_500, 900, 1_233, 600, 99_000];
    source::moments(&clip, &limits, &times, &mut |at_ms, picture| {
        let budget = Budget {
            candidates: Budget::DEFAULT_CANDIDATES,
            expired: &|| false,
            reach: Reach::Whole,
        };
        let scan = detect::scan(&picture.luma().unwrap(), Readers::RQRR, &budget);
        let shows = scan.symbols.iter().any(|symbol| symbol.bytes.is_some());
        read.push((at_ms, picture.media_ms(), shows));
    })
    .unwrap();
    // The code is shown from 700 to 1200 ms, and a keyframe comes every 2 s.
    assert_eq!(
        read,
        [
            (600, 600, false),
            (900, 900, true),
            (1_233, 1_233, false),
            (2_500, 2_500, false),
            (99_000, 2_567, false),
        ]
    );
}

#[test]
fn a_folder_that_cannot_be_replayed_is_bad_input() {
    let folder = folder("screenshot.png", "[[sample]]\nfil = \"x\"\n");
    for (path, message) in [
        (folder.path(), "manifest.toml:2:1: unknown field `fil`"),
        (Path::new("gone"), "cannot read gone"),
    ] {
        let (code, _, log) = run(&["replay", path.to_str().unwrap()]);
        assert_eq!((code, log.lines().count()), (2, 1), "{log}");
        assert!(log.contains(message), "{log}");
    }
}

#[test]
fn a_configuration_is_checked_together_with_its_policy() {
    let folder = tempfile::tempdir().unwrap();
    let (config, policy) = (
        folder.path().join("config.toml"),
        folder.path().join("policy.toml"),
    );
    fs::write(&policy, "[platform]\nname = \"Test\"\n").unwrap();
    fs::write(
        &config,
        format!(
            "policy = {policy:?}\n[[streams]]\nid = \"a\"\nurl = \"rtmp://h.example/live/s3cret\"\n"
        ),
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let (code, _, log) = run(&["config", "check", config]);
    assert_eq!(code, 0, "{log}");
    let shown = waylay().args(["config", "show", config]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("rtmp://h.example/live/***") && !shown.contains("s3cret"),
        "{shown}"
    );
    // The policy of some streams is one as well as that of the rest.
    for key in ["policy", "policies.strict"] {
        fs::write(&policy, "[platfrom]\n").unwrap();
        fs::write(config, format!("{key} = {policy:?}\n")).unwrap();
        let (code, _, log) = run(&["config", "check", config]);
        assert_eq!(code, 2, "{key}");
        assert!(
            log.contains("policy.toml:1:") && log.contains("platfrom"),
            "{log}"
        );
    }
}

/// Whoever asks what is in force is told of all of it but for secrets.
#[test]
fn a_configuration_is_shown_with_its_tables() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let text = r#"
[[streams]]
id = "a"
url = "rtmp://h.example/live/s3cret"
labels = ["vip"]
registry = "seller.toml"
[[ingest]]
id = "edge"
kind = "srs"
pull = "rtmp://origin.example/{app}/{name}"
hook_secret_env = "HOOKS"
gate = true
on_error = "closed"
apps = ["live"]
[[webhooks]]
name = "ops"
url = "https://ops.example/s3cret"
secret_env = ["OPS"]
classes = ["off_platform"]
timeout_ms = 2500
"#;
    fs::write(&config, text).unwrap();
    let output = waylay()
        .args(["config", "show", config.to_str().unwrap()])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let told = [
        "labels [\"vip\"] registry seller.toml policy none",
        "hook_secret given gate true on_error closed apps [\"live\"]",
        "secrets 1 types [] classes [\"off_platform\"]",
        "timeout_ms 2500",
    ];
    for told in told {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(!shown.contains("s3cret"), "{shown}");
}
