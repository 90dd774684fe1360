//! Whoever receives webhooks: a server on loopback that tells of every request.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver as Requests, Sender, channel};
use std::time::Duration;

/// Longer than anything that is awaited takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request.
#[derive(Debug)]
pub(crate) struct Posted {
    /// The path and the query.
    pub(crate) target: String,
    /// Names in small letters.
    head: Vec<(String, String)>,
    pub(crate) body: String,
    /// The status of the answer; 0 where none came.
    pub(crate) status: u16,
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.head.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }
}

pub(crate) struct Receiver {
    pub(crate) port: u16,
    requests: Requests<Posted>,
    status: Arc<AtomicU16>,
}

/// What a request is answered with, by how many came before it and what is set.
type Answers = dyn Fn(usize, u16) -> u16 + Send + Sync;

impl Receiver {
    /// Answers with `status`, or not at all where it is 0.
    pub(crate) fn start(status: u16) -> Self {
        Self::start_with(status, |_, status| status)
    }

    /// Answers with what `answers` makes of the number of requests before, and of `status`.
    pub(crate) fn start_with(
        status: u16,
        answers: impl Fn(usize, u16) -> u16 + Send + Sync + 'static,
    ) -> Self {
        let answers: Arc<Answers> = Arc::new(answers);
        let asked = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let status = Arc::new(AtomicU16::new(status));
        let (sender, requests) = channel();
        let set = Arc::clone(&status);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (sender, set) = (sender.clone(), Arc::clone(&set));
                let (answers, asked) = (Arc::clone(&answers), Arc::clone(&asked));
                let status = move || {
                    let before = asked.fetch_add(1, Ordering::SeqCst);
                    answers(before, set.load(Ordering::SeqCst))
                };
                let connection = connection.unwrap();
                // Whoever asks may go at any time.
                std::thread::spawn(move || answer(connection, &sender, &status));
            }
        });
        Self {
            port,
            requests,
            status,
        }
    }

    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Those that have come and were not taken yet.
    pub(crate) fn taken(&self) -> Vec<Posted> {
        self.requests.try_iter().collect()
    }

    /// The next request.
    pub(crate) fn next(&self) -> Posted {
        self.requests
            .recv_timeout(PATIENCE)
            .expect("a webhook arrives")
    }
}

fn answer(
    connection: TcpStream,
    sender: &Sender<Posted>,
    status: &impl Fn() -> u16,
) -> io::Result<()> {
    let mut out = connection.try_clone()?;
    let mut lines = BufReader::new(connection);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut head = Vec::new();
        loop {
            line.clear();
            lines.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            head.push((name.to_lowercase(), value.to_owned()));
        }
        let length = head.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(0, |(_, value)| value.parse().unwrap());
        let mut body = vec![0; length];
        lines.read_exact(&mut body)?;
        let status = status();
        let posted = Posted {
            target,
            head,
            body: String::from_utf8(body).unwrap(),
            status,
        };
        if sender.send(posted).is_err() {
            return Ok(());
        }
        if status == 0 {
            // The connection stays open until whoever asked is gone.
            return lines.read_line(&mut String::new()).map(drop);
        }
        write!(out, "HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n")?;
    }
}
