//! Any other link: what is suspicious about it, and whether it does harm by being opened.

use url::Host;

use super::Payload;
use super::input::{Input, Uri, strip_prefix_ignore_case};
use super::schemes::Scheme;

const REDIRECT: Scheme = Scheme::named("open-redirect");
const LINK: Scheme = Scheme::named("web-link");
const USERINFO: Scheme = Scheme::named("url-userinfo");
const IP_HOST: Scheme = Scheme::named("url-ip-host");
const HOMOGRAPH: Scheme = Scheme::named("url-homograph");
const DANGEROUS: Scheme = Scheme::named("url-dangerous-scheme");
const DOUBLE_EXTENSION: Scheme = Scheme::named("url-double-extension");
const DOWNLOAD: Scheme = Scheme::named("apk-direct");

/// Schemes that run code, read local files or hide another link.
const DANGEROUS_SCHEMES: &[&str] = &[
    "about",
    "android-app",
    "blob",
    "chrome",
    "content",
    "data",
    "file",
    "intent",
    "javascript",
    "search-ms",
    "vbscript",
    "view-source",
];

/// What installs itself or runs, by the end of the file name.
const INSTALLERS: &[&str] = &[
    "aab",
    "apk",
    "apks",
    "bat",
    "dmg",
    "exe",
    "hap",
    "ipa",
    "jar",
    "mobileconfig",
    "msi",
    "pkg",
    "scr",
    "xapk",
];

/// What an installer poses as.
const DOCUMENTS: &[&str] = &[
    "doc", "docx", "gif", "jpg", "jpeg", "mp4", "pdf", "png", "txt", "xls",
];

/// Query keys under which pages are told where to send the viewer on to.
const ONWARD: &[&str] = &[
    "backurl",
    "callback",
    "continue",
    "dest",
    "destination",
    "goto",
    "jump",
    "jumpurl",
    "link",
    "next",
    "out",
    "redirect",
    "redirect_uri",
    "redirect_url",
    "redirecturl",
    "ret",
    "return",
    "returnurl",
    "return_url",
    "target",
    "to",
    "u",
    "url",
];

/// Letters that look like the slash that ends a host.
const SLASHES: &[char] = &['\u{2044}', '\u{2215}', '\u{29f8}', '\u{ff0f}'];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    match &input.uri {
        Some(uri) if uri.is_web() => Some(web(input, uri)),
        Some(uri) if DANGEROUS_SCHEMES.contains(&uri.url.scheme()) => {
            let mut payload = input.payload(DANGEROUS);
            payload.flags.push("dangerous-scheme");
            Some(payload)
        }
        Some(_) => None,
        None => broken(input),
    }
}

fn web(input: &Input<'_>, uri: &Uri) -> Payload {
    let file = uri
        .path
        .last()
        .map(|name| name.to_ascii_lowercase())
        .unwrap_or_default();
    let mut extensions = file.rsplit('.');
    let installs = extensions
        .next()
        .is_some_and(|e| file.contains('.') && INSTALLERS.contains(&e));
    let poses = installs && extensions.next().is_some_and(|e| DOCUMENTS.contains(&e));

    let real = host_after_false_slash(input.text);
    let onward = onward(uri);

    // The worst first: it names the scheme, and the rest are flags.
    let signs = [
        (poses, Some(DOUBLE_EXTENSION), "double-extension"),
        (installs, Some(DOWNLOAD), "sideload"),
        (real.is_some(), Some(HOMOGRAPH), "confusable-slash"),
        (has_userinfo(uri), Some(USERINFO), "userinfo"),
        (is_ip(uri), Some(IP_HOST), "ip-host"),
        (onward.is_some(), Some(REDIRECT), "open-redirect"),
        (is_punycode(uri) && real.is_none(), None, "punycode"),
    ];
    let scheme = signs
        .iter()
        .filter(|(is, ..)| *is)
        .find_map(|(_, scheme, _)| *scheme);
    let mut payload = input.payload(scheme.unwrap_or(LINK));
    payload
        .flags
        .extend(signs.iter().filter(|(is, ..)| *is).map(|(.., flag)| *flag));
    payload.valid = Some(true);
    payload.fields.target = match real {
        Some(real) => Some(real.to_owned()),
        None if has_userinfo(uri) || is_ip(uri) => Some(uri.host.clone()),
        None => onward,
    };
    payload
}

