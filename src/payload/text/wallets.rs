//! Wallets and mobile money that are paid by a number or a name: each a row of a table.

mod rows;

use super::super::Payload;
use super::super::schemes::Scheme;
use super::cues::{Cue, Place};
use super::lead::{self, Lead};
use super::{Findings, Line, checked, in_currency, mail, scan, to};
use rows::Form::{Code, Digits, Handle, Length, Mail, Tag};
use rows::{Form, Wallet};

pub(super) use rows::WALLETS;

/// Whether row `row` is one that pays UPI addresses.
pub(super) fn is_upi(row: usize) -> bool {
    WALLETS
        .get(row)
        .is_some_and(|wallet| wallet.scheme.id == "text-upi-vpa")
}

const CASHTAG: Scheme = Scheme::named("text-cashtag");
const MPESA: Scheme = Scheme::named("mpesa-text");

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for place in &line.cues {
        let Cue::Wallet(row) = place.cue else {
            continue;
        };
        let Some(wallet) = WALLETS.get(row) else {
            continue;
        };
        let lead = behind(line, *place);
        let found = wallet
            .forms
            .iter()
            .find_map(|form| read(line, wallet, form, *place, lead));
        if let Some((payload, end)) = found {
            findings.add(place.start, end, payload);
        } else if let Some((payload, start)) = in_front(line, wallet, *place) {
            findings.add(start, place.end, payload);
        }
    }
    cashtags(line, findings);
    short_codes(line, findings);
}

/// Where the value is: behind other wallets too (bKash/Nagad: ...), and behind a bracket (bKash (personal)).
fn behind(line: &Line<'_>, place: Place) -> Lead {
    let mut lead = line.lead(place);
    for _ in 0..3 {
        let is_part = |cue| matches!(cue, Cue::Wallet(_) | Cue::Account | Cue::Phone | Cue::Tip);
        let Some(next) = line.cue_at(lead.end).filter(|next| is_part(next.cue)) else {
            break;
        };
        let after = lead::skip(line.lower(), next.end);
        lead = lead.then(after);
    }
    lead
}

/// `0917 123 4567 (GCash)`: the number of a telephone, or an address of mail, and then where it is paid.
fn in_front(line: &Line<'_>, wallet: &Wallet, place: Place) -> Option<(Payload, usize)> {
    let before = line.text().get(..place.start)?;
    let before = before.trim_end_matches([' ', '(', '[', '/', '-', ':']);
    let number = scan::number_before(line.text(), place.start);
    let mail = mail::addresses(line).find(|(_, end, _)| *end == before.len());
    let payee = wallet.forms.iter().find_map(|form| match form {
        // Shorter ones, and those that only have a length, are prices and dates as well.
        Digits(template) => {
            let open = !template.starts_with('#') && template.len() >= 10;
            let fits = |(number, _): &&(String, usize)| open && scan::fits(template, number);
            number.as_ref().filter(fits).cloned()
        }
        Mail => {
            let (start, end, host) = mail?;
            mail::is_registrable(host).then(|| (line.text()[start..end].to_owned(), start))
        }
        _ => None,
    });
    let (payee, start) = payee?;
    let payload = checked(to(wallet.scheme, payee), true, "bad-account");
    let payload = if wallet.currency.is_empty() {
        payload
    } else {
        in_currency(payload, wallet.currency)
    };
    Some((payload, start))
}

