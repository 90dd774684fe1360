//! Carries out what was decided: streams are cut, what came of it is put on record, and what an earlier run has left is taken up.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{ActError, Acting, WAITING, WAYLAY};
use crate::ingest::Kicked;
use crate::policy::Action;
use crate::stop::Stop;
use crate::store::StoreError;
use crate::wire::action::{ActionData, ActionStep};
use crate::wire::manifest::time;
use crate::worker::attach::Order;
use crate::worker::{Cut, CutError};

/// When a cut that nobody waits for is tried again where the records cannot be written.
const AGAIN: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(25),
];

/// How long ago, in µs, a cut may have been decided that is taken up after a restart.
const TAKEN_UP_US: i64 = 24 * 3_600_000_000;

impl Acting {
    /// Carries out what is asked for until `stop` is asked for, and then what is left.
    pub(super) async fn carry_out_all(self, mut jobs: mpsc::Receiver<ActionData>, stop: Stop) {
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                job = jobs.recv(), if tasks.len() < WAITING => {
                    let Some(data) = job else { break };
                    tasks.spawn(self.clone().carry_out_logged(data));
                }
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                () = stop.asked() => break,
            }
        }
        jobs.close();
        while let Some(data) = jobs.recv().await {
            tasks.spawn(self.clone().carry_out_logged(data));
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn carry_out_logged(self, data: ActionData) {
        if let Err(error) = self.carry_out(data, &AGAIN).await {
            tracing::error!(%error, "what became of a cut is not on record");
        }
    }

    /// Cuts the stream of `data` and tells what came of it. Where the ban cannot be kept it is tried again after each of these
    /// times.
    pub(super) async fn carry_out(
        &self,
        data: ActionData,
        again: &[Duration],
    ) -> Result<Result<Cut, CutError>, StoreError> {
        let mut again = again.iter();
        let cut = loop {
            match (self.cut_stream(&data).await, again.next()) {
                (Err(CutError::Store(error)), Some(pause)) => {
                    tracing::error!(%error, "a stream is not cut yet: its ban cannot be kept");
                    tokio::time::sleep(*pause).await;
                }
                (cut, _) => break cut,
            }
        };
        let (step, data) = outcome(data, &cut);
        self.tell(step, data).await?;
        Ok(cut)
    }

    async fn cut_stream(&self, data: &ActionData) -> Result<Cut, CutError> {
        let attached = self.0.attached.get().ok_or(CutError::NotAttached)?;
        let order = Order {
            id: &data.id,
            minutes: data.minutes.unwrap_or(1),
            reason: data.reason.as_deref().unwrap_or(""),
            by: &data.by,
        };
        let ban = attached.ban(&data.stream, &order).await?;
        let kicked = attached.kick(&ban).await;
        Ok(Cut { ban, kicked })
    }

    /// Puts on record what happened to an action.
    pub(super) async fn tell(&self, step: ActionStep, data: ActionData) -> Result<(), StoreError> {
        let post = self.post(step, data, self.0.clock.wall_us());
        let is_awaited = !post.endpoints.is_empty();
        let mut posts = [post];
        self.0.store.tell(&mut posts).await?;
        self.0.counts.count(step.event());
        if is_awaited {
            self.0.mailing.ring();
        }
        Ok(())
    }

    /// The ladder counts what people do, too.
    pub(super) fn done(&self, data: &ActionData) {
        let now_ms = self.0.clock.wall_us() / 1_000;
        let action = action(data);
        self.state().ladder.done(&data.stream, action, now_ms);
    }

    /// Takes up what an earlier run has left: what it cut counts for the brake, of a cut that it did not come to the end of it is
    /// told how far it came, and of a confirmation that it did not come to act on that nothing was done.
    pub(super) async fn take_up(&self) -> Result<(), StoreError> {
        self.take_up_since(self.0.clock.wall_us() - TAKEN_UP_US)
            .await
    }

    pub(super) async fn take_up_since(&self, since_us: i64) -> Result<(), StoreError> {
        for (stream, at_us) in self.0.store.recent_cuts(since_us).await? {
            let at_ms = at_us / 1_000;
            self.state().ladder.done(&stream, Action::Cut, at_ms);
        }
        for event in self.0.store.open_actions(since_us).await? {
            let Some(data) = data_of(&event).filter(|d| d.executor.as_deref() == Some(WAYLAY))
            else {
                continue;
            };
            // A ban that is in force is kept by whoever lists the streams next.
            let is_banned = self.0.store.has_ban(&data.id).await?;
            let (step, data) = if is_banned {
                let kick = Some("listed".to_owned());
                (ActionStep::Done, ActionData { kick, ..data })
            } else {
                let error = Some("the program ended before it was done".to_owned());
                (ActionStep::Failed, ActionData { error, ..data })
            };
            self.tell(step, data).await?;
        }
        for (decision, incident, by) in self.0.store.unheeded_decisions(since_us).await? {
            let asked = match self.asked(&incident, true).await {
                Err(ActError::NotAsked) => self.unasked(&incident).await?,
                asked => asked.ok(),
            };
            let Some(asked) = asked else {
                continue;
            };
            let error = Some("the program ended before it was done".to_owned());
            let decision_id = Some(decision);
            let data = ActionData {
                by,
                decision_id,
                error,
                ..asked
            };
            self.tell(ActionStep::Failed, data).await?;
        }
        let now_us = self.0.clock.wall_us();
        self.take_back_left(now_us, since_us).await
    }
}

/// What came of a cut.
pub(super) fn outcome(data: ActionData, cut: &Result<Cut, CutError>) -> (ActionStep, ActionData) {
    let failed = |data: ActionData, error: String| ActionData {
        error: Some(error),
        ..data
    };
    match cut {
        Err(error) => (ActionStep::Failed, failed(data, error.to_string())),
        Ok(Cut { ban, kicked }) => {
            let data = ActionData {
                until: Some(time(ban.until_us)),
                kick: Some(kick(kicked).to_owned()),
                ..data
            };
            match kicked {
                Ok(_) => (ActionStep::Done, data),
                Err(error) => (ActionStep::Failed, failed(data, error.to_string())),
            }
        }
    }
}

/// The id of what became of the publisher.
fn kick<E>(kicked: &Result<Kicked, E>) -> &'static str {
    match kicked {
        Ok(Kicked::Done) => "done",
        Ok(Kicked::Gone) => "gone",
        Err(_) => "failed",
    }
}

pub(super) fn action(data: &ActionData) -> Action {
    if data.action == Action::Cut.as_str() {
        Action::Cut
    } else {
        Action::Warn
    }
}

/// What an event on record tells of an action.
pub(super) fn data_of(event: &str) -> Option<ActionData> {
    #[derive(serde::Deserialize)]
    struct Recorded {
        data: ActionData,
    }
    let recorded: Recorded = serde_json::from_str(event).ok()?;
    Some(recorded.data)
}
