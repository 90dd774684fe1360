//! What spends a wallet: private keys, and the words that they are made from. None of it is ever put
//! into a field.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::super::schemes::Scheme;
use super::alphabet::{BASE32, bytes};
use super::base58::{BITCOIN, RIPPLE, check, check_in};
use super::bech32::Variant::Bech32;
use super::forms::{Chain, Verdict, bech32, chain, own};
use super::stellar;

pub(super) const SCHEME: Scheme = Scheme::named("crypto-seed-key");

/// Wallet import format, BIP-38, extended keys (BIP-32, SLIP-132), seeds of Stellar and the XRP Ledger,
/// keys of Nostr (NIP-19) and Zcash.
#[rustfmt::skip]
pub(super) static CHAIN: Chain = chain("crypto-seed-key", "", &[], &[
    own(&["5"], (51, 51), &BITCOIN, import).told(), own(&["K", "L"], (52, 52), &BITCOIN, import).told(),
    own(&["9", "c", "6", "7", "Q", "X", "T"], (51, 52), &BITCOIN, import),
    own(&["6P"], (58, 58), &BITCOIN, encrypted).told(),
    own(&["xprv", "yprv", "zprv", "tprv", "uprv", "vprv"], (107, 112), &BITCOIN, extended).told(),
    own(&["SA", "SB", "SC", "SD"], (56, 56), &BASE32, stellar::seed),
    own(&["s"], (28, 31), &RIPPLE, family),
    bech32(&["nsec1", "secret-extended-key-main1"], Bech32),
]);

/// A byte of the network, 32 of the key, and one more where the public key is compressed.
fn import(text: &str) -> Verdict {
    Verdict::checksum(check(text).is_some_and(|data| {
        let compressed = data.len() == 34 && data.ends_with(&[1]);
        matches!(data.first(), Some(0x80 | 0xef | 0xb0 | 0x9e | 0xcc))
            && (data.len() == 33 || compressed)
    }))
}

fn encrypted(text: &str) -> Verdict {
    let kinds = |data: &[u8]| data.starts_with(&[0x01, 0x42]) || data.starts_with(&[0x01, 0x43]);
    Verdict::checksum(check(text).is_some_and(|data| data.len() == 39 && kinds(&data)))
}

fn extended(text: &str) -> Verdict {
    Verdict::checksum(check(text).is_some_and(|data| data.len() == 78))
}

fn family(text: &str) -> Verdict {
    Verdict::checksum(
        check_in(&RIPPLE, text).is_some_and(|data| match data.len() {
            17 => data.starts_with(&[0x21]),
            19 => data.starts_with(&[0x01, 0xe1, 0x4b]),
            _ => false,
        }),
    )
}

/// The English words of BIP-39, sorted: `english.txt` of the specification, whose SHA-256 begins 2f5eed53. They are
/// looked up for every word of every line, so that each is one number.
static WORDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    include_str!("english.txt")
        .lines()
        .filter_map(packed)
        .collect()
});

/// Letters of the shortest word of BIP-39 and of the longest.
const WORD_LETTERS: RangeInclusive<usize> = 3..=8;

const BITS: usize = 11;

/// The numbers of words that BIP-39 allows.
const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];

/// What people write between the words, and the numbers that they give them.
fn is_between(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_digit() || matches!(c, '.' | ',' | ';' | ':' | ')' | '-')
}

/// Words of BIP-39, or their numbers in four digits each (`SeedQR`); the last bits are of a SHA-256.
pub(super) fn phrase(text: &str) -> Option<Verdict> {
    let numbers = words(text).or_else(|| digits(text))?;
    let bits: Vec<u8> = numbers
        .iter()
        .flat_map(|number| (0..BITS).rev().map(move |bit| (number >> bit & 1) as u8))
        .collect();
    // 32 bits of the seed have one of the checksum.
    let (seed, sum) = bits.split_at_checked(bits.len() / 33 * 32)?;
    let hash = Sha256::digest(bytes(seed, 1)?);
    let expected = (0..sum.len()).map(|bit| hash[0] >> (7 - bit) & 1);
    Some(Verdict::checksum(expected.eq(sum.iter().copied())))
}

/// The number of a word of BIP-39, in either letter case.
fn number(word: &str) -> Option<usize> {
    WORDS.binary_search(&packed(word)?).ok()
}

