//! The APIs of the servers, as small fakes that hold to their documented fields.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request as Http, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Value, json};

use super::*;

/// What was asked of a fake: `METHOD PATH?QUERY`, the `authorization`, the body.
#[derive(Clone, Debug)]
struct Asked {
    what: String,
    authorization: String,
    headers: HeaderMap,
    body: String,
}

type Answers = fn(&Asked, usize) -> Response;

/// A fake of an API: `answers` is told what is asked, and how many questions came before.
struct Fake {
    base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    async fn start(answers: Answers) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let app = Router::new()
            .fallback(answer)
            .with_state((answers, Arc::clone(&asked)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, asked }
    }

    fn server(&self, kind: &str) -> Server {
        server(kind, &format!("api = \"{}\"", self.base))
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn whats(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.what).collect()
    }
}

type Shared = (Answers, Arc<Mutex<Vec<Asked>>>);

async fn answer(State((answers, log)): State<Shared>, request: Http<Body>) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let authorization = head.headers.get("authorization");
    let asked = Asked {
        what: format!("{} {}", head.method, head.uri),
        authorization: authorization
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.len() - 1
    };
    answers(&asked, before)
}

fn ok(body: Value) -> Response {
    Json(body).into_response()
}

fn status(code: u16) -> Response {
    (StatusCode::from_u16(code).unwrap(), "s3cret trouble").into_response()
}

/// `APP/NAME PUBLISHER`, in order.
fn shown(streams: &[Live]) -> Vec<String> {
    let mut shown: Vec<_> = streams
        .iter()
        .map(|live| {
            let publisher = live.publisher.as_deref().unwrap_or("-");
            format!("{}/{} {publisher}", live.key.app, live.key.name)
        })
        .collect();
    shown.sort();
    shown
}

fn key(name: &str) -> StreamKey {
    StreamKey::new("live", name)
}

fn srs(asked: &Asked, _: usize) -> Response {
    if asked.authorization != format!("Basic {}", STANDARD.encode("APIkey:s3cret-api")) {
        return status(401);
    }
    if let Some(client) = asked.what.strip_prefix("DELETE /api/v1/clients/") {
        let code = if client == "c7" { 0 } else { 2049 };
        return ok(json!({"code": code, "server": "vid", "service": "x", "pid": "1"}));
    }
    let (_, query) = asked.what.split_once("/api/v1/streams/?start=").unwrap();
    let (start, count) = query.split_once("&count=").unwrap();
    let (start, count): (usize, usize) = (start.parse().unwrap(), count.parse().unwrap());
    let streams: Vec<_> = (start..250.min(start + count))
        .map(|n| {
            json!({"id": format!("vid-{n}"), "name": format!("s{n}"), "vhost": "vid-0", "app": "live",
                "tcUrl": "rtmp://h/live", "url": format!("/live/s{n}"), "live_ms": 1, "clients": 1, "frames": 0,
                "kbps": {"recv_30s": 0, "send_30s": 0}, "video": null, "audio": null,
                "publish": {"active": n != 3, "cid": format!("c{n}")}})
        })
        .collect();
    ok(json!({"code": 0, "server": "vid", "service": "x", "pid": "1", "streams": streams}))
}

#[tokio::test]
async fn srs_lists_page_by_page_and_kicks_by_client() {
    let fake = Fake::start(srs).await;
    let server = fake.server("srs");
    let streams = server.list().await.unwrap();
    assert_eq!(streams.len(), 249, "one has no publisher");
    assert!(shown(&streams).contains(&"live/s249 c249".to_owned()));
    assert_eq!(fake.asked().len(), 3);
    assert_eq!(server.kick(&key("s7"), Some("c7")).await, Ok(Kicked::Done));
    // It came back under another id since the last list.
    assert_eq!(server.kick(&key("s7"), Some("c1")).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("s7"), None).await, Ok(Kicked::Done));
    assert_eq!(
        server.kick(&key("s999"), Some("c999")).await,
        Ok(Kicked::Gone)
    );
}

