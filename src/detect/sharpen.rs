//! Gives a picture that is out of focus, or was made smaller, its edges back (unsharp masking): each pixel goes away from
//! the mean of the nine around it, which count 1 2 1 across and down, by three times as much as it is off it.
//!
//! Modules that run into one another by half a module and more are told apart again, and the rings of finder patterns
//! are open again. What it costs is noise, and what is flat beside what is dark: so it is one of two looks.

use super::shrink::Plane;
use crate::frame::Luma;

/// `luma` with sharper edges, in its size. The pixels at the border are continued outwards.
pub(super) fn sharpen(luma: &Luma<'_>) -> Plane {
    let (width, height) = (luma.width(), luma.height());
    let mut bytes = vec![0; width * height];
    let mut means = vec![0; width + 2];
    for (y, sharp) in bytes.chunks_exact_mut(width).enumerate() {
        let here = luma.row(y);
        let above = luma.row(y.saturating_sub(1));
        let below = luma.row((y + 1).min(height - 1));
        weigh([above, here, below], &mut means[1..=width]);
        means[0] = means[1];
        means[width + 1] = means[width];
        away(here, &means, sharp);
    }
    Plane::new(width, bytes)
}

/// The mean, rounded up: what the processor has an instruction for, on 16 pixels at a time.
fn mean(a: u8, b: u8) -> u8 {
    ((u16::from(a) + u16::from(b) + 1) >> 1) as u8
}

/// The mean of each column, the middle one counting twice.
#[inline(never)] // So that the compiler knows the slices apart, here and below.
fn weigh(rows: [&[u8]; 3], means: &mut [u8]) {
    let [a, b, c] = rows.map(|row| &row[..means.len()]);
    for i in 0..means.len() {
        means[i] = mean(mean(a[i], c[i]), b[i]);
    }
}

/// Each pixel three times as far from the mean around it again, `means` beginning one pixel before it.
#[inline(never)]
fn away(here: &[u8], means: &[u8], sharp: &mut [u8]) {
    let here = &here[..sharp.len()];
    let [left, middle, right] = [0, 1, 2].map(|from| &means[from..][..sharp.len()]);
    for i in 0..sharp.len() {
        let around = mean(mean(left[i], right[i]), middle[i]);
        let lighter = here[i].saturating_sub(around);
        let darker = around.saturating_sub(here[i]);
        let thrice = |off: u8| off.saturating_add(off).saturating_add(off);
        sharp[i] = here[i]
            .saturating_add(thrice(lighter))
            .saturating_sub(thrice(darker));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_steeper_and_flat_parts_stay() {
        let rows: Vec<u8> = [90, 90, 90, 100, 110, 110, 110].repeat(3);
        let luma = Luma::new(7, 3, 7, &rows).unwrap();
        let plane = sharpen(&luma);
        let sharp = plane.luma().unwrap();
        // The means are 92.5 and 107.5, rounded up.
        assert_eq!(sharp.row(1), [90, 90, 81, 100, 116, 110, 110]);
        assert_eq!(sharp.row(0), sharp.row(1));
        assert_eq!(sharp.row(2), sharp.row(1));
    }

    #[test]
    fn the_darkest_and_the_lightest_stay_within() {
        let bytes = [0, 255, 0, 255, 0, 255, 0, 255, 0];
        let luma = Luma::new(3, 3, 3, &bytes).unwrap();
        let plane = sharpen(&luma);
        let sharp = plane.luma().unwrap();
        let rows: Vec<&[u8]> = (0..3).map(|y| sharp.row(y)).collect();
        assert_eq!(rows, [[0, 255, 0], [255, 0, 255], [0, 255, 0]]);
        let one = Luma::new(1, 1, 1, &[77]).unwrap();
        assert_eq!(sharpen(&one).luma().unwrap().row(0), [77]);
    }
}
