//! Whether two symbols stand in the same place of the picture.

use crate::detect::{Corners, Point};

/// The area that the corners enclose in px².
pub(super) fn area(corners: &Corners) -> f32 {
    let mut twice = 0.0;
    for (at, a) in corners.iter().enumerate() {
        let b = &corners[(at + 1) % 4];
        twice += a.x * b.y - b.x * a.y;
    }
    (twice / 2.0).abs()
}

/// Whether the middle of one lies within the bounding box of the other: a code that is held in a hand
/// moves between two looks, but rarely by its own size.
pub(super) fn same(a: &Corners, b: &Corners) -> bool {
    holds(a, centre(b)) || holds(b, centre(a))
}

fn centre(corners: &Corners) -> Point {
    Point {
        x: corners.iter().map(|p| p.x).sum::<f32>() / 4.0,
        y: corners.iter().map(|p| p.y).sum::<f32>() / 4.0,
    }
}

fn holds(corners: &Corners, point: Point) -> bool {
    let within = |of: fn(&Point) -> f32, value: f32| {
        corners.iter().any(|p| of(p) <= value) && corners.iter().any(|p| of(p) >= value)
    };
    within(|p| p.x, point.x) && within(|p| p.y, point.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f32, y: f32, side: f32) -> Corners {
        [(x, y), (x + side, y), (x + side, y + side), (x, y + side)].map(|(x, y)| Point { x, y })
    }

    #[test]
    fn areas_do_not_depend_on_the_direction() {
        assert!((area(&square(3.0, 4.0, 10.0)) - 100.0).abs() < 1e-3);
        let mut mirrored = square(3.0, 4.0, 10.0);
        mirrored.swap(1, 3);
        assert!((area(&mirrored) - 100.0).abs() < 1e-3);
    }

    #[test]
    fn a_place_is_kept_while_it_moves_less_than_half_its_size() {
        assert!(same(&square(0.0, 0.0, 100.0), &square(40.0, 40.0, 100.0)));
        assert!(!same(&square(0.0, 0.0, 100.0), &square(120.0, 0.0, 100.0)));
        assert!(
            same(&square(0.0, 0.0, 300.0), &square(10.0, 10.0, 50.0)),
            "zoomed"
        );
        let lost = [Point {
            x: f32::NAN,
            y: f32::NAN,
        }; 4];
        assert!(!same(&lost, &square(0.0, 0.0, 100.0)));
    }
}
