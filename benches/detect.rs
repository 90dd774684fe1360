//! A frame goes in, symbols come out: what one look costs, with and without a code in it.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use qrcode::{Color, EcLevel, QrCode};
use waylay::detect::{Budget, scan};
use waylay::frame::Luma;

/// Width and height in px.
const SIZES: [(usize, usize); 2] = [(1280, 720), (1920, 1080)];

/// A scene with soft shades, hard edges and grain, as a camera sees one.
fn scene(width: usize, height: usize) -> Vec<u8> {
    let mut state = 1u64;
    (0..width * height)
        .map(|i| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (x, y) = (i % width, i / width);
            let shade = 60 + 100 * x / width + 40 * y / height;
            let edges = (x * x / 9000 + y * 3 / 70) % 5 * 8;
            (shade + edges + (state >> 61) as usize) as u8
        })
        .collect()
}

fn put_code(frame: &mut [u8], width: usize) {
    const MODULE: usize = 4;
    let code = QrCode::with_error_correction_level("https://example.com/pay?to=alice", EcLevel::M);
    let code = code.expect("the text fits");
    let side = code.width() + 8;
    for y in 0..side * MODULE {
        for x in 0..side * MODULE {
            let (u, v) = ((x / MODULE).wrapping_sub(4), (y / MODULE).wrapping_sub(4));
            let inside = u < code.width() && v < code.width();
            let dark = inside && code[(u, v)] == Color::Dark;
            frame[(y + 300) * width + x + 500] = if dark { 20 } else { 235 };
        }
    }
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scan");
    for (width, height) in SIZES {
        let empty = scene(width, height);
        let mut coded = empty.clone();
        put_code(&mut coded, width);
        group.throughput(Throughput::Elements((width * height) as u64));
        for (name, frame) in [("no code", &empty), ("a code", &coded)] {
            let luma = Luma::new(width, height, width, frame).expect("the frame is whole");
            let budget = Budget {
                candidates: Budget::DEFAULT_CANDIDATES,
                expired: &|| false,
            };
            let id = BenchmarkId::new(name, format!("{height}p"));
            group.bench_function(id, |b| b.iter(|| scan(black_box(&luma), &budget)));
        }
    }
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
