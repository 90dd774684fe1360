//! Tokens that an app reads from the clipboard, in the words that it copies them with: Taobao, Douyin,
//! Alipay, JD, Pinduoduo, Xiaohongshu, Kuaishou.

use super::super::schemes::Scheme;
use super::cues::Cue;
use super::hints::Hint;
use super::{Findings, Line, empty, links, scan};

const TAOBAO: Scheme = Scheme::named("taobao-token");
const DOUYIN: Scheme = Scheme::named("douyin-code-text");
const SHARE: Scheme = Scheme::named("text-share-token");
const ALIPAY: Scheme = Scheme::named("text-alipay-token");

/// What stands on the left and on the right of a token, the scheme, and what the line says without which
/// the signs mean something else.
type Mark = (char, char, Scheme, Option<Hint>);

const PAIRS: &[Mark] = &[
    ('¥', '¥', TAOBAO, None),
    ('€', '€', TAOBAO, None),
    ('₤', '₤', TAOBAO, None),
    ('₳', '₳', TAOBAO, None),
    ('¢', '¢', TAOBAO, None),
    ('₴', '₴', TAOBAO, None),
    ('🔑', '🔑', TAOBAO, None),
    ('📱', '📱', TAOBAO, None),
    ('$', '$', TAOBAO, Some(Hint::Taobao)),
    ('(', ')', TAOBAO, Some(Hint::Taobao)),
    ('《', '》', TAOBAO, Some(Hint::Taobao)),
    ('$', '$', SHARE, None),
    ('⇥', '⇤', SHARE, None),
    ('😆', '😆', SHARE, None),
    ('!', '!', SHARE, Some(Hint::Jd)),
];

/// Whether `c` stands on the left of a row of [`PAIRS`].
fn is_mark(c: char) -> bool {
    match c {
        '$' | '(' | '!' => true,
        '\0'..='\u{7f}' => false,
        _ => PAIRS.iter().any(|(left, ..)| *left == c),
    }
}

/// Whether a line may hold a token that no cue leads to.
pub(super) fn may_hold(text: &str) -> bool {
    text.contains(is_mark)
}

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    paired(line, findings);
    taobao_key(line, findings);
    copied(line, findings);
    alipay(line, findings);
}

fn paired(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    let signs = text.char_indices().filter(|(_, c)| is_mark(*c));
    for (start, left) in signs {
        let from = start + left.len_utf8();
        let rest = text.get(from..).unwrap_or_default();
        let from = from + rest.len() - rest.trim_start_matches(' ').len();
        let token = scan::word(text, from, b"");
        if !is_token(token) {
            continue;
        }
        let behind = text.get(from + token.len()..).unwrap_or_default();
        let behind = behind.trim_start_matches(' ');
        let fits = |(l, right, _, hint): &&Mark| {
            *l == left
                && behind.starts_with(*right)
                && hint.is_none_or(|hint| line.hints().has(hint))
        };
        if let Some((_, right, scheme, _)) = PAIRS.iter().find(fits) {
            let end = text.len() - behind.len() + right.len_utf8();
            let mut payload = empty(*scheme);
            payload.fields.reference = Some(token.to_owned());
            findings.add(start, end, payload);
        }
    }
}

/// 8 to 18 letters and digits that are no word and no price: both letter cases, or digits among letters.
fn is_token(token: &str) -> bool {
    let has = |is: fn(&u8) -> bool| token.as_bytes().iter().any(is);
    let (upper, lower, digit) = (
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_digit),
    );
    (8..=18).contains(&token.len())
        && (upper && lower || digit && (upper || lower))
        && !is_title(token)
}

/// `Welcome`: a capital and small letters only.
fn is_title(token: &str) -> bool {
    token.bytes().skip(1).all(|b| b.is_ascii_lowercase())
}

/// `tk=MPQHUv32tQo CZ193`
fn taobao_key(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    if !text.contains('=') {
        return;
    }
    for (at, _) in line.lower().match_indices("tk=") {
        let token = scan::word(text, at + 3, b"");
        let free = !text[..at].ends_with(['?', '&']);
        if free && (8..=14).contains(&token.len()) && is_token(token) {
            let mut payload = empty(TAOBAO);
            payload.fields.reference = Some(token.to_owned());
            findings.add(at, at + 3 + token.len(), payload);
        }
    }
}

/// The apps whose texts hold a link.
const APPS: &[(Scheme, Hint)] = &[(DOUYIN, Hint::Douyin), (SHARE, Hint::Share)];

