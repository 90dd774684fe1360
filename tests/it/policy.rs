//! `waylay policy check`, as a shell sees it.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::explain::waylay;

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn check(path: &Path) -> (Option<i32>, String, String) {
    let output = waylay(&["policy", "check", path.to_str().unwrap()], b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_good_policy_is_summed_up() {
    let file = file("[platform]\nname = 'Ours'\ndomains = ['ours.example']\n");
    let (code, out, err) = check(file.path());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let (id, counts) = out.trim_end().split_once(": ").unwrap();
    assert!(
        id.starts_with("Ours@") && id.len() == "Ours@".len() + 12,
        "{out}"
    );
    assert_eq!(
        counts,
        "1 domain, 0 app schemes, 0 short links, 0 payees, 0 destinations, 0 rules"
    );
}

#[test]
fn a_bad_policy_is_refused_with_its_place() {
    let file = file("[platform]\nname = 'Ours'\ndomains = ['ours.example', 'co.uk']\n");
    let (code, out, err) = check(file.path());
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let place = format!("{}:3:28: `co.uk` is a public suffix", file.path().display());
    assert!(err.starts_with(&place) && err.lines().count() == 1, "{err}");
}

#[test]
fn a_policy_that_is_no_text_is_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"\xff\xfe").unwrap();
    let (code, _, err) = check(file.path());
    assert_eq!(code, Some(2));
    assert_eq!(err.lines().count(), 1, "{err}");
}

/// The policy and the seller in the reference must stay some that work.
#[test]
fn the_examples_of_the_reference_are_accepted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ref/policy.md");
    let text = std::fs::read_to_string(path).unwrap();
    let examples: Vec<_> = text
        .split("```toml\n")
        .skip(1)
        .map(|rest| file(rest.split("```").next().unwrap()))
        .collect();
    let [policy, seller] = examples.as_slice() else {
        panic!("{} examples", examples.len());
    };
    let (code, _, err) = check(policy.path());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let seller = seller.path().to_str().unwrap();
    let output = waylay(&["explain", "--stream-registry", seller, "x"], b"");
    assert_eq!(output.status.code(), Some(0));
}

const SELLER: &str = "[seller]\npayees = [{ scheme = 'upi', payee = 'bags@ybl' }]\n";

/// Whoever writes a rule sees why it does or does not count.
#[test]
fn explain_tells_of_every_rule_and_of_the_seller() {
    let policy = file(
        "[platform]\nname = 'Ours'\n\
         [[rule]]\nid = 'night'\nwhen = { time = ['22:00-06:00'] }\naction = 'warn'\n\
         [[rule]]\nid = 'someone-else'\nwhen = { flag = ['payee-mismatch'] }\naction = 'notify'\n\
         [[rule]]\nid = 'large'\nwhen = { amount = ['1000..'] }\naction = 'cut'\nshadow = true\n",
    );
    let seller = file(SELLER);
    let (policy, seller) = (
        policy.path().to_str().unwrap(),
        seller.path().to_str().unwrap(),
    );
    let explain = |payload: &str, more: &[&str]| -> Value {
        let args = [
            &["explain", "--policy", policy, "--stream-registry", seller],
            more,
            &[payload],
        ]
        .concat();
        let output = waylay(&args, b"");
        assert_eq!(output.status.code(), Some(0));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let own = explain("upi://pay?pa=bags@ybl&am=5", &[]);
    assert_eq!(own["verdict"]["class"], "on_platform");
    assert_eq!(own["verdict"]["reasons"], json!(["seller-payee"]));

    let other = explain(
        "upi://pay?pa=thief@ybl&am=5000",
        &["--at", "2026-11-11T12:00:00Z"],
    );
    assert_eq!(
        other["verdict"]["reasons"],
        json!(["category-payment", "payee-mismatch", "rule:someone-else"])
    );
    assert_eq!(other["verdict"]["action"], "notify");
    assert_eq!(other["flags"], json!(["payee-mismatch"]));
    let fits: Vec<_> = other["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["fits"])
        .collect();
    assert_eq!(fits, [false, true, true]);
    assert!(
        other["rules"]
            .as_array()
            .unwrap()
            .iter()
            .all(|rule| rule["why"].is_string())
    );
    assert_eq!(
        other["verdict"].get("shadow"),
        None,
        "an earlier rule had won"
    );

    let night = explain(
        "upi://pay?pa=thief@ybl&am=5000",
        &["--at", "2026-11-11T23:00:00Z"],
    );
    assert_eq!(night["verdict"]["action"], "warn");

    // A seller's file that is none is refused like a policy.
    let bad = file("[seller]\ndomain = ['x.example']\n");
    let output = waylay(
        &[
            "explain",
            "--stream-registry",
            bad.path().to_str().unwrap(),
            "x",
        ],
        b"",
    );
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains(":2:1: unknown field `domain`"), "{told}");
}
