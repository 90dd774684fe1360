//! Questions to the API of a server, as data.

use std::fmt;

use reqwest::Method;
use serde_json::Value;

use crate::ban::StreamKey;

/// A stream that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// What it is called.
    pub key: StreamKey,
    /// Who publishes it, as the server calls it.
    pub publisher: Option<String>,
}

/// What became of a kick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kicked {
    /// The server disconnected the publisher.
    Done,
    /// Nobody published.
    Gone,
}

/// Why a server's API gave nothing. Nothing of its answer or its address is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// There is none in the configuration.
    #[error("the configuration names no API of the server")]
    NoApi,
    /// There is no connection.
    #[error("it cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("it does not answer in time")]
    TimedOut,
    /// It answered with this status, or its own code for it.
    #[error("it answered {0}")]
    Status(i64),
    /// Its answer is longer than any.
    #[error("its answer is too long")]
    TooLarge,
    /// It has more streams than can be listed.
    #[error("it lists too many streams")]
    TooMany,
    /// Its answer is not what this kind of server gives.
    #[error("its answer is not what was expected")]
    Malformed,
    /// Who publishes has to be known, and is not.
    #[error("it does not say who publishes")]
    NoPublisher,
    /// Nobody is there by the name that the list has.
    #[error("it lists the publisher and does not disconnect it")]
    StillListed,
    /// The server has no way to disconnect who publishes.
    #[error("this kind of publisher cannot be disconnected")]
    NotKickable,
}

/// A question, to be asked below the server's base URL.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: Method,
    /// The path and the query, percent-encoded.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
    /// Where in a list it stands.
    pub(super) step: Step,
}

/// Where in a list a question stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// So many streams, or pages, come before it.
    From(u32),
    /// It asks for what is inside of these, the outermost first.
    Inside(Vec<String>),
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            step: Step::From(0),
        }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn at(self, step: Step) -> Self {
        Self { step, ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn json(self, body: &Value) -> Self {
        let with = self.header("content-type", "application/json");
        Self {
            body: Some(body.to_string()),
            ..with
        }
    }

    /// How many streams, or pages, come before it.
    pub(super) fn before(&self) -> u32 {
        match self.step {
            Step::From(from) => from,
            Step::Inside(_) => 0,
        }
    }

    pub(super) fn inside(&self) -> &[String] {
        match &self.step {
            Step::Inside(inside) => inside,
            Step::From(_) => &[],
        }
    }
}

/// It holds secrets and names of streams.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.method)
    }
}

/// What an answer holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) streams: Vec<Live>,
    /// What is to be asked for the rest.
    pub(super) more: Vec<Call>,
}

/// The next step of a log-in.
#[derive(Debug)]
pub(super) enum Login {
    /// Nobody has to.
    NotNeeded,
    /// This is to be asked.
    Ask(Call),
    /// It is done: this is the bearer token.
    Token(String),
    /// The server does not let us in.
    Refused,
}

/// `Authorization: Basic ...` (RFC 7617) for the user and the password in `pair`, with a colon between them.
pub(super) fn basic(pair: &str) -> String {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    format!("Basic {encoded}")
}

/// The JSON in an answer.
pub(super) fn json(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|_| ApiError::Malformed)
}

/// The list in `value`; an absent one is empty, since several servers leave it out then.
pub(super) fn list(value: &Value) -> Result<&[Value], ApiError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(&[]),
        _ => Err(ApiError::Malformed),
    }
}
