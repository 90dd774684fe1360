//! The policy as one stream meets it: the one that is in force, and what is known of the stream.

use std::sync::{Arc, PoisonError, RwLock};

use crate::clock::Clock;
use crate::policy::{Allowed, Context, Policy, Verdict};
use crate::track::Reading;
use crate::worker::Stream;

/// The policy that is in force, and what was allowed beside it. Both can be replaced while streams are watched: the next
/// look is judged by the new ones.
#[derive(Debug, Clone)]
pub struct InForce(Arc<RwLock<Held>>);

#[derive(Debug)]
struct Held {
    /// As its file says.
    read: Arc<Policy>,
    /// With what was allowed.
    whole: Arc<Policy>,
    allowed: Arc<Allowed>,
}

impl InForce {
    /// Begins with `policy`.
    pub fn new(policy: Policy) -> Self {
        Self::fixed(Arc::new(policy))
    }

    fn fixed(policy: Arc<Policy>) -> Self {
        Self(Arc::new(RwLock::new(Held {
            read: Arc::clone(&policy),
            whole: policy,
            allowed: Arc::default(),
        })))
    }

    /// The policy of this moment.
    pub fn get(&self) -> Arc<Policy> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held.whole)
    }

    /// Puts `policy` in its place. What was allowed stays so.
    pub fn replace(&self, policy: Policy) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.read = Arc::new(policy);
        held.renew();
    }

    /// From now on these destinations are allowed, and no others.
    pub fn allow(&self, allowed: Arc<Allowed>) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if *held.allowed != *allowed {
            held.allowed = allowed;
            held.renew();
        }
    }
}

impl Held {
    fn renew(&mut self) {
        self.whole = if *self.allowed == Allowed::default() {
            Arc::clone(&self.read)
        } else {
            Arc::new(self.read.with(Arc::clone(&self.allowed)))
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is allowed survives a new policy, and a new policy what is allowed.
    #[test]
    fn a_policy_and_what_is_allowed_beside_it_change_by_themselves() {
        let in_force = InForce::new(Policy::default());
        let judged = |in_force: &InForce| {
            let reading = Reading::new(crate::payload::parse_str("https://shop.example/a"));
            let policy = in_force.get();
            let verdict = judge(&policy, Some(&reading), &Context::default());
            (policy.id().to_owned(), verdict.reasons[0].to_string())
        };
        let before = in_force.get();
        in_force.allow(Arc::default());
        assert!(Arc::ptr_eq(&before, &in_force.get()), "nothing is new");
        let mut allowed = Allowed::default();
        allowed.platform.insert("web:shop.example/a".to_owned());
        let copy = in_force.clone();
        in_force.allow(Arc::new(allowed));
        assert!(
            !Arc::ptr_eq(&before, &copy.get()),
            "whoever has it hears of it"
        );
        assert_eq!(judged(&copy).1, "registry-destination");
        in_force.replace(Policy::parse("[platform]\nname = 'new'\n").unwrap());
        let (id, reason) = judged(&copy);
        assert!(id.starts_with("new@") && reason == "registry-destination");
        in_force.allow(Arc::default());
        let (id, reason) = judged(&copy);
        assert!(
            id.starts_with("new@") && reason == "category-other",
            "{reason}"
        );
    }
}
