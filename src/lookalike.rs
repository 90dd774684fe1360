//! Hosts that pass for others: `paypa1.com`, `wechat-pay.top`, `qr.alipay.com.pay-cn.top`.
//!
//! A host is held against domains that people know. What nobody can confuse is turned away by one
//! comparison of letters, so that the whole list costs less than reading the link. Names that are words of
//! a language, or short, have too many neighbours to go by likeness: see [`Known`].

mod brands;
mod fold;
mod words;

use url::quirks;

use self::fold::Folded;
use self::words::{is_bait, is_cheap, is_innocent, rents_names};

/// How a host passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Its name looks like a known one.
    Lookalike,
    /// A known domain stands in front of another one.
    SubdomainSpoof,
    /// Its letters of another script look like a known name.
    Homograph,
}

/// A domain that somebody may pass for.
///
/// A *word* is a name that means something else too, such as `apple`: only its whole domain in front
/// of another, digits or foreign letters in it, or it beside words such as `login` are signs.
#[derive(Debug, Clone)]
pub struct Known<S> {
    /// The part before the public suffix.
    name: S,
    /// The public suffixes that are its own, parted by spaces; `*` for every country's.
    suffixes: S,
    word: bool,
    folded: Folded,
}

impl Known<String> {
    /// The registrable domain `domain`; `None` where it is none. A short name counts as a word.
    pub fn of(domain: &str) -> Option<Self> {
        let Host { name, suffix, .. } = Host::split(domain)?;
        Some(Self {
            name: name.to_owned(),
            suffixes: suffix.to_owned(),
            word: name.len() < 6,
            folded: Folded::new(name),
        })
    }
}

impl<S: AsRef<str>> Known<S> {
    fn name(&self) -> &str {
        self.name.as_ref()
    }

    fn has_suffix(&self, suffix: &str) -> bool {
        let mut own = self.suffixes.as_ref().split(' ');
        own.any(|own| own == suffix || own == "*" && is_countrys(suffix))
    }

    /// Whether this is its name, which `folded` is folded of.
    fn is(&self, name: &str, folded: &Folded) -> bool {
        folded.has_same_letters(&self.folded) && name == self.name()
    }

    /// How many edits still leave the name recognisable, and no other.
    fn edits(&self) -> u32 {
        match self.folded.as_bytes().len() {
            _ if self.word => 0,
            0..6 => 0,
            6..10 => 1,
            _ => 2,
        }
    }
}

/// Whom of `known` the host, in lower case and punycode, passes for, and how.
pub fn resembles<'k, S: AsRef<str>>(
    host: &str,
    known: &'k [Known<S>],
) -> Option<(Likeness, &'k Known<S>)> {
    let Host {
        below,
        domain,
        name,
        suffix,
    } = Host::split(host)?;
    let folded = Folded::new(name);
    let mut namesakes = known.iter().filter(|k| k.is(name, &folded)).peekable();
    // One name of the list is near to another: what is written right is not misspelt.
    let right = namesakes.peek().is_some();
    if rents_names(domain, suffix) || namesakes.any(|k| k.has_suffix(suffix)) {
        return None;
    }
    spoofed(below, name, known)
        .map(|k| (Likeness::SubdomainSpoof, k))
        .or_else(|| imitated(name, &folded, suffix, right, known))
        .or_else(|| {
            below
                .split('.')
                .filter(|label| label.len() > 3)
                .find_map(|label| {
                    let baited = is_cheap(suffix) || name.split('-').any(is_bait);
                    borrowed(label, baited, known)
                })
                .map(|k| (Likeness::Lookalike, k))
        })
}

/// Whom of the built-in list the host passes for.
pub fn brand(host: &str) -> Option<Likeness> {
    if psl::domain_str(host).is_none_or(words::is_own) {
        return None;
    }
    resembles(host, brands::KNOWN).map(|(likeness, _)| likeness)
}

