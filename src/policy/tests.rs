//! The verdicts of whole policies.

use super::*;
use crate::{destination, payload};
use Class::{OffPlatform, OnPlatform, Unknown};

const FILE: &str = r#"
[platform]
name = "Example Live"
domains = ["example.live", "shop.example"]
app_schemes = ["examplelive"]
short_links = ["exl.ink"]
[[platform.payees]]
scheme = "wechat-pay-native"
payee = "1900000109"
[[platform.payees]]
scheme = "upi"
payee = "Shop@ybl"
[[rule]]
id = "hijack"
when = { flag = ["session-hijack"] }
severity = "critical"
action = "cut"
[[rule]]
id = "partner"
when = { host = ["partner.example"] }
class = "on_platform"
severity = "info"
[[rule]]
id = "contact-code"
when = { category = ["contact", "group-invite"], class = ["off_platform"] }
severity = "high"
action = "warn"
[[rule]]
id = "mule"
when = { scheme = ["pix"], payee = ["mule@example.com"] }
severity = "critical"
[default]
severity = "medium"
"#;

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

fn judge(policy: &Policy, text: &str) -> Verdict {
    let payload = payload::parse_str(text);
    policy.judge(&payload, &destination::of(&payload), &Context::default())
}

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
fn the_first_rule_wins_and_keeps_what_it_does_not_name() {
    let text = r#"
[platform]
name = "x"
[[rule]]
id = "first"
when = { category = ["tel"] }
action = "notify"
[[rule]]
id = "second"
when = { scheme = ["tel"] }
action = "record"
"#;
    let verdict = judge(&Policy::parse(text).unwrap(), "tel:+1555");
    assert_eq!(verdict.action, Action::Notify);
    assert_eq!(
        (verdict.class, verdict.severity),
        (Class::OffPlatform, Severity::Medium)
    );
    assert_eq!(verdict.reasons, ["category-tel", "rule:first"]);
}

#[test]
fn the_version_follows_the_file() {
    let policy = Policy::parse(FILE).unwrap();
    assert_eq!(policy.id().len(), "Example Live@".len() + 12);
    let changed = Policy::parse(&FILE.replace("medium", "low")).unwrap();
    assert_ne!(policy.id(), changed.id());
    assert_eq!(
        policy.summary(),
        "2 domains, 1 app scheme, 1 short link, 2 payees, 4 rules"
    );
}

#[test]
fn a_rule_for_unknown_codes_sees_those_that_cannot_be_read() {
    let text = "[platform]\nname = 'x'\n[[rule]]\nid = 'look'\nwhen = { class = ['unknown'] }\naction = 'review'";
    let verdict = Policy::parse(text)
        .unwrap()
        .judge_undecoded(&Context::default());
    assert_eq!((verdict.action, verdict.reasons.len()), (Action::Review, 2));
}

const SELLER: &str = r#"
[seller]
domains = ["bags.example"]
payees = [{ scheme = "upi", payee = "bags@ybl" }]
"#;

