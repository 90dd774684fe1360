//! The documents say what the program does, and lead to where they say they lead.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use waylay::account::{Permission, Role};
use waylay::payload::{self, Scheme};

use crate::support::{Api, Watch};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Holds the document `name` against what the program says; `UPDATE=1` writes it anew.
fn is_up_to_date(name: &str, expected: &str) {
    let path = root().join("docs/ref").join(name);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, expected).unwrap();
        return;
    }
    assert!(
        read(&path) == expected,
        "docs/ref/{name} is not what the program says: run this test with UPDATE=1"
    );
}

/// The reference is the program's own help.
#[test]
fn the_reference_of_the_command_line_is_up_to_date() {
    is_up_to_date("cli.md", &waylay::commands::reference());
}

#[test]
fn the_reference_of_schemes_is_up_to_date() {
    let mut text = String::from(
        "# Schemes\n\nEvery payload that can be told apart, by [category](payloads.md#categories). The ids are a \
         contract: they do\nnot change once they are released, and a [policy](policy.md) names them. A region is an \
         ISO 3166 country,\n`EU`, or `INT` for everywhere.\n\nThis page is generated from the table in the program.\n",
    );
    let categories: BTreeSet<_> = payload::schemes().map(|scheme| scheme.category).collect();
    for category in categories {
        let id = category.as_str();
        writeln!(
            text,
            "\n## {id}\n\n| id | region | what it is |\n|---|---|---|"
        )
        .unwrap();
        for scheme in payload::schemes().filter(|scheme| scheme.category == category) {
            let Scheme {
                id, region, name, ..
            } = scheme;
            writeln!(text, "| `{id}` | {region} | {name} |").unwrap();
        }
    }
    is_up_to_date("schemes.md", &text);
}

/// Who may what, as the program has it.
#[test]
fn the_reference_of_roles_is_up_to_date() {
    let roles = Role::ALL.map(Role::as_str).join(" | ");
    let mut text = format!(
        "# Roles and permissions\n\nA [user or token](../guide/accounts.md) has one role. Each role may what the one before it \
         may, and more. The scopes of a\ntoken are permissions. The OpenAPI document (`GET /api/v1/openapi.json`) names the \
         permission that each request takes.\n\nThis page is generated from the table in the program.\n\n\
         | permission | what for | {roles} |\n|---|---|---|---|---|---|\n"
    );
    for permission in Permission::ALL {
        let may = Role::ALL.map(|role| if role.may(permission) { "yes" } else { "" });
        let (id, about) = (permission.as_str(), permission.about());
        writeln!(text, "| `{id}` | {about} | {} |", may.join(" | ")).unwrap();
    }
    text +=
        "\nEverybody who is known may see who it is, its own sessions and the OpenAPI document.\n";
    is_up_to_date("roles.md", &text);
}

/// What a service tells that has a stream, an ingest server and an endpoint.
#[test]
fn the_reference_of_figures_is_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, config) = (folder.path().join("secret"), folder.path().join("config"));
    fs::write(
        &secret,
        "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n",
    )
    .unwrap();
    let tables = format!(
        "[[webhooks]]\nname = 'ops'\nurl = 'http://127.0.0.1:9'\nsecret_files = [{secret:?}]\n\
         [[ingest]]\nid = 'edge'\nkind = 'srs'\npull = 'rtmp://127.0.0.1:9/{{app}}/{{name}}'\n"
    );
    fs::write(&config, tables).unwrap();
    let data = folder.path().join("data");
    let (_served, address) = Watch::serve(&data, &["--config", config.to_str().unwrap()]);
    let api = Api::at(&address);
    let stream = json!({"id": "room", "url": "stills:"});
    assert_eq!(api.post("/api/v1/streams", &stream).status, 201);
    let mut text = String::from(
        "# Figures\n\nWhat `GET /metrics` of [the service](../guide/serve.md) tells, as OpenMetrics 1.0. Once there are users, or a `serve.token_file`, it takes a token \
         with `read`.\nBehind a label stand the values that it may have, where these are always the same.\n\n\
         This page is generated from what a service tells.\n\n| figure | labels | is |\n|---|---|---|\n",
    );
    let told = api.get("/metrics").text;
    let families = told.split("# HELP ").skip(1);
    let mut rows: Vec<_> = families.map(figure).collect();
    rows.sort();
    assert!(rows.len() > 40, "{told}");
    text += &rows.concat();
    is_up_to_date("metrics.md", &text);
}

