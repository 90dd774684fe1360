//! Requests to the service, one connection each.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything that is awaited takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service.
pub(crate) struct Api {
    pub(crate) address: String,
    /// Lines of the head of every request.
    pub(crate) head: Vec<String>,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in small letters.
    pub(crate) head: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

impl Api {
    /// The same with one more line in the head of every request.
    pub(crate) fn with(&self, line: &str) -> Self {
        let mut head = self.head.clone();
        head.push(line.to_owned());
        Self {
            address: self.address.clone(),
            head,
        }
    }

    pub(crate) fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            head: Vec::new(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &body.to_string())
    }

    /// A request with this body, which says that it is JSON.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, "application/json", body.as_bytes())
    }

    /// A form as a browser posts it.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(fields).finish();
        self.send(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            body.as_bytes(),
        )
    }

    /// A request with this body, which says that it is of this kind.
    pub(crate) fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut head = vec![
            format!("{method} {path} HTTP/1.1"),
            "Connection: close".to_owned(),
        ];
        if !self.head.iter().any(|line| line.starts_with("Host:")) {
            head.push(format!("Host: {}", self.address));
        }
        if !body.is_empty() {
            head.push(format!("Content-Type: {kind}"));
        }
        head.push(format!("Content-Length: {}", body.len()));
        head.extend(self.head.iter().cloned());
        let request = format!("{}\r\n\r\n", head.join("\r\n"));
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection
            .write_all(&[request.as_bytes(), body].concat())
            .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let fields = lines.filter_map(|line| line.split_once(": "));
        Answer {
            status: status.parse().unwrap(),
            head: fields
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            text: text.to_owned(),
        }
    }

    /// Asks for `path` again and again until the answer is as `wanted` says.
    pub(crate) fn await_that(
        &self,
        path: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path);
            if answer.status == 200 {
                let json = answer.json();
                if wanted(&json) {
                    return json;
                }
            }
            assert!(Instant::now() < deadline, "{what}: {answer:?}");
            std::thread::yield_now();
        }
    }
}
