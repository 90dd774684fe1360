//! Stills that are sent in place of a video: the same incidents as of any stream, and bounds on all that is sent.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageFormat, Luma, imageops};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Answer, Api, PAYLOAD, Watch, draw, free_port};

/// A still of 640 × 400 px that shows a code.
fn still(payload: &str, format: ImageFormat) -> Vec<u8> {
    let mut picture = GrayImage::from_pixel(640, 400, Luma([90]));
    imageops::overlay(&mut picture, &draw(payload), 40, 30);
    encoded(picture, format)
}

fn encoded(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageLuma8(picture);
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png() -> Vec<u8> {
    still(PAYLOAD, ImageFormat::Png)
}

/// The service, with `config`.
fn serve(folder: &Path, config: &str) -> (Watch, Api) {
    let file = folder.join("config.toml");
    fs::write(&file, config).unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let (served, address) = Watch::serve(&folder.join("data"), &config);
    (served, Api::at(&address))
}

fn send(api: &Api, query: &str, bytes: &[u8]) -> Answer {
    api.send(
        "POST",
        &format!("/api/v1/frames?{query}"),
        "image/png",
        bytes,
    )
}

/// `ms` from now.
fn at(ms: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_millis(ms)
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap()
}

#[test]
fn a_still_opens_an_incident_that_the_next_updates_and_that_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[frames]\ngap_ms = 4000\n[incidents]\nupdate_ms = 1\n";
    let (mut served, api) = serve(folder.path(), config);
    let first = at(-3_000);
    let query = |time: Timestamp| format!("stream=room-42&label=host:7&at={time}");
    let taken = send(&api, &query(first), &png());
    assert_eq!(taken.status, 202, "{taken:?}");
    assert_eq!(
        taken.json(),
        json!({"stream": "room-42", "media_ms": 0, "width": 640, "height": 400})
    );
    let opened = served.opened(PAYLOAD);
    let data = &opened["data"];
    assert_eq!(data["stream"], "room-42");
    assert_eq!(data["labels"], json!(["host:7"]));
    let frame = json!({"width": 640, "height": 400, "media_ms": 0});
    assert_eq!(data["frame"], frame);
    assert_eq!(data["verdict"]["class"], "off_platform");
    assert!(data["latency_ms"].is_i64());
    assert!(
        data["glass_to_verdict_ms"].as_i64() >= Some(3_000),
        "{data}"
    );
    let files = data["evidence"].as_array().unwrap();
    let kinds: Vec<_> = files.iter().map(|file| file["kind"].clone()).collect();
    assert_eq!(kinds, ["clean_frame", "annotated_frame"]);
    for file in files {
        let path = folder.path().join("data/evidence");
        let bytes = fs::read(path.join(file["path"].as_str().unwrap())).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (640, 400));
    }

    let second = first + SignedDuration::from_millis(1_200);
    assert_eq!(send(&api, &query(second), &png()).json()["media_ms"], 1_200);
    let updated = served.event("it is seen again", |_| true);
    assert_eq!(kind(&updated), "waylay.incident.updated.v1");
    assert_eq!(updated["data"]["incident"], data["incident"]);
    assert_eq!(updated["data"]["sightings"], 2);
    assert_eq!(updated["data"]["last_seen_ms"], 1_200);
    assert_eq!(updated["data"]["visible_ms"], 1_200);
    // Nothing is sent any more: the time alone ends it.
    let ended = served.event("it ends", |_| true);
    assert_eq!(kind(&ended), "waylay.incident.ended.v1");
    assert_eq!(ended["data"]["incident"], data["incident"]);
    assert_eq!(ended["data"]["sightings"], 2);

    let room = api.await_that("/api/v1/streams/room-42", "it is quiet", |room| {
        room["state"] == "waiting"
    });
    assert_eq!(
        (&room["origin"], &room["source"], &room["labels"]),
        (&json!("stills"), &json!("stills"), &json!(["host:7"]))
    );
    assert_eq!(
        room["video"],
        json!({"codec": "png", "width": 640, "height": 400})
    );
    assert_eq!(room["samples"]["done"], 2);
    assert!(
        room["coverage"]["longest_gap_ms"].as_i64() >= Some(1_200),
        "{room}"
    );
    let metrics = api.get("/metrics").text;
    assert!(metrics.contains("waylay_stills_total 2\n"), "{metrics}");
    let (status, events, log) = served.stop();
    assert!(status.success() && events.is_empty(), "{events:?} {log}");
}

