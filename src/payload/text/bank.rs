//! Bank cards and accounts: by the check digits of a card (ISO/IEC 7812-1) or an IBAN (ISO 13616-1), and
//! by the words that a transfer is asked for with.

use super::super::schemes::Scheme;
use super::super::{Payload, checks, iban};
use super::cues::{Cue, Place};
use super::hints::Hint;
use super::{Findings, Line, checked, in_currency, lead, scan, to};

const CARD: Scheme = Scheme::named("text-bank-card");
const CHINESE: Scheme = Scheme::named("ysf-bank-card-cn");
const KOREAN: Scheme = Scheme::named("kr-bank-text");
const IBAN: Scheme = Scheme::named("text-iban");
const AUSTRALIAN: Scheme = Scheme::named("au-nz");

/// An account has at least so many digits.
const LEAST: usize = 6;

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    if line.digits < LEAST {
        return;
    }
    ibans(line, findings);
    korean(line, findings);
    cards(line, findings);
    accounts(line, findings);
}

/// The most places of a line that are tried.
const MOST_TRIES: usize = 24;

/// An IBAN, cued or right by its check digits, in groups of four or in one.
fn ibans(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    for place in line.places(Cue::Iban) {
        let lead = line.lead(place);
        if let Some((number, end)) = iban_at(text, lead.end) {
            findings.add(
                place.start,
                end,
                named(line, checked(to(IBAN, number), true, "bad-iban")),
            );
        } else if let Some((number, end)) = like_iban(text, lead.end) {
            findings.add(
                place.start,
                end,
                checked(to(IBAN, number), false, "bad-iban"),
            );
        }
    }
    let bytes = text.as_bytes();
    let mut tries = 0;
    for (start, four) in bytes.windows(4).enumerate() {
        let [a, b, c, d] = four else {
            continue;
        };
        let begins = a.is_ascii_uppercase()
            && b.is_ascii_uppercase()
            && c.is_ascii_digit()
            && d.is_ascii_digit()
            && scan::is_edge(text, start);
        if !begins {
            continue;
        }
        if tries == MOST_TRIES {
            findings.more = true;
            break;
        }
        tries += 1;
        if let Some((number, end)) = iban_at(text, start) {
            findings.add(
                start,
                end,
                named(line, checked(to(IBAN, number), true, "bad-iban")),
            );
        }
    }
}

/// The letters and digits from `from` on with a single space or dash between them, each with its end.
fn account_letters(text: &str, from: usize) -> Vec<(char, usize)> {
    let rest = text.get(from..).unwrap_or_default();
    let mut gap = 0;
    rest.bytes()
        .enumerate()
        .take_while(|(_, b)| {
            gap = if matches!(b, b' ' | b'-') { gap + 1 } else { 0 };
            b.is_ascii_alphanumeric() || gap == 1
        })
        .filter(|(_, b)| b.is_ascii_alphanumeric())
        .map(|(i, b)| (char::from(b.to_ascii_uppercase()), from + i + 1))
        .take(34)
        .collect()
}

fn iban_at(text: &str, from: usize) -> Option<(String, usize)> {
    let letters = account_letters(text, from);
    let mut number = String::new();
    letters.iter().find_map(|(letter, end)| {
        number.push(*letter);
        let whole = scan::is_edge(text, *end);
        (number.len() >= 15 && whole && iban::holds(&number)).then(|| (number.clone(), *end))
    })
}

/// What stands behind the word IBAN and looks like one.
fn like_iban(text: &str, from: usize) -> Option<(String, usize)> {
    let mut number = String::new();
    let mut best = None;
    for (letter, end) in account_letters(text, from) {
        number.push(letter);
        if number.len() >= 15
            && scan::is_edge(text, end)
            && number.bytes().rev().take(2).all(|b| b.is_ascii_digit())
        {
            best = Some((number.clone(), end));
        }
    }
    let (number, end) = best?;
    let bytes = number.as_bytes();
    let begins = bytes.iter().take(2).all(u8::is_ascii_uppercase)
        && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit);
    begins.then_some((number, end))
}

/// `payload` with the holder that the line names.
fn named(line: &Line<'_>, mut payload: Payload) -> Payload {
    payload.fields.payee_name = line.holder();
    payload
}

/// The holder that the line names, the first of several.
pub(super) fn holder(line: &Line<'_>) -> Option<String> {
    let text = line.text();
    line.places(Cue::Holder).find_map(|place| {
        let from = lead::skip(line.lower(), place.end);
        let rest = text.get(from.end..)?;
        let behind = line.cues_near(from.end, usize::MAX).iter();
        let next = behind
            .map(|cue| cue.start)
            .find(|start| *start >= from.end && *start > place.end);
        let end = next.map_or(rest.len(), |next| next - from.end);
        let rest = rest.get(..end)?;
        let han = rest.starts_with(|c: char| c as u32 > 0x2e80);
        let stop = |c: char| c.is_ascii_digit() || ",;:|/，；。、\n".contains(c) || han && c == ' ';
        let name = rest.split(stop).next()?.trim();
        ((from.told || han) && (2..=40).contains(&name.chars().count())).then(|| name.to_owned())
    })
}

