//! Links and domains in a sentence, in the spellings that filters do not find and with the mistakes that
//! a reader of pictures makes.
//!
//! A link that one of the families knows is that family's. Any other is a domain that somebody has
//! written down, and only where the end of it is one that people register under, and no file name.

mod dots;

use super::super::schemes::Scheme;
use super::super::{Depth, Payload, read_nested};
use super::cues::Cue;
use super::{Findings, Line, mail, scan};

const DOMAIN: Scheme = Scheme::named("text-bare-domain");

/// The most links of a line that are looked at, and as many links of apps.
const MOST: usize = 8;

/// A link at its place.
pub(super) struct Candidate {
    start: usize,
    end: usize,
    /// The link, with `https://` where it had none.
    url: String,
    /// What it says.
    payload: Payload,
    /// Whether it was written with a scheme.
    explicit: bool,
    /// Whether the dots were written in another way, which nobody does without a reason.
    disguised: bool,
}

/// Ends that are words or endings of files too: `done.so`, `main.rs`.
#[rustfmt::skip]
const WEAK_ENDS: &[&str] = &[
    "ai", "am", "app", "as", "at", "be", "bin", "by", "cc", "dev", "do", "fm", "gs", "id", "in", "is",
    "it", "la", "lol", "ly", "md", "me", "mm", "mobi", "mov", "ms", "mu", "my", "na", "no", "now",
    "or", "pl", "pm", "ps", "py", "rs", "sh", "so", "st", "to", "us", "vi", "ws", "zip", "name",
    "info", "java", "re", "se", "si", "de", "com.de", "es", "et", "est", "nu", "om", "je", "al", "an",
];

/// Names in front of such an end that are programs: `Node.js`, `ASP.NET`.
const NO_DOMAINS: &[&str] = &[
    "the.com",
    "asp.net",
    "vb.net",
    "ado.net",
    "socket.io",
    "draw.io",
    "d3.js",
];

/// Links that a family knows, or that are written as such.
pub(super) fn find_known(line: &Line<'_>, findings: &mut Findings) {
    findings.more |= line.links().more;
    for found in &line.links().found {
        if found.explicit || is_known(&found.payload) {
            let domain = !found.explicit && !is_known(&found.payload);
            findings.add(found.start, found.end, outer(found, domain));
        }
    }
}

/// Domains that stand alone.
pub(super) fn find_bare(line: &Line<'_>, findings: &mut Findings) {
    for found in &line.links().found {
        if !found.explicit && !is_known(&found.payload) && is_meant(line, found) {
            findings.add(found.start, found.end, outer(found, true));
        }
    }
}

/// The first link with a scheme: where it ends, itself, and what it says.
pub(super) fn first(line: &Line<'_>) -> Option<(usize, String, Payload)> {
    let mut links = line.links().found.iter();
    let found = links.find(|found| found.explicit || is_known(&found.payload))?;
    Some((found.end, found.url.clone(), found.payload.clone()))
}

/// What the line says with a link: the same, and the link is what it holds.
fn outer(found: &Candidate, domain: bool) -> Payload {
    let mut payload = found.payload.clone();
    if domain && payload.scheme == "web-link" {
        payload.scheme = DOMAIN.id;
        payload.category = DOMAIN.category;
        let bare = found
            .url
            .trim_start_matches("https://")
            .trim_end_matches('/');
        payload.fields.target = Some(bare.to_owned());
    }
    payload.nested = Some(Box::new(found.payload.clone()));
    payload
}

fn is_known(payload: &Payload) -> bool {
    !matches!(
        payload.scheme,
        "web-link" | "plain-text" | "url-homograph" | "url-lookalike"
    ) && payload.scheme != "url-ip-host"
}

/// Whether a dotted word is a domain that somebody is sent to.
fn is_meant(line: &Line<'_>, found: &Candidate) -> bool {
    let bare = found.url.trim_start_matches("https://");
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let lower = host.to_ascii_lowercase();
    let end = lower.rsplit('.').next().unwrap_or_default();
    let labels = lower.split('.').count();
    if NO_DOMAINS.contains(&lower.as_str()) || lower.split('.').all(|label| label.len() < 3) {
        return false;
    }
    let cued = line.is_after(found.start, 14, |cue| cue == Cue::Site);
    let sure = cued || found.disguised || lower.starts_with("www.") || !path.is_empty();
    // `Fim.Com açúcar`: a sentence that lacks a space.
    let tail = host.rsplit('.').next().unwrap_or_default();
    let sentence = tail.starts_with(|c: char| c.is_ascii_uppercase())
        && tail.contains(|c: char| c.is_ascii_lowercase());
    let weak = WEAK_ENDS.contains(&end) && labels < 3;
    !sentence && (sure || !weak)
}

