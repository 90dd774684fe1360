//! WeChat (Weixin), WeCom and WeChat Pay. Nearly all of it is opaque: the token names the payee or the
//! contact, and only WeChat's servers know who that is.

use super::super::Payload;
use super::super::input::Input;
use super::super::schemes::Scheme;
use super::{Fields, Link, link};

const SHORT_LINK: Scheme = Scheme::named("wechat-mini-program-urllink");

pub(super) const LINKS: &[Link] = &[
    // Codes of rewards are mostly round; this is their link form.
    link(
        "wechat-reward",
        &[
            "payapp.weixin.qq.com|payapp.wechatpay.cn/reward/{payee}",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/reward",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/wxreward|rewardqr|reward_qr|rewardcode",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/*/reward|wxreward|rewardqr|reward_qr|rewardcode",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/*/*/reward|wxreward|rewardqr|reward_qr|rewardcode",
            "wxreward://*",
        ],
    )
    .currency("CNY"),
    link("wechat-pay-wbf2f", &["wxp://{payee:wbf2f}"]).currency("CNY"),
    link("wechat-pay-personal", &["wxp://{payee:f2f}"])
        .currency("CNY")
        .check(receive_code),
    link("wechat-redpacket-f2f", &["wxhb://{reference:f2f}"]).currency("CNY"),
    link("wechat-pay-tenpay-f2f", &["wx.tenpay.com/f2f?t={payee}"]).currency("CNY"),
    link(
        "wechat-pay-merchant-material",
        &[
            "payapp.weixin.qq.com|payapp.wechatpay.cn/materialqr/entry/*?id={reference}",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/materialqr",
        ],
    )
    .currency("CNY"),
    link(
        "wechat-pay-qrpay-order",
        &[
            "payapp.weixin.qq.com|payapp.wechatpay.cn/qrpay/order?key={reference}",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/qrpay/order/{reference}",
            "payapp.weixin.qq.com|payapp.wechatpay.cn/qrpay/order",
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
    // With `pr` it is one order, whatever merchant stands beside it; with `mch_id` the merchant's fixed code.
    link(
        "wechat-pay-native",
        &[
            "weixin://wxpay|pay.weixin.qq.com|pay.wechatpay.cn/bizpayurl?pr={reference}",
            "weixin://wxpay|pay.weixin.qq.com|pay.wechatpay.cn/bizpayurl?mch_id={payee}?",
        ],
    )
    .currency("CNY")
    .check(names_an_order),
    link("wechat-bind-card", &["weixin://wxpay/bindurl"]).flags(&["session-hijack"]),
    link("wechat-contact", &["u.wechat.com/{payee}"]).check(contact_token),
    link(
        "wechat-contact-scheme",
        &["weixin://contacts/profile/{payee}"],
    )
    .check(wechat_id),
    link("wechat-contact-scheme", &["weixin://qr/{payee}"]),
    link(
        "wechat-official-account",
        &[
            "weixin.qq.com/r|q|x/mp/{payee}",
            "weixin.qq.com/r|q|x/{payee}",
            "mp.weixin.qq.com/mp/profile_ext?__biz={payee}",
        ],
    ),
    link("wechat-group", &["weixin.qq.com/g/{payee}"]),
    link(
        "wechat-channels",
        &["weixin.qq.com/sph/{reference}", "channels.weixin.qq.com"],
    ),
    link("wechat-mini-program", &["mp.weixin.qq.com/a/{reference:~}"]).check(page_token),
    link(
        "wechat-article",
        &[
            "mp.weixin.qq.com/s/{reference}",
            "mp.weixin.qq.com/s|mp?__biz={payee}&sn={reference}?",
            "mp.weixin.qq.com/mp/appmsgalbum?__biz={payee}&album_id={reference}?",
            "mp.weixin.qq.com/s|mp",
        ],
    ),
    link(
        "wechat-mini-program-scheme",
        &[
            "weixin://dl/business?t={reference}",
            "weixin://dl/business?appid={payee}&path={reference}?",
            "weixin://dl/business?ticket={reference}",
        ],
    ),
    link(
        "wechat-mini-program-urllink",
        &["wxaurl.cn|wxmpurl.cn|*.wxaurl.cn/{reference}"],
    ),
    link(
        "wechat-login",
        &[
            "login.weixin.qq.com/l|qrcode/{reference}",
            "open.weixin.qq.com/connect/confirm?uuid={reference}",
            "open.weixin.qq.com/connect/qrcode/{reference}",
            "open.weixin.qq.com/connect/qrconnect?appid={payee}?&redirect_uri={target}?",
            "open.weixin.qq.com/connect/qrconnect|qrcode|confirm",
            "login.weixin.qq.com|login.wx.qq.com|login.wx2.qq.com|login.web.wechat.com",
            "szsupport.weixin.qq.com/*/qrcode",
            "szsupport.weixin.qq.com/*/*/*?qrcode|uuid={reference}",
            "long.open.weixin.qq.com/connect/l/qrconnect?uuid={reference}",
        ],
    )
    .flags(&["session-hijack"]),
    link(
        "wechat-oauth",
        &["open.weixin.qq.com/connect/oauth2/authorize?appid={payee}&redirect_uri={target}?"],
    ),
    link(
        "wecom-kf",
        &[
            "work.weixin.qq.com/kfid/{payee}",
            "work.weixin.qq.com/kf/{payee}",
        ],
    ),
    link(
        "wecom-group",
        &[
            "work.weixin.qq.com|wecom.qq.com/gm|g/{payee}",
            "work.weixin.qq.com/join/{payee}",
        ],
    ),
    link(
        "wecom-contact",
        &[
            "work.weixin.qq.com/u|c|ca|cf/{payee}",
            "wecom.qq.com/q|u|ca/{payee}",
            "work.weixin.qq.com/apph5/external_room/join/*?plugid|gid|id={payee}",
            "work.weixin.qq.com/apph5/external_room/join/{payee}",
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

/// An id of 22 to 24 characters of base64url, sometimes more.
fn contact_token(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(token) if token.len() < 20 => Err("truncated"),
        Some(token) if token.bytes().all(is_base64url) => Ok(()),
        _ => Err("malformed"),
    }
}

/// A letter, then 5 to 19 letters, digits, `-` and `_`; `gh_` and a hash for official accounts.
fn wechat_id(fields: &Fields) -> Result<(), &'static str> {
    let id = fields.payee.as_deref().unwrap_or_default();
    let fits = (6..=20).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.bytes().all(is_base64url);
    if fits { Ok(()) } else { Err("bad-account") }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The token stands between `~` and `~~`.
fn page_token(fields: &Fields) -> Result<(), &'static str> {
    match &fields.reference {
        Some(token) if token.ends_with("~~") => Ok(()),
        _ => Err("truncated"),
    }
}

fn names_an_order(fields: &Fields) -> Result<(), &'static str> {
    match (&fields.reference, &fields.payee) {
        (None, None) => Err("truncated"),
        _ => Ok(()),
    }
}

/// `#小程序://name/token`, which the app knows as a link in a chat although it is none. The name may
/// have slashes of its own.
pub(in super::super) fn short_link(input: &Input<'_>) -> Option<Payload> {
    let rest = input.text.strip_prefix("#小程序://")?;
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (name, token) = rest.rsplit_once('/').unwrap_or((rest, ""));
    let token = token.split_whitespace().next().unwrap_or_default();
    let mut payload = input.payload(SHORT_LINK);
    payload.fields.payee_name = some(name);
    payload.fields.reference = some(token);
    let whole = !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric());
    payload.flags.extend((!whole).then_some("truncated"));
    payload.valid = Some(whole);
    Some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_links_are_read() {
        for (text, name, token) in [
            (
                "#小程序://测试店/AbCdEf12345",
                Some("测试店"),
                Some("AbCdEf12345"),
            ),
            ("#小程序://甲/乙/AbC1", Some("甲/乙"), Some("AbC1")),
            ("#小程序://测试店/", Some("测试店"), None),
            ("#小程序://", None, None),
        ] {
            let payload = short_link(&Input::new(text)).expect(text);
            assert_eq!(payload.fields.payee_name.as_deref(), name, "{text}");
            assert_eq!(payload.fields.reference.as_deref(), token, "{text}");
            assert_eq!(payload.valid, Some(token.is_some()), "{text}");
        }
        assert!(short_link(&Input::new("#小程序 推荐")).is_none());
    }
}
