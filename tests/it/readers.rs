//! The second reader: what it reads that our own finder does not, and what two readers make of one code.

use std::fs;

use image::GrayImage;
use tempfile::TempDir;
use waylay::detect::{Budget, Reach, Reader, Readers, Scan, SymbolKind, scan};
use waylay::frame::Luma;
use zxingcpp::{BarcodeFormat, create, write};

use crate::support::{Canvas, code, waylay};

const ALONE: &str = "rqrr";
const BOTH: &str = "rqrr,zxing";

fn look(canvas: &Canvas, readers: &str, reach: Reach) -> Scan {
    let luma = Luma::new(canvas.width, canvas.height, canvas.width, &canvas.bytes);
    let budget = Budget {
        candidates: Budget::DEFAULT_CANDIDATES,
        expired: &|| false,
        reach,
    };
    let readers: Readers = readers.parse().expect("a list of readers");
    scan(&luma.expect("the canvas is whole"), readers, &budget)
}

/// A code that the writer beside the reader draws, with `left` and `top` px of paper around it.
fn draw(format: BarcodeFormat, text: &[u8], module: i32) -> Canvas {
    let code = create(format).from_slice(text).expect("the text fits");
    let image = code
        .to_image_with(&write().scale(module).add_quiet_zones(true))
        .expect("it can be drawn");
    let (wide, tall) = (image.width() as usize, image.height() as usize);
    let mut canvas = Canvas::new(wide + 120, tall + 90, 235);
    for (y, row) in image.data().chunks_exact(wide).enumerate() {
        canvas.bytes[(y + 40) * (wide + 120) + 50..][..wide].copy_from_slice(row);
    }
    canvas
}

/// Every kind with what it says, and how it is called in events.
fn kinds() -> [(BarcodeFormat, &'static [u8], SymbolKind, &'static str); 12] {
    use BarcodeFormat as F;
    use SymbolKind as K;
    let url = b"https://example.com/a".as_slice();
    [
        (F::QRCode, url, K::Qr, "qr"),
        (F::MicroQRCode, b"12345", K::MicroQr, "micro_qr"),
        (F::RMQRCode, url, K::Rmqr, "rmqr"),
        (F::DataMatrix, url, K::DataMatrix, "data_matrix"),
        (F::Aztec, url, K::Aztec, "aztec"),
        (F::PDF417, url, K::Pdf417, "pdf417"),
        (F::EAN13, b"4006381333931", K::Ean13, "ean_13"),
        (F::EAN8, b"96385074", K::Ean8, "ean_8"),
        (F::UPCE, b"01234565", K::UpcE, "upc_e"),
        (F::Code128, b"PARCEL-0042", K::Code128, "code_128"),
        (F::ITF, b"15400141288763", K::Itf14, "itf_14"),
        (F::DataBarOmni, b"0104006381333931", K::DataBar, "databar"),
    ]
}

#[test]
fn every_kind_is_read_and_told_by_its_name() {
    let folder = TempDir::new().unwrap();
    for (format, text, kind, name) in kinds() {
        let canvas = draw(format, text, 4);
        let found = look(&canvas, BOTH, Reach::Whole);
        let [symbol] = found.symbols.as_slice() else {
            panic!("{name}: {:?}", found.symbols);
        };
        assert_eq!(symbol.kind, kind);
        // UPC-E is short for the number that it says.
        let said = if kind == SymbolKind::UpcE {
            b"0012345000065"
        } else {
            text
        };
        assert_eq!(symbol.bytes.as_deref(), Some(said), "{name}");
        let inside = |p: &waylay::detect::Point| {
            (40.0..canvas.width as f32).contains(&p.x)
                && (30.0..canvas.height as f32).contains(&p.y)
        };
        assert!(symbol.corners.iter().all(inside), "{name}: {symbol:?}");
        let (width, height) = (canvas.width as u32, canvas.height as u32);
        let picture = GrayImage::from_raw(width, height, canvas.bytes).unwrap();
        picture
            .save(folder.path().join(format!("{name}.png")))
            .unwrap();
    }
    let output = waylay().arg("scan").arg(folder.path()).output().unwrap();
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), kinds().len());
    for line in lines {
        let file = line["file"].as_str().unwrap();
        let kind = line["kind"].as_str().unwrap();
        assert!(file.ends_with(&format!("/{kind}.png")), "{line}");
        // Our own finder reads QR codes alone.
        let by = if kind == "qr" { "rqrr+zxing" } else { "zxing" };
        assert_eq!(line["read_by"], by, "{line}");
        assert_eq!(line["certain"], kind == "qr", "{line}");
    }
}

