//! Payment links of the Americas.

use super::super::super::checks;
use super::{Fields, Link, digits, link};

/// The same pages are there under the name of every country.
macro_rules! mercado_pago {
    () => {
        "*.mercadopago.com|*.mercadopago.com.ar|*.mercadopago.com.br|*.mercadopago.com.mx|\
         *.mercadopago.com.co|*.mercadopago.com.uy|*.mercadopago.com.pe|*.mercadopago.com.ve|\
         *.mercadopago.cl|*.mercadopago.com.ec"
    };
}

pub(in super::super) const LINKS: &[Link] = &[
    link(
        "venmo",
        &["venmo.com|www.venmo.com|account.venmo.com/code?user_id={payee}"],
    )
    .currency("USD")
    .check(|fields| digits(fields, 1, 20)),
    link(
        "venmo",
        &[
            "venmo://paycharge?recipients={payee}&amount={amount}?",
            "venmo://users/{payee}",
            "venmo://paycharge",
            "venmo.com|www.venmo.com|account.venmo.com/u/{payee}?amount={amount}?",
            "account.venmo.com/pay?recipients={payee}&amount={amount}?",
            "account.venmo.com/payment-link?recipients=,{payee}&amount={amount}?",
            "account.venmo.com/payment-link?recipients={payee}&amount={amount}?",
            "venmo.com|www.venmo.com/paycharge?recipients={payee}&amount={amount}?",
            "venmo.com|www.venmo.com?recipients={payee}&amount={amount}?",
            "venmo.com|www.venmo.com/{payee}?amount={amount}?",
            "paypal.com|www.paypal.com/qrcodes/venmo",
        ],
    )
    .currency("USD"),
    link(
        "cashapp",
        &["cash.app/{payee:£}/{amount}", "cash.app/{payee:£}"],
    )
    .currency("GBP")
    .check(cashtag),
    link(
        "cashapp",
        &[
            "cash.app|cash.me|www.cash.app/{payee:$}/{amount}",
            "cash.app|cash.me|www.cash.app/{payee:$}",
            "cashme|cashapp|squarecash://cash.app/{payee:$}/{amount}",
            "cashme|cashapp|squarecash://cash.app/{payee:$}",
        ],
    )
    .currency("USD")
    .check(cashtag),
    link(
        "cashapp",
        &[
            "cash.app/qr|invite|pay|app|launch|payments/{reference}",
            "cash.me/{payee}/{amount}",
            "cash.me/{payee}",
        ],
    )
    .currency("USD"),
    link(
        "ca-interac",
        &[
            "etransfer.interac.ca|gateway-web.interac.ca|gateway-web.beta.interac.ca/*/{reference}",
            "*.interac.ca",
        ],
    )
    .currency("CAD"),
    link("mercadopago-link", &["link.mercadopago.com.ar/{payee}"]).currency("ARS"),
    link("mercadopago-link", &["link.mercadopago.com.br/{payee}"]).currency("BRL"),
    link("mercadopago-link", &["link.mercadopago.com.mx/{payee}"]).currency("MXN"),
    link("mercadopago-link", &["link.mercadopago.com.co/{payee}"]).currency("COP"),
    link("mercadopago-link", &["link.mercadopago.com.uy/{payee}"]).currency("UYU"),
    link("mercadopago-link", &["link.mercadopago.com.pe/{payee}"]).currency("PEN"),
    link("mercadopago-link", &["link.mercadopago.cl/{payee}"]).currency("CLP"),
    link(
        "mercadopago-link",
        &[
            "mpago.la|mpago.li/pos/{payee}",
            "mpago.la|mpago.li/{reference}",
            "link.mercadopago.com/{payee}",
            concat!(
                mercado_pago!(),
                "/checkout|payment-link?pref_id|preference-id={reference}"
            ),
            concat!(
                mercado_pago!(),
                "/checkout|payment-link|money-request|subscriptions"
            ),
            "mercadopago://*",
        ],
    ),
    link(
        "picpay-nequi-etc",
        &[
            "picpay.me/{payee}/{amount}",
            "picpay.me/{payee}",
            "app.picpay.com/user|payment|consumidor/{payee}/{amount}",
            "app.picpay.com/user|payment|consumidor/{payee}",
            "app.picpay.com|link.picpay.com|checkout.picpay.com",
            "nubank.com.br/cobrar|pagar/{payee}/{reference}",
            "nubank.com.br/cobrar|pagar/{payee}",
            "pag.ae/{reference}",
            "pagseguro.uol.com.br|pagbank.com.br/checkout|pagamento",
            "pay.infinitepay.io|link.infinitepay.io/{payee}/{amount}",
            "pay.infinitepay.io|link.infinitepay.io/{payee}/*/{amount}",
            "pay.infinitepay.io|link.infinitepay.io|loja.infinitepay.io/{payee}",
            "link.sumup.com.br|pay.asaas.com|www.asaas.com/c|i/{reference}",
            "livepix.gg/{payee}",
            "picpay://*",
        ],
    )
    .currency("BRL"),
    link(
        "picpay-nequi-etc",
        &["recarga.nequi.com.co|clientes.nequi.com.co"],
    )
    .currency("COP"),
    link("picpay-nequi-etc", &["yape.com.pe|www.yape.com.pe"]).currency("PEN"),
    link(
        "picpay-nequi-etc",
        &[
            "pagar.deuna.app/{payee}/merchant?id={reference}",
            "pagar.deuna.app/*/*?id={payee}",
            "pagar.deuna.app",
        ],
    )
    .currency("USD"),
    link("picpay-nequi-etc", &["*.modo.com.ar"]).currency("ARS"),
];

/// `$` or `£`, and 1 to 20 letters and digits, one letter at least.
fn cashtag(fields: &Fields) -> Result<(), &'static str> {
    let tag = fields.payee.as_deref().unwrap_or_default();
    let name = tag.trim_start_matches(['$', '£']);
    let fits = (1..=20).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
        && !checks::is_digits(name);
    if fits { Ok(()) } else { Err("bad-account") }
}
