//! Ingest servers: streams that they tell of, hooks, cuts and bans.

mod node;
mod refused;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Answer, Api, Clip, Nginx, Publisher, Watch, free_port};

pub(crate) use node::NodeMediaServer;

const FIRST: &str = "https://shop.example/first";

/// What the hooks carry.
pub(crate) const SECRET: &str = "s3cret-hook";

/// The configuration with an ingest server `edge` of `kind`, and `more` in its table.
fn config(folder: &Path, head: &str, kind: &str, more: &str) -> String {
    let secret = folder.join("hook.secret");
    fs::write(&secret, SECRET).unwrap();
    let config = folder.join("config.toml");
    let text = format!(
        "{head}\n[[ingest]]\nid = \"edge\"\nkind = \"{kind}\"\nhook_secret_file = {:?}\n{more}\n",
        secret.to_str().unwrap()
    );
    fs::write(&config, text).unwrap();
    config.to_str().unwrap().to_owned()
}

/// A place where nobody is, with `{path}` in it.
fn nowhere() -> String {
    format!("pull = \"rtmp://127.0.0.1:{}/{{path}}\"", free_port())
}

/// A hook of the generic kind.
fn hook(api: &Api, action: &str, name: &str) -> Answer {
    let body =
        json!({"action": action, "app": "live", "name": name, "publisher": format!("p-{name}")});
    api.post(&format!("/hooks/edge/{SECRET}"), &body)
}

/// Waits until there is no stream `id`.
fn await_gone(api: &Api, id: &str) {
    api.await_that("/api/v1/streams", "it is gone", |streams| {
        let streams = streams["streams"].as_array().unwrap();
        streams.iter().all(|stream| stream["id"] != id)
    });
}

/// Waits until there is one.
fn await_stream(api: &Api, id: &str) -> Value {
    api.await_that(&format!("/api/v1/streams/{id}"), "it is watched", |_| true)
}

/// nginx that asks `waylay` who may publish, shows its streams and drops them.
pub(crate) fn nginx(folder: &Path, rtmp: u16, http: u16, waylay: &str) -> Nginx {
    let url = format!("http://{waylay}/hooks/edge/{SECRET}");
    let application = format!(
        "on_publish {url}; on_publish_done {url}; on_update {url}; notify_update_timeout 1s;"
    );
    Nginx::start_as(folder, rtmp, http, &application, LOCATIONS)
}

const LOCATIONS: &str = "location /stat { rtmp_stat all; } location /control { rtmp_control all; }";

#[test]
fn who_is_cut_is_disconnected_and_stays_out_until_the_ban_is_lifted() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "first.ts");
    let (rtmp, http) = (free_port(), free_port());
    let more = format!(
        "api = \"http://127.0.0.1:{http}\"\npull = \"rtmp://127.0.0.1:{rtmp}/{{app}}/{{name}}\"\n\
         gate = true\nlabels = [\"of-edge\"]\npoll_ms = 300"
    );
    let config = config(folder.path(), "", "nginx-rtmp", &more);
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let _nginx = nginx(folder.path(), rtmp, http, &address);
    let url = format!("rtmp://127.0.0.1:{rtmp}/live/room-42?token=s3cret-token");

    let mut publisher = Publisher::start(&clip, &["flv"], &url);
    let opened = served.opened(FIRST);
    assert_eq!(opened["data"]["stream"], "edge-live-room-42");
    let room = await_stream(&api, "edge-live-room-42");
    assert_eq!(
        (&room["origin"], &room["server"], &room["labels"]),
        (&json!("ingest"), &json!("edge"), &json!(["of-edge"]))
    );
    let removed = api.ask("DELETE", "/api/v1/streams/edge-live-room-42", "");
    assert_eq!(removed.status, 409, "{removed:?}");

    let new = json!({"minutes": 5, "reason": "payment code of somebody else"});
    let cut = api.post("/api/v1/streams/edge-live-room-42/cut", &new);
    assert_eq!(cut.status, 200, "{cut:?}");
    assert_eq!(cut.json()["kick"], "done", "{cut:?}");
    assert_eq!(cut.json()["ban"]["state"], "in_force");
    assert!(!publisher.ended(), "it was disconnected");
    await_gone(&api, "edge-live-room-42");
    let mut again = Publisher::start(&clip, &["flv"], &url);
    assert!(!again.ended(), "it was refused");
    let other = format!("rtmp://127.0.0.1:{rtmp}/live/other");
    let _other = Publisher::start(&clip, &["flv"], &other);
    await_stream(&api, "edge-live-other");

    let bans = api.get("/api/v1/bans").json();
    assert_eq!(bans["bans"].as_array().unwrap().len(), 1, "{bans}");
    let ban = format!("/api/v1/bans/{}", bans["bans"][0]["id"].as_str().unwrap());
    assert_eq!(api.ask("DELETE", &ban, "").status, 204);
    assert_eq!(api.ask("DELETE", &ban, "").status, 404);
    let _back = Publisher::start(&clip, &["flv"], &url);
    await_stream(&api, "edge-live-room-42");
    served.event("it is watched again", |event| {
        event["type"] == "waylay.incident.opened.v1"
            && event["data"]["stream"] == "edge-live-room-42"
    });
    let metrics = api.get("/metrics").text;
    assert!(
        metrics.contains("waylay_ingest_kicks_total{server=\"edge\",result=\"done\"} 1"),
        "{metrics}"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    for told in [&log, &cut.text, &bans.to_string(), &metrics] {
        assert!(!told.contains("s3cret"), "{told}");
    }
}

