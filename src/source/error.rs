//! What can go wrong with a source. The messages name no URL: whoever logs them says which stream.

use std::time::Duration;

/// What went wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It cannot be reached, or it is nothing that can be played.
    #[error("cannot open: {0}")]
    Open(String),
    /// There is no video in it.
    #[error("no video in it")]
    NoVideo,
    /// The video goes on as another stream of the same source, as where a publisher comes back with another codec.
    #[error("its video goes on as another one")]
    OtherVideo,
    /// This build of libav has no decoder for its codec.
    #[error("no decoder for its video codec ({0})")]
    NoDecoder(String),
    /// It was connected, but sent nothing for this long.
    #[error("silent for {:.1} s", .0.as_secs_f64())]
    Silent(Duration),
    /// Reading broke off.
    #[error("reading failed: {0}")]
    Read(String),
    /// No clip can be made of it.
    #[error("no clip: {0}")]
    Clip(String),
    /// Somebody asked for a stop.
    #[error("stopped")]
    Stopped,
}
