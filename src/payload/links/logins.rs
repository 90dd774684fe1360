//! Codes to log in with. They come before the contacts and the shops of the same hosts: whoever scans
//! one lets somebody else into the scanner's account.

use super::{Fields, Link, link};

const HIJACK: &[&str] = &["session-hijack"];

pub(super) const LINKS: &[Link] = &[
    link("whatsapp-link-device", &["wa.me/settings/linked_devices"]).flags(HIJACK),
    link(
        "telegram-login",
        &[
            "tg://login?token={reference}",
            "tg:///login?token={reference}",
            "t.me|telegram.me|telegram.dog/login/{reference}",
            "oauth.telegram.org/auth?bot_id={payee}",
        ],
    )
    .flags(HIJACK),
    link(
        "discord-login",
        &[
            "discord.com|discordapp.com|ptb.discord.com|canary.discord.com/ra/{reference}",
            "discord://ra/{reference}",
        ],
    )
    .flags(HIJACK)
    .check(fingerprint),
    link(
        "signal-link-device",
        &[
            "sgnl://linkdevice?uuid={reference}&pub_key",
            "tsdevice://?uuid={reference}&pub_key",
        ],
    )
    .flags(HIJACK)
    .check(|_| Ok(())),
    link(
        "signal-link-device",
        &[
            "sgnl://linkdevice?uuid={reference}?",
            "tsdevice://?uuid={reference}?",
        ],
    )
    .flags(HIJACK)
    .check(|_| Err("truncated")),
    link(
        "qq-login",
        &[
            "txz.qq.com/p?k={reference}",
            "ssl.ptlogin2.qq.com|xui.ptlogin2.qq.com|ptlogin2.qq.com",
        ],
    )
    .flags(HIJACK),
    link(
        "taobao-login",
        &[
            "login.m.taobao.com|login.taobao.com/qrcodeCheck.htm?lgToken={reference}?",
            "login.taobao.com/member/*?lgToken={reference}",
            "qrlogin.taobao.com",
        ],
    )
    .flags(HIJACK),
    link(
        "jd-login",
        &["qr.m.jd.com/p?k={reference}", "qr.m.jd.com|plogin.m.jd.com"],
    )
    .flags(HIJACK),
    link(
        "bilibili-login",
        &[
            "account.bilibili.com|passport.bilibili.com?qrcode_key|oauthKey={reference}",
            "account.bilibili.com/h5/account-h5/auth/scan-web",
        ],
    )
    .flags(HIJACK),
    link(
        "scan-login-other",
        &[
            "s.team/q/1/{reference}",
            "tiktok.com|www.tiktok.com/login/qrcode?token={reference}?",
            "tiktok.com|www.tiktok.com/login/qrcode",
            "aweme|snssdk1128|snssdk1233://*?qrcode_login",
            "aweme|snssdk1128|snssdk1233://qrcode_login",
            "aweme|snssdk1128|snssdk1233://*/qrcode_login",
            "open.douyin.com/platform/oauth/connect",
            "accounts.google.com/o/oauth2/device",
            "accounts.google.com/device|qr",
            "accounts.google.com/signin/qr|device",
            "google.com|www.google.com/device",
            "youtube.com|www.youtube.com/activate",
            "yt.be/activate",
            "microsoft.com|www.microsoft.com/link|devicelogin",
            "login.microsoftonline.com/common/oauth2/deviceauth",
            "aka.ms/devicelogin|xboxsignin",
            "github.com/login/device",
            "www.twitch.tv|twitch.tv/activate",
            "www.roblox.com/crossdevicelogin",
            "www.epicgames.com/activate|id/activate",
            "www.netflix.com|netflix.com/tv2|tv8",
            "appleid.apple.com/auth/qr",
            "passport.weibo.com|passport.weibo.cn/signin/qrcode",
            "passport.weibo.com|passport.weibo.cn/*/qrcode",
            "qr.weibo.cn/inf/gen",
            "qr.alipay.com/auth",
            "qr.alipay.com/*/auth",
            "auth.alipay.com/login/qrcode",
            "login.dingtalk.com/oauth2/qrcode",
            "login.dingtalk.com/*?qrcode",
            "oapi.dingtalk.com/connect/qrcommit?code|qrcode={reference}",
            "accounts.feishu.cn|accounts.larksuite.com/accounts/qrlogin",
            "accounts.feishu.cn|accounts.larksuite.com/suite/passport/qrlogin",
            "wappass.baidu.com/wp?qrlogin",
            "zhihu.com|www.zhihu.com/account/scan/login/{reference}",
            "music.163.com/login?codekey={reference}",
            "account.xiaomi.com/longPolling/login|loginUrl",
            "passport.aliyundrive.com|passport.alipan.com/qrcodeCheck.htm?lgToken={reference}?",
            "line.me/R/au/q/{reference}",
            "line://au/q/{reference}",
            "app.singpass.gov.sg/qrlogin",
            "app.bankid.com?autostarttoken={reference}",
            "bankid://?autostarttoken={reference}",
            "digid-app-auth://*",
            "w.zalo.me|id.zalo.me/qr|qrlogin|login",
        ],
    )
    .flags(HIJACK),
];

/// The hash of a public key: 32 bytes in base64url (Discord's remote authentication, as observed).
fn fingerprint(fields: &Fields) -> Result<(), &'static str> {
    let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    match &fields.reference {
        Some(hash) if hash.len() == 43 && hash.bytes().all(base64url) => Ok(()),
        Some(hash) if hash.len() < 43 => Err("truncated"),
        _ => Err("malformed"),
    }
}
