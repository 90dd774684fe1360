//! Single sign-on, with a provider that is certified: oidc-provider of npm, in `tests/oidc`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::accounts::{Browser, PAGE, PASSWORD, sign_in, with_admin};
use crate::support::{Answer, Api, Watch};

/// What must not stand in a log. As many signs as there are that a form encodes.
const SECRET: &str = "s3cret/+ &=%:client";

/// The folder `name` of the tests in JavaScript.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// The provider in a process of its own.
struct Provider {
    child: Child,
    issuer: String,
    api: Api,
}

impl Provider {
    /// `None` where there is no node, or its packages are not installed.
    fn start(algorithm: &str) -> Option<Self> {
        let folder = folder("oidc");
        if !folder.join("node_modules/oidc-provider").is_dir() {
            return None;
        }
        let child = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .arg(algorithm)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.ok()?;
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let issuer = line.trim().to_owned();
        let (_, port) = issuer.rsplit_once(':').unwrap();
        Some(Self {
            child,
            api: Api::at(&format!("127.0.0.1:{port}")).with(&format!("Host: localhost:{port}")),
            issuer,
        })
    }

    fn tell(&self, what: &Value) {
        let told = self.api.ask("PUT", "/test", &what.to_string());
        assert_eq!(told.status, 204, "{told:?}");
    }

    /// Who sits in front of the browser next.
    fn sits(&self, person: &Value) {
        self.tell(&json!({"person": person}));
    }

    /// Goes to `url`, which a redirect led to, and on to where the provider leads back; the path there.
    fn visit(&self, url: &str) -> String {
        let mut cookies: Vec<String> = Vec::new();
        let mut path = url.strip_prefix(&self.issuer).unwrap().to_owned();
        for _ in 0..10 {
            let api = self.api.with(&format!("Cookie: {}", cookies.join("; ")));
            let answer = api.with(PAGE).get(&path);
            assert_eq!(answer.status, 303, "{answer:?}");
            for cookie in set_cookies(&answer) {
                let (pair, _) = cookie.split_once(';').unwrap();
                let (name, _) = pair.split_once('=').unwrap();
                cookies.retain(|known| known.split('=').next() != Some(name));
                cookies.push(pair.to_owned());
            }
            let to = answer.header("location").unwrap();
            if let Some((_, rest)) = to.split_once("/login/oidc/callback") {
                return format!("/login/oidc/callback{rest}");
            }
            to.strip_prefix(&self.issuer)
                .unwrap_or(to)
                .clone_into(&mut path);
        }
        panic!("it leads nowhere: {path}");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn set_cookies(answer: &Answer) -> Vec<&str> {
    let all = answer.head.iter().filter(|(name, _)| name == "set-cookie");
    all.map(|(_, value)| value.as_str()).collect()
}

/// What begins at the page to sign in: the cookie of the attempt, and where at the provider it leads.
fn begin(api: &Api) -> (String, String) {
    let led = api
        .with(PAGE)
        .get("/login/oidc?next=%2Faccount%3Fa%3Db%253Bc");
    assert_eq!(led.status, 303, "{led:?}");
    let cookie = led.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.split("; ").any(|p| p == part), "{cookie}");
    }
    let (pair, _) = cookie.split_once(';').unwrap();
    let to = led.header("location").unwrap();
    (pair.to_owned(), to.to_owned())
}

/// The provider's answer, taken by the browser with this cookie.
fn come_back(api: &Api, cookie: &str, path: &str) -> Answer {
    api.with(&format!("Cookie: {cookie}")).with(PAGE).get(path)
}

fn sign_in_there(api: &Api, provider: &Provider) -> Answer {
    let (cookie, to) = begin(api);
    come_back(api, &cookie, &provider.visit(&to))
}

