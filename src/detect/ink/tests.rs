use super::*;

#[test]
fn eight_at_once_are_compared_like_one() {
    for level in [0u8, 1, 100, 127, 128, 200, 255] {
        for start in 0..=247u8 {
            let pixels: [u8; 8] = from_fn(|i| start + i as u8);
            let one_by_one = at_most(&pixels, level);
            assert_eq!(
                eight_at_most(pixels, level),
                one_by_one,
                "{start} at {level}"
            );
            assert_eq!(at_most(&pixels[..5], level), one_by_one & 0b1_1111);
        }
    }
}

/// The rule at the head of this file, a pixel at a time.
fn by_rule(luma: &Luma<'_>) -> Vec<bool> {
    let (across, down) = (luma.width().div_ceil(TILE), luma.height().div_ceil(TILE));
    let tile = |x: usize, y: usize| -> Vec<u32> {
        let inside = |at: usize, end: usize| at * TILE..(at * TILE + TILE).min(end);
        let rows = inside(y, luma.height()).map(|y| &luma.row(y)[inside(x, luma.width())]);
        rows.flatten().map(|p| u32::from(*p)).collect()
    };
    let range = |x: usize, y: usize| {
        let all = tile(x, y);
        let darkest = all.iter().min().copied().unwrap_or_default();
        (darkest, all.into_iter().max().unwrap_or_default())
    };
    let mean = |x: usize, y: usize| {
        let (darkest, lightest) = range(x, y);
        let all = tile(x, y);
        let has_contrast = lightest - darkest > u32::from(Focus::AsItIs.contrast());
        has_contrast.then(|| all.iter().sum::<u32>() / all.len() as u32)
    };
    let near = |at: usize, end: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(end);
    let mut levels = vec![0u32; across * down];
    for i in 0..levels.len() {
        let (x, y) = (i % across, i / across);
        let means: Vec<u32> = near(y, down)
            .flat_map(|y| near(x, across).filter_map(move |x| mean(x, y)))
            .collect();
        let left = if x > 0 { levels[i - 1] } else { 0 };
        let above = if y > 0 { levels[i - across] } else { 0 };
        let corner = if x > 0 && y > 0 {
            levels[i - across - 1]
        } else {
            0
        };
        let before = (2 * left + above + corner) / 4;
        let mean = means.iter().sum::<u32>().checked_div(means.len() as u32);
        levels[i] = mean.unwrap_or(before);
    }
    for (i, level) in levels.iter_mut().enumerate() {
        let (darkest, lightest) = range(i % across, i / across);
        if lightest - darkest > u32::from(Focus::AsItIs.contrast()) {
            let off = (lightest - darkest) / 4;
            *level = (*level).clamp(darkest + off, lightest - off);
        }
    }
    let pixel = |i: usize| (i % luma.width(), i / luma.width());
    (0..luma.width() * luma.height())
        .map(pixel)
        .map(|(x, y)| u32::from(luma.row(y)[x]) <= levels[y / TILE * across + x / TILE])
        .collect()
}

#[test]
fn what_is_done_many_at_once_follows_the_rule() {
    let sizes = [
        (8, 8, 0),
        (100, 61, 40),
        (193, 35, 120),
        (5, 3, 0),
        (640, 17, 500),
    ];
    for (width, height, flat) in sizes {
        let mut state = 7u32;
        // Grain beside a shade without contrast, which somewhere is as bright as the level.
        let bytes: Vec<u8> = (0..width * height)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if i % width + flat >= width {
                    (64 + i % width / 4) as u8 + (state >> 29) as u8
                } else {
                    (state >> 24) as u8
                }
            })
            .collect();
        let luma = Luma::new(width, height, width, &bytes).unwrap();
        let ink = Ink::of(luma, Focus::AsItIs);
        let at = |i: usize| ink.at((i % width) as i32, (i / width) as i32).unwrap();
        let bits: Vec<bool> = (0..bytes.len()).map(at).collect();
        assert_eq!(bits, by_rule(&luma), "{width} x {height}");
        let after = ink.row(height - 1).last().unwrap() >> ((width - 1) % 64) >> 1;
        assert_eq!(after, 0, "nothing is beyond the width");
    }
}

#[test]
fn edges_are_where_the_ink_begins_and_ends() {
    let mut bytes = vec![200u8; 100 * 30];
    for row in bytes.chunks_exact_mut(100) {
        row[..3].fill(10);
        row[62..66].fill(10);
        row[98..].fill(10);
    }
    let luma = Luma::new(100, 30, 100, &bytes).unwrap();
    let ink = Ink::of(luma, Focus::AsItIs);
    let mut edges = Vec::new();
    ink.edges(29, &mut edges);
    assert_eq!(edges, [0, 0, 3, 62, 66, 98, 100]);
    assert_eq!(ink.at(63, 0), Some(true));
    assert_eq!(ink.at(66, 0), Some(false));
    assert_eq!(ink.at(100, 0), None);
    assert_eq!(ink.at(-1, 0), None);
    assert_eq!(ink.at(0, 30), None);
}

#[test]
fn grey_is_interpolated_between_the_centres_of_pixels() {
    let bytes = [0, 100, 200, 100];
    let luma = Luma::new(2, 2, 2, &bytes).unwrap();
    let ink = Ink::of(luma, Focus::AsItIs);
    let grey = |x, y| ink.grey(Point::new(x, y));
    assert_eq!(grey(0.5, 0.5), Some(0.0));
    assert_eq!(grey(1.0, 0.5), Some(50.0));
    assert_eq!(grey(1.0, 1.0), Some(100.0));
    assert_eq!(grey(0.0, 0.0), Some(0.0), "the rim repeats");
    assert_eq!(grey(-1.0, 0.5), None);
    assert_eq!(grey(0.5, 2.6), None);
    assert_eq!(grey(f32::NAN, 0.5), None);
}
