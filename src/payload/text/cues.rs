//! The words that say that an account, a number or an address follows, found in one pass.
//!
//! The longest word that begins at a place counts: a row of [`Cue::Nothing`] so keeps 微信支付 from
//! being the 微信 that somebody is to be added at.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::words::WORDS;
use super::{handles, scan, wallets};

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// An everyday expression that has another cue in it.
    Nothing,
    /// A `WeChat` account.
    Wechat,
    /// A word that may be meant for it, such as 卫星.
    MaybeWechat,
    /// A QQ number or group.
    Qq,
    /// A word that may be meant for one, such as 裙.
    MaybeQq,
    /// A handle at a row of [`handles::PLATFORMS`].
    Platform(usize),
    /// A payment to a row of [`wallets::WALLETS`].
    Wallet(usize),
    /// A telephone.
    Phone,
    /// A number that is none of a telephone or a card: of an order, a parcel, a product.
    Serial,
    /// The number of a bank card.
    Card,
    /// The number of a bank account.
    Account,
    /// The name of a bank, or what only a transfer needs.
    Bank,
    /// A bank whose name alone stands in front of accounts, or the kind of such an account.
    AccountAt,
    /// A Korean bank that needs no further word.
    KoreanBank,
    /// A word that is the name of a Korean bank too.
    MaybeKoreanBank,
    /// Who has the account.
    Holder,
    /// The international number of an account.
    Iban,
    /// A PIX key.
    Pix,
    /// A crypto coin.
    Coin,
    /// The Lightning network.
    Lightning,
    /// A web site.
    Site,
    /// A code of Alipay.
    Alipay,
    /// A gift.
    Tip,
    /// A request to get in contact.
    Ask,
    /// A warning of it.
    Warning,
    /// Gambling.
    Gamble,
}

/// Signs that may stand between two letters of a word.
const BETWEEN: &[&str] = &[
    "", " ", ".", "-", "/", "|", "丨", "_", "*", "~", "+", "·", "、",
];

struct Lexicon {
    words: AhoCorasick,
    cues: Vec<Cue>,
}

/// The words are constants: where they make no automaton, a test fails, and nothing is found.
static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| {
    let platforms = (handles::PLATFORMS.iter().enumerate())
        .map(|(i, platform)| (Cue::Platform(i), platform.cues));
    let wallets =
        (wallets::WALLETS.iter().enumerate()).map(|(i, wallet)| (Cue::Wallet(i), wallet.cues));
    let rows = WORDS.iter().copied().chain(platforms).chain(wallets);
    let (words, cues): (Vec<String>, Vec<Cue>) = rows
        .flat_map(|(cue, words)| {
            let names = matches!(cue, Cue::Platform(_) | Cue::Wallet(_));
            let misread = move |word: String| {
                let others = if names { misread(&word) } else { Vec::new() };
                std::iter::once(word).chain(others)
            };
            words
                .iter()
                .flat_map(|word| spread(word))
                .flat_map(misread)
                .map(move |w| (w, cue))
        })
        .unzip();
    let words = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(words)
        .ok()?;
    Some(Lexicon { words, cues })
});

/// The spellings of `word` with each sign, or none, where it has a `~`.
fn spread(word: &str) -> Vec<String> {
    if !word.contains('~') {
        return vec![word.to_owned()];
    }
    BETWEEN.iter().map(|sign| word.replace('~', sign)).collect()
}

/// Letters that look alike in one typeface or another, small.
const ALIKE: &[(char, &[char])] = &[('l', &['i', '1']), ('i', &['l', '1']), ('o', &['0'])];

/// A name of fewer letters becomes another word when one is misread: `zelle`, `zeile`.
const MISREAD: usize = 6;

/// The spellings of `word` with one letter that was misread: `teiegram` for Telegram.
fn misread(word: &str) -> Vec<String> {
    if word.len() < MISREAD || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Vec::new();
    }
    let letters = word.char_indices();
    let others = letters.flat_map(|(at, c)| {
        let alike = ALIKE.iter().find(|(from, _)| *from == c);
        alike
            .into_iter()
            .flat_map(|(_, others)| others.iter())
            .map(move |other| (at, *other))
    });
    others
        .filter_map(|(at, other)| {
            Some(format!("{}{other}{}", word.get(..at)?, word.get(at + 1..)?))
        })
        .collect()
}

/// A cue at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) cue: Cue,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The most cues of a line: one that has more is a list of words.
const MOST: usize = 32;