#[test]
fn srs_tells_the_virtual_host_in_the_url() {
    let server = server("srs", "");
    let stream = |url: &str| {
        let body = json!({"code": 0, "streams": [{"name": "a", "vhost": "vid-1", "app": "live", "url": url,
            "publish": {"active": true, "cid": 7}}]});
        let call = server.adapter.list(0);
        let listed = server.adapter.listed(&call, body.to_string().as_bytes(), 0);
        listed.unwrap().streams.remove(0)
    };
    assert_eq!(stream("/live/a").key, key("a"));
    assert_eq!(stream("video.example/live/a").key.vhost, "video.example");
    assert_eq!(stream("/live/a").publisher.as_deref(), Some("7"));
}

const STAT: &str = r#"<?xml version="1.0" encoding="utf-8" ?>
<?xml-stylesheet type="text/xsl" href="stat.xsl" ?>
<rtmp><nginx_version>1.22.1</nginx_version><uptime>9</uptime><server>
<application><name>live</name><live>
<stream><name>room</name><time>9</time><bw_in>1</bw_in>
<client><id>12</id><address>127.0.0.1</address><time>2</time><flashver>LNX</flashver><active/></client>
<client><id>7</id><address>203.0.113.9</address><time>9</time><publishing/><active/></client>
<meta><video><width>640</width></video></meta><nclients>2</nclients><publishing/><active/></stream>
<stream><name>wanted</name><client><id>9</id></client><nclients>1</nclients></stream>
<stream><name>odd "&amp;&lt;&#8;</name><publishing/></stream>
<nclients>3</nclients></live></application>
<application><name>vod</name><play><nclients>0</nclients></play></application>
</server></rtmp>"#;

fn nginx(asked: &Asked, _: usize) -> Response {
    match asked.what.as_str() {
        // A control character as it is, and as no XML may say it.
        "GET /stat" => STAT.replace("&#8;", "\u{8}").into_response(),
        "GET /control/drop/publisher?app=live&name=room"
        | "GET /control/drop/publisher?app=live&clientid=9" => "1".into_response(),
        // It holds names against the query as it is written.
        what if what.starts_with("GET /control/drop/publisher?") => "0".into_response(),
        _ => status(404),
    }
}

#[tokio::test]
async fn nginx_lists_those_that_publish_and_drops_by_name() {
    let fake = Fake::start(nginx).await;
    let server = fake.server("nginx-rtmp");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/odd \"&<\u{fffd} -", "live/room 7"]);
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    // One that has to be encoded is never found.
    for name in ["a&b", "a b", "直播", "a%20b"] {
        let kicked = server.kick(&key(name), Some("9")).await;
        assert_eq!(kicked, Ok(Kicked::Done), "{name}");
        let kicked = server.kick(&key(name), Some("8")).await;
        assert_eq!(kicked, Ok(Kicked::Gone), "{name}");
    }
    let odd = key("odd \"&<\u{fffd}");
    for publisher in [None, Some("1&app=other"), Some("")] {
        let kicked = server.kick(&odd, publisher).await;
        assert_eq!(kicked, Err(ApiError::NoPublisher));
    }
    let app = StreamKey::new("live room", "a");
    assert_eq!(server.kick(&app, Some("9")).await, Ok(Kicked::Gone));
    let last = fake.whats().into_iter().rev().nth(1);
    let expected = "GET /control/drop/publisher?clientid=9";
    assert_eq!(last.as_deref(), Some(expected));
}

#[tokio::test]
async fn who_is_still_listed_was_not_disconnected() {
    let fake = Fake::start(|asked, _| match asked.what.as_str() {
        "GET /stat" => STAT.replace("&#8;", "").into_response(),
        _ => "0".into_response(),
    })
    .await;
    let server = fake.server("nginx-rtmp");
    let kicked = server.kick(&key("room"), None).await;
    assert_eq!(kicked, Err(ApiError::StillListed));
}

#[test]
fn nginx_shows_some_names_otherwise() {
    let server = server("nginx-rtmp", "");
    for (name, shown) in [
        ("room-1", "room-1"),
        ("a b#&<", "a b#&<"),
        ("直播", "      "),
        ("é1", "  1"),
    ] {
        assert_eq!(server.shown(&key(name)), key(shown));
    }
    assert_eq!(super::server("srs", "").shown(&key("直播")), key("直播"));
}

