//! The lines of a slip, counted from 1 as its specification counts them.

/// More than the longest slip has.
const MOST: usize = 64;

pub(super) struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    /// The lines of `text`, whichever of the three ends of line it has.
    pub(super) fn of(text: &'a str) -> Self {
        let end = if text.contains('\n') { '\n' } else { '\r' };
        let lines = text.split(end).take(MOST);
        Self(lines.map(|l| l.strip_suffix('\r').unwrap_or(l)).collect())
    }

    /// The line `number` as it is; one that is missing is empty, as the last ones often are.
    pub(super) fn raw(&self, number: usize) -> &'a str {
        let index = number.wrapping_sub(1);
        self.0.get(index).copied().unwrap_or_default()
    }

    /// The line `number` without the white space around it.
    pub(super) fn get(&self, number: usize) -> &'a str {
        self.raw(number).trim()
    }

    /// Whether another reader may see other lines: one of them holds what may end a line.
    pub(super) fn are_mixed(&self) -> bool {
        const ENDS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
        self.0.iter().any(|line| line.contains(ENDS))
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_any_way() {
        for text in ["a\n b \n\nc", "a\r\n b \r\n\r\nc", "a\r b \r\rc"] {
            let lines = Lines::of(text);
            assert_eq!(
                (lines.get(1), lines.get(2), lines.raw(2)),
                ("a", "b", " b ")
            );
            assert_eq!((lines.get(3), lines.get(4), lines.get(5)), ("", "c", ""));
            assert_eq!((lines.get(0), lines.count()), ("", 4));
            assert!(!lines.are_mixed());
        }
        for text in ["a\rb\nc", "a\r\r\nb", "a\nb\u{2028}c"] {
            assert!(Lines::of(text).are_mixed(), "{text:?}");
        }
        assert_eq!(Lines::of(&"\n".repeat(9000)).count(), MOST);
    }
}