#[test]
fn the_seller_has_a_registry_too() {
    let (policy, seller) = (
        Policy::parse(FILE).unwrap(),
        Registry::parse(SELLER).unwrap(),
    );
    let context = Context {
        seller: Some(&seller),
        ..Context::default()
    };
    for (text, class, reasons, flags) in [
        (
            "upi://pay?pa=bags@ybl&am=5",
            OnPlatform,
            &["seller-payee"][..],
            &[][..],
        ),
        (
            "https://m.bags.example/",
            OnPlatform,
            &["seller-domain"],
            &[],
        ),
        (
            "upi://pay?pa=shop@ybl",
            OnPlatform,
            &["registry-payee"],
            &[],
        ),
        (
            "upi://pay?pa=thief@ybl",
            OffPlatform,
            &["category-payment", "payee-mismatch", "default"],
            &["payee-mismatch"],
        ),
        (
            "https://wa.me/15550100",
            OffPlatform,
            &["category-contact", "rule:contact-code"],
            &[],
        ),
    ] {
        let payload = payload::parse_str(text);
        let verdict = policy.judge(&payload, &destination::of(&payload), &context);
        assert_eq!(
            (verdict.class, verdict.reasons.as_slice()),
            (
                class,
                reasons
                    .iter()
                    .map(|r| Cow::Borrowed(*r))
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            "{text}"
        );
        assert_eq!(verdict.flags, flags, "{text}");
    }
}

/// A policy with the rules of `lines`.
fn with_rules(lines: &str) -> Policy {
    Policy::parse(&format!(
        "[platform]\nname = 'x'\nutc_offset = '+08:00'\n{lines}"
    ))
    .unwrap()
}

#[test]
fn rules_ask_for_amounts_labels_hours_and_signs_of_the_registry() {
    let seller = Registry::parse(SELLER).unwrap();
    let labels = ["new-seller".to_owned(), "br".to_owned()];
    let context = Context {
        stream: Some("room-1"),
        labels: &labels,
        seller: Some(&seller),
        // Wednesday 2026-11-11, 20:30 UTC.
        at_us: Some(1_794_429_000_000_000),
    };
    let payload = payload::parse_str("upi://pay?pa=thief@ybl&am=100.50&cu=INR");
    let destination = destination::of(&payload);
    for (when, fits) in [
        ("amount = ['100..']", true),
        ("amount = ['..100', '100.5..100.5 INR']", true),
        ("amount = ['100.. USD']", false),
        ("label = ['old', 'br']", true),
        ("label = ['old']", false),
        ("time = ['thu 04:00-05:00']", true),
        ("time = ['wed']", false),
        ("flag = ['payee-mismatch']", true),
        ("payee = ['thief@ybl']", true),
        ("payee = ['upi:thief@ybl']", true),
        (
            "scheme = ['upi'], category = ['payment'], class = ['off_platform']",
            true,
        ),
        ("scheme = ['upi'], category = ['contact']", false),
    ] {
        let policy = with_rules(&format!(
            "[[rule]]\nid = 'r'\nwhen = {{ {when} }}\naction = 'warn'"
        ));
        let verdict = policy.judge(&payload, &destination, &context);
        assert_eq!(verdict.action == Action::Warn, fits, "{when}");
        let considered = policy.consider(&payload, &destination, &context);
        assert_eq!(
            considered.iter().map(|c| c.fits).collect::<Vec<_>>(),
            [fits],
            "{when}"
        );
    }
    // What is not known does not fit.
    for when in ["label = ['br']", "time = ['00:00-24:00']"] {
        let policy = with_rules(&format!(
            "[[rule]]\nid = 'r'\nwhen = {{ {when} }}\naction = 'warn'"
        ));
        let verdict = policy.judge(&payload, &destination, &Context::default());
        assert_eq!(verdict.action, Action::Review, "{when}");
    }
}

#[test]
fn a_rule_in_shadow_is_recorded_and_changes_nothing() {
    let policy = with_rules(
        r#"
[[rule]]
id = "stricter"
when = { category = ["tel"] }
severity = "critical"
action = "cut"
shadow = true
[[rule]]
id = "calls"
when = { category = ["tel"] }
severity = "low"
[[rule]]
id = "never reached"
when = { category = ["tel"] }
shadow = true
"#,
    );
    let verdict = judge(&policy, "tel:+1555");
    assert_eq!(verdict.reasons, ["category-tel", "rule:calls"]);
    assert_eq!(
        (verdict.severity, verdict.action),
        (Severity::Low, Action::Review)
    );
    let shadow = Shadow {
        rule: "stricter".to_owned(),
        class: OffPlatform,
        severity: Severity::Critical,
        action: Action::Cut,
    };
    assert_eq!(verdict.shadow, [shadow]);
}

#[test]
fn a_rule_may_hold_for_a_share_of_the_streams() {
    let rule = |share: &str| {
        with_rules(&format!(
            "[[rule]]\nid = 'r'\nwhen = {{ category = ['tel'] }}\nshare = {share}\naction = 'warn'"
        ))
    };
    let payload = payload::parse_str("tel:+1555");
    let destination = destination::of(&payload);
    let chosen = |policy: &Policy| -> Vec<u32> {
        (0..2_000)
            .filter(|n| {
                let stream = format!("room-{n}");
                let context = Context {
                    stream: Some(&stream),
                    ..Context::default()
                };
                policy.judge(&payload, &destination, &context).action == Action::Warn
            })
            .collect()
    };
    let (few, more) = (chosen(&rule("12.5")), chosen(&rule("50")));
    assert!((200..300).contains(&few.len()) && (900..1_100).contains(&more.len()));
    assert!(
        few.iter().all(|n| more.contains(n)),
        "a share that grows loses no stream"
    );
    assert_eq!(
        (chosen(&rule("0")).len(), chosen(&rule("100")).len()),
        (0, 2_000)
    );
    assert_eq!(
        judge(&rule("50"), "tel:+1555").action,
        Action::Review,
        "no stream is known"
    );
}

#[test]
fn every_rule_is_told_with_its_reason() {
    let policy = Policy::parse(FILE).unwrap();
    let payload = payload::parse_str("https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv");
    let considered = policy.consider(&payload, &destination::of(&payload), &Context::default());
    let told: Vec<_> = considered
        .iter()
        .map(|c| (c.rule.as_str(), c.fits, c.why.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "hijack",
                false,
                "there is no `flag`, expected `session-hijack`"
            ),
            (
                "partner",
                false,
                "`host` is `u.wechat.com`, not `partner.example`"
            ),
            ("contact-code", true, "everything holds"),
            ("mule", false, "`scheme` is `wechat-contact`, not `pix`"),
        ]
    );
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

#[test]
fn a_host_that_passes_for_the_platform_is_told() {
    let policy = Policy::parse(
        "[platform]\nname = 'x'\ndomains = ['sunnybazaar.example', 'pay.sunnybazaar-cdn.com']",
    )
    .unwrap();
    let seller = Registry::parse("[seller]\ndomains = ['lisbonbags.com']").unwrap();
    let context = Context {
        seller: Some(&seller),
        ..Context::default()
    };
    for (link, flags) in [
        ("https://sunnybazaar.example/", &[][..]),
        ("https://sunnybazar.example/", &["lookalike-domain"]),
        ("https://sunnybazaar.example.pay.top/", &["subdomain-spoof"]),
        ("https://sunnybаzaar.example/", &["homograph"]),
        ("https://lisbonbag5.com/", &["lookalike-domain"]),
        ("https://lisbonbags.com/", &[]),
        ("https://rainybazaar.example/", &[]),
        ("https://somewhere.example/", &[]),
    ] {
        let payload = payload::parse_str(link);
        let verdict = policy.judge(&payload, &destination::of(&payload), &context);
        assert_eq!(verdict.flags, flags, "{link}");
    }
}