/// `复制打开抖音，看看【...】 https://v.douyin.com/...`: the words, and the link where there is one.
fn copied(line: &Line<'_>, findings: &mut Findings) {
    let hints = line.hints();
    let copy = hints.first(Hint::Copy);
    let coded = is_coded(line.text());
    for (scheme, app) in APPS {
        let Some(word) = hints.first(*app) else {
            continue;
        };
        let start = match copy {
            Some(copy) => copy.min(word),
            None if coded && *scheme == DOUYIN => 0,
            None => continue,
        };
        let link = links::first(line);
        let opens = hints.has(Hint::Open);
        if link.is_none() && !(opens && coded) && !(opens && *scheme == DOUYIN && copy.is_some()) {
            continue;
        }
        if findings.any(|payload| payload.scheme.ends_with("-token")) {
            return;
        }
        let mut payload = empty(*scheme);
        let mut end = start.max(word);
        if let Some((link_end, url, nested)) = link {
            end = end.max(link_end);
            payload
                .fields
                .reference
                .clone_from(&nested.fields.reference);
            payload.fields.target = Some(url);
            payload.nested = Some(Box::new(nested));
        }
        findings.add(start, end, payload);
        return;
    }
}

/// `7.94 ...`, and `x@y.Z mm/dd Abc:/` in the text that Douyin copies.
fn is_coded(text: &str) -> bool {
    let head = text.trim_start().as_bytes();
    let digits = head.iter().take_while(|b| b.is_ascii_digit()).count();
    let begins = (1..=2).contains(&digits)
        && head.get(digits) == Some(&b'.')
        && head.iter().skip(digits + 1).take(2).all(u8::is_ascii_digit);
    begins || text.contains('@') && text.contains(":/ ")
}

/// Codes that are typed into Alipay's search, and the words that unlock a red packet.
fn alipay(line: &Line<'_>, findings: &mut Findings) {
    let (text, lower) = (line.text(), line.lower());
    if let Some(place) = line.places(Cue::Alipay).next() {
        let rest = &lower[place.start..];
        let asks = ["口令", "红包码", "紅包碼", "搜索", "首页搜", "搜"];
        let ask = asks
            .iter()
            .filter_map(|ask| rest.find(ask).map(|at| (at, ask.len())))
            .min();
        let own = lower[place.start..place.end].contains("码")
            || lower[place.start..place.end].contains("口令");
        let ask = if own {
            Some((place.end - place.start, 0))
        } else {
            ask
        };
        if let Some((at, len)) = ask.filter(|(at, _)| *at <= 60) {
            let from = place.start + at + len;
            let tail = &text[from..];
            let near = tail
                .char_indices()
                .take(14)
                .find(|(_, c)| c.is_ascii_digit());
            if let Some((gap, _)) = near {
                let fits = |n: &str| (6..=10).contains(&n.len());
                if let Some((code, end)) = scan::number(text, from + gap, 4, fits)
                    .or_else(|| scan::number(text, from + gap, 10, fits))
                {
                    let mut payload = empty(ALIPAY);
                    payload.fields.reference = Some(code);
                    payload.fields.currency = Some("CNY".into());
                    return findings.add(place.start, end, payload);
                }
            }
            let quoted = tail.trim_start_matches(['红', '包', '是', '为', ' ', ':', '紅']);
            let told = tail.len() - quoted.len();
            let quote = quoted.starts_with(['「', '“', '【', '"', '《']);
            let code: String = quoted
                .trim_start_matches(['「', '“', '【', '"', '《'])
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .take(20)
                .collect();
            let colon = tail[..told].contains(':');
            if (quote || colon) && (4..=20).contains(&code.chars().count()) {
                let end = text.len() - quoted.len() + code.len();
                let mut payload = empty(ALIPAY);
                payload.fields.reference = Some(code);
                payload.fields.currency = Some("CNY".into());
                return findings.add(place.start, end.min(text.len()), payload);
            }
        }
    }
    // `Z:/DIxHmJU82hZ# W:/j MU3481`
    if !text.contains('#') {
        return;
    }
    for (at, _) in text.match_indices(":/") {
        let token = scan::word(text, at + 2, b"");
        let end = at + 2 + token.len();
        if at > 0 && is_token(token) && text[end..].starts_with('#') {
            let mut payload = empty(ALIPAY);
            payload.fields.reference = Some(token.to_owned());
            payload.fields.currency = Some("CNY".into());
            return findings.add(at - 1, end + 1, payload);
        }
    }
}
