//! Repeatable randomness: a small generator and value noise. No clock, no system entropy, so that the
//! same source always draws the same pictures.

/// Steele, Lea and Flood's splitmix64: eight lines, and every seed is a good one.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `low..high`.
    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * unit(self.next())
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1u64 << 24) as f32
}

/// Value noise in -1..1: random values on the whole numbers, smooth in between.
pub(crate) fn value(seed: u64, x: f32, y: f32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let corner = |dx: i64, dy: i64| {
        let key = (column as i64 + dx).wrapping_mul(0x1f_1f1f_1f1f_1f1f)
            ^ (row as i64 + dy).wrapping_mul(0x2545_f491_4f6c_dd1d);
        unit(mix(seed ^ key as u64)) * 2.0 - 1.0
    };
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (smooth(x - column), smooth(y - row));
    let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * u;
    let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * u;
    top + (bottom - top) * v
}

/// Several octaves of value noise, each twice as fine and half as strong as the one before.
pub(crate) fn fractal(seed: u64, x: f32, y: f32, octaves: u32) -> f32 {
    (0..octaves).fold(0.0, |sum, octave| {
        let scale = f32::from(1u16 << octave);
        sum + value(seed.wrapping_add(u64::from(octave)), x * scale, y * scale) / scale
    })
}

/// What a camera's sensor adds: a long strip of bell-shaped noise that each row starts at another place.
pub(crate) struct Grain(Vec<i8>);

impl Grain {
    const LENGTH: usize = 1 << 16;

    /// `strength` is about the standard deviation in grey levels.
    pub(crate) fn new(seed: u64, strength: f32) -> Self {
        let mut rng = Rng::new(seed);
        let bell = |rng: &mut Rng| (0..4).map(|_| rng.range(-1.0, 1.0)).sum::<f32>() * 0.87;
        Self(
            (0..Self::LENGTH)
                .map(|_| (bell(&mut rng) * strength).round() as i8)
                .collect(),
        )
    }

    /// Noise for a row of `length` pixels.
    pub(crate) fn row(&self, rng: &mut Rng, length: usize) -> &[i8] {
        let start = rng.next() as usize % (Self::LENGTH - length);
        &self.0[start..start + length]
    }
}
