//! Codes that are seen and cannot be read: why, and how they are known again.

use std::fs;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, RgbImage};
use qrcode::{Color, EcLevel, QrCode};
use tempfile::TempDir;
use waylay::detect::trace::{Outcome, Step, Trace};
use waylay::detect::{Budget, Reach, Readers, Reason, Scan, Symbol, scan, scan_traced};
use waylay::frame::Luma;

use crate::round::{SIDE, UPRIGHT};
use crate::support::{Canvas, code, ffmpeg, noise, text, watch, waylay};

const BUDGET: Budget<'static> = Budget {
    candidates: Budget::DEFAULT_CANDIDATES,
    expired: &|| false,
    reach: Reach::Whole,
};

fn looked_at(canvas: &Canvas, readers: Readers) -> Scan {
    let luma = Luma::new(canvas.width, canvas.height, canvas.width, &canvas.bytes).unwrap();
    scan(&luma, readers, &BUDGET)
}

fn only(scan: &Scan) -> &Symbol {
    assert_eq!(scan.symbols.len(), 1, "{:?}", scan.symbols);
    assert_eq!(scan.symbols[0].bytes, None);
    &scan.symbols[0]
}

fn reason(canvas: &Canvas) -> Reason {
    only(&looked_at(canvas, Readers::default()))
        .unread
        .unwrap()
        .reason
}

/// Puts a code whose data are noise, and so cannot be read by anybody, at (40, 40).
fn scrambled(canvas: &mut Canvas, at: (f32, f32), module: f32, dark: u8, light: u8, seed: usize) {
    let code = code(b"https://example.com/pay?to=alice");
    let side = code.width();
    let mut random = noise();
    let flips: Vec<bool> = (0..side * side + seed).map(|_| random() > 127).collect();
    let modules: Vec<Color> = (0..side * side)
        .map(|i| {
            let (x, y) = (i % side, i / side);
            let corner = x < 9 && (y < 9 || y + 9 > side) || y < 9 && x + 9 > side;
            let fixed = corner || x == 6 || y == 6 || x + 10 > side && y + 10 > side;
            let flip = !fixed && flips[i + seed];
            if flip { !code[(x, y)] } else { code[(x, y)] }
        })
        .collect();
    canvas.draw_modules(
        side,
        &|x, y| modules[y * side + x] == Color::Dark,
        &|x, y| ((x - at.0) / module, (y - at.1) / module),
        dark,
        light,
    );
}

#[test]
fn the_reason_is_what_the_modules_show() {
    let shown = |module: f32, dark, light| {
        let size = (29.0 * module + 80.0) as usize;
        let mut canvas = Canvas::new(size, size, light);
        scrambled(&mut canvas, (40.0, 40.0), module, dark, light, 0);
        canvas
    };
    assert_eq!(reason(&shown(5.0, 0, 255)), Reason::Damaged);
    assert_eq!(reason(&shown(1.8, 0, 255)), Reason::TooSmall);
    assert_eq!(reason(&shown(5.0, 100, 146)), Reason::LowContrast);
    // Its last corner lies beyond the frame; the three finder patterns do not.
    let mut cut = Canvas::new(300, 300, 255);
    let turned = |x: f32, y: f32| {
        let (x, y) = (x - 120.0, y - 84.0);
        ((x + y) / 7.2, (y - x) / 7.2 + 15.0)
    };
    let pays = b"https://example.com/pay?to=alice&amount=669";
    let weakest = QrCode::with_error_correction_level(pays, EcLevel::L).unwrap();
    cut.draw(&weakest, &turned, 0, 255);
    cut.bytes.truncate(300 * 176);
    cut.height = 176;
    assert_eq!(reason(&cut), Reason::CutOff);
}

#[test]
fn a_flat_patch_over_a_code_covers_it() {
    let mut canvas = Canvas::new(240, 240, 255);
    canvas.put(&code(b"https://example.com/pay?to=alice"), 40.0, 40.0, 5.0);
    for y in 90..150 {
        canvas.bytes[y * 240 + 90..][..60].fill(170);
    }
    let scan = looked_at(&canvas, Readers::default());
    let unread = only(&scan).unread.unwrap();
    assert_eq!(unread.reason, Reason::Covered);
    assert!((unread.module - 5.0).abs() < 0.1, "{}", unread.module);
}

