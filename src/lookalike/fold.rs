//! Letters that pass for each other, told apart from the rest: a name is folded once, and two names that
//! look alike fold to the same bytes.

use unicode_security::confusable_detection::skeleton;

/// The longest name that is held against others; what is longer imitates nothing.
pub(super) const LONGEST: usize = 32;

/// A name in the letters that stand for what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
    /// One bit for each letter that it has: two names that differ much are told apart by these alone.
    letters: u32,
}

impl Folded {
    /// Folds `name`, in lower case. A name that is too long is empty.
    pub(super) const fn new(name: &str) -> Self {
        let name = name.as_bytes();
        let mut folded = Self {
            bytes: [0; LONGEST],
            len: 0,
            letters: 0,
        };
        if name.len() > LONGEST {
            return folded;
        }
        let mut i = 0;
        while i < name.len() {
            let next = if i + 1 < name.len() { name[i + 1] } else { 0 };
            let byte = match (name[i], next) {
                (b'r', b'n') => b'm',
                (b'v', b'v') => b'w',
                (byte, _) => plain(byte),
            };
            i += if byte == plain(name[i]) { 1 } else { 2 };
            folded.bytes[folded.len] = byte;
            folded.len += 1;
            if byte.is_ascii_lowercase() {
                folded.letters |= 1 << (byte - b'a');
            }
        }
        folded
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Whether both have the same letters, in whatever order.
    pub(super) const fn has_same_letters(&self, other: &Self) -> bool {
        self.letters == other.letters
    }

    /// Whether every letter of `other` is in this name.
    pub(super) const fn has_letters_of(&self, other: &Self) -> bool {
        other.letters & !self.letters == 0
    }

    /// Whether at most `limit` edits make `other` of this name. The first letter is what readers see:
    /// it must be the same.
    pub(super) fn is_near(&self, other: &Self, limit: u32) -> bool {
        // The cheapest question first: it turns nearly all away.
        self.bytes[0] == other.bytes[0]
            && self.len.abs_diff(other.len) <= limit as usize
            && (self.letters & !other.letters).count_ones() <= limit
            && (other.letters & !self.letters).count_ones() <= limit
            && distance(self.as_bytes(), other.as_bytes()) <= limit
    }

    /// Whether this name is `other` with one letter written twice.
    pub(super) fn doubles(&self, other: &Self) -> bool {
        if self.letters != other.letters || self.len != other.len + 1 {
            return false;
        }
        let (own, other) = (self.as_bytes(), other.as_bytes());
        let same = own.iter().zip(other).take_while(|(a, b)| a == b).count();
        same > 0 && own.get(same) == own.get(same - 1) && own.get(same + 1..) == other.get(same..)
    }
}

/// The letter that a digit or another letter passes for.
const fn plain(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'i' => b'l',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        b'8' => b'b',
        other => other,
    }
}

/// How many letters must be added, left out, changed or swapped with the next one to make `b` of `a`
/// (optimal string alignment). Both are at most [`LONGEST`].
fn distance(a: &[u8], b: &[u8]) -> u32 {
    let mut rows = [[0_u32; LONGEST + 1]; 3];
    for (cell, j) in rows[1].iter_mut().zip(0..) {
        *cell = j;
    }
    for (i, &from) in a.iter().enumerate() {
        let [before, last, row] = &mut rows;
        row[0] = i as u32 + 1;
        for (j, &to) in b.iter().enumerate().take(LONGEST) {
            let mut best = (last[j] + u32::from(from != to)).min(last[j + 1].min(row[j]) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(&to) && b.get(j - 1) == Some(&from) {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        rows.rotate_left(1);
    }
    rows[1].get(b.len()).copied().unwrap_or(u32::MAX)
}

/// The letters of ASCII that `label`, which has others, looks like (UTS #39 section 4), and whether
/// accents had to be left out for that. `None` where some have no such likeness.
pub(super) fn ascii_likeness(label: &str) -> Option<(String, bool)> {
    let mut accents = false;
    let mut ascii = String::new();
    for c in skeleton(label) {
        match c {
            '\u{300}'..='\u{36f}' => accents = true,
            c if c.is_ascii() => ascii.push(c.to_ascii_lowercase()),
            // What the table of confusables does not take down to a letter of ASCII.
            'ı' | 'ɪ' => ascii.push('i'),
            'ĸ' | 'ᴋ' => ascii.push('k'),
            'ᴛ' => ascii.push('t'),
            'ʙ' => ascii.push('b'),
            'ʜ' => ascii.push('h'),
            'ɢ' => ascii.push('g'),
            'ɴ' | 'ո' => ascii.push('n'),
            'ᴍ' => ascii.push('m'),
            'ʟ' => ascii.push('l'),
            'ᴀ' | 'ɑ' | 'α' => ascii.push('a'),
            'ᴘ' | 'ρ' => ascii.push('p'),
            _ => return None,
        }
    }
    Some((ascii, accents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_folds_alike() {
        for (a, b) in [
            ("paypal", "paypa1"),
            ("paypal", "paypai"),
            ("google", "g00gle"),
            ("mercari", "rnercari"),
            ("wechat", "vvechat"),
            ("klarna", "kl4rna"),
        ] {
            assert_eq!(Folded::new(a), Folded::new(b), "{a} {b}");
        }
        assert_ne!(Folded::new("paypal"), Folded::new("paypay"));
        assert!(Folded::new(&"a".repeat(LONGEST + 1)).as_bytes().is_empty());
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("abc", "abcd", 1),
            ("abc", "ac", 1),
            ("abc", "axc", 1),
            ("abcd", "acbd", 1),
            ("abcd", "badc", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), edits, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), edits, "{b} {a}");
        }
        let near = |a: &str, b: &str, limit| Folded::new(a).is_near(&Folded::new(b), limit);
        assert!(near("payapl", "paypal", 1) && near("paypal", "papal", 1));
        assert!(!near("aypal", "paypal", 1), "the first letter is missing");
        assert!(near("whastap", "whatsapp", 2) && !near("whastap", "whatsapp", 1));
        assert!(!near("", "a", 1) && near(&"x".repeat(32), &"x".repeat(31), 1));
    }

    #[test]
    fn doubled_letters() {
        let doubles = |a: &str, b: &str| Folded::new(a).doubles(&Folded::new(b));
        assert!(doubles("venmoo", "venmo") && doubles("vvenmo", "wenmo") == doubles("a", "b"));
        assert!(doubles("vennmo", "venmo") && !doubles("venmos", "venmo"));
        assert!(!doubles("venmo", "venmo") && !doubles("", "") && !doubles("a", ""));
    }

    #[test]
    fn other_scripts_look_like_ascii() {
        let of = |label| ascii_likeness(label).map(|(ascii, _)| ascii);
        assert_eq!(of("аррӏе").as_deref(), Some("apple"));
        assert_eq!(of("раураӏ").as_deref(), Some("paypal"));
        assert_eq!(ascii_likeness("páypal"), Some(("paypal".to_owned(), true)));
        assert_eq!(of("支付宝"), None);
    }
}
