use qrcode::{Color, EcLevel, QrCode, Version};

use super::super::layout::VERSIONS;
use super::*;

const LEVELS: [EcLevel; 4] = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H];

/// The modules of a code that says `text`, each of them sure.
fn code(text: &str, version: usize, level: EcLevel) -> (Vec<i32>, usize) {
    let version = Version::Normal(version as i16);
    let code = QrCode::with_version(text, version, level).unwrap();
    let modules = code.to_colors().into_iter();
    let modules = modules.map(|color| 100 * sign(color == Color::Dark));
    (modules.collect(), code.width())
}

/// Lays something over a part of the code.
fn cover(modules: &mut [i32], side: usize, rows: std::ops::Range<usize>, value: i32) {
    for y in rows {
        for x in 9..side - 9 {
            modules[y * side + x] = value;
        }
    }
}

#[test]
fn codes_of_every_version_and_level_are_read() {
    for version in VERSIONS {
        for level in LEVELS {
            let (modules, side) = code("1", version, level);
            let read = read(&modules, side).unwrap();
            assert_eq!(
                read.as_deref(),
                Some(b"1".as_slice()),
                "{version} {level:?}"
            );
        }
    }
}

#[test]
fn what_is_known_to_be_hidden_costs_half_as_much() {
    let text = "https://shop.example/pay?to=jo";
    let (whole, side) = code(text, 5, EcLevel::Q);
    let read_with = |value| {
        let most = (0..side - 18).take_while(|rows| {
            let mut modules = whole.clone();
            cover(&mut modules, side, 9..9 + rows, value);
            read(&modules, side).unwrap().is_some()
        });
        most.last().unwrap_or_default()
    };
    let (open, wrong) = (read_with(0), read_with(100));
    assert!(open >= wrong + 3, "{open} rows, and {wrong}");
}

#[test]
fn too_little_of_a_code_is_no_code() {
    let (whole, side) = code("https://shop.example/", 3, EcLevel::L);
    let mut modules = whole;
    cover(&mut modules, side, 9..side - 9, 0);
    assert_eq!(read(&modules, side), Ok(None));
}

#[test]
fn noise_says_nothing() {
    // The modules of a linear congruential generator (Knuth's MMIX).
    let mut state = 7_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as i32 % 128 - 64
    };
    for side in [21, 25, 29, 45] {
        for _ in 0..300 {
            let modules: Vec<i32> = (0..side * side).map(|_| next()).collect();
            assert_eq!(read(&modules, side), Ok(None), "{side}");
        }
    }
}
