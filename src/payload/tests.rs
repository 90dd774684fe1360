use super::*;

#[test]
fn the_last_resort_is_plain_text() {
    for text in ["", " ", "Hi.", "开播 13:45", "\u{0}\u{1}"] {
        let payload = parse_str(text);
        assert_eq!(
            (payload.scheme, payload.text.as_str()),
            ("plain-text", text)
        );
    }
}

#[test]
fn flags_are_sorted() {
    assert!(FLAGS.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn wrappers_take_after_their_target() {
    let inner = "alipays://platformapi/startapp?appId=09999988&userId=2088123456789012&amount=5";
    let encoded: String = url::form_urlencoded::byte_serialize(inner.as_bytes()).collect();
    let payload = parse_str(&format!("https://ds.alipay.com/?scheme={encoded}"));
    assert_eq!(payload.scheme, "alipay-scheme-wrapper");
    assert_eq!(payload.category, Category::Payment);
    assert_eq!(payload.fields.payee.as_deref(), Some("2088123456789012"));
    assert_eq!(payload.fields.target.as_deref(), Some(inner));
    let web = parse_str("https://www.google.com/url?q=https%3A%2F%2Fexample.com%2F");
    assert_eq!(web.category, Category::Redirect, "nothing more is known");
}

#[test]
fn wrappers_in_wrappers_end() {
    let mut link = "https://wa.me/15550100".to_owned();
    for _ in 0..Depth::WHOLE.links {
        let encoded: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
        link = format!("https://www.google.com/url?q={encoded}");
    }
    assert_eq!(parse_str(&link).category, Category::Contact);
    let encoded: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
    let deeper = parse_str(&format!("https://www.google.com/url?q={encoded}"));
    assert_eq!(deeper.category, Category::Redirect);
}

#[test]
fn long_wrappers_in_wrappers_end_sooner() {
    let wrapped = |padding: usize, times: usize| {
        let mut link = format!("https://a.example/?x={}", "x".repeat(padding));
        for i in 0..times {
            link = format!("https://b{i}.example/go/{link}");
        }
        parse_str(&link)
    };
    let most = Depth::WHOLE.links;
    // Links of campaigns are as long as the first, and no code holds one that is longer than the last.
    for (padding, times, opened) in [
        (900, most, most),
        (0, most + 1, most),
        (2_850, 1, 1),
        (2_850, 2, 1),
    ] {
        let payload = wrapped(padding, times);
        assert_eq!(payload.chain().count(), opened + 1, "{padding} {times}");
        let all = opened == times;
        assert_eq!(
            payload.innermost().flags.contains(&"too-deep"),
            !all,
            "{padding} {times}"
        );
    }
}

#[test]
fn what_cannot_come_from_a_code_is_cut() {
    let payload = parse_str(&"微".repeat(LONGEST + 1));
    assert_eq!(payload.flags, ["oversize"]);
    assert_eq!(payload.text.chars().count(), LONGEST);
    assert!(parse_str(&"1".repeat(LONGEST)).flags.is_empty());
}

#[test]
fn what_no_picture_shows_of_a_line_is_cut() {
    let line = format!("{}加微信 abc12345", "微".repeat(LONGEST_LINE));
    let payload = parse_line(&line);
    assert_eq!(payload.flags, ["oversize"]);
    assert!(line.starts_with(&payload.text) && payload.text.len() > LONGEST_LINE - 4);
    assert!(find_in_line(&line).is_empty());
    let fits = format!("{}加微信 abc12345", "-".repeat(LONGEST_LINE - 20));
    assert_eq!(parse_line(&fits).scheme, "text-wechat-id");
}

#[test]
fn hidden_marks_are_told() {
    assert_eq!(parse(b"\xef\xbb\xbfhttps://a.example").flags, ["bom"]);
    assert_eq!(parse_str("pay \u{202e}moc.live").flags, ["bidi-control"]);
}
