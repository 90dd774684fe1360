//! Secrets: read from a file or the environment, compared in a time that says nothing of them, and never printed.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Bytes of the longest one.
const LONGEST: usize = 4096;

/// Something that nobody else may know.
#[derive(Clone)]
pub struct Secret {
    text: String,
    sha256: [u8; 32],
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] std::io::Error),
    /// The environment does not have it.
    #[error("the environment variable `{0}` is not set")]
    NotSet(String),
    /// It is no secret.
    #[error("expected 1 to {LONGEST} printable characters")]
    Malformed,
}

impl Secret {
    /// The secret that `text` is; white space around it does not count.
    ///
    /// # Errors
    /// Where it is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if !(1..=LONGEST).contains(&text.len()) || text.contains(char::is_control) {
            return Err(SecretError::Malformed);
        }
        Ok(Self {
            text: text.to_owned(),
            sha256: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// The secret in `file` or in the environment variable `variable`; `None` where neither is given.
    ///
    /// # Errors
    /// Where it cannot be read, or is none.
    pub fn read(file: Option<&Path>, variable: Option<&str>) -> Result<Option<Self>, SecretError> {
        if let Some(file) = file {
            let mut text = String::new();
            let file = File::open(file)?;
            file.take(2 * LONGEST as u64).read_to_string(&mut text)?;
            return Self::new(&text).map(Some);
        }
        let Some(variable) = variable else {
            return Ok(None);
        };
        let text = std::env::var(variable).map_err(|_| SecretError::NotSet(variable.to_owned()))?;
        Self::new(&text).map(Some)
    }

    /// Whether `given` is it. Hashes are compared in its place: how long that takes says nothing of it.
    pub fn is(&self, given: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(given.as_bytes()).into();
        given == self.sha256
    }

    /// As it is, for whoever it is shared with.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
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
    fn a_secret_is_read_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "s3cret\n").unwrap();
        let secret = Secret::read(Some(&file), None).unwrap().unwrap();
        assert!(secret.is("s3cret"));
        for other in ["s3cres", "s3cret0", "", "S3CRET"] {
            assert!(!secret.is(other), "{other}");
        }
        assert_eq!(format!("{secret:?}"), "Secret");
        assert!(Secret::read(None, None).unwrap().is_none());
        let missing = folder.path().join("missing");
        assert!(matches!(
            Secret::read(Some(&missing), None),
            Err(SecretError::Io(_))
        ));
        assert!(matches!(
            Secret::read(None, Some("WAYLAY_NO_SUCH_VARIABLE")),
            Err(SecretError::NotSet(_))
        ));
        for text in ["", " \n", "a\0b", &"a".repeat(LONGEST + 1)] {
            assert!(Secret::new(text).is_err());
        }
    }
}