/// The link to somewhere else that the query holds. Nobody can tell from here whether the page follows
/// it, and a page of a trusted host that does is the best disguise there is.
fn onward(uri: &Uri) -> Option<String> {
    let known = |key: &str| ONWARD.iter().any(|onward| key.eq_ignore_ascii_case(onward));
    let elsewhere = |link: &Uri| !link.host.is_empty() && link.host != uri.host;
    uri.query
        .iter()
        .filter(|(key, value)| known(key) && value.contains("://"))
        .find(|(_, value)| Uri::parse(value).is_some_and(|link| elsewhere(&link)))
        .map(|(_, value)| value.clone())
}

fn is_punycode(uri: &Uri) -> bool {
    uri.host.split('.').any(|label| label.starts_with("xn--"))
}

/// `https://bank.example@evil.example/` leads to evil.example.
fn has_userinfo(uri: &Uri) -> bool {
    !uri.url.username().is_empty() || uri.url.password().is_some()
}

fn is_ip(uri: &Uri) -> bool {
    matches!(uri.url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
}

/// What says that it is a web link and is none by the rules of browsers.
fn broken(input: &Input<'_>) -> Option<Payload> {
    let real = host_after_false_slash(input.text);
    authority(input.text)?;
    let mut payload = input.payload(if real.is_some() { HOMOGRAPH } else { LINK });
    payload.flags.extend(real.map(|_| "confusable-slash"));
    payload.fields.target = real.map(str::to_owned);
    payload.valid = Some(false);
    Some(payload)
}

/// The real host of `https://bank.example∕.evil.example/`, where the first slash is none.
fn host_after_false_slash(text: &str) -> Option<&str> {
    let (_, real) = authority(text)?.rsplit_once(SLASHES)?;
    Some(real.trim_start_matches('.'))
}

/// What stands between `https://` and the path.
fn authority(text: &str) -> Option<&str> {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|prefix| strip_prefix_ignore_case(text, prefix))?;
    rest.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_their_signs() {
        for (text, scheme, flags, target) in [
            ("https://example.com/about", "web-link", &[][..], None),
            ("https://example.com/a@b", "web-link", &[], None),
            (
                "http://bank.example@evil.example/x",
                "url-userinfo",
                &["userinfo"],
                Some("evil.example"),
            ),
            (
                "https://a.example/?url=https://b.example/",
                "open-redirect",
                &["open-redirect"],
                Some("https://b.example/"),
            ),
            (
                "https://a.example/?Next=weixin%3A%2F%2Fdl%2Fx",
                "open-redirect",
                &["open-redirect"],
                Some("weixin://dl/x"),
            ),
            (
                "https://a.example/?next=https://a.example/b&q=https://b.example",
                "web-link",
                &[],
                None,
            ),
            (
                "http://0x7f.1/",
                "url-ip-host",
                &["ip-host"],
                Some("127.0.0.1"),
            ),
            (
                "http://2130706433/",
                "url-ip-host",
                &["ip-host"],
                Some("127.0.0.1"),
            ),
            ("https://bücher.example/", "web-link", &["punycode"], None),
            (
                "https://a.example/App.APK?x",
                "apk-direct",
                &["sideload"],
                None,
            ),
            (
                "https://a.example/bill.pdf.exe",
                "url-double-extension",
                &["double-extension", "sideload"],
                None,
            ),
            ("https://a.example/apk", "web-link", &[], None),
            (
                "JavaScript:alert(1)",
                "url-dangerous-scheme",
                &["dangerous-scheme"],
                None,
            ),
            (
                "https://bank.example∕.evil.example/x",
                "url-homograph",
                &["confusable-slash"],
                Some("evil.example"),
            ),
            ("https://exa mple.com/", "web-link", &[], None),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.scheme, scheme, "{text}");
            assert_eq!(payload.flags, flags, "{text}");
            assert_eq!(payload.fields.target.as_deref(), target, "{text}");
        }
        assert_eq!(
            parse(&Input::new("https://exa mple.com/")).unwrap().valid,
            Some(false)
        );
        assert!(parse(&Input::new("some words")).is_none());
        assert!(parse(&Input::new("app://x")).is_none());
    }
}
