//! Payment slips of single countries: Slovenia (UPN QR, ZBS), Croatia (HUB-3A, 2D code of the Croatian
//! banks), Serbia (IPS QR, National Bank of Serbia) and Poland (2D recommendation of the ZBP).

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks, iban};
use super::lines::Lines;
use super::pairs::Pairs;
use super::{Slip, comma_money};

const UPN: Scheme = Scheme::named("upn-qr");
const HUB3: Scheme = Scheme::named("hub3");
const NBS: Scheme = Scheme::named("nbs-ips");
const ZBP: Scheme = Scheme::named("zbp-2d");

/// Cents in `length` digits.
fn cents(text: &str, length: usize) -> Option<String> {
    let holds = text.len() == length && checks::is_digits(text);
    holds.then(|| amount::scaled(text, -2)).flatten()
}

/// 19 lines of the order, and their control sum.
pub(super) fn upn(input: &Input<'_>) -> Option<Payload> {
    let lines = Lines::of(input.text);
    if lines.get(1) != "UPNQR" {
        return None;
    }
    let mut slip = Slip::new(input, UPN, "EUR");
    slip.lines(&lines);
    slip.amount(lines.get(9), cents(lines.get(9), 11));
    slip.iban_of("SI", lines.get(15));
    slip.name(lines.get(17));
    slip.reference(&[lines.get(16), lines.get(13)]);
    slip.creditor_reference(lines.get(16));
    // The characters of the lines with an end of line each.
    let sum: usize = (1..=19).map(|n| lines.raw(n).chars().count() + 1).sum();
    if lines.count() < 20 {
        slip.require(false, "truncated");
    } else {
        slip.require(lines.get(20).parse() == Ok(sum), "bad-checksum");
    }
    Some(slip.done())
}

/// 14 lines; the last are often missing.
pub(super) fn hub3(input: &Input<'_>) -> Option<Payload> {
    let lines = Lines::of(input.text);
    if lines.get(1) != "HRVHUB30" {
        return None;
    }
    let mut slip = Slip::new(input, HUB3, "");
    slip.lines(&lines);
    slip.currency(lines.get(2));
    slip.require(matches!(lines.get(2), "EUR" | "HRK"), "malformed");
    slip.amount(lines.get(3), cents(lines.get(3), 15));
    slip.name(lines.get(7));
    slip.iban_of("HR", lines.get(10));
    let (model, number) = (lines.get(11), lines.get(12));
    slip.reference(&[&format!("{model} {number}"), lines.get(14)]);
    slip.require(lines.count() >= 10, "truncated");
    slip.require(lines.count() <= 14, "trailing-data");
    Some(slip.done())
}

/// `K:PR|V:01|C:1|R:...`: keys and values.
pub(super) fn nbs(input: &Input<'_>) -> Option<Payload> {
    let pairs = Pairs::of(input.text, '|', ':');
    let get = |key| pairs.get(key);
    let kind = get("K");
    if !matches!(kind, "PR" | "PT" | "PK" | "EK") || !input.text.contains('|') {
        return None;
    }
    let mut slip = Slip::new(input, NBS, "RSD");
    slip.require(get("V") == "01" && get("C") == "1", "malformed");
    // ISO 7064 MOD 97-10 over bank, number and check digits.
    slip.account(get("R"), 18, |account| iban::mod_97(&[account]) == Some(1));
    // The address stands below the name.
    slip.name(get("N").lines().next().unwrap_or_default());
    let money = get("I").strip_prefix("RSD").and_then(comma_money);
    slip.amount(get("I"), money);
    slip.reference(&[get("RO"), get("S")]);
    slip.require(
        !pairs.repeats(&["K", "R", "N", "I", "RO"]),
        "duplicate-param",
    );
    let mut payload = slip.done();
    if kind == "PK" {
        payload.flags.push("payer-code");
    }
    Some(payload)
}

