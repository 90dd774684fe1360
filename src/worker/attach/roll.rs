//! Which streams came from which ingest server: pure, so that every order of hooks and lists can be tried.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::ban::StreamKey;
use crate::config::is_stream_id;
use crate::ids;
use crate::ingest::Live;

/// Hexadecimal digits of a hash in an id: two streams that share one are not made by chance, nor cheaply on purpose.
const HASH: usize = 16;

/// A stream that is missing in so many lists in a row is gone.
const MISSES: u8 = 2;

/// Streams that are remembered once they have ended: people decide minutes and hours later.
const REMEMBERED: usize = 20_000;

/// Where a stream came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromServer {
    /// The id of the ingest server.
    pub server: Arc<str>,
    /// What it is called there.
    pub key: StreamKey,
    /// Who publishes it, as the server calls it.
    pub publisher: Option<String>,
}

/// The streams that came from ingest servers.
#[derive(Debug, Default)]
pub(super) struct Roll {
    streams: BTreeMap<String, Entry>,
    ids: HashMap<(Arc<str>, StreamKey), String>,
    /// Those that have ended, and their ids, the first to be forgotten first.
    ended: HashMap<String, FromServer>,
    ends: VecDeque<String>,
}

#[derive(Debug)]
struct Entry {
    from: FromServer,
    /// Lists in a row in which it was missing.
    missed: u8,
}

impl Roll {
    /// The stream `id`.
    pub(super) fn get(&self, id: &str) -> Option<&FromServer> {
        self.streams.get(id).map(|entry| &entry.from)
    }

    /// Where the stream `id` came from, which may have ended.
    pub(super) fn came_from(&self, id: &str) -> Option<&FromServer> {
        self.get(id).or_else(|| self.ended.get(id))
    }

    /// The id of the stream that is called `key` at `server`.
    pub(super) fn id(&self, server: &Arc<str>, key: &StreamKey) -> Option<&str> {
        let id = self.ids.get(&(Arc::clone(server), key.clone()));
        id.map(String::as_str)
    }

    /// How many came from `server`.
    pub(super) fn count(&self, server: &str) -> usize {
        let all = self.streams.values();
        all.filter(|entry| &*entry.from.server == server).count()
    }

    /// What the streams of `server` are called.
    pub(super) fn keys(&self, server: &str) -> impl Iterator<Item = &StreamKey> {
        let of = move |entry: &&Entry| &*entry.from.server == server;
        self.streams
            .values()
            .filter(of)
            .map(|entry| &entry.from.key)
    }

    /// One more.
    pub(super) fn attach(&mut self, id: String, from: FromServer) {
        let place = (Arc::clone(&from.server), from.key.clone());
        self.ids.insert(place, id.clone());
        self.streams.insert(id, Entry { from, missed: 0 });
    }

    /// The stream is there; false where it is none that is known. Who publishes it is told by whoever knows.
    pub(super) fn seen(
        &mut self,
        server: &Arc<str>,
        key: &StreamKey,
        publisher: Option<&str>,
    ) -> bool {
        let id = self.ids.get(&(Arc::clone(server), key.clone()));
        let Some(entry) = id.and_then(|id| self.streams.get_mut(id)) else {
            return false;
        };
        entry.missed = 0;
        if let Some(publisher) = publisher
            && entry.from.publisher.as_deref() != Some(publisher)
        {
            entry.from.publisher = Some(publisher.to_owned());
        }
        true
    }

    /// `publisher` has gone: the id of the stream that ends with it. What a publisher leaves behind does not end the stream
    /// of the one who came after it.
    pub(super) fn stopped(
        &mut self,
        server: &Arc<str>,
        key: &StreamKey,
        publisher: Option<&str>,
    ) -> Option<String> {
        let id = self.id(server, key)?.to_owned();
        let known = self.get(&id)?.publisher.as_deref();
        let is_another = matches!((known, publisher), (Some(known), Some(gone)) if known != gone);
        if is_another {
            return None;
        }
        self.remove(&id);
        Some(id)
    }

    /// `server` listed these and no others: the ids of the streams that are gone.
    pub(super) fn listed(&mut self, server: &str, keys: &HashSet<&StreamKey>) -> Vec<String> {
        let mut gone = Vec::new();
        for (id, entry) in &mut self.streams {
            if &*entry.from.server != server || keys.contains(&entry.from.key) {
                continue;
            }
            entry.missed += 1;
            if entry.missed >= MISSES {
                gone.push(id.clone());
            }
        }
        for id in &gone {
            self.remove(id);
        }
        gone
    }

    fn remove(&mut self, id: &str) {
        let Some(Entry { from, .. }) = self.streams.remove(id) else {
            return;
        };
        self.ids
            .remove(&(Arc::clone(&from.server), from.key.clone()));
        if self.ended.insert(id.to_owned(), from).is_none() {
            self.ends.push_back(id.to_owned());
        }
        while self.ends.len() > REMEMBERED {
            if let Some(oldest) = self.ends.pop_front() {
                self.ended.remove(&oldest);
            }
        }
    }
}

/// `streams` by the names that hooks gave them, where `known` are called so and a list shows them as `shown` says: it may
/// show a name otherwise, and several alike. Each of those counts as listed then.
pub(super) fn meant<'a>(
    streams: Vec<Live>,
    known: impl Iterator<Item = &'a StreamKey>,
    shown: impl Fn(&StreamKey) -> StreamKey,
) -> Vec<Live> {
    let known: HashSet<_> = known.collect();
    let mut alike: HashMap<StreamKey, Vec<&StreamKey>> = HashMap::new();
    for &key in &known {
        let as_listed = shown(key);
        if as_listed != *key {
            alike.entry(as_listed).or_default().push(key);
        }
    }
    for (as_listed, keys) in &mut alike {
        // What is called as the list shows it is no less there than what the list cannot write.
        keys.extend(known.get(as_listed));
    }
    let meant = |live: Live| match alike.get(&live.key) {
        None => vec![live],
        Some(keys) => {
            let named = |key: &&StreamKey| Live {
                key: (*key).clone(),
                publisher: live.publisher.clone(),
            };
            keys.iter().map(named).collect()
        }
    };
    streams.into_iter().flat_map(meant).collect()
}

/// The ids that a stream may have, the best first. `SERVER-APP-NAME` where that says all of it and can be read in one way; else
/// what of it fits, and a hash of all. With `hide` the name is left out.
pub(super) fn stream_ids(server: &str, key: &StreamKey, hide: bool) -> Vec<String> {
    let StreamKey { vhost, app, name } = key;
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let is_plain = |text: &str| text.split('-').all(is_word);
    let mut ids = Vec::new();
    // A name may hold `-` only where the application before it tells where it begins.
    let one_way = is_word(app) && (!app.is_empty() || is_word(name));
    if !hide && vhost.is_empty() && one_way && is_plain(name) {
        ids.push(joined(&[server, app, name]));
    }
    // No name holds a NUL.
    let hash = ids::sha256(format!("{server}\0{vhost}\0{app}\0{name}").as_bytes());
    let shown = if hide { "" } else { name };
    let mut text: String = joined(&[server, vhost, app, shown])
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "-_".contains(c) => c,
            _ => '_',
        })
        .collect();
    text.truncate(64 - HASH - 1);
    // No other id holds a point.
    ids.push(format!("{text}.{}", &hash[..HASH]));
    ids.retain(|id| is_stream_id(id));
    ids
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<_> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect();
    parts.join("-")
}

#[cfg(test)]
mod tests;
