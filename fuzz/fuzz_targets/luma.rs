//! Grey planes of any size and stride, searched by our own finder: bytes repeated over the plane as cells of any
//! size, so that few bytes make patterns as large as those of codes.
#![no_main]

use std::cell::Cell;

use libfuzzer_sys::fuzz_target;
use waylay::detect::{Budget, Reach, Readers, scan};
use waylay::frame::Luma;

fuzz_target!(|plane: (u16, u16, u8, u8, u8, Vec<u8>)| {
    let (width, height, padding, cell, patience, cells) = plane;
    let (width, height) = (usize::from(width % 640), usize::from(height % 480));
    let (stride, cell) = (width + usize::from(padding), usize::from(cell % 9) + 1);
    let across = stride / cell + 1;
    let bytes: Vec<u8> = (0..stride * height)
        .map(|i| {
            let at = i / stride.max(1) / cell * across + i % stride.max(1) / cell;
            cells.get(at % cells.len().max(1)).copied().unwrap_or_default()
        })
        .collect();
    // The last row may end without its padding.
    let end = bytes.len().saturating_sub(usize::from(padding));
    let Some(luma) = Luma::new(width, height, stride, &bytes[..end]) else {
        assert!(width == 0 || height == 0);
        return;
    };
    let asked = Cell::new(0u32);
    let budget = Budget {
        candidates: u32::from(patience),
        // Time is up after it was asked for some times.
        expired: &|| {
            asked.set(asked.get() + 1);
            asked.get() > 8 * u32::from(patience)
        },
        reach: Reach::Part(0),
    };
    let found = scan(&luma, Readers::RQRR, &budget);
    assert_eq!(found.given, 0);
    for symbol in &found.symbols {
        assert!(symbol.bytes.as_ref().is_none_or(|b| !b.is_empty()));
        assert!(symbol.corners.iter().all(|p| p.x.is_finite() && p.y.is_finite()));
    }
});
