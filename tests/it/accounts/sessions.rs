//! Sessions: how they begin, what their requests carry, and how they end.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Browser, PAGE, PASSWORD, age, sign_in, with_admin, with_token};
use crate::support::Api;

#[test]
fn a_cookie_is_for_our_pages_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, _) = with_admin(&folder.path().join("data"), &[]);
    let answer = api.form(
        "/login",
        &[
            ("name", "ana"),
            ("password", PASSWORD),
            ("next", "/users?after=b"),
        ],
    );
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), Some("/users?after=b"));
    let cookie = answer.header("set-cookie").unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("waylay_session", 43));
    assert_eq!(
        attributes,
        "Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"
    );
    let elsewhere = api.form(
        "/login",
        &[
            ("name", "ana"),
            ("password", PASSWORD),
            ("next", "//evil.example"),
        ],
    );
    assert_ne!(elsewhere.header("location"), Some("//evil.example"));

    // By https it is for https alone, and no other host can set it.
    let config = folder.path().join("config.toml");
    let text = "[accounts]\npublic_url = \"https://way.example\"\nsession_days = 1\n";
    fs::write(&config, text).unwrap();
    let other = folder.path().join("other");
    let (_served, api, ana) = with_admin(&other, &["--config", config.to_str().unwrap()]);
    let answer = sign_in(&api.with("Origin: https://way.example"), "ana", PASSWORD);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-waylay_session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=86400; Secure"));
    let invited = ana
        .script()
        .post("/api/v1/users", &json!({"name": "b", "role": "viewer"}));
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with("https://way.example/invite?token="),
        "{link}"
    );
}

#[test]
fn what_another_site_sends_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let new = json!({"name": "ben", "role": "viewer"}).to_string();
    for (why, api) in [
        ("without the token", ana.api.with("X-A: b")),
        ("with a wrong one", ana.api.with("X-CSRF-Token: x")),
        (
            "from elsewhere",
            ana.script().with("Origin: https://evil.example"),
        ),
        ("from nowhere", ana.script().with("Origin: null")),
    ] {
        let answer = api.ask("POST", "/api/v1/users", &new);
        assert_eq!(answer.status, 403, "{why}: {answer:?}");
    }
    let form = |csrf: &str| {
        ana.api.form(
            "/users",
            &[("name", "ben"), ("role", "viewer"), ("csrf", csrf)],
        )
    };
    assert_eq!((form("").status, form("x").status), (403, 403));
    let page = ana.api.with(PAGE).form("/logout", &[]);
    assert!(
        page.status == 403 && page.text.contains("<h1>"),
        "for people: {page:?}"
    );
    assert!(ana.is_signed_in());
    let read = ana
        .api
        .with("Origin: https://evil.example")
        .get("/api/v1/users");
    assert_eq!(read.status, 403);
    // Nobody is signed in as somebody else by a page of another site.
    let login = sign_in(&api.with("Origin: https://evil.example"), "ana", PASSWORD);
    assert!(login.status == 403 && login.header("set-cookie").is_none());
    let own = ana
        .script()
        .with(&format!("Origin: http://{}", api.address));
    assert_eq!(own.ask("POST", "/api/v1/users", &new).status, 201);
    let users = ana.api.get("/api/v1/users").json();
    assert_eq!(users["users"].as_array().unwrap().len(), 2, "{users}");
    assert_eq!(ana.form("/logout", &[]).status, 303);
    assert!(!ana.is_signed_in());

    // While there are no accounts a page of another site could ask from this machine.
    let other = folder.path().join("other");
    let (_served, address) = crate::support::Watch::serve(&other, &[]);
    let foreign = Api::at(&address).with("Origin: https://evil.example");
    let stream = json!({"id": "a", "url": "rtmp://127.0.0.1:1/a"});
    assert_eq!(foreign.post("/api/v1/streams", &stream).status, 403);
    assert_eq!(foreign.get("/api/v1/streams").status, 403);
}

