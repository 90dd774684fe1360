//! Reed–Solomon codes as QR codes have them: over GF(256) with the polynomial x⁸ + x⁴ + x³ + x² + 1, the roots of
//! the generator being α⁰ and the powers after it (ISO/IEC 18004:2015, 7.5.2). Corrects errors, and erasures: places
//! that are known to hold nothing, each of which costs half as much.

use std::array;
use std::sync::LazyLock;

/// The most codewords that a block has for correction (ISO/IEC 18004:2015, table 9).
const MOST: usize = 30;

/// Coefficients of a polynomial, the constant first.
type Polynomial = [u8; MOST + 2];

/// Powers of α, twice in a row, and their logarithms.
struct Tables {
    power: [u8; 510],
    logarithm: [u8; 256],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut powers = [1u8; 255];
    for i in 1..255 {
        let last = powers[i - 1];
        powers[i] = last << 1 ^ if last & 0x80 == 0 { 0 } else { 0x1d };
    }
    let mut logarithm = [0; 256];
    for (i, power) in powers.iter().enumerate() {
        logarithm[usize::from(*power)] = i as u8;
    }
    Tables {
        power: array::from_fn(|i| powers[i % 255]),
        logarithm,
    }
});

impl Tables {
    fn times(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 {
            return 0;
        }
        let [a, b] = [a, b].map(|x| usize::from(self.logarithm[usize::from(x)]));
        self.power[a + b]
    }

    /// `a` divided by `b`, which is not 0.
    fn over(&self, a: u8, b: u8) -> u8 {
        let inverse = 255 - usize::from(self.logarithm[usize::from(b)]);
        self.times(a, self.power[inverse])
    }

    /// The value of a polynomial at `x`, its highest coefficient first.
    fn value(&self, coefficients: impl Iterator<Item = u8>, x: u8) -> u8 {
        coefficients.fold(0, |value, c| self.times(value, x) ^ c)
    }
}

/// Corrects `word`, whose last `redundancy` codewords are there for correction and the first of which is that of the
/// highest power. `erased` are the places that hold nothing.
///
/// Gives how many of the codewords for correction were not needed: an error needs two and an erasure one. The more
/// of them, the less likely is it that the word was another one; with none, a word of noise is taken for one that
/// was sent nearly as often as not. `None`, and no change, where there are more errors than that.
pub(super) fn mend(word: &mut [u8], redundancy: usize, erased: &[usize]) -> Option<usize> {
    if redundancy > MOST
        || redundancy >= word.len()
        || word.len() > 255
        || erased.len() > redundancy
    {
        return None;
    }
    let t = &*TABLES;
    let syndrome = |i| t.value(word.iter().copied(), t.power[i]);
    let syndromes: [u8; MOST] = array::from_fn(|i| if i < redundancy { syndrome(i) } else { 0 });
    if syndromes.iter().all(|s| *s == 0) {
        return Some(redundancy - erased.len());
    }
    let (locator, errors) = locator(t, &syndromes[..redundancy], word.len(), erased);
    let used = 2 * errors.checked_sub(erased.len())? + erased.len();
    let spare = redundancy.checked_sub(used)?;

    // The locator has its roots where the errors are.
    let evaluator: Polynomial = array::from_fn(|i| {
        (0..=i.min(errors))
            .filter(|j| i < redundancy && i - j < redundancy)
            .fold(0, |sum, j| sum ^ t.times(locator[j], syndromes[i - j]))
    });
    let mut fixes = [(0, 0); MOST];
    let mut found = 0;
    for at in 0..word.len() {
        let x = word.len() - 1 - at;
        let inverse = t.power[255 - x % 255];
        let whole = t.value(locator[..=errors].iter().rev().copied(), inverse);
        if whole != 0 {
            continue;
        }
        // The derivative: the odd powers, one lower.
        let odd = |i: usize| if i % 2 == 1 { locator[i] } else { 0 };
        let slope = t.value((1..=errors).rev().map(odd), inverse);
        if slope == 0 || found == errors {
            return None;
        }
        let value = t.value(evaluator[..redundancy].iter().rev().copied(), inverse);
        fixes[found] = (at, t.times(t.power[x], t.over(value, slope)));
        found += 1;
    }
    if found != errors {
        return None;
    }
    for (at, fix) in &fixes[..found] {
        word[*at] ^= fix;
    }
    let holds = (0..redundancy).all(|i| t.value(word.iter().copied(), t.power[i]) == 0);
    if !holds {
        for (at, fix) in &fixes[..found] {
            word[*at] ^= fix;
        }
    }
    holds.then_some(spare)
}

