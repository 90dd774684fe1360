//! Short links: the first verdict does not wait, and what asking shows arrives as a reclassification.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};
use waylay::clock::Clock;
use waylay::config::Config;
use waylay::evidence::Folder;
use waylay::policy::Policy;
use waylay::resolve::{Addresses, Lookup, Network, Resolver};
use waylay::stop::Stop;
use waylay::store::Store;
use waylay::worker::{self, Follower, InForce, Outcome, Recorder, Settings, Stream};

use crate::explain::waylay;
use crate::support::{Clip, Nginx, Publisher, text};

const SHORT: &str = "http://bit.ly/3abcDEF";

/// What the short link says in answer: a payment in an app, where nobody is asked any more.
const PAYS: &str = "weixin://wxpay/bizpayurl?pr=NwY5Mz9";

/// All names have one address.
struct Names(IpAddr);

impl Lookup for Names {
    fn addresses<'a>(&'a self, _: &'a str) -> Addresses<'a> {
        Box::pin(std::future::ready(Ok(vec![self.0])))
    }
}

/// A clip that shows the short link, and nginx that answers for it.
fn shown(folder: &Path) -> (PathBuf, Nginx) {
    let clip = Clip {
        payload: SHORT,
        ..Clip::default()
    };
    let answer = format!("location = /3abcDEF {{ return 302 {PAYS}; }}");
    (
        clip.make(folder, "clip.mp4"),
        Nginx::start_with(folder, &answer),
    )
}

/// A runtime, and what is needed to watch `stream` with names at `address` and connections to `server`.
fn watching(address: IpAddr, server: u16) -> (tokio::runtime::Runtime, Settings) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config::default();
    let network = Network::new(
        Arc::new(Names(address)),
        Arc::new(move |_| SocketAddr::from((Ipv4Addr::LOCALHOST, server))),
        rustls::RootCertStore::empty(),
    );
    let resolver = Arc::new(Resolver::on(network, &config.resolve));
    let mut settings = Settings::new(
        &config,
        InForce::new(Policy::default()),
        Stop::new(),
        Clock::system(),
    );
    settings.follower = Some(Follower::new(resolver, runtime.handle().clone()));
    (runtime, settings)
}

/// Watches `source` in the background; its events arrive as they are told.
fn watch(
    runtime: &tokio::runtime::Runtime,
    settings: &Settings,
    data: &Path,
    source: &str,
) -> (Receiver<Value>, tokio::task::JoinHandle<Outcome>) {
    fs::create_dir_all(data).unwrap();
    let stream = Stream::new("room", source.parse().unwrap());
    let (sender, events) = channel();
    let (settings, data) = (settings.clone(), data.to_owned());
    let watched = runtime.spawn(async move {
        let store = Store::open(&data.join("waylay.sqlite")).await.unwrap();
        let sink = move |event: &waylay::wire::event::Event<'_>| {
            let event = serde_json::to_value(event).unwrap();
            sender
                .send(event)
                .map_err(|_| io::ErrorKind::BrokenPipe.into())
        };
        let folder = Folder::new(data.join("evidence"));
        let mut recorder = Recorder::new(store, folder, Clock::system(), Box::new(sink));
        let progress = |_: &str, _, _| {};
        worker::run(vec![stream], &settings, &mut recorder, progress)
            .await
            .unwrap()
    });
    (events, watched)
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap().split('.').nth(2).unwrap())
        .collect()
}

const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 216, 34));

/// What must be said once the link was followed.
fn assert_pays(event: &Value) {
    let data = &event["data"];
    assert_eq!(data["payload"], SHORT);
    assert_eq!(data["category"], "payment", "{event}");
    assert_eq!(data["verdict"]["class"], "off_platform");
    assert_eq!(data["destination"]["chain"], json!([PAYS]));
    assert_eq!(
        data["resolution"],
        json!({"end": "app", "hops": [
            {"url": SHORT, "via": "redirect", "address": PUBLIC.to_string()}
        ]})
    );
}

