//! Links of their own schemes: BezahlCode (version 1.3), payto (RFC 8905), TWQRP (FISC, Taiwan) and BBPS
//! (India).

use super::super::input::{Input, Uri};
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks};
use super::{Slip, comma_money, some};

const BEZAHLCODE: Scheme = Scheme::named("bezahlcode");
const PAYTO: Scheme = Scheme::named("sepa-payto");
const TWQRP: Scheme = Scheme::named("twqrp");
const BBPS: Scheme = Scheme::named("bbps");

/// What a BezahlCode may ask for, by how its name begins.
const ORDERS: &[&str] = &[
    "contact",
    "periodicsinglepayment",
    "singledirectdebit",
    "singlepayment",
];

/// The value of `key` as forms write it.
fn form(uri: &Uri, key: &str) -> String {
    uri.get(key).unwrap_or_default().replace('+', " ")
}

/// `bank://singlepaymentsepa?name=...&iban=...`, or the older account and bank number.
pub(super) fn bezahlcode(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let order = uri.host.to_ascii_lowercase();
    if !ORDERS.iter().any(|begin| order.starts_with(begin)) {
        return None;
    }
    let mut slip = Slip::new(input, BEZAHLCODE, "EUR");
    let get = |key| uri.get(key).unwrap_or_default().trim();
    slip.name(&form(uri, "name"));
    if get("account").is_empty() || !get("iban").is_empty() {
        slip.iban(get("iban"));
    } else {
        let (bank, account) = (get("bnc"), get("account"));
        let holds = bank.len() == 8 && account.len() <= 10;
        slip.require(
            holds && checks::is_digits(bank) && checks::is_digits(account),
            "bad-account",
        );
        slip.0.fields.payee = Some(format!("{bank}:{account}"));
    }
    slip.amount(get("amount"), comma_money(get("amount")));
    if !get("currency").is_empty() {
        slip.currency(&get("currency").to_ascii_uppercase());
    }
    slip.reference(&[&form(uri, "reason"), get("separeference"), get("mandateid")]);
    slip.require(
        !uri.repeats(&["iban", "account", "bnc", "amount", "name"]),
        "duplicate-param",
    );
    Some(slip.done())
}

/// `payto://iban/BIC/IBAN?amount=EUR:1`; how the path names the payee is told by the host.
pub(super) fn payto(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let kind = uri.host.to_ascii_lowercase();
    let mut slip = Slip::new(input, PAYTO, "");
    let parts: Vec<&str> = uri.path.iter().take(3).collect();
    match (kind.as_str(), parts.as_slice()) {
        ("iban", [.., account]) => slip.iban(account),
        ("iban", []) => slip.iban(""),
        ("ach", [bank, account]) => {
            let digits = checks::is_digits(bank) && checks::is_digits(account);
            slip.require(digits && bank.len() == 9, "bad-account");
            slip.0.fields.payee = Some(format!("{bank}:{account}"));
        }
        (_, parts) => {
            slip.require(
                kind != "ach" && (!parts.is_empty() || kind == "void"),
                "bad-account",
            );
            slip.0.fields.payee = some(&parts.join(":"));
        }
    }
    let written = uri.get("amount").unwrap_or_default();
    let (amount, currency) = amount::with_currency(written).unzip();
    let currency = currency.flatten();
    slip.amount(written, amount.filter(|_| currency.is_some()));
    slip.0.fields.currency = currency;
    slip.name(uri.get("receiver-name").unwrap_or_default());
    let get = |key| uri.get(key).unwrap_or_default();
    slip.reference(&[get("instruction"), get("message")]);
    slip.require(
        !uri.repeats(&["amount", "receiver-name", "instruction"]),
        "duplicate-param",
    );
    Some(slip.done())
}

/// `TWQRP://name/158/kind/V1?D1=...`: 158 is Taiwan, and 02 a transfer to the account D6 of the bank D5.
pub(super) fn twqrp(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let mut slip = Slip::new(input, TWQRP, "TWD");
    let get = |key| uri.get(key).unwrap_or_default().trim();
    let parts: Vec<&str> = uri.path.iter().take(4).collect();
    let [country, kind, version] = parts.as_slice() else {
        slip.require(false, "malformed");
        return Some(slip.done());
    };
    let known = matches!(*kind, "01" | "02" | "03" | "04" | "05");
    slip.require(
        *country == "158" && known && version.eq_ignore_ascii_case("V1"),
        "malformed",
    );
    let (bank, account) = (get("D5"), get("D6"));
    if *kind == "02" || !account.is_empty() {
        let digits = checks::is_digits(bank) && checks::is_digits(account);
        slip.require(
            digits && bank.len() == 3 && account.len() == 16,
            "bad-account",
        );
        slip.0.fields.payee = Some(format!("{bank}:{account}"));
    } else {
        slip.0.fields.payee = some(get("D11"));
    }
    // The label of a transfer says that it is one; that of a purchase is the shop.
    if *kind != "02" && !uri.host.starts_with("xn--") {
        slip.name(&uri.host);
    }
    let cents = get("D1");
    slip.amount(
        cents,
        checks::is_digits(cents)
            .then(|| amount::scaled(cents, -2))
            .flatten(),
    );
    slip.require(matches!(get("D10"), "" | "901"), "malformed");
    slip.reference(&[get("D2"), get("D9")]);
    slip.require(
        !uri.repeats(&["D1", "D2", "D5", "D6", "D11"]),
        "duplicate-param",
    );
    Some(slip.done())
}

