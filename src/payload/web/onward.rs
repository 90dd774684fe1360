//! The link to somewhere else that a link holds in its query or its fragment. Nobody can tell from here
//! whether the page follows it, and a page of a trusted host that does is the best disguise there is.

use super::super::base64;
use super::super::input::{Uri, decode, decoded, origin, strip_prefix_ignore_case};
use super::super::texts::Pairs;
use super::super::{Category, contact, is_for, local};
use super::danger;

/// Query keys under which pages are told where to send the viewer on to; letters only, since
/// `redirectUrl`, `redirect_url` and `redirect-url` are one.
#[rustfmt::skip]
const ONWARD: &[&str] = &[
    "actionurl", "afdp", "afwebdp", "applink", "clickurl", "cont", "continue", "continueto", "continueurl",
    "dappurl", "deeplink", "deeplinkurl", "deeplinkvalue", "dest", "destination", "destinationurl", "desturl", "exit", "ext",
    "external", "exturl", "fallback", "fallbackurl", "finalurl", "forward", "forwardto", "forwardurl", "fullurl",
    "go", "goto", "gotourl", "gourl", "h5url", "href", "jump", "jumplink", "jumpto", "jumpurl", "landing",
    "landingpage", "landingurl", "link", "linkto", "linkurl", "loadurl", "location", "murl", "next", "nextpage",
    "nexturl", "open", "openlink", "openurl", "out", "outurl", "pageurl", "payurl", "pfurl", "qrcode", "qrurl", "r",
    "redir", "redirect", "redirecturl", "redirectlink", "redirectto", "redirecturi", "redirectionurl",
    "redirurl", "rurl", "scheme", "schema", "schemeurl", "service", "site", "siteurl", "target", "targeturi",
    "targeturl", "to", "tourl", "u", "uri", "url", "urlprefix", "webpageurl", "weburl", "webviewurl",
];

/// Keys that mean so only on a page that is there to lead on: `q` is otherwise what is searched for.
const ON_EXITS: &[&str] = &["q", "z", "mpre", "uddg"];

/// What pages are called that are there to lead on.
#[rustfmt::skip]
const EXITS: &[&str] = &[
    "away", "click", "exit", "external", "go", "goto", "jump", "l", "leave", "link", "linkfilter", "out", "outbound",
    "outgoing", "r", "redir", "redirect", "safelink", "safety", "tolink", "track", "url",
];

/// Keys under which they are told where to come back to. A page to pay on says so as a matter of course:
/// what leads onward goes first.
#[rustfmt::skip]
const BACK: &[&str] = &[
    "back", "backto", "backurl", "callback", "callbackurl", "ref", "ret", "return", "returnpath", "returnto",
    "returnuri", "returnurl", "successurl",
];

/// Schemes of links that need no host.
#[rustfmt::skip]
const OPAQUE: &[&str] = &[
    "bitcoin", "bitcoincash", "dogecoin", "ethereum", "lightning", "litecoin", "mailto", "monero", "nostr", "skype",
    "sms", "smsto", "solana", "tel", "tg", "tron", "upi", "wc", "xmpp",
];

/// How many parts of a query and of a fragment are looked at, and how many links that lead elsewhere. No honest link has more.
const MOST: usize = 256;
const MOST_LINKS: usize = 16;

/// The most bytes in front of a link's path in which its host is looked for.
const LONGEST_ORIGIN: usize = 1_024;

/// The shortest link in base64, in letters.
const SHORTEST_BASE64: usize = 12;

/// Where a link leads on to.
pub(super) enum Onward {
    /// To somebody else's domain, an app, or what runs.
    Elsewhere(String),
    /// To another page of the same domain.
    Own(String),
    /// To this one, which pays or leads to somebody, or to others that have nothing to do with it.
    Perhaps(String),
    /// To one of several that have nothing to do with each other: which of them, only the page knows.
    Unclear,
}

/// The link inside.
pub(super) fn find(uri: &Uri) -> Option<Onward> {
    if is_overfull(uri) {
        return Some(Onward::Unclear);
    }
    let fragment = fragment_query(uri);
    elsewhere(onward(uri, &fragment), uri)
        .or_else(|| elsewhere(links(uri, &fragment, BACK), uri))
        .or_else(|| onward(uri, &fragment).next().map(Onward::Own))
}

/// The link that leads on to somebody else's domain, and not merely back to where one came from.
pub(super) fn forward(uri: &Uri) -> Option<Onward> {
    if is_overfull(uri) {
        return Some(Onward::Unclear);
    }
    elsewhere(onward(uri, &fragment_query(uri)), uri)
}

