//! `waylay serve`: the service.

use std::collections::HashSet;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Once};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args as ClapArgs;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::commands::common;
use crate::commands::configured::{self, Sellers};
use crate::commands::policies::Policies;
use crate::config::{self, Accounts, Config, Location};
use crate::detect::Readers;
use crate::ingest::Server;
use crate::notify::Endpoint;
use crate::oidc::Provider;
use crate::resolve::Resolver;
use crate::review::{Decision, Rules, Sla};
use crate::stop::Stop;
use crate::store::Store;
use crate::trust;
use crate::web::{self, Token};
use crate::wire::event::Event;
use crate::worker::{
    self, Acting, Attached, Configured, Follower, Mailing, Recorder, Settings, Stills, Stream,
    Supervisor,
};

/// How long events that cannot be written are held: time to make room on a disk.
const ENDURANCE: Duration = Duration::from_mins(10);

/// Run the service: watch live streams that are added, changed and removed over HTTP.
///
/// Prints one JSON line per incident event, as `watch` does, and delivers it to the webhooks of the configuration.
/// Streams that were added are watched again after a restart. Ctrl-C ends it, after the open incidents were ended and recorded.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Where it listens [default: 127.0.0.1:8088]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The platform's registry and rules; without it nothing is on the platform
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where records and evidence are kept [default: ./waylay-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Who reads codes, separated by commas
    #[arg(long, value_name = "LIST", default_value_t = Readers::default())]
    readers: Readers,
    /// Configuration file (TOML); what is given here comes before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
#[expect(
    clippy::too_many_lines,
    reason = "the parts of the service are put together one after the other"
)]
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = common::load_config(args.config.as_deref())?;
    let policies = Policies::load(args.policy.as_deref(), &config)?;
    let configured = configured::streams(&config, None, &policies, &mut Sellers::default())?;
    if let Some(stream) = configured.iter().find(|stream| !is_url(stream)) {
        bail!("stream `{}`: only live URLs can be served", stream.id);
    }
    let listen = args.listen.unwrap_or(config.serve.listen);
    let token = token(&config)?;
    let oidc = provider(&config)?;
    let mailing = Mailing::new(endpoints(&config)?);
    let data = data(args, &config)?;
    let rules = rules(&config.review);
    allow_files();

    let (clock, stop) = (Clock::system(), Stop::new());
    let servers = servers(&config, clock)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let follower = config.resolve.enabled.then(|| {
        let resolver = Arc::new(Resolver::new(&config.resolve));
        Follower::new(resolver, runtime.handle().clone())
    });
    let settings = Settings {
        readers: args.readers,
        follower,
        ..Settings::new(&config, policies.main.clone(), stop.clone(), clock)
    };
    let (served, sealed) = runtime.block_on(async {
        let store = Store::open(&data.join("waylay.sqlite")).await?;
        let store = store.enduring(ENDURANCE, stop.clone());
        let entrance = Entrance::open(&config, listen, token.is_some(), &store, clock).await?;
        let (added, history) = (
            added(&store, &policies).await?,
            store.streams_with_history().await?,
        );
        tokio::spawn(common::stop_on_signal(stop.clone()));
        policies.allow(&web::allowed(&store).await?);
        policies.follow(&store, clock);
        policies.keep(&store, clock).await?;
        let evidence = common::evidence(&data, &config);
        let sealer = common::sealer(&data, &store, &evidence, clock, &config)?;
        let (watching, watched) = oneshot::channel();
        let sealing = tokio::spawn({
            let (sealer, gap, stop) = (sealer.clone(), config.incidents.gap, stop.clone());
            async move { sealer.run(watched.await.ok(), gap, stop).await }
        });
        let actions = config.actions.clone();
        let acting = Acting::start(actions, store.clone(), mailing.clone(), clock);
        let (acting, hands) = acting.await?;
        // Those that an earlier run has left to be lifted are by now.
        let bans = store.bans_in_force(clock.wall_us()).await?;
        let mut recorder = Recorder::new(store.clone(), evidence.clone(), clock, Box::new(print))
            .with(mailing.clone())
            .acting(acting.clone());
        let media = recorder.media();
        let couriers = mailing.start(&store, clock).await?;
        let configured_ids: HashSet<_> = configured.iter().map(|s| s.id.clone()).collect();
        let scanning = Settings {
            follower: None,
            snapshots: false,
            ..settings.clone()
        };
        let ready = {
            let (store, frames) = (store.clone(), config.frames);
            move |supervisor: Supervisor| {
                let news = added
                    .into_iter()
                    .filter(|s| !configured_ids.contains(&s.id));
                let all = configured.iter().cloned().chain(news);
                watch(&supervisor, all, &history);
                entrance.announce();
                // It is there for as long as the service.
                let _ = watching.send(supervisor.clone());
                let bans = bans.into_iter().map(|row| row.ban).collect();
                let (watched, kept) = (supervisor.clone(), store.clone());
                let attached = Attached::start(servers, bans, watched, kept, &stop, clock);
                acting.attach(attached.clone());
                let parts = web::Parts {
                    stills: Stills::new(frames, supervisor.clone(), clock),
                    supervisor,
                    attached,
                    acting,
                    media,
                    store,
                    mailing,
                    allow: allow(&policies),
                    policies: Box::new(move |name| policies.named(name)),
                    rules,
                    evidence,
                    scanning,
                    configured: configured_ids,
                    token,
                    has_users: entrance.has_users,
                    accounts: entrance.accounts,
                    oidc,
                    url: entrance.url,
                    clock,
                };
                tokio::spawn(web::serve(parts, entrance.listener, stop));
            }
        };
        let served = worker::serve(&settings, config.serve.max_streams, &mut recorder, ready).await;
        // What the end of the streams left to do and to tell is done, and on its way.
        hands.finish().await;
        couriers.finish().await;
        let sealed = sealer.finish(sealing.await.unwrap_or_default()).await;
        store.close().await;
        anyhow::Ok((served, sealed))
    })?;
    // A name look-up that hangs must not keep the program from ending.
    runtime.shutdown_background();
    served?;
    sealed?;
    Ok(ExitCode::SUCCESS)
}

