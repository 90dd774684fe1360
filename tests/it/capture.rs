//! How long it was from the camera to the verdict, where the stream says when its pictures are taken.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::{Clip, Nginx, Publisher, Watch, ffmpeg, free_port};

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// H.264 (annex B) with a message before every keyframe that says that it was taken at `at` (MISB ST 0604).
fn stamped(stream: &[u8], at: Duration) -> Vec<u8> {
    let [a, b, c, d, e, f, g, h] = (at.as_micros() as u64).to_be_bytes();
    // Supplemental enhancement information of type 5, user data unregistered, 28 bytes (H.264 7.3.2.3.1 and D.1.7).
    let mut message = b"\0\0\0\x01\x06\x05\x1cMISPmicrosectime".to_vec();
    message.extend([0x1f, a, b, 0xff, c, d, 0xff, e, f, 0xff, g, h, 0x80]);
    let mut out = Vec::new();
    for (at, byte) in stream.iter().enumerate() {
        // A slice of a keyframe is a unit of type 5 (table 7-1), after a start code of three bytes.
        if stream[at..].starts_with(b"\0\0\x01")
            && stream.get(at + 3).is_some_and(|b| b & 0x1f == 5)
        {
            out.extend(&message);
        }
        out.push(*byte);
    }
    assert!(out.len() > stream.len(), "there is no keyframe");
    out
}

#[test]
fn a_stamp_in_the_picture_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        // Bare H.264 has no times of its own: frames come in the order in which they are shown.
        encoder: &[
            "-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-pix_fmt", "yuv420p",
        ],
        ..Clip::default()
    };
    let plain = clip.make(folder.path(), "plain.h264");
    let taken = since_1970();
    let raw = folder.path().join("stamped.h264");
    fs::write(&raw, stamped(&fs::read(plain).unwrap(), taken)).unwrap();
    let clip = folder.path().join("stamped.flv");
    let mut command = ffmpeg();
    command
        .args(["-r", "30", "-i"])
        .arg(&raw)
        .args(["-c", "copy"])
        .arg(&clip);
    assert!(command.status().unwrap().success());

    let nginx = Nginx::start(folder.path());
    let url = format!("rtmp://127.0.0.1:{}/live/a", nginx.rtmp);
    let _publisher = Publisher::start(&clip, &["flv"], &url);
    let watch = Watch::start(&folder.path().join("data"), [format!("room={url}")]);
    let told = watch.event("one with a time", |event| {
        event["data"]["glass_to_verdict_ms"].is_i64()
    });
    let at_most = since_1970().checked_sub(taken).unwrap().as_millis() as i64;
    let [told, arrived] =
        ["glass_to_verdict_ms", "latency_ms"].map(|key| told["data"][key].as_i64().unwrap());
    assert!(
        (arrived..=at_most).contains(&told),
        "{told} of {arrived} to {at_most}"
    );
}

#[test]
fn the_clock_of_rtp_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        // One of the few codecs that need no description beside the stream (RFC 3551, payload type 32).
        encoder: &["-c:v", "mpeg2video", "-b:v", "3M"],
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "clip.mpg");
    // Its sender reports go to the port after it.
    let url = format!("rtp://127.0.0.1:{}", free_port() & !1);
    let mut watch = Watch::start(&folder.path().join("data"), [format!("room={url}")]);
    let _publisher = Publisher::start(&clip, &["rtp"], &url);
    let told = watch.event("one with a time", |event| {
        event["data"]["glass_to_verdict_ms"].is_i64()
    });
    // The sender's clock is this machine's; how far it runs ahead of what it sends is its own affair.
    let told = told["data"]["glass_to_verdict_ms"].as_i64().unwrap();
    assert!((0..60_000).contains(&told), "{told}");
    assert!(watch.stop().0.success());
}
