//! Ingest servers: what their hooks say and how they want to be answered, which streams they have, and how a publisher is
//! disconnected.
//!
//! One file knows each kind of server. It is pure: a hook is bytes, an answer is bytes, and a question is a `Call` that
//! `client.rs` carries out.

mod call;
mod client;
mod generic;
mod hook;
mod livekit;
mod mediamtx;
mod nginx_rtmp;
mod node_media_server;
mod ovenmediaengine;
mod srs;
mod zlmediakit;

pub use crate::secret::{Secret, SecretError};
pub use call::{ApiError, Kicked, Live};
pub use hook::{Decision, Hook, HookError, HookKind, LARGEST as LARGEST_HOOK, Reply, Request};

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::ban::StreamKey;
use crate::clock::Clock;
use crate::config::{Ingest, ServerKind};
use crate::trust::{self, TrustError};
use call::{Call, Listed, Login};
use client::{Answer, Client};

/// The most streams that one server lists.
pub const MOST_STREAMS: usize = 100_000;

/// Questions for one list: of servers that tell a hundred streams at a time, and of those with a question for each room.
const MOST_CALLS: usize = 2_000;

/// How long a list may take.
const LIST: Duration = Duration::from_mins(1);

/// Answers to one log-in: no server asks more than three questions.
const MOST_LOGIN: usize = 4;

/// What knows one kind of server.
trait Adapter: Send + Sync {
    /// Whether `request` is signed by the server; `None` where its kind does not sign, or this one is not.
    fn signed(&self, request: &Request<'_>) -> Option<bool> {
        let _ = request;
        None
    }

    /// Whether it signs every hook, so that none needs a secret of its own.
    fn always_signs(&self) -> bool {
        false
    }

    /// What a hook says.
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError>;

    /// The answer to a hook of `kind`.
    fn reply(&self, kind: HookKind, decision: Decision) -> Reply;

    /// The first question for its streams, asked at `now_s` (seconds since 1970 in UTC).
    fn list(&self, now_s: i64) -> Call;

    /// What the answer to `call` holds, and what is to be asked next.
    fn listed(&self, call: &Call, body: &[u8], now_s: i64) -> Result<Listed, ApiError>;

    /// `key` as the list shows it: not every list can write every name.
    fn shown(&self, key: &StreamKey) -> StreamKey {
        key.clone()
    }

    /// Whether its list calls publishers as its hooks do; what it says in their place is for a kick alone where not.
    fn lists_publishers(&self) -> bool {
        true
    }

    /// The question that disconnects who publishes `key`.
    fn kick(&self, key: &StreamKey, publisher: Option<&str>, now_s: i64) -> Result<Call, ApiError>;

    /// What became of it.
    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError>;

    /// The next step of a log-in, by what was answered so far.
    fn login(&self, said: &[Answer]) -> Login {
        let _ = said;
        Login::NotNeeded
    }
}

/// Why a server cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A secret of it cannot be had.
    #[error("{0}: {1}")]
    Secret(&'static str, SecretError),
    /// Nobody is known who vouches for its API.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The client for its API cannot be made.
    #[error("its API cannot be asked")]
    Client,
}

/// An ingest server.
pub struct Server {
    adapter: Arc<dyn Adapter>,
    hook_secret: Option<Secret>,
    client: Option<Client>,
    clock: Clock,
}

impl Server {
    /// The server that `config` tells of, its secrets read.
    ///
    /// # Errors
    /// Where a secret cannot be read, or the authorities that vouch for its API.
    pub fn new(config: &Ingest, clock: Clock) -> Result<Self, ServerError> {
        let secret = Secret::read(config.secret_file.as_deref(), config.secret_env.as_deref());
        let secret = secret.map_err(|error| ServerError::Secret("its secret", error))?;
        let hook_secret = Secret::read(
            config.hook_secret_file.as_deref(),
            config.hook_secret_env.as_deref(),
        );
        let hook_secret =
            hook_secret.map_err(|error| ServerError::Secret("the secret of its hooks", error))?;
        let roots = trust::authorities(config.ca_file.as_deref())?;
        let api = config.api.clone();
        let client = api.map(|api| Client::new(api, trust::tls(roots)));
        let client = client.transpose();
        Ok(Self {
            adapter: adapter(config, secret, hook_secret.as_ref()),
            hook_secret,
            client: client.map_err(|_| ServerError::Client)?,
            clock,
        })
    }

    /// Whether its hooks are heard: without a secret anybody could send them.
    pub fn takes_hooks(&self) -> bool {
        self.hook_secret.is_some() || self.adapter.always_signs()
    }

    /// Whether it can be asked.
    pub fn has_api(&self) -> bool {
        self.client.is_some()
    }

    /// Whether `request` comes from the server, or from whoever was told the secret of its hooks.
    pub fn is_authentic(&self, request: &Request<'_>) -> bool {
        if let Some(signed) = self.adapter.signed(request) {
            return signed;
        }
        let carried = request.secrets();
        self.hook_secret
            .as_ref()
            .is_some_and(|secret| carried.iter().flatten().any(|given| secret.is(given)))
    }

