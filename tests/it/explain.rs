//! `waylay explain` and `waylay policy check`, as a shell sees them; and what must hold of any payload.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use waylay::destination::{self, LONGEST_KEY};
use waylay::payload;
use waylay::policy::{Context, Policy};

/// Runs the program with `input` on its standard input.
pub(crate) fn waylay(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_waylay"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input closes it early.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The contract: a key that is renamed or lost here breaks whoever reads our lines.
#[test]
fn a_line_has_the_keys_of_the_contract() {
    let output = waylay(
        &[
            "explain",
            "00020126360014BR.GOV.BCB.PIX0114+551199990000052040000530398654041.505802BR5907Padaria6002SP62080504A0016304F938",
            "https://pay.example.co.uk:8443/a?b=1#c",
            "Hi.",
        ],
        b"",
    );
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn standard_input_is_bytes_one_payload_a_line() {
    let (gbk, ..) = encoding_rs::GBK.encode("欢迎来到直播间");
    let input = [b"tel:+1555\r\n\n", &gbk[..], b"\nlast"].concat();
    let answers = lines(&waylay(&["explain"], &input));
    let payloads: Vec<_> = answers.iter().map(|answer| &answer["payload"]).collect();
    assert_eq!(payloads, ["tel:+1555", "欢迎来到直播间", "last"]);
}

#[test]
fn json_lines_give_their_id_back() {
    let input = br#"{"payload": "tel:+1555", "id": {"n": 7}, "kind": "text"}
{"payload": "tel:+1556"}
"#;
    let output = waylay(&["explain", "--jsonl"], input);
    assert_eq!(output.status.code(), Some(0));
    let answers = lines(&output);
    assert_eq!(answers[0]["id"], json!({"n": 7}));
    assert_eq!(answers[1].get("id"), None);
    assert_eq!(answers[1]["scheme"], "tel");
}

#[test]
fn a_bad_json_line_is_told_and_the_others_are_answered() {
    let input = b"{\"payload\": \"one\"}\nnot json\n\n{\"payload\": \"x\", \"kind\": \"smell\"}\n{\"payload\": \"two\"}\n";
    let output = waylay(&["explain", "--jsonl"], input);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output).len(), 2);
    let told = String::from_utf8(output.stderr).unwrap();
    let told: Vec<_> = told.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("line 2"), "{told:?}");
    assert!(
        told[1].contains("line 4") && told[1].contains("`qr`"),
        "{told:?}"
    );
}

#[test]
fn a_policy_that_cannot_be_read_ends_it() {
    let output = waylay(&["explain", "--policy", "no/such/file.toml", "x"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("no/such/file.toml") && told.lines().count() == 1,
        "{told}"
    );
    assert_eq!(
        waylay(&["explain", "--nonsense"], b"").status.code(),
        Some(2)
    );
}

/// The most memory that process `id` has had at a time, in KiB.
#[cfg(target_os = "linux")]
fn peak(id: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_lines() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_waylay"))
        .arg("explain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut input = child.stdin.take().unwrap();
    // A line each, and no two the same.
    let mut ask = |from: usize, to: usize| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let line = |n| format!("upi://pay?pa=shop{n}@ybl&pn=Shop%20{n}&am={n}\n");
                let mut lines: String = (from..to).map(line).collect();
                // The answers come in blocks: what fills one brings out those that were asked for.
                lines += &"x\n".repeat(200);
                input.write_all(lines.as_bytes()).unwrap();
            });
            for n in from..to {
                let answer = answers
                    .by_ref()
                    .map(Result::unwrap)
                    .find(|a| a.contains("\"upi\""))
                    .unwrap();
                assert!(answer.contains(&format!("shop{n}@ybl")), "{answer}");
            }
        });
    };
    ask(0, 2_000);
    let before = peak(child.id());
    ask(2_000, 150_000);
    let after = peak(child.id());
    drop(input);
    drop(answers);
    child.wait().unwrap();
    assert!(after < before + 8 * 1024, "{before} KiB, then {after} KiB");
}

#[test]
fn a_line_without_an_end_is_cut() {
    let line = [
        &b"https://a.example/"[..],
        &vec![b'x'; 3 << 20],
        b"\ntel:+1555\n",
    ]
    .concat();
    let answers = lines(&waylay(&["explain"], &line));
    assert_eq!(answers.len(), 2);
    assert!(
        answers[0]["flags"]
            .as_array()
            .unwrap()
            .contains(&json!("oversize"))
    );
    assert_eq!(answers[1]["scheme"], "tel");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    // More than a pipe holds, so that the writer meets the closed end.
    let input = "tel:+1555\n".repeat(20_000);
    let script = format!(
        "'{}' explain | head -n 1; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_waylay")
    );
    let mut child = Command::new("bash")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

/// Beginnings that lead deep into the readers, which bytes at random do not.
const BEGINNINGS: &[&str] = &[
    "",
    "000201010212",
    "0005UMPQR",
    "https://",
    "https://t.me/",
    "alipays://platformapi/startapp?",
    "upi://pay?pa=",
    "bitcoin:",
    "ethereum:",
    "lnbc",
    "TR7",
    "tel:",
    "MECARD:",
    "MEBKM:URL:",
    "BEGIN:VCARD\n",
    "BEGIN:VEVENT\n",
    "WIFI:S:",
    "geo:",
    "otpauth://",
    "FIDO:/",
    "wc:",
    "2@",
    "https://www.google.com/url?q=",
];

proptest! {
    /// Untrusted bytes cannot stop the process, and every one of them leads to a place with a name.
    #[test]
    fn any_bytes_are_read(begin in prop::sample::select(BEGINNINGS), rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [begin.as_bytes(), &rest].concat();
        check(&payload::parse(&bytes))?;
    }

    #[test]
    fn any_text_is_read(begin in prop::sample::select(BEGINNINGS), rest in "\\PC{0,200}") {
        check(&payload::parse_str(&format!("{begin}{rest}")))?;
    }

    /// A code of objects that fit is read to the end, whatever they hold.
    #[test]
    fn any_objects_are_read(objects in prop::collection::vec((0u8..100, "\\PC{0,30}"), 0..30)) {
        let object = |(tag, value): (u8, String)| format!("{tag:02}{:02}{value}", value.chars().count());
        let code: Vec<_> = objects.into_iter().map(object).collect();
        let code = format!("000201{}", code.concat());
        check(&payload::parse_str(&code))?;
    }
}

fn check(payload: &payload::Payload) -> Result<(), TestCaseError> {
    let destination = destination::of(payload);
    prop_assert!(!destination.key.is_empty() && destination.key.len() <= LONGEST_KEY);
    prop_assert!(payload::schemes().any(|scheme| scheme.id == payload.scheme));
    for flag in &payload.flags {
        prop_assert!(
            payload::FLAGS.contains(flag),
            "{} is not in the list of flags",
            flag
        );
    }
    let verdict = Policy::default().judge(payload, &destination, &Context::default());
    prop_assert!(!verdict.reasons.is_empty());
    Ok(())
}