/// Without a hook and without a gate.
#[test]
fn a_list_alone_tells_what_is_there_and_a_ban_holds_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::default().make(folder.path(), "clip.ts");
    let (rtmp, http) = (free_port(), free_port());
    let more = format!(
        "api = \"http://127.0.0.1:{http}\"\npull = \"rtmp://127.0.0.1:{rtmp}/{{path}}\"\n\
         apps = [\"live\"]\nhide_names = true\npoll_ms = 200"
    );
    let config = config(folder.path(), "", "nginx-rtmp", &more);
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    // nginx is not there yet, which ends nothing.
    served.logged("does not list its streams");
    let api = Api::at(&address);
    let _nginx = Nginx::start_as(folder.path(), rtmp, http, "", LOCATIONS);
    let url = format!("rtmp://127.0.0.1:{rtmp}/live/s3cret-key");
    let publisher = Publisher::start(&clip, &["flv"], &url);
    let one = |streams: &Value| streams["streams"].as_array().unwrap().len() == 1;
    let streams = api.await_that("/api/v1/streams", "it is listed", one);
    let id = streams["streams"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("edge-live."), "{id}");
    drop(publisher);
    await_gone(&api, &id);

    let mut publisher = Publisher::start(&clip, &["flv"], &url);
    await_stream(&api, &id);
    let new = json!({"minutes": 1, "reason": "test"});
    let cut = api.post(&format!("/api/v1/streams/{id}/cut"), &new);
    assert_eq!(cut.json()["kick"], "done", "{cut:?}");
    assert!(!publisher.ended());
    let mut again = Publisher::start(&clip, &["flv"], &url);
    assert!(!again.ended(), "let in, and disconnected by the next list");
    let (_, _, log) = served.stop();
    assert!(!log.contains("s3cret"), "{log}");
}

