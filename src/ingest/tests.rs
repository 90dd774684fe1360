//! Hooks as each server sends them, and as nobody should.

mod apis;
mod hostile;

use std::fs;
use std::path::Path;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::config::Config;

/// When the hooks in `tests/hooks` were sent, in seconds since 1970.
const SENT_S: i64 = 1_772_366_400;

/// A server of `kind` with `more` in its table of the configuration. Its secrets are `s3cret-api` and `s3cret-hook`.
fn server(kind: &str, more: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let file = folder.path().join(name);
        fs::write(&file, format!("{name}\n")).unwrap();
        file.display().to_string()
    };
    let text = format!(
        "[[ingest]]\nid = \"edge\"\nkind = \"{kind}\"\npull = \"rtmp://127.0.0.1/{{path}}\"\nuser = \"APIkey\"\n\
         secret_file = {:?}\nhook_secret_file = {:?}\n{more}",
        write("s3cret-api"),
        write("s3cret-hook")
    );
    let config = Config::parse(&text).unwrap();
    Server::new(&config.ingest[0], Clock::system()).unwrap()
}

/// A request as it stands in a file: its head, an empty line, its body.
struct Sent {
    path: String,
    headers: HeaderMap,
    body: String,
}

impl Sent {
    fn read(kind: &str, name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hooks");
        let text = fs::read_to_string(root.join(kind).join(format!("{name}.http"))).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        });
        Self {
            path,
            headers: headers.collect(),
            body: body.trim_end().to_owned(),
        }
    }

    fn request(&self) -> Request<'_> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        Request {
            headers: &self.headers,
            path_secret: path.split('/').nth(3),
            query,
            body: self.body.as_bytes(),
            too_large: false,
            now_s: SENT_S,
        }
    }
}

/// What a hook says: its kind, and `APP/NAME PUBLISHER IP`.
fn told(hook: &Hook) -> (HookKind, String) {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let about = hook.key.as_ref().map(|key| {
        let vhost = match key.vhost.as_str() {
            "" => String::new(),
            vhost => format!("{vhost}:"),
        };
        format!("{vhost}{}/{}", key.app, key.name)
    });
    let text = format!("{} {} {}", or(&about), or(&hook.publisher), or(&hook.ip));
    (hook.kind, text)
}

