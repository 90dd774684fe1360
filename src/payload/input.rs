//! A text as the families see it: trimmed, and taken apart once where it is a URI.

use std::borrow::Cow;

use url::Url;

use super::schemes::Scheme;
use super::texts::{Pairs, Texts};
use super::{Payload, empty};

/// What a family is asked about.
pub(super) struct Input<'a> {
    /// The text without the white space around it.
    pub(super) text: &'a str,
    /// The same as a URI, where it is one.
    pub(super) uri: Option<Uri>,
}

impl<'a> Input<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.trim();
        Self {
            text,
            uri: Uri::parse(text),
        }
    }

    /// A payload of `scheme` without fields yet. Its text is put in when it is finished.
    #[expect(clippy::unused_self, reason = "a payload is always one of an input")]
    pub(super) fn payload(&self, scheme: Scheme) -> Payload {
        empty(scheme)
    }

    /// The rest of the text after `prefix`, letter case aside.
    pub(super) fn after(&self, prefix: &str) -> Option<&'a str> {
        strip_prefix_ignore_case(self.text, prefix)
    }
}

/// The rest of `text` after `prefix`, ASCII letter case aside.
pub(super) fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// A URI by the rules of browsers (WHATWG URL), its parts percent-decoded.
pub(super) struct Uri {
    pub(super) url: Url,
    /// The host without a trailing dot; empty where there is none. Lower case and punycode for web
    /// links only: the first part of an app link is no host, and may be a case-sensitive token.
    pub(super) host: String,
    /// The parts of the path that are not empty.
    pub(super) path: Texts,
    pub(super) query: Pairs,
    pub(super) fragment: Option<String>,
}

impl Uri {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = url(text)?;
        let query_text = url.query().unwrap_or_default();
        let mut query = Pairs::with_capacity(query_text.len());
        for pair in query_text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.push(&decoded(key), &decoded(value));
        }
        let mut path = Texts::with_capacity(url.path().len());
        for part in url.path().split('/').filter(|part| !part.is_empty()) {
            path.push(&decoded(part));
        }
        Some(Self {
            host: decode(url.host_str().unwrap_or_default().trim_end_matches('.')),
            path,
            query,
            fragment: url.fragment().map(decode),
            url,
        })
    }

    pub(super) fn is_web(&self) -> bool {
        is_web(self.url.scheme())
    }

    /// What follows the first `parts` parts of the path, the query with it: a link that was put there as
    /// it is, or percent-encoded.
    pub(super) fn rest(&self, parts: usize) -> String {
        let mut rest = self.url.path().trim_start_matches('/');
        for _ in 0..parts {
            let (_, after) = rest.split_once('/').unwrap_or_default();
            rest = after.trim_start_matches('/');
        }
        let mut rest = decode(rest);
        if let Some(query) = self.url.query() {
            rest.push('?');
            rest.push_str(query);
        }
        rest
    }

    /// The first value of the query key `key`, letter case aside: a code in upper case has its keys
    /// in upper case too.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.all(key).next()
    }

    /// All values of the query key `key`, as [`Self::get`] finds the first of them.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        let found = self.query.iter();
        let found = found.filter(move |(k, _)| k.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value)
    }

    /// Like [`Self::get`], and `None` where the value is empty.
    pub(super) fn get_some(&self, key: &str) -> Option<String> {
        self.get(key).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// Whether one of `keys` is given twice: two readers may then see two different payments.
    pub(super) fn repeats(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.all(key).nth(1).is_some())
    }
}

/// `text` as a URL. Other text is told by its beginning, before anything is allocated.
pub(crate) fn url(text: &str) -> Option<Url> {
    // The parser takes control characters off the beginning, and line breaks and tabs out of the rest.
    let begin = text.trim_start_matches(|c: char| c <= ' ');
    let scheme = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let ignored = |b: u8| matches!(b, b'\t' | b'\n' | b'\r');
    let end = begin.bytes().find(|b| !scheme(*b) && !ignored(*b));
    let is = begin.starts_with(|c: char| c.is_ascii_alphabetic()) && end == Some(b':');
    let letters = begin.bytes().filter(|b| !ignored(*b));
    let is_web = letters.map(|b| b.to_ascii_lowercase()).take(4).eq(*b"http");
    // What stands before an `@` is no host, and may be long.
    let host = || origin(text).rsplit('@').next().unwrap_or_default().len();
    if !is || is_web && host() > LONGEST_HOST {
        return None;
    }
    Url::parse(text).ok()
}

