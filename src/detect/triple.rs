//! Groups finder patterns by three into what may be the corners of one code, best first.

use super::finder::Finder;

/// How many neighbours of a finder pattern are tried as its partners, the nearest first.
const PARTNERS: usize = 40;
/// How many triples are kept, the best. Most are refused by a look at the timing patterns.
const MOST: usize = 1024;
/// After so many patterns it is asked whether time is up.
const ASKED: usize = 16;
/// Least and most modules between the centres of two finder patterns, 14 and 170 by the format, with
/// room for a module that is measured askew.
const LEGS: (f32, f32) = (8.0, 200.0);

/// What one module of a leg adds to the distortion of a triple.
const SIZE_WEIGHT: f32 = 0.001;

/// Three finder patterns that may belong to one code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triple {
    /// Indices of the patterns at the top left, top right and bottom left of the code, if it is not
    /// mirrored.
    pub(super) at: [usize; 3],
    /// How far it is from three equal patterns at a right angle with equal legs; 0 is best.
    pub(super) distortion: f32,
}

/// The triples among `finders`, best first, and how many were left out: once `expired` says that time is up, the
/// patterns that were not tried as a corner count as one each.
pub(super) fn triples(finders: &[Finder], expired: &dyn Fn() -> bool) -> (Vec<Triple>, u32) {
    let mut triples = Vec::new();
    let mut left_out = 0;
    for corner in 0..finders.len() {
        if corner.is_multiple_of(ASKED) && expired() {
            left_out += finders.len() - corner;
            break;
        }
        let partners = partners(finders, corner);
        for (i, b) in partners.iter().enumerate() {
            triples.extend(
                partners[i + 1..]
                    .iter()
                    .filter_map(|c| triple(finders, corner, *b, *c)),
            );
        }
        if triples.len() > 8 * MOST {
            left_out += best(&mut triples);
        }
    }
    left_out += best(&mut triples);
    (triples, left_out as u32)
}

/// Puts the best in order, takes the others out, and says how many those were.
fn best(triples: &mut Vec<Triple>) -> usize {
    // Stable, so that equal ones stay in the order of the picture.
    triples.sort_by(|a, b| a.distortion.total_cmp(&b.distortion));
    let left_out = triples.len().saturating_sub(MOST);
    triples.truncate(MOST);
    left_out
}

fn partners(finders: &[Finder], corner: usize) -> Vec<usize> {
    let own = &finders[corner];
    let mut near: Vec<(f32, usize)> = finders
        .iter()
        .enumerate()
        .filter(|(i, f)| *i != corner && (0.5..2.0).contains(&(f.module / own.module)))
        .map(|(i, f)| (f.centre.minus(own.centre).length(), i))
        .filter(|(d, i)| {
            let modules = d / own.module.max(finders[*i].module);
            (LEGS.0..LEGS.1).contains(&modules)
        })
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near.truncate(PARTNERS);
    near.into_iter().map(|(_, i)| i).collect()
}

fn triple(finders: &[Finder], corner: usize, b: usize, c: usize) -> Option<Triple> {
    let leg = |to: usize| finders[to].centre.minus(finders[corner].centre);
    let (to_b, to_c) = (leg(b), leg(c));
    let (long, short) = {
        let (b, c) = (to_b.length(), to_c.length());
        (b.max(c), b.min(c))
    };
    let cosine = (to_b.dot(to_c) / (long * short)).abs();
    if cosine > 0.6 || long > 2.0 * short {
        return None;
    }
    let modules = [corner, b, c].map(|i| finders[i].module);
    let [least, most] = [f32::min, f32::max].map(|f| f(f(modules[0], modules[1]), modules[2]));
    let shape = cosine + (1.0 - short / long) + (1.0 - least / most);
    // Of two that are shaped alike the smaller is likelier: a screen full of codes has more squares
    // of patterns between its codes than within them.
    let distortion = shape + SIZE_WEIGHT * long / most;
    // On the screen, y points down: the leg along the top turns clockwise into the one on the left.
    let at = if to_b.cross(to_c) > 0.0 {
        [corner, b, c]
    } else {
        [corner, c, b]
    };
    Some(Triple { at, distortion })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::finder::finders;
    use super::super::ink::{Focus, Ink, View};
    use super::*;
    use crate::frame::Luma;

    #[test]
    fn a_field_of_patterns_costs_a_bounded_time() {
        // 20 by 20 patterns of 2 px a module.
        let bytes: Vec<u8> = (0..360 * 360usize)
            .map(|i| {
                let (x, y) = (i % 360 % 18 / 2, i / 360 % 18 / 2);
                let ring = x.abs_diff(3).max(y.abs_diff(3));
                if matches!(ring, 0 | 1 | 3) { 20 } else { 220 }
            })
            .collect();
        let ink = Ink::of(Luma::new(360, 360, 360, &bytes).unwrap(), Focus::AsItIs);
        let views = [1.0, -1.0].map(|sign| View { ink: &ink, sign });
        let [dark, _] = finders(&views, &|| false);
        assert!(dark.kept.len() > 300);
        let (all, left_out) = triples(&dark.kept, &|| false);
        assert_eq!(all.len(), MOST);
        assert!(
            left_out > 8 * MOST as u32,
            "they were thinned out on the way"
        );
        assert!(all.is_sorted_by(|a, b| a.distortion <= b.distortion));
        let asked = Cell::new(0);
        let (some, left_out) = triples(&dark.kept, &|| asked.replace(asked.get() + 1) >= 1);
        assert!(some.iter().all(|t| t.at.iter().any(|i| *i < ASKED)));
        assert!(!some.is_empty() && left_out as usize >= dark.kept.len() - ASKED);
        let (none, left_out) = triples(&dark.kept, &|| true);
        assert_eq!((none.len(), left_out as usize), (0, dark.kept.len()));
    }
}