/// `NIP|PL|account|amount|name|title|reserved|reserved|reserved`.
pub(super) fn zbp(input: &Input<'_>) -> Option<Payload> {
    let tax = input
        .text
        .split('|')
        .next()
        .filter(|tax| tax.is_empty() || tax.len() == 10 && checks::is_digits(tax))?;
    let rest = input.text.get(tax.len()..)?.strip_prefix("|PL|")?;
    let parts: Vec<&str> = rest.split('|').take(10).collect();
    let part = |n: usize| parts.get(n).map(|part| part.trim()).unwrap_or_default();
    let account = iban::normal(part(0));
    if parts.len() < 4 || !(20..=30).contains(&account.len()) || !checks::is_digits(&account) {
        return None;
    }
    let mut slip = Slip::new(input, ZBP, "PLN");
    slip.iban(&format!("PL{account}"));
    let digits = part(1);
    let grosze = checks::is_digits(digits).then(|| amount::scaled(digits, -2));
    slip.amount(digits, grosze.flatten());
    slip.name(part(2));
    slip.reference(&[part(3)]);
    slip.require(!part(2).is_empty(), "malformed");
    slip.require(parts.len() >= 7, "truncated");
    slip.require(parts.len() <= 7, "trailing-data");
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};

    const UPN: &str = "UPNQR\n\n\n\n\nAna Kranjc\nUlica 5\n1000 Ljubljana\n00000002550\n\n\nCOST\nČlanarina\n\n\
        SI56051008010486080\nRF18539007547034\nDruštvo\nPot 1\n2000 Maribor\n";

    #[test]
    fn slovenian_slips() {
        let slip = format!("{UPN}138");
        let payload = expect(&slip, "upn-qr", &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("25.50"));
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Društvo"));
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("RF18539007547034")
        );
        expect(&slip.replace('\n', "\r\n"), "upn-qr", &[]);
        expect(&slip.replace("\n138", "\n139"), "upn-qr", &["bad-checksum"]);
        expect(&slip.replace("SI56", "SI57"), "upn-qr", &["bad-iban"]);
        expect(&slip.replace("RF18", "RF19"), "upn-qr", &["bad-reference"]);
        expect(
            &slip.replace("00000002550", "0000002550a"),
            "upn-qr",
            &["bad-amount"],
        );
        expect(UPN, "upn-qr", &["truncated"]);
    }

    #[test]
    fn croatian_slips() {
        let slip = "HRVHUB30\nEUR\n000000000001999\nIVO IVIC\nULICA 1\n10000 ZAGREB\nKlub\nTrg 2\n21000 SPLIT\n\
            HR1210010051863000160\nHR99\n\nOTHR\nClanarina";
        let payload = expect(slip, "hub3", &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("19.99"));
        assert_eq!(payload.fields.reference.as_deref(), Some("HR99"));
        let cut = slip.split("\nHR1").next().unwrap();
        expect(cut, "hub3", &["bad-iban", "truncated"]);
        expect(&slip.replace("HR12", "HR13"), "hub3", &["bad-iban"]);
        expect(&slip.replace("\nEUR", "\neuro"), "hub3", &["malformed"]);
        expect(
            &slip.replace("000000000001999", "19.99"),
            "hub3",
            &["bad-amount"],
        );
        expect(&format!("{slip}\nmore"), "hub3", &["trailing-data"]);
    }

    #[test]
    fn serbian_slips() {
        let slip = "K:PR|V:01|C:1|R:845000000040484987|N:Prodavnica\r\nUlica 1|I:RSD250,|SF:221|S:Kupovina";
        let payload = expect(slip, "nbs-ips", &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("250"));
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Prodavnica"));
        assert_eq!(payload.fields.reference.as_deref(), Some("Kupovina"));
        for (from, to, flags) in [
            ("987|", "988|", &["bad-account", "bad-checksum"][..]),
            ("R:845000000040484987", "R:845-40484987", &["bad-account"]),
            ("I:RSD250,", "I:RSD250.5.5", &["bad-amount"]),
            ("I:RSD250,", "I:EUR250,", &["bad-amount"]),
            ("V:01", "V:02", &["malformed"]),
            ("|SF", "|N:Thief|SF", &["duplicate-param"]),
        ] {
            expect(&slip.replace(from, to), "nbs-ips", flags);
        }
        let shown = read(&slip.replace("K:PR", "K:PK")).unwrap();
        assert_eq!((shown.valid, shown.flags), (Some(true), vec!["payer-code"]));
    }

    #[test]
    fn polish_slips() {
        let slip = "5261040828|PL|61109010140000071219812874|009999|Fundacja|Darowizna|||";
        let payload = expect(slip, "zbp-2d", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("PL61109010140000071219812874")
        );
        assert_eq!(payload.fields.amount.as_deref(), Some("99.99"));
        assert_eq!(payload.fields.reference.as_deref(), Some("Darowizna"));
        expect(&slip.replace("009999", ""), "zbp-2d", &[]);
        expect(&slip.replace("5261040828", ""), "zbp-2d", &[]);
        expect(&slip.replace("|611", "|621"), "zbp-2d", &["bad-iban"]);
        expect(&slip.replace("2874|", "287|"), "zbp-2d", &["bad-iban"]);
        expect(&slip.replace("009999", "99,99"), "zbp-2d", &["bad-amount"]);
        expect(&slip.replace("|||", ""), "zbp-2d", &["truncated"]);
        expect(&format!("{slip}|"), "zbp-2d", &["trailing-data"]);
    }
}
