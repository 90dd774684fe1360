//! Goes through the candidates of a picture, best first, as far as the budget goes.

use std::cell::OnceCell;

use super::finder::{Finder, Finders, finders};
use super::fit::{Frame, Score, improve};
use super::geometry::convex;
use super::hash::PerceptualHash;
use super::ink::{Focus, Ink, View};
use super::layout::Layout;
use super::quality::Quality;
use super::read::{Panicked, Reading, read};
use super::round::{Round, round};
use super::settle::Found;
use super::soft::Soft;
use super::texture::{Texture, textures};
use super::trace::{Glance, Outcome, Step, Trace, note};
use super::triple::triples;
use super::{Budget, Corners, Reader, Reason, SymbolKind, Unread};
use crate::frame::Luma;

/// A first guess that scores less than this is no candidate.
const WORTH_A_TRY: f32 = 0.3;
/// How many versions of a candidate are tried, the likeliest first.
const VERSIONS_TRIED: usize = 2;
/// A version whose glance scores this much less than the likeliest one is not tried.
const CLOSE: f32 = 0.2;
/// What the finder patterns and the timing patterns of a code that cannot be decoded have to score,
/// for it to be called one.
const PLAUSIBLE: f32 = 0.5;

/// The layouts of the versions, made when they are asked for.
type Layouts = [OnceCell<Layout>; 41];

/// A search for the symbols of one picture, at one or more scales.
pub(super) struct Search<'a> {
    pub(super) budget: &'a Budget<'a>,
    layouts: Layouts,
    /// What was taken of the budget.
    tried: u32,
    /// Candidates that were not tried because the budget was spent.
    pub(super) skipped: u32,
    /// Calls of the decoder that panicked.
    pub(super) panics: u32,
    /// Where the picture is as dense as a code.
    pub(super) textures: Vec<Texture>,
    /// What was found, in the order in which it was.
    pub(super) found: Vec<Found>,
    pub(super) trace: Option<&'a mut Trace>,
}

/// Three finder patterns that fit the known modules of a version.
struct Candidate {
    /// 0 for ink on paper, 1 for paper on ink.
    polarity: usize,
    finders: [usize; 3],
    frame: Frame,
    /// How well the likeliest version fits.
    score: f32,
    /// The versions, the likeliest first.
    versions: Vec<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(budget: &'a Budget<'a>, trace: Option<&'a mut Trace>) -> Self {
        Self {
            budget,
            layouts: [const { OnceCell::new() }; 41],
            tried: 0,
            skipped: 0,
            panics: 0,
            textures: Vec::new(),
            found: Vec::new(),
            trace,
        }
    }

    pub(super) fn has_read(&self) -> bool {
        self.found.iter().any(|found| found.bytes.is_some())
    }

