//! Alipay. `qr.alipay.com` tokens mean the same in either letter case, since codes are often printed
//! in upper case to fit QR's alphanumeric mode; the first three letters say what they are for.

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks};
use super::{Fields, Link, link};

const TRANSFER: Scheme = Scheme::named("alipay-transfer-user");
const WRAPPER: Scheme = Scheme::named("alipay-scheme-wrapper");

pub(super) const LINKS: &[Link] = &[
    link(
        "alipay-order",
        &["qr.alipay.com|mobilecodec.alipay.com/{reference:bax}"],
    )
    .currency("CNY")
    .folds()
    .check(token),
    link(
        "alipay-marketing",
        &["qr.alipay.com|mobilecodec.alipay.com/{reference:c1x}"],
    )
    .currency("CNY")
    .folds()
    .check(token),
    // Its own payment pages, where shops send their customers.
    link(
        "alipay-order",
        &[
            "openapi.alipay.com|mapi.alipay.com/gateway.do",
            "cashier.alipay.com|mclient.alipay.com|excashier.alipay.com|cashierzth.alipay.com/*",
        ],
    )
    .currency("CNY"),
    link("alipay-personal", &["qr.alipay.com/{payee}"])
        .currency("CNY")
        .folds()
        .check(token),
    link(
        "alipay-scheme-qr",
        &[
            "alipay|alipays|alipayqr://platformapi/startapp?appId|saId=10000007&qrcode={target}",
            "alipay|alipays|alipayqr://platformapi/startapp?appId|saId=10000007&codeContent|\
                url={target}",
            "alipay|alipays|alipayqr://platformapi/startapp?appId|saId=10000007",
            "alipay|alipays|alipayqr://platformapi/startApp?qrcode={target}",
        ],
    )
    .currency("CNY"),
    // The whole card number and its holder stand in the link. With an index, it is that of a card that Alipay knows,
    // and the number is masked or anybody's.
    link(
        "alipay-transfer-card",
        &[
            "alipay|alipays://platformapi/startapp?appId=09999988&actionType=toCard&\
                cardIndex={reference}&cardNo?&bankAccount={name}?&amount={amount}?",
            "alipay|alipays://platformapi/startapp?\
                appId=09999988&actionType=toCard&cardNo={payee}?&bankAccount={name}?&amount={amount}?",
        ],
    )
    .currency("CNY")
    .check(card_number),
    link(
        "alipay-transfer-user",
        &["alipay|alipays://platformapi/startapp?\
                appId=09999988|20000123|20000116|20000674|20000221&userId|account={payee}?&amount={amount}?"],
    )
    .currency("CNY")
    .check(user_id),
    link(
        "alipay-mini-program",
        &["alipay|alipays|alipayqr://platformapi/startapp?appId|saId={payee:201|202|203}"],
    )
    .check(app_id),
    link(
        "alipay-scheme-wrapper",
        &[
            "render.alipay.com/p/s?scheme|url={target}",
            "ds.alipay.com|ulink.alipay.com|d.alipay.com|mobilecodec.alipay.com|\
                mdap.alipay.com|m.alipay.com|openauth.alipay.com?scheme|schema={target}",
            "ur.alipay.com/{reference}",
            "render.alipay.com|ds.alipay.com|ulink.alipay.com|ur.alipay.com|d.alipay.com",
            "mobilecodec.alipay.com|surl.alipay.com",
            // The app opens the page that stands in the link.
            "alipay|alipays://platformapi/startapp?appId=20000067|20000199&url={target}",
        ],
    ),
    link(
        "alipay-plus",
        &["global.alipay.com|code.alipayplus.com|*.alipayplus.com|ac.alipay.com|m.alipay.com/{reference}"],
    ),
];

/// A code without its host, as the page for those who do not have the app is given it.
pub(in super::super) fn bare_code(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let code = Some(uri)
        .filter(|uri| uri.is_web() && uri.host == "mobilecodec.alipay.com")
        .and_then(|uri| uri.get("qrcode"))?;
    let whole = code.len() >= 13 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    whole.then(|| {
        let mut payload = input.payload(WRAPPER);
        payload.fields.target = Some(format!("https://qr.alipay.com/{code}"));
        let twice = uri.repeats(&["qrcode"]);
        payload.flags.extend(twice.then_some("duplicate-param"));
        payload
    })
}

