//! Something of the provider's that is kept for a while, and asked for by one at a time.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::OidcError;

/// What is kept.
#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Kept<T>>);

#[derive(Debug)]
struct Kept<T> {
    /// What was found last, and when, in µs.
    found: Option<(i64, Arc<T>)>,
    /// When it was last asked for, in µs.
    asked_us: Option<i64>,
    /// Why it was not found then.
    error: Option<OidcError>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(Kept {
            found: None,
            asked_us: None,
            error: None,
        }))
    }
}

impl<T> Cached<T> {
    /// What was found within `fresh_us`; otherwise what `ask` finds, unless it was asked for within `rest_us`. What is old
    /// is better than nothing.
    pub(super) async fn get(
        &self,
        now_us: i64,
        fresh_us: i64,
        rest_us: i64,
        ask: impl Future<Output = Result<T, OidcError>>,
    ) -> Result<Arc<T>, OidcError> {
        // Whoever waits here finds the answer of the one before.
        let mut kept = self.0.lock().await;
        // A clock that was set back makes nothing last longer.
        let is_within = |at_us: i64, us: i64| (now_us - at_us).abs() < us;
        if let Some((at_us, found)) = &kept.found
            && is_within(*at_us, fresh_us)
        {
            return Ok(Arc::clone(found));
        }
        if !kept.asked_us.is_some_and(|at| is_within(at, rest_us)) {
            let answer = ask.await;
            // Whoever gave up on the way has asked for nothing: the next one asks.
            kept.asked_us = Some(now_us);
            match answer {
                Ok(found) => {
                    kept.found = Some((now_us, Arc::new(found)));
                    kept.error = None;
                }
                Err(error) => kept.error = Some(error),
            }
        }
        match (&kept.found, &kept.error) {
            (Some((_, found)), _) => Ok(Arc::clone(found)),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(OidcError::Unreachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn whoever_gives_up_on_the_way_keeps_nobody_from_asking() {
        let cached = Cached::default();
        let gone = cached.get(0, 100, 10, std::future::pending());
        let waited = tokio::time::timeout(std::time::Duration::from_millis(1), gone);
        assert!(waited.await.is_err());
        let got = cached.get(1, 100, 10, async { Ok(1) }).await;
        assert_eq!(got.map(|got| *got), Ok(1));
    }

    #[tokio::test]
    async fn it_is_asked_for_as_seldom_as_it_may_be() {
        let cached = Cached::default();
        let asked = AtomicU32::new(0);
        let get = async |now_us, fresh_us, answer: Result<u32, OidcError>| {
            let ask = async {
                asked.fetch_add(1, Ordering::Relaxed);
                answer
            };
            let got = cached.get(now_us, fresh_us, 10, ask).await;
            (got.map(|got| *got), asked.load(Ordering::Relaxed))
        };
        let away = OidcError::TimedOut;
        assert_eq!(get(0, 100, Err(away.clone())).await, (Err(away.clone()), 1));
        assert_eq!(
            get(9, 100, Ok(1)).await,
            (Err(away.clone()), 1),
            "left alone"
        );
        assert_eq!(get(10, 100, Ok(1)).await, (Ok(1), 2));
        assert_eq!(get(109, 100, Ok(2)).await, (Ok(1), 2), "still fresh");
        assert_eq!(
            get(110, 100, Err(away)).await,
            (Ok(1), 3),
            "better than nothing"
        );
        assert_eq!(get(119, 100, Ok(2)).await, (Ok(1), 3));
        assert_eq!(get(120, 100, Ok(2)).await, (Ok(2), 4));
        assert_eq!(get(125, 0, Ok(3)).await, (Ok(2), 4), "too soon");
        assert_eq!(get(130, 0, Ok(3)).await, (Ok(3), 5));
        assert_eq!(
            get(0, 100, Ok(4)).await,
            (Ok(4), 6),
            "a clock that was set back"
        );
    }
}
