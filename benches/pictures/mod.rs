//! Pictures that are drawn by rule: scenes without a code, and what costs a search the most.

use qrcode::{Color, EcLevel, QrCode, Version};

/// A grey picture and what it shows.
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Picture {
    /// Asks `grey` for each pixel.
    fn of(name: &str, size: (usize, usize), mut grey: impl FnMut(usize, usize) -> u8) -> Self {
        let (width, height) = size;
        let bytes = (0..width * height).map(|i| grey(i % width, i / width));
        Self {
            name: name.to_owned(),
            width,
            height,
            bytes: bytes.collect(),
        }
    }
}

/// The same numbers on every run, evenly spread.
fn random() -> impl FnMut() -> u32 {
    let mut state = 1u64;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    }
}

/// A number for each cell that looks drawn by chance.
fn mixed(x: usize, y: usize) -> u32 {
    let cell = (x as u32).wrapping_mul(73_856_093) ^ (y as u32).wrapping_mul(19_349_663);
    let mixed = (cell ^ cell >> 13).wrapping_mul(1_274_126_177);
    mixed ^ mixed >> 16
}

/// Scenes as video has them, none with a code.
pub(crate) fn scenes(size: (usize, usize)) -> Vec<Picture> {
    vec![
        shades(size),
        leaves(size),
        leaves_with_grain(size),
        desktop(size),
    ]
}

/// Soft shades, hard edges and grain, as a camera sees a room.
pub(crate) fn shades(size: (usize, usize)) -> Picture {
    let mut grain = random();
    let (width, height) = size;
    Picture::of("shades", size, |x, y| {
        let shade = 60 + 100 * x / width + 40 * y / height;
        let edges = (x * x / 9000 + y * 3 / 70) % 5 * 8;
        (shade + edges + (grain() >> 28) as usize / 2) as u8
    })
}

/// Discs that cover one another, their radii spread as the sizes of things in photographs are: the model of
/// dead leaves (A. Lee, D. Mumford, J. Huang: Occlusion models for natural images, 2001).
fn leaves(size: (usize, usize)) -> Picture {
    let (width, height) = size;
    let mut random = random();
    let mut picture = Picture::of("leaves", size, |_, _| 128);
    for i in 1..=4000u32 {
        // From the largest, as far as the height, to the smallest, so that none is hidden.
        let radius = (height as f32 / (i as f32).sqrt() / 2.0).max(2.0);
        let (left, top) = (random() as usize % width, random() as usize % height);
        let grey = (30 + random() % 200) as u8;
        let reach = radius as usize;
        for y in top.saturating_sub(reach)..(top + reach).min(height) {
            for x in left.saturating_sub(reach)..(left + reach).min(width) {
                let (dx, dy) = (x.abs_diff(left) as f32, y.abs_diff(top) as f32);
                if dx * dx + dy * dy < radius * radius {
                    picture.bytes[y * width + x] = grey;
                }
            }
        }
    }
    picture
}

fn leaves_with_grain(size: (usize, usize)) -> Picture {
    let mut picture = leaves(size);
    let mut random = random();
    for p in &mut picture.bytes {
        *p = p.saturating_add((random() % 16) as u8).saturating_sub(8);
    }
    "leaves with grain".clone_into(&mut picture.name);
    picture
}

/// Windows with lines of text over shades.
fn desktop(size: (usize, usize)) -> Picture {
    let mut picture = shades(size);
    let (width, height) = size;
    for (y, row) in picture.bytes.chunks_exact_mut(width).enumerate() {
        for (x, p) in row.iter_mut().enumerate() {
            let window = (x * 3 / width, y * 3 / height);
            if (window.0 + window.1).is_multiple_of(2) {
                *p = if is_print(x, y, 2) { 40 } else { 235 };
            }
        }
    }
    "desktop".clone_into(&mut picture.name);
    picture
}

/// Whether a page of print has ink there: letters of 4 × 5 strokes, `stroke` px wide, in words and lines.
fn is_print(x: usize, y: usize, stroke: usize) -> bool {
    let (u, v) = (x / stroke, y / stroke);
    let (letter, line) = (u / 5, v / 9);
    let is_blank = u % 5 == 4 || v % 9 >= 5 || mixed(letter, line).is_multiple_of(6);
    !is_blank && mixed(mixed(letter, line) as usize % 26 * 8 + u % 5, v % 9) % 5 < 3
}