#[test]
fn a_document_that_would_grow_is_refused() {
    let server = server("nginx-rtmp", "");
    let call = server.adapter.list(0);
    for body in [
        "<!DOCTYPE rtmp [<!ENTITY a \"b\">]><rtmp>&a;</rtmp>",
        "<html></html>",
        "<rtmp>",
        "",
    ] {
        let listed = server.adapter.listed(&call, body.as_bytes(), 0);
        assert_eq!(listed, Err(ApiError::Malformed), "{body}");
    }
}

/// The streams that nginx lists in `stat`.
fn listed(stat: &str) -> Result<Vec<String>, ApiError> {
    let server = server("nginx-rtmp", "");
    let call = server.adapter.list(0);
    let listed = server.adapter.listed(&call, stat.as_bytes(), 0);
    listed.map(|listed| shown(&listed.streams))
}

#[test]
fn a_document_that_takes_long_is_refused() {
    let with = |inside: &str| {
        let name = "a='1' ".repeat(1_000);
        format!(
            "<?xml version='1.0'?><!-- ' --><rtmp {inside}><server><application><name>live</name><live><stream><name>\
             {name}</name><publishing/></stream></live></application></server></rtmp>"
        )
    };
    let many = |count: usize| {
        let all: Vec<_> = (0..count).map(|n| format!("a{n}='>' ")).collect();
        all.concat()
    };
    // What stands in a text is a publisher's, and no attribute.
    assert_eq!(listed(&with("")).unwrap().len(), 1);
    assert_eq!(listed(&with(&many(200))).unwrap().len(), 1);
    assert_eq!(listed(&with(&many(300))), Err(ApiError::Malformed));
    let namespaces: Vec<_> = (0..300).map(|n| format!("<a xmlns:b{n}='c'>")).collect();
    let namespaces = namespaces.concat();
    let ends = "</a>".repeat(300);
    let nested = format!("<rtmp>{namespaces}{ends}</rtmp>");
    assert_eq!(listed(&nested), Err(ApiError::Malformed));
    for open in ["<", "<!--", "<a '", "<![CDATA[", "<?"] {
        let never_ends = format!("<rtmp>{}", open.repeat(1_000_000));
        assert_eq!(listed(&never_ends), Err(ApiError::Malformed), "{open}");
    }
}

#[test]
fn an_application_inside_of_another_is_none() {
    let stream =
        |name: &str| format!("<live><stream><name>{name}</name><publishing/></stream></live>");
    let inner = format!(
        "<application><name>b</name>{}</application>",
        stream("inner")
    );
    let (outer, next) = (stream("outer"), stream("next"));
    let stat = format!(
        "<rtmp><server><application><name>a</name>{outer}{inner}</application>\
         <application><name>c</name>{next}</application></server></rtmp>"
    );
    assert_eq!(listed(&stat).unwrap(), ["a/outer -", "c/next -"]);
}

