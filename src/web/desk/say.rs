//! What a code says, in plain words: who gets what, by which app.

use super::html::Html;
use super::text::{M, Text};
use crate::payload;

/// What is known of a payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::web) struct Said<'a> {
    /// The id of its scheme; `None` where the code could not be read.
    pub(in crate::web) scheme: Option<&'a str>,
    /// The id of its category.
    pub(in crate::web) category: Option<&'a str>,
    /// Who is paid or contacted.
    pub(in crate::web) payee: Option<&'a str>,
    /// Its name, as the payload gives it.
    pub(in crate::web) payee_name: Option<&'a str>,
    /// The amount in major units.
    pub(in crate::web) amount: Option<&'a str>,
    /// The currency.
    pub(in crate::web) currency: Option<&'a str>,
    /// Whether the amount is known here: lists do not have it.
    pub(in crate::web) with_amount: bool,
    /// The host that it leads to.
    pub(in crate::web) host: Option<&'a str>,
    /// The registrable part of that.
    pub(in crate::web) domain: Option<&'a str>,
}

/// What schemes are called by those who use them: how their ids begin, and the name in English and Chinese. The longest
/// that fits counts.
#[rustfmt::skip]
const APPS: &[(&str, &str, &str)] = &[
    ("alipay", "Alipay", "支付宝"),
    ("bilibili", "Bilibili", "哔哩哔哩"),
    ("bitcoin", "Bitcoin", "比特币"),
    ("cashapp", "Cash App", "Cash App"),
    ("ethereum", "Ethereum", "以太坊"),
    ("evm-address", "Ethereum", "以太坊"),
    ("instagram-snap-x", "Instagram and others", "Instagram 等"),
    ("jd-", "JD", "京东"),
    ("kuaishou", "Kuaishou", "快手"),
    ("lightning", "Lightning", "闪电网络"),
    ("line-", "LINE", "LINE"),
    ("meituan", "Meituan", "美团"),
    ("paypal", "PayPal", "PayPal"),
    ("pinduoduo", "Pinduoduo", "拼多多"),
    ("pix", "PIX", "PIX"),
    ("promptpay", "PromptPay", "PromptPay"),
    ("qq-", "QQ", "QQ"),
    ("qris", "QRIS", "QRIS"),
    ("taobao", "Taobao", "淘宝"),
    ("telegram", "Telegram", "Telegram"),
    ("text-alipay", "Alipay", "支付宝"),
    ("text-phone", "telephone", "电话"),
    ("text-pix", "PIX", "PIX"),
    ("text-qq", "QQ", "QQ"),
    ("text-upi", "UPI", "UPI"),
    ("text-wechat", "WeChat", "微信"),
    ("tron", "TRON", "波场"),
    ("unionpay", "UnionPay", "云闪付"),
    ("upi", "UPI", "UPI"),
    ("venmo", "Venmo", "Venmo"),
    ("vietqr", "VietQR", "VietQR"),
    ("wechat", "WeChat", "微信"),
    ("wechat-alternatives", "DingTalk, Feishu and others", "钉钉、飞书等"),
    ("wechat-official", "WeChat official account", "微信公众号"),
    ("wechat-pay", "WeChat Pay", "微信支付"),
    ("wecom", "WeCom", "企业微信"),
    ("weidian", "Weidian", "微店"),
    ("whatsapp", "WhatsApp", "WhatsApp"),
    ("xianyu", "Xianyu", "闲鱼"),
    ("xiaohongshu", "Xiaohongshu", "小红书"),
    ("youzan", "Youzan", "有赞"),
];

/// What the scheme is called.
pub(in crate::web) fn app(scheme: &str, t: &Text) -> String {
    let fitting = APPS.iter().filter(|(begin, ..)| scheme.starts_with(begin));
    if let Some((_, en, zh)) = fitting.max_by_key(|(begin, ..)| begin.len()) {
        let name = if t.is_english() { en } else { zh };
        return (*name).to_owned();
    }
    let known = payload::schemes().find(|known| known.id == scheme);
    known.map_or(scheme, |known| known.name).to_owned()
}