/// A host, taken apart by the public suffix list.
struct Host<'a> {
    /// What is below the registrable domain.
    below: &'a str,
    domain: &'a str,
    /// The first label of the domain.
    name: &'a str,
    suffix: &'a str,
}

impl<'a> Host<'a> {
    /// Nothing for an address of numbers.
    fn split(host: &'a str) -> Option<Self> {
        // RFC 1035 section 2.3.4: what is longer has no address.
        const LONGEST: usize = 253;
        if host.len() > LONGEST || host.ends_with(|c: char| c.is_ascii_digit() || c == ']') {
            return None;
        }
        let domain = psl::domain_str(host)?;
        let (name, suffix) = domain.split_once('.')?;
        let below = host.strip_suffix(domain)?;
        Some(Self {
            below: below.strip_suffix('.').unwrap_or(below),
            domain,
            name,
            suffix,
        })
    }
}

/// Whether a public suffix is the ordinary one of a country, and none that is given away.
fn is_countrys(suffix: &str) -> bool {
    let (second, country) = suffix.rsplit_once('.').unwrap_or(("", suffix));
    country.len() == 2 && second.len() <= 3 && !is_cheap(country)
}

/// The known domain whose labels stand whole in front of the registrable one: `alipay.com.evil.top`, and
/// `alipay.com-id.top` too.
fn spoofed<'k, S: AsRef<str>>(
    below: &str,
    name: &str,
    known: &'k [Known<S>],
) -> Option<&'k Known<S>> {
    let mut rest = below;
    while !rest.is_empty() {
        let (label, after) = rest.split_once('.').unwrap_or((rest, ""));
        let follows = |k: &Known<S>| {
            let end = after.split('.').next().unwrap_or_default();
            let two = after
                .match_indices('.')
                .nth(1)
                .map_or(after, |(at, _)| &after[..at]);
            let joined = name.split_once('-').map_or("", |(first, _)| first);
            if after.is_empty() {
                !joined.is_empty() && k.has_suffix(joined)
            } else {
                end == "com" && !k.word || k.has_suffix(end) || k.has_suffix(two)
            }
        };
        let folded = Folded::new(label);
        if let Some(k) = known.iter().find(|k| k.is(label, &folded) && follows(k)) {
            return Some(k);
        }
        rest = after;
    }
    None
}

/// Whom the name that somebody registered passes for; `right` where it is a known name letter by letter.
fn imitated<'k, S: AsRef<str>>(
    name: &str,
    own: &Folded,
    suffix: &str,
    right: bool,
    known: &'k [Known<S>],
) -> Option<(Likeness, &'k Known<S>)> {
    if name.starts_with("xn--") {
        return homograph(name, known).map(|k| (Likeness::Homograph, k));
    }
    known
        .iter()
        .find(|k| {
            let inside = own.has_letters_of(&k.folded)
                && (is_elsewhere(name, suffix, k)
                    || is_written_alike(name, own, k)
                    || is_inside(name, own, k)
                    || is_token(name, || is_cheap(suffix), k));
            inside || !right && is_misspelt(own, k)
        })
        .filter(|_| !is_innocent(name))
        .map(|k| (Likeness::Lookalike, k))
}

/// The very name under a suffix that is not its own.
fn is_elsewhere<S: AsRef<str>>(name: &str, suffix: &str, k: &Known<S>) -> bool {
    if name != k.name() {
        return false;
    }
    let plain = if k.word {
        name.len() >= 7 && is_cheap(suffix)
    } else {
        name.len() >= 5
    };
    // Whose page a name of GitHub is, GitHub sees to.
    plain && suffix != "github.io"
}

/// The name with digits or letters that pass for its own, or parted by hyphens.
fn is_written_alike<S: AsRef<str>>(name: &str, own: &Folded, k: &Known<S>) -> bool {
    if name.contains('-') {
        return !k.word && k.name().len() >= 6 && {
            let joined: String = name.split('-').collect();
            !is_innocent(&joined) && Folded::new(&joined) == k.folded
        };
    }
    name != k.name() && k.name().len() >= 4 && *own == k.folded
}

