//! Takes back what was done: bans that people lift, and what a decision brought that does not stand any more.

use std::collections::HashSet;

use super::carrying::{action, data_of};
use super::{Acting, WAYLAY};
use crate::policy::Action;
use crate::store::StoreError;
use crate::wire::action::{ActionData, ActionStep};

/// Why an action was taken back: the decision that brought it does not stand any more.
const WITHDRAWN: &str = "withdrawn";

/// How long ago, in µs, an action may have been asked for whose ban is still in force: the longest ban, and a day.
const LONGEST_US: i64 = 31 * 24 * 3_600_000_000;

/// What was told of an action: the type of the event, and what it holds.
pub(super) type Told = (String, ActionData);

impl Acting {
    /// Takes the ban `id` back because `by` wants it; false where there is none in force.
    ///
    /// # Errors
    /// Where that cannot be kept.
    pub async fn lift(&self, id: &str, by: &str) -> Result<bool, StoreError> {
        if !self.let_in(id, by).await? {
            return Ok(false);
        }
        self.tell_reverted(id, by).await?;
        Ok(true)
    }

    /// `by` took a decision on `incident` back, or put another one in its place: what it brought is taken back with it. A
    /// ban that Waylay made for it is lifted, and of what the platform did for it the platform hears; what anything else
    /// brought stays. How many actions were taken back.
    ///
    /// # Errors
    /// Where the records cannot be used: the next start makes up for it.
    pub async fn withdrawn(&self, incident: &str, by: &str) -> Result<usize, StoreError> {
        // One that is being carried out is not overlooked: it comes to its end first.
        let _one_by_one = self.turn(incident).await;
        let mut taken = 0;
        for (kind, data) in self.acted(incident).await? {
            let is_over = kind != ActionStep::Requested.event()
                || self.stands(&data).await?
                || self.event(&data.id, ActionStep::Reverted).await?.is_some();
            if is_over {
                continue;
            }
            let is_mine = data.executor.as_deref() == Some(WAYLAY);
            if is_mine && !self.let_in(&data.id, by).await? {
                continue;
            }
            self.tell_reverted(&data.id, by).await?;
            taken += 1;
        }
        Ok(taken)
    }

    /// Takes back what an earlier run did not come to any more, and tells what it did not come to tell.
    pub(super) async fn take_back_left(
        &self,
        now_us: i64,
        since_us: i64,
    ) -> Result<(), StoreError> {
        for (id, by) in self.0.store.untold_lifts(since_us).await? {
            self.tell_reverted(&id, &by).await?;
        }
        let since_us = now_us - LONGEST_US;
        for incident in self.0.store.withdrawn_actions(since_us).await? {
            self.withdrawn(&incident, WAYLAY).await?;
        }
        Ok(())
    }

    /// What was told of actions about `incident`, in the order of recording.
    pub(super) async fn acted(&self, incident: &str) -> Result<Vec<Told>, StoreError> {
        let events = self.0.store.action_events(incident).await?.into_iter();
        let told = events.filter_map(|(kind, event)| Some((kind, data_of(&event)?)));
        Ok(told.collect())
    }

    /// Those of `acted` that count: what was withdrawn is as if nobody had decided.
    pub(super) async fn in_force<'t>(
        &self,
        acted: &'t [Told],
    ) -> Result<Vec<&'t Told>, StoreError> {
        let reverted = ActionStep::Reverted.event();
        let withdrawn = acted
            .iter()
            .filter(|(kind, data)| kind == reverted && data.reasons == [WITHDRAWN]);
        let withdrawn: HashSet<&str> = withdrawn.map(|(_, data)| data.id.as_str()).collect();
        let mut counts = Vec::new();
        for told in acted {
            let (kind, data) = told;
            // What was proposed came before anybody decided.
            let is_asked = kind == ActionStep::Proposed.event();
            if is_asked || (!withdrawn.contains(data.id.as_str()) && self.stands(data).await?) {
                counts.push(told);
            }
        }
        Ok(counts)
    }

    /// Whether the decision that brought an action stands; what no decision brought does.
    async fn stands(&self, data: &ActionData) -> Result<bool, StoreError> {
        match &data.decision_id {
            Some(decision) => self.0.store.decision_stands(decision).await,
            None => Ok(true),
        }
    }

    /// Takes a ban back; false where there is none in force.
    async fn let_in(&self, id: &str, by: &str) -> Result<bool, StoreError> {
        if let Some(attached) = self.0.attached.get() {
            return attached.lift(id, by).await;
        }
        // Nobody holds them in memory yet.
        let now_us = self.0.clock.wall_us();
        self.0.store.lift_ban(id, by, now_us).await
    }

    async fn tell_reverted(&self, id: &str, by: &str) -> Result<(), StoreError> {
        // A ban of an older version has no events: nothing is to be told after them.
        let Some(mut data) = self.last_told(id).await? else {
            return Ok(());
        };
        if !self.stands(&data).await? {
            data.reasons = vec![WITHDRAWN.to_owned()];
        }
        data.remains = remains(&data).map(str::to_owned);
        data.error = None;
        by.clone_into(&mut data.by);
        self.tell(ActionStep::Reverted, data).await
    }

    /// The last that was told of the action `id` before it was taken back.
    async fn last_told(&self, id: &str) -> Result<Option<ActionData>, StoreError> {
        for step in [ActionStep::Done, ActionStep::Failed, ActionStep::Requested] {
            let event = self.event(id, step).await?;
            if let Some(data) = event.and_then(|event| data_of(&event)) {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    async fn event(&self, id: &str, step: ActionStep) -> Result<Option<String>, StoreError> {
        let id = format!("{id}.{}", step.as_str());
        self.0.store.action_event(&id).await
    }
}

/// What cannot be taken back: whoever was disconnected was, and what a host was told stays told.
fn remains(data: &ActionData) -> Option<&'static str> {
    match (action(data), data.kick.as_deref()) {
        (Action::Cut, Some("done" | "listed")) => Some("disconnect"),
        (Action::Cut, _) => None,
        _ => Some("notice"),
    }
}
