//! Live streams as publishers send them: other codecs, sound first, and another video in mid-stream.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::{Api, Clip, Nginx, Publisher, Watch, ffmpeg, free_port};

const FIRST: &str = "https://shop.example/first";
const SECOND: &str = "https://shop.example/second";

/// The video of `clip` with a tone beside it.
fn with_sound(clip: &Path) -> PathBuf {
    let path = clip.with_extension("flv");
    let mut command = ffmpeg();
    command
        .arg("-i")
        .arg(clip)
        .args(["-f", "lavfi", "-i", "sine=frequency=440"]);
    command.args([
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        "-shortest",
        "-y",
    ]);
    assert!(command.arg(&path).status().unwrap().success());
    path
}

#[test]
fn sound_comes_before_the_first_keyframe() {
    let folder = tempfile::tempdir().unwrap();
    // Who joins hears sound at once, and sees nothing for up to 6 s.
    let clip = Clip {
        payload: FIRST,
        seconds: 12,
        gop: 180,
        ..Clip::default()
    }
    .make(folder.path(), "clip.mp4");
    let clip = with_sound(&clip);
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/a", nginx.rtmp);
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let (served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    // The first is found on a keyframe: who joins now hears sound alone until the next one.
    api.post("/api/v1/streams", &json!({"id": "a", "url": url}));
    served.opened(FIRST);
    for id in ["b", "c"] {
        api.post("/api/v1/streams", &json!({"id": id, "url": url}));
    }
    for _ in 0..2 {
        served.opened(FIRST);
    }
}

#[test]
fn every_usual_codec_is_watched_live() {
    let folder = tempfile::tempdir().unwrap();
    let hevc = [
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=none",
        "-pix_fmt",
        "yuv420p",
    ];
    let vp9 = [
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-b:v",
        "1M",
    ];
    let av1 = [
        "-c:v",
        "libaom-av1",
        "-usage",
        "realtime",
        "-cpu-used",
        "8",
        "-b:v",
        "1M",
    ];
    let cases: [(&str, &[&str], &str, &[&str]); 3] = [
        ("hevc", &hevc, "hevc.ts", &["mpegts", "-listen", "1"]),
        ("vp9", &vp9, "vp9.webm", &["webm", "-listen", "1"]),
        ("av1", &av1, "av1.webm", &["webm", "-listen", "1"]),
    ];
    let mut publishers = Vec::new();
    let (served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    for (id, encoder, name, format) in cases {
        let clip = Clip {
            payload: FIRST,
            encoder,
            ..Clip::default()
        }
        .make(folder.path(), name);
        let url = format!("http://127.0.0.1:{}/live", free_port());
        publishers.push(Publisher::start(&clip, format, &url));
        api.post("/api/v1/streams", &json!({"id": id, "url": url}));
    }
    for _ in cases {
        served.opened(FIRST);
    }
    for (id, ..) in cases {
        let stream = api.await_that(&format!("/api/v1/streams/{id}"), id, |s| {
            s["samples"]["done"].as_u64() > Some(2)
        });
        assert_eq!(stream["video"]["codec"], id);
    }
}

#[test]
fn another_size_and_another_codec_in_mid_stream() {
    let folder = tempfile::tempdir().unwrap();
    let first = Clip {
        payload: FIRST,
        ..Clip::default()
    }
    .make(folder.path(), "first.mp4");
    let larger = Clip {
        payload: SECOND,
        size: (1280, 720),
        ..Clip::default()
    }
    .make(folder.path(), "larger.mp4");
    // Sorenson's, the other codec that FLV has (Video File Format Specification 10.1, E.4.3.1).
    let other = Clip {
        payload: FIRST,
        encoder: &["-c:v", "flv", "-b:v", "4M"],
        ..Clip::default()
    }
    .make(folder.path(), "other.flv");
    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/a", nginx.rtmp);
    let publisher = Publisher::start(&with_sound(&first), &["flv"], &url);
    let (served, address) = Watch::serve(&folder.path().join("data"), &[]);
    let api = Api::at(&address);
    api.post("/api/v1/streams", &json!({"id": "room", "url": url}));
    served.opened(FIRST);
    drop(publisher);
    let publisher = Publisher::start(&with_sound(&larger), &["flv"], &url);
    served.opened(SECOND);
    let size =
        |room: &serde_json::Value| room["video"]["width"] == 1280 && room["video"]["height"] == 720;
    api.await_that("/api/v1/streams/room", "the larger video", size);
    served.event("the first is gone", |e| {
        e["type"] == "waylay.incident.ended.v1" && e["data"]["payload"] == FIRST
    });
    drop(publisher);
    let _publisher = Publisher::start(&other, &["flv"], &url);
    served.opened(FIRST);
    api.await_that("/api/v1/streams/room", "the other codec", |room| {
        room["video"]["codec"] == "flv1"
    });
}