/// Tells when it begins to read a list, and reads it when it is told to.
struct Slow {
    begun: tokio::sync::mpsc::UnboundedSender<()>,
    told: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Adapter for Slow {
    fn parse(&self, _: &Request<'_>) -> Result<Hook, HookError> {
        Ok(Hook::other())
    }

    fn reply(&self, _: HookKind, _: Decision) -> Reply {
        Reply::plain(200, "")
    }

    fn list(&self, _: i64) -> Call {
        Call::get("/list")
    }

    fn listed(&self, _: &Call, _: &[u8], _: i64) -> Result<Listed, ApiError> {
        self.begun.send(()).unwrap();
        let told = self.told.lock().unwrap();
        let told = told.recv_timeout(Duration::from_secs(10));
        told.map(|()| Listed::default())
            .map_err(|_| ApiError::TimedOut)
    }

    fn kick(&self, _: &StreamKey, _: Option<&str>, _: i64) -> Result<Call, ApiError> {
        Err(ApiError::NotKickable)
    }

    fn kicked(&self, _: &Answer) -> Result<Kicked, ApiError> {
        Ok(Kicked::Gone)
    }
}

/// There is one thread in this test: where it read the list, nobody could tell it to.
#[tokio::test]
async fn others_go_on_while_a_list_is_read() {
    let fake = Fake::start(|_, _| ok(json!({}))).await;
    let (tell, told) = std::sync::mpsc::channel();
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let mut server = fake.server("generic");
    let told = Mutex::new(told);
    server.adapter = Arc::new(Slow { begun, told });
    let telling = async {
        begins.recv().await.unwrap();
        tell.send(()).unwrap();
    };
    let (listed, ()) = tokio::join!(server.list(), telling);
    assert_eq!(listed, Ok(Vec::new()));
}

fn mediamtx(asked: &Asked, _: usize) -> Response {
    if let Some(kick) = asked.what.strip_prefix("POST /v3/") {
        return match kick {
            "rtmpconns/kick/u-1" | "webrtcsessions/kick/u-2" => ok(json!({"status": "ok"})),
            _ => status(404),
        };
    }
    let item = |name: &str, source: Value| json!({"name": name, "confName": "all", "available": true, "ready": true, "source": source, "readers": []});
    match asked.what.as_str() {
        "GET /v3/paths/list?page=0&itemsPerPage=100" => {
            ok(json!({"itemCount": 3, "pageCount": 2, "items": [
                item("live/room", json!({"type": "rtmpConn", "id": "u-1"})),
                item("cam", json!({"type": "rtspSource", "id": ""})),
            ]}))
        }
        "GET /v3/paths/list?page=1&itemsPerPage=100" => {
            ok(json!({"itemCount": 3, "pageCount": 2, "items": [
                {"name": "a/b/c", "ready": true, "source": {"type": "webRTCSession", "id": "u-2"}},
                {"name": "live/waits", "available": false, "ready": false, "source": null},
            ]}))
        }
        _ => status(404),
    }
}

#[tokio::test]
async fn mediamtx_kicks_by_the_kind_of_connection() {
    let fake = Fake::start(mediamtx).await;
    let server = fake.server("mediamtx");
    let streams = server.list().await.unwrap();
    assert_eq!(
        shown(&streams),
        [
            "/cam rtspSource:",
            "a/b/c webRTCSession:u-2",
            "live/room rtmpConn:u-1"
        ]
    );
    let rtmp = Some("rtmpConn:u-1");
    assert_eq!(server.kick(&key("room"), rtmp).await, Ok(Kicked::Done));
    // An admission does not say who it is, and an old id is nobody's: the list tells.
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    let old = Some("rtmpConn:u-0");
    assert_eq!(server.kick(&key("room"), old).await, Ok(Kicked::Done));
    let cam = StreamKey::new("", "cam");
    assert_eq!(server.kick(&cam, None).await, Err(ApiError::NotKickable));
}

fn zlm(asked: &Asked, _: usize) -> Response {
    let mut form = url::form_urlencoded::parse(asked.body.as_bytes());
    let mut field = |name: &str| form.find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
    if field("secret").as_deref() != Some("s3cret-api") {
        return ok(json!({"code": -100, "msg": "Incorrect secret"}));
    }
    let media = |schema: &str, stream: &str| {
        json!({"schema": schema, "vhost": "__defaultVhost__", "app": "live", "stream": stream, "originType": 1,
            "readerCount": 0, "totalReaderCount": 0, "aliveSecond": 3, "tracks": []})
    };
    match asked.what.as_str() {
        "POST /index/api/getMediaList" => ok(json!({"code": 0, "data": [
            media("rtsp", "room"), media("rtmp", "room"), media("hls", "room"), media("rtmp", "other"),
        ]})),
        "POST /index/api/close_streams" => {
            assert_eq!(field("vhost").as_deref(), Some("__defaultVhost__"));
            assert_eq!(field("app").as_deref(), Some("live"));
            let hit = u8::from(field("stream").as_deref() == Some("room"));
            ok(json!({"code": 0, "count_hit": hit, "count_closed": hit}))
        }
        _ => status(404),
    }
}

#[tokio::test]
async fn zlmediakit_lists_each_stream_once() {
    let fake = Fake::start(zlm).await;
    let server = fake.server("zlmediakit");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/other -", "live/room -"]);
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    assert!(fake.whats().iter().all(|what| !what.contains("s3cret")));
}

fn ome(asked: &Asked, _: usize) -> Response {
    if asked.authorization != format!("Basic {}", STANDARD.encode("s3cret-api")) {
        return status(401);
    }
    let names = |names: &[&str]| ok(json!({"statusCode": 200, "message": "OK", "response": names}));
    match asked.what.as_str() {
        "GET /v1/vhosts" => names(&["default", "other"]),
        "GET /v1/vhosts/default/apps" => names(&["live"]),
        "GET /v1/vhosts/other/apps" => names(&[]),
        "GET /v1/vhosts/default/apps/live/streams" => names(&["room", "a b"]),
        "DELETE /v1/vhosts/default/apps/live/streams/a%20b" => {
            ok(json!({"statusCode": 200, "message": "OK"}))
        }
        _ => (
            StatusCode::NOT_FOUND,
            Json(json!({"statusCode": 404, "message": "Could not find the application or stream (404)"})),
        )
            .into_response(),
    }
}

#[tokio::test]
async fn ovenmediaengine_is_asked_from_the_outside_in() {
    let fake = Fake::start(ome).await;
    let server = fake.server("ovenmediaengine");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/a b -", "live/room -"]);
    // A hook does not tell the virtual host, and who publishes is none.
    for publisher in [None, Some("10.0.0.7:29291")] {
        let kicked = server.kick(&key("a b"), publisher).await;
        assert_eq!(kicked, Ok(Kicked::Done));
        let kicked = server.kick(&key("gone"), publisher).await;
        assert_eq!(kicked, Ok(Kicked::Gone));
    }
    let deleted = fake.whats();
    assert!(deleted.iter().all(|what| !what.contains("29291")));
}

/// The claims of a token that this secret signed.
fn claims(authorization: &str) -> Value {
    let token = authorization.strip_prefix("Bearer ").unwrap();
    let (signed, tag) = token.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    hmac::verify(&key, signed.as_bytes(), &tag).expect("signed with the API secret");
    let (_, claims) = signed.split_once('.').unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn livekit(asked: &Asked, _: usize) -> Response {
    let claims = claims(&asked.authorization);
    assert_eq!(claims["iss"], "APIkey");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let method = asked.what.strip_prefix("POST /twirp/livekit.RoomService/");
    let grant = &claims["video"];
    match method.unwrap() {
        "ListRooms" => {
            assert_eq!(*grant, json!({"roomList": true}));
            ok(json!({"rooms": [{"sid": "RM_1", "name": "room-42", "num_participants": 4}]}))
        }
        "ListParticipants" => {
            assert_eq!(*grant, json!({"roomAdmin": true, "room": "room-42"}));
            let video = json!([{"sid": "TR_1", "type": "VIDEO"}, {"sid": "TR_2", "type": "AUDIO"}]);
            ok(json!({"participants": [
                {"sid": "PA_1", "identity": "host-7", "kind": "STANDARD", "tracks": video},
                {"sid": "PA_2", "identity": "viewer", "tracks": []},
                {"sid": "PA_3", "identity": "EG_x", "kind": "EGRESS", "tracks": video},
            ]}))
        }
        "RemoveParticipant" => {
            assert_eq!(*grant, json!({"roomAdmin": true, "room": body["room"]}));
            if body["identity"] == "host-7" {
                ok(json!({}))
            } else {
                let body = Json(json!({"code": "not_found", "msg": "participant does not exist"}));
                (StatusCode::NOT_FOUND, body).into_response()
            }
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn livekit_is_asked_with_a_grant_for_each_room() {
    let fake = Fake::start(livekit).await;
    let server = fake.server("livekit");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["room-42/host-7 PA_1"]);
    let host = StreamKey::new("room-42", "host-7");
    assert_eq!(server.kick(&host, Some("PA_1")).await, Ok(Kicked::Done));
    let gone = StreamKey::new("room-42", "host-8");
    assert_eq!(server.kick(&gone, None).await, Ok(Kicked::Gone));
}

/// Both ways to log in; a token holds for four questions.
fn nms(asked: &Asked, before: usize, challenges: bool) -> Response {
    if asked.what == "POST /api/v1/login" {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        assert_eq!(body["username"], "APIkey");
        let token =
            json!({"success": true, "data": {"token": format!("t{before}"), "expiresIn": "24h"}});
        return match (challenges, &body["response"], &body["password"]) {
            (true, Value::Null, Value::Null) => {
                ok(json!({"success": true, "data": {"challenge": "c0ffee"}}))
            }
            (true, Value::String(response), Value::Null) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
                let tag = hmac::sign(&key, b"c0ffee");
                let mut expected = String::new();
                for byte in tag.as_ref() {
                    write!(expected, "{byte:02x}").unwrap();
                }
                assert_eq!(
                    (response, &body["challenge"]),
                    (&expected, &json!("c0ffee"))
                );
                ok(token)
            }
            (false, Value::Null, Value::Null) => status(400),
            (false, Value::Null, Value::String(password)) if password == "s3cret-api" => ok(token),
            _ => status(401),
        };
    }
    let token = asked.authorization.strip_prefix("Bearer t");
    let issued: Option<usize> = token.and_then(|at| at.parse().ok());
    if issued.is_none_or(|at| before > at + 4) {
        return status(401);
    }
    match asked.what.as_str() {
        "GET /api/v1/streams" => ok(json!({"success": true, "data": {"total": 2, "streams": [
            {"key": "/live/room", "app": "live", "name": "room", "status": "publishing", "subscribers": 1,
                "publisher": {"id": "S1", "ip": "203.0.113.9", "protocol": "rtmp", "videoWidth": 1280}},
            {"key": "/live/idle", "app": "live", "name": "idle", "status": "idle", "publisher": null},
        ]}})),
        "DELETE /api/v1/sessions/S1" => ok(json!({"success": true, "data": {"id": "S1"}})),
        _ => status(404),
    }
}

#[tokio::test]
async fn node_media_server_is_logged_in_to_once() {
    let with_challenge: Answers = |asked, before| nms(asked, before, true);
    let with_password: Answers = |asked, before| nms(asked, before, false);
    for (answers, sends_it) in [(with_challenge, false), (with_password, true)] {
        let fake = Fake::start(answers).await;
        let server = fake.server("node-media-server");
        for _ in 0..3 {
            let streams = server.list().await.unwrap();
            assert_eq!(shown(&streams), ["live/room S1"]);
        }
        assert_eq!(
            server.kick(&key("room"), Some("S1")).await,
            Ok(Kicked::Done)
        );
        let logins = |fake: &Fake| {
            let whats = fake.whats();
            whats.iter().filter(|what| what.contains("login")).count()
        };
        assert_eq!(logins(&fake), 2, "one log-in of two steps");
        // The token is over: a new one is asked for, and what was asked is asked again.
        assert_eq!(
            server.kick(&key("room"), Some("S0")).await,
            Ok(Kicked::Done)
        );
        assert_eq!(logins(&fake), 4);
        let asked = fake.asked();
        let sent = asked.iter().any(|asked| asked.body.contains("s3cret"));
        assert_eq!(sent, sends_it, "the password stays where a challenge does");
    }
}

#[tokio::test]
async fn a_log_in_that_is_refused_ends() {
    let fake = Fake::start(|_, _| status(401)).await;
    let server = fake.server("node-media-server");
    assert_eq!(server.list().await, Err(ApiError::Status(401)));
    assert_eq!(fake.asked().len(), 1);
    // One that says yes and gives nothing.
    let fake = Fake::start(|_, _| ok(json!({"data": {"challenge": "x"}}))).await;
    let server = fake.server("node-media-server");
    assert_eq!(server.list().await, Err(ApiError::Status(401)));
}

fn generic(asked: &Asked, _: usize) -> Response {
    if asked.authorization != "Bearer s3cret-api" {
        return status(401);
    }
    match asked.what.as_str() {
        "GET /base/streams" => ok(json!({"streams": [
            {"app": "live", "name": "room", "publisher": "u7"}, {"name": "bare"}, {"app": "live"},
        ]})),
        "POST /base/kick" if asked.body.contains("room") => status(202),
        _ => status(404),
    }
}

#[tokio::test]
async fn a_kick_of_the_generic_kind_is_signed() {
    let fake = Fake::start(generic).await;
    let server = server("generic", &format!("api = \"{}/base/\"", fake.base));
    assert_eq!(
        shown(&server.list().await.unwrap()),
        ["/bare -", "live/room u7"]
    );
    assert_eq!(
        server.kick(&key("room"), Some("u7")).await,
        Ok(Kicked::Done)
    );
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    let asked = fake.asked().swap_remove(1);
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(
        body,
        json!({"type": "waylay.stream.kick_requested.v1",
            "data": {"app": "live", "name": "room", "publisher": "u7"}})
    );
    let head = |name: &str| asked.headers[name].to_str().unwrap();
    let signed = format!(
        "{}.{}.{}",
        head("webhook-id"),
        head("webhook-timestamp"),
        asked.body
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret-api");
    let tag = head("webhook-signature").strip_prefix("v1,").unwrap();
    let tag = STANDARD.decode(tag).unwrap();
    hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
}

#[tokio::test]
async fn what_goes_wrong_is_said_without_what_the_server_said() {
    for kind in [
        "srs",
        "nginx-rtmp",
        "mediamtx",
        "zlmediakit",
        "ovenmediaengine",
        "livekit",
        "generic",
    ] {
        let fake = Fake::start(|_, _| status(500)).await;
        let server = fake.server(kind);
        assert_eq!(server.list().await, Err(ApiError::Status(500)), "{kind}");
        let kicked = server.kick(&key("room"), Some("rtmpConn:1")).await;
        assert_eq!(kicked, Err(ApiError::Status(500)), "{kind}");
        let fake = Fake::start(|_, _| "s3cret".into_response()).await;
        let server = fake.server(kind);
        let error = server.list().await.unwrap_err();
        assert_eq!(error, ApiError::Malformed, "{kind}");
        assert!(!error.to_string().contains("s3cret"));
        // Elsewhere: nobody is led there.
        let fake = Fake::start(|_, _| {
            (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response()
        })
        .await;
        assert_eq!(fake.server(kind).list().await, Err(ApiError::Status(302)));
        let fake = Fake::start(|_, _| vec![b' '; (8 << 20) + 1].into_response()).await;
        assert_eq!(fake.server(kind).list().await, Err(ApiError::TooLarge));
    }
    let gone = server("srs", "api = \"http://127.0.0.1:1\"");
    assert_eq!(gone.list().await, Err(ApiError::Unreachable));
    let none = server("srs", "");
    assert_eq!(none.list().await, Err(ApiError::NoApi));
    assert!(!none.has_api());
}

/// A server that never ends its list.
#[tokio::test]
async fn a_list_ends() {
    let fake = Fake::start(|asked, before| {
        assert!(asked.what.starts_with("GET"));
        ok(json!({"pageCount": 1_000_000, "items": [
            {"name": format!("s{before}"), "ready": true, "source": {"type": "rtmpConn", "id": "1"}},
        ]}))
    })
    .await;
    assert_eq!(fake.server("mediamtx").list().await, Err(ApiError::TooMany));
    let fake = Fake::start(|_, _| {
        let rooms: Vec<_> = (0..3_000).map(|n| json!({"name": n})).collect();
        ok(json!({"rooms": rooms}))
    })
    .await;
    assert_eq!(fake.server("livekit").list().await, Err(ApiError::TooMany));
    assert_eq!(fake.asked().len(), 1, "told by the first answer");
    // Nor are more questions made than are asked.
    let names: Vec<_> = (0..30_000).map(|n| format!("n{n}")).collect();
    let rooms: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
    for (kind, answer) in [
        ("livekit", json!({"rooms": rooms})),
        ("ovenmediaengine", json!({"response": names})),
    ] {
        let server = server(kind, "");
        let call = server.adapter.list(0);
        let listed = server
            .adapter
            .listed(&call, answer.to_string().as_bytes(), 0);
        assert_eq!(listed.unwrap().more.len(), MOST_CALLS + 1, "{kind}");
    }
}
