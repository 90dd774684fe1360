//! Single sign-on: the authorization code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636), for one provider.
//!
//! All but the asking is pure. What the provider says is bounded in size and time, and kept for a while; what it vouches
//! for is believed only with its signature.

mod attempt;
mod cached;
mod client;
mod keys;
mod metadata;
mod person;
mod token;

pub use attempt::Attempt;
pub use person::{Nameless, Person};
pub use token::TokenError;

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use url::Url;

use crate::account::Role;
use crate::config;
use crate::secret::{Secret, SecretError};
use cached::Cached;
use client::Client;
use keys::Keys;
use metadata::Metadata;
use person::Mapping;
use token::{Expected, Signed};

/// For so long what is known of the provider is kept before it is asked again, in µs.
const FRESH_US: i64 = 60 * 60 * 1_000_000;
/// A provider that did not answer is left alone for so long, in µs.
const REST_US: i64 = 10 * 1_000_000;
/// The keys are asked for again because of an unknown one at most this often, in µs.
const UNKNOWN_US: i64 = 60 * 1_000_000;
/// So many sign in at once.
const MOST_AT_ONCE: usize = 16;
/// Bytes of the longest code.
const LONGEST_CODE: usize = 4_096;

/// Why there is no provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Its secret is none.
    #[error("its client secret")]
    Secret(#[from] SecretError),
    /// It cannot be reached from this program at all.
    #[error("nothing can be sent")]
    Client(#[source] reqwest::Error),
}

/// Why nobody is let in. It holds nothing that is secret, and nothing that a stranger wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It is silent.
    #[error("the provider does not answer in time")]
    TimedOut,
    /// It is not there.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// Too many sign in at once.
    #[error("too many sign in at once")]
    Busy,
    /// It answered something else than what was asked for.
    #[error("the provider answered {1} where it was asked for {0}")]
    Status(&'static str, u16),
    /// It said too much.
    #[error("the provider's answer is too long")]
    TooLarge,
    /// It said something else than the standard lets it say.
    #[error("what the provider says is not as OpenID Connect has it: {0}")]
    Malformed(&'static str),
    /// It does not take the code.
    #[error("the provider does not take the code: {0}")]
    Refused(String),
    /// Another provider has answered.
    #[error("the answer is of another provider")]
    Issuer,
    /// It vouches for nobody.
    #[error("the ID token: {0}")]
    Token(#[from] TokenError),
}

impl OidcError {
    /// Whether the provider is away, and may be back when it is asked again.
    pub fn is_away(&self) -> bool {
        match self {
            Self::TimedOut | Self::Unreachable | Self::Busy => true,
            Self::Status(_, status) => *status >= 500,
            _ => false,
        }
    }
}

/// The provider that people may sign in with.
pub struct Provider {
    name: String,
    issuer: String,
    client_id: String,
    secret: Option<Secret>,
    scopes: String,
    mapping: Mapping,
    role: Option<Role>,
    client: Client,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
    turns: Semaphore,
}

/// What the provider sent a browser back with.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// What the service gets its answer for.
    pub code: &'a str,
    /// Who has answered (RFC 9207), where it says so.
    pub issuer: Option<&'a str>,
}

impl Provider {
    /// The provider that `config` names, its secret read. `tls` says whom it may trust.
    ///
    /// # Errors
    /// Where the secret cannot be read or is none.
    pub fn new(config: &config::Oidc, tls: ClientConfig) -> Result<Self, ProviderError> {
        let (file, variable) = (&config.client_secret_file, &config.client_secret_env);
        Ok(Self {
            name: config.name.clone(),
            issuer: config.issuer.as_ref().clone(),
            client_id: config.client_id.clone(),
            secret: Secret::read(file.as_deref(), variable.as_deref())?,
            scopes: scopes(&config.scopes),
            mapping: Mapping::new(config),
            role: config.role.as_deref().and_then(Role::parse),
            client: Client::new(tls).map_err(ProviderError::Client)?,
            metadata: Cached::default(),
            keys: Cached::default(),
            turns: Semaphore::new(MOST_AT_ONCE),
        })
    }

    /// What it is called on the page to sign in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it calls itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The role of somebody whom it gives none.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// Where a browser goes to sign in, which comes back to `back`.
    ///
    /// # Errors
    /// Where the provider cannot be asked where that is.
    pub async fn address(
        &self,
        attempt: &Attempt,
        back: &str,
        now_us: i64,
    ) -> Result<Url, OidcError> {
        let mut url = self.metadata(now_us).await?.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", &self.scopes)
            .append_pair("state", &attempt.state())
            .append_pair("nonce", &attempt.nonce())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Who has signed in there for `attempt`, with the code that the browser came back to `back` with.
    ///
    /// # Errors
    /// Where the provider cannot be asked, does not take the code, or vouches for nobody.
    pub async fn person(
        &self,
        returned: Returned<'_>,
        attempt: &Attempt,
        back: &str,
        now_us: i64,
    ) -> Result<Person, OidcError> {
        let _turn = self.turns.try_acquire().map_err(|_| OidcError::Busy)?;
        let metadata = self.metadata(now_us).await?;
        let is_other = match returned.issuer {
            Some(issuer) => issuer != self.issuer,
            None => metadata.names_itself,
        };
        if is_other {
            return Err(OidcError::Issuer);
        }
        if returned.code.len() > LONGEST_CODE {
            return Err(OidcError::Malformed("the code"));
        }
        let given = self.exchange(&metadata, returned.code, attempt, back);
        let given = given.await?;
        let signed = Signed::parse(&given.id_token)?;
        let claims = self.claims(&metadata, &signed, now_us).await?;
        let nonce = attempt.nonce();
        let expected = Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce: &nonce,
            now_s: now_us.div_euclid(1_000_000),
        };
        let subject = expected.subject_of(&claims)?;
        let mut documents = vec![claims];
        let lacking = self.mapping.is_lacking(&documents[0]);
        if let (true, Some(url), Some(token)) =
            (lacking, &metadata.userinfo_endpoint, &given.access_token)
        {
            documents.push(self.user_info(url, token, &subject).await?);
        }
        Ok(self.mapping.person(subject, &documents))
    }

    async fn metadata(&self, now_us: i64) -> Result<Arc<Metadata>, OidcError> {
        let ask = async {
            let url = metadata::address(&self.issuer).ok_or(OidcError::Malformed("the issuer"))?;
            let text = self.client.get("its metadata", &url, None).await?;
            Metadata::parse(&text, &self.issuer)
        };
        self.metadata.get(now_us, FRESH_US, REST_US, ask).await
    }

    /// What the token says, where the provider has signed it.
    async fn claims(
        &self,
        metadata: &Metadata,
        signed: &Signed<'_>,
        now_us: i64,
    ) -> Result<Map<String, Value>, OidcError> {
        let (ask, again) = (self.ask_keys(metadata), self.ask_keys(metadata));
        let keys = self.keys.get(now_us, FRESH_US, REST_US, ask).await?;
        let verified = match keys.verify(signed) {
            Err(TokenError::UnknownKey) => {
                let keys = self.keys.get(now_us, 0, UNKNOWN_US, again).await?;
                keys.verify(signed)
            }
            verified => verified,
        };
        verified?;
        Ok(signed.claims()?)
    }

    async fn ask_keys(&self, metadata: &Metadata) -> Result<Keys, OidcError> {
        let text = self.client.get("its keys", &metadata.jwks_uri, None).await;
        Keys::parse(&text?).ok_or(OidcError::Malformed("its keys"))
    }

    /// What the provider gives for the code.
    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        attempt: &Attempt,
        back: &str,
    ) -> Result<Given, OidcError> {
        let verifier = attempt.verifier();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", &verifier),
        ];
        let known = self.secret.as_ref().map(Secret::reveal);
        let known = metadata.known_by(&self.client_id, known);
        let answer = self
            .client
            .post(&metadata.token_endpoint, &fields, &known)
            .await?;
        Given::parse(&answer).ok_or(OidcError::Malformed("its tokens"))
    }

    async fn user_info(
        &self,
        url: &Url,
        token: &str,
        subject: &str,
    ) -> Result<Map<String, Value>, OidcError> {
        let text = self
            .client
            .get("what it knows of a user", url, Some(token))
            .await?;
        let claims: Map<String, Value> = serde_json::from_slice(&text)
            .map_err(|_| OidcError::Malformed("what it knows of a user"))?;
        // Section 5.3.2: the answer may be of somebody else.
        if claims.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(OidcError::Malformed("it tells of another user"));
        }
        Ok(claims)
    }
}

/// The secret and what is known of the provider are not for logs.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What is asked for, `openid` first.
fn scopes(configured: &[String]) -> String {
    let others = configured.iter().map(String::as_str);
    let others = others.filter(|scope| *scope != "openid");
    ["openid"]
        .into_iter()
        .chain(others)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the provider gives for a code.
struct Given {
    id_token: String,
    access_token: Option<String>,
}

impl Given {
    fn parse(json: &[u8]) -> Option<Self> {
        let mut answer: Map<String, Value> = serde_json::from_slice(json).ok()?;
        let mut text = |name: &str| match answer.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Some(Self {
            id_token: text("id_token")?,
            access_token: text("access_token"),
        })
    }
}

#[cfg(test)]
mod tests;
