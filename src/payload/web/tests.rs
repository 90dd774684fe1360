use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn links_and_their_signs() {
    for (text, scheme, flags, target) in [
        ("https://example.com/about", "web-link", &[][..], None),
        ("https://example.com/a@b", "web-link", &[], None),
        (
            "http://bank.example@evil.example/x",
            "url-userinfo",
            &["userinfo"],
            Some("evil.example"),
        ),
        (
            "https://shop.example:443@evil.example",
            "url-userinfo",
            &["userinfo"],
            Some("evil.example"),
        ),
        (
            "https://shop.example%40evil.example/x",
            "url-userinfo",
            &["userinfo"],
            Some("evil.example"),
        ),
        (
            "https://evil.example\\@shop.example/",
            "url-userinfo",
            &["userinfo"],
            Some("evil.example"),
        ),
        (
            "https://a.example/?url=https://b.example/",
            "open-redirect",
            &["open-redirect"],
            Some("https://b.example/"),
        ),
        (
            "https://a.example/?next=https://a.example/b&q=https://b.example",
            "web-link",
            &[],
            Some("https://a.example/b"),
        ),
        (
            "http://0x7f.1/",
            "url-ip-host",
            &["ip-host"],
            Some("127.0.0.1"),
        ),
        (
            "http://[::ffff:192.168.1.1]/",
            "url-ip-host",
            &["ip-host"],
            Some("[::ffff:c0a8:101]"),
        ),
        (
            "https://a.example:8443/x",
            "url-ip-host",
            &["odd-port"],
            None,
        ),
        ("https://bücher.example/", "web-link", &["punycode"], None),
        (
            "https://xn--80ak6aa92e.com/",
            "url-homograph",
            &["punycode", "homograph"],
            None,
        ),
        (
            "https://яndex.example/",
            "url-homograph",
            &["punycode", "mixed-script"],
            None,
        ),
        (
            "https://alipay.com.evil.top/fkx1",
            "url-lookalike",
            &["subdomain-spoof", "lookalike-domain"],
            None,
        ),
        (
            "https://paypa1.com/",
            "url-lookalike",
            &["lookalike-domain"],
            None,
        ),
        (
            "https://a.example/App.APK?x",
            "apk-direct",
            &["sideload"],
            None,
        ),
        (
            "http://192.0.2.1:8080/get?filename=App.apk",
            "apk-direct",
            &["sideload", "ip-host", "odd-port"],
            Some("192.0.2.1"),
        ),
        (
            "https://a.example/bill.pdf.exe",
            "url-double-extension",
            &["double-extension", "sideload"],
            None,
        ),
        (
            "https://a.example/bill.pdf.html",
            "url-double-extension",
            &["double-extension"],
            None,
        ),
        ("https://a.example/apk", "web-link", &[], None),
        (
            "JavaScript:alert(1)",
            "url-dangerous-scheme",
            &["dangerous-scheme"],
            None,
        ),
        (
            " java\nscript:alert(1)",
            "url-dangerous-scheme",
            &["dangerous-scheme", "control-character"],
            None,
        ),
        (
            "java\u{200b}script:alert(1)",
            "url-dangerous-scheme",
            &["dangerous-scheme", "bidi-control"],
            None,
        ),
        (
            "ms-appinstaller:?source=https://a.example/x.msix",
            "url-dangerous-scheme",
            &["dangerous-scheme", "sideload"],
            Some("https://a.example/x.msix"),
        ),
        (
            "https://bank.example∕.evil.example/x",
            "url-homograph",
            &["confusable-slash", "punycode"],
            Some("evil.example"),
        ),
        (
            "https://bank.example\u{ff0f}.evil.example/x",
            "url-homograph",
            &["confusable-slash"],
            Some("evil.example"),
        ),
        (
            "\u{202e}https://a.example/moc.b//:sptth",
            "url-bidi-control",
            &["bidi-control"],
            Some("https://a.example/moc.b//:sptth"),
        ),
        (
            "https://a.example/%E2%80%AEfdp.exe",
            "apk-direct",
            &["sideload", "bidi-control"],
            None,
        ),
        (
            "https://exa\tmple.com/",
            "url-bidi-control",
            &["control-character"],
            Some("https://example.com/"),
        ),
        (
            "https://a.example\0/",
            "url-bidi-control",
            &["control-character"],
            Some("https://a.example/"),
        ),
        (
            "ｈｔｔｐｓ：／／ａ.example/",
            "url-bidi-control",
            &["full-width"],
            Some("https://a.example/"),
        ),
        ("https://exa mple.com/", "web-link", &[], None),
    ] {
        let payload = parse(&Input::new(text)).expect(text);
        assert_eq!(payload.scheme, scheme, "{text}");
        assert_eq!(payload.flags, flags, "{text}");
        assert_eq!(payload.fields.target.as_deref(), target, "{text}");
    }
}

