//! The policies that are in force, and change while streams are watched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::Clock;
use crate::commands::common;
use crate::config::Config;
use crate::policy::{Allowed, Policy};
use crate::store::{Store, StoreError};
use crate::worker::InForce;

/// How often the file is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// What tells that a file was written: its time, its length, and whether it is there at all.
type Stamp = Option<(SystemTime, u64)>;

/// The policy that judges streams unless they ask for another, and those that they may ask for.
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    pub(crate) main: InForce,
    named: BTreeMap<String, InForce>,
    files: Vec<(PathBuf, InForce)>,
}

impl Policies {
    /// Reads those that `config` names; `main` where the command line says so.
    pub(crate) fn load(main: Option<&Path>, config: &Config) -> anyhow::Result<Self> {
        let main_file = main.or(config.policy.as_deref());
        let main = InForce::new(common::load_policy(main_file)?);
        let mut files: Vec<_> = main_file
            .map(|file| (file.to_owned(), main.clone()))
            .into_iter()
            .collect();
        let mut named = BTreeMap::new();
        for (name, file) in &config.policies {
            let policy = InForce::new(common::load_policy(Some(file))?);
            files.push((file.clone(), policy.clone()));
            named.insert(name.clone(), policy);
        }
        Ok(Self { main, named, files })
    }

    /// The policy that is called so.
    pub(crate) fn named(&self, name: &str) -> Option<InForce> {
        self.named.get(name).cloned()
    }

    /// From now on all of them allow these destinations beside what their files say.
    pub(crate) fn allow(&self, allowed: &Arc<Allowed>) {
        self.main.allow(Arc::clone(allowed));
        for policy in self.named.values() {
            policy.allow(Arc::clone(allowed));
        }
    }

    /// Keeps the hash of each in `store`: manifests name it.
    pub(crate) async fn keep(&self, store: &Store, clock: Clock) -> Result<(), StoreError> {
        for (_, in_force) in &self.files {
            keep(&in_force.get(), store, clock).await?;
        }
        Ok(())
    }

    /// Follows their files: a changed one is in force at once. To be called inside of the runtime.
    pub(crate) fn follow(&self, store: &Store, clock: Clock) {
        for (file, in_force) in self.files.clone() {
            tokio::spawn(follow(file, in_force, store.clone(), clock));
        }
    }
}

/// Puts the policy in `file` in force each time that it changes, and on SIGHUP. One that is refused is told
/// on stderr, and the policy before it stays.
async fn follow(file: PathBuf, in_force: InForce, store: Store, clock: Clock) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut hangup = signal(SignalKind::hangup()).ok();
    let mut last = stamp(&file);
    loop {
        let asked = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        let forced = tokio::select! {
            _ = ticks.tick() => false,
            _ = asked => true,
        };
        let now = stamp(&file);
        if now == last && !forced {
            continue;
        }
        last = now;
        let read = {
            let file = file.clone();
            tokio::task::spawn_blocking(move || common::load_policy(Some(&file))).await
        };
        match read {
            Ok(Ok(policy)) => {
                // Its verdicts count without its hash too.
                if let Err(error) = keep(&policy, &store, clock).await {
                    tracing::error!(%error, "the hash of policy {} is not kept", policy.id());
                }
                put_in_force(policy, &in_force);
            }
            Ok(Err(error)) => {
                let kept = in_force.get();
                tracing::error!("{error:#}: the policy stays {}", kept.id());
            }
            Err(error) => tracing::error!(%error, "the policy cannot be read"),
        }
    }
}

async fn keep(policy: &Policy, store: &Store, clock: Clock) -> Result<(), StoreError> {
    match policy.sha256() {
        Some(sha256) => store.put_policy(policy.id(), sha256, clock.wall_us()).await,
        None => Ok(()),
    }
}

fn put_in_force(policy: Policy, in_force: &InForce) {
    if policy.id() != in_force.get().id() {
        tracing::info!("policy {} is in force: {}", policy.id(), policy.summary());
        in_force.replace(policy);
    }
}

fn stamp(file: &Path) -> Stamp {
    let data = fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}
