//! Alipay. `qr.alipay.com` tokens mean the same in either letter case, since codes are often printed
//! in upper case to fit QR's alphanumeric mode; the first three letters say what they are for.

use super::super::checks;
use super::{Fields, Link, link};

pub(super) const LINKS: &[Link] = &[
    link("alipay-order", &["qr.alipay.com/{reference:bax}"])
        .currency("CNY")
        .folds(),
    link("alipay-marketing", &["qr.alipay.com/{reference:c1x}"])
        .currency("CNY")
        .folds(),
    link("alipay-personal", &["qr.alipay.com/{payee}"])
        .currency("CNY")
        .folds(),
    link(
        "alipay-scheme-qr",
        &[
            "alipay|alipays|alipayqr://platformapi/startapp?appId|saId=10000007&qrcode={target}",
            "alipay|alipays|alipayqr://platformapi/startapp?appId|saId=10000007&qrCode={target}",
        ],
    )
    .currency("CNY"),
    // The whole card number and its holder stand in the link.
    link(
        "alipay-transfer-card",
        &["alipay|alipays://platformapi/startapp?\
                appId=09999988&actionType=toCard&cardNo={payee}?&bankAccount={name}?&amount={amount}?"],
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
        &["alipay|alipays://platformapi/startapp?appId={payee:20}"],
    ),
    link(
        "alipay-scheme-wrapper",
        &[
            "render.alipay.com/p/s?scheme={target}",
            "ds.alipay.com|ulink.alipay.com?scheme={target}",
            "ds.alipay.com|ur.alipay.com|d.alipay.com|mobilecodec.alipay.com",
        ],
    ),
    link(
        "alipay-plus",
        &["global.alipay.com|code.alipayplus.com|ac.alipay.com|m.alipay.com/{reference}"],
    ),
];

/// A card number in the link must have its check digit; a masked one (`cardIndex`) cannot be checked.
fn card_number(fields: &Fields) -> Result<(), &'static str> {
    match &fields.payee {
        Some(card) if checks::is_digits(card) && !checks::luhn(card) => Err("bad-checksum"),
        Some(_) => Ok(()),
        None => Err("truncated"),
    }
}

/// An account id is 2088 and 12 digits; e-mail addresses and telephone numbers are accounts too.
fn user_id(fields: &Fields) -> Result<(), &'static str> {
    match &fields.payee {
        Some(id) if id.starts_with("2088") && id.len() != 16 => Err("bad-account"),
        Some(_) => Ok(()),
        None => Err("truncated"),
    }
}
