//! How addresses are written: rows of data that say what one begins with and which rule it keeps.

use super::super::schemes::Scheme;
use super::alphabet::Alphabet;
use super::base58;
use super::bech32::{self, Variant};

/// What is known of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It keeps every rule of its form.
    Right,
    /// Its form has no rule that can be checked off line.
    Unknown,
    /// It breaks one; the flag says which.
    Wrong(&'static str),
}

impl Verdict {
    /// Of an address whose form has a checksum.
    pub(super) fn checksum(right: bool) -> Self {
        if right {
            Self::Right
        } else {
            Self::Wrong("bad-checksum")
        }
    }

    /// Of an address whose form has no checksum.
    pub(super) fn shape(right: bool) -> Self {
        if right {
            Self::Right
        } else {
            Self::Wrong("bad-account")
        }
    }
}

/// One chain: the forms of its addresses, and the URI schemes that ask to pay to one.
pub(super) struct Chain {
    pub(super) scheme: Scheme,
    /// The symbol of its coin; empty where the address alone does not say.
    pub(super) coin: &'static str,
    pub(super) uris: &'static [&'static str],
    pub(super) forms: &'static [Form],
    /// The power of ten of the unit that amounts of URIs are in.
    pub(super) unit: i32,
    /// The most places that such an amount may have.
    pub(super) places: usize,
}

pub(super) const fn chain(
    scheme: &str,
    coin: &'static str,
    uris: &'static [&'static str],
    forms: &'static [Form],
) -> Chain {
    Chain {
        scheme: Scheme::named(scheme),
        coin,
        uris,
        forms,
        unit: 0,
        places: usize::MAX,
    }
}

impl Chain {
    /// Its URIs count in the unit of 10^`power` coins.
    pub(super) const fn counts(mut self, power: i32) -> Self {
        self.unit = power;
        self
    }

    /// No wallet takes an amount of more places.
    pub(super) const fn parts(mut self, places: usize) -> Self {
        self.places = places;
        self
    }

    /// The form that `address` claims to have.
    pub(super) fn form(&self, address: &str) -> Option<&'static Form> {
        self.forms.iter().find(|form| form.begins(address))
    }

    pub(super) fn verdict(&self, address: &str) -> Verdict {
        // Several forms may begin alike.
        let mut verdicts = self
            .forms
            .iter()
            .filter(|form| form.begins(address))
            .map(|form| form.verdict(address));
        let first = verdicts.next().unwrap_or(Verdict::Wrong("bad-account"));
        match first {
            Verdict::Wrong(_) => verdicts
                .find(|verdict| !matches!(verdict, Verdict::Wrong(_)))
                .unwrap_or(first),
            _ => first,
        }
    }
}

/// Whether an address of the form is known where no URI scheme says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// By its checksum.
    Checked,
    /// By its looks, so that one that is spoilt is told too.
    Told,
    /// By its looks, where it is the whole of a code: it has no checksum.
    Alone,
    /// Not at all.
    Never,
}

/// One way to write an address.
pub(super) struct Form {
    /// One of these; in either letter case where the address has none.
    begins: &'static [&'static str],
    /// The fewest and the most letters. Only asked of one that stands alone: what was cut off in a URI
    /// is an address all the same.
    letters: (usize, usize),
    rule: Rule,
    bare: Bare,
}

enum Rule {
    /// Base58Check of this version and the hash of a key or script.
    Base58(&'static [u8]),
    /// A witness program (BIP-141 in the writing of BIP-173 and BIP-350).
    Segwit,
    /// Bech32 in one of its variants.
    Bech32(Variant),
    /// `CashAddr`, with this prefix.
    Cash(&'static str),
    Own(&'static Alphabet, fn(&str) -> Verdict),
}

const HASH: usize = 20;

pub(super) const fn base58(begins: &'static [&'static str], version: &'static [u8]) -> Form {
    form(begins, (25, 36), Rule::Base58(version), Bare::Checked)
}

pub(super) const fn segwit(begins: &'static [&'static str]) -> Form {
    form(begins, (14, 90), Rule::Segwit, Bare::Told)
}

pub(super) const fn bech32(begins: &'static [&'static str], variant: Variant) -> Form {
    form(begins, (38, 512), Rule::Bech32(variant), Bare::Told)
}

pub(super) const fn cash(begins: &'static [&'static str], prefix: &'static str) -> Form {
    form(begins, (42, 112), Rule::Cash(prefix), Bare::Checked)
}

pub(super) const fn own(
    begins: &'static [&'static str],
    letters: (usize, usize),
    alphabet: &'static Alphabet,
    verdict: fn(&str) -> Verdict,
) -> Form {
    form(begins, letters, Rule::Own(alphabet, verdict), Bare::Checked)
}

const fn form(
    begins: &'static [&'static str],
    letters: (usize, usize),
    rule: Rule,
    bare: Bare,
) -> Form {
    Form {
        begins,
        letters,
        rule,
        bare,
    }
}

impl Form {
    /// It is told by its looks: one with a wrong checksum is reported.
    pub(super) const fn told(mut self) -> Self {
        self.bare = Bare::Told;
        self
    }

    /// It has no checksum: it is only told where it is the whole of a code.
    pub(super) const fn alone(mut self) -> Self {
        self.bare = Bare::Alone;
        self
    }

