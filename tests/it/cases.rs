//! Labelled payloads: what each must be read as, field by field.

use std::path::Path;

use serde_json::Value;
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
    let payload = payload::parse(text.as_bytes());
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/payloads.jsonl");
    let cases = read(&path).unwrap();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A larger set that may lie beside the checkout. It asks for more schemes than are known, so it is
/// scored over those that are.
#[test]
#[expect(clippy::print_stderr, reason = "the score is for whoever runs it")]
fn the_cases_beside_the_checkout_are_read_well() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads/cases.jsonl");
    let Some(cases) = read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
    let claimed: Vec<_> = cases
        .iter()
        .filter(|case| {
            let scheme = case["expect"]["scheme"].as_str().unwrap_or_default();
            payload::schemes().any(|known| known.id == scheme)
        })
        .collect();
    let wrong: Vec<_> = claimed
        .iter()
        .map(|case| faults(case))
        .filter(|f| !f.is_empty())
        .collect();
    for faults in &wrong {
        eprintln!("{}", faults.join("; "));
    }
    let right = claimed.len() - wrong.len();
    eprintln!(
        "{right} of {} claimed cases are right, of {} in all",
        claimed.len(),
        cases.len()
    );
    for case in &cases {
        payload::parse(case["payload"].as_str().unwrap().as_bytes());
    }
    assert!(
        right * 100 >= claimed.len() * 95,
        "{right} of {}",
        claimed.len()
    );
}

/// The reference is what an author of policies reads.
#[test]
fn the_reference_names_every_scheme_and_flag() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ref/payloads.md");
    let text = std::fs::read_to_string(path).unwrap();
    for scheme in payload::schemes() {
        let row = format!("| `{}` |", scheme.category.as_str());
        let row = text.lines().find(|line| line.starts_with(&row)).unwrap();
        assert!(row.contains(&format!("`{}`", scheme.id)), "{}", scheme.id);
    }
    for flag in payload::FLAGS {
        assert!(text.contains(&format!("\n| `{flag}` |")), "{flag}");
    }
}
