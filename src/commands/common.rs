//! What the commands share: files that people wrote, and how the program ends.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use crate::clock::Clock;
use crate::config::{Config, Location};
use crate::evidence::Folder;
use crate::keys::SigningKey;
use crate::locate::TextError;
use crate::notify;
use crate::policy::{Policy, Registry};
use crate::stop::Stop;
use crate::store::Store;
use crate::telemetry::plain;
use crate::worker::{Authority, Sealer};

/// The exit code for bad usage or bad input.
pub(crate) const BAD_INPUT: u8 = 2;

/// The exit code for a failure that was found.
pub(crate) const FAILED: u8 = 1;

/// A configuration or policy is text that a person wrote: larger than this in bytes it is a mistake.
const LARGEST_TEXT: u64 = 4 << 20;

/// Reads the policy in `file`; the built-in one, with an empty registry, without a file.
pub(crate) fn load_policy(file: Option<&Path>) -> anyhow::Result<Policy> {
    file.map_or_else(|| Ok(Policy::default()), |file| load(file, Policy::parse))
}

/// Reads the registry of a stream's seller in `file`, if there is one.
pub(crate) fn load_seller(file: Option<&Path>) -> anyhow::Result<Option<Registry>> {
    file.map(|file| load(file, Registry::parse)).transpose()
}

/// Reads the configuration in `file`; the defaults without a file.
pub(crate) fn load_config(file: Option<&Path>) -> anyhow::Result<Config> {
    file.map_or_else(|| Ok(Config::default()), |file| load(file, parse_config))
}

fn parse_config(text: &str) -> Result<Config, TextError> {
    let config = Config::parse(text)?;
    notify::check(text, &config.webhooks)?;
    Ok(config)
}

/// Reads `file`; what is wrong in it is said as `FILE:LINE:COLUMN: message`.
fn load<T>(file: &Path, parse: impl Fn(&str) -> Result<T, TextError>) -> anyhow::Result<T> {
    let name = file.display();
    let cannot = || format!("cannot read {name}");
    let mut text = String::new();
    // One byte more than is allowed tells a text that is too long from one that just fits.
    let read =
        File::open(file).and_then(|file| file.take(LARGEST_TEXT + 1).read_to_string(&mut text));
    if read.with_context(cannot)? as u64 > LARGEST_TEXT {
        bail!("cannot read {name}: it is longer than {LARGEST_TEXT} bytes");
    }
    parse(&text).map_err(|e| anyhow!("{name}:{}:{}: {}", e.line, e.column, e.message))
}

/// Where browsers reach the service that listens at `listen`.
pub(crate) fn url(config: &Config, mut listen: SocketAddr) -> String {
    if let Some(url) = &config.accounts.public_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    if listen.ip().is_unspecified() {
        // It is everywhere, and so also here.
        listen.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{listen}")
}

/// The folder of evidence in `data`.
pub(crate) fn evidence(data: &Path, config: &Config) -> Folder {
    let reserve = u64::from(config.retention.reserve_mb) << 20;
    Folder::new(data.join("evidence")).with_reserve(reserve)
}

/// The file in `data` that holds the key of this installation.
pub(crate) fn key_file(data: &Path) -> PathBuf {
    data.join("signing.key")
}

/// Seals what is in `store` with the key in `data`, which is made where there is none.
pub(crate) fn sealer(
    data: &Path,
    store: &Store,
    evidence: &Folder,
    clock: Clock,
    config: &Config,
) -> anyhow::Result<Sealer> {
    let file = key_file(data);
    let key = SigningKey::read_or_make(&file);
    let key = key.with_context(|| format!("the key in {}", file.display()))?;
    let (store, evidence) = (store.clone(), evidence.clone());
    let sealer = Sealer::new(store, evidence, key, clock, config.retention);
    match &config.sealing.time_stamp_url {
        Some(Location::Url(url)) => Ok(sealer.stamped_by(Authority::new(url.as_ref().clone())?)),
        _ => Ok(sealer),
    }
}

/// Tells a person on one line. There is nobody left to tell where that fails.
pub(crate) fn complain(message: std::fmt::Arguments<'_>) {
    let line = message.to_string().replace(['\r', '\n'], " ");
    let _ = writeln!(io::stderr().lock(), "{}", plain(&line));
}

/// Whether whoever read our output has had enough, as `head` does.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(ErrorKind::BrokenPipe)
    })
}

/// Ends the program at once, without finishing anything.
#[expect(clippy::exit, reason = "somebody asked for it twice")]
pub(crate) fn exit_now() -> ! {
    std::process::exit(130)
}

/// The first SIGINT or SIGTERM ends the program in order, the second at once.
pub(crate) async fn stop_on_signal(stop: Stop) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        tracing::warn!("signals cannot be heard; only a kill ends this");
        return;
    };
    for again in [false, true] {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if again {
            exit_now();
        }
        stop.ask();
    }
}
