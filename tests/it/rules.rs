//! The rules of the desk where somebody goes about them: by another request, by a key, by another language.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Api, Clip, Watch, text, watch};

const PAGE: &str = "Accept: text/html";
const CUTS: &str = "[platform]\nname = 'Live'\n[[rule]]\nid = 'no-foreign-codes'\nwhen = { class = ['off_platform'] }\nseverity = 'critical'\naction = 'cut'\n";

/// The service on what was seen in two rooms, with these settings, and one of the incidents.
fn served(folder: &Path, settings: &str) -> (Watch, Api, String) {
    let clip = Clip {
        payload: "https://u.wechat.com/MPx-holiday",
        seconds: 2,
        ..Clip::default()
    };
    let clip = clip.make(folder, "foreign.mp4");
    let (policy, config) = (folder.join("policy.toml"), folder.join("serve.toml"));
    fs::write(&policy, CUTS).unwrap();
    fs::write(&config, settings).unwrap();
    let data = folder.join("data");
    let rooms = ["room-1", "room-2"].map(|room| format!("{room}={}", text(&clip)));
    let watched = ["--policy", text(&policy), &rooms[0], &rooms[1]];
    let (code, _, log) = watch(&data, &watched);
    assert_eq!(code, 0, "{log}");
    let args = ["--policy", text(&policy), "--config", text(&config)];
    let (served, address) = Watch::serve(&data, &args);
    let api = Api::at(&address);
    let listed = api.get("/api/v1/incidents").json();
    let first = &listed["incidents"][0];
    assert_eq!(first["action"], "cut", "{listed}");
    let id = first["id"].as_str().unwrap().to_owned();
    (served, api, id)
}

#[test]
fn a_cut_that_two_must_confirm_is_not_approved_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[review]\ntwo_for_cuts = true\n[actions]\nmode = 'ask'\n";
    let (mut served, api, id) = served(folder.path(), settings);
    let path = format!("/api/v1/incidents/{id}/action");
    let says = |approve: bool| {
        let answer = api.post(&path, &json!({"approve": approve}));
        assert_eq!(answer.status, 409, "{answer:?}");
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(says(true).contains("two persons"), "{}", says(true));
    assert!(says(false).contains("no action is asked for"));
    // Nor is it done by hand in its name.
    let room = json!({"id": "room-1", "url": "rtmp://127.0.0.1:9/live/a"});
    assert_eq!(api.post("/api/v1/streams", &room).status, 201);
    let mut cut = json!({"minutes": 1, "reason": "seen", "incident": id});
    let by_hand = |cut: &Value| {
        let answer = api.post("/api/v1/streams/room-1/cut", cut);
        assert_eq!(answer.status, 409, "{answer:?}");
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(by_hand(&cut).contains("two persons"), "{}", by_hand(&cut));
    cut.as_object_mut().unwrap().remove("incident");
    assert!(!by_hand(&cut).contains("two persons"));
    // Nobody is signed in: who it is nobody knows, and a second one would be the same.
    let confirm = json!({"decision": "confirm"});
    let decided = api.post(&format!("/api/v1/incidents/{id}/decision"), &confirm);
    assert_eq!(decided.status, 403, "{decided:?}");
    assert_eq!(
        api.get(&format!("/api/v1/incidents/{id}")).json()["review"],
        "open"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn pages_say_what_somebody_may_and_no_key_decides_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (mut served, api, id) = served(folder.path(), "");
    let shown = |more: &str| {
        let page = api.with(PAGE).with(more).get(&format!("/incidents/{id}"));
        assert_eq!(page.status, 200, "{page:?}");
        page.text
    };
    // The first button of the form is the one that Enter presses.
    let page = shown("Accept-Language: en");
    let (_, form) = page.split_once("id=\"decide\">").unwrap();
    assert!(
        form.starts_with("<button disabled hidden></button>"),
        "{form}"
    );
    assert!(!page.contains("Your role may"), "{page}");
    let decided = api.form(
        &format!("/incidents/{id}/decide"),
        &[("decision", "misread")],
    );
    assert_eq!(decided.status, 303, "{decided:?}");
    let page = shown("Accept-Language: en");
    assert!(!page.contains("id=\"decide\""), "{page}");
    assert!(!page.contains("Your role may"), "it is decided: {page}");
    let note = format!("action=\"/incidents/{id}/note\"");
    assert!(page.contains(&note), "a note can still be written");

    // What does not work is said in the language of the page.
    let chinese = api.with(PAGE).with("Accept-Language: zh-CN");
    let again = chinese.form(
        &format!("/incidents/{id}/decide"),
        &[("decision", "misread")],
    );
    assert_eq!(again.status, 409, "{again:?}");
    assert!(again.text.contains("状态已发生变化"), "{again:?}");
    assert!(
        again.text.contains("lang=\"en\">it was decided already"),
        "{again:?}"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
