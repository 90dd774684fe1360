//! Codes that whoever scans them may take for more than one payee or place.

use crc::{CRC_16_IBM_3740, Crc};

use super::*;

/// Where `KEYS` stands, keys of destinations are put in.
const OWN: &str = r#"
[platform]
name = "Example Live"
domains = ["example.live"]
app_schemes = ["examplelive"]
short_links = ["s.example.live"]
destinations = ['web:nobody.example'KEYS]
payees = [
  { scheme = "pix", payee = "+5511999900000" },
  { scheme = "promptpay", payee = "0066812345678" },
  { scheme = "fps-hk", payee = "1234567" },
  { scheme = "paynow", payee = "T08LL1234A" },
  { scheme = "sgqr", payee = "180307000001" },
  { scheme = "epc-qr", payee = "DE89370400440532013000" },
  { scheme = "upi", payee = "shop@ybl" },
  { scheme = "bitcoin-uri", payee = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" },
  { scheme = "zcash", payee = "t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbs" },
  { scheme = "monero", payee = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A" },
  { scheme = "vcard", payee = "+15550100" },
  { scheme = "mecard", payee = "+15550100" },
  { scheme = "sms", payee = "+15550100" },
  { scheme = "email", payee = "help@example.live" },
]
"#;

fn policy(keys: &[String]) -> Policy {
    let keys: Vec<_> = keys.iter().map(|key| format!(", '{key}'")).collect();
    Policy::parse(&OWN.replace("KEYS", &keys.concat())).unwrap()
}

fn tag(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.chars().count())
}

/// A code of `country` that has `accounts`, with its checksum.
fn code(country: &str, accounts: &[String]) -> String {
    let text = format!(
        "000201{}52040000530376458{:02}{country}6304",
        accounts.concat(),
        country.len()
    );
    let checksum = Crc::<u16>::new(&CRC_16_IBM_3740).checksum(text.as_bytes());
    format!("{text}{checksum:04X}")
}

/// The account template at `at` with what it holds.
fn template(at: &str, guid: &str, values: &[(&str, &str)]) -> String {
    let values = values.iter().map(|(at, value)| tag(at, value));
    let value: String = [tag("00", guid)].into_iter().chain(values).collect();
    tag(at, &value)
}

const PIX: &str = "br.gov.bcb.pix";
const KEY: (&str, &str) = ("01", "+5511999900000");
const PROMPTPAY: &str = "A000000677010111";
const NUMBER: (&str, &str) = ("01", "0066812345678");

/// Each is the platform's but for somebody else whom it names as well.
fn shared() -> Vec<String> {
    let pix = template("26", PIX, &[KEY]);
    let promptpay = template("29", PROMPTPAY, &[NUMBER]);
    let bill = template(
        "30",
        "A000000677010112",
        &[("01", "010999999999999"), ("02", "X")],
    );
    let mut texts = vec![
        code("TH", &[promptpay.clone(), bill]),
        code(
            "TH",
            &[
                promptpay.clone(),
                template("31", "some.scheme", &[("07", "X")]),
            ],
        ),
        code("TH", &[tag("04", "5555555555554444"), promptpay]),
        code(
            "TH",
            &[template(
                "29",
                PROMPTPAY,
                &[NUMBER, ("02", "1234567890121")],
            )],
        ),
        code(
            "HK",
            &[template(
                "26",
                "hk.com.hkicl",
                &[("02", "1234567"), ("03", "+852-87654321")],
            )],
        ),
        code(
            "BR",
            &[
                pix.clone(),
                template("27", PIX, &[("25", "pix.evil.example/1")]),
            ],
        ),
        code(
            "BR",
            &[pix, template("80", PIX, &[("25", "evil.example/rec/1")])],
        ),
    ];
    // Of a card nothing is too far behind.
    texts.push(format!(
        "MECARD:TEL:+15550100;{}TEL:+16660100;;",
        "N:x;".repeat(300)
    ));
    texts.extend(
        [
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?r=https://evil.example/i/1",
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1&pj=https://evil.example/i/1",
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=0.01&lightning=lnbc1x",
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?bc=bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "zcash:t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbs?amount=1&address.1=t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd&amount.1=100",
            "monero:44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A;888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H?tx_amount=0.1;100",
            "SPD*1.0*ACC:DE89370400440532013000*ALT-ACC:CZ6508000000192000145399",
            "SPD*1.0*ACC:DE89370400440532013000*X-URL:https%3A%2F%2Fevil.example",
            "BEGIN:VCARD\nFN:x\nTEL:+15550100\nTEL:+16660100\nEND:VCARD",
            "BEGIN:VCARD\nFN:x\nTEL:+15550100\nEMAIL:a@evil.example\nEND:VCARD",
            "BEGIN:VCARD\nFN:x\nTEL:+15550100\nURL:https://evil.example\nEND:VCARD",
            "BEGIN:VCARD\nFN:x\nTEL:+15550100\nURL:https://example.live\nURL:https://evil.example\nEND:VCARD",
            "MECARD:N:x;TEL:+15550100;TEL:+16660100;;",
            "smsto:+15550100:pay here https://evil.example/x",
            "smsto:+15550100:see https://evil.example/?url=https://example.live/",
            "smsto:+15550100,+16660100:hi",
            "sms:+15550100?body=hi&body=https://evil.example/x",
            "smsto:+15550100:https://example.live/1 or https://evil.example/x",
            "mailto:help@example.live,thief@evil.example",
            "mailto:help@example.live?cc=thief@evil.example",
            "mailto:help@example.live?body=https://evil.example/x",
            "MATMSG:TO:help@example.live;TO:thief@evil.example;SUB:x;BODY:y;;",
            "intent://pay?pa=shop@ybl#Intent;scheme=upi;package=p;S.browser_fallback_url=https%3A%2F%2Fevil.example;end",
            "intent://pay?x=1#Intent;scheme=examplelive;package=p;S.browser_fallback_url=https%3A%2F%2Fevil.example;end",
        ]
        .map(str::to_owned),
    );
    texts
}

#[test]
fn of_several_payees_and_places_a_known_one_proves_nothing() {
    for text in shared() {
        let verdict = judge(&policy(&[]), &text);
        assert_eq!(
            (verdict.class, verdict.action),
            (Unknown, Action::Review),
            "{text}"
        );
        assert_eq!(verdict.reasons, ["several-payees"], "{text}");
    }
}

#[test]
fn a_code_all_of_whose_payees_are_known_is_on_the_platform() {
    for text in shared() {
        let payload = payload::parse_str(&text);
        let others = destination::others(&payload);
        let keys: Vec<_> = others.into_iter().map(|(_, place)| place.key).collect();
        assert!(!keys.is_empty(), "{text}");
        let verdict = judge(&policy(&keys), &text);
        assert_eq!(verdict.class, OnPlatform, "{text} {keys:?}");

        let allowed = Allowed {
            platform: keys.into_iter().collect(),
            ..Allowed::default()
        };
        let verdict = judge(&policy(&[]).with(allowed.into()), &text);
        assert_eq!(verdict.class, OnPlatform, "{text}");
    }
    for text in [
        code("TH", &[template("29", PROMPTPAY, &[NUMBER])]),
        code("BR", &[template("26", PIX, &[KEY]), template("80", PIX, &[KEY])]),
        code(
            "SG",
            &[
                template("26", "SG.PAYNOW", &[("01", "2"), ("02", "T08LL1234A")]),
                template("51", "SG.SGQR", &[("01", "999999999999")]),
            ],
        ),
        code("SG", &[template("51", "SG.SGQR", &[("01", "180307000001")])]),
        "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?bc=1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa".into(),
        "mailto:help@example.live?cc=Help@example.live&body=see https://example.live/1".into(),
        "smsto:+15550100:geo:12.5,2.25".into(),
        "intent://pay?pa=shop@ybl#Intent;scheme=upi;S.browser_fallback_url=https%3A%2F%2Fexample.live;end".into(),
    ] {
        assert_eq!(judge(&policy(&[]), &text).class, OnPlatform, "{text}");
    }
}

/// Whoever allowed one account did not allow all that may stand beside it.
#[test]
fn an_allowed_account_lends_nothing_to_the_others() {
    let nobody = Policy::parse("[platform]\nname = 'x'").unwrap();
    for text in shared() {
        let payload = payload::parse_str(&text);
        let own = destination::of(&payload).key;
        let others = destination::others(&payload);
        let others: Vec<_> = others.into_iter().map(|(_, place)| place.key).collect();
        for (keys, is_whole) in [
            (vec![own.clone()], false),
            ([vec![own], others].concat(), true),
        ] {
            let allowed = Allowed {
                platform: keys.into_iter().collect(),
                ..Allowed::default()
            };
            let class = judge(&nobody.clone().with(allowed.into()), &text).class;
            assert_eq!(class == OnPlatform, is_whole, "{text}");
        }
    }
}

#[test]
fn whom_nobody_finds_here_cannot_be_allowed() {
    let pix = |values: &[(&str, &str)]| template("26", PIX, values);
    let texts: [String; 7] = [
        // Each reader takes another line for the account.
        "BCD\n002\n1\nSCT\n\nShop\rDE75512108001245126199\rEUR10\r\r\nDE89370400440532013000"
            .into(),
        "SPD*1.0*ACC:DE89370400440532013000*acc:CZ6508000000192000145399".into(),
        "upi://pay?pa=shop@ybl&pa=thief@ybl".into(),
        "upi://pay?PA=shop@ybl&pa=thief@ybl".into(),
        format!("smsto:+15550100:{}", "https://evil.example/x ".repeat(9)),
        format!(
            "mailto:help@example.live?cc={}",
            (0..40)
                .map(|n| format!("a{n}@b.example,"))
                .collect::<Vec<_>>()
                .concat()
        ),
        code(
            "BR",
            &[
                pix(&[KEY]),
                template("27", PIX, &[KEY, ("01", "a@evil.example")]),
            ],
        ),
    ];
    for text in texts {
        let payload = payload::parse_str(&text);
        let others = destination::others(&payload);
        let keys: Vec<_> = others.into_iter().map(|(_, place)| place.key).collect();
        let verdict = judge(&policy(&keys), &text);
        assert_eq!(verdict.reasons, ["several-payees"], "{text}");
    }
    // The charge takes the place of the key beside it.
    let both = payload::parse_str(&code("BR", &[pix(&[KEY, ("25", "evil.example/1")])]));
    assert_eq!(both.flags, ["malformed"]);
    let verdict = policy(&[]).judge(&both, &destination::of(&both), &Context::default());
    assert_eq!(verdict.class, Unknown);
}

#[test]
fn a_register_of_codes_is_nobody_who_is_paid() {
    let register = |at| template(at, "SG.SGQR", &[("01", "180307000001")]);
    let paynow = template("27", "SG.PAYNOW", &[("01", "2"), ("02", "201403121W")]);
    let nets = template("27", "SG.COM.NETS", &[("01", "11198500065")]);
    for accounts in [
        [paynow.clone(), register("51")],
        [register("26"), paynow],
        [register("26"), nets],
        [tag("04", "5555555555554444"), register("51")],
    ] {
        let text = code("SG", &accounts);
        assert_eq!(judge(&policy(&[]), &text).class, OffPlatform, "{text}");
    }
}

/// One field is so long by characters, and takes in what follows by units of UTF-16.
#[test]
fn whoever_counts_otherwise_may_pay_another_one() {
    let own = template("26", PIX, &[KEY]);
    let other = template("26", PIX, &[("01", "thief@evil.example")]);
    // By units, 79 ends before the 8, with which a field 89 of 90 begins.
    let shift = "7905😀xxx89905yyyyy".to_owned();
    let padding = "z".repeat(90 - "5yyyyy".len() - own.len() - "98dd".len());
    let swallowed = tag("98", &format!("{padding}{other}"));
    let text = code("BR", &[shift, own, swallowed]);
    let payload = payload::parse_str(&text);
    assert_eq!(payload.fields.payee.as_deref(), Some("+5511999900000"));
    let others = destination::others(&payload);
    let keys: Vec<_> = others.iter().map(|(_, place)| place.key.as_str()).collect();
    assert_eq!(keys, ["pix:thief@evil.example"]);
    assert_eq!(judge(&policy(&[]), &text).reasons, ["several-payees"]);
}

/// A short link of the platform's, and one that nobody has followed.
#[test]
fn a_link_beside_an_account_is_known_once_it_was_followed() {
    for text in [
        "smsto:+15550100:see https://s.example.live/x",
        "smsto:+15550100:see https://bit.ly/3abcDEF",
    ] {
        let payload = payload::parse_str(text);
        let others = destination::others(&payload);
        let allowed = Allowed {
            platform: others.into_iter().map(|(_, place)| place.key).collect(),
            ..Allowed::default()
        };
        let verdict = judge(&policy(&[]).with(allowed.into()), text);
        assert_eq!(verdict.class, Unknown, "{text}");
    }
}

#[test]
fn what_others_hide_behind_a_place_is_neither_spared_nor_passed_over() {
    let rules = |outcome: &str| {
        let text = format!(
            "{}\n[[rule]]\nid = 'host'\nwhen = {{ host = ['partner.example'] }}\n{outcome}\n\
             [[rule]]\nid = 'payee'\nwhen = {{ payee = ['partner@ybl'] }}\n{outcome}\n",
            OWN.replace("KEYS", "")
        );
        Policy::parse(&text).unwrap()
    };
    let spares = [
        "class = 'on_platform'",
        "class = 'unknown'",
        "severity = 'info'",
        "action = 'record'",
    ];
    let fits = |outcome: &str, text: &str| {
        let verdict = judge(&rules(outcome), text);
        verdict
            .reasons
            .iter()
            .any(|reason| reason.starts_with("rule:"))
    };
    for text in [
        "https://evil.example/x?url=https://partner.example/y",
        "https://partner.example/x?url=https://evil.example/y",
        "https://evil.example/?url=upi://pay?pa=partner@ybl",
        "intent://pay?pa=partner@ybl#Intent;scheme=upi;S.browser_fallback_url=https%3A%2F%2Fevil.example;end",
        "upi://pay?pa=partner@ybl&pa=thief@ybl",
        "BEGIN:VCARD\nFN:x\nTEL:+16660100\nURL:https://partner.example\nEND:VCARD",
    ] {
        for outcome in spares {
            // A page is told of at `record` without any rule.
            let is_less =
                outcome != "action = 'record'" || judge(&policy(&[]), text).action > Action::Record;
            assert!(!is_less || !fits(outcome, text), "{outcome} {text}");
        }
        for outcome in [
            "class = 'off_platform'",
            "severity = 'critical'",
            "action = 'cut'",
        ] {
            assert!(fits(outcome, text), "{outcome} {text}");
        }
    }
    for text in [
        "https://partner.example/x",
        "upi://pay?pa=partner@ybl",
        "https://partner.example/?url=https://www.partner.example/",
    ] {
        for outcome in spares {
            assert!(fits(outcome, text), "{outcome} {text}");
        }
    }
}

/// What a page is told of that leads nowhere.
#[test]
fn a_page_is_judged_though_its_link_names_a_place_on_a_map() {
    for target in [
        "https%3A%2F%2Fmaps.google.com%2F%3Fq%3D1",
        "geo%3A%2F%2F1%2C2",
        "wifi%3A%2F%2Fx",
        "otpauth%3A%2F%2Ftotp%2Fa%3Fsecret%3DJBSWY3DPEHPK3PXP",
    ] {
        for (page, key) in [
            ("https://evil.example/pay", "web:evil.example/pay?"),
            ("https://linktr.ee/thief", "web:linktr.ee/thief?"),
            ("evilapp://open", "app:evilapp://open?"),
        ] {
            let text = format!("{page}?url={target}");
            let payload = payload::parse_str(&text);
            let destination = destination::of(&payload);
            assert!(
                destination.key.starts_with(key),
                "{text} {}",
                destination.key
            );
            let verdict = policy(&[]).judge(&payload, &destination, &Context::default());
            assert_eq!(verdict.class, OffPlatform, "{text}");
        }
        let own = format!("https://example.live/x?url={target}");
        assert_eq!(judge(&policy(&[]), &own).class, OnPlatform, "{own}");
    }
}

#[test]
fn a_host_that_stands_in_a_line_is_not_where_the_account_beside_it_is() {
    let judge_line = |line: &str| {
        let payload = payload::parse_line(line);
        policy(&[]).judge(&payload, &destination::of(&payload), &Context::default())
    };
    for (line, class) in [
        ("https://example.live/room/1 微信 abc12345", OffPlatform),
        ("https://example.live/ DE75512108001245126199", OffPlatform),
        ("https://example.live/room/1", OnPlatform),
        ("visit https://example.live/room/1 now", OnPlatform),
        ("https://example.live/room/1 now", OnPlatform),
    ] {
        assert_eq!(judge_line(line).class, class, "{line}");
    }
}