/// The files in `tests/hooks`, and what each says.
const HOOKS: &[(&str, &str, HookKind, &str)] = &[
    (
        "srs",
        "publish",
        HookKind::Admission,
        "live/room-42 341w361a 203.0.113.9",
    ),
    (
        "srs",
        "unpublish",
        HookKind::Stop,
        "live/room-42 341w361a 203.0.113.9",
    ),
    (
        "srs",
        "publish-of-2",
        HookKind::Admission,
        "video.example:live/room-42 1985 203.0.113.9",
    ),
    ("srs", "play", HookKind::Other, "- - -"),
    (
        "nginx-rtmp",
        "publish",
        HookKind::Admission,
        "live/room-42 7 203.0.113.9",
    ),
    (
        "nginx-rtmp",
        "publish-by-get",
        HookKind::Admission,
        "live/room-42 7 203.0.113.9",
    ),
    (
        "nginx-rtmp",
        "publish-done",
        HookKind::Stop,
        "live/room-42 7 203.0.113.9",
    ),
    (
        "nginx-rtmp",
        "update",
        HookKind::Update,
        "live/room-42 7 203.0.113.9",
    ),
    ("nginx-rtmp", "play", HookKind::Other, "- - -"),
    (
        "mediamtx",
        "publish",
        HookKind::Admission,
        "live/room-42 - 203.0.113.9",
    ),
    ("mediamtx", "read", HookKind::Other, "- - -"),
    ("mediamtx", "available", HookKind::Start, MEDIAMTX),
    ("mediamtx", "unavailable", HookKind::Stop, MEDIAMTX),
    (
        "zlmediakit",
        "publish",
        HookKind::Admission,
        "live/room-42 - 203.0.113.9",
    ),
    (
        "zlmediakit",
        "stream-changed",
        HookKind::Start,
        "live/room-42 - -",
    ),
    (
        "zlmediakit",
        "stream-gone",
        HookKind::Stop,
        "live/room-42 - -",
    ),
    ("zlmediakit", "hls-gone", HookKind::Other, "- - -"),
    ("zlmediakit", "none-reader", HookKind::Other, "- - -"),
    (
        "ovenmediaengine",
        "opening",
        HookKind::Admission,
        "live/room-42 10.0.0.7:29291 203.0.113.9",
    ),
    (
        "ovenmediaengine",
        "closing",
        HookKind::Stop,
        "live/room-42 10.0.0.7:29291 203.0.113.9",
    ),
    ("ovenmediaengine", "play", HookKind::Other, "- - -"),
    (
        "livekit",
        "track-published",
        HookKind::Start,
        "room-42/host-7 PA_VsXsRGDFqDJo -",
    ),
    ("livekit", "sound-published", HookKind::Other, "- - -"),
    (
        "livekit",
        "participant-left",
        HookKind::Stop,
        "room-42/host-7 PA_VsXsRGDFqDJo -",
    ),
    ("livekit", "egress-left", HookKind::Other, "- - -"),
    (
        "node-media-server",
        "pre-publish",
        HookKind::Admission,
        "live/room-42 C4Z1K2 203.0.113.9",
    ),
    (
        "node-media-server",
        "post-publish",
        HookKind::Admission,
        "live/room-42 C4Z1K2 203.0.113.9",
    ),
    (
        "node-media-server",
        "done-publish",
        HookKind::Stop,
        "live/room-42 C4Z1K2 203.0.113.9",
    ),
    ("node-media-server", "post-play", HookKind::Other, "- - -"),
    (
        "generic",
        "publish",
        HookKind::Admission,
        "live/room-42 u7 203.0.113.9",
    ),
    (
        "generic",
        "start",
        HookKind::Start,
        "live/room-42 u7 203.0.113.9",
    ),
    (
        "generic",
        "update",
        HookKind::Update,
        "live/room-42 u7 203.0.113.9",
    ),
    (
        "generic",
        "stop",
        HookKind::Stop,
        "live/room-42 u7 203.0.113.9",
    ),
];

const MEDIAMTX: &str = "live/room-42 rtmpConn:5c1b2f8e-64d6-4fd1-8f0e-5b0b6c0f9e11 -";

