//! Watches a recorded file: as fast as the machine goes, in media time, the same every time.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::config::Location;
use crate::ids::Seed;
use crate::source::{
    Anew, Collector, Description, Input, Parameters, Position, SourceError, StreamLog, Timeline,
    bytes_of, is_sound, stamp,
};
use crate::track::Coverage;
use crate::worker::board::Board;
use crate::worker::boost::Recorded;
use crate::worker::counts::Counts;
use crate::worker::lane::{Found, Lane, Naming};
use crate::worker::{Settings, Stream};

/// Bytes of a file that are read at once.
const CHUNK: usize = 1 << 20;

/// Why a file could not be watched to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read, or breaks off.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something panicked; the other streams go on.
    #[error("given up after a panic")]
    Panicked,
}

/// What was done for a stream, and how well it was watched.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Done {
    /// What was done and what was not.
    pub counts: Counts,
    /// How well it was watched.
    pub coverage: Coverage,
}

/// How far a file was read, in ms of media time; the whole is `None` where the file does not say.
pub type Progress<'a> = &'a mut dyn FnMut(i64, Option<i64>);

/// Watches the file `stream`, handing over each change of an incident in order.
///
/// # Errors
/// Where it cannot be opened, has no video, or breaks off before its end; what was found until then was
/// handed over.
pub fn watch_file(
    stream: &Stream,
    settings: &Settings,
    record: &mut dyn FnMut(Found),
    progress: Progress<'_>,
) -> Result<Done, FileError> {
    let Location::File(path) = &stream.location else {
        return Err(SourceError::Open("not a file".to_owned()).into());
    };
    let log = StreamLog::new(&stream.id, &stream.location, settings.limits.clock);
    let _speaking = log.speak();
    let mut lane = None;
    let watched = catch_unwind(AssertUnwindSafe(|| {
        let mut input = Input::open(&stream.location, &settings.limits)?;
        let board = Arc::new(Board::new(0, settings));
        board.kept().begin(input.tracks());
        let naming: Naming = {
            let (path, stream, settings) = (path.clone(), stream.clone(), settings.clone());
            Box::new(move || seed(&path, &stream, &settings))
        };
        let lane = lane.insert(Lane::new(
            stream,
            Some(naming),
            settings,
            Arc::clone(&board),
            log.clone(),
        ));
        let parameters = input.parameters().ok_or(SourceError::NoVideo)?;
        lane.start(parameters.clone())?;
        read_all(
            &mut input,
            &parameters,
            settings,
            lane,
            &board,
            record,
            progress,
        )?;
        Ok(Done {
            counts: lane.counts(),
            coverage: lane.coverage(),
        })
    }));
    if let Some(lane) = &mut lane
        && !matches!(watched, Ok(Err(SourceError::Stopped)))
    {
        // What was found stays found, however the file ended. Only where somebody stopped it midway are its
        // incidents left open: watched again, it says the same up to there, and then goes on.
        lane.finish(record);
    }
    match watched {
        Ok(ended) => ended.map_err(FileError::Source),
        Err(_) => Err(FileError::Panicked),
    }
}

fn read_all(
    input: &mut Input,
    parameters: &Parameters,
    settings: &Settings,
    lane: &mut Lane,
    board: &Board,
    record: &mut dyn FnMut(Found),
    progress: Progress<'_>,
) -> Result<(), SourceError> {
    let whole_ms = input.duration_ms();
    let mut boost = Recorded::new(settings.boost);
    let mut collector = Collector::new(&settings.sampling);
    let mut timeline = Timeline::new(input.is_indexed());
    let mut description = Description::of(parameters);
    let anew = Anew::of(parameters);
    let mut renewal = None;
    while let Some(mut packet) = input.read_any()? {
        if is_sound(&packet) {
            if settings.snapshots && board.keep_sound(packet, &timeline) {
                lane.hand_over_clips(record);
            }
            continue;
        }
        let (media_ms, follows) = timeline.map(packet.pts(), packet.dts(), None);
        if !follows {
            collector.resync();
            board.kept().break_off();
        }
        stamp(&mut packet, media_ms);
        let position = Position {
            key: packet.is_key(),
            anew: anew.is_at(&packet),
            media_ms,
            bytes: bytes_of(&packet),
        };
        collector.boost(boost.looks(media_ms, board.take_reason()));
        let packet = Arc::new(packet);
        if description.is_changed_by(&packet) {
            let tracks = board.kept().tracks().map(|tracks| tracks.anew(&packet));
            board.kept().begin(tracks);
            lane.hand_over_clips(record);
            renewal = Some(Arc::clone(&packet));
        }
        if settings.snapshots && board.kept().push(Arc::clone(&packet), position) {
            lane.hand_over_clips(record);
        }
        if let Some(mut batch) = collector.push(packet, position) {
            // What says it may have been passed over.
            if let Some(renewal) = renewal.take() {
                batch.renew(renewal);
            }
            lane.decode(&batch, None, record);
            collector.keyframes_fail(lane.keyframes_fail());
            lane.failure().cloned().map_or(Ok(()), Err)?;
            progress(media_ms, whole_ms);
        }
    }
    if let Some(mut batch) = collector.finish() {
        if let Some(renewal) = renewal.take() {
            batch.renew(renewal);
        }
        lane.decode(&batch, None, record);
    }
    lane.failure().cloned().map_or(Ok(()), Err)
}

/// What the ids of this run follow from: the file's contents, and everything that decides what is found
/// in it. The same file under another policy makes other incidents.
fn seed(path: &Path, stream: &Stream, settings: &Settings) -> Result<Seed, SourceError> {
    let failed = |error: io::Error| SourceError::Read(error.to_string());
    let mut file = File::open(path).map_err(failed)?;
    // All of it: two recordings of one length may differ in their middle alone.
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk).map_err(failed)? {
            0 => break,
            read => hash.update(&chunk[..read]),
        }
        if settings.limits.stop.is_asked() {
            return Err(SourceError::Stopped);
        }
    }
    let policy = stream.policy.as_ref().unwrap_or(&settings.policy);
    let settings = format!(
        "{:?} {:?} {:?} {} {} {:?} {:?} {} {} {:?} {:?}",
        settings.sampling,
        settings.boost,
        settings.incidents,
        settings.prompt_reads,
        policy.get().id(),
        stream.labels,
        stream.seller,
        settings.follower.is_some(),
        settings.readers,
        settings.clips,
        settings.ring,
    );
    Ok(Seed::from_parts(&[
        env!("CARGO_PKG_VERSION").as_bytes(),
        stream.id.as_bytes(),
        settings.as_bytes(),
        &hash.finalize(),
    ]))
}
