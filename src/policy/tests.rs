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
        Severity::Low,
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
    policy.judge(&payload, &destination::of(&payload))
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
    assert_eq!(policy.judge_undecoded().reasons, ["undecoded"]);
}

#[test]
fn without_a_policy_nothing_is_on_the_platform() {
    let policy = Policy::default();
    let verdict = judge(&policy, "https://example.live/");
    assert_eq!(
        (verdict.class, verdict.policy.as_str()),
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
    let verdict = Policy::parse(text).unwrap().judge_undecoded();
    assert_eq!((verdict.action, verdict.reasons.len()), (Action::Review, 2));
}