#[test]
fn hooks_are_read_as_each_server_sends_them() {
    for &(kind, name, what, about) in HOOKS {
        let (server, sent) = (server(kind, ""), Sent::read(kind, name));
        let request = sent.request();
        assert!(server.is_authentic(&request), "{kind} {name}");
        let hook = server.parse(&request).unwrap();
        assert_eq!(told(&hook), (what, about.to_owned()), "{kind} {name}");
        let shown = format!("{hook:?} {server:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn hooks_are_answered_as_each_server_wants_it() {
    use Decision::{Allow, Refuse};
    use HookKind::{Admission, Other, Stop, Update};
    let cases = [
        ("srs", Admission, Allow, 200, r#"{"code":0}"#),
        ("srs", Admission, Refuse, 200, r#"{"code":403}"#),
        ("nginx-rtmp", Admission, Allow, 200, "ok\n"),
        ("nginx-rtmp", Update, Refuse, 403, "refused\n"),
        ("mediamtx", Admission, Allow, 200, "ok\n"),
        ("mediamtx", Admission, Refuse, 403, "refused\n"),
        (
            "zlmediakit",
            Admission,
            Allow,
            200,
            r#"{"code":0,"msg":"success"}"#,
        ),
        (
            "zlmediakit",
            Admission,
            Refuse,
            200,
            r#"{"code":-1,"msg":"refused"}"#,
        ),
        (
            "zlmediakit",
            Other,
            Allow,
            200,
            r#"{"code":0,"msg":"success","close":false}"#,
        ),
        (
            "ovenmediaengine",
            Admission,
            Allow,
            200,
            r#"{"allowed":true}"#,
        ),
        (
            "ovenmediaengine",
            Admission,
            Refuse,
            200,
            r#"{"allowed":false,"reason":"refused"}"#,
        ),
        ("ovenmediaengine", Stop, Allow, 200, "{}"),
        ("livekit", Admission, Refuse, 200, "ok\n"),
        ("node-media-server", Admission, Allow, 200, "ok\n"),
        ("node-media-server", Admission, Refuse, 403, "refused\n"),
        ("generic", Admission, Allow, 200, r#"{"allowed":true}"#),
        ("generic", Admission, Refuse, 403, r#"{"allowed":false}"#),
    ];
    for (kind, hook, decision, status, body) in cases {
        let reply = server(kind, "").reply(hook, decision);
        assert_eq!((reply.status, reply.body), (status, body), "{kind}");
        let is_json = body.starts_with('{');
        assert_eq!(reply.content_type == "application/json", is_json, "{kind}");
    }
}

#[test]
fn a_hook_carries_its_secret_in_one_of_three_places() {
    let (server, sent) = (server("srs", ""), Sent::read("srs", "publish"));
    let with = |path_secret, query, authorization: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert("authorization", value.parse().unwrap());
        }
        server.is_authentic(&Request {
            headers: &headers,
            path_secret,
            query,
            ..sent.request()
        })
    };
    assert!(with(Some("s3cret-hook"), "", None));
    assert!(with(None, "a=b&secret=s3cret-hook", None));
    assert!(with(None, "", Some("Bearer s3cret-hook")));
    assert!(!with(None, "", None));
    assert!(!with(Some("s3cret-api"), "secret=", Some("s3cret-hook")));
    assert!(
        !with(None, "secret=x&secret=s3cret-hook", None),
        "the first"
    );
}

#[test]
fn a_signature_is_of_this_body_and_of_now() {
    for (kind, name, field) in [
        ("ovenmediaengine", "opening", "x-ome-signature"),
        ("livekit", "track-published", "authorization"),
    ] {
        let (server, sent) = (server(kind, ""), Sent::read(kind, name));
        let other = sent.body.replace("203.0.113.9", "203.0.113.8") + " ";
        let changed = Request {
            body: other.as_bytes(),
            ..sent.request()
        };
        assert!(!server.is_authentic(&changed), "{kind}: another body");
        let value = sent.headers[field].to_str().unwrap();
        for wrong in ["", "AAAA", "!", &value[..value.len() - 2], &value[1..]] {
            let mut headers = sent.headers.clone();
            headers.insert(field, wrong.parse().unwrap());
            let request = Request {
                headers: &headers,
                ..sent.request()
            };
            assert!(!server.is_authentic(&request), "{kind}: {wrong}");
        }
    }
    let (server, sent) = (
        server("livekit", ""),
        Sent::read("livekit", "track-published"),
    );
    for (now_s, holds) in [
        (SENT_S + 299, true),
        (SENT_S + 400, false),
        (SENT_S - 400, false),
    ] {
        let request = Request {
            now_s,
            ..sent.request()
        };
        assert_eq!(server.is_authentic(&request), holds, "{now_s}");
    }
    // With a padded signature, and with the shared secret where the server was given none to sign with.
    let (server, mut sent) = (
        self::server("ovenmediaengine", ""),
        Sent::read("ovenmediaengine", "opening"),
    );
    let padded = format!("{}=", sent.headers["x-ome-signature"].to_str().unwrap());
    sent.headers
        .insert("x-ome-signature", padded.parse().unwrap());
    assert!(server.is_authentic(&sent.request()));
    sent.headers.remove("x-ome-signature");
    assert!(!server.is_authentic(&sent.request()));
    sent.path += "/s3cret-hook";
    assert!(server.is_authentic(&sent.request()));
}