fn write_config(folder: &Path, issuer: &str, more: &str) -> String {
    let secret = folder.join("client.secret");
    std::fs::write(&secret, SECRET).unwrap();
    let config = folder.join("waylay.toml");
    let text = format!(
        "[oidc]\nissuer = {issuer:?}\nclient_id = \"waylay\"\nclient_secret_file = {:?}\n\
         name = \"Test ID\"\nscopes = [\"profile\", \"email\", \"groups\"]\n{more}",
        secret.to_str().unwrap()
    );
    std::fs::write(&config, text).unwrap();
    config.to_str().unwrap().to_owned()
}

/// A service that this provider is one of, with the admin `ana`, who has a password.
fn scene(folder: &Path, provider: &Provider) -> (Watch, Api, Browser) {
    let roles = "roles_claim = \"groups\"\n[oidc.roles]\nstaff = \"reviewer\"\nheads = \"lead\"\n";
    let config = write_config(folder, &provider.issuer, roles);
    let (served, api, ana) = with_admin(&folder.join("data"), &["--config", &config]);
    let back = format!("http://{}/login/oidc/callback", api.address);
    let client = json!({
        "client_id": "waylay", "client_secret": SECRET, "redirect_uris": [back],
        "token_endpoint_auth_method": "client_secret_basic",
    });
    provider.tell(&json!({"client": client}));
    (served, api, ana)
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn start(algorithm: &str) -> Option<Provider> {
    let provider = Provider::start(algorithm);
    if provider.is_none() {
        eprintln!(
            "skipped: node or the packages of tests/oidc are missing (scripts/setup.sh test)"
        );
    }
    provider
}

/// What is on record of single sign-on: who, what and why, the oldest first.
fn audited(ana: &Browser, action: &str) -> Vec<(String, Value)> {
    let log = ana
        .api
        .get(&format!("/api/v1/audit?action={action}"))
        .json();
    let lines = log["lines"].as_array().unwrap().iter().rev();
    lines
        .map(|line| {
            (
                line["who"].as_str().unwrap().to_owned(),
                line["detail"].clone(),
            )
        })
        .collect()
}

fn user(ana: &Browser, name: &str) -> Value {
    let users = ana.api.get("/api/v1/users").json();
    let mut users = users["users"].as_array().unwrap().iter();
    users.find(|user| user["name"] == name).unwrap().clone()
}

fn is_refused(answer: &Answer, status: u16, said: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.text.contains(said), "{said}: {}", answer.text);
    assert!(
        answer.text.contains("name=\"password\""),
        "a password works on"
    );
    let session = set_cookies(answer)
        .into_iter()
        .find(|cookie| cookie.starts_with("waylay_session"));
    assert_eq!(session, None);
}

