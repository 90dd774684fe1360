//! The desk over HTTP: the real service on records that a real run left, and on a live stream.

mod feed;
mod live;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Answer, Api, Clip, Watch, text, watch};

/// Pays somebody: the built-in policy wants it looked at.
const PAYS: &str = "https://qr.alipay.com/fkx0abcdefghijklmnop1";
/// The token of the configuration.
const TOKEN: &str = "0123456789abcdef-s3cret";
const KEY: &str = "alipay-personal:fkx0abcdefghijklmnop1";

/// The service on the records of streams that all show the same code.
fn served(folder: &Path, streams: u32, settings: &str) -> (Watch, Api) {
    let clip = Clip {
        payload: PAYS,
        seconds: 2,
        ..Clip::default()
    };
    let clip = clip.make(folder, "pays.mp4");
    let mut config = String::new();
    for stream in 0..streams {
        let host = stream % 2;
        writeln!(
            config,
            "[[streams]]\nid = 'room-{stream}'\nurl = '{}'\nlabels = ['host:{host}', '=label']",
            text(&clip)
        )
        .unwrap();
    }
    let file = folder.join("watch.toml");
    fs::write(&file, config).unwrap();
    let data = folder.join("data");
    let (code, _, log) = watch(&data, &["--config", text(&file)]);
    assert_eq!(code, 0, "{log}");
    let (file, token) = (folder.join("serve.toml"), folder.join("token"));
    fs::write(&token, TOKEN).unwrap();
    fs::write(
        &file,
        format!(
            "[serve]\ntoken_file = {:?}\n[review]\nsecond_share = 0.0\ngolden_share = 0.0\n{settings}",
            text(&token)
        ),
    )
    .unwrap();
    let (served, address) = Watch::serve(&data, &["--config", text(&file)]);
    let api = Api::at(&address);
    (served, api.with(&format!("Authorization: Bearer {TOKEN}")))
}

/// Whoever it is that asks, by a token of that name.
fn as_who(api: &Api, name: &str) -> Api {
    let new = json!({"name": name, "role": "lead", "days": 1});
    let made = api.post("/api/v1/tokens", &new);
    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let mut other = Api::at(&api.address);
    other.head.push(format!("Authorization: Bearer {secret}"));
    other
}

fn decide(api: &Api, id: &str, decision: &str) -> Answer {
    let body = json!({"decision": decision, "reason": "seen"});
    api.post(&format!("/api/v1/incidents/{id}/decision"), &body)
}

fn post(api: &Api, path: &str) -> Answer {
    api.ask("POST", path, "")
}

fn id(next: &Value) -> String {
    next["claim"]["incident"].as_str().unwrap().to_owned()
}

#[test]
fn incidents_are_claimed_decided_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 3, "");
    let counts = api.get("/api/v1/queue/counts").json();
    assert_eq!(counts["waiting"], 3);
    assert_eq!(counts["severity"], json!({"high": 3}));
    let queue = api.get("/api/v1/incidents?count=true").json();
    assert_eq!(queue["count"], json!({"n": 3, "more": false}));
    let first = &queue["incidents"][0];
    assert_eq!(
        (&first["payload"], &first["destination"]),
        (&json!(PAYS), &json!(KEY))
    );
    assert_eq!(
        (&first["review"], &first["overdue"]),
        (&json!("open"), &json!(false))
    );

    let next = post(&api, "/api/v1/queue/next").json();
    let taken = id(&next);
    assert_eq!(
        next["incident"]["id"], first["id"],
        "the first of the queue"
    );
    let decided = decide(&api, &taken, "confirm");
    assert_eq!(decided.status, 200, "{decided:?}");
    assert_eq!(decided.json()["step"], "decided");
    let shown = api.get(&format!("/api/v1/incidents/{taken}")).json();
    assert_eq!(
        (&shown["review"], &shown["decision"]),
        (&json!("decided"), &json!("confirm"))
    );
    assert_eq!(shown["others"].as_array().unwrap().len(), 2);
    assert_eq!(shown["told"]["payload"], PAYS);
    assert!(shown["evidence"].as_array().unwrap().len() >= 2, "{shown}");
    assert_eq!(shown["campaigns"][0]["incidents"], 3);
    let last = shown["history"].as_array().unwrap().last().unwrap();
    assert_eq!(last["type"], "waylay.review.decided.v1");
    assert_eq!(last["event"]["data"]["text"], "seen");
    assert_eq!(decide(&api, &taken, "misread").status, 409);
    assert_eq!(decide(&api, "none", "misread").status, 404);
    assert_eq!(decide(&api, &taken, "maybe").status, 422);
    let without = api.post(
        &format!("/api/v1/incidents/{taken}/decision"),
        &json!({"decision": "escalate"}),
    );
    assert_eq!(without.status, 422, "the rules ask for a reason");

    let undone = post(&api, &format!("/api/v1/incidents/{taken}/undo"));
    assert_eq!(
        (undone.status, undone.json()),
        (200, json!({"review": "open"}))
    );
    assert_eq!(
        post(&api, &format!("/api/v1/incidents/{taken}/undo")).status,
        409
    );
    assert_eq!(api.get("/api/v1/queue/counts").json()["waiting"], 3);
    let kept = post(&api, &format!("/api/v1/incidents/{taken}/renew"));
    assert_eq!(kept.status, 200, "it is theirs again");

    decide(&api, &taken, "misread");
    let note = json!({"text": "<b>bold</b>"});
    assert_eq!(
        api.post(&format!("/api/v1/incidents/{taken}/notes"), &note)
            .status,
        201
    );
    let path = format!("/api/v1/incidents/{taken}/reversal");
    let reversal = json!({"decision": "confirm", "reason": "looked again"});
    assert_eq!(api.post(&path, &reversal).status, 200);
    assert_eq!(api.post(&path, &reversal).status, 409);
    let path = format!("/api/v1/incidents/{taken}/appeals");
    assert_eq!(
        api.post(&path, &json!({"reason": "ours", "reference": "T-1"}))
            .status,
        201
    );
    let shown = api.get(&format!("/api/v1/incidents/{taken}")).json();
    assert_eq!(
        (&shown["review"], &shown["decision"]),
        (&json!("escalated"), &json!("confirm"))
    );
    let settled = api.post(
        &format!("{path}/settlement"),
        &json!({"reason": "it is not"}),
    );
    assert_eq!(settled.json()[0]["outcome"], "upheld", "{settled:?}");
    let quality = api.get("/api/v1/quality").json();
    assert_eq!(
        (&quality["decisions"], &quality["overturned"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(quality["overturn_rate"], 0.5);
}

#[test]
fn what_one_has_another_is_not_given() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 4, "");
    let claimers: Vec<_> = (0..4)
        .map(|n| {
            let api = as_who(&api, &format!("reviewer-{n}"));
            std::thread::spawn(move || id(&post(&api, "/api/v1/queue/next").json()))
        })
        .collect();
    let mut given: Vec<_> = claimers.into_iter().map(|c| c.join().unwrap()).collect();
    let first = given[0].clone();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), 4);
    let late = as_who(&api, "late");
    assert_eq!(post(&late, "/api/v1/queue/next").json(), json!({}));
    let refused = decide(&late, &first, "confirm");
    assert_eq!(refused.status, 409);
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("reviewer-"),
        "{refused:?}"
    );
}

