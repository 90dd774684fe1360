//! WeChat (Weixin), WeCom and WeChat Pay. Nearly all of it is opaque: the token names the payee or the
//! contact, and only WeChat's servers know who that is.

use super::{Fields, Link, link};

pub(super) const LINKS: &[Link] = &[
    link("wechat-pay-wbf2f", &["wxp://{payee:wbf2f}"]).currency("CNY"),
    link("wechat-pay-personal", &["wxp://{payee:f2f}"])
        .currency("CNY")
        .check(receive_code),
    link("wechat-redpacket-f2f", &["wxhb://{reference:f2f}"]).currency("CNY"),
    link("wechat-pay-tenpay-f2f", &["wx.tenpay.com/f2f?t={payee}"]).currency("CNY"),
    link(
        "wechat-pay-merchant-material",
        &["payapp.weixin.qq.com|payapp.wechatpay.cn/materialqr/entry/*?id={reference}"],
    )
    .currency("CNY"),
    link(
        "wechat-pay-qrpay-order",
        &[
            "payapp.weixin.qq.com|payapp.wechatpay.cn/qrpay/order?key={reference}?",
            "wxpay.tenpay.com|wxpay.wechatpay.cn/md/{reference}",
        ],
    )
    .currency("CNY"),
    link(
        "wechat-pay-sjt",
        &[
            "payapp.weixin.qq.com|payapp.wechatpay.cn/sjt/qr/{payee}",
            "sjt.wxpapp.wechatpay.cn/lnk/qr/{payee}",
        ],
    )
    .currency("CNY"),
    link(
        "wechat-pay-qr-personal",
        &["payapp.weixin.qq.com|payapp.wechatpay.cn/qr/{payee}"],
    )
    .currency("CNY"),
    // With `mch_id` it is the merchant's fixed code; with `pr` alone it is one order.
    link(
        "wechat-pay-native",
        &[
            "weixin://wxpay/bizpayurl?pr={reference}?&mch_id={payee}?",
            "weixin://wxpay/bizpayurl/up?pr={reference}?&mch_id={payee}?",
            "weixin://pay.weixin.qq.com/bizpayurl?pr={reference}?&mch_id={payee}?",
            "weixin://pay.wechatpay.cn/bizpayurl?pr={reference}?&mch_id={payee}?",
        ],
    )
    .currency("CNY")
    .check(names_an_order),
    link("wechat-bind-card", &["weixin://wxpay/bindurl"]).flags(&["session-hijack"]),
    link("wechat-contact", &["u.wechat.com/{payee}"]),
    link(
        "wechat-contact-scheme",
        &["weixin://contacts/profile/{payee}"],
    ),
    link(
        "wechat-official-account",
        &[
            "weixin.qq.com/r|q|x/mp/{payee}",
            "weixin.qq.com/r|q|x/{payee}",
        ],
    ),
    link("wechat-group", &["weixin.qq.com/g/{payee}"]),
    link(
        "wechat-channels",
        &["weixin.qq.com/sph/{reference}", "channels.weixin.qq.com"],
    ),
    link("wechat-mini-program", &["mp.weixin.qq.com/a/{reference:~}"]),
    link(
        "wechat-article",
        &["mp.weixin.qq.com/s?__biz={payee}", "mp.weixin.qq.com/s|mp"],
    ),
    link(
        "wechat-mini-program-scheme",
        &[
            "weixin://dl/business?t={reference}",
            "weixin://dl/business?appid={payee}",
            "weixin://dl/business?ticket={reference}",
        ],
    ),
    link(
        "wechat-mini-program-urllink",
        &["wxaurl.cn|wxmpurl.cn/{reference}"],
    ),
    link(
        "wechat-login",
        &[
            "login.weixin.qq.com/l|qrcode/{reference}",
            "open.weixin.qq.com/connect/confirm?uuid={reference}",
            "open.weixin.qq.com/connect/qrconnect|qrcode",
            "login.wx.qq.com",
        ],
    )
    .flags(&["session-hijack"]),
    link(
        "wechat-oauth",
        &["open.weixin.qq.com/connect/oauth2/authorize?appid={payee}&redirect_uri={target}?"],
    ),
    link("wecom-kf", &["work.weixin.qq.com/kfid/{payee}"]),
    link("wecom-group", &["work.weixin.qq.com/gm|g/{payee}"]),
    link(
        "wecom-contact",
        &[
            "work.weixin.qq.com/u|c|ca/{payee}",
            "wecom.qq.com/q|u|ca/{payee}",
            "work.weixin.qq.com/apph5/external_room/{payee}",
        ],
    ),
];

/// `f2f` and a token of 20 characters at least; shorter ones are cut off.
fn receive_code(fields: &Fields) -> Result<(), &'static str> {
    match &fields.payee {
        Some(token) if token.len() >= 23 => Ok(()),
        _ => Err("truncated"),
    }
}

fn names_an_order(fields: &Fields) -> Result<(), &'static str> {
    match (&fields.reference, &fields.payee) {
        (None, None) => Err("truncated"),
        _ => Ok(()),
    }
}
