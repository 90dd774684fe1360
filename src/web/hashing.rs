//! Passwords: hashed with argon2id (RFC 9106), a few at a time, so that no number of people who sign in takes the memory or
//! the cores from the streams.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Semaphore;

use super::problem::Failure;

/// Memory in KiB, passes and lanes of a hash that is made now: what OWASP asks for at least.
const COST: Cost = Cost {
    memory: 19 * 1024,
    passes: 2,
    lanes: 1,
};
/// Memory in KiB of the most expensive hash that is checked: records may be of a later version.
const MOST_MEMORY: u32 = 256 * 1024;
/// Passes and lanes of it.
const MOST_PASSES: u32 = 16;
/// Bytes of a salt and of a hash.
const SALT: usize = 16;
const HASH: usize = 32;
/// So many hashes are made at once.
const AT_ONCE: usize = 2;
/// So many may wait or be made; whoever comes then is asked to come again.
const MOST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// Hashes passwords and checks them.
#[derive(Debug)]
pub(super) struct Hashing {
    places: Semaphore,
    working: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            places: Semaphore::new(MOST),
            working: Semaphore::new(AT_ONCE),
        }
    }
}

impl Hashing {
    /// The hash of `password` as records keep it.
    pub(super) async fn hash(&self, password: String) -> Result<String, Failure> {
        let made = self.work(move || make(&password)).await?;
        made.ok_or_else(|| Failure::internal("the password could not be hashed"))
    }

    /// Whether `password` is the one of `hash`. It takes the same time where there is no such user.
    pub(super) async fn is(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let check = move || {
            if let Some(hash) = hash {
                return fits(&password, &hash);
            }
            // For the time that it takes alone.
            std::hint::black_box(compute(&password, &[0; SALT], COST));
            false
        };
        self.work(check).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let full = || Failure::full("too many sign in at once");
        let _place = self.places.try_acquire().map_err(|_| full())?;
        let _turn = self.working.acquire().await.map_err(|_| full())?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|_| Failure::internal("the password could not be hashed"))
    }
}

/// A hash in the PHC string format, as other programs read it.
fn make(password: &str) -> Option<String> {
    let mut salt = [0; SALT];
    SystemRandom::new().fill(&mut salt).ok()?;
    let hash = compute(password, &salt, COST)?;
    let Cost {
        memory,
        passes,
        lanes,
    } = COST;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Some(format!(
        "$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"
    ))
}

fn fits(password: &str, phc: &str) -> bool {
    let Some((cost, salt, hash)) = parse(phc) else {
        tracing::error!("the hash of a password is none that can be checked");
        return false;
    };
    let computed = compute(password, &salt, cost);
    // It depends on the salt, so that nobody learns the next bytes from the time that this takes.
    computed.is_some_and(|computed| computed == hash)
}

/// What a hash says: its cost, salt and bytes.
fn parse(phc: &str) -> Option<(Cost, Vec<u8>, [u8; HASH])> {
    let mut fields = phc.strip_prefix("$argon2id$v=19$")?.split('$');
    let (cost, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let mut numbers = cost.split(',');
    let mut number = |name: &str, most: u32| -> Option<u32> {
        let value: u32 = numbers.next()?.strip_prefix(name)?.parse().ok()?;
        (1..=most).contains(&value).then_some(value)
    };
    let cost = Cost {
        memory: number("m=", MOST_MEMORY)?,
        passes: number("t=", MOST_PASSES)?,
        lanes: number("p=", MOST_PASSES)?,
    };
    let hash = STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?;
    let salt = STANDARD_NO_PAD.decode(salt).ok()?;
    (fields.next().is_none() && numbers.next().is_none()).then_some((cost, salt, hash))
}

fn compute(password: &str, salt: &[u8], cost: Cost) -> Option<[u8; HASH]> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(HASH)).ok()?;
    let mut hash = [0; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "correct horse battery";

    #[tokio::test]
    async fn the_password_alone_fits() {
        let hashing = Hashing::default();
        let (one, two) = (
            hashing.hash(PASSWORD.to_owned()).await.unwrap(),
            hashing.hash(PASSWORD.to_owned()).await.unwrap(),
        );
        assert_ne!(one, two, "each has a salt of its own");
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(!one.contains(PASSWORD));
        let is = async |password: &str, hash: Option<&String>| {
            let is = hashing.is(password.to_owned(), hash.cloned()).await;
            is.unwrap()
        };
        assert!(is(PASSWORD, Some(&one)).await && is(PASSWORD, Some(&two)).await);
        assert!(!is("correct horse batterx", Some(&one)).await);
        assert!(!is("", Some(&one)).await);
        assert!(!is(PASSWORD, None).await);
        assert!(!is(PASSWORD, Some(&"plain".to_owned())).await);
    }

    /// As the reference implementation computes them (argon2-cffi); RFC 9106 has no vector without a secret.
    #[test]
    fn it_is_the_argon2id_that_others_compute() {
        let small =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let ours = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$quyusfeeuAGbpiw09i+j4VKJ+I/5h3mugd4HghmS/x8";
        assert!(fits("password", small) && fits(PASSWORD, ours));
        assert!(!fits("Password", small) && !fits(PASSWORD, small));
    }

    #[test]
    fn a_hash_that_costs_too_much_is_not_checked() {
        let salt = "c29tc2FsdA";
        let hash = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let of = |cost: &str| parse(&format!("$argon2id$v=19${cost}${salt}${hash}"));
        assert!(of("m=256,t=2,p=1").is_some());
        for bad in [
            "m=999999999,t=2,p=1",
            "m=256,t=17,p=1",
            "m=256,t=2,p=0",
            "m=256,t=2",
            "m=256,t=2,p=1,x=1",
            "t=2,m=256,p=1",
            "",
        ] {
            assert!(of(bad).is_none(), "{bad}");
        }
        for bad in [
            "",
            "$argon2i$v=19$m=256,t=2,p=1$c29tc2FsdA$nf65",
            "$argon2id$v=19$m=256,t=2,p=1$c29tc2FsdA$nf65",
            "$argon2id$v=19$m=256,t=2,p=1$c29tc2FsdA",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_told_so() {
        let hashing = Hashing::default();
        let held = hashing.places.acquire_many(MOST as u32).await.unwrap();
        let refused = hashing.hash(PASSWORD.to_owned()).await.unwrap_err();
        assert_eq!(refused, Failure::full("too many sign in at once"));
        drop(held);
        assert!(hashing.hash(PASSWORD.to_owned()).await.is_ok());
    }
}
