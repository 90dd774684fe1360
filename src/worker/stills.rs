//! Stills that a platform sends in place of a video: whether there is room for one, and the stream that it is of.
//!
//! A stream of stills is a stream like any other, with a lane of its own; what makes it one is that nobody reads it. Its
//! newest still waits in its mailbox for the pool, and takes the place of one that waits there already.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;
use crate::config::{Frames, Location};
use crate::source::{Picture, Sent, SentError, SentKind, SourceError};
use crate::worker::feed::{self, Bucket};
use crate::worker::{Refused, Stream, Supervisor};

/// Why a still is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// So many are on their way already.
    #[error("{0} stills are on their way, and more are not taken at once")]
    Full(u16),
    /// All streams together send too many; after how many seconds there is room.
    #[error("more stills come each second than are taken")]
    Rate(u32),
    /// The stream sends too many; after how many seconds there is room.
    #[error("more stills of this stream come each second than are taken")]
    StreamRate(u32),
    /// The stream has shown something that was taken later, or at the same time.
    #[error("the stream has shown a still that was not taken before this one")]
    Late,
    /// It was taken too long ago.
    #[error("it was taken more than ten minutes ago")]
    Old,
    /// It was taken in the future.
    #[error("it was taken more than ten seconds after now")]
    Ahead,
    /// It is no picture, or too large.
    #[error(transparent)]
    Picture(#[from] SentError),
    /// The stream is a video.
    #[error("the stream is watched as a video, which stills cannot be put into")]
    Watched,
    /// The stream cannot be watched.
    #[error(transparent)]
    Stream(#[from] Refused),
}

impl NotTaken {
    /// What it is counted as.
    fn reason(&self) -> Reason {
        match self {
            Self::Full(_) => Reason::Full,
            Self::Rate(_) | Self::StreamRate(_) => Reason::Rate,
            Self::Late | Self::Old | Self::Ahead => Reason::Time,
            Self::Picture(_) => Reason::Picture,
            Self::Watched | Self::Stream(_) => Reason::Stream,
        }
    }
}

/// What stills are not taken for, where they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The request itself: its parameters, its type, its length.
    Request,
    /// Too many are on their way.
    Full,
    /// They come too fast.
    Rate,
    /// When they were taken.
    Time,
    /// What was sent.
    Picture,
    /// The stream.
    Stream,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Request,
        Self::Full,
        Self::Rate,
        Self::Time,
        Self::Picture,
        Self::Stream,
    ];

    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Full => "full",
            Self::Rate => "rate",
            Self::Time => "time",
            Self::Picture => "picture",
            Self::Stream => "stream",
        }
    }
}

/// Room for one still on its way from its sender to the pool.
pub struct Place {
    /// Given back when it is dropped.
    _permit: OwnedSemaphorePermit,
}

#[cfg(test)]
impl Place {
    /// One that nobody else waits for.
    pub(super) fn free() -> Self {
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned();
        Self {
            _permit: permit.unwrap(),
        }
    }
}

/// A still that is handed in.
pub struct Offer {
    /// The picture.
    pub sent: Sent,
    /// When it was taken, µs since 1970; as it came where nobody says.
    pub at_us: Option<i64>,
    /// What the platform says of the stream; what is known stays where it says nothing.
    pub labels: Option<Vec<String>>,
    /// Its room.
    pub place: Place,
}

/// A still that waits for the pool.
pub(super) struct Waiting {
    pub(super) offer: Offer,
    pub(super) media_ms: i64,
    pub(super) arrived_us: i64,
}

impl Waiting {
    /// Decodes it.
    pub(super) fn picture(&self) -> Result<Picture, SourceError> {
        let rgb = self.offer.sent.decode().map_err(SourceError::Read)?;
        Picture::still(&rgb, self.media_ms, self.offer.at_us)
    }
}

/// How many stills were taken, and how many were not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillFigures {
    /// Those that were.
    pub taken: u64,
    /// Those that were not, for each of [`Reason::ALL`].
    pub refused: [u64; Reason::ALL.len()],
}