#[test]
fn every_kind_is_read_and_a_broken_one_costs_nobody_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (served, api) = serve(folder.path(), "");
    // All that can be told without decoding it is right.
    let mut broken = png();
    let pixels = broken.windows(4).position(|at| at == b"IDAT").unwrap() + 4;
    let end = broken.len() - 20;
    broken[pixels..end].fill(0x55);
    assert_eq!(send(&api, "stream=room", &broken).status, 202);
    let room = api.await_that("/api/v1/streams/room", "it was tried", |room| {
        room["samples"]["failed"] == 1
    });
    assert_eq!(room["samples"]["panics"], 0);
    for (format, name) in [
        (ImageFormat::Jpeg, "jpeg"),
        (ImageFormat::WebP, "webp"),
        (ImageFormat::Png, "png"),
    ] {
        let payload = format!("https://shop.example/{name}");
        let kind = format!("image/{name}");
        let bytes = still(&payload, format);
        let sent = api.send("POST", "/api/v1/frames?stream=room", &kind, &bytes);
        assert_eq!(sent.status, 202, "{sent:?}");
        assert_eq!(served.opened(&payload)["data"]["stream"], "room");
    }
}

/// A query, a type and a body; the status, what it says, and what it is counted as.
type Wrong<'a> = (&'a str, &'a str, &'a [u8], u16, &'a str, &'a str);