fn read(
    line: &Line<'_>,
    wallet: &Wallet,
    form: &Form,
    place: Place,
    lead: Lead,
) -> Option<(Payload, usize)> {
    let text = line.text();
    let (payee, end) = match form {
        Digits(template) => {
            let (plus, digits) = template
                .strip_prefix('+')
                .map_or(("", *template), |t| ("+", t));
            let rest = text.get(lead.end..)?;
            if rest.starts_with('+') == plus.is_empty() {
                return None;
            }
            let from = lead.end + plus.len();
            let fits = |n: &str| scan::fits(digits, n);
            let (number, end) =
                scan::number(text, from, 9, fits).or_else(|| scan::number(text, from, 13, fits))?;
            (format!("{plus}{number}"), end)
        }
        Length(least, most, words) => {
            let (number, end) =
                scan::number(text, lead.end, 4, |n| (*least..=*most).contains(&n.len())).or_else(
                    || {
                        scan::number(text, lead.end, *most, |n| {
                            (*least..=*most).contains(&n.len())
                        })
                    },
                )?;
            let rest = text.get(end..)?;
            let counted = rest.starts_with([':', '%', '/'])
                || [" %", " k", " people", "-"]
                    .iter()
                    .any(|unit| rest.starts_with(unit));
            let said = line.lower().get(..lead.end)?;
            let sure = lead.told || words.iter().any(|word| said.contains(word));
            (sure && !counted && !lead.far).then_some((number, end))?
        }
        Code(len) => {
            let (code, end) = scan::number(text, lead.end, 3, |n| n.len() == *len)
                .or_else(|| scan::number(text, lead.end, *len, |n| n.len() == *len))?;
            let mut payload = in_currency(super::empty(wallet.scheme), wallet.currency);
            payload.fields.reference = Some(code);
            return Some((checked(payload, true, "bad-reference"), end));
        }
        Handle => {
            let rest = text.get(lead.end..)?;
            let at = usize::from(rest.starts_with('@'));
            let name = scan::word(text, lead.end + at, b"_-.");
            let end = lead.end + at + name.len();
            let goes_on =
                super::wechat::is_sentence(text.get(end..)?) || text[end..].starts_with('@');
            let (mut letter, mut digit) = (false, false);
            for b in name.bytes() {
                letter |= b.is_ascii_alphabetic();
                digit |= b.is_ascii_digit();
            }
            let marked = letter && digit && lead.end > place.end;
            let said = at == 1 || (lead.told && !lead.far || marked) && !goes_on && letter;
            (said && (4..=40).contains(&name.len())).then(|| (name.to_owned(), end))?
        }
        Tag(sign) => {
            let rest = text.get(lead.end..)?;
            let sign = if rest.starts_with('£') { '£' } else { *sign };
            let rest = rest.strip_prefix(sign)?;
            let space = usize::from(rest.starts_with(' '));
            let name = scan::word(rest, space, b"_-");
            if !is_tag(name) {
                return None;
            }
            let end = lead.end + sign.len_utf8() + space + name.len();
            let currency = if sign == '£' { "GBP" } else { wallet.currency };
            let payload = in_currency(to(CASHTAG, format!("{sign}{name}")), currency);
            return Some((checked(payload, true, "bad-account"), end));
        }
        Mail => {
            let (start, end, host) =
                mail::addresses(line).find(|(start, ..)| *start == lead.end)?;
            mail::is_registrable(host).then_some((text.get(start..end)?.to_owned(), end))?
        }
    };
    let mut payload = to(wallet.scheme, payee);
    if !wallet.currency.is_empty() {
        payload = in_currency(payload, wallet.currency);
    }
    if wallet.scheme == MPESA {
        payload = with_account(line, payload, end);
    }
    Some((checked(payload, true, "bad-account"), end))
}

/// The account that a paybill number is told together with.
fn with_account(line: &Line<'_>, mut payload: Payload, end: usize) -> Payload {
    // The shilling is that of five countries: only the number of a telephone or its word tells.
    if let Some(place) = line.places(Cue::Account).find(|place| place.start >= end) {
        let from = lead::skip(line.lower(), place.end).end;
        let account = scan::word(line.text(), from, b"-");
        payload.fields.reference = (!account.is_empty()).then(|| account.to_owned());
    }
    payload
}

/// 1 to 20 letters and digits, one letter at least (Cash App).
fn is_tag(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.contains(|c: char| c.is_ascii_alphabetic())
}

/// `$name` in a line that asks for gifts. `$AAPL` is a share, `$5` a price.
fn cashtags(line: &Line<'_>, findings: &mut Findings) {
    let is_cash = |cue| matches!(cue, Cue::Wallet(row) if WALLETS.get(row).is_some_and(|w| w.scheme.id == "cashapp"));
    let app = line.cues.iter().any(|place| is_cash(place.cue));
    if !app && !line.has(Cue::Tip) {
        return;
    }
    for (at, _) in line.text().match_indices('$') {
        let name = scan::word(line.text(), at + 1, b"_-");
        let share = name.len() <= 5 && name.bytes().all(|b| b.is_ascii_uppercase());
        let begins =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && scan::is_edge(line.text(), at);
        if begins
            && name.len() >= 3
            && is_tag(name)
            && (app || !share)
            && !line.text()[..at].ends_with(|c: char| c.is_alphanumeric())
        {
            let end = at + 1 + name.len();
            let payload = in_currency(to(CASHTAG, &line.text()[at..end]), "USD");
            findings.add(at, end, checked(payload, true, "bad-account"));
        }
    }
}

/// `*182*8*1*123456#`, which a telephone runs and which pays on many networks. Short ones ask for a
/// balance.
fn short_codes(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    for (start, _) in text.match_indices('*') {
        let rest = &text[start..];
        let Some(len) = rest.find('#').map(|i| i + 1).filter(|len| *len <= 40) else {
            continue;
        };
        let code = &rest[..len];
        let parts = code.trim_matches(['*', '#']).split('*');
        let digits = parts.clone().all(super::super::checks::is_digits);
        let first = parts.clone().next().map_or(0, str::len);
        if digits && parts.count() >= 3 && (2..=3).contains(&first) {
            let mut payload = to(MPESA, code);
            payload.flags.push("ussd");
            findings.add(start, start + len, payload);
        }
    }
}