/// Which of `links` leads elsewhere. Of several, the one that pays or leads to somebody: a link to the right page beside it is
/// there to be found first. It proves nothing either, where another one leads to somebody else.
fn elsewhere(links: impl Iterator<Item = String>, uri: &Uri) -> Option<Onward> {
    let mut found: Vec<String> = links
        .filter(|link| leads_elsewhere(link, uri))
        .take(MOST_LINKS + 1)
        .collect();
    if found.len() > MOST_LINKS {
        return Some(Onward::Unclear);
    }
    // What may hold a text itself is not opened here, or texts in texts would have no end.
    let tells = |link: &String| {
        contact::begins(link) || local::is_date(link) || is_for(link) != Category::Other
    };
    let first = found.first()?;
    let is_one = found.iter().all(|link| owner_of(link) == owner_of(first));
    let telling = found.iter().position(tells);
    // Two accounts at one service are two.
    let is_only = |at: usize| !found.iter().any(|link| *link != found[at] && tells(link));
    let is_one = is_one && telling.is_none_or(is_only);
    Some(match telling {
        _ if is_one => Onward::Elsewhere(found.swap_remove(telling.unwrap_or(0))),
        Some(at) => Onward::Perhaps(found.swap_remove(at)),
        None => Onward::Unclear,
    })
}

/// Whose page a link is, or which app.
fn owner_of(link: &str) -> Option<String> {
    let uri = Uri::parse(origin(link))?;
    Some(if uri.is_web() {
        owner(&uri.host)
    } else {
        uri.url.scheme().to_owned()
    })
}

fn owner(host: &str) -> String {
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// Whether it holds more parts than are looked at.
fn is_overfull(uri: &Uri) -> bool {
    let fragment = uri.url.fragment().unwrap_or_default();
    uri.query.iter().nth(MOST).is_some() || fragment.split('&').nth(MOST).is_some()
}

/// Whether `uri` is a page to share a link with others: it shows the link, and leads nowhere.
pub(super) fn shares(uri: &Uri) -> bool {
    const WORDS: &[&str] = &["share", "sharing", "intent", "submit"];
    let is = |part: &str| {
        WORDS
            .iter()
            .any(|word| strip_prefix_ignore_case(part, word).is_some())
    };
    let message = || uri.path.iter().take(2).eq(["R", "msg"]);
    uri.path.iter().take(4).any(is) || message()
}

/// The links that `uri` is told to lead on to.
fn onward<'u>(uri: &'u Uri, fragment: &'u Pairs) -> impl Iterator<Item = String> + 'u {
    let name = |part: &'u str| part.split('.').next().unwrap_or_default();
    let is_exit = uri.path.iter().take(MOST_LINKS).any(|part| {
        EXITS
            .iter()
            .any(|exit| name(part).eq_ignore_ascii_case(exit))
    });
    let on_exit = if is_exit { ON_EXITS } else { &[] };
    links(uri, fragment, ONWARD)
        .chain(links(uri, fragment, on_exit))
        .chain(whole(uri))
}

/// The links under one of `keys`.
fn links<'u>(
    uri: &'u Uri,
    fragment: &'u Pairs,
    keys: &'static [&'static str],
) -> impl Iterator<Item = String> + 'u {
    let pairs = uri.query.iter().chain(fragment.iter());
    pairs
        // Most values are told from a link by one look, before their keys are compared with any.
        .filter(|(_, value)| may_be_link(value))
        .filter(|(key, _)| is_one_of(keys, key) || is_one_of(&["param", "params"], key))
        .filter_map(move |(key, value)| match value.strip_prefix('{') {
            Some(_) => in_json(value, keys, uri),
            None => link(value, uri).or_else(|| host_only(key, value, uri)),
        })
}

/// A link that stands in `uri` as it is, with no key: `/redirect?https://...`, `/r/https://...`, `#https://...`.
fn whole(uri: &Uri) -> Option<String> {
    let web = |text: &&str| {
        let after = strip_prefix_ignore_case(text, "http").unwrap_or_default();
        let after = after.strip_prefix(['s', 'S']).unwrap_or(after);
        after.starts_with(":/") || strip_prefix_ignore_case(after, "%3a").is_some()
    };
    let bare = [uri.url.query(), uri.url.fragment()];
    if let Some(link) = bare.into_iter().flatten().find(web) {
        return plain_link(&decode(link), uri);
    }
    let path = uri.url.path();
    // Of a path, which is ASCII, two bytes tell most places.
    let begins = |pair: &[u8]| match pair {
        [before, b'h' | b'H'] => matches!(before, b'/' | b'_' | b'=' | b':'),
        _ => false,
    };
    let pairs = path.as_bytes().windows(2).enumerate();
    let mut starts = pairs.filter_map(|(at, pair)| begins(pair).then_some(at + 1));
    let at = starts.find(|at| path.get(*at..).as_ref().is_some_and(web))?;
    // Proofpoint closes the link with `__;`.
    let link = path[at..].split("__;").next()?;
    let query = uri.url.query().filter(|_| path.ends_with(link));
    let link = match query {
        Some(query) => format!("{}?{query}", decode(link)),
        None => decode(link),
    };
    plain_link(&link, uri)
}

