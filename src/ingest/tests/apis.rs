//! The APIs of the servers, as small fakes that hold to their documented fields.

mod generic;
mod livekit;
mod mediamtx;
mod nginx_rtmp;
mod node_media_server;
mod ovenmediaengine;
mod srs;
mod zlmediakit;

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request as Http, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
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
