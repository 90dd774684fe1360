//! Node-Media-Server itself, where it is there.

use std::process::{Child, Command, Stdio};

use super::*;

/// Node-Media-Server in a process of its own.
pub(crate) struct NodeMediaServer(Child);

impl NodeMediaServer {
    /// `None` where there is no node, or node has no such package: `NODE_PATH` says where it may be.
    pub(crate) fn start(folder: &Path, rtmp: u16, http: u16, notify: &str) -> Option<Self> {
        let found = Command::new("node")
            .args(["-e", "require.resolve('node-media-server')"])
            .stderr(Stdio::null())
            .status();
        if !found.is_ok_and(|status| status.success()) {
            return None;
        }
        let config = json!({
            "bind": "127.0.0.1", "rtmp": {"port": rtmp}, "http": {"port": http}, "notify": {"url": notify},
            "store": {"path": folder.join("nms")}, "static": {"router": "/"},
            "auth": {"play": false, "publish": false, "secret": "x", "jwt": {
                "secret": "s3cret-jwt", "expiresIn": "24h", "algorithm": "HS256",
                "users": [{"username": "admin", "password": "s3cret-api"}],
            }},
        });
        let script = format!("const N = require('node-media-server'); new N({config}).run();");
        let child = Command::new("node")
            .args(["-e", &script])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Some(Self(child.unwrap()))
    }
}

impl Drop for NodeMediaServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it is told what was not run"
)]
fn node_media_server_itself_is_listed_gated_and_cut() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let (rtmp, http) = (free_port(), free_port());
    let password = folder.path().join("api.secret");
    fs::write(&password, "s3cret-api").unwrap();
    let more = format!(
        "api = \"http://127.0.0.1:{http}\"\nuser = \"admin\"\nsecret_file = {:?}\n\
         pull = \"rtmp://127.0.0.1:{rtmp}/{{path}}\"\ngate = true\npoll_ms = 300",
        password.to_str().unwrap()
    );
    let config = config(folder.path(), "", "node-media-server", &more);
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let notify = format!("http://{address}/hooks/edge/{SECRET}");
    let Some(_server) = NodeMediaServer::start(folder.path(), rtmp, http, &notify) else {
        eprintln!("skipped: node and its package node-media-server are not there");
        return;
    };
    crate::support::await_port(rtmp, folder.path());
    let url = format!("rtmp://127.0.0.1:{rtmp}/live/room");
    let mut publisher = Publisher::start(&clip, &["flv"], &url);
    api.await_that("/api/v1/streams/edge-live-room", "it is live", |room| {
        room["state"] == "live"
    });
    served.opened(crate::support::PAYLOAD);
    let new = json!({"minutes": 5, "reason": "test"});
    let cut = api.post("/api/v1/streams/edge-live-room/cut", &new);
    assert_eq!(cut.json()["kick"], "done", "{cut:?}");
    assert!(!publisher.ended());
    let mut again = Publisher::start(&clip, &["flv"], &url);
    assert!(!again.ended(), "its session was closed");
    let ban = cut.json()["ban"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        api.ask("DELETE", &format!("/api/v1/bans/{ban}"), "").status,
        204
    );
    let _back = Publisher::start(&clip, &["flv"], &url);
    // The server keeps its players while nobody publishes: the same showing may go on.
    served.event("it is let in again", |event| {
        event["type"] != "waylay.incident.ended.v1"
    });
    let (_, _, log) = served.stop();
    assert!(!log.contains("s3cret"), "{log}");
}
