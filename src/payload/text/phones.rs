//! Telephone numbers, written out in full (ITU-T E.164) or as people of a country write them to each
//! other; the script and the words of the line say which country that is.

use super::super::schemes::Scheme;
use super::cues::Cue;
use super::hints::{Hint, Hints};
use super::{Findings, Line, checked, handles, scan, to, wechat};

const PHONE: Scheme = Scheme::named("text-phone");

/// How a country writes its numbers (ITU-T E.164 and the national plans).
pub(super) struct Region {
    code: &'static str,
    /// What is dialled in front of a number inside of the country.
    trunk: &'static str,
    /// The fewest and the most digits without it.
    digits: (usize, usize),
    /// Whether a line is of this country: letters that only it has, or words.
    letters: fn(char) -> bool,
    hint: Option<Hint>,
}

const fn region(
    code: &'static str,
    trunk: &'static str,
    digits: (usize, usize),
    letters: fn(char) -> bool,
    hint: Option<Hint>,
) -> Region {
    Region {
        code,
        trunk,
        digits,
        letters,
        hint,
    }
}

const NO_LETTER: fn(char) -> bool = |_| false;

/// In the order in which they are asked: kana come before the Chinese letters that stand among them.
#[rustfmt::skip]
const REGIONS: &[Region] = &[
    region("81", "0", (9, 10), |c| matches!(c, '\u{3041}'..='\u{30ff}'), None),
    region("82", "0", (8, 10), |c| matches!(c, '\u{ac00}'..='\u{d7a3}'), None),
    region("86", "0", (10, 11), is_han, None),
    region("66", "0", (8, 9), |c| matches!(c, '\u{0e01}'..='\u{0e5b}'), None),
    region("91", "0", (10, 10), |c| matches!(c, '\u{0900}'..='\u{097f}'), Some(Hint::India)),
    region("880", "0", (10, 10), |c| matches!(c, '\u{0980}'..='\u{09ff}'), None),
    region("84", "0", (9, 10), is_vietnamese, Some(Hint::Vietnam)),
    region("7", "8", (10, 10), |c| matches!(c, '\u{0410}'..='\u{044f}'), None),
    region("55", "0", (10, 11), NO_LETTER, Some(Hint::Brazil)),
    // Many countries: their numbers stay as they are, and are none of North America.
    region("", "0", (99, 99), NO_LETTER, Some(Hint::Elsewhere)),
    region("62", "0", (9, 12), NO_LETTER, Some(Hint::Indonesia)),
];