#[cfg(feature = "zxing")]
#[test]
fn what_the_second_reader_was_not_given_was_not_tried() {
    let mut canvas = Canvas::new(900, 750, 255);
    for i in 0..20usize {
        let at = (20.0 + 175.0 * (i % 5) as f32, 20.0 + 180.0 * (i / 5) as f32);
        scrambled(&mut canvas, at, 5.0, 0, 255, i * 37);
    }
    let scan = looked_at(&canvas, Readers::default());
    let not_tried = scan.symbols.iter().filter(|s| {
        let unread = s.unread.unwrap();
        unread.reason == Reason::NotTried
    });
    assert_eq!((scan.symbols.len(), not_tried.count()), (20, 4));
}

#[test]
fn an_unread_code_has_the_same_hash_after_jpeg() {
    let hash = |quality: Option<u8>, module: f32, seed: usize| {
        let size = (29.0 * module + 80.0) as usize;
        let mut canvas = Canvas::new(size, size, 200);
        scrambled(&mut canvas, (41.0, 38.0), module, 30, 220, seed);
        if let Some(quality) = quality {
            let side = u32::try_from(size).unwrap();
            let picture = GrayImage::from_raw(side, side, canvas.bytes.clone()).unwrap();
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality)
                .encode_image(&picture)
                .unwrap();
            let picture: DynamicImage = image::load_from_memory(&jpeg).unwrap();
            canvas.bytes = picture.into_luma8().into_raw();
        }
        only(&looked_at(&canvas, Readers::RQRR)).hash.unwrap()
    };
    for seed in [0, 50, 100] {
        let clean = hash(None, 6.0, seed);
        for (quality, module) in [(90, 4.0), (50, 4.0), (30, 6.0), (60, 2.5)] {
            let again = hash(Some(quality), module, seed);
            let distance = clean.distance(again);
            assert!(clean.is_same(again), "{quality}, {module}: {distance} bits");
        }
        assert!(!clean.is_same(hash(None, 6.0, seed + 7)));
    }
}

#[test]
fn a_trace_changes_nothing_and_holds_every_stage() {
    let mut canvas = Canvas::new(400, 240, 255);
    canvas.put(&code(b"https://example.com/"), 40.0, 40.0, 5.0);
    scrambled(&mut canvas, (220.0, 40.0), 5.0, 0, 255, 0);
    let luma = Luma::new(400, 240, 400, &canvas.bytes).unwrap();
    let mut trace = Trace::default();
    let traced = scan_traced(&luma, Readers::default(), &BUDGET, &mut trace);
    assert_eq!(traced, scan(&luma, Readers::default(), &BUDGET));
    let count = |is: &dyn Fn(&Step) -> bool| trace.steps.iter().filter(|s| is(s)).count();
    assert_eq!(count(&|s| matches!(s, Step::Look { .. })), 1);
    assert_eq!(
        count(&|s| matches!(
            s,
            Step::Finder {
                inverted: false,
                ..
            }
        )),
        6
    );
    let with = |of: Outcome| count(&|s| matches!(s, Step::Grid { outcome, .. } if *outcome == of));
    assert_eq!(with(Outcome::Read), 1);
    assert!(with(Outcome::Located) >= 1);
    assert!(count(&|s| matches!(s, Step::Triple { .. })) >= 2);
    if Readers::default() != Readers::RQRR {
        // Both places, and the whole picture.
        assert_eq!(
            count(&|s| matches!(s, Step::Given { read: Some(_), .. })),
            3
        );
    }
}

#[test]
fn what_the_stages_saw_is_written_for_each_picture() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("in")).unwrap();
    let mut canvas = Canvas::new(200, 200, 255);
    canvas.put(&code(b"first"), 30.0, 30.0, 5.0);
    let picture = GrayImage::from_raw(200, 200, canvas.bytes).unwrap();
    picture.save(root.join("in/a.png")).unwrap();
    // Its name is the path of the other one with another sign between the parts.
    picture.save(root.join("in_a.png")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = waylay();
        command.arg("scan").args(arguments).current_dir(root);
        command.output().unwrap()
    };
    let plain = run(&["in", "in_a.png"]);
    let explained = run(&["in", "in_a.png", "--explain-read", "out"]);
    assert_eq!(explained.status.code(), Some(0));
    assert_eq!(explained.stdout, plain.stdout, "the lines are the same");
    let chart = image::open(root.join("out/in/a.png.png")).unwrap();
    assert!(chart.height() > 1200, "enlarged, with its legend below");
    assert!(root.join("out/in_a.png.png").is_file());
    let lines = fs::read_to_string(root.join("out/in/a.png.jsonl")).unwrap();
    let stages: Vec<String> = lines
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["stage"].as_str().unwrap().to_owned()
        })
        .collect();
    for stage in ["look", "finder", "triple", "grid", "read", "given"] {
        assert!(stages.iter().any(|s| s == stage), "{stage}: {stages:?}");
    }
}

