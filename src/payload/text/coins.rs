//! Crypto addresses in a sentence. The checksum tells them from other words; where the line speaks of
//! coins, an address that was misread or mistyped is one too.

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Category, Payload, crypto};
use super::cues::Cue;
use super::{Findings, Line, checked, scan, to};

const ADDRESS: Scheme = Scheme::named("text-crypto-address");

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    let mut at = 0;
    while !findings.is_full()
        && let Some(next) = text
            .get(at..)
            .and_then(|rest| rest.find(|c: char| c.is_ascii_alphanumeric()))
    {
        let start = at + next;
        let word = scan::word(text, start, b"_-:");
        at = start + word.len().max(1);
        if (26..=2_000).contains(&word.len())
            && let Some((payload, len)) = address_of(line, word.trim_end_matches(':'))
        {
            findings.add(at - len, at, payload);
        }
    }
}

/// `bitcoin:1A1z...` is one address, `TRC20:TJRy...` a word in front of one. The address, and its length.
fn address_of(line: &Line<'_>, word: &str) -> Option<(Payload, usize)> {
    address(line, word)
        .map(|payload| (payload, word.len()))
        .or_else(|| {
            let (_, bare) = word.rsplit_once(':')?;
            Some((address(line, bare)?, bare.len()))
        })
}

fn address(line: &Line<'_>, word: &str) -> Option<Payload> {
    let mixed = word.contains(|c: char| c.is_ascii_digit())
        && word.contains(|c: char| c.is_ascii_alphabetic());
    if !mixed {
        return None;
    }
    let coin = line.has(Cue::Coin) || line.has(Cue::Lightning);
    let input = Input::new(word);
    // Where nobody speaks of coins, an address must prove itself.
    let found = if coin || input.uri.is_some() {
        crypto::parse(&input)
    } else {
        crypto::bare(&input)
    };
    let found = found.filter(|p| p.category == Category::WalletCrypto);
    let Some(mut inner) = found else {
        let fits = coin && is_shaped(word);
        return fits.then(|| checked(to(ADDRESS, word), false, "bad-checksum"));
    };
    if inner.valid != Some(true) && !coin {
        return None;
    }
    inner.say(word.to_owned());
    let mut payload = inner.clone();
    // Invoices and links have a scheme that says more than that they are addresses.
    if inner.scheme.ends_with("-address")
        || !word.contains(':') && inner.fields.payee.as_deref() == Some(word)
    {
        payload.scheme = ADDRESS.id;
    }
    payload.nested = Some(Box::new(inner));
    Some(payload)
}

/// Whether `word` is of the length and the letters of an address of one of the large chains.
fn is_shaped(word: &str) -> bool {
    let base58 = || {
        word.bytes()
            .all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(&b))
    };
    match word.as_bytes() {
        [b'T', ..] => word.len() == 34 && word.bytes().all(|b| b.is_ascii_alphanumeric()),
        [b'0', b'x', hex @ ..] => hex.len() == 40 && hex.iter().all(u8::is_ascii_alphanumeric),
        [b'1' | b'3', ..] => (26..=35).contains(&word.len()) && base58(),
        [b'b', b'c', b'1', ..] => matches!(word.len(), 42 | 62),
        _ => false,
    }
}
