//! The API against its own description: schemathesis asks everything that the document allows, and much that it does not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Clip, Watch, watch};

/// Where scripts/setup.sh puts it.
const INSTALLED: &str = ".tools/schemathesis/bin/schemathesis";

/// The program; `None` where it is not installed.
fn schemathesis() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join(INSTALLED);
    let there = |path: &PathBuf| {
        let asked = Command::new(path)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    [installed, PathBuf::from("schemathesis")]
        .into_iter()
        .find(there)
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn the_api_does_what_its_document_says_and_nothing_else() {
    let Some(schemathesis) = schemathesis() else {
        eprintln!("skipped: schemathesis is not there; scripts/setup.sh test installs it");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Something is on record, so that there is something to ask for.
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let (code, _, log) = watch(&data, &[clip.to_str().unwrap()]);
    assert_eq!(code, 0, "{log}");
    let token = folder.path().join("token");
    std::fs::write(&token, "0123456789abcdef").unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(
        &config,
        format!(
            "[serve]\ntoken_file = '{}'\nmax_streams = 8\n",
            token.display()
        ),
    )
    .unwrap();
    let (mut served, address) = Watch::serve(&data, &["--config", config.to_str().unwrap()]);
    let asked = Command::new(schemathesis)
        .current_dir(folder.path())
        .args(["run", &format!("http://{address}/api/v1/openapi.json")])
        .args(["--header", "Authorization: Bearer 0123456789abcdef"])
        // It is heard for as long as somebody listens.
        .args(["--exclude-path", "/api/v1/feed"])
        .args(["--seed", "1", "--max-examples", "20", "--no-color"])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance",
        ])
        .args([
            "--checks",
            "response_schema_conformance,response_headers_conformance",
        ])
        .args(["--checks", "unsupported_method,negative_data_rejection"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "{said}");
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
