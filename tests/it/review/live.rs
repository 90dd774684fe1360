//! What is decided about a live stream, and how it is judged from then on.

use serde_json::json;

use super::{PAYS, decide, post};
use crate::support::{Api, Clip, Nginx, Publisher, Watch};

/// What is allowed is judged so at the next look, and no more once it is undone or revoked.
#[test]
fn a_live_stream_is_judged_by_what_was_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: PAYS,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "live.ts");
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/a", nginx.rtmp);
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let data = folder.path().join("data");
    let (mut served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let room = json!({"id": "room", "url": url, "labels": ["host:7"]});
    assert_eq!(api.post("/api/v1/streams", &room).status, 201);
    let opened = served.opened(PAYS);
    let incident = opened["data"]["incident"].as_str().unwrap().to_owned();
    let preview = api
        .get(&format!(
            "/api/v1/incidents/{incident}/preview?decision=allow_seller"
        ))
        .json();
    assert_eq!(
        (&preview["entry"]["scope"], &preview["entry"]["seller"]),
        (&json!("seller"), &json!("host:7"))
    );
    let judged = |class: &str| {
        let event = served.event(class, |e| {
            e["type"] == "waylay.incident.reclassified.v1" && e["data"]["verdict"]["class"] == class
        });
        event["data"]["verdict"]["reasons"].clone()
    };
    assert_eq!(decide(&api, &incident, "allow_seller").status, 200);
    assert_eq!(judged("on_platform"), json!(["seller-destination"]));
    assert_eq!(
        post(&api, &format!("/api/v1/incidents/{incident}/undo")).status,
        200
    );
    assert_eq!(judged("off_platform"), json!(["category-payment"]));
    assert_eq!(decide(&api, &incident, "allow_platform").status, 200);
    assert_eq!(judged("on_platform"), json!(["registry-destination"]));
    let shown = api.get(&format!("/api/v1/incidents/{incident}")).json();
    assert_eq!(shown["decision"], "allow_platform");
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");

    // After a restart too, and until the entry is revoked.
    let (served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let again = served.opened(PAYS);
    assert_eq!(
        again["data"]["verdict"]["reasons"],
        json!(["registry-destination"])
    );
    let entries = api.get("/api/v1/registry").json();
    let entry = entries["entries"].as_array().unwrap().last().unwrap()["id"].clone();
    assert_eq!(
        api.ask("DELETE", &format!("/api/v1/registry/{entry}"), "")
            .status,
        204
    );
    let event = served.event("off it again", |e| {
        e["data"]["verdict"]["class"] == "off_platform"
    });
    assert_eq!(event["data"]["incident"], again["data"]["incident"]);
}
