//! One stream on its way through the pipeline: its decoder, its incidents, its best frames.

mod keyframes;
mod marks;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::config::Location;
use crate::detect::{Memory, Reach, SymbolKind};
use crate::evidence::{Crop, Mark, Snapshot};
use crate::frame::Frame;
use crate::ids::{IncidentId, Seed};
use crate::policy::Class;
use crate::source::{
    Batch, Decoded, Decoder, Packet, Parameters, Picture, SourceError, Speaking, StreamLog, Tracks,
    is_hidden,
};
use crate::track::{self, Change, ChangeKind, Coverage, Reconsidered, Sighting, Tracker};
use crate::worker::board::Board;
use crate::worker::boost::Why;
use crate::worker::counts::Counts;
use crate::worker::follow::{Following, followed};
use crate::worker::judge::Judge;
use crate::worker::kept::Excerpt;
use crate::worker::lag::since_capture_ms;
use crate::worker::look::{Looks, Mode};
use crate::worker::stills::Waiting;
use crate::worker::{Settings, Stream};
use keyframes::Keyframes;
use marks::marks;

/// For how long a live stream is decoded at once, in µs of CPU time: far longer than what keyframes and boosts ask for. A sender may let
/// thousands of frames wait for one keyframe, and all other streams would wait with them.
const AT_ONCE_US: i64 = 500_000;

/// A change of an incident, with what is needed to record it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The stream's id.
    pub stream: Arc<str>,
    /// What the platform says of the stream.
    pub labels: Arc<[String]>,
    /// What happened.
    pub change: Change,
    /// The best frame, where it is a new one since the last record of this incident.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The place of a symbol that nobody could read, cut out of that frame.
    pub crop: Option<Crop>,
    /// When the frame came that brought it about.
    pub origin: Origin,
    /// How well the stream was watched until then.
    pub coverage: Coverage,
}

/// A part of a stream that shows incidents.
pub struct Clip {
    /// The stream's id.
    pub stream: Arc<str>,
    /// What it is made of, and what it shows.
    pub excerpt: Excerpt<Arc<Packet>, Tracks>,
    /// Width and height of its pictures in px.
    pub size: Option<(u32, u32)>,
    /// What libav says while it is written is about its stream.
    pub log: StreamLog,
}

/// What was found in a stream.
pub enum Found {
    /// A change of an incident.
    Change(Box<Record>),
    /// A clip of incidents that were opened before and are not over.
    Clip(Box<Clip>),
}

/// Where a live frame comes from in time. Nothing is known of a recorded one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// When its packet arrived, µs of the process clock.
    pub arrived_us: Option<i64>,
    /// When it was taken, µs since 1970, where the stream says so.
    pub captured_us: Option<i64>,
}

/// Tells what the ids of a recording's incidents follow from. It is asked when something is seen for the first time: to hash a recording
/// takes as long as to read it.
pub(super) type Naming = Box<dyn FnOnce() -> Result<Seed, SourceError> + Send>;

/// One stream on its way through the pipeline.
pub(super) struct Lane {
    stream: Arc<str>,
    labels: Arc<[String]>,
    log: StreamLog,
    board: Arc<Board>,
    settings: Settings,
    judge: Judge,
    following: Following,
    mode: Mode,
    memory: Memory,
    /// Asked once; a live stream has none, and random ids.
    naming: Option<Naming>,
    /// Why incidents have no ids, where they have none: nothing is looked at any more.
    nameless: Option<SourceError>,
    tracker: Tracker,
    decoder: Option<Decoder>,
    keyframes: Keyframes,
    /// Best frames that no record holds yet.
    fresh: HashMap<IncidentId, (Arc<Snapshot>, Option<Crop>)>,
    /// Open incidents that have a clip, or wait for one.
    clipped: HashSet<IncidentId>,
    last_look_ms: Option<i64>,
    counts: Counts,
}

