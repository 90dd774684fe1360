//! The samples in `samples/`: every label has its file and every file its label, and nothing that the
//! collection is there for has got lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use waylay::policy::Class;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    policy: String,
    floors: Floors,
    sample: Vec<Sample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    min_found: usize,
    max_wrong: usize,
    recall: f64,
    precision: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    file: String,
    covers: Vec<String>,
    tactic: String,
    #[serde(rename = "sample")]
    sampling: Option<String>,
    #[serde(default)]
    code: Vec<Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    payload: Option<String>,
    #[serde(default)]
    undecoded: bool,
    class: Class,
    scheme: Option<String>,
    module_px: f64,
    place: Place,
    from_ms: u64,
    to_ms: u64,
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    at_ms: u64,
    corners: [[f64; 2]; 4],
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn manifest() -> Manifest {
    let path = folder().join("manifest.toml");
    let text = std::fs::read_to_string(&path).expect("the manifest is there");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn files_and_labels_match() {
    let listed: Vec<String> = manifest()
        .sample
        .into_iter()
        .map(|sample| sample.file)
        .collect();
    let others = ["README.md", "manifest.toml", "policy.toml"];
    let present: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter(|name| !others.contains(&name.as_str()))
        .collect();
    assert_eq!(
        listed.len(),
        listed.iter().collect::<BTreeSet<_>>().len(),
        "a file is listed twice"
    );
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), present);
}

#[test]
fn the_readme_names_every_sample() {
    let readme = std::fs::read_to_string(folder().join("README.md")).expect("the README is there");
    for Sample { file, .. } in manifest().sample {
        assert!(
            readme.contains(&format!("`{file}`")),
            "{file} is not in samples/README.md"
        );
    }
}

#[test]
fn there_are_enough_and_they_are_small() {
    let samples = manifest().sample;
    let size = |sample: &Sample| {
        std::fs::metadata(folder().join(&sample.file))
            .expect("the file is there")
            .len()
    };
    let bytes: u64 = samples.iter().map(size).sum();
    assert!(samples.len() >= 16, "only {} samples", samples.len());
    assert!(bytes <= 12_000_000, "{bytes} bytes of samples");
}

#[test]
fn everything_that_must_be_covered_is() {
    let covered: BTreeSet<String> = manifest()
        .sample
        .into_iter()
        .flat_map(|sample| sample.covers)
        .collect();
    let needed = [
        "static-overlay",
        "small-corner",
        "moving-card",
        "perspective",
        "inverted",
        "mirrored",
        "rotated",
        "two-codes",
        "flash",
        "needs-dense-sampling",
        "on-platform",
        "off-platform",
        "off-platform-payment",
        "emv",
        "wechat-pay",
        "contact",
        "gbk",
        "no-code",
        "texture",
        "unreadable",
        "returns",
        "portrait",
        "audio",
        "still",
        "screenshot",
        "photo",
    ];
    let missing: Vec<_> = needed
        .iter()
        .filter(|need| !covered.contains(**need))
        .collect();
    assert!(missing.is_empty(), "no sample covers {missing:?}");
}

#[test]
fn labels_are_consistent() {
    let Manifest {
        policy,
        floors,
        sample,
    } = manifest();
    let text = std::fs::read_to_string(folder().join(policy)).expect("the policy is there");
    waylay::policy::Policy::parse(&text).expect("the policy is valid");
    for Sample {
        file,
        covers,
        tactic,
        code,
        sampling,
    } in &sample
    {
        assert!(!tactic.is_empty(), "{file}: it has a tactic");
        let none = covers.iter().any(|cover| cover == "no-code");
        assert_eq!(
            code.is_empty(),
            none,
            "{file}: it has codes, or it covers `no-code`"
        );
        for code in code {
            assert!(
                code.from_ms <= code.to_ms,
                "{file}: shown before it appears"
            );
            assert!(
                (code.from_ms..=code.to_ms).contains(&code.place.at_ms),
                "{file}: its place is one where it is shown"
            );
            let [a, b, c, d] = code.place.corners;
            let side = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| (ax - bx).hypot(ay - by);
            let around = side(a, b) + side(b, c) + side(c, d) + side(d, a);
            let modules = around / 4.0 / code.module_px;
            assert!(
                (15.0..=60.0).contains(&modules),
                "{file}: its place and its size do not fit: {modules} modules"
            );
            assert_eq!(
                code.payload.is_none(),
                code.undecoded,
                "{file}: either a payload or `undecoded`"
            );
            assert_eq!(
                code.scheme.is_none(),
                code.undecoded,
                "{file}: what is read has a scheme"
            );
            assert_eq!(
                code.class == Class::Unknown,
                code.undecoded,
                "{file}: what is read here has a verdict"
            );
            assert!(
                !(code.required && code.undecoded),
                "{file}: nobody can be required to read it"
            );
        }
        let fits = sampling.as_deref().is_none_or(|rate| {
            ["auto", "keyframes", "all"].contains(&rate)
                || rate.parse::<f64>().is_ok_and(|looks| looks > 0.0)
        });
        assert!(fits, "{file}: `sample` is auto, keyframes, all or a number");
    }
    let required = sample
        .iter()
        .flat_map(|sample| &sample.code)
        .filter(|code| code.required)
        .count();
    assert_eq!(
        floors.min_found, required,
        "the floor is every required code"
    );
    assert_eq!(floors.max_wrong, 0);
}

/// What was reached once. Floors may only go up: whoever takes one down has to say so here too.
#[test]
fn floors_do_not_fall() {
    let floors = manifest().floors;
    assert!(floors.min_found >= 20, "min_found is {}", floors.min_found);
    assert!(floors.max_wrong == 0, "max_wrong is {}", floors.max_wrong);
    assert!(floors.recall >= 1.0, "recall is {}", floors.recall);
    assert!(floors.precision >= 1.0, "precision is {}", floors.precision);
}