#[test]
fn a_session_ends_when_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, api, ana) = with_admin(&data, &[]);
    let begin = || {
        Browser::of(
            &api.with("User-Agent: Test/1"),
            &sign_in(&api, "ana", PASSWORD),
        )
    };
    let (one, two, three) = (begin(), begin(), begin());
    let listed = one.api.get("/api/v1/sessions").json();
    let sessions = listed["sessions"].as_array().unwrap();
    let own: Vec<_> = sessions.iter().filter(|s| s["own"] == true).collect();
    assert_eq!((sessions.len(), own.len()), (4, 1), "{listed}");
    let path = |session: &Value| format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(one.script().ask("DELETE", &path(own[0]), "").status, 204);
    assert!(!one.is_signed_in() && two.is_signed_in());
    assert_eq!(two.script().ask("DELETE", &path(own[0]), "").status, 404);
    // Nobody ends those of others.
    let ben = ana.user(&api, "ben", "viewer");
    let others = &two.api.get("/api/v1/sessions").json()["sessions"][0];
    assert_eq!(ben.script().ask("DELETE", &path(others), "").status, 404);

    assert_eq!(two.form("/account/sessions/end", &[]).status, 303);
    assert!(!two.is_signed_in() && !three.is_signed_in() && !ana.is_signed_in());
    assert!(ben.is_signed_in());

    let (one, two) = (begin(), begin());
    let next = "another good password";
    let change = |old: &str, next: &str, again: &str| {
        let fields = [("old", old), ("password", next), ("again", again)];
        one.form("/account/password", &fields)
    };
    assert_eq!(change("not the one she has", next, next).status, 422);
    assert_eq!(change(PASSWORD, next, "x").status, 422);
    assert_eq!(
        change(PASSWORD, "ana ana ana ana 1", "ana ana ana ana 1").status,
        422
    );
    let changed = change(PASSWORD, next, next);
    assert_eq!(changed.status, 303, "{changed:?}");
    let ana = Browser::of(&api, &changed);
    assert!(!one.is_signed_in() && !two.is_signed_in());
    assert_eq!(sign_in(&api, "ana", PASSWORD).status, 403);

    let users = ana.api.get("/api/v1/users").json();
    let id = users["users"][1]["id"].as_str().unwrap();
    let role = json!({"role": "lead"}).to_string();
    let changed = ana
        .script()
        .ask("PATCH", &format!("/api/v1/users/{id}"), &role);
    assert_eq!(changed.json()["role"], "lead");
    assert!(!ben.is_signed_in(), "what he may is decided anew");
    let ben = Browser::of(&api, &sign_in(&api, "ben", PASSWORD));
    assert_eq!(ben.api.get("/api/v1/me").json()["role"], "lead");
    age(&data, "UPDATE user SET disabled = 1 WHERE name = 'ben'");
    assert!(!ben.is_signed_in());

    age(
        &data,
        "UPDATE session SET seen_us = seen_us - 7 * 3600000000",
    );
    assert!(ana.is_signed_in(), "it is used within 8 hours");
    age(
        &data,
        "UPDATE session SET seen_us = seen_us - 7 * 3600000000",
    );
    assert!(ana.is_signed_in(), "that it was used is noted");
    age(
        &data,
        "UPDATE session SET seen_us = seen_us - 9 * 3600000000",
    );
    assert!(!ana.is_signed_in());
    age(
        &data,
        "UPDATE session SET seen_us = seen_us + 9 * 3600000000",
    );
    assert!(ana.is_signed_in());
    age(
        &data,
        "UPDATE session SET created_us = created_us - 31 * 86400000000",
    );
    assert!(!ana.is_signed_in(), "however it is used");
}