    /// It is told by its checksum alone.
    pub(super) const fn checked(mut self) -> Self {
        self.bare = Bare::Checked;
        self
    }

    /// It is only told in a URI.
    pub(super) const fn in_uri(mut self) -> Self {
        self.bare = Bare::Never;
        self
    }

    fn begins(&self, address: &str) -> bool {
        let folds = !matches!(self.rule, Rule::Base58(_) | Rule::Own(..));
        self.begins.iter().any(|begin| {
            let head = address.as_bytes().get(..begin.len());
            head.is_some_and(|head| {
                head == begin.as_bytes() || folds && head.eq_ignore_ascii_case(begin.as_bytes())
            })
        })
    }

    /// Whether an address of this form that stands alone may have this byte first.
    pub(super) fn may_begin(&self, first: u8) -> bool {
        self.bare != Bare::Never
            && self.begins.iter().any(|begin| {
                begin
                    .bytes()
                    .next()
                    .is_none_or(|own| own.eq_ignore_ascii_case(&first))
            })
    }

    /// Whether `text`, which stands alone, is an address of this form, and what is known of it.
    /// `whole`: it is all that a code holds.
    pub(super) fn bare(&self, text: &str, whole: bool) -> Option<Verdict> {
        let (shortest, longest) = self.letters;
        let asked = match self.bare {
            Bare::Checked | Bare::Told => true,
            Bare::Alone => whole,
            Bare::Never => false,
        };
        if !asked || !(shortest..=longest).contains(&text.len()) || !self.begins(text) {
            return None;
        }
        let verdict = self.verdict(text);
        let taken = match verdict {
            Verdict::Right => true,
            Verdict::Unknown => self.bare == Bare::Alone,
            Verdict::Wrong(_) => whole && self.bare == Bare::Told && self.looks_like(text),
        };
        taken.then_some(verdict)
    }

    /// Whether `text` can hardly be anything else, its checksum aside.
    fn looks_like(&self, text: &str) -> bool {
        /// Shorter ones are words and numbers of other things.
        const SHORTEST: usize = 33;
        let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
        let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
        let begin = self.begins.iter().find(|begin| text.starts_with(**begin));
        let rest = begin.map_or(text, |begin| &text[begin.len()..]);
        let spelled = match &self.rule {
            Rule::Segwit | Rule::Bech32(_) => text.rsplit_once('1').is_some_and(|(_, data)| {
                !mixed && bech32::lower(data).is_some_and(|d| bech32::LETTERS.spells(&d))
            }),
            // A letter that was misread leaves the version and the length as they are.
            Rule::Base58(version) => {
                mixed
                    && base58::decode(&base58::BITCOIN, text).is_some_and(|data| {
                        data.len() == version.len() + HASH + 4 && data.starts_with(version)
                    })
            }
            Rule::Own(alphabet, _) if alphabet.has_cases() => mixed && alphabet.spells(rest),
            Rule::Own(alphabet, _) => {
                alphabet.spells(rest)
                    || bech32::lower(rest).is_some_and(|rest| alphabet.spells(&rest))
            }
            Rule::Cash(_) => false,
        };
        spelled && text.len() >= SHORTEST && has(u8::is_ascii_digit)
    }

    pub(super) fn verdict(&self, address: &str) -> Verdict {
        Verdict::checksum(match &self.rule {
            Rule::Base58(version) => base58::check(address).is_some_and(|data| {
                data.starts_with(version) && data.len() == version.len() + HASH
            }),
            Rule::Segwit => is_witness_program(address),
            Rule::Bech32(variant) => bech32::decode(address).is_some_and(|found| {
                found.variant == *variant && found.bytes().is_some_and(|data| data.len() >= HASH)
            }),
            Rule::Cash(prefix) => is_cash(prefix, address),
            Rule::Own(_, verdict) => return verdict(address),
        })
    }

    /// The prefix that is a part of the address, though it is written like a URI scheme.
    pub(super) fn prefix(&self) -> Option<&'static str> {
        match self.rule {
            Rule::Cash(prefix) => Some(prefix),
            _ => None,
        }
    }
}

/// BIP-173: version 0 has 20 or 32 bytes and Bech32. BIP-350: later ones have 2 to 40 and Bech32m.
fn is_witness_program(address: &str) -> bool {
    let Some(found) = bech32::decode(address).filter(|_| address.len() <= 90) else {
        return false;
    };
    let Some((version, program)) = found.data.split_first() else {
        return false;
    };
    let size = super::alphabet::bytes(program, 5).map_or(0, |program| program.len());
    match version {
        0 => found.variant == Variant::Bech32 && matches!(size, 20 | 32),
        1..=16 => found.variant == Variant::Bech32m && (2..=40).contains(&size),
        _ => false,
    }
}

/// `CashAddr`: the version byte says how long the hash is. Kaspa, which has its checksum, writes whole
/// keys of 32 or 33 bytes.
fn is_cash(prefix: &str, address: &str) -> bool {
    const SIZES: [usize; 8] = [20, 24, 28, 32, 40, 48, 56, 64];
    let Some(data) = bech32::cash(prefix, address) else {
        return false;
    };
    match data.split_first() {
        Some((_, key)) if prefix.starts_with("kaspa") => matches!(key.len(), 32 | 33),
        Some((version, hash)) => hash.len() == SIZES[usize::from(version & 7)],
        None => false,
    }
}
