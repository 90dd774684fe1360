//! `waylay replay` and `waylay config`, as a shell sees them.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

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
    fs::write(&policy, "[platfrom]\n").unwrap();
    let (code, _, log) = run(&["config", "check", config]);
    assert_eq!(code, 2);
    assert!(
        log.contains("policy.toml:1:") && log.contains("platfrom"),
        "{log}"
    );
}
