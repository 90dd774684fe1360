//! The streams of the configuration file, with their sellers and policies.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::common;
use crate::commands::policies::Policies;
use crate::config::Config;
use crate::policy::Registry;
use crate::worker::Stream;

/// The streams of `config`; `registry` is that of a seller whom the configuration does not name.
pub(crate) fn streams(
    config: &Config,
    registry: Option<&Path>,
    policies: &Policies,
    sellers: &mut Sellers,
) -> anyhow::Result<Vec<Stream>> {
    let streams = config.streams.iter().map(|stream| {
        let policy = stream.policy.as_ref();
        Ok(Stream {
            id: stream.id.as_ref().clone(),
            location: stream.url.clone(),
            labels: stream.labels.clone(),
            seller: sellers.get(stream.registry.as_deref().or(registry))?,
            policy: policy.and_then(|name| policies.named(name.as_ref())),
        })
    });
    streams.collect()
}

/// The registries of sellers, each file read once.
#[derive(Default)]
pub(crate) struct Sellers(HashMap<PathBuf, Arc<Registry>>);

impl Sellers {
    /// The registry in `file`.
    pub(crate) fn get(&mut self, file: Option<&Path>) -> anyhow::Result<Option<Arc<Registry>>> {
        let Some(file) = file else { return Ok(None) };
        if let Some(known) = self.0.get(file) {
            return Ok(Some(Arc::clone(known)));
        }
        let read = common::load_seller(Some(file))?.map(Arc::new);
        self.0
            .extend(read.iter().map(|r| (file.to_owned(), Arc::clone(r))));
        Ok(read)
    }
}
