use reqwest::header::HeaderValue;
use rustls::RootCertStore;
use rustls::crypto::ring::default_provider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::config::Config;

/// The key that the Standard Webhooks libraries use in their examples.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const MESSAGE: Message<'_> = Message {
    id: "a.1",
    timestamp_s: 1_614_265_330,
    body: "{\"id\":\"a.1\"}",
};

/// Nobody is trusted: the receivers here have no TLS.
fn tls() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

/// The endpoint at this port; nothing in `s3cret` is for others.
fn endpoint(port: u16, more: &str) -> Endpoint {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, SECRET).unwrap();
    let text = format!(
        "[[webhooks]]\nname = 'ops'\nurl = 'http://user:s3cret@127.0.0.1:{port}/hook?token=s3cret'\nsecret_files = [{:?}]\n{more}",
        file.to_str().unwrap(),
    );
    let config = Config::parse(&text).unwrap();
    Endpoint::new(&config.webhooks[0], tls()).unwrap()
}

/// Answers one request with `answer`; the request as it came.
async fn receiver(answer: &'static str) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let request = tokio::spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(MESSAGE.body.as_bytes()) {
            request.push(io.read_u8().await.unwrap());
        }
        io.write_all(answer.as_bytes()).await.unwrap();
        io.shutdown().await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (port, request)
}

#[tokio::test]
async fn the_event_is_the_body_and_the_head_is_signed() {
    let (port, request) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(endpoint(port, "").send(&MESSAGE).await, Ok(204));
    let request = request.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, MESSAGE.body);
    assert!(
        head.starts_with("POST /hook?token=s3cret HTTP/1.1\r\n"),
        "{head}"
    );
    let signature = MESSAGE.signature(&[Secret::parse(SECRET).unwrap()]);
    for line in [
        "content-type: application/cloudevents+json",
        "webhook-id: a.1",
        "webhook-timestamp: 1614265330",
        &format!("webhook-signature: {signature}"),
        // Of `user:s3cret`.
        "authorization: Basic dXNlcjpzM2NyZXQ=",
    ] {
        assert!(head.lines().any(|other| other == line), "{line}: {head}");
    }
}

#[tokio::test]
async fn an_answer_says_what_is_to_be_done() {
    for (answer, status, last, blames, retry_after) in [
        (
            "HTTP/1.1 500 Oh\r\nRetry-After: 7\r\n\r\n",
            500,
            false,
            true,
            Some(7),
        ),
        (
            "HTTP/1.1 429 Slow\r\nContent-Length: 4\r\n\r\nslow",
            429,
            false,
            true,
            None,
        ),
        ("HTTP/1.1 400 No\r\n\r\n", 400, false, false, None),
        ("HTTP/1.1 410 Gone\r\n\r\n", 410, true, false, None),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
            302,
            false,
            false,
            None,
        ),
    ] {
        let (port, _request) = receiver(answer).await;
        let refusal = endpoint(port, "").send(&MESSAGE).await.unwrap_err();
        assert_eq!(refusal.status, Some(status), "{refusal:?}");
        assert_eq!(refusal.is_final(), last, "{refusal:?}");
        assert_eq!(refusal.blames_endpoint(), blames, "{refusal:?}");
        assert_eq!(refusal.retry_after, retry_after.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn what_went_wrong_is_told_without_the_url() {
    // Nobody listens, nothing is answered, and something that is no answer.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let quiet = silent.local_addr().unwrap().port();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = closed.local_addr().unwrap().port();
    drop(closed);
    let (strange, _request) = receiver("no HTTP s3cret\r\n\r\n").await;
    for (port, more) in [(gone, ""), (quiet, "timeout_ms = 50"), (strange, "")] {
        let refusal = endpoint(port, more).send(&MESSAGE).await.unwrap_err();
        assert_eq!(refusal.status, None);
        assert!(refusal.blames_endpoint() && !refusal.is_final());
        assert!(!refusal.error.is_empty());
        assert!(!refusal.error.contains("s3cret"), "{refusal:?}");
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = tokio::spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        // An answer before the question is none.
        io.read_exact(&mut [0; 64]).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        io.write_all(head.as_bytes()).await.unwrap();
        // Until whoever asked goes.
        while io.write_all(b"4\r\nmore\r\n").await.is_ok() {}
    });
    assert_eq!(endpoint(port, "").send(&MESSAGE).await, Ok(200));
    sent.await.unwrap();
}

#[test]
fn a_time_to_wait_is_seconds_or_a_date() {
    let now_s = 784_111_777;
    for (value, seconds) in [
        ("120", Some(120)),
        // The example of RFC 9110 section 5.6.7.
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
        ("Sun, 06 Nov 1994 08:49:27 GMT", None),
        ("-1", None),
        ("soon", None),
        ("", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(value));
        let wait = retry_after(&headers, now_s).map(|wait| wait.as_secs());
        assert_eq!(wait, seconds, "{value}");
    }
    assert_eq!(retry_after(&HeaderMap::new(), now_s), None);
}

#[test]
fn a_secret_that_is_none_is_told_by_its_place() {
    let text = "[[webhooks]]\nname = 'ops'\nurl = 'https://a.example'\nsecret_env = ['WAYLAY_NO_SUCH_VARIABLE']\n";
    let config = Config::parse(text).unwrap();
    let error = Endpoint::new(&config.webhooks[0], tls()).unwrap_err();
    assert!(
        error.to_string().contains("WAYLAY_NO_SUCH_VARIABLE"),
        "{error}"
    );
}