#[test]
fn hooks_are_hints_and_bans_outlive_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let more = format!("{}\ngate = true", nowhere());
    let config = config(folder.path(), "", "generic", &more);
    let (mut served, address) = Watch::serve(&data, &["--config", &config]);
    let api = Api::at(&address);
    for action in ["publish", "start", "start"] {
        let answer = hook(&api, action, "a");
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, r#"{"allowed":true}"#)
        );
    }
    await_stream(&api, "edge-live-a");
    assert_eq!(hook(&api, "start", "b").status, 200);
    await_stream(&api, "edge-live-b");
    assert_eq!(hook(&api, "stop", "b").status, 200);
    assert_eq!(hook(&api, "stop", "b").status, 200, "it may come twice");
    await_gone(&api, "edge-live-b");

    let new = |minutes: u32, reason: &str| json!({"minutes": minutes, "reason": reason});
    let path = "/api/v1/streams/edge-live-a/cut";
    for (body, status) in [
        (new(0, "x"), 422),
        (new(43_201, "x"), 422),
        (new(1, ""), 422),
        (new(1, "a\nb"), 422),
        (json!({"minutes": 1}), 422),
        (json!({"minutes": -1, "reason": "x"}), 422),
    ] {
        assert_eq!(api.post(path, &body).status, status, "{body}");
    }
    let none = api.post("/api/v1/streams/edge-live-none/cut", &new(1, "x"));
    assert_eq!(none.status, 404, "{none:?}");
    // One that has left is kept out all the same.
    let left = api.post("/api/v1/streams/edge-live-b/cut", &new(1, "x"));
    assert_eq!(left.status, 200, "{left:?}");
    assert_eq!(hook(&api, "publish", "b").status, 403);
    let left = left.json()["ban"]["id"].as_str().unwrap().to_owned();
    let lifted = api.ask("DELETE", &format!("/api/v1/bans/{left}"), "");
    assert_eq!(lifted.status, 204);
    let own = json!({"id": "own", "url": format!("rtmp://127.0.0.1:{}/live/x", free_port())});
    assert_eq!(api.post("/api/v1/streams", &own).status, 201);
    let own = api.post("/api/v1/streams/own/cut", &new(1, "x"));
    assert_eq!(own.status, 409, "{own:?}");
    let cut = api.post(path, &new(60, "reason"));
    assert_eq!(cut.json()["kick"], "failed", "it has no API: {cut:?}");
    assert!(cut.json()["error"].is_string());
    assert_eq!(hook(&api, "publish", "a").status, 403);
    assert_eq!(hook(&api, "publish", "c").status, 200);
    served.kill();

    let (mut served, address) = Watch::serve(&data, &["--config", &config]);
    let api = Api::at(&address);
    assert_eq!(hook(&api, "publish", "a").status, 403, "after a kill");
    assert_eq!(hook(&api, "update", "a").status, 403);
    let bans = api.get("/api/v1/bans").json();
    let ban = &bans["bans"][0];
    assert_eq!(
        (&ban["stream"], &ban["reason"], &ban["by"]),
        (&json!("edge-live-a"), &json!("reason"), &json!("api"))
    );
    let path = format!("/api/v1/bans/{}", ban["id"].as_str().unwrap());
    assert_eq!(api.ask("DELETE", &path, "").status, 204);
    assert_eq!(hook(&api, "publish", "a").status, 200, "at once");
    served.kill();

    let (_served, address) = Watch::serve(&data, &["--config", &config]);
    let api = Api::at(&address);
    assert_eq!(hook(&api, "publish", "a").status, 200);
    assert_eq!(api.get("/api/v1/bans").json(), json!({"bans": []}));
    let all = api.get("/api/v1/bans?all=true").json();
    assert_eq!(all["bans"][0]["state"], "lifted", "it stays on record");
    assert_eq!(api.get("/api/v1/bans?al=true").status, 400);
}

#[test]
fn a_gate_in_doubt_answers_as_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (on_error, doubt) in [("open", 200), ("closed", 403)] {
        let more = format!("{}\ngate = true\non_error = \"{on_error}\"", nowhere());
        let config = config(folder.path(), "[serve]\nmax_streams = 1", "generic", &more);
        let data = folder.path().join(on_error);
        let (mut served, address) = Watch::serve(&data, &["--config", &config]);
        let mut api = Api::at(&address);
        let path = format!("/hooks/edge/{SECRET}");
        for body in ["", "{", "[]", "{\"action\":1.5}"] {
            let answer = api.ask("POST", &path, body);
            assert_eq!(answer.status, doubt, "{on_error}: {body:.40}");
        }
        // Nobody comes in by writing more than is read.
        let padded = |bytes: usize| {
            let padding = "a".repeat(bytes);
            json!({"action": "publish", "app": "live", "name": "one", "padding": padding})
        };
        let answer = api.post(&path, &padded(1 << 20));
        assert_eq!(answer.status, 403, "{on_error}");
        assert_eq!(api.post(&path, &padded(500 << 10)).status, 200);
        // What cannot be watched, since of its name no URL can be made.
        assert_eq!(hook(&api, "publish", "..").status, doubt);
        assert_eq!(hook(&api, "publish", "one").status, 200);
        await_stream(&api, "edge-live-one");
        assert_eq!(
            hook(&api, "publish", "two").status,
            doubt,
            "all places are taken"
        );
        assert_eq!(hook(&api, "publish", "one").status, 200, "it has its place");
        let play = json!({"action": "play", "app": "live", "name": ".."});
        assert_eq!(
            api.post(&path, &play).status,
            200,
            "players are not asked about"
        );

        for (method, path, status) in [
            ("POST", "/hooks/other/s3cret-hook", 404),
            ("POST", "/hooks/edge/wrong", 401),
            ("POST", "/hooks/edge", 401),
            ("POST", "/hooks/edge?secret=", 401),
            ("PUT", "/hooks/edge/s3cret-hook", 405),
            ("POST", "/hooks", 404),
            ("POST", "/hooks/edge/s3cret-hook/more", 404),
        ] {
            let answer = api.ask(method, path, "{}");
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            assert!(!answer.text.contains("s3cret"), "{answer:?}");
        }
        // The API's own rules are not theirs: a server calls Waylay by whatever name it has.
        api.head = vec!["Host: waylay.internal".to_owned()];
        assert_eq!(hook(&api, "publish", "one").status, 200);
        assert_eq!(api.get("/api/v1/bans").status, 403);
        let (_, _, log) = served.stop();
        assert!(!log.contains("s3cret"), "{log}");
    }
}

