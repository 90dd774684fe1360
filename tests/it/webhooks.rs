//! Webhooks of the real service: signed, once, in order, and nothing is lost.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use waylay::keys::SigningKey;

use crate::support::{Api, Clip, Nginx, Posted, Publisher, Receiver, Watch, waylay};

const SHOWN: &str = "https://shop.example/hooked";

const SHARED: [u8; 32] = [7; 32];
const PRIVATE: [u8; 32] = [9; 32];

/// A live stream that shows a code, and a configuration that tells `receiver` of it.
struct Scene {
    folder: tempfile::TempDir,
    url: String,
    _nginx: Nginx,
    _publisher: Publisher,
}

impl Scene {
    fn new(receiver: &Receiver) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clip = Clip {
            payload: SHOWN,
            ..Clip::default()
        };
        let clip = clip.make(folder.path(), "clip.ts");
        let nginx = Nginx::start(folder.path());
        let url = format!("rtmp://127.0.0.1:{}/live/room", nginx.rtmp);
        let publisher = Publisher::start(&clip, &["flv"], &url);
        let secret = |name: &str, text: String| {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            file
        };
        let files = [
            secret("shared", format!("whsec_{}\n", STANDARD.encode(SHARED))),
            secret("private", format!("whsk_{}\n", STANDARD.encode(PRIVATE))),
        ];
        let config = format!(
            "[[webhooks]]\nname = 'ops'\nurl = 'http://127.0.0.1:{}/hook?token=s3cret'\nsecret_files = {files:?}\nlabels = ['vip']\n
             [[webhooks]]\nname = 'others'\nurl = 'http://127.0.0.1:{}/others'\nsecret_files = {:?}\nlabels = ['other']\n",
            receiver.port,
            receiver.port,
            &files[..1],
        );
        fs::write(folder.path().join("config.toml"), config).unwrap();
        Self {
            folder,
            url,
            _nginx: nginx,
            _publisher: publisher,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn serve(&self) -> (Watch, Api) {
        let config = self.folder.path().join("config.toml");
        let (served, address) = Watch::serve(&self.data(), &["--config", path(&config)]);
        (served, Api::at(&address))
    }

    fn add_stream(&self, api: &Api) {
        let stream = json!({"id": "room", "url": self.url, "labels": ["vip"]});
        assert_eq!(api.post("/api/v1/streams", &stream).status, 201);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The event that was sent, its signatures and what else stands in its head checked.
fn event(posted: &Posted) -> Value {
    let event: Value = serde_json::from_str(&posted.body).unwrap();
    let id = event["id"].as_str().unwrap();
    assert_eq!(posted.target, "/hook?token=s3cret");
    assert_eq!(
        posted.header("content-type"),
        "application/cloudevents+json"
    );
    assert_eq!(posted.header("webhook-id"), id);
    let seconds = posted.header("webhook-timestamp");
    let signed = format!("{id}.{seconds}.{}", posted.body);
    let signature = posted.header("webhook-signature");
    let (shared, private) = signature.split_once(' ').unwrap();
    let tag = STANDARD
        .decode(shared.strip_prefix("v1,").unwrap())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SHARED);
    hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
    let tag = STANDARD
        .decode(private.strip_prefix("v1a,").unwrap())
        .unwrap();
    let key = SigningKey::parse(&format!("whsk_{}", STANDARD.encode(PRIVATE))).unwrap();
    assert!(key.public().has_signed(signed.as_bytes(), &tag));
    event
}

#[test]
fn an_incident_arrives_signed_once_and_in_order() {
    let receiver = Receiver::start(204);
    let scene = Scene::new(&receiver);
    let (mut served, api) = scene.serve();
    scene.add_stream(&api);
    let opened = served.opened(SHOWN);
    let first = receiver.next();
    assert_eq!(event(&first), opened);
    assert_eq!(first.body, serde_json::to_string(&opened).unwrap());

    assert_eq!(api.ask("DELETE", "/api/v1/streams/room", "").status, 204);
    let mut sequences = vec![opened["data"]["sequence"].as_i64().unwrap()];
    loop {
        let next = event(&receiver.next());
        assert_eq!(next["data"]["incident"], opened["data"]["incident"]);
        sequences.push(next["data"]["sequence"].as_i64().unwrap());
        if next["type"] == "waylay.incident.ended.v1" {
            break;
        }
    }
    let all: Vec<_> = (1..=sequences.len() as i64).collect();
    assert_eq!(sequences, all, "each once, in order");
    api.await_that("/api/v1/deliveries", "nothing is left", |left| {
        left["deliveries"] == json!([])
    });
    let metrics = api.get("/metrics").text;
    for line in [
        format!(
            "waylay_webhook_delivered_total{{endpoint=\"ops\"}} {}",
            all.len()
        ),
        "waylay_webhook_delivered_total{endpoint=\"others\"} 0".to_owned(),
        "waylay_webhook_failed_total{endpoint=\"ops\"} 0".to_owned(),
    ] {
        assert!(
            metrics.lines().any(|other| other == line),
            "{line}: {metrics}"
        );
    }
    let (status, _, log) = served.stop();
    assert!(status.success() && !log.contains("s3cret"), "{log}");
}

/// It is killed while the receiver has the event and did not answer yet.
#[test]
fn nothing_is_lost_by_a_kill() {
    let receiver = Receiver::start(0);
    let scene = Scene::new(&receiver);
    let (mut served, api) = scene.serve();
    scene.add_stream(&api);
    let opened = served.opened(SHOWN);
    assert_eq!(event(&receiver.next()), opened);
    served.kill();

    receiver.answer(204);
    let (mut served, _) = scene.serve();
    assert_eq!(
        event(&receiver.next()),
        opened,
        "it is sent again as it was"
    );
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn what_was_given_up_is_listed_and_brought_back() {
    let receiver = Receiver::start(410);
    let scene = Scene::new(&receiver);
    let (mut served, api) = scene.serve();
    scene.add_stream(&api);
    let opened = served.opened(SHOWN);
    assert_eq!(event(&receiver.next()), opened);
    let is_opened = |delivery: &Value| delivery["event"] == opened["id"];
    let dead = "/api/v1/deliveries?state=dead&endpoint=ops";
    let listed = api.await_that(dead, "it is given up", |listed| {
        listed["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .any(is_opened)
    });
    let delivery = &listed["deliveries"][0];
    assert_eq!(
        (&delivery["status"], &delivery["attempts"]),
        (&json!(410), &json!(1))
    );
    for (path, status) in [
        ("/api/v1/deliveries/999999/replay", 404),
        ("/api/v1/deliveries/x/replay", 404),
    ] {
        assert_eq!(api.ask("POST", path, "").status, status, "{path}");
    }
    assert_eq!(api.get("/api/v1/deliveries?state=gone").status, 422);
    assert_eq!(api.get("/api/v1/deliveries?stat=dead").status, 400);

    receiver.answer(204);
    let replay = format!("/api/v1/deliveries/{}/replay", delivery["id"]);
    assert_eq!(api.ask("POST", &replay, "").status, 202);
    while event(&receiver.next()) != opened {}
    api.await_that("/api/v1/deliveries", "it is delivered", |listed| {
        !listed["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .any(is_opened)
    });

    // The same from the command line, while nothing runs.
    receiver.answer(410);
    api.ask("DELETE", "/api/v1/streams/room", "");
    let ended = served.event("it ends", |event| {
        event["type"] == "waylay.incident.ended.v1"
    });
    let is_dead =
        |delivery: &Value| delivery["event"] == ended["id"] && delivery["state"] == "dead";
    api.await_that("/api/v1/deliveries", "the end is given up", |listed| {
        listed["deliveries"].as_array().unwrap().iter().any(is_dead)
    });

    by_buttons(&api, &receiver, &ended);
    let (status, _, log) = served.stop();
    assert!(status.success() && !log.contains("s3cret"), "{log}");
    let run = |args: &[&str]| {
        let mut command = waylay();
        command.arg("deliveries").args(args).arg("--data");
        let output = command.arg(scene.data()).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, lines) = run(&["list", "--state", "dead", "--json"]);
    assert_eq!(code, Some(0));
    let mut listed = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(listed.any(|delivery| is_dead(&delivery)), "{lines}");
    let (_, table) = run(&["list"]);
    assert!(table.contains(ended["id"].as_str().unwrap()), "{table}");
    assert_eq!(run(&["replay", "999999"]).0, Some(1));
    assert_eq!(run(&["replay", "--all", "--endpoint", "ops"]).0, Some(0));
    assert_eq!(run(&["list", "--state", "dead", "--json"]).1, "");

    receiver.answer(204);
    let (mut served, _) = scene.serve();
    while event(&receiver.next()) != ended {}
    assert!(served.stop().0.success());
}

/// The end of an incident, which was given up, is brought back on the page; the receiver is no better, so it is given up again.
fn by_buttons(api: &Api, receiver: &Receiver, ended: &Value) {
    let is_dead =
        |delivery: &Value| delivery["event"] == ended["id"] && delivery["state"] == "dead";
    let page = api.with("Accept: text/html");
    let listed = page.get("/deliveries").text;
    let ended_id = ended["id"].as_str().unwrap();
    assert!(
        listed.contains(ended_id) && listed.contains("410"),
        "{listed}"
    );
    let ours = [("csrf", ""), ("endpoint", "ops"), ("all_of", "ops")];
    let back = page.form("/deliveries/replay", &ours);
    assert_eq!(back.status, 303, "{back:?}");
    let to = back.header("location").unwrap();
    assert!(
        to.starts_with("/deliveries?state=dead&endpoint=ops&back="),
        "{to}"
    );
    assert!(
        !to.ends_with("back=0") && page.get(to).text.contains("tried again"),
        "{to}"
    );
    while event(&receiver.next()) != *ended {}
    let listed = api.await_that("/api/v1/deliveries", "it is given up again", |listed| {
        listed["deliveries"].as_array().unwrap().iter().any(is_dead)
    });
    let again = listed["deliveries"].as_array().unwrap().iter();
    let id = again
        .filter(|one| is_dead(one))
        .map(|one| &one["id"])
        .next();
    let button = format!("/deliveries/{}/replay", id.unwrap());
    assert!(
        page.get("/deliveries?state=dead&endpoint=ops")
            .text
            .contains(&button)
    );
    let back = page.form(&button, &[("csrf", "")]);
    assert_eq!(
        back.header("location"),
        Some("/deliveries?state=dead&back=1")
    );
    while event(&receiver.next()) != *ended {}
    assert_eq!(
        page.form("/deliveries/x/replay", &[("csrf", "")]).status,
        404
    );
    assert_eq!(page.form("/deliveries/replay", &[("csrf", "")]).status, 422);
    api.await_that("/api/v1/deliveries", "it is given up for good", |listed| {
        listed["deliveries"].as_array().unwrap().iter().any(is_dead)
    });
}

#[test]
fn what_is_wrong_with_a_webhook_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let webhook = |more: &str| {
        let text =
            format!("[[webhooks]]\nname = 'ops'\nurl = 'https://a.example/s3cret'\n{more}\n");
        fs::write(&config, text).unwrap();
    };
    let run = |args: &[&str]| {
        let output = waylay().args(args).arg(&config).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    webhook("secret_files = ['a']\nclasses = ['off-platform']");
    let (code, said) = run(&["config", "check"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("config.toml:5:12: "), "{said}");
    assert!(said.contains("off_platform"), "{said}");

    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cret").unwrap();
    webhook(&format!("secret_files = [{:?}]", path(&secret)));
    assert_eq!(run(&["config", "check"]).0, Some(0));
    let data = folder.path().join("data");
    let (code, said) = run(&["serve", "--data", path(&data), "--config"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("webhook `ops`: the secret in ") && said.contains("whsec_"),
        "{said}"
    );
    assert!(!said.contains("s3cret"), "{said}");
}
