//! Figures of quality: agreement of two who judged the same, shares, and how long something took.

use std::collections::BTreeMap;

/// Cohen's kappa of pairs of judgements of the same things (Cohen 1960): agreement beyond what chance alone gives, 1 where
/// they agree in all. `None` where there are no pairs, or where chance alone gives full agreement.
pub fn kappa<J: Ord + Copy>(pairs: &[(J, J)]) -> Option<f64> {
    if pairs.is_empty() {
        return None;
    }
    let total = pairs.len() as f64;
    let mut margins: BTreeMap<J, (usize, usize)> = BTreeMap::new();
    for (one, other) in pairs {
        margins.entry(*one).or_default().0 += 1;
        margins.entry(*other).or_default().1 += 1;
    }
    let agreed = pairs.iter().filter(|(one, other)| one == other).count() as f64 / total;
    let by_chance: f64 = margins
        .values()
        .map(|(one, other)| (*one as f64 / total) * (*other as f64 / total))
        .sum();
    let room = 1.0 - by_chance;
    (room > 1e-12).then(|| (agreed - by_chance) / room)
}

/// `part` of `whole`, 0 to 1; `None` of nothing.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The value that `percent` of the values, which are sorted, do not exceed (nearest rank); `None` of none.
pub fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent.min(100)).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}