/// What stands behind an account of Korea besides a name.
const NO_NAMES: &[&str] = &["입금", "송금", "계좌", "예금주", "이체", "으로", "계좌이체"];

/// `국민은행 123456-78-901234 김데모`: a bank, 10 to 14 digits, and whose it is.
fn korean(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    let transfer = line.has(Cue::Account) || line.has(Cue::Bank) || line.has(Cue::Holder);
    for place in &line.cues {
        let sure = match place.cue {
            Cue::KoreanBank => true,
            Cue::MaybeKoreanBank => transfer,
            _ => continue,
        };
        let near = line.cues_near(place.end, place.end + 4).iter();
        let after = near
            .copied()
            .find(|next| next.cue == Cue::Account && next.start >= place.end);
        let from = lead::skip(line.lower(), after.map_or(place.end, |next| next.end)).end;
        let Some((number, end)) = scan::number(text, from, 8, |n| (10..=14).contains(&n.len()))
            .or_else(|| scan::number(text, from, 14, |n| (10..=14).contains(&n.len())))
        else {
            continue;
        };
        if !sure || number.starts_with("010") || number.starts_with("20") && number.len() < 11 {
            continue;
        }
        let bank = text.get(place.start..place.end).unwrap_or_default();
        let mut payload = in_currency(to(KOREAN, format!("{bank}:{number}")), "KRW");
        payload = named(line, checked(payload, true, "bad-account"));
        if payload.fields.payee_name.is_none() {
            let rest = text
                .get(end..)
                .unwrap_or_default()
                .trim_start_matches([' ', '(', '/']);
            let name: String = rest
                .chars()
                .take_while(|c| ('\u{ac00}'..='\u{d7a3}').contains(c))
                .take(8)
                .collect();
            let is_name =
                (2..=5).contains(&name.chars().count()) && !NO_NAMES.contains(&name.as_str());
            payload.fields.payee_name = is_name.then_some(name);
        }
        findings.add(place.start, end, payload);
    }
}

/// Cards: 12 to 19 digits of a network with the right check digit, in the groups that are printed on it or
/// behind a word.
fn cards(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    let transfer = line.has(Cue::Bank) || line.has(Cue::Holder);
    for place in line
        .places(Cue::Card)
        .chain(line.places(Cue::Account))
        .chain(line.places(Cue::Bank))
    {
        let lead = lead::skip(line.lower(), place.end);
        let card = |n: &str| is_card(n);
        let found = scan::number(text, lead.end, 6, card)
            .or_else(|| scan::number(text, lead.end, 19, card));
        if let Some((number, end)) = found {
            let payload = checked(to(CARD, number), true, "bad-checksum");
            findings.add(place.start, end, named(line, payload));
        } else if place.cue == Cue::Card && (transfer || lead.told) {
            // Cards of China have 16 to 19 digits and begin with 62: a misread one is still one.
            let like = |n: &str| (16..=19).contains(&n.len()) && network(n);
            let found = scan::number(text, lead.end, 6, like)
                .or_else(|| scan::number(text, lead.end, 19, like));
            if let Some((number, end)) = found {
                let payload = checked(to(CARD, number), false, "bad-checksum");
                findings.add(place.start, end, named(line, payload));
            }
        }
    }
    let mut at = 0;
    while let Some(next) = text
        .get(at..)
        .and_then(|rest| rest.find(|c: char| c.is_ascii_digit()))
    {
        let start = at + next;
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let first = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let run = scan::groups(text, start).last();
        at = run.map_or(start + 1, |group| group.end);
        if !matches!(first, 4 | 6) {
            continue;
        }
        let (groups, count) = scan::first_groups::<5>(text, start);
        let printed = match groups.map(|group| group.digits.len()) {
            [4, 4, 4, 4, 1..=3] => 5,
            [6, 13, ..] => 2,
            [4, 4, 4, 4, _] => 4,
            [4, 6, 5, ..] => 3,
            _ => continue,
        };
        if printed > count {
            continue;
        }
        let taken = groups.iter().take(printed);
        let number: String = taken.map(|group| group.digits).collect();
        let end = groups.get(printed - 1).map(|group| group.end);
        let whole =
            scan::is_edge(text, start) && !line.is_after(start, 16, |cue| cue == Cue::Serial);
        if let Some(end) = end.filter(|_| whole && is_card(&number)) {
            findings.add(
                start,
                end,
                named(line, checked(to(CARD, number), true, "bad-checksum")),
            );
        }
    }
}

