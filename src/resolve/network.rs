//! What the resolver needs of the network: addresses of names, and whom to trust.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::trust;

/// The addresses of a name, when they are known.
pub type Addresses<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Finds the addresses of names.
pub trait Lookup: Send + Sync {
    /// All addresses of `host`.
    fn addresses<'a>(&'a self, host: &'a str) -> Addresses<'a>;
}

/// Where a connection to a checked address goes.
pub type Dial = Arc<dyn Fn(SocketAddr) -> SocketAddr + Send + Sync>;

/// The network as the resolver sees it. That of this machine is [`Network::system`]; another one is for tests,
/// and for whoever must reach the web in a way of their own.
pub struct Network {
    pub(super) lookup: Arc<dyn Lookup>,
    /// Where a connection to a checked address really goes. Tests lead it to their own servers.
    pub(super) dial: Dial,
    pub(super) tls: Arc<ClientConfig>,
}

impl Network {
    /// One where `lookup` knows the names, connections to a checked address go to where `dial` says, and `roots`
    /// are trusted.
    pub fn new(lookup: Arc<dyn Lookup>, dial: Dial, roots: RootCertStore) -> Self {
        Self {
            lookup,
            dial,
            tls: trusting(roots),
        }
    }

    /// Whom it trusts, and how it speaks to them.
    pub fn tls(&self) -> ClientConfig {
        self.tls.as_ref().clone()
    }

    /// That of this machine. Trusts the authorities that Mozilla trusts.
    pub fn system() -> Self {
        Self::new(
            Arc::new(System::default()),
            Arc::new(|address| address),
            trust::public(),
        )
    }
}

/// TLS 1.2 and 1.3 with HTTP/1.1 inside, and nothing remembered from one connection to the next: a
/// session that is resumed would be a cookie.
fn trusting(roots: RootCertStore) -> Arc<ClientConfig> {
    let mut tls = trust::tls(roots);
    tls.resumption = Resumption::disabled();
    Arc::new(tls)
}

/// How many names are looked up at once.
const LOOKUPS: usize = 16;

/// The names that this machine knows.
struct System {
    // A look-up cannot be interrupted and may take half a minute: whoever no longer waits for one must
    // not make room for the next.
    room: Arc<Semaphore>,
}

impl Default for System {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }
}

impl Lookup for System {
    fn addresses<'a>(&'a self, host: &'a str) -> Addresses<'a> {
        Box::pin(async move {
            // With the dot it is this name alone, and none of the network that we happen to be in.
            let name = format!("{}.", host.trim_end_matches('.'));
            let room = self.room.clone().acquire_owned().await;
            let look = move || {
                let _room = room;
                let found = (name.as_str(), 0).to_socket_addrs()?;
                Ok(found.map(|address| address.ip()).collect())
            };
            spawn_blocking(look).await.map_err(io::Error::other)?
        })
    }
}
