use super::*;
use crate::config::Config;

/// The least that a server takes, and `more`.
fn server(more: &str) -> String {
    format!(
        "[[ingest]]\nid = \"edge\"\nkind = \"srs\"\npull = \"rtmp://127.0.0.1/{{app}}/{{name}}\"\n{more}"
    )
}

#[test]
fn a_server_takes_an_id_a_kind_and_where_to_watch() {
    let config = Config::parse(&server("")).unwrap();
    let edge = &config.ingest[0];
    assert_eq!(edge.id.as_ref(), "edge");
    assert_eq!(*edge.kind.as_ref(), ServerKind::Srs);
    assert!(!edge.gate);
    assert_eq!(edge.on_error, OnError::Open);
    assert_eq!(edge.poll, Duration::from_secs(15));
    for kind in [
        ServerKind::Srs,
        ServerKind::NginxRtmp,
        ServerKind::MediaMtx,
        ServerKind::ZlMediaKit,
        ServerKind::OvenMediaEngine,
        ServerKind::LiveKit,
        ServerKind::NodeMediaServer,
        ServerKind::Generic,
    ] {
        let text = server("user = \"u\"\nsecret_env = \"S\"").replace("srs", kind.as_str());
        let config = Config::parse(&text).unwrap();
        assert_eq!(*config.ingest[0].kind.as_ref(), kind);
    }
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let two = server("") + &server("");
    let kind = |kind: &str, more: &str| server(more).replace("srs", kind);
    let cases = [
        (server("secrt = 1"), 5, "unknown field `secrt`"),
        (two, 6, "two ingest servers"),
        (server("").replace("edge", "edge-1"), 2, "1 to 24 letters"),
        (server("").replace("edge", "../x"), 2, "1 to 24 letters"),
        (server("").replace("srs", "wowza"), 3, "unknown variant"),
        (server("").replace("{name}", "x"), 4, "expected `{name}`"),
        (
            server("").replace("127.0.0.1", "{app}.example"),
            4,
            "path or the query",
        ),
        (server("").replace("rtmp:", "gopher:"), 4, "live stream"),
        (server("").replace("{name}", "{key}"), 4, "live stream"),
        (server("api = \"rtmp://h\""), 5, "expected `http://HOST"),
        (server("api = \"http://u:p@h\""), 5, "without a user"),
        (
            server("secret_env = \"A\"\nsecret_file = \"b\""),
            2,
            "one of `secret_file`",
        ),
        (
            server("hook_secret_env = \"A\"\nhook_secret_file = \"b\""),
            2,
            "one of `hook_secret_file`",
        ),
        (server("gate = true"), 3, "a gate takes"),
        (
            server("hide_names = true").replace("{app}/{name}", "{path}/index.m3u8"),
            3,
            "before the name",
        ),
        (
            server("hide_names = true").replace("{app}/{name}", "{name}/{app}"),
            3,
            "before the name",
        ),
        (server("on_error = \"shut\""), 5, "unknown variant"),
        (server("poll_ms = 0"), 5, "expected 1 to"),
        (kind("livekit", ""), 3, "takes a `user`"),
        (kind("livekit", "user = \"k\""), 3, "takes a `secret_file`"),
        (
            kind("livekit", "user = \"k\"\nsecret_env = \"S\"\ngate = true"),
            3,
            "asks nobody",
        ),
        (
            kind("zlmediakit", "api = \"http://h\""),
            3,
            "takes a `secret_file`",
        ),
        (
            kind("node-media-server", "api = \"http://h\""),
            3,
            "takes a `user`",
        ),
    ];
    for (text, line, message) in cases {
        let error = Config::parse(&text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}

#[test]
fn a_name_leads_nowhere_else() {
    let pull: Pull = "rtmp://127.0.0.1:1935/{app}/{name}?token=t"
        .parse()
        .unwrap();
    let at = |app: &str, name: &str| match pull.location("", app, name)? {
        Location::Url(url) => Ok(url.to_string()),
        _ => Err(NoLocation::Url),
    };
    for (app, name, url) in [
        ("live", "room-1", "live/room-1"),
        ("live/room", "key", "live%2Froom/key"),
        ("live", "a/../../b", "live/a%2F..%2F..%2Fb"),
        ("live", "a b#c@d", "live/a%20b%23c%40d"),
        ("live", "%2e%2e", "live/%252e%252e"),
        ("live", "{app}", "live/%7Bapp%7D"),
        ("live", "微信", "live/%E5%BE%AE%E4%BF%A1"),
        ("a@evil.example", "b", "a%40evil.example/b"),
        ("a\\b", "c", "a%5Cb/c"),
    ] {
        let expected = format!("rtmp://127.0.0.1:1935/{url}?token=t");
        assert_eq!(at(app, name), Ok(expected));
    }
    let long = "a".repeat(513);
    for (app, name, why) in [
        ("live", "", NoLocation::Part),
        ("live", ".", NoLocation::Part),
        ("live", "..", NoLocation::Part),
        ("..", "a", NoLocation::Part),
        ("live/..", "a", NoLocation::Part),
        ("/live", "a", NoLocation::Part),
        ("", "a", NoLocation::Part),
        ("live", "a?b", NoLocation::Arguments),
        ("a?b", "c", NoLocation::Arguments),
        ("live", "a\nb", NoLocation::Text),
        ("live", "a\0", NoLocation::Text),
        ("live", "\u{fffd}", NoLocation::Text),
        ("live", &long, NoLocation::Long),
    ] {
        assert_eq!(at(app, name), Err(why), "{app} {name}");
    }
    let path: Pull = "https://u:p4ss@h/hls/{path}/index.m3u8".parse().unwrap();
    let at = |app: &str| path.location("", app, "cam").unwrap();
    assert_eq!(
        at(""),
        "https://u:p4ss@h/hls/cam/index.m3u8".parse().unwrap()
    );
    assert_eq!(
        at("a/b"),
        "https://u:p4ss@h/hls/a/b/cam/index.m3u8".parse().unwrap()
    );
    let named = path.location("", "live", "a?b").unwrap();
    assert_eq!(
        named,
        "https://u:p4ss@h/hls/live/a%3Fb/index.m3u8"
            .parse()
            .unwrap()
    );
    assert!(!format!("{path} {path:?}").contains("p4ss"));
}
