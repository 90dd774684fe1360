use qrcode::{Color, EcLevel, QrCode};

use super::super::geometry::Homography;
use super::super::{Budget, Point, Reach, Readers, scan};
use super::*;
use crate::frame::Luma;

/// How a code is shown.
#[derive(Clone, Copy, Debug)]
struct Show {
    /// px a module.
    module: f32,
    degrees: f32,
    /// How much shorter the far edge is than the near one, from 0 to 1.
    tilt: f32,
    mirrored: bool,
    dark: f32,
    light: f32,
    /// Grey levels of noise, up and down.
    noise: f32,
    /// px to each side that are mixed.
    blur: usize,
    /// How much less light falls on the right edge, from 0 to 1.
    shade: f32,
}

const PLAIN: Show = Show {
    module: 5.0,
    degrees: 0.0,
    tilt: 0.0,
    mirrored: false,
    dark: 20.0,
    light: 235.0,
    noise: 0.0,
    blur: 0,
    shade: 0.0,
};

/// The ways in which each code is shown again.
const SHOWN: [(&str, Show); 12] = [
    (
        "small",
        Show {
            module: 2.2,
            ..PLAIN
        },
    ),
    (
        "large",
        Show {
            module: 9.0,
            ..PLAIN
        },
    ),
    (
        "quarter turn",
        Show {
            degrees: 90.0,
            ..PLAIN
        },
    ),
    (
        "half turn",
        Show {
            degrees: 180.0,
            module: 3.0,
            ..PLAIN
        },
    ),
    (
        "askew",
        Show {
            degrees: 33.0,
            ..PLAIN
        },
    ),
    (
        "mirrored",
        Show {
            mirrored: true,
            degrees: 270.0,
            ..PLAIN
        },
    ),
    (
        "tilted",
        Show {
            tilt: 0.25,
            ..PLAIN
        },
    ),
    (
        "tilted, askew",
        Show {
            tilt: 0.2,
            degrees: -20.0,
            module: 4.0,
            ..PLAIN
        },
    ),
    (
        "noise",
        Show {
            noise: 60.0,
            module: 4.0,
            ..PLAIN
        },
    ),
    (
        "inverted",
        Show {
            dark: 230.0,
            light: 30.0,
            ..PLAIN
        },
    ),
    ("blurred", Show { blur: 2, ..PLAIN }),
    (
        "grey, in the shade",
        Show {
            dark: 90.0,
            light: 190.0,
            shade: 0.5,
            ..PLAIN
        },
    ),
];

/// The same numbers on every run, evenly spread from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

fn code(text: &str) -> QrCode {
    QrCode::with_error_correction_level(text, EcLevel::M).unwrap()
}

/// A square picture of `code`: its side and its bytes.
fn draw(code: &QrCode, show: &Show, random: &mut Random) -> (usize, Vec<u8>) {
    let modules = code.width() as f32;
    let size = (modules * show.module * 1.45 + 8.0 * show.module) as usize;
    let middle = size as f32 / 2.0;
    let (sin, cos) = show.degrees.to_radians().sin_cos();
    let half = modules * show.module / 2.0;
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0f32)].map(|(x, y)| {
        let x = if y < 0.0 { x * (1.0 - show.tilt) } else { x } * half;
        let (x, y) = (if show.mirrored { -x } else { x }, y * half);
        Point::new(x * cos - y * sin + middle, x * sin + y * cos + middle)
    });
    let grid = [
        (0.0, 0.0),
        (modules, 0.0),
        (modules, modules),
        (0.0, modules),
    ];
    let back = Homography::between(&corners, &grid.map(|(x, y)| Point::new(x, y))).unwrap();
    let mut grey: Vec<f32> = (0..size * size)
        .map(|i| {
            let mut sum = 0.0;
            for look in 0..9u8 {
                let at = |k: u8| (f32::from(k) + 0.5) / 3.0;
                let (x, y) = ((i % size) as f32, (i / size) as f32);
                let p = back.map(x + at(look % 3), y + at(look / 3));
                let inside = 0.0..modules;
                let dark = inside.contains(&p.x)
                    && inside.contains(&p.y)
                    && code[(p.x as usize, p.y as usize)] == Color::Dark;
                sum += if dark { show.dark } else { show.light };
            }
            sum / 9.0 * (1.0 - show.shade * (i % size) as f32 / size as f32)
        })
        .collect();
    for step in [1, size] {
        let from = grey.clone();
        for (i, g) in grey.iter_mut().enumerate() {
            let at = |k: usize| {
                from[(i + k * step)
                    .saturating_sub(show.blur * step)
                    .min(from.len() - 1)]
            };
            *g = (0..=2 * show.blur).map(at).sum::<f32>() / (2 * show.blur + 1) as f32;
        }
    }
    let bytes = grey
        .iter()
        .map(|g| (g + (random.next() * 2.0 - 1.0) * show.noise).clamp(0.0, 255.0) as u8)
        .collect();
    (size, bytes)
}

