//! Where a page of the web leads, from its HTML: a scanner, no parser. Any bytes give a result, in one pass.
//!
//! After the tokenization of the HTML Standard (section 13.2.5), as far as it decides what is a tag.
//! Scripts are not run: what they build from parts is not seen.

use std::collections::BTreeMap;

mod text;

/// The most bytes of a link that is followed or taken from a page.
pub const LONGEST_LINK: usize = 4096;

/// What a page says of other links, as written: relative, and in need of checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The `href` of the first `base` element.
    pub base: Option<String>,
    /// The `content` of the first `meta` element that stands for a `Refresh` header.
    pub refresh: Option<String>,
    /// Links in the order of the page: those of `a`, `area`, `frame` and `iframe`, literals that a script
    /// sets the location to, and app links anywhere. At most [`MOST`].
    pub links: Vec<String>,
    /// The literals among them, each once.
    pub jumps: Vec<String>,
}

/// The most links that are taken from one page, those within the same site included.
pub const MOST: usize = 512;

/// Schemes of the web, of what a browser keeps to itself, and of what a page's own machinery writes.
#[rustfmt::skip]
const NO_APPS: &[&str] = &[
    "about", "blob", "chrome", "chrome-extension", "data", "file", "filesystem", "ftp", "git", "http", "https",
    "javascript", "moz-extension", "resource", "ssh", "vbscript", "view-source", "webpack", "webpack-internal",
    "ws", "wss",
];

/// Whether links of `scheme`, lower case, open an app: any that is not known to be something else.
pub fn opens_app(scheme: &str) -> bool {
    !NO_APPS.contains(&scheme)
}

impl Found {
    /// The link that a script sets the location to, where there is only one.
    pub fn jump(&self) -> Option<&str> {
        match self.jumps.as_slice() {
            [jump] => Some(jump),
            _ => None,
        }
    }
}

/// What is found, by where it stands.
#[derive(Default)]
struct Finds {
    found: Found,
    links: BTreeMap<usize, String>,
}

impl Finds {
    fn link(&mut self, at: usize, link: String) {
        if self.links.len() < 2 * MOST {
            self.links.insert(at, link);
        }
    }
}

/// Scans a page.
pub fn scan(html: &[u8]) -> Found {
    let mut finds = Finds::default();
    let mut rest = html;
    while let Some((_, after)) = split(rest, b"<") {
        let at = html.len() - after.len();
        rest = after;
        if let Some(comment) = after.strip_prefix(b"!--") {
            rest = after_comment(comment);
            continue;
        }
        let (name, after) = split_while(after, u8::is_ascii_alphanumeric);
        let name = name.to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        let (attributes, after) = Attributes::take(after);
        rest = after;
        finds.tag(at, &name, &attributes);
        // In these, `<` is a letter like others until they are closed.
        if let b"script" | b"style" | b"title" | b"textarea" | b"xmp" = name.as_slice() {
            let (inside, after) = split_closing(rest, &name);
            if name == b"script" {
                let start = html.len() - rest.len();
                finds.script(start, inside);
            }
            rest = after;
        }
    }
    for (at, link) in text::app_links(html).take(2 * MOST) {
        finds.link(at, link);
    }
    let mut found = finds.found;
    found.links = finds.links.into_values().take(MOST).collect();
    found
}

impl Finds {
    fn tag(&mut self, at: usize, name: &[u8], attributes: &Attributes<'_>) {
        let found = &mut self.found;
        match name {
            b"a" | b"area" => {
                if let Some(link) = attributes.href.and_then(text::of_attribute) {
                    self.link(at, link);
                }
            }
            b"frame" | b"iframe" => {
                if let Some(link) = attributes.src.and_then(text::of_attribute) {
                    self.link(at, link);
                }
            }
            b"base" if found.base.is_none() => {
                found.base = attributes.href.and_then(text::of_attribute);
            }
            b"meta" if found.refresh.is_none() => {
                let refreshes = |name: &[u8]| name.trim_ascii().eq_ignore_ascii_case(b"refresh");
                if attributes.http_equiv.is_some_and(refreshes) {
                    found.refresh = attributes.content.and_then(text::of_attribute);
                }
            }
            _ => {}
        }
    }

