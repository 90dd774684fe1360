//! Codes that the tests draw themselves, found and read.

use proptest::prelude::*;
use qrcode::{Color, EcLevel, QrCode, Version};
use waylay::detect::{Budget, Point, Reach, Readers, Scan, Symbol, scan};
use waylay::frame::Luma;

use crate::support::{Canvas, Place, code, noise};

/// What is done to a picture after a code was drawn.
type Spoil<'a> = &'a mut dyn FnMut(&mut Canvas);

fn read(scan: &Scan) -> Vec<&[u8]> {
    scan.symbols
        .iter()
        .filter_map(|s| s.bytes.as_deref())
        .collect()
}

fn assert_corners(symbol: &Symbol, expected: [(f32, f32); 4], tolerance: f32) {
    for (corner, (x, y)) in symbol.corners.iter().zip(expected) {
        let off = (corner.x - x).hypot(corner.y - y);
        assert!(off < tolerance, "{:?} is not {expected:?}", symbol.corners);
    }
}

const TEXT: &[u8] = b"https://example.com/pay?to=alice";

#[test]
fn an_upright_code_is_read_at_every_size() {
    let code = code(TEXT);
    for module in [1.6, 2.0, 2.5, 3.0, 4.0, 7.3, 16.0] {
        let side = code.width() as f32 * module;
        let whole = (side + 16.0 * module) as usize;
        let mut canvas = Canvas::new(whole, whole, 255);
        let (left, top) = (5.3 * module, 6.7 * module);
        canvas.put(&code, left, top, module);
        let scan = canvas.scan();
        assert_eq!(read(&scan), [TEXT], "{module} px a module");
        let (right, bottom) = (left + side, top + side);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        assert_corners(&scan.symbols[0], corners, 0.8 * module);
    }
}

#[test]
fn a_code_is_read_at_any_angle_and_its_corners_turn_with_it() {
    let code = code(TEXT);
    let half = code.width() as f32 / 2.0;
    let module = 4.0;
    for degrees in (0..360).step_by(15) {
        for mirrored in [false, true] {
            let (sin, cos) = (degrees as f32).to_radians().sin_cos();
            let flip = if mirrored { -1.0 } else { 1.0 };
            let mut canvas = Canvas::new(260, 240, 200);
            let module_at = |x: f32, y: f32| {
                let (x, y) = ((x - 130.0) / module, (y - 120.0) / module);
                (flip * (x * cos + y * sin) + half, y * cos - x * sin + half)
            };
            canvas.draw(&code, &module_at, 20, 230);
            let scan = canvas.scan();
            assert_eq!(
                read(&scan),
                [TEXT],
                "{degrees} degrees, mirrored: {mirrored}"
            );
            let corners = [(-half, -half), (half, -half), (half, half), (-half, half)];
            let corners = corners.map(|(u, v)| {
                let (u, v) = (flip * u * module, v * module);
                (u * cos - v * sin + 130.0, u * sin + v * cos + 120.0)
            });
            assert_corners(&scan.symbols[0], corners, 3.0);
        }
    }
}

#[test]
fn perspective_blur_noise_shade_and_low_contrast_are_borne() {
    let code = code(TEXT);
    let side = code.width() as f32;
    let upright = |x: f32, y: f32| ((x - 40.0) / 4.0, (y - 40.0) / 4.0);
    let tilted = |x: f32, y: f32| {
        let depth = 1.0 - y / 600.0;
        (
            (x - 130.0) / (4.0 * depth) + side / 2.0,
            (y - 40.0) / (4.0 * depth),
        )
    };
    let mut random = noise();
    let cases: [(&str, Place<'_>, u8, u8, Spoil<'_>); 5] = [
        ("perspective", &tilted, 0, 255, &mut |_| {}),
        ("blur", &upright, 0, 255, &mut |c| c.blur(2)),
        ("low contrast", &upright, 100, 140, &mut |_| {}),
        ("noise", &upright, 60, 190, &mut |c| {
            for p in &mut c.bytes {
                *p = p.saturating_add(random() / 4);
            }
        }),
        ("shade", &upright, 0, 255, &mut |c| {
            for (i, p) in c.bytes.iter_mut().enumerate() {
                *p = (usize::from(*p) * (60 + i % 260 * 2 / 3) / 255) as u8;
            }
        }),
    ];
    for (name, place, dark, light, spoil) in cases {
        let mut canvas = Canvas::new(260, 240, 128);
        canvas.draw(&code, place, dark, light);
        spoil(&mut canvas);
        assert_eq!(read(&canvas.scan()), [TEXT], "{name}");
    }
}