#[test]
fn whoever_guesses_has_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let wrong = sign_in(&api, "ana", "a wrong password");
    let nobody = sign_in(&api, "nobody", "a wrong password");
    assert_eq!((wrong.status, nobody.status), (403, 403));
    let without_name = |text: &str| text.replace("nobody", "").replace("ana", "");
    assert_eq!(
        without_name(&wrong.text),
        without_name(&nobody.text),
        "nobody learns who is there"
    );
    for _ in 0..4 {
        assert_eq!(sign_in(&api, "Ana", "a wrong password").status, 403);
    }
    let refused = sign_in(&api, "ana", PASSWORD);
    assert_eq!(refused.status, 429, "the right one too: {refused:?}");
    let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");
    assert!(ana.is_signed_in(), "who is in stays in");
    assert_eq!(
        sign_in(&api, "nobody", "a wrong password").status,
        403,
        "others go on"
    );
    // An address has more attempts, and they end too.
    let mut last = 0;
    for n in 0..20 {
        last = sign_in(&api, &format!("u{n}"), "a wrong password").status;
    }
    assert_eq!(last, 429);
    let path = "/api/v1/audit?action=session.refused";
    let refused = ana.api.await_that(path, "they are noted", |refused| {
        refused["lines"].as_array().unwrap().len() >= 5
    });
    assert_eq!(
        refused["lines"].as_array().unwrap().len(),
        5,
        "of her alone: {refused}"
    );
    for line in refused["lines"].as_array().unwrap() {
        assert_eq!(
            (&line["by"], &line["detail"]["name"]),
            (&json!("nobody"), &json!("ana"))
        );
    }
}

/// Longer than anything that is awaited takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What somebody hears who listens to what happens.
struct Heard(BufReader<TcpStream>);

impl Heard {
    fn by(api: &Api) -> Self {
        let mut stream = TcpStream::connect(&api.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let host = format!("Host: {}", api.address);
        let head = ["GET /api/v1/feed HTTP/1.1", "Connection: close", &host].map(str::to_owned);
        let head = [&head[..], &api.head].concat().join("\r\n");
        write!(stream, "{head}\r\n\r\n").unwrap();
        let mut heard = Self(BufReader::new(stream));
        let status = heard.line();
        assert!(status.contains(" 200 "), "{status}");
        while !heard.line().trim().is_empty() {}
        heard
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line
    }

    fn is_open(&mut self) -> bool {
        self.0.get_ref().set_nonblocking(true).unwrap();
        let is_open = self.0.fill_buf().map_or(true, |read| !read.is_empty());
        self.0.get_ref().set_nonblocking(false).unwrap();
        is_open
    }

    /// Waits for its end; what keeps a connection open comes again and again.
    fn ends(mut self, what: &str) {
        let started = Instant::now();
        while !self.line().is_empty() {
            assert!(started.elapsed() < PATIENCE, "it goes on: {what}");
        }
    }
}

#[test]
fn who_listens_hears_no_more_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, api, ana) = with_admin(&data, &[]);
    let mut stays = Heard::by(&ana.api);

    let ben = ana.user(&api, "ben", "viewer");
    let heard = Heard::by(&ben.api);
    assert_eq!(ben.form("/logout", &[]).status, 303);
    heard.ends("signed out");
    let ben = Browser::of(&api, &sign_in(&api, "ben", PASSWORD));
    let heard = Heard::by(&ben.api);
    age(&data, "UPDATE user SET disabled = 1 WHERE name = 'ben'");
    heard.ends("disabled");

    let [(revoked, id), (over, _)] =
        ["a", "b"].map(|name| ana.token(&json!({"name": name, "role": "viewer", "days": 1})));
    let [revoked, over] = [revoked, over].map(|token| Heard::by(&with_token(&api, &token)));
    let path = format!("/api/v1/tokens/{id}");
    assert_eq!(ana.script().ask("DELETE", &path, "").status, 204);
    revoked.ends("revoked");
    age(
        &data,
        "UPDATE token SET until_us = until_us - 2 * 86400000000 WHERE name = 'b'",
    );
    over.ends("over");

    assert!(stays.is_open(), "others go on");
    age(
        &data,
        "UPDATE session SET seen_us = seen_us - 9 * 3600000000",
    );
    stays.ends("idle");
}
