//! Accounts: who gets in, who may what, and what is on record of it.

mod blind;
mod log;
mod once;
mod roles;
mod sessions;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::support::{Answer, Api, Watch, waylay};

pub(crate) const PASSWORD: &str = "correct horse s3cret";
pub(crate) const PAGE: &str = "Accept: text/html,application/xhtml+xml";

/// A service with the admin `ana`, and what a browser has after she has signed in with the first link.
pub(crate) fn with_admin(data: &Path, args: &[&str]) -> (Watch, Api, Browser) {
    let (served, address) = Watch::serve(data, args);
    let api = Api::at(&address);
    let token = first_link(&served);
    let made = set_up(&api, &token, "ana", PASSWORD);
    assert_eq!(made.status, 303, "{made:?}");
    let browser = Browser::of(&api, &made);
    (served, api, browser)
}

/// The secret in the link that the service prints at its start.
fn first_link(served: &Watch) -> String {
    let line = served.logged("/setup?token=");
    let (_, token) = line.split_once("token=").unwrap();
    token.trim().to_owned()
}

fn set_up(api: &Api, token: &str, name: &str, password: &str) -> Answer {
    let fields = [
        ("token", token),
        ("name", name),
        ("password", password),
        ("again", password),
    ];
    api.form("/setup", &fields)
}

pub(crate) fn sign_in(api: &Api, name: &str, password: &str) -> Answer {
    api.form("/login", &[("name", name), ("password", password)])
}

/// What a browser has that somebody has signed in with.
pub(crate) struct Browser {
    pub(crate) api: Api,
    csrf: String,
    /// The secret in its cookie.
    secret: String,
}

impl Browser {
    pub(crate) fn of(api: &Api, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").unwrap();
        let pair = cookie.split(';').next().unwrap();
        let (_, secret) = pair.split_once('=').unwrap();
        let api = api.with(&format!("Cookie: {pair}"));
        let me = api.get("/api/v1/me");
        assert_eq!(me.status, 200, "{me:?}");
        Self {
            csrf: me.json()["csrf"].as_str().unwrap().to_owned(),
            secret: secret.to_owned(),
            api,
        }
    }

    /// The same where what changes something carries what our pages carry.
    pub(crate) fn script(&self) -> Api {
        self.api.with(&format!("X-CSRF-Token: {}", self.csrf))
    }

    /// A form of one of our pages.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        self.api.form(path, &all)
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.api.get("/api/v1/me").status == 200
    }

    /// A user who was invited and has chosen a password.
    fn user(&self, api: &Api, name: &str, role: &str) -> Self {
        let new = json!({"name": name, "role": role});
        let invited = self.script().post("/api/v1/users", &new);
        assert_eq!(invited.status, 201, "{invited:?}");
        let link = invited.json()["link"].as_str().unwrap().to_owned();
        Self::of(api, &follow(api, &link, PASSWORD))
    }

    /// A token, and its id.
    pub(crate) fn token(&self, new: &Value) -> (String, String) {
        let made = self.script().post("/api/v1/tokens", new);
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["secret"]), text(&made["token"]["id"]))
    }
}

fn follow(api: &Api, link: &str, password: &str) -> Answer {
    let (_, token) = link.split_once("/invite?token=").unwrap();
    let fields = [
        ("token", token),
        ("password", password),
        ("again", password),
    ];
    api.form("/invite", &fields)
}

fn with_token(api: &Api, token: &str) -> Api {
    api.with(&format!("Authorization: Bearer {token}"))
}

/// Changes the records as time would.
fn age(data: &Path, statement: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("waylay.sqlite"));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let changed = sqlx::query(statement).execute(&pool).await.unwrap();
        assert!(changed.rows_affected() > 0, "{statement}");
        pool.close().await;
    });
}

