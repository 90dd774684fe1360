//! Live streams over real protocols: opened, broken off, opened again.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::support::{Clip, Nginx, Publisher, Watch, ffmpeg, free_port};

const FIRST: &str = "https://shop.example/first";
const SECOND: &str = "https://shop.example/second";

/// Two clips that loop without a seam: one code each, a keyframe a second.
fn clips(folder: &Path) -> (PathBuf, PathBuf) {
    let clip = |payload| Clip {
        payload,
        ..Clip::default()
    };
    (
        clip(FIRST).make(folder, "first.ts"),
        clip(SECOND).make(folder, "second.ts"),
    )
}

/// Short time-outs, so that a dead peer is given up soon.
fn config(folder: &Path) -> String {
    let path = folder.join("config.toml");
    std::fs::write(&path, "[timeouts]\nopen_ms = 4000\nread_ms = 3000\n").unwrap();
    path.display().to_string()
}

#[test]
fn rtmp_goes_on_when_the_publisher_and_the_server_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = clips(folder.path());
    let nginx = Nginx::start(folder.path());
    let url = format!(
        "rtmp://127.0.0.1:{}/live/s3cret-key?token=s3cret-token",
        nginx.rtmp
    );
    let publisher = Publisher::start(&first, &["flv"], &url);
    let config = config(folder.path());
    let mut watch = Watch::start(
        &folder.path().join("data"),
        ["--config", &config, &format!("room={url}")],
    );

    let opened = watch.opened(FIRST);
    assert_eq!(opened["specversion"], "1.0");
    assert_eq!(opened["source"], "/streams/room");
    assert!(opened["time"].is_string(), "{opened}");
    let latency = opened["data"]["latency_ms"].as_i64().unwrap();
    assert!((0..60_000).contains(&latency), "{latency}");

    drop(publisher);
    let publisher = Publisher::start(&second, &["flv"], &url);
    watch.opened(SECOND);

    // The server goes too, and comes back on the same port with the first clip.
    let (rtmp, http) = (nginx.rtmp, nginx.http);
    drop((publisher, nginx));
    watch.event(
        "the second incident ends while nothing can be reached",
        |event| event["type"] == "waylay.incident.ended.v1" && event["data"]["payload"] == SECOND,
    );
    let _nginx = Nginx::start_on(folder.path(), rtmp, http, "");
    let _publisher = Publisher::start(&first, &["flv"], &url);
    watch.opened(FIRST);

    let (status, rest, log) = watch.stop();
    assert!(status.success(), "{log}");
    assert!(
        rest.iter().any(|e| e["type"] == "waylay.incident.ended.v1"),
        "a stop ends what is open"
    );
    assert!(!log.contains("s3cret"), "{log}");
}

/// nginx keeps its player when the publisher comes back with another size, and tells that player once what the size is: a
/// decoder that is opened later has to be told again.
#[test]
fn a_publisher_of_another_size_is_read_after_a_boost_too() {
    let folder = tempfile::tempdir().unwrap();
    // Unlike MPEG-TS, MP4 says the size nowhere but at its head.
    let first = Clip {
        payload: FIRST,
        ..Clip::default()
    };
    let first = first.make(folder.path(), "first.mp4");
    let second = Clip {
        payload: SECOND,
        shown: (0.0, 1.5),
        seconds: 6,
        size: (854, 480),
        ..Clip::default()
    };
    let second = second.make(folder.path(), "second.mp4");
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/room", nginx.rtmp);
    let publisher = Publisher::start(&first, &["flv"], &url);
    let config = folder.path().join("config.toml");
    let text =
        "[incidents]\ngap_ms = 1000\n[boost]\nshare = 0.05\nevidence_ms = 1500\nturn_ms = 6000\n";
    std::fs::write(&config, text).unwrap();
    let mut watch = Watch::start(
        &folder.path().join("data"),
        ["--config", config.to_str().unwrap(), &format!("room={url}")],
    );
    watch.opened(FIRST);
    drop(publisher);
    let _publisher = Publisher::start(&second, &["flv"], &url);
    // Each of them is off the platform, and boosts the stream for less than it takes until the next.
    for _ in 0..4 {
        watch.opened(SECOND);
    }
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
    assert!(!log.contains("broke off"), "one connection: {log}");
}

/// ffmpeg as the server, which waits for one player and begins when it comes.
#[test]
fn rtmp_of_another_server_is_watched_from_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = clips(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/room/key?a=b", free_port());
    let _publisher = Publisher::start(&first, &["flv", "-listen", "1"], &url);
    let mut watch = Watch::start(&folder.path().join("data"), [&format!("room={url}")]);
    watch.opened(FIRST);
    assert!(watch.stop().0.success());
}

