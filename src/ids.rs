//! Names for streams and incidents.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 (FIPS 180-4) of `bytes` as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish()
}

/// The same of what comes piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes in the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them, 64 hexadecimal digits.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// `bytes` as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // A `String` takes whatever is written to it.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A new id that nothing else has: a UUID version 4 (RFC 9562 section 5.4).
pub fn random() -> String {
    Uuid::new_v4().to_string()
}

/// What the ids of one watched stream are derived from. A live stream gets a random one each time it
/// is attached; a file gets one from its contents, so that the same file gives the same ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A new seed that no other run has.
    pub fn random() -> Self {
        Self::from_parts(&[Uuid::new_v4().as_bytes()])
    }

    /// The seed of these bytes, part by part.
    pub fn from_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The id of the incident that this stream opened as its `ordinal`-th: a UUID version 8
    /// (RFC 9562 section 5.8) over both.
    pub fn incident(&self, ordinal: u64) -> IncidentId {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.0)
            .chain_update(ordinal.to_be_bytes())
            .finalize()
            .into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        IncidentId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Names one incident, everywhere and for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(Uuid);

impl IncidentId {
    /// Whether `text` is how one is written.
    pub fn is_one(text: &str) -> bool {
        Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
    }
}

impl std::fmt::Display for IncidentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_one_that_others_compute() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn ids_follow_the_seed_alone() {
        let seed = Seed::from_parts(&[b"clip", b"policy"]);
        assert_eq!(
            seed.incident(3),
            Seed::from_parts(&[b"clip", b"policy"]).incident(3)
        );
        assert_ne!(seed.incident(3), seed.incident(4));
        assert_ne!(
            seed,
            Seed::from_parts(&[b"clippolicy"]),
            "parts do not run into each other"
        );
        assert_ne!(Seed::random(), Seed::random());
    }
}
