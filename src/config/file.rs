//! The configuration file (TOML). `config.example.toml` documents every key, and a test holds the two
//! together.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use crate::config::{
    Accounts, Actions, Clips, Frames, Ingest, Location, Oidc, Retention, Review, Sample, Sealing,
    Webhook, ingest, oidc, webhooks,
};
use crate::locate::{self, TextError};

/// What the configuration file says; every key has a default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where records and evidence are kept; `./waylay-data` unless given.
    pub data: Option<PathBuf>,
    /// The policy file; without one nothing is on the platform.
    pub policy: Option<PathBuf>,
    /// Other policies, by the name that a stream asks for.
    pub policies: BTreeMap<String, PathBuf>,
    /// How streams are looked at.
    pub sampling: Sampling,
    /// Which streams are looked at more often, and for how much of the machine.
    pub boost: Boost,
    /// Which streams come first where there is not enough for all.
    pub priority: Priority,
    /// What is kept of each live stream.
    pub ring: Ring,
    /// What is kept of a stream as a clip.
    pub clips: Clips,
    /// What is done about incidents.
    pub actions: Actions,
    /// How the service runs.
    pub serve: Serve,
    /// How people sign in.
    pub accounts: Accounts,
    /// Who else says who they are; nobody without it.
    pub oidc: Option<Oidc>,
    /// Still pictures that are sent to it.
    pub frames: Frames,
    /// What makes an incident.
    pub incidents: Incidents,
    /// For how long evidence is kept.
    pub retention: Retention,
    /// How incidents that have ended are sealed.
    pub sealing: Sealing,
    /// How reviewers decide.
    pub review: Review,
    /// How long a source may be silent.
    pub timeouts: Timeouts,
    /// Whether and how short links are followed.
    pub resolve: Resolve,
    /// Streams that are watched from the start.
    pub streams: Vec<WatchedStream>,
    /// The ingest servers whose streams are watched.
    pub ingest: Vec<Ingest>,
    /// Where events are delivered to.
    pub webhooks: Vec<Webhook>,
}

/// How streams are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// `auto`, `keyframes`, `all`, or looks a second.
    pub sample: Sample,
    /// With `auto` and `keyframes`: a keyframe that comes sooner than this after the last look is passed over.
    #[serde(rename = "min_gap_ms", deserialize_with = "millis")]
    pub min_gap: Duration,
    /// With `auto`: how long a stream may go without a look when its keyframes are far apart.
    #[serde(rename = "max_gap_ms", deserialize_with = "millis")]
    pub max_gap: Duration,
    /// How long the scan of one live frame may take. Recorded files are bounded in candidates
    /// instead, so that they give the same result on every machine.
    #[serde(rename = "scan_budget_ms", deserialize_with = "millis")]
    pub scan_budget: Duration,
}

/// Which streams are looked at more often than their keyframes allow, and for how much of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Boost {
    /// The share of the machine's cores that all boosts together may take, 0 to 1; 0 turns them off.
    #[serde(deserialize_with = "share")]
    pub share: f64,
    /// Looks a second of a boosted stream.
    #[serde(deserialize_with = "within::<_, _, 1, 30>")]
    pub looks: u8,
    /// How long a boost lasts that something gave reason for.
    #[serde(rename = "evidence_ms", deserialize_with = "millis")]
    pub evidence: Duration,
    /// How long a boost lasts that comes by turns.
    #[serde(rename = "turn_ms", deserialize_with = "millis")]
    pub turn: Duration,
}

/// Which streams come first where there is not enough for all.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Priority {
    /// What a stream with this label weighs; one without weighs 1, and the weights of several labels multiply.
    #[serde(deserialize_with = "weights")]
    pub labels: BTreeMap<String, f64>,
    /// What a stream weighs that led off the platform before.
    #[serde(deserialize_with = "weight")]
    pub history: f64,
    /// A stream that was not looked at for this long comes before all others, whatever they weigh.
    #[serde(rename = "longest_blind_ms", deserialize_with = "millis")]
    pub longest_blind: Duration,
}

