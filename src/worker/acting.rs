//! Acts on incidents as far as it is allowed to: decides beside the recording, carries out after it.
//!
//! What is decided is on record before anything is done, in one transaction with the event that brought it about, and
//! what came of it is one more event. Whoever wants a stream cut by hand goes the same way.

mod back;
mod carrying;
mod figures;
mod hand;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::task::JoinHandle;

use crate::act::{Facts, Ladder, Limits, Mode, Notice, Step, notice};
use crate::clock::Clock;
use crate::config::{ActionMode, Actions};
use crate::ids;
use crate::policy::Action;
use crate::stop::Stop;
use crate::store::{Post, Store, StoreError};
use crate::wire::action::{ActionAbout, ActionData, ActionStep, rule};
use crate::wire::manifest::time;
use crate::worker::lane::Record;
use crate::worker::{Attached, Mailing};

pub use figures::ActionFigures;
use figures::Counts;
pub use hand::ActError;

/// Who it is that acts by itself.
const WAYLAY: &str = "waylay";

/// Actions that wait for being carried out: more than the brake lets through in any setting.
const WAITING: usize = 1_024;

/// Acts on incidents.
#[derive(Clone)]
pub struct Acting(Arc<Inner>);

struct Inner {
    config: Actions,
    store: Store,
    mailing: Mailing,
    clock: Clock,
    state: Mutex<State>,
    /// Who can cut a stream, once there is somebody.
    attached: OnceLock<Attached>,
    jobs: mpsc::Sender<ActionData>,
    counts: Counts,
    /// The turns of incidents that are being answered.
    answering: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

struct State {
    ladder: Ladder,
    /// How far it has come with each open incident: nothing is told twice.
    told: HashMap<String, Reached>,
    /// The incidents that people decided, for as long as they are open.
    decided: HashSet<String>,
}

/// How far each action about an incident has come. They are told apart: a stream that was warned may have to be cut once it is
/// known where a short link leads.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    warn: Option<Step>,
    cut: Option<Step>,
}

impl Reached {
    fn of(&mut self, action: Action) -> &mut Option<Step> {
        if action == Action::Cut {
            &mut self.cut
        } else {
            &mut self.warn
        }
    }

    /// Whether nothing is left to be told of `action` at `step`: nobody is warned whose stream is cut.
    fn covers(mut self, action: Action, step: Step) -> bool {
        self.cut == Some(Step::Do) || self.of(action).is_some_and(|reached| reached >= step)
    }
}

/// Those who carry out what was decided.
#[derive(Debug)]
pub struct Hands {
    stop: Stop,
    task: JoinHandle<()>,
}

impl Hands {
    /// Waits until all that was decided is carried out.
    pub async fn finish(self) {
        self.stop.ask();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "what was decided was not all carried out");
        }
    }
}

