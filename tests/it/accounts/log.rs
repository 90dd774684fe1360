//! Who did what, as the audit log has it.

use serde_json::{Value, json};

use super::{Browser, PAGE, with_admin, with_token};

/// What the log says to who asks for it so.
fn log(browser: &Browser, query: &str) -> Value {
    let answer = browser.api.get(&format!("/api/v1/audit{query}"));
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json()
}

#[test]
fn every_change_is_in_the_audit_log() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, api, ana) = with_admin(&data, &[]);
    let (token, _) = ana.token(&json!({"name": "partner", "role": "admin", "days": 1}));
    let program = with_token(&api, &token);
    let url = "rtmp://127.0.0.1:1/live/s3cret-key?token=s3cret";
    let stream = json!({"id": "room", "url": url, "labels": ["a", "=1+1"]});
    assert_eq!(program.post("/api/v1/streams", &stream).status, 201);
    let change = json!({"labels": []}).to_string();
    assert_eq!(
        ana.script()
            .ask("PATCH", "/api/v1/streams/room", &change)
            .status,
        200
    );
    let boosted = ana
        .script()
        .post("/api/v1/streams/room/boost", &Value::Null);
    assert_eq!(boosted.status, 202, "{boosted:?}");
    assert_eq!(
        program.ask("DELETE", "/api/v1/streams/room", "").status,
        204
    );
    // What was refused changed nothing.
    assert_eq!(
        program.ask("DELETE", "/api/v1/streams/room", "").status,
        404
    );

    let log = |query: &str| log(&ana, query);
    let all = log("");
    let lines: Vec<_> = all["lines"].as_array().unwrap().iter().rev().collect();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            (text("by"), text("who"), text("action"))
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
    assert_eq!(
        told,
        [
            ("local", "", "link.made"),
            ("user", "ana", "user.set_up"),
            ("user", "ana", "session.began"),
            ("user", "ana", "token.made"),
            ("token", "partner", "stream.added"),
            ("user", "ana", "stream.changed"),
            ("user", "ana", "stream.boosted"),
            ("token", "partner", "stream.removed"),
        ]
    );
    assert_eq!(lines[4]["subject"], "room");
    assert_eq!(lines[4]["detail"]["labels"], json!(["a", "=1+1"]));
    assert!(!all.to_string().contains("s3cret"), "{all}");
    let count = |query: &str| log(query)["lines"].as_array().unwrap().len();
    assert_eq!(count("?who=partner"), 2);
    assert_eq!(count("?action=stream.added&who=ana"), 0);
    assert_eq!(count("?subject=room"), 4);
    let at = lines[4]["at"].as_str().unwrap();
    assert_eq!(
        (
            count(&format!("?from={at}")),
            count(&format!("?until={at}"))
        ),
        (4, 4)
    );
    let page = log("?limit=3");
    assert_eq!(page["next"], page["lines"][2]["position"]);
    let rest = log(&format!("?limit=5&before={}", page["next"]));
    assert_eq!(
        (rest["lines"].as_array().unwrap().len(), &rest["next"]),
        (5, &Value::Null)
    );
    assert_eq!(ana.api.get("/api/v1/audit?from=yesterday").status, 422);
    assert_eq!(ana.api.get("/api/v1/audit?form=x").status, 400);
}

#[test]
fn the_audit_log_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, _, ana) = with_admin(&folder.path().join("data"), &[]);
    let stream = json!({"id": "room", "url": "rtmp://127.0.0.1:1/a", "labels": ["<b>\u{202e}gpj"]});
    assert_eq!(ana.script().post("/api/v1/streams", &stream).status, 201);
    for _ in 0..3 {
        let boosted = ana
            .script()
            .post("/api/v1/streams/room/boost", &Value::Null);
        assert_eq!(boosted.status, 202, "{boosted:?}");
    }
    let export = |query: &str| {
        ana.api
            .get(&format!("/api/v1/audit/export?subject=room{query}"))
    };
    let lines = export("");
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let parsed: Vec<Value> = lines
        .text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(json!(parsed), log(&ana, "?subject=room")["lines"]);
    let csv = export("&format=csv&limit=3");
    let next = csv.header("link").unwrap();
    assert!(
        next.starts_with("</api/v1/audit/export?format=csv&subject=room&before="),
        "{next}"
    );
    assert_eq!(csv.text.lines().count(), 4, "{csv:?}");
    assert!(
        csv.text
            .starts_with("position,at,by,id,who,action,subject,detail\r\n")
    );
    assert_eq!(
        log(&ana, "?action=audit.exported")["lines"]
            .as_array()
            .unwrap()
            .len(),
        2,
        "who takes it away is told too"
    );
    let page = ana.api.with(PAGE).get("/audit?action=stream.added");
    assert!(page.status == 200 && page.text.contains("room"), "{page:?}");
    assert!(!page.text.contains("stream.boosted"));
    assert!(
        page.text
            .contains("&lt;b&gt;<mark class=\"cc\">U+202E</mark>gpj"),
        "what hides is shown: {page:?}"
    );
}
