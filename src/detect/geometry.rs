//! Points, and the projective map from the modules of a code to the px of a picture.

use super::{Corners, Point};

impl Point {
    pub(super) fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }

    pub(super) fn times(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }

    pub(super) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// Positive where `other` is clockwise of `self` on the screen (y points down).
    pub(super) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(super) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }
}

/// A straight line through `through` in direction `along`.
#[derive(Clone, Copy)]
pub(super) struct Line {
    through: Point,
    along: Point,
}

impl Line {
    /// The line with the least squared distance to `points`; `None` for fewer than two.
    pub(super) fn fit(points: &[Point]) -> Option<Self> {
        if points.len() < 2 {
            return None;
        }
        let sum = points.iter().fold(Point::new(0.0, 0.0), |s, p| s.plus(*p));
        let through = sum.times(1.0 / points.len() as f32);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for p in points {
            let d = p.minus(through);
            xx += d.x * d.x;
            xy += d.x * d.y;
            yy += d.y * d.y;
        }
        // The main axis of the scatter.
        let angle = 0.5 * f32::atan2(2.0 * xy, xx - yy);
        Some(Self {
            through,
            along: Point::new(angle.cos(), angle.sin()),
        })
    }

    /// Where two lines meet; `None` where they are parallel.
    pub(super) fn meet(self, other: Self) -> Option<Point> {
        let det = self.along.cross(other.along);
        if det.abs() < 1e-3 {
            return None;
        }
        let t = other.through.minus(self.through).cross(other.along) / det;
        Some(self.through.plus(self.along.times(t)))
    }
}

/// A map between two planes that keeps straight lines straight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Homography([f32; 8]);

impl Homography {
    /// The map that takes each point of `from` to the same one of `to`; `None` where three of them
    /// lie on one line.
    pub(super) fn between(from: &[Point; 4], to: &[Point; 4]) -> Option<Self> {
        // Two equations a point: u = (ax + by + c) / (gx + hy + 1), and the same for v.
        let mut rows = [[0f64; 9]; 8];
        for (i, (f, t)) in from.iter().zip(to).enumerate() {
            let (x, y) = (f64::from(f.x), f64::from(f.y));
            let (u, v) = (f64::from(t.x), f64::from(t.y));
            rows[2 * i] = [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u];
            rows[2 * i + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v];
        }
        let solution = solve(rows)?;
        Some(Self(solution.map(|c| c as f32)))
    }

    /// Where `(x, y)` goes. Not finite on the horizon; whoever samples there must check.
    #[inline]
    pub(super) fn map(&self, x: f32, y: f32) -> Point {
        let m = &self.0;
        let scale = 1.0 / (m[6] * x + m[7] * y + 1.0);
        Point::new(
            (m[0] * x + m[1] * y + m[2]) * scale,
            (m[3] * x + m[4] * y + m[5]) * scale,
        )
    }
}

/// Gaussian elimination with pivoting of eight equations in eight unknowns.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let pivot =
            (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        let head = rows[column];
        if head[column].abs() < 1e-9 {
            return None;
        }
        for (i, row) in rows.iter_mut().enumerate() {
            if i != column {
                let factor = row[column] / head[column];
                for (cell, h) in row.iter_mut().zip(&head).skip(column) {
                    *cell -= factor * h;
                }
            }
        }
    }
    let mut solution = [0.0; 8];
    for (i, value) in solution.iter_mut().enumerate() {
        *value = rows[i][8] / rows[i][i];
    }
    solution
        .iter()
        .all(|v: &f64| v.is_finite())
        .then_some(solution)
}

/// The smallest upright box around `corners`: left, top, right, bottom.
pub(super) fn bounds(corners: &Corners) -> [f32; 4] {
    corners.iter().fold(
        [f32::MAX, f32::MAX, f32::MIN, f32::MIN],
        |[l, t, r, b], p| [l.min(p.x), t.min(p.y), r.max(p.x), b.max(p.y)],
    )
}

/// The mean length of the sides in px.
pub(super) fn side(corners: &Corners) -> f32 {
    let sides = (0..4).map(|i| corners[(i + 1) % 4].minus(corners[i]).length());
    sides.sum::<f32>() / 4.0
}

