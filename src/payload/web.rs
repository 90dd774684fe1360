//! Any other link: what is suspicious about it, and whether it does harm by being opened. What is
//! suspicious about the host is asked of links of known schemes too ([`raise_signs`]).

mod danger;
mod file;
mod hidden;
mod host;
mod onward;

use self::danger::Danger;
use self::file::File;
use self::hidden::Hidden;
use self::onward::Onward;
pub(super) use self::onward::{is_bare, leading_host};
use super::input::{Input, Uri};
use super::schemes::Scheme;
use super::{Category, Payload, raise};

const APP: Scheme = Scheme::named("deferred-deeplink");
const REDIRECT: Scheme = Scheme::named("open-redirect");
const SHORT: &str = "shortener";
const LINK: Scheme = Scheme::named("web-link");
const USERINFO: Scheme = Scheme::named("url-userinfo");
const IP_HOST: Scheme = Scheme::named("url-ip-host");
const HIDDEN: Scheme = Scheme::named("url-bidi-control");
const HOMOGRAPH: Scheme = Scheme::named("url-homograph");
const LOOKALIKE: Scheme = Scheme::named("url-lookalike");
const DANGEROUS: Scheme = Scheme::named("url-dangerous-scheme");
const DOUBLE_EXTENSION: Scheme = Scheme::named("url-double-extension");
const DOWNLOAD: Scheme = Scheme::named("apk-direct");

/// The schemes that signs make of a link, the worst first. What installs something goes before what is
/// said of the place that it comes from.
const WORST: &[(&str, Scheme)] = &[
    ("double-extension", DOUBLE_EXTENSION),
    ("sideload", DOWNLOAD),
    ("bidi-control", HIDDEN),
    ("control-character", HIDDEN),
    ("full-width", HIDDEN),
    ("confusable-slash", HOMOGRAPH),
    ("homograph", HOMOGRAPH),
    ("mixed-script", HOMOGRAPH),
    ("userinfo", USERINFO),
    ("lookalike-domain", LOOKALIKE),
    ("ip-host", IP_HOST),
    ("open-redirect", REDIRECT),
    ("odd-port", IP_HOST),
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    match &input.uri {
        Some(uri) if uri.is_web() => Some(web(input, uri)),
        Some(uri) => match danger::find(uri, input.text) {
            Some(danger) => Some(dangerous(input, danger, hidden::find(input.text))),
            None => app(input, uri),
        },
        None => cleaned(input).or_else(|| broken(input)),
    }
}

/// Raises the signs of a web link that another family has read: its host may be no less of a trick.
pub(super) fn raise_signs(input: &Input<'_>, payload: &mut Payload) {
    let Some(uri) = input.uri.as_ref().filter(|uri| uri.is_web()) else {
        return;
    };
    let hidden = hidden::find(input.text).map(|hidden| hidden.flags);
    for flag in hidden.into_iter().flatten() {
        raise(&mut payload.flags, flag);
    }
    for flag in host::signs(input.text, uri) {
        raise(&mut payload.flags, flag);
    }
}

/// Has `payload`, which another family has read from a page or an app that opens others, lead on to the
/// link that it opens; says whether it does. A page to pay on says where to come back to as a matter of
/// course, and whoever is named is whom one is led to.
pub(super) fn lead_on(input: &Input<'_>, payload: &mut Payload) -> bool {
    let Some(uri) = input
        .uri
        .as_ref()
        .filter(|_| payload.fields.target.is_none())
    else {
        return false;
    };
    let names = payload.fields.payee.is_some() || payload.fields.reference.is_some();
    let opens = match payload.category {
        Category::Shop | Category::Other | Category::Redirect => true,
        Category::Contact | Category::GroupInvite => !names,
        Category::WalletCrypto => !names && !uri.is_web(),
        _ => false,
    };
    // A short link says nothing of where it leads: only asking does.
    let opens = opens && payload.scheme != SHORT;
    let link = match Some(uri).filter(|_| opens).and_then(onward::forward) {
        Some(Onward::Elsewhere(link) | Onward::Own(link)) => link,
        Some(Onward::Perhaps(link)) => {
            raise(&mut payload.flags, "too-deep");
            link
        }
        Some(Onward::Unclear) => {
            raise(&mut payload.flags, "too-deep");
            return false;
        }
        None => return false,
    };
    payload.guessed = payload.scheme != REDIRECT.id;
    if uri.is_web() && !onward::shares(uri) {
        raise(&mut payload.flags, "open-redirect");
    }
    payload.flags.retain(|flag| *flag != "needs-resolve");
    payload.fields.target = Some(link);
    true
}

