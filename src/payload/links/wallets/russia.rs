//! Payment links of Russia, Ukraine and Central Asia.

use super::super::super::input::Input;
use super::super::super::schemes::Scheme;
use super::super::super::{Payload, amount, base64, checks};
use super::{Fields, Link, link};

const PAYME: Scheme = Scheme::named("payme-click-uz");

pub(in super::super) const LINKS: &[Link] = &[
    link(
        "tbank-ru",
        &[
            "tinkoff.ru|www.tinkoff.ru|tbank.ru|www.tbank.ru/rm|cf/{payee}/{reference}",
            "tinkoff.ru|www.tinkoff.ru|tbank.ru|www.tbank.ru/collectmoney/crowd/{payee}/\
                {reference}",
            "tinkoff.ru|www.tinkoff.ru|tbank.ru|www.tbank.ru/cf|sl|collectmoney/{reference}",
            "tinkoff.ru|www.tinkoff.ru|tbank.ru|www.tbank.ru/rm/{payee}",
            "securepay.tinkoff.ru|pay.tbank.ru|securepay.tbank.ru|forma.tinkoff.ru|forma.tbank.ru",
            "tinkoffbank|bank100000000004://*",
        ],
    )
    .currency("RUB"),
    link(
        "sber-ru",
        &[
            "sberbank.com|www.sberbank.com|sberbank.ru|www.sberbank.ru/sms/\
                pbpn?requisiteNumber={payee}",
            "sberbank.com|www.sberbank.com|sberbank.ru|www.sberbank.ru/sms/pbpn",
            "sberbank.com|www.sberbank.com|sberbank.ru|www.sberbank.ru/qr?uuid|id={reference}",
            "sberbank.com|www.sberbank.com|sberbank.ru|www.sberbank.ru/qr",
            "messenger.online.sberbank.ru/sl/{reference}",
            "www.sberbank.ru|sberbank.ru/*/choise_bank?requisiteNumber={payee}",
            "www.sberbank.ru|sberbank.ru/*/choise_bank",
            "sberpay|sbolpay|budgetonline-ios|sbolonline://*",
        ],
    )
    .currency("RUB"),
    link(
        "yoomoney",
        &[
            "yoomoney.ru|money.yandex.ru/to/{payee}/{amount}",
            "yoomoney.ru|money.yandex.ru/to/{payee}",
            "yoomoney.ru|money.yandex.ru/quickpay/*?receiver={payee}&sum|default-sum={amount}?",
            "yoomoney.ru|money.yandex.ru/quickpay/*/*?receiver={payee}&sum|default-sum={amount}?",
            "yoomoney.ru|money.yandex.ru/transfer?receiver|to={payee}&sum|amount={amount}?",
        ],
    )
    .currency("RUB")
    .check(wallet),
    link(
        "yoomoney",
        &[
            "yoomoney.ru|money.yandex.ru/fundraise|bill/{reference}",
            "yoomoney.ru|money.yandex.ru/quickpay/fundraise/button?billNumber={reference}",
            "yoomoney.ru|money.yandex.ru/quickpay|transfer|fundraise",
            "qiwi.com|www.qiwi.com|my.qiwi.com/n/{payee}",
            "qiwi.com|www.qiwi.com/payment/form|transfer/{reference}?extra['account']={payee}?&\
                amountInteger={amount}?",
            "qiwi.com|www.qiwi.com/payment",
            "oplata.qiwi.com/form?invoice_uid={reference}",
            "my.qiwi.com/form/{payee}",
            "my.qiwi.com/{payee}",
            "boosty.to/{payee}",
            "donationalerts.com|www.donationalerts.com|donationalerts.ru|www.donationalerts.ru/\
                r|c/{payee}",
            "donatepay.ru|new.donatepay.ru/don|d/{payee}",
            "new.donatepay.ru/@{payee}",
            "donate.stream|donatty.com|donatex.gg|dalink.to|donate.qiwi.com/{payee}",
            "pay.cloudtips.ru/p/{reference}",
            "pay.cloudtips.ru|pay.mysbertips.ru|netmonet.co/{reference}",
        ],
    )
    .currency("RUB"),
    link(
        "monobank",
        &[
            "send.monobank.ua/jar/{reference}?a={amount}?",
            "send.monobank.ua/{reference}?amount|a={amount}?",
            "base.monobank.ua|mono.ua|www.mono.ua|pay.mbnk.biz|pay.monobank.ua/{reference}",
            "monobank://*",
        ],
    )
    .currency("UAH"),
    link(
        "privat24",
        &[
            "privat24.ua|www.privat24.ua|privatbank.ua|www.privatbank.ua/rd/send_qr/*/{reference}",
            "privat24.ua|www.privat24.ua|next.privat24.ua|privatbank.ua|www.privatbank.ua/send|\
                rd|sendmoney/{reference}",
            "next.privat24.ua/money-transfer|payments",
            "privat24://*",
        ],
    )
    .currency("UAH"),
    link(
        "kaspi",
        &[
            "pay.kaspi.kz|kaspi.kz/pay/{reference}?amount={amount}?",
            "kaspi.kz|www.kaspi.kz/transfers?phone={payee}&amount={amount}?",
            "kaspi.kz|www.kaspi.kz/transfers|pay",
            "halykbank.kz|www.halykbank.kz/pay/{reference}",
            "halykbank.kz|www.halykbank.kz/pay",
            "qr.homebank.kz/{reference}",
            "kaspi://*",
        ],
    )
    .currency("KZT"),
    link(
        "payme-click-uz",
        &[
            "payme.uz|checkout.paycom.uz|transfer.paycom.uz|checkout.payme.uz/fallback/\
                merchant?id={payee}",
            "my.click.uz/services/pay?merchant_id={payee}&amount={amount}?&\
                transaction_param={reference}?",
            "my.click.uz/services/pay?service_id={payee}&amount={amount}?",
            "indoor.click.uz/pay?id={payee}&amount={amount}?",
            "indoor.click.uz|my.click.uz/clickp2p|app/{payee}",
            "my.click.uz|indoor.click.uz",
            "payme.uz|www.payme.uz|go.payme.uz|transfer.paycom.uz|transfer.payme.uz/{reference}",
            "checkout.paycom.uz|checkout.payme.uz|test.paycom.uz/{reference}",
            "www.uzumbank.uz|uzumbank.uz|www.apelsin.uz/open-service|pay",
            "payme|clickuz://*",
        ],
    )
    .currency("UZS"),
];

