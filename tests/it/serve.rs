//! The service: streams that come and go over HTTP, and stay over a restart.

use std::fs;

use serde_json::{Value, json};
use sqlx::Connection;

use crate::support::{Api, Clip, Nginx, Publisher, Watch, draw, free_port, waylay};

const FIRST: &str = "https://shop.example/first";

fn clip() -> Clip<'static> {
    Clip {
        payload: FIRST,
        ..Clip::default()
    }
}

/// A stream that nobody publishes: it is tried again for as long as it is wanted.
fn nowhere() -> String {
    format!(
        "rtmp://127.0.0.1:{}/live/s3cret-key?token=s3cret-token",
        free_port()
    )
}

#[test]
fn a_stream_is_added_watched_changed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip().make(folder.path(), "first.ts");
    let nginx = Nginx::start(folder.path());
    let url = format!(
        "rtmp://127.0.0.1:{}/live/s3cret-key?token=s3cret-token",
        nginx.rtmp
    );
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let (mut served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    assert_eq!(api.get("/health").json()["status"], "ok");

    let added = api.post(
        "/api/v1/streams",
        &json!({"id": "room", "url": url, "labels": ["host:7"]}),
    );
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(added.header("location"), Some("/api/v1/streams/room"));
    assert_eq!(added.json()["labels"], json!(["host:7"]));
    assert_eq!(added.json()["origin"], "api");
    let opened = served.opened(FIRST);
    assert_eq!(opened["data"]["stream"], "room");
    assert_eq!(opened["data"]["verdict"]["class"], "off_platform");
    // It weighs more, since it has led off the platform; that is told a moment after the event.
    let room = api.await_that("/api/v1/streams/room", "looks", |room| {
        let looked = room["samples"]["done"].as_u64() > Some(2);
        looked && room["ring_bytes"].as_u64() > Some(0) && room["weight"] == 2.0
    });
    assert_eq!(room["state"], "live");
    assert_eq!(room["video"]["codec"], "h264");

    // The host is the seller's own: what is open is judged anew, and the stream goes on as it was.
    let seller = json!({"registry": {"domains": ["shop.example"]}});
    let changed = api.ask("PATCH", "/api/v1/streams/room", &seller.to_string());
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.json()["registry"], seller["registry"]);
    assert_eq!(
        changed.json()["labels"],
        json!(["host:7"]),
        "what is not given stays"
    );
    let judged = served.event("judged anew", |e| {
        e["type"] == "waylay.incident.reclassified.v1"
    });
    assert_eq!(judged["data"]["verdict"]["class"], "on_platform");
    assert_eq!(judged["data"]["incident"], opened["data"]["incident"]);

    let listed = api.get("/api/v1/streams").json();
    assert_eq!(listed["streams"].as_array().unwrap().len(), 1);
    assert_eq!(api.ask("DELETE", "/api/v1/streams/room", "").status, 204);
    served.event("it ends with its stream", |e| {
        e["type"] == "waylay.incident.ended.v1"
    });
    assert_eq!(api.get("/api/v1/streams/room").status, 404);
    assert_eq!(api.ask("DELETE", "/api/v1/streams/room", "").status, 404);
    let worker = api.get("/api/v1/worker").json();
    assert_eq!(worker["streams"], 0);
    assert!(
        worker["samples"]["done"].as_u64() > Some(2),
        "what is gone was done: {worker}"
    );

    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
    let told = [&log, &listed.to_string(), &added.text, &changed.text];
    assert!(told.iter().all(|text| !text.contains("s3cret")), "{told:?}");
}

