//! Who may what: every route of the document, asked by everybody.

use serde_json::{Value, json};
use waylay::account::{Permission, Role};

use super::{PAGE, PASSWORD, with_admin, with_token};
use crate::support::{Answer, Api};

/// Asks for a route of the document with nothing in it that could do harm.
fn ask(api: &Api, method: &str, route: &str) -> Answer {
    let mut path = route.replace("{id}", "none").replace("{secret}", "none");
    if path.ends_with("/feed") {
        // It would be heard for ever.
        path.push_str("?after=x");
    }
    let body = match method {
        "POST" | "PATCH" | "PUT" => "{}",
        _ => "",
    };
    api.ask(method, &path, body)
}

#[test]
fn every_route_asks_for_what_the_document_says() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let tokens = Role::ALL.map(|role| {
        let new =
            json!({"name": format!("of-{}", role.as_str()), "role": role.as_str(), "days": 1});
        (role, with_token(&api, &ana.token(&new).0))
    });
    let document = ana.api.get("/api/v1/openapi.json").json();
    let (mut refused, mut let_in) = (0, 0);
    for (route, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            let security = operation["security"].as_array().unwrap();
            let answers = operation["responses"].as_object().unwrap();
            let documented = |answer: &Answer| {
                let is_told = answers.contains_key(&answer.status.to_string());
                assert!(is_told, "{method} {route}: {answer:?}");
            };
            if security.is_empty() {
                assert!(!route.starts_with("/api/"), "{route} is open to everybody");
                assert_ne!(ask(&api, &method, route).status, 403, "{route}");
                continue;
            }
            let nobody = ask(&api, &method, route);
            assert_eq!(nobody.status, 401, "{method} {route}");
            assert_eq!(
                nobody.header("content-type"),
                Some("application/problem+json")
            );
            documented(&nobody);
            let wrong = with_token(&api, "wl_0000000000000000000000000000000000000000000");
            assert_eq!(ask(&wrong, &method, route).status, 401, "{method} {route}");
            let scopes = security[0]["bearer"].as_array().unwrap();
            let needed: Vec<_> = scopes
                .iter()
                .map(|scope| Permission::parse(scope.as_str().unwrap()).unwrap())
                .collect();
            for (role, api) in &tokens {
                let answer = ask(api, &method, route);
                documented(&answer);
                let may = needed.iter().all(|permission| role.may(*permission));
                let is_refused = answer.status == 403;
                assert_eq!(is_refused, !may, "{role:?} {method} {route}: {answer:?}");
                assert_ne!(answer.status, 401, "{role:?} {method} {route}");
                assert!(answer.status < 500, "{role:?} {method} {route}: {answer:?}");
                if is_refused {
                    refused += 1;
                } else {
                    let_in += 1;
                }
            }
        }
    }
    assert!(
        refused > 40 && let_in > 60,
        "{refused} refused, {let_in} let in"
    );
}

#[test]
fn pages_ask_for_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let browsers = [
        (Role::Viewer, ana.user(&api, "vic", "viewer")),
        (Role::Reviewer, ana.user(&api, "ria", "reviewer")),
        (Role::Lead, ana.user(&api, "lee", "lead")),
        (Role::Admin, ana.user(&api, "ada", "admin")),
    ];
    for (method, path, needs) in [
        ("GET", "/account", None),
        ("GET", "/users", Some(Permission::Users)),
        ("POST", "/users", Some(Permission::Users)),
        ("POST", "/users/none", Some(Permission::Users)),
        ("POST", "/users/none/invite", Some(Permission::Users)),
        ("POST", "/tokens", Some(Permission::Users)),
        ("POST", "/tokens/none/revoke", Some(Permission::Users)),
        ("GET", "/audit", Some(Permission::Audit)),
    ] {
        let asked = |api: &Api, csrf: &str| match method {
            "GET" => api.with(PAGE).get(path),
            _ => api.with(PAGE).form(path, &[("csrf", csrf)]),
        };
        let nobody = asked(&api, "");
        assert_eq!(nobody.status, 303, "{path}");
        assert!(nobody.header("location").unwrap().starts_with("/login"));
        for (role, browser) in &browsers {
            let answer = asked(&browser.api, &browser.csrf);
            let may = needs.is_none_or(|permission| role.may(permission));
            assert_eq!(
                answer.status == 403,
                !may,
                "{role:?} {method} {path}: {answer:?}"
            );
            assert!(answer.status < 500, "{answer:?}");
            assert!(answer.header("content-security-policy").is_some());
            let leads_on = answer.text.contains("<a href=\"/campaigns\"");
            assert!(may || leads_on, "{role:?} {path}: {answer:?}");
        }
    }
}