#[test]
fn hls_goes_on_when_the_publisher_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = clips(folder.path());
    let nginx = Nginx::start(folder.path());
    let playlist = folder.path().join("www/live.m3u8").display().to_string();
    let format = [
        "hls",
        "-hls_time",
        "1",
        "-hls_list_size",
        "4",
        "-hls_flags",
        "delete_segments+omit_endlist",
    ];
    let publisher = Publisher::start(&first, &format, &playlist);
    let url = format!("room=http://127.0.0.1:{}/live.m3u8", nginx.http);
    let config = config(folder.path());
    let mut watch = Watch::start(&folder.path().join("data"), ["--config", &config, &url]);
    watch.opened(FIRST);
    drop(publisher);
    let _publisher = Publisher::start(&second, &format, &playlist);
    watch.opened(SECOND);
    assert!(watch.stop().0.success());
}

#[test]
fn srt_goes_on_when_the_publisher_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = clips(folder.path());
    let port = free_port();
    let listener = format!("srt://127.0.0.1:{port}?mode=listener");
    let publisher = Publisher::start(&first, &["mpegts"], &listener);
    let config = config(folder.path());
    let url = format!("room=srt://127.0.0.1:{port}?mode=caller");
    let mut watch = Watch::start(&folder.path().join("data"), ["--config", &config, &url]);
    watch.opened(FIRST);
    drop(publisher);
    let _publisher = Publisher::start(&second, &["mpegts"], &listener);
    watch.opened(SECOND);
    assert!(watch.stop().0.success());
}

#[test]
fn udp_and_http_flv_are_watched_together() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = clips(folder.path());
    let (udp, http) = (free_port(), free_port());
    let _udp = Publisher::start(
        &first,
        &["mpegts"],
        &format!("udp://127.0.0.1:{udp}?pkt_size=1316"),
    );
    let _http = Publisher::start(
        &second,
        &["flv", "-listen", "1"],
        &format!("http://127.0.0.1:{http}/live.flv"),
    );
    let sources = [
        format!("udp=udp://127.0.0.1:{udp}"),
        format!("flv=http://127.0.0.1:{http}/live.flv"),
    ];
    let mut watch = Watch::start(&folder.path().join("data"), sources);
    let mut streams: Vec<String> = (0..2)
        .map(|_| watch.event("one of each", |e| e["type"] == "waylay.incident.opened.v1"))
        .map(|event| event["data"]["stream"].as_str().unwrap().to_owned())
        .collect();
    streams.sort();
    assert_eq!(streams, ["flv", "udp"]);
    assert!(watch.stop().0.success());
}

#[test]
fn a_silent_peer_is_given_up_and_tried_again_and_costs_nobody_else_anything() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        ..Clip::default()
    }
    .make(folder.path(), "clip.mp4");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let config = config(folder.path());
    let sources = [
        format!("silent=rtmp://127.0.0.1:{port}/live/x"),
        format!("file={}", clip.display()),
    ];
    let args = ["--config".to_owned(), config].into_iter().chain(sources);
    let mut watch = Watch::start(&folder.path().join("data"), args);
    let (mut first, _) = silent.accept().unwrap();
    watch.opened(FIRST);
    watch.logged("silent for 4.0 s");
    // It hung up, and came again.
    let mut greeting = Vec::new();
    first.read_to_end(&mut greeting).unwrap();
    assert!(!greeting.is_empty(), "an RTMP client speaks first");
    let _second = silent.accept().unwrap();
    let (status, _, log) = watch.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_peer_that_falls_silent_is_given_up_too() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let half = std::fs::read(clip).unwrap();
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "room=http://127.0.0.1:{}/live.ts",
        peer.local_addr().unwrap().port()
    );
    let config = config(folder.path());
    let mut watch = Watch::start(&folder.path().join("data"), ["--config", &config, &url]);
    let (mut connection, _) = peer.accept().unwrap();
    connection
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")
        .unwrap();
    connection.write_all(&half).unwrap();
    watch.opened(FIRST);
    watch.logged("silent for 3.0 s");
    assert!(watch.stop().0.success());
}

/// The picture stops, the sound goes on: nothing is seen any more.
#[test]
fn sound_alone_is_no_sign_of_life() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        seconds: 2,
        ..Clip::default()
    }
    .make(folder.path(), "clip.ts");
    let both = folder.path().join("both.ts");
    let mut joined = ffmpeg();
    joined
        .arg("-i")
        .arg(clip)
        .args(["-f", "lavfi", "-i", "sine=d=60", "-c:v", "copy", "-y"])
        .arg(&both);
    assert!(joined.status().unwrap().success());
    let port = free_port();
    // Without this ffmpeg holds the sound back, waiting for a picture to put beside it.
    let _publisher = Publisher::start(
        &both,
        &["mpegts", "-max_interleave_delta", "1"],
        &format!("udp://127.0.0.1:{port}?pkt_size=1316"),
    );
    let config = config(folder.path());
    let url = format!("room=udp://127.0.0.1:{port}");
    let mut watch = Watch::start(&folder.path().join("data"), ["--config", &config, &url]);
    watch.opened(FIRST);
    watch.logged("silent for 3.0 s");
    assert!(watch.stop().0.success());
}

