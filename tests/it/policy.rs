//! `waylay policy check`, as a shell sees it.

use std::io::Write;
use std::path::Path;

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
        "1 domain, 0 app schemes, 0 short links, 0 payees, 0 rules"
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

/// The policy in the reference must stay one that works.
#[test]
fn the_example_of_the_reference_is_accepted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ref/policy.md");
    let text = std::fs::read_to_string(path).unwrap();
    let example = text
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let (code, _, err) = check(file(example).path());
    assert_eq!((code, err.as_str()), (Some(0), ""));
}
