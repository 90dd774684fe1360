//! From a code in the picture to a stream that is cut: by itself, or because a person says so.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ingest::{NodeMediaServer, SECRET, nginx};
use crate::support::{
    Api, Clip, Posted, Publisher, Receiver, Watch, await_port, free_port, waylay,
};

const SHOWN: &str = "https://u.wechat.com/MPx-holiday";
const SHARED: [u8; 32] = [5; 32];

/// A platform that wants every stream cut that shows a code which leads off it.
struct Scene {
    folder: TempDir,
    receiver: Receiver,
    clip: PathBuf,
    rtmp: u16,
    http: u16,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clip = Clip {
            payload: SHOWN,
            ..Clip::default()
        };
        Self {
            clip: clip.make(folder.path(), "clip.ts"),
            receiver: Receiver::start(204),
            rtmp: free_port(),
            http: free_port(),
            folder,
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Serves in `mode`, with an ingest server `edge` of `kind`.
    fn serve(&self, mode: &str, kind: &str, more: &str) -> (Watch, Api) {
        let policy = self.file(
            "policy.toml",
            "[platform]\nname = 'Live'\n[[rule]]\nid = 'no-foreign-codes'\nwhen = { class = ['off_platform'] }\n\
             severity = 'critical'\naction = 'cut'\n",
        );
        let hook = self.file("hook.secret", SECRET);
        let shared = self.file(
            "shared.secret",
            &format!("whsec_{}", STANDARD.encode(SHARED)),
        );
        let shared = shared.to_str().unwrap();
        let port = self.receiver.port;
        let config = self.file(
            "config.toml",
            &format!(
                "policy = '{}'
                 [actions]
                 mode = '{mode}'
                 ban_minutes = 30
                 appeal = 'write to appeals@live.example'
                 [[webhooks]]
                 name = 'opened'
                 url = 'http://127.0.0.1:{port}/opened'
                 secret_files = ['{shared}']
                 types = ['waylay.incident.opened.v1']
                 [[webhooks]]
                 name = 'all'
                 url = 'http://127.0.0.1:{port}/all'
                 secret_files = ['{shared}']
                 classes = ['off_platform']
                 [[ingest]]
                 id = 'edge'
                 kind = '{kind}'
                 api = 'http://127.0.0.1:{}'
                 pull = 'rtmp://127.0.0.1:{}/{{app}}/{{name}}'
                 hook_secret_file = '{}'
                 gate = true
                 poll_ms = 300
                 {more}
                 ",
                policy.display(),
                self.http,
                self.rtmp,
                hook.display()
            ),
        );
        let config = config.to_str().unwrap();
        let (served, address) = Watch::serve(&self.data(), &["--config", config]);
        let api = Api::at(&address);
        (served, api)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn publish(&self) -> Publisher {
        self.publish_as("room")
    }

    fn publish_as(&self, name: &str) -> Publisher {
        let url = format!("rtmp://127.0.0.1:{}/live/{name}", self.rtmp);
        Publisher::start(&self.clip, &["flv"], &url)
    }

    /// What arrived until an event of each of these types did, as often as it is named; the last one included.
    fn arrived_until(&self, kinds: &[&str]) -> Vec<Posted> {
        let mut awaited = kinds.to_vec();
        let mut all = Vec::new();
        while !awaited.is_empty() {
            all.push(self.receiver.next());
            let event = event(all.last().unwrap());
            if let Some(at) = awaited.iter().position(|kind| event["type"] == *kind) {
                awaited.swap_remove(at);
            }
        }
        all
    }

    /// What a person does who was given the case: checks it, and reads its page.
    fn case(&self, incident: &str) -> String {
        let case = self.folder.path().join("case.zip");
        let export = waylay()
            .args(["evidence", "export", incident, "-o"])
            .arg(&case)
            .arg("--data")
            .arg(self.data())
            .output()
            .unwrap();
        assert!(export.status.success(), "{export:?}");
        for verify in [
            waylay().args(["evidence", "verify"]).arg(&case).output(),
            waylay()
                .args(["evidence", "verify", "--data"])
                .arg(self.data())
                .output(),
        ] {
            let verify = verify.unwrap();
            assert!(verify.status.success(), "{verify:?}");
        }
        // Files are stored in it as they are.
        String::from_utf8_lossy(&fs::read(&case).unwrap()).into_owned()
    }
}

/// The event that was sent, and that it was signed.
fn event(posted: &Posted) -> Value {
    let event: Value = serde_json::from_str(&posted.body).unwrap();
    let id = event["id"].as_str().unwrap();
    assert_eq!(posted.header("webhook-id"), id);
    let seconds = posted.header("webhook-timestamp");
    let signed = format!("{id}.{seconds}.{}", posted.body);
    let signature = posted.header("webhook-signature");
    let tag = STANDARD
        .decode(signature.strip_prefix("v1,").unwrap())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SHARED);
    hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
    event
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap()
}

/// The whole of it, with a server that is there already: the publisher is disconnected and stays out, and the platform knows.
fn is_cut_by_itself(scene: &Scene, mut served: Watch, api: &Api) {
    let mut publisher = scene.publish();
    assert!(!publisher.ended(), "it was disconnected");
    let mut again = scene.publish();
    assert!(!again.ended(), "it was refused");

    let posted = scene.arrived_until(&["waylay.incident.ended.v1", "waylay.action.done.v1"]);
    let (opened, all): (Vec<_>, Vec<_>) = posted.iter().partition(|p| p.target == "/opened");
    assert_eq!(opened.len(), 1, "one signed webhook");
    assert_eq!(kind(&event(opened[0])), "waylay.incident.opened.v1");
    let all: Vec<_> = all.into_iter().map(event).collect();
    let sequence: Vec<_> = all
        .iter()
        .map(|event| event["data"]["sequence"].clone())
        .collect();
    let expected: Vec<_> = (1..=all.len()).map(|n| json!(n)).collect();
    assert_eq!(sequence, expected, "in order, and nothing is missing");
    let acted: Vec<_> = all
        .iter()
        .filter(|event| kind(event).contains(".action."))
        .collect();
    let kinds: Vec<_> = acted.iter().map(|event| kind(event)).collect();
    assert_eq!(
        kinds,
        ["waylay.action.requested.v1", "waylay.action.done.v1"],
        "{all:#?}"
    );
    let done = &acted[1]["data"];
    assert_eq!(
        (
            &done["kick"],
            &done["by"],
            &done["minutes"],
            &done["reasons"]
        ),
        (
            &json!("done"),
            &json!("waylay"),
            &json!(30),
            &json!(["read"])
        )
    );
    assert!(
        done["about"]["reads"].as_u64().unwrap() >= 2,
        "never on a single read"
    );
    let notice = done["notice"].as_str().unwrap();
    for told in [
        "edge-live-room was cut",
        "no-foreign-codes",
        "30 minutes",
        "appeals@live.example",
    ] {
        assert!(notice.contains(told), "{notice}");
    }
    let ended = all
        .iter()
        .find(|event| kind(event) == "waylay.incident.ended.v1");
    let ended = &ended.unwrap()["data"];
    let evidence = ended["evidence"].as_array().unwrap();
    let clips = evidence.iter().filter(|file| file["kind"] == "clip");
    assert_eq!(clips.count(), 1, "{ended}");

    let bans = api.get("/api/v1/bans").json();
    assert_eq!(bans["bans"][0]["id"], done["id"], "{bans}");
    let metrics = api.get("/metrics").text;
    assert!(
        metrics.contains("waylay_actions_total{event=\"done\"} 1"),
        "{metrics}"
    );
    let (status, events, log) = served.stop();
    assert!(status.success(), "{log}");
    let opened = events
        .iter()
        .filter(|event| kind(event) == "waylay.incident.opened.v1");
    assert_eq!(opened.count(), 1, "one incident");
    assert!(!log.contains("s3cret"), "{log}");
    let page = scene.case(ended["incident"].as_str().unwrap());
    assert!(page.contains("</table>") && page.contains("action done"));
}

#[test]
fn nginx_cuts_who_shows_a_foreign_code() {
    let scene = Scene::new();
    let (served, api) = scene.serve("auto", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    is_cut_by_itself(&scene, served, &api);
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn node_media_server_cuts_who_shows_a_foreign_code() {
    let scene = Scene::new();
    let password = scene.file("api.secret", "s3cret-api");
    let more = format!("user = 'admin'\nsecret_file = '{}'", password.display());
    let (served, api) = scene.serve("auto", "node-media-server", &more);
    let notify = format!("http://{}/hooks/edge/{SECRET}", &api.address);
    let folder = scene.folder.path();
    let Some(_server) = NodeMediaServer::start(folder, scene.rtmp, scene.http, &notify) else {
        eprintln!("skipped: node and its package node-media-server are not there");
        return;
    };
    await_port(scene.rtmp, folder);
    is_cut_by_itself(&scene, served, &api);
}

#[test]
fn a_person_is_asked_and_can_take_it_back() {
    let scene = Scene::new();
    let (mut served, api) = scene.serve("ask", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    let mut publisher = scene.publish();
    let posted = scene.arrived_until(&["waylay.action.proposed.v1"]);
    let proposed = event(posted.last().unwrap());
    let data = &proposed["data"];
    assert_eq!(
        (&data["step"], &data["reasons"][0], &data["executor"]),
        (&json!("ask"), &json!("mode-ask"), &Value::Null)
    );
    let incident = data["incident"].as_str().unwrap();
    let path = format!("/api/v1/incidents/{incident}/action");
    for (path, body, status) in [
        (
            "/api/v1/incidents/none/action",
            json!({"approve": true}),
            404,
        ),
        (path.as_str(), json!({}), 422),
        (path.as_str(), json!({"approve": "yes"}), 422),
        (path.as_str(), json!({"approve": true}), 200),
        (path.as_str(), json!({"approve": true}), 409),
        (path.as_str(), json!({"approve": false}), 409),
    ] {
        let answer = api.post(path, &body);
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        if status == 200 {
            assert_eq!(answer.json()["kick"], "done", "{answer:?}");
        }
    }
    assert!(!publisher.ended(), "it was disconnected");
    scene.arrived_until(&["waylay.action.done.v1"]);
    let bans = api.get("/api/v1/bans").json();
    let ban = format!("/api/v1/bans/{}", bans["bans"][0]["id"].as_str().unwrap());
    assert_eq!(api.ask("DELETE", &ban, "").status, 204);
    let posted = scene.arrived_until(&["waylay.action.reverted.v1"]);
    let reverted = event(posted.last().unwrap());
    assert_eq!(reverted["data"]["incident"], incident);
    let _back = scene.publish();
    served.event("it is let in again", |event| {
        kind(event) == "waylay.incident.opened.v1" && event["data"]["incident"] != incident
    });
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let page = scene.case(incident);
    for told in [
        "action proposed",
        "action requested",
        "action done",
        "action reverted",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn what_a_reviewer_brought_goes_with_the_decision() {
    let scene = Scene::new();
    let (mut served, api) = scene.serve("ask", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    let mut seen = Vec::new();
    for (way, sent) in [
        ("undo", json!({})),
        (
            "reversal",
            json!({"decision": "misread", "reason": "it is not"}),
        ),
    ] {
        let mut publisher = scene.publish();
        let opened = served.event("it is let in", |event| {
            kind(event) == "waylay.incident.opened.v1" && !seen.contains(&event["data"]["incident"])
        });
        let id = opened["data"]["incident"].clone();
        let path = format!("/api/v1/incidents/{}", id.as_str().unwrap());
        let confirmed = api.post(&format!("{path}/decision"), &json!({"decision": "confirm"}));
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        let posted = scene.arrived_until(&["waylay.action.done.v1"]);
        let done = event(posted.last().unwrap());
        let decision = &confirmed.json()["id"];
        assert_eq!(
            (&done["data"]["incident"], &done["data"]["decision_id"]),
            (&id, decision)
        );
        let bans = api.get("/api/v1/bans").json();
        assert_eq!(bans["bans"][0]["id"], done["data"]["id"], "{bans}");

        let back = api.post(&format!("{path}/{way}"), &sent);
        assert_eq!(back.status, 200, "{way}: {back:?}");
        let posted = scene.arrived_until(&["waylay.action.reverted.v1"]);
        let reverted = &event(posted.last().unwrap())["data"];
        assert_eq!(
            (
                &reverted["id"],
                &reverted["decision_id"],
                &reverted["reasons"],
                &reverted["remains"]
            ),
            (
                &done["data"]["id"],
                decision,
                &json!(["withdrawn"]),
                &json!("disconnect")
            ),
            "{way}"
        );
        assert_eq!(api.get("/api/v1/bans").json(), json!({"bans": []}));
        assert!(!publisher.ended(), "it was disconnected");
        seen.push(id);
    }
    let _back = scene.publish();
    served.event("it is let in again", |event| {
        kind(event) == "waylay.incident.opened.v1" && !seen.contains(&event["data"]["incident"])
    });
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_decision_on_a_campaign_cuts_all_of_it_and_its_undo_lets_all_in_again() {
    let scene = Scene::new();
    let (mut served, api) = scene.serve("ask", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    let _publishers = ["room", "hall"].map(|name| {
        let publisher = scene.publish_as(name);
        served.event(name, |event| {
            kind(event) == "waylay.incident.opened.v1"
                && event["data"]["stream"] == format!("edge-live-{name}")
        });
        publisher
    });
    let campaigns = api.get("/api/v1/campaigns").json();
    let path = format!(
        "/api/v1/campaigns/{}/decision",
        campaigns["campaigns"][0]["id"]
    );
    let confirmed = api.post(&path, &json!({"decision": "confirm", "expected": 2}));
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    let until_both = |step: &'static str| {
        let posted = scene.arrived_until(&[step, step]);
        let of_step = posted.iter().map(event).filter(|event| kind(event) == step);
        let mut streams: Vec<_> = of_step
            .map(|event| event["data"]["stream"].as_str().unwrap().to_owned())
            .collect();
        streams.sort();
        assert_eq!(streams, ["edge-live-hall", "edge-live-room"], "{step}");
    };
    until_both("waylay.action.done.v1");
    let bans = api.get("/api/v1/bans").json();
    assert_eq!(bans["bans"].as_array().unwrap().len(), 2, "{bans}");

    let id = confirmed.json()["id"].as_str().unwrap().to_owned();
    let undo = format!("/api/v1/campaigns/decisions/{id}/undo");
    let undone = api.ask("POST", &undo, "");
    assert_eq!(undone.json(), json!({"incidents": 2}), "{undone:?}");
    until_both("waylay.action.reverted.v1");
    assert_eq!(api.get("/api/v1/bans").json(), json!({"bans": []}));
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_stream_is_cut_by_hand_for_an_incident_of_its_own_alone() {
    let scene = Scene::new();
    let (mut served, api) = scene.serve("off", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    let mut publisher = scene.publish();
    let opened = served.opened(SHOWN);
    let incident = opened["data"]["incident"].as_str().unwrap();
    let path = "/api/v1/streams/edge-live-room/cut";
    let cut =
        |incident: &str| json!({"minutes": 5, "reason": "seen by hand", "incident": incident});
    assert_eq!(api.post(path, &cut("none")).status, 404);
    let proposed = scene.arrived_until(&["waylay.action.proposed.v1"]);
    let proposed = event(proposed.last().unwrap());
    assert_eq!(
        (&proposed["data"]["step"], &proposed["data"]["by_itself"]),
        (&json!("would"), &json!("do")),
        "off: it is recorded what would have been done"
    );
    let answer = api.post(path, &cut(incident));
    assert_eq!(answer.json()["kick"], "done", "{answer:?}");
    assert!(!publisher.ended());
    let posted = scene.arrived_until(&["waylay.action.done.v1"]);
    let done = event(posted.last().unwrap());
    assert_eq!(
        (&done["data"]["reason"], &done["data"]["by"]),
        (&json!("seen by hand"), &json!("api"))
    );
    let notice = done["data"]["notice"].as_str().unwrap();
    assert!(notice.contains("5 minutes"), "{notice}");
    served.stop();
}

/// Reviewers come to an incident when its stream has often ended: who showed the code does not come back all the same.
#[test]
fn who_has_left_is_kept_out_once_a_person_says_so() {
    let scene = Scene::new();
    let (mut served, api) = scene.serve("ask", "nginx-rtmp", "");
    let _nginx = nginx(scene.folder.path(), scene.rtmp, scene.http, &api.address);
    let publisher = scene.publish();
    let posted = scene.arrived_until(&["waylay.action.proposed.v1"]);
    let proposed = event(posted.last().unwrap());
    drop(publisher);
    api.await_that("/api/v1/streams", "the stream is gone", |streams| {
        streams["streams"] == json!([])
    });

    let incident = proposed["data"]["incident"].as_str().unwrap();
    let path = format!("/api/v1/incidents/{incident}/action");
    let done = api.post(&path, &json!({"approve": true}));
    assert_eq!(done.status, 200, "{done:?}");
    let done = done.json();
    assert_eq!(
        (&done["executor"], &done["kick"]),
        (&json!("waylay"), &json!("gone"))
    );
    let bans = api.get("/api/v1/bans").json();
    assert_eq!(bans["bans"][0]["id"], done["id"], "{bans}");
    assert!(!scene.publish().ended(), "the gate lets nobody in");
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
