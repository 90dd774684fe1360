//! The schemes that can be told apart: part of the contract of `waylay explain`, and what a policy may
//! name.

use super::Category::{
    self, AppDownload, Calendar, Contact, Donation, Email, Geo, GroupInvite, Login, MiniProgram,
    Other, Otp, Payment, Redirect, Shop, Sms, Tel, Vcard, WalletCrypto, Wifi,
};

/// One scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Its id, such as `pix`.
    pub id: &'static str,
    /// What its payloads are for.
    pub category: Category,
}

impl Scheme {
    /// The scheme with this id. For constants only, where an id that is not in the table stops the
    /// compiler.
    pub(super) const fn named(id: &str) -> Self {
        let mut i = 0;
        while i < TABLE.len() {
            if is_equal(TABLE[i].0, id) {
                return Self {
                    id: TABLE[i].0,
                    category: TABLE[i].1,
                };
            }
            i += 1;
        }
        panic!("no such scheme")
    }
}

/// Every scheme, sorted by id.
pub fn schemes() -> impl Iterator<Item = Scheme> {
    TABLE.iter().map(|&(id, category)| Scheme { id, category })
}

/// `a == b`, which the language does not have for constants yet.
const fn is_equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const TABLE: &[(&str, Category)] = &[
    ("afdian", Donation),
    ("aggregate-cashier-cn", Payment),
    ("alipay-cpm", Payment),
    ("alipay-marketing", Payment),
    ("alipay-mini-program", MiniProgram),
    ("alipay-order", Payment),
    ("alipay-personal", Payment),
    ("alipay-plus", Payment),
    ("alipay-scheme-qr", Payment),
    ("alipay-scheme-wrapper", Redirect),
    ("alipay-transfer-card", Payment),
    ("alipay-transfer-user", Payment),
    ("amazon-etsy-ebay", Shop),
    ("apk-direct", AppDownload),
    ("app-distribution", AppDownload),
    ("app-store", AppDownload),
    ("bangla-qr", Payment),
    ("bharat-qr", Payment),
    ("bilibili", Shop),
    ("bilibili-login", Login),
    ("binance-pay", WalletCrypto),
    ("bitcoin-address", WalletCrypto),
    ("bitcoin-uri", WalletCrypto),
    ("bre-b", Payment),
    ("calendar", Calendar),
    ("cashapp", Payment),
    ("crypto-gateways", WalletCrypto),
    ("dana-gopay-ovo", Payment),
    ("deferred-deeplink", Redirect),
    ("dewu-vip-1688", Shop),
    ("discord-invite", GroupInvite),
    ("discord-login", Login),
    ("douyin", Shop),
    ("duitnow", Payment),
    ("elqr-kg", Payment),
    ("email", Email),
    ("emv-mpm", Payment),
    ("eth-qr", Payment),
    ("ethereum-eip681", WalletCrypto),
    ("evm-address", WalletCrypto),
    ("fido-hybrid", Login),
    ("fps-hk", Payment),
    ("geo", Geo),
    ("ghqr", Payment),
    ("ideal-tikkie", Payment),
    ("instagram-snap-x", Contact),
    ("jd-login", Login),
    ("jd-pay", Payment),
    ("jd-shop", Shop),
    ("jpqr", Payment),
    ("kakao-openchat", GroupInvite),
    ("kakaopay", Payment),
    ("kaspi", Payment),
    ("ke-qr", Payment),
    ("khqr", Payment),
    ("kuaishou", Shop),
    ("lakala", Payment),
    ("lanka-qr", Payment),
    ("lao-qr", Payment),
    ("lightning-bolt11", WalletCrypto),
    ("lightning-lnurl", WalletCrypto),
    ("line-contact", Contact),
    ("line-group", GroupInvite),
    ("line-pay", Payment),
    ("line-shop-kr", Shop),
    ("linkinbio", Redirect),
    ("mebkm-urlto", Redirect),
    ("mecard", Vcard),
    ("meeza-qr", Payment),
    ("meituan-pay", Payment),
    ("meituan-shop", Shop),
    ("mercadopago-emv", Payment),
    ("mercadopago-link", Payment),
    ("messenger-fb", Contact),
    ("mmqr", Payment),
    ("momo-vn", Payment),
    ("monobank", Donation),
    ("nepal-qr", Payment),
    ("nqr", Payment),
    ("open-redirect", Redirect),
    ("other-messengers", Contact),
    ("otpauth", Otp),
    ("otpauth-migration", Otp),
    ("pan-baidu", Other),
    ("payconiq", Payment),
    ("paynow", Payment),
    ("paypal", Payment),
    ("paypay-jp", Payment),
    ("paytm-link", Payment),
    ("pi-spi", Payment),
    ("picpay-nequi-etc", Payment),
    ("pinduoduo", Shop),
    ("pix", Payment),
    ("plain-text", Other),
    ("product-code", Other),
    ("promptpay", Payment),
    ("promptpay-bill", Payment),
    ("promptpay-io", Payment),
    ("qpay-mn", Payment),
    ("qq-group", GroupInvite),
    ("qq-login", Login),
    ("qq-pay", Payment),
    ("qq-profile", Contact),
    ("qr-service", Redirect),
    ("qris", Payment),
    ("qrph", Payment),
    ("raast", Payment),
    ("revolut-wise", Payment),
    ("rwanda-qr", Payment),
    ("scan-login-other", Login),
    ("sgqr", Payment),
    ("shopee-lazada", Shop),
    ("shoppay-shopify", Shop),
    ("shortener", Redirect),
    ("shouqianba", Payment),
    ("signal", Contact),
    ("signal-link-device", Login),
    ("sms", Sms),
    ("square", Payment),
    ("storefront-builders", Shop),
    ("stream-tips", Donation),
    ("stripe", Payment),
    ("swish-link", Payment),
    ("tanqr", Payment),
    ("taobao", Shop),
    ("taobao-login", Login),
    ("tel", Tel),
    ("telegram", Contact),
    ("telegram-group", GroupInvite),
    ("telegram-invoice", Payment),
    ("telegram-login", Login),
    ("telegram-proxy-share", Other),
    ("tiktok", Shop),
    ("tipping-platforms", Donation),
    ("toss", Payment),
    ("tr-karekod", Payment),
    ("tron-address", WalletCrypto),
    ("truemoney", Payment),
    ("twqr-emv", Payment),
    ("unionpay-emv", Payment),
    ("unionpay-qr", Payment),
    ("unionpay-qr-wrap", Payment),
    ("upi", Payment),
    ("upi-app-scheme", Payment),
    ("upi-mandate", Payment),
    ("url-dangerous-scheme", Other),
    ("url-double-extension", AppDownload),
    ("url-homograph", Redirect),
    ("url-ip-host", Redirect),
    ("url-userinfo", Redirect),
    ("uz-qr-online", Payment),
    ("vcard", Vcard),
    ("venmo", Payment),
    ("viber", Contact),
    ("vietqr", Payment),
    ("vipps-mobilepay", Payment),
    ("wallet-universal-links", WalletCrypto),
    ("walletconnect", Login),
    ("web-link", Other),
    ("wechat-alternatives", GroupInvite),
    ("wechat-article", Other),
    ("wechat-bind-card", Login),
    ("wechat-channels", Other),
    ("wechat-contact", Contact),
    ("wechat-contact-scheme", Contact),
    ("wechat-group", GroupInvite),
    ("wechat-login", Login),
    ("wechat-mini-program", MiniProgram),
    ("wechat-mini-program-scheme", MiniProgram),
    ("wechat-mini-program-urllink", MiniProgram),
    ("wechat-oauth", Login),
    ("wechat-official-account", Contact),
    ("wechat-pay-cpm", Payment),
    ("wechat-pay-merchant-material", Payment),
    ("wechat-pay-native", Payment),
    ("wechat-pay-personal", Payment),
    ("wechat-pay-qr-personal", Payment),
    ("wechat-pay-qrpay-order", Payment),
    ("wechat-pay-sjt", Payment),
    ("wechat-pay-tenpay-f2f", Payment),
    ("wechat-pay-wbf2f", Payment),
    ("wechat-redpacket-f2f", Payment),
    ("wecom-contact", Contact),
    ("wecom-group", GroupInvite),
    ("wecom-kf", Contact),
    ("weibo", Other),
    ("weidian", Shop),
    ("whatsapp-contact", Contact),
    ("whatsapp-group", GroupInvite),
    ("whatsapp-link-device", Login),
    ("wifi", Wifi),
    ("xianyu", Shop),
    ("xiaohongshu", Shop),
    ("yape-plin", Payment),
    ("yoomoney", Donation),
    ("youzan", Shop),
    ("za-emv", Payment),
    ("zalo", Contact),
    ("zeropay", Payment),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_stands_once() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
