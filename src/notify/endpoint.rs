//! One endpoint: what it is told of, and the request that tells it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{self, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, retry};
use rustls::ClientConfig;

use super::{Filter, Message, Secret, SecretError};
use crate::config::{Webhook, WebhookUrl};
use crate::keys::PublicKey;
use crate::telemetry::plain;
use crate::wire::envelope::{Envelope, Told};

/// CloudEvents 1.0 JSON event format, section 3.
const EVENT: &str = "application/cloudevents+json";

/// How much of an answer's body is read, bytes: nothing in it matters, but a connection is of no further use before.
const LARGEST_ANSWER: usize = 4096;

/// The most fields in the head of an answer: more than servers send.
const MOST_FIELDS: usize = 128;

/// Characters of the longest reason that is kept.
const LONGEST_REASON: usize = 200;

/// Why there is no endpoint.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// One of its secrets is none.
    #[error("the secret in {place}")]
    Secret {
        /// The file, or the variable of the environment.
        place: String,
        /// What is wrong with it.
        source: SecretError,
    },
    /// Its filter asks for something that no event holds.
    #[error("its filter: {0}")]
    Filter(String),
    /// It cannot be reached from this program at all.
    #[error("nothing can be sent")]
    Client(#[source] reqwest::Error),
}

/// An endpoint that events are sent to.
#[derive(Debug)]
pub struct Endpoint {
    name: Arc<str>,
    url: WebhookUrl,
    secrets: Vec<Secret>,
    filter: Filter,
    concurrency: usize,
    timeout: Duration,
    client: Client,
}

/// Why an event was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer; `None` where none came.
    pub status: Option<u16>,
    /// What went wrong, for people. It holds nothing of the URL.
    pub error: String,
    /// How long the endpoint wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Nothing came back, because of `error`.
    pub fn silent(error: &str) -> Self {
        Self {
            status: None,
            error: plain(error).chars().take(LONGEST_REASON).collect(),
            retry_after: None,
        }
    }

    /// Whether it is of no use to try again: 410 says that nobody is there any more (RFC 9110 section 15.5.11).
    pub fn is_final(&self) -> bool {
        self.status == Some(410)
    }

    /// Whether the endpoint is down or has too much to do, whatever the event.
    pub fn blames_endpoint(&self) -> bool {
        self.status
            .is_none_or(|status| matches!(status, 408 | 429) || status >= 500)
    }
}

impl Endpoint {
    /// The endpoint that `webhook` names, its secrets read. `tls` says whom it may trust.
    ///
    /// # Errors
    /// Where a secret cannot be read or is none, or the filter asks for something that no event holds.
    pub fn new(webhook: &Webhook, tls: ClientConfig) -> Result<Self, EndpointError> {
        let concurrency = usize::from(webhook.concurrency);
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .http1_only()
            .http1_max_headers(MOST_FIELDS)
            .pool_max_idle_per_host(concurrency)
            .user_agent(concat!("Waylay/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            name: webhook.name.as_ref().as_str().into(),
            url: webhook.url.as_ref().clone(),
            secrets: secrets(webhook)?,
            filter: Filter::new(webhook).map_err(|(_, why)| EndpointError::Filter(why))?,
            concurrency,
            timeout: webhook.timeout,
            client: client.map_err(EndpointError::Client)?,
        })
    }

    /// Its name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Where it is, for logs.
    pub fn url(&self) -> &WebhookUrl {
        &self.url
    }

    /// How many events may be on their way to it at once.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// The keys by which whoever has no shared secret checks what it is sent.
    pub fn public_keys(&self) -> impl Iterator<Item = PublicKey> {
        self.secrets.iter().filter_map(Secret::public)
    }

    /// Whether it is told of `event`, in a stream with these labels.
    pub fn wants<D: Told>(&self, event: &Envelope<D>, labels: &[String]) -> bool {
        self.filter.fits(event, labels)
    }

    /// Sends `message`; the status of the answer where it was taken.
    ///
    /// # Errors
    /// Where no answer came in time, or another one than 200 to 299. Redirects are not followed.
    pub async fn send(&self, message: &Message<'_>) -> Result<u16, Refusal> {
        let request = self
            .client
            .post(self.url.url().clone())
            .timeout(self.timeout)
            .header(header::CONTENT_TYPE, EVENT)
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp_s)
            .header("webhook-signature", message.signature(&self.secrets))
            .body(message.body.to_owned());
        let response = request.send().await.map_err(why)?;
        let status = response.status();
        let retry_after = retry_after(response.headers(), message.timestamp_s);
        drain(response).await;
        if status.is_success() {
            return Ok(status.as_u16());
        }
        Err(Refusal {
            status: Some(status.as_u16()),
            error: format!("the answer was {}", status.as_u16()),
            retry_after,
        })
    }
}

fn secrets(webhook: &Webhook) -> Result<Vec<Secret>, EndpointError> {
    let files = webhook.secret_files.iter().map(|file| {
        let place = file.display().to_string();
        (place, Secret::read(file))
    });
    let variables = webhook.secret_env.iter().map(|name| {
        let place = format!("the variable {name}");
        (place, Secret::from_env(name))
    });
    let all = files.chain(variables);
    all.map(|(place, secret)| secret.map_err(|source| EndpointError::Secret { place, source }))
        .collect()
}

/// Why no answer came: what the innermost error says, since the outer ones quote the URL.
fn why(error: reqwest::Error) -> Refusal {
    if error.is_timeout() {
        return Refusal::silent("no answer came in time");
    }
    let error = error.without_url();
    let mut inner: &dyn Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    Refusal::silent(&inner.to_string())
}

/// Reads what is left of the answer, so that its connection can be used again.
async fn drain(mut response: Response) {
    let mut left = LARGEST_ANSWER;
    while let Ok(Some(chunk)) = response.chunk().await {
        if chunk.len() > left {
            return;
        }
        left -= chunk.len();
    }
}

/// How long the endpoint wants to be left alone: seconds, or a date (RFC 9110 section 10.2.3).
fn retry_after(headers: &HeaderMap, now_s: i64) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    let seconds = date.as_second().saturating_sub(now_s);
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
