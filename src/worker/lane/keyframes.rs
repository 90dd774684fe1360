//! Whether a stream's keyframes can be decoded by themselves.

use crate::source::Decoded;

/// So many keyframes in a row without a picture, though nothing is wrong with them, and they are taken to give none. One packet may
/// be marked as a keyframe and be none: to decode everything for that costs twenty times as much.
const MOST_BLIND: u8 = 3;

/// The same of keyframes that are broken, each of them by itself.
const MOST_BROKEN: u8 = 8;

/// What became of a stream's keyframes that were decoded by themselves.
#[derive(Debug, Default)]
pub(super) struct Keyframes {
    /// Those in a row that gave no picture.
    blind: u8,
    /// Those in a row that were broken, others that gave no picture left out.
    broken: u8,
}

impl Keyframes {
    /// One more was decoded by itself. A broken one says nothing of the others, until all of them are.
    pub(super) fn gave(&mut self, decoded: Decoded) {
        if decoded.pictures > 0 {
            *self = Self::default();
        } else if decoded.broken == 0 {
            self.blind = self.blind.saturating_add(1);
        } else {
            self.broken = self.broken.saturating_add(1);
        }
    }

    /// Whether they are taken to give no picture.
    pub(super) fn fail(&self) -> bool {
        self.blind >= MOST_BLIND || self.broken >= MOST_BROKEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyframes_that_are_all_broken_give_none() {
        let mut keyframes = Keyframes::default();
        let broken = Decoded {
            broken: 1,
            ..Decoded::default()
        };
        for _ in 1..MOST_BROKEN {
            keyframes.gave(broken);
            assert!(!keyframes.fail());
        }
        keyframes.gave(broken);
        assert!(keyframes.fail());
        keyframes.gave(Decoded {
            pictures: 1,
            ..broken
        });
        assert!(!keyframes.fail());
    }

    #[test]
    fn one_keyframe_without_a_picture_says_nothing_of_the_next() {
        let mut keyframes = Keyframes::default();
        let mut after = |pictures, broken| {
            keyframes.gave(Decoded {
                pictures,
                broken,
                left: 0,
            });
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