/// What a publisher calls itself leads nowhere but to its server, and into no folder.
#[test]
fn odd_names_are_watched_under_ids_that_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), "", "generic", &nowhere());
    let (served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let names = [
        "../../etc/passwd",
        "a b#c",
        "微信",
        "a/b",
        "%2e%2e",
        "a@evil.example:1",
        "-rf",
    ];
    for name in names {
        assert_eq!(hook(&api, "start", name).status, 200);
    }
    for name in [
        "..",
        ".",
        "a?b",
        "\u{fffd}",
        "a\nb",
        "\u{7f}",
        &"a".repeat(600),
    ] {
        assert_eq!(hook(&api, "start", name).status, 200, "nobody is refused");
    }
    let all = |streams: &Value| streams["streams"].as_array().unwrap().len() == names.len();
    let streams = api.await_that("/api/v1/streams", "each has an id", all);
    for stream in streams["streams"].as_array().unwrap() {
        let id = stream["id"].as_str().unwrap();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(
            id.starts_with("edge-live-") && id.chars().all(is_plain),
            "{id}"
        );
        let source = stream["source"].as_str().unwrap();
        assert!(source.starts_with("rtmp://127.0.0.1:"), "{source}");
    }
    // Nobody hides behind a name: what is not watched for it is counted, and once in the log.
    served.logged("a stream of ingest server edge is not watched: a part of what it is called");
    let metrics = api.get("/metrics").text;
    for line in [
        "waylay_ingest_hooks_failed_total{server=\"edge\",reason=\"unread\"} 3",
        "waylay_ingest_unwatched_total{server=\"edge\",reason=\"name\"} 4",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

/// RTMP takes a name as it is, and a URL does not.
#[test]
fn a_name_that_a_url_writes_otherwise_is_watched_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "first.ts");
    let (rtmp, http) = (free_port(), free_port());
    let more = format!(
        "api = \"http://127.0.0.1:{http}\"\npull = \"rtmp://127.0.0.1:{rtmp}/{{app}}/{{name}}\"\npoll_ms = 300"
    );
    let config = config(folder.path(), "", "nginx-rtmp", &more);
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &["--config", &config]);
    let api = Api::at(&address);
    let _nginx = nginx(folder.path(), rtmp, http, &address);
    for name in ["直播间", "100%41", "a#b&c"] {
        let url = format!("rtmp://127.0.0.1:{rtmp}/live/{name}");
        let publisher = Publisher::start(&clip, &["flv"], &url);
        let opened = served.opened(FIRST);
        let stream = opened["data"]["stream"].as_str().unwrap().to_owned();
        assert!(stream.starts_with("edge-live-"), "{stream}");
        let about = api.get(&format!("/api/v1/streams/{stream}")).json();
        assert_eq!(about["state"], "live", "{name}: {about}");
        // The list, which may show it otherwise, agrees three times: it is one stream, and it stays.
        let lists = |metrics: &str| {
            let counted = "waylay_ingest_lists_total{server=\"edge\",result=\"done\"} ";
            let count = metrics.split(counted).nth(1).unwrap();
            count.lines().next().unwrap().parse::<u64>().unwrap()
        };
        let before = lists(&api.get("/metrics").text);
        while lists(&api.get("/metrics").text) < before + 3 {
            std::thread::yield_now();
        }
        let streams = api.get("/api/v1/streams").json();
        let ids: Vec<_> = streams["streams"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| &s["id"])
            .collect();
        assert_eq!(ids, [&json!(stream)], "{name}");
        drop(publisher);
        await_gone(&api, &stream);
    }
    let metrics = api.get("/metrics").text;
    assert!(
        metrics.contains("waylay_ingest_unwatched_total{server=\"edge\",reason=\"name\"} 0"),
        "{metrics}"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}
