//! What is suspicious about where a web link leads: who stands before the host, which letters it has, whom
//! it resembles. Asked of every web link, those of known schemes too.

use unicode_security::mixed_script::AugmentedScriptSet;
use url::Host;

use super::super::input::{Uri, strip_prefix_ignore_case};
use super::super::links;
use crate::lookalike::{self, Likeness};

/// Letters that look like the slash that ends a host.
const SLASHES: &[char] = &[
    '\u{2044}', '\u{2215}', '\u{2571}', '\u{27cb}', '\u{29f8}', '\u{ff0f}',
];

/// Letters of East Asian scripts that do so only behind a host of ASCII.
const STROKES: &[char] = &['\u{3033}', '\u{30ce}', '\u{31d3}', '\u{4e3f}'];

/// Country domains where Cyrillic names are ordinary (the rule of browsers for whole-script confusables).
#[rustfmt::skip]
const CYRILLIC: &[&str] = &[
    "bg", "by", "kg", "kz", "md", "me", "mk", "mn", "rs", "ru", "su", "tj", "ua", "uz",
];

/// The signs at the host of `uri`, which was read from `text`.
pub(super) fn signs(text: &str, uri: &Uri) -> Vec<&'static str> {
    let mut flags = Vec::new();
    let mut raise = |is: bool, flag| {
        if is {
            flags.push(flag);
        }
    };
    let authority = authority(text).unwrap_or_default();
    raise(false_slash(authority).is_some(), "confusable-slash");
    raise(has_userinfo(uri) || backslash(text), "userinfo");
    // Browsers read circled letters and others like them as the ordinary ones.
    let foreign = |c: char| !c.is_ascii() && c.is_alphanumeric();
    let folded = authority.contains(foreign) && !uri.host.contains("xn--");
    raise(folded, "full-width");
    raise(is_ip(uri), "ip-host");
    raise(uri.url.port().is_some(), "odd-port");
    if is_ip(uri) {
        return flags;
    }
    if uri.host.contains("xn--") {
        international(&uri.host, &mut flags);
    }
    match lookalike::brand(&uri.host).filter(|_| !links::owns(&uri.host)) {
        Some(Likeness::Homograph) if !flags.contains(&"homograph") => flags.push("homograph"),
        Some(Likeness::SubdomainSpoof) => flags.extend(["subdomain-spoof", "lookalike-domain"]),
        Some(Likeness::Lookalike) => flags.push("lookalike-domain"),
        _ => {}
    }
    flags
}

/// The signs of a host with letters beyond ASCII.
fn international(host: &str, flags: &mut Vec<&'static str>) {
    // A host of more labels is none, and each costs a decoding.
    const MOST: usize = 8;
    flags.push("punycode");
    let top = host.rsplit('.').next().unwrap_or_default();
    let ordinary = top.starts_with("xn--") || CYRILLIC.contains(&top);
    let coded = |label: &&str| label.starts_with("xn--");
    for label in host.split('.').filter(coded).take(MOST) {
        let Some(label) = lookalike::unicode(label) else {
            continue;
        };
        if mixes_scripts(&label) && !flags.contains(&"mixed-script") {
            flags.push("mixed-script");
        }
        let whole = !ordinary && lookalike::whole_likeness(&label).is_some();
        if whole && !flags.contains(&"homograph") {
            flags.push("homograph");
        }
    }
}

/// Whether `label` mixes scripts beyond what languages do: one script, or Latin with those of Chinese,
/// Japanese or Korean (UTS #39 section 5.2, highly restrictive).
fn mixes_scripts(label: &str) -> bool {
    if !AugmentedScriptSet::for_str(label).is_empty() {
        return false;
    }
    let latin = AugmentedScriptSet::for_char('a');
    let foreign: String = label
        .chars()
        .filter(|&c| {
            let mut scripts = AugmentedScriptSet::for_char(c);
            scripts.intersect_with(latin);
            scripts.is_empty()
        })
        .collect();
    let rest = AugmentedScriptSet::for_str(&foreign);
    !(rest.hanb || rest.jpan || rest.kore)
}

/// `https://bank.example@evil.example/` leads to evil.example.
fn has_userinfo(uri: &Uri) -> bool {
    !uri.url.username().is_empty() || uri.url.password().is_some()
}