    fn script(&mut self, start: usize, script: &[u8]) {
        for (at, link) in text::jumps(script).take(MOST) {
            if !self.found.jumps.contains(&link) && self.found.jumps.len() < 2 {
                self.found.jumps.push(link.clone());
            }
            self.link(start + at, link);
        }
    }
}

/// The attributes that matter here, each as first given.
#[derive(Default)]
struct Attributes<'a> {
    href: Option<&'a [u8]>,
    src: Option<&'a [u8]>,
    content: Option<&'a [u8]>,
    http_equiv: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    /// Takes attributes from the inside of a tag, and what follows the tag.
    fn take(mut rest: &'a [u8]) -> (Self, &'a [u8]) {
        let mut attributes = Self::default();
        loop {
            rest = skip(rest, |b| b.is_ascii_whitespace() || *b == b'/');
            match rest {
                [] => return (attributes, rest),
                [b'>', after @ ..] => return (attributes, after),
                [first, after @ ..] => {
                    // A `=` that begins a name belongs to it.
                    let (more, after) = split_while(after, |b| {
                        !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'=')
                    });
                    let name = rest
                        .get(..=more.len())
                        .unwrap_or(std::slice::from_ref(first));
                    rest = skip(after, u8::is_ascii_whitespace);
                    let mut value: &[u8] = b"";
                    if let [b'=', after @ ..] = rest {
                        (value, rest) = take_value(skip(after, u8::is_ascii_whitespace));
                    }
                    attributes.keep(name, value);
                }
            }
        }
    }

    fn keep(&mut self, name: &[u8], value: &'a [u8]) {
        let place = match name.to_ascii_lowercase().as_slice() {
            b"href" => &mut self.href,
            b"src" => &mut self.src,
            b"content" => &mut self.content,
            b"http-equiv" => &mut self.http_equiv,
            _ => return,
        };
        place.get_or_insert(value);
    }
}

fn take_value(rest: &[u8]) -> (&[u8], &[u8]) {
    match rest {
        [quote @ (b'"' | b'\''), after @ ..] => {
            split(after, std::slice::from_ref(quote)).unwrap_or((after, &[]))
        }
        _ => split_while(rest, |b| !b.is_ascii_whitespace() && *b != b'>'),
    }
}

/// What follows a comment: `-->`, `--!>`, and the two short forms end it.
fn after_comment(comment: &[u8]) -> &[u8] {
    if let Some(after) = comment.strip_prefix(b">").or(comment.strip_prefix(b"->")) {
        return after;
    }
    let mut rest = comment;
    while let Some((_, after)) = split(rest, b"--") {
        if let Some(after) = after.strip_prefix(b">").or(after.strip_prefix(b"!>")) {
            return after;
        }
        // The second dash may be the first of the end.
        rest = rest.get(rest.len() - after.len() - 1..).unwrap_or_default();
    }
    &[]
}

/// The inside of an element that ends at `</name`, and what follows.
fn split_closing<'a>(rest: &'a [u8], name: &[u8]) -> (&'a [u8], &'a [u8]) {
    let closes = |window: &[u8]| {
        window.starts_with(b"</")
            && window
                .get(2..)
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
    };
    let at = rest.windows(name.len() + 2).position(closes);
    rest.split_at_checked(at.unwrap_or(rest.len()))
        .unwrap_or((rest, &[]))
}

/// What is before and after the first `separator`.
fn split<'a>(rest: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = match separator {
        [byte] => rest.iter().position(|b| b == byte)?,
        _ => rest.windows(separator.len()).position(|w| w == separator)?,
    };
    Some((rest.get(..at)?, rest.get(at + separator.len()..)?))
}

fn split_while(rest: &[u8], holds: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let at = rest.iter().position(|b| !holds(b)).unwrap_or(rest.len());
    rest.split_at_checked(at).unwrap_or((rest, &[]))
}

fn skip(rest: &[u8], holds: impl Fn(&u8) -> bool) -> &[u8] {
    split_while(rest, holds).1
}