#[test]
fn somebody_signs_in_and_has_the_role_that_the_provider_says() {
    for algorithm in ["ES256", "RS256"] {
        let Some(provider) = start(algorithm) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let (mut served, api, ana) = scene(folder.path(), &provider);
        let page = api.with(PAGE).get("/login?next=%2Fwall");
        assert!(
            page.text.contains("href=\"/login/oidc?next=%2Fwall\""),
            "{page:?}"
        );
        assert!(page.text.contains("Sign in with <bdi>Test ID</bdi>"));

        let ben = json!({"sub": "b-1", "preferred_username": "ben", "groups": ["staff", "heads"]});
        provider.sits(&ben);
        let (cookie, to) = begin(&api);
        let path = provider.visit(&to);
        let came = come_back(&api, &cookie, &path);
        assert_eq!(came.status, 200, "{came:?}");
        let led = "<meta http-equiv=\"refresh\" content=\"0;url=/account?a=b%3Bc\">";
        assert!(came.text.contains(led), "{}", came.text);
        let cookies = set_cookies(&came);
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        assert!(
            cookies[0].starts_with("waylay_session=") && cookies[0].contains("SameSite=Strict")
        );
        assert!(cookies[1].starts_with("waylay_oidc=;") && cookies[1].contains("Max-Age=0"));
        let first = Browser::of(&api, &came);
        let me = first.api.get("/api/v1/me").json();
        assert_eq!((&me["name"], &me["role"]), (&json!("ben"), &json!("lead")));
        let row = user(&ana, "ben");
        assert_eq!(
            (&row["state"], &row["single_sign_on"]),
            (&json!("active"), &json!(true))
        );
        let account = first.api.with(PAGE).get("/account");
        assert!(
            !account.text.contains("name=\"old\""),
            "there is no password to change"
        );
        // The same answer once more: the provider takes no code twice.
        is_refused(&come_back(&api, &cookie, &path), 502, "Something is wrong");

        // Another name there is none here; another role is one from now on.
        provider.sits(&json!({"sub": "b-1", "preferred_username": "ana", "groups": "staff"}));
        let second = Browser::of(&api, &sign_in_there(&api, &provider));
        let me = second.api.get("/api/v1/me").json();
        assert_eq!(
            (&me["name"], &me["role"]),
            (&json!("ben"), &json!("reviewer"))
        );
        assert!(!first.is_signed_in(), "what it may was decided anew");
        let third = Browser::of(&api, &sign_in_there(&api, &provider));
        assert!(
            second.is_signed_in() && third.is_signed_in(),
            "nothing changed"
        );

        provider.sits(&json!({"sub": "b-1", "preferred_username": "ben", "groups": ["others"]}));
        is_refused(&sign_in_there(&api, &provider), 403, "gives you no role");
        assert!(!second.is_signed_in(), "it has none any more");

        let came = audited(&ana, "user.came");
        assert_eq!(
            came,
            [("ben".to_owned(), json!({"name": "ben", "role": "lead"}))]
        );
        let changed = audited(&ana, "user.changed");
        let detail = json!({"role": "reviewer", "by": "provider"});
        assert_eq!(changed, [("ben".to_owned(), detail)]);
        let refused = audited(&ana, "session.refused");
        let detail = json!({"name": "ben", "why": "no_role"});
        assert_eq!(refused, [(String::new(), detail)]);
        let (status, _, log) = served.stop();
        assert!(status.success(), "{log}");
        assert!(
            log.contains("the provider does not take the code: invalid_grant"),
            "{log}"
        );
        let (_, code) = path.split_once("code=").unwrap();
        let (code, _) = code.split_once('&').unwrap();
        for secret in [
            code,
            cookie.split_once('=').unwrap().1,
            "s3cret",
            "Bearer",
            "eyJ",
        ] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    }
}

