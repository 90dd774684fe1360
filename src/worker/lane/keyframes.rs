//! Whether a stream's keyframes can be decoded by themselves.

use crate::source::Decoded;

/// So many keyframes in a row without a picture, though nothing is wrong with them, and they are taken to give none. One packet may
/// be marked as a keyframe and be none: to decode everything for that costs twenty times as much.
const MOST_BLIND: u8 = 3;

/// What became of a stream's keyframes that were decoded by themselves.
#[derive(Debug, Default)]
pub(super) struct Keyframes {
    /// Those in a row that gave no picture.
    blind: u8,
}

impl Keyframes {
    /// One more was decoded by itself. A broken one says nothing of the others.
    pub(super) fn gave(&mut self, decoded: Decoded) {
        if decoded.pictures > 0 {
            self.blind = 0;
        } else if decoded.broken == 0 {
            self.blind = self.blind.saturating_add(1);
        }
    }

    /// Whether they are taken to give no picture.
    pub(super) fn fail(&self) -> bool {
        self.blind >= MOST_BLIND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_keyframe_without_a_picture_says_nothing_of_the_next() {
        let mut keyframes = Keyframes::default();
        let mut after = |pictures, broken| {
            keyframes.gave(Decoded { pictures, broken });
            keyframes.fail()
        };
        let (nothing, whole, broken) = ((0, 0), (1, 0), (0, 1));
        let failing = [nothing, nothing, whole, nothing, broken, nothing, nothing]
            .map(|(pictures, broken)| after(pictures, broken));
        assert_eq!(failing, [false, false, false, false, false, false, true]);
        assert!(after(0, 0) && after(0, 1));
        assert!(!after(1, 0), "it gives pictures again");
    }
}
