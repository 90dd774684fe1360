//! Contacts and groups of messengers.

use super::super::checks;
use super::{Fields, Link, link};

macro_rules! telegram {
    ($path:literal) => {
        concat!("t.me|telegram.me|telegram.dog|www.telegram.me", $path)
    };
}

macro_rules! whatsapp {
    ($path:literal) => {
        concat!(
            "api.whatsapp.com|web.whatsapp.com|www.whatsapp.com|whatsapp.com",
            $path
        )
    };
}

macro_rules! line {
    ($path:literal) => {
        concat!("line.me|line.naver.jp", $path)
    };
}

pub(super) const LINKS: &[Link] = &[
    link(
        "whatsapp-group",
        &[
            "chat.whatsapp.com/invite/{payee}",
            "chat.whatsapp.com/{payee}",
            "whatsapp://chat?code={payee}",
        ],
    )
    .check(invitation),
    link(
        "whatsapp-group",
        &[
            whatsapp!("/channel/{payee}"),
            "call.whatsapp.com/voice|video/{reference}",
            "wa.me/channel/{payee}",
        ],
    ),
    link(
        "whatsapp-contact",
        &[
            "wa.me|www.wa.me/message|qr|u/{reference}",
            "wa.me|www.wa.me/p/{reference}/{payee}",
            whatsapp!("/message|qr/{reference}"),
            "wa.link/{reference}",
            "whatsapp://qr|message/{reference}",
        ],
    ),
    link(
        "whatsapp-contact",
        &[
            "wa.me|www.wa.me/send?phone=+{payee}",
            "wa.me|www.wa.me/send?phone={payee}",
            "wa.me|www.wa.me/c|business/+{payee}",
            "wa.me|www.wa.me/c|business/{payee}",
            "wa.me|www.wa.me/+{payee}",
            "wa.me|www.wa.me/{payee}",
            whatsapp!("/send?phone=+{payee}"),
            whatsapp!("/send?phone={payee}"),
            whatsapp!("/catalog/{payee}"),
            "whatsapp://send?phone=+{payee}",
            "whatsapp://send?phone={payee}",
        ],
    )
    .check(phone),
    link(
        "telegram-invoice",
        &[
            telegram!("/${reference}"),
            telegram!("/invoice|giftcode/{reference}"),
            "tg://invoice|giftcode?slug={reference}",
            "tg:///invoice?slug={reference}",
            "tg://resolve?domain=wallet|CryptoBot|CryptoTestnetBot|send|xrocket|tonRocketBot&\
                start|startapp={reference}",
            telegram!(
                "/wallet|CryptoBot|CryptoTestnetBot|send|xrocket|tonRocketBot?start|\
                startapp={reference}"
            ),
            telegram!("/wallet|send|CryptoBot/*?startapp={reference}"),
        ],
    ),
    link(
        "telegram",
        &[telegram!("/+{phone}"), "tg://resolve?phone={phone}"],
    ),
    link(
        "telegram-group",
        &[
            telegram!("/+{payee}"),
            telegram!("/joinchat|addlist/{payee}"),
            telegram!("/boost/{payee}"),
            telegram!("/boost?c={payee}"),
            telegram!("/call/{reference}"),
            "tg://join?invite={payee}",
            "tg:///join?invite={payee}",
            "tg://addlist?slug={payee}",
            "tg://boost?domain|channel={payee}",
        ],
    ),
    link(
        "telegram-proxy-share",
        &[
            telegram!("/proxy|socks?server={payee}"),
            telegram!(
                "/proxy|socks|share|msg|addstickers|addemoji|addtheme|setlanguage|bg|\
                confirmphone|nft|iv"
            ),
            "tg://proxy|socks?server={payee}",
            "tg:///proxy|socks?server={payee}",
            "tg://proxy|socks|share|msg|msg_url|addstickers|addemoji|addtheme|setlanguage|bg|\
                settings|nft",
        ],
    ),
    link(
        "telegram",
        &[
            telegram!("/c|m|contact/{reference}"),
            "tg://contact?token={reference}",
            "tg://message?slug={reference}",
            "tg://privatepost?channel={payee}",
            "tg://resolve?phone=+{payee}",
            "tg://resolve?phone={payee}",
            "tg:///resolve?phone={payee}",
            "tg://user|openmessage?id|user_id={payee}",
            "tg:///user?id={payee}",
            "web.telegram.org/*/#@{payee}",
        ],
    ),
    link(
        "telegram",
        &[
            telegram!("/s|k|a/{payee}"),
            telegram!("/{payee}"),
            "tg://resolve?domain={payee}",
            "tg:///resolve?domain={payee}",
        ],
    )
    .check(username),
    link("web-link", &["t.me"]).check(|_| Ok(())),
    link("telegram", &["{payee}.t.me"]).check(username),
    link(
        "line-group",
        &[
            line!("/R/ti/g|g2/{payee}"),
            line!("/ti/g|g2/{payee}"),
            "line://ti/g|g2/{payee}",
            "line://square/join?ticket={payee}",
        ],
    ),
    link(
        "line-contact",
        &[
            line!("/R/ti/p/~{payee}"),
            line!("/ti/p/~{payee}"),
            line!("/R/ti/p/{payee}"),
            line!("/ti/p/{payee}"),
            line!("/R/oaMessage/{payee}"),
            line!("/R/home/public/main?id={payee}"),
            line!("/R/home/public/profile?id={payee}"),
            line!("/R/app/{reference}"),
            "line://ti/p/~{payee}",
            "line://ti/p/{payee}",
            "line://oaMessage/{payee}",
            "line://app/{reference}",
            "page.line.me?accountId={payee}",
            "page.line.me/{payee}",
            "qr-official.line.me/gs/M_{payee}_GW.png",
            "qr-official.line.me/gs|sid/{reference}",
            "liff.line.me|lin.ee|miniapp.line.me/{reference}",
            "timeline.line.me|linevoom.line.me/user/{payee}",
        ],
    ),
    link(
        "kakao-openchat",
        &[
            "open.kakao.com/o|me/{payee}",
            "pf.kakao.com/{payee}",
            "qr.kakao.com/talk/{payee}",
            "plus.kakao.com/home/{payee}",
            "plus.kakao.com/talk/home/{payee}",
            "kakaoopen://join?l={payee}",
            "kakaoopen://*",
            "kakaoplus://plusfriend/home|chat|friend/{payee}",
            "kakaolink|kakaotalk://friend|open|plusfriend",
        ],
    ),
    link(
        "zalo",
        &[
            "zalo.me/g|qr/{payee}",
            "zalo.me/qr/p/{payee}",
            "zalo.me/s|app/{reference}",
            "zaloapp.com/qr/p/{payee}",
            "zaloapp.com/qr|g/{payee}",
            "chat.zalo.me?phone|u={payee}",
            "chat.zalo.me|oa.zalo.me",
            "zalo://conversation|qr?phone|id={payee}",
            "zalo://*",
        ],
    ),
    link("zalo", &["zalo.me|www.zalo.me/{payee}"]),
    link(
        "viber",
        &[
            "viber://chat|add|contact|keypad?number={payee}",
            "viber://pa?chatURI={payee}",
            "viber://pa/info?uri={payee}",
            "viber://forward|public|chat|pa",
            "invite.viber.com?g2|g={payee}",
            "chats.viber.com/{payee}",
            "vb.me/{reference}",
        ],
    ),
    link(
        "discord-invite",
        &[
            "discord.gg|www.discord.gg|dsc.gg|discord.io|discord.me|invite.gg/{reference}",
            "discord.com|discordapp.com|www.discord.com|ptb.discord.com|canary.discord.com/\
                invite/{reference}",
            "discord://-|discord.com/invite/{reference}",
            "discord.com|discordapp.com|ptb.discord.com|canary.discord.com/channels/{payee}/\
                {reference}",
            "discord.com|discordapp.com|ptb.discord.com|canary.discord.com/users/{payee}",
            "discord.com|discordapp.com/oauth2/authorize?client_id={payee}",
            "discord.gift/{reference}",
        ],
    ),
    link(
        "signal",
        &[
            "signal.me/#p/{payee}",
            "signal.me/#eu/{payee}",
            "signal.me|signal.group/#{payee}",
            "sgnl://signal.me/#p/{payee}",
            "sgnl://signal.me/#eu/{payee}",
            "sgnl://signal.group/#{payee}",
            "signal.link/call/#key={reference}",
            "signal.art/addstickers",
            "sgnl://signal.me|signal.group",
        ],
    ),
];

/// The code of an invitation has 22 letters and digits; older ones vary by a little.
fn invitation(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(code) if code.len() < 20 => Err("truncated"),
        Some(code) if code.len() <= 24 && code.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(()),
        _ => Err("malformed"),
    }
}

/// A number with its country code has 7 to 15 digits (ITU-T E.164 section 6).
fn phone(fields: &Fields) -> Result<(), &'static str> {
    let separator = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.');
    let number: String = fields
        .payee
        .iter()
        .flat_map(|p| p.chars())
        .filter(|c| !separator(*c))
        .collect();
    let fits = checks::is_digits(&number) && (7..=15).contains(&number.len());
    if fits { Ok(()) } else { Err("bad-account") }
}

/// Names have 4 to 32 letters, digits and underscores.
fn username(fields: &Fields) -> Result<(), &'static str> {
    let fits = |name: &str| {
        (4..=32).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match fields.payee.as_deref() {
        Some(name) if fits(name) => Ok(()),
        _ => Err("bad-account"),
    }
}
