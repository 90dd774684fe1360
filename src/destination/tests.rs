use super::*;
use crate::payload;

fn to(text: &str) -> Destination {
    of(&payload::parse_str(text))
}

#[test]
fn keys_name_the_place() {
    for (text, kind, key) in [
        (
            "https://EXAMPLE.com:443/a?b=1#c",
            Kind::Web,
            "web:example.com/a?b=1",
        ),
        ("http://example.com./", Kind::Web, "web:example.com"),
        (
            "https://example.com/#/pay/7",
            Kind::Web,
            "web:example.com#/pay/7",
        ),
        (
            "https://example.com/a#!shop",
            Kind::Web,
            "web:example.com/a#!shop",
        ),
        (
            "https://example.com/a#id=7:~:text=b=c",
            Kind::Web,
            "web:example.com/a#id=7",
        ),
        (
            "https://example.com/a#:~:text=b=c",
            Kind::Web,
            "web:example.com/a",
        ),
        (
            "https://example.com:8443/",
            Kind::Web,
            "web:example.com:8443",
        ),
        ("https://u:p@example.com/", Kind::Web, "web:example.com"),
        (
            "HTTPS://QR.ALIPAY.COM/FKX0ABCDEFGHIJKLMNOP1",
            Kind::Account,
            "alipay-personal:fkx0abcdefghijklmnop1",
        ),
        (
            "https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv?s=2",
            Kind::Account,
            "wechat-contact:EAVY3ybGnYOWXwGHConsOv",
        ),
        ("upi://pay?pa=SHOP@YBL&am=5", Kind::Account, "upi:shop@ybl"),
        (
            "weixin://wxpay/bizpayurl?pr=NwY5Mz9",
            Kind::Account,
            "wechat-pay-native:NwY5Mz9",
        ),
        (
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1",
            Kind::Chain,
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        (
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            Kind::Chain,
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        ("tel:+1 212 555 0100", Kind::Account, "tel:+12125550100"),
        (
            "ExampleLive://room/7",
            Kind::App,
            "app:examplelive://room/7",
        ),
        (
            "taobao://item.taobao.com/item.htm?id=7",
            Kind::App,
            "app:taobao://item.taobao.com/item.htm?id=7",
        ),
        (
            "https://mp.weixin.qq.com/a/~token~~",
            Kind::App,
            "wechat-mini-program:~token~~",
        ),
        (
            "http://bank.example\u{ff0f}.evil.example",
            Kind::Web,
            "url-homograph:evil.example",
        ),
        ("geo:1,2", Kind::None, "text:geo:1,2"),
        ("Hi.", Kind::None, "text:Hi."),
        ("", Kind::None, "text:"),
    ] {
        let found = to(text);
        assert_eq!((found.kind, found.key.as_str()), (kind, key), "{text}");
    }
}

#[test]
fn the_innermost_link_decides() {
    let direct = to("https://qr.alipay.com/fkx0abcdefghijklmnop1");
    for wrapped in [
        "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Ffkx0abcdefghijklmnop1",
        "https://www.google.com/url?q=https%3A%2F%2Fqr.alipay.com%2FFKX0ABCDEFGHIJKLMNOP1&sa=D",
        "MEBKM:TITLE:x;URL:https\\://qr.alipay.com/fkx0abcdefghijklmnop1;;",
    ] {
        assert_eq!(to(wrapped), direct, "{wrapped}");
    }
}

/// What stands around an account must not lend it a name that somebody trusts.
#[test]
fn an_account_has_no_host_that_only_carries_it() {
    let code = "00020126180014br.gov.bcb.pix5204000053039865802BR5901X6304";
    let carried = to(&format!("https://example.live/q#{code}"));
    assert_eq!((carried.kind, carried.host.clone()), (Kind::Account, None));
    assert_eq!(carried, to(code));
    for (beside, key) in [
        (
            "MECARD:N:X;TEL:+15550100;URL:https\\://example.live/;;",
            None,
        ),
        (
            "smsto:+15550100:order here, see https://example.live/",
            Some("sms:+15550100"),
        ),
        (
            "mailto:thief@evil.example?body=https://example.live/",
            Some("email:thief@evil.example"),
        ),
        (
            "SPD*1.0*ACC:CZ6508000000192000145399*AM:990*CC:CZK*X-URL:https%3A//example.live/*",
            Some("iban:CZ6508000000192000145399"),
        ),
    ] {
        let found = to(beside);
        assert_eq!(
            (found.kind, &found.host),
            (Kind::Account, &None),
            "{beside}"
        );
        assert!(key.is_none_or(|key| key == found.key), "{}", found.key);
    }
    let onward = to("https://example.live/go?to=https%3A%2F%2Fwa.me%2F15550100");
    assert_eq!(onward.key, "whatsapp-contact:15550100");
}

#[test]
fn what_runs_or_reads_something_leads_there() {
    for text in [
        "javascript:fetch('//a.example')",
        "data:text/html,<b>Hi.</b>",
        "file:///etc/hosts",
        "https://example.live/go?url=javascript:alert(1)",
    ] {
        assert_eq!(to(text).kind, Kind::App, "{text}");
    }
    assert_eq!(to("note: see you at 8").kind, Kind::None);
}

#[test]
fn an_address_is_one_place_however_it_is_written() {
    let evm = "0x00000000219ab540356cbb839cbe05303d7705fa";
    let segwit = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
    let cash = "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
    for (one, other) in [
        (evm.to_owned(), format!("ethereum:{evm}?value=1")),
        (
            evm.to_owned(),
            format!("https://link.trustwallet.com/send?coin=60&address={evm}"),
        ),
        (
            segwit.to_owned(),
            format!("BITCOIN:{}", segwit.to_uppercase()),
        ),
        (
            cash.to_owned(),
            format!("BITCOINCASH:{}", cash.to_uppercase()),
        ),
    ] {
        assert_eq!(to(&one).key, to(&other).key, "{one}");
    }
    let account = "0:5844f4c2c56f12a5727efa011af727d8b1ccb5eeeff68c06841a7f8355d1b45b";
    let (bounces, stays) = (
        "EQBYRPTCxW8SpXJ--gEa9yfYscy17u_2jAaEGn-DVdG0W-E4",
        "UQBYRPTCxW8SpXJ--gEa9yfYscy17u_2jAaEGn-DVdG0W7z9",
    );
    for address in [account, bounces, stays] {
        let link = format!("ton://transfer/{address}?amount=1");
        assert_eq!(to(&link).key, format!("ton:{account}"), "{address}");
    }
    let base58 = "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    assert_eq!(to(base58).key, base58);
}

#[test]
fn an_account_is_one_place_in_a_code_and_in_writing() {
    let epc = "BCD\n002\n1\nSCT\n\nBags\nDE89370400440532013000\nEUR5";
    for (code, line) in [
        (epc, "IBAN DE89 3704 0044 0532 0130 00"),
        ("upi://pay?pa=ravi.k@OKICICI", "UPI ID: ravi.k@okicici"),
        ("gpay://upi/pay?pa=ravi.k@okicici", "UPI ID: ravi.k@okicici"),
        ("https://cash.app/$demoName1", "Cash App: $demoname1"),
        ("tel:+8613800138000", "联系电话 138 0013 8000"),
    ] {
        let written = of(&payload::parse_line(line));
        assert_eq!(to(code).key, written.key, "{line}");
    }
    assert_eq!(to(epc).key, "iban:DE89370400440532013000");
    assert_eq!(
        account_key("spayd", "DE89370400440532013000"),
        to(epc).key,
        "whatever scheme a registry names"
    );
}

#[test]
fn an_account_is_one_place_in_all_codes_that_name_it() {
    for (one, other) in [
        ("payto://upi/Shop@ybl?amount=INR:5", "upi://pay?pa=shop@ybl"),
        (
            "payto://bitcoin/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        (
            "https://app.swish.nu/1/p/sw?sw=1230000077",
            "C1230000077;77,50;Medlemsavgift;4",
        ),
        (
            "https://paypal.me/OurShop",
            "https://paypal.me/ourshop/5EUR",
        ),
        ("https://t.me/OUR_HELP", "tg://resolve?domain=our_help"),
        ("https://venmo.com/u/OurShop", "venmo://users/ourshop"),
    ] {
        assert_eq!(to(one).key, to(other).key, "{one}");
    }
    let token = "https://u.wechat.com/EAVY3ybGnYOWXwGHConsO";
    assert_ne!(to(&format!("{token}a")).key, to(&format!("{token}A")).key);
}

/// Anybody may be called what reads like the account of somebody else, and is not paid there.
#[test]
fn a_name_is_no_account_at_a_bank() {
    let iban = "DE89370400440532013000";
    for link in ["https://t.me/", "https://paypal.me/", "https://cash.me/"] {
        let key = to(&format!("{link}{iban}")).key;
        assert!(key.ends_with(&iban.to_lowercase()), "{key}");
        assert!(!key.starts_with("iban:"), "{key}");
    }
}

#[test]
fn what_is_masked_tells_nobody() {
    let card = |holder: &str| {
        let to_card = "alipays://platformapi/startapp?appId=09999988&actionType=toCard";
        to(&format!("{to_card}&cardNo=****&bankAccount={holder}")).key
    };
    assert_ne!(card("A"), card("B"));
}

/// What stands at the beginning of writing lends its name to nothing else in it.
#[test]
fn an_account_in_writing_has_no_host() {
    let writing = "https://example.live/ 加微信 abc12345";
    for found in [to(writing), of(&payload::parse_line(writing))] {
        assert_eq!(found.key, "wechat-contact-scheme:abc12345");
        assert_eq!((found.kind, found.host), (Kind::Account, None));
    }
}

#[test]
fn hosts_and_domains() {
    for (text, host, domain) in [
        (
            "https://a.b.example.co.uk/x",
            Some("a.b.example.co.uk"),
            Some("example.co.uk"),
        ),
        (
            "https://bücher.example/",
            Some("xn--bcher-kva.example"),
            Some("xn--bcher-kva.example"),
        ),
        ("https://127.0.0.1/", Some("127.0.0.1"), None),
        ("https://[::1]/", Some("[::1]"), None),
        ("https://co.uk/", Some("co.uk"), None),
        ("https://localhost/", Some("localhost"), None),
        ("weixin://wxpay/bizpayurl?pr=1", None, None),
    ] {
        let found = to(text);
        assert_eq!(found.host.as_deref(), host, "{text}");
        assert_eq!(found.registrable_domain.as_deref(), domain, "{text}");
    }
}

#[test]
fn long_keys_are_cut_and_stay_different() {
    let long = |end: &str| to(&format!("https://example.com/{}{end}", "é".repeat(500))).key;
    assert!(long("a").len() <= LONGEST_KEY && long("a").len() > LONGEST_KEY - 8);
    assert_ne!(long("a"), long("b"));
    assert_eq!(long("a"), long("a"));
    assert!(to(&"微".repeat(300)).key.len() <= LONGEST_KEY);
}
