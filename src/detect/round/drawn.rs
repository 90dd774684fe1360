//! Draws round codes as those of WeChat mini-programs look: three bull's-eyes, a picture in the middle, rays of dashes.
//! What the dashes say is noise, since nobody outside knows what they mean.

use std::f32::consts::TAU;

/// px a side of a picture.
pub(crate) const SIDE: usize = 420;

/// How a round code is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) rays: u32,
    /// px from the middle to the rim.
    pub(crate) radius: f32,
    /// Radians by which it is turned.
    pub(crate) turned: f32,
    /// What its height is of its width: it is tilted.
    pub(crate) tall: f32,
    pub(crate) seed: u32,
    pub(crate) dark: u8,
    pub(crate) light: u8,
}

pub(crate) const UPRIGHT: Drawn = Drawn {
    rays: 36,
    radius: 150.0,
    turned: 0.0,
    tall: 1.0,
    seed: 1,
    dark: 20,
    light: 240,
};

impl Drawn {
    /// The grey at a place in units of the radius.
    fn grey(&self, x: f32, y: f32) -> u8 {
        let from_middle = x.hypot(y);
        if from_middle > 1.15 {
            return 190;
        }
        let ink = if from_middle < 0.45 {
            // A picture.
            (x * 9.0).sin() + (y * 7.0).cos() > 0.4
        } else {
            Self::eye(x, y).unwrap_or_else(|| from_middle < 1.0 && self.dash(x, y, from_middle))
        };
        if ink { self.dark } else { self.light }
    }

    /// Whether there is ink at a place in one of the eyes, or in the sign in the fourth corner.
    pub(crate) fn eye(x: f32, y: f32) -> Option<bool> {
        const HALF: f32 = 0.565;
        for (cx, cy) in [(-HALF, -HALF), (HALF, -HALF), (-HALF, HALF)] {
            let modules = (x - cx).hypot(y - cy) / 0.034;
            if modules < 4.5 {
                return Some(modules < 1.5 || (2.5..3.5).contains(&modules));
            }
        }
        let sign = (x - HALF).hypot(y - HALF);
        (sign < 0.19).then_some(sign < 0.13)
    }

    fn dash(&self, x: f32, y: f32, from_middle: f32) -> bool {
        let turns = y.atan2(x) / TAU + 1.0;
        let ray = turns * self.rays as f32;
        let off = (ray - ray.round()).abs() * TAU / self.rays as f32 * from_middle;
        let cell = (ray.round() as u32 % self.rays) * 64 + (from_middle * 24.0) as u32;
        let said = (cell ^ self.seed.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b) >> 16;
        let thick = 0.25 * TAU / self.rays as f32 * 0.8;
        off < thick && said % 8 < 5
    }

    pub(crate) fn picture(&self) -> Vec<u8> {
        let (sine, cosine) = self.turned.sin_cos();
        let grey = |x: f32, y: f32| {
            let (x, y) = (x - SIDE as f32 / 2.0, (y - SIDE as f32 / 2.0) / self.tall);
            self.grey(
                (x * cosine + y * sine) / self.radius,
                (y * cosine - x * sine) / self.radius,
            )
        };
        let px = |i: usize| {
            let looks = (0..9u8).map(|k| {
                let at = |v: usize, k: u8| v as f32 + (f32::from(k) + 0.5) / 3.0;
                u32::from(grey(at(i % SIDE, k % 3), at(i / SIDE, k / 3)))
            });
            (looks.sum::<u32>() / 9) as u8
        };
        (0..SIDE * SIDE).map(px).collect()
    }
}