/// Whether two symbols cover the same place: their boxes share more than a third of the smaller one.
pub(super) fn overlap(a: &Corners, b: &Corners) -> bool {
    let (shared, [a, b]) = areas(a, b);
    shared * 3.0 > a.min(b)
}

/// Whether two symbols are one, found twice: their boxes share more than half of the larger one. A small one within a large one
/// is another.
#[cfg(feature = "zxing")]
pub(super) fn coincide(a: &Corners, b: &Corners) -> bool {
    let (shared, [a, b]) = areas(a, b);
    shared * 2.0 > a.max(b)
}

/// What the boxes of two symbols share in px², and what each has.
fn areas(a: &Corners, b: &Corners) -> (f32, [f32; 2]) {
    let area = |[l, t, r, b]: [f32; 4]| (r - l).max(0.0) * (b - t).max(0.0);
    let (a, b) = (bounds(a), bounds(b));
    let shared = [
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ];
    (area(shared), [a, b].map(area))
}

/// Whether the corners make a convex shape, in either direction.
pub(super) fn convex(corners: &Corners) -> bool {
    let turns = [0, 1, 2, 3].map(|i| {
        let [a, b, c] = [0, 1, 2].map(|k| corners[(i + k) % 4]);
        b.minus(a).cross(c.minus(b))
    });
    turns.iter().all(|t| *t > 0.0) || turns.iter().all(|t| *t < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Point; 4] = [
        Point { x: 0.0, y: 0.0 },
        Point { x: 21.0, y: 0.0 },
        Point { x: 21.0, y: 21.0 },
        Point { x: 0.0, y: 21.0 },
    ];

    fn close(a: Point, b: Point) {
        assert!(a.minus(b).length() < 0.01, "{a:?} is not {b:?}");
    }

    #[test]
    fn a_homography_takes_each_point_to_its_own() {
        let to = [(10.0, 12.0), (90.0, 20.0), (80.0, 95.0), (5.0, 70.0)];
        let to = to.map(|(x, y)| Point::new(x, y));
        let map = Homography::between(&SQUARE, &to).unwrap();
        for (from, to) in SQUARE.iter().zip(to) {
            close(map.map(from.x, from.y), to);
        }
        // Where the diagonals cross stays where the diagonals cross.
        let line = |a: Point, b: Point| Line::fit(&[a, b]).unwrap();
        let crossing = line(to[0], to[2]).meet(line(to[1], to[3])).unwrap();
        close(map.map(10.5, 10.5), crossing);
    }

    #[test]
    fn points_on_one_line_have_no_homography() {
        let flat = [0.0, 1.0, 2.0, 3.0].map(|x| Point::new(x, x));
        assert!(Homography::between(&flat, &SQUARE).is_none());
    }

    #[test]
    fn boxes_that_only_touch_do_not_overlap() {
        let beside = SQUARE.map(|p| p.plus(Point::new(20.0, 0.0)));
        let over = SQUARE.map(|p| p.plus(Point::new(8.0, 3.0)));
        let within = SQUARE.map(|p| p.times(0.3).plus(Point::new(4.0, 4.0)));
        assert!(!overlap(&SQUARE, &beside));
        assert!(overlap(&SQUARE, &over));
        assert!(overlap(&SQUARE, &within));
    }

    #[cfg(feature = "zxing")]
    #[test]
    fn a_small_one_within_a_large_one_is_another() {
        let again = SQUARE.map(|p| p.times(1.1).plus(Point::new(1.0, -1.0)));
        let within = SQUARE.map(|p| p.times(0.6).plus(Point::new(4.0, 4.0)));
        assert!(coincide(&SQUARE, &again));
        assert!(!coincide(&SQUARE, &within) && !coincide(&within, &SQUARE));
    }

    #[test]
    fn a_bow_tie_is_not_convex() {
        let [a, b, c, d] = SQUARE;
        assert!(convex(&SQUARE));
        assert!(convex(&[d, c, b, a]), "a mirrored one is");
        assert!(!convex(&[a, c, b, d]));
    }
}