/// The links and dotted words of a line.
pub(super) struct Links {
    pub(super) found: Vec<Candidate>,
    /// Whether there may be more.
    more: bool,
}

impl Links {
    /// Everything in `text` that may be a link. What comes behind an `@` is mail.
    pub(super) fn of(text: &str) -> Self {
        let mut found: Vec<Candidate> = Vec::new();
        let mut from = 0;
        while found.len() < MOST
            && let Some(dot) = dots::next(text, from)
        {
            from = dot.end;
            if let Some(labels) = labels(text, &dot) {
                from = from.max(labels.end);
                if let Some(candidate) = around(text, &labels) {
                    from = from.max(candidate.end);
                    found.push(candidate);
                }
            }
        }
        let mut links = Self {
            more: found.len() == MOST,
            found,
        };
        links.add_those_of_apps(text);
        links
    }

    /// Links of apps, `weixin://...`, which have no dot.
    fn add_those_of_apps(&mut self, text: &str) {
        let (mut done, mut tries) = (0, 0);
        for (at, _) in text.match_indices("://") {
            if at < done {
                continue;
            }
            if tries == MOST {
                self.more = true;
                break;
            }
            let name = text[..at]
                .bytes()
                .rev()
                .take(40)
                .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
                .count();
            let start = at - name;
            let len = text[at..].bytes().take_while(|b| is_of_link(*b)).count();
            let end = at
                + text[at..at + len]
                    .trim_end_matches(['.', ',', ';', '!', ')', '\''])
                    .len();
            done = end;
            let url = text.get(start..end).unwrap_or_default();
            let is_told = self.found.iter().any(|f| f.start < end && start < f.end);
            if name == 0 || end <= at + 3 || is_told {
                continue;
            }
            tries += 1;
            let payload = read_nested(url, Depth::WHOLE);
            if payload.scheme != "plain-text" {
                self.found.push(Candidate {
                    start,
                    end,
                    url: url.to_owned(),
                    payload,
                    explicit: true,
                    disguised: false,
                });
            }
        }
    }
}

/// Whether a line has a dot of any kind.
pub(super) fn may_hold(text: &str) -> bool {
    dots::next(text, 0).is_some() || text.contains("://")
}

/// Whether `b` may be a part of a link in writing, and is no sign that people put around one.
fn is_of_link(b: u8) -> bool {
    b.is_ascii_graphic()
        && !matches!(
            b,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

fn is_label(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-'
}

/// The labels around a dot, and the dots between them.
struct Labels {
    start: usize,
    end: usize,
    host: String,
    disguised: bool,
}

fn labels(text: &str, dot: &dots::Dot) -> Option<Labels> {
    let before = text.get(..dot.start)?.bytes().rev().take(63);
    let start = dot.start - before.take_while(|b| is_label(*b)).count();
    let mut found = Labels {
        start,
        end: dot.start,
        host: text
            .get(start..dot.start)?
            .trim_start_matches('-')
            .to_owned(),
        disguised: false,
    };
    found.start = dot.start - found.host.len();
    let mut next = dots::at(text, dot.start);
    while let Some(dot) = next.filter(|_| !found.host.is_empty() && found.host.len() < 253) {
        let rest = text.get(dot.end..)?;
        let label = rest.bytes().take(63).take_while(|b| is_label(*b)).count();
        // A space behind what is a domain already begins the next word.
        let spaced = text[dot.start..].starts_with(' ');
        if label == 0 || spaced && mail::is_registrable(&found.host.to_ascii_lowercase()) {
            break;
        }
        found.host.push('.');
        found.host.push_str(&rest[..label]);
        found.end = dot.end + label;
        found.disguised |= dot.disguised;
        next = dots::at(text, found.end);
    }
    found.host.contains('.').then_some(found)
}

/// The link that has these labels.
fn around(text: &str, labels: &Labels) -> Option<Candidate> {
    let Labels {
        start,
        mut end,
        disguised,
        ref host,
    } = *labels;
    let (scheme, begin) = scheme_before(text, start);
    if scheme.is_none() && text[..start].ends_with(['@', '_']) {
        return None;
    }
    let (host, glued) = mended(host);
    if !mail::is_registrable(&host.to_ascii_lowercase()) {
        return None;
    }
    if scheme.is_none()
        && host
            .split('.')
            .next()
            .is_some_and(|first| super::super::checks::is_digits(first) && first.len() < 3)
    {
        return None;
    }
    let spaced = spaced_path(text, end, &host);
    let tail = spaced.map_or_else(|| path(text, end), |(_, tail)| tail);
    let mut url = format!("{}://{host}", scheme.unwrap_or("https"));
    if let Some(glued) = glued {
        url.push('/');
        url.push_str(&glued);
    }
    if spaced.is_some() {
        url.push('/');
    }
    url.push_str(tail);
    end += tail.len() + spaced.map_or(0, |(skip, _)| skip);
    let payload = read_nested(&url, Depth::WHOLE);
    Some(Candidate {
        start: begin,
        end,
        payload,
        url,
        explicit: scheme.is_some(),
        disguised,
    })
}

/// `paypal . me / name`: what parts the host and its path, and the path.
fn spaced_path<'t>(text: &'t str, from: usize, host: &str) -> Option<(usize, &'t str)> {
    let rest = text.get(from..)?;
    let path = rest.trim_start_matches(' ').strip_prefix('/')?;
    let path = path.trim_start_matches(' ');
    let skip = rest.len() - path.len();
    let name = scan::word(path, 0, b"_+-.");
    (skip > 1 && !name.is_empty() && GLUED.contains(&host.to_ascii_lowercase().as_str()))
        .then_some((skip, name))
}

/// The path, query and fragment from `from` on, without the signs that end a sentence.
fn path(text: &str, from: usize) -> &str {
    let rest = text.get(from..).unwrap_or_default();
    let port = rest.strip_prefix(':').map_or(0, |r| {
        let digits = r.bytes().take(5).take_while(u8::is_ascii_digit).count();
        if digits >= 2 && r[digits..].starts_with('/') {
            digits + 1
        } else {
            0
        }
    });
    if !rest[port..].starts_with(['/', '?', '#']) {
        return "";
    }
    let len = rest.bytes().take_while(|b| is_of_link(*b)).count();
    rest[..len].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']', '*'])
}