#[test]
fn inverted_codes_are_read_beside_others_each_once_and_in_order() {
    let mut canvas = Canvas::new(640, 400, 90);
    for (i, text) in [b"one", b"two", b"six"].iter().enumerate() {
        let left = 40.0 + 190.0 * i as f32;
        canvas.put(&code(*text), left, 40.0 + 20.0 * (i % 2) as f32, 5.0);
    }
    let at = |x: f32, y: f32| ((x - 100.0) / 5.0, (y - 230.0) / 5.0);
    canvas.draw(&code(b"ten"), &at, 255, 0);
    let scan = canvas.scan();
    assert_eq!(read(&scan), [b"one", b"six", b"two", b"ten"]);
    assert_eq!(scan, canvas.scan(), "the same picture gives the same");
}

#[test]
fn bytes_are_kept_as_they_are() {
    // 微信 in GBK is no UTF-8.
    let gbk: &[u8] = &[0xce, 0xa2, 0xd0, 0xc5, 0x00, 0xff];
    let mut canvas = Canvas::new(200, 200, 255);
    canvas.put(&code(gbk), 30.0, 30.0, 5.0);
    assert_eq!(read(&canvas.scan()), [gbk]);
}

#[test]
fn every_version_is_read() {
    for version in 1..=40 {
        let code = QrCode::with_version(TEXT, Version::Normal(version), EcLevel::L);
        let Ok(code) = code else {
            assert!(version < 3, "the text needs version 2");
            continue;
        };
        let size = (code.width() + 16) * 3;
        let mut canvas = Canvas::new(size, size, 255);
        canvas.put(&code, 24.0, 24.0, 3.0);
        assert_eq!(read(&canvas.scan()), [TEXT], "version {version}");
    }
}

#[test]
fn a_code_without_a_quiet_zone_on_dark_ground_is_read() {
    for module in [2.5, 3.0, 4.0, 6.0] {
        let mut canvas = Canvas::new(400, 300, 255);
        let code = code(TEXT);
        canvas.put(&code, 60.0, 50.0, module);
        // Up to its rim the ground is as dark as the modules.
        let side = code.width() as f32 * module;
        let inside = |at: usize, from: f32| (from..from + side).contains(&(at as f32 + 0.5));
        for (i, p) in canvas.bytes.iter_mut().enumerate() {
            if !(inside(i % 400, 60.0) && inside(i / 400, 50.0)) {
                *p = 25;
            }
        }
        assert_eq!(read(&canvas.scan()), [TEXT], "{module} px a module");
    }
}

#[test]
fn a_code_without_a_quiet_zone_on_ground_between_its_greys_is_read() {
    for (ground, module) in [(96, 2.5), (112, 2.5), (120, 2.5), (120, 4.0), (128, 2.5)] {
        let mut canvas = Canvas::new(320, 240, 255);
        let code = QrCode::with_version(TEXT, Version::Normal(6), EcLevel::M).unwrap();
        canvas.draw(
            &code,
            &|x, y| ((x - 60.3) / module, (y - 50.1) / module),
            16,
            230,
        );
        let side = code.width() as f32 * module;
        let inside = |at: usize, from: f32| (from..from + side).contains(&(at as f32 + 0.5));
        let mut random = noise();
        for (i, p) in canvas.bytes.iter_mut().enumerate() {
            let (x, y) = (i % 320, i / 320);
            if !(inside(x, 60.3) && inside(y, 50.1)) {
                // Lighter to the right, with stripes that end at the rim, as a wall or a page has.
                let stripe = if x % 40 < 5 { 40 } else { 0 };
                *p = ground + (x / 24) as u8 + stripe + random() / 32;
            }
        }
        assert_eq!(read(&canvas.scan()), [TEXT], "{ground}, {module} px");
    }
}