/// What has the length and the letters of a word of BIP-39, in small letters, as one number that sorts as words do.
fn packed(word: &str) -> Option<u64> {
    let has_shape =
        WORD_LETTERS.contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphabetic());
    let small = word.bytes().map(|b| u64::from(b.to_ascii_lowercase()));
    has_shape.then(|| {
        let number = small.fold(0, |number, letter| number << 8 | letter);
        number << (8 * (WORD_LETTERS.end() - word.len()))
    })
}

/// Where in `line` the first thing stands that spends a wallet: a private key, or the words of one.
pub(in crate::payload) fn find_in(line: &str) -> Option<Range<usize>> {
    /// Letters of the shortest key and of the longest.
    const LETTERS: RangeInclusive<usize> = 28..=128;
    /// Bytes of the shortest twelve words.
    const WORDS_LEAST: usize = 12 * 4 - 1;
    // Most lines are too short for either.
    if line.len() < *LETTERS.start() {
        return None;
    }
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut at = 0;
    let may_hold = longest_run(line) >= *LETTERS.start();
    let parts = may_hold.then(|| line.split_inclusive(|c| !is_of_key(c)));
    let key = parts.into_iter().flatten().find_map(|part| {
        let word = part.trim_end_matches(|c| !is_of_key(c));
        let begin = at;
        at += part.len();
        let is_key = LETTERS.contains(&word.len())
            && CHAIN
                .forms
                .iter()
                .any(|form| form.bare(word, false).is_some());
        is_key.then_some(begin..begin + word.len())
    });
    let phrase = || {
        (line.len() >= WORDS_LEAST)
            .then(|| phrase_in(line))
            .flatten()
    };
    key.or_else(phrase)
}

/// How many letters, digits and dashes stand in a row at most.
fn longest_run(line: &str) -> usize {
    let (longest, _) = line.bytes().fold((0, 0), |(longest, run), b| {
        let run = if b.is_ascii_alphanumeric() || b == b'-' {
            run + 1
        } else {
            0
        };
        (usize::max(longest, run), run)
    });
    longest
}

/// Where the first words of a wallet stand in `line`: at least twelve in a row, which nobody writes by chance. Of words
/// that somebody has written down wrong the others are still a secret, so that no checksum is asked for.
fn phrase_in(line: &str) -> Option<Range<usize>> {
    // By their shape first: a row of twelve words of such lengths is rare in itself.
    row(line, &|word| packed(word).is_some())?;
    row(line, &|word| number(word).is_some())
}

/// Where the first twelve words and more stand in a row that all are as `is` says.
fn row(line: &str, is: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let is_done = |count: usize| count >= COUNTS[0];
    let mut row = 0..0;
    let (mut count, mut at) = (0, 0);
    for part in line.split_inclusive(is_between) {
        let word = part.trim_end_matches(is_between);
        let begin = at;
        at += part.len();
        if word.is_empty() {
            continue;
        }
        if is(word) {
            let start = if count == 0 { begin } else { row.start };
            row = start..begin + word.len();
            count += 1;
        } else if is_done(count) {
            break;
        } else {
            count = 0;
        }
    }
    is_done(count).then_some(row)
}

fn words(text: &str) -> Option<Vec<usize>> {
    // Before anything is counted: most texts begin with another word.
    let parts = || text.split(is_between).filter(|word| !word.is_empty());
    let first = parts().next()?;
    number(first).filter(|_| first.len() < text.len())?;
    let most = COUNTS[COUNTS.len() - 1];
    let words: Vec<&str> = parts().take(most + 1).collect();
    if !COUNTS.contains(&words.len()) {
        return None;
    }
    words.into_iter().map(number).collect()
}

fn digits(text: &str) -> Option<Vec<usize>> {
    let (groups, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() || !matches!(groups.len(), 12 | 24) {
        return None;
    }
    let number = |group: &[u8; 4]| {
        let number = std::str::from_utf8(group).ok()?.parse::<u16>().ok()?;
        Some(usize::from(number)).filter(|number| *number < WORDS.len())
    };
    let numbers: Vec<usize> = groups.iter().map(number).collect::<Option<_>>()?;
    Some(numbers).filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_number_and_nothing_else_is() {
        for (at, word) in include_str!("english.txt").lines().enumerate() {
            assert_eq!(number(word), Some(at), "{word}");
            assert_eq!(number(&word.to_uppercase()), Some(at), "{word}");
            for other in [format!("{word}\0"), format!("{word}q"), format!("q{word}")] {
                assert_eq!(number(&other), None, "{other}");
            }
        }
        assert_eq!(WORDS.len(), 1 << BITS);
        assert_eq!(number(""), None);
        assert_eq!(number("señal"), None);
    }
}
