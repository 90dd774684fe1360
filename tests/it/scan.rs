//! `waylay scan`, run as a program.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use image::{GrayImage, ImageBuffer, LumaA};
use tempfile::TempDir;
use waylay::source::still;

use crate::support::{Canvas, code};

fn scan(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waylay"))
        .arg("scan")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = std::str::from_utf8(&output.stdout).expect("JSON is UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

fn picture(text: &[u8]) -> GrayImage {
    let mut canvas = Canvas::new(200, 200, 255);
    canvas.put(&code(text), 30.0, 30.0, 5.0);
    GrayImage::from_raw(200, 200, canvas.bytes).expect("the canvas is whole")
}

#[test]
fn a_folder_is_walked_in_order_and_each_symbol_is_a_line() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("in/deep")).unwrap();
    picture(b"third").save(root.join("in/z.png")).unwrap();
    picture(b"first").save(root.join("in/B.BMP")).unwrap();
    picture(b"second")
        .save(root.join("in/deep/a.webp"))
        .unwrap();
    fs::write(root.join("in/notes.txt"), "no picture").unwrap();
    let output = scan(root, &["in"]);
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&output);
    let keys = |key: &str| lines.iter().map(|l| l[key].clone()).collect::<Vec<_>>();
    assert_eq!(keys("file"), ["in/B.BMP", "in/deep/a.webp", "in/z.png"]);
    assert_eq!(keys("payload"), ["first", "second", "third"]);
    let line = &lines[0];
    assert_eq!(line["decoded"], true);
    assert_eq!(line["read_by"], "rqrr+zxing");
    assert_eq!(line["kind"], "qr");
    let corner = |i: usize, k: usize| line["corners"][i][k].as_f64().unwrap();
    assert!((corner(0, 0) - 30.0).abs() < 3.0 && (corner(2, 1) - 135.0).abs() < 3.0);
}

#[test]
fn a_bad_picture_is_one_line_on_stderr_and_the_others_go_on() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    picture(b"good").save(root.join("good.png")).unwrap();
    let bytes = fs::read(root.join("good.png")).unwrap();
    fs::write(root.join("cut.png"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(root.join("empty.png"), "").unwrap();
    fs::write(root.join("text.png"), "not a picture at all").unwrap();
    let files = [
        "cut.png",
        "missing.png",
        "empty.png",
        "text.png",
        "good.png",
    ];
    let output = scan(root, &files);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output)[0]["payload"], "good");
    let errors = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<&str> = errors.lines().collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    for (error, file) in errors.iter().zip(files) {
        assert!(error.starts_with(file), "{error}");
    }
}

#[test]
fn a_folder_without_symbols_is_fine() {
    let folder = TempDir::new().unwrap();
    let blank = GrayImage::from_pixel(100, 100, image::Luma([128]));
    blank.save(folder.path().join("blank.png")).unwrap();
    let output = scan(folder.path(), &["."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn an_unknown_reader_is_refused_with_those_that_exist() {
    let folder = TempDir::new().unwrap();
    let output = scan(folder.path(), &[".", "--readers", "rqrr,other"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("other") && errors.contains("rqrr"),
        "{errors}"
    );
}

#[test]
fn what_is_transparent_is_white() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clear.png");
    let pixel = |x, _| LumaA([0u8, if x < 10 { 0 } else { 255 }]);
    ImageBuffer::from_fn(20, 10, pixel).save(&path).unwrap();
    let still = still::open(&path).unwrap();
    assert_eq!(still.rgb.get_pixel(3, 3).0, [255; 3]);
    let luma = still.luma().unwrap();
    assert_eq!((luma.row(3)[3], luma.row(3)[15]), (255, 0));
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wide.png");
    GrayImage::new(16_385, 1).save(&path).unwrap();
    let error = still::open(&path).err().unwrap().to_string();
    assert!(
        error.contains("wide.png") && error.contains("16384"),
        "{error}"
    );
}