/// What costs a search the most: everything that looks like parts of codes, and codes without number.
pub(crate) fn hostile(size: (usize, usize)) -> Vec<Picture> {
    let mut all = Vec::new();
    let ink = |is_ink: bool| if is_ink { 20 } else { 230 };
    for period in [1, 2, 3, 5, 8, 16] {
        all.push(Picture::of(
            &format!("checkers of {period} px"),
            size,
            |x, y| ink((x / period + y / period).is_multiple_of(2)),
        ));
    }
    for period in [4, 7, 12] {
        all.push(Picture::of(
            &format!("halftone of {period} px"),
            size,
            |x, y| {
                let off = |at: usize| (2 * (at % period) + 1).abs_diff(period);
                ink(off(x).pow(2) + off(y).pow(2) < 2 * period * period * x / size.0)
            },
        ));
    }
    for stroke in [1, 2, 4] {
        all.push(Picture::of(
            &format!("print of {stroke} px"),
            size,
            |x, y| ink(is_print(x, y, stroke)),
        ));
    }
    let mut noise = random();
    all.push(Picture::of("noise", size, |_, _| (noise() >> 20) as u8));
    for cell in [2, 3, 5] {
        all.push(Picture::of(&format!("noise of {cell} px"), size, |x, y| {
            ink(mixed(x / cell, y / cell).is_multiple_of(2))
        }));
    }
    for module in [1, 2, 3, 4] {
        for inverted in [false, true] {
            let colour = if inverted { "inverted " } else { "" };
            let name = format!("{colour}finder patterns of {module} px");
            all.push(Picture::of(&name, size, |x, y| {
                ink(is_pattern(x / module % 9, y / module % 9) != inverted)
            }));
        }
    }
    for module in [2, 4] {
        all.push(Picture::of(
            &format!("squares in squares of {module} px"),
            size,
            |x, y| {
                let off = |at: usize| (at / module % 40).abs_diff(20);
                ink(off(x).max(off(y)).is_multiple_of(2))
            },
        ));
    }
    for (version, module) in [(1, 2), (1, 4), (7, 2), (20, 2)] {
        let name = format!("broken codes of version {version}, {module} px");
        let side = 17 + 4 * version;
        all.push(Picture::of(&name, size, |x, y| {
            let (u, v) = (x / module % (side + 4), y / module % (side + 4));
            ink(is_broken_code(u, v, side, mixed(x / module, y / module)))
        }));
    }
    for across in [14, 28] {
        all.push(codes(size, across, across * 5 / 7, 1));
    }
    all.push(codes(size, 3, 2, 20));
    all
}

fn is_pattern(u: usize, v: usize) -> bool {
    u < 7 && v < 7 && matches!(u.abs_diff(3).max(v.abs_diff(3)), 0 | 1 | 3)
}

/// A code that has all that is looked for but its data.
fn is_broken_code(u: usize, v: usize, side: usize, chance: u32) -> bool {
    let far = |at: usize| at.wrapping_sub(side - 7);
    if u >= side || v >= side {
        false
    } else if (u < 8 || u >= side - 8) && v < 8 || u < 8 && v >= side - 8 {
        is_pattern(u, v) || is_pattern(far(u), v) || is_pattern(u, far(v))
    } else if u == 6 || v == 6 {
        (u + v).is_multiple_of(2)
    } else {
        chance.is_multiple_of(2)
    }
}

/// Good codes, `across` by `down` of them, at least of `version`, each with a text of its own.
fn codes(size: (usize, usize), across: usize, down: usize, version: i16) -> Picture {
    let (width, height) = size;
    let name = format!("{} codes of version {version}", across * down);
    let mut picture = Picture::of(&name, size, |_, _| 235);
    for i in 0..across * down {
        let text = format!("{}", 1000 + i);
        let code = QrCode::with_version(text, Version::Normal(version), EcLevel::M);
        let code = code.expect("the text fits");
        let side = code.width() + 4;
        let module = (width / across / side).min(height / down / side).max(1);
        let (left, top) = (i % across * width / across, i / across * height / down);
        for y in 0..code.width() * module {
            for x in 0..code.width() * module {
                let (u, v) = (left + x + 2 * module, top + y + 2 * module);
                if u < width && v < height && code[(x / module, y / module)] == Color::Dark {
                    picture.bytes[v * width + u] = 20;
                }
            }
        }
    }
    picture
}
