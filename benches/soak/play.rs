//! Publishers that come and go: each plays recordings one after the other, with pauses, and with faults that are drawn
//! from its own generator. What was shown, and how undisturbed, is known from this side alone.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::live::{Recording, cpu_s, ffmpeg};
use crate::noise::Rng;

/// How much of a showing there has to be at least before it must be found, in seconds: two groups of pictures.
const DUE_S: f64 = 4.0;
/// How much sooner and later than it is due an incident may open, in seconds.
const EARLY_S: f64 = 2.0;
const LATE_S: f64 = 10.0;

/// What the publishers play, and where to.
pub(crate) struct Stage {
    pub(crate) recordings: Vec<(Recording, PathBuf)>,
    pub(crate) port: u16,
}

/// What is done to one play. Times are seconds from its start.
#[derive(Clone, Copy)]
enum Fault {
    None,
    Kill {
        at_s: f64,
    },
    Stall {
        at_s: f64,
        for_s: f64,
    },
    /// Bytes of about 1 % of the pictures are changed.
    Damage {
        seed: u64,
    },
}

impl Fault {
    fn draw(rng: &mut Rng, length_s: f64) -> Self {
        let at_s = between(rng, 0.5, length_s);
        let for_s = between(rng, 2.0, 20.0);
        let seed = rng.next();
        match rng.next() % 100 {
            0..60 => Self::None,
            60..75 => Self::Kill { at_s },
            75..90 => Self::Stall { at_s, for_s },
            _ => Self::Damage { seed },
        }
    }
}

/// What may be expected of a showing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its publisher ran without a fault for as long as it takes: it must be found.
    Due,
    /// Its publisher went away too soon.
    CutShort,
    Damaged,
    /// Its publisher was stopped before or during it, and went on later.
    Stalled,
}

/// A code that was shown once.
pub(crate) struct Showing {
    pub(crate) stream: usize,
    pub(crate) recording: usize,
    pub(crate) kind: Kind,
    pub(crate) from: Instant,
    /// Events that tell of it come within this time.
    pub(crate) told: (Instant, Instant),
    /// How the play before ended, and how long the pause was.
    pub(crate) before: String,
}

/// How often what was done.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) plays: usize,
    pub(crate) kills: usize,
    pub(crate) stalls: usize,
    pub(crate) damaged: usize,
    /// Plays that ended before their time and were not killed.
    pub(crate) broken_off: usize,
    /// Plays of another size than the one before.
    pub(crate) resizes: usize,
    pub(crate) showings: Vec<Showing>,
}

struct Play {
    child: Child,
    recording: usize,
    fault: Fault,
    began: Instant,
    stopped: Option<Instant>,
    resumed: bool,
    before: String,
}

pub(crate) struct Publisher {
    stream: usize,
    rng: Rng,
    /// Whether there are no more faults.
    calm: bool,
    play: Option<Play>,
    /// When the next play begins.
    next: Instant,
    last: Option<usize>,
    before: String,
}

impl Publisher {
    pub(crate) fn new(stream: usize, seed: u64, now: Instant) -> Self {
        let mut rng = Rng::new(seed ^ ((stream as u64) << 32));
        let next = now + seconds(between(&mut rng, 0.5, 15.0));
        Self {
            stream,
            rng,
            calm: false,
            play: None,
            next,
            last: None,
            before: "nothing".to_owned(),
        }
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant, stage: &Stage, tally: &mut Tally) {
        let Some(play) = &mut self.play else {
            if now >= self.next {
                self.start(stage, tally);
            }
            return;
        };
        let recording = &stage.recordings[play.recording].0;
        let played_s = now.duration_since(play.began).as_secs_f64();
        if play.child.try_wait().unwrap().is_some() {
            let early = played_s < recording.length_s - 1.0;
            tally.broken_off += usize::from(early);
            self.end(if early { "broken off" } else { "ended" }, stage, tally);
            return;
        }
        match play.fault {
            Fault::Kill { at_s } if played_s >= at_s => {
                tally.kills += 1;
                self.end("killed", stage, tally);
            }
            Fault::Stall { at_s, .. } if play.stopped.is_none() && played_s >= at_s => {
                tally.stalls += 1;
                play.stopped = Some(now);
                play.signal(Signal::STOP);
            }
            Fault::Stall { at_s, for_s } if !play.resumed && played_s >= at_s + for_s => {
                play.resumed = true;
                play.signal(Signal::CONT);
            }
            _ => {}
        }
    }

