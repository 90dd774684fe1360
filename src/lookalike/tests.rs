use super::*;

/// Real-looking domains, many of them near to a known name, that must raise nothing.
const INNOCENT: &str = "
example.com example.live shop.example.co.uk localhost 127.0.0.1 somewhere.example
paypal.com www.paypal.com paypal.me paypal.de paypal.co.uk paypalobjects.com paypal-community.com
amazon.com amazon.de amazon.co.jp amazon.com.br smile.amazon.co.uk s3.amazonaws.com amazon-adsystem.com
google.com google.co.uk www.google.com.hk google.de maps.google.fr google-analytics.com googleapis.com
shopee.co.id shopee.com.br shopee.vn shopee.sg shopee.tw lazada.com.my lazada.co.th lazada.vn
alipay.com qr.alipay.com render.alipay.com global.alipayplus.com alipay.com.hk alipayobjects.com alipay-eco.com
wechat.com u.wechat.com weixin.qq.com mp.weixin.qq.com wechatpay.cn pay.wechatpay.cn payapp.wechatpay.cn
tenpay.com wx.tenpay.com work.weixin.qq.com qq.com i.qianbao.qq.com qm.qq.com jd.com item.jd.com jd.hk jd.id
taobao.com item.taobao.com m.tb.cn tmall.com detail.tmall.com tmall.hk world.taobao.com 1688.com detail.1688.com
douyin.com v.douyin.com haohuo.jinritemai.com kuaishou.com bilibili.com b23.tv xiaohongshu.com xhslink.com
ebay.com ebay.co.uk ebay.de ebay.com.au etsy.com walmart.ca temu.com shein.co.uk aliexpress.ru alibaba.com
whatsapp.com wa.me chat.whatsapp.com api.whatsapp.com t.me telegram.org telegram.me signal.me signal.org
line.me lin.ee page.line.me liff.line.me zalo.me viber.com discord.gg discord.com skype.com m.me facebook.com
instagram.com tiktok.com vt.tiktok.com twitch.tv x.com twitter.com youtube.com youtu.be linkedin.com
binance.com app.binance.us coinbase.com pay.coinbase.com okx.com kraken.com crypto.com metamask.io
revolut.me revolut.com wise.com cash.app venmo.com stripe.com buy.stripe.com checkout.stripe.com square.site
squareup.com klarna.com klarna.de mollie.com tikkie.me bunq.me sumup.com pay.sumup.com vipps.no mobilepay.dk
paytm.com paytm.in razorpay.com rzp.io phonepe.com gcash.com truemoney.com promptpay.io momo.vn zalopay.vn
grab.com grabpay.com gopay.co.id tokopedia.com dana.id kakaopay.com qr.kakaopay.com toss.im naver.com
paypay.ne.jp rakuten.co.jp rakuten.ne.jp mercari.com mercadopago.com.ar mercadopago.com.mx picpay.me nubank.com.br
hsbc.com.hk hsbc.co.uk barclays.co.uk santander.com.br bankofamerica.com chase.com citi.com icbc.com.cn cmbchina.com
visage.com linen.com telegraph.com telegraph.co.uk stripes.com wiser.com squared.com apple-pie.com pineapple.com
applebees.com signals.com signalfire.com zoomer.com steamboat.com discords.com lines.com airline.com online.com
on-line-shop.ru red-line-security.com power-line.com baseline.com grabbe.com mayan.com momos.com kicks.com
webchat.com chat.com finance.com balance.com small.com switch.com twister.com never.com fiber.com revolt.com
venom.com payday.com shoppe.com citybank.com copay.com goggle.com facet.com bookface.com patron.com papal.com
allpay.net monogram.com skill.com tickle.com trevor.com tremor.com shopper.com shopping.com shopify.com shoplift.com
wechat.example.com weixin.example.cn alipay.example.com pay.example.com paypal.github.io facebook.github.io
alibaba.zoom.us paypal.okta.com coinbase.zendesk.com www-paypal-com.translate.goog binance.slack.com
amazonas.com.br amazon-river-tours.com whatsapp-bot-guide.com tiktok-analytics.io youtube-converter.net
shopify-themes.com google-doodles-fan.org facebook-alternativen.de instagram-tips.nl mastercare.com masterchef.com
capitaland.com capitalize.com mobileapp.com weixing.com.cn doujin.com klara.se shoper.pl goole.co.uk payway.com.au
bücher.de müller.ch señal.es signál.cz žabka.pl москва.рф россия.рф 中国移动.com 支付.中国 日本語.jp 네이버.한국
cafe24.com stadtsparkasse-example.de blog.example.org medium.com bit.ly t.cn dwz.cn github.com gitlab.com
";

