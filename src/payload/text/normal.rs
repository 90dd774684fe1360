//! A line as its readers take it: the letters and digits that only look different made the same, each
//! byte with the place that it came from.
//!
//! What is folded is what Unicode calls a compatibility form (full width, circled, mathematical; UAX 15),
//! the decimal digits of all scripts, numbers spelled out in Chinese, letters of one script inside of a
//! word of another (UTS 39), and what is not seen at all.

use std::sync::LazyLock;

/// The line in both letter cases, which have the same places.
pub(super) struct Normal<'a> {
    original: &'a str,
    /// The line as it was written.
    pub(super) text: String,
    /// The same in small letters.
    pub(super) lower: String,
    /// For each byte of `text` the byte of `original` that it came from; empty where they are equal.
    places: Vec<u32>,
}

/// A letter and its place.
type Placed = (char, u32);

/// A number that is spelled out has at least as many digits: 一二三 is a beginning of many words.
const SPELLED: usize = 5;

impl<'a> Normal<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        let plain = original.bytes().all(|b| (b' '..=b'~').contains(&b));
        if plain && !has_misread(original) {
            return Self {
                original,
                text: original.to_owned(),
                lower: original.to_ascii_lowercase(),
                places: Vec::new(),
            };
        }
        let mut letters: Vec<Placed> = Vec::with_capacity(original.len());
        for (place, c) in original.char_indices() {
            if (' '..='~').contains(&c) {
                letters.push((c, place as u32));
            } else {
                fold(c, |c| letters.push((c, place as u32)));
            }
        }
        latin_words(&mut letters);
        spelled_numbers(&mut letters);
        misread_numbers(&mut letters);
        Self::assemble(original, &letters)
    }

    fn assemble(original: &'a str, letters: &[Placed]) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut lower = String::with_capacity(original.len());
        let mut places = Vec::with_capacity(original.len() + 1);
        for (c, place) in letters {
            text.push(*c);
            lower.push(small(*c));
            if c.is_ascii() {
                places.push(*place);
            } else {
                places.resize(text.len(), *place);
            }
        }
        places.push(original.len() as u32);
        Self {
            original,
            text,
            lower,
            places,
        }
    }

    /// What stood in the line where `start..end` is now.
    pub(super) fn original(&self, start: usize, end: usize) -> &'a str {
        if self.places.is_empty() {
            return self.original.get(start..end).unwrap_or_default();
        }
        let place = |at: usize| self.places.get(at).map(|place| *place as usize);
        place(start)
            .zip(place(end))
            .and_then(|(start, end)| self.original.get(start..end))
            .unwrap_or_default()
    }
}

/// `c` in small, where that has the same length.
fn small(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    // Of the letters from Hebrew to Burmese and of those of East Asia none has two cases.
    if matches!(c, '\u{0590}'..='\u{109f}' | '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}') {
        return c;
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) if l.len_utf8() == c.len_utf8() => l,
        _ => c,
    }
}

/// Where the decimal digits of other scripts begin (Unicode, general category Nd).
const ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
    0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810,
];

/// Where numbers in circles, in brackets and the like begin: the first, the last, and the value of the
/// first.
const NUMBERS: &[(u32, u32, u32)] = &[
    (0x2460, 0x2473, 1),
    (0x2474, 0x2487, 1),
    (0x2488, 0x249b, 1),
    (0x24ea, 0x24ea, 0),
    (0x24eb, 0x24f4, 11),
    (0x24f5, 0x24fe, 1),
    (0x24ff, 0x24ff, 0),
    (0x2776, 0x277f, 1),
    (0x2780, 0x2789, 1),
    (0x278a, 0x2793, 1),
    (0x2074, 0x2079, 4),
    (0x2080, 0x2089, 0),
    (0x1_f51f, 0x1_f51f, 10),
];

/// Where letters in circles, in squares and the like begin: the first, and that of the 26.
const LETTERS: &[(u32, char)] = &[
    (0x249c, 'a'),
    (0x24b6, 'A'),
    (0x24d0, 'a'),
    (0x1_f110, 'A'),
    (0x1_f130, 'A'),
    (0x1_f150, 'A'),
    (0x1_f170, 'A'),
];

/// The Roman numerals from U+2160 and from U+2170 on.
const ROMAN: &[&str] = &[
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "L", "C", "D", "M",
];

