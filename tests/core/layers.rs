//! Invariant 1: the core is pure, and an arrow between modules points down only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers of `ARCHITECTURE.md`, from the bottom up. A module may use the layers under its own,
/// and in the core also its siblings; `commands` and `worker` are ordered by being layers of their own.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "base",
        &[
            "clock",
            "config",
            "escape",
            "ids",
            "keys",
            "locate",
            "secret",
            "stop",
            "telemetry",
            "trust",
        ],
    ),
    (
        "core",
        &[
            "account",
            "act",
            "ban",
            "frame",
            "detect",
            "lookalike",
            "page",
            "payload",
            "destination",
            "policy",
            "review",
            "track",
        ],
    ),
    ("wire", &["wire"]),
    (
        "edges",
        &[
            "source", "ingest", "resolve", "evidence", "store", "notify", "oidc",
        ],
    ),
    ("worker", &["worker"]),
    ("assembly", &["replay", "web"]),
    ("commands", &["commands"]),
];

/// What the core must not know of: no I/O, no threads, no clock.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    // Bytes in memory can be read through `std::io` too.
    "stdin",
    "stdout",
    "stderr",
    "std::thread",
    "std::process",
    "std::env",
    "std::time",
    // An `Arc` shares, and a `LazyLock` is a constant that takes a computation; the rest of `std::sync` is
    // for threads.
    "Mutex",
    "RwLock",
    "Condvar",
    "Atomic",
    "mpsc",
    "tokio",
    "sqlx",
    "axum",
    "reqwest",
    "ffmpeg_next",
    "tracing",
    "crate::clock",
    "crate::stop",
    "crate::config",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Code without comments, and without its test module: what the product itself is made of.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

fn module(path: &Path) -> String {
    let relative = path.strip_prefix(root()).unwrap();
    relative
        .iter()
        .next()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules named after `crate::` anywhere in `code`, groups such as `crate::{a, b::c}` included.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut path_start = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => path_start = true,
                    c if depth == 1 && path_start && (c.is_alphanumeric() || c == '_') => {
                        word.push(c);
                        continue;
                    }
                    _ => {}
                }
                if !word.is_empty() {
                    names.push(std::mem::take(&mut word));
                    path_start = c == ',';
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            names.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    names.retain(|n| n.starts_with(|c: char| c.is_lowercase()));
    names
}

#[test]
fn arrows_point_down() {
    let layer: BTreeMap<&str, usize> = LAYERS
        .iter()
        .enumerate()
        .flat_map(|(i, (_, modules))| modules.iter().map(move |m| (*m, i)))
        .collect();
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let from = module(&path);
        if from == "lib" || from == "main" {
            continue;
        }
        let Some(&own) = layer.get(from.as_str()) else {
            wrong.push(format!("{}: module `{from}` has no layer", path.display()));
            continue;
        };
        for to in used(&code(&path)) {
            let Some(&other) = layer.get(to.as_str()) else {
                wrong.push(format!("{}: uses unknown `crate::{to}`", path.display()));
                continue;
            };
            let sibling_in_core = LAYERS[own].0 == "core" || LAYERS[own].0 == "base";
            if to != from && (other > own || (other == own && !sibling_in_core)) {
                wrong.push(format!(
                    "{}: `{from}` must not use `crate::{to}`",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let core = LAYERS.iter().find(|(name, _)| *name == "core").unwrap().1;
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        if !core.contains(&module(&path).as_str()) {
            continue;
        }
        let code = code(&path);
        for name in IMPURE {
            if code.contains(name) {
                wrong.push(format!(
                    "{}: the core must not use `{name}`",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn core_types_do_not_serialize() {
    let core = LAYERS.iter().find(|(name, _)| *name == "core").unwrap().1;
    for path in sources(&root())
        .into_iter()
        .filter(|p| core.contains(&module(p).as_str()))
    {
        let code = code(&path);
        assert!(
            !code.contains("Serialize"),
            "{}: JSON belongs to `wire`",
            path.display()
        );
    }
}

#[test]
fn one_folder_knows_of_libav() {
    for path in sources(&root()) {
        let code = code(&path);
        let knows = code.contains("ffmpeg_next") || code.contains("libav_log");
        assert!(
            !knows || module(&path) == "source",
            "{}: libav belongs to `source`",
            path.display()
        );
    }
}

#[test]
fn groups_are_seen_too() {
    assert_eq!(
        used("use crate::{frame, detect::{Scan, Symbol}, ids};"),
        ["frame", "detect", "ids"]
    );
    assert_eq!(
        used("use crate::web::Router; let x = crate::store::open();"),
        ["web", "store"]
    );
}
