use super::*;

fn of(link: &str) -> Option<(String, bool)> {
    match find(&Uri::parse(link).expect(link))? {
        Onward::Elsewhere(link) | Onward::Perhaps(link) => Some((link, true)),
        Onward::Own(link) => Some((link, false)),
        Onward::Unclear => None,
    }
}

#[test]
fn what_is_found_first_hides_nothing_that_follows() {
    let wa = Some(("https://wa.me/15550100".to_owned(), true));
    let real = "url=https%3A%2F%2Fwa.me%2F15550100";
    for decoys in [
        "u=a.b&".repeat(16),
        "u=a.b&".repeat(200),
        "u=https%3A%2F%2Fshop.example%2F&".to_owned(),
        "url=https%3A%2F%2Fshop.example%2F&".repeat(3),
    ] {
        assert_eq!(
            of(&format!("https://a.example/go?{decoys}{real}")),
            wa,
            "{decoys}"
        );
    }
    // One place twice is one, and of two that say nothing nobody knows.
    let b = "u=https%3A%2F%2Fb.example%2F1";
    let twice = of(&format!(
        "https://a.example/go?{b}&url=https%3A%2F%2Fb.example%2F2"
    ));
    assert_eq!(twice, Some(("https://b.example/1".to_owned(), true)));
    let perhaps = |query: &str| {
        let uri = Uri::parse(&format!("https://a.example/go?{query}")).unwrap();
        matches!(find(&uri), Some(Onward::Perhaps(_)))
    };
    let ours = "u=https%3A%2F%2Fwa.me%2F15550199";
    assert!(perhaps(&format!("{ours}&{real}")));
    assert!(perhaps(&format!("{b}&{real}")));
    assert!(perhaps(&format!("{ours}&redirect=x&{real}")));
    assert!(perhaps(
        "back=https%3A%2F%2Fb.example%2F&return=https%3A%2F%2Fwa.me%2F1"
    ));
    assert!(!perhaps(&format!("{real}&{real}")));
    let unclear = |link: &str| matches!(find(&Uri::parse(link).unwrap()), Some(Onward::Unclear));
    assert!(unclear(&format!(
        "https://a.example/go?{b}&url=https%3A%2F%2Fc.example%2F"
    )));
    assert!(unclear(&format!(
        "https://a.example/go?{}{real}",
        "u=a.b&".repeat(300)
    )));
    assert!(unclear(&format!(
        "https://a.example/go#{}{real}",
        "u=a.b&".repeat(300)
    )));
    assert!(unclear(&format!(
        "https://a.example/go?{}",
        format!("{b}&").repeat(17)
    )));
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn links_inside_of_links() {
    for (link, target) in [
        (
            "https://a.example/?url=https://b.example/",
            "https://b.example/",
        ),
        (
            "https://a.example/?Redirect_URL=https%3A%2F%2Fb.example%2F",
            "https://b.example/",
        ),
        (
            "https://a.example/?next=weixin%3A%2F%2Fdl%2Fx",
            "weixin://dl/x",
        ),
        (
            "https://a.example/?u=%2F%2Fb.example%2Fx",
            "https://b.example/x",
        ),
        ("https://a.example/?u=/\\b.example/x", "https://b.example/x"),
        (
            "https://a.example/?u=https%253A%252F%252Fb.example",
            "https://b.example",
        ),
        (
            "https://a.example/?u=https%25253A%25252F%25252Fb.example",
            "https://b.example",
        ),
        (
            "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUveA==",
            "https://b.example/x",
        ),
        (
            "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUveA",
            "https://b.example/x",
        ),
        (
            "https://a.example/#/redirect?url=https://b.example",
            "https://b.example",
        ),
        (
            "https://a.example/#url=https%3A%2F%2Fb.example",
            "https://b.example",
        ),
        (
            "https://a.example/?go=javascript:alert(1)",
            "javascript:alert(1)",
        ),
        (
            "https://a.example/?return_url=https://b.example&to=https://c.example",
            "https://c.example",
        ),
        (
            "https://a.example/?callback=https://b.example",
            "https://b.example",
        ),
        ("https://a.co.uk/?url=https://b.co.uk/", "https://b.co.uk/"),
        ("https://a.example/?to=tel:%2B15550100", "tel:+15550100"),
        ("app:open?url=https://b.example", "https://b.example"),
        (
            "https://a.example/r/https://b.example/x?y=1",
            "https://b.example/x?y=1",
        ),
        (
            "https://a.example/r/https%3A%2F%2Fb.example%2Fx",
            "https://b.example/x",
        ),
        (
            "https://a.example/v3/__https://b.example/x__;!!k",
            "https://b.example/x",
        ),
        (
            "https://a.example/?https://b.example/x?y=1",
            "https://b.example/x?y=1",
        ),
        (
            "https://a.example/go#https://b.example/",
            "https://b.example/",
        ),
        (
            "https://a.example/url?q=https://b.example",
            "https://b.example",
        ),
        (
            "https://a.example/redirect.php?q=https://b.example",
            "https://b.example",
        ),
        (
            "https://a.example/?url=https:b.example",
            "https://b.example/",
        ),
        (
            "https://a.example/?url=https:/b.example",
            "https://b.example/",
        ),
        (
            "https://a.example/?url=ht%09tps://b.exam%0Aple",
            "https://b.example",
        ),
        (
            "https://a.example/?url=www.b.example/x",
            "https://www.b.example/x",
        ),
        ("http://a.example/?redirect=b.top/x", "http://b.top/x"),
        (
            "https://a.example/ck?u=a1aHR0cHM6Ly9iLmV4YW1wbGUveA",
            "https://b.example/x",
        ),
        (
            "https://a.example/?params=%7B%22url%22%3A%22https%3A%2F%2Fb.example%22%7D",
            "https://b.example",
        ),
        (
            "app://open?url=https%3A%2F%2Fb.example",
            "https://b.example",
        ),
    ] {
        assert_eq!(of(link), Some((target.to_owned(), true)), "{link}");
    }
}

#[test]
fn the_own_domain_is_nowhere_else() {
    for (link, target) in [
        (
            "https://a.example/?next=https://www.a.example/b",
            "https://www.a.example/b",
        ),
        (
            "https://pay.a.example/?url=%2F%2Fm.a.example",
            "https://m.a.example/",
        ),
        ("app://open?url=app%3A%2F%2Fhome", "app://home"),
    ] {
        assert_eq!(of(link), Some((target.to_owned(), false)), "{link}");
    }
}

#[test]
fn other_values_are_no_links() {
    for link in [
        "https://a.example/?q=https://b.example",
        "https://a.example/?next=/account",
        "https://a.example/?next=account",
        "https://a.example/?next=://",
        "https://a.example/?next=x y://z",
        "https://a.example/?next=AAAAAAAAAAAAAAAA",
        "https://a.example/?next=aHR0cHM6Ly9",
        "https://a.example/?return=https://www.a.example/b",
        "https://a.example/?to=12:30//x",
        "https://a.example/#section",
        "https://a.example/search?q=https://b.example",
        "https://a.example/?url=index.html",
        "https://a.example/?url=v1.2",
        "https://a.example/?next=b.top",
        "https://a.example/http/x",
        "https://a.example/https-guide",
        "https://a.example/?params=%7B%22url%22%3A%22%7D",
    ] {
        assert_eq!(of(link), None, "{link}");
    }
}

/// Each of two links inside is looked at, and not each of what is inside of them.
#[test]
fn links_in_links_have_an_end() {
    for part in ["http://a.co/share/http:/b.co?u=", "http://b.co/?u="] {
        let payload = crate::payload::parse_str(&part.repeat(200));
        assert!(payload.chain().count() < 10);
    }
}