/// By hand on the pages, as somebody without JavaScript does it.
#[test]
fn users_and_tokens_are_made_on_the_pages() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let invited = ana.form("/users", &[("name", "ben"), ("role", "viewer")]);
    assert_eq!(invited.status, 200, "{invited:?}");
    let made = |answer: &Answer| {
        let (_, rest) = answer.text.split_once("data-test=\"made\">").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let followed = super::follow(&api, &made(&invited), PASSWORD);
    assert_eq!(followed.status, 303, "{followed:?}");
    let taken = ana.form("/users", &[("name", "ben"), ("role", "viewer")]);
    assert!(
        taken.status == 409 && taken.text.contains("is taken"),
        "{taken:?}"
    );
    assert_eq!(
        ana.form("/users", &[("name", "cleo"), ("role", "boss")])
            .status,
        422
    );

    let fields = [
        ("name", "p"),
        ("role", "lead"),
        ("days", "2"),
        ("scope", "read"),
        ("scope", "audit"),
    ];
    let token = ana.form("/tokens", &fields);
    assert_eq!(token.status, 200, "{token:?}");
    let program = with_token(&api, &made(&token));
    assert_eq!(program.get("/api/v1/audit").status, 200);
    assert_eq!(
        program.get("/api/v1/deliveries").status,
        403,
        "its role may, its scopes do not"
    );
    let tokens = ana.api.get("/api/v1/tokens").json();
    let id = tokens["tokens"][0]["id"].as_str().unwrap();
    assert_eq!(ana.form(&format!("/tokens/{id}/revoke"), &[]).status, 303);
    assert_eq!(program.get("/api/v1/audit").status, 401);

    let users = ana.api.get("/api/v1/users").json();
    let id = |name: &str| {
        let users = users["users"].as_array().unwrap();
        let user = users.iter().find(|user| user["name"] == name).unwrap();
        user["id"].as_str().unwrap().to_owned()
    };
    let role = ana.form(&format!("/users/{}", id("ben")), &[("role", "lead")]);
    assert_eq!(role.status, 303, "{role:?}");
    let last = ana.form(&format!("/users/{}", id("ana")), &[("disabled", "true")]);
    assert_eq!(last.status, 409, "the last admin stays: {last:?}");
    let off = ana.form(&format!("/users/{}", id("ben")), &[("disabled", "true")]);
    assert_eq!(off.status, 303, "{off:?}");
    let ben = ana.api.get(&format!("/api/v1/users/{}", id("ben"))).json();
    assert_eq!(
        (&ben["state"], &ben["role"]),
        (&json!("disabled"), &json!("lead"))
    );
    assert_eq!(super::sign_in(&api, "ben", PASSWORD).status, 403);
}

