//! The Czech short payment descriptor (SPAYD 1.0, qr-platba.cz) and invoice descriptor (SID 1.0,
//! qr-faktura.cz): keys and values between asterisks.

use crc::{CRC_32_ISO_HDLC, Crc};

use super::super::input::{self, Input};
use super::super::schemes::Scheme;
use super::super::{Payload, checks};
use super::invoices::is_date;
use super::pairs::Pairs;
use super::{Slip, money, signed};

const SPAYD: Scheme = Scheme::named("spayd");
const SID: Scheme = Scheme::named("spayd-invoice");

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

struct Descriptor<'a> {
    /// `SPD*1.0`.
    head: &'a str,
    pairs: Pairs<'a>,
}

impl<'a> Descriptor<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, '*');
        let (kind, version) = (parts.next()?, parts.next()?);
        let (major, minor) = version.split_once('.')?;
        if !checks::is_digits(major) || !checks::is_digits(minor) {
            return None;
        }
        let pairs = Pairs::of(parts.next().unwrap_or_default(), '*', ':');
        let head = text.get(..kind.len() + 1 + version.len())?;
        Some(Self { head, pairs })
    }

    fn get(&self, key: &str) -> String {
        input::decode(self.pairs.get(key))
    }

    fn has_duplicates(&self) -> bool {
        // Readers differ in whether the letter case counts.
        let keys = self.pairs.iter().map(|(key, _)| key.to_ascii_uppercase());
        let mut keys: Vec<_> = keys.collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The checksum is over the descriptor with its keys sorted and itself left out.
    fn checksum_holds(&self) -> bool {
        if !self.pairs.has("CRC32") {
            return true;
        }
        let mut pairs: Vec<_> = self
            .pairs
            .iter()
            .filter(|(key, _)| *key != "CRC32")
            .collect();
        pairs.sort_unstable();
        let mut text = self.head.to_owned();
        for (key, value) in pairs {
            text = text + "*" + key + ":" + value;
        }
        u32::from_str_radix(self.pairs.get("CRC32"), 16) == Ok(CRC.checksum(text.as_bytes()))
    }
}

pub(super) fn payment(input: &Input<'_>) -> Option<Payload> {
    let descriptor = Descriptor::of(input.text)?;
    let mut slip = common(input, SPAYD, &descriptor);
    // The code of the bank may follow the account.
    let account = descriptor.get("ACC");
    slip.iban(account.split('+').next().unwrap_or_default());
    for other in descriptor.get("ALT-ACC").split(',') {
        slip.also_iban(other.split('+').next().unwrap_or_default());
    }
    slip.name(&descriptor.get("RN"));
    let get = |key| descriptor.get(key);
    // The symbols of Czech banks.
    let number = |text: String, most: usize| {
        text.is_empty() || (text.len() <= most && checks::is_digits(&text))
    };
    let symbols = ["X-VS", "X-SS", "X-KS"].map(|key| number(get(key), 10));
    let rf = number(get("RF"), 16) || checks::creditor_reference(&get("RF"));
    slip.require(rf && symbols == [true; 3], "bad-reference");
    let due = get("DT");
    slip.require(due.is_empty() || is_date(&due), "malformed");
    let amount = get("AM");
    slip.amount(&amount, money(&amount));
    slip.reference(&[
        &get("X-VS"),
        &get("RF"),
        &get("X-SS"),
        &get("X-ID"),
        &get("MSG"),
    ]);
    slip.0.fields.target = super::some(&get("X-URL"));
    Some(slip.done())
}

pub(super) fn invoice(input: &Input<'_>) -> Option<Payload> {
    let descriptor = Descriptor::of(input.text)?;
    let mut slip = common(input, SID, &descriptor);
    let get = |key| descriptor.get(key);
    let (account, issuer) = (get("ACC"), [get("VII"), get("INI")]);
    if account.is_empty() {
        slip.0.fields.payee = issuer.iter().find_map(|issuer| super::some(issuer));
    } else {
        slip.iban(account.split('+').next().unwrap_or_default());
    }
    let amount = get("AM");
    slip.amount(&amount, signed(&amount, money));
    let required = ["ID", "DD", "AM"].map(get);
    slip.require(required.iter().all(|value| !value.is_empty()), "truncated");
    slip.reference(&[&get("ID"), &get("VS")]);
    Some(slip.done())
}

fn common(input: &Input<'_>, scheme: Scheme, descriptor: &Descriptor<'_>) -> Slip {
    let mut slip = Slip::new(input, scheme, "CZK");
    let currency = descriptor.get("CC");
    if !currency.is_empty() {
        slip.currency(&currency);
    }
    slip.require(descriptor.head.contains("*1."), "malformed");
    slip.require(!descriptor.has_duplicates(), "duplicate-param");
    slip.require(descriptor.checksum_holds(), "bad-checksum");
    slip
}

#[cfg(test)]
mod tests {
    use super::super::tests::expect;

    #[test]
    fn payments_are_read() {
        let text = "SPD*1.0*ACC:CZ6508000000192000145399+GIBACZPX*AM:99*RN:Jan%20Nov%C3%A1k*MSG:D%2AR*X-URL:https%3A//a.cz*";
        let payload = expect(text, "spayd", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("CZ6508000000192000145399")
        );
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Jan Novák"));
        assert_eq!(payload.fields.currency.as_deref(), Some("CZK"));
        assert_eq!(payload.fields.reference.as_deref(), Some("D*R"));
        assert_eq!(payload.fields.target.as_deref(), Some("https://a.cz"));
        for (from, to, flags) in [
            ("CZ65", "CZ66", &["bad-iban"][..]),
            ("ACC:CZ6508000000192000145399+GIBACZPX*", "", &["bad-iban"]),
            ("AM:99", "AM:9,9", &["bad-amount"]),
            ("AM:99", "AM:9.999", &["bad-amount"]),
            ("AM:99", "AM:99*CC:koruna", &["malformed"]),
            ("AM:99", "AM:99*AM:1", &["duplicate-param"]),
            ("AM:99", "AM:99*acc:1", &["duplicate-param"]),
            ("*1.0", "*1.9", &[]),
            ("*1.0", "*2.0", &["malformed"]),
            ("AM:99", "AM:99*CRC32:0", &["bad-checksum"]),
            ("AM:99", "AM:99*CRC32:é", &["bad-checksum"]),
        ] {
            expect(&text.replace(from, to), "spayd", flags);
        }
    }

    #[test]
    fn the_checksum_is_over_sorted_keys() {
        for text in [
            "SPD*1.0*ACC:CZ5855000000001265098001*AM:100.00*CC:CZK*CRC32:AAD80227",
            "SPD*1.0*CC:CZK*CRC32:aad80227*ACC:CZ5855000000001265098001*AM:100.00",
        ] {
            expect(text, "spayd", &[]);
            expect(
                &text.replace("100.00", "100.01"),
                "spayd",
                &["bad-checksum"],
            );
        }
    }

    #[test]
    fn invoices_are_read() {
        let text = "SID*1.0*ID:2024-7*DD:20240401*AM:1210*VII:CZ12345678";
        let payload = expect(text, "spayd-invoice", &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("CZ12345678"));
        assert_eq!(payload.fields.reference.as_deref(), Some("2024-7"));
        expect(
            &text.replace("*AM:1210", ""),
            "spayd-invoice",
            &["truncated"],
        );
        let account = format!("{text}*ACC:CZ6508000000192000145390");
        expect(&account, "spayd-invoice", &["bad-iban"]);
    }
}
