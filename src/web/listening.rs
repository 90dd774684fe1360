//! Connections: how many are open at a time, and how long one may say nothing. Whoever opens them by the thousand takes nothing
//! from those who watch streams in the same process.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use crate::stop::Stop;

/// What connections may take.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// How many are open at a time; more wait to be accepted.
    most: usize,
    /// How long the head of a request may take, from when the connection is opened or the answer before it was sent.
    head: Duration,
    /// Bytes of the largest head of a request: a hook's query may have 64 KiB. Twice as much or so is taken where it comes at once, since
    /// hyper looks at what it has between two reads.
    largest_head: usize,
}

const BOUNDS: Bounds = Bounds {
    most: 1024,
    head: Duration::from_secs(30),
    largest_head: 128 << 10,
};

/// How often it is told that more wait.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Has `router` answer what comes to `listener` until `stop` is asked for; what was begun then is answered to its end.
pub(super) async fn serve(router: Router, listener: TcpListener, stop: Stop) {
    serve_within(BOUNDS, router, listener, stop).await;
}

async fn serve_within(bounds: Bounds, router: Router, listener: TcpListener, stop: Stop) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_buf_size(bounds.largest_head);
    let router = TowerToHyperService::new(router);
    let mut door = Door {
        listener,
        places: Arc::new(Semaphore::new(bounds.most)),
        told: None,
    };
    let open = GracefulShutdown::new();
    let mut stopping = pin!(stop.asked());
    loop {
        let (stream, peer, place) = tokio::select! {
            next = door.next() => next,
            () = &mut stopping => break,
        };
        let router = router.clone();
        let answer = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.call(request)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            // Clients break off as they like.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(door);
    open.shutdown().await;
}

/// Where connections come in.
struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    /// When it was last told that more wait.
    told: Option<Instant>,
}

impl Door {
    /// The next connection, whose it is, and its place. Nothing is lost where nobody waits for it to the end.
    async fn next(&mut self) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let place = self.place().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    // No descriptor is free, for one: some will be.
                    tracing::error!(%error, "no connection can be accepted");
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn place(&mut self) -> OwnedSemaphorePermit {
        if self.places.available_permits() == 0
            && self.told.is_none_or(|told| told.elapsed() > TELL_EVERY)
        {
            tracing::warn!("as many connections are open as may be: others wait");
            self.told = Some(Instant::now());
        }
        match Arc::clone(&self.places).acquire_owned().await {
            Ok(place) => place,
            // Nobody closes it.
            Err(_) => std::future::pending().await,
        }
    }
}

fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionRefused | ConnectionAborted | ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const TIGHT: Bounds = Bounds {
        most: 1,
        head: Duration::from_secs(5),
        largest_head: 16 << 10,
    };

    async fn started(stop: &Stop) -> (SocketAddr, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
        let router = Router::new().route("/", get(peer));
        let serving = serve_within(TIGHT, router, listener, stop.clone());
        (address, tokio::spawn(serving))
    }

    async fn said(stream: &mut TcpStream) -> String {
        let mut said = String::new();
        // Whatever was said before it was cut off counts.
        let _ = stream.read_to_string(&mut said).await;
        said
    }

    const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /// One that says nothing makes way for those who wait.
    #[tokio::test]
    async fn who_says_nothing_makes_way() {
        let stop = Stop::new();
        let (address, serving) = started(&stop).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        silent.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        let mut waiting = TcpStream::connect(address).await.unwrap();
        waiting.write_all(ASK).await.unwrap();
        tokio::time::pause();
        let begun = Instant::now();
        let answer = said(&mut waiting).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let peer = waiting.local_addr().unwrap().to_string();
        assert!(answer.ends_with(&peer), "{answer}");
        assert!(begun.elapsed() >= Duration::from_secs(4), "it had to wait");
        let cut_off = said(&mut silent).await;
        assert!(!cut_off.contains("200"), "{cut_off}");
        stop.ask();
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_head_has_a_bound() {
        let stop = Stop::new();
        let (address, _serving) = started(&stop).await;
        for (kib, is_answered) in [(8, true), (400, false)] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let more = "x".repeat(kib << 10);
            let head =
                format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {more}\r\n\r\n");
            // It may be cut off before all of it is written.
            let _ = stream.write_all(head.as_bytes()).await;
            let answer = said(&mut stream).await;
            assert_eq!(answer.starts_with("HTTP/1.1 200"), is_answered, "{answer}");
        }
        stop.ask();
    }

    #[tokio::test]
    async fn a_connection_that_asks_for_nothing_holds_no_end_up() {
        let stop = Stop::new();
        let (address, serving) = started(&stop).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 200");
        // It is open for another request, and is not waited for.
        stop.ask();
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
