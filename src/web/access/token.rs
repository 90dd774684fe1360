//! The token of the configuration, and what requests carry.

use std::fmt;
use std::path::Path;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// Bytes of the shortest token: what can be guessed is no secret.
const SHORTEST: usize = 16;
/// Bytes of the longest.
const LONGEST: usize = 4096;

/// What requests must carry as `Authorization: Bearer TOKEN` (RFC 6750 section 2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Hashes are compared in place of tokens: how long that takes says nothing of the token.
    sha256: [u8; 32],
}

/// Why a file holds no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("cannot be read")]
    Io(#[from] std::io::Error),
    /// It is no token.
    #[error("expected {SHORTEST} to {LONGEST} printable ASCII characters without spaces")]
    Malformed,
}

impl Token {
    /// Reads the token in `file`; white space around it does not count.
    ///
    /// # Errors
    /// Where it cannot be read, or holds none.
    pub fn read(file: &Path) -> Result<Self, TokenError> {
        use std::io::Read;
        let mut text = String::new();
        let file = std::fs::File::open(file)?;
        file.take(2 * LONGEST as u64).read_to_string(&mut text)?;
        let text = text.trim();
        let fits = (SHORTEST..=LONGEST).contains(&text.len());
        if !fits || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TokenError::Malformed);
        }
        Ok(Self::of(text))
    }

    fn of(text: &str) -> Self {
        Self {
            sha256: Sha256::digest(text.as_bytes()).into(),
        }
    }

    /// Whether it is what a request carries.
    pub(super) fn is(&self, carried: &str) -> bool {
        Self::of(carried) == *self
    }
}

/// It is not for logs.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// What a request carries as `Authorization: Bearer TOKEN`; empty where it carries something else there.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str();
    let carried = value.ok().and_then(|value| value.split_once(' '));
    Some(match carried {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => "",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_token_alone_opens() {
        let token = Token::of("0123456789abcdef");
        let opens_with =
            |headers: &HeaderMap| bearer(headers).is_some_and(|carried| token.is(carried));
        for (value, opens) in [
            ("Bearer 0123456789abcdef", true),
            ("bearer  0123456789abcdef", true),
            ("Bearer 0123456789abcdeg", false),
            ("Bearer 0123456789abcdef0", false),
            ("Bearer", false),
            ("Basic 0123456789abcdef", false),
            ("0123456789abcdef", false),
        ] {
            let headers = with(header::AUTHORIZATION, value);
            assert_eq!(opens_with(&headers), opens, "{value}");
        }
        assert!(!opens_with(&HeaderMap::new()));
        assert_eq!(format!("{token:?}"), "Token");
    }

    #[test]
    fn a_file_that_holds_no_token_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        assert!(matches!(Token::read(&file), Err(TokenError::Io(_))));
        for (text, is_token) in [
            ("0123456789abcdef\n", true),
            ("short", false),
            ("", false),
            ("0123456789 abcdef", false),
            ("0123456789abcdeé", false),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(Token::read(&file).is_ok(), is_token, "{text}");
        }
        std::fs::write(&file, "a".repeat(LONGEST + 1)).unwrap();
        assert!(Token::read(&file).is_err());
    }
}