/// A live stream may say that it is short; the sender writes that.
#[test]
fn a_stream_that_claims_an_end_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: FIRST,
        ..Clip::default()
    };
    let recording = std::fs::read(clip.make(folder.path(), "clip.flv")).unwrap();
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "room=http://127.0.0.1:{}/live.flv",
        peer.local_addr().unwrap().port()
    );
    let mut watch = Watch::start(&folder.path().join("data"), [url]);
    for _ in 0..2 {
        let (mut connection, _) = peer.accept().unwrap();
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        connection.write_all(head.as_bytes()).unwrap();
        write!(connection, "{:x}\r\n", recording.len()).unwrap();
        connection.write_all(&recording).unwrap();
        connection.write_all(b"\r\n0\r\n\r\n").unwrap();
        // The reader hangs up once it has read all.
        let _ = connection.read_to_end(&mut Vec::new());
    }
    assert!(watch.stop().0.success());
}

/// libsrt ends with the program: no reader may still be inside of it.
#[test]
fn a_stop_while_many_peers_are_dead_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let sources: Vec<_> = (0..12)
        .map(|n| format!("s{n}=srt://127.0.0.1:{}", free_port()))
        .collect();
    for run in 0..3 {
        let mut watch = Watch::start(&folder.path().join(run.to_string()), &sources);
        watch.logged("cannot be watched");
        let (status, _, log) = watch.stop();
        assert_eq!(status.code(), Some(0), "{log}");
    }
}

#[test]
fn nothing_that_was_printed_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = clips(folder.path());
    let port = free_port();
    let _publisher = Publisher::start(
        &first,
        &["mpegts"],
        &format!("udp://127.0.0.1:{port}?pkt_size=1316"),
    );
    let data = folder.path().join("data");
    let mut watch = Watch::start(&data, [format!("room=udp://127.0.0.1:{port}")]);
    let opened = watch.opened(FIRST);
    watch.kill();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (events, incidents) = runtime.block_on(async {
        let store = waylay::store::Store::open(&data.join("waylay.sqlite"))
            .await
            .unwrap();
        (
            store.events().await.unwrap(),
            store.incidents().await.unwrap(),
        )
    });
    assert_eq!(events[0], serde_json::to_string(&opened).unwrap());
    assert_eq!(
        incidents[0].id,
        opened["data"]["incident"].as_str().unwrap()
    );
    assert_eq!(incidents[0].state, "open");
    for file in opened["data"]["evidence"].as_array().unwrap() {
        let path = data.join("evidence").join(file["path"].as_str().unwrap());
        assert_eq!(
            std::fs::metadata(path).unwrap().len(),
            file["bytes"].as_u64().unwrap()
        );
    }
}

/// A policy may change while a stream is watched: what is open is judged anew, and a broken one is refused.
#[test]
fn a_policy_takes_effect_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = clips(folder.path());
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/room", nginx.rtmp);
    let _publisher = Publisher::start(&first, &["flv"], &url);
    let policy = folder.path().join("policy.toml");
    let put = |text: &str| {
        // As careful people do it: the file is never half written.
        let new = folder.path().join("new.toml");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(&new, &policy).unwrap();
    };
    put("[platform]\nname = 'One'\n");
    let room = format!("room={url}");
    let mut watch = Watch::start(
        &folder.path().join("data"),
        ["--policy", policy.to_str().unwrap(), &room],
    );
    let opened = watch.opened(FIRST);
    assert_eq!(opened["data"]["verdict"]["class"], "off_platform");

    put("[platform]\nname = 'Broken'\ndomain = ['shop.example']\n");
    let refused = watch.logged("the policy stays One@");
    assert!(
        refused.contains(":3:1: unknown field `domain`"),
        "{refused}"
    );
    put("[platform]\nname = 'Two'\ndomains = ['shop.example']\n");
    let again = watch.event("the open incident is judged anew", |event| {
        event["type"] == "waylay.incident.reclassified.v1"
    });
    assert_eq!(again["data"]["incident"], opened["data"]["incident"]);
    assert_eq!(again["data"]["verdict"]["class"], "on_platform");
    let by = again["data"]["verdict"]["policy"].as_str().unwrap();
    assert!(by.starts_with("Two@"), "{by}");
    assert!(watch.stop().0.success());
}