/// Where the service is reached, and by whom.
struct Entrance {
    listener: TcpListener,
    listen: SocketAddr,
    accounts: Accounts,
    /// Where browsers reach it.
    url: String,
    has_users: bool,
    /// The link that makes the first one.
    setup: Option<String>,
}

impl Entrance {
    async fn open(
        config: &Config,
        listen: SocketAddr,
        has_token: bool,
        store: &Store,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let has_users = store.has_users().await?;
        is_guarded(listen, has_token || has_users)?;
        let listener = TcpListener::bind(listen).await;
        let listener = listener.with_context(|| format!("cannot listen at {listen}"))?;
        let listen = listener.local_addr()?;
        let url = common::url(config, listen);
        let setup = if has_users {
            None
        } else {
            Some(web::admin_link(store, &url, clock).await?)
        };
        Ok(Self {
            listener,
            listen,
            accounts: config.accounts.clone(),
            url,
            has_users,
            setup,
        })
    }

    fn announce(&self) {
        tracing::info!("listening at http://{}", self.listen);
        if let Some(link) = &self.setup {
            // It is for whoever starts the service, and for no log that is shipped elsewhere.
            common::complain(format_args!(
                "there are no accounts: make the first one, once and within 24 hours, at {link}"
            ));
        }
    }
}

/// Watches streams; those of `history` have led off the platform before.
fn watch(
    supervisor: &Supervisor,
    streams: impl Iterator<Item = Stream>,
    history: &HashSet<String>,
) {
    for stream in streams {
        let id = stream.id.clone();
        if let Err(error) = supervisor.add(stream, history.contains(&id)) {
            tracing::error!(stream.id = id, %error, "stream {id} is not watched");
        }
    }
}

/// Has `policies` allow what reviewers allowed.
fn allow(policies: &Policies) -> web::Allow {
    let policies = policies.clone();
    Box::new(move |allowed| policies.allow(&allowed))
}

fn is_url(stream: &Stream) -> bool {
    matches!(stream.location, Location::Url(_))
}

/// The rules of the desk, as the configuration says.
fn rules(review: &config::Review) -> Rules {
    const MINUTE_US: i64 = 60_000_000;
    let due = review.due_minutes.by_rank();
    let named = review.reason_for.iter();
    Rules {
        sla: Sla(due.map(|minutes| i64::from(minutes) * MINUTE_US)),
        two_for_cuts: review.two_for_cuts,
        reason_for: named.filter_map(|id| Decision::parse(id)).collect(),
        second_share: review.second_share,
        golden_share: review.golden_share,
    }
}

