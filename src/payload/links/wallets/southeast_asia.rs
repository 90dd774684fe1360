//! Payment links of South-East Asia.

use super::super::super::checks;
use super::{Fields, Link, link};

pub(in super::super) const LINKS: &[Link] = &[
    link(
        "momo-vn",
        &[
            "me.momo.vn|nhantien.momo.vn/{payee}/{amount}",
            "me.momo.vn|nhantien.momo.vn/{payee}?amount={amount}?",
            "payment.momo.vn|test-payment.momo.vn/v2/gateway/pay?t={reference}",
            "payment.momo.vn|page.momo.vn|business.momo.vn|test-payment.momo.vn/{reference}",
            "applinks.momo.vn",
            "momo://*?action=payWithApp&orderId={reference}?&amount={amount}?",
            "momo://*",
        ],
    )
    .currency("VND"),
    // VNPAY's amounts have two digits more than the dong has (Payment gateway, vnp_Amount).
    link(
        "zalopay-vnpay",
        &[
            "sandbox.vnpayment.vn|pay.vnpay.vn|pay.vnpayment.vn|vnpayment.vn/paymentv2?\
                vnp_TmnCode={payee}?&vnp_Amount={cents}?&vnp_TxnRef={reference}?",
            "sandbox.vnpayment.vn|pay.vnpay.vn|pay.vnpayment.vn|vnpayment.vn/*/*?\
                vnp_TmnCode={payee}?&vnp_Amount={cents}&vnp_TxnRef={reference}?",
            "social.zalopay.vn|social.zalopay.com.vn?receiver_id={payee}&amount={amount}?",
            "qr.zalopay.vn|social.zalopay.vn|zlp.zalopay.vn/{reference}",
            "*.zalopay.vn|*.zalopay.com.vn?appid={payee}&zptranstoken|transtoken={reference}",
            "zalopay://pay|app?appid={payee}?&zptranstoken|transtoken={reference}?",
            "qr.zalopay.vn|social.zalopay.vn|social.zalopay.com.vn|sbpay.zalopay.vn|zlp.zalopay.vn",
            "qcgateway.zalopay.vn|gateway.zalopay.vn|sbgateway.zalopay.vn|sb-openapi.zalopay.vn",
            "*.viettelpay.vn|*.viettelmoney.vn|pay.shopee.vn|airpay.vn|www.airpay.vn",
            "zalopay|viettelpay|viettelmoney|vnpay|airpayvn://*",
        ],
    )
    .currency("VND"),
    // Whoever sees the code of an envelope first has the money in it.
    link(
        "truemoney",
        &[
            "gift.truemoney.com/campaign?v={reference}",
            "gift.truemoney.com/campaign/voucher/{reference}",
        ],
    )
    .currency("THB")
    .check(envelope),
    link(
        "truemoney",
        &[
            "tmn.app.link/{reference}",
            "*.truemoney.com",
            "truemoney|ascendmoney://*",
        ],
    )
    .currency("THB"),
    link(
        "promptpay-io",
        &[
            "promptpay.io/{payee}.png",
            "promptpay.io/{payee}/{amount}.png",
            "promptpay.io/{payee}/{amount}",
            "promptpay.io/{payee}",
        ],
    )
    .currency("THB")
    .check(proxy),
    link(
        "dana-gopay-ovo",
        &[
            "link.dana.id/minta|qr|transfer?full_url={target}&amount={amount}?",
            "link.dana.id/danakaget|kaget?c={reference}",
            "qr.dana.id/v1/{payee}",
            "qr.dana.id|m.dana.id|link.dana.id|dana.id/d|qr|m|minta/{reference}",
            "link.dana.id|qr.dana.id/{reference}",
            "gojek.link|app.gopay.co.id|gopay.link|app.ovo.id|ovo.id|www.ovo.id/*/{reference}",
            "gojek.link|app.gopay.co.id|gopay.co.id|gopay.link|app.gojek.com|link.gopay.co.id/\
                {reference}",
            "ovo.id|www.ovo.id|app.ovo.id|link.ovo.id/{reference}",
            "linkaja.id|www.linkaja.id|link.linkaja.id/{reference}",
            "wsa.wallet.airpay.co.id|app.shopeepay.co.id|link.shopeepay.co.id",
            "shopee.co.id/universal-link/pay|shopeepay|wallet",
            "gojek|gopay|danaid|ovo|linkaja|shopeepayid://*",
        ],
    )
    .currency("IDR"),
    link(
        "grab-tng-boost",
        &[
            "toyyibpay.com|dev.toyyibpay.com|www.toyyibpay.com/{reference}",
            "billplz.com|www.billplz.com|www.billplz-sandbox.com/bills/{reference}",
            "billplz.com|www.billplz.com/{payee}",
            "app.senangpay.my|senangpay.my|sandbox.senangpay.my/payment/{reference}",
            "*.senangpay.my|*.bayarcash.com|bayar.cash|*.chip-in.asia|*.ipay88.com.my|*.curlec.com",
            "*.tngdigital.com.my|touchngo.com.my|*.touchngo.com.my|*.myboost.co|link.boost-my.com",
            "*.bigpayme.com|bigpay.link|*.setel.com|setel.my|myfave.com",
            "tngdwallet|tngewallet|boost|boostapp|bigpay|setel://*",
        ],
    )
    .currency("MYR"),
    link(
        "grab-tng-boost",
        &[
            "*.grab.com/pay|pax-pay|grabpay|transfer",
            "r.grab.com|grab.onelink.me|pay.grab.com|qr.grab.com|*.grabpay.com",
            "grab|grabconnect://*",
            "paylah.dbs.com.sg|www.dbs.com.sg/personal/mobile/paylink|paylah/{reference}",
            "paylah|dbspaylah://*",
        ],
    ),
    link(
        "gcash-maya",
        &[
            "paymaya.me|maya.me|www.paymaya.me/{payee}/{amount}",
            "paymaya.me|maya.me|www.paymaya.me/{payee}?amount={amount}?",
            "payments.maya.ph|payments.paymaya.com|payments-web-sandbox.paymaya.com/*/\
                checkout?id={reference}",
            "payments.maya.ph|payments.paymaya.com/checkout?id={reference}",
            "payments.maya.ph|payments.paymaya.com/{reference}",
            "m.gcash.com/gcash-login-web?redirectUrl={target}",
            "m.gcash.com/*/{reference}",
            "m.gcash.com|gcash.page.link|qr.gcash.com|gcash.app.link/{reference}",
            "gcash.com|www.gcash.com/pay|send|gcashqr|qr",
            "*.paymaya.com|*.maya.ph|coins.ph|*.coins.ph",
            "gcash|paymaya|maya://*",
        ],
    )
    .currency("PHP"),
];

/// The hash of an envelope has 18 letters and digits at least.
fn envelope(fields: &Fields) -> Result<(), &'static str> {
    match fields.reference.as_deref() {
        Some(hash) if !hash.bytes().all(|b| b.is_ascii_alphanumeric()) => Err("malformed"),
        Some(hash) if hash.len() >= 18 => Ok(()),
        _ => Err("truncated"),
    }
}

/// A telephone number (10 digits), a national or tax id (13) or the number of an e-wallet (15); also
/// with the country code in front.
fn proxy(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(id) if checks::is_digits(id) && (10..=15).contains(&id.len()) => Ok(()),
        _ => Err("bad-account"),
    }
}