#[test]
fn streams_stay_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = folder.path().join("config.toml");
    let text = format!("[[streams]]\nid = \"own\"\nurl = \"{}\"\n", nowhere());
    fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    let (mut served, address) = Watch::serve(&data, &["--config", config]);
    let api = Api::at(&address);
    for id in ["a", "b", "c"] {
        let stream = json!({"id": id, "url": nowhere(), "labels": [format!("of-{id}")]});
        assert_eq!(api.post("/api/v1/streams", &stream).status, 201);
    }
    let labels = json!({"labels": ["other"], "policy": null});
    assert_eq!(
        api.ask("PATCH", "/api/v1/streams/b", &labels.to_string())
            .status,
        200
    );
    assert_eq!(api.ask("DELETE", "/api/v1/streams/c", "").status, 204);
    // As a power cut does: what was answered is on disk.
    served.kill();

    let (mut served, address) = Watch::serve(&data, &["--config", config]);
    let api = Api::at(&address);
    let streams = api.get("/api/v1/streams").json();
    let streams: Vec<_> = streams["streams"].as_array().unwrap().clone();
    let about = |s: &Value| (s["id"].clone(), s["labels"].clone(), s["origin"].clone());
    assert_eq!(
        streams.iter().map(about).collect::<Vec<_>>(),
        [
            (json!("a"), json!(["of-a"]), json!("api")),
            (json!("b"), json!(["other"]), json!("api")),
            (json!("own"), json!([]), json!("configuration")),
        ]
    );
    let own = api.ask("DELETE", "/api/v1/streams/own", "");
    assert_eq!(own.status, 409, "{own:?}");
    let waiting = api.await_that("/api/v1/streams/a", "it cannot be opened", |a| {
        a["state"] == "waiting"
    });
    assert!(waiting["error"].is_string(), "{waiting}");
    let (status, _, log) = served.stop();
    assert!(status.success() && !log.contains("s3cret"), "{log}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    let new = |id: &str, url: &str| json!({"id": id, "url": url});
    let good = nowhere();
    let labels: Vec<_> = (0..65).map(|n| n.to_string()).collect();
    for (body, status, said) in [
        (new("../x", &good), 422, "not a stream id"),
        (new("x", "/etc/passwd"), 422, "not the URL of a live stream"),
        (
            new("x", "file:///etc/passwd"),
            422,
            "not the URL of a live stream",
        ),
        (new("x", "-"), 422, "not the URL of a live stream"),
        (new("x", "gopher://s3cret"), 422, "unsupported source"),
        (
            new("x", &format!("rtmp://a/{}", "s3cret".repeat(1_000))),
            422,
            "longer than 4096",
        ),
        (
            json!({"id": "x", "url": good, "labels": labels}),
            422,
            "at most 64",
        ),
        (
            json!({"id": "x", "url": good, "labels": [""]}),
            422,
            "at most 64",
        ),
        (
            json!({"id": "x", "url": good, "policy": "none"}),
            422,
            "none that the configuration names",
        ),
        (
            json!({"id": "x", "url": good, "registry": {"domain": []}}),
            422,
            "unknown field `domain`",
        ),
        (
            json!({"id": "x", "url": good, "registry": {"domains": ["a b"]}}),
            422,
            "registry",
        ),
        (
            json!({"id": "x", "url": good, "registry": [1, null]}),
            422,
            "registry",
        ),
        (json!({"id": "x"}), 422, "missing field `url`"),
        (
            json!({"id": "x", "url": good, "lables": []}),
            422,
            "unknown field `lables`",
        ),
        (json!([]), 422, "expected a JSON object"),
    ] {
        let answer = api.post("/api/v1/streams", &body);
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{body}: {detail}");
        assert!(!detail.contains("s3cret"), "{detail}");
    }
    for (method, path, body, status) in [
        ("POST", "/api/v1/streams", "{", 400),
        ("POST", "/api/v1/streams", "", 415),
        ("GET", "/api/v1/streams?limit=x", "", 400),
        ("GET", "/api/v1/streams?lim=1", "", 400),
        ("GET", "/api/v1/streams/%2e%2e%2fx", "", 404),
        ("GET", "/api/v1/nothing", "", 404),
        ("GET", "/nothing", "", 404),
        ("PUT", "/api/v1/streams", "{}", 405),
        ("POST", "/api/v1/streams/x/boost", "", 404),
        ("PATCH", "/api/v1/streams/x", "{}", 404),
    ] {
        let answer = api.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert_eq!(answer.json()["status"], status, "{method} {path}");
    }
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(&config, "[serve]\nmax_streams = 2\n").unwrap();
    let config = config.to_str().unwrap();
    let (_served, address) = Watch::serve(&folder.path().join("data"), &["--config", config]);
    let api = Api::at(&address);
    let new = |id: &str, url: &str| json!({"id": id, "url": url});
    let good = nowhere();
    let long = "a".repeat(2 << 20);
    assert_eq!(api.post("/api/v1/streams", &new("x", &long)).status, 413);

    assert_eq!(api.post("/api/v1/streams", &new("one", &good)).status, 201);
    assert_eq!(api.post("/api/v1/streams", &new("one", &good)).status, 409);
    assert_eq!(
        api.post("/api/v1/streams/one/boost", &Value::Null).status,
        202
    );
    assert_eq!(api.post("/api/v1/streams", &new("two", &good)).status, 201);
    let full = api.post("/api/v1/streams", &new("three", &good));
    assert_eq!(full.status, 503, "{full:?}");
    assert!(full.header("retry-after").is_some());
    assert!(full.text.contains("none is free"), "{full:?}");
    // Page by page.
    let first = api.get("/api/v1/streams?limit=1").json();
    assert_eq!(
        (&first["streams"][0]["id"], &first["next"]),
        (&json!("one"), &json!("one"))
    );
    let second = api.get("/api/v1/streams?limit=1&after=one").json();
    assert_eq!(
        (&second["streams"][0]["id"], &second["next"]),
        (&json!("two"), &Value::Null)
    );
}

