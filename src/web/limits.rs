//! How often somebody may try to sign in: a few times at once, and then as often as a person mistypes.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// So many are remembered of each kind; those that have tried least are forgotten first.
const MOST: usize = 10_000;

/// Attempts at once, and the time in µs after which there is one more.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: i64,
    each_us: i64,
}

/// Of one account, whoever tries it.
const ACCOUNT: Rate = Rate {
    burst: 5,
    each_us: 60_000_000,
};
/// Of one address, whatever accounts it tries.
const ADDRESS: Rate = Rate {
    burst: 20,
    each_us: 10_000_000,
};

/// Who has tried how often.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<Both>);

#[derive(Debug, Default)]
struct Both {
    accounts: Tries<String>,
    addresses: Tries<IpAddr>,
}

impl Limits {
    /// Counts an attempt.
    ///
    /// # Errors
    /// After how many seconds it may be tried again; it is not counted then.
    pub(super) fn attempt(&self, account: &str, address: IpAddr, now_us: i64) -> Result<(), u32> {
        let mut both = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Names are the same in small and capital letters.
        let account = account.to_ascii_lowercase();
        let waits = [
            both.accounts.wait_us(&account, ACCOUNT, now_us),
            both.addresses.wait_us(&address, ADDRESS, now_us),
        ];
        let wait_us = waits.into_iter().max().unwrap_or(0);
        if wait_us > 0 {
            return Err(seconds(wait_us));
        }
        both.accounts.count(account, ACCOUNT, now_us);
        both.addresses.count(address, ADDRESS, now_us);
        Ok(())
    }

    /// Counts an attempt whose account is not known yet.
    ///
    /// # Errors
    /// After how many seconds it may be tried again; it is not counted then.
    pub(super) fn attempt_from(&self, address: IpAddr, now_us: i64) -> Result<(), u32> {
        let mut both = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait_us = both.addresses.wait_us(&address, ADDRESS, now_us);
        if wait_us > 0 {
            return Err(seconds(wait_us));
        }
        both.addresses.count(address, ADDRESS, now_us);
        Ok(())
    }

    /// Forgets the attempts at an account: its password was right.
    pub(super) fn succeeded(&self, account: &str) {
        let mut both = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        both.accounts.0.remove(&account.to_ascii_lowercase());
    }
}

/// So many whole seconds that all of it has passed.
fn seconds(wait_us: i64) -> u32 {
    u32::try_from(wait_us.div_euclid(1_000_000) + 1).unwrap_or(u32::MAX)
}

/// For each the time in µs at which all its attempts are forgiven: one number, however many they are.
#[derive(Debug)]
struct Tries<K>(HashMap<K, i64>);

impl<K> Default for Tries<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Tries<K> {
    /// How long it has to wait for its next attempt, in µs.
    fn wait_us(&mut self, key: &K, rate: Rate, now_us: i64) -> i64 {
        let all_us = rate.burst * rate.each_us;
        let Some(forgiven_us) = self.0.get_mut(key) else {
            return 0;
        };
        // A clock that was set back must not lock anybody out for longer than all attempts take to be forgiven.
        *forgiven_us = (*forgiven_us).clamp(now_us, now_us + all_us);
        *forgiven_us + rate.each_us - all_us - now_us
    }

    fn count(&mut self, key: K, rate: Rate, now_us: i64) {
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            self.make_room(now_us);
        }
        let forgiven_us = self.0.entry(key).or_insert(now_us);
        *forgiven_us = (*forgiven_us).max(now_us) + rate.each_us;
    }

    fn make_room(&mut self, now_us: i64) {
        self.0.retain(|_, forgiven_us| *forgiven_us > now_us);
        if self.0.len() < MOST {
            return;
        }
        // A quarter at once, so that not everyone who comes then waits for all to be looked through.
        let mut all: Vec<i64> = self.0.values().copied().collect();
        let (_, least, _) = all.select_nth_unstable(MOST / 4);
        self.0.retain(|_, forgiven_us| *forgiven_us > *least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000;

    fn ip(last: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(last).into()
    }

    #[test]
    fn an_account_is_tried_so_often_from_everywhere() {
        let limits = Limits::default();
        for from in 0..5 {
            assert_eq!(limits.attempt("ana", ip(from), 100 * S), Ok(()));
        }
        assert_eq!(limits.attempt("Ana", ip(9), 100 * S), Err(61));
        assert_eq!(limits.attempt("ana", ip(9), 159 * S), Err(2));
        assert_eq!(limits.attempt("ben", ip(9), 100 * S), Ok(()));
        assert_eq!(limits.attempt("ana", ip(9), 161 * S), Ok(()));
        assert!(limits.attempt("ana", ip(9), 161 * S).is_err());
        limits.succeeded("ANA");
        assert_eq!(limits.attempt("ana", ip(9), 161 * S), Ok(()));
    }

    #[test]
    fn an_address_tries_so_often_whatever_it_tries() {
        let limits = Limits::default();
        for n in 0..20 {
            assert_eq!(limits.attempt(&n.to_string(), ip(1), 0), Ok(()));
        }
        assert_eq!(limits.attempt("x", ip(1), 0), Err(11));
        assert_eq!(limits.attempt("x", ip(2), 0), Ok(()));
        assert_eq!(limits.attempt("x", ip(1), 11 * S), Ok(()));
    }

    #[test]
    fn an_address_tries_as_often_without_a_name() {
        let limits = Limits::default();
        for n in 0..10 {
            assert_eq!(limits.attempt_from(ip(1), 0), Ok(()));
            assert_eq!(limits.attempt(&n.to_string(), ip(1), 0), Ok(()));
        }
        assert_eq!(limits.attempt_from(ip(1), 0), Err(11));
        assert_eq!(limits.attempt_from(ip(2), 0), Ok(()));
        assert_eq!(limits.attempt_from(ip(1), 11 * S), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limits = Limits::default();
        for _ in 0..5 {
            limits.attempt("ana", ip(1), 1_000_000 * S).unwrap();
        }
        assert!(limits.attempt("ana", ip(1), 10 * S).unwrap_err() <= 61);
        assert_eq!(limits.attempt("ana", ip(1), 71 * S), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_who_tries_most_is_remembered() {
        let limits = Limits::default();
        for _ in 0..5 {
            limits.attempt("ana", ip(1), 0).unwrap();
        }
        for n in 0..2 * MOST as u32 {
            limits.attempt(&format!("x{n}"), ip(2 + n), 1).unwrap();
        }
        let both = limits.0.lock().unwrap();
        for remembered in [both.accounts.0.len(), both.addresses.0.len()] {
            assert!((1..=MOST).contains(&remembered), "{remembered}");
        }
        drop(both);
        assert!(limits.attempt("ana", ip(1), 2).is_err());
    }
}