/// The polynomial whose roots say where the errors are, and how many they are, erasures with them: the algorithm of
/// Berlekamp and Massey, begun with the erasures (Blahut, "Algebraic Codes for Data Transmission", 7.4).
fn locator(t: &Tables, syndromes: &[u8], length: usize, erased: &[usize]) -> (Polynomial, usize) {
    let mut locator: Polynomial = [0; MOST + 2];
    locator[0] = 1;
    for (i, at) in erased.iter().enumerate() {
        let x = t.power[(length - 1 - at) % 255];
        for j in (1..=i + 1).rev() {
            locator[j] ^= t.times(locator[j - 1], x);
        }
    }
    let mut other = locator;
    let mut errors = erased.len();
    for i in erased.len()..syndromes.len() {
        let gap = (0..=errors.min(i)).fold(0, |sum, j| sum ^ t.times(locator[j], syndromes[i - j]));
        // Times x.
        other.rotate_right(1);
        other[0] = 0;
        if gap == 0 {
            continue;
        }
        let next: Polynomial = array::from_fn(|j| locator[j] ^ t.times(gap, other[j]));
        if 2 * errors <= i + erased.len() {
            errors = i + 1 + erased.len() - errors;
            other = locator.map(|c| t.over(c, gap));
        }
        locator = next;
    }
    (locator, errors)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `data` and its codewords for correction.
    fn sent(data: &[u8], redundancy: usize) -> Vec<u8> {
        let t = &*TABLES;
        let generator = (0..redundancy).fold(vec![1], |generator, i| {
            let by = t.power[i];
            let shifted = generator.iter().copied().chain([0]);
            let times = [0]
                .into_iter()
                .chain(generator.iter().map(|c| t.times(*c, by)));
            shifted.zip(times).map(|(a, b)| a ^ b).collect::<Vec<u8>>()
        });
        let mut rest = data.to_vec();
        rest.resize(data.len() + redundancy, 0);
        for i in 0..data.len() {
            let lead = rest[i];
            for (at, c) in rest[i..].iter_mut().zip(&generator) {
                *at ^= t.times(lead, *c);
            }
        }
        [data, &rest[data.len()..]].concat()
    }

    #[test]
    fn the_example_of_the_standard_is_whole() {
        // ISO/IEC 18004:2015, annex I.2: version 1-M, "01234567".
        let mut word = [
            0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11,
            0xec, 0x11, 0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55,
        ];
        assert_eq!(mend(&mut word, 10, &[]), Some(10));
        word[3] = 0;
        assert_eq!(mend(&mut word, 10, &[]), Some(8));
        assert_eq!(word[3], 0x56);
    }

    proptest! {
        #[test]
        fn as_many_errors_are_corrected_as_the_codewords_allow(
            data in prop::collection::vec(any::<u8>(), 1..120),
            redundancy in 1..=MOST,
            hits in prop::collection::hash_map(0..150usize, 1..=255u8, 0..31),
            erased in 0..31usize,
        ) {
            let whole = sent(&data, redundancy);
            let mut word = whole.clone();
            let mut hit = Vec::new();
            for (at, by) in hits.iter().filter(|(at, _)| **at < whole.len()) {
                word[*at] ^= by;
                hit.push(*at);
            }
            // Some of the errors are known, and so are places without one.
            let known: Vec<usize> = hit.iter().copied().take(erased).collect();
            let used = 2 * (hit.len() - known.len()) + known.len();
            let broken = word.clone();
            match mend(&mut word, redundancy, &known) {
                Some(spare) if used <= redundancy => {
                    prop_assert_eq!(spare, redundancy - used);
                    prop_assert_eq!(word, whole);
                }
                // Another word of the code lies nearer.
                Some(_) => prop_assert!(word != broken),
                None => {
                    prop_assert!(used > redundancy);
                    prop_assert_eq!(word, broken);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_a_block_is_refused() {
        assert_eq!(mend(&mut [0; 10], 10, &[]), None);
        assert_eq!(mend(&mut [1; 300], 10, &[]), None);
        assert_eq!(mend(&mut [1; 40], 31, &[]), None);
        assert_eq!(mend(&mut [1; 20], 2, &[0, 1, 2]), None);
        assert_eq!(mend(&mut [], 0, &[]), None);
    }
}
