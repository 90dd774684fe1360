//! Publishers that a server refuses after it has asked for them.

use super::*;

/// nginx asks for the second publisher of one stream too, refuses it since there is one, and tells of its end.
#[test]
fn a_second_publisher_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let (rtmp, http) = (free_port(), free_port());
    // Without a list, which would bring back what a hook had ended.
    let more = format!("pull = \"rtmp://127.0.0.1:{rtmp}/{{app}}/{{name}}\"");
    let config = config(folder.path(), "", "nginx-rtmp", &more);
    let (served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let _nginx = nginx(folder.path(), rtmp, http, &address);
    let url = |name: &str| format!("rtmp://127.0.0.1:{rtmp}/live/{name}");
    let first = Publisher::start(&clip, &["flv"], &url("room"));
    let is_of = |event: &Value, step: &str, name: &str| {
        event["type"] == format!("waylay.incident.{step}.v1")
            && event["data"]["stream"] == format!("edge-live-{name}")
    };
    served.event("the first is seen", |event| is_of(event, "opened", "room"));
    let mut second = Publisher::start(&clip, &["flv"], &url("room"));
    assert!(!second.ended(), "it is refused");
    // What is told of another stream later is heard after what was told of the second. That the first is there then says
    // little: nginx tells of it each second.
    let _other = Publisher::start(&clip, &["flv"], &url("other"));
    served.event("another is seen", |event| {
        assert!(!is_of(event, "ended", "room"), "{event}");
        is_of(event, "opened", "other")
    });
    assert_eq!(api.get("/api/v1/streams/edge-live-room").status, 200);
    drop(first);
    await_gone(&api, "edge-live-room");
}