#[test]
fn what_browsers_cannot_open_is_invalid() {
    for (text, valid) in [
        ("https://exa mple.com/", false),
        ("https://a.example%40b.example/", false),
        ("\u{202e}https://a.example/", false),
        ("https://a.example/", true),
    ] {
        assert_eq!(
            parse(&Input::new(text)).unwrap().valid,
            Some(valid),
            "{text}"
        );
    }
    for text in [
        "some words",
        "app://x",
        "\u{202e}words",
        "about: us",
        "",
        "欢迎：你好",
    ] {
        assert!(parse(&Input::new(text)).is_none(), "{text}");
    }
}

/// A known scheme is no excuse for a host that is a trick.
#[test]
fn known_links_have_the_signs_too() {
    for (text, scheme, flags) in [
        (
            "https://x@wa.me/15550100",
            "whatsapp-contact",
            &["userinfo"][..],
        ),
        (
            "http://wa.me:8443/15550100",
            "whatsapp-contact",
            &["odd-port"],
        ),
        (
            "https://w\u{200b}a.me/15550100",
            "whatsapp-contact",
            &["bidi-control"],
        ),
        (
            "https://ｗａ.me/15550100",
            "whatsapp-contact",
            &["full-width"],
        ),
        ("https://wa.me/15550100", "whatsapp-contact", &[]),
        (
            "https://paypal-login.carrd.co/",
            "linkinbio",
            &["lookalike-domain"],
        ),
    ] {
        let payload = super::super::parse_str(text);
        assert_eq!(
            (payload.scheme, payload.flags.as_slice()),
            (scheme, flags),
            "{text}"
        );
    }
}

#[test]
fn what_was_hidden_is_read() {
    let contact = super::super::parse_str("\u{202e}https://wa.me/15550100");
    assert_eq!(contact.scheme, "url-bidi-control");
    assert_eq!(contact.category, super::super::Category::Contact);
    let intent = "intent://send?phone=15550100#Intent;scheme=whatsapp;package=com.whatsapp;end";
    let intent = super::super::parse_str(intent);
    assert_eq!(intent.scheme, "url-dangerous-scheme");
    assert_eq!(intent.category, super::super::Category::Contact);
    let script = super::super::parse_str("https://a.example/?go=javascript:alert(1)");
    assert_eq!(script.flags, ["open-redirect", "dangerous-scheme"]);
}

#[test]
fn whatever_the_link() {
    for text in [
        "https://",
        "https://@",
        "https://%40",
        "https://\\",
        "https://\u{2215}",
        "https://a\u{2215}",
        "http:",
        "intent:#Intent;",
        "ms-word:|u|",
        "https://xn--/",
        "\u{feff}\u{feff}",
    ] {
        let _ = parse(&Input::new(text));
    }
    let _ = parse(&Input::new(&format!(
        "https://{}.com/",
        "xn--80ak6aa92e.".repeat(400)
    )));
    let _ = parse(&Input::new(&format!(
        "https://a.example/?{}",
        "u=%25&".repeat(1_000)
    )));
}