impl Said<'_> {
    /// In one sentence.
    pub(in crate::web) fn sentence(&self, t: &Text) -> Html {
        let (Some(scheme), Some(category)) = (self.scheme, self.category) else {
            return Html::of(t.unread_code.get());
        };
        let app = Html::of(&app(scheme, t));
        let who = self
            .payee_name
            .or(self.payee)
            .map(str::trim)
            .filter(|who| !who.is_empty());
        let who = who.map(|who| Html::brief(who).strong());
        let with = |named: M, nobody: M| match &who {
            Some(who) => Html::fill(named, &[("who", who.clone()), ("app", app.clone())]),
            None => Html::fill(nobody, &[("app", app.clone())]),
        };
        let of_app = |message: M| {
            Html::fill(
                message,
                &[("app", self.place().unwrap_or_else(|| app.clone()))],
            )
        };
        match category {
            "payment" => self.sum(with(t.say_pays, t.say_pays_nobody), t),
            "wallet-crypto" => self.sum(with(t.say_sends, t.say_sends_nobody), t),
            "donation" => self.sum(with(t.say_gives, t.say_gives_nobody), t),
            "contact" => with(t.say_adds, t.say_adds_nobody),
            "group-invite" => with(t.say_joins, t.say_joins_nobody),
            "wifi" => with(t.say_wifi, t.say_wifi_nobody),
            "vcard" => with(t.say_card, t.say_card_nobody),
            "tel" => with(t.say_calls, t.say_calls_nobody),
            "sms" => with(t.say_texts, t.say_texts_nobody),
            "email" => with(t.say_mails, t.say_mails_nobody),
            "invoice" => Html::fill(t.say_receipt, &[("app", app)]),
            "login" => Html::fill(t.say_logs_in, &[("app", app)]),
            "mini-program" => Html::fill(t.say_mini, &[("app", app)]),
            "shop" => Html::fill(t.say_shop, &[("app", app)]),
            "app-download" => of_app(t.say_installs),
            "redirect" => of_app(t.say_leads_on),
            "geo" => Html::of(t.say_place.get()),
            "calendar" => Html::of(t.say_calendar.get()),
            "otp" => Html::of(t.say_otp.get()),
            _ => match self.place() {
                Some(place) => Html::fill(t.say_opens, &[("where", place)]),
                None if scheme == "plain-text" => Html::of(t.say_text.get()),
                None => Html::fill(t.say_other, &[("app", app)]),
            },
        }
    }

    fn place(&self) -> Option<Html> {
        let host = self.host?;
        Some(Html::destination(host, Some(host), self.domain))
    }

    fn sum(&self, say: Html, t: &Text) -> Html {
        match self.amount {
            _ if !self.with_amount => say,
            Some(amount) => {
                let amount = match self.currency {
                    Some(currency) => format!("{currency} {amount}"),
                    None => amount.to_owned(),
                };
                Html::fill(
                    t.say_amount,
                    &[("say", say), ("amount", Html::account(&amount).strong())],
                )
            }
            None => Html::fill(t.say_no_amount, &[("say", say)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::{CHINESE, ENGLISH};
    use super::*;

    #[test]
    fn who_gets_what_is_said_in_plain_words() {
        let pix = Said {
            scheme: Some("pix"),
            category: Some("payment"),
            payee: Some("+5511999999999"),
            payee_name: Some("FULANO"),
            amount: Some("120.00"),
            currency: Some("BRL"),
            with_amount: true,
            ..Said::default()
        };
        let wechat = Said {
            scheme: Some("wechat-pay-personal"),
            category: Some("payment"),
            payee: Some("f2f0abc"),
            with_amount: true,
            ..Said::default()
        };
        let wecom = Said {
            scheme: Some("wecom-contact"),
            category: Some("contact"),
            ..Said::default()
        };
        let web = Said {
            scheme: Some("web-link"),
            category: Some("other"),
            host: Some("shop.example.com"),
            domain: Some("example.com"),
            ..Said::default()
        };
        for (said, english, chinese) in [
            (
                pix,
                "Pays FULANO by PIX, BRL 120.00",
                "通过PIX向 FULANO 付款，金额 BRL 120.00",
            ),
            (
                wechat,
                "Pays f2f0abc by WeChat Pay; amount not set",
                "通过微信支付向 f2f0abc 付款，金额未设定",
            ),
            (wecom, "Adds a contact: WeCom", "添加联系人：企业微信"),
            (
                web,
                "Opens shop[.]example[.]com",
                "打开 shop[.]example[.]com",
            ),
            (
                Said::default(),
                "A code that could not be read",
                "无法识读的码",
            ),
        ] {
            assert_eq!(said.sentence(&ENGLISH).plain(), english);
            assert_eq!(said.sentence(&CHINESE).plain(), chinese);
        }
        assert_eq!(
            app("wechat-official-account", &ENGLISH),
            "WeChat official account"
        );
        assert_eq!(app("made-up", &ENGLISH), "made-up");
    }

    #[test]
    fn every_scheme_has_a_sentence() {
        for scheme in payload::schemes() {
            let said = Said {
                scheme: Some(scheme.id),
                category: Some(scheme.category.as_str()),
                payee: Some("<x>"),
                host: Some("a.example"),
                domain: Some("a.example"),
                ..Said::default()
            };
            for t in [&ENGLISH, &CHINESE] {
                let sentence = said.sentence(t).to_string();
                assert!(
                    !sentence.is_empty() && !sentence.contains("<x>") && !sentence.contains('{'),
                    "{sentence}"
                );
            }
        }
    }
}