/// The hash of `code` as our own finder has it.
fn hash(code: &QrCode, show: &Show, random: &mut Random) -> Option<PerceptualHash> {
    hash_at(Reach::Whole, code, show, random)
}

fn hash_at(
    reach: Reach,
    code: &QrCode,
    show: &Show,
    random: &mut Random,
) -> Option<PerceptualHash> {
    let (size, bytes) = draw(code, show, random);
    let luma = Luma::new(size, size, size, &bytes).unwrap();
    let budget = Budget {
        candidates: 16,
        expired: &|| false,
        reach,
    };
    let found = scan(&luma, Readers::RQRR, &budget);
    found.symbols.first().and_then(|s| s.hash)
}

/// 200 texts of one to six lines.
fn texts() -> Vec<String> {
    let mut random = Random(7);
    (0..200)
        .map(|i| {
            let length = 10 + i % 6 * 22;
            let letter = |_| char::from(b'a' + (random.next() * 26.0) as u8);
            (0..length).map(letter).collect()
        })
        .collect()
}

/// The least distance between any two of `hashes`.
fn least(hashes: &[PerceptualHash]) -> u32 {
    let pairs = (0..hashes.len()).flat_map(|i| (0..i).map(move |k| (i, k)));
    pairs
        .map(|(i, k)| hashes[i].distance(hashes[k]))
        .min()
        .unwrap()
}

#[test]
fn a_code_is_known_again_however_it_is_shown() {
    let mut random = Random(1);
    for text in texts().iter().step_by(25) {
        let code = code(text);
        let plain = hash(&code, &PLAIN, &mut random).unwrap();
        for (name, show) in SHOWN {
            let again = hash(&code, &show, &mut random).unwrap();
            let distance = plain.distance(again);
            assert!(plain.is_same(again), "{text}, {name}: {distance} bits");
            // With sharper edges, and as it is: one of the two may see too little of it.
            let looks = [0, 3].map(|turn| hash_at(Reach::Part(turn), &code, &show, &mut random));
            let seen: Vec<_> = looks.into_iter().flatten().collect();
            assert!(!seen.is_empty(), "{text}, {name}");
            for again in seen {
                let distance = plain.distance(again);
                assert!(plain.is_same(again), "{text}, {name}: {distance} bits");
            }
        }
    }
}

#[test]
fn codes_that_say_something_else_are_far_apart() {
    let small = Show {
        module: 3.0,
        ..PLAIN
    };
    let mut random = Random(1);
    let mut hash = |text: &str| hash(&code(text), &small, &mut random).unwrap();
    let different: Vec<_> = texts().iter().map(|text| hash(text)).collect();
    assert!(least(&different) > 2 * PerceptualHash::SAME);
    // Codes with most modules in common: the same payee, another order.
    let alike: Vec<_> = (0..40)
        .map(|i| {
            hash(&format!(
                "https://pay.example.com/m/0123456789012345678901{:06}",
                i * 7919
            ))
        })
        .collect();
    assert!(least(&alike) > PerceptualHash::SAME);
}

#[test]
fn a_hash_is_64_digits() {
    let hash = PerceptualHash([1, 0, 0, 0xabc << 52]);
    let zeros = "0".repeat(15);
    let want = format!("{zeros}1{zeros}0{zeros}0abc{}", "0".repeat(13));
    assert_eq!(hash.to_string(), want);
    assert_eq!(hash.distance(PerceptualHash([0; 4])), 8);
}
