//! The facts of a payload, the default, and whole verdicts.

use super::*;

type Expected = (
    &'static str,
    Class,
    Severity,
    Action,
    &'static [&'static str],
);

const VERDICTS: &[Expected] = &[
    (
        "https://example.live/room/1",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-domain"],
    ),
    (
        "https://m.shop.example/",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-domain"],
    ),
    (
        "https://evil-example.live/",
        OffPlatform,
        Severity::Medium,
        Action::Record,
        &["category-other", "default"],
    ),
    (
        "https://example.live.evil.top/",
        OffPlatform,
        Severity::Medium,
        Action::Record,
        &["category-other", "default"],
    ),
    (
        "https://example.live@evil.top/",
        OffPlatform,
        Severity::Medium,
        Action::Review,
        &["category-redirect", "default"],
    ),
    (
        "ExampleLive://room/1",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-app"],
    ),
    (
        "examplelives://room/1",
        OffPlatform,
        Severity::Medium,
        Action::Record,
        &["category-other", "default"],
    ),
    (
        "https://exl.ink/abc",
        Unknown,
        Severity::Medium,
        Action::Review,
        &["unresolved-redirect"],
    ),
    (
        "weixin://wxpay/bizpayurl?mch_id=1900000109&product_id=1",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-payee"],
    ),
    (
        "upi://pay?pa=shop@ybl",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-payee"],
    ),
    (
        "upi://pay?pa=other@ybl",
        OffPlatform,
        Severity::Medium,
        Action::Review,
        &["category-payment", "default"],
    ),
    (
        "https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv",
        OffPlatform,
        Severity::High,
        Action::Warn,
        &["category-contact", "rule:contact-code"],
    ),
    (
        "https://www.partner.example/x",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["category-other", "rule:partner"],
    ),
    (
        "tg://login?token=AQID",
        OffPlatform,
        Severity::Critical,
        Action::Cut,
        &["category-login", "rule:hijack"],
    ),
    // A redirect on the platform's own name leads where it leads.
    (
        "https://www.google.com/url?q=https%3A%2F%2Fexample.live%2F",
        OnPlatform,
        Severity::Info,
        Action::Record,
        &["registry-domain"],
    ),
    (
        "WIFI:T:WPA;S:x;P:y;;",
        Unknown,
        Severity::Info,
        Action::Record,
        &["no-destination"],
    ),
    (
        "Welcome to the show",
        Unknown,
        Severity::Info,
        Action::Record,
        &["no-destination"],
    ),
    (
        "Congratulations!!!",
        Unknown,
        Severity::Info,
        Action::Record,
        &["no-destination"],
    ),
    (
        "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=",
        Unknown,
        Severity::Info,
        Action::Record,
        &["opaque-text"],
    ),
];

#[test]
fn the_facts_the_rules_and_the_default() {
    let policy = Policy::parse(FILE).unwrap();
    for (text, class, severity, action, reasons) in VERDICTS {
        let verdict = judge(&policy, text);
        assert_eq!(
            (verdict.class, verdict.severity, verdict.action),
            (*class, *severity, *action),
            "{text}"
        );
        assert_eq!(verdict.reasons, *reasons, "{text}");
    }
    assert_eq!(
        policy.judge_undecoded(&Context::default()).reasons,
        ["undecoded"]
    );
}

#[test]
fn without_a_policy_nothing_is_on_the_platform() {
    let policy = Policy::default();
    let verdict = judge(&policy, "https://example.live/");
    assert_eq!(
        (verdict.class, &*verdict.policy),
        (Class::OffPlatform, "none@builtin")
    );
    assert_eq!(verdict.reasons, ["category-other"]);
    let contact = judge(&policy, "https://wa.me/15550100");
    assert_eq!(
        (contact.severity, contact.action),
        (Severity::High, Action::Review)
    );
}

#[test]
fn no_number_of_own_redirects_makes_a_link_ones_own() {
    let policy = Policy::parse(FILE).unwrap();
    let verdict = |times: usize, end: &str| {
        let mut link = end.to_owned();
        for _ in 0..times {
            let encoded: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
            link = format!("https://example.live/go?url={encoded}");
        }
        judge(&policy, &link)
    };
    for times in 0..8 {
        let own = verdict(times, "https://example.live/room/1");
        let others = verdict(times, "https://wa.me/15550100");
        // The fifth is not opened any more.
        let expected = if times < 5 {
            (OnPlatform, OffPlatform)
        } else {
            (Unknown, Unknown)
        };
        assert_eq!((own.class, others.class), expected, "{times}");
    }
}

#[test]
fn a_link_that_nobody_followed_leads_nobody_knows_where() {
    for text in [
        "https://bit.ly/3abcDEF",
        "https://www.google.com/url?q=https%3A%2F%2Fbit.ly%2F3abcDEF",
    ] {
        let verdict = judge(&Policy::parse(FILE).unwrap(), text);
        assert_eq!(
            (verdict.class, verdict.action),
            (Unknown, Action::Review),
            "{text}"
        );
        assert_eq!(verdict.reasons, ["unresolved-redirect"], "{text}");
    }
}
