//! A provider on this machine that answers what it is told to.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Attempt, Signer, claims};

/// What it answers.
#[derive(Clone)]
pub(super) struct Answers {
    pub(super) status: u16,
    pub(super) keys: Vec<Value>,
    pub(super) tokens: Value,
    pub(super) user: Value,
    /// So many more bytes are in every answer.
    pub(super) padding: usize,
}

/// What it was asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct Fake {
    pub(super) issuer: String,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    pub(super) async fn start(keys: Vec<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let fake = Self {
            issuer: issuer.clone(),
            answers: Arc::new(Mutex::new(Answers {
                status: 200,
                keys,
                tokens: json!({}),
                user: json!({}),
                padding: 0,
            })),
            asked: Arc::default(),
        };
        let (answers, asked) = (Arc::clone(&fake.answers), Arc::clone(&fake.asked));
        tokio::spawn(async move {
            loop {
                let (io, _) = listener.accept().await.unwrap();
                serve(io, &issuer, &answers, &asked).await;
            }
        });
        fake
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.answers.lock().unwrap());
    }

    pub(super) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    /// Has it vouch for subject 1 in this attempt.
    pub(super) fn tells(&self, signer: &Signer, attempt: &Attempt) {
        let mut claims = claims(&attempt.nonce());
        claims["iss"] = json!(self.issuer);
        let tokens = json!({
            "id_token": signer.token(&claims), "access_token": "t0ken", "token_type": "Bearer",
        });
        self.set(|answers| answers.tokens = tokens);
    }
}

/// Answers one request.
async fn serve(
    mut io: TcpStream,
    issuer: &str,
    answers: &Mutex<Answers>,
    asked: &Mutex<Vec<Request>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = io.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    io.read_exact(&mut body).await.unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let answers = answers.lock().unwrap().clone();
    let mut answer = match path.as_str() {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth?x=1"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "userinfo_endpoint": format!("{issuer}/user"),
        }),
        "/jwks" => json!({"keys": answers.keys}),
        "/token" => answers.tokens,
        _ => answers.user,
    }
    .to_string();
    answer.push_str(&" ".repeat(answers.padding));
    asked.lock().unwrap().push(Request {
        path,
        head,
        body: String::from_utf8(body).unwrap(),
    });
    // Another place, for whoever would go there.
    let answer = format!(
        "HTTP/1.1 {} X\r\nLocation: {issuer}/elsewhere\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answers.status,
        answer.len()
    );
    // Nobody has to hear all of it.
    let _ = io.write_all(answer.as_bytes()).await;
}