fn is_vietnamese(c: char) -> bool {
    matches!(c, 'ơ' | 'ư' | 'đ' | '\u{1ea0}'..='\u{1ef9}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// The country that the line is written in.
pub(super) fn home(lower: &str, hints: &Hints) -> Option<&'static Region> {
    // The first of them whose letters stand in the line, in one pass over it.
    let mut written = REGIONS.len();
    for letter in lower.chars().filter(|c| !c.is_ascii()) {
        let earlier = REGIONS.iter().take(written);
        if let Some(region) = earlier.into_iter().position(|r| (r.letters)(letter)) {
            written = region;
        }
    }
    let hinted = |region: &Region| region.hint.is_some_and(|hint| hints.has(hint));
    let hinted = REGIONS.iter().position(hinted);
    REGIONS.get(hinted.map_or(written, |hinted| hinted.min(written)))
}

/// `digits`, dialled inside of `region`, as they are dialled from everywhere.
pub(super) fn international(region: &Region, digits: &str) -> Option<String> {
    let rest = digits.strip_prefix(region.trunk).unwrap_or(digits);
    let trunk = rest.len() < digits.len();
    let (least, most) = region.digits;
    let fits = (least..=most).contains(&rest.len())
        && match region.code {
            // The mainland: a mobile number has no trunk zero, a line in a city has, 400 and 800 have not.
            "86" => {
                wechat::is_mobile(rest) && !trunk
                    || trunk && rest.len() >= 10 && !rest.starts_with('0')
                    || !trunk
                        && rest.len() == 10
                        && (rest.starts_with("400") || rest.starts_with("800"))
            }
            "91" => rest.starts_with(['6', '7', '8', '9']),
            "55" => !rest.starts_with('0') && (rest.len() == 10 || rest[2..].starts_with('9')),
            "7" => rest.starts_with(['3', '4', '8', '9']),
            _ => trunk && !rest.starts_with('0'),
        };
    fits.then(|| format!("+{}{rest}", region.code))
}

/// North American numbers: area and exchange begin with 2 to 9 (NANPA).
fn north_american(digits: &str) -> Option<String> {
    let rest = if digits.len() == 11 {
        digits.strip_prefix('1')?
    } else {
        digits
    };
    let begins = |at: usize| {
        rest.as_bytes()
            .get(at)
            .is_some_and(|b| (b'2'..=b'9').contains(b))
    };
    (rest.len() == 10 && begins(0) && begins(3)).then(|| format!("+1{rest}"))
}

/// The number at `from`, behind a messenger's name.
pub(super) fn number_at(line: &Line<'_>, from: usize) -> Option<(String, usize)> {
    let text = line.text();
    if let Some(found) = with_plus(text, from) {
        return Some(found);
    }
    let (digits, end) = scan::number(text, from, 9, |n| (8..=13).contains(&n.len()))
        .or_else(|| scan::number(text, from, 13, |n| (8..=13).contains(&n.len())))?;
    if is_dated(text, from) || is_counted(&text[end..]) {
        return None;
    }
    let known = line
        .home()
        .or_else(|| shaped(text, from))
        .and_then(|region| international(region, &digits));
    Some((known.unwrap_or(digits), end))
}

fn region_of(code: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.code == code)
}

/// Whether what stands behind a number says that it counts something.
fn is_counted(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with(['¥', '%', ':']) || rest.starts_with(wechat::UNITS)
}

/// The region that alone writes the groups at `from` so: 11 98765-4321.
fn shaped(text: &str, from: usize) -> Option<&'static Region> {
    let ([a, b, c, _], count) = scan::first_groups(text, from);
    let sizes = [a, b, c].map(|group| group.digits.len());
    let brazil = count == 3 && sizes == [2, 5, 4] && b.digits.starts_with('9');
    brazil.then(|| region_of("55")).flatten()
}

/// A number with its country.
fn with_plus(text: &str, from: usize) -> Option<(String, usize)> {
    let rest = text.get(from..)?;
    let skip = if rest.starts_with('+') { 1 } else { 2 };
    let rest = rest.strip_prefix('+').or_else(|| rest.strip_prefix("00"))?;
    let spaces = rest.len() - rest.trim_start_matches([' ', '(']).len();
    let (digits, end) = scan::number(text, from + skip + spaces, 12, |n| {
        (9..=15).contains(&n.len())
    })
    .or_else(|| {
        scan::number(text, from + skip + spaces, 15, |n| {
            (9..=15).contains(&n.len())
        })
    })?;
    let fits = match digits.as_bytes() {
        [b'0', ..] => false,
        [b'1', rest @ ..] => rest.len() == 10 && rest.first().is_some_and(|b| *b >= b'2'),
        [b'8', b'6', b'1', rest @ ..] if rest.first().is_some_and(|b| *b >= b'3') => {
            rest.len() == 10
        }
        [b'7', rest @ ..] => rest.len() == 10,
        _ => true,
    };
    // A German or British number is often written with the zero that falls away: +49 (0)30.
    fits.then(|| (format!("+{digits}"), end))
}

/// Whether the digits at `from` are a date.
fn is_dated(text: &str, from: usize) -> bool {
    let ([a, b, c], _) = scan::first_groups(text, from);
    let len = |group: scan::Group<'_>| group.digits.len();
    let year = a.digits.starts_with("20") || a.digits.starts_with("19");
    year && (len(a) == 8 || len(a) == 4 && (1..=4).contains(&len(b)) && len(c) <= 2)
        || len(c) == 4 && len(a) <= 2 && len(b) <= 2 && c.digits.starts_with("20")
}