#[test]
fn a_round_code_is_an_incident_that_nobody_can_read() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let side = u32::try_from(SIDE).unwrap();
    let picture = GrayImage::from_raw(side, side, UPRIGHT.picture()).unwrap();
    let path = root.join("round.png");
    picture.save(&path).unwrap();
    let mut scan = waylay();
    scan.args(["scan", "--explain-read", "out", "round.png"])
        .current_dir(root);
    let lines = scan.output().unwrap().stdout;
    let line: serde_json::Value = serde_json::from_slice(&lines).unwrap();
    assert_eq!(line["kind"], "round");
    assert_eq!(line["decoded"], false);
    let stages = fs::read_to_string(root.join("out/round.png.jsonl")).unwrap();
    assert!(stages.contains(r#""stage":"round""#), "{stages}");

    let clip = root.join("round.mp4");
    let mut encode = ffmpeg();
    encode
        .args(["-loop", "1", "-framerate", "10", "-t", "3", "-i"])
        .arg(&path);
    encode
        .args(["-g", "10", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
        .arg(&clip);
    assert!(encode.status().unwrap().success());
    let (status, events, log) = watch(&root.join("data"), &[text(&clip)]);
    assert_eq!(status, 0, "{log}");
    let opened = &events[0]["data"];
    assert_eq!(events[0]["type"], "waylay.incident.opened.v1");
    assert_eq!(opened["kind"], "round");
    assert_eq!(opened["unread"]["reason"], "not-public");
    assert_eq!(opened["verdict"]["class"], "unknown");
    let bits = |hash: &serde_json::Value| -> Vec<u32> {
        let digits = hash.as_str().unwrap().chars();
        digits.map(|digit| digit.to_digit(16).unwrap()).collect()
    };
    let pairs = bits(&opened["hash"]).into_iter().zip(bits(&line["hash"]));
    let apart: u32 = pairs.map(|(a, b)| (a ^ b).count_ones()).sum();
    assert!(apart <= 28, "{apart} bits: x264 leaves the likeness");
    assert_eq!(events.len(), 2, "one incident, opened and ended");
}

#[test]
fn an_unread_incident_says_why_and_keeps_its_crop() {
    let folder = TempDir::new().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/unreadable-covered.mp4");
    let data = folder.path().join("data");
    let (status, events, log) = watch(&data, &["--sample", "5", text(&sample)]);
    assert_eq!(status, 0, "{log}");
    let event = &events[0]["data"];
    insta::assert_json_snapshot!("an_unread_incident_has_the_keys_of_the_contract", event, {
        ".incident" => "[id]", ".corners" => "[corners]", ".hash" => "[hash]", ".unread.module_px" => "[px]",
        ".evidence[].path" => "[path]", ".evidence[].sha256" => "[sha256]", ".evidence[].bytes" => "[bytes]",
    });
    assert_eq!(event["hash"].as_str().unwrap().len(), 64);
    let crop = event["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|file| file["kind"] == "crop")
        .unwrap();
    let path = data.join("evidence").join(crop["path"].as_str().unwrap());
    let crop: RgbImage = image::open(path).unwrap().into_rgb8();
    let module = event["unread"]["module_px"].as_f64().unwrap();
    // The code is held at an angle: its box, and four modules around it.
    let corners = event["corners"].as_array().unwrap();
    let xs = || corners.iter().map(|c| c[0].as_f64().unwrap());
    let wide = xs().fold(0.0, f64::max) - xs().fold(f64::MAX, f64::min) + 8.0 * module;
    assert!((f64::from(crop.width()) - wide).abs() < 3.0, "{wide}");
    let again = looked_at_crop(&crop);
    assert_eq!(
        again.symbols.len(),
        1,
        "what was located is all in the crop"
    );
}

fn looked_at_crop(crop: &RgbImage) -> Scan {
    let grey = DynamicImage::ImageRgb8(crop.clone()).into_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let canvas = Canvas {
        width,
        height,
        bytes: grey.into_raw(),
    };
    looked_at(&canvas, Readers::default())
}

/// Error correction that is never needed makes a code no other.
#[test]
fn the_level_of_error_correction_is_another_code() {
    let hash = |level| {
        let code = QrCode::with_error_correction_level(b"https://example.com/pay?to=alice", level);
        let mut canvas = Canvas::new(260, 260, 255);
        canvas.put(&code.unwrap(), 30.0, 30.0, 5.0);
        looked_at(&canvas, Readers::RQRR).symbols[0].hash.unwrap()
    };
    assert!(!hash(EcLevel::L).is_same(hash(EcLevel::Q)));
}