#[test]
fn nobody_takes_over_an_account() {
    let Some(provider) = start("ES256") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = scene(folder.path(), &provider);
    let taken = "Somebody here has your name already";
    let other = json!({"sub": "a-1", "preferred_username": "ANA", "groups": ["heads"]});
    provider.sits(&other);
    is_refused(&sign_in_there(&api, &provider), 403, taken);
    let chinese = api.with("Accept-Language: zh-CN");
    is_refused(
        &sign_in_there(&chinese, &provider),
        403,
        "您的用户名在此已被使用",
    );

    let id = user(&ana, "ana")["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{id}");
    let change = |join: bool| {
        let changed = ana
            .script()
            .ask("PATCH", &path, &json!({"join": join}).to_string());
        assert_eq!(changed.status, 200, "{changed:?}");
        changed.json()
    };
    assert!(change(true)["joinable_until"].is_string());
    assert!(
        change(false)["joinable_until"].is_null(),
        "on second thoughts"
    );
    is_refused(&sign_in_there(&api, &provider), 403, taken);
    let page = ana.api.with(PAGE).get("/users");
    assert!(
        page.text.contains("name=\"join\" value=\"true\""),
        "{page:?}"
    );
    assert_eq!(
        ana.form(&format!("/users/{id}"), &[("join", "true")])
            .status,
        303
    );
    let page = ana.api.with(PAGE).get("/users");
    assert!(page.text.contains("may be joined"), "{page:?}");
    let joined = Browser::of(&api, &sign_in_there(&api, &provider));
    let me = joined.api.get("/api/v1/me").json();
    // The provider says `lead`; nobody else says who may what here.
    assert_eq!((&me["id"], &me["role"]), (&json!(id), &json!("admin")));
    assert_eq!(audited(&ana, "user.joined").len(), 1);
    let page = ana.api.with(PAGE).get("/users");
    assert!(page.text.contains("Single sign-on: joined"), "{page:?}");
    assert!(ana.is_signed_in(), "it is the same user");

    // Somebody else of the same name is not, and the one is no more when an admin says so.
    provider.sits(&json!({"sub": "a-2", "preferred_username": "ana", "groups": ["heads"]}));
    is_refused(&sign_in_there(&api, &provider), 403, taken);
    change(false);
    assert!(!joined.is_signed_in());
    provider.sits(&other);
    is_refused(&sign_in_there(&api, &provider), 403, taken);

    // Names of tokens are nobody's either, and what cannot be a name is none.
    let again = sign_in(&api, "ana", PASSWORD);
    let ana = Browser::of(&api, &again);
    ana.token(&json!({"name": "bot", "role": "viewer", "days": 1}));
    for (name, said) in [
        ("bot", taken),
        ("api", taken),
        ("<b>", "does not tell a name"),
    ] {
        provider.sits(&json!({"sub": "x", "preferred_username": name, "groups": ["staff"]}));
        is_refused(&sign_in_there(&api, &provider), 403, said);
    }
    let whys: Vec<_> = audited(&ana, "session.refused")
        .into_iter()
        .map(|(_, detail)| detail["why"].as_str().unwrap().to_owned())
        .collect();
    let mut expected = vec!["name_taken"; 7];
    expected.push("no_fit_name");
    assert_eq!(whys, expected);
}

#[test]
fn whoever_is_disabled_or_comes_from_elsewhere_stays_out() {
    let Some(provider) = start("RS256") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = scene(folder.path(), &provider);
    let ben = json!({"sub": "b-1", "preferred_username": "ben", "groups": ["staff"]});
    provider.sits(&ben);
    let browser = Browser::of(&api, &sign_in_there(&api, &provider));
    let id = user(&ana, "ben")["id"].as_str().unwrap().to_owned();
    let disabled = json!({"disabled": true}).to_string();
    let path = format!("/api/v1/users/{id}");
    assert_eq!(ana.script().ask("PATCH", &path, &disabled).status, 200);
    assert!(!browser.is_signed_in());
    is_refused(
        &sign_in_there(&api, &provider),
        403,
        "This account is disabled",
    );

    // The answer belongs to the browser that asked, and to its last attempt.
    provider.sits(&json!({"sub": "c-1", "preferred_username": "cleo", "groups": ["staff"]}));
    let over = "began in another browser";
    let (cookie, to) = begin(&api);
    let answer = provider.visit(&to);
    let (other, _) = begin(&api);
    is_refused(&api.with(PAGE).get(&answer), 403, over);
    is_refused(&come_back(&api, &other, &answer), 403, over);
    let (before, _) = answer.split_once("state=").unwrap();
    is_refused(&come_back(&api, &cookie, before), 403, over);
    let (kept, issuer) = answer.split_once("iss=").unwrap();
    assert_eq!(
        issuer,
        provider.issuer.replace(':', "%3A").replace('/', "%2F")
    );
    for wrong in [
        kept.to_owned(),
        format!("{kept}iss=https%3A%2F%2Fevil.example"),
    ] {
        is_refused(&come_back(&api, &cookie, &wrong), 502, "Something is wrong");
    }
    // None of these took the code.
    let came = Browser::of(&api, &come_back(&api, &cookie, &answer));
    assert!(came.is_signed_in());
    provider.sits(&json!({"sub": "c-1", "refuses": true}));
    is_refused(&sign_in_there(&api, &provider), 403, "did not let you in");
    // Whoever is signed in is led on without the provider.
    let on = came.api.with(PAGE).get("/login/oidc?next=%2Fwall");
    assert_eq!((on.status, on.header("location")), (303, Some("/wall")));
}

