//! PIX keys (Banco Central do Brasil, DICT): a CPF, a CNPJ, a telephone number, a mail address or a
//! random UUID behind the word. The word alone is in every second sentence of a Brazilian shop.

use uuid::Uuid;

use super::super::Payload;
use super::super::schemes::Scheme;
use super::cues::Cue;
use super::{Findings, Line, checked, in_currency, mail, scan, to};

const PIX: Scheme = Scheme::named("text-pix-key");

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for place in line.places(Cue::Pix) {
        let lead = line.lead(place);
        let found = key(line, lead.end).or_else(|| named(line, lead.end));
        if let Some((payload, end)) = found {
            findings.add(place.start, end, in_currency(payload, "BRL"));
        }
    }
}

fn key(line: &Line<'_>, from: usize) -> Option<(Payload, usize)> {
    let text = line.text();
    let word = scan::word(text, from, b"-");
    if word.len() == 36 && Uuid::try_parse(word).is_ok() {
        let payload = to(PIX, word.to_ascii_lowercase());
        return Some((checked(payload, true, "bad-account"), from + word.len()));
    }
    if let Some((start, end, host)) = mail::addresses(line).find(|(start, ..)| *start == from) {
        let address = text.get(start..end)?.to_ascii_lowercase();
        let payload = to(PIX, address);
        return mail::is_registrable(host).then(|| (checked(payload, true, "bad-account"), end));
    }
    number(text, from)
}

/// `PIX Sara 51 98888-1111`: a key that proves itself, behind the name of its owner.
fn named(line: &Line<'_>, from: usize) -> Option<(Payload, usize)> {
    let (name, _) = line.text().get(from..)?.split_once(' ')?;
    if !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let found = key(line, from + name.len() + 1)?;
    (found.0.valid == Some(true)).then_some(found)
}

fn number(text: &str, from: usize) -> Option<(Payload, usize)> {
    let rest = text.get(from..)?;
    if rest.starts_with('+') {
        let (digits, end) = scan::number(text, from + 1, 9, |n| {
            (12..=13).contains(&n.len()) && n.starts_with("55")
        })
        .or_else(|| {
            scan::number(text, from + 1, 13, |n| {
                (12..=13).contains(&n.len()) && n.starts_with("55")
            })
        })?;
        return Some((
            checked(to(PIX, format!("+{digits}")), true, "bad-account"),
            end,
        ));
    }
    if let Some((digits, end)) = cnpj_at(text, from) {
        return Some((
            checked(to(PIX, &digits), is_cnpj(&digits), "bad-checksum"),
            end,
        ));
    }
    let (digits, end) = scan::number(text, from, 9, |n| (10..=11).contains(&n.len()))
        .or_else(|| scan::number(text, from, 11, |n| n.len() == 11))?;
    // 000.000.000-00 is how a CPF is written; a number of a mobile has a 9 behind the area.
    let dotted = rest.as_bytes().get(3) == Some(&b'.') && digits.len() == 11;
    if is_cpf(&digits) || dotted {
        return Some((
            checked(to(PIX, &digits), is_cpf(&digits), "bad-checksum"),
            end,
        ));
    }
    let area = !digits.starts_with('0') && digits.as_bytes().get(1) != Some(&b'0');
    let mobile = digits.len() == 11 && digits.as_bytes().get(2) == Some(&b'9') && area;
    let land = digits.len() == 10 && area && text[..from].ends_with('(');
    if mobile || land {
        return Some((
            checked(to(PIX, format!("+55{digits}")), true, "bad-account"),
            end,
        ));
    }
    (digits.len() == 11).then(|| (checked(to(PIX, &digits), false, "bad-checksum"), end))
}

/// 00.000.000/0000-00, or its 14 digits.
fn cnpj_at(text: &str, from: usize) -> Option<(String, usize)> {
    let rest = text.get(from..)?;
    let len = rest
        .bytes()
        .take(18)
        .take_while(|b| b.is_ascii_digit() || b"./-".contains(b))
        .count();
    let digits: String = rest[..len].chars().filter(char::is_ascii_digit).collect();
    let whole = !rest[len..].starts_with(|c: char| c.is_ascii_alphanumeric());
    (digits.len() == 14 && whole).then_some((digits, from + len))
}

/// The two check digits of a CPF: each the sum of the digits before, weighed by 2, 3, ... from the right,
/// modulo 11 (Receita Federal). Eleven equal digits hold, and are given to nobody.
pub(super) fn is_cpf(digits: &str) -> bool {
    digits.len() == 11
        && !is_uniform(digits)
        && [9, 10]
            .iter()
            .all(|at| check_digit(digits, *at, 11) == digits.chars().nth(*at))
}

/// The same of a CNPJ, where the weights begin again at 2 after 9.
pub(super) fn is_cnpj(digits: &str) -> bool {
    digits.len() == 14
        && !is_uniform(digits)
        && [12, 13]
            .iter()
            .all(|at| check_digit(digits, *at, 8) == digits.chars().nth(*at))
}

fn is_uniform(digits: &str) -> bool {
    digits
        .bytes()
        .all(|b| Some(&b) == digits.as_bytes().first())
}

fn check_digit(digits: &str, len: usize, cycle: usize) -> Option<char> {
    let before = digits.get(..len)?;
    let weighed = before.chars().rev().enumerate();
    let sum: u32 = weighed
        .map(|(i, c)| Some(c.to_digit(10)? * (i % cycle + 2) as u32))
        .sum::<Option<u32>>()?;
    char::from_digit(if sum % 11 < 2 { 0 } else { 11 - sum % 11 }, 10)
}