/// The scheme in front of a host, with the slashes that were lost (`https:/`, `https//`, `hxxps://`), and
/// where it begins.
fn scheme_before(text: &str, host: usize) -> (Option<&'static str>, usize) {
    let before = text.get(..host).unwrap_or_default();
    let trimmed = before.trim_end_matches(['/', ':', ' ', '\\']);
    let signs = &before[trimmed.len()..];
    if !signs.contains([':', '/']) {
        return (None, host);
    }
    for (written, scheme) in [
        ("https", "https"),
        ("http", "http"),
        ("hxxps", "https"),
        ("hxxp", "http"),
        ("httрs", "https"),
    ] {
        let begin = trimmed.len().wrapping_sub(written.len());
        if trimmed
            .get(begin..)
            .is_some_and(|tail| tail.eq_ignore_ascii_case(written))
        {
            return (Some(scheme), begin);
        }
    }
    (None, host)
}

/// Hosts whose slash a reader of pictures loses, or takes for a letter.
#[rustfmt::skip]
const GLUED: &[&str] = &[
    "paypal.me", "wa.me", "t.me", "m.me", "cash.app", "bit.ly", "line.me", "lin.ee", "zalo.me",
    "ko-fi.com", "venmo.com", "linktr.ee", "revolut.me",
];

/// `host` with the letters that were misread set right where that makes it one of the known ones, and what
/// was glued to it.
fn mended(host: &str) -> (String, Option<String>) {
    let lower = host.to_ascii_lowercase();
    for known in GLUED {
        let Some(rest) = lower.strip_prefix(known).filter(|rest| rest.len() >= 3) else {
            continue;
        };
        if rest.starts_with(['.', '-']) || mail::is_registrable(&lower) {
            continue;
        }
        let rest = host.get(host.len() - rest.len()..).unwrap_or_default();
        // A slash looks like an l, which no consonant follows at the beginning of a word.
        let consonant = |c: char| c.is_ascii_alphabetic() && !"aeiouyAEIOUYlL".contains(c);
        let name = match rest.strip_prefix(['l', 'I', '|']) {
            Some(name) if name.starts_with(consonant) => name,
            _ => rest,
        };
        return ((*known).to_owned(), Some(name.to_owned()));
    }
    let mended = lower
        .replace('1', "l")
        .replace('0', "o")
        .replace("rne", "me");
    if mended != lower && GLUED.contains(&mended.as_str()) {
        return (mended, None);
    }
    (host.to_owned(), None)
}
