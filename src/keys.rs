//! Ed25519 keys (RFC 8032): with one of them this installation signs what it says, and with the public half of it
//! anybody can tell that it did.
//!
//! Keys are written as the Standard Webhooks specification writes them: `whsk_` and `whpk_` before the base64 of the
//! 32 bytes.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

const PRIVATE: &str = "whsk_";
const PUBLIC: &str = "whpk_";

/// What stands before a public key in its `SubjectPublicKeyInfo`: the algorithm id-Ed25519 (RFC 8410 section 4).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Bytes of a key.
const LENGTH: usize = 32;
/// Bytes of a file that holds one: white space around it does not count.
const LARGEST_FILE: u64 = 1024;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no key.
    #[error("expected `{0}` and the base64 of 32 bytes")]
    Malformed(&'static str),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// A secret that nobody guesses: 32 random bytes, base64url without padding (RFC 4648 section 5).
///
/// # Errors
/// Where the system gives no random bytes.
pub fn secret() -> Result<String, KeyError> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| KeyError::NoRandom)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Signs.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The key that `text` holds (`whsk_...`).
    ///
    /// # Errors
    /// Where it holds none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let seed = bytes(text, PRIVATE)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        Ok(Self(pair.map_err(|_| KeyError::Malformed(PRIVATE))?))
    }

    /// The key in `file`, made where there is none yet: nobody but the owner of the file can read it.
    ///
    /// # Errors
    /// Where it can be neither read nor made, or is no key.
    pub fn read_or_make(file: &Path) -> Result<Self, KeyError> {
        match read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(file)?;
                Self::parse(read(file)?.trim())
            }
            text => Self::parse(text?.trim()),
        }
    }

    /// The key in `file`.
    ///
    /// # Errors
    /// Where it cannot be read or is no key.
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        Self::parse(read(file)?.trim())
    }

    /// The public half of it.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; LENGTH];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    /// The signature of `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.0.sign(message).as_ref());
        signature
    }
}

/// It is not for logs.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

/// Tells whether something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; LENGTH]);

impl PublicKey {
    /// The key that `text` holds (`whpk_...`).
    ///
    /// # Errors
    /// Where it holds none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Ok(Self(bytes(text, PUBLIC)?))
    }

    /// The same as a PEM file holds it (RFC 8410 section 4), for other programs.
    pub fn pem(&self) -> String {
        let info = [SPKI.as_slice(), &self.0].concat();
        let encoded = STANDARD.encode(info);
        format!("-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n")
    }

    /// Whether `signature` is the one of `message`.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(message, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", STANDARD.encode(self.0))
    }
}

fn bytes(text: &str, prefix: &'static str) -> Result<[u8; LENGTH], KeyError> {
    let encoded = text.strip_prefix(prefix);
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    let key = decoded.and_then(|bytes| bytes.try_into().ok());
    key.ok_or(KeyError::Malformed(prefix))
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?
        .take(LARGEST_FILE)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Makes a key in `file`. Where two do so at once the first one's stays, and a file that is there is whole.
fn make(file: &Path) -> Result<(), KeyError> {
    let mut seed = [0; LENGTH];
    let random = SystemRandom::new().fill(&mut seed);
    random.map_err(|_| KeyError::NoRandom)?;
    let partial = file.with_extension(format!("part-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let made = options.open(&partial).and_then(|mut out| {
        writeln!(out, "{PRIVATE}{}", STANDARD.encode(seed))?;
        out.sync_all()?;
        // Unlike a rename, a link takes no other file's place.
        match fs::hard_link(&partial, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    });
    let _ = fs::remove_file(&partial);
    made?;
    // The name is on disk only once its folder is.
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        // RFC 8032 section 7.1, test 1.
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let signature = hex(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        );
        let key = SigningKey::parse(&format!("whsk_{}", STANDARD.encode(seed))).unwrap();
        assert_eq!(key.public().0, public[..]);
        assert_eq!(key.sign(b"").to_vec(), signature);
        assert!(key.public().has_signed(b"", &signature));
        assert!(!key.public().has_signed(b"a", &signature));
        assert!(!key.public().has_signed(b"", &signature[1..]));
        let written = key.public().to_string();
        assert_eq!(PublicKey::parse(&written).unwrap(), key.public());
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("signing.key");
        let made = SigningKey::read_or_make(&file).unwrap();
        let again = SigningKey::read_or_make(&file).unwrap();
        assert_eq!(made.public(), again.public());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(format!("{made:?}"), "SigningKey");
    }

    #[test]
    fn what_is_no_key_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("signing.key");
        let short = format!("whsk_{}", STANDARD.encode([7; 31]));
        for text in ["", "whsk_", "whsk_!", "whsec_AAAA", &short] {
            fs::write(&file, text).unwrap();
            let error = SigningKey::read_or_make(&file).unwrap_err();
            assert!(matches!(error, KeyError::Malformed(_)), "{text}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert!(PublicKey::parse("whsk_AAAA").is_err());
        let none = SigningKey::read(&folder.path().join("none"));
        assert!(matches!(none.unwrap_err(), KeyError::Io(_)));
    }

    #[test]
    fn other_programs_are_told_the_key_as_they_know_it() {
        // RFC 8410 section 10.1.
        let der = STANDARD
            .decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
            .unwrap();
        let key = PublicKey(der[12..].try_into().unwrap());
        assert!(
            key.pem()
                .contains("\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n")
        );
    }
}
