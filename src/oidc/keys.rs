//! The keys that the provider signs with (RFC 7517), and whether one of them has signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::Value;

use super::token::{Algorithm, Signed, TokenError};

/// The most keys that are kept.
const MOST: usize = 64;

/// Bytes of a coordinate of a point of P-256.
const COORDINATE: usize = 32;

/// The keys of a provider.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    kind: Kind,
}

/// A key goes with one algorithm and no other: what a token says of itself never decides how it is held against a key.
#[derive(Debug)]
enum Kind {
    /// Modulus and exponent, big-endian, without zeros before them; from 2048 bits on, as RS256 wants it.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point of P-256, uncompressed (SEC 1 section 2.3.3).
    P256(Vec<u8>),
}

impl Keys {
    /// The keys of `json`, a JWK set; those that sign nothing here are left out.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        let set: Value = serde_json::from_slice(json).ok()?;
        let keys = set.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(key).take(MOST).collect()))
    }

    /// Whether one of them has signed it.
    pub(super) fn verify(&self, signed: &Signed<'_>) -> Result<(), TokenError> {
        let mut fitting = self.0.iter().filter(|key| key.fits(signed)).peekable();
        if fitting.peek().is_none() {
            return Err(TokenError::UnknownKey);
        }
        if fitting.any(|key| key.has_signed(signed)) {
            return Ok(());
        }
        // Where a key has no name, another one may have taken its place.
        Err(match signed.key {
            Some(_) => TokenError::Signature,
            None => TokenError::UnknownKey,
        })
    }
}

impl Key {
    fn fits(&self, signed: &Signed<'_>) -> bool {
        let algorithm = match self.kind {
            Kind::Rsa { .. } => Algorithm::Rs256,
            Kind::P256(_) => Algorithm::Es256,
        };
        algorithm == signed.algorithm && (signed.key.is_none() || signed.key == self.id)
    }

    fn has_signed(&self, signed: &Signed<'_>) -> bool {
        let message = signed.message.as_bytes();
        let verified = match &self.kind {
            Kind::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                &signed.signature,
            ),
            Kind::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &signed.signature),
        };
        verified.is_ok()
    }
}

/// The key that `jwk` is, where it is one that signs.
fn key(jwk: &Value) -> Option<Key> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let is = |name: &str, expected: &str| jwk.get(name).is_none_or(|is| is == expected);
    let verifies = jwk.get("key_ops").is_none_or(|uses| {
        let mut uses = uses.as_array().into_iter().flatten();
        uses.any(|uses| uses == "verify")
    });
    if !is("use", "sig") || !verifies {
        return None;
    }
    let kind = match (text("kty")?, text("crv")) {
        ("RSA", _) if is("alg", "RS256") => {
            let (n, e) = (bytes("n")?, bytes("e")?);
            let (n, e) = (bare(&n), bare(&e));
            Kind::Rsa { n, e }
        }
        ("EC", Some("P-256")) if is("alg", "ES256") => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            if x.len() != COORDINATE || y.len() != COORDINATE {
                return None;
            }
            Kind::P256([&[4], x.as_slice(), &y].concat())
        }
        _ => return None,
    };
    Some(Key {
        id: text("kid").map(str::to_owned),
        kind,
    })
}

/// Without the zeros before it.
fn bare(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number[zeros..].to_vec()
}
