//! What an answer says of where to go: pure, bytes in and a link out.

use std::collections::HashSet;

use url::Url;

use super::{Failure, MOST_LINKS, Via, is_web};
use crate::page::{self, Found, LONGEST_LINK, opens_app};

/// What a host answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) refresh: Option<String>,
    /// The media type; empty where none is given.
    pub(super) content: String,
    pub(super) body: Vec<u8>,
    pub(super) cut: bool,
}

/// Where an answer leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// On to another link.
    On(Via, Url),
    /// Nowhere else by itself; the links are for whoever taps them.
    Stay(Vec<Url>),
}

/// A page that comes again by itself after a longer time than this many seconds is a page that keeps itself
/// up to date; nobody who scanned a code waits for it.
const LONGEST_DELAY: u32 = 30;

/// The most bytes of all links of a page, so that what is remembered of it is bounded.
const MOST_BYTES: usize = 32 << 10;

/// The longest media type that is kept, in bytes (RFC 6838 section 4.2 allows twice 127).
const LONGEST_TYPE: usize = 255;

/// The type in a `Content-Type` (RFC 9110 section 8.3), without its parameters; empty where it is none.
pub(super) fn media_type(field: &str) -> String {
    let essence = field.split(';').next().unwrap_or_default().trim();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    if essence.len() > LONGEST_TYPE || !essence.chars().all(is_token) {
        return String::new();
    }
    essence.to_ascii_lowercase()
}

impl Answer {
    /// Whether only its body can say where it leads.
    pub(super) fn is_in_its_body(&self) -> bool {
        let redirects = self.redirect().is_some() || self.refresh.is_some();
        !redirects
            && matches!(
                self.content.as_str(),
                "" | "text/html" | "application/xhtml+xml"
            )
    }

    /// The `Location` of a redirect (RFC 9110 section 15.4).
    fn redirect(&self) -> Option<&str> {
        let redirects = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        self.location.as_deref().filter(|_| redirects)
    }

    /// Where it leads whoever asked for `url`.
    pub(super) fn lead(&self, url: &Url) -> Result<Lead, Failure> {
        if let Some(location) = self.redirect() {
            let mut next = join(url, location).ok_or(Failure::BadResponse)?;
            // A fragment is kept where the new link has none (Fetch, section 4.4, HTTP-redirect fetch).
            if next.fragment().is_none() && is_web(next.scheme()) {
                next.set_fragment(url.fragment());
            }
            return Ok(Lead::On(Via::Redirect(self.status), next));
        }
        let found = page::scan(&self.body);
        let base = found.base.as_deref().and_then(|base| join(url, base));
        let base = base
            .filter(|base| is_web(base.scheme()))
            .unwrap_or_else(|| url.clone());
        let refreshes = [(&self.refresh, url), (&found.refresh, &base)];
        for (refresh, base) in refreshes {
            let Some((delay, target)) = refresh.as_deref().and_then(page::refresh) else {
                continue;
            };
            if let Some(next) = join(base, &target)
                && delay <= LONGEST_DELAY
                && !is_same(&next, url)
            {
                return Ok(Lead::On(Via::MetaRefresh, next));
            }
        }
        Ok(by_page(url, &base, &found))
    }
}

/// The links of a page, or the one link that a page without others jumps to.
fn by_page(url: &Url, base: &Url, found: &Found) -> Lead {
    let leaves = |link: &Url| opens_app(link.scheme()) || link.host_str() != url.host_str();
    let links = links(base, &found.links, leaves);
    if let Some(jump) = found.jump().and_then(|jump| join(base, jump))
        && (is_web(jump.scheme()) || opens_app(jump.scheme()))
        && !is_same(&jump, url)
        && links.iter().all(|link| *link == jump)
    {
        return Lead::On(Via::Script, jump);
    }
    Lead::Stay(links)
}

/// The first of `links` that lead away from here, each once.
fn links(base: &Url, links: &[String], leaves: impl Fn(&Url) -> bool) -> Vec<Url> {
    let mut seen = HashSet::new();
    let mut room = MOST_BYTES;
    links
        .iter()
        .filter_map(|link| join(base, link))
        .filter(|link| (is_web(link.scheme()) || opens_app(link.scheme())) && leaves(link))
        .filter(|link| seen.insert(link.clone()))
        .take(MOST_LINKS)
        .take_while(|link| {
            let fits = link.as_str().len() <= room;
            room = room.saturating_sub(link.as_str().len());
            fits
        })
        .collect()
}

/// `link` as it stands on `base`, without a user.
fn join(base: &Url, link: &str) -> Option<Url> {
    let link = base.join(link).ok()?;
    (link.as_str().len() <= LONGEST_LINK).then(|| without_user(link))
}

/// A link of the web without user and password: they are not ours to hand on. An app's link stays as it is.
pub(super) fn without_user(mut link: Url) -> Url {
    if is_web(link.scheme()) {
        // Both fail only for links that cannot have a user.
        let _ = link.set_username("");
        let _ = link.set_password(None);
    }
    link
}

/// Whether both are the same but for their fragments, which no server sees.
pub(super) fn is_same(one: &Url, other: &Url) -> bool {
    let whole = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    whole(one) == whole(other)
}
