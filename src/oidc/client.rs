//! Asks the provider: bounded in time and bytes, and without following it anywhere.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client as Http, RequestBuilder, retry};
use rustls::ClientConfig;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::OidcError;
use super::metadata::Known;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of the longest answer: a user in thousands of groups has a tenth of that.
const LARGEST: usize = 512 << 10;

/// Bytes of the longest word for an error (RFC 6749 section 5.2).
const LONGEST_WORD: usize = 64;

/// Asks the provider.
pub(super) struct Client(Http);

impl Client {
    /// `tls` says whom it may trust.
    pub(super) fn new(tls: ClientConfig) -> reqwest::Result<Self> {
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
        Ok(Self(http))
    }

    /// What is found at `url`, asked for with this bearer token if there is one.
    pub(super) async fn get(
        &self,
        what: &'static str,
        url: &Url,
        token: Option<&str>,
    ) -> Result<Vec<u8>, OidcError> {
        let mut request = self.0.get(url.clone());
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, secret(&format!("Bearer {token}"))?);
        }
        match send(request).await? {
            (200, body) => Ok(body),
            (status, _) => Err(OidcError::Status(what, status)),
        }
    }

    /// What is answered to the form `fields` by whoever has to know the service as `known`.
    pub(super) async fn post(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
        known: &Known<'_>,
    ) -> Result<Vec<u8>, OidcError> {
        let mut request = self.0.post(url.clone());
        let mut fields = fields.to_vec();
        match *known {
            Known::Basic(client_id, client_secret) => {
                // Both are encoded as in a form first (RFC 6749 section 2.3.1).
                let encode = |text: &str| {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let both = format!("{}:{}", encode(client_id), encode(client_secret));
                let basic = format!("Basic {}", STANDARD.encode(both));
                request = request.header(AUTHORIZATION, secret(&basic)?);
            }
            Known::Post(client_id, client_secret) => {
                fields.extend([("client_id", client_id), ("client_secret", client_secret)]);
            }
            Known::Public(client_id) => fields.push(("client_id", client_id)),
        }
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        match send(request).await? {
            (200, body) => Ok(body),
            (400 | 401, body) => Err(refused(&body)),
            (status, _) => Err(OidcError::Status("its tokens", status)),
        }
    }
}

/// What must not be shown where a request is written down.
fn secret(text: &str) -> Result<HeaderValue, OidcError> {
    let mut value =
        HeaderValue::from_str(text).map_err(|_| OidcError::Malformed("its access token"))?;
    value.set_sensitive(true);
    Ok(value)
}

async fn send(request: RequestBuilder) -> Result<(u16, Vec<u8>), OidcError> {
    let request = request.header(ACCEPT, "application/json");
    // What reqwest says of an error quotes the URL.
    let mut response = request.send().await.map_err(|error| why(&error))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(data) = response.chunk().await.map_err(|error| why(&error))? {
        if body.len() + data.len() > LARGEST {
            return Err(OidcError::TooLarge);
        }
        body.extend_from_slice(&data);
    }
    Ok((status, body))
}

fn why(error: &reqwest::Error) -> OidcError {
    if error.is_timeout() {
        OidcError::TimedOut
    } else {
        OidcError::Unreachable
    }
}

/// Why the code was not taken: a word of the standard, and not what else is said.
fn refused(body: &[u8]) -> OidcError {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let word = answer["error"].as_str().unwrap_or_default();
    OidcError::Refused(error_word(word).to_owned())
}

/// `word` where it can be one that the standard has for an error.
pub(super) fn error_word(word: &str) -> &str {
    let fits = (1..=LONGEST_WORD).contains(&word.len());
    let is_word = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if fits && is_word { word } else { "an error" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_an_error_is_shown() {
        let said = |body: &str| refused(body.as_bytes()).to_string();
        let taken = said(r#"{"error": "invalid_grant", "error_description": "s3cret"}"#);
        assert_eq!(taken, "the provider does not take the code: invalid_grant");
        for body in [
            "",
            "[]",
            "<html>s3cret",
            r#"{"error": "s3cret"}"#,
            r#"{"error": ["a"]}"#,
        ] {
            assert_eq!(said(body), "the provider does not take the code: an error");
        }
        assert_eq!(error_word(&"a".repeat(65)), "an error");
    }
}