/// `bbps://electricity?billerId=...`.
pub(super) fn bbps(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let mut slip = Slip::new(input, BBPS, "INR");
    let first = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| uri.get_some(key))
            .unwrap_or_default()
    };
    let biller = first(&["billerId", "biller_id", "biller"]);
    slip.require(!biller.is_empty(), "truncated");
    slip.0.fields.payee = some(&biller);
    slip.name(&form(uri, "billerName"));
    let amount = first(&["amount", "am", "billAmount"]);
    slip.amount(&amount, super::money(&amount));
    slip.reference(&[&first(&[
        "billNumber",
        "refId",
        "customerParam",
        "customerParams",
        "consumerNumber",
        "customerId",
    ])]);
    slip.require(!uri.repeats(&["billerId", "amount"]), "duplicate-param");
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::expect;

    #[test]
    fn bezahlcodes() {
        let link = "bank://singlepaymentsepa?name=Erika+Muster&iban=DE89370400440532013000&amount=5,5&reason=Spende";
        let payload = expect(link, "bezahlcode", &[]);
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Erika Muster"));
        assert_eq!(payload.fields.amount.as_deref(), Some("5.5"));
        assert_eq!(payload.fields.reference.as_deref(), Some("Spende"));
        expect(
            &link.replace("bank://single", "BANK://SINGLE"),
            "bezahlcode",
            &[],
        );
        expect(&link.replace("DE89", "DE88"), "bezahlcode", &["bad-iban"]);
        expect(&link.replace("5,5", "5,555"), "bezahlcode", &["bad-amount"]);
        expect(
            &format!("{link}&iban=x"),
            "bezahlcode",
            &["duplicate-param"],
        );
        let old = expect(
            "bank://singlepayment?name=A&account=1194700&bnc=10020500",
            "bezahlcode",
            &[],
        );
        assert_eq!(old.fields.payee.as_deref(), Some("10020500:1194700"));
        expect(
            "bank://contact?name=A&account=x&bnc=1",
            "bezahlcode",
            &["bad-account"],
        );
    }

    #[test]
    fn payto_links() {
        for (link, payee, flags) in [
            (
                "payto://iban/DE75512108001245126199?amount=EUR:2",
                Some("DE75512108001245126199"),
                &[][..],
            ),
            (
                "PAYTO://IBAN/SOGEDEFFXXX/DE75512108001245126199",
                Some("DE75512108001245126199"),
                &[],
            ),
            (
                "payto://iban/DE75512108001245126198",
                Some("DE75512108001245126198"),
                &["bad-iban"],
            ),
            ("payto://iban/", None, &["bad-iban"]),
            (
                "payto://iban/DE75512108001245126199?amount=EUR",
                Some("DE75512108001245126199"),
                &["bad-amount"],
            ),
            ("payto://ach/122000661/1234", Some("122000661:1234"), &[]),
            ("payto://ach/1234", Some("1234"), &["bad-account"]),
            (
                "payto://upi/alice@example.com",
                Some("alice@example.com"),
                &[],
            ),
            ("payto://upi", None, &["bad-account"]),
            (
                "payto://void/x?amount=EUR:1&amount=EUR:9",
                Some("x"),
                &["duplicate-param"],
            ),
        ] {
            let payload = expect(link, "sepa-payto", flags);
            assert_eq!(payload.fields.payee.as_deref(), payee, "{link}");
        }
    }

    #[test]
    fn taiwanese_links() {
        let link = "TWQRP://個人轉帳/158/02/V1?D1=1050&D5=700&D6=0000000000000123&D9=lunch&D10=901";
        let payload = expect(link, "twqrp", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("700:0000000000000123")
        );
        assert_eq!(payload.fields.amount.as_deref(), Some("10.50"));
        assert_eq!(payload.fields.payee_name, None);
        expect(
            &link.replace("個人轉帳", "xn--gmqw5ax42ad01c"),
            "twqrp",
            &[],
        );
        expect(&link.replace("D5=700", "D5=70"), "twqrp", &["bad-account"]);
        expect(
            "TWQRP://x/158/02/V1?D1=100&D11=00,0040",
            "twqrp",
            &["bad-account"],
        );
        expect(
            &link.replace("D1=1050", "D1=10.5"),
            "twqrp",
            &["bad-amount"],
        );
        expect(&link.replace("/158", "/159"), "twqrp", &["malformed"]);
        expect("TWQRP://x", "twqrp", &["malformed"]);
        let shop = expect(
            "TWQRP://小店/158/01/V1?D1=100&D11=00,0040&D2=R7",
            "twqrp",
            &[],
        );
        assert_eq!(shop.fields.payee_name.as_deref(), Some("小店"));
        assert_eq!(shop.fields.payee.as_deref(), Some("00,0040"));
    }

    #[test]
    fn indian_bills() {
        let link = "bbps://electricity?billerId=OURS00000NATX1&customerParam=42&amount=310.00";
        let payload = expect(link, "bbps", &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("OURS00000NATX1"));
        assert_eq!(payload.fields.reference.as_deref(), Some("42"));
        expect("bbps://electricity", "bbps", &["truncated"]);
    }
}
