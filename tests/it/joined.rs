//! What no single look at a single code shows: codes that are covered in turns, texts in several codes.

use std::path::Path;
use std::process::Command;

use image::GrayImage;
use qrcode::canvas::{Canvas as Drawing, MaskPattern};
use qrcode::{EcLevel, QrCode, Version};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Canvas, ffmpeg, text, watch, waylay};

const PAYS: &str = "https://a.example/pay?to=jo&amount=669&for=coat";

/// Saves `canvas` as `folder/name`.
fn save(canvas: &Canvas, folder: &Path, name: &str) -> std::path::PathBuf {
    let [width, height] = [canvas.width, canvas.height].map(|side| u32::try_from(side).unwrap());
    let path = folder.join(name);
    let picture = GrayImage::from_raw(width, height, canvas.bytes.clone()).unwrap();
    picture.save(&path).unwrap();
    path
}

/// A code with a grey box over rows `from` to `to` of its modules, its finder patterns left free.
fn covered(from: usize, to: usize) -> Canvas {
    const MODULE: usize = 6;
    let code = QrCode::with_error_correction_level(PAYS, EcLevel::L).unwrap();
    let mut canvas = Canvas::new(640, 360, 200);
    canvas.put(&code, 180.0, 60.0, MODULE as f32);
    for y in 60 + from * MODULE..60 + to * MODULE {
        let begin = y * 640 + 180 + 9 * MODULE;
        canvas.bytes[begin..][..(code.width() - 9) * MODULE].fill(120);
    }
    canvas
}

fn read(folder: &Path, picture: &Path) -> Vec<Value> {
    let done = waylay()
        .arg("scan")
        .arg(picture)
        .current_dir(folder)
        .output();
    let lines = String::from_utf8(done.unwrap().stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_code_that_is_covered_in_turns_is_read() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let pictures = [covered(9, 19), covered(19, 33)];
    let mut command: Command = ffmpeg();
    for (i, canvas) in pictures.iter().enumerate() {
        let picture = save(canvas, root, &format!("{i}.png"));
        let alone = read(root, &picture);
        assert_eq!(alone[0]["decoded"], false, "{alone:?}");
        command
            .args(["-loop", "1", "-framerate", "10", "-t", "2", "-i"])
            .arg(picture);
    }
    let clip = root.join("clip.mp4");
    command.args([
        "-filter_complex",
        "concat",
        "-g",
        "10",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    ]);
    let made = command.arg(&clip).output().unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );

    let (status, events, log) = watch(&root.join("data"), &["--sample", "5", text(&clip)]);
    assert_eq!(status, 0, "{log}");
    let of = |kind: &str| {
        let kind = format!("waylay.incident.{kind}.v1");
        let found = events.iter().filter(move |event| event["type"] == kind);
        found.map(|event| &event["data"]).collect::<Vec<_>>()
    };
    assert_eq!(of("opened").len(), 1, "{events:?}");
    assert_eq!(of("opened")[0]["decoded"], false);
    let read = of("reclassified")[0];
    assert_eq!(read["payload"], PAYS);
    // Two seconds with the one cover, and the first look with the other.
    let looks = read["joined"]["looks"].as_u64().unwrap();
    assert!((3..=12).contains(&looks), "{read}");
    assert_eq!(of("ended").len(), 1);
}

/// Part `index` of `parts`, as a code of version 3-L (ISO/IEC 18004:2015, 7.4 and 8).
fn part(parts: &[&str], index: usize) -> (Vec<bool>, usize) {
    const DATA: usize = 55;
    let parity = parts.concat().bytes().fold(0, |parity, byte| parity ^ byte);
    let said = parts[index].as_bytes();
    let head = [
        0x30 | index as u8,
        ((parts.len() - 1) as u8) << 4 | parity >> 4,
        parity << 4 | 0x4,
        said.len() as u8,
    ];
    let mut data = [&head, said, &[0]].concat();
    let padding = [0xec, 0x11].into_iter().cycle();
    data.extend(padding.take(DATA - data.len()));
    let (version, level) = (Version::Normal(3), EcLevel::L);
    let (data, correction) = qrcode::ec::construct_codewords(&data, version, level).unwrap();
    let mut drawing = Drawing::new(version, level);
    drawing.draw_all_functional_patterns();
    drawing.draw_data(&data, &correction);
    drawing.apply_mask(MaskPattern::Checkerboard);
    let colors = drawing.into_colors();
    (
        colors
            .into_iter()
            .map(|c| c == qrcode::Color::Dark)
            .collect(),
        29,
    )
}

fn put(canvas: &mut Canvas, (modules, side): &(Vec<bool>, usize), left: f32) {
    let at = |x: f32, y: f32| ((x - left) / 5.0, (y - 40.0) / 5.0);
    canvas.draw_modules(*side, &|x, y| modules[y * side + x], &at, 0, 255);
}

#[cfg(feature = "zxing")]
#[test]
fn parts_in_one_picture_are_joined() {
    let folder = TempDir::new().unwrap();
    let parts = ["https://a.example/p", "ay?to=jo", "&amount=669"];
    let mut canvas = Canvas::new(700, 230, 200);
    for (i, left) in [(2, 30.0), (0, 260.0), (1, 490.0)] {
        put(&mut canvas, &part(&parts, i), left);
    }
    let picture = save(&canvas, folder.path(), "parts.png");
    let lines = read(folder.path(), &picture);
    let said: Vec<_> = lines
        .iter()
        .map(|line| line["payload"].as_str().unwrap())
        .collect();
    assert_eq!(said.len(), 4, "{said:?}");
    let whole = parts.concat();
    assert_eq!(said[3], whole);
    assert_eq!(lines[3]["joined"], json!({ "parts": 3 }));
    assert_eq!(lines[3]["destination"]["host"], "a.example");
    assert_eq!(lines[0]["part"]["count"], 3);
}
