//! A web of one real server on loopback that answers for every name.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig, crypto};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::super::network::{Addresses, Lookup, Network};
use super::super::{Resolution, Resolver};
use crate::config::Resolve;

/// Where names are that nobody gave another address.
pub(super) const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 216, 34));

/// What the server sends.
pub(super) enum Reply {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes, one at a time with a pause before each.
    Slowly(Vec<u8>, Duration),
    /// The first, and then the second for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// The bytes when the gate opens.
    Held(Arc<Semaphore>, Vec<u8>),
}

type Handler = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

/// What the server saw.
#[derive(Default)]
pub(super) struct Seen {
    /// Heads of requests.
    pub(super) heads: Mutex<Vec<String>>,
    /// Addresses that were dialled.
    pub(super) dialled: Mutex<Vec<SocketAddr>>,
    /// Names that were looked up.
    pub(super) looked_up: Mutex<Vec<String>>,
    open: AtomicUsize,
    /// The most requests that were open at once.
    pub(super) most_open: AtomicUsize,
    /// The bytes that it could send.
    pub(super) sent: AtomicUsize,
}

impl Seen {
    pub(super) fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

pub(super) struct Stage {
    listener: std::net::TcpListener,
    pub(super) settings: Resolve,
    names: HashMap<String, Vec<Vec<IpAddr>>>,
    tls: Option<Certificates>,
}

/// A certificate for `secure.example`, and who is trusted.
pub(super) struct Certificates {
    server: TlsAcceptor,
    roots: RootCertStore,
}

impl Certificates {
    /// By an authority that the resolver trusts or does not.
    pub(super) fn new(trusted: bool) -> Self {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new([]).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&authority_key).unwrap();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(["secure.example".to_owned()]).unwrap();
        let own = own.signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![own.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let mut roots = RootCertStore::empty();
        if trusted {
            roots.add(certificate.der().clone()).unwrap();
        }
        Self {
            server: TlsAcceptor::from(Arc::new(server)),
            roots,
        }
    }
}

/// The names of a stage: each look-up of a name takes its next answer, the last one stays.
struct Names {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    seen: Arc<Seen>,
}

impl Lookup for Names {
    fn addresses<'a>(&'a self, host: &'a str) -> Addresses<'a> {
        let mut looked_up = self.seen.looked_up.lock().unwrap();
        let before = looked_up.iter().filter(|name| *name == host).count();
        looked_up.push(host.to_owned());
        let answer = match self.answers.get(host) {
            None => Ok(vec![PUBLIC]),
            Some(answers) => match answers.get(before.min(answers.len().max(1) - 1)) {
                Some(answer) => Ok(answer.clone()),
                None => Err(io::ErrorKind::NotFound.into()),
            },
        };
        Box::pin(std::future::ready(answer))
    }
}

impl Stage {
    pub(super) fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self {
            listener,
            settings: Resolve::default(),
            names: HashMap::new(),
            tls: None,
        }
    }

    /// The port of its server.
    pub(super) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Lets `name` have these addresses at its first look-up, those at its second, and so on.
    pub(super) fn name(mut self, name: &str, answers: &[&[&str]]) -> Self {
        let answers = answers
            .iter()
            .map(|answer| answer.iter().map(|a| a.parse().unwrap()).collect())
            .collect();
        self.names.insert(name.to_owned(), answers);
        self
    }

    pub(super) fn tls(mut self, tls: Certificates) -> Self {
        self.tls = Some(tls);
        self
    }

    pub(super) fn set(mut self, set: impl Fn(&mut Resolve)) -> Self {
        set(&mut self.settings);
        self
    }

    /// Opens the server. `handler` gets `host/path?query` of each request.
    #[expect(clippy::unused_async, reason = "it needs a runtime")]
    pub(super) async fn open(
        self,
        handler: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> (Arc<Resolver>, Arc<Seen>) {
        let listener = TcpListener::from_std(self.listener).unwrap();
        let server = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (acceptor, roots) = match self.tls {
            Some(tls) => (Some(tls.server), tls.roots),
            None => (None, RootCertStore::empty()),
        };
        tokio::spawn(serve(listener, acceptor, Arc::new(handler), seen.clone()));
        let names = Names {
            answers: self.names,
            seen: seen.clone(),
        };
        let dial = {
            let seen = seen.clone();
            move |address| {
                seen.dialled.lock().unwrap().push(address);
                server
            }
        };
        let network = Network::new(Arc::new(names), Arc::new(dial), roots);
        (Arc::new(Resolver::on(network, &self.settings)), seen)
    }
}

async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    handler: Handler,
    seen: Arc<Seen>,
) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (acceptor, handler, seen) = (acceptor.clone(), handler.clone(), seen.clone());
        tokio::spawn(async move {
            // Whoever asks may go at any time.
            let _ = match acceptor {
                Some(acceptor) => match acceptor.accept(tcp).await {
                    Ok(tls) => answer(tls, &handler, &seen).await,
                    Err(error) => Err(error),
                },
                None => answer(tcp, &handler, &seen).await,
            };
        });
    }
}

async fn answer(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    handler: &Handler,
    seen: &Seen,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap();
    let host = head.lines().find_map(|line| line.strip_prefix("host: "));
    let asked = format!("{}{path}", host.unwrap());
    seen.heads.lock().unwrap().push(head.clone());
    let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
    seen.most_open.fetch_max(open, Ordering::SeqCst);
    let done = send(&mut io, handler(&asked), seen).await;
    seen.open.fetch_sub(1, Ordering::SeqCst);
    done?;
    io.shutdown().await
}

async fn send(io: &mut (impl AsyncWrite + Unpin), reply: Reply, seen: &Seen) -> io::Result<()> {
    match reply {
        Reply::Bytes(bytes) => io.write_all(&bytes).await,
        Reply::Slowly(bytes, pause) => {
            for byte in bytes {
                tokio::time::sleep(pause).await;
                io.write_u8(byte).await?;
            }
            Ok(())
        }
        Reply::Endless(first, again) => {
            io.write_all(&first).await?;
            loop {
                io.write_all(&again).await?;
                seen.sent.fetch_add(again.len(), Ordering::SeqCst);
            }
        }
        Reply::Held(gate, bytes) => {
            gate.acquire().await.unwrap().forget();
            io.write_all(&bytes).await
        }
    }
}

/// A redirect to `location`.
pub(super) fn to(location: &str) -> Reply {
    Reply::Bytes(
        format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into(),
    )
}

/// A page.
pub(super) fn html(body: &str) -> Reply {
    body_with(
        "Content-Type: text/html; charset=utf-8\r\n",
        body.as_bytes(),
    )
}

/// A body, with these lines in its head.
pub(super) fn body_with(lines: &str, body: &[u8]) -> Reply {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{lines}Content-Length: {}\r\n\r\n",
        body.len()
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// Follows `link`.
pub(super) async fn follow(resolver: &Resolver, link: &str) -> Resolution {
    resolver.resolve(&link.parse().unwrap()).await
}