    /// What is ink in `luma`; `None` where the budget does not reach as far.
    pub(super) fn ink<'p>(&mut self, luma: Luma<'p>, focus: Focus) -> Option<Ink<'p>> {
        if self.is_spent() {
            self.skipped += 1;
            return None;
        }
        Some(Ink::of(luma, focus))
    }

    /// Looks for textures in a picture at 1/`scale` of its size.
    pub(super) fn textures(&mut self, ink: &Ink<'_>, scale: usize) {
        for texture in textures(ink).into_iter().map(|t| t.times(scale)) {
            note(&mut self.trace, || texture.step());
            self.textures.push(texture);
        }
    }

    /// Searches a picture at 1/`scale` of its size.
    pub(super) fn look_at(&mut self, ink: &Ink<'_>, scale: usize) {
        let scale = scale as f32;
        note(&mut self.trace, || Step::Look {
            scale,
            sharper: ink.focus() == Focus::Sharper,
        });
        let views = [1.0, -1.0].map(|sign| View { ink, sign });
        let finders = finders(&views, self.budget.expired);
        for (polarity, finders) in finders.iter().enumerate() {
            for finder in &finders.kept {
                note(&mut self.trace, || Step::Finder {
                    centre: finder.centre.times(scale),
                    module: finder.module * scale,
                    inverted: polarity == 1,
                });
            }
        }
        let candidates = self.candidates(&views, &finders, scale);
        let mut used = [0, 1].map(|i| vec![false; finders[i].kept.len()]);
        for candidate in &candidates {
            let used = &mut used[candidate.polarity];
            if candidate.finders.iter().any(|i| used[*i]) {
                continue;
            }
            if self.is_spent() {
                self.skipped += 1;
                continue;
            }
            self.tried += self.cost(candidate);
            let view = &views[candidate.polarity];
            if self.read(view, candidate, scale) {
                for i in candidate.finders {
                    used[i] = true;
                }
            } else {
                let patterns = candidate
                    .finders
                    .map(|i| &finders[candidate.polarity].kept[i]);
                self.round(view, patterns, scale);
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.tried >= self.budget.candidates || (self.budget.expired)()
    }

    /// The candidates of both polarities, best first.
    fn candidates(
        &mut self,
        views: &[View<'_>; 2],
        finders: &[Finders; 2],
        scale: f32,
    ) -> Vec<Candidate> {
        let mut order = Vec::new();
        for (polarity, finders) in finders.iter().enumerate() {
            let (triples, left_out) = triples(&finders.kept, self.budget.expired);
            self.skipped += finders.left_out + left_out;
            order.extend(triples.into_iter().map(|t| (t.distortion, polarity, t.at)));
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut candidates = Vec::new();
        for (i, (_, polarity, at)) in order.iter().enumerate() {
            if self.is_spent() {
                self.skipped += (order.len() - i) as u32;
                break;
            }
            let candidate = self.glance(&views[*polarity], &finders[*polarity], *at);
            note(&mut self.trace, || Step::Triple {
                centres: at.map(|i| finders[*polarity].kept[i].centre.times(scale)),
                inverted: *polarity == 1,
                outcome: candidate
                    .as_ref()
                    .map_or_else(|glance| *glance, |c| Glance::Candidate(c.score)),
            });
            if let Ok(candidate) = candidate {
                candidates.push(candidate);
            } else {
                let patterns = at.map(|i| &finders[*polarity].kept[i]);
                self.round(&views[*polarity], patterns, scale);
            }
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        candidates
    }

    /// Looks for a round code around three finder patterns that are not those of a QR code that can be read.
    fn round(&mut self, view: &View<'_>, patterns: [&Finder; 3], scale: f32) {
        // Such codes are large enough for the other looks, and of three patterns in noise there are many here.
        if view.ink.focus() == Focus::Sharper {
            return;
        }
        let Some(Round { corners, hash }) = round(view, patterns) else {
            return;
        };
        let corners = corners.map(|p| p.times(scale));
        let module = patterns.map(|f| f.module).iter().sum::<f32>() / 3.0 * scale;
        note(&mut self.trace, || Step::Round { corners });
        self.found.push(Found {
            kind: SymbolKind::Round,
            bytes: None,
            corners,
            // Over every grid that was laid there.
            score: 2.0,
            modules: 0,
            read_by: Reader::Rqrr,
            part: None,
            unread: Some(Unread {
                reason: Reason::NotPublic,
                module,
            }),
            hash: Some(hash),
            soft: None,
        });
    }

    /// A first look at three finder patterns: the versions that they may belong to.
    fn glance(
        &self,
        view: &View<'_>,
        finders: &Finders,
        at: [usize; 3],
    ) -> Result<Candidate, Glance> {
        let patterns = at.map(|i| &finders.kept[i]);
        let frame = Frame::of(view, patterns).ok_or(Glance::Patterns)?;
        let mut versions: Vec<(f32, usize)> = frame
            .versions()
            .filter_map(|version| {
                let score = frame.glance(view, self.layout(version))?;
                Some((score, version))
            })
            .collect();
        versions.sort_by(|a, b| b.0.total_cmp(&a.0));
        versions.truncate(VERSIONS_TRIED);
        let (best, _) = *versions.first().ok_or(Glance::Versions)?;
        if best < WORTH_A_TRY {
            return Err(Glance::Weak(best));
        }
        versions.retain(|(score, _)| *score > best - CLOSE);
        Ok(Candidate {
            polarity: usize::from(view.sign < 0.0),
            finders: at,
            frame,
            score: best,
            versions: versions.iter().map(|(_, v)| *v).collect(),
        })
    }

    /// What a candidate takes of the budget: one, and one more for every 64 × 64 modules, since the
    /// work grows with them.
    fn cost(&self, candidate: &Candidate) -> u32 {
        let sides = candidate
            .versions
            .iter()
            .map(|v| self.layout(*v).side as u32);
        1 + sides.max().unwrap_or_default().pow(2) / 4096
    }

    /// Tries one candidate; true where it was decoded.
    fn read(&mut self, view: &View<'_>, candidate: &Candidate, scale: f32) -> bool {
        for (i, version) in candidate.versions.iter().enumerate() {
            if i > 0 && (self.budget.expired)() {
                self.skipped += 1;
                break;
            }
            let Some(guess) = candidate.frame.guess(view, layout(&self.layouts, *version)) else {
                continue;
            };
            let fit = improve(view, guess);
            let mut reading = if fit.score.alternates() {
                read(view, &fit)
            } else {
                Reading::default()
            };
            let mut corners = fit.corners().map(|p| p.times(scale));
            if reading.mirrored {
                corners.swap(1, 3);
            }
            self.panics += reading.panics;
            let mut outcome = outcome(&reading, &fit.score, &corners);
            let mut soft = None;
            if outcome == Outcome::Located && !(self.budget.expired)() {
                let modules = Soft::of(view, &fit, reading.mirrored);
                match modules.read() {
                    Ok(bytes) => reading.bytes = bytes,
                    Err(Panicked) => self.panics += 1,
                }
                match reading.bytes {
                    Some(_) => outcome = Outcome::Read,
                    None => soft = Some(modules),
                }
            }
            let quality = || Quality::of(view, &fit, scale);
            note(&mut self.trace, || Step::Grid {
                corners,
                modules: fit.layout.side,
                inverted: view.sign < 0.0,
                finders: fit.score.finders,
                timing: fit.score.timing,
                quality: quality(),
                outcome,
            });
            if matches!(outcome, Outcome::Read | Outcome::Located) {
                let unread = (outcome == Outcome::Located).then(quality);
                self.found.push(Found {
                    kind: SymbolKind::Qr,
                    bytes: reading.bytes,
                    corners,
                    score: fit.score.all,
                    modules: fit.layout.side,
                    read_by: Reader::Rqrr,
                    part: None,
                    unread: unread.map(|quality| Unread {
                        reason: quality.reason(),
                        module: quality.module,
                    }),
                    hash: Some(PerceptualHash::of(view, &fit, reading.mirrored)),
                    soft,
                });
            }
            if outcome == Outcome::Read {
                note(&mut self.trace, || Step::Read {
                    corners,
                    by: Reader::Rqrr,
                });
                return true;
            }
        }
        false
    }

    fn layout(&self, version: usize) -> &Layout {
        layout(&self.layouts, version)
    }
}

fn layout(layouts: &Layouts, version: usize) -> &Layout {
    layouts[version].get_or_init(|| Layout::of(version))
}

/// What became of a grid. One that cannot be decoded is called a code only where it looks like one.
fn outcome(reading: &Reading, score: &Score, corners: &Corners) -> Outcome {
    if reading.bytes.is_some() {
        Outcome::Read
    } else if !reading.has_format {
        Outcome::NoFormat
    } else if score.finders <= PLAUSIBLE || score.timing <= PLAUSIBLE {
        Outcome::Implausible
    } else if !convex(corners) {
        Outcome::Twisted
    } else {
        Outcome::Located
    }
}
