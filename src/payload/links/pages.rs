//! Pages that lead on: shorteners, link lists, deferred deep links, app stores. What a shortener hides
//! can only be seen by asking it.

use super::{Link, link};

const RESOLVE: &[&str] = &["needs-resolve"];

pub(super) const LINKS: &[Link] = &[
    link(
        "app-store",
        &[
            "apps.apple.com/*/app/*/{reference}",
            "play.google.com/store/apps/details?id={reference}",
            "apps.apple.com|itunes.apple.com|testflight.apple.com|market.android.com",
            "appgallery.huawei.com|galaxy.store|apps.microsoft.com|app.mi.com|a.app.qq.com",
            "sj.qq.com|android.myapp.com",
            "play.google.com/store",
            "market://details?id={reference}",
            "itms-apps|itms-appss|itms|market://{reference}",
        ],
    ),
    // An enterprise manifest installs an app that no store has looked at.
    link(
        "app-store",
        &["itms-services://?action=download-manifest&url={target}"],
    )
    .flags(&["sideload"]),
    link(
        "app-distribution",
        &["pgyer.com|www.pgyer.com|*.fir.im|i.diawi.com|install.appcenter.ms/{reference}"],
    )
    .flags(&["sideload"]),
    link(
        "deferred-deeplink",
        &[
            "*.onelink.me?af_web_dp={target}",
            "*.onelink.me?af_dp={target}",
            "*.page.link?link={target}",
            "*.app.link?$fallback_url={target}",
            "*.onelink.me|*.app.link|*.page.link|*.adj.st|app.adjust.com|*.sng.link|*.smart.link",
            "*.lkme.cc",
        ],
    )
    .flags(RESOLVE),
    link(
        "linkinbio",
        &[
            "linktr.ee|beacons.ai|bio.site|bio.link|lnk.bio|allmylinks.com|campsite.bio/{payee}",
            "solo.to|lit.link|heylink.me|taplink.cc|litt.ly|link.inpock.co.kr/{payee}",
            "*.carrd.co",
        ],
    ),
    link(
        "qr-service",
        &[
            "qrco.de|q-r.to|qr1.be|qr.link|me-qr.com|scan.page|flowcode.com|qr.io|qrfy.com",
            "l.ead.me|qrs.ly|hov.to|uqr.to|qr.codes|h5.clewm.net|clewm.net|qr61.cn|qr71.cn",
            "c.cli.im|cli.im",
        ],
    )
    .flags(RESOLVE),
    link(
        "shortener",
        &[
            "bit.ly|tinyurl.com|t.co|t.cn|goo.gl|is.gd|v.gd|ow.ly|buff.ly|cutt.ly|rb.gy",
            "rebrand.ly|shorturl.at|t.ly|tiny.cc|tiny.one|s.id|dwz.cn|url.cn|suo.im|soo.gd|bl.ink",
            "snip.ly|lnkd.in|dlvr.it|qr.ae|u.to|clck.ru|bom.so|reurl.cc|lihi.cc|han.gl|me2.do",
            "vo.la|url.kr",
        ],
    )
    .flags(RESOLVE),
    link(
        "weibo",
        &[
            "weibo.com|m.weibo.cn|weibo.cn/u/{payee}",
            "weibo.com|m.weibo.cn|weibo.cn",
            "sinaweibo://{reference}",
        ],
    ),
    link(
        "pan-baidu",
        &[
            "pan.baidu.com|pan.quark.cn|www.aliyundrive.com|www.alipan.com|115.com/s/{reference}",
            "cloud.189.cn/s/{reference}",
        ],
    ),
];
