//! Watches streams: reading threads that sleep in I/O, a pool that decodes and scans, and one task that
//! records what was found.
//!
//! Video never waits. A live stream's reader leaves its newest packets in a mailbox where newer ones
//! take their place; what is passed over is counted. A recorded file is decoded and scanned by the
//! thread that reads it, so that nothing depends on timing.

mod acting;
mod attach;
mod backoff;
mod board;
mod boost;
mod clipping;
mod counts;
mod exhibits;
mod feed;
mod file;
mod follow;
mod judge;
mod kept;
mod lag;
mod lane;
mod live;
mod look;
mod mailbox;
mod mailing;
mod media;
mod pool;
mod recorder;
mod run;
mod sealing;
mod stamping;
mod stills;
mod supervisor;

pub use acting::{ActError, Acting, ActionFigures, Hands};
pub use attach::{Answered, Attached, Configured, Cut, CutError, FromServer, ServerFigures};
pub use board::{Figures, State};
pub use boost::Why;
pub use counts::{Counts, Cpu};
pub use file::{Done, FileError, Progress, watch_file};
pub use follow::{Follower, followed, to_ask};
pub use judge::InForce;
pub use kept::Excerpt;
pub use lag::{BOUNDS_MS, Lag};
pub use lane::{Clip, Found, Origin, Record};
pub use look::{Looks, Mode};
pub use mailing::{Couriers, Mailing, Tally};
pub use media::Media;
pub use recorder::{RecordError, Recorder, Sink};
pub use run::{Outcome, run, serve};
pub use sealing::{SealError, Sealer, seal};
pub use stamping::{Authority, StampError};
pub use stills::{NotTaken, Offer, Place, Reason, StillFigures, Stills};
pub use supervisor::{Refused, Status, Supervisor};

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::{Boost, Clips, Config, Frames, Incidents, Location, Priority, Ring, Sampling};
use crate::detect::Readers;
use crate::policy::{Context, Registry};
use crate::source::Limits;
use crate::stop::Stop;

/// A stream to be watched.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its id in events, records and logs.
    pub id: String,
    /// Where it comes from.
    pub location: Location,
    /// What the platform says of it, for rules to ask for.
    pub labels: Vec<String>,
    /// What belongs to its seller.
    pub seller: Option<Arc<Registry>>,
    /// What judges it, where that is another policy than the others'.
    pub policy: Option<InForce>,
}

impl Stream {
    /// A stream without labels and without a seller.
    pub fn new(id: impl Into<String>, location: Location) -> Self {
        Self {
            id: id.into(),
            location,
            labels: Vec::new(),
            seller: None,
            policy: None,
        }
    }

    fn context(&self, at_us: Option<i64>) -> Context<'_> {
        Context {
            stream: Some(&self.id),
            labels: &self.labels,
            seller: self.seller.as_deref(),
            at_us,
        }
    }
}

/// How streams are watched.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who reads codes.
    pub readers: Readers,
    /// How often they are looked at.
    pub sampling: Sampling,
    /// Which of them are looked at more often.
    pub boost: Boost,
    /// Which of them come first.
    pub priority: Priority,
    /// What is kept of each.
    pub ring: Ring,
    /// What is kept of them as clips.
    pub clips: Clips,
    /// Which stills are taken.
    pub frames: Frames,
    /// What makes an incident.
    pub incidents: Incidents,
    /// Up to how many reads of what a stream may be warned or cut for are told at once.
    pub prompt_reads: u32,
    /// What is on the platform and what is not.
    pub policy: InForce,
    /// Who follows short links; without one they lead nobody knows where.
    pub follower: Option<Follower>,
    /// How long a source may be silent, and who can stop it.
    pub limits: Limits,
    /// Whether the best frames are encoded and clips cut; without it there is no evidence.
    pub snapshots: bool,
}

impl Settings {
    /// As `config` says, judging by `policy`, until `stop` is asked for.
    pub fn new(config: &Config, policy: InForce, stop: Stop, clock: Clock) -> Self {
        Self {
            readers: Readers::default(),
            sampling: config.sampling,
            boost: config.boost,
            priority: config.priority.clone(),
            ring: config.ring,
            clips: config.clips.clone(),
            frames: config.frames,
            incidents: config.incidents,
            prompt_reads: config.actions.prompt_reads(),
            policy,
            follower: None,
            limits: Limits {
                timeouts: config.timeouts,
                stop,
                clock,
            },
            snapshots: true,
        }
    }
}
