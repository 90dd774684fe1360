//! A frame goes in, symbols come out: what one look costs, with and without a code in it.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use qrcode::{Color, EcLevel, QrCode};
use waylay::detect::{Budget, Reach, Readers, scan, stages};
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

/// What is done to a picture.
type Work<'a> = &'a dyn Fn(&Luma<'_>) -> usize;

/// Times `work` on frames of each size, with and without a code.
fn group(criterion: &mut Criterion, name: &str, work: Work<'_>) {
    let mut group = criterion.benchmark_group(name);
    for (width, height) in SIZES {
        let empty = scene(width, height);
        let mut coded = empty.clone();
        put_code(&mut coded, width);
        group.throughput(Throughput::Elements((width * height) as u64));
        for (name, frame) in [("no code", &empty), ("a code", &coded)] {
            let luma = Luma::new(width, height, width, frame).expect("the frame is whole");
            let id = BenchmarkId::new(name, format!("{height}p"));
            group.bench_function(id, |b| b.iter(|| work(black_box(&luma))));
        }
    }
    group.finish();
}

fn by_stage(criterion: &mut Criterion) {
    group(criterion, "ink", &stages::ink);
    group(criterion, "ink and finder patterns", &stages::finders);
    group(criterion, "ink and textures", &stages::textures);
    group(criterion, "half size", &stages::half);
}

fn by_reader(criterion: &mut Criterion) {
    let mut lists = vec![("rqrr", Readers::RQRR, Reach::Part(0))];
    let both = Readers::default();
    if both != Readers::RQRR {
        let zxing = "zxing".parse().expect("it is in this build");
        lists.push(("rqrr,zxing in video", both, Reach::Part(0)));
        lists.push(("rqrr,zxing on a still", both, Reach::Whole));
        lists.push(("zxing", zxing, Reach::Whole));
    }
    for (name, readers, reach) in lists {
        let budget = Budget {
            candidates: Budget::DEFAULT_CANDIDATES,
            expired: &|| false,
            reach,
        };
        let work = |luma: &Luma<'_>| scan(luma, readers, &budget).symbols.len();
        group(criterion, &format!("scan: {name}"), &work);
    }
}

criterion_group!(benches, by_stage, by_reader);
criterion_main!(benches);
