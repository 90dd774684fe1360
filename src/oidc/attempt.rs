//! One attempt to sign in: all that binds the provider's answer to the browser that asked follows from one secret, which
//! that browser keeps in a cookie. The service remembers nothing of it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::keys::{self, KeyError};

/// Characters of a secret.
const LENGTH: usize = 43;

/// An attempt to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt(String);

impl Attempt {
    /// A new one.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn new() -> Result<Self, KeyError> {
        keys::secret().map(Self)
    }

    /// The one with this secret.
    pub fn of(secret: &str) -> Option<Self> {
        let is_one = secret.len() == LENGTH && URL_SAFE_NO_PAD.decode(secret).is_ok();
        is_one.then(|| Self(secret.to_owned()))
    }

    /// Its secret, for the browser alone.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Whether the provider's answer with this state belongs to it. Hashes are compared: how long that takes says nothing
    /// of what was expected.
    pub fn is(&self, state: &str) -> bool {
        Sha256::digest(state.as_bytes()) == Sha256::digest(self.state().as_bytes())
    }

    /// What the provider sends back.
    pub(super) fn state(&self) -> String {
        self.derive("state")
    }

    /// What the ID token holds.
    pub(super) fn nonce(&self) -> String {
        self.derive("nonce")
    }

    /// What the code can be used with (RFC 7636 section 4.1).
    pub(super) fn verifier(&self) -> String {
        self.derive("verifier")
    }

    /// Its hash, which the provider is told first (section 4.2).
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier().as_bytes()))
    }

    /// None of these leads to the secret or to another of them.
    fn derive(&self, what: &str) -> String {
        let hash = Sha256::new()
            .chain_update(b"waylay oidc 1\0")
            .chain_update(what.as_bytes())
            .chain_update(b"\0")
            .chain_update(self.0.as_bytes())
            .finalize();
        URL_SAFE_NO_PAD.encode(hash)
    }
}

/// It is not for logs.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_follows_from_the_secret() {
        let attempt = Attempt::new().unwrap();
        let same = Attempt::of(attempt.secret()).unwrap();
        assert_eq!(same, attempt);
        assert!(same.is(&attempt.state()));
        assert!(!Attempt::new().unwrap().is(&attempt.state()));
        assert!(!attempt.is("") && !attempt.is(attempt.secret()));
        let all = [
            attempt.secret().to_owned(),
            attempt.state(),
            attempt.nonce(),
            attempt.verifier(),
            attempt.challenge(),
        ];
        for (at, one) in all.iter().enumerate() {
            // A verifier has 43 characters or more (section 4.1).
            assert_eq!(one.len(), 43);
            assert!(!all[..at].contains(one));
        }
        assert_eq!(format!("{attempt:?}"), "Attempt");
    }

    #[test]
    fn what_is_no_secret_is_no_attempt() {
        let long = "a".repeat(44);
        for secret in ["", "a", &long, &"é".repeat(21), &"+".repeat(43)] {
            assert!(Attempt::of(secret).is_none(), "{secret}");
        }
    }

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_the_hash_of_its_verifier() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
