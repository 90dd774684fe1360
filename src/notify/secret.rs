//! What webhooks are signed with. The form of a secret says how: `whsec_` for HMAC-SHA256, `whsk_` for Ed25519
//! (Standard Webhooks 1.0.0, "Signature scheme").

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::keys::{KeyError, PublicKey, SigningKey};

const SHARED: &str = "whsec_";

/// Bytes of the shortest and of the longest shared secret.
const SHORTEST: usize = 24;
const LONGEST: usize = 64;

/// Bytes of a file that holds a secret: white space around it does not count.
const LARGEST_FILE: u64 = 1024;

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The variable is not set, or is no text.
    #[error("it is not set")]
    Unset,
    /// It is no secret.
    #[error(
        "expected `{SHARED}` and the base64 of {SHORTEST} to {LONGEST} bytes, or `whsk_` and that of 32"
    )]
    Malformed,
}

impl From<KeyError> for SecretError {
    fn from(_: KeyError) -> Self {
        Self::Malformed
    }
}

/// Signs webhooks.
pub enum Secret {
    /// Whoever checks the signature knows it too.
    Shared(hmac::Key),
    /// Whoever checks the signature knows the public half.
    Private(SigningKey),
}

impl Secret {
    /// The secret that `text` holds; white space around it does not count.
    ///
    /// # Errors
    /// Where it holds none. What it holds instead is not quoted.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let Some(encoded) = text.strip_prefix(SHARED) else {
            return Ok(Self::Private(SigningKey::parse(text)?));
        };
        let bytes = STANDARD.decode(encoded);
        let bytes = bytes.map_err(|_| SecretError::Malformed)?;
        if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
            return Err(SecretError::Malformed);
        }
        Ok(Self::Shared(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The secret in `file`.
    ///
    /// # Errors
    /// Where it cannot be read or holds none.
    pub fn read(file: &Path) -> Result<Self, SecretError> {
        let mut text = String::new();
        File::open(file)?
            .take(LARGEST_FILE)
            .read_to_string(&mut text)?;
        Self::parse(&text)
    }

    /// The secret in the variable `name` of the environment.
    ///
    /// # Errors
    /// Where it is not set or holds none.
    pub fn from_env(name: &str) -> Result<Self, SecretError> {
        let text = std::env::var(name).map_err(|_| SecretError::Unset)?;
        Self::parse(&text)
    }

    /// The key by which its signatures are checked, where that is no secret.
    pub fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Shared(_) => None,
            Self::Private(key) => Some(key.public()),
        }
    }

    /// The signature of `content`, with the identifier of its scheme.
    pub(super) fn sign(&self, content: &[u8]) -> String {
        match self {
            Self::Shared(key) => format!("v1,{}", STANDARD.encode(hmac::sign(key, content))),
            Self::Private(key) => format!("v1a,{}", STANDARD.encode(key.sign(content))),
        }
    }
}

/// It is not for logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_secret_is_refused_and_not_told() {
        let of = |bytes: usize| format!("{SHARED}{}", STANDARD.encode(vec![7; bytes]));
        for (text, is_secret) in [
            (of(24), true),
            (format!(" {}\n", of(64)), true),
            (format!("whsk_{}", STANDARD.encode([7; 32])), true),
            (of(23), false),
            (of(65), false),
            (format!("whsk_{}", STANDARD.encode([7; 31])), false),
            (STANDARD.encode([7; 32]), false),
            ("whsec_!".to_owned(), false),
            (String::new(), false),
        ] {
            match Secret::parse(&text) {
                Ok(secret) => {
                    assert!(is_secret, "{text}");
                    assert_eq!(format!("{secret:?}"), "Secret");
                }
                Err(error) => {
                    assert!(!is_secret, "{text}");
                    assert!(!error.to_string().contains("BwcH"), "{error}");
                }
            }
        }
    }

    #[test]
    fn a_secret_is_read_from_where_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        assert!(matches!(Secret::read(&file), Err(SecretError::Io(_))));
        std::fs::write(&file, format!("whsk_{}\n", STANDARD.encode([7; 32]))).unwrap();
        assert!(Secret::read(&file).unwrap().public().is_some());
        let unset = Secret::from_env("WAYLAY_NO_SUCH_VARIABLE");
        assert!(matches!(unset, Err(SecretError::Unset)));
    }
}