/// The line of the reference about one family of figures, from behind its `# HELP `.
fn figure(family: &str) -> String {
    let (head, rest) = family.split_once('\n').unwrap();
    let (name, help) = head.split_once(' ').unwrap();
    let (kind, samples) = rest.split_once('\n').unwrap();
    let kind = kind.rsplit_once(' ').unwrap().1;
    let total = if kind == "counter" { "_total" } else { "" };
    let mut labels: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for sample in samples.lines() {
        let Some((_, of)) = sample.split_once('{') else {
            continue;
        };
        let (of, _) = of.split_once('}').unwrap();
        for (label, value) in of.split(',').map(|label| label.split_once('=').unwrap()) {
            if labels.iter().all(|(known, _)| *known != label) {
                labels.push((label, BTreeSet::new()));
            }
            let known = labels.iter_mut().find(|(known, _)| *known == label);
            known.unwrap().1.insert(value.trim_matches('"'));
        }
    }
    let named = |(label, values): &(&str, BTreeSet<&str>)| match *label {
        "le" => None,
        "stream" | "server" | "endpoint" => Some(format!("`{label}`")),
        _ => {
            let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
            Some(format!("`{label}`: {}", values.join(", ")))
        }
    };
    let labels: Vec<_> = labels.iter().filter_map(named).collect();
    let (labels, help) = (labels.join("; "), help.trim_end_matches('.'));
    format!("| `{name}{total}` | {labels} | {help} ({kind}) |\n")
}

/// Whoever reads events looks up a key under its path in `data`, such as `frame.width`.
#[test]
fn the_reference_of_events_names_every_key() {
    let documented = code_spans(&read(&root().join("docs/ref/events.md")));
    let mut keys = BTreeSet::new();
    for name in [
        "an_event_has_the_keys",
        "an_unread_incident_has_the_keys",
        "a_line_has_the_keys",
    ] {
        let snapshot = snapshot(name);
        for line in serde_json::Deserializer::from_str(&snapshot).into_iter::<Value>() {
            add_keys(&line.unwrap(), "", &mut keys);
        }
    }
    assert!(keys.contains("specversion") && keys.contains("frame.width"));
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| !documented.contains(key.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/ref/events.md does not name {missing:?}"
    );
}

/// The same for whoever reads a manifest.
#[test]
fn the_reference_of_records_names_every_key_of_a_manifest() {
    let documented = code_spans(&read(&root().join("docs/ref/records.md")));
    let manifest = snapshot("a_manifest_has_the_keys");
    let mut keys = BTreeSet::new();
    add_keys(&serde_json::from_str(&manifest).unwrap(), "", &mut keys);
    assert!(keys.contains("decode_log[].read.payload") && keys.contains("files[].path"));
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| !documented.contains(key.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/ref/records.md does not name {missing:?}"
    );
}

/// The same for whoever reads the report of a replay.
#[test]
fn the_reference_of_samples_names_every_key_of_a_report() {
    let documented = code_spans(&read(&root().join("docs/ref/samples.md")));
    let report = snapshot("a_report_has_the_keys");
    let mut keys = BTreeSet::new();
    add_keys(&serde_json::from_str(&report).unwrap(), "", &mut keys);
    assert!(keys.contains("samples[].codes[].delay_ms"));
    let names: BTreeSet<_> = keys
        .iter()
        .filter_map(|key| key.split('.').next_back())
        .collect();
    let named = |key: &str| documented.contains(key.trim_end_matches("[]"));
    let missing: Vec<_> = names.into_iter().filter(|key| !named(key)).collect();
    assert!(
        missing.is_empty(),
        "docs/ref/samples.md does not name {missing:?}"
    );
}

/// The JSON in the snapshot whose name holds `name`, without the head that insta writes.
fn snapshot(name: &str) -> String {
    let folder = root().join("tests/it/snapshots");
    let found = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains(name))
        .unwrap_or_else(|| panic!("no snapshot `{name}` in {}", folder.display()));
    let text = read(&found);
    text.splitn(3, "---\n").nth(2).expect("a head").to_owned()
}

/// Adds the paths of all keys in `value`, `data.` left out and `[]` for what stands in a list.
fn add_keys(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = match path {
                    "" | "data" => key.clone(),
                    path => format!("{path}.{key}"),
                };
                add_keys(value, &path, keys);
                keys.insert(path);
            }
        }
        Value::Array(values) => {
            for value in values {
                add_keys(value, &format!("{path}[]"), keys);
            }
        }
        _ => {}
    }
}

/// What stands between single backquotes, blocks of code left out.
fn code_spans(text: &str) -> BTreeSet<String> {
    prose(text)
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// `text` without its blocks of code.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

/// The pages that people read: those at the top and all below `docs/`.
fn pages() -> Vec<PathBuf> {
    fn below(folder: &Path, deep: bool, pages: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && deep {
                below(&path, deep, pages);
            } else if path.extension().is_some_and(|e| e == "md") {
                pages.push(path);
            }
        }
    }
    let mut pages = Vec::new();
    below(root(), false, &mut pages);
    below(&root().join("docs"), true, &mut pages);
    pages.sort();
    pages
}

/// Where the links of a page lead, those to other sites and within the page left out.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let mut seen = 0;
    let mut broken = Vec::new();
    for page in pages() {
        for link in links(&read(&page)) {
            seen += 1;
            if !page.parent().unwrap().join(&link).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(seen > 10, "only {seen} links were seen");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn links_are_seen() {
    let text =
        "[a](b.md#c) and [d](../e.md), [f](#g), [h](https://i.example/j)\n```\n[k](l.md)\n```\n";
    assert_eq!(links(text), ["b.md", "../e.md"]);
}
