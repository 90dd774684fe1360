//! The pages of the review desk, as they are without a browser.

use std::path::Path;

use serde_json::json;

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

/// A decision, an appeal against it, what becomes of that, and a case that reviewers are tested with: all by forms.
#[test]
fn an_appeal_is_filed_and_settled_by_forms() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fill(folder.path(), &data);
    let (mut served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let listed = api.get("/api/v1/incidents?review=any").json();
    let id = listed["incidents"][0]["id"].as_str().unwrap();
    let (shown, incident) = (
        format!("/incidents/{id}"),
        format!("/api/v1/incidents/{id}"),
    );
    let has_form = |name: &str| page(&api, &shown).contains(&format!("action=\"{shown}/{name}\""));
    let send = |name: &str, fields: &[(&str, &str)]| api.form(&format!("{shown}/{name}"), fields);
    let appeals = || api.get(&format!("{incident}/appeals")).json();

    // What is not decided cannot be appealed against, nor is it known to be right.
    assert!(!has_form("appeal") && !has_form("golden") && !has_form("settle"));
    assert_eq!(send("appeal", &[("reason", "It is ours.")]).status, 409);
    let golden = [("golden", "yes"), ("decision", "misread")];
    assert_eq!(send("golden", &golden).status, 409);
    assert_eq!(send("decide", &[("decision", "misread")]).status, 303);

    assert!(has_form("golden"));
    assert_eq!(leads_to(&send("golden", &golden)), shown);
    let known = api.get("/api/v1/golden").json();
    assert_eq!(known["golden"][0]["incident"], id, "{known}");
    assert!(page(&api, &shown).contains("value=\"no\""));
    for _ in 0..2 {
        assert_eq!(leads_to(&send("golden", &[("golden", "no")])), shown);
    }
    assert_eq!(
        api.get("/api/v1/golden").json()["golden"],
        serde_json::json!([])
    );
    assert_eq!(send("golden", &[("golden", "perhaps")]).status, 422);

    // Upheld: the decision stands as it did.
    let filed = [
        ("reason", "It is ours.\r\n<b>Truly</b>"),
        ("reference", "T-17"),
    ];
    assert!(has_form("appeal"));
    assert_eq!(send("appeal", &[("reason", " ")]).status, 422);
    assert_eq!(leads_to(&send("appeal", &filed)), shown);
    assert_eq!(send("appeal", &filed).status, 409, "one at a time");
    let open = appeals();
    assert_eq!(
        (&open[0]["reason"], &open[0]["reference"]),
        (&"It is ours.\n<b>Truly</b>".into(), &"T-17".into())
    );
    assert!(has_form("settle") && !has_form("appeal"));
    assert!(
        page(&api, &shown).contains("&lt;b&gt;Truly")
            || page(&api, &shown).contains("&#60;b&#62;Truly")
    );
    let upheld = [
        ("outcome", "upheld"),
        ("reason", "It is not."),
        ("into", "confirm"),
    ];
    assert_eq!(leads_to(&send("settle", &upheld)), shown);
    assert_eq!(api.get(&incident).json()["decision"], "misread");
    assert_eq!(appeals()[0]["outcome"], "upheld");

    // Overturned: what was chosen takes its place, and the case tells of both.
    assert_eq!(leads_to(&send("appeal", &filed)), shown);
    let nothing = [
        ("outcome", "overturned"),
        ("reason", "It was."),
        ("into", ""),
    ];
    assert_eq!(send("settle", &nothing).status, 422);
    let overturned = [
        ("outcome", "overturned"),
        ("reason", "It was."),
        ("into", "confirm"),
    ];
    assert_eq!(leads_to(&send("settle", &overturned)), shown);
    assert_eq!(api.get(&incident).json()["decision"], "confirm");
    let settled = appeals();
    assert_eq!(settled[1]["outcome"], "overturned", "{settled}");
    assert_eq!(settled[1]["original"], "misread", "{settled}");
    assert!(!has_form("settle") && has_form("appeal"));
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn the_wall_leads_on_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    for n in 0..61 {
        let stream = json!({"id": format!("room-{n}"), "url": "rtmp://127.0.0.1:9/live/x"});
        assert_eq!(api.post("/api/v1/streams", &stream).status, 201);
    }
    let tiles = |page: &str| page.matches("<li class=\"tile").count();
    let leads = |page: &str, to: &str, rel: &str, key: &str| {
        let link = format!("href=\"{to}\" rel=\"{rel}\" data-key=\"{key}\"");
        page.contains(&link)
    };
    let first = page(&api, "/wall");
    assert_eq!(tiles(&first), 60);
    assert!(leads(&first, "/wall?page=1", "next", "]"), "{first}");
    assert!(!first.contains("rel=\"prev\""), "{first}");
    // There are no pages behind the last one.
    for path in ["/wall?page=1", "/wall?page=99"] {
        let last = page(&api, path);
        assert_eq!(tiles(&last), 1);
        assert!(leads(&last, "/wall", "prev", "["), "{last}");
        assert!(!last.contains("rel=\"next\""), "{last}");
        assert!(last.contains("hx-get=\"/wall?page=1\""), "{last}");
    }
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
