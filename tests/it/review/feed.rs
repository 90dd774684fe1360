//! What is told to whoever listens to the desk.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::{decide, id, post, served};
use crate::support::Api;

/// Server-sent events, one after the other.
struct Feed(BufReader<TcpStream>);

impl Feed {
    fn open(api: &Api, path: &str, last: Option<i64>) -> Self {
        let mut stream = TcpStream::connect(&api.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let lines = api.head.iter().map(|line| [line, "\r\n"].concat());
        let head: String = lines.collect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{head}{last}\r\n",
            api.address
        )
        .unwrap();
        Self(BufReader::new(stream))
    }

    /// The next event: its id, its kind and its data.
    fn next(&mut self) -> (i64, String, Value) {
        let (mut id, mut kind, mut data) = (None, None, None);
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the feed ended");
            let line = line.trim_end();
            match line.split_once(": ") {
                Some(("id", value)) => id = value.parse().ok(),
                Some(("event", value)) => kind = Some(value.to_owned()),
                Some(("data", value)) => data = serde_json::from_str(value).ok(),
                _ => {}
            }
            if line.is_empty()
                && let (Some(id), Some(kind), Some(data)) = (id, kind.clone(), data.clone())
            {
                return (id, kind, data);
            }
        }
    }
}

#[test]
fn who_listens_hears_of_it_and_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_served, api) = served(folder.path(), 2, "");
    let mut feed = Feed::open(&api, "/api/v1/feed?after=0", None);
    let (first, kind, data) = feed.next();
    assert_eq!(
        (kind.as_str(), &data["topic"], &data["rev"]),
        ("incident", &json!("incident"), &json!(1))
    );
    let taken = id(&post(&api, "/api/v1/queue/next").json());
    decide(&api, &taken, "confirm");
    let (decided, data) = loop {
        let (position, kind, data) = feed.next();
        assert!(position > first);
        if kind == "review" {
            break (position, data);
        }
    };
    assert_eq!(data["id"], taken);
    drop(feed);
    post(&api, &format!("/api/v1/incidents/{taken}/undo"));
    let mut again = Feed::open(&api, "/api/v1/feed", Some(decided));
    let (undone, kind, _) = again.next();
    assert_eq!((undone, kind.as_str()), (decided + 1, "review"));
    let mut lost = Feed::open(&api, "/api/v1/feed", Some(999_999));
    assert_eq!(lost.next().1, "reset", "it was of other records");
}
