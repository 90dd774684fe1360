//! The ID token (OpenID Connect Core 1.0 section 2): a JWS of three parts (RFC 7515 section 7.1) that is believed only after
//! all checks of section 3.1.3.7.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// By how much the provider's clock may be wrong, in s.
const LEEWAY_S: i64 = 60;
/// Bytes of the longest token.
const LONGEST: usize = 128 << 10;
/// Bytes of the longest subject (section 2).
const LONGEST_SUBJECT: usize = 255;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token.
    #[error("it is none")]
    Malformed,
    /// It is not signed with RS256 or ES256.
    #[error("it is signed with neither RS256 nor ES256")]
    Algorithm,
    /// It is signed with a key that the provider does not name.
    #[error("it is signed with a key that the provider does not name")]
    UnknownKey,
    /// Its signature is not of that key.
    #[error("its signature is wrong")]
    Signature,
    /// It is of another issuer.
    #[error("it is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another client")]
    Audience,
    /// It is over.
    #[error("it is over")]
    Expired,
    /// It is not good yet.
    #[error("it is not good yet: the clocks differ")]
    Early,
    /// It belongs to another attempt.
    #[error("it belongs to another attempt to sign in")]
    Nonce,
}

/// How a token may be signed. Without a signature it proves nothing, and with a key that is shared the provider's public
/// keys could be taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
}

/// A token that is signed by somebody.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) algorithm: Algorithm,
    /// The name of the key.
    pub(super) key: Option<String>,
    /// What is signed.
    pub(super) message: &'a str,
    pub(super) signature: Vec<u8>,
    payload: Vec<u8>,
}

impl<'a> Signed<'a> {
    /// Takes `token` apart.
    pub(super) fn parse(token: &'a str) -> Result<Self, TokenError> {
        let malformed = TokenError::Malformed;
        if token.len() > LONGEST {
            return Err(malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, payload) = message.split_once('.').ok_or(malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed);
        let header: Map<String, Value> =
            serde_json::from_slice(&decode(header)?).map_err(|_| malformed)?;
        let algorithm = match header.get("alg").and_then(Value::as_str) {
            Some("RS256") => Algorithm::Rs256,
            Some("ES256") => Algorithm::Es256,
            _ => return Err(TokenError::Algorithm),
        };
        if header.contains_key("crit") {
            // It would have to be understood (RFC 7515 section 4.1.11).
            return Err(malformed);
        }
        let key = match header.get("kid") {
            None => None,
            Some(Value::String(key)) => Some(key.clone()),
            Some(_) => return Err(malformed),
        };
        Ok(Self {
            algorithm,
            key,
            message,
            signature: decode(signature)?,
            payload: decode(payload)?,
        })
    }

    /// What it says. Nothing of it is to be believed before its signature was verified.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, TokenError> {
        serde_json::from_slice(&self.payload).map_err(|_| TokenError::Malformed)
    }
}

/// What a token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The time, s since 1970 in UTC.
    pub(super) now_s: i64,
}

impl Expected<'_> {
    /// The subject of the token that says `claims`, where these are as they have to be.
    pub(super) fn subject_of(&self, claims: &Map<String, Value>) -> Result<String, TokenError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(self.issuer) {
            return Err(TokenError::Issuer);
        }
        self.is_audience(claims)?;
        let time = |name: &str| claims.get(name).map(seconds).transpose();
        let (until, from) = (time("exp")?, time("iat")?);
        let (Some(until), Some(from)) = (until, from) else {
            return Err(TokenError::Malformed);
        };
        if self.now_s >= until.saturating_add(LEEWAY_S) {
            return Err(TokenError::Expired);
        }
        let from = time("nbf")?.unwrap_or(from).max(from);
        if self.now_s < from.saturating_sub(LEEWAY_S) {
            return Err(TokenError::Early);
        }
        if text("nonce") != Some(self.nonce) {
            return Err(TokenError::Nonce);
        }
        let is_subject = |subject: &&str| {
            (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.contains(char::is_control)
        };
        let subject = text("sub").filter(is_subject);
        subject.map(str::to_owned).ok_or(TokenError::Malformed)
    }

    /// Whether it is for us, and for us alone or first of all.
    fn is_audience(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        let (is_ours, is_one) = match claims.get("aud") {
            Some(Value::String(audience)) => (audience == self.client_id, true),
            Some(Value::Array(all)) => {
                (all.iter().any(|one| one == self.client_id), all.len() == 1)
            }
            _ => (false, false),
        };
        let is_given_to = match claims.get("azp") {
            None => is_one,
            Some(party) => party == self.client_id,
        };
        if is_ours && is_given_to {
            return Ok(());
        }
        Err(TokenError::Audience)
    }
}

/// A time: a number of s, which may have a fraction (RFC 7519 section 2).
fn seconds(value: &Value) -> Result<i64, TokenError> {
    let number = value.as_f64().filter(|number| number.is_finite());
    number
        .map(|number| number as i64)
        .ok_or(TokenError::Malformed)
}