impl Acting {
    /// Acts as `config` says, and keeps in `store` what it does. What an earlier run has left undone is told to be so.
    ///
    /// # Errors
    /// Where the records cannot be used.
    pub async fn start(
        config: Actions,
        store: Store,
        mailing: Mailing,
        clock: Clock,
    ) -> Result<(Self, Hands), StoreError> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let state = State {
            ladder: ladder(&config),
            told: HashMap::new(),
            decided: HashSet::new(),
        };
        let acting = Self(Arc::new(Inner {
            config,
            store,
            mailing,
            clock,
            state: Mutex::new(state),
            attached: OnceLock::new(),
            jobs,
            counts: Counts::default(),
            answering: Mutex::default(),
        }));
        acting.take_up().await?;
        let stop = Stop::new();
        let task = tokio::spawn(acting.clone().carry_out_all(waiting, stop.clone()));
        Ok((acting, Hands { stop, task }))
    }

    /// From now on streams of these ingest servers can be cut.
    pub fn attach(&self, attached: Attached) {
        // There is one for as long as the program runs.
        let _ = self.0.attached.set(attached);
    }

    /// How often each thing happened since the start.
    pub fn figures(&self) -> Vec<ActionFigures> {
        self.0.counts.figures()
    }

    /// What is to be told of an incident that has just changed: that something would be done about it, is asked for, or is to
    /// be done. `None` where nothing is, or where it was told already.
    pub(super) fn consider(&self, record: &Record, now_us: i64) -> Option<Post<ActionData>> {
        let incident = &record.change.incident;
        let action = incident.verdict.action;
        let decided = if action.touches_stream() {
            self.decide(record, now_us)
        } else {
            None
        };
        if incident.ended {
            let mut state = self.state();
            let id = incident.id.to_string();
            state.told.remove(&id);
            state.decided.remove(&id);
        }
        let (step, data) = decided?;
        Some(self.post(step, data, now_us))
    }

    fn decide(&self, record: &Record, now_us: i64) -> Option<(ActionStep, ActionData)> {
        let incident = &record.change.incident;
        let facts = Facts {
            action: incident.verdict.action,
            frames: incident.reads,
            certain: incident.confirmed_by.is_some(),
            confirmed: None,
        };
        let now_ms = now_us / 1_000;
        let id = incident.id.to_string();
        let mut state = self.state();
        if state.decided.contains(&id) {
            return None;
        }
        let decision = state.ladder.decide(&record.stream, facts, now_ms);
        // While the code is in view another read may decide it.
        let waits = decision.awaits_reads() && self.0.config.mode != ActionMode::Ask;
        if waits && !incident.ended {
            return None;
        }
        let reached = state.told.entry(id.clone()).or_default();
        if reached.covers(facts.action, decision.by_itself) {
            return None;
        }
        *reached.of(facts.action) = Some(decision.by_itself);
        if decision.by_itself == Step::Do {
            state.ladder.done(&record.stream, facts.action, now_ms);
        }
        drop(state);
        let mut data = ActionData {
            id: ids::random(),
            incident: Some(id),
            stream: record.stream.to_string(),
            labels: record.labels.to_vec(),
            action: facts.action.as_str().to_owned(),
            step: decision.step.as_str().to_owned(),
            by_itself: decision.by_itself.as_str().to_owned(),
            reasons: decision
                .reasons
                .iter()
                .map(|r| r.as_str().to_owned())
                .collect(),
            by: WAYLAY.to_owned(),
            about: Some(about(record)),
            ..self.new_data()
        };
        if facts.action == Action::Cut {
            data.minutes = Some(self.0.config.ban_minutes);
        }
        self.explain(&mut data, now_us);
        if decision.step != Step::Do {
            return Some((ActionStep::Proposed, data));
        }
        data.executor = Some(self.executor(&data).to_owned());
        Some((ActionStep::Requested, data))
    }

    /// Has carried out what is on record by now.
    pub(super) fn recorded(&self, posts: Vec<Post<ActionData>>) {
        for post in posts {
            self.0.counts.count(&post.event.kind);
            let data = post.event.data;
            let is_mine = data.executor.as_deref() == Some(WAYLAY);
            if is_mine && self.0.jobs.try_send(data).is_err() {
                tracing::error!("a stream is not cut: too much waits for being carried out");
            }
        }
    }

    fn new_data(&self) -> ActionData {
        ActionData {
            mode: self.0.config.mode.as_str().to_owned(),
            ..ActionData::default()
        }
    }

    /// Waylay cuts what came from an ingest server, and can do nothing else by itself: the platform hears of it.
    fn executor(&self, data: &ActionData) -> &'static str {
        let attached = self.0.attached.get();
        let from = attached.and_then(|attached| attached.came_from(&data.stream));
        if data.action == Action::Cut.as_str() && from.is_some() {
            WAYLAY
        } else {
            "platform"
        }
    }

    /// Writes the reason of the ban and the notice to the host.
    fn explain(&self, data: &mut ActionData, now_us: i64) {
        let (Some(about), Some(incident)) = (&data.about, &data.incident) else {
            return;
        };
        let (category, scheme) = (about.category.as_deref(), about.scheme.as_deref());
        let action = if data.action == Action::Cut.as_str() {
            Action::Cut
        } else {
            Action::Warn
        };
        let text = notice(&Notice {
            action,
            stream: &data.stream,
            time: &time(now_us),
            category: category.unwrap_or("not read"),
            scheme: scheme.unwrap_or("not read"),
            destination: about.destination.as_deref(),
            visible_ms: about.visible_ms,
            rule: &about.rule,
            policy: &about.policy,
            minutes: data.minutes,
            appeal: &self.0.config.appeal,
            incident,
        });
        let reason = format!("{} of {}: incident {incident}", about.rule, about.policy);
        data.notice = Some(text);
        data.reason.get_or_insert(reason);
    }

    fn post(&self, step: ActionStep, data: ActionData, now_us: i64) -> Post<ActionData> {
        let labels = data.labels.clone();
        let event = data.event(step, time(now_us));
        Post {
            endpoints: self.0.mailing.wanted(&event, &labels),
            event,
            recorded_us: now_us,
        }
    }

    /// Answers about one incident come one after the other, so that no action is approved twice. Those about others do not wait:
    /// a cut may take as long as its server does.
    async fn turn(&self, incident: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let turns = &self.0.answering;
            let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            let known = turns.get(incident).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let turn = Arc::default();
                turns.insert(incident.to_owned(), Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ladder(config: &Actions) -> Ladder {
    let ms = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let mode = match config.mode {
        ActionMode::Off => Mode::Off,
        ActionMode::Ask => Mode::Ask,
        ActionMode::Auto => Mode::Auto,
    };
    let limits = Limits {
        frames: config.frames,
        frames_of_one_reader: config.frames_of_one_reader,
        per_stream_ms: ms(config.per_stream),
        cuts: usize::try_from(config.brake_cuts).unwrap_or(usize::MAX),
        brake_ms: ms(config.brake),
    };
    Ladder::new(mode, limits)
}

/// The incident as it is now.
fn about(record: &Record) -> ActionAbout {
    let incident = &record.change.incident;
    let verdict = &incident.verdict;
    let reading = incident.reading.as_ref();
    let payload = reading.map(|reading| &reading.payload);
    ActionAbout {
        reads: incident.reads,
        certain: incident.confirmed_by.is_some(),
        class: verdict.class.as_str().to_owned(),
        severity: verdict.severity.as_str().to_owned(),
        rule: rule(verdict.reasons.iter().map(|reason| &**reason)),
        policy: verdict.policy.to_string(),
        scheme: payload.map(|payload| payload.scheme.to_owned()),
        category: payload.map(|payload| payload.category.as_str().to_owned()),
        destination: reading.map(|reading| reading.destination.key.clone()),
        visible_ms: incident.visible_ms,
    }
}

#[cfg(test)]
mod tests;