#[test]
fn attempts_are_counted_and_a_password_works_without_the_provider() {
    let Some(provider) = start("ES256") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, _ana) = scene(folder.path(), &provider);
    let (cookie, to) = begin(&api);
    let (_, state) = to.split_once("state=").unwrap();
    let (state, _) = state.split_once('&').unwrap();
    let issuer = provider.issuer.clone();
    drop(provider);
    let answer = |more: &str| {
        let path = format!("/login/oidc/callback?state={state}&{more}");
        come_back(&api, &cookie, &path)
    };
    let away = answer(&format!("code=x&iss={issuer}"));
    is_refused(&away, 503, "The provider does not answer");
    let signed_in = sign_in(&api, "ana", PASSWORD);
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let evil = answer("error=%3Cscript%3E&error_description=call+%2B1+555-0199");
    is_refused(&evil, 502, "Something is wrong");
    // What somebody else may have written is shown in no way.
    for written in ["555-0199", "script>", "3Cscript"] {
        assert!(
            !evil.text.replace("</script>", "").contains(written),
            "{written}: {}",
            evil.text
        );
    }
    let mut counted = 3;
    let refused = loop {
        let answer = answer("error=access_denied");
        if answer.status != 403 {
            break answer;
        }
        counted += 1;
        assert!(counted <= 30, "{answer:?}");
    };
    is_refused(&refused, 429, "Too many attempts");
    assert!(refused.header("retry-after").is_some());
    assert!(counted >= 20, "{counted}");
}

/// What needs no provider.
#[test]
fn a_provider_that_is_away_or_absent_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let (mut served, api, _ana) = with_admin(&folder.path().join("data"), &[]);
    let page = api.with(PAGE).get("/login");
    assert!(!page.text.contains("/login/oidc"), "{page:?}");
    for path in ["/login/oidc", "/login/oidc/callback?code=a&state=b"] {
        assert_eq!(api.with(PAGE).get(path).status, 404, "{path}");
    }
    served.kill();
    let config = write_config(folder.path(), "http://127.0.0.1:9", "role = \"viewer\"");
    let (_served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let page = api.with(PAGE).get("/login");
    assert!(
        page.text.contains("Sign in with <bdi>Test ID</bdi>"),
        "{page:?}"
    );
    let away = api.with(PAGE).get("/login/oidc?next=%2Fwall");
    is_refused(&away, 503, "The provider does not answer");
    assert!(away.text.contains("value=\"/wall\""), "{}", away.text);
    assert_eq!(sign_in(&api, "ana", PASSWORD).status, 303);
    let evil = api.with(PAGE).get("/login/oidc/callback?code=a&state=b");
    is_refused(&evil, 403, "began in another browser");
}

/// The redirect back from the provider carries no cookie of a session: it comes from another site.
#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn a_real_browser_comes_back_signed_in() {
    let Some(provider) = start("RS256") else {
        return;
    };
    let packages = folder("browser");
    let chromium = Command::new("chromium").arg("--version").output();
    if !packages.join("node_modules/playwright-core").is_dir() || chromium.is_err() {
        eprintln!(
            "skipped: chromium or the packages of tests/browser are missing (scripts/setup.sh test)"
        );
        return;
    }
    let folder_of_test = tempfile::tempdir().unwrap();
    let (_served, api, _ana) = scene(folder_of_test.path(), &provider);
    provider.sits(&json!({"sub": "b-1", "preferred_username": "ben", "groups": ["staff"]}));
    let ran = Command::new("node")
        .arg(folder("oidc").join("browser.mjs"))
        .arg(&packages)
        .arg(format!("http://{}", api.address))
        .arg("ben")
        .output()
        .unwrap();
    let (told, failed) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{told}\n{failed}");
}