/// `m=MERCHANT;ac.order_id=ORDER;a=TIYIN` in base64 (Payme Business, initialization of payments by GET).
pub(in super::super::super) fn payme(input: &Input<'_>) -> Option<Payload> {
    const HOSTS: &[&str] = &["checkout.paycom.uz", "checkout.payme.uz", "test.paycom.uz"];
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let code = uri
        .path
        .first()
        .filter(|_| HOSTS.contains(&uri.host.as_str()))?;
    let terms = String::from_utf8(base64::decode(code)?).ok()?;
    let terms = || terms.split(';').filter_map(|term| term.split_once('='));
    let term = |key: &str| terms().find(|(k, _)| *k == key).map(|(_, value)| value);
    let order = terms().find(|(key, _)| key.starts_with("ac."));
    let mut payload = input.payload(PAYME);
    payload.fields = Fields {
        payee: Some(term("m").filter(|id| !id.is_empty())?.to_owned()),
        amount: term("a").and_then(|tiyin| amount::scaled(tiyin, -2)),
        reference: Some(order.map_or(code, |(_, order)| order).to_owned()),
        currency: Some("UZS".to_owned()),
        ..Fields::default()
    };
    Some(payload)
}

/// Wallets have 11 to 16 digits, 4100 in front.
fn wallet(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(number)
            if number.starts_with("4100")
                && (11..=16).contains(&number.len())
                && checks::is_digits(number) =>
        {
            Ok(())
        }
        _ => Err("bad-account"),
    }
}
