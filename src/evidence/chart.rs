//! Draws what each stage of a scan saw, with a legend and a table of the grids below the picture.

use std::convert::Infallible;
use std::fmt::Write;

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_9X15};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Drawable, Point, Primitive, RgbColor, Size};
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};
use image::{Rgb, RgbImage};

use crate::detect::trace::{Glance, Outcome, Step, Trace};
use crate::detect::{self, Corners};
use crate::evidence::canvas::Canvas;

/// A picture is enlarged to about this many px a side, so that what is drawn into it can be told apart.
const WANTED: u32 = 1200;
const MOST_ZOOM: u32 = 6;
/// The legend needs this many px.
const LEAST_WIDTH: u32 = 960;
/// Height of a line of the legend in px.
const LINE: i32 = 20;
/// How many refused triples are drawn, the likeliest: a picture full of finder patterns has thousands.
const MOST_REFUSED: usize = 60;
/// How many grids are listed.
const MOST_ROWS: usize = 24;

const DARK: Rgb888 = Rgb888::new(0, 150, 210);
const LIGHT: Rgb888 = Rgb888::new(220, 0, 200);
const REFUSED: Rgb888 = Rgb888::new(190, 150, 90);
const CANDIDATE: Rgb888 = Rgb888::new(255, 150, 0);
const TEXTURE: Rgb888 = Rgb888::new(70, 90, 255);
const GIVEN: Rgb888 = Rgb888::new(140, 60, 200);
const READ: Rgb888 = Rgb888::new(0, 170, 60);
const LOCATED: Rgb888 = Rgb888::new(230, 30, 30);
const NO_CODE: Rgb888 = Rgb888::new(150, 90, 90);

/// `picture`, faded, with what `trace` holds drawn into it and said below it.
pub fn chart(picture: &RgbImage, trace: &Trace) -> RgbImage {
    let longest = picture.width().max(picture.height()).max(1);
    let zoom = (WANTED / longest).clamp(1, MOST_ZOOM);
    let (wide, tall) = (picture.width() * zoom, picture.height() * zoom);
    let grids = Grids::of(trace);
    let legend = legend(trace, &grids);
    let lines = legend.len() + grids.rows.len().min(MOST_ROWS) + 2;
    let height = tall + lines as u32 * LINE as u32;
    let mut chart = RgbImage::from_pixel(wide.max(LEAST_WIDTH), height, Rgb([250; 3]));
    for (x, y, pixel) in chart.enumerate_pixels_mut() {
        if x < wide && y < tall {
            let [r, g, b] = picture.get_pixel(x / zoom, y / zoom).0.map(u32::from);
            *pixel = Rgb([((2 * r + 5 * g + b) / 16 + 110) as u8; 3]);
        }
    }
    let mut pen = Pen {
        canvas: Canvas::new(&mut chart),
        zoom: zoom as f32,
        stroke: (longest * zoom / 900).max(1),
        labels: Vec::new(),
        bottom: tall as i32,
    };
    // The canvas cannot fail: what lies outside of it is left out.
    let Ok(()) = pen.steps(trace);
    let Ok(()) = pen.grids(&grids);
    let Ok(()) = pen.panel(tall as i32, &legend, &grids);
    chart
}

