//! What the benchmarks of verdicts share: a policy, the labelled payloads of the tests, and the way to a verdict.

use std::hint::black_box;
use std::path::Path;

use waylay::policy::{Context, Policy, Verdict};
use waylay::{destination, payload};

const POLICY: &str = r#"
[platform]
name = "Bench"
domains = ["example.live", "shop.example"]
short_links = ["exl.ink"]
[[rule]]
id = "contact-code"
when = { category = ["contact", "group-invite"] }
severity = "high"
action = "review"
"#;

pub(crate) fn policy() -> Policy {
    Policy::parse(POLICY).expect("the policy of the benchmark is well formed")
}

pub(crate) fn judge(policy: &Policy, bytes: &[u8]) -> Verdict {
    let payload = payload::parse(black_box(bytes));
    policy.judge(&payload, &destination::of(&payload), &Context::default())
}

pub(crate) fn judge_line(policy: &Policy, line: &str) -> Verdict {
    let payload = payload::parse_line(black_box(line));
    policy.judge(&payload, &destination::of(&payload), &Context::default())
}

/// The payloads of the labelled cases of the tests, and whether each is a line of writing.
pub(crate) fn labelled() -> Vec<(String, bool)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = std::fs::read_dir(folder).expect("the cases lie beside the benchmark");
    let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()));
    texts
        .flat_map(|text| {
            let text = text.expect("cases are text");
            let cases = text.lines().filter(|line| !line.is_empty());
            cases.map(payload_of).collect::<Vec<_>>()
        })
        .collect()
}

fn payload_of(case: &str) -> (String, bool) {
    let case: serde_json::Value = serde_json::from_str(case).expect("a case is JSON");
    let payload = case["payload"].as_str().expect("a payload").to_owned();
    (payload, case["kind"] == "text")
}