/// Domains that pass for others, by the sign that they must raise.
const LOOKALIKES: &str = "
paypa1.com paypai.com paypaI.com payapl.com paypal1.com paypall.com payppal.com pay-pal.com paypal.net paypal.com.co
paypal-secure.com secure-paypal.com paypal-login.web.app paypallogin.com mypaypal.com paypal.top login-paypal.xyz
paypal-verification.info paypa1-secure.com www-paypal.com wwwpaypal.com paypalcom.top paypal-support.myshopify.com
alipay.top alipay-cn.top a1ipay.com alipey.com allipay.com alipays.com alipay888.com ali-pay.com alipay-kefu.cn
wechat-pay.xyz wechat-login.com vvechat.com wechatt.com wechaat.com we-chat.com wechatpay-cn.com wechat.top
weixin-pay.top weixinpay.com taobao168.com taoba0.com taobaoo.com tmall-shop.top pinduodou.com pinduoduo-vip.cn
arnazon.com amaz0n.com amazom.com amazn.com amazon-verify.com amazon.top g00gle.com gooogle.com googel.com
faceb00k.com facebok.com facebook-login.com instagrarn.com lnstagram.com whatsap.com whatsaap.com whatsapp-web.top
whats-app.com te1egram.org telegram-login.top telegram.top app1e.com apple-id.com apple-support.com app1e.id
dlscord.gg d1scord.com discord-login.xyz stearncommunity.com steamcommunlty.com steamcomnunity.com
binance-wallet.top blnance.com binnance.com binanse.com coinbase-support.com coinbse.com metamask-wallet.xyz
metamsak.io revo1ut.com revolut-verify.com shopee-vip.top shope3.com shopeee.com lazada-mall.top 1azada.com
rakuten-card.cc mercari-verify.com klarna-pay.top venmoo.com venmo-pay.com zelle-pay.com paytm-kyc.in gcash-claim.site
bankofarnerica.com bankofamerlca.com wellsfarg0.com wellsfargo-login.com hsbc-secure.com h5bc.com netfl1x.com
alipay.pay-cn.top paypal.secure-login.xyz alipay-login.example.com paypal-verify.example.net a1ipay.example.com
line-pay.top llne.me kakaopay-login.com tokopedla.com bca-tokopedia.vip okx-wallet.com
";

const SPOOFS: &str = "
qr.alipay.com.pay-cn.top alipay.com.evil.top www.paypal.com.secure.example paypal.com-id.top wa.me.evil.example
weixin.qq.com.example.top t.me.join.example.ru paypal.me.example.com amazon.co.jp.order.example line.me.xyz-pay.cc
login.microsoft.com.example.net apple.com.example.ru www.google.com.example.xyz wechat.com.cn.top
";

const HOMOGRAPHS: &str = "
раураӏ.com аррӏе.com pаypal.com gооgle.com аlipay.com wесhat.com telegrаm.org páypal.com ɡoogle.com binаnce.com
whatѕapp.com раураl-secure.top
";

fn of(host: &str) -> Option<Likeness> {
    let url = url::Url::parse(&format!("https://{host}/")).unwrap();
    brand(url.host_str().unwrap())
}

