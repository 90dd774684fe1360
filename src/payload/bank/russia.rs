//! Russian payments: the links of the Faster Payments System (SBP, NSPK) and the requisites of a payment
//! order (GOST R 56042-2014).

use crc::{CRC_16_IBM_3740, Crc};

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks};
use super::Slip;
use super::pairs::Pairs;

const SBP: Scheme = Scheme::named("sbp-ru");
const GOST: Scheme = Scheme::named("gost-56042");

/// CRC-16/CCITT-FALSE by the name of the CRC catalogue.
const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// `https://qr.nspk.ru/AS...`, or the same behind the scheme of a bank's app, `bank100000000111://`.
pub(super) fn sbp(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    if !uri.is_web() && !uri.url.scheme().starts_with("bank1") {
        return None;
    }
    let id = uri.path.first()?;
    let mut slip = Slip::new(input, SBP, uri.get("cur").unwrap_or("RUB"));
    let kind = id.get(..2).unwrap_or_default().to_ascii_uppercase();
    // A account or B business, S static or D dynamic, and 30 letters more.
    let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    slip.require(
        is_id && matches!(kind.as_str(), "AS" | "AD" | "BS" | "BD"),
        "malformed",
    );
    let cents = uri.get("sum").unwrap_or_default();
    slip.amount(
        cents,
        checks::is_digits(cents)
            .then(|| amount::scaled(cents, -2))
            .flatten(),
    );
    slip.reference(&[id]);
    slip.require(
        !uri.repeats(&["sum", "cur", "bank", "crc"]),
        "duplicate-param",
    );
    if let Some(given) = uri.get("crc") {
        slip.require(checksum_holds(input.text, given), "bad-checksum");
    }
    Some(slip.done())
}

/// The checksum is over the web link before `&crc=`. The order of the parameters is that of the link, so
/// the text is asked and not its parts. In capitals, the code is smaller.
fn checksum_holds(text: &str, given: &str) -> bool {
    let end = text.find("&crc=").or_else(|| text.find("&CRC="));
    let before = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let (_, place) = before.split_once("://").unwrap_or_default();
    let given = u16::from_str_radix(given, 16);
    [before, &format!("https://{place}")]
        .iter()
        .any(|link| given == Ok(CRC.checksum(link.as_bytes())))
}

/// `ST0001`, the charset, the separator, and keys and values.
pub(super) fn gost(input: &Input<'_>) -> Option<Payload> {
    let mut letters = input.text.strip_prefix("ST0001")?.chars();
    let charset = letters.next().filter(char::is_ascii_digit)?;
    let separator = letters.next().filter(|c| !c.is_alphanumeric())?;
    let pairs = Pairs::of(letters.as_str(), separator, '=');
    let get = |key| pairs.get(key);

    let mut slip = Slip::new(input, GOST, "RUB");
    slip.require(matches!(charset, '1'..='3'), "malformed");
    // The five that the standard demands (section 5.1).
    let demanded = ["Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"];
    slip.require(demanded.iter().all(|key| pairs.has(key)), "truncated");
    slip.require(
        !pairs.repeats(&demanded) && !pairs.repeats(&["Sum"]),
        "duplicate-param",
    );

    let (bic, bank) = (get("BIC"), get("CorrespAcc"));
    slip.require(bic.len() == 9 && checks::is_digits(bic), "bad-account");
    // What the central bank keeps has no correspondent account: 0 or nothing stands there.
    if !matches!(bank, "" | "0") {
        slip.account(bank, 20, |account| checks::russian_account(bic, account));
    }
    slip.account(get("PersonalAcc"), 20, |account| {
        checks::russian_account(bic, account)
    });
    slip.name(get("Name"));
    let kopecks = get("Sum");
    let sum = checks::is_digits(kopecks).then(|| amount::scaled(kopecks, -2));
    slip.amount(kopecks, sum.flatten());
    slip.reference(&["UIN", "DocNo", "Contract", "PersAcc", "Purpose"].map(get));
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};
    use super::CRC;

    #[test]
    fn links_are_read() {
        // The example that the system publishes.
        let link = "https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0";
        let payload = expect(link, "sbp-ru", &[]);
        assert_eq!(payload.fields.amount.as_deref(), Some("100"));
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("AS10003P3RH0LJ2A9ROO038L6NT5RU1M")
        );
        expect(&link.replace("https", "bank100000000111"), "sbp-ru", &[]);
        expect(&link.replace("F3D0", "f3d0"), "sbp-ru", &[]);
        expect(&link.replace("10000&", "1&"), "sbp-ru", &["bad-checksum"]);
        expect(&link.replace("F3D0", "é"), "sbp-ru", &["bad-checksum"]);
        let bare = link.split('?').next().unwrap();
        expect(bare, "sbp-ru", &[]);
        expect(
            &format!("{bare}?sum=1&sum=2"),
            "sbp-ru",
            &["duplicate-param"],
        );
        expect(&format!("{bare}?sum=1.5"), "sbp-ru", &["bad-amount"]);
        expect("https://qr.nspk.ru/XX1", "sbp-ru", &["malformed"]);
        assert!(read("ftp://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M").is_none());
        assert_eq!(CRC.checksum(b"123456789"), 0x29b1);
    }

    #[test]
    fn orders_are_read() {
        let order = "ST00012|Name=ООО Ромашка|PersonalAcc=40702810138250123017|BankName=Банк|BIC=044525225|\
            CorrespAcc=30101810400000000225|Sum=123456|Purpose=Оплата|PersAcc=77";
        let payload = expect(order, "gost-56042", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("40702810138250123017")
        );
        assert_eq!(payload.fields.payee_name.as_deref(), Some("ООО Ромашка"));
        assert_eq!(payload.fields.amount.as_deref(), Some("1234.56"));
        assert_eq!(payload.fields.reference.as_deref(), Some("77"));
        expect(&order.replace('|', "~"), "gost-56042", &[]);
        for (from, to, flags) in [
            ("Sum=123456|", "", &[][..]),
            ("CorrespAcc=30101810400000000225", "CorrespAcc=0", &[]),
            ("CorrespAcc=30101810400000000225|", "", &["truncated"]),
            ("3017|", "3018|", &["bad-account", "bad-checksum"]),
            ("PersonalAcc=4", "PersonalAcc=", &["bad-account"]),
            ("BIC=0", "BIC=", &["bad-account", "bad-checksum"]),
            ("Sum=123456", "Sum=1234.56", &["bad-amount"]),
            ("Sum=", "Sum=1|Sum=", &["duplicate-param"]),
            ("ST00012", "ST00014", &["malformed"]),
        ] {
            expect(&order.replace(from, to), "gost-56042", flags);
        }
    }
}