/// The cues of a line in small letters, in their order, and whether there are more. Of one that is said over and
/// over the first and the last are told: values stand in front of the one or behind the other.
pub(super) fn find(lower: &str) -> (Vec<Place>, bool) {
    let Some(lexicon) = LEXICON.as_ref() else {
        return (Vec::new(), false);
    };
    let mut places: Vec<Place> = Vec::new();
    let (mut from, mut was_again) = (0, false);
    while let Some(found) = lexicon.words.find(Input::new(lower).range(from..)) {
        let (start, end) = (found.start(), found.end());
        let whole = is_whole(lower, start, end);
        from = if whole {
            end
        } else {
            start + part(lower, start)
        };
        let cue = lexicon.cues.get(found.pattern().as_usize());
        let Some(cue) = cue.filter(|cue| whole && **cue != Cue::Nothing) else {
            continue;
        };
        let place = Place {
            cue: *cue,
            start,
            end,
        };
        let is_again = places.last().is_some_and(|last| {
            let between = lower.get(last.end..start);
            last.cue == place.cue && between.is_some_and(|between| between.trim().is_empty())
        });
        if is_again && was_again {
            places.pop();
        } else if places.len() == MOST {
            return (places, true);
        }
        was_again = is_again;
        places.push(place);
    }
    (places, false)
}

/// How far it is from `start` to where another cue may begin. Where a word is part of a longer one, that
/// is inside of it (加qq has no 加q), but for words of Latin letters.
fn part(lower: &str, start: usize) -> usize {
    let rest = lower.get(start..).unwrap_or_default();
    let is_latin = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    match rest.bytes().take_while(is_latin).count() {
        0 => rest.chars().next().map_or(1, char::len_utf8),
        latin => latin,
    }
}

/// Whether a Latin word stands alone; digits may follow it at once (VX138...).
fn is_whole(lower: &str, start: usize, end: usize) -> bool {
    let bytes = lower.as_bytes();
    // `Ctrl + V`, and the plus of Base64.
    if bytes.get(start) == Some(&b'+') {
        let before = bytes.get(..start).unwrap_or_default();
        let last = before.iter().rposition(|b| *b != b' ');
        let far = last.is_some_and(|last| last + 1 < start);
        let joins = |b: &u8| b.is_ascii_alphabetic() || !far && b.is_ascii_digit();
        if last.and_then(|last| before.get(last)).is_some_and(joins) {
            return false;
        }
    }
    let last_is_latin = end
        .checked_sub(1)
        .and_then(|i| bytes.get(i))
        .is_some_and(u8::is_ascii_alphabetic);
    let next_is_latin = bytes
        .get(end)
        .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    // Letters with accents are of the word too: `ví` is none of `vía`.
    let next = lower.get(end..).and_then(|rest| rest.chars().next());
    let goes_on = next.is_some_and(|c| ('\u{c0}'..='\u{24f}').contains(&c));
    let last = lower
        .get(..end)
        .and_then(|before| before.chars().next_back());
    let is_latin =
        last.is_some_and(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
    scan::is_edge(lower, start)
        && !(last_is_latin && next_is_latin)
        && !(is_latin && (goes_on || next.is_some_and(|c| c.is_ascii_alphabetic())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cues(text: &str) -> Vec<Cue> {
        find(text).0.iter().map(|place| place.cue).collect()
    }

    #[test]
    fn the_words_make_an_automaton() {
        assert!(LEXICON.is_some());
    }

    #[test]
    fn words_are_found_whole() {
        for (text, expected) in [
            ("薇 信", &[Cue::Wechat][..]),
            ("v/x: a", &[Cue::Wechat]),
            ("微信支付很方便", &[]),
            ("text pixel vxl", &[Cue::Phone]),
            ("vx138", &[Cue::Wechat]),
            ("iban", &[Cue::Iban]),
            ("ctrl + v, a+v", &[Cue::MaybeWechat; 2]),
            ("6+q+gaz", &[Cue::MaybeQq]),
            ("加qq", &[Cue::Qq]),
            ("", &[]),
        ] {
            assert_eq!(cues(text), expected, "{text}");
        }
        assert_eq!(cues("teiegram te1egram"), [cues("telegram")[0]; 2]);
    }

    #[test]
    fn a_list_of_cues_has_an_end() {
        let (places, more) = find(&"qq vx ".repeat(99));
        assert_eq!((places.len(), more), (MOST, true));
        let (places, more) = find(&"qq vx ".repeat(MOST / 2));
        assert_eq!((places.len(), more), (MOST, false));
        // What is said over and over is said once, with what stands before the first and behind the last.
        let (places, more) = find(&format!("{}vx", "qq ".repeat(500)));
        let starts: Vec<_> = places.iter().map(|place| place.start).collect();
        assert_eq!((starts, more), (vec![0, 1_497, 1_500], false));
        assert_eq!(cues("qq 1 qq 2 qq 3").len(), 3, "each has a value");
    }
}