/// The most rows of digits that are tried without a cue: a line that has more is a table.
const MOST_TRIES: usize = 32;

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    if line.digits < 5 {
        return;
    }
    let home = line.home();
    let alone = text
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_alphabetic());
    for place in line.places(Cue::Phone) {
        let lead = line.lead(place);
        if let Some((number, end)) = cued(line, home, lead.end, lead.told && !lead.far) {
            put(line, findings, (place.start, end), number);
        }
    }
    let (mut at, mut tries) = (0, 0);
    while let Some(next) = text
        .get(at..)
        .and_then(|rest| rest.find(|c: char| c.is_ascii_digit() || c == '+' || c == '('))
    {
        if tries == MOST_TRIES {
            findings.more = true;
            break;
        }
        let start = at + next;
        tries += 1;
        // What belongs to the digits before is no number of its own.
        let behind = text[..start].chars().next_back();
        let joined =
            behind.is_some_and(|c| c.is_ascii_alphanumeric() || "_.-/@=&#$€£¥₹".contains(c));
        if !joined && let Some((number, end)) = uncued(line, home, alone, start) {
            put(line, findings, (start, end), number);
            at = end;
        } else {
            let rest = &text[start..];
            at = start
                + rest
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(rest.len())
                    .max(1);
        }
    }
}

/// Adds a number: a contact, where the line says of it that it is the same on a messenger.
fn put(line: &Line<'_>, findings: &mut Findings, (start, end): (usize, usize), number: String) {
    let payload = if line.is_before(end, 4, handles::takes_numbers)
        || line
            .text()
            .get(end..)
            .is_some_and(|r| r.starts_with(" no zap"))
    {
        handles::handle(number)
    } else {
        checked(to(PHONE, number), true, "bad-account")
    };
    findings.add(start, end, payload);
}

/// The number behind a word that says that one follows.
fn cued(
    line: &Line<'_>,
    home: Option<&Region>,
    from: usize,
    told: bool,
) -> Option<(String, usize)> {
    let text = line.text();
    if let Some(found) = with_plus(text, from) {
        return Some(found);
    }
    if is_dated(text, from) || is_serial(line, from) {
        return None;
    }
    if let Some(region) = home.or_else(|| shaped(text, from)) {
        let known = |n: &str| international(region, n).is_some();
        let found =
            scan::number(text, from, 8, known).or_else(|| scan::number(text, from, 13, known));
        if let Some((digits, end)) = found {
            return Some((international(region, &digits)?, end));
        }
    }
    let (digits, end) = scan::number(text, from, 8, |n| north_american(n).is_some())
        .or_else(|| scan::number(text, from, 13, |n| (7..=12).contains(&n.len())))
        .or_else(|| {
            scan::number(text, from, 5, |n| {
                told && is_service(n) && home.is_some_and(|h| h.code == "86")
            })
        })?;
    if is_counted(&text[end..]) {
        return None;
    }
    let grouped = text.get(from..end)?.contains(['-', ' ', '.', ')']);
    let number = if home.is_none() && (grouped || told) {
        north_american(&digits)
    } else {
        None
    };
    let trunk = digits.starts_with('0') && (9..=11).contains(&digits.len());
    (number.is_some() || told || trunk || digits.len() >= 8 && grouped)
        .then(|| (number.unwrap_or(digits), end))
}

/// The short numbers of Chinese banks, carriers and offices.
fn is_service(digits: &str) -> bool {
    digits.len() == 5
        && ["95", "96", "10", "12"]
            .iter()
            .any(|begin| digits.starts_with(begin))
}

