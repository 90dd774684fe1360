//! The policy as one stream meets it: the one that is in force, and what is known of the stream.

use std::sync::{Arc, PoisonError, RwLock};

use crate::clock::Clock;
use crate::policy::{Context, Policy, Verdict};
use crate::track::Reading;
use crate::worker::Stream;

/// The policy that is in force. It can be replaced while streams are watched: the next look is judged by
/// the new one.
#[derive(Debug, Clone)]
pub struct InForce(Arc<RwLock<Arc<Policy>>>);

impl InForce {
    /// Begins with `policy`.
    pub fn new(policy: Policy) -> Self {
        Self::fixed(Arc::new(policy))
    }

    fn fixed(policy: Arc<Policy>) -> Self {
        Self(Arc::new(RwLock::new(policy)))
    }

    /// The policy of this moment.
    pub fn get(&self) -> Arc<Policy> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `policy` in its place.
    pub fn replace(&self, policy: Policy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }
}

/// Judges what one stream shows.
#[derive(Debug)]
pub(super) struct Judge {
    policy: InForce,
    stream: Stream,
    /// `None` for recorded files, which give the same verdicts whenever they are watched.
    clock: Option<Clock>,
    /// The policy that the open incidents were judged by.
    last: Arc<Policy>,
    /// Whether something else than the policy is new.
    changed: bool,
}

impl Judge {
    pub(super) fn new(stream: &Stream, policy: &InForce, clock: Clock) -> Self {
        let policy = stream.policy.as_ref().unwrap_or(policy);
        let last = policy.get();
        let live = stream.location.is_live();
        Self {
            // A file is judged by one policy from its beginning to its end.
            policy: if live {
                policy.clone()
            } else {
                InForce::fixed(Arc::clone(&last))
            },
            stream: stream.clone(),
            clock: live.then_some(clock),
            last,
            changed: false,
        }
    }

    /// What is known of the stream has changed: the next refresh says so.
    pub(super) fn about(&mut self, stream: &Stream, policy: &InForce) {
        self.policy = stream.policy.as_ref().unwrap_or(policy).clone();
        self.stream = stream.clone();
        self.changed = true;
    }

    /// Takes the policy that is in force now; true where it is another one than before, or judges otherwise.
    pub(super) fn refresh(&mut self) -> bool {
        let now = self.policy.get();
        let is_new = !Arc::ptr_eq(&now, &self.last) || self.changed;
        self.last = now;
        self.changed = false;
        is_new
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.last
    }

    pub(super) fn context(&self) -> Context<'_> {
        self.stream.context(self.clock.map(|clock| clock.wall_us()))
    }

    /// The verdict on what was read, or could not be.
    pub(super) fn judge(&self, reading: Option<&Reading>) -> Verdict {
        judge(self.policy(), reading, &self.context())
    }
}

/// The verdict on what was read, or could not be.
pub(super) fn judge(policy: &Policy, reading: Option<&Reading>, context: &Context<'_>) -> Verdict {
    match reading {
        Some(reading) => policy.judge(&reading.payload, &reading.destination, context),
        None => policy.judge_undecoded(context),
    }
}
