//! Credit transfers as lines of text, after the pattern of the European Payments Council: the EPC's own
//! (EPC069-12 version 2.1; GiroCode), the National Bank of Ukraine's (rules of 2025, formats 001 to 003),
//! which is carried in a link, and the Hungarian National Bank's (MNB, QR code guideline version 2).

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, base64, charset, checks};
use super::lines::Lines;
use super::{Slip, is_bic_or_empty, is_positive, money, nine_digits};

const EPC: Scheme = Scheme::named("epc-qr");
const NBU: Scheme = Scheme::named("nbu-qr");
const MNB: Scheme = Scheme::named("mnb-qvik");

/// `BCD` in base64, with which every link of the NBU goes on.
const BCD_IN_BASE64: &str = "QkNE";

/// EPC069-12 section 3, or the format of the NBU, which names another function in the fourth line.
pub(super) fn bcd(input: &Input<'_>) -> Option<Payload> {
    let lines = Lines::of(input.text);
    if lines.get(1) != "BCD" || !is_version(lines.get(2)) {
        return None;
    }
    if matches!(lines.get(4), "UCT" | "ICT" | "XCT") {
        return Some(nbu(input, &lines));
    }
    let mut slip = Slip::new(input, EPC, "EUR");
    slip.lines(&lines);
    let head = matches!(lines.get(2), "001" | "002")
        && matches!(lines.get(3), "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8")
        && matches!(lines.get(4), "SCT" | "INST");
    slip.require(head, "malformed");
    slip.require(lines.count() >= 7, "truncated");
    slip.require(lines.count() <= 12, "trailing-data");
    slip.require(is_bic_or_empty(lines.get(5)), "malformed");
    // Only the second version can do without the bank's code.
    let bankless = lines.get(2) == "001" && lines.get(5).is_empty();
    slip.require(!bankless, "malformed");
    let name = lines.get(6);
    slip.require((1..=70).contains(&name.chars().count()), "malformed");
    slip.name(name);
    slip.iban(lines.get(7));
    slip.amount(lines.get(8), transferable(lines.get(8)));
    slip.require(lines.get(9).len() <= 4, "malformed");
    let (structured, text) = (lines.get(10), lines.get(11));
    slip.creditor_reference(structured);
    slip.require(structured.is_empty() || text.is_empty(), "malformed");
    slip.require(text.chars().count() <= 140, "malformed");
    // The limit that keeps the code at version 13 (section 2), in bytes: all charsets but the first have
    // one for each character.
    let bytes = match lines.get(3) {
        "1" => input.text.len(),
        _ => input.text.chars().count(),
    };
    slip.require(bytes <= 331, "malformed");
    slip.reference(&[structured, text]);
    Some(slip.done())
}

fn is_version(text: &str) -> bool {
    text.len() == 3 && checks::is_digits(text)
}

/// 0.01 to 999999999.99 behind the currency.
fn transferable(text: &str) -> Option<String> {
    let digits = text.strip_prefix("EUR")?;
    nine_digits(digits).filter(|_| is_positive(digits))
}

/// `https://bank.gov.ua/qr/...` and `https://qr.bank.gov.ua/...`, the lines in base64url.
pub(super) fn nbu_link(input: &Input<'_>) -> Option<Payload> {
    let path: Vec<&str> = input.uri.as_ref()?.path.iter().take(3).collect();
    let data = match path.as_slice() {
        ["qr", data] => data,
        [data] if data.starts_with(BCD_IN_BASE64) => data,
        _ => return None,
    };
    let text = base64::decode(data).map(|bytes| charset::decode(&bytes).text);
    Some(nbu(input, &Lines::of(&text.unwrap_or_default())))
}

fn nbu(input: &Input<'_>, lines: &Lines<'_>) -> Payload {
    let mut slip = Slip::new(input, NBU, "UAH");
    slip.lines(lines);
    let head = lines.get(1) == "BCD"
        && matches!(lines.get(2), "001" | "002" | "003")
        && matches!(lines.get(3), "1" | "2")
        && matches!(lines.get(4), "UCT" | "ICT" | "XCT");
    slip.require(head, "malformed");
    slip.require(lines.count() >= 9, "truncated");
    slip.require(!lines.get(6).is_empty(), "malformed");
    slip.name(lines.get(6));
    slip.iban_of("UA", lines.get(7));
    // Nothing but the currency, or zero, is for the payer to fill in.
    let amount = lines.get(8);
    let open = !is_positive(amount) && !amount.contains('-');
    let digits = amount.strip_prefix("UAH").unwrap_or(amount);
    if !open {
        slip.amount(amount, money(digits));
    }
    slip.reference(&[lines.get(11), lines.get(12)]);
    slip.done()
}