/// The delay in seconds and the target of a `Refresh` (HTML Standard, section 4.2.5.3); `None` where it has
/// no target, which means the page itself.
pub fn refresh(content: &str) -> Option<(u32, String)> {
    let content = content.trim_start();
    let delay: String = content.chars().take_while(char::is_ascii_digit).collect();
    let rest = content.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if rest.len() == content.len()
        || !rest.starts_with(|c: char| c.is_whitespace() || ";,".contains(c))
    {
        return None;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
    let url = rest
        .get(..3)
        .filter(|name| name.eq_ignore_ascii_case("url"))
        .and_then(|name| rest[name.len()..].trim_start().strip_prefix('='))
        .map_or(rest, str::trim_start);
    let target = match url.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(url.chars().next()?).next()?,
        None => url,
    };
    let target = target.trim();
    let fits = !target.is_empty() && target.len() <= LONGEST_LINK;
    // A number too large for us is a delay too long for anybody.
    fits.then(|| {
        (
            if delay.is_empty() {
                0
            } else {
                delay.parse().unwrap_or(u32::MAX)
            },
            target.to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_refresh_is_read_as_browsers_do() {
        for (content, expected) in [
            ("0;url=a", Some((0, "a"))),
            (" 5 ; URL = 'a b' c", Some((5, "a b"))),
            ("1.5, a", Some((1, "a"))),
            ("0 a", Some((0, "a"))),
            ("0;url=\"a", Some((0, "a"))),
            ("99999999999;url=a", Some((u32::MAX, "a"))),
            ("5", None),
            ("5;", None),
            ("0;url=", None),
            ("url=a", None),
            ("", None),
        ] {
            let expected = expected.map(|(delay, url)| (delay, url.to_owned()));
            assert_eq!(refresh(content), expected, "{content}");
        }
    }

    #[test]
    fn tags_are_told_from_what_looks_like_them() {
        for (html, link) in [
            ("<a href=x>", Some("x")),
            ("<A\nclass=b HREF = 'x'>", Some("x")),
            ("<a/href=\"x\"/>", Some("x")),
            ("<a href=x href=y>", Some("x")),
            ("<a data-href=y>", None),
            ("<abbr href=y>", None),
            ("<a href=\"x", Some("x")),
            ("<!--><a href=x>", Some("x")),
            ("<!-- <a href=y> --!><a href=x>", Some("x")),
            ("<!-- <a href=y> --->", None),
            ("<!-- <a href=y>", None),
            ("<title><a href=y></TITLE>", None),
            (
                "<a href='&#x68;&#116;tp&colon;//a/?b&amp;c&d'>",
                Some("http://a/?b&c&d"),
            ),
            (
                "<a href='&#xd800;&#99999999999;'>",
                Some("&#xd800;&#99999999999;"),
            ),
            ("<script>if (location == 'y') {}</script>", None),
            ("<script>location = 'y' + x</script>", None),
            ("<script>top.location='x\\u0026\\x2f'</script>", Some("x&/")),
            ("x('MQQ://a?b')", Some("MQQ://a?b")),
            ("https://a.example/", None),
        ] {
            let found = scan(html.as_bytes()).links;
            assert_eq!(found.first().map(String::as_str), link, "{html}");
        }
    }

    /// Ten times as many bytes take about ten times as long, whatever they are.
    #[test]
    fn no_page_takes_long() {
        for part in [
            "<",
            "<a ",
            "<a href=\"",
            "<!--",
            "<!----",
            "</",
            "=",
            "a=",
            "&",
            "&#1",
            ":",
            "://",
            "a://",
            "a:\\/\\/b",
            "<script>",
            "<script>location='",
            "<title>",
            "<a href=ab://c>",
        ] {
            let html = part.repeat((256 << 10) / part.len());
            let clock = crate::clock::Clock::system();
            scan(html.as_bytes());
            scan(format!("<script>{html}").as_bytes());
            // Far more than one pass takes, and far less than a quadratic scan.
            assert!(clock.monotonic_us() < 2_000_000, "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_page_is_scanned(
            parts in prop::collection::vec(prop::sample::select(&[
                "<", ">", "a", "<a href=", "\"", "'", "`", "<!--", "--", "-->", "<script>", "</script", "<meta ",
                "http-equiv=refresh ", "content=", "0;url=", "location", ".href", "=", "x://", ":\\/\\/", "\\", "\\u00",
                "&", "&#x", ";", "\u{0}", "é", " ",
            ][..]), 0..60),
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let found = scan(&[parts.concat().as_bytes(), &bytes].concat());
            prop_assert!(found.links.len() <= MOST);
            found.refresh.as_deref().and_then(refresh);
        }
    }
}