/// The most bytes of a web link's host. A name has 253 letters (RFC 1035 section 2.3.4), which may be written in
/// escapes; to find out that a longer one is none costs more than all else.
const LONGEST_HOST: usize = 1_024;

/// The link as far as it says whose it is. What follows may be long, is read by whoever opens the link, and no
/// letter of it makes a link of what is none.
pub(super) fn origin(link: &str) -> &str {
    const ENDS: [char; 4] = ['/', '\\', '?', '#'];
    let Some((scheme, rest)) = link.split_once(':') else {
        return link;
    };
    // Browsers take any number of slashes for two.
    let host = rest.trim_start_matches(['/', '\\']);
    let end = match host.find(ENDS) {
        _ if host.len() == rest.len() => 0,
        Some(end) => rest.len() - host.len() + end,
        None => rest.len(),
    };
    &link[..=scheme.len() + end]
}

/// Whether `scheme`, lower case, is that of a web link.
pub(super) fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// `text` with its percent-escapes resolved; what is no UTF-8 then stays visible as U+FFFD.
pub(super) fn decode(text: &str) -> String {
    decoded(text).into_owned()
}

/// The same, and nothing is copied where there is no escape.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'%') {
        return Cow::Borrowed(text);
    }
    // A long link has thousands of escapes. The crate `percent-encoding` hands out the bytes one by one, which took a
    // sixth of all that reading the longest links takes.
    let digit = |b: &u8| char::from(*b).to_digit(16).map(|digit| digit as u8);
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let [first, rest @ ..] = left {
        left = rest;
        bytes.push(match rest {
            [high, low, behind @ ..] if *first == b'%' => match (digit(high), digit(low)) {
                (Some(high), Some(low)) => {
                    left = behind;
                    high << 4 | low
                }
                _ => *first,
            },
            _ => *first,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => String::from_utf8_lossy(error.as_bytes())
            .into_owned()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_link_is_one() {
        for (text, is) in [
            ("a:", true),
            ("https://a.example", true),
            ("\u{1} java\nscript:x", true),
            ("web+a.b-1:x", true),
            ("a b:", false),
            ("1a:", false),
            (":a", false),
            ("a", false),
            ("加:a", false),
            ("", false),
        ] {
            assert_eq!(url(text).is_some(), is, "{text:?}");
            assert_eq!(Url::parse(text).is_ok(), is, "{text:?}");
        }
    }

    #[test]
    fn an_origin_is_a_link_where_the_whole_is_one() {
        for (text, part) in [
            ("https://a.example", "https://a.example"),
            ("https://a.example/b?c#d", "https://a.example"),
            (
                "https://u:p@a.example:8443?c/d",
                "https://u:p@a.example:8443",
            ),
            ("https:////a.example/b", "https:////a.example"),
            ("https:\\\\a.example\\b", "https:\\\\a.example"),
            ("https://a b/c", "https://a b"),
            ("https://%/c", "https://%"),
            ("https:///", "https:///"),
            ("app://x/y", "app://x"),
            ("tel:1/2", "tel:"),
            ("a.example/b", "a.example/b"),
            ("", ""),
        ] {
            assert_eq!(origin(text), part, "{text}");
            let (whole, part) = (Url::parse(text), Url::parse(part));
            assert_eq!(whole.is_ok(), part.is_ok(), "{text}");
            let host = |url: Result<Url, _>| url.ok()?.host_str().map(str::to_owned);
            assert_eq!(host(whole), host(part), "{text}");
        }
    }

    #[test]
    fn a_host_has_an_end() {
        let long = "a".repeat(LONGEST_HOST);
        assert!(url(&format!("https://{long}/")).is_none());
        assert!(url(&format!("https://{long}@a.example/{long}")).is_some());
        assert!(url(&format!("ss://{long}#x")).is_some());
    }

    #[test]
    fn escapes_are_resolved() {
        for (text, decoded) in [("a+b", "a+b"), ("%E5%be%ae%", "微%"), ("%ff", "\u{fffd}")] {
            assert_eq!(decode(text), decoded);
        }
    }
}
