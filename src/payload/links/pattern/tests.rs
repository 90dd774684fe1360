use super::*;

fn fields(place: &'static str, link: &str) -> Option<Fields> {
    let uri = Uri::parse(link).unwrap();
    Place::parse(place).unwrap().read(&uri, &uri.host)
}

#[test]
fn parts_match_as_written() {
    for (place, link, fits) in [
        ("a.com/p", "https://a.com/page", false),
        ("a.com/p", "https://a.com", false),
        ("a.com/p", "HTTPS://A.COM/P/more", true),
        ("a.com/*/p", "https://a.com/x/p", true),
        ("a.com/*/p", "https://a.com/p", false),
        ("a.com/p|q", "https://a.com/Q", true),
        ("http://a.com/p", "https://a.com/p", false),
        ("app://host/p", "APP://HOST/p", true),
        ("app://host|other/p", "app://other/p", true),
        ("app://*/p", "app://any/p", true),
        ("app://host/p", "app://any/p", false),
        ("app://?k", "app:/?k", true),
        ("a.com/?k", "https://a.com/?x=1&K=", true),
        ("a.com/?k", "https://a.com/?x=1", false),
        ("a.com/?k=1|2", "https://a.com/?k=2", true),
        ("a.com/?k=1|2", "https://a.com/?k=3", false),
        ("a.com/?k=1?", "https://a.com/?k=3", true),
        ("a.com/#/p", "https://a.com/#p", true),
        ("a.com/#/p", "https://a.com/#/p/more", true),
        ("a.com/#p", "https://a.com/p", false),
    ] {
        assert_eq!(fields(place, link).is_some(), fits, "{place} at {link}");
    }
}

#[test]
fn fields_are_taken() {
    let all = fields(
        "a.com/@{payee}/{money}?r={reference}&n={name}?&t={target}?",
        "https://a.com/@shop/12.5EUR?t=https%3A%2F%2Fb.c%2F%3Fd&r=7",
    );
    let expected = Fields {
        payee: Some("shop".into()),
        amount: Some("12.5".into()),
        currency: Some("EUR".into()),
        reference: Some("7".into()),
        target: Some("https://b.c/?d".into()),
        ..Fields::default()
    };
    assert_eq!(all, Some(expected));
    assert_eq!(fields("a.com/@{payee}", "https://a.com/@"), None);
    assert_eq!(fields("a.com/{payee}.html", "https://a.com/7"), None);
    assert_eq!(fields("a.com/{amount}", "https://a.com/much"), None);
    let item = fields("a.com/{reference}.html", "https://a.com/7.html").unwrap();
    assert_eq!(item.reference.as_deref(), Some("7"));
    let bank = fields("app://pay?b={payee}&n={account}", "app://pay?n=12&b=KB").unwrap();
    assert_eq!(bank.payee.as_deref(), Some("KB:12"));
    let whole = fields("a.com/{payee:$|£}", "https://a.com/$me").unwrap();
    assert_eq!(whole.payee.as_deref(), Some("$me"));
    let token = fields("wxp://{payee:f2f}", "WXP://f2fAbC").unwrap();
    assert_eq!(
        token.payee.as_deref(),
        Some("f2fAbC"),
        "a token keeps its case"
    );
    let cents = fields("a.com?c={cents}&n={name}", "https://a.com?c=1250&n=A+B").unwrap();
    assert_eq!(cents.amount.as_deref(), Some("12.50"));
    assert_eq!(cents.payee_name.as_deref(), Some("A B"));
    let no_amount = fields("a.com/{payee}?a={amount}?", "https://a.com/x?a=much").unwrap();
    assert_eq!(
        (no_amount.amount, no_amount.payee),
        (None, Some("x".into()))
    );
}

#[test]
fn misspelt_places_are_none() {
    for place in [
        "a.com/{payer}",
        "a.com/{payee",
        "a.com/payee}",
        "a.com/{payee}{name}",
        "a.com/x*",
        "a.com?u={targets}",
        "A.com/",
        "a.*.com/",
        "com/",
        "/path",
        "App://x",
        "://x",
    ] {
        assert!(Place::parse(place).is_none(), "{place}");
    }
}

#[test]
fn hosts_and_rests_are_taken() {
    let taken = |place, link| fields(place, link).map(|f| (f.payee, f.target));
    let some = |text: &str| Some(text.to_owned());
    for (place, link, expected) in [
        (
            "{payee}.a.com",
            "https://ours.a.com/x",
            Some((some("ours"), None)),
        ),
        (
            "{payee}.a.com",
            "https://x.y.a.com/",
            Some((some("x.y"), None)),
        ),
        ("{payee}.a.com", "https://help.a.com/", None),
        ("{payee}.a.com", "https://a.com/", None),
        (
            "a.com/to/{target...}",
            "https://a.com/to/https://b.com/x?y=1",
            Some((None, some("https://b.com/x?y=1"))),
        ),
        (
            "a.com/to/{target...}",
            "https://a.com/to/b.com%2Fx",
            Some((None, some("b.com/x"))),
        ),
        ("a.com/to/{target...}", "https://a.com/to", None),
        (
            "a.com/+{phone}",
            "https://a.com/+15550100",
            Some((some("15550100"), None)),
        ),
        ("a.com/+{phone}", "https://a.com/+abc", None),
    ] {
        assert_eq!(taken(place, link), expected, "{place} at {link}");
    }
}

#[test]
fn amounts_may_have_a_comma() {
    for (link, amount) in [
        ("https://a.com/10,50", Some("10.50")),
        ("https://a.com/10,5", Some("10.5")),
        ("https://a.com/1,000", None),
        ("https://a.com/1,000.50", None),
    ] {
        let found = fields("a.com/{amount}", link).and_then(|f| f.amount);
        assert_eq!(found.as_deref(), amount, "{link}");
    }
}