    /// From now on nothing is done to it: a play with a fault makes room for one without.
    pub(crate) fn calm(&mut self, stage: &Stage, tally: &mut Tally) {
        self.calm = true;
        self.next = Instant::now();
        let faulty = |play: &Play| !matches!(play.fault, Fault::None);
        if self.play.as_ref().is_some_and(faulty) {
            self.end("replaced", stage, tally);
        }
    }

    /// For how long it has been playing without a fault.
    pub(crate) fn undisturbed(&self) -> Duration {
        let play = self.play.as_ref();
        play.filter(|play| matches!(play.fault, Fault::None))
            .map_or(Duration::ZERO, |play| play.began.elapsed())
    }

    /// CPU time of what plays now, in seconds.
    pub(crate) fn cpu_s(&self) -> f64 {
        self.play
            .as_ref()
            .map_or(0.0, |play| cpu_s(play.child.id()))
    }

    fn start(&mut self, stage: &Stage, tally: &mut Tally) {
        let count = stage.recordings.len();
        let rng = &mut self.rng;
        // Any but the last: its payload is another one.
        let recording = match self.last {
            Some(last) => (last + 1 + rng.next() as usize % (count - 1)) % count,
            None => rng.next() as usize % count,
        };
        let (what, path) = &stage.recordings[recording];
        let drawn = Fault::draw(rng, what.length_s);
        let fault = if self.calm { Fault::None } else { drawn };
        let mut command = ffmpeg();
        command.args(["-re", "-i"]).arg(path).args(["-c", "copy"]);
        if let Fault::Damage { seed } = fault {
            tally.damaged += 1;
            let noise =
                format!("noise=amount='0*if(n,0,st(0,{seed}))+if(lt(random(0),0.01),300,0)'");
            command.args(["-bsf:v", &noise]);
        }
        let target = format!("rtmp://127.0.0.1:{}/live/{}", stage.port, self.stream);
        command.args(["-f", "flv", &target]).stderr(Stdio::null());
        let began = Instant::now();
        let child = command.spawn();
        tally.plays += 1;
        let size = |of: usize| stage.recordings[of].0.size;
        tally.resizes += usize::from(self.last.is_some_and(|last| size(last) != size(recording)));
        self.last = Some(recording);
        self.play = Some(Play {
            child: child.expect("ffmpeg is needed: see scripts/setup.sh"),
            recording,
            fault,
            began,
            stopped: None,
            resumed: false,
            before: std::mem::take(&mut self.before),
        });
    }

    /// Ends what plays, and notes what it has shown.
    pub(crate) fn end(&mut self, how: &str, stage: &Stage, tally: &mut Tally) {
        let Some(mut play) = self.play.take() else {
            return;
        };
        let ended = Instant::now();
        play.stop();
        let recording = &stage.recordings[play.recording].0;
        tally
            .showings
            .extend(play.shown(self.stream, recording, ended));
        let usual_s = between(&mut self.rng, 0.5, 15.0);
        let pause_s = if self.calm { 0.5 } else { usual_s };
        self.next = ended + seconds(pause_s);
        self.before = format!("{how}, away for {pause_s:.1} s");
    }
}

impl Play {
    fn signal(&self, signal: Signal) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it has shown of its code until it ended.
    fn shown(&self, stream: usize, recording: &Recording, ended: Instant) -> Option<Showing> {
        let (from_s, to_s) = recording.shown_s;
        let from = self.began + seconds(from_s);
        let enough = from + seconds(DUE_S);
        let (kind, longer_s) = match self.fault {
            Fault::Stall { for_s, .. } if self.stopped.is_some_and(|at| at < enough) => {
                (Kind::Stalled, for_s)
            }
            Fault::Damage { .. } => (Kind::Damaged, 0.0),
            _ => (Kind::Due, 0.0),
        };
        let kind = match kind {
            _ if ended <= from => return None,
            _ if ended < enough => Kind::CutShort,
            kind => kind,
        };
        Some(Showing {
            stream,
            recording: self.recording,
            kind,
            from,
            told: (
                self.began + seconds(from_s - EARLY_S),
                self.began + seconds(to_s + LATE_S + longer_s),
            ),
            before: self.before.clone(),
        })
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        self.stop();
    }
}

fn between(rng: &mut Rng, low: f32, high: impl Into<f64>) -> f64 {
    f64::from(rng.range(low, high.into() as f32))
}

fn seconds(of: f64) -> Duration {
    Duration::from_secs_f64(of)
}
