//! Where a card is in the picture, how that changes with time, and the projection there and back.

use crate::canvas::Area;
use crate::noise;

/// Where the middle of the code is, how large, and how it is turned.
#[derive(Clone, Copy)]
pub(crate) struct Pose {
    /// px.
    pub(crate) centre: (f32, f32),
    /// px per module in the middle of the code; negative = mirrored.
    pub(crate) module: f32,
    /// Degrees in the plane of the picture, about the vertical axis, and about the horizontal one.
    pub(crate) roll: f32,
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
}

/// How a pose changes with time: slow sway and a hand's tremor.
#[derive(Clone, Copy)]
pub(crate) struct Motion {
    /// px of sway to each side.
    pub(crate) sway: f32,
    /// Degrees of sway.
    pub(crate) turn: f32,
    /// px of tremor.
    pub(crate) tremor: f32,
    /// Degrees a second of steady turning.
    pub(crate) spin: f32,
}

pub(crate) const STILL: Motion = Motion {
    sway: 0.0,
    turn: 0.0,
    tremor: 0.0,
    spin: 0.0,
};

impl Motion {
    /// The pose at `seconds`.
    pub(crate) fn at(&self, pose: &Pose, seconds: f32) -> Pose {
        let wave = |hertz: f32, phase: f32| (std::f32::consts::TAU * hertz * seconds + phase).sin();
        let shake = |seed: u64| noise::value(seed, seconds * 6.0, 0.5) * self.tremor;
        Pose {
            centre: (
                pose.centre.0 + self.sway * wave(0.31, 0.4) + shake(1),
                pose.centre.1 + self.sway * 0.6 * wave(0.43, 1.9) + shake(2),
            ),
            module: pose.module * (1.0 + 0.0015 * self.sway * wave(0.23, 2.6)),
            roll: pose.roll + self.turn * 0.5 * wave(0.37, 0.2) + self.spin * seconds,
            yaw: pose.yaw + self.turn * wave(0.29, 1.1),
            pitch: pose.pitch + self.turn * 0.7 * wave(0.41, 3.0),
        }
    }
}

/// One pose as a projection, both ways. A point of the card is turned in space and seen from a camera
/// that stands `distance` modules away.
pub(crate) struct View {
    /// Rows of the turning matrix: the card's u and v axes in the camera's x, y, z.
    u: [f32; 3],
    v: [f32; 3],
    pose: Pose,
    distance: f32,
}

impl View {
    pub(crate) fn new(pose: &Pose) -> Self {
        let (roll_sin, roll_cos) = pose.roll.to_radians().sin_cos();
        let (yaw_sin, yaw_cos) = pose.yaw.to_radians().sin_cos();
        let (pitch_sin, pitch_cos) = pose.pitch.to_radians().sin_cos();
        let turn = |[x, y]: [f32; 2]| {
            let (x, y) = (x * roll_cos - y * roll_sin, x * roll_sin + y * roll_cos);
            let (y, z) = (y * pitch_cos, y * pitch_sin);
            [x * yaw_cos + z * yaw_sin, y, z * yaw_cos - x * yaw_sin]
        };
        let mirror = pose.module.signum();
        Self {
            u: turn([1.0, 0.0]).map(|c| c * mirror),
            v: turn([0.0, 1.0]),
            pose: *pose,
            distance: 110.0,
        }
    }

    /// The place in px of the point that lies (`u`, `v`) modules from the middle of the code.
    pub(crate) fn to_picture(&self, u: f32, v: f32) -> (f32, f32) {
        let [x, y, depth] = std::array::from_fn(|axis| u * self.u[axis] + v * self.v[axis]);
        let scale = self.pose.module.abs() * self.distance / (self.distance + depth);
        (
            self.pose.centre.0 + x * scale,
            self.pose.centre.1 + y * scale,
        )
    }

    /// The inverse of [`View::to_picture`]: two linear equations in u and v, by Cramer's rule.
    pub(crate) fn to_card(&self, x: f32, y: f32) -> (f32, f32) {
        let scale = self.pose.module.abs() * self.distance;
        let equation = |axis: usize, offset: f32| {
            let offset = offset / scale;
            let factor = |card_axis: &[f32; 3]| card_axis[axis] - offset * card_axis[2];
            [factor(&self.u), factor(&self.v), offset * self.distance]
        };
        let first = equation(0, x - self.pose.centre.0);
        let second = equation(1, y - self.pose.centre.1);
        let cross = |i: usize, j: usize| first[i] * second[j] - first[j] * second[i];
        (cross(2, 1) / cross(0, 1), cross(0, 2) / cross(0, 1))
    }

    /// The box in px that what fills `extent` (left, top, right, bottom in modules) fills in the picture.
    pub(crate) fn bounds(&self, [left, top, right, bottom]: [f32; 4]) -> Area {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            .map(|(u, v)| self.to_picture(u, v));
        let point = |(x, y): (f32, f32)| [x - 1.0, y - 1.0, 2.0, 2.0];
        corners
            .into_iter()
            .map(point)
            .reduce(union)
            .unwrap_or_default()
    }
}

/// The smallest box around two.
pub(crate) fn union(a: Area, b: Area) -> Area {
    let (left, top) = (a[0].min(b[0]), a[1].min(b[1]));
    [
        left,
        top,
        (a[0] + a[2]).max(b[0] + b[2]) - left,
        (a[1] + a[3]).max(b[1] + b[3]) - top,
    ]
}