/// Whether `digits` begin like those of a network that issues cards, and have its lengths.
fn network(digits: &str) -> bool {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|p| digits.starts_with(p));
    match digits.len() {
        // American Express; Diners Club has 14.
        15 => begins(&["34", "37"]),
        16 => begins(&[
            "4", "51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27", "35", "60",
            "62", "64", "65", "81", "86", "98",
        ]),
        17..=19 => begins(&["62", "4", "60", "9", "5"]),
        _ => false,
    }
}

fn is_card(digits: &str) -> bool {
    network(digits) && checks::luhn(digits)
}

/// Accounts that are no cards, where both the bank and the account are named.
fn accounts(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    let chinese = line.hints().has(Hint::Bank);
    let (at_bank, holder) = (line.has(Cue::AccountAt), line.has(Cue::Holder));
    let beside = at_bank || line.has(Cue::Bank) || holder && chinese;
    if !beside {
        return;
    }
    let places = line.places(Cue::Account).chain(line.places(Cue::AccountAt));
    for place in places.chain(line.places(Cue::Card)) {
        let lead = lead::skip(line.lower(), place.end);
        let alone = place.cue == Cue::AccountAt;
        let least = if chinese {
            10
        } else if alone {
            8
        } else {
            6
        };
        let fits = |n: &str| (least..=22).contains(&n.len());
        let Some((number, end)) = scan::number(text, lead.end, 7, fits)
            .or_else(|| scan::number(text, lead.end, 22, fits))
        else {
            continue;
        };
        let (scheme, bank) = if chinese {
            (CHINESE, bank_name(line))
        } else if let Some(bsb) = code_behind(line, "bsb", 6, u8::is_ascii_digit) {
            (AUSTRALIAN, Some(bsb))
        } else {
            let code = code_behind(line, "ifsc", 11, u8::is_ascii_alphanumeric)
                .or_else(|| code_behind(line, "sort code", 6, u8::is_ascii_digit))
                .or_else(|| code_behind(line, "routing", 9, u8::is_ascii_digit))
                .or_else(|| name_beside(line, place));
            (CARD, code)
        };
        let payee = bank.map_or(number.clone(), |bank| format!("{bank}:{number}"));
        let currency = if scheme == CHINESE {
            "CNY"
        } else if scheme == AUSTRALIAN {
            "AUD"
        } else {
            ""
        };
        let mut payload = to(scheme, payee);
        if !currency.is_empty() {
            payload = in_currency(payload, currency);
        }
        findings.add(place.start, end, named(line, payload));
    }
}

/// What the line says behind 开户行.
fn bank_name(line: &Line<'_>) -> Option<String> {
    let text = line.text();
    let place = line
        .cues
        .iter()
        .find(|p| p.cue == Cue::Bank && text[p.start..].starts_with(['开', '開', '收']))?;
    let from = lead::skip(line.lower(), place.end).end;
    let rest = text.get(from..)?;
    let name: String = rest
        .chars()
        .take_while(|c| c.is_alphabetic())
        .take(30)
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The bank that a line names beside the account, with what belongs to its name.
fn name_beside(line: &Line<'_>, account: Place) -> Option<String> {
    let text = line.text();
    let is_name = |place: &&Place| match place.cue {
        Cue::AccountAt => !matches!(
            line.lower().get(place.start..place.end),
            Some("clabe" | "cbu" | "cvu")
        ),
        Cue::Bank => {
            place.end <= account.start && text[place.start..].starts_with(|c: char| !c.is_ascii())
        }
        _ => false,
    };
    let bank = line.cues.iter().find(is_name)?;
    let is_part = |c: char| c.is_alphanumeric() && !c.is_ascii_digit();
    // Thai marks of vowels and tones are no letters, and are parts of words.
    let is_part = |c: char| is_part(c) || matches!(c, '\u{0e31}'..='\u{0e4e}');
    let start = text.get(..bank.start)?.trim_end_matches(is_part).len();
    let rest = text.get(bank.end..)?;
    let end = text.len() - rest.trim_start_matches(is_part).len();
    text.get(start..end).map(str::to_owned)
}

/// The code of `len` letters behind `cue`, without the signs inside of it.
fn code_behind(line: &Line<'_>, cue: &str, len: usize, is: fn(&u8) -> bool) -> Option<String> {
    let place = line
        .places(Cue::Bank)
        .find(|place| line.lower().get(place.start..place.end) == Some(cue))?;
    let from = lead::skip(line.lower(), place.end).end;
    let rest = line.text().as_bytes().get(from..)?;
    let parts = rest
        .iter()
        .take_while(|b| is(b) || matches!(b, b'-' | b' '));
    let code: String = parts
        .filter(|b| is(b))
        .take(len)
        .map(|b| char::from(*b))
        .collect();
    (code.len() == len).then_some(code)
}
