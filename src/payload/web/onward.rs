//! The link to somewhere else that a link holds in its query or its fragment. Nobody can tell from here
//! whether the page follows it, and a page of a trusted host that does is the best disguise there is.

use super::super::base64;
use super::super::input::{Uri, decode, decoded};
use super::super::texts::Pairs;
use super::danger;

/// Query keys under which pages are told where to send the viewer on to; letters only, since
/// `redirectUrl`, `redirect_url` and `redirect-url` are one.
#[rustfmt::skip]
const ONWARD: &[&str] = &[
    "afdp", "afwebdp", "cont", "continue", "continueurl", "continueto", "deeplink", "deeplinkvalue", "dest", "destination",
    "desturl", "exit", "ext", "external", "exturl", "fallback", "fallbackurl", "finalurl", "forward",
    "forwardto", "forwardurl", "fullurl", "go", "goto", "gotourl", "gourl", "h5url", "href", "jump", "jumpto",
    "jumpurl", "landing", "landingurl", "link", "linkurl", "location", "next", "nexturl", "open", "openurl",
    "out", "pageurl", "pfurl", "qrcode", "r", "redir", "redirect", "redirectlink", "redirectto", "redirecturi",
    "redirecturl", "redirurl", "rurl", "scheme", "schema", "service", "site", "target", "targeturi",
    "targeturl", "to", "tourl", "u", "uri", "url", "weburl",
];

/// Keys under which they are told where to come back to. A page to pay on says so as a matter of course:
/// what leads onward goes first.
#[rustfmt::skip]
const BACK: &[&str] = &[
    "back", "backto", "backurl", "callback", "callbackurl", "ref", "ret", "return", "returnpath", "returnto",
    "returnuri", "returnurl", "successurl",
];

/// How many parts of a fragment are looked at, and how many values of a query are read as links. No honest link
/// has more.
const MOST: usize = 256;

/// The shortest link in base64, in letters.
const SHORTEST_BASE64: usize = 12;

const MOST_LINKS: usize = 16;

/// The link inside, and whether it leads to somebody else's domain.
pub(super) fn find(uri: &Uri) -> Option<(String, bool)> {
    let fragment = fragment_query(uri);
    let pairs = || uri.query.iter().chain(fragment.iter());
    let links = |keys: &'static [&'static str]| {
        pairs()
            // Most values are told from a link by one look, before their keys are compared with any.
            .filter(move |(key, value)| may_be_link(value) && is_one_of(keys, key))
            .take(MOST_LINKS)
            .filter_map(|(_, value)| link(value, uri))
    };
    let elsewhere = |link: &String| leads_elsewhere(link, uri);
    links(ONWARD)
        .chain(links(BACK))
        .find(elsewhere)
        .map(|link| (link, true))
        .or_else(|| links(ONWARD).next().map(|link| (link, false)))
}

/// The query of a page that keeps its own behind the `#`: `#/redirect?url=...`.
fn fragment_query(uri: &Uri) -> Pairs {
    let fragment = uri.url.fragment().unwrap_or_default();
    let query = fragment
        .split_once('?')
        .map_or(fragment, |(_, query)| query);
    let mut pairs = Pairs::default();
    let given = query.split('&').filter_map(|pair| pair.split_once('='));
    for (key, value) in given.take(MOST) {
        pairs.push(&decoded(key), &decoded(value));
    }
    pairs
}

fn is_one_of(keys: &[&str], key: &str) -> bool {
    const LONGEST: usize = 20;
    if key.len() > LONGEST {
        return false;
    }
    let letters = || {
        key.bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_lowercase())
    };
    let count = letters().count();
    keys.iter()
        .any(|known| known.len() == count && letters().eq(known.bytes()))
}

/// Whether `value` can be a link in any of the forms that are read: all but base64 have one of these, and that is
/// not short.
fn may_be_link(value: &str) -> bool {
    value.len() >= SHORTEST_BASE64 || value.contains([':', '/', '\\', '%'])
}

/// The link that `value` is: as it stands, percent-encoded more than once, or in base64.
fn link(value: &str, uri: &Uri) -> Option<String> {
    /// As often as anybody encodes a link.
    const TIMES: usize = 3;
    let mut value = value.trim().to_owned();
    for _ in 0..TIMES {
        if let Some(link) = plain_link(&value, uri) {
            return Some(link);
        }
        if !value.contains('%') {
            break;
        }
        value = decode(&value);
    }
    plain_link(base64_text(&value)?.trim(), uri)
}