#[test]
fn a_campaign_is_decided_and_undone_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 5, "");
    let campaigns = api.get("/api/v1/campaigns").json();
    let campaign = &campaigns["campaigns"][0];
    assert_eq!(
        (&campaign["key"], &campaign["waiting"]),
        (&json!(KEY), &json!(5))
    );
    assert_eq!(
        (&campaign["streams"], &campaign["hosts"]),
        (&json!(5), &json!(2))
    );
    let path = format!("/api/v1/campaigns/{}", campaign["id"]);
    let shown = api.get(&path).json();
    assert_eq!(shown["by_host"][0], json!({"name": "0", "incidents": 3}));
    assert_eq!(shown["newest"].as_array().unwrap().len(), 5);
    let preview = api
        .get(&format!("{path}/preview?decision=allow_platform"))
        .json();
    assert_eq!(preview["incidents"], 5);
    assert_eq!(preview["entry"]["before"], json!([]));
    let lines = [
        "[platform]",
        "destinations = [",
        &format!("    \"{KEY}\","),
        "]",
    ];
    assert_eq!(preview["entry"]["after"], json!(lines));

    let body = json!({"decision": "confirm", "expected": 4});
    assert_eq!(api.post(&format!("{path}/decision"), &body).status, 409);
    let body = json!({"decision": "allow_platform", "reason": "ours", "expected": 5});
    let done = api.post(&format!("{path}/decision"), &body);
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(done.json()["incidents"], 5);
    assert_eq!(api.get("/api/v1/queue/counts").json()["waiting"], 0);
    assert_eq!(api.get("/api/v1/registry").json()["entries"][0]["key"], KEY);
    let undo = format!(
        "/api/v1/campaigns/decisions/{}/undo",
        done.json()["id"].as_str().unwrap()
    );
    assert_eq!(post(&api, &undo).json(), json!({"incidents": 5}));
    assert_eq!(api.get("/api/v1/queue/counts").json()["waiting"], 5);
    assert!(api.get("/api/v1/registry").json()["entries"][0]["revoked"].is_string());
    assert_eq!(post(&api, &undo).status, 409);
    assert_eq!(api.get("/api/v1/campaigns/99").status, 404);
    assert_eq!(api.get("/api/v1/campaigns/x").status, 404);
}