/// A transfer (HCT), or a request to the payer whose account it names (RTP).
pub(super) fn mnb(input: &Input<'_>) -> Option<Payload> {
    let lines = Lines::of(input.text);
    if !matches!(lines.get(1), "HCT" | "RTP") || !is_version(lines.get(2)) {
        return None;
    }
    let mut slip = Slip::new(input, MNB, "HUF");
    slip.lines(&lines);
    slip.require(lines.get(3) == "1", "malformed");
    slip.require(lines.count() >= 8, "truncated");
    slip.require(lines.count() <= 17, "trailing-data");
    slip.require(is_bic_or_empty(lines.get(4)), "malformed");
    slip.name(lines.get(5));
    slip.iban_of("HU", lines.get(6));
    let digits = lines.get(7).strip_prefix("HUF").unwrap_or_default();
    let whole = checks::is_digits(digits) && digits.len() <= 12;
    slip.amount(lines.get(7), whole.then(|| digits.to_owned()));
    slip.require(is_moment(lines.get(8)), "malformed");
    // Invoice, transaction, customer, shop, and the message at last.
    slip.reference(&[13, 15, 14, 11, 10].map(|number| lines.get(number)));
    Some(slip.done())
}

/// `yyyyMMddHHmmss` and the distance of the zone, `+1`.
fn is_moment(text: &str) -> bool {
    let (time, zone) = text.split_at_checked(14).unwrap_or_default();
    let hours = zone.strip_prefix(['+', '-']).unwrap_or_default();
    checks::is_digits(time) && checks::is_digits(hours) && hours.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::super::tests::expect;

    const GIRO: &str =
        "BCD\n002\n1\nSCT\n\nHelga Muster\nDE89370400440532013000\nEUR12.5\n\nRF18539007547034";

    #[test]
    fn european_transfers() {
        let payload = expect(GIRO, "epc-qr", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("DE89370400440532013000")
        );
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Helga Muster"));
        assert_eq!(payload.fields.amount.as_deref(), Some("12.5"));
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("RF18539007547034")
        );
        expect(&GIRO.replace('\n', "\r\n"), "epc-qr", &[]);
        for (from, to, flags) in [
            ("EUR12.5", "", &[][..]),
            ("EUR12.5\n\nRF18539007547034", "", &[]),
            ("EUR12.5", "EUR0", &["bad-amount"]),
            ("EUR12.5", "EUR12,5", &["bad-amount"]),
            ("EUR12.5", "12.5", &["bad-amount"]),
            ("EUR12.5", "EUR1.255", &["bad-amount"]),
            ("EUR12.5", "EUR1000000000", &["bad-amount"]),
            ("DE89", "DE88", &["bad-iban"]),
            ("RF18", "RF19", &["bad-reference"]),
            ("002\n1", "002\n9", &["malformed"]),
            ("SCT\n\n", "SCT\nNOBIC\n", &["malformed"]),
            ("Helga Muster", "", &["malformed"]),
            ("7034", "7034\nand a text", &["malformed"]),
            ("7034", "7034\n\n\nmore", &["trailing-data"]),
            ("EUR12.5", "EUR12.5\rDE1", &["malformed", "bad-amount"]),
            (
                "\nDE89370400440532013000\nEUR12.5\n\nRF18539007547034",
                "",
                &["truncated", "bad-iban"],
            ),
        ] {
            expect(&GIRO.replace(from, to), "epc-qr", flags);
        }
    }

    #[test]
    fn ukrainian_transfers() {
        let lines =
            "BCD\n002\n1\nUCT\n\nFund\nUA213223130000026007233566001\nUAH7.5\n12345678\n\n\nGift";
        let payload = expect(lines, "nbu-qr", &[]);
        assert_eq!(payload.fields.reference.as_deref(), Some("Gift"));
        expect(&lines.replace("UAH7.5", "UAH"), "nbu-qr", &[]);
        expect(&lines.replace("UAH7.5", "UAHx1"), "nbu-qr", &["bad-amount"]);
        expect(&lines.replace("UA21", "UA22"), "nbu-qr", &["bad-iban"]);
        let link = "https://bank.gov.ua/qr/QkNECjAwMgoxClVDVAoKRg";
        let cut = expect(link, "nbu-qr", &["truncated", "bad-iban"]);
        assert_eq!(cut.fields.payee_name.as_deref(), Some("F"));
        expect(
            "https://qr.bank.gov.ua/QkNE",
            "nbu-qr",
            &["malformed", "truncated", "bad-iban"],
        );
        // Windows-1251, as the third line says.
        let bytes = "https://qr.bank.gov.ua/QkNECjAwMgoyClVDVAoK1O7t5Ao";
        let payload = super::super::tests::read(bytes).unwrap();
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Фонд"));
    }

    #[test]
    fn hungarian_transfers() {
        let code = "HCT\n001\n1\nOTPVHUHB\nMinta Kft\nHU42117730161111101800000000\nHUF2500\n20301231235959+1\n\nmsg\n\n\nINV-7";
        let payload = expect(code, "mnb-qvik", &[]);
        assert_eq!(payload.fields.reference.as_deref(), Some("INV-7"));
        expect(&code.replace("HCT", "RTP"), "mnb-qvik", &[]);
        expect(&code.replace("HUF2500", ""), "mnb-qvik", &[]);
        expect(
            &code.replace("HUF2500", "HUF2500.5"),
            "mnb-qvik",
            &["bad-amount"],
        );
        expect(&code.replace("HU42", "HU43"), "mnb-qvik", &["bad-iban"]);
        expect(&code.replace("59+1", "59"), "mnb-qvik", &["malformed"]);
    }
}