#[test]
fn a_short_link_of_a_file_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, nginx) = shown(folder.path());
    let (runtime, settings) = watching(PUBLIC, nginx.http);
    let mut runs = Vec::new();
    for data in ["a", "b"] {
        let (events, watched) = watch(&runtime, &settings, &folder.path().join(data), text(&clip));
        runtime.block_on(watched).unwrap();
        let events: Vec<_> = events.try_iter().collect();
        assert_eq!(kinds(&events), ["opened", "reclassified", "ended"]);
        assert_eq!(events[0]["data"]["verdict"]["class"], "unknown");
        assert_eq!(
            events[0]["data"]["verdict"]["reasons"],
            json!(["unresolved-redirect"])
        );
        assert_eq!(events[0]["data"].get("resolution"), None);
        assert_pays(&events[1]);
        assert_pays(&events[2]);
        runs.push(events);
    }
    assert_eq!(runs[0], runs[1], "the same file says the same");
}

#[test]
fn why_a_link_could_not_be_followed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, nginx) = shown(folder.path());
    let (runtime, settings) = watching(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), nginx.http);
    let (events, watched) = watch(
        &runtime,
        &settings,
        &folder.path().join("data"),
        text(&clip),
    );
    runtime.block_on(watched).unwrap();
    let events: Vec<_> = events.try_iter().collect();
    let last = &events.last().unwrap()["data"];
    assert_eq!(last["verdict"]["class"], "unknown");
    assert_eq!(
        last["resolution"],
        json!({"end": "failed", "failure": "forbidden-address", "hops": []})
    );
}

#[test]
fn a_short_link_of_a_live_stream_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, nginx) = shown(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/room", nginx.rtmp);
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let (runtime, settings) = watching(PUBLIC, nginx.http);
    let (events, watched) = watch(&runtime, &settings, &folder.path().join("data"), &url);
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    while !seen.contains_key("waylay.incident.reclassified.v1") {
        let event = events
            .recv_timeout(std::time::Duration::from_mins(1))
            .unwrap();
        let kind = event["type"].as_str().unwrap().to_owned();
        seen.entry(kind).or_insert(event);
    }
    let opened = &seen["waylay.incident.opened.v1"]["data"];
    assert_eq!(opened["verdict"]["class"], "unknown", "it did not wait");
    assert_pays(&seen["waylay.incident.reclassified.v1"]);
    settings.limits.stop.ask();
    runtime.block_on(watched).unwrap();
}

#[test]
fn explain_asks_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    // Nobody has that name (RFC 6761, section 6.4).
    let names = "[platform]\nname = \"x\"\nshort_links = [\"short.invalid\"]\n";
    fs::write(&policy, names).unwrap();
    let links = b"https://short.invalid/a\ntel:+15550100\nhttps://short.invalid/b\n";
    let explain = |more: &[&str]| {
        let output = waylay(
            &[&["explain", "--policy", text(&policy)], more].concat(),
            links,
        );
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        lines
    };
    for line in explain(&[]) {
        assert_eq!(line.get("resolution"), None, "nobody asked for it");
    }
    let lines = explain(&["--resolve"]);
    let payloads: Vec<_> = lines
        .iter()
        .map(|l| l["payload"].as_str().unwrap())
        .collect();
    assert_eq!(
        payloads,
        [
            "https://short.invalid/a",
            "tel:+15550100",
            "https://short.invalid/b"
        ]
    );
    let failed = json!({"end": "failed", "failure": "dns", "hops": []});
    assert_eq!(lines[0]["resolution"], failed);
    assert_eq!(lines[1].get("resolution"), None, "it is no link");
    assert_eq!(lines[2]["resolution"], failed);
    assert_eq!(lines[0]["verdict"]["class"], "unknown");
}
