//! Asks the API of a server: bounded in time and bytes, and to no other place than the configuration says.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client as Http, retry};
use rustls::ClientConfig;
use tokio::sync::Mutex;
use url::Url;

use super::call::{ApiError, Call};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of the longest answer.
const LARGEST: usize = 8 << 20;

/// What a server answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Its body, where the status says that it is what was asked for.
    pub(super) fn found(&self) -> Result<&[u8], ApiError> {
        if (200..300).contains(&self.status) {
            Ok(&self.body)
        } else {
            Err(ApiError::Status(self.status.into()))
        }
    }
}

/// The API of one server.
pub(super) struct Client {
    http: Http,
    base: Url,
    /// What the last log-in gave; held while one goes on.
    pub(super) token: Mutex<Option<String>>,
}

impl Client {
    /// `tls` says whom it may trust.
    pub(super) fn new(base: Url, tls: ClientConfig) -> reqwest::Result<Self> {
        let http = Http::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .http1_only()
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .user_agent(concat!("Waylay/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let token = Mutex::default();
        Ok(Self { http, base, token })
    }

    /// Asks, with this bearer token if there is one.
    pub(super) async fn send(&self, call: &Call, token: Option<&str>) -> Result<Answer, ApiError> {
        let base = self.base.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{}", call.path)).map_err(|_| ApiError::Malformed)?;
        let mut request = self.http.request(call.method.clone(), url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        // What reqwest says of an error quotes the URL.
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            body: Vec::new(),
        };
        while let Some(data) = response.chunk().await.map_err(|error| why(&error))? {
            if answer.body.len() + data.len() > LARGEST {
                return Err(ApiError::TooLarge);
            }
            answer.body.extend_from_slice(&data);
        }
        Ok(answer)
    }
}

fn why(error: &reqwest::Error) -> ApiError {
    if error.is_timeout() {
        ApiError::TimedOut
    } else {
        ApiError::Unreachable
    }
}
