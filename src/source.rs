//! Opens live URLs, files and standard input with libav, and decides which packets are decoded at all.
//!
//! The only folder that knows of `ffmpeg-next`. It knows nothing of symbols or incidents.

mod anew;
mod capture;
mod clip;
mod decoder;
mod description;
mod error;
mod input;
mod log;
mod moment;
mod open;
mod picture;
mod ring;
mod rtmp;
mod sampler;
mod sent;
mod stdin;
pub mod still;
mod strangers;
mod timeline;

pub use anew::Anew;
pub use clip::{Tracks, write_clip};
pub use decoder::{Decoded, Decoder};
pub use description::Description;
pub use error::SourceError;
pub use input::{Input, Limits, codec_name, init, is_sound, stamp};
pub use log::{Speaking, StreamLog};
pub use moment::moments;
pub use picture::Picture;
pub use ring::Ring;
pub use sampler::{Batch, Collector, Looks, PACKET_BYTES, Position, bytes_of};
pub use sent::{Sent, SentError, SentKind};
pub use timeline::Timeline;

/// A compressed packet of video or sound, its time stamps in ms of media time.
pub type Packet = ffmpeg_next::Packet;

/// Whether `packet` is there to be decoded and not to be shown.
pub fn is_hidden(packet: &Packet) -> bool {
    libav_fields::is_hidden(packet)
}

/// What a decoder needs to know of a video stream.
pub type Parameters = ffmpeg_next::codec::Parameters;