    /// What a hook says.
    ///
    /// # Errors
    /// Where it is none that this kind of server sends.
    pub fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        if request.too_large || request.body.len() > LARGEST_HOOK {
            return Err(HookError::TooLarge);
        }
        self.adapter.parse(request)
    }

    /// The answer to a hook of `kind`.
    pub fn reply(&self, kind: HookKind, decision: Decision) -> Reply {
        self.adapter.reply(kind, decision)
    }

    /// The streams that are published there now.
    ///
    /// # Errors
    /// Where not all of them could be learnt.
    pub async fn list(&self) -> Result<Vec<Live>, ApiError> {
        let mut streams = self.list_in_time().await?;
        if !self.adapter.lists_publishers() {
            for live in &mut streams {
                live.publisher = None;
            }
        }
        Ok(streams)
    }

    async fn list_in_time(&self) -> Result<Vec<Live>, ApiError> {
        let listed = timeout(LIST, self.list_all()).await;
        listed.map_err(|_| ApiError::TimedOut)?
    }

    async fn list_all(&self) -> Result<Vec<Live>, ApiError> {
        let mut streams: HashMap<StreamKey, Live> = HashMap::new();
        let mut calls = vec![self.adapter.list(self.now_s())];
        let mut asked = 0;
        while let Some(call) = calls.pop() {
            asked += 1;
            let answer = self.ask(&call).await?;
            let (adapter, now_s) = (Arc::clone(&self.adapter), self.now_s());
            // A large one takes a while, in which nothing else could be done here.
            let reading = spawn_blocking(move || adapter.listed(&call, answer.found()?, now_s));
            let listed = reading.await.map_err(|_| ApiError::Malformed)??;
            calls.extend(listed.more);
            let found = listed.streams.into_iter();
            streams.extend(found.map(|live| (live.key.clone(), live)));
            if streams.len() > MOST_STREAMS || asked + calls.len() > MOST_CALLS {
                return Err(ApiError::TooMany);
            }
        }
        Ok(streams.into_values().collect())
    }

    /// `key` as [`Server::list`] shows it: not every list can write every name.
    pub fn shown(&self, key: &StreamKey) -> StreamKey {
        self.adapter.shown(key)
    }

    /// Disconnects who publishes `key`. Where nobody is there under the name that is known, the list says who is.
    ///
    /// # Errors
    /// Where the server did not do it, or does not say.
    pub async fn kick(&self, key: &StreamKey, publisher: Option<&str>) -> Result<Kicked, ApiError> {
        let publisher = publisher.filter(|_| self.adapter.lists_publishers());
        match self.kick_now(key, publisher).await {
            Ok(Kicked::Done) => return Ok(Kicked::Done),
            Ok(Kicked::Gone) | Err(ApiError::NoPublisher | ApiError::Status(_)) => {}
            Err(error) => return Err(error),
        }
        let streams = self.list_in_time().await?;
        match streams.iter().find(|live| live.key == *key) {
            Some(live) => match self.kick_now(key, live.publisher.as_deref()).await? {
                Kicked::Done => Ok(Kicked::Done),
                Kicked::Gone => Err(ApiError::StillListed),
            },
            None => Ok(Kicked::Gone),
        }
    }

    async fn kick_now(&self, key: &StreamKey, publisher: Option<&str>) -> Result<Kicked, ApiError> {
        let call = self.adapter.kick(key, publisher, self.now_s())?;
        self.adapter.kicked(&self.ask(&call).await?)
    }

    /// Asks, logged in where that is needed.
    async fn ask(&self, call: &Call) -> Result<Answer, ApiError> {
        let client = self.client.as_ref().ok_or(ApiError::NoApi)?;
        let token = self.token(client).await?;
        let answer = client.send(call, token.as_deref()).await?;
        if answer.status != 401 || token.is_none() {
            return Ok(answer);
        }
        // It was given for a time.
        client
            .token
            .lock()
            .await
            .take_if(|held| Some(&*held) == token.as_ref());
        let token = self.token(client).await?;
        client.send(call, token.as_deref()).await
    }

    /// The token of the last log-in, or of a new one; `None` where the server wants none.
    async fn token(&self, client: &Client) -> Result<Option<String>, ApiError> {
        let mut held = client.token.lock().await;
        if held.is_none() {
            *held = self.log_in(client).await?;
        }
        Ok(held.clone())
    }

    async fn log_in(&self, client: &Client) -> Result<Option<String>, ApiError> {
        let mut said = Vec::new();
        while said.len() < MOST_LOGIN {
            match self.adapter.login(&said) {
                Login::NotNeeded => return Ok(None),
                Login::Ask(call) => said.push(client.send(&call, None).await?),
                Login::Token(token) => return Ok(Some(token)),
                Login::Refused => break,
            }
        }
        Err(ApiError::Status(401))
    }

    fn now_s(&self) -> i64 {
        self.clock.wall_us() / 1_000_000
    }
}

/// Nothing of it is for logs.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

fn adapter(
    config: &Ingest,
    secret: Option<Secret>,
    hook_secret: Option<&Secret>,
) -> Arc<dyn Adapter> {
    let user = config.user.clone();
    match config.kind.as_ref() {
        ServerKind::Srs => Arc::new(srs::Srs::new(user, secret)),
        ServerKind::NginxRtmp => Arc::new(nginx_rtmp::NginxRtmp::new(user, secret)),
        ServerKind::MediaMtx => Arc::new(mediamtx::MediaMtx::new(user, secret)),
        ServerKind::ZlMediaKit => Arc::new(zlmediakit::ZlMediaKit::new(secret)),
        ServerKind::OvenMediaEngine => Arc::new(ovenmediaengine::OvenMediaEngine::new(
            secret,
            hook_secret.cloned(),
        )),
        ServerKind::LiveKit => Arc::new(livekit::LiveKit::new(user, secret.as_ref())),
        ServerKind::NodeMediaServer => {
            Arc::new(node_media_server::NodeMediaServer::new(user, secret))
        }
        ServerKind::Generic => Arc::new(generic::Generic::new(secret)),
    }
}

#[cfg(test)]
mod tests;