#[test]
fn the_first_link_makes_an_admin_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    assert_eq!(
        api.get("/api/v1/streams").status,
        200,
        "open to this machine"
    );
    assert_eq!(api.get("/api/v1/me").json()["by"], "local");
    let invited = api.post("/api/v1/users", &json!({"name": "ben", "role": "viewer"}));
    assert_eq!(
        invited.status, 409,
        "the first one must be able to get in: {invited:?}"
    );
    let new = json!({"name": "x", "role": "admin", "days": 1});
    assert_eq!(api.post("/api/v1/tokens", &new).status, 409);
    // A proxy on this machine brings whoever can reach it.
    for line in ["X-Forwarded-For: 203.0.113.7", "Via: 1.1 proxy"] {
        assert_eq!(api.with(line).get("/api/v1/streams").status, 403, "{line}");
    }
    let token = first_link(&served);
    let page = api.with(PAGE).get(&format!("/setup?token={token}"));
    assert_eq!(page.status, 200, "{page:?}");
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let other = api.with(PAGE).get("/setup?token=other");
    assert_eq!(other.status, 404);
    assert!(
        other
            .header("content-type")
            .unwrap()
            .starts_with("text/html"),
        "{other:?}"
    );
    for (name, password) in [("ana", "too short"), ("a b", PASSWORD), ("api", PASSWORD)] {
        assert_eq!(set_up(&api, &token, name, password).status, 422, "{name}");
    }
    let fields = [
        ("token", &*token),
        ("name", "ana"),
        ("password", PASSWORD),
        ("again", "x"),
    ];
    assert_eq!(api.form("/setup", &fields).status, 422);

    let made = set_up(&api, &token, "ana", PASSWORD);
    assert_eq!(made.status, 303, "{made:?}");
    let me = Browser::of(&api, &made).api.get("/api/v1/me").json();
    assert_eq!((&me["name"], &me["role"]), (&json!("ana"), &json!("admin")));
    // From now on nobody is let in for asking from here.
    let refused = api.get("/api/v1/streams");
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    assert_eq!(api.get("/metrics").status, 401);
    assert_eq!(api.get("/health").status, 200);
    let led = api.with(PAGE).get("/audit?who=ana");
    assert_eq!(led.status, 303);
    assert_eq!(
        led.header("location"),
        Some("/login?next=%2Faudit%3Fwho%3Dana")
    );
    let chinese = api
        .with("Accept-Language: zh-CN,zh;q=0.9")
        .with(PAGE)
        .get("/login");
    assert!(
        chinese.status == 200 && chinese.text.contains("登录"),
        "{chinese:?}"
    );
    assert_eq!(set_up(&api, &token, "eve", PASSWORD).status, 404);
    assert_eq!(api.get(&format!("/setup?token={token}")).status, 404);
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");

    let (mut served, address) = Watch::serve(&data, &[]);
    assert_eq!(Api::at(&address).get("/api/v1/streams").status, 401);
    let (_, _, log) = served.stop();
    assert!(!log.contains("/setup"), "there are accounts: {log}");
}

#[test]
fn a_link_works_for_a_day_and_the_newest_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, _) = Watch::serve(&data, &[]);
    let before = first_link(&served);
    served.kill();
    let (served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let token = first_link(&served);
    assert_eq!(set_up(&api, &before, "eve", PASSWORD).status, 404);
    assert_eq!(api.get(&format!("/setup?token={token}")).status, 200);
    age(&data, "UPDATE link SET until_us = until_us - 86400000000");
    assert_eq!(set_up(&api, &token, "eve", PASSWORD).status, 404);
    assert_eq!(api.get("/api/v1/me").json()["by"], "local");
}

/// For whoever is locked out: what the command prints works in the service that runs.
#[test]
fn whoever_is_locked_out_gets_another_link() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let link = |data: &Path| {
        waylay()
            .args(["admin-link", "--data"])
            .arg(data)
            .output()
            .unwrap()
    };
    let none = link(folder.path());
    assert_eq!(none.status.code(), Some(2));
    let (_served, api, browser) = with_admin(&data, &[]);
    let made = link(&data);
    assert!(made.status.success(), "{made:?}");
    let made = String::from_utf8(made.stdout).unwrap();
    let token = made
        .trim()
        .strip_prefix("http://127.0.0.1:8088/setup?token=")
        .unwrap();
    let other = "another good password";
    let made = set_up(&api, token, "ANA", other);
    assert_eq!(made.status, 303, "{made:?}");
    assert!(Browser::of(&api, &made).is_signed_in());
    assert!(!browser.is_signed_in(), "what she had before is over");
    assert_eq!(sign_in(&api, "ana", PASSWORD).status, 403);
    assert_eq!(sign_in(&api, "ana", other).status, 303);
    let users = with_cookie_of(&api, &sign_in(&api, "ana", other))
        .get("/api/v1/users")
        .json();
    assert_eq!(users["users"].as_array().unwrap().len(), 1, "{users}");
}

fn with_cookie_of(api: &Api, answer: &Answer) -> Api {
    Browser::of(api, answer).api
}