/// Three letters for the kind, and ten letters and digits at least.
fn token(fields: &Fields) -> Result<(), &'static str> {
    let token = fields.payee.as_ref().or(fields.reference.as_ref());
    match token {
        Some(token) if !token.bytes().all(|b| b.is_ascii_alphanumeric()) => Err("malformed"),
        Some(token) if token.len() >= 13 => Ok(()),
        _ => Err("truncated"),
    }
}

/// Mini-programs are numbered with 16 digits.
fn app_id(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(id) if checks::is_digits(id) && id.len() == 16 => Ok(()),
        _ => Err("bad-account"),
    }
}

/// A card number in the link must have its check digit; a masked one cannot be checked.
fn card_number(fields: &Fields) -> Result<(), &'static str> {
    match (&fields.payee, &fields.reference) {
        (Some(card), _) if checks::is_digits(card) && !checks::luhn(card) => Err("bad-checksum"),
        (None, None) => Err("truncated"),
        _ => Ok(()),
    }
}

/// An account id is 2088 and 12 digits; e-mail addresses and telephone numbers are accounts too.
fn user_id(fields: &Fields) -> Result<(), &'static str> {
    match &fields.payee {
        Some(id) if id.starts_with("2088") && (id.len() != 16 || !checks::is_digits(id)) => {
            Err("bad-account")
        }
        Some(_) => Ok(()),
        None => Err("truncated"),
    }
}

/// A transfer whose terms stand as JSON under `biz_data`: `u` is the payee's id, `a` the amount.
pub(in super::super) fn transfer(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    if !matches!(uri.url.scheme(), "alipay" | "alipays") {
        return None;
    }
    let terms = uri.get("biz_data")?;
    let terms: serde_json::Value = serde_json::from_str(terms).unwrap_or_default();
    let text = |key: &str| match terms.get(key)? {
        serde_json::Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut payload = input.payload(TRANSFER);
    payload.fields = Fields {
        payee: text("u"),
        amount: text("a").and_then(|a| amount::plain(&a)),
        currency: Some("CNY".to_owned()),
        ..Fields::default()
    };
    let bad_amount = text("a").is_some() && payload.fields.amount.is_none();
    payload.flags.extend(user_id(&payload.fields).err());
    let twice = uri.repeats(&["biz_data"]);
    payload.flags.extend(twice.then_some("duplicate-param"));
    payload.flags.extend(bad_amount.then_some("bad-amount"));
    payload.valid = Some(payload.flags.is_empty());
    Some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_in_json_are_read() {
        let link = "alipays://platformapi/startapp?appId=20000123&actionType=scan&biz_data=";
        for (terms, payee, amount, flags) in [
            (
                r#"{"s":"money","u":"2088000000000042","a":"10.50","m":"x"}"#,
                Some("2088000000000042"),
                Some("10.50"),
                &[][..],
            ),
            (
                r#"{"u":"2088000000000042","a":3}"#,
                Some("2088000000000042"),
                Some("3"),
                &[],
            ),
            (
                r#"{"u":"2088","a":"all"}"#,
                Some("2088"),
                None,
                &["bad-account", "bad-amount"],
            ),
            (r#"{"s":"money"}"#, None, None, &["truncated"]),
            ("{{{{", None, None, &["truncated"]),
        ] {
            let text = format!("{link}{terms}");
            let payload = transfer(&Input::new(&text)).expect(terms);
            assert_eq!(payload.fields.payee.as_deref(), payee, "{terms}");
            assert_eq!(payload.fields.amount.as_deref(), amount, "{terms}");
            assert_eq!(payload.flags, flags, "{terms}");
            assert_eq!(payload.valid, Some(flags.is_empty()), "{terms}");
        }
        for other in [
            "https://a.example/?biz_data={}",
            "alipays://platformapi/startapp?appId=1",
        ] {
            assert!(transfer(&Input::new(other)).is_none(), "{other}");
        }
    }
}