#[test]
#[expect(clippy::too_many_lines, reason = "most of them are a table")]
fn what_is_wrong_with_a_still_is_said_and_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut served, api) = serve(
        folder.path(),
        "[frames]\nmax_bytes = 400000\nmax_pixels = 1000000\n",
    );
    let good = png();
    let bomb = encoded(GrayImage::new(5_000, 5_000), ImageFormat::Png);
    assert!(bomb.len() < 400_000, "{} bytes", bomb.len());
    let cut = &good[..good.len() / 2];
    let long = vec![0; 400_001];
    let (old, ahead) = (at(-660_000), at(60_000));
    let (old, ahead) = (format!("stream=a&at={old}"), format!("stream=a&at={ahead}"));
    let (request, picture, time) = ("request", "picture", "time");
    let cases: &[Wrong] = &[
        ("", "image/png", &good, 400, "`stream` is missing", request),
        (
            "stream=..",
            "image/png",
            &good,
            400,
            "not a stream id",
            request,
        ),
        (
            "stream=a&id=b",
            "image/png",
            &good,
            400,
            "expected `stream`",
            request,
        ),
        (
            "stream=a&at=now",
            "image/png",
            &good,
            400,
            "RFC 3339",
            request,
        ),
        ("stream=a", "image/gif", &good, 415, "image/jpeg", request),
        (
            "stream=a",
            "application/json",
            b"{}",
            415,
            "image/jpeg",
            request,
        ),
        (
            "stream=a",
            "image/png",
            &long,
            413,
            "more than 400000 bytes",
            request,
        ),
        ("stream=a", "image/png", &bomb, 413, "5000 × 5000", picture),
        (
            "stream=a",
            "image/jpeg",
            &good,
            422,
            "not the jpeg",
            picture,
        ),
        ("stream=a", "image/png", b"", 415, "image/jpeg", request),
        ("stream=a", "image/png", b"\0", 422, "not the png", picture),
        ("stream=a", "image/png", cut, 422, "cut short", picture),
        (&old, "image/png", &good, 422, "ten minutes ago", time),
        (&ahead, "image/png", &good, 422, "ten seconds after", time),
    ];
    for (query, kind, bytes, status, said, _) in cases {
        let answer = api.send("POST", &format!("/api/v1/frames?{query}"), kind, bytes);
        assert_eq!(answer.status, *status, "{query} {kind}: {answer:?}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(said), "{query} {kind}: {detail}");
    }
    assert_eq!(api.get("/api/v1/streams").json()["streams"], json!([]));
    let metrics = api.get("/metrics").text;
    for reason in [request, picture, time] {
        let count = cases.iter().filter(|case| case.5 == reason).count();
        let line = format!("waylay_stills_refused_total{{reason=\"{reason}\"}} {count}\n");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }

    // One that was taken before what the stream has shown, or is sent again.
    let now = at(0);
    let query = |ms| format!("stream=a&at={}", now + SignedDuration::from_millis(ms));
    assert_eq!(send(&api, &query(0), &good).status, 202);
    for ms in [0, -5_000] {
        let late = send(&api, &query(ms), &good);
        assert_eq!(late.status, 409, "{late:?}");
    }
    assert_eq!(send(&api, &query(1), &good).status, 202);
    let video = json!({"id": "video", "url": format!("rtmp://127.0.0.1:{}/live/x", free_port())});
    assert_eq!(api.post("/api/v1/streams", &video).status, 201);
    let watched = send(&api, "stream=video", &good);
    assert_eq!(watched.status, 409, "{watched:?}");
    let again = api.post("/api/v1/streams", &json!({"id": "a", "url": "stills:"}));
    assert_eq!(again.status, 409, "{again:?}");
    assert_eq!(api.get("/api/v1/frames").status, 405);
    let (status, _, log) = served.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn who_sends_too_much_is_told_when_to_come_again() {
    let folders = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let [a, b, c, d] = folders.each_ref().map(tempfile::TempDir::path);
    let good = png();
    // Where the machine is slow, there may be room for several.
    let until_told = |api: &Api, query: &str| {
        let mut answers = (0..100).map(|_| send(api, query, &good));
        answers.find(|answer| answer.status != 202).unwrap()
    };
    let told = |answer: &Answer, said: &str| {
        assert_eq!(answer.status, 429, "{answer:?}");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(answer.text.contains(said), "{answer:?}");
    };
    let (_served, api) = serve(a, "[frames]\nstream_rate = 1\n");
    told(&until_told(&api, "stream=a"), "of this stream");
    assert_eq!(send(&api, "stream=b", &good).status, 202, "another one's");

    let (_served, api) = serve(b, "[frames]\nrate = 1\n");
    told(&until_told(&api, "stream=a"), "more stills come");

    let config = "[frames]\nwaiting = 1\n[serve]\nmax_streams = 1\n";
    let (_served, api) = serve(c, config);
    let head = format!(
        "POST /api/v1/frames?stream=a HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: image/png\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        api.address,
        good.len()
    );
    let begin = || {
        let mut stream = TcpStream::connect(&api.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let mut slow = begin();
    // It is told to go on once it has its place.
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    told(&send(&api, "stream=a", b"x"), "on their way");
    // Whoever is still sending hears of it too, and whoever waits with that does not send.
    told(&send(&api, "stream=a", &vec![0; 4 << 20]), "on their way");
    let mut answer = String::new();
    begin().read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    slow.write_all(&good).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    api.await_that("/api/v1/streams/a", "it was looked at", |a| {
        a["samples"]["done"] == 1
    });
    let full = send(&api, "stream=b", &good);
    assert_eq!(full.status, 503, "{full:?}");
    assert!(full.header("retry-after").is_some());
    let metrics = api.get("/metrics").text;
    for line in [
        "waylay_stills_refused_total{reason=\"full\"} 3\n",
        "waylay_stills_refused_total{reason=\"stream\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }

    let (_served, api) = serve(d, "[frames]\nenabled = false\n");
    assert_eq!(send(&api, "stream=a", &vec![0; 4 << 20]).status, 404);
}

#[test]
fn a_stream_of_stills_is_added_changed_and_removed_as_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let (mut served, api) = serve(folder.path(), "[frames]\nidle_ms = 8000\n");
    let new = json!({
        "id": "own", "url": "stills:", "labels": ["vip"], "registry": {"domains": ["shop.example"]},
    });
    let added = api.post("/api/v1/streams", &new);
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(
        (&added.json()["origin"], &added.json()["state"]),
        (&json!("api"), &json!("waiting"))
    );
    let sent = send(&api, "stream=own&label=other", &png());
    assert_eq!(sent.status, 202, "{sent:?}");
    let opened = served.opened(PAYLOAD);
    assert_eq!(opened["data"]["verdict"]["class"], "on_platform");
    assert_eq!(opened["data"]["labels"], json!(["vip"]));

    // One that began with its still has what its stills say, and can be removed.
    assert_eq!(send(&api, "stream=passing&label=a", &png()).status, 202);
    let opened = served.opened(PAYLOAD);
    assert_eq!(opened["data"]["verdict"]["class"], "off_platform");
    let changed = api.ask("PATCH", "/api/v1/streams/passing", "{\"labels\":[]}");
    assert_eq!(changed.status, 409, "{changed:?}");
    let boost = api.post("/api/v1/streams/passing/boost", &Value::Null);
    assert_eq!(boost.status, 409, "{boost:?}");
    assert_eq!(send(&api, "stream=passing&label=b", &png()).status, 202);
    let passing = api.get("/api/v1/streams/passing").json();
    assert_eq!(passing["labels"], json!(["b"]));
    let removed = api.ask("DELETE", "/api/v1/streams/passing", "");
    assert_eq!(removed.status, 204, "{removed:?}");
    let ended = served.event("it ends with its stream", |event| {
        event["type"] == "waylay.incident.ended.v1"
    });
    assert_eq!(ended["data"]["incident"], opened["data"]["incident"]);
    assert_eq!(send(&api, "stream=passing", &png()).status, 202);
    api.await_that("/api/v1/streams", "it ends by itself", |streams| {
        let streams = streams["streams"].as_array().unwrap();
        streams.len() == 1 && streams[0]["id"] == "own"
    });

    let labels = json!({"labels": ["new"], "registry": null}).to_string();
    let changed = api.ask("PATCH", "/api/v1/streams/own", &labels);
    assert_eq!(changed.status, 200, "{changed:?}");
    served.kill();
    let (served, api) = serve(folder.path(), "");
    let own = api.get("/api/v1/streams/own").json();
    assert_eq!(own["labels"], json!(["new"]), "it is there after a restart");
    assert_eq!(send(&api, "stream=own", &png()).status, 202);
    let opened = served.opened(PAYLOAD);
    assert_eq!(opened["data"]["verdict"]["class"], "off_platform");
    assert_eq!(api.ask("DELETE", "/api/v1/streams/own", "").status, 204);
    assert_eq!(api.get("/api/v1/streams/own").status, 404);
}

/// Where nobody can be told on stdout, the rest goes on.
#[test]
fn a_full_disk_behind_stdout_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let (served, address) = Watch::serve_into(full.into(), &folder.path().join("data"));
    let api = Api::at(&address);
    for room in ["a", "b"] {
        assert_eq!(send(&api, &format!("stream={room}"), &png()).status, 202);
        api.await_that("/api/v1/incidents?review=any", "it is on record", |list| {
            let list = list["incidents"].as_array().unwrap();
            list.iter().any(|incident| incident["stream"] == room)
        });
    }
    served.logged("events are not printed");
}
