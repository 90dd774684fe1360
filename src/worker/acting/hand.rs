//! What people want: streams are cut, actions approved and rejected.

use super::back::Told;
use super::carrying::{action, outcome};
use super::{Acting, WAYLAY};
use crate::act::{Facts, Step};
use crate::config::ActionMode;
use crate::ids;
use crate::policy::Action;
use crate::store::StoreError;
use crate::wire::action::{ActionAsked, ActionData, ActionStep};
use crate::worker::{Cut, CutError};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such incident.
    #[error("there is no incident `{0}`")]
    UnknownIncident(String),
    /// It is one of another stream.
    #[error("the incident is one of another stream, `{0}`")]
    OtherStream(String),
    /// Nothing is asked of anybody.
    #[error("no action is asked for")]
    NotAsked,
    /// It was answered, or done without an answer.
    #[error("the action was answered or done already")]
    Answered,
    /// Waylay is not to act at all.
    #[error("nothing is done in the mode `off`")]
    Off,
    /// The stream cannot be cut.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// The records cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Acting {
    /// Cuts the stream `stream` because `by` wants it for `reason`: who publishes it is disconnected, and it may not be
    /// published for so many minutes. `incident` is what it is cut for, where that is one.
    ///
    /// # Errors
    /// Where the incident is none of this stream, the stream did not come from an ingest server, or the records cannot be
    /// used; nothing was done then.
    pub async fn cut(
        &self,
        stream: &str,
        minutes: u32,
        reason: &str,
        by: &str,
        incident: Option<&str>,
    ) -> Result<Cut, ActError> {
        let attached = self.0.attached.get().ok_or(CutError::NotAttached)?;
        if attached.came_from(stream).is_none() {
            return Err(CutError::NotAttached.into());
        }
        let mut data = ActionData {
            id: ids::random(),
            stream: stream.to_owned(),
            action: Action::Cut.as_str().to_owned(),
            step: Step::Do.as_str().to_owned(),
            by_itself: Step::Would.as_str().to_owned(),
            by: by.to_owned(),
            executor: Some(WAYLAY.to_owned()),
            minutes: Some(minutes),
            reason: Some(reason.to_owned()),
            ..self.new_data()
        };
        let _one_by_one = match incident {
            Some(incident) => Some(self.turn(incident).await),
            None => None,
        };
        if let Some(incident) = incident {
            self.take_incident(&mut data, incident).await?;
        }
        let now_us = self.0.clock.wall_us();
        self.explain(&mut data, now_us);
        self.tell(ActionStep::Requested, data.clone()).await?;
        self.done(&data);
        let cut = self.carry_out(data, &[]).await?;
        Ok(cut?)
    }

    /// Takes in what is on record of `incident`, which is settled by that: nothing is done about it by itself any more.
    pub(super) async fn take_incident(
        &self,
        data: &mut ActionData,
        incident: &str,
    ) -> Result<(), ActError> {
        let unknown = || ActError::UnknownIncident(incident.to_owned());
        let event = self.0.store.last_incident_event(incident).await?;
        let known = event.and_then(|event| ActionAsked::of_event(&event));
        let known = known.ok_or_else(unknown)?;
        if known.stream != data.stream {
            return Err(ActError::OtherStream(known.stream));
        }
        data.incident = Some(incident.to_owned());
        data.labels = known.labels;
        data.about = Some(known.about);
        self.settle(incident).await?;
        Ok(())
    }

    /// Does what is asked for about `incident`, or does not, because `by` says so; what happened to the action.
    ///
    /// # Errors
    /// Where nothing is asked for, or the mode is off.
    pub async fn answer(
        &self,
        incident: &str,
        approve: bool,
        by: &str,
    ) -> Result<ActionData, ActError> {
        let _one_by_one = self.turn(incident).await;
        self.answer_for(incident, approve, by, None).await
    }

    /// The same, where `decision` is what says so.
    async fn answer_for(
        &self,
        incident: &str,
        approve: bool,
        by: &str,
        decision: Option<&str>,
    ) -> Result<ActionData, ActError> {
        // A decision says yes to what the policy wants by now; what was proposed before may have taken more than one person.
        let wanted_now = approve && decision.is_some();
        let asked = self.asked(incident, wanted_now).await?;
        let mut data = ActionData {
            by: by.to_owned(),
            decision_id: decision.map(str::to_owned),
            ..asked
        };
        self.settle(incident).await?;
        // It was decided by itself meanwhile, and is on its way to the records.
        if self.is_done(&data) {
            return Err(ActError::Answered);
        }
        if !approve {
            Step::Would.as_str().clone_into(&mut data.step);
            self.tell(ActionStep::Rejected, data.clone()).await?;
            return Ok(data);
        }
        Ok(self.request(data).await?)
    }

    /// A reviewer has said in `decision` whether `incident` is what it seems to be: what is asked for about it is answered by that,
    /// and where nothing was asked yet, what the policy wants is done, or never is. What happened to the action; `None` where
    /// there is none, the decision was taken back meanwhile, or the mode is off.
    ///
    /// # Errors
    /// Where the records cannot be used.
    pub async fn confirmed(
        &self,
        incident: &str,
        yes: bool,
        by: &str,
        decision: &str,
    ) -> Result<Option<ActionData>, StoreError> {
        let _one_by_one = self.turn(incident).await;
        if !self.0.store.decision_stands(decision).await? {
            return Ok(None);
        }
        match self.answer_for(incident, yes, by, Some(decision)).await {
            Ok(data) => Ok(Some(data)),
            Err(ActError::NotAsked) if yes => self.act_unasked(incident, by, decision).await,
            Err(ActError::NotAsked) => {
                self.settle(incident).await?;
                Ok(None)
            }
            Err(ActError::Store(error)) => Err(error),
            Err(error) => {
                tracing::debug!(incident.id = incident, %error, "nothing is done");
                Ok(None)
            }
        }
    }

    /// Does what the policy wants about `incident`, which a person confirmed before anybody was asked.
    async fn act_unasked(
        &self,
        incident: &str,
        by: &str,
        decision: &str,
    ) -> Result<Option<ActionData>, StoreError> {
        let wanted = self.settle(incident).await?;
        let now_us = self.0.clock.wall_us();
        let Some(data) = wanted.and_then(|wanted| self.wanted(incident, wanted, now_us)) else {
            return Ok(None);
        };
        let mut data = ActionData {
            by: by.to_owned(),
            decision_id: Some(decision.to_owned()),
            ..data
        };
        if self.is_done(&data) {
            return Ok(None);
        }
        self.explain(&mut data, now_us);
        self.request(data).await.map(Some)
    }

    /// The same for an earlier run, which ended before it did: what was to be done.
    pub(super) async fn unasked(&self, incident: &str) -> Result<Option<ActionData>, StoreError> {
        let event = self.0.store.last_incident_event(incident).await?;
        let known = event.and_then(|event| ActionAsked::of_event(&event));
        let now_us = self.0.clock.wall_us();
        Ok(known.and_then(|known| self.wanted(incident, known, now_us)))
    }

    /// What the policy wants about `incident` where a person confirmed it; `None` where it wants nothing, or the mode is off.
    fn wanted(&self, incident: &str, asked: ActionAsked, now_us: i64) -> Option<ActionData> {
        let action = match asked.action.as_str() {
            "cut" => Action::Cut,
            "warn" => Action::Warn,
            _ => return None,
        };
        let facts = Facts {
            action,
            frames: asked.about.reads,
            certain: asked.about.certain,
            confirmed: Some(true),
        };
        let decided = self
            .state()
            .ladder
            .decide(&asked.stream, facts, now_us / 1_000);
        if decided.step != Step::Do {
            return None;
        }
        Some(ActionData {
            id: ids::random(),
            incident: Some(incident.to_owned()),
            stream: asked.stream,
            labels: asked.labels,
            action: asked.action,
            step: decided.step.as_str().to_owned(),
            by_itself: decided.by_itself.as_str().to_owned(),
            reasons: decided
                .reasons
                .iter()
                .map(|r| r.as_str().to_owned())
                .collect(),
            about: Some(asked.about),
            minutes: (action == Action::Cut).then_some(self.0.config.ban_minutes),
            ..self.new_data()
        })
    }

    /// Somebody has decided about `incident`: whatever is read of it from now on, nothing more is done by itself. What is on
    /// record of it; `None` where there is no such incident. Of one that is over nothing is read any more.
    async fn settle(&self, incident: &str) -> Result<Option<ActionAsked>, StoreError> {
        let event = self.0.store.last_incident_event(incident).await?;
        let known = event.and_then(|event| ActionAsked::of_event(&event));
        if known.as_ref().is_some_and(|known| known.is_open) {
            self.state().decided.insert(incident.to_owned());
        }
        Ok(known)
    }

    /// Whether the action of `data` was decided on by itself, on record or not yet. Asked once the incident is settled: from
    /// then on nothing more is.
    fn is_done(&self, data: &ActionData) -> bool {
        // What would have been done was not.
        if self.0.config.mode == ActionMode::Off {
            return false;
        }
        let state = self.state();
        let told = data.incident.as_ref().and_then(|id| state.told.get(id));
        told.is_some_and(|reached| reached.covers(action(data), Step::Do))
    }

    /// Has an action done that a person wants; what came of it.
    async fn request(&self, mut data: ActionData) -> Result<ActionData, StoreError> {
        Step::Do.as_str().clone_into(&mut data.step);
        data.executor = Some(self.executor(&data).to_owned());
        self.tell(ActionStep::Requested, data.clone()).await?;
        self.done(&data);
        if data.executor.as_deref() == Some(WAYLAY) {
            let cut = self.carry_out(data.clone(), &[]).await?;
            data = outcome(data, &cut).1;
        }
        Ok(data)
    }

    /// The action that was last proposed about `incident`, where nobody has answered; with `wanted_now` where the policy
    /// still wants it.
    pub(super) async fn asked(
        &self,
        incident: &str,
        wanted_now: bool,
    ) -> Result<ActionData, ActError> {
        let event = self.0.store.last_incident_event(incident).await?;
        let known = event.and_then(|event| ActionAsked::of_event(&event));
        let known = known.ok_or_else(|| ActError::UnknownIncident(incident.to_owned()))?;
        let acted = self.acted(incident).await?;
        let counts = self.in_force(&acted).await?;
        let proposed = ActionStep::Proposed.event();
        let last = counts.iter().rposition(|(kind, told)| {
            kind == proposed && (!wanted_now || told.action == known.action)
        });
        let Some(at) = last else {
            // It was done without asking; what was done before the policy wanted more is no answer.
            let is_done = counts.iter().any(|(_, told)| told.action == known.action);
            return Err(if is_done {
                ActError::Answered
            } else {
                ActError::NotAsked
            });
        };
        // What comes after it is an answer, or what was done all the same.
        let (_, proposal) = counts[at];
        let mut since = counts[at + 1..].iter();
        if since.any(|(_, told)| told.action == proposal.action) {
            return Err(ActError::Answered);
        }
        let mut data = counts[at].1.clone();
        // Where an answer was withdrawn, that action is over: what is done now is another one.
        let is_answer = |(kind, told): &Told| kind != proposed && told.id == data.id;
        if acted.iter().any(is_answer) {
            data.id = ids::random();
        }
        let facts = Facts {
            action: action(&data),
            frames: 0,
            certain: false,
            confirmed: Some(true),
        };
        let decision = self.state().ladder.decide(&data.stream, facts, 0);
        if decision.step == Step::Do {
            Ok(data)
        } else {
            Err(ActError::Off)
        }
    }
}
