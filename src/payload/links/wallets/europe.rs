//! Payment links of Europe.

use super::super::super::Payload;
use super::super::super::input::Input;
use super::super::super::schemes::Scheme;
use super::{Fields, Link, digits, link};

const TWINT: Scheme = Scheme::named("twint");

pub(in super::super) const LINKS: &[Link] = &[
    link(
        "swish-link",
        &[
            "app.swish.nu/1/p/sw?sw={payee}&amt={amount}?&cur={currency}?",
            "swish://paymentrequest?token={reference}",
        ],
    )
    .currency("SEK"),
    // The fifth part of a Norwegian code is a telephone number.
    link("vipps-mobilepay", &["qr.vipps.no/28/2/*/*/{payee}"])
        .currency("NOK")
        .check(|fields| digits(fields, 8, 15)),
    link(
        "vipps-mobilepay",
        &[
            "qr.vipps.no/box/{payee}/pay-in",
            "qr.vipps.no/vm|a|p|n/{reference}",
            "qr.vipps.no|vipps.no|www.vipps.no/*/{reference}",
            "qr.vipps.no/{reference}",
            "vipps|vippsmt://*",
        ],
    )
    .currency("NOK"),
    link(
        "vipps-mobilepay",
        &[
            "mobilepay://send?phone={payee}&amount={amount}?",
            "mobilepay.dk|www.mobilepay.dk/erhverv/betalingslink/\
                betalingslink-svar?phone={payee}&amount={amount}?",
            "qr.mobilepay.dk/box/{payee}/pay-in",
            "qr.mobilepay.dk/*/{reference}",
            "products.mobilepay.dk/*/*?id={reference}",
            "qr.mobilepay.dk|products.mobilepay.dk/{reference}",
            "mobilepay.dk|www.mobilepay.dk/box|pay|erhverv",
            "mobilepay://*",
        ],
    )
    .currency("DKK"),
    link(
        "vipps-mobilepay",
        &[
            "mobilepayfi|mobilepay-fi://send?phone={payee}&amount={amount}?",
            "qr.mobilepay.fi/box/{payee}/pay-in",
            "qr.mobilepay.fi/*/{reference}",
            "products.mobilepay.fi/*/*?id={reference}",
            "qr.mobilepay.fi|products.mobilepay.fi/{reference}",
            "mobilepay.fi|www.mobilepay.fi/box|pay|yritykset",
            "mobilepayfi|mobilepay-fi://*",
        ],
    )
    .currency("EUR"),
    link(
        "twint",
        &[
            "go.twint.ch/*/*/*?tw={reference}",
            "go.twint.ch/*/{reference}",
            "go.twint.ch|pay.twint.ch|donate.twint.ch|app.twint.ch|fundraising.twint.ch/\
                {reference}",
            "go.twint.ch|pay.twint.ch|donate.twint.ch|app.twint.ch|qr-code.generator.twint.ch",
            "twint://{reference}",
            "twint://*",
        ],
    )
    .currency("CHF"),
    link(
        "payconiq",
        &[
            "payconiq.com|www.payconiq.com/t|l|pay|merchant/1/{payee}?A={cents}?&R={reference}?",
            "payconiq://payconiq.com/t|l|pay|merchant/1/{payee}?A={cents}?&R={reference}?",
        ],
    )
    .currency("EUR")
    .check(twelve_bytes),
    link(
        "payconiq",
        &[
            "payconiq.com|www.payconiq.com/pay/2/{reference}",
            "payconiq.com|www.payconiq.com/t|l|pay|merchant",
            "share.weropay.eu|pay.weropay.eu/p/*/*/{reference}",
            "share.weropay.eu|pay.weropay.eu/p/*/{reference}",
            "link.wero-wallet.eu|share.weropay.eu|pay.weropay.eu|pay.wero-wallet.eu/{reference}",
            "link.wero-wallet.eu|share.weropay.eu|pay.weropay.eu|pay.wero-wallet.eu",
            "bep://*",
            "bep:///{reference}",
            "payconiq://*",
        ],
    )
    .currency("EUR"),
    link(
        "ideal-tikkie",
        &[
            "tikkie.me/pay/*/{reference}",
            "tikkie.me/pay/{reference}",
            "tikkie.me|www.tikkie.me/collecting|fundraiser|pot/{reference}",
            "qr.ideal.nl|qrcode.ideal.nl|tx.ideal.nl/*/{reference}",
            "qr.ideal.nl|qrcode.ideal.nl|tx.ideal.nl|ideal.nl/{reference}",
            "betaalverzoek.rabobank.nl/betaalverzoek?id={reference}",
            "betaalverzoek.rabobank.nl|betaalverzoek.knab.nl|betaalverzoek.sns.nl/{reference}",
            "www.ing.nl|ing.nl/payreq/m?trxid={reference}",
            "www.ing.nl|ing.nl/payreq|particulier?trxid={reference}",
            "www.ing.nl|ing.nl/payreq",
            "www.ing.nl|ing.nl/particulier/betaalverzoek",
            "www.asnbank.nl|www.snsbank.nl|www.regiobank.nl/betaalverzoek",
            "tikkie://*",
        ],
    )
    .currency("EUR"),
    link(
        "bizum-mbway-satispay",
        &[
            "satispay.com|www.satispay.com/qrcode/{payee}",
            "satispay.com|www.satispay.com/*/qrcode/{payee}",
            "satispay.com|www.satispay.com/*/download/qrcode/{payee}",
            "tag.satispay.com/{payee}",
            "online.satispay.com|web.satispay.com/pay/{reference}",
            "online.satispay.com",
            "satispay://*",
            "pay.bizum.es/{reference}",
            "bizum://*",
            "mbway://*",
            "lydia-app.com|www.lydia-app.com/collect/{payee}",
            "lydia-app.com|www.lydia-app.com/pots",
            "lydia.me|pots.lydia.me/collect/pots?id={reference}",
            "pots.lydia.me/collect/{reference}",
            "lydia.me|pots.lydia.me|collecte.lydia.me/{payee}",
            "paylib.fr|www.paylib.fr/pay",
            "lydia://*",
            "leetchi.com|www.leetchi.com/c/{reference}",
        ],
    )
    .currency("EUR"),
    link(
        "blik",
        &["blik.com|www.blik.com|pay.blik.com|link.blik.com/{reference}"],
    )
    .currency("PLN"),
    link("mnb-qvik", &["qvik.hu|www.qvik.hu|pay.qvik.hu"]).currency("HUF"),
];

/// `02:`, 16 bytes in hexadecimal and `#`: the till that a telephone is paired with.
pub(in super::super::super) fn pairing(input: &Input<'_>) -> Option<Payload> {
    let (token, _) = input.text.strip_prefix("02:")?.split_once('#')?;
    let hex = token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| {
        let mut payload = input.payload(TWINT);
        payload.fields.reference = Some(token.to_owned());
        payload.fields.currency = Some("CHF".to_owned());
        payload
    })
}

/// Payconiq's ids are 12 bytes in hexadecimal.
fn twelve_bytes(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(id) if id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(()),
        _ => Err("bad-account"),
    }
}
