//! What is kept of writes that are sent twice, and what a token is held to where one permission leads to another.

use std::fs;

use serde_json::json;

use super::{PASSWORD, sign_in, with_admin, with_token};

/// The records, as whoever takes the files away has them.
fn kept(data: &std::path::Path) -> Vec<u8> {
    let files = fs::read_dir(data).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.is_file());
    files.flat_map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn an_answer_that_holds_a_secret_is_given_once_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, _, ana) = with_admin(&data, &[]);
    let mut secrets = Vec::new();
    let token = json!({"name": "partner", "role": "viewer", "days": 1});
    let user = json!({"name": "ben", "role": "viewer"});
    let once = |n: usize| ana.script().with(&format!("Idempotency-Key: secret-{n}"));
    for (n, (path, new, secret)) in [
        ("/api/v1/tokens", &token, "secret"),
        ("/api/v1/users", &user, "link"),
    ]
    .into_iter()
    .enumerate()
    {
        let first = once(n).post(path, new);
        assert_eq!(first.status, 201, "{first:?}");
        secrets.push(first.json()[secret].as_str().unwrap().to_owned());
        let again = once(n).post(path, new);
        assert_eq!(again.status, 409, "{again:?}");
        assert!(again.text.contains("shown once"), "{again:?}");
    }
    let ben = ana.api.get("/api/v1/users").json()["users"][1]["id"].clone();
    let path = format!("/api/v1/users/{}/invite", ben.as_str().unwrap());
    let first = once(2).post(&path, &json!(null));
    assert_eq!(first.status, 200, "{first:?}");
    secrets.push(first.json()["link"].as_str().unwrap().to_owned());
    assert_eq!(once(2).post(&path, &json!(null)).status, 409);

    // Other answers are kept as before.
    let stream = json!({"id": "room", "url": "rtmp://127.0.0.1:1/a"});
    assert_eq!(once(3).post("/api/v1/streams", &stream).status, 201);
    let again = once(3).post("/api/v1/streams", &stream);
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (201, Some("true"))
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let kept = kept(&data);
    let has = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("secret-3") && has("secret-0"), "the keys are there");
    for secret in &secrets {
        let secret = secret.rsplit('=').next().unwrap();
        assert!(!has(secret), "{secret} is kept");
    }
}

#[test]
fn nothing_is_kept_of_who_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, api, ana) = with_admin(&data, &[]);
    let keyed = api.with("Idempotency-Key: nobodys-key");
    // Two requests that differ, under one key: where it were kept, the second would be refused for that.
    assert_eq!(sign_in(&keyed, "ana", "not her password").status, 403);
    assert_eq!(sign_in(&keyed, "ana", PASSWORD).status, 303);
    for lang in ["zh", "en"] {
        let preferred = keyed.form("/preferences", &[("lang", lang), ("back", "/")]);
        assert_eq!(preferred.status, 303, "{preferred:?}");
    }
    // Nor of a form of somebody who is: it carries no key of a browser.
    let mine = ana.api.with("Idempotency-Key: a-form-of-mine");
    let fields = [
        ("csrf", ana.csrf.as_str()),
        ("name", "filter"),
        ("query", ""),
    ];
    assert_eq!(mine.form("/filters", &fields).status, 303);
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let kept = kept(&data);
    for key in ["nobodys-key", "a-form-of-mine"] {
        let is_kept = kept.windows(key.len()).any(|part| part == key.as_bytes());
        assert!(!is_kept, "{key}");
    }
}

#[test]
fn what_is_allowed_everywhere_takes_more_than_a_reversal() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let held =
        json!({"name": "qa", "role": "lead", "days": 1, "scopes": ["read", "decide", "quality"]});
    let held = with_token(&api, &ana.token(&held).0);
    for path in ["reversal", "appeals/settlement"] {
        let path = format!("/api/v1/incidents/none/{path}");
        let into = |decision: &str| json!({"decision": decision, "reason": "x"});
        assert_eq!(
            held.post(&path, &into("allow_platform")).status,
            403,
            "{path}"
        );
        assert_eq!(held.post(&path, &into("misread")).status, 404, "{path}");
    }
}

#[test]
fn nobody_is_called_as_what_acts_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, _, ana) = with_admin(&folder.path().join("data"), &[]);
    for name in ["api", "waylay", "Waylay"] {
        let user = json!({"name": name, "role": "viewer"});
        let token = json!({"name": name, "role": "viewer", "days": 1});
        assert_eq!(
            ana.script().post("/api/v1/users", &user).status,
            409,
            "{name}"
        );
        assert_eq!(
            ana.script().post("/api/v1/tokens", &token).status,
            409,
            "{name}"
        );
    }
}

/// A filter that was kept or forgotten, and an incident that was given back, are told of as all else.
#[test]
fn filters_are_in_the_audit_log() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, _, ana) = with_admin(&folder.path().join("data"), &[]);
    let saved = ana.form("/filters", &[("name", "mine"), ("query", "review=any")]);
    assert_eq!(saved.status, 303, "{saved:?}");
    let filters = ana.api.get("/api/v1/filters").json();
    let id = filters["filters"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let removed = ana.form("/filters/remove", &[("id", &id)]);
        assert_eq!(removed.status, 303, "{removed:?}");
    }
    let new = json!({"name": "other", "query": "", "shared": true});
    let other = ana.script().post("/api/v1/filters", &new).json();
    let path = format!("/api/v1/filters/{}", other["id"].as_str().unwrap());
    assert_eq!(ana.script().ask("DELETE", &path, "").status, 204);
    let log = ana.api.get("/api/v1/audit").json();
    let told: Vec<_> = log["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["action"].as_str().unwrap().starts_with("filter."))
        .map(|line| (line["action"].clone(), line["subject"].clone()))
        .rev()
        .collect();
    let [first, second] = [json!(id), other["id"].clone()];
    assert_eq!(
        told,
        [
            (json!("filter.saved"), first.clone()),
            (json!("filter.removed"), first),
            (json!("filter.saved"), second.clone()),
            (json!("filter.removed"), second),
        ]
    );
}