#[test]
fn a_write_that_is_sent_twice_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 1, "");
    let incident = api.get("/api/v1/incidents").json()["incidents"][0]["id"].clone();
    let path = format!("/api/v1/incidents/{}/notes", incident.as_str().unwrap());
    let keyed = api.with("Idempotency-Key: once");
    let first = keyed.post(&path, &json!({"text": "a"}));
    assert_eq!(
        (first.status, first.header("idempotent-replayed")),
        (201, None)
    );
    let again = keyed.post(&path, &json!({"text": "a"}));
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (201, Some("true"))
    );
    assert_eq!(again.json(), first.json());
    assert_eq!(keyed.post(&path, &json!({"text": "b"})).status, 422);
    let shown = api
        .get(&format!("/api/v1/incidents/{}", incident.as_str().unwrap()))
        .json();
    let notes = shown["history"].as_array().unwrap().iter();
    assert_eq!(
        notes
            .filter(|e| e["type"] == "waylay.review.noted.v1")
            .count(),
        1
    );
    // What failed did nothing, and is tried again.
    let failed = api.with("Idempotency-Key: other");
    assert_eq!(failed.post(&path, &json!({"text": ""})).status, 422);
    assert_eq!(failed.post(&path, &json!({"text": "c"})).status, 201);
}

#[test]
fn exports_hold_everything_and_compute_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 3, "");
    let csv = api.get("/api/v1/export/incidents?format=csv&review=any");
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        csv.header("content-disposition"),
        Some("attachment; filename=\"waylay-incidents.csv\"")
    );
    let body = unchunked(&csv);
    let lines: Vec<_> = body.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 4, "{body}");
    assert!(lines[0].starts_with("id,number,stream,host,labels,"));
    assert!(lines[1].contains(PAYS));
    let lines = unchunked(&api.get("/api/v1/export/incidents?stream=room-1"));
    let row: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(
        (&row["stream"], &row["labels"]),
        (&json!("room-1"), &json!(["host:1", "=label"]))
    );
    let taken = id(&post(&api, "/api/v1/queue/next").json());
    let body = json!({"decision": "confirm", "reason": "=1+1"});
    api.post(&format!("/api/v1/incidents/{taken}/decision"), &body);
    let body = unchunked(&api.get("/api/v1/export/decisions?format=csv"));
    assert!(
        body.contains(&format!("{taken},confirm,\"'=1+1\",api,")),
        "{body}"
    );
    assert_eq!(api.get("/api/v1/export/incidents?format=xls").status, 422);
}

/// The body of an answer that came in chunks (RFC 9112 section 7.1).
fn unchunked(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    if answer.header("transfer-encoding") != Some("chunked") {
        return answer.text.clone();
    }
    let (mut rest, mut body) = (answer.text.as_str(), String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        body.push_str(&after[..size]);
        rest = &after[size + 2..];
        if size == 0 {
            break;
        }
    }
    body
}

#[test]
fn what_is_wrong_is_a_problem_and_never_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 1, "");
    for (path, status) in [
        ("/api/v1/incidents?cursor=x", 422),
        ("/api/v1/incidents?review=never", 422),
        ("/api/v1/incidents?from=yesterday", 422),
        ("/api/v1/incidents?nonsense=1", 400),
        ("/api/v1/incidents?limit=-1", 400),
        ("/api/v1/incidents?limit=0", 400),
        ("/api/v1/incidents?limit=200", 200),
        ("/api/v1/incidents?limit=201", 400),
        ("/api/v1/campaigns?limit=201", 400),
        ("/api/v1/incidents?class=mine", 422),
        ("/api/v1/incidents?severity=High", 422),
        ("/api/v1/incidents?state=closed", 422),
        ("/api/v1/incidents?decision=maybe", 422),
        ("/api/v1/incidents?class=&severity=high&state=ended", 200),
        ("/api/v1/incidents?text=%22%20OR%20%22", 200),
        ("/api/v1/incidents?text=%00%00%00%00", 200),
        (
            "/api/v1/incidents?text=%27%29%3B%20DROP%20TABLE%20incident",
            200,
        ),
        ("/api/v1/incidents/..%2f..%2fx", 404),
        ("/api/v1/incidents/none", 404),
        ("/api/v1/campaigns?kind=x", 422),
        ("/api/v1/campaigns?cursor=x", 422),
        ("/api/v1/campaigns?key=none", 200),
        (
            "/api/v1/quality?from=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z",
            422,
        ),
        ("/api/v1/feed?after=x", 400),
        ("/api/v1/filters", 200),
        ("/api/v1/golden", 200),
    ] {
        let answer = api.get(path);
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        if status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json"),
                "{path}"
            );
        }
    }
    let long = format!("/api/v1/incidents?text={}", "a".repeat(201));
    assert_eq!(api.get(&long).status, 422);
    let filter = json!({"name": "mine", "query": "class=off_platform"});
    let saved = api.post("/api/v1/filters", &filter);
    assert_eq!(saved.status, 201, "{saved:?}");
    let path = format!("/api/v1/filters/{}", saved.json()["id"].as_str().unwrap());
    assert_eq!(api.ask("DELETE", &path, "").status, 204);
    assert_eq!(api.ask("DELETE", &path, "").status, 404);
    let document = api.get("/api/v1/openapi.json").json();
    for path in [
        "/api/v1/incidents",
        "/api/v1/queue/next",
        "/api/v1/campaigns/{id}/decision",
        "/api/v1/feed",
    ] {
        assert!(document["paths"][path].is_object(), "{path} is described");
    }
}
