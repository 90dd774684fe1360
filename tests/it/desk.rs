//! The pages of the review desk, as they are without a browser.

use std::path::Path;

use crate::support::{Answer, Api, Clip, Watch, waylay};

/// What a stranger wrote into a code.
const HOSTILE: &str = "https://pay.evil.example/<script>x</script>\u{202e}gpj?to=\"me\"";
const PAGE: &str = "Accept: text/html";

fn fill(folder: &Path, data: &Path) {
    let clip = Clip {
        payload: HOSTILE,
        ..Clip::default()
    };
    let clip = clip.make(folder, "hostile.mp4");
    for room in ["room-1", "room-2"] {
        let watched = waylay()
            .arg("watch")
            .arg(format!("{room}={}", clip.display()))
            .arg("--data")
            .arg(data)
            .output()
            .unwrap();
        assert!(
            watched.status.success(),
            "{}",
            String::from_utf8_lossy(&watched.stderr)
        );
    }
}

fn page(api: &Api, path: &str) -> String {
    let answer = api.with(PAGE).get(path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(!answer.text.contains("<script>x"), "{path}");
    assert!(!answer.text.contains('\u{202e}'), "{path}");
    answer.text
}

fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap()
}

#[test]
fn an_incident_is_decided_by_forms_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fill(folder.path(), &data);
    let (mut served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let listed = api.get("/api/v1/incidents?review=any").json();
    let incidents = listed["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 2, "{listed}");
    let id = incidents[0]["id"].as_str().unwrap();

    let queue = page(&api, "/?review=any");
    assert!(
        queue.contains(&format!("/incidents/{id}?review=any")),
        "{queue}"
    );
    let shown = page(&api, &format!("/incidents/{id}"));
    assert!(
        shown.contains("pay[.]<b class=\"domain\">evil[.]example</b>"),
        "{shown}"
    );
    assert!(
        shown.contains("<mark class=\"cc\">U+202E</mark>gpj"),
        "{shown}"
    );
    assert!(!shown.contains("href=\"https://pay"), "{shown}");
    assert!(page(&api, "/campaigns?order=latest").contains("/campaigns/"));
    for path in ["/wall", "/scan", "/quality", "/help"] {
        page(&api, path);
    }
    assert_eq!(api.with(PAGE).get("/incidents/none").status, 404);

    // The form decides, tells how it is taken back, and that is done.
    let decided = api.form(
        &format!("/incidents/{id}/decide"),
        &[("decision", "misread"), ("query", "review=any")],
    );
    let to = leads_to(&decided);
    assert!(
        to.contains(&format!("undo={id}")) && to.contains("did=misread"),
        "{to}"
    );
    assert!(page(&api, to).contains(&format!("action=\"/incidents/{id}/undo?review=any\"")));
    let incident = format!("/api/v1/incidents/{id}");
    assert_eq!(api.get(&incident).json()["decision"], "misread");
    let undone = api.form(&format!("/incidents/{id}/undo?review=any"), &[("csrf", "")]);
    assert_eq!(leads_to(&undone), format!("/incidents/{id}?review=any"));
    assert_eq!(
        api.get(&incident).json()["decision"],
        serde_json::Value::Null
    );
    // What makes no sense changes nothing.
    let wrong = api.form(
        &format!("/incidents/{id}/decide"),
        &[("decision", "perhaps")],
    );
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let noted = api.form(
        &format!("/incidents/{id}/note"),
        &[("text", "http://a.example\r\nsecond line")],
    );
    assert_eq!(leads_to(&noted), format!("/incidents/{id}#notes"));
    assert!(page(&api, &format!("/incidents/{id}")).contains("hxxp://a[.]example"));

    // Nobody is led away, and what is preferred holds.
    let preferred = api.form(
        "/preferences",
        &[("lang", "zh"), ("back", "//evil.example")],
    );
    assert_eq!(leads_to(&preferred), "/");
    let chinese = api.with("Cookie: waylay_lang=zh").with(PAGE);
    assert!(chinese.get("/").text.contains("<html lang=\"zh-Hans\""));
    let foreign = api.with("Origin: http://evil.example");
    let foreign = foreign.form(
        &format!("/incidents/{id}/decide"),
        &[("decision", "confirm")],
    );
    assert_eq!(foreign.status, 403, "{foreign:?}");
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
