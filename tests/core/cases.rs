//! Labelled payloads: what each must be read as, field by field.

use std::path::Path;

use serde_json::Value;
use waylay::destination;
use waylay::payload::{self, Payload};

/// What `payload` has under a key of `expect`.
fn actual(payload: &Payload, key: &str) -> Value {
    let fields = &payload.fields;
    match key {
        "scheme" => payload.scheme.into(),
        "category" => payload.category.as_str().into(),
        "valid" => payload.valid.into(),
        "flags" => payload.flags.clone().into(),
        "payee" => fields.payee.clone().into(),
        "payee_name" => fields.payee_name.clone().into(),
        "amount" => fields.amount.clone().into(),
        "currency" => fields.currency.clone().into(),
        "reference" => fields.reference.clone().into(),
        "target" => fields.target.clone().into(),
        _ => panic!("unknown key `{key}` in a case"),
    }
}

/// Whether `actual` is as good as `expected`: flags in any order, amounts as numbers.
fn holds(key: &str, actual: &Value, expected: &Value) -> bool {
    match key {
        "flags" => expected
            .as_array()
            .unwrap()
            .iter()
            .all(|flag| actual.as_array().unwrap().contains(flag)),
        "amount" => {
            let number = |v: &Value| v.as_str().and_then(|s| s.parse::<f64>().ok());
            number(actual) == number(expected)
        }
        _ => actual == expected,
    }
}

/// What is wrong with how the payload of `case` is read.
fn faults(case: &Value) -> Vec<String> {
    let text = case["payload"].as_str().unwrap();
    let payload = match case["kind"].as_str() {
        Some("text") => payload::parse_line(text),
        _ => payload::parse(text.as_bytes()),
    };
    let expect = case["expect"].as_object().unwrap();
    let accepted = |actual: &Value| {
        expect
            .get("accept")
            .and_then(Value::as_array)
            .is_some_and(|others| others.contains(actual))
    };
    expect
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "accept" | "platform"))
        .map(|(key, expected)| (key, expected, actual(&payload, key)))
        .filter(|(key, expected, actual)| !holds(key, actual, expected) && !accepted(actual))
        .map(|(key, expected, actual)| format!("{text:?}: {key} is {actual}, expected {expected}"))
        .collect()
}

fn read(path: &Path) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(path).ok()?;
    let lines = text.lines().filter(|line| !line.is_empty());
    Some(
        lines
            .map(|line| serde_json::from_str(line).expect(line))
            .collect(),
    )
}

#[test]
fn our_cases_are_read_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let cases: Vec<_> = files.iter().flat_map(|file| read(file).unwrap()).collect();
    let wrong: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let covered = |id: &str| cases.iter().any(|case| case["expect"]["scheme"] == id);
    let bare: Vec<_> = payload::schemes()
        .map(|s| s.id)
        .filter(|id| !covered(id))
        .collect();
    assert_eq!(bare, NOT_COVERED, "every scheme has a case of its own");
}

/// Only following a link can tell this one; a test of its own does.
const NOT_COVERED: [&str; 1] = ["merged-cashier-page"];

/// An account at a bank is one place, whatever code names it.
#[test]
fn an_iban_is_known_as_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = ["bank.jsonl", "emv.jsonl", "text.jsonl"];
    let mut known = 0;
    for case in files.map(|file| read(&folder.join(file)).unwrap()).concat() {
        let text = case["payload"].as_str().unwrap();
        let payload = match case["kind"].as_str() {
            Some("text") => payload::parse_line(text),
            _ => payload::parse(text.as_bytes()),
        };
        let Some(payee) = payload.fields.payee.as_deref().filter(|p| is_iban(p)) else {
            continue;
        };
        assert_eq!(
            destination::of(&payload).key,
            format!("iban:{payee}"),
            "{text}"
        );
        known += 1;
    }
    assert!(known > 60, "{known}");
}

/// ISO 13616: the remainder by 97 of the letters as numbers, the first four last.
fn is_iban(text: &str) -> bool {
    let whole = (15..=34).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let country = text.bytes().take(2).all(|b| b.is_ascii_uppercase());
    let turned = text.chars().skip(4).chain(text.chars().take(4));
    let digits = turned.filter_map(|c| c.to_digit(36));
    let rest = digits.fold(0, |rest, digit| {
        let places = if digit > 9 { 100 } else { 10 };
        (rest * places + digit) % 97
    });
    whole && country && rest == 1
}

/// A larger set that may lie beside the checkout.
#[test]
#[expect(clippy::print_stderr, reason = "the score is for whoever runs it")]
fn the_cases_beside_the_checkout_are_read_well() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads/cases.jsonl");
    let Some(cases) = read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
    let wrong: Vec<_> = cases.iter().map(faults).filter(|f| !f.is_empty()).collect();
    for faults in &wrong {
        eprintln!("{}", faults.join("; "));
    }
    let right = cases.len() - wrong.len();
    eprintln!("{right} of {} cases are right", cases.len());
    assert_eq!(right, cases.len());
}

/// The reference is what an author of policies reads.
#[test]
fn the_reference_names_every_flag() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ref/payloads.md");
    let text = std::fs::read_to_string(path).unwrap();
    for flag in payload::FLAGS {
        assert!(text.contains(&format!("\n| `{flag}` |")), "{flag}");
    }
}
