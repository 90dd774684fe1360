//! `WeChat` ids and QQ numbers, and the requests to get in contact there that leave the id out.
//!
//! A `WeChat` id has 6 to 20 letters, digits, `-` and `_`, a letter first; a mobile or QQ number stands
//! for one too. A QQ number has 5 to 11 digits.

use super::super::Payload;
use super::super::schemes::Scheme;
use super::cues::{Cue, Place};
use super::{Findings, Line, empty, scan, to};

const WECHAT: Scheme = Scheme::named("text-wechat-id");
const QQ: Scheme = Scheme::named("text-qq");

/// Words that stand behind 微信 and are no ids.
#[rustfmt::skip]
const NO_IDS: &[&str] = &[
    "android", "iphone", "ipad", "windows", "macos", "harmony", "official", "download", "update",
    "version", "payment", "official", "account", "moments", "website", "support", "service", "groups",
    "channel", "message", "stickers", "program", "please", "follow", "contact", "wechat", "whatsapp",
    "telegram", "instagram",
];

/// What a number in front of it counts.
#[rustfmt::skip]
pub(super) const UNITS: &[char] = &[
    '年', '月', '日', '亿', '億', '万', '萬', '元', '人', '个', '個', '条', '次', '版', '%', '块',
    '件', '只', '点', '分', '秒', '号', '位', '名', '米', '斤', '克', '度', '步', '₫', '€', '円',
    '원', '명', '개', '人', '台', '家', '户',
    '款', '票', '枚', '颗', '瓶', '盒', '袋', '股', '桶', '箱', '包', '张', '本', '部', '辆', '套', '双',
];

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for place in &line.cues {
        let found = match place.cue {
            Cue::Wechat | Cue::MaybeWechat => behind(line, *place)
                .or_else(|| in_front(line, *place))
                .map(|(id, start, end)| (to(WECHAT, id), start, end)),
            Cue::Qq | Cue::MaybeQq => {
                qq(line, *place).map(|(id, end)| (to(QQ, id), place.start, end))
            }
            _ => None,
        };
        if let Some((payload, start, end)) = found {
            findings.add(start, end, payload);
        }
    }
}

/// The request without an id.
pub(super) fn find_intent(line: &Line<'_>, findings: &mut Findings) {
    if findings.any(super::is_contact) {
        return;
    }
    for place in &line.cues {
        let scheme = match place.cue {
            Cue::Wechat => WECHAT,
            // 威信 and 卫星 are words of their own: only 加 makes them a request.
            Cue::MaybeWechat if place.end - place.start > 3 && is_asked_before(line, *place) => {
                WECHAT
            }
            Cue::Qq if place.end - place.start < 7 && is_asked_before(line, *place) => QQ,
            _ => continue,
        };
        if line.asks(*place) {
            findings.add(place.start, place.end, intent(scheme));
            return;
        }
    }
}

pub(super) fn intent(scheme: Scheme) -> Payload {
    let mut payload = empty(scheme);
    payload.flags.push("intent-only");
    payload
}

fn is_asked_before(line: &Line<'_>, place: Place) -> bool {
    line.is_after(place.start, 6, |cue| cue == Cue::Ask)
        || line.lower()[place.start..].starts_with(['加', '+', '➕'])
}

/// The id behind a cue, with its place.
fn behind(line: &Line<'_>, place: Place) -> Option<(String, usize, usize)> {
    let (text, lead) = (line.text(), line.lead(place));
    let asked = line.asks(place);
    let maybe = place.cue == Cue::MaybeWechat;
    if maybe && !lead.told && !asked {
        return None;
    }
    let rest = text.get(lead.end..)?;
    let (id, end) = if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let least = if lead.told || asked { 5 } else { 6 };
        let fits =
            |n: &str| is_mobile(n) || !lead.far && is_qq(n) && (least..=10).contains(&n.len());
        let found = number(text, lead.end, lead.told || asked, fits);
        // `WX-7017-5627` is on a label: a dash behind the letters, and more of them.
        let found = found.filter(|(number, end)| {
            let joined = text.get(place.end..*end).unwrap_or_default();
            asked || lead.told || is_mobile(number) || joined.matches('-').count() < 2
        });
        found.or_else(|| scan::spelled(text, lead.end).filter(|(id, _)| is_id(id)))?
    } else {
        letters(line, lead.end, (lead.told || asked) && !lead.far)?
    };
    let has_mark = id.contains(|c: char| c.is_ascii_digit() || c == '_');
    // `we chat` is an ordinary pair of words, and one letter is no cue by itself.
    let cue = line.lower().get(place.start..place.end)?;
    let weak = maybe || cue.starts_with("we ") || cue.len() == 2 && cue.is_ascii();
    (has_mark || !lead.far && (!weak || lead.told && cue.len() == 2)).then_some((
        id,
        place.start,
        end,
    ))
}