/// `https://evil.example\@bank.example/`: to browsers a backslash ends the host, to others it does not.
fn backslash(text: &str) -> bool {
    let whole = after_scheme(text)
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default();
    whole
        .split_once('\\')
        .is_some_and(|(_, rest)| rest.contains('@'))
}

pub(super) fn is_ip(uri: &Uri) -> bool {
    matches!(uri.url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
}

/// The real host of `https://bank.example∕.evil.example/`, where the first slash is none.
pub(super) fn false_slash(authority: &str) -> Option<&str> {
    if authority.is_ascii() {
        return None;
    }
    let stroke = || {
        let (before, after) = authority.split_once(STROKES)?;
        let (_, top) = before.rsplit_once('.')?;
        let latin = top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
        (latin && after.contains('.')).then_some(after)
    };
    let real = authority.rsplit_once(SLASHES).map(|(_, real)| real);
    Some(real.or_else(stroke)?.trim_start_matches('.'))
}

/// The real host of `https://bank.example%40evil.example/`, which is no link to browsers.
pub(super) fn false_at(authority: &str) -> Option<&str> {
    let real = authority.rsplit_once("%40").map(|(_, real)| real);
    real.filter(|real| real.contains('.'))
}

/// What stands between `https://` and the path.
pub(super) fn authority(text: &str) -> Option<&str> {
    after_scheme(text)?.split(['/', '\\', '?', '#']).next()
}

fn after_scheme(text: &str) -> Option<&str> {
    ["http://", "https://"]
        .iter()
        .find_map(|prefix| strip_prefix_ignore_case(text, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_hosts() {
        for (text, flags) in [
            ("https://example.com/", &[][..]),
            ("https://example.com:443/a:80", &[]),
            ("https://example.com/@b?c=d@e", &[]),
            ("https://example.com:8443/", &["odd-port"]),
            ("http://example.com:443/", &["odd-port"]),
            ("https://a.example@example.com/", &["userinfo"]),
            ("https://a.example:443@example.com/", &["userinfo"]),
            ("https://:pw@example.com/", &["userinfo"]),
            ("https://example.com\\@a.example/", &["userinfo"]),
            ("https://example.com\\a@b/", &["userinfo"]),
            ("http://[2001:db8::1]:81/", &["ip-host", "odd-port"]),
            ("http://0177.0.0.1/", &["ip-host"]),
            ("https://ⓔⓥⓘⓛ.example/", &["full-width"]),
            ("https://𝗲𝘃𝗶𝗹.example/", &["full-width"]),
            ("http://0xc0a80101/", &["ip-host"]),
            ("https://bücher.example/", &["punycode"]),
            ("https://日本abc.example/", &["punycode"]),
            ("https://한국shop.example/", &["punycode"]),
            ("https://яndex.example/", &["punycode", "mixed-script"]),
            ("https://ไทยabc.example/", &["punycode", "mixed-script"]),
            ("https://сосо.com/", &["punycode", "homograph"]),
            ("https://роса.ru/", &["punycode"]),
            ("https://роса.рф/", &["punycode"]),
            ("https://xn--80ak6aa92e.com/", &["punycode", "homograph"]),
            (
                "https://pаypal.com/",
                &["punycode", "mixed-script", "homograph"],
            ),
            ("https://páypal.com/", &["punycode", "homograph"]),
            (
                "https://google.com∕.evil.example/",
                &["confusable-slash", "punycode"],
            ),
            (
                "https://google.comノx.evil.example/",
                &["confusable-slash", "punycode"],
            ),
            ("https://カノ.jp/", &["punycode"]),
            ("https://paypa1.com/", &["lookalike-domain"]),
            (
                "https://alipay.com.evil.top/",
                &["subdomain-spoof", "lookalike-domain"],
            ),
        ] {
            let uri = Uri::parse(text).expect(text);
            assert_eq!(signs(text, &uri), flags, "{text}");
        }
    }

    #[test]
    fn hosts_behind_false_marks() {
        assert_eq!(false_slash("a.com∕.b.top"), Some("b.top"));
        assert_eq!(false_slash("a.comノb.top"), Some("b.top"));
        assert_eq!(false_slash("カノ.jp"), None);
        assert_eq!(false_at("a.com%40b.top"), Some("b.top"));
        assert_eq!(false_at("a%40b"), None);
    }
}
