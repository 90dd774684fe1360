//! Which rule counts, what it may ask for, and what it says.

use super::*;

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
fn a_rule_for_unknown_codes_sees_those_that_cannot_be_read() {
    let text = "[platform]\nname = 'x'\n[[rule]]\nid = 'look'\nwhen = { class = ['unknown'] }\naction = 'review'";
    let verdict = Policy::parse(text)
        .unwrap()
        .judge_undecoded(&Context::default());
    assert_eq!((verdict.action, verdict.reasons.len()), (Action::Review, 2));
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