/// `value` where it is a link to a host, an app or a script; with the scheme of the page where it has none.
fn plain_link(value: &str, uri: &Uri) -> Option<String> {
    if danger::claims(value) {
        return Some(value.to_owned());
    }
    if value.starts_with("//") || value.starts_with("/\\") || value.starts_with("\\\\") {
        let link = uri.url.join(value).ok()?;
        return link.has_host().then(|| link.to_string());
    }
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let whole = is_scheme && !rest.is_empty() && url::Url::parse(value).is_ok();
    whole.then(|| value.to_owned())
}

/// Whether `link` leads to another registrable domain, to an app, or runs something.
fn leads_elsewhere(link: &str, uri: &Uri) -> bool {
    let Some(link) = Uri::parse(link).filter(Uri::is_web) else {
        return true;
    };
    let owner = |host: &str| psl::domain_str(host).unwrap_or(host).to_owned();
    link.host != uri.host && owner(&link.host) != owner(&uri.host)
}

/// The text that `value` is in base 64, where it is long enough for a link.
fn base64_text(value: &str) -> Option<String> {
    let text = value.trim_end_matches('=');
    if text.len() < SHORTEST_BASE64 {
        return None;
    }
    // A plus sign that nobody encoded is a blank by now.
    base64::decode_text(&text.replace(' ', "+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(link: &str) -> Option<(String, bool)> {
        find(&Uri::parse(link).expect(link))
    }

    #[test]
    fn links_inside_of_links() {
        for (link, target) in [
            (
                "https://a.example/?url=https://b.example/",
                "https://b.example/",
            ),
            (
                "https://a.example/?Redirect_URL=https%3A%2F%2Fb.example%2F",
                "https://b.example/",
            ),
            (
                "https://a.example/?next=weixin%3A%2F%2Fdl%2Fx",
                "weixin://dl/x",
            ),
            (
                "https://a.example/?u=%2F%2Fb.example%2Fx",
                "https://b.example/x",
            ),
            ("https://a.example/?u=/\\b.example/x", "https://b.example/x"),
            (
                "https://a.example/?u=https%253A%252F%252Fb.example",
                "https://b.example",
            ),
            (
                "https://a.example/?u=https%25253A%25252F%25252Fb.example",
                "https://b.example",
            ),
            (
                "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUveA==",
                "https://b.example/x",
            ),
            (
                "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUveA",
                "https://b.example/x",
            ),
            (
                "https://a.example/#/redirect?url=https://b.example",
                "https://b.example",
            ),
            (
                "https://a.example/#url=https%3A%2F%2Fb.example",
                "https://b.example",
            ),
            (
                "https://a.example/?go=javascript:alert(1)",
                "javascript:alert(1)",
            ),
            (
                "https://a.example/?return_url=https://b.example&to=https://c.example",
                "https://c.example",
            ),
            (
                "https://a.example/?callback=https://b.example",
                "https://b.example",
            ),
            ("https://a.co.uk/?url=https://b.co.uk/", "https://b.co.uk/"),
        ] {
            assert_eq!(of(link), Some((target.to_owned(), true)), "{link}");
        }
    }

    #[test]
    fn the_own_domain_is_nowhere_else() {
        for (link, target) in [
            (
                "https://a.example/?next=https://www.a.example/b",
                "https://www.a.example/b",
            ),
            (
                "https://pay.a.example/?url=%2F%2Fm.a.example",
                "https://m.a.example/",
            ),
        ] {
            assert_eq!(of(link), Some((target.to_owned(), false)), "{link}");
        }
    }

    #[test]
    fn other_values_are_no_links() {
        for link in [
            "https://a.example/?q=https://b.example",
            "https://a.example/?next=/account",
            "https://a.example/?next=account",
            "https://a.example/?next=://",
            "https://a.example/?next=x y://z",
            "https://a.example/?next=AAAAAAAAAAAAAAAA",
            "https://a.example/?next=aHR0cHM6Ly9",
            "https://a.example/?return=https://www.a.example/b",
            "https://a.example/?to=12:30//x",
            "https://a.example/#section",
        ] {
            assert_eq!(of(link), None, "{link}");
        }
    }
}