#[test]
fn an_invitation_works_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, api, ana) = with_admin(&data, &[]);
    let new = |name: &str| json!({"name": name, "role": "reviewer"});
    let invited = ana.script().post("/api/v1/users", &new("ben"));
    assert_eq!(invited.status, 201, "{invited:?}");
    let (location, invited) = (
        invited.header("location").unwrap().to_owned(),
        invited.json(),
    );
    assert_eq!(ana.api.get(&location).json(), invited["user"]);
    assert_eq!(invited["user"]["state"], "invited");
    assert_eq!(ana.script().post("/api/v1/users", &new("BEN")).status, 409);
    assert_eq!(ana.script().post("/api/v1/users", &new("api")).status, 409);
    assert_eq!(ana.script().post("/api/v1/users", &new("b n")).status, 422);
    assert_eq!(
        sign_in(&api, "ben", PASSWORD).status,
        403,
        "no password fits"
    );

    let first = invited["link"].as_str().unwrap();
    let again = ana
        .script()
        .post(&format!("{location}/invite"), &Value::Null);
    assert_eq!(again.status, 200, "{again:?}");
    let again = again.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(
        follow(&api, first, PASSWORD).status,
        404,
        "the newest alone works"
    );
    let page = api.with(PAGE).get(&again[again.find("/invite").unwrap()..]);
    assert!(page.status == 200 && page.text.contains("ben"), "{page:?}");
    assert_eq!(follow(&api, &again, "ben ben ben ben 1").status, 422);
    let followed = follow(&api, &again, PASSWORD);
    let ben = Browser::of(&api, &followed);
    assert_eq!(ben.api.get("/api/v1/me").json()["role"], "reviewer");
    assert_eq!(follow(&api, &again, PASSWORD).status, 404);
    assert_eq!(ana.api.get(&location).json()["state"], "active");

    // One for a setup is none for an invitation, and the other way round.
    let third = ana.script().post("/api/v1/users", &new("cleo")).json();
    let third = third["link"].as_str().unwrap();
    let (_, token) = third.split_once("token=").unwrap();
    assert_eq!(set_up(&api, token, "eve", PASSWORD).status, 404);
    age(
        &data,
        "UPDATE link SET until_us = until_us - 7 * 86400000000",
    );
    assert_eq!(follow(&api, third, PASSWORD).status, 404);
}

/// What only the owner may know is nowhere: neither in the records nor in the log.
#[test]
fn no_secret_is_kept_or_logged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, api, ana) = with_admin(&data, &[]);
    let ben = ana.user(&api, "ben", "lead");
    let (token, _) = ana.token(&json!({"name": "partner", "role": "lead", "days": 1}));
    assert!(token.starts_with("wl_") && token.len() == 46, "{token}");
    assert_eq!(with_token(&api, &token).get("/api/v1/streams").status, 200);
    assert_eq!(sign_in(&api, "ben", "a wrong s3cret word").status, 403);
    assert_eq!(
        sign_in(&api, "s3cret-in-the-wrong-field", PASSWORD).status,
        403
    );
    let again = ana
        .script()
        .post("/api/v1/users", &json!({"name": "cleo", "role": "viewer"}));
    let link = again.json()["link"].as_str().unwrap().to_owned();
    let (_, link) = link.split_once("token=").unwrap();
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let mut kept = Vec::new();
    for file in fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            kept.extend(fs::read(path).unwrap());
        }
    }
    let has = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(
        has("ana") && has("$argon2id$v=19$m=19456,t=2,p=1$"),
        "it is read"
    );
    for secret in [
        "s3cret",
        &token,
        &token[3..],
        &ana.secret,
        &ben.secret,
        &ana.csrf,
        link,
    ] {
        assert!(!has(secret), "{secret} is kept");
        assert!(!log.contains(secret), "{secret} is logged: {log}");
    }
}

#[test]
fn the_service_listens_elsewhere_where_somebody_can_be_told_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let open = waylay()
        .args(["serve", "--listen", "0.0.0.0:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(open.status.code(), Some(2), "{open:?}");
    let (mut served, _, _) = with_admin(&data, &[]);
    served.kill();
    let (_served, address) = Watch::serve_at("0.0.0.0:0", &data, &[]);
    let (_, port) = address.rsplit_once(':').unwrap();
    let api = Api::at(&format!("127.0.0.1:{port}"));
    assert_eq!(api.get("/api/v1/streams").status, 401);
    assert_eq!(sign_in(&api, "ana", PASSWORD).status, 303);
}