#[test]
fn a_token_is_held_to_its_scopes_its_time_and_its_revocation() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, api, ana) = with_admin(&data, &[]);
    let make = |new: &Value| ana.script().post("/api/v1/tokens", new).status;
    let base = json!({"name": "x", "role": "viewer", "days": 1});
    let with = |key: &str, value: Value| {
        let mut new = base.clone();
        new[key] = value;
        new
    };
    for wrong in [
        with("days", json!(0)),
        with("days", json!(366)),
        with("name", json!("")),
        with("role", json!("boss")),
        with("scopes", json!([])),
        with("scopes", json!(["users"])),
        with("scopes", json!(["everything"])),
        with("more", json!(1)),
    ] {
        assert_eq!(make(&wrong), 422, "{wrong}");
    }
    assert_eq!(make(&with("name", json!("ANA"))), 409, "a user has it");
    assert_eq!(make(&with("name", json!("api"))), 409);

    assert_eq!(make(&with("name", json!("both"))), 201);
    let both = json!({"name": "Both", "role": "viewer"});
    assert_eq!(
        ana.script().post("/api/v1/users", &both).status,
        409,
        "a token has it"
    );

    let scopes = json!({"name": "cutter", "role": "admin", "scopes": ["cut"], "days": 30});
    let (secret, id) = ana.token(&scopes);
    let cutter = with_token(&api, &secret);
    let me = cutter.get("/api/v1/me").json();
    assert_eq!(me["permissions"], json!(["cut"]));
    assert_eq!((&me["by"], &me["csrf"]), (&json!("token"), &Value::Null));
    assert_eq!(cutter.get("/api/v1/streams").status, 403);
    let cut = json!({"minutes": 1, "reason": "x"});
    assert_eq!(
        cutter.post("/api/v1/streams/none/cut", &cut).status,
        404,
        "it may"
    );
    let listed = ana.api.get("/api/v1/tokens").json();
    let token = &listed["tokens"][1];
    assert_eq!(
        (&token["id"], &token["state"]),
        (&json!(id), &json!("active"))
    );
    assert_eq!(
        token["used"].as_str().unwrap().len(),
        "2026-11-27".len(),
        "{token}"
    );
    assert!(!listed.to_string().contains(&secret), "it is shown once");
    assert_eq!(make(&scopes), 409);

    let (other, _) = ana.token(&base);
    let other = with_token(&api, &other);
    assert_eq!(other.get("/api/v1/streams").status, 200);
    let path = format!("/api/v1/tokens/{id}");
    assert_eq!(ana.script().ask("DELETE", &path, "").status, 204);
    assert_eq!(ana.script().ask("DELETE", &path, "").status, 404);
    assert_eq!(cutter.get("/api/v1/me").status, 401);
    // What is wrong with the token is not made good by the session.
    let with_both = ana.api.with("Authorization: Bearer wl_wrong");
    assert_eq!(with_both.get("/api/v1/me").status, 401);
    super::age(
        &data,
        "UPDATE token SET until_us = until_us - 86400000000 WHERE name = 'x'",
    );
    assert_eq!(other.get("/api/v1/streams").status, 401);
    let listed = ana.api.get("/api/v1/tokens").json();
    let states: Vec<_> = listed["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["state"])
        .collect();
    assert_eq!(states, ["active", "revoked", "over"]);
}

/// What somebody may hand on is no more than what they have themselves, and ends with them.
#[test]
fn a_token_gives_nobody_what_it_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api, ana) = with_admin(&folder.path().join("data"), &[]);
    let ben = ana.user(&api, "ben", "viewer");
    assert!(ben.is_signed_in());
    let users = ana.api.get("/api/v1/users").json();
    let id = |name: &str| {
        let users = users["users"].as_array().unwrap();
        let user = users.iter().find(|user| user["name"] == name).unwrap();
        user["id"].as_str().unwrap().to_owned()
    };

    let scopes = ["users", "read"];
    let held = json!({"name": "held", "role": "admin", "scopes": scopes, "days": 1});
    let (secret, held) = ana.token(&held);
    let by_held = with_token(&api, &secret);
    let token = |name: &str, role: &str, scopes: Value| {
        let mut new = json!({"name": name, "role": role, "days": 1});
        if scopes != Value::Null {
            new["scopes"] = scopes;
        }
        by_held.post("/api/v1/tokens", &new)
    };
    assert_eq!(token("a", "admin", Value::Null).status, 403);
    assert_eq!(token("a", "lead", json!(["audit"])).status, 403);
    assert_eq!(token("a", "lead", Value::Null).status, 403);
    let made = token("a", "admin", json!(["users"]));
    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let by_a = with_token(&api, &secret);
    assert_eq!(by_a.get("/api/v1/users").status, 200);
    let invited = by_held.post("/api/v1/users", &json!({"name": "cleo", "role": "lead"}));
    assert_eq!(invited.status, 403, "{invited:?}");
    let again = |id: &str| by_held.ask("POST", &format!("/api/v1/users/{id}/invite"), "");
    assert_eq!(again(&id("ana")).status, 403, "it would be ana");
    let change = |new: &Value| {
        let path = format!("/api/v1/users/{}", id("ben"));
        by_held.ask("PATCH", &path, &new.to_string()).status
    };
    assert_eq!(change(&json!({"role": "admin"})), 403);
    assert_eq!(change(&json!({"disabled": true})), 200);

    let revoked = ana.script();
    let revoked = revoked.ask("DELETE", &format!("/api/v1/tokens/{held}"), "");
    assert_eq!(revoked.status, 204, "{revoked:?}");
    assert_eq!(by_a.get("/api/v1/users").status, 401, "with what made it");
}