/// The grids of a trace, the ones that matter most last, so that they lie on top.
struct Grids<'a> {
    /// Corners and colour, in the order of drawing.
    drawn: Vec<(&'a Corners, Rgb888)>,
    /// What is said of each, the ones that matter most first.
    rows: Vec<(&'a Corners, Rgb888, String)>,
}

impl<'a> Grids<'a> {
    fn of(trace: &'a Trace) -> Self {
        let mut grids: Vec<(u8, &Corners, Rgb888, String)> = Vec::new();
        for step in &trace.steps {
            match step {
                Step::Grid {
                    corners, outcome, ..
                } => {
                    let (rank, colour) = match outcome {
                        Outcome::Read => (0, READ),
                        Outcome::Located => (1, LOCATED),
                        _ => (2, NO_CODE),
                    };
                    grids.push((rank, corners, colour, row(step)));
                }
                Step::Round { corners } => {
                    grids.push((1, corners, LOCATED, "round code".to_owned()));
                }
                Step::Read { corners, by } if *by != detect::Reader::Rqrr => {
                    let said = format!("read by {}", by.as_str());
                    grids.push((0, corners, READ, said));
                }
                _ => {}
            }
        }
        // Stable, so that equal ones stay in the order of the search.
        grids.sort_by_key(|(rank, ..)| *rank);
        Self {
            drawn: grids.iter().rev().map(|(_, at, c, _)| (*at, *c)).collect(),
            rows: grids.into_iter().map(|(_, at, c, s)| (at, c, s)).collect(),
        }
    }
}

/// What is said of a grid.
fn row(step: &Step) -> String {
    let Step::Grid {
        modules,
        inverted,
        finders,
        timing,
        quality: q,
        outcome,
        ..
    } = step
    else {
        return String::new();
    };
    let mut said = outcome.as_str().to_owned();
    if *outcome == Outcome::Located {
        let _ = write!(said, ", {}", q.reason().as_str());
    }
    let _ = write!(
        said,
        ": {modules} modules of {:.1} px{}, finders {finders:.2}, timing {timing:.2}, contrast {:.0}, modulation {:.2}, \
         wrong {:.2}, blank {:.2}, outside {:.2}",
        q.module,
        if *inverted { ", light on dark" } else { "" },
        q.contrast,
        q.modulation,
        q.wrong,
        q.blank,
        q.outside,
    );
    said
}

/// A colour and what it stands for, each with how many there are.
fn legend(trace: &Trace, grids: &Grids<'_>) -> Vec<(Rgb888, String)> {
    let count = |is: &dyn Fn(&Step) -> bool| trace.steps.iter().filter(|s| is(s)).count();
    let finders =
        |of: bool| count(&|s| matches!(s, Step::Finder { inverted, .. } if *inverted == of));
    let triples = |name: &str| {
        count(&|s| matches!(s, Step::Triple { outcome, .. } if outcome.as_str() == name))
    };
    let coloured = |colour: Rgb888| grids.rows.iter().filter(|row| row.1 == colour).count();
    let refused = ["patterns", "versions", "weak"].map(triples);
    let looks: Vec<String> = trace
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Look { scale, sharper } => {
                let sharper = if *sharper { " with sharper edges" } else { "" };
                Some(format!("1/{scale}{sharper}"))
            }
            _ => None,
        })
        .collect();
    let skipped = count(&|s| matches!(s, Step::Given { read: None, .. }));
    vec![
        (
            DARK,
            format!("finder patterns, dark on light: {}", finders(false)),
        ),
        (
            LIGHT,
            format!("finder patterns, light on dark: {}", finders(true)),
        ),
        (
            REFUSED,
            format!(
                "three patterns, refused: {} no patterns along the legs, {} of no version, {} weak (at most {MOST_REFUSED} drawn)",
                refused[0], refused[1], refused[2]
            ),
        ),
        (
            CANDIDATE,
            format!("three patterns, candidates: {}", triples("candidate")),
        ),
        (
            TEXTURE,
            format!(
                "dense edges: {}",
                count(&|s| matches!(s, Step::Texture { .. }))
            ),
        ),
        (
            GIVEN,
            format!(
                "places for the second reader: {}, not given: {skipped}",
                count(&|s| matches!(s, Step::Given { .. })) - skipped
            ),
        ),
        (READ, format!("read: {}", coloured(READ))),
        (
            LOCATED,
            format!("codes that are located and not read: {}", coloured(LOCATED)),
        ),
        (
            NO_CODE,
            format!(
                "grids that are no code: {}   (looks at {} of the size)",
                coloured(NO_CODE),
                looks.join(" and ")
            ),
        ),
    ]
}