/// The link under one of `keys` in an object of JSON.
fn in_json(value: &str, keys: &[&str], uri: &Uri) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(value).ok()?;
    object
        .iter()
        .take(MOST)
        .filter(|(key, _)| is_one_of(keys, key))
        .find_map(|(_, value)| link(value.as_str()?, uri))
}

/// A host without a scheme, under a key that says that it is a link.
fn host_only(key: &str, value: &str, uri: &Uri) -> Option<String> {
    let keys = ["dest", "destination", "goto", "jump", "redirect", "target"];
    let key = key.to_ascii_lowercase();
    let means_link = ["url", "uri", "link"].iter().any(|end| key.ends_with(end));
    let link = || {
        format!(
            "{}://{value}",
            if uri.is_web() {
                uri.url.scheme()
            } else {
                "http"
            }
        )
    };
    let means_link = means_link || is_one_of(&keys, &key);
    (means_link && leading_host(value).is_some_and(is_public)).then(link)
}

/// The host at the beginning of `text`, which has no scheme, where there is one.
pub(in super::super) fn leading_host(text: &str) -> Option<&str> {
    const LONGEST: usize = 253;
    let host = text.split(['/', '?', '#', ':']).next()?;
    let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let fits = (4..=LONGEST).contains(&host.len())
        && host.bytes().all(letters)
        && host.contains('.')
        && !host.starts_with('.')
        && psl::domain_str(host).is_some();
    fits.then_some(host)
}

/// Whether `text` is a link whose scheme was left out, and nothing else. Serial numbers are in capitals.
pub(in super::super) fn is_bare(text: &str) -> bool {
    leading_host(text).is_some_and(|host| {
        let is_written_out = host.len() < text.len() || !host.contains(char::is_uppercase);
        is_public(host) && is_written_out
    })
}

/// Whether `host` is one on the internet, and not the name of a file.
fn is_public(host: &str) -> bool {
    let known = || psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    strip_prefix_ignore_case(host, "www.").is_some() || known()
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
    value.len() >= SHORTEST_BASE64 || value.contains([':', '/', '\\', '%', '.', '{'])
}

/// The link that `value` is: as it stands, percent-encoded more than once, or in base64.
fn link(value: &str, uri: &Uri) -> Option<String> {
    /// As often as anybody encodes a link.
    const TIMES: usize = 3;
    // Browsers leave these out, wherever in a link they stand.
    let mut value = value.trim().replace(['\t', '\n', '\r'], "");
    for _ in 0..TIMES {
        if let Some(link) = plain_link(&value, uri) {
            return Some(link);
        }
        if !value.contains('%') {
            break;
        }
        value = decode(&value);
    }
    // Bing puts `a1` in front.
    let bare = value.strip_prefix("a1");
    [Some(value.as_str()), bare]
        .into_iter()
        .flatten()
        .find_map(|value| plain_link(base64_text(value)?.trim(), uri))
}

/// `value` where it is a link to a host, an app or a script; with the scheme of the page where it has none.
fn plain_link(value: &str, uri: &Uri) -> Option<String> {
    let begins = |scheme: &str| {
        value
            .split_once(':')
            .is_some_and(|(s, rest)| s.eq_ignore_ascii_case(scheme) && !rest.is_empty())
    };
    if danger::claims(value) || OPAQUE.iter().any(|scheme| begins(scheme)) {
        return Some(value.to_owned());
    }
    if value.starts_with("//") || value.starts_with("/\\") || value.starts_with("\\\\") {
        let link = uri.url.join(value).ok()?;
        return link.has_host().then(|| link.to_string());
    }
    // `https:evil.example` and `https:/evil.example` are web links too.
    let mut web = ["http:", "https:"].iter();
    if let Some(rest) = web.find_map(|web| strip_prefix_ignore_case(value, web))
        && !rest.starts_with("//")
    {
        let link = url::Url::parse(value).ok()?;
        let host = link.host_str()?.contains('.');
        return host.then(|| link.to_string());
    }
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let whole = is_scheme && !rest.is_empty() && url::Url::parse(origin(value)).is_ok();
    whole.then(|| value.to_owned())
}

/// Whether `link` leads to another registrable domain, to an app, or runs something.
fn leads_elsewhere(link: &str, uri: &Uri) -> bool {
    let origin = origin(link);
    // Nobody who writes so much in front of a path means his own page.
    if origin.len() > LONGEST_ORIGIN {
        return true;
    }
    let Some(link) = Uri::parse(origin) else {
        return true;
    };
    if !link.is_web() || !uri.is_web() {
        return link.url.scheme() != uri.url.scheme();
    }
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
mod tests;