/// Gives `put` what `c` is read as; nothing where it is not seen.
fn fold(c: char, mut put: impl FnMut(char)) {
    let code = c as u32;
    let nth = |first: char, i: u32| char::from_u32(first as u32 + i).unwrap_or(c);
    match code {
        // Controls, soft hyphen, combining accents and enclosing marks (of keycaps too), invisible
        // and direction marks, variation selectors.
        0x09 | 0xa0 | 0x2000..=0x200a | 0x202f | 0x3000 => put(' '),
        0x00..=0x1f
        | 0x7f..=0x9f
        | 0xad
        | 0x0300..=0x036f
        | 0x180e
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x206f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xe_0000..=0xe_0fff => {}
        0xff01..=0xff5e => put(nth('!', code - 0xff01)),
        0xffe5 => put('¥'),
        // Hearts stand for 信 and are drawn in all colours, Roman numerals for the letters that they are.
        // The green one alone stands for the app.
        0x2661
        | 0x2665
        | 0x2763
        | 0x1_f493..=0x1_f499
        | 0x1_f49b..=0x1_f49f
        | 0x1_f5a4
        | 0x1_f90d
        | 0x1_f90e
        | 0x1_f9e1
        | 0x1_fa75..=0x1_fa77 => put('❤'),
        0x2160..=0x217f => match ROMAN.get((code as usize - 0x2160) % 16) {
            Some(letters) if code < 0x2170 => letters.chars().for_each(put),
            Some(letters) => letters.chars().for_each(|l| put(l.to_ascii_lowercase())),
            None => put(c),
        },
        0xb2 | 0xb3 => put(nth('2', code - 0xb2)),
        0xb9 => put('1'),
        0x2070 => put('0'),
        0x1d20 | 0x1d5b => put('v'),
        0x02e3 => put('x'),
        0x1d21 => put('w'),
        0x2010..=0x2015 | 0x2212 => put('-'),
        // Mathematical letters: thirteen alphabets of both cases, then digits.
        0x1_d400..=0x1_d6a3 => {
            let i = (code - 0x1_d400) % 52;
            put(if i < 26 {
                nth('A', i)
            } else {
                nth('a', i - 26)
            });
        }
        0x1_d7ce..=0x1_d7ff => put(nth('0', (code - 0x1_d7ce) % 10)),
        0x0660..=0x1819 => match ZEROS.iter().find(|z| (**z..**z + 10).contains(&code)) {
            Some(zero) => put(nth('0', code - zero)),
            None => put(c),
        },
        0x2074..=0x2793 | 0x1_f110..=0x1_f51f => symbol(c, put),
        _ => put(c),
    }
}

fn symbol(c: char, mut put: impl FnMut(char)) {
    let code = c as u32;
    if let Some((first, _, value)) = NUMBERS.iter().find(|n| (n.0..=n.1).contains(&code)) {
        let value = value + code - first;
        if value > 9 {
            put(char::from_digit(value / 10, 10).unwrap_or(c));
        }
        return put(char::from_digit(value % 10, 10).unwrap_or(c));
    }
    match LETTERS.iter().find(|l| (l.0..l.0 + 26).contains(&code)) {
        Some((first, letter)) => put(char::from_u32(*letter as u32 + code - first).unwrap_or(c)),
        None => put(c),
    }
}

/// Cyrillic and Greek letters that look like Latin ones (UTS 39, confusables).
const LOOKALIKES: &str = "аaвbеeёeкkмmнhоoрpсcтtуyхxіiїiјjѕsԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSαaβbεeηnιiκkνvοoρpτtυuχxγyωwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX";

/// Greek and Cyrillic.
const OTHERS: std::ops::RangeInclusive<char> = '\u{0370}'..='\u{052f}';

fn is_other(c: char) -> bool {
    OTHERS.contains(&c)
}

/// For each letter of [`OTHERS`] the Latin one that it looks like, or itself.
static LATIN: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = OTHERS.collect();
    let mut pairs = LOOKALIKES.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if let Some(letter) = table.iter_mut().find(|letter| **letter == from) {
            *letter = to;
        }
    }
    table
});

fn latin_of(c: char) -> char {
    let at = (c as usize).checked_sub(*OTHERS.start() as usize);
    at.and_then(|at| LATIN.get(at)).copied().unwrap_or(c)
}