#[test]
fn our_own_eyes_alone_never_ask_the_second_reader() {
    for (format, text, kind, name) in kinds() {
        let canvas = draw(format, text, 4);
        for reach in [Reach::Whole, Reach::Part(0)] {
            let found = look(&canvas, ALONE, reach);
            assert_eq!(found.given, 0, "{name}");
            let qr = usize::from(kind == SymbolKind::Qr);
            assert_eq!(found.symbols.len(), qr, "{name}");
            let alone = |s: &waylay::detect::Symbol| s.read_by == Reader::Rqrr && !s.is_certain();
            assert!(found.symbols.iter().all(alone), "{name}");
        }
    }
}

#[test]
fn the_second_reader_alone_reads_qr_codes_too() {
    let canvas = draw(BarcodeFormat::QRCode, b"https://example.com/a", 4);
    let found = look(&canvas, "zxing", Reach::Part(3));
    assert_eq!(found.given, 1);
    assert_eq!(found.symbols[0].read_by, Reader::Zxing);
    assert!(!found.symbols[0].is_certain());
}

#[test]
fn two_readers_agree_on_each_of_several_codes() {
    let mut canvas = Canvas::new(700, 400, 255);
    canvas.put(&code(b"https://example.com/left"), 40.0, 60.0, 4.0);
    canvas.put(&code(b"https://example.com/right"), 420.5, 130.5, 6.5);
    let found = look(&canvas, BOTH, Reach::Part(0));
    assert_eq!(found.symbols.len(), 2, "{found:?}");
    for symbol in &found.symbols {
        assert_eq!(symbol.read_by, Reader::Rqrr);
        assert_eq!(symbol.confirmed_by, Some(Reader::Zxing));
    }
}

#[test]
fn bytes_that_are_no_text_come_as_they_are() {
    // "付款" in GBK, and zero and control characters.
    for bytes in [b"\xb8\xb6\xbf\xee".as_slice(), b"\x00\x1d\xff\x80abc"] {
        let canvas = draw(BarcodeFormat::DataMatrix, bytes, 5);
        let found = look(&canvas, BOTH, Reach::Whole);
        assert_eq!(found.symbols[0].bytes.as_deref(), Some(bytes));
    }
}

#[test]
fn video_sees_other_codes_where_they_are_dense() {
    // The writer draws the narrowest bars twice as wide as modules.
    for (format, kind, modules) in [
        (BarcodeFormat::Aztec, SymbolKind::Aztec, [2, 4, 8]),
        (BarcodeFormat::DataMatrix, SymbolKind::DataMatrix, [2, 4, 8]),
        (BarcodeFormat::EAN13, SymbolKind::Ean13, [1, 2, 4]),
    ] {
        for module in modules {
            let code = draw(format, b"4006381333931", module);
            let mut frame = Canvas::new(1280, 720, 128);
            for (y, row) in code.bytes.chunks_exact(code.width).enumerate() {
                frame.bytes[(y + 100) * 1280 + 300..][..code.width].copy_from_slice(row);
            }
            let found = look(&frame, BOTH, Reach::Part(0));
            assert_eq!(found.symbols.len(), 1, "{kind:?} of {module} px: {found:?}");
            assert_eq!(found.symbols[0].kind, kind);
            assert!(found.symbols[0].corners[0].x > 340.0);
        }
    }
}

#[test]
fn a_flood_of_textures_costs_a_part_of_the_picture() {
    let mut canvas = Canvas::new(1280, 720, 128);
    for (i, p) in canvas.bytes.iter_mut().enumerate() {
        let (x, y) = (i as u32 % 1280, i as u32 / 1280);
        let cell = (x / 3).wrapping_mul(73_856_093) ^ (y / 3).wrapping_mul(19_349_663);
        let mixed = (cell ^ (cell >> 13)).wrapping_mul(1_274_126_177);
        if x % 80 < 56 && y % 80 < 56 {
            *p = if mixed >> 16 & 1 == 1 { 20 } else { 230 };
        }
    }
    let found = look(&canvas, BOTH, Reach::Part(7));
    assert!((1..=16).contains(&found.given), "{}", found.given);
    assert_eq!(found.symbols, []);
}

#[test]
fn readers_that_are_not_there_are_refused() {
    let folder = TempDir::new().unwrap();
    let picture = folder.path().join("x.png");
    fs::write(&picture, "").unwrap();
    for list in ["", "zbar", "rqrr,zbar", "rqrr;zxing"] {
        let mut command = waylay();
        let output = command
            .args(["scan", "--readers", list])
            .arg(&picture)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains("expected a list of: rqrr,zxing"), "{log}");
    }
}