/// Modules that run into one another by nearly half of themselves.
#[test]
fn a_code_out_of_focus_is_read_with_sharper_edges() {
    let code = code(TEXT);
    let mut canvas = Canvas::new(200, 200, 110);
    let at = |x: f32, y: f32| ((x - 51.0) / 2.5, (y - 50.3) / 2.5);
    canvas.draw(&code, &at, 30, 220);
    canvas.blur(1);
    canvas.blur(1);
    assert_eq!(read(&canvas.scan()), [TEXT]);
    // A stream is looked at like that most of the time, and as it is every fourth time.
    let is_read = |turn| {
        let scan = canvas.look(Budget::DEFAULT_CANDIDATES, Reach::Part(turn));
        !read(&scan).is_empty()
    };
    let turns = [0, 1, 2, 3, 4].map(is_read);
    assert_eq!(turns, [true, true, true, false, true]);
}

#[test]
fn a_faint_code_on_a_ground_far_darker_is_read() {
    let mut canvas = Canvas::new(420, 420, 8);
    // Grain, as of a night sky, has contrast of its own.
    let mut random = noise();
    for p in &mut canvas.bytes {
        *p += if random() > 250 { 60 } else { 0 };
    }
    let code = QrCode::with_version(TEXT, Version::Normal(10), EcLevel::Q).unwrap();
    // A quiet zone of two modules, darker and lighter modules being 70 grey levels apart.
    let at = |x: f32, y: f32| ((x - 120.0) / 3.0, (y - 121.0) / 3.0);
    let ground = canvas.bytes.clone();
    canvas.draw(&code, &at, 94, 164);
    for y in 0..420 {
        for x in 0..420 {
            let (u, v) = at(x as f32 + 0.5, y as f32 + 0.5);
            let quiet = -2.0..59.0;
            if !quiet.contains(&u) || !quiet.contains(&v) {
                canvas.bytes[y * 420 + x] = ground[y * 420 + x];
            }
        }
    }
    assert_eq!(read(&canvas.scan()), [TEXT]);
}

#[test]
fn the_padding_of_rows_is_not_looked_at() {
    let mut canvas = Canvas::new(300, 200, 255);
    canvas.put(&code(TEXT), 20.0, 20.0, 4.0);
    let luma = Luma::new(170, 200, 300, &canvas.bytes).unwrap();
    let budget = Budget {
        candidates: 8,
        expired: &|| false,
        reach: Reach::Whole,
    };
    assert_eq!(read(&scan(&luma, Readers::RQRR, &budget)), [TEXT]);
}

#[test]
fn a_picture_over_4k_is_read_at_its_own_coordinates() {
    let mut canvas = Canvas::new(4800, 2400, 255);
    let code = code(TEXT);
    let side = code.width() as f32 * 8.0;
    for y in 0..400 {
        for x in 0..400 {
            let (u, v) = ((x as f32 - 60.0) / 8.0, (y as f32 - 60.0) / 8.0);
            let inside = 0.0..code.width() as f32;
            if inside.contains(&u)
                && inside.contains(&v)
                && code[(u as usize, v as usize)] == Color::Dark
            {
                canvas.bytes[(y + 1700) * 4800 + x + 4200] = 0;
            }
        }
    }
    let scan = canvas.scan();
    assert_eq!(read(&scan), [TEXT]);
    let (l, t) = (4260.0, 1760.0);
    let corners = [(l, t), (l + side, t), (l + side, t + side), (l, t + side)];
    assert_corners(&scan.symbols[0], corners, 4.0);
}

#[test]
fn a_code_with_its_data_covered_is_located_and_not_decoded() {
    let code = code(TEXT);
    let mut canvas = Canvas::new(240, 240, 255);
    canvas.put(&code, 40.0, 40.0, 5.0);
    let mut random = noise();
    // The data of version 3 from row 9 to 20, right of the vertical timing pattern.
    for y in (40 + 45)..(40 + 100) {
        for x in (40 + 45)..(40 + 145) {
            canvas.bytes[y * 240 + x] = random();
        }
    }
    let scan = canvas.scan();
    assert_eq!(scan.symbols.len(), 1);
    let symbol: &Symbol = &scan.symbols[0];
    assert_eq!(symbol.bytes, None);
    assert_corners(
        symbol,
        [(40.0, 40.0), (185.0, 40.0), (185.0, 185.0), (40.0, 185.0)],
        5.0,
    );
}