/// An id that begins with a letter.
fn letters(line: &Line<'_>, from: usize, told: bool) -> Option<(String, usize)> {
    let text = line.text();
    if let Some(found) = scan::spelled(text, from).filter(|(id, _)| is_id(id)) {
        return Some(found);
    }
    let word = scan::word(text, from, b"-_");
    let end = from + word.len();
    let rest = text.get(end..)?;
    let digits = rest.trim_start_matches([' ', '-']);
    let gap = rest.len() - digits.len();
    // `abc 123 456`: too short alone, and digits behind it.
    if (2..6).contains(&word.len()) && told && (1..=1).contains(&gap) {
        let (tail, end) = scan::number(text, end + gap, 4, |n| (2..=12).contains(&n.len()))?;
        let id = format!("{word}{tail}");
        return is_id(&id).then_some((id, end));
    }
    let lower = line.lower().get(from..end)?;
    let plain = !word.contains(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    let known = NO_IDS.iter().any(|no| lower.starts_with(no));
    let goes_on = rest.starts_with('@')
        || rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let fits = is_id(word) && !goes_on && !known && (!plain || told && !is_sentence(rest));
    fits.then(|| (word.to_owned(), end))
}

/// Whether a word that has `rest` behind it is one of several: `Telegram: founder of ...`.
pub(super) fn is_sentence(rest: &str) -> bool {
    let next = rest.trim_start_matches([' ', ',']);
    next.len() < rest.len() && next.starts_with(|c: char| c.is_alphabetic() && (c as u32) < 0x250)
}

fn is_id(id: &str) -> bool {
    (6..=20).contains(&id.len()) && id.starts_with(|c: char| c.is_ascii_alphabetic())
        || is_mobile(id)
}

/// The id in front of its cue: `138... 微信同号` ("the same on `WeChat`"), `abc_1 是我的微信`.
fn in_front(line: &Line<'_>, place: Place) -> Option<(String, usize, usize)> {
    let before = line.text().get(..place.start)?;
    let trimmed = before.trim_end_matches([' ', '(', ',', '/', '、', '-', '[', '【']);
    let mine = ["是我的", "是我", "是"]
        .iter()
        .find_map(|is| trimmed.strip_suffix(is));
    let same = line.lower().get(place.end..)?.starts_with(['同', '号']);
    if mine.is_none() && !same {
        return None;
    }
    let trimmed = mine.unwrap_or(trimmed).trim_end();
    let part = |c: char| c.is_ascii_digit() || c == ' ' || c == '-';
    let start = trimmed.trim_end_matches(part).len();
    let digits: String = trimmed
        .get(start..)?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    if is_mobile(&digits) {
        return Some((digits, start, place.end));
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let start = trimmed.trim_end_matches(letter).len();
    let id = trimmed.get(start..)?;
    let marked = id.contains(|c: char| c.is_ascii_digit() || c == '_');
    (marked && is_id(id)).then(|| (id.to_owned(), start, place.end))
}

fn qq(line: &Line<'_>, place: Place) -> Option<(String, usize)> {
    let (text, lead) = (line.text(), line.lead(place));
    let told = lead.told || line.asks(place);
    let before = text.get(..place.start)?.chars().next_back();
    let is_part = |c: char| c as u32 >= 0x2e80 && !"加进入个，：、（【".contains(c);
    let least = match (place.cue, told) {
        // Of a skirt and of a question the same letter is written.
        (Cue::MaybeQq, _) if before.is_some_and(is_part) => return None,
        (Cue::MaybeQq, true) => 7,
        (Cue::MaybeQq, false) if before.is_none() && place.end == 3 => 8,
        (Cue::MaybeQq, false) => return None,
        (_, true) => 5,
        (_, false) => 6,
    };
    let fits = |n: &str| is_qq(n) && (least..=11).contains(&n.len());
    number(text, lead.end, told, fits)
}

/// A number that counts nothing and, where nothing says that it is an id, is no date.
fn number(
    text: &str,
    from: usize,
    told: bool,
    fits: impl Fn(&str) -> bool,
) -> Option<(String, usize)> {
    let (number, end) = scan::number(text, from, 4, fits)?;
    let rest = text.get(end..)?;
    let date = number.len() == 8 && (number.starts_with("20") || number.starts_with("19"));
    let counted = rest.trim_start().starts_with(UNITS)
        || rest.starts_with(['@', ':', '+'])
        || rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric());
    (!counted && (told || !date)).then_some((number, end))
}

/// A mobile number of the mainland (1, then 3 to 9, then nine digits).
pub(super) fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes.first() == Some(&b'1')
        && bytes.get(1).is_some_and(|b| *b >= b'3')
}

fn is_qq(digits: &str) -> bool {
    (5..=11).contains(&digits.len()) && !digits.starts_with('0')
}