impl Lane {
    pub(super) fn new(
        stream: &Stream,
        naming: Option<Naming>,
        settings: &Settings,
        board: Arc<Board>,
        log: StreamLog,
    ) -> Self {
        let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        let mode = if stream.location.is_live() {
            Mode::Live(
                settings.limits.clock,
                ms(settings.sampling.scan_budget).saturating_mul(1_000),
            )
        } else {
            Mode::Recorded
        };
        let gap = if stream.location == Location::Stills {
            settings.frames.gap
        } else {
            settings.incidents.gap
        };
        let tracking = track::Settings {
            gap_ms: ms(gap),
            update_ms: ms(settings.incidents.update),
            prompt_reads: settings.prompt_reads,
        };
        Self {
            stream: stream.id.as_str().into(),
            labels: stream.labels.as_slice().into(),
            log,
            board,
            judge: Judge::new(stream, &settings.policy, settings.limits.clock),
            following: Following::new(settings.follower.clone()),
            settings: settings.clone(),
            mode,
            memory: Memory::default(),
            naming,
            nameless: None,
            tracker: Tracker::new(Seed::random(), tracking),
            decoder: None,
            keyframes: Keyframes::default(),
            fresh: HashMap::new(),
            clipped: HashSet::new(),
            last_look_ms: None,
            counts: Counts::default(),
        }
    }

    pub(super) fn stream(&self) -> &str {
        &self.stream
    }