/// Pictures that hold no code, drawn px by px.
fn textures() -> Vec<(&'static str, Canvas)> {
    let mut random = noise();
    let cells: Vec<u8> = (0..400 * 400).map(|_| random() / 128 * 255).collect();
    let finder = |x: usize, y: usize, pitch: usize| {
        let ring = (x % pitch).abs_diff(4).max((y % pitch).abs_diff(4));
        ring <= 1 || ring == 3
    };
    let ink = |dark: bool| if dark { 0 } else { 255 };
    let draw = |pixel: &dyn Fn(usize, usize) -> u8| {
        let mut canvas = Canvas::new(400, 400, 0);
        for (i, p) in canvas.bytes.iter_mut().enumerate() {
            *p = pixel(i % 400, i / 400);
        }
        canvas
    };
    let concentric =
        |x: usize, y: usize| ink((x.abs_diff(200).max(y.abs_diff(200)) / 5).is_multiple_of(2));
    vec![
        ("flat", draw(&|_, _| 77)),
        ("noise", draw(&|x, y| cells[y * 400 + x])),
        ("cells of 2 px", draw(&|x, y| cells[y / 2 * 400 + x / 2])),
        ("cells of 5 px", draw(&|x, y| cells[y / 5 * 400 + x / 5])),
        (
            "chequers",
            draw(&|x, y| ink((x / 6 + y / 6).is_multiple_of(2))),
        ),
        ("stripes", draw(&|x, _| ink((x / 4).is_multiple_of(2)))),
        ("squares in squares", draw(&concentric)),
        (
            "finder patterns, close",
            draw(&|x, y| ink(finder(x / 2, y / 2, 9))),
        ),
        (
            "finder patterns, wide",
            draw(&|x, y| ink(finder(x / 2, y / 2, 22))),
        ),
    ]
}

#[test]
fn textures_are_no_symbols() {
    for (name, canvas) in textures() {
        assert_eq!(canvas.scan().symbols, [], "{name}");
    }
}

#[test]
fn a_budget_that_is_spent_stops_the_search_and_what_is_left_is_counted() {
    let mut canvas = Canvas::new(200, 200, 255);
    canvas.put(&code(TEXT), 30.0, 30.0, 4.0);
    let none = canvas.scan_with(0);
    assert_eq!(none.symbols, []);
    assert!(none.skipped > 0);
    let luma = Luma::new(200, 200, 200, &canvas.bytes).unwrap();
    let late = Budget {
        candidates: 100,
        expired: &|| true,
        reach: Reach::Whole,
    };
    let late = scan(&luma, Readers::default(), &late);
    assert_eq!(late.symbols, []);
    assert!(late.skipped > 0);
}

#[test]
fn a_screen_full_of_codes_takes_one_candidate_each() {
    let mut canvas = Canvas::new(720, 540, 255);
    for i in 0..12u8 {
        let (left, top) = (20 + 175 * (i as usize % 4), 20 + 175 * (i as usize / 4));
        canvas.put(&code(&[b'a' + i; 20]), left as f32, top as f32, 5.0);
    }
    assert_eq!(read(&canvas.scan()).len(), 12);
    let three = canvas.scan_with(3);
    assert!(read(&three).len() <= 3, "no more than the budget");
    assert!(three.skipped > 0, "and the rest is counted");
}

#[test]
fn a_code_among_decoys_is_found_first() {
    let (_, mut canvas) = textures().pop().unwrap();
    canvas.put(&code(TEXT), 100.0, 100.0, 5.0);
    assert_eq!(read(&canvas.scan_with(4)), [TEXT]);
}

#[test]
fn a_picture_that_is_too_small_for_a_code_is_empty() {
    for (width, height) in [(1, 1), (20, 500), (500, 20), (21, 21)] {
        assert_eq!(Canvas::new(width, height, 0).scan(), Scan::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_picture_panics(
        width in 1usize..90,
        cell in 1usize..5,
        cells in proptest::collection::vec(any::<u8>(), 1..8000),
    ) {
        let height = (cells.len() / width).max(1);
        let pixel = |i: usize| cells[(i / width / cell * width + i % width / cell) % cells.len()];
        let bytes = (0..width * height).map(pixel).collect();
        let canvas = Canvas { width, height, bytes };
        let found = canvas.scan();
        let finite = |p: &Point| p.x.is_finite() && p.y.is_finite();
        prop_assert!(found.symbols.iter().all(|s| s.corners.iter().all(finite)));
    }
}