/// Makes words of Latin letters out of those that have some of other scripts among them. A word that is
/// of one script stays as it is.
fn latin_words(letters: &mut [Placed]) {
    if !letters.iter().any(|(c, _)| is_other(*c)) {
        return;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || is_other(c);
    for word in letters.chunk_by_mut(|a, b| is_part(a.0) && is_part(b.0)) {
        if word.iter().any(|(c, _)| c.is_ascii_alphabetic()) {
            for (c, _) in word.iter_mut().filter(|(c, _)| is_other(*c)) {
                *c = latin_of(*c);
            }
        }
    }
}

fn numeral(c: char) -> Option<char> {
    Some(match c {
        '零' | '〇' | '○' => '0',
        '一' | '壹' | '幺' | '弌' => '1',
        '二' | '贰' | '貳' | '两' => '2',
        '三' | '叁' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

/// Makes digits of numerals in rows that are long enough to be a number.
fn spelled_numbers(letters: &mut [Placed]) {
    if !letters
        .iter()
        .any(|(c, _)| !c.is_ascii() && numeral(*c).is_some())
    {
        return;
    }
    let is_part = |c: char| c.is_ascii_digit() || numeral(c).is_some() || matches!(c, ' ' | '-');
    for row in letters.chunk_by_mut(|a, b| is_part(a.0) && is_part(b.0)) {
        let numerals = row.iter().filter(|(c, _)| numeral(*c).is_some()).count();
        let digits = row.iter().filter(|(c, _)| c.is_ascii_digit()).count();
        if numerals > 0 && numerals + digits >= SPELLED {
            for (c, _) in row {
                *c = numeral(*c).unwrap_or(*c);
            }
        }
    }
}

/// The digit that a letter is taken for, and the other way round.
fn misread(c: char) -> Option<char> {
    match c {
        'O' | 'o' => Some('0'),
        'l' | 'I' => Some('1'),
        _ => None,
    }
}

/// A number with misread digits has at least as many of both, most of them digits.
const MISREAD: usize = 8;

/// Whether one of the letters that are misread stands beside a digit.
fn has_misread(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mixed = |a: u8, b: u8| matches!(a, b'O' | b'o' | b'l' | b'I') && b.is_ascii_digit();
    bytes
        .windows(2)
        .any(|pair| matches!(*pair, [a, b] if mixed(a, b) || mixed(b, a)))
}

/// Sets numbers right that a reader of pictures took a digit of for a letter: 138OO13800l. Each part of
/// such a number has a digit, and nothing else stands against it.
fn misread_numbers(letters: &mut [Placed]) {
    let is_mixed = |pair: &[Placed]| match pair {
        [(a, _), (b, _)] => {
            a.is_ascii_digit() && misread(*b).is_some()
                || misread(*a).is_some() && b.is_ascii_digit()
        }
        _ => false,
    };
    if !letters.windows(2).any(is_mixed) {
        return;
    }
    let is_like = |c: char| c.is_ascii_digit() || misread(c).is_some();
    let is_part = |c: char| is_like(c) || matches!(c, ' ' | '-');
    let mut before = ' ';
    let mut rows = letters
        .chunk_by_mut(|a, b| is_part(a.0) == is_part(b.0))
        .peekable();
    while let Some(row) = rows.next() {
        let (first, last) = (row.first().copied(), row.last().copied());
        let after = rows
            .peek()
            .and_then(|row| row.first())
            .map_or(' ', |(c, _)| *c);
        let joins = |c: char| c.is_ascii_alphanumeric() || "_@./=%&?".contains(c);
        let open = first.is_some_and(|(c, _)| is_like(c)) && joins(before)
            || last.is_some_and(|(c, _)| is_like(c)) && (joins(after) || after == ':');
        before = last.map_or(' ', |(c, _)| c);
        let digits = row.iter().filter(|(c, _)| c.is_ascii_digit()).count();
        let wrong = row.iter().filter(|(c, _)| misread(*c).is_some()).count();
        if open || wrong == 0 || digits + wrong < MISREAD || digits <= wrong {
            continue;
        }
        for word in row.chunk_by_mut(|a, b| is_like(a.0) && is_like(b.0)) {
            if word.iter().any(|(c, _)| c.is_ascii_digit()) {
                for (c, _) in word {
                    *c = misread(*c).unwrap_or(*c);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_folded() {
        for (text, folded) in [
            ("abc 123", "abc 123"),
            ("ＶＸ：ａｂｃ１２３", "VX:abc123"),
            ("①③⑧⓪❶➂⒏", "1380138"),
            ("⑴⑩⑳", "11020"),
            ("1️⃣3️⃣8️⃣", "138"),
            ("🔟", "10"),
            ("𝐯𝐱 𝟙𝟛", "vx 13"),
            ("ⓥⓧ🅥🅧", "vxVX"),
            ("ab\u{200b}c\u{2060}1", "abc1"),
            ("๐๘१२০১", "081201"),
            ("一三八零零壹叁捌〇〇幺", "13800138001"),
            ("一三八 零零13 八000", "138 0013 8000"),
            ("一二三", "一二三"),
            ("vх_аdmin", "vx_admin"),
            ("привет", "привет"),
            ("νx", "vx"),
            ("微❤️", "微❤"),
            ("￥x￥", "¥x¥"),
            ("微💗薇💕", "微❤薇❤"),
            ("ⅤⅩ ⅹⅡ", "VX xII"),
            ("138OO138OOO", "13800138000"),
            ("vx: l3912345678", "vx: 13912345678"),
            ("138 O013 8O00x", "138 O013 8O00x"),
            ("1080p lo 10", "1080p lo 10"),
            ("a.example/1O00000O0", "a.example/1O00000O0"),
            ("", ""),
        ] {
            assert_eq!(Normal::new(text).text, folded, "{text}");
        }
    }

    #[test]
    fn places_lead_back() {
        let normal = Normal::new("加ＶＸ：ａb1️⃣ 好É");
        assert_eq!(
            (normal.text.as_str(), normal.lower.as_str()),
            ("加VX:ab1 好É", "加vx:ab1 好é")
        );
        assert_eq!(normal.original(3, 5), "ＶＸ");
        assert_eq!(normal.original(6, 9), "ａb1️⃣");
        assert_eq!(normal.original(6, 99), "");
        assert_eq!(Normal::new("plain").original(1, 3), "la");
    }
}
