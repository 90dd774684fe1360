//! What is refused, and where.

use super::*;

/// Wrong lines under a good head of two lines, and where and how each is refused.
const REFUSED: &[(&str, usize, usize, &str)] = &[
    ("domain = ['a.example']", 3, 1, "unknown field `domain`"),
    ("domains = 'a.example'", 3, 11, "expected a sequence"),
    (
        "domains = ['a.example', 'https://b.example/']",
        3,
        25,
        "not a domain",
    ),
    ("domains = ['*.a.example']", 3, 12, "not a domain"),
    ("domains = ['127.0.0.1']", 3, 12, "not a domain"),
    ("domains = ['localhost']", 3, 12, "not a domain"),
    ("domains = ['co.uk']", 3, 12, "public suffix"),
    ("domains = ['']", 3, 12, "not a domain"),
    ("short_links = ['a b.example']", 3, 16, "not a domain"),
    ("app_schemes = ['my app']", 3, 16, "not a URI scheme"),
    ("app_schemes = ['https']", 3, 16, "not a URI scheme"),
    (
        "payees = [{ scheme = 'pixx', payee = 'x' }]",
        3,
        22,
        "unknown scheme `pixx`",
    ),
    ("payees = [{ scheme = 'pix', payee = ' ' }]", 3, 37, "empty"),
    (
        "payees = [{ scheme = 'pix' }]",
        3,
        11,
        "missing field `payee`",
    ),
    ("[[rule]]\nid = 'a'", 3, 1, "missing field `when`"),
    ("[[rule]]\nid = 'a'\nwhen = {}", 5, 8, "asks for nothing"),
    (
        "[[rule]]\nid = 'a'\nwhen = { category = [] }",
        5,
        21,
        "empty",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { category = ['contacts'] }",
        5,
        22,
        "unknown variant `contacts`",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { scheme = ['wechat-pay'] }",
        5,
        20,
        "`wechat-pay-native`",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { flag = ['bad-crcs'] }",
        5,
        18,
        "`bad-crc`",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { colour = ['red'] }",
        5,
        10,
        "unknown field `colour`",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { class = ['off'] }",
        5,
        19,
        "expected one of",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { category = ['tel'] }\nseverity = 'bad'",
        6,
        12,
        "unknown variant `bad`",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { category = ['tel'] }\n[[rule]]\nid = 'a'\nwhen = { category = ['sms'] }",
        7,
        6,
        "second rule",
    ),
    (
        "[default]\nclass = 'unknown'",
        4,
        1,
        "unknown field `class`",
    ),
    ("name = 'y'", 3, 1, "duplicate key"),
    ("utc_offset = 'Shanghai'", 3, 14, "expected an offset"),
    (
        "[[rule]]\nid = 'a'\nwhen = { amount = ['100 CNY'] }",
        5,
        20,
        "expected a range",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { time = ['mon', 'noon'] }",
        5,
        25,
        "expected days",
    ),
    ("[[rule]]\nid = 'a'\nwhen = { label = [] }", 5, 18, "empty"),
    (
        "[[rule]]\nid = 'a'\nwhen = { label = ['x'] }\nshare = 101",
        6,
        9,
        "0 to 100",
    ),
    (
        "[[rule]]\nid = 'a'\nwhen = { label = ['x'] }\nshare = nan",
        6,
        9,
        "0 to 100",
    ),
];

#[test]
fn what_is_wrong_is_refused_at_its_place() {
    for (lines, line, column, says) in REFUSED {
        let text = format!("[platform]\nname = 'x'\n{lines}\n");
        let error = parse(&text)
            .err()
            .unwrap_or_else(|| panic!("accepted: {lines}"));
        assert!(error.message.contains(says), "{lines}: {error}");
        assert_eq!(
            (error.line, error.column),
            (*line, *column),
            "{lines}: {error}"
        );
    }
    assert!(
        parse("")
            .err()
            .unwrap()
            .message
            .contains("missing field `platform`")
    );
    assert!(parse("[platform]\nname = ' '").is_err());
}

#[test]
fn domains_are_normalised() {
    let file = parse("[platform]\nname = 'x'\ndomains = ['Bücher.Example', 'a.example.']").unwrap();
    assert_eq!(
        file.platform.domains,
        ["xn--bcher-kva.example", "a.example"]
    );
}

#[test]
fn a_seller_is_checked_like_the_platform() {
    let seller = parse_seller(
        "[seller]\nname = 'x'\ndomains = ['A.example']\npayees = [{ scheme = 'pix', payee = 'a@b.example' }]",
    );
    let seller = seller.unwrap();
    assert_eq!(
        (seller.domains.as_slice(), seller.payees.as_slice()),
        (
            ["a.example".to_owned()].as_slice(),
            ["pix:a@b.example".to_owned()].as_slice()
        )
    );
    for (text, line, column, says) in [
        ("[seller]\ndomains = ['co.uk']", 2, 12, "public suffix"),
        ("[seller]\nrules = []", 2, 1, "unknown field `rules`"),
        ("[platform]\nname = 'x'", 1, 2, "unknown field `platform`"),
        ("", 1, 1, "missing field `seller`"),
    ] {
        let error = parse_seller(text).unwrap_err();
        assert!(error.message.contains(says), "{text}: {error}");
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{text}: {error}"
        );
    }
}