/// Draws into the chart.
struct Pen<'a> {
    canvas: Canvas<'a>,
    zoom: f32,
    stroke: u32,
    /// Where labels stand.
    labels: Vec<Rectangle>,
    /// The bottom of the picture.
    bottom: i32,
}

impl Pen<'_> {
    fn steps(&mut self, trace: &Trace) -> Result<(), Infallible> {
        let stroke = self.stroke;
        let mut refused = 0;
        for step in &trace.steps {
            match step {
                Step::Texture { corners, .. } => self.outline(corners, TEXTURE, stroke)?,
                Step::Given { corners, .. } => self.outline(corners, GIVEN, 2 * stroke)?,
                Step::Triple {
                    centres, outcome, ..
                } => {
                    let (colour, stroke) = match outcome {
                        Glance::Candidate(_) => (CANDIDATE, 2 * stroke),
                        _ if refused >= MOST_REFUSED => continue,
                        _ => {
                            refused += 1;
                            (REFUSED, stroke)
                        }
                    };
                    let [corner, right, below] = *centres;
                    self.line(right, corner, colour, stroke)?;
                    self.line(corner, below, colour, stroke)?;
                }
                _ => {}
            }
        }
        for step in &trace.steps {
            if let Step::Finder {
                centre,
                module,
                inverted,
            } = step
            {
                let colour = if *inverted { LIGHT } else { DARK };
                let arm = 3.5 * module;
                for (x, y) in [(arm, 0.0), (0.0, arm)] {
                    let end = |sign: f32| detect::Point {
                        x: centre.x + sign * x,
                        y: centre.y + sign * y,
                    };
                    self.line(end(-1.0), end(1.0), colour, 2 * stroke)?;
                }
            }
        }
        Ok(())
    }

    fn grids(&mut self, grids: &Grids<'_>) -> Result<(), Infallible> {
        for (corners, colour) in &grids.drawn {
            let stroke = if *colour == NO_CODE { 1 } else { 3 } * self.stroke;
            self.outline(corners, *colour, stroke)?;
        }
        for (i, (corners, colour, _)) in grids.rows.iter().take(MOST_ROWS).enumerate() {
            self.label(corners, *colour, &(i + 1).to_string())?;
        }
        Ok(())
    }

    /// What is under the picture.
    fn panel(
        &mut self,
        top: i32,
        legend: &[(Rgb888, String)],
        grids: &Grids<'_>,
    ) -> Result<(), Infallible> {
        let mut y = top + LINE / 2;
        for (colour, said) in legend {
            self.plate(
                Rectangle::new(Point::new(8, y + 3), Size::new(24, 10)),
                *colour,
            )?;
            self.write(Point::new(40, y), said, Rgb888::BLACK)?;
            y += LINE;
        }
        for (i, (_, colour, said)) in grids.rows.iter().take(MOST_ROWS).enumerate() {
            self.plate(Rectangle::new(Point::new(8, y), Size::new(24, 15)), *colour)?;
            self.write(Point::new(11, y), &(i + 1).to_string(), Rgb888::WHITE)?;
            let style = MonoTextStyle::new(&FONT_6X10, Rgb888::BLACK);
            let at = Point::new(40, y + 3);
            Text::with_baseline(said, at, style, Baseline::Top).draw(&mut self.canvas)?;
            y += LINE;
        }
        Ok(())
    }

    /// Writes `text` on a plate by a corner of the grid where no other label stands.
    fn label(&mut self, corners: &Corners, colour: Rgb888, text: &str) -> Result<(), Infallible> {
        let size = Size::new(9 * text.len() as u32 + 6, 17);
        let free = |at: Point| {
            let plate = Rectangle::new(at, size);
            let taken = self
                .labels
                .iter()
                .any(|l| !l.intersection(&plate).is_zero_sized());
            (!taken && at.x >= 0 && at.y >= 0 && at.y + 17 <= self.bottom).then_some(plate)
        };
        let places = corners.map(|p| self.place(p));
        let shifts = (0..8).flat_map(|k| [(0, k), (-k, 0), (k, 0)]);
        let place = shifts
            .flat_map(|(x, y)| places.map(|p| p + Point::new(x * size.width as i32, y * 18)))
            .find_map(free);
        let Some(plate) = place else { return Ok(()) };
        self.labels.push(plate);
        self.plate(plate, colour)?;
        self.write(plate.top_left + Point::new(3, 1), text, Rgb888::WHITE)
    }

    fn outline(
        &mut self,
        corners: &Corners,
        colour: Rgb888,
        stroke: u32,
    ) -> Result<(), Infallible> {
        for i in 0..4 {
            self.line(corners[i], corners[(i + 1) % 4], colour, stroke)?;
        }
        Ok(())
    }

    fn line(
        &mut self,
        from: detect::Point,
        to: detect::Point,
        colour: Rgb888,
        stroke: u32,
    ) -> Result<(), Infallible> {
        Line::new(self.place(from), self.place(to))
            .into_styled(PrimitiveStyle::with_stroke(colour, stroke))
            .draw(&mut self.canvas)
    }

    fn plate(&mut self, plate: Rectangle, colour: Rgb888) -> Result<(), Infallible> {
        let style = PrimitiveStyle::with_fill(colour);
        plate.into_styled(style).draw(&mut self.canvas)
    }

    fn write(&mut self, at: Point, text: &str, colour: Rgb888) -> Result<(), Infallible> {
        let style = MonoTextStyle::new(&FONT_9X15, colour);
        Text::with_baseline(text, at, style, Baseline::Top).draw(&mut self.canvas)?;
        Ok(())
    }

    /// Where a place of the picture is in the chart.
    fn place(&self, p: detect::Point) -> Point {
        self.canvas.point(detect::Point {
            x: p.x * self.zoom,
            y: p.y * self.zoom,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_colour_in_the_picture_and_in_the_legend() {
        let at = |x, y| detect::Point { x, y };
        let square = |a: f32, b: f32| [at(a, a), at(b, a), at(b, b), at(a, b)];
        let trace = Trace {
            steps: vec![
                Step::Look {
                    scale: 1.0,
                    sharper: false,
                },
                Step::Finder {
                    centre: at(50.0, 50.0),
                    module: 4.0,
                    inverted: false,
                },
                Step::Triple {
                    centres: [at(50.0, 50.0), at(150.0, 50.0), at(50.0, 150.0)],
                    inverted: false,
                    outcome: Glance::Candidate(0.8),
                },
                Step::Read {
                    corners: square(30.0, 170.0),
                    by: detect::Reader::Zxing,
                },
                Step::Texture {
                    corners: square(f32::NAN, f32::INFINITY),
                    weave: "modules",
                    module: 4.0,
                    likeness: 1.0,
                },
            ],
        };
        let chart = chart(&RgbImage::new(200, 200), &trace);
        let pixel = |x: u32, y: u32| chart.get_pixel(x * 6, y * 6).0;
        assert_eq!(pixel(55, 50), [0, 150, 210], "a cross");
        assert_eq!(pixel(100, 50), [255, 150, 0], "a candidate");
        assert_eq!(pixel(170, 100), [0, 170, 60], "a grid");
        let below = chart.pixels().skip((1200 * chart.width()) as usize);
        let legend = below.filter(|p| p.0 == [0, 150, 210]).count();
        assert_eq!(legend, 240, "a plate of 24 by 10 px");
    }

    #[test]
    fn a_picture_without_anything_has_its_legend() {
        let chart = chart(&RgbImage::new(1, 1), &Trace::default());
        assert_eq!(chart.width(), LEAST_WIDTH);
    }
}