/// Takes stills.
#[derive(Clone)]
pub struct Stills(Arc<Inner>);

struct Inner {
    frames: Frames,
    supervisor: Supervisor,
    clock: Clock,
    places: Arc<Semaphore>,
    bucket: Mutex<Bucket>,
    taken: AtomicU64,
    refused: [AtomicU64; Reason::ALL.len()],
}

impl Stills {
    /// Takes as many as `frames` allows, for the streams of `supervisor`.
    pub fn new(frames: Frames, supervisor: Supervisor, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            places: Arc::new(Semaphore::new(usize::from(frames.waiting))),
            bucket: Mutex::new(Bucket::new(frames.rate, clock.monotonic_us())),
            frames,
            supervisor,
            clock,
            taken: AtomicU64::new(0),
            refused: Default::default(),
        }))
    }

    /// What is taken.
    pub fn limits(&self) -> &Frames {
        &self.0.frames
    }

    /// Room for one more. It is had before a byte of it is received, so that what is on its way is bounded.
    ///
    /// # Errors
    /// Where there is none, or too many come.
    pub fn place(&self) -> Result<Place, NotTaken> {
        let permit = Arc::clone(&self.0.places).try_acquire_owned();
        let full = |_| self.not(NotTaken::Full(self.0.frames.waiting));
        let permit = permit.map_err(full)?;
        let mut bucket = self.0.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = bucket.take(self.0.clock.monotonic_us());
        drop(bucket);
        taken.map_err(|seconds| self.not(NotTaken::Rate(seconds)))?;
        Ok(Place { _permit: permit })
    }

    /// Whether the stream `id` has to be begun before a still of it that was taken at `at_us` can be shown.
    ///
    /// # Errors
    /// Where it is there and is none of stills, or that time cannot be.
    pub fn is_new(&self, id: &str, at_us: Option<i64>) -> Result<bool, NotTaken> {
        let time = feed::check(at_us, self.0.clock.wall_us());
        time.map_err(|error| self.not(error))?;
        match self.0.supervisor.location(id) {
            None => Ok(true),
            Some(Location::Stills) => Ok(false),
            Some(_) => Err(self.not(NotTaken::Watched)),
        }
    }

    /// Begins the stream `id`, which ends by itself when no stills come any more; `history` where it led off the platform
    /// before.
    ///
    /// # Errors
    /// Where there are too many streams.
    pub fn begin(&self, id: &str, labels: &[String], history: bool) -> Result<(), NotTaken> {
        let stream = Stream {
            labels: labels.to_owned(),
            ..Stream::new(id, Location::Stills)
        };
        match self.0.supervisor.add_passing(stream, history) {
            // Another still of it came at the same time.
            Ok(()) | Err(Refused::Exists(_)) => Ok(()),
            Err(error) => Err(self.not(error.into())),
        }
    }

    /// Hands in a still of the stream `id`; its media time in ms.
    ///
    /// # Errors
    /// Where there is no such stream, or it does not take this one.
    pub fn show(&self, id: &str, offer: Offer) -> Result<i64, NotTaken> {
        let shown = self.0.supervisor.show(id, offer);
        let media_ms = shown.map_err(|error| self.not(error))?;
        self.0.taken.fetch_add(1, Ordering::Relaxed);
        Ok(media_ms)
    }

    /// Counts one that was not taken, for `reason`.
    pub fn refuse(&self, reason: Reason) {
        self.0.refused[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The picture in `bytes`, where it can be taken.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn picture(&self, kind: SentKind, bytes: Vec<u8>) -> Result<Sent, NotTaken> {
        let sent = Sent::new(kind, bytes, self.0.frames.max_pixels);
        sent.map_err(|error| self.not(error.into()))
    }

    /// How many were taken.
    pub fn figures(&self) -> StillFigures {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        StillFigures {
            taken: of(&self.0.taken),
            refused: self.0.refused.each_ref().map(of),
        }
    }

    fn not(&self, error: NotTaken) -> NotTaken {
        self.refuse(error.reason());
        error
    }
}