/// Where records and evidence are kept, made where it is not there.
fn data(args: &Args, config: &Config) -> anyhow::Result<PathBuf> {
    let data = args.data.clone().or_else(|| config.data.clone());
    let data = data.unwrap_or_else(|| PathBuf::from("waylay-data"));
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    Ok(data)
}

/// The token of the configuration, where it names one.
fn token(config: &Config) -> anyhow::Result<Option<Token>> {
    let token =
        config.serve.token_file.as_ref().map(|file| {
            Token::read(file).with_context(|| format!("the token in {}", file.display()))
        });
    token.transpose()
}

/// The provider of single sign-on, its secret read. It is asked for nothing yet: it may be away.
fn provider(config: &Config) -> anyhow::Result<Option<Provider>> {
    let provider = config.oidc.as_ref().map(|oidc| {
        let about = || format!("the provider `{}` of [oidc]", oidc.name);
        let roots = trust::authorities(oidc.ca_file.as_deref()).with_context(about)?;
        Provider::new(oidc, trust::tls(roots)).with_context(about)
    });
    provider.transpose()
}

/// Whoever can reach the service can have any URL opened and read what is found: further than this machine that takes a
/// token or a user, who can be told from others.
fn is_guarded(listen: SocketAddr, has_accounts: bool) -> anyhow::Result<()> {
    if !has_accounts && !listen.ip().is_loopback() {
        bail!(
            "listening at {listen} takes a token or a user: see serve.token_file, or make a user on this machine first"
        );
    }
    Ok(())
}

/// The endpoints that events are delivered to, their secrets read.
fn endpoints(config: &Config) -> anyhow::Result<Vec<Endpoint>> {
    let endpoints = config.webhooks.iter().map(|webhook| {
        let about = || format!("webhook `{}`", webhook.name.as_ref());
        let roots = trust::authorities(webhook.ca_file.as_deref()).with_context(about)?;
        Endpoint::new(webhook, trust::tls(roots)).with_context(about)
    });
    endpoints.collect()
}

/// The ingest servers, with their secrets.
fn servers(config: &Config, clock: Clock) -> anyhow::Result<Vec<Configured>> {
    let servers = config.ingest.iter().map(|ingest| {
        let server = Server::new(ingest, clock)
            .with_context(|| format!("ingest server `{}`", ingest.id.as_ref()))?;
        Ok((ingest.clone(), server))
    });
    servers.collect()
}

/// The streams that were added before. One that cannot be watched any more is left out and stays on record.
async fn added(store: &Store, policies: &Policies) -> anyhow::Result<Vec<Stream>> {
    let mut streams = Vec::new();
    for row in store.streams().await? {
        match web::stream(&row, &|name| policies.named(name)) {
            Ok(stream) => streams.push(stream),
            Err(error) => tracing::error!(
                stream.id = row.id,
                "stream {} is not watched: {error}",
                row.id
            ),
        }
    }
    Ok(streams)
}

/// Each stream takes a file of the system, and the usual limit of 1,024 is soon reached.
fn allow_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, all) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Writes an event to stdout at once. Nobody has to listen there: it is on record.
fn print(event: &Event<'_>) -> io::Result<()> {
    static SAID: Once = Once::new();
    let line = serde_json::to_string(event)?;
    let mut out = io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => SAID.call_once(|| tracing::error!(%error, "events are not printed")),
        Ok(()) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The configuration knows the decisions by name, and its defaults are those of the desk.
    #[test]
    fn the_rules_are_those_of_the_configuration() {
        let config = Config::parse("").unwrap();
        assert_eq!(rules(&config.review), Rules::default());
        let all = Decision::ALL.map(|decision| format!("\"{}\"", decision.as_str()));
        let text = format!("[review]\nreason_for = [{}]\n", all.join(", "));
        let config = Config::parse(&text).unwrap();
        assert_eq!(rules(&config.review).reason_for, Decision::ALL);
        assert!(Config::parse("[review]\nreason_for = [\"confirmed\"]\n").is_err());
    }
}