/// An app that is told to open a link, or a file that is fetched in another way than from the web.
fn app(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let named = !input.text.contains(char::is_whitespace);
    let is_file = matches!(uri.url.scheme(), "ftp" | "ftps" | "sftp") && file::find(uri).is_some();
    if named && is_file {
        return Some(web(input, uri));
    }
    let onward = Some(uri).filter(|_| named).and_then(onward::forward)?;
    let mut payload = input.payload(APP);
    payload.guessed = true;
    match onward {
        Onward::Elsewhere(link) | Onward::Own(link) => payload.fields.target = Some(link),
        Onward::Perhaps(link) => {
            payload.flags.push("too-deep");
            payload.fields.target = Some(link);
        }
        Onward::Unclear => payload.flags.push("too-deep"),
    }
    Some(payload)
}

fn web(input: &Input<'_>, uri: &Uri) -> Payload {
    let hidden = hidden::find(input.text);
    let mut flags = match file::find(uri) {
        Some(File::PosingInstaller) => vec!["double-extension", "sideload"],
        Some(File::PosingPage) => vec!["double-extension"],
        Some(File::Installer) => vec!["sideload"],
        None => Vec::new(),
    };
    flags.extend(hidden.iter().flat_map(|hidden| hidden.flags.clone()));
    if uri.path.iter().any(hidden::turns) {
        raise(&mut flags, "bidi-control");
    }
    for flag in host::signs(input.text, uri) {
        raise(&mut flags, flag);
    }
    let onward = onward::find(uri);
    let leaves = !matches!(&onward, None | Some(Onward::Own(_)));
    if leaves && !onward::shares(uri) {
        flags.push("open-redirect");
    }
    if matches!(&onward, Some(Onward::Perhaps(_) | Onward::Unclear)) {
        raise(&mut flags, "too-deep");
    }

    let has = |flag| flags.contains(&flag);
    let slash = host::authority(input.text).and_then(host::false_slash);
    let mut guessed = false;
    let target = match (hidden, slash) {
        (Some(hidden), _) => Some(hidden.clean),
        (None, Some(real)) => Some(real.to_owned()),
        _ if has("full-width") => Some(uri.url.to_string()),
        _ => match onward {
            // A name in front of the host hides nothing of what stands behind it.
            Some(Onward::Elsewhere(link) | Onward::Own(link) | Onward::Perhaps(link)) => {
                guessed = true;
                Some(link)
            }
            _ if has("userinfo") || has("ip-host") => Some(uri.host.clone()),
            _ => None,
        },
    };
    let worst = WORST.iter().find(|(flag, _)| has(flag));
    let mut payload = input.payload(worst.map_or(LINK, |(_, scheme)| *scheme));
    payload.valid = Some(true);
    payload.flags = flags;
    payload.fields.target = target;
    payload.guessed = guessed;
    payload
}

fn dangerous(input: &Input<'_>, danger: Danger, hidden: Option<Hidden>) -> Payload {
    let mut payload = input.payload(DANGEROUS);
    payload.flags.push("dangerous-scheme");
    if danger.installs {
        payload.flags.push("sideload");
    }
    payload
        .flags
        .extend(hidden.into_iter().flat_map(|h| h.flags));
    payload.fields.target = danger.target;
    for other in danger.others {
        payload.also_to(&other);
    }
    payload
}

/// What is a link only once what hides in it is taken out.
fn cleaned(input: &Input<'_>) -> Option<Payload> {
    if !hidden::may_be_link(input.text) {
        return None;
    }
    let hidden = hidden::find(input.text)?;
    let uri = Uri::parse(hidden.clean.trim())?;
    if let Some(danger) = danger::find(&uri, hidden.clean.trim()) {
        return Some(dangerous(input, danger, Some(hidden)));
    }
    if !uri.is_web() {
        return None;
    }
    let mut payload = input.payload(HIDDEN);
    payload.valid = Some(false);
    payload.flags = hidden.flags;
    payload.fields.target = Some(hidden.clean);
    Some(payload)
}

/// What says that it is a web link and is none by the rules of browsers.
fn broken(input: &Input<'_>) -> Option<Payload> {
    let authority = host::authority(input.text)?;
    let slash = host::false_slash(authority).map(|real| (HOMOGRAPH, "confusable-slash", real));
    let at = || host::false_at(authority).map(|real| (USERINFO, "userinfo", real));
    let trick = slash.or_else(at);
    let mut payload = input.payload(trick.map_or(LINK, |(scheme, ..)| scheme));
    payload.flags.extend(trick.map(|(_, flag, _)| flag));
    payload.fields.target = trick.map(|(.., real)| real.to_owned());
    payload.valid = Some(false);
    Some(payload)
}

#[cfg(test)]
mod tests;
