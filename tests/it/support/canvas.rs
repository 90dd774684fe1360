//! Grey pictures that tests draw codes into.

use qrcode::{Color, EcLevel, QrCode};
use waylay::detect::{Budget, Reach, Readers, Scan, scan};
use waylay::frame::Luma;

/// A grey picture that is drawn on.
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bytes: Vec<u8>,
}

/// Where a code is drawn: the place in its modules of a place in px.
pub(crate) type Place<'a> = &'a dyn Fn(f32, f32) -> (f32, f32);

impl Canvas {
    pub(crate) fn new(width: usize, height: usize, grey: u8) -> Self {
        Self {
            width,
            height,
            bytes: vec![grey; width * height],
        }
    }

    /// Draws `code` with a quiet zone of four modules. `module_at` says which place in modules a px
    /// shows; each px is the mean of 4 × 4 looks, as a camera would have it.
    pub(crate) fn draw(&mut self, code: &QrCode, module_at: Place<'_>, dark: u8, light: u8) {
        let is_dark = |x, y| code[(x, y)] == Color::Dark;
        self.draw_modules(code.width(), &is_dark, module_at, dark, light);
    }

    /// The same for `side` × `side` modules of any make.
    pub(crate) fn draw_modules(
        &mut self,
        side: usize,
        is_dark: &dyn Fn(usize, usize) -> bool,
        module_at: Place<'_>,
        dark: u8,
        light: u8,
    ) {
        let side = side as f32;
        for y in 0..self.height {
            for x in 0..self.width {
                let mut sum = 0u32;
                for look in 0..16u8 {
                    let (dx, dy) = (f32::from(look % 4), f32::from(look / 4));
                    let at = (x as f32 + (dx + 0.5) / 4.0, y as f32 + (dy + 0.5) / 4.0);
                    let (u, v) = module_at(at.0, at.1);
                    let quiet = -4.0..side + 4.0;
                    let code_ = 0.0..side;
                    sum += u32::from(if !quiet.contains(&u) || !quiet.contains(&v) {
                        self.bytes[y * self.width + x]
                    } else if code_.contains(&u)
                        && code_.contains(&v)
                        && is_dark(u as usize, v as usize)
                    {
                        dark
                    } else {
                        light
                    });
                }
                self.bytes[y * self.width + x] = (sum / 16) as u8;
            }
        }
    }

    /// Draws `code` upright with its top left corner at `(left, top)`.
    pub(crate) fn put(&mut self, code: &QrCode, left: f32, top: f32, module: f32) {
        let at = move |x: f32, y: f32| ((x - left) / module, (y - top) / module);
        self.draw(code, &at, 0, 255);
    }

    pub(crate) fn blur(&mut self, radius: usize) {
        let source = self.bytes.clone();
        let window = |at: usize, end: usize| at.saturating_sub(radius)..(at + radius + 1).min(end);
        for y in 0..self.height {
            for x in 0..self.width {
                let (mut sum, mut count) = (0u32, 0);
                for row in window(y, self.height) {
                    for p in &source[row * self.width..][window(x, self.width)] {
                        sum += u32::from(*p);
                        count += 1;
                    }
                }
                self.bytes[y * self.width + x] = (sum / count) as u8;
            }
        }
    }

    pub(crate) fn scan(&self) -> Scan {
        self.scan_with(Budget::DEFAULT_CANDIDATES)
    }

    pub(crate) fn scan_with(&self, candidates: u32) -> Scan {
        self.look(candidates, Reach::Whole)
    }

    pub(crate) fn look(&self, candidates: u32, reach: Reach) -> Scan {
        let luma = Luma::new(self.width, self.height, self.width, &self.bytes)
            .expect("the canvas is whole");
        let budget = Budget {
            candidates,
            expired: &|| false,
            reach,
        };
        scan(&luma, Readers::RQRR, &budget)
    }
}

/// The same numbers on every run, evenly spread.
pub(crate) fn noise() -> impl FnMut() -> u8 {
    let mut state = 1u64;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

pub(crate) fn code(text: &[u8]) -> QrCode {
    QrCode::with_error_correction_level(text, EcLevel::M).expect("the text fits")
}