/// As where a backup holds the file, or the disk is full.
#[test]
fn what_is_found_while_nothing_can_be_recorded_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut served, address) = Watch::serve(&data, &[]);
    let api = Api::at(&address);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut held = runtime.block_on(async {
        let file = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("waylay.sqlite"));
        let mut held = sqlx::SqliteConnection::connect_with(&file).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut held)
            .await
            .unwrap();
        held
    });
    let payloads = ["https://shop.example/1", "https://shop.example/2"];
    for (at, payload) in payloads.iter().enumerate() {
        let mut still = std::io::Cursor::new(Vec::new());
        draw(payload)
            .write_to(&mut still, image::ImageFormat::Png)
            .unwrap();
        let path = format!("/api/v1/frames?stream=room-{at}");
        let sent = api.send("POST", &path, "image/png", still.get_ref());
        assert_eq!(sent.status, 202, "{sent:?}");
    }
    served.logged("nothing can be recorded");
    let metrics = api.get("/metrics").text;
    assert!(metrics.contains("waylay_records_failing 1"), "{metrics}");
    runtime.block_on(async {
        sqlx::query("ROLLBACK").execute(&mut held).await.unwrap();
    });
    let mut told = [(); 2].map(|()| {
        let opened = served.event("it is on record", |_| true);
        opened["data"]["payload"].as_str().unwrap().to_owned()
    });
    told.sort();
    assert_eq!(told, payloads, "nothing is lost");
    let metrics = api.get("/metrics").text;
    assert!(metrics.contains("waylay_records_failing 0"), "{metrics}");
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn only_who_may_ask_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_served, address) = Watch::serve(&data, &[]);
    let mut api = Api::at(&address);
    assert_eq!(api.get("/api/v1/streams").status, 200);
    // A page that was opened on this machine, and whose name leads here by now.
    api.head = vec!["Host: evil.example".to_owned()];
    assert_eq!(api.get("/api/v1/streams").status, 403);
    assert_eq!(api.get("/metrics").status, 403);
    // A proxy on this machine brings whoever can reach it, and may call us as it likes.
    for known in ["forwarded = true", "public_url = 'https://way.example'"] {
        let config = folder.path().join("proxied.toml");
        fs::write(&config, format!("[accounts]\n{known}\n")).unwrap();
        let proxied = folder.path().join("proxied");
        let (_served, address) = Watch::serve(&proxied, &["--config", config.to_str().unwrap()]);
        let api = Api::at(&address);
        assert_eq!(api.get("/api/v1/streams").status, 403, "{known}");
        assert_eq!(api.get("/health").status, 200);
    }

    let token = folder.path().join("token");
    fs::write(&token, "0123456789abcdef-s3cret\n").unwrap();
    let config = folder.path().join("config.toml");
    fs::write(
        &config,
        format!("[serve]\ntoken_file = {:?}\n", token.to_str().unwrap()),
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let (mut served, address) = Watch::serve(&folder.path().join("other"), &["--config", config]);
    let mut api = Api::at(&address);
    let refused = api.get("/api/v1/streams");
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    assert_eq!(
        api.get("/health").status,
        200,
        "whether it is up is no secret"
    );
    api.head = vec![
        "Authorization: Bearer 0123456789abcdef-s3cret".to_owned(),
        "Host: way.example".to_owned(),
    ];
    assert_eq!(api.get("/api/v1/streams").status, 200);
    assert_eq!(api.get("/metrics").status, 200);
    let top = waylay()
        .args([
            "top",
            "--once",
            "--server",
            &format!("http://{address}"),
            "--token-file",
        ])
        .arg(&token)
        .output()
        .unwrap();
    assert!(top.status.success(), "{top:?}");
    assert!(
        String::from_utf8(top.stdout)
            .unwrap()
            .contains("streams 0 of 500")
    );
    let (_, _, log) = served.stop();
    assert!(!log.contains("s3cret"), "{log}");

    // Further than this machine only with a token.
    let open = waylay()
        .args(["serve", "--listen", "0.0.0.0:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(open.status.code(), Some(2));
    assert!(
        String::from_utf8(open.stderr)
            .unwrap()
            .contains("takes a token")
    );
}

#[test]
fn figures_are_told_to_prometheus() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip().make(folder.path(), "first.ts");
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/a", nginx.rtmp);
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let (served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    api.post("/api/v1/streams", &json!({"id": "room", "url": url}));
    served.opened(FIRST);
    api.await_that("/api/v1/streams/room", "looks", |room| {
        room["samples"]["done"].as_u64() > Some(2)
    });
    let answer = api.get("/metrics");
    assert_eq!(
        answer.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let value = |name: &str| -> f64 {
        let line = answer
            .text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {}", answer.text))
            .parse()
            .unwrap()
    };
    assert!(value("waylay_looks_total") > 2.0);
    assert!(value("waylay_stream_looks_total{stream=\"room\"}") > 2.0);
    assert!(value("waylay_cpu_seconds_total{stage=\"scan\"}") > 0.0);
    assert!((value("waylay_streams{state=\"live\"}") - 1.0).abs() < 0.1);
    let looks = value("waylay_look_latency_seconds_count");
    assert!(looks > 2.0);
    // Without the last bucket Prometheus takes the histogram for broken.
    let all = value("waylay_look_latency_seconds_bucket{le=\"+Inf\"}");
    assert!((all - looks).abs() < 0.1, "{all} of {looks}");
    assert!(value("waylay_stream_missed_ratio{stream=\"room\",shown=\"1s\"}") < 1.0);
    assert!(answer.text.ends_with("# EOF\n"));
}

#[test]
fn the_api_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let document = Api::at(&address).get("/api/v1/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in [
        "/api/v1/streams",
        "/api/v1/streams/{id}",
        "/api/v1/streams/{id}/boost",
        "/api/v1/streams/{id}/cut",
        "/api/v1/frames",
        "/api/v1/bans",
        "/api/v1/bans/{id}",
        "/hooks/{id}",
        "/hooks/{id}/{secret}",
        "/api/v1/deliveries",
        "/api/v1/deliveries/{id}/replay",
        "/api/v1/worker",
        "/metrics",
        "/health",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let new = &document["components"]["schemas"]["NewStream"];
    assert_eq!(new["required"], json!(["id", "url"]));
    assert_eq!(new["additionalProperties"], false);
}
