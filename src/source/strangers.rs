//! Other videos of the same source: whether the one that is watched goes on as one of them.

/// Packets of another video that are more than those of ours account for, after which ours is taken to be over: half a second.
const MOST: u32 = 30;

/// For how many packets of each other video one of ours accounts. A source may have several at once, and some at twice the frames;
/// one that sends a frame of ours now and then would keep us from what its viewers see.
const EACH: u32 = 4;

/// The other videos of a source.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// Packets of each that nothing of ours accounts for, by the number of its stream.
    ahead: Vec<u32>,
}

impl Strangers {
    /// A packet of another video came, that of the stream with this number: whether ours is over. libav bounds how many streams
    /// there are.
    pub(super) fn came(&mut self, stream: usize) -> bool {
        if self.ahead.len() <= stream {
            self.ahead.resize(stream + 1, 0);
        }
        self.ahead[stream] += 1;
        self.ahead[stream] > MOST
    }

    /// A packet of ours came.
    pub(super) fn ours_came(&mut self) {
        for ahead in &mut self.ahead {
            *ahead = ahead.saturating_sub(EACH);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many packets ours is over, where each round has one of ours and these of others.
    fn over_after(others: &[usize]) -> Option<usize> {
        let mut strangers = Strangers::default();
        let mut packets = 0;
        for _ in 0..1_000 {
            strangers.ours_came();
            for other in others {
                packets += 1;
                if strangers.came(*other) {
                    return Some(packets);
                }
            }
        }
        None
    }

    #[test]
    fn several_videos_at_once_are_no_end() {
        assert_eq!(over_after(&[1]), None);
        assert_eq!(over_after(&[1, 2, 3, 5, 8, 13, 999]), None);
        assert_eq!(over_after(&[2, 2, 2, 2]), None, "another frame rate");
    }

    #[test]
    fn a_frame_of_ours_now_and_then_does_not_keep_us() {
        assert_eq!(over_after(&[2; 100]), Some(31), "none of ours at all");
        let decoy = over_after(&[2; 24]).unwrap();
        assert!(decoy < 24 * 3, "{decoy}");
        assert!(over_after(&[2, 2, 2, 2, 2, 2]).is_some());
    }
}
