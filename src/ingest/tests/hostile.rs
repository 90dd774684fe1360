use proptest::prelude::*;

use super::*;

const KINDS: [&str; 8] = [
    "srs",
    "nginx-rtmp",
    "mediamtx",
    "zlmediakit",
    "ovenmediaengine",
    "livekit",
    "node-media-server",
    "generic",
];

fn parse(server: &Server, query: &str, body: &[u8]) -> Result<Hook, HookError> {
    server.parse(&Request {
        headers: &HeaderMap::new(),
        path_secret: None,
        query,
        body,
        too_large: false,
        now_s: 0,
    })
}

#[test]
fn what_no_server_sends_is_refused() {
    let deep = "[".repeat(60_000);
    let long = format!(
        r#"{{"action":"on_publish","app":"live","stream":"{}"}}"#,
        "a".repeat(513)
    );
    for kind in KINDS {
        let server = server(kind, "");
        let bodies: [&[u8]; 8] = [
            b"",
            b"null",
            b"[]",
            b"{}",
            b"\xff\xfe",
            b"{\"action\":{}}",
            deep.as_bytes(),
            b"{\"action\":\"on_publish\"",
        ];
        for body in bodies {
            // An object that tells nothing is none of the hooks that matter to ZLMediaKit, and that is no mistake.
            let is_other = kind == "zlmediakit" && body.starts_with(b"{") && body.ends_with(b"}");
            let parsed = parse(&server, "", body);
            match parsed {
                Ok(hook) => assert!(is_other && hook.kind == HookKind::Other, "{kind} {body:?}"),
                Err(error) => assert_ne!(error, HookError::TooLarge),
            }
        }
        let huge = vec![b'a'; LARGEST_HOOK + 1];
        assert_eq!(
            parse(&server, "", &huge),
            Err(HookError::TooLarge),
            "{kind}"
        );
    }
    assert!(parse(&server("srs", ""), "", long.as_bytes()).is_err());
}

/// All that a publisher may write into the fields of a hook, each as long as RTMP lets it be.
#[test]
fn what_else_a_publisher_writes_hides_no_name() {
    let long = "\u{1}".repeat(40_000);
    let body = serde_json::json!({
        "action": "on_publish", "app": "live", "stream": "room", "param": long, "tcUrl": long,
    });
    let mut body = body.to_string().into_bytes();
    assert!(body.len() > 400_000);
    let text = body.windows(6).position(|at| at == b"\\u0001").unwrap();
    body[text..text + 6].fill(b'\xff');
    let hook = parse(&server("srs", ""), "", &body).unwrap();
    assert_eq!(hook.key.unwrap().name, "room");
    let args = "%01".repeat(60_000);
    let form = format!("app=live&name=room&args={args}&call=publish");
    let hook = parse(&server("nginx-rtmp", ""), "", form.as_bytes()).unwrap();
    assert_eq!(hook.key.unwrap().name, "room");
}

#[test]
fn names_are_taken_as_they_are_but_for_what_no_name_holds() {
    let srs = server("srs", "");
    let name = |name: &str| {
        let body = serde_json::json!({"action": "on_publish", "app": "live", "stream": name});
        parse(&srs, "", body.to_string().as_bytes())
    };
    for odd in [
        "../../x", "a?b=c", "a#b", "a&name=b", "微信", " ", "%2e%2e", "a/b",
    ] {
        let hook = name(odd).unwrap();
        assert_eq!(hook.key.unwrap().name, odd);
    }
    for wrong in ["", "a\0b", "a\nb", "\u{85}", &"a".repeat(513)] {
        assert!(name(wrong).is_err(), "{wrong:?}");
    }
    // Where a field is there twice, a form's first and a JSON object's last counts, and never both.
    let nginx = server("nginx-rtmp", "");
    let form = b"call=publish&app=live&name=one&name=two";
    assert_eq!(parse(&nginx, "", form).unwrap().key.unwrap().name, "one");
    let json = br#"{"action":"on_publish","app":"live","stream":"one","stream":"two"}"#;
    assert_eq!(parse(&srs, "", json).unwrap().key.unwrap().name, "two");
}

#[test]
fn the_wrong_type_of_a_field_is_no_name() {
    let srs = server("srs", "");
    for stream in ["1.5", "true", "[]", "{}", "null"] {
        let body = format!(r#"{{"action":"on_publish","app":"live","stream":{stream}}}"#);
        assert!(parse(&srs, "", body.as_bytes()).is_err(), "{stream}");
    }
    let body = br#"{"action":"on_publish","app":1,"stream":42,"client_id":{}}"#;
    let hook = parse(&srs, "", body).unwrap();
    assert_eq!(told(&hook).1, "1/42 - -");
}

proptest! {
    #[test]
    fn no_bytes_stop_a_parser(
        kind in prop::sample::select(&KINDS[..]),
        body in prop::collection::vec(any::<u8>(), 0..400),
        query in "\\PC{0,80}",
    ) {
        let server = server(kind, "");
        let _ = parse(&server, &query, &body);
        let headers: HeaderMap = ["authorization", "x-ome-signature"]
            .into_iter()
            .filter_map(|name| Some((HeaderName::from_static(name), HeaderValue::from_bytes(&body).ok()?)))
            .collect();
        let request = Request {
            headers: &headers,
            path_secret: Some(&query),
            query: &query,
            body: &body,
            too_large: false,
            now_s: i64::from(body.len() as u32),
        };
        prop_assert!(!server.is_authentic(&request));
    }

    #[test]
    fn no_names_stop_a_parser(
        kind in prop::sample::select(&KINDS[..]),
        action in prop::sample::select(&["on_publish", "publish", "postPublish", "track_published", "x"][..]),
        app in "\\PC{0,40}",
        name in any::<String>(),
    ) {
        let server = server(kind, "");
        let body = serde_json::json!({
            "action": action, "event": action, "app": app, "stream": name, "name": name, "path": name,
            "originType": 1, "regist": false, "schema": "rtmp",
            "room": {"name": app}, "participant": {"identity": name}, "track": {"type": "VIDEO"},
            "request": {"direction": "incoming", "status": "opening", "url": format!("rtmp://h/{app}/{name}")},
        });
        if let Ok(hook) = parse(&server, "", body.to_string().as_bytes())
            && let Some(key) = hook.key
        {
            prop_assert!(!key.name.is_empty() && key.name.len() <= 512);
            prop_assert!(!key.name.contains(char::is_control));
        }
    }
}