/// The name with one or two letters wrong.
fn is_misspelt<S: AsRef<str>>(own: &Folded, k: &Known<S>) -> bool {
    let edits = k.edits();
    if edits > 0 {
        return own.is_near(&k.folded, edits);
    }
    !k.word && k.name().len() == 5 && own.doubles(&k.folded)
}

/// The name with a word joined to it: `paypallogin`, `mypaypal`, `taobao168`.
fn is_inside<S: AsRef<str>>(name: &str, own: &Folded, k: &Known<S>) -> bool {
    if k.word || k.name().len() < 5 || name.contains('-') {
        return false;
    }
    let digits = name.trim_matches(|c: char| c.is_ascii_digit());
    let (own, known) = (own.as_bytes(), k.folded.as_bytes());
    let rest = own
        .strip_prefix(known)
        .or_else(|| own.strip_suffix(known))
        .filter(|rest| !rest.is_empty());
    digits == k.name() && name != k.name() || rest.is_some_and(words::is_joined_bait)
}

/// The name as one of several words between hyphens, the others being bait.
fn is_token<S: AsRef<str>>(name: &str, cheap: impl Fn() -> bool, k: &Known<S>) -> bool {
    if !name.contains('-') || k.name().len() < 3 {
        return false;
    }
    let is =
        |token: &str| token.len().abs_diff(k.name().len()) <= 2 && Folded::new(token) == k.folded;
    if k.word {
        let mut tokens = name.split('-');
        return tokens.next().is_some_and(is) && tokens.all(words::is_strong_bait);
    }
    if name.split('-').any(is) {
        return cheap() || name.split('-').any(|token| !is(token) && is_bait(token));
    }
    // A misspelt one needs more than a cheap suffix beside it.
    k.edits() > 0
        && name.split('-').any(is_bait)
        && name
            .split('-')
            .any(|token| !is_innocent(token) && Folded::new(token).is_near(&k.folded, 1))
}

/// Whose name stands below somebody else's domain where the domain, or the label itself, is bait too.
/// Shops do have a `wechat.` page of their own.
fn borrowed<'k, S: AsRef<str>>(
    label: &str,
    baited: bool,
    known: &'k [Known<S>],
) -> Option<&'k Known<S>> {
    if label.starts_with("xn--") {
        return homograph(label, known);
    }
    let own = Folded::new(label);
    known
        .iter()
        .filter(|k| own.has_letters_of(&k.folded))
        .find(|k| {
            is_token(label, || baited, k)
                || baited && !k.word && k.name().len() >= 5 && own == k.folded
                || is_written_alike(label, &own, k) && !is_innocent(label)
        })
}

/// Whom a label in punycode looks like. Accents are left out for names only: they make other words of
/// words.
fn homograph<'k, S: AsRef<str>>(label: &str, known: &'k [Known<S>]) -> Option<&'k Known<S>> {
    let (ascii, accents) = fold::ascii_likeness(&unicode(label)?)?;
    let own = Folded::new(&ascii);
    known.iter().find(|k| {
        let parts = || ascii.split('-').any(|token| Folded::new(token) == k.folded);
        k.name().len() >= 3
            && !(accents && k.word)
            && own.has_letters_of(&k.folded)
            && (own == k.folded || !k.word && parts())
    })
}

/// The letters of a label in punycode; `None` where it has too many to be looked at.
pub fn unicode(label: &str) -> Option<String> {
    const LONGEST: usize = 63;
    (label.len() <= LONGEST).then(|| quirks::domain_to_unicode(label))
}

/// The letters of ASCII that a label of one foreign script looks like in whole (UTS #39 section 4.1).
pub fn whole_likeness(label: &str) -> Option<String> {
    let letters = || label.chars().filter(|c| c.is_alphabetic());
    if letters().count() < 3 || letters().any(|c| c.is_ascii()) {
        return None;
    }
    let (ascii, accents) = fold::ascii_likeness(label)?;
    (!accents).then_some(ascii)
}

#[cfg(test)]
mod tests;