/// What is kept of each live stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ring {
    /// The last packets of so many ms, and from the keyframe before them on.
    #[serde(rename = "keep_ms", deserialize_with = "millis")]
    pub keep: Duration,
    /// The most bytes that they take up.
    #[serde(deserialize_with = "within::<_, _, 65_536, 268_435_456>")]
    pub max_bytes: usize,
}

/// How the service runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Serve {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The most streams that it takes.
    #[serde(deserialize_with = "within::<_, _, 1, 100_000>")]
    pub max_streams: usize,
    /// The file that holds the token which requests must carry. Without one nobody is asked for it, and the
    /// service listens on this machine alone.
    pub token_file: Option<PathBuf>,
}

/// What makes an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Incidents {
    /// An incident ends when its destination was not seen for this long.
    #[serde(rename = "gap_ms", deserialize_with = "millis")]
    pub gap: Duration,
    /// An open incident is updated at most this often.
    #[serde(rename = "update_ms", deserialize_with = "millis")]
    pub update: Duration,
}

/// How long a source may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// From the connection to the first packet.
    #[serde(rename = "open_ms", deserialize_with = "millis")]
    pub open: Duration,
    /// Between two packets.
    #[serde(rename = "read_ms", deserialize_with = "millis")]
    pub read: Duration,
}

/// Whether and how short links are followed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resolve {
    /// Whether they are: it tells their hosts that somebody looks.
    pub enabled: bool,
    /// The most links that are asked on the way to the end of one.
    #[serde(deserialize_with = "within::<_, _, 1, 20>")]
    pub max_hops: u8,
    /// How long all of it may take.
    #[serde(rename = "timeout_ms", deserialize_with = "millis")]
    pub timeout: Duration,
    /// The most bytes that are read on the way.
    #[serde(deserialize_with = "within::<_, _, 1024, 16_777_216>")]
    pub max_bytes: usize,
    /// The ports that may be asked.
    #[serde(deserialize_with = "ports")]
    pub ports: Vec<u16>,
    /// Who asks; Waylay and its version unless given.
    #[serde(deserialize_with = "user_agent")]
    pub user_agent: Option<String>,
    /// How long an answer is remembered.
    #[serde(rename = "cache_ttl_ms", deserialize_with = "millis")]
    pub cache_ttl: Duration,
    /// How many hosts are asked at once.
    #[serde(deserialize_with = "within::<_, _, 1, 256>")]
    pub concurrency: u16,
}

/// A stream in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedStream {
    /// Its id in events and records.
    pub id: Spanned<String>,
    /// Where it comes from.
    #[serde(deserialize_with = "location")]
    pub url: Location,
    /// What the platform says of it, for rules to ask for.
    #[serde(default)]
    pub labels: Vec<String>,
    /// What belongs to its seller.
    pub registry: Option<PathBuf>,
    /// The policy that judges it, one of [`Config::policies`].
    pub policy: Option<Spanned<String>>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            sample: Sample::Auto,
            min_gap: Duration::from_millis(400),
            max_gap: Duration::from_secs(4),
            scan_budget: Duration::from_millis(200),
        }
    }
}

impl Default for Boost {
    fn default() -> Self {
        Self {
            share: 0.25,
            looks: 5,
            evidence: Duration::from_secs(6),
            turn: Duration::from_secs(2),
        }
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self {
            labels: BTreeMap::new(),
            history: 2.0,
            longest_blind: Duration::from_secs(15),
        }
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            keep: Duration::from_secs(10),
            // 10 s of 8 Mbit/s, and a group of 2 s before them.
            max_bytes: 12 << 20,
        }
    }
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8088)),
            max_streams: 500,
            token_file: None,
        }
    }
}

impl Default for Incidents {
    fn default() -> Self {
        Self {
            gap: Duration::from_secs(10),
            update: Duration::from_secs(5),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(10),
            // HLS comes in bursts, one for each segment, and segments of 10 s are common.
            read: Duration::from_secs(15),
        }
    }
}