    /// What libav logs on this thread from now on is about this stream.
    pub(super) fn speak(&self) -> Speaking {
        self.log.speak()
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// What is known of the stream has changed.
    pub(super) fn about(&mut self, stream: &Stream) {
        self.labels = stream.labels.as_slice().into();
        self.judge.about(stream, &self.settings.policy);
    }

    /// The stream was opened: what comes is decoded with these parameters.
    ///
    /// # Errors
    /// Where there is no decoder for them.
    pub(super) fn start(&mut self, parameters: Parameters) -> Result<(), SourceError> {
        // The old one goes first: a stream never has two decoders.
        self.decoder = None;
        self.keyframes = Keyframes::default();
        let decoder = Decoder::new(parameters)?;
        self.decoder = Some(match self.mode {
            Mode::Live(..) => decoder.sharing(),
            Mode::Recorded => decoder,
        });
        Ok(())
    }

    /// Whether keyframes by themselves give no picture: what lies between them is wanted too.
    pub(super) fn keyframes_fail(&self) -> bool {
        self.keyframes.fail()
    }

    /// Decodes `batch`, looks at what it shows and hands over what changed. How many of its packets are left: of a live stream no
    /// more is decoded at once than others can wait for.
    pub(super) fn decode(
        &mut self,
        batch: &Batch<Arc<Packet>>,
        arrived_us: Option<i64>,
        record: &mut dyn FnMut(Found),
    ) -> usize {
        let clock = self.settings.limits.clock;
        let began_us = clock.thread_cpu_us();
        let is_live = matches!(self.mode, Mode::Live(..));
        let enough = || is_live && clock.thread_cpu_us() - began_us > AT_ONCE_US;
        // As many as a decoder holds, at most: where each is looked at, a batch is one packet, or the end.
        let mut pictures = Vec::new();
        let decoder = self.decoder.as_mut();
        let decoded =
            decoder.and_then(|decoder| decoder.decode_until(batch, &enough, |p| pictures.push(p)));
        self.counts.cpu.decode_us += clock.thread_cpu_us() - began_us;
        // It is counted before it is looked at, which may panic.
        self.count(batch, decoded);
        for picture in pictures {
            self.look(&picture, arrived_us, record);
        }
        decoded.map_or(0, |decoded| decoded.left)
    }

    /// Looks at a still and hands over what changed.
    pub(super) fn show(&mut self, still: &Waiting, record: &mut dyn FnMut(Found)) {
        let clock = self.settings.limits.clock;
        let began_us = clock.thread_cpu_us();
        let picture = still.picture();
        self.counts.cpu.decode_us += clock.thread_cpu_us() - began_us;
        match picture {
            Ok(picture) => self.look(&picture, Some(still.arrived_us), record),
            Err(error) => {
                tracing::debug!(stream.id = &*self.stream, %error, "a still is left out");
                self.counts.broken += 1;
                self.counts.failed += 1;
            }
        }
    }

    /// Counts what became of `batch`, nothing where there is no decoder for it.
    fn count(&mut self, batch: &Batch<Arc<Packet>>, decoded: Option<Decoded>) {
        let Some(decoded) = decoded else {
            self.counts.broken += batch.packets.len() as u64;
            self.counts.failed += 1;
            return;
        };
        self.counts.broken += u64::from(decoded.broken);
        // What is hidden gives no picture, and that says nothing of the next.
        let hidden = batch.packets.iter().all(|packet| is_hidden(packet));
        if batch.fresh && batch.drain && !hidden {
            // Where it gave none, a look was wanted and none was had.
            self.counts.failed += u64::from(decoded.pictures == 0);
            self.keyframes.gave(decoded);
        }
    }

    /// Why the stream cannot be watched on, where its incidents could not be given ids.
    pub(super) fn failure(&self) -> Option<&SourceError> {
        self.nameless.as_ref()
    }

    /// Has incidents named, before the first of them; false where that cannot be done.
    fn name_incidents(&mut self) -> bool {
        match self.naming.take().map(|naming| naming()) {
            Some(Ok(seed)) => self.tracker.name_by(seed),
            Some(Err(error)) => self.nameless = Some(error),
            None => {}
        }
        self.nameless.is_none()
    }

    fn look(&mut self, picture: &Picture, arrived_us: Option<i64>, record: &mut dyn FnMut(Found)) {
        let Some(luma) = picture.luma() else {
            self.counts.broken += 1;
            self.counts.failed += 1;
            return;
        };
        let media_ms = picture.media_ms().max(self.last_look_ms.unwrap_or(0));
        let frame = Frame {
            sequence: self.counts.looks,
            media_ms,
            arrived_us,
            width: picture.width(),
            height: picture.height(),
        };
        let origin = Origin {
            arrived_us,
            captured_us: arrived_us.and(picture.captured_us()),
        };
        self.board
            .look(media_ms, (frame.width, frame.height), picture.coded());
        self.counts.looks += 1;
        self.last_look_ms = Some(media_ms);

        self.reconsider(origin, record);
        let context = self.judge.context();
        let clock = self.settings.limits.clock;
        let began_us = clock.thread_cpu_us();
        let looks = Looks {
            readers: self.settings.readers,
            reach: Reach::Part(frame.sequence),
            policy: self.judge.policy(),
            context: &context,
            mode: self.mode,
        };
        let (sightings, scan) = looks.at_frame(&luma, media_ms, &mut self.memory);
        self.counts.cpu.add_scan(clock.thread_cpu_us() - began_us);
        if !sightings.is_empty() && !self.name_incidents() {
            return;
        }
        self.counts.skipped += u64::from(scan.skipped);
        self.counts.panics += u64::from(scan.panics);
        // A round code cannot be read by anybody but its app: more looks would not change that.
        let is_unread = |s: &Sighting| s.reading.is_none() && s.symbol.kind != SymbolKind::Round;
        if sightings.iter().any(is_unread) {
            self.board.give_reason(Why::Unread);
        }
        let marks = if self.settings.snapshots {
            marks(&sightings)
        } else {
            Vec::new()
        };
        if let Some(arrived_us) = arrived_us {
            self.counts
                .lag
                .add((clock.monotonic_us() - arrived_us) / 1_000);
        }
        if let Some(ms) = since_capture_ms(origin.captured_us, clock.wall_us()) {
            self.counts.glass.add(ms);
        }
        let observed = self.tracker.observe(&frame, sightings);
        self.counts.ignored += u64::from(observed.ignored);
        if self.settings.snapshots && !observed.best.is_empty() {
            self.keep(picture, &marks, &observed.best);
        }
        for change in &observed.changes {
            self.following.ask(change);
        }
        self.hand_over(observed.changes, origin, record);
    }

    /// Judges the open incidents anew, where another policy is in force or a link was followed. A recorded
    /// file waits for its links, so that nothing in it depends on how fast they were answered.
    fn reconsider(&mut self, origin: Origin, record: &mut dyn FnMut(Found)) {
        let wait = matches!(self.mode, Mode::Recorded);
        let learnt = self.following.learnt(wait);
        if !self.judge.refresh() && learnt.is_empty() {
            return;
        }
        let judge = &self.judge;
        let changes = self.tracker.reconsider(|incident| {
            let reading = learnt.get(&incident.id).zip(incident.reading.clone());
            let reading = reading.map(|(resolution, reading)| followed(reading, resolution));
            Reconsidered {
                verdict: judge.judge(reading.as_ref().or(incident.reading.as_ref())),
                reading,
            }
        });
        self.hand_over(changes, origin, record);
    }

    /// Encodes the frame as the best of these incidents.
    fn keep(&mut self, picture: &Picture, marks: &[Mark], incidents: &[IncidentId]) {
        if let Err(error) = self.encode(picture, marks, incidents) {
            tracing::warn!(stream.id = %self.stream, %error, "the best frame cannot be kept");
        }
    }

    fn encode(
        &mut self,
        picture: &Picture,
        marks: &[Mark],
        incidents: &[IncidentId],
    ) -> Result<(), Box<dyn std::error::Error>> {
        let media_ms = picture.media_ms();
        let rgb = picture.rgb()?;
        let mut crops = Vec::new();
        for id in incidents {
            let incident = self.tracker.incident(*id);
            let unread = incident.and_then(|i| i.unread.map(|unread| (i.corners, unread.module)));
            let crop = unread.map(|(at, module)| Crop::new(media_ms, &rgb, &at, module));
            crops.push(crop.transpose().unwrap_or_else(|error| {
                tracing::warn!(stream.id = %self.stream, %error, "the crop cannot be kept");
                None
            }));
        }
        let snapshot = Arc::new(Snapshot::new(media_ms, rgb, marks)?);
        let fresh = incidents.iter().zip(crops);
        self.fresh
            .extend(fresh.map(|(id, crop)| (*id, (Arc::clone(&snapshot), crop.flatten()))));
        Ok(())
    }

    /// Time passes without frames.
    pub(super) fn advance(&mut self, media_ms: i64, record: &mut dyn FnMut(Found)) {
        self.reconsider(Origin::default(), record);
        let changes = self.tracker.advance(media_ms);
        self.hand_over(changes, Origin::default(), record);
    }

    /// The stream is over.
    pub(super) fn finish(&mut self, record: &mut dyn FnMut(Found)) {
        self.reconsider(Origin::default(), record);
        let changes = self.tracker.finish();
        self.hand_over(changes, Origin::default(), record);
        self.decoder = None;
    }

    pub(super) fn count_dropped(&mut self, looks: u64) {
        self.counts.dropped += looks;
    }

    /// Something panicked on the way and was contained. What was found so far stays.
    pub(super) fn contain(&mut self) {
        self.counts.panics += 1;
    }

    /// How well the stream was watched so far, the look that is being taken included.
    pub(super) fn coverage(&self) -> Coverage {
        Coverage {
            looks: self.counts.looks,
            ..self.board.coverage()
        }
    }

    fn hand_over(&mut self, changes: Vec<Change>, origin: Origin, record: &mut dyn FnMut(Found)) {
        let coverage = self.coverage();
        for change in changes {
            match change.kind {
                ChangeKind::Ended => {
                    self.following.forget(change.incident.id);
                    self.end_clip(change.incident.id, record);
                }
                ChangeKind::Opened if change.incident.verdict.class == Class::OffPlatform => {
                    self.board.give_reason(Why::OffPlatform);
                }
                _ => {}
            }
            self.want_clip(&change);
            let (snapshot, crop) = self.fresh.remove(&change.incident.id).unzip();
            record(Found::Change(Box::new(Record {
                stream: Arc::clone(&self.stream),
                labels: Arc::clone(&self.labels),
                snapshot,
                crop: crop.flatten(),
                origin,
                coverage,
                change,
            })));
        }
    }

    /// A clip shows an incident as it begins, or as it becomes one of those that have clips.
    fn want_clip(&mut self, change: &Change) {
        let incident = &change.incident;
        let clips = &self.settings.clips;
        let is_wanted = self.settings.snapshots
            && change.kind != ChangeKind::Ended
            && clips.are_of(incident.verdict.class.as_str());
        if !is_wanted || !self.clipped.insert(incident.id) {
            return;
        }
        let at_ms = match change.kind {
            ChangeKind::Opened => incident.first_seen_ms,
            _ => incident.last_seen_ms,
        };
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let (from_ms, until_ms) = (at_ms - ms(clips.before), at_ms + ms(clips.after));
        self.board.kept().want(incident.id, from_ms, until_ms);
    }

    /// An incident is over: its clip is handed over before that is told, as long as it may be by then.
    fn end_clip(&mut self, incident: IncidentId, record: &mut dyn FnMut(Found)) {
        if self.clipped.remove(&incident) {
            self.board.kept().settle(incident);
            self.hand_over_clips(record);
        }
    }

    /// Hands over the clips that are ready.
    pub(super) fn hand_over_clips(&self, record: &mut dyn FnMut(Found)) {
        for excerpt in self.board.take_clips() {
            record(Found::Clip(Box::new(Clip {
                stream: Arc::clone(&self.stream),
                size: excerpt.size,
                excerpt,
                log: self.log.clone(),
            })));
        }
    }
}