/// The number that tells by its form alone what it is; `alone` where the line has no letters.
fn uncued(
    line: &Line<'_>,
    home: Option<&Region>,
    alone: bool,
    from: usize,
) -> Option<(String, usize)> {
    let text = line.text();
    if is_serial(line, from) {
        return None;
    }
    let rest = text.get(from..)?;
    if rest.starts_with('+') {
        return with_plus(text, from);
    }
    if rest.starts_with('(') {
        // (202) 555-0123, (11) 98765-4321
        let (digits, end) = scan::number(text, from + 1, 5, |n| (10..=11).contains(&n.len()))?;
        let ([first, ..], count) = scan::first_groups::<4>(text, from + 1);
        let number = match (first.digits.len(), count) {
            (3, 3) if home.is_none() => north_american(&digits)?,
            (2, 3) if home.is_none_or(|h| h.code == "55") => {
                international(region_of("55")?, &digits)?
            }
            _ => return None,
        };
        return Some((number, end));
    }
    if let Some(found) = home.and_then(|home| national(home, text, from)) {
        return Some(found);
    }
    let china = home.filter(|h| h.code == "86");
    if china.is_none() && !alone {
        return None;
    }
    let (digits, end) = scan::number(text, from, 4, |n| n.len() == 11 && wechat::is_mobile(n))
        .or_else(|| scan::number(text, from, 11, |n| n.len() == 11 && wechat::is_mobile(n)))
        .or_else(|| {
            scan::number(text, from, 8, |n| {
                china.is_some() && is_land_line(&text[from..], n)
            })
        })?;
    let rest = text.get(end..)?;
    if rest
        .trim_start()
        .starts_with(['元', '万', '亿', '人', '件', '个', '次', '%', '年'])
        || rest.starts_with(['.', ':', '@'])
    {
        return None;
    }
    Some((international(region_of("86")?, &digits)?, end))
}

/// The number that is written out in the groups of its country, which numbers of other things have not:
/// 010-1234-5678 in a Korean line, 8 912 345-67-89 in a Russian one.
fn national(home: &Region, text: &str, from: usize) -> Option<(String, usize)> {
    let (groups, _) = scan::first_groups::<5>(text, from);
    let sizes = groups.map(|group| group.digits.len());
    let count = match (home.code, sizes) {
        ("81", [2..=4, 2..=4, 3..=4, 0, ..])
        | ("82", [2..=3, 3..=4, 4, 0, ..])
        | ("66", [2..=3, 3..=4, 3..=4, 0, ..])
        | ("84", [4, 3, 3, 0, ..])
        | ("62", [4, 3..=4, 3..=5, 0, ..]) => 3,
        ("880", [5, 6, 0, ..]) => 2,
        ("7", [1, 3, 3, 2, 2]) => 5,
        _ => return None,
    };
    let taken = groups.get(..count)?;
    let mut digits = String::new();
    for group in taken {
        digits.push_str(group.digits);
    }
    let first = taken.first()?;
    let trunk = digits.starts_with(home.trunk) && !digits.starts_with("00");
    let end = taken.last()?.end;
    let whole = scan::is_edge(text, end);
    // Only mobile numbers of Japan and Korea have eleven digits, but one of an old city in Korea.
    let long = home.code != "81" || digits.len() == 10 || is_japanese_mobile(first.digits);
    (trunk && whole && long && !is_dated(text, from))
        .then(|| Some((international(home, &digits)?, end)))
        .flatten()
}

fn is_japanese_mobile(area: &str) -> bool {
    matches!(area, "050" | "060" | "070" | "080" | "090")
}

/// 010-12345678, 0755-1234567, 400-123-4567: with the dash that a number of something else lacks.
fn is_land_line(text: &str, digits: &str) -> bool {
    let area = text.bytes().take_while(u8::is_ascii_digit).count();
    let dashed = text.as_bytes().get(area) == Some(&b'-');
    let free =
        area == 3 && digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    dashed
        && (free
            || digits.starts_with('0')
                && (3..=4).contains(&area)
                && (11..=12).contains(&digits.len())
                && digits.as_bytes().get(1) != Some(&b'0'))
}

/// Whether the line says shortly before `at` that the number is that of a parcel or the like.
fn is_serial(line: &Line<'_>, at: usize) -> bool {
    line.is_after(at, 16, |cue| cue == Cue::Serial)
}