impl Default for Resolve {
    fn default() -> Self {
        Self {
            enabled: false,
            max_hops: 8,
            timeout: Duration::from_secs(5),
            max_bytes: 256 << 10,
            ports: vec![80, 443],
            user_agent: None,
            // Where a short link leads can be changed while it is on the screen.
            cache_ttl: Duration::from_mins(10),
            concurrency: 16,
        }
    }
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// An unknown key, a wrong value: the line, the column and what was expected.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let config: Self = locate::from_toml(text)?;
        for (at, stream) in config.streams.iter().enumerate() {
            let id = &stream.id;
            let error = |message| Err(TextError::at(text, Some(id.span()), message));
            if config.streams[..at]
                .iter()
                .any(|other| other.id.as_ref() == id.as_ref())
            {
                return error(format!("two streams have the id `{}`", id.as_ref()));
            }
            if !is_stream_id(id.as_ref()) {
                return error(format!("not a stream id, expected {STREAM_ID}"));
            }
            if let Some(policy) = &stream.policy
                && !config.policies.contains_key(policy.as_ref())
            {
                let message = format!("no policy `{}` in [policies]", policy.as_ref());
                return Err(TextError::at(text, Some(policy.span()), message));
            }
        }
        ingest::check(&config.ingest, text)?;
        webhooks::check(text, &config.webhooks)?;
        if let Some(provider) = &config.oidc {
            oidc::check(text, provider)?;
        }
        Ok(config)
    }
}

/// What a stream id looks like, for messages.
pub const STREAM_ID: &str = "1 to 64 letters, digits, `.`, `_` or `-`, the first a letter or digit";

/// Whether `id` can name a stream: it stands in paths, URLs and logs.
pub fn is_stream_id(id: &str) -> bool {
    id.len() <= 64
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

/// Whole milliseconds, 1 ms to 1 hour.
pub(super) fn millis<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    match u64::deserialize(deserializer)? {
        ms @ 1..=3_600_000 => Ok(Duration::from_millis(ms)),
        ms => Err(serde::de::Error::custom(format!(
            "{ms} ms is out of range, expected 1 to 3600000"
        ))),
    }
}

/// A whole number from `MIN` to `MAX`.
pub(super) fn within<'de, D, N, const MIN: u32, const MAX: u32>(
    deserializer: D,
) -> Result<N, D::Error>
where
    D: serde::Deserializer<'de>,
    N: TryFrom<u32>,
{
    let number = i64::deserialize(deserializer)?;
    u32::try_from(number)
        .ok()
        .filter(|n| (MIN..=MAX).contains(n))
        .and_then(|n| N::try_from(n).ok())
        .ok_or_else(|| {
            serde::de::Error::custom(format!("{number} is out of range, expected {MIN} to {MAX}"))
        })
}

/// A number from 0 to 1.
pub(super) fn share<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match f64::deserialize(deserializer)? {
        share if (0.0..=1.0).contains(&share) => Ok(share),
        share => Err(serde::de::Error::custom(format!(
            "{share} is out of range, expected 0 to 1"
        ))),
    }
}

/// A number from 0.1 to 10.
fn weight<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within_weights(f64::deserialize(deserializer)?)
}

fn weights<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, f64>, D::Error> {
    let weights = BTreeMap::<String, f64>::deserialize(deserializer)?;
    weights
        .values()
        .try_for_each(|weight| within_weights(*weight).map(drop))?;
    Ok(weights)
}

fn within_weights<E: serde::de::Error>(weight: f64) -> Result<f64, E> {
    if (0.1..=10.0).contains(&weight) {
        return Ok(weight);
    }
    Err(E::custom(format!(
        "{weight} is out of range, expected 0.1 to 10"
    )))
}

fn ports<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
    let ports = Vec::<u16>::deserialize(deserializer)?;
    if ports.is_empty() || ports.contains(&0) {
        return Err(serde::de::Error::custom(
            "expected one or more ports, 1 to 65535",
        ));
    }
    Ok(ports)
}

/// What can stand in a header (RFC 9110 section 5.5), in ASCII.
fn user_agent<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let agent = String::deserialize(deserializer)?;
    let is_printable = |c: char| c == ' ' || c.is_ascii_graphic();
    if agent.trim().is_empty() || agent.len() > 256 || !agent.chars().all(is_printable) {
        return Err(serde::de::Error::custom(
            "expected 1 to 256 printable ASCII characters",
        ));
    }
    Ok(Some(agent))
}

fn location<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Location, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
