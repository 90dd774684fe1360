//! Who may not publish: bans with an end, held in memory so that whoever asks is answered at once.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// So many bans are held, over or not, before any of those that are over are let go: a clock that is set forward by mistake ends
/// none of them for good.
const HELD: usize = 10_000;

/// What a stream is called at its ingest server.
///
/// A name is often the stream key: `Debug` leaves it out, and nothing prints it.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamKey {
    /// The virtual host; empty for the server's default one, and where a server has none.
    pub vhost: String,
    /// The application, or whatever stands before the name; may be empty.
    pub app: String,
    /// The name.
    pub name: String,
}

impl StreamKey {
    /// A key at the default virtual host.
    pub fn new(app: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            vhost: String::new(),
            app: app.into(),
            name: name.into(),
        }
    }
}

impl fmt::Debug for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamKey({}/***)", self.app)
    }
}

/// A stream that may not be published for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Its id.
    pub id: String,
    /// The ingest server that it holds for.
    pub server: String,
    /// What may not be published there.
    pub key: StreamKey,
    /// The id of the stream that was watched under this key.
    pub stream: String,
    /// Who published it, as the server calls it.
    pub publisher: Option<String>,
    /// Why, for people.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When it was made, in µs since 1970 in UTC.
    pub created_us: i64,
    /// When it ends, in µs since 1970 in UTC.
    pub until_us: i64,
}

impl Ban {
    /// Whether it is over at `now_us`.
    pub fn is_over(&self, now_us: i64) -> bool {
        self.until_us <= now_us
    }
}

/// The bans that are in force. Nothing in it takes longer the more there are, but for [`Bans::count`]: whoever asks holds up
/// whoever publishes.
#[derive(Debug, Default)]
pub struct Bans {
    by_id: HashMap<String, Ban>,
    /// Of each server and key when its bans end, and their ids.
    keys: HashMap<String, HashMap<StreamKey, Vec<(i64, String)>>>,
    /// The same of all, the next to end first.
    ends: BTreeSet<(i64, String)>,
}

impl Bans {
    /// One more of them. Of many those are let go that are over at `now_us`.
    pub fn add(&mut self, ban: Ban, now_us: i64) {
        while self.ends.len() >= HELD
            && let Some((until_us, id)) = self.ends.first()
            && *until_us <= now_us
        {
            let id = id.clone();
            self.lift(&id);
        }
        let end = (ban.until_us, ban.id.clone());
        let keys = self.keys.entry(ban.server.clone()).or_default();
        keys.entry(ban.key.clone()).or_default().push(end.clone());
        self.ends.insert(end);
        self.by_id.insert(ban.id.clone(), ban);
    }

    /// Takes the ban `id` back; `None` where there is none.
    pub fn lift(&mut self, id: &str) -> Option<Ban> {
        let ban = self.by_id.remove(id)?;
        self.ends.remove(&(ban.until_us, ban.id.clone()));
        if let Some(keys) = self.keys.get_mut(&ban.server)
            && let Some(ends) = keys.get_mut(&ban.key)
        {
            ends.retain(|(_, other)| other != id);
            if ends.is_empty() {
                keys.remove(&ban.key);
            }
        }
        Some(ban)
    }

    /// Whether `key` may not be published at `server` now.
    pub fn holds(&self, server: &str, key: &StreamKey, now_us: i64) -> bool {
        let ends = self.keys.get(server).and_then(|keys| keys.get(key));
        ends.is_some_and(|ends| ends.iter().any(|(until_us, _)| *until_us > now_us))
    }

    /// What may not be published at `server` now.
    pub fn keys(&self, server: &str, now_us: i64) -> impl Iterator<Item = &StreamKey> {
        let keys = self.keys.get(server).into_iter().flatten();
        let in_force =
            move |ends: &[(i64, String)]| ends.iter().any(|(until_us, _)| *until_us > now_us);
        keys.filter(move |(_, ends)| in_force(ends))
            .map(|(key, _)| key)
    }

    /// How many are in force now.
    pub fn count(&self, now_us: i64) -> usize {
        let over = self.ends.iter();
        let over = over.take_while(|(until_us, _)| *until_us <= now_us);
        self.by_id.len() - over.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(id: &str, server: &str, name: &str, until_us: i64) -> Ban {
        Ban {
            id: id.to_owned(),
            server: server.to_owned(),
            key: StreamKey::new("live", name),
            stream: format!("{server}-live-{name}"),
            publisher: None,
            reason: String::new(),
            by: "api".to_owned(),
            created_us: 0,
            until_us,
        }
    }

    fn key(name: &str) -> StreamKey {
        StreamKey::new("live", name)
    }

    #[test]
    fn a_ban_holds_for_its_stream_until_it_ends() {
        let mut bans = Bans::default();
        bans.add(ban("1", "srs", "a", 100), 0);
        assert!(bans.holds("srs", &key("a"), 99));
        assert!(!bans.holds("srs", &key("a"), 100), "it ends on time");
        assert!(!bans.holds("srs", &key("b"), 0));
        assert!(!bans.holds("other", &key("a"), 0));
        let elsewhere = StreamKey {
            vhost: "other".to_owned(),
            ..key("a")
        };
        assert!(!bans.holds("srs", &elsewhere, 0));
    }

    #[test]
    fn the_longest_of_several_holds_and_each_is_lifted_by_itself() {
        let mut bans = Bans::default();
        bans.add(ban("1", "srs", "a", 100), 0);
        bans.add(ban("2", "srs", "a", 50), 0);
        assert!(bans.holds("srs", &key("a"), 70));
        assert_eq!(bans.lift("1").unwrap().until_us, 100);
        assert!(bans.holds("srs", &key("a"), 40));
        assert!(!bans.holds("srs", &key("a"), 70));
        assert_eq!(bans.lift("1"), None);
        assert!(bans.lift("2").is_some());
        assert!(!bans.holds("srs", &key("a"), 0));
    }

    #[test]
    fn what_is_over_takes_no_room() {
        let mut bans = Bans::default();
        let last = HELD as i64 + 99;
        for n in 0..=last {
            bans.add(ban(&n.to_string(), "srs", &n.to_string(), n + 1), n);
        }
        assert_eq!(
            (bans.by_id.len(), bans.ends.len(), bans.keys["srs"].len()),
            (HELD, HELD, HELD)
        );
        assert_eq!(bans.count(last), 1);
        assert_eq!(bans.count(last + 1), 0);
    }

    #[test]
    fn a_clock_that_is_set_forward_ends_none_for_good() {
        let mut bans = Bans::default();
        bans.add(ban("1", "srs", "a", 100), 0);
        // A day too far, and right again.
        bans.add(ban("2", "srs", "b", 90_000), 86_400);
        assert!(!bans.holds("srs", &key("a"), 86_400));
        assert!(bans.holds("srs", &key("a"), 50));
        assert_eq!(bans.count(50), 2);
        assert_eq!(bans.keys("srs", 50).count(), 2);
        assert_eq!(bans.keys("srs", 86_400).count(), 1);
        assert!(bans.lift("1").is_some());
        assert!(!bans.holds("srs", &key("a"), 50));
    }

    #[test]
    fn the_name_is_not_printed() {
        let shown = format!("{:?}", ban("1", "srs", "s3cret", 1).key);
        assert_eq!(shown, "StreamKey(live/***)");
    }
}
