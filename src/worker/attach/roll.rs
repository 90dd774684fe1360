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

/// So many minutes in a row in which nothing comes of a stream, and nobody tells of it, are its end: a server without a list may lose
/// the word of it, or never have let it be published.
const QUIET: u8 = 10;

/// Publishers of one stream that are known at once: one, and those that try to be it.
const PUBLISHERS: usize = 64;

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
    /// Those that have ended, each with the number of its last end, and all ends, the first to be forgotten first.
    ended: HashMap<String, (u64, FromServer)>,
    ends: VecDeque<(u64, String)>,
    last_end: u64,
}

#[derive(Debug)]
struct Entry {
    /// Its publisher is the last of `publishers`.
    from: FromServer,
    /// Who publishes it, or was told to by the answer to a hook: the server may refuse the second of two all the same, and tells
    /// of the end of each.
    publishers: Vec<String>,
    /// Whether somebody publishes it who was not named.
    unnamed: bool,
    /// Lists in a row in which it was missing.
    missed: u8,
    /// Minutes in a row in which nothing came of it.
    quiet: u8,
}

impl Entry {
    fn new(from: FromServer) -> Self {
        Self {
            publishers: from.publisher.iter().cloned().collect(),
            unnamed: from.publisher.is_none(),
            from,
            missed: 0,
            quiet: 0,
        }
    }

    /// The stream is there, and this is who publishes it, where that is known, or who asks to.
    fn seen(&mut self, publisher: Option<&str>, publishes: bool) {
        (self.missed, self.quiet) = (0, 0);
        let Some(publisher) = publisher else { return };
        let known = self.publishers.iter().position(|known| known == publisher);
        if publishes {
            self.unnamed = false;
            // The others asked.
            if let Some(at) = known {
                self.publishers[at..].rotate_left(1);
            }
        }
        if known.is_none() && self.publishers.len() < PUBLISHERS {
            self.publishers.push(publisher.to_owned());
        }
        self.name();
    }

    /// `publisher` has gone: whether nobody is left. Somebody who was never heard of is who was not named.
    fn stopped(&mut self, publisher: Option<&str>) -> bool {
        let Some(publisher) = publisher else {
            return true;
        };
        let before = self.publishers.len();
        self.publishers.retain(|known| known != publisher);
        if self.publishers.len() == before {
            self.unnamed = false;
        }
        let is_over = self.publishers.is_empty() && !self.unnamed;
        if !is_over {
            self.name();
        }
        is_over
    }

    fn name(&mut self) {
        self.from.publisher = self.publishers.last().cloned();
    }
}

impl Roll {
    /// The stream `id`.
    pub(super) fn get(&self, id: &str) -> Option<&FromServer> {
        self.streams.get(id).map(|entry| &entry.from)
    }

    /// Where the stream `id` came from, which may have ended.
    pub(super) fn came_from(&self, id: &str) -> Option<&FromServer> {
        let ended = || self.ended.get(id).map(|(_, from)| from);
        self.get(id).or_else(ended)
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
        self.streams.insert(id, Entry::new(from));
    }

    /// The stream is there; false where it is none that is known. Who `publishes` it is told by whoever knows; where it is somebody
    /// who asks whether they may, another one may publish it.
    pub(super) fn seen(
        &mut self,
        server: &Arc<str>,
        key: &StreamKey,
        publisher: Option<&str>,
        publishes: bool,
    ) -> bool {
        let id = self.ids.get(&(Arc::clone(server), key.clone()));
        let Some(entry) = id.and_then(|id| self.streams.get_mut(id)) else {
            return false;
        };
        entry.seen(publisher, publishes);
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
        if !self.streams.get_mut(&id)?.stopped(publisher) {
            return None;
        }
        self.remove(&id);
        Some(id)
    }

    /// A minute has passed: the ids of the streams that are over, since nothing came of them for long, and nobody told of them.
    pub(super) fn minute(&mut self, is_live: impl Fn(&str) -> bool) -> Vec<String> {
        let mut over = Vec::new();
        for (id, entry) in &mut self.streams {
            entry.quiet = if is_live(id) { 0 } else { entry.quiet + 1 };
            if entry.quiet >= QUIET {
                over.push(id.clone());
            }
        }
        for id in &over {
            self.remove(id);
        }
        over
    }

    /// `server` listed these and no others: the ids of the streams that are gone.
    pub(super) fn listed(&mut self, server: &str, keys: &HashSet<&StreamKey>) -> Vec<String> {
        let mut gone = Vec::new();
        for (id, entry) in &mut self.streams {
            if &*entry.from.server != server {
                continue;
            }
            if keys.contains(&entry.from.key) {
                entry.quiet = 0;
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
        self.last_end += 1;
        self.ended.insert(id.to_owned(), (self.last_end, from));
        self.ends.push_back((self.last_end, id.to_owned()));
        while self.ends.len() > REMEMBERED {
            // One that has ended again since is remembered from then on.
            if let Some((end, oldest)) = self.ends.pop_front()
                && self
                    .ended
                    .get(&oldest)
                    .is_some_and(|(last, _)| *last == end)
            {
                self.ended.remove(&oldest);
            }
        }
    }
}

/// `streams` by the names that hooks gave them, where `known` are called so and a list shows them as `shown` says: it may
/// show a name otherwise, and several alike. Each of those counts as listed then, and which of them the publisher is of is not
/// known: only a hook tells.
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
                publisher: None,
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
