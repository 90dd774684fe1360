//! How often each thing happened to an action.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::wire::action::ActionStep;

/// How often a thing happened to an action since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionFigures {
    /// What happened.
    pub step: ActionStep,
    /// How often.
    pub count: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counts([AtomicU64; ActionStep::ALL.len()]);

impl Counts {
    /// One more event of this type.
    pub(super) fn count(&self, kind: &str) {
        for (step, counter) in ActionStep::ALL.iter().zip(&self.0) {
            if step.event() == kind {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn figures(&self) -> Vec<ActionFigures> {
        let steps = ActionStep::ALL.into_iter().zip(&self.0);
        steps
            .map(|(step, counter)| ActionFigures {
                step,
                count: counter.load(Ordering::Relaxed),
            })
            .collect()
    }
}
