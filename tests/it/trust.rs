//! Servers whose certificates an authority of the platform's own has signed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto};
use serde_json::Value;

use crate::support::{Api, Watch, free_port};

/// Answers a webhook with 200, and whoever asks for streams with one.
struct Server {
    port: u16,
    /// The certificate of the authority that vouches for it.
    authority: String,
}

impl Server {
    fn start() -> Self {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new([]).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&authority_key).unwrap();
        let pem = STANDARD.encode(pem.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        let own = own.signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![own.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, config) = (connection.unwrap(), Arc::clone(&config));
                // Who does not trust it goes.
                std::thread::spawn(move || answer(connection, config));
            }
        });
        Self {
            port,
            authority: pem,
        }
    }
}

fn answer(connection: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let tls = ServerConnection::new(config).unwrap();
    let mut lines = BufReader::new(StreamOwned::new(tls, connection));
    loop {
        let mut request = String::new();
        let mut length = 0;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            request.push_str(&line);
        }
        lines.read_exact(&mut vec![0; length])?;
        let body = if request.starts_with("GET /api/streams ") {
            r#"{"streams":[{"app":"live","name":"room"}]}"#
        } else {
            ""
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        lines.get_mut().write_all(answer.as_bytes())?;
        lines.get_mut().flush()?;
    }
}

/// A configuration that asks `server` for streams and tells it of events, and trusts for that whom `ca` says.
fn config(folder: &Path, server: &Server, ca: &str) -> String {
    let secret = folder.join("secret");
    fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let (port, nowhere) = (server.port, free_port());
    let text = format!(
        "[[ingest]]\nid = 'edge'\nkind = 'generic'\napi = 'https://localhost:{port}/api'\npoll_ms = 200\n{ca}\n\
         pull = 'rtmp://127.0.0.1:{nowhere}/{{path}}'\n\
         [[webhooks]]\nname = 'ops'\nurl = 'https://localhost:{port}/hook'\nsecret_files = ['{}']\n{ca}\n",
        secret.display()
    );
    let file = folder.join("config.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Shows a code to the service.
fn show(api: &Api) {
    let mut still = std::io::Cursor::new(Vec::new());
    crate::support::draw(crate::support::PAYLOAD)
        .write_to(&mut still, image::ImageFormat::Png)
        .unwrap();
    let sent = api.send(
        "POST",
        "/api/v1/frames?stream=own",
        "image/png",
        still.get_ref(),
    );
    assert_eq!(sent.status, 202, "{sent:?}");
}

#[test]
fn a_private_authority_is_trusted_where_a_file_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start();
    let authority = folder.path().join("ca.pem");
    fs::write(&authority, &server.authority).unwrap();
    let ca = format!("ca_file = {authority:?}");
    let trusting = config(folder.path(), &server, &ca);
    let data = folder.path().join("trusting");
    let (_served, address) = Watch::serve(&data, &["--config", &trusting]);
    let api = Api::at(&address);
    api.await_that("/api/v1/streams/edge-live-room", "it is listed", |_| true);
    show(&api);
    let metrics = |api: &Api, line: &str| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while !api.get("/metrics").text.contains(line) {
            assert!(std::time::Instant::now() < deadline, "no {line}");
            std::thread::yield_now();
        }
    };
    metrics(&api, "waylay_webhook_delivered_total{endpoint=\"ops\"} 1\n");

    let other = config(folder.path(), &server, "");
    let data = folder.path().join("other");
    let (served, address) = Watch::serve(&data, &["--config", &other]);
    served.logged("ingest server edge does not list its streams");
    let api = Api::at(&address);
    show(&api);
    let waits = |deliveries: &Value| !deliveries["deliveries"][0]["error"].is_null();
    api.await_that("/api/v1/deliveries", "it is not delivered", waits);
    assert_eq!(api.get("/api/v1/streams/edge-live-room").status, 404);
}
