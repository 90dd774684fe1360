//! A still as the API has it: what is known of one that was taken.

use serde::Serialize;
use utoipa::ToSchema;

/// A still that was taken. What it shows is told as events, as of any stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StillData {
    /// The id of its stream.
    #[schema(example = "room-42")]
    pub stream: String,
    /// When it was taken, in ms since the stream's first still: the media time of what it shows.
    pub media_ms: i64,
    /// Its width in px.
    pub width: u32,
    /// Its height in px.
    pub height: u32,
}
