//! Who may ask: whoever carries the token; without one, whoever is on this machine.

use std::fmt;
use std::path::Path;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Shared;
use super::problem::Failure;

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

    fn is_carried(&self, headers: &HeaderMap) -> bool {
        let value = headers
            .get(header::AUTHORIZATION)
            .map(|value| value.to_str());
        let Some(Ok(value)) = value else { return false };
        let Some((scheme, token)) = value.split_once(' ') else {
            return false;
        };
        scheme.eq_ignore_ascii_case("bearer") && Self::of(token.trim()) == *self
    }
}

/// It is not for logs.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Lets through whoever may ask.
pub(super) async fn check(State(app): State<Shared>, request: Request, next: Next) -> Response {
    match &app.parts.token {
        Some(token) if !token.is_carried(request.headers()) => {
            let mut response =
                Failure::new(StatusCode::UNAUTHORIZED, "the token is missing or wrong")
                    .into_response();
            let challenge = header::HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
        None if !is_local(request.headers()) => {
            // A page that a browser on this machine has open could have its own name lead here.
            Failure::new(
                StatusCode::FORBIDDEN,
                "without a token only this machine may ask",
            )
            .into_response()
        }
        _ => next.run(request).await,
    }
}

/// Whether the request was meant for this machine by name.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|host| host.to_str());
    let Some(Ok(host)) = host else { return false };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name
        .parse()
        .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    is_loopback || name.eq_ignore_ascii_case("localhost")
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
            assert_eq!(token.is_carried(&headers), opens, "{value}");
        }
        assert!(!token.is_carried(&HeaderMap::new()));
        assert_eq!(format!("{token:?}"), "Token");
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (host, local) in [
            ("localhost", true),
            ("LocalHost:8088", true),
            ("127.0.0.1:8088", true),
            ("127.9.9.9", true),
            ("[::1]:8088", true),
            ("evil.example:8088", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_local(&with(header::HOST, host)), local, "{host}");
        }
        assert!(!is_local(&HeaderMap::new()));
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