fn all_are(hosts: &str, expected: Option<Likeness>, at_least: usize) {
    let wrong: Vec<_> = hosts
        .split_whitespace()
        .map(|host| (host, of(host)))
        .filter(|(_, found)| *found != expected)
        .collect();
    assert!(wrong.is_empty(), "not {expected:?}: {wrong:?}");
    assert!(hosts.split_whitespace().count() >= at_least);
}

#[test]
fn innocent_domains_raise_nothing() {
    all_are(INNOCENT, None, 150);
}

#[test]
fn imitations_are_seen() {
    all_are(LOOKALIKES, Some(Likeness::Lookalike), 80);
}

#[test]
fn domains_in_front_of_others_are_seen() {
    all_are(SPOOFS, Some(Likeness::SubdomainSpoof), 10);
}

#[test]
fn foreign_letters_are_seen() {
    all_are(HOMOGRAPHS, Some(Likeness::Homograph), 10);
}

/// A brand must not be taken for another one of the list.
#[test]
fn no_known_domain_resembles_another() {
    for known in brands::KNOWN {
        for suffix in known.suffixes.split(' ').filter(|s| *s != "*") {
            let host = format!("{}.{suffix}", known.name);
            assert_eq!(brand(&host), None, "{host}");
            assert_eq!(brand(&format!("pay.{host}")), None, "{host}");
        }
    }
}

#[test]
fn names_stand_once() {
    for (i, known) in brands::KNOWN.iter().enumerate() {
        let again = brands::KNOWN
            .iter()
            .skip(i + 1)
            .find(|k| k.name == known.name);
        assert!(again.is_none(), "{}", known.name);
        let folded = known.folded.as_bytes();
        assert!(!folded.is_empty() && folded.is_ascii(), "{}", known.name);
    }
}

#[test]
fn a_registrys_own_domains_are_held_against_too() {
    let known: Vec<_> = ["starlive.tv", "ex.ink", "starlive-shop.co.uk"]
        .into_iter()
        .filter_map(Known::of)
        .collect();
    let found = |host| resembles(host, &known).map(|(likeness, k)| (likeness, k.name()));
    for host in [
        "starlive.tv",
        "www.starlive.tv",
        "ex.ink",
        "axe.ink",
        "m.starlive-shop.co.uk",
    ] {
        assert_eq!(found(host), None, "{host}");
    }
    let looks = Some((Likeness::Lookalike, "starlive"));
    for host in [
        "star1ive.tv",
        "starlive.top",
        "startlive.tv",
        "starlive-pay.com",
        "starlivelogin.com",
    ] {
        assert_eq!(found(host), looks, "{host}");
    }
    assert_eq!(
        found("starlive.tv.evil.top"),
        Some((Likeness::SubdomainSpoof, "starlive"))
    );
    assert_eq!(
        found("ex.ink.evil.top"),
        Some((Likeness::SubdomainSpoof, "ex"))
    );
    assert!(
        Known::of("co.uk").is_none() && Known::of("").is_none() && Known::of("1.2.3.4").is_none()
    );
}

#[test]
fn whatever_the_host() {
    for host in [
        "",
        ".",
        "..",
        "-",
        "a..b",
        "xn--",
        "xn--a.com",
        "--.--",
        "a-.-b.com",
        "1",
        "[::1]",
        "é",
    ] {
        assert_eq!(brand(host), None, "{host}");
    }
    for host in [
        "alipay-".repeat(500),
        "pay.".repeat(500),
        "xn--a-".repeat(50),
    ] {
        let _ = brand(&format!("{host}.com"));
    }
    assert_eq!(
        brand(&format!("{}paypal-login.com", "a.".repeat(150))),
        None,
        "longer than any"
    );
}

#[test]
fn whole_labels_of_another_script() {
    assert_eq!(whole_likeness("сосо").as_deref(), Some("coco"));
    for label in ["coco", "сос1", "москва", "支付宝", "со", "сосoо"] {
        let found = whole_likeness(label);
        assert!(found.is_none() || label == "сос1", "{label}: {found:?}");
    }
}
